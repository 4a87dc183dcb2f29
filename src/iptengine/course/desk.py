"""What the handlers of `decide` work with: the protocol, the course, the stamp, and the events made so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

from iptengine.course.commands import Command
from iptengine.course.course import Appointment, Course, Focus
from iptengine.course.events import CourseWarning, Event
from iptengine.course.facts import CourseFacts
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Stamp
from iptengine.diagnostics import Path
from iptengine.protocol.protocol import Protocol, Reason

E = TypeVar("E", bound=Event)


class Desk:
    """One decision in the making. Makes events with the command's stamp and numbers them under its id."""

    def __init__(
        self, protocol: Protocol, course: Course, command: Command, stamp: Stamp, facts: CourseFacts | None = None
    ) -> None:
        """With `facts`, what was looked up for that course and day already is not looked up again."""
        self.protocol = protocol
        self.course = course
        self.command = command
        self.stamp = stamp
        self.on = command.on or stamp.on
        self.override = False
        self.overridden: list[str] = []
        self.corrects = ""
        self.because = ""
        self.carried = False
        """What is recorded was carried over from the course that this one follows."""
        self.to: Protocol | None = None
        """The protocol that the course is to move to."""
        self.wrong: Appointment | None = None
        """The appointment that a correction speaks of."""
        self._count = 0
        if facts is not None:
            self.facts = facts

    @cached_property
    def facts(self) -> CourseFacts:
        """The course as the conditions see it on the day of the command."""
        return CourseFacts(self.protocol, self.course, self.on)

    @contextmanager
    def meanwhile(self, **others: Any) -> Iterator[None]:
        """For a while with another course, protocol, command or day, as the conditions then see it."""
        own = {name: getattr(self, name) for name in others}
        self._set(others)
        try:
            yield
        finally:
            self._set(own)

    def _set(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)
        self.__dict__.pop("facts", None)

    def event(self, kind: type[E], *, warnings: Iterable[CourseWarning] = (), **fields: Any) -> E:
        """A new event of this command."""
        self._count += 1
        if self.corrects:
            own = fields.get("because", "")
            fields["corrects"] = self.corrects
            fields["because"] = f"{own} (corrected: {self.because})" if own else self.because
            self.corrects = ""
        return kind(
            id=f"{self.stamp.id}.{self._count}",
            on=fields.pop("on", self.on),
            at=self.stamp.at,
            by=self.stamp.by,
            command=self.stamp.id,
            warnings=tuple(warnings),
            **fields,
        )

    def require(self, reasons: Iterable[Reason]) -> str:
        """Refuse for `reasons`, or note them as overridden inside a deviation; the way an event then carries."""
        found = tuple(reasons)
        if found and not self.override:
            raise Refused(self.command, found)
        self.overridden += [reason.code for reason in found]
        return "deviation" if found else "chart"

    def nonsense(self, code: str, text: str, *path: str) -> Refused:
        """A refusal that cannot be overridden, because what was asked makes no sense here."""
        return Refused(self.command, (self.reason(code, text, "", *path),), overridable=False)

    def reason(self, code: str, text: str, sentence: str, *path: str) -> Reason:
        """A reason that stands in the protocol at `path` without being a condition."""
        where: Path = path
        saw = {"sentence": sentence} if sentence else {}
        return Reason(code, text, "no", saw, ".".join(path), self.protocol.span(where))

    # What is asked for often

    def session_today(self) -> str:
        """The session held on the day of the command, as its event id; empty when there is none."""
        held = [a.id for a in self.course.appointments if a.held and a.on == self.on]
        return held[-1] if held else ""

    def known_focus(self, id: str) -> Focus:
        """The focus of that id, or a refusal that lists those there are."""
        focus = self.course.focus(id)
        if focus is None:
            areas = ", ".join(f.area for f in self.course.focuses) or "none is agreed yet"
            raise self.nonsense("unknown_focus", f"this course has no focus of that id ({areas})", "problem_areas")
        return focus


def warning(code: str, text: str, *path: str) -> CourseWarning:
    """A warning with the place it rests on."""
    return CourseWarning(code, text, ".".join(path))
