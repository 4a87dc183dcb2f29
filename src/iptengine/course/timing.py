"""Session numbers, windows and planned dates: three quantities that never stand in for each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from iptengine.course.course import Appointment, Course
from iptengine.protocol.conditions.port import Window as WindowState
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.quantities import Frequency, Window


def sessions_used(course: Course) -> int:
    """Places of the count that are used up."""
    return course.adopted_sessions + len(course.sessions)


def sessions_held(course: Course) -> int:
    """Sessions that took place."""
    return course.adopted_sessions + sum(a.held for a in course.appointments)


def contracted(course: Course) -> int | None:
    """The number of sessions agreed; unknown before a contract."""
    return course.contract.sessions if course.contract else None


def sessions_left(course: Course) -> int | None:
    """Contracted sessions not used up yet; unknown before a contract, never below 0."""
    agreed = contracted(course)
    return None if agreed is None else max(0, agreed - sessions_used(course))


def window_state(window: Window | None, course: Course) -> WindowState | None:
    """Where the next session is with a window; unknown while the window hangs on an unknown count."""
    if window is None:
        return None
    span = window.positions(contracted(course))
    if span is None:
        return None
    upcoming = sessions_used(course) + 1
    if upcoming < span[0]:
        return "before"
    return "open" if upcoming <= span[1] else "closed"


def frequency(protocol: Protocol, course: Course, on: date) -> Frequency:
    """The frequency that holds on a day: as agreed, or as the protocol plans it."""
    agreed = course.contract
    if agreed is None or not agreed.frequency:
        return protocol.spec.contract.frequency
    if agreed.frequency_until and on > agreed.frequency_until and agreed.frequency_then:
        return Frequency.parse(agreed.frequency_then)
    return Frequency.parse(agreed.frequency)


def past(course: Course) -> tuple[Appointment, ...]:
    """Appointments that are no longer planned, in their order of days."""
    return tuple(a for a in course.appointments if a.status != "planned")


def next_booked(course: Course, on: date) -> Appointment | None:
    """The next planned appointment on or after a day."""
    return next((a for a in course.appointments if a.status == "planned" and a.on >= on), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The dates to come, computed; they move by themselves."""

    next_session: date
    booked: bool
    after_next: date
    end: date | None


def planned(protocol: Protocol, course: Course, on: date) -> Plan:
    """The next session, the one after it, and the end if all goes as agreed."""
    booked = next_booked(course, on)
    done = past(course)
    if booked is not None:
        first = booked.on
    elif done:
        # The next visit follows the frequency that held on the day of the last one.
        how_often = frequency(protocol, course, done[-1].on)
        first = max(on, _following(how_often, [a.on for a in done]))
    else:
        first = max(on, course.started or on)
    following = next((a.on for a in course.appointments if a.status == "planned" and a.on > first), None)
    after_next = following or _following(
        frequency(protocol, course, first), [*(a.on for a in done if a.on < first), first]
    )
    left = sessions_left(course)
    end = _end(protocol, course, [*(a.on for a in done if a.on < first), first], left) if left else None
    return Plan(first, booked is not None, after_next, end)


def _following(how_often: Frequency, days: Sequence[date]) -> date:
    """The day after the last of `days`; several times a week or month, it keeps the days of the week before."""
    plain = how_often.after(days[-1], 1)
    if how_often.times == 1 or len(days) < how_often.times:
        return plain
    kept = how_often.after(days[-how_often.times], how_often.times)
    return kept if days[-1] < kept <= how_often.after(days[-1], how_often.times) else plain


def _end(protocol: Protocol, course: Course, days: Sequence[date], left: int) -> date:
    """The day of the last session: walked visit by visit while a frequency holds for a while, then counted."""
    walked = list(days)
    until = course.contract.frequency_until if course.contract else None
    for remaining in range(left - 1, 0, -1):
        how_often = frequency(protocol, course, walked[-1])
        if how_often.times == 1 and (until is None or walked[-1] > until):
            return how_often.after(walked[-1], remaining)
        walked.append(_following(how_often, walked))
    return walked[-1]
