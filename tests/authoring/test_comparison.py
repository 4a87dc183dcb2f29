"""Two protocols compared: empty if and only if their contents are equal, and every difference told where it is."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from iptengine.authoring.comparison import Comparison, Difference, Mark, compare, compare_protocols
from iptengine.authoring.comparison.difference import file_of
from iptengine.authoring.comparison.grouping import GROUPS
from iptengine.authoring.comparison.marking import marked
from iptengine.authoring.comparison.touching import DANGER, TABLE, Touching
from iptengine.authoring.comparison.walk import walk
from iptengine.authoring.comparison.wording import ENTRIES
from iptengine.authoring.shapes import Shape, keys_of
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.protocol import Protocol
from phrases import ROOT, protocol

Content = dict[str, Any]
ADULT: Content = json.loads(protocol("ipt-adult").content)
OPPOSITE = {"added": "removed", "removed": "added"}


def leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of everything in a content that is no map; a list is one value."""
    if not isinstance(value, dict):
        yield path
        return
    for name, inner in value.items():
        yield from leaves(inner, (*path, name))


LEAVES = list(leaves(ADULT))


def changed(path: tuple[str, ...], change: Callable[[Any], Any]) -> Content:
    """The adult protocol with one value changed."""
    content = copy.deepcopy(ADULT)
    around: Any = content
    for step in path[:-1]:
        around = around[step]
    around[path[-1]] = change(around[path[-1]])
    return content


