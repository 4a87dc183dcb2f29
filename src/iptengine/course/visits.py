"""The dates to come: computed from the frequency that holds, up to the count or the stop; never stored.

They move by themselves when something happens otherwise than planned; the contracted number does not, and
neither does the stop of a calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from iptengine.course import timing
from iptengine.course.calendar import stop_day, stopped_by_event
from iptengine.course.course import Course
from iptengine.course.facts import CourseFacts
from iptengine.course.rests import resting
from iptengine.protocol.protocol import Protocol, verdict
from iptengine.protocol.quantities import Frequency
from iptengine.protocol.truth import Truth
from iptengine.protocol.units import add

MOST_VISITS = 60
"""Visits that are written out; more are not planned ahead by anybody."""
AGREED = "as agreed"
MOST_WALKED = 1500
"""Visits that are walked to find the last one: four years of daily ones."""


def frequency(protocol: Protocol, course: Course, on: date) -> Frequency:
    """The frequency that holds on a day: as agreed, or else as the protocol plans it then."""
    return frequency_named(protocol, course, on)[0]


def frequency_named(protocol: Protocol, course: Course, on: date) -> tuple[Frequency, str]:
    """The frequency that holds on a day, and why: the name of its case, ``as agreed``, or nothing."""
    agreed = _agreed(course, on)
    if agreed:
        return _read(agreed), AGREED
    contract = protocol.spec.contract
    facts = CourseFacts(protocol, course, on)
    for name, case in contract.frequency_when.items():
        if verdict(protocol.at("contract", "frequency_when", name, "only_if"), facts) is Truth.YES:
            return case.frequency, name
    return contract.frequency, ""


@lru_cache(maxsize=256)
def _read(agreed: str) -> Frequency:
    """A frequency as a contract keeps it; every visit that is planned asks for it."""
    return Frequency.parse(agreed)


def _agreed(course: Course, on: date) -> str:
    """The frequency that was agreed for a day; empty when none was."""
    agreed = course.contract
    if agreed is None or not (agreed.agreed_on or course.amendments):
        return ""
    if agreed.frequency_until and on > agreed.frequency_until:
        return agreed.frequency_then
    return agreed.frequency


@dataclass(frozen=True, slots=True)
class Plan:
    """The dates to come, computed; they move by themselves.

    `after_next` is ``None`` where no session is planned after the next one: the calendar stops, or the course rests.
    Where it has `stopped`, or the course rests, none is planned that is not booked, the next one neither.
    """

    next_session: date
    booked: bool
    after_next: date | None
    end: date | None
    stopped: bool


def planned(protocol: Protocol, course: Course, on: date) -> Plan:
    """The next session, the one after it, and the end if all goes as agreed."""
    first, booked = next_visit(protocol, course, on)
    done = [a.on for a in timing.past(course) if a.on < first]
    following = next((a.on for a in course.appointments if a.status == "planned" and a.on > first), None)
    after_next = following or _following(frequency(protocol, course, first), [*done, first])
    last = last_planned(protocol, course, on)
    first = first if booked else _not_after_stop(protocol, course, on, first)
    ends = following is None and last is not None and after_next > last
    stopped = last is not None and last < on
    end = _end(protocol, course, [*done, first], last)
    return Plan(first, booked, None if ends else after_next, end, stopped)


def next_session(protocol: Protocol, course: Course, on: date) -> tuple[date, bool]:
    """The day of the next session, and whether it is booked."""
    first, booked = next_visit(protocol, course, on)
    return first if booked else _not_after_stop(protocol, course, on, first), booked


def _not_after_stop(protocol: Protocol, course: Course, on: date, first: date) -> date:
    """The day that is proposed, which never lies after the stop."""
    stop = stop_day(protocol, course)
    return stop if stop is not None and on <= stop < first else first


def last_planned(protocol: Protocol, course: Course, on: date) -> date | None:
    """The last day on which a session is planned that is not booked; ``None`` where only a count ends them.

    Nothing is planned once an event has stopped the calendar, nor while the course rests.
    """
    if resting(course, on) is not None or stopped_by_event(protocol, CourseFacts(protocol, course, on)):
        return add(on, -1, "day")
    return stop_day(protocol, course)


def next_visit(protocol: Protocol, course: Course, on: date) -> tuple[date, bool]:
    """The day of the next session, and whether it is booked."""
    booked = timing.next_booked(course, on)
    if booked is not None:
        return booked.on, True
    return max(on, _due_day(protocol, course, on)), False


def overdue_since(protocol: Protocol, course: Course, on: date) -> date | None:
    """The day before `on` on which a session was due that is not booked; ``None`` where none was, or while it rests.

    One that fell into a pause was due on the day the course went on.
    """
    if timing.next_booked(course, on) is not None or resting(course, on) is not None:
        return None
    day = _due_day(protocol, course, on)
    rest = resting(course, day)
    day = rest.ended if rest is not None and rest.ended is not None else day
    return day if day < on else None


def _due_day(protocol: Protocol, course: Course, on: date) -> date:
    """The day the next session follows on, also where that is over: one rhythm after the last, kept or not."""
    done = [a for a in course.appointments if a.status != "planned" or a.on < on]
    if not done:
        return course.started or on
    # The next visit follows the frequency that held on the day of the last one.
    how_often = frequency(protocol, course, done[-1].on)
    return _following(how_often, [a.on for a in done])


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to come: its day, the number it will have if all goes as planned, and whether it is booked."""

    on: date
    number: int
    booked: bool


