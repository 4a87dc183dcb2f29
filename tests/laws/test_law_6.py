"""Law 6. A course keeps the protocol it began with, by a digest over everything but places and layout."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from iptengine.authoring.document import read
from iptengine.authoring.loader import check_text, load
from iptengine.course.stamp import Actor
from iptengine.diagnostics import Path
from iptengine.protocol.fields import Model
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.protocol import Protocol
from phrases import ROOT

ANNA = Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
ADULT = ROOT / "protocols" / "ipt-adult.protocol.yaml"
PHQ9 = ROOT / "protocols" / "measures" / "phq9.measure.yaml"
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"
MARK = "Wilhelmina was beaten"
IN_CI = os.environ.get("CI") == "true"
BY_NAME = {
    "phases", "must", "may", "each_session", "hour", "next", "problem_areas", "stages", "outcomes", "facts", "alerts",
    "measures", "items", "techniques", "participants", "sources", "checklists", "bands", "change_rules",
}  # fmt: skip


@cache
def adult() -> Protocol:
    return load(ADULT)


# -- every leaf --------------------------------------------------------------------------------------------------


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every text, number and truth of a file."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from leaves(part, (*path, number))
    else:
        yield path


def maps(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every map and list of a file."""
    if isinstance(value, dict | list):
        yield path
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from maps(part, (*path, name))


def keys_of_the_format(model: type[Model] = Model) -> frozenset[str]:
    """Every key that is not a name an author chose."""
    own = {field.alias or name for name, field in model.model_fields.items()}
    return frozenset(own).union(*(keys_of_the_format(part) for part in model.__subclasses__()))


def some(paths: Iterable[Path]) -> list[Path]:
    """One path of every kind, all chosen names being one kind, and every 97th; with ``CI=true`` all of them."""
    keys = keys_of_the_format()
    every = list(paths)
    kinds = {tuple(part if part in keys else "*" for part in path): path for path in every}
    return every if IN_CI else list(dict.fromkeys([*kinds.values(), *every[::97]]))


def at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


QUANTITIES = ("1 a week", "every 2 weeks", "every session", "first 2", "last 2", "2..3", "session 2", "text", "1.0.9")


def others(value: object) -> Iterator[object]:
    """Values that differ from `value`, the likeliest to fit first."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (other for other in (value + 1, value - 1, 0, 1, 2) if other != value)
    elif isinstance(value, str):
        yield f"{value}x"
        for found in re.finditer(r"\d+", value):
            for more in (1, -1):
                yield f"{value[: found.start()]}{int(found[0]) + more}{value[found.end() :]}"
        yield from (one for one in QUANTITIES if one != value)


def at_another_value(root: Any, path: Path, model: type[Any]) -> Any:
    """The file's models with one leaf changed to the first value that fits there."""
    changed = copy.deepcopy(root)
    around = at(changed, path[:-1])
    before = around[path[-1]]
    waiting = list(others(before))
    tried: list[object] = [before]
    while waiting:
        around[path[-1]] = waiting.pop(0)
        tried.append(around[path[-1]])
        try:
            return model.model_validate(changed)
        except ValidationError as error:
            wanted = [word for one in error.errors() for word in re.findall(r"'([^']+)'", str(one.get("ctx", "")))]
            waiting += [word for word in dict.fromkeys(wanted) if word not in [*tried, *waiting]]
    return None


def spec_digest(spec: Spec) -> str:
    return replace(adult(), spec=spec).digest


def measure_digest(measure: Measure) -> str:
    return replace(adult(), measures={**adult().measures, "phq9": measure}).digest


FILES: list[Any] = [(ADULT, Spec, spec_digest), (PHQ9, Measure, measure_digest)]
ALONE = {("iptengine",), ("scoring", "missing", "rule")}
"""Leaves that may hold one value only beside the rest of the file."""


