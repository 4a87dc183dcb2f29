"""A rename carries every reference, or says which it cannot."""

from __future__ import annotations

import copy
import os
from functools import cache
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from block import block
from iptengine.authoring.document import read_path
from iptengine.authoring.loader import check_text
from iptengine.authoring.references import Definition, definitions
from iptengine.authoring.template_names import asked_in, with_conditions
from iptengine.authoring.variants.renames import Carried, Left, applied, carry
from iptengine.diagnostics import Finding, Path
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Protocol

IN_CI = os.environ.get("CI") == "true"
ROOT = File(__file__).parents[2]
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"
ADULT = ROOT / "protocols" / "ipt-adult.protocol.yaml"
FILES = (SMALL, *sorted((ROOT / "examples").glob("*.protocol.yaml")), ADULT)
FRESH = "a_name_nothing_has"


def loaded(root: Any, file: File) -> Protocol:
    protocol, wrong = check_text(block(root), file.name, (file.parent, file.parent / "measures"))
    assert protocol is not None, "\n".join(map(str, wrong))
    return protocol


@cache
def values(file: File) -> Any:
    return read_path(file).require().root


@cache
def base(file: File) -> Protocol:
    return loaded(values(file), file)


def renamed(renames: dict[str, str], root: Any) -> Carried:
    return carry(loaded(root, SMALL), root, {tuple(path.split(".")): new for path, new in renames.items()})


def small(**changes: Any) -> Any:
    """The small protocol with values at some paths, written with ``__`` for the points."""
    root = copy.deepcopy(values(SMALL))
    for path, value in changes.items():
        at = root
        *way, last = path.split("__")
        for key in way:
            at = at.setdefault(key, {})
        at[last] = value
    return root


# -- every name there is -----------------------------------------------------------------------------------------


def alike(one: Definition, file: File) -> dict[Path, str]:
    """The name of a definition, wherever the file gives it to the same: a step stands in several hours."""
    found = definitions(values(file)).found
    return {each.path: FRESH for each in found if (each.kind, each.of, each.name) == (one.kind, one.of, one.name)}


def can_be_renamed(file: File) -> list[Definition]:
    return [one for one in definitions(values(file)).found if (one.kind, one.name) != ("stage", UNSTAGED)]


def there_and_back(file: File, renames: dict[Path, str]) -> None:
    root = values(file)
    carried = carry(base(file), root, renames)
    assert (carried.mistakes, carried.left) == ((), ())
    new_root = applied(root, carried)
    new = loaded(new_root, file)
    assert new.digest != base(file).digest
    homes = zip(definitions(root).found, definitions(new_root).found, strict=True)
    back = {there.path: here.name for here, there in homes if here.name != there.name and here.path in renames}
    again = carry(new, new_root, back)
    assert (again.mistakes, again.left) == ((), ())
    assert block(applied(new_root, again)) == block(root)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.split(".")[0])
def test_all_names_of_a_protocol_can_be_renamed_at_once_and_back(file: File) -> None:
    fresh = {one: f"n_{place}" for place, one in enumerate({(o.kind, o.of, o.name): 0 for o in can_be_renamed(file)})}
    there_and_back(file, {one.path: fresh[one.kind, one.of, one.name] for one in can_be_renamed(file)})


NAMES = [(file, one) for file in FILES for one in can_be_renamed(file)]


@settings(max_examples=8)
@given(st.sampled_from(NAMES))
def test_any_name_can_be_renamed_and_back(name: tuple[File, Definition]) -> None:
    file, one = name
    there_and_back(file, alike(one, file))


@pytest.mark.skipif(not IN_CI, reason="a minute or two; CI=true runs every name of every file")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.split(".")[0])
def test_every_name_can_be_renamed_and_back(file: File) -> None:
    for one in can_be_renamed(file):
        there_and_back(file, alike(one, file))


