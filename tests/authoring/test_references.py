"""What every place of a protocol file refers to, read off the models."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest

from block import block
from iptengine.authoring.document import read, read_path
from iptengine.authoring.loader import check_text
from iptengine.authoring.references import Reference, definitions, references
from iptengine.authoring.shapes import Shape, keys_of
from iptengine.diagnostics import Path
from iptengine.protocol.anchored import dates_in
from iptengine.protocol.conditions.grammar import NAME_SLOTS
from iptengine.protocol.fields import Model
from iptengine.protocol.model import Spec
from iptengine.protocol.references import KINDS
from iptengine.protocol.variant_spec import ChangeGroup

ROOT = File(__file__).parents[2]
FILES = (
    ROOT / "tests" / "protocols" / "small.protocol.yaml",
    *sorted((ROOT / "examples").glob("*.protocol.yaml")),
    ROOT / "protocols" / "ipt-adult.protocol.yaml",
)
BAD = ROOT / "tests" / "bad_protocols"
NOWHERE = "no_such_name"
OUTSIDE = {
    "Spec.protocol", "Spec.version", "Spec.extends", "MeasureUse.use", "OutcomeSpec.followed_by",
}  # fmt: skip
"""Names of protocols and measures, which are files of their own."""


def parts(shape: Shape, seen: set[type[Model]]) -> Iterator[tuple[str, Shape]]:
    """Every place of the format once, by its part and key."""
    inner = shape
    while inner.entry is not None:
        inner = inner.entry
    if inner.model is None or inner.model in seen or inner.model is ChangeGroup:
        return
    seen.add(inner.model)
    for key in keys_of(inner.model).values():
        yield f"{inner.model.__name__}.{key.name}", key.shape
        yield from parts(key.shape, seen)


PLACES = dict(parts(Shape("part", "", Spec), set()))


def leaf(shape: Shape) -> Shape:
    return leaf(shape.entry) if shape.kind == "list" and shape.entry else shape


def test_every_map_of_names_says_what_they_name_or_refer_to() -> None:
    silent = [place for place, shape in PLACES.items() if shape.kind == "map" and not (shape.gives or shape.key_refers)]
    assert silent == []


def test_every_single_name_says_what_it_refers_to() -> None:
    silent = [place for place, shape in PLACES.items() if leaf(shape).kind == "name" and not leaf(shape).refers]
    assert silent == sorted(OUTSIDE, key=silent.index)


def test_every_kind_that_is_used_is_in_the_one_table_and_every_kind_of_the_table_is_used() -> None:
    used = {slot.kind for slot in NAME_SLOTS} | {"item", "value"}
    for shape in PLACES.values():
        used |= {shape.gives} - {""}
        for refers in (leaf(shape).refers, shape.key_refers):
            used |= set(refers.kinds) if refers else set()
    assert used == {name for name, kind in KINDS.items() if kind.given_by != "vignette"}
    assert {kind.of for kind in KINDS.values()} - {""} <= set(KINDS)


def test_what_is_given_by_a_key_is_given_by_some_key_of_the_format() -> None:
    given = {shape.gives for shape in PLACES.values()} | {"change group"}
    assert given - {""} == {name for name, kind in KINDS.items() if kind.given_by == "key"}


def test_in_the_files_there_are_every_name_that_is_referred_to_is_there() -> None:
    for file in FILES:
        lost = [one for one in references(read_path(file).root) if not one.to and KINDS[one.kind].given_by == "key"]
        assert {one.name for one in lost} <= {"patient"}


# -- what refers to nothing is a mistake at its place ------------------------------------------------------------

CHECKED = {
    place: shape
    for place, shape in PLACES.items()
    if (refers := leaf(shape).refers or shape.key_refers) and KINDS[refers.kinds[0]].given_by == "key"
}


def with_nowhere(place: str, shape: Shape) -> Iterator[tuple[File, Any, Path, bool]]:
    """Files in which a place holds a name that nothing has, with its path."""
    for file in FILES:
        root = read_path(file).root
        for path, part in placed(Shape("part", "", Spec), copy.deepcopy(root), ()):
            if place.partition(".")[0] != part[0]:
                continue
            changed = copy.deepcopy(root)
            at = long_form(changed, path, part[1])
            key = place.partition(".")[2]
            if shape.key_refers:
                if not at.get(key):
                    continue
                first = next(iter(at[key]))
                at[key] = {NOWHERE if name == first else name: value for name, value in at[key].items()}
                yield file, changed, (*path, key, NOWHERE), True
            else:
                at[key] = f"on {NOWHERE}" if shape.kind == "written" else NOWHERE
                if place == "PhaseSpec.dates":
                    at[key] = f"until {NOWHERE}"
                yield file, changed, (*path, key), False


def placed(shape: Shape, value: Any, path: Path) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Every part of a file: its path, its model and the key that a bare text stands for."""
    if shape.kind == "part" and shape.model:
        yield path, (shape.model.__name__, shape.short)
        for name, one in value.items() if isinstance(value, dict) else ():
            yield from placed(keys_of(shape.model)[name].shape, one, (*path, name))
    elif shape.kind == "map" and shape.entry:
        for name, one in value.items():
            yield from placed(shape.entry, one, (*path, name))


def long_form(root: Any, path: Path, short: str) -> Any:
    around, at = root, root
    for name in path:
        around, at = at, at[name]
    if isinstance(at, str):
        around[path[-1]] = at = {short: at}
    return at


