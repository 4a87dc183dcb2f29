"""A course that stops on a day or on an event: when that is, and whether it has come."""

from __future__ import annotations

from datetime import date

from iptengine.course.course import Course
from iptengine.course.named_dates import day_of, has_come
from iptengine.protocol.conditions.port import Facts
from iptengine.protocol.protocol import Protocol, verdict
from iptengine.protocol.truth import Truth, any_of


def stop_day(protocol: Protocol, course: Course) -> date | None:
    """The day on which the calendar of `course` stops; ``None`` without one, or while it cannot be told.

    It hangs on what the protocol names: a visit that comes late does not move it.
    """
    calendar = protocol.spec.calendar
    return day_of(calendar.stop, course) if calendar and calendar.stop else None


def stopped(protocol: Protocol, course: Course, facts: Facts, on: date) -> Truth:
    """Whether the calendar has stopped by the day `on`: its day has come, or the conditions for it hold."""
    calendar = protocol.spec.calendar
    if calendar is None:
        return Truth.NO
    answers = []
    if calendar.stop is not None:
        answers.append(_TRUTH[has_come(calendar.stop, course, on)])
    if calendar.stop_when:
        answers.append(verdict(protocol.at("calendar", "stop_when"), facts))
    return any_of(answers)


_TRUTH = {True: Truth.YES, False: Truth.NO, None: Truth.UNKNOWN}
