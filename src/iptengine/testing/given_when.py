"""Given, when, then: what was said to a course before, one command, and the whole of what comes of it.

given(protocol, *before).when(command).then(happened(PhaseEntered, phase="middle", was="initial"))
given(protocol, *before).when(command).then_refused("focus_agreed")
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import Event
from iptengine.course.evolve import fold
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor, Stamp
from iptengine.protocol.protocol import Protocol

FIRST_DAY = date(2026, 1, 5)
THERAPIST = Actor("therapist", role="therapist")
_STAMPED = frozenset({"id", "on", "at", "by", "command"})


@dataclass(frozen=True, slots=True, repr=False)
class Happened:
    """An event as a test expects it: its kind, and every field that has not its usual value."""

    kind: type[Event]
    fields: dict[str, Any]

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in sorted(self.fields.items()))
        return f"{self.kind.__name__}({told})"


def happened(kind: type[Event], **values: Any) -> Happened:
    """An expected event. Fields left out are expected to have their usual value; stamps are not compared.

    Raises:
        TypeError: The event has no such field, or needs one that was left out.
    """
    known = {part.name: part for part in fields(kind) if part.name not in _STAMPED}
    for name in values:
        if name not in known:
            raise TypeError(f"{kind.__name__} has no field '{name}'")
    usual = {name: _usual(part) for name, part in known.items()}
    for name, value in usual.items():
        if value is MISSING and name not in values:
            raise TypeError(f"{kind.__name__} needs the field '{name}'")
    return Happened(kind, {name: value for name, value in values.items() if value != usual[name]})


def _usual(part: Any) -> Any:
    return part.default_factory() if part.default_factory is not MISSING else part.default


def recorded(event: Event) -> Happened:
    """An event as `happened` would say it."""
    found = {}
    for part in fields(event):
        value = getattr(event, part.name)
        if part.name not in _STAMPED and value != _usual(part):
            found[part.name] = value
    return Happened(type(event), found)


def given(protocol: Protocol, *before: Command, course: str = "course") -> Given:
    """A course to which `before` has been said, in order; it begins by itself unless told how.

    Each command speaks of its own day, or of the day of the command before it.

    Raises:
        Refused: One of them is refused: what is given has happened.
    """
    started = bool(before) and isinstance(before[0], c.Start | c.Adopt)
    told = before if started else (c.Start(), *before)
    state, day = Course(course), FIRST_DAY
    for place, command in enumerate(told):
        day = command.on or day
        state = fold(state, decide(protocol, state, _stamped(command, place, day)))
    return Given(protocol, state, day, len(told))


def _stamped(command: Command, place: int, day: date) -> Command:
    at = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
    return command.stamped(Stamp(f"c{place}", day, at, THERAPIST))


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """What has happened before."""

    protocol: Protocol
    course: Course
    day: date
    place: int

    def when(self, command: Command) -> When:
        """Say one more thing."""
        said = _stamped(command, self.place, command.on or self.day)
        try:
            return When(self.course, decide(self.protocol, self.course, said), None)
        except Refused as no:
            return When(self.course, (), no)


@dataclass(frozen=True, slots=True, repr=False)
class When:
    """What came of it."""

    before: Course
    events: tuple[Event, ...]
    refused: Refused | None

    @property
    def course(self) -> Course:
        """The course after it."""
        return fold(self.before, self.events)

    def then(self, *expected: Happened) -> Course:
        """Exactly these events were recorded, in this order; gives the course after them.

        Raises:
            AssertionError: Something else came of it.
        """
        if self.refused is not None:
            raise AssertionError(f"refused: {', '.join(reason.code for reason in self.refused.reasons)}")
        found = tuple(recorded(event) for event in self.events)
        if found != expected:
            raise AssertionError("\n".join(_compared(expected, found)))
        return self.course

    def then_refused(self, *codes: str) -> Refused:
        """It was refused for exactly these reasons, in this order; gives the refusal.

        Raises:
            AssertionError: It was carried out, or refused for other reasons.
        """
        if self.refused is None:
            kinds = ", ".join(event.kind for event in self.events) or "nothing"
            raise AssertionError(f"not refused; recorded: {kinds}")
        found = tuple(reason.code for reason in self.refused.reasons)
        if found != codes:
            raise AssertionError(f"expected the reasons {', '.join(codes)}; found {', '.join(found)}")
        return self.refused


def _compared(expected: tuple[Happened, ...], found: tuple[Happened, ...]) -> Iterator[str]:
    yield f"expected {len(expected)} events, found {len(found)}"
    for sign, here, there in (("- expected", expected, found), ("+ found", found, expected)):
        yield from (f"{sign} {one!r}" for one in here if one not in there)
