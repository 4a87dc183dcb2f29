"""The named groups of changes between a variant and its base, and which of them made a difference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from iptengine.authoring.comparison.difference import MEASURES, PROTOCOL, Difference, Found, Kind, Section, Steps
from iptengine.authoring.comparison.walk import at

_NAME = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True)
class Group:
    """One named group of changes, as far as a comparison asks about it.

    Attributes:
        name: Its name.
        because: Its reason.
        source: What it rests on.
        whole: Paths of the base it sets, adds, removes or moves; all that stands under them is its own.
        alone: Paths of the base it renames or puts in order; what stands under them may be another group's.
        renamed: Old names, each with its new one.
    """

    name: str
    because: str
    source: Steps
    whole: frozenset[Steps]
    alone: frozenset[Steps]
    renamed: Mapping[str, str]

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
        place = (PROTOCOL, *path) if path[:1] == (MEASURES,) else path
        named = tuple(group.name for group in self._groups if group.names(place, found.kind))
        return named or tuple(group.name for group in self._groups if self._carries(group, found))

    def _carries(self, group: Group, found: Found) -> bool:
        """Whether a difference is nothing but a reference that a rename of the group carried with it."""
        if not group.renamed:
            return False
        before, after = (found.before, found.after) if self._forwards else (found.after, found.before)
        everything = {old: new for one in self._groups for old, new in one.renamed.items()}
        return (
            found.kind in ("changed", "renamed")
            and _carried(before, everything) == _plain(after)
            and _carried(before, group.renamed) != _plain(before)
        )

    def section(self, name: str, told: tuple[Difference, ...], differences: tuple[Difference, ...]) -> Section:
        """A group as a heading over the differences it made."""
        group = next(group for group in self._groups if group.name == name)
        return Section(name, name.replace("_", " "), group.because, group.source, told, differences)


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
        {_steps(path)[-1]: str(new) for path, new in _map(change.get("rename")).items()},
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


def _carried(value: object, names: Mapping[str, str]) -> object:
    """A value with every renamed name in it as it is called now."""
    if isinstance(value, str):
        return _NAME.sub(lambda found: names.get(found[0], found[0]), value)
    if isinstance(value, (list, tuple)):
        return [_carried(one, names) for one in value]
    if isinstance(value, Mapping):
        return {names.get(name, name): _carried(inner, names) for name, inner in value.items()}
    return value


def _plain(value: object) -> object:
    """A value as `_carried` gives it."""
    return _carried(value, {})
