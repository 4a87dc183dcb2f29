"""Whether a course is stuck: the time to go on has come, and every way on is shut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from iptengine.course import timing
from iptengine.course.calendar_lines import none_left_told, stop_told
from iptengine.course.course import Course
from iptengine.course.facts import CourseFacts
from iptengine.course.hiding import THERAPIST, seen_by
from iptengine.course.rests import resting
from iptengine.course.unread_alerts import standing_in
from iptengine.course.warnings import closed_window
from iptengine.course.ways_out import Gate, gates
from iptengine.course.wording import first_lower
from iptengine.protocol.protocol import Protocol, Reason


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition that is not met, in the author's words: as in a `Reason`, without the line of a file.

    Attributes:
        code: The condition's name in the protocol.
        text: The author's words.
        answer: ``no`` or ``unknown``.
        sentence: The same read back with the values seen.
        path: Where it stands in the protocol.
    """

    code: str
    text: str
    answer: str
    sentence: str
    path: str

    def __str__(self) -> str:
        return f"{self.text} ({self.sentence})" if self.sentence else self.text


@dataclass(frozen=True, slots=True)
class Stuck:
    """A way on that is shut although the time to go on has come; a stuck course has one for each of its ways.

    Attributes:
        course: The course.
        phase: The phase it is in, by its name in the protocol.
        text: Why the time has come: a window has closed, no session is left, the calendar has stopped.
        to: The phase or outcome the way leads to, by its name.
        title: What that is called.
        reasons: What shuts it.
        asks: Who would have to agree as well, in words; empty when nobody has.

    Where the protocol of the course is not there, `text` says so, and nothing else is known.
    """

    course: str
    phase: str
    text: str
    to: str = ""
    title: str = ""
    reasons: tuple[Unmet, ...] = ()
    asks: str = ""


def stuck(protocol: Protocol, course: Course, *, on: date, role: str | None = THERAPIST) -> tuple[Stuck, ...]:
    """Every way on of a course that is stuck on the day `on`; empty when it is not. As `role` may see it: see `ways`.

    A course that has ended or rests is not stuck, and neither is one with a way that is open. Of one with an event that
    cannot be read that is not known, and a line says so until the alert that stands for the event is assessed.
    """
    if course.started is None or course.ended is not None:
        return ()
    unread = tuple(Stuck(course.id, course.phase, alert.text) for alert in standing_in(course))
    if resting(course, on) is not None:
        return unread
    return (*unread, *_stuck(protocol, course, on, role))


def _stuck(protocol: Protocol, course: Course, on: date, role: str | None) -> tuple[Stuck, ...]:
    if role is not None:
        course = seen_by(protocol, course, role)
    facts = CourseFacts(protocol, course, on)
    text, last = _time_has_come(protocol, course, facts)
    found = _ways_on(protocol, gates(protocol, course, facts), last) if text else ()
    if any(gate.open for gate in found):
        return ()
    return tuple(
        Stuck(course.id, course.phase, text, gate.target, gate.title, tuple(map(_said, gate.reasons)), gate.asks)
        for gate in found
    )


def _time_has_come(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[str, bool]:
    """Why it is time to go on, empty when it is not; and whether no session is to come at all."""
    if timing.used_up(course, facts.on):
        return "no session is left", True
    told = stop_told(protocol, course, facts) or none_left_told(protocol, course, facts)
    if told:
        return first_lower(told).rstrip("."), True
    return closed_window(protocol, course, facts)[0], False


def _ways_on(protocol: Protocol, found: tuple[Gate, ...], last: bool) -> tuple[Gate, ...]:
    """The ways that lead on: to a next phase where there is one and sessions are to come, otherwise all."""
    phases = tuple(gate for gate in found if gate.target in protocol.spec.phases)
    return found if last or not phases else phases


def _said(reason: Reason) -> Unmet:
    sentence = str(reason.saw.get("sentence", ""))
    return Unmet(reason.code, reason.text, reason.answer, sentence, reason.path)