@settings(max_examples=8)
@given(st.data())
def test_names_of_one_kind_can_change_places(data: st.DataObject) -> None:
    one = data.draw(
        st.sampled_from([one for one in can_be_renamed(ADULT) if one.kind in ("task", "source", "technique")])
    )
    kin = [each for each in can_be_renamed(ADULT) if each.kind == one.kind and each != one]
    other = data.draw(st.sampled_from(kin))
    there_and_back(ADULT, {one.path: other.name, other.path: one.name})


def test_two_components_that_change_places_keep_each_its_own_dose() -> None:
    file = ROOT / "examples" / "building-blocks.protocol.yaml"
    root = copy.deepcopy(values(file))
    root["plan"]["components"]["shaped_days"]["done_when"]["enough"] = "dose of shaped_days >= 3"
    here = ("plan", "components")
    renames = {(*here, "first_stone"): "shaped_days", (*here, "shaped_days"): "first_stone"}
    carried = carry(loaded(root, file), root, renames)
    assert (carried.mistakes, carried.left) == ((), ())
    assert carried.values[*here, "shaped_days", "done_when", "enough"] == "dose of first_stone >= 3"


# -- what is carried ---------------------------------------------------------------------------------------------


def test_a_task_is_renamed_in_conditions_orders_and_deadlines() -> None:
    task = "problem_areas.role_dispute.must.find_stage"
    carried = renamed({task: "locate"}, values(SMALL))
    assert carried == Carried(
        keys={("problem_areas", "role_dispute", "must", "find_stage"): "locate"},
        values={
            ("problem_areas", "role_dispute", "stages", "renegotiation", "must", "rehearse", "after"): "locate",
            (
                "problem_areas",
                "role_dispute",
                "stages",
                "unstaged",
                "next",
                "renegotiation",
                "looked",
            ): "locate is done",
        },
    )


def test_a_stage_is_renamed_within_its_own_area_only() -> None:
    grief = {"unstaged": {"title": "Unstaged", "next": {"impasse": {}}}, "impasse": {"title": "Stuck", "final": True}}
    root = small(problem_areas__grief__stages=grief)
    assert renamed({"problem_areas.grief.stages.impasse": "stuck"}, root).keys == {
        ("problem_areas", "grief", "stages", "impasse"): "stuck",
        ("problem_areas", "grief", "stages", "unstaged", "next", "impasse"): "stuck",
    }


def test_a_fact_and_a_participant_of_one_name_are_told_apart() -> None:
    root = small(
        participants__place={"title": "Somebody"},
        facts__place={"title": "Place", "one_of": ["here", "place"]},
        phases__opening__must__formulate={
            "do": "Formulate",
            "present": ["place", "patient"],
            "only_if": {"place": "place is place"},
        },
    )
    formulate = ("phases", "opening", "must", "formulate")
    assert renamed({"facts.place": "room"}, root) == Carried(
        keys={("facts", "place"): "room"}, values={(*formulate, "only_if", "place"): "room is place"}
    )
    assert renamed({"participants.place": "aunt"}, root) == Carried(
        keys={("participants", "place"): "aunt"}, values={(*formulate, "present", 0): "aunt"}
    )


def test_a_condition_keeps_its_own_spaces_and_its_long_form() -> None:
    root = small(
        phases__opening__next__working={
            "any_of": {"any": {"one": {"says": "phq9   fell by 50% or more since the start"}}}
        }
    )
    says = ("phases", "opening", "next", "working", "any_of", "any", "one", "says")
    assert renamed({"measures.phq9": "mood"}, root).values == {says: "mood   fell by 50% or more since the start"}


def test_a_condition_asked_in_a_text_is_renamed_and_the_words_around_it_are_not() -> None:
    text = (
        'phq9: {%- if "phq9 >= 10" is met %} phq9 '
        '{% elif ("phq9 >= 10" is unknown) and other != "phq9" %}?{% elif "phq9 >= 10" is unknown %}{% endif %}'
    )
    root = small(problem_areas__role_dispute__stages__impasse__aim=text)
    says = ("problem_areas", "role_dispute", "stages", "impasse", "aim")
    assert renamed({"measures.phq9": "mood"}, root).values == {says: text.replace('"phq9 >= 10"', '"mood >= 10"')}