@pytest.mark.parametrize(("path", "model", "digest"), FILES, ids=["protocol", "measure"])
def test_every_changed_leaf_is_another_protocol(path: Any, model: type[Any], digest: Callable[[Any], str]) -> None:
    root = read(path.read_bytes(), path.name).require().root
    assert digest(model.model_validate(root)) == adult().digest
    all_leaves = some(leaves(root))
    assert len(all_leaves) > 30
    unchanged, alone, seen = [], set(), set()
    for leaf in all_leaves:
        made = at_another_value(root, leaf, model)
        if made is None:
            alone.add(leaf)
            continue
        found = digest(made)
        if found == adult().digest:
            unchanged.append(leaf)
        seen.add(found)
    assert unchanged == []
    assert alone <= ALONE
    assert len(seen) == len(all_leaves) - len(alone)


@pytest.mark.parametrize(("path", "model", "digest"), FILES, ids=["protocol", "measure"])
def test_what_is_left_out_or_put_in_another_order_is_another_protocol(
    path: Any, model: type[Any], digest: Callable[[Any], str]
) -> None:
    """Order counts where the author chose the names: it is the order of the agenda."""
    root = read(path.read_bytes(), path.name).require().root
    lost: list[Path] = []
    unordered: list[Path] = []
    tried = 0
    for around in some(maps(root)):
        for change in (without_last, last_first):
            if change is last_first and not chosen(around):
                continue
            changed = copy.deepcopy(root)
            if not change(at(changed, around)):
                continue
            try:
                made = model.model_validate(changed)
            except ValidationError:
                continue
            tried += 1
            if digest(made) == adult().digest:
                (lost if change is without_last else unordered).append(around)
    assert tried > 10
    assert lost == []
    assert unordered == []


def without_last(part: Any) -> bool:
    if not part:
        return False
    if isinstance(part, dict):
        part.popitem()
    else:
        part.pop()
    return True


def last_first(part: Any) -> bool:
    if len(part) < 2:
        return False
    if isinstance(part, list):
        part.insert(0, part.pop())
        return True
    name, value = part.popitem()
    rest = dict(part)
    part.clear()
    part.update({name: value, **rest})
    return True


def chosen(path: Path) -> bool:
    """Whether the names under `path` are the author's own."""
    return bool(path) and path[-1] in BY_NAME


# -- places and layout -------------------------------------------------------------------------------------------


def spread(text: str) -> str:
    """The same file with comments and empty lines between its lines, and behind its keys."""
    lines = []
    for line in text.split("\n"):
        lines += ["", "# a comment"] if line and not line.startswith(" ") else []
        lines.append(f"{line}   # looked at" if line.endswith(":") else line)
    return "\n".join(lines) + "\n\n# the end\n"


@pytest.mark.parametrize("path", [ADULT, SMALL], ids=lambda path: path.name)
def test_comments_blank_lines_the_files_name_and_its_place_change_nothing(path: Any) -> None:
    text = path.read_text("utf-8")
    first, wrong = check_text(text.encode(), "a.protocol.yaml")
    again, wrong_again = check_text(b"\xef\xbb\xbf" + spread(text).encode(), "elsewhere/b.protocol.yaml")
    windows, wrong_too = check_text(text.replace("\n", "\r\n").encode(), "c.protocol.yaml")
    assert wrong == wrong_again == wrong_too == ()
    assert first is not None
    assert again is not None
    assert windows is not None
    assert first.span(("phases",)) != again.span(("phases",))
    assert first.content == again.content == windows.content
    assert first.digest == again.digest == windows.digest


def test_the_same_content_in_another_shape_is_the_same_protocol() -> None:
    text = SMALL.read_text("utf-8")
    compact = "focus: {at_most: 1}\n"
    assert compact in text
    spelt = text.replace(compact, 'focus:\n  "at_most": 1\n').replace(
        "techniques: role_play,", "techniques: [role_play],"
    )
    first, again = (check_text(one.encode(), "x.protocol.yaml")[0] for one in (text, spelt))
    assert first is not None
    assert again is not None
    assert again.digest == first.digest
