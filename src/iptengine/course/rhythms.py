"""Whether something that comes again is due next session: by the session, by the calendar, at the start, at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from iptengine.course import timing
from iptengine.course.course import Course
from iptengine.course.events import ReadingTaken
from iptengine.course.visits import next_visit, planned
from iptengine.course.worded import scorable
from iptengine.protocol.anchored import Interval
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.quantities import Rhythm


def is_due(rhythm: Rhythm, course: Course, sessions: Sequence[str]) -> bool:
    """Whether something with a rhythm in sessions is due next session, given the sessions it was done in."""
    if rhythm.every:
        numbers = [a.number for a in course.appointments if a.id in sessions and a.number]
        if rhythm.every == 1 or not numbers:
            return True
        return timing.sessions_used(course) + 1 - max(numbers) >= rhythm.every
    return (rhythm.start and not sessions) or (rhythm.end and timing.sessions_left(course) in (0, 1))


def due_again(interval: Interval, done: Sequence[date], since: date | None) -> date | None:
    """The day something with a rhythm of the calendar is due: one interval after it was last done, or after `since`.

    ``None`` while there is nothing to count from.
    """
    last = max(done, default=since)
    return interval.after(last) if last else None


def due_by(protocol: Protocol, course: Course, on: date, interval: Interval, done: Sequence[date]) -> date | None:
    """The day it is due when that is no later than the next session; never done, it is due from the start."""
    day = due_again(interval, done, None) or course.started or on
    return day if day <= next_visit(protocol, course, on)[0] else None


def due_measures(protocol: Protocol, course: Course, on: date, *, last: bool = False) -> tuple[str, ...]:
    """Measures due next session; `last` says that it is the last one, whatever was agreed.

    Where no session is left, those due at the end that are not on record.
    """
    names = [name for name in protocol.spec.measures if measure_due(protocol, course, name, on, last=last)]
    if names and not last and timing.used_up(course, on):
        return tuple(name for name in names if protocol.spec.measures[name].due.end)
    return tuple(names)


def measure_due(protocol: Protocol, course: Course, measure: str, on: date, *, last: bool = False) -> bool:
    """Whether a measure is due next session; not while all it asks still waits for the patient's words."""
    rhythm = protocol.spec.measures[measure].due
    if not scorable(protocol.measures[measure], course, measure):
        return False
    if _risk_left_blank(course, measure):
        return True
    if rhythm.interval is not None:
        return measure_due_by(protocol, course, measure, on) is not None
    if rhythm.every:
        again = rhythm.every == 1 or is_due(rhythm, course, sessions_with(course, measure))
        return again and not _taken_for(protocol, course, measure, on)
    taken = [r.on for r in course.readings if r.measure == measure]
    return (rhythm.start and not taken) or (rhythm.end and _end_open(protocol, course, on, taken, last))


def _taken_for(protocol: Protocol, course: Course, measure: str, on: date) -> bool:
    """Whether it was taken for the next session, before that is on record: whole, outside any session, on its day."""
    taken = [r for r in course.readings if r.on >= on and r.measure == measure]
    days = {r.on for r in taken if not r.session and not r.taken_from and _whole(r)}
    if not days or any(a.held and a.on in days for a in course.appointments):
        return False
    return next_visit(protocol, course, on)[0] in days


def _whole(reading: ReadingTaken) -> bool:
    """Whether nothing of it is left to be asked; a risk item left blank is asked for as long as its alert waits."""
    return reading.total is not None or not (reading.missing or reading.bad)


def _risk_left_blank(course: Course, measure: str) -> bool:
    """Whether an alert waits for assessment because a risk item was left blank, and was not answered since."""
    waiting = [a for a in course.alerts if a.measure == measure and a.value is None and a.needs_assessment]
    blank = {alert.item for alert in waiting if alert.item}
    if not blank or course.ended:
        return False
    last = next((r for r in reversed(course.readings) if r.measure == measure), None)
    return last is not None and not blank <= last.answers.keys()


def _end_open(protocol: Protocol, course: Course, on: date, taken: Sequence[date], last: bool) -> bool:
    """Whether a reading at the end is to be taken: in or after the last session, or just before it."""
    left = timing.sessions_left(course)
    held = course.last_held
    if course.ended or (left is not None and left <= 0):
        return held is None or all(day < held.on for day in taken)
    if last or left == 1 or _last_visit(protocol, course, on):
        return all(held is not None and day <= held.on for day in taken)
    return False


def _last_visit(protocol: Protocol, course: Course, on: date) -> bool:
    """Whether the next visit is the last before the calendar stops."""
    if protocol.spec.calendar is None:
        return False
    plan = planned(protocol, course, on)
    return plan.end is not None and plan.next_session >= plan.end


def measure_due_by(protocol: Protocol, course: Course, measure: str, on: date) -> date | None:
    """The day a measure with a rhythm of the calendar is due, when that is no later than the next session."""
    rhythm = protocol.spec.measures[measure].due
    taken = [r.on for r in course.readings if r.measure == measure]
    return due_by(protocol, course, on, rhythm.interval, taken) if rhythm.interval else None


def sessions_with(course: Course, measure: str) -> list[str]:
    """The sessions a measure was taken in."""
    former = course.follows.course if course.follows else None
    taken = [r for r in course.readings if r.measure == measure and not (former and r.taken_from == former)]
    sessions = {r.session for r in taken if r.session}
    days = {r.on for r in taken if not r.session}
    found = [a.id for a in course.appointments if a.held and (a.id in sessions or a.on in days)]
    return found or [r.session for r in taken]
