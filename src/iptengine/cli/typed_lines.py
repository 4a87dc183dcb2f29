"""A command as the line that somebody would type for it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date
from typing import Any, get_origin, get_type_hints

from iptengine.cli.event_words import Numbers
from iptengine.cli.given_fields import EVENTS
from iptengine.course.commands import Command, JoinGroup, LeaveGroup, Read, as_mapping

OWN = {"book": "book", "hold_session": "session", "end_course": "end"}
"""Commands that are typed under a name of their own, with options in place of fields."""
_SHOWN = {"read": ("total",)}
"""Fields that may be left out, and that a line is of little use without."""
_TYPED_BY_A_PERSON = frozenset({"because", "note", "person", "text", "why", "found", "plan", "reason"})
GAP = "…"


class Lines:
    """Writes the lines for one course.

    Args:
        store: The address as it was typed.
        course: The id of the course.
        numbers: The numbers of its events, by their ids.
        on: The day, where one was said.

    Attributes:
        numbers: As given.
    """

    def __init__(self, store: str, course: str, numbers: Numbers, on: date | None = None) -> None:
        self._store, self._course, self.numbers, self._on = store, course, numbers, on

    def line(
        self,
        command: Command,
        *,
        choices: Mapping[str, Sequence[str]] | None = None,
        anyway: bool = False,
        later: bool = False,
    ) -> str:
        """The line; ``…`` stands where something has to be filled in.

        Args:
            command: The command.
            choices: What its fields may be, for parts of a field that have to be named.
            anyway: With ``--because``: recorded though it is refused; what a person had typed is left to fill in.
            later: It speaks of a day that nobody knows yet: where a day was said, another is left to fill in.
        """
        if isinstance(command, JoinGroup | LeaveGroup):
            return self._of_a_group(command, anyway)
        given = _given(command, choices or {}, blank=anyway)
        on = ["--on", GAP if later else self._on.isoformat()] if self._on else []
        end = ["--because", f'"{GAP}"'] if anyway else []
        verb = OWN.get(command.kind)
        words = [*on, *(_option(*one) for one in given)] if verb else [*(self._field(*one) for one in given), *on]
        head = ["iptengine", "course", verb or "record", shlex.quote(self._store), shlex.quote(self._course)]
        if command.kind == "end_course":
            outcome = next(value for name, value in given if name == "outcome")
            words = [_quoted(outcome), *on, *(_option(*one) for one in given if one[0] != "outcome")]
        return " ".join([*head, *(() if verb else (command.kind,)), *words, *end])

    def _of_a_group(self, command: JoinGroup | LeaveGroup, anyway: bool) -> str:
        """Typed of the group, which counts its members itself."""
        because = isinstance(command, LeaveGroup) or anyway
        words = [shlex.quote(self._store), _quoted(command.group or GAP), shlex.quote(self._course)]
        on = ["--on", self._on.isoformat()] if self._on else []
        verb = "join" if isinstance(command, JoinGroup) else "leave"
        return " ".join(["iptengine", "group", verb, *words, *on, *(["--because", f'"{GAP}"'] if because else [])])

    def _field(self, name: str, value: str) -> str:
        shown = str(self.numbers.get(value, value)) if name in EVENTS else value
        return f"{name}={_quoted(shown)}"


def reading_line(store: str, course: str, on: date, reading: Read) -> str:
    """The line that records one reading as it was typed, and nothing else."""
    total = [] if reading.total is None else [f"total={reading.total}"]
    answers = [f"answers.{item}={'' if answer is None else answer}" for item, answer in (reading.answers or {}).items()]
    words = [store, course, "read", f"measure={reading.measure}", *total, *answers, "--on", on.isoformat()]
    return " ".join(["iptengine", "course", "record", *map(shlex.quote, words)])


def _option(name: str, value: str) -> str:
    return f"--{name.replace('_', '-')} {_quoted(value)}"


def _quoted(value: str) -> str:
    """The value as a shell takes it; one with a sign that nobody can type is left to fill in."""
    return GAP if value == GAP or not value.isprintable() else shlex.quote(value)


def _given(command: Command, choices: Mapping[str, Sequence[str]], *, blank: bool) -> list[tuple[str, str]]:
    """The fields that a line names, each with its value."""
    said = as_mapping(command)
    hints = get_type_hints(type(command))
    found: list[tuple[str, str]] = []
    for part in fields(command):
        name, value = part.name, said.get(part.name)
        required = part.default is MISSING and part.default_factory is MISSING
        if name in ("on", "stamp") or not (required or _unusual(part, value) or name in _SHOWN.get(command.kind, ())):
            continue
        if blank and name in _TYPED_BY_A_PERSON and value:
            found.append((name, GAP))
        elif get_origin(hints[name]) is Mapping:
            found += _parts(name, value or {}, choices.get(name, ()))
        else:
            found.append((name, _written(value)))
    return found


def _unusual(part: Any, value: object) -> bool:
    if value is None:
        return False
    usual = part.default if part.default_factory is MISSING else part.default_factory()
    return value != (list(usual) if isinstance(usual, tuple) else usual)


def _parts(name: str, value: Mapping[str, Any], choices: Sequence[str]) -> list[tuple[str, str]]:
    if not value:
        return [(f"{name}.{one}", GAP) for one in choices or (GAP,)]
    return [(f"{name}.{one}", _written(part)) for one, part in value.items()]


def _written(value: object) -> str:
    if value is None or value == "" or isinstance(value, Mapping):
        return GAP
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