def test_a_condition_asked_in_the_short_form_of_a_task_is_renamed_in_its_place() -> None:
    root = small(phases__opening__must__inventory='{% if "phq9 was taken" is met %}Look at it{% else %}Ask{% endif %}')
    root["phases"]["opening"]["must"]["inventory"] = '{% if "formulate is done" is met %}Go on{% else %}Ask{% endif %}'
    assert renamed({"phases.opening.must.formulate": "link"}, root).values == {
        ("phases", "opening", "must", "inventory"): '{% if "link is done" is met %}Go on{% else %}Ask{% endif %}'
    }


def test_a_date_is_renamed_inside_the_times_that_hang_on_it() -> None:
    root = small(
        facts__birth={"title": "Birth", "type": "date"},
        phases__opening__dates="until  birth",
        contacts__visit={"title": "A visit", "due": "2 weeks  before birth"},
    )
    assert renamed({"facts.birth": "delivery"}, root) == Carried(
        keys={("facts", "birth"): "delivery"},
        values={
            ("phases", "opening", "dates"): "until  delivery",
            ("contacts", "visit", "due"): "2 weeks  before delivery",
        },
    )


def test_a_stage_that_is_asked_about_in_its_own_area_is_renamed_there() -> None:
    only = {"talking": "stage is renegotiation"}
    root = small(problem_areas__role_dispute__must__find_stage={"do": "Locate", "only_if": only})
    carried = renamed({"problem_areas.role_dispute.stages.renegotiation": "talks"}, root)
    place = ("problem_areas", "role_dispute", "must", "find_stage", "only_if", "talking")
    assert carried.values == {place: "stage is talks"}


# -- what is not -------------------------------------------------------------------------------------------------


def test_a_step_of_two_hours_that_is_renamed_in_one_leaves_what_refers_to_both() -> None:
    step = {"label": "Work", "minutes": 45, "text": "Work"}
    root = small(
        phases__opening__hour={"work": step},
        problem_areas__grief__hour={"work": {"label": "Mourn"}},
    )
    carried = renamed({"phases.opening.hour.work": "labour"}, root)
    assert carried == Carried(
        keys={("phases", "opening", "hour", "work"): "labour"},
        left=(
            Left(
                ("problem_areas", "grief", "hour", "work"),
                "'work' refers to several things, and some keep the name: phases.working.hour.work",
            ),
        ),
    )
    both = renamed({"phases.opening.hour.work": "labour", "phases.working.hour.work": "labour"}, root)
    assert both.keys[("problem_areas", "grief", "hour", "work")] == "labour"
    assert both.left == ()
    apart = renamed({"phases.opening.hour.work": "labour", "phases.working.hour.work": "toil"}, root)
    assert [one.why for one in apart.left] == ["'work' refers to several things, and some get names of their own"]


def test_a_sentence_that_would_no_longer_be_understood_is_left() -> None:
    root = small(
        facts__place={"title": "Place", "one_of": ["opening"]}, phases__opening__next__working={"x": "place is opening"}
    )
    assert renamed({"facts.place": "phase"}, root).left == (
        Left(
            ("phases", "opening", "next", "working", "x"),
            "renamed, it would not be understood: "
            "'phase is opening' can be read as 'phase is PHASE' and as 'FACT is VALUE'",
        ),
    )