def other(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case list():
            return [*value, "x"]
        case _:
            return f"{value} x"


def all_other() -> Content:
    """The adult protocol with every value changed."""
    content = copy.deepcopy(ADULT)
    for path in LEAVES:
        around: Any = content
        for step in path[:-1]:
            around = around[step]
        around[path[-1]] = other(around[path[-1]])
    return content


def edited(edit: Callable[[Any], None]) -> Content:
    """The content of the adult protocol after an edit of its file."""
    content = copy.deepcopy(ADULT)
    edit(content["protocol"])
    return content


def only(comparison: Comparison) -> Difference:
    """The one difference there is."""
    (one,) = comparison.differences
    return one


def paths(comparison: Comparison) -> list[tuple[str, str]]:
    return [(one.kind, one.path) for one in comparison.differences]


def words(one: Difference) -> list[tuple[str, str]]:
    return [(run.kind, run.text) for run in one.runs]


# -- empty if and only if equal ----------------------------------------------------------------------------------


def test_a_protocol_does_not_differ_from_itself(ipt: Protocol) -> None:
    assert compare_protocols(ipt, ipt).differences == ()


def test_every_value_of_a_protocol_that_changes_is_told_at_its_path() -> None:
    found = compare(ADULT, all_other())
    assert {one.found.path for one in found.differences} == set(LEAVES)
    assert {one.kind for one in found.differences} == {"changed"}


def valid(content: Content) -> Content | None:
    """A content as a protocol would have it; none if it would be refused."""
    try:
        spec = Spec.model_validate(content["protocol"])
        measures = {name: Measure.model_validate(value) for name, value in content["measures"].items()}
    except ValidationError:
        return None
    dumped = {
        "protocol": spec.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "measures": {
            name: one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for name, one in measures.items()
        },
    }
    found: Content = json.loads(json.dumps(dumped))
    return found


CHANGES = st.one_of(
    st.just(other),
    st.builds(lambda text: lambda _: text, st.sampled_from(["first 9", "12..20", "once", "half way", "x", "reviewed"])),
    st.just(lambda value: value[:-1] if isinstance(value, list) else value),
    st.just(lambda value: value[::-1] if isinstance(value, list) else value),
)


@given(st.sampled_from(LEAVES), CHANGES)
@settings(max_examples=20)
def test_a_protocol_with_one_value_changed_differs_there_and_nowhere_else(
    path: tuple[str, ...], change: Callable[[Any], Any]
) -> None:
    content = valid(changed(path, change))
    if content is None:
        return
    found = {one.found.path for one in compare(ADULT, content).differences}
    assert found == (set() if json.dumps(content) == json.dumps(ADULT) else {path})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from([0.0, -0.0, 1.0, "", "1", "a b", "a  b", "a\nb"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)
CONTENTS = st.fixed_dictionaries({"protocol": st.dictionaries(st.sampled_from(["facts", "plan", "x"]), JSON)})


@given(CONTENTS, CONTENTS)
@settings(max_examples=60)
def test_two_contents_without_a_difference_are_the_same_json_text(before: Content, after: Content) -> None:
    assert compare(before, after).equal == (json.dumps(before) == json.dumps(after))


@given(CONTENTS, st.data())
@settings(max_examples=40)
def test_contents_that_differ_in_order_alone_are_told(content: Content, data: st.DataObject) -> None:
    names = data.draw(st.permutations(list(content["protocol"])))
    turned = {"protocol": {name: content["protocol"][name] for name in names}}
    found = compare(content, turned)
    assert found.equal == (names == list(content["protocol"]))
    assert {one.kind for one in found.differences} <= {"reordered"}


@given(CONTENTS, CONTENTS)
@settings(max_examples=60)
def test_what_one_way_is_added_is_the_other_way_removed(before: Content, after: Content) -> None:
    there = {(one.kind, one.found.path, one.found.became) for one in compare(before, after).differences}
    back = {(one.kind, one.found.path, one.found.became) for one in compare(after, before).differences}
    assert there == {(OPPOSITE.get(kind, kind), became, path) for kind, path, became in back}


@given(CONTENTS, CONTENTS)
@settings(max_examples=60)
def test_every_difference_shows_what_differs(before: Content, after: Content) -> None:
    for one in compare(before, after).differences:
        assert one.leaves or {run.kind for run in one.runs} & {"gone", "new"}


@pytest.mark.parametrize(("before", "after"), [(1, True), (1, "1"), (1, 1.0), ("a", ["a"]), (None, "null"), ({}, [])])
def test_what_python_may_take_for_the_same_differs(before: object, after: object) -> None:
    one = only(compare({"protocol": {"note": before}}, {"protocol": {"note": after}}))
    assert one.kind == "changed"
    assert len({text for _, text in words(one)}) == 2


# -- in an author's words ----------------------------------------------------------------------------------------


def test_a_changed_value_is_told_by_titles_and_by_what_its_key_means() -> None:
    one = only(compare(ADULT, edited(lambda spec: spec["phases"]["initial"].update(window="first 2"))))
    assert (one.where, one.what, one.path) == (
        ("Phase Initial phase",), "which sessions it is meant to take", "phases.initial.window",
    )  # fmt: skip
    assert words(one) == [("gone", "first 1..3"), ("new", "first 2")]


def test_a_changed_title_is_told_under_the_name_of_its_part() -> None:
    one = only(compare(ADULT, edited(lambda spec: spec["phases"]["initial"].update(title="Beginning"))))
    assert (one.where, one.what) == (("Phase initial",), "its title")
    assert words(one) == [("gone", "Initial phase"), ("new", "Beginning")]


def test_a_condition_is_told_with_the_way_it_stands_in() -> None:
    def edit(spec: Content) -> None:
        spec["phases"]["initial"]["next"]["middle"]["late_enough"] = {"says": "sessions used >= 3"}

    one = only(compare(ADULT, edited(edit)))
    assert one.where == ("Phase Initial phase", "Way to Middle phase", "Condition late_enough")
    assert (one.what, words(one)) == ("", [("new", "sessions used >= 3")])


def test_a_condition_in_another_form_is_one_difference() -> None:
    def edit(spec: Content) -> None:
        spec["alerts"]["sudden_rise"]["raise_if"] = {"any": {"a": {"says": "x"}, "b": {"not": {"c": {"says": "y"}}}}}

    one = only(compare(ADULT, edited(edit)))
    assert (one.path, one.what) == ("alerts.sudden_rise.raise_if", "when it is raised")
    assert words(one)[-1] == ("new", "any of (a: x; b: none of (c: y))")


def test_the_words_of_a_text_that_changed_are_marked_one_by_one() -> None:
    runs = marked("Ask about violence or fear at home", "Ask about violence, fear or money at home")
    assert [(run.kind, run.text) for run in runs] == [
        ("same", "Ask about"), ("gone", "violence or"), ("new", "violence,"), ("same", "fear"), ("new", "or money"),
        ("same", "at home"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [("a b", "a  b", "␣␣"), ("a b", "a\nb", "⏎"), ("a b", "a b ", "␣"), ("ab", "a\u200bb", "a‹U+200B›b")],
)
def test_a_difference_that_nobody_would_see_is_made_visible(before: str, after: str, new: str) -> None:
    assert [run.text for run in marked(before, after) if run.kind == "new"] == [new]


def test_a_list_is_told_entry_by_entry() -> None:
    one = only(compare(ADULT, edited(lambda spec: spec["contract"].update(mode=["in person", "by telephone"]))))
    assert words(one) == [("same", "in person,"), ("gone", "online,"), ("new", "by telephone")]


def test_a_value_that_is_written_in_place_of_the_usual_one_is_told_with_the_usual_one() -> None:
    one = only(compare(ADULT, edited(lambda spec: spec["problem_areas"]["role_dispute"].update(restage=False))))
    assert (one.kind, words(one)) == ("added", [("gone", "left out: true"), ("new", "false")])


def test_a_whole_part_is_one_difference_with_everything_it_says_beneath() -> None:
    def edit(spec: Content) -> None:
        spec["facts"]["room"] = {
            "title": "Where we meet", "one_of": ["chair", "room"], "ask": "every session", "source": ["authors"],
        }  # fmt: skip

    one = only(compare(ADULT, edited(edit)))
    assert (one.kind, one.path, one.where, one.what) == ("added", "facts.room", ("Fact Where we meet",), "")
    (line,) = one.leaves
    assert line.keys == (
        ("its title", "Where we meet"), ("the values it may take", "chair, room"),
        ("when the agenda asks for it", "every session"), ("what it rests on", "authors"),
    )  # fmt: skip


def test_the_first_entry_of_a_map_the_base_has_not_is_told_as_an_entry() -> None:
    one = only(compare(ADULT, edited(lambda spec: spec.update(pauses={"stay": {"title": "In hospital"}}))))
    assert (one.path, one.where) == ("pauses.stay", ("Pause In hospital",))


def test_a_part_put_between_others_is_told_with_what_it_stands_before() -> None:
    def edit(spec: Content) -> None:
        must = spec["phases"]["ending"]["must"]
        goodbye = must.pop("goodbye")
        must |= {"letter": {"do": "Read the letter together"}, "goodbye": goodbye}

    one = only(compare(ADULT, edited(edit)))
    assert one.what == "before Task Say goodbye; look at the last score together"


def test_a_changed_order_is_told_by_what_comes_before_what() -> None:
    def edit(spec: Content) -> None:
        must = spec["phases"]["ending"]["must"]
        spec["phases"]["ending"]["must"] = {"goodbye": must.pop("goodbye"), **must}

    one = only(compare(ADULT, edited(edit)))
    assert (one.kind, one.path) == ("reordered", "phases.ending.must")
    assert one.what == (
        "order of tasks to be done before it is left: Task Say goodbye; look at the last score together now comes "
        "before Task Name the last day, and how many meetings are left"
    )


def test_a_part_with_the_same_content_under_another_name_is_renamed() -> None:
    def edit(spec: Content) -> None:
        spec["facts"] = {("drugs" if name == "medication" else name): fact for name, fact in spec["facts"].items()}

    one = only(compare(ADULT, edited(edit)))
    assert (one.kind, one.path, one.became, one.what) == ("renamed", "facts.medication", "facts.drugs", "its name")
    assert words(one) == [("gone", "medication"), ("new", "drugs")]


def test_where_two_parts_have_the_same_content_nobody_can_say_which_was_renamed() -> None:
    def twins(spec: Content) -> None:
        spec["participants"] |= {"one": {"title": "Guest"}, "two": {"title": "Guest"}}

    def single(spec: Content) -> None:
        spec["participants"]["three"] = {"title": "Guest"}

    assert paths(compare(edited(twins), edited(single))) == [
        ("removed", "participants.one"), ("removed", "participants.two"), ("added", "participants.three"),
    ]  # fmt: skip


def test_a_task_with_the_same_content_in_another_phase_has_moved() -> None:
    def edit(spec: Content) -> None:
        task = spec["phases"]["ending"]["must"].pop("warning_signs")
        spec["phases"]["middle"].setdefault("must", {})["warning_signs"] = task

    assert paths(compare(ADULT, edited(edit))) == [("moved", "phases.ending.must.warning_signs")]


def test_what_moved_into_a_part_that_is_told_whole_is_told_where_it_stood_too() -> None:
    task, rest = {"do": "Talk"}, {"do": "Rest"}
    before = {"protocol": {"phases": {"a": {"must": {"talk": task, "rest": rest}}}}}
    after = {"protocol": {"phases": {"a": {"must": {"rest": rest}}, "b": {"must": {"talk": task}}}}}
    old, new = ("protocol", "phases", "a", "must", "talk"), ("protocol", "phases", "b", "must", "talk")
    assert [(one.kind, one.path) for one in walk(before, after, {old: new})] == [
        ("removed", old), ("added", ("protocol", "phases", "b")),
    ]  # fmt: skip


def test_a_measure_that_changed_is_told_in_its_own_file() -> None:
    content = copy.deepcopy(ADULT)
    content["measures"]["phq9"]["items"]["self_harm"]["risk"]["from"] = 2
    one = only(compare(ADULT, content))
    assert (one.file, one.path) == ("measure phq9", "items.self_harm.risk.from")
    assert one.where == ("The file of the measure PHQ-9", "Item Thoughts of death or self-harm", "Risk")
    assert one.touches == {"safety", "fidelity"}


def test_what_a_change_of_a_variant_holds_is_told_like_what_it_makes() -> None:
    held = {"facts.room": {"title": "Room", "ask": "at the end"}, "alerts.x.raise_if": {"says": "room is not chair"}}
    change = {"because": "It is loud", "add": {**held, "phases.initial.must": {"talk": {"do": "Talk"}}}}
    one = only(compare(ADULT, edited(lambda spec: spec.update(changes={"loud": change}))))
    assert (one.path, one.where) == ("changes.loud", ("Change loud",))
    assert [(leaf.where, leaf.keys) for leaf in one.leaves] == [
        ((), (("why", "It is loud"),)),
        (("Add facts.room",), (("its title", "Room"), ("when the agenda asks for it", "at the end"))),
        (("Add alerts.x.raise_if",), (("", "room is not chair"),)),
        (("Add phases.initial.must", "Task talk"), (("the task", "Talk"),)),
    ]


def models(shape: Shape | None, seen: set[type]) -> Iterator[tuple[str, Shape]]:
    """Every key of the models below a shape, with what stands under it."""
    if shape is None or shape.model in seen:
        return
    if shape.model is not None:
        seen.add(shape.model)
        for key in keys_of(shape.model).values():
            yield key.name, key.shape
            yield from models(key.shape, seen)
    yield from models(shape.entry, seen)


@pytest.mark.parametrize("model", [Spec, Measure])
def test_every_map_of_the_format_has_a_word_for_its_entries(model: type[Spec | Measure]) -> None:
    found = {
        name
        for name, shape in models(Shape("part", "a map", model), set())
        if shape.kind == "map" and shape.entry is not None and not _conditions(shape.entry)
    }
    assert found - set(ENTRIES) == set()


def _conditions(shape: Shape) -> bool:
    return shape.model is not None and shape.model.__name__ == "Condition"


# -- groups and marks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "group", "marks"),
    [
        ("alerts.sudden_rise.do", "alerts", "safety"),
        ("facts.fear_at_home.ask", "measures", "safety"),
        ("facts.aftercare.ask", "measures", ""),
        ("measures.phq9.due", "measures", "safety"),
        ("contract.sessions", "plan", "fidelity"),
        ("phases.middle.window", "phases", "fidelity"),
        ("phases.middle.topics.childhood", "phases", "safety fidelity"),
        ("phases.ending.must.goodbye.do", "tasks", "fidelity"),
        ("phases.ending.must.next_steps.note", "texts", ""),
        ("phases.ending.if.wants_more.then", "texts", ""),
        ("phases.ending.if.fear.then", "texts", "safety"),
        ("problem_areas.grief.choose_when", "areas", "safety fidelity"),
        ("problem_areas.role_dispute.stages.impasse.recognise", "areas", "fidelity"),
        ("termination.announce.by", "endings", "safety fidelity"),
        ("outcomes.admitted.title", "endings", "safety fidelity"),
        ("contract.source", "plan", ""),
        ("sources.guide.cite", "itself", ""),
        ("title", "itself", ""),
    ],
)
def test_each_place_has_its_group_and_its_marks(path: str, group: str, marks: str) -> None:
    one = only(compare(ADULT, changed(("protocol", *path.split(".")), lambda value: f"{value} x")))
    assert (one.group, one.touches) == (group, set(marks.split()))


def test_a_mark_says_why() -> None:
    one = only(compare(ADULT, edited(lambda spec: spec["facts"]["fear_at_home"].update(ask="at the end"))))
    assert one.marks == (Mark("safety", "an alert rests on it"),)


def test_a_task_that_must_not_be_missed_touches_safety_whatever_changes_in_it() -> None:
    def edit(spec: Content) -> None:
        spec["phases"]["ending"]["must"]["goodbye"]["first"] = True

    def more(spec: Content) -> None:
        edit(spec)
        spec["phases"]["ending"]["must"]["goodbye"]["label"] = "Leave"

    marks = only(compare(edited(edit), edited(more))).marks
    assert marks == (Mark("safety", "a task that must not be missed"),)


def test_a_part_touches_what_anything_in_it_touches() -> None:
    one = only(compare(ADULT, edited(lambda spec: spec["problem_areas"].pop("grief"))))
    assert one.touches == {"safety", "fidelity"}
    assert Mark("safety", "speaks of danger: death, dead, risk, item 9, fear, violence") in one.marks


def test_every_row_of_the_table_is_about_a_place_there_can_be() -> None:
    touching = Touching({}, {})
    for touch, why, places in TABLE:
        for place in places:
            steps = place.replace("**.", "facts.x.").replace("**", "x").replace("*", "x").split(".")
            path = ("measures", *steps[1:]) if steps[0] == "measure_file" else ("protocol", *steps)
            assert Mark(touch, why) in touching.marks([path], []), place


def test_the_page_for_authors_says_what_is_marked_and_by_which_words() -> None:
    page = (ROOT / "docs" / "how-to" / "compare-protocols.md").read_text(encoding="utf-8")
    assert [f"| {touch} | {why}" for touch, why, _ in TABLE if f"| {touch} | {why}" not in page] == []
    assert [word for word in DANGER if f"`{word}`" not in page] == []


def test_the_differences_stand_under_the_parts_of_a_protocol_in_their_order() -> None:
    found = compare_protocols(protocol("ipt-adult"), protocol("ipt-adult-long"), by="part")
    names = [section.name for section in found.sections]
    assert names == [name for name in GROUPS if name in names]
    assert all(one.group == section.name for section in found.sections for one in section.differences)


# -- a variant and its base --------------------------------------------------------------------------------------


CHANGES_OF_A_VARIANT: dict[str, Any] = {
    "fits_a_run": {
        "because": "Attention lasts for two hours", "source": ["authors"],
        "set": {"contract.minutes": "25..30", "phases.initial.window": "first 2"},
    },
    "arms": {"because": "The trial has two arms", "add": {"facts.arm": {}, "pauses.stay": {}, "pauses.trip": {}}},
    "plain_names": {"because": "One can say them", "rename": {"phases.initial": "opening"}},
    "earlier": {
        "because": "Signs are known before", "move": {"phases.ending.must.warning_signs": "phases.middle.must"},
        "order": {"phases.ending.must": []},
    },
    "nothing": {"because": "It was so already", "set": {"contract.mode": ["in person", "online"]}},
}  # fmt: skip


def vary(spec: Content) -> None:
    """What the changes do, by hand."""
    spec |= {"protocol": "ipt-dialysis", "extends": "ipt-adult@1.0.0", "changes": CHANGES_OF_A_VARIANT}
    spec["population"] = "Adults on dialysis"
    spec["contract"]["minutes"] = "25..30"
    phases = spec["phases"]
    phases["initial"]["window"] = "first 2"
    must = phases["ending"]["must"]
    phases["middle"]["must"] = {**phases["middle"].get("must", {}), "warning_signs": must.pop("warning_signs")}
    phases["ending"]["must"] = {"goodbye": must.pop("goodbye"), **must}
    spec["phases"] = {("opening" if name == "initial" else name): phase for name, phase in phases.items()}
    spec["start"] = "opening"
    spec["facts"]["arm"] = {"title": "Arm", "one_of": ["a", "b"]}
    spec["pauses"] = {"stay": {"title": "Stay"}, "trip": {"title": "Trip"}}


VARIANT = edited(vary)


def headed(comparison: Comparison) -> dict[str, list[tuple[str, str]]]:
    return {section.name: [(one.kind, one.path) for one in section.differences] for section in comparison.sections}


def test_a_variant_and_its_base_are_compared_by_the_changes_that_made_each_difference() -> None:
    found = compare(ADULT, VARIANT)
    assert found.by == "change"
    assert headed(found) == {
        "fits_a_run": [("changed", "contract.minutes"), ("changed", "phases.initial.window")],
        "arms": [("added", "facts.arm"), ("added", "pauses.stay"), ("added", "pauses.trip")],
        "plain_names": [("changed", "start"), ("renamed", "phases.initial")],
        "earlier": [("moved", "phases.ending.must.warning_signs"), ("reordered", "phases.ending.must")],
        "nothing": [],
        "itself": [
            ("changed", "protocol"), ("changed", "population"), ("added", "extends"),
        ],
    }  # fmt: skip
    assert [(s.because, s.source) for s in found.sections][:2] == [
        ("Attention lasts for two hours", ("authors",)), ("The trial has two arms", ()),
    ]  # fmt: skip


def test_what_changed_in_a_renamed_part_is_told_at_its_path_in_the_base() -> None:
    found = {one.path: one.became for one in compare(ADULT, VARIANT).differences}
    assert found["phases.initial.window"] == "phases.opening.window"


def test_the_groups_of_changes_head_the_difference_from_the_variants_side_too() -> None:
    there, back = headed(compare(ADULT, VARIANT)), headed(compare(VARIANT, ADULT))
    assert list(back) == list(there)
    assert {name: len(found) for name, found in back.items()} == {name: len(found) for name, found in there.items()}


def test_no_difference_is_lost_under_the_headings() -> None:
    by_part, by_change = compare(ADULT, VARIANT, by="part"), compare(ADULT, VARIANT)
    assert by_part.by == "part"
    key: Callable[[Difference], str] = lambda one: one.path  # noqa: E731
    assert sorted(by_part.differences, key=key) == sorted(by_change.differences, key=key)


def test_a_difference_told_whole_stands_under_the_change_that_made_a_part_of_it() -> None:
    def edit(spec: Content) -> None:
        path = "alerts.no_reliable_improvement.raise_if"
        change = {"because": "One reason is enough", "remove": [f"{path}.all"], "add": {f"{path}.says": "x"}}
        spec |= {"extends": "ipt-adult@1.0.0", "changes": {"shorter": change}}
        spec["alerts"]["no_reliable_improvement"]["raise_if"] = {"says": "x"}

    found = headed(compare(ADULT, edited(edit)))
    assert found["shorter"] == [("changed", "alerts.no_reliable_improvement.raise_if")]


def test_what_no_change_made_is_told_apart() -> None:
    content = copy.deepcopy(VARIANT)
    content["protocol"]["outcomes"].pop("died")
    assert headed(compare(ADULT, content))["other"] == [("removed", "outcomes.died")]


def test_two_that_do_not_extend_each_other_have_no_changes_between_them() -> None:
    with pytest.raises(ValueError, match="neither of the two extends the other"):
        compare(ADULT, edited(lambda spec: spec.update(title="Other")), by="change")


# -- limits ------------------------------------------------------------------------------------------------------


def test_two_protocols_that_differ_everywhere_are_compared_well_under_a_second() -> None:
    content = all_other()
    begun = time.process_time()
    compare(ADULT, content)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("unit", ["a ", "a b ", "a b c a "])
def test_texts_made_to_be_hard_to_compare_take_no_longer(unit: str) -> None:
    before, after = (unit * 2000)[:4000], (unit[::-1] * 2000)[:4000]
    begun = time.process_time()
    for _ in range(20):
        marked(before, f"x {after}")
    assert time.process_time() - begun < 1


def test_words_that_become_unique_again_and_again_end_too() -> None:
    words: list[str] = []
    for number in range(900):
        words += [f"w{number}", f"w{number - 1}"]
    begun = time.process_time()
    for _ in range(10):
        marked(" ".join(words), " ".join(["x", *words, "y"]))
    assert time.process_time() - begun < 1


def test_a_path_is_told_in_the_file_it_is_in() -> None:
    told: Mapping[tuple[str, ...], str] = {("protocol", "x"): "protocol", ("measures", "phq9", "x"): "measure phq9"}
    assert {path: file_of(path) for path in told} == told