@pytest.mark.parametrize("place", CHECKED)
def test_a_name_that_nothing_has_is_a_mistake_wherever_it_stands(place: str) -> None:
    file, root, path, on_key = next(with_nowhere(place, CHECKED[place]))
    text = block(root)
    document = read(text, file.name)
    _, wrong = check_text(text, file.name, (file.parent, file.parent / "measures"))
    assert [one for one in wrong if one.span == document.span(path, on_key) and f"'{NOWHERE}'" in one.message], path
    assert NOWHERE in {one.name for one in references(document.root) if not one.to and one.path == path}


MEANT = re.compile(r"'[a-z_]+'")
NO_REFERENCE = {"unknown-key", "unknown-measure", "unknown-protocol", "unknown-base"}
"""Codes about keys of the format and about files."""
NAMES_THAT_ARE_THERE = (
    "cannot come after itself",
    "that fact is no date",
    "cannot wait for an",
    "cannot wait for one",
    "is about no request",
)
"""What the same rules say of a name that is there, and does not fit."""


@pytest.mark.parametrize("file", sorted(BAD.glob("unknown-*.protocol.yaml")), ids=lambda file: file.name.split(".")[0])
def test_what_a_rule_calls_unknown_is_a_reference_without_meaning(file: File) -> None:
    document = read_path(file)
    lost = [one for one in references(document.root) if not one.to]
    lines = {(document.span(one.path, one.on_key).line, f"'{one.name}'") for one in lost}
    _, wrong = check_text(file.read_bytes(), str(file), (BAD, ROOT / "protocols" / "measures"))
    told = [one for one in wrong if one.code.startswith("unknown-") and one.code not in NO_REFERENCE]
    for one in told:
        if not any(known in one.message for known in NAMES_THAT_ARE_THERE):
            assert {(one.span.line, name) for name in MEANT.findall(one.message)} & lines, str(one)


# -- what one reference is ---------------------------------------------------------------------------------------


def told(root: object) -> list[str]:
    return [said(one) for one in references(root)]


def said(one: Reference) -> str:
    homes = " or ".join(".".join(map(str, home.path)) for home in one.to) or "nothing"
    return f"{'.'.join(map(str, one.path))}{' (key)' if one.on_key else ''}: {one.name} is {homes}"


def test_a_stage_is_looked_for_in_its_own_problem_area_only() -> None:
    stages = {"unstaged": {"next": {"impasse": {}}}, "impasse": {}}
    root = {"problem_areas": {"dispute": {"stages": stages}, "divorce": {"stages": {"impasse": {}}}}}
    assert told(root) == [
        "problem_areas.dispute.stages.unstaged.next.impasse (key): impasse is problem_areas.dispute.stages.impasse"
    ]


def test_an_approval_refers_to_what_its_requests_speak_of() -> None:
    root = {
        "problem_areas": {"loss": {"stages": {"deep": {}}}, "move": {"stages": {"deep": {}, "loss": {}}}},
        "contacts": {"deep": {}},
        "approvals": {
            "area": {"of": "agree_focus", "only": "loss", "by": "supervisor"},
            "stage": {"of": ["restage", "end_course"], "only": ["deep", "loss"], "by": "supervisor"},
        },
    }
    assert [line for line in told(root) if ".only" in line] == [
        "approvals.area.only: loss is problem_areas.loss",
        "approvals.stage.only.0: deep is problem_areas.loss.stages.deep or problem_areas.move.stages.deep",
        "approvals.stage.only.1: loss is problem_areas.move.stages.loss or problem_areas.loss",
    ]


def test_a_list_of_one_and_a_short_form_are_read_as_they_are_written() -> None:
    root = {
        "sources": {"guide": "A guide"},
        "techniques": {"role_play": {"title": "Role play", "source": "guide"}},
        "phases": {
            "first": {"must": {"talk": "Talk", "rehearse": {"do": "Rehearse", "after": ["talk"], "source": []}}}
        },
    }
    assert told(root) == [
        "techniques.role_play.source: guide is sources.guide",
        "phases.first.must.rehearse.after.0: talk is phases.first.must.talk",
    ]


def test_a_date_is_found_inside_what_is_written_about_it() -> None:
    root = {
        "facts": {"birth": {"type": "date"}},
        "phases": {"first": {"dates": "from birth until 6 weeks after birth"}},
    }
    found = [(one.name, one.part) for one in references(root)]
    assert found == [("birth", slice(5, 10)), ("birth", slice(31, 36))]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2 weeks before birth", ["birth"]),
        ("on until", ["until"]),
        ("until birth", ["birth"]),
        ("from  2 weeks before birth  until loss", ["birth", "loss"]),
        ("from the start until birth", ["birth"]),
        ("12 months after the start", []),
        ("after a missed session", []),
        ("whenever", []),
        ("", []),
    ],
)
def test_only_what_stands_in_the_place_of_a_date_is_one(text: str, dates: list[str]) -> None:
    assert [text[place] for place in dates_in(text)] == dates


def test_what_is_no_protocol_at_all_refers_to_nothing() -> None:
    for root in (None, [], "text", {"phases": ["a"], "start": {"x": 1}, "facts": 3, "unknown": {"a": "b"}}):
        assert told(root) == []


def test_a_name_is_given_within_what_it_stands_in() -> None:
    root = read_path(FILES[0]).root
    stages = [(one.name, one.of) for one in definitions(root).found if one.kind == "stage"]
    assert stages == [(name, "role_dispute") for name in ("unstaged", "renegotiation", "impasse", "settled")]
