"""A course that stops on a day or on an event: when that is, and whether it has come."""

from __future__ import annotations

from datetime import date

from iptengine.course.course import Course
from iptengine.course.named_dates import day_of, has_come
from iptengine.course.rests import rests
from iptengine.course.wording import dated, first_lower, listed
from iptengine.protocol.conditions.port import Facts
from iptengine.protocol.protocol import Protocol, verdict
from iptengine.protocol.truth import Truth, any_of
from iptengine.protocol.units import add


def stop_day(protocol: Protocol, course: Course) -> date | None:
    """The day on which the calendar of `course` stops; ``None`` without one, or while it cannot be told.

    It hangs on what the protocol names: a visit that comes late does not move it, and a pause that is over does
    where the protocol says so.
    """
    calendar = protocol.spec.calendar
    day = day_of(calendar.stop, course) if calendar and calendar.stop else None
    return add(day, days_moved(protocol, course), "day") if day else None


def days_moved(protocol: Protocol, course: Course, on: date | None = None) -> int:
    """By how many days pauses have moved the stop; one that lasts still counts up to the day `on`."""
    found = [rest for rest in rests(course) if rest.pause in protocol.spec.pauses]
    moving = [rest for rest in found if protocol.spec.pauses[rest.pause].moves_stop]
    return sum(rest.days(rest.ended or on or rest.began) for rest in moving)


def stopped(protocol: Protocol, course: Course, facts: Facts, on: date) -> Truth:
    """Whether the calendar has stopped by the day `on`: its day has come, or the conditions for it hold."""
    calendar = protocol.spec.calendar
    if calendar is None:
        return Truth.NO
    answers = []
    if calendar.stop is not None:
        as_if = add(on, -days_moved(protocol, course, on), "day")
        answers.append(_TRUTH[has_come(calendar.stop, course, as_if)])
    if calendar.stop_when:
        answers.append(verdict(protocol.at("calendar", "stop_when"), facts))
    return any_of(answers)


def gap(protocol: Protocol, course: Course, facts: Facts, on: date) -> str:
    """Why it cannot be told whether the calendar has stopped: its day, and what is not on record; empty when it can."""
    calendar = protocol.spec.calendar
    if calendar is None or stopped(protocol, course, facts, on) is not Truth.UNKNOWN:
        return ""
    told = []
    if calendar.stop is not None:
        day = stop_day(protocol, course)
        told.append(f"its day is {dated(day, on)}" if day else f"its day is not known: {calendar.stop}")
    guards = protocol.at("calendar", "stop_when")
    unknown = [c for guard in guards for c in guard.conditions() if c.answer(facts) is Truth.UNKNOWN]
    names = {m.name: None for c in unknown for m in c.mentions if m.kind == "fact"}
    titles = [first_lower(protocol.spec.facts[name].title.rstrip("?.: ")) for name in names]
    if unknown:
        told.append(f"not recorded: {listed(titles)}" if titles else f"cannot tell: {listed(c.text for c in unknown)}")
    return "; ".join(told)


def stopped_by_event(protocol: Protocol, facts: Facts) -> bool:
    """Whether the conditions under `stop_when` hold, whatever the day is."""
    calendar = protocol.spec.calendar
    if calendar is None or not calendar.stop_when:
        return False
    return verdict(protocol.at("calendar", "stop_when"), facts) is Truth.YES


_TRUTH = {True: Truth.YES, False: Truth.NO, None: Truth.UNKNOWN}