def test_an_approval_of_two_stages_of_one_name_is_left_when_one_is_renamed() -> None:
    grief = {"unstaged": {"title": "Unstaged", "next": {"impasse": {}}}, "impasse": {"title": "Stuck", "final": True}}
    approval = {"title": "It is stuck", "of": "restage", "only": "impasse", "by": "supervisor"}
    root = small(problem_areas__grief__stages=grief, approvals__stuck=approval)
    assert renamed({"problem_areas.grief.stages.impasse": "stuck"}, root).left == (
        Left(
            ("approvals", "stuck", "only"),
            "'impasse' refers to several things, and some keep the name: problem_areas.role_dispute.stages.impasse",
        ),
    )


def test_a_place_that_would_come_to_mean_something_more_is_told() -> None:
    approval = {"title": "A loss", "of": ["agree_focus", "restage"], "only": "grief", "by": "supervisor"}
    carried = renamed({"problem_areas.role_dispute.stages.impasse": "grief"}, small(approvals__loss=approval))
    assert carried.left == (Left(("approvals", "loss", "only"), "'grief' would refer to something else here"),)


# -- mistakes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("renames", "message", "hint"),
    [
        (
            {"phases.opening": "working"},
            "'opening' cannot be called 'working': there is a phase of that name, phases.working",
            "choose another name",
        ),
        (
            {"phases.opening": "completed"},
            "'opening' cannot be called 'completed': there is an outcome of that name, outcomes.completed",
            "choose another name",
        ),
        (
            {"phases.opening": "Opening"},
            "'Opening' cannot be a name",
            "a name begins with a small letter and holds small letters, digits and _",
        ),
        ({"phases.opening": "opening"}, "it is called 'opening' already", "leave this rename out"),
        (
            {"phases.opening.next.working": "going_on"},
            "'working' is only referred to here; it is a phase",
            "rename phases.working; what refers to it follows",
        ),
        (
            {"phases.opning": "first"},
            "nothing here has a name that could be changed",
            "did you mean 'opening'?",
        ),
        ({"phases.opening.title": "first"}, "nothing here has a name that could be changed", ""),
        (
            {"problem_areas.role_dispute.stages.unstaged": "begun"},
            "'unstaged' is the stage a focus begins in and has this name in every protocol",
            "change its title instead",
        ),
    ],
)
def test_a_rename_that_cannot_be_is_a_mistake_and_carries_nothing(
    renames: dict[str, str], message: str, hint: str
) -> None:
    (path,) = (tuple(path.split(".")) for path in renames)
    assert renamed(renames, values(SMALL)) == Carried(mistakes=(Finding(path, message, hint),))


def test_two_things_cannot_get_one_name() -> None:
    both = {"sources.guide": "book", "sources.team": "book"}
    assert [one.message for one in renamed(both, values(SMALL)).mistakes] == [
        "'team' cannot be called 'book': there is a source of that name, sources.guide"
    ]


def test_names_of_different_kinds_may_become_the_same() -> None:
    carried = renamed({"sources.guide": "grief", "techniques.role_play": "grief"}, values(SMALL))
    assert carried.mistakes == ()


# -- templates ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{% if "a" is met %}x{% endif %}',
        "{% if 'a' is not met and \"b\" is unknown %}x{% endif %}",
        '  {%- if ("a") is met -%}  x  {%- endif -%}  {{ "a" }} a {# "a" is met #}',
        '{% if stage == "a" and "a" is unmet %}"a" is met{% endif %}',
    ],
)
def test_only_what_is_asked_is_replaced(text: str) -> None:
    new = with_conditions(text, lambda one: f"{one} new")
    assert new is not None
    assert asked_in(new) == tuple(f"{one} new" for one in asked_in(text))
    assert with_conditions(new, lambda one: one.removesuffix(" new")) == text
    assert new.count("new") == len(asked_in(text))


def test_a_condition_in_two_pieces_cannot_be_replaced() -> None:
    assert with_conditions('{% if "a " "b" is met %}x{% endif %}', lambda one: one.upper()) is None


def test_quotes_in_a_new_condition_are_not_let_through() -> None:
    assert with_conditions('{% if "a" is met %}x{% endif %}', lambda one: 'b" is met or "c') is None