def visits(protocol: Protocol, course: Course, on: date, *, most: int = MOST_VISITS) -> tuple[Visit, ...]:
    """The visits to come, up to the count or the stop, whichever ends them first; at most `most`.

    Booked ones stand on their day; those after the last of them follow from the frequency.
    """
    return tuple(_visits(protocol, course, on, most))


def _visits(protocol: Protocol, course: Course, on: date, most: int) -> Iterator[Visit]:
    left, stop = most_left(protocol, course), last_planned(protocol, course, on)
    if course.ended:
        return
    booked = sorted({a.on for a in course.appointments if a.status == "planned" and a.on >= on})
    days = [a.on for a in timing.past(course)]
    number = timing.sessions_used(course)
    held = _held_frequency(protocol, course)
    day = booked[0] if booked else next_visit(protocol, course, on)[0]
    for place in range(min(most, most if left is None else left)):
        if stop is not None and day > stop and day not in booked:
            return
        yield Visit(day, number + place + 1, day in booked)
        days.append(day)
        ahead = [b for b in booked if b > day]
        day = ahead[0] if ahead else _following(held or frequency(protocol, course, day), days)


def _held_frequency(protocol: Protocol, course: Course) -> Frequency | None:
    """The frequency of every day to come; ``None`` where it may change."""
    changes = protocol.spec.contract.frequency_when or (course.contract and course.contract.frequency_until)
    return None if changes else frequency(protocol, course, date.max)


def most_left(protocol: Protocol, course: Course) -> int | None:
    """Sessions left of those agreed, or else, with one to come, of the most that can be; ``None`` without a limit."""
    left, allowed = timing.sessions_left(course), protocol.spec.contract.sessions
    return left if left is not None or allowed is None else max(1, allowed.high - timing.sessions_used(course))


def _following(how_often: Frequency, days: Sequence[date]) -> date:
    """The day after the last of `days`; several times a week or month, it keeps the days of the week before."""
    plain = how_often.after(days[-1], 1)
    if how_often.times == 1 or len(days) < how_often.times:
        return plain
    kept = how_often.after(days[-how_often.times], how_often.times)
    return kept if days[-1] < kept <= how_often.after(days[-1], how_often.times) else plain


def _end(protocol: Protocol, course: Course, days: Sequence[date], stop: date | None) -> date | None:
    """The day of the last session: walked visit by visit while the frequency may change, then counted."""
    left = timing.sessions_left(course)
    if not left and (left is not None or stop is None):
        return None
    if stop is not None and days[-1] > stop and days[-1] not in {a.on for a in course.appointments}:
        return None
    if left is None and protocol.spec.contract.sessions is not None:
        # A number is still to be agreed: only a stop before the visit after this one says that it is the last.
        ends = stop is not None and _following(frequency(protocol, course, days[-1]), days) > stop
        return days[-1] if ends else None
    walked = list(days)
    until = course.contract.frequency_until if course.contract else None
    changes = bool(protocol.spec.contract.frequency_when)
    for remaining in range((left or MOST_WALKED) - 1, 0, -1):
        how_often = frequency(protocol, course, walked[-1])
        plain = how_often.times == 1 and not changes and (until is None or walked[-1] > until)
        if plain and stop is None:
            return how_often.after(walked[-1], remaining)
        following = _following(how_often, walked)
        if stop is not None and following > stop:
            break
        walked.append(following)
    return walked[-1]
