"""Measures that are overdue: a day or a session they were due for has passed without a reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from iptengine.course.course import Appointment, Course
from iptengine.course.rests import resting
from iptengine.course.rhythms import sessions_with
from iptengine.course.ways import Due
from iptengine.course.worded import scorable
from iptengine.course.wording import dated
from iptengine.protocol.protocol import Protocol


def overdue(protocol: Protocol, course: Course, due: Sequence[Due], *, on: date) -> tuple[Due, ...]:
    """The measures of a course that are overdue on the day `on`, `by` when they were due.

    What was due for a session is overdue from the day after it was held; what the calendar asks for, from the day
    after it was due. While a course rests, nothing is.

    Args:
        due: What is due for the course on that day.
    """
    if course.started is None or resting(course, on) is not None:
        return ()
    late = [line for line in due if line.kind == "measure" and line.by is not None and line.by < on]
    return (*late, *(_not_taken(protocol, course, on) if course.ended is None else ()))


def _not_taken(protocol: Protocol, course: Course, on: date) -> Iterator[Due]:
    """Measures that were due for a session that was held, and were not taken since."""
    held = [one for one in course.appointments if one.held and one.on < on]
    for name, use in protocol.spec.measures.items() if held else ():
        measure, taken = protocol.measures[name], [r.on for r in course.readings if r.measure == name]
        if not scorable(measure, course, name):
            continue
        if use.due.every:
            missed = _last_missed(course, name, use.due.every, held[-1], taken)
        else:
            missed = held[0] if use.due.start and not taken else None
        if missed is not None:
            session = f"session {missed.number}" if missed.number else "the session"
            told = f"{measure.label}: no reading at {session} on {dated(missed.on, on)}"
            yield Due(course.id, "measure", missed.on, told)


def _last_missed(
    course: Course, measure: str, every: int, last: Appointment, taken: Sequence[date]
) -> Appointment | None:
    """The last session held, when the measure was due for it and was not taken since."""
    with_it = sessions_with(course, measure)
    if last.id in with_it or any(day >= last.on for day in taken):
        return None
    numbers = [a.number for a in course.appointments if a.id in with_it and a.number]
    was_due = every == 1 or not numbers or (last.number or 0) - max(numbers) >= every
    return last if was_due else None
