"""What a course, its records and what is said to it are called under another version of the protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from iptengine.course.commands import COMMANDS, Command, as_line
from iptengine.course.course import Course
from iptengine.course.named_fields import INSIDE, NAMED, Holds
from iptengine.protocol.references import KINDS

Names = Mapping[str, Mapping[str, str]]
"""The new name of each renamed thing, by kind: ``{"phase": {"middle": "working"}, "stage": {"grief.early": "first"}}``.

A name that is its own only within another stands behind that one, and both by what they were called before.
"""
R = TypeVar("R")
Call = Callable[[str, str, str], str]
"""What a name of a kind, within another, is called."""
_NONE: Mapping[str, str] = {}


def key_of(kind: str, name: str, of: str) -> str:
    """How a name stands among `Names`: ``middle``, or ``grief.early`` of a kind that belongs to another."""
    return f"{of}.{name}" if KINDS[kind].of else name


def called(names: Names, kind: str, name: str, of: str = "") -> str:
    """What a name is called from now on; most stay as they are.

    Example:
        >>> called({"phase": {"middle": "working"}}, "phase", "middle")
        'working'
    """
    return names.get(kind, _NONE).get(key_of(kind, name, of), name)


def key_after(names: Names, kind: str, now: str, of: str = "") -> str:
    """How the new name `now` stands among the names afterwards; `of` is what it belongs to, by its name before."""
    return key_of(kind, now, called(names, KINDS[kind].of, of) if of else "")


def turned_back(names: Names) -> dict[str, dict[str, str]]:
    """The renames that lead back.

    Example:
        >>> turned_back({"area": {"grief": "loss"}, "stage": {"grief.early": "first"}})
        {'area': {'loss': 'grief'}, 'stage': {'loss.first': 'early'}}
    """
    found: dict[str, dict[str, str]] = {}
    for kind, renamed in names.items():
        for key, new in renamed.items():
            of, _, old = key.partition(".") if KINDS[kind].of else ("", "", key)
            found.setdefault(kind, {})[key_after(names, kind, new, of)] = old
    return found


def carried(course: Course, names: Names) -> Course:
    """A course with everything in it called by its new name; its events stay as they were recorded."""
    return _Carrying(_calls(names), _areas(course)).record(course, {}) if names else course


def carried_record(record: R, names: Names, course: Course) -> R:
    """An event of a course, or a command said to it, with the new names."""
    return _Carrying(_calls(names), _areas(course)).record(record, {})


def former_names(course: Course, kind: str) -> Mapping[str, str]:
    """What every name that a kind had before a move is called now; not for kinds whose names belong to others."""
    found: dict[str, str] = {}
    for move in course.moves:
        renamed = move.names.get(kind, {})
        found = {old: renamed.get(now, now) for old, now in found.items()} | {
            old: new for old, new in renamed.items() if old not in found
        }
    return found


def names_held(course: Course) -> frozenset[tuple[str, str]]:
    """Every name that stands in a course or its records, with its kind."""
    found: set[tuple[str, str]] = set()

    def note(kind: str, name: str, of: str) -> str:
        found.add((kind, key_of(kind, name, of)))
        return name

    _Carrying(note, _areas(course)).record(course, {})
    return frozenset(found)


def _calls(names: Names) -> Call:
    return lambda kind, name, of: called(names, kind, name, of)


def _areas(course: Course) -> Mapping[str, str]:
    return {focus.id: focus.area for focus in course.focuses}


Within = Mapping[str, str]
"""What a name stands in, by kind: ``{"area": "grief"}``."""


@dataclass(frozen=True, slots=True)
class _Carrying:
    call: Call
    areas: Mapping[str, str] = field(default_factory=dict)

    def record(self, record: R, within: Within) -> R:
        """One record with its names, and those of the records in it."""
        of: Any = type(record)
        holds, inside = NAMED.get(of, {}), INSIDE.get(of, ())
        if not holds and not inside:
            return self._command(record) if isinstance(record, Command) else record
        values = {name: getattr(record, name) for name in holds}
        around = self._around(holds, values, within)
        changes = {
            name: new for name, one in holds.items() if (new := self.value(values[name], one, around)) != values[name]
        }
        for name in inside:
            kept = getattr(record, name)
            new = self._inner(kept, around)
            if new is not kept:
                changes[name] = new
        return replace(record, **changes) if changes else record  # type: ignore[type-var]

    def _command(self, command: R) -> R:
        """A command that holds no name itself, and perhaps another command."""
        inner = getattr(command, "command", None)
        if not isinstance(inner, Command):
            return command
        return replace(command, command=self.record(inner, {}))  # type: ignore[type-var]

    def _inner(self, kept: Any, within: Within) -> Any:
        if not isinstance(kept, tuple):
            return kept if kept is None else self.record(kept, within)
        found = tuple(self.record(one, within) for one in kept)
        return kept if all(new is old for new, old in zip(found, kept, strict=True)) else found

    def _around(self, holds: Mapping[str, Holds], values: Mapping[str, Any], within: Within) -> Within:
        """What the names in a record belong to: the area of its focus, its chart, its measure."""
        found = dict(within)
        for name, one in holds.items():
            kind, value = one.kinds[0], values[name]
            if kind == "focus" and value in self.areas:
                found.setdefault("area", self.areas[value])
        for name, one in holds.items():
            kind, value = one.kinds[0], values[name]
            if kind in _PARENTS and isinstance(value, str) and not one.keys:
                found[kind] = value
        return found

    def value(self, value: Any, holds: Holds, within: Within) -> Any:
        """What a field holds, with the new names."""
        kind = holds.kinds[0]
        if kind == "focus" or value is None:
            return value
        if kind == "request":
            return self._request(value)
        if holds.keys:
            return {self._key(kind, name, holds, within): self._beneath(kind, name, one) for name, one in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(self._name(holds, one, within) for one in value)
        return self._name(holds, value, within)

    def _key(self, kind: str, name: str, holds: Holds, within: Within) -> str:
        return self.call("measure", name, "") if kind == "scores" else self._name(holds, name, within)

    def _beneath(self, kind: str, name: str, value: Any) -> Any:
        """The items under a measure, in what is said of a whole session."""
        if kind != "scores":
            return value
        return {self.call("item", item, name): one for item, one in value.items()}

    def _name(self, holds: Holds, name: Any, within: Within) -> Any:
        if not isinstance(name, str) or not name:
            return name
        for kind in holds.kinds:
            parent = KINDS[kind].of
            if parent and parent not in within:
                continue
            new = self.call(kind, name, within.get(parent, ""))
            if new != name:
                return new
        return name

    def _request(self, text: str) -> str:
        """A command as JSON with the new names; what no version can read stays as it is."""
        try:
            said = json.loads(text)
        except ValueError:
            return text
        new = self._said(said)
        return text if new == said else as_line(new)

    def _said(self, said: Any) -> Any:
        kind = COMMANDS.get(said.get("kind", "")) if isinstance(said, dict) else None
        if kind is None:
            return said
        holds = {name: one for name, one in NAMED.get(kind, {}).items() if name in said}
        around = self._around(holds, said, {})
        return {name: self._field(name, value, holds, around) for name, value in said.items()}

    def _field(self, name: str, value: Any, holds: Mapping[str, Holds], within: Within) -> Any:
        if name == "command":
            return self._said(value)
        return self.value(value, holds[name], within) if name in holds else value


_PARENTS = frozenset(kind.of for kind in KINDS.values() if kind.of)
