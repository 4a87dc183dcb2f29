"""The named groups of changes between a variant and its base, and which of them made a difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from iptengine.authoring.comparison.difference import MEASURES, PROTOCOL, Difference, Found, Kind, Section, Steps
from iptengine.authoring.comparison.walk import at
from iptengine.course.wording import spoken
from iptengine.protocol.protocol import canonical

Names = Mapping[str, frozenset[str]]
_NAME = re.compile(r"([a-z0-9_]+)")


@dataclass(frozen=True)
class Group:
    """One named group of changes, as far as a comparison asks about it.

    Attributes:
        name: Its name.
        because: Its reason.
        source: What it rests on.
        whole: Paths of the base it sets, adds, removes or moves; all that stands under them is its own.
        alone: Paths of the base it renames or puts in order; what stands under them may be another group's.
        renamed: Old names, each with its new ones; two things of one name may have been given different ones.
    """

    name: str
    because: str
    source: Steps
    whole: frozenset[Steps]
    alone: frozenset[Steps]
    renamed: Names

    def names(self, path: Steps, kind: Kind) -> bool:
        """Whether it changes this place or one above it; a value told whole may hold what several groups changed."""
        if path in self.alone or any(path[:end] in self.whole for end in range(1, len(path) + 1)):
            return True
        return kind in ("added", "removed", "changed") and any(one[: len(path)] == path for one in self.whole)


class ChangeGroups:
    """The groups of a variant; `forwards` when the variant is the one after."""

    def __init__(self, changes: Mapping[str, object], forwards: bool) -> None:
        self._changes, self._forwards = changes, forwards

    @cached_property
    def _groups(self) -> tuple[Group, ...]:
        return tuple(_group(name, change) for name, change in self._changes.items() if isinstance(change, Mapping))

    @cached_property
    def _renamed(self) -> Names:
        """What all of them rename."""
        return _together(group.renamed for group in self._groups)

    @property
    def names(self) -> Steps:
        """Their names, in the order of the variant."""
        return tuple(group.name for group in self._groups)

    @cached_property
    def carried(self) -> Mapping[Steps, Steps]:
        """What they rename or move: its path before, and its path after."""
        renames, moves = self._told("rename"), self._told("move")
        carried = {path: _destination(path, renames, moves) for path in (*renames, *moves)}
        return carried if self._forwards else {new: old for old, new in carried.items()}

    def _told(self, verb: str) -> dict[Steps, str]:
        return {
            _steps(path): str(target)
            for change in self._changes.values()
            if isinstance(change, Mapping)
            for path, target in _map(change.get(verb)).items()
        }

    def made(self, found: Found) -> Steps:
        """The names of the groups that made a difference, in the order of the variant."""
        path = found.path if self._forwards else found.became
        place = (PROTOCOL, *path[:2], "use") if path[:1] == (MEASURES,) else path  # another file is another use
        named = tuple(group.name for group in self._groups if group.names(place, found.kind))
        return named or tuple(group.name for group in self._groups if self._carries(group, found))

    def _carries(self, group: Group, found: Found) -> bool:
        """Whether a difference is nothing but a reference that a rename of the group carried with it."""
        if not group.renamed or found.kind not in ("changed", "renamed"):
            return False
        before, after = (found.before, found.after) if self._forwards else (found.after, found.before)
        return _carries(before, after, self._renamed, group.renamed)

    def section(self, name: str, told: tuple[Difference, ...], differences: tuple[Difference, ...]) -> Section:
        """A group as a heading over the differences it made."""
        group = next(group for group in self._groups if group.name == name)
        return Section(name, spoken(name), group.because, group.source, told, differences)


def groups_between(before: Mapping[str, object], after: Mapping[str, object]) -> ChangeGroups | None:
    """The groups of changes of the one that extends the other; none where neither does."""
    for base, variant, forwards in ((before, after, True), (after, before, False)):
        changes = at(variant, (PROTOCOL, "changes"))
        if isinstance(changes, Mapping) and at(variant, (PROTOCOL, "extends")) == _ref(base):
            return ChangeGroups(changes, forwards)
    return None


def _ref(content: Mapping[str, object]) -> str:
    return f"{at(content, (PROTOCOL, 'protocol'))}@{at(content, (PROTOCOL, 'version'))}"


def _group(name: str, change: Mapping[str, object]) -> Group:
    because, source = change.get("because"), change.get("source")
    whole = [*_map(change.get("set")), *_map(change.get("add")), *_list(change.get("remove"))]
    whole += _map(change.get("move"))
    alone = [*_map(change.get("rename")), *_map(change.get("order"))]
    return Group(
        name,
        because if isinstance(because, str) else "",
        tuple(_list(source)),
        frozenset(map(_steps, whole)),
        frozenset(map(_steps, alone)),
        _together({_steps(path)[-1]: frozenset({str(new)})} for path, new in _map(change.get("rename")).items()),
    )


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, (list, tuple)) else []


def _steps(path: str) -> Steps:
    return (PROTOCOL, *path.split("."))


def _destination(path: Steps, renames: Mapping[Steps, str], moves: Mapping[Steps, str]) -> Steps:
    """Where a path of the base stands in the variant."""
    found: Steps = ()
    for end in range(1, len(path) + 1):
        here = path[:end]
        if here in moves:
            found = _destination(_steps(moves[here]), renames, moves)
        found = (*found, renames.get(here, here[-1]))
    return found


def _together(renames: Iterable[Names]) -> Names:
    found: dict[str, frozenset[str]] = {}
    for names in renames:
        for old, new in names.items():
            found[old] = found.get(old, frozenset()) | new
    return found


def _carries(before: object, after: object, names: Names, own: Names) -> bool:
    """Whether two values differ in renamed names alone, and somewhere in one of `own`."""
    pairs = list(_pairs(before, after))
    return all(old == new or new in names.get(old, ()) for old, new in pairs) and any(
        old != new and new in own.get(old, ()) for old, new in pairs
    )


def _pairs(before: object, after: object) -> Iterator[tuple[str, str]]:
    """The names and the signs of two values, side by side; what has no counterpart is told against nothing."""
    if isinstance(before, str) and isinstance(after, str):
        yield from zip_longest(_NAME.split(before), _NAME.split(after), fillvalue="")
    elif isinstance(before, Mapping) and isinstance(after, Mapping) and len(before) == len(after):
        for (old, one), (new, other) in zip(before.items(), after.items(), strict=True):
            yield str(old), str(new)
            yield from _pairs(one, other)
    elif isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from _pairs(one, other)
    else:
        yield canonical(before), canonical(after)
