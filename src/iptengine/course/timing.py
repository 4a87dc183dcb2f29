"""Session numbers and windows, as the record has them. What is planned for which day is in `visits`."""

from __future__ import annotations

from datetime import date

from iptengine.course.course import Appointment, Course
from iptengine.protocol.conditions.port import Window as WindowState
from iptengine.protocol.quantities import Window


def sessions_used(course: Course) -> int:
    """Places of the count that are used up."""
    return course.adopted_sessions + sum([a.used for a in course.appointments])


def sessions_held(course: Course) -> int:
    """Sessions that took place."""
    return course.adopted_sessions + sum([a.held for a in course.appointments])


def contracted(course: Course) -> int | None:
    """The number of sessions agreed; unknown before a contract."""
    return course.contract.sessions if course.contract else None


def sessions_left(course: Course) -> int | None:
    """Contracted sessions not used up yet; unknown before a contract, never below 0."""
    agreed = contracted(course)
    return None if agreed is None else max(0, agreed - sessions_used(course))


def used_up(course: Course, on: date) -> bool:
    """Whether every session of the count is used, none is booked beyond it, and the course has not ended."""
    return course.ended is None and sessions_left(course) == 0 and next_booked(course, on) is None


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


def past(course: Course) -> tuple[Appointment, ...]:
    """Appointments that are no longer planned, in their order of days."""
    return tuple([a for a in course.appointments if a.status != "planned"])


def unrecorded(course: Course, on: date) -> tuple[Appointment, ...]:
    """Appointments that were booked for a day that is over, and of which nothing is on record."""
    return tuple([a for a in course.appointments if a.status == "planned" and a.on < on])


def next_booked(course: Course, on: date) -> Appointment | None:
    """The next planned appointment on or after a day."""
    return next((a for a in course.appointments if a.status == "planned" and a.on >= on), None)
