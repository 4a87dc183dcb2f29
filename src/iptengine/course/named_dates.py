"""Dates that have a name (a birth), expected first and then real, and the days that hang on them.

Nothing here is stored: every day is computed from what is on record when it is asked for. So a date that moves
moves what is unfinished, and nothing that is on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from iptengine.course import timing
from iptengine.course.course import Course
from iptengine.course.rests import kept_or_missed
from iptengine.protocol.anchored import Dates, Moment
from iptengine.protocol.conditions.port import Window
from iptengine.protocol.parts import MISSES
from iptengine.protocol.units import add


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A date as it stands on record.

    Attributes:
        expected: The day it is expected on; ``None`` when none is on record.
        actual: The day it really was.
    """

    expected: date | None
    actual: date | None

    @property
    def best(self) -> date | None:
        """The day it was, or else the day it is expected on."""
        return self.actual or self.expected


def named_date(course: Course, fact: str) -> NamedDate:
    """The date among the facts of `course` that has this name; of several records, the last of each kind."""
    days: dict[bool, date | None] = {}
    for record in course.facts:
        if record.fact == fact:
            days[record.expected] = day_in(record.value)
    return NamedDate(days.get(True), days.get(False))


def day_in(value: object) -> date | None:
    """The day that a recorded value is; ``None`` when it is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def day_of(moment: Moment, course: Course) -> date | None:
    """The day a moment means in `course`, by the best that is on record; ``None`` when it cannot be told.

    A place in the count (``after session 3``) has no day of its own.
    """
    anchor = _anchor(moment, course)
    return moment.from_day(anchor) if anchor else None


def _anchor(moment: Moment, course: Course) -> date | None:
    if moment.anchor == "date":
        return named_date(course, moment.fact).best
    if moment.anchor == "start":
        return course.started
    return course.outcome.on if moment.anchor == "end" and course.outcome else None


def has_come(moment: Moment, course: Course, on: date) -> bool | None:
    """Whether a moment has come by the day `on`; ``None`` when that cannot be told.

    What lies after a date that is only expected has not come while the day is ahead, and cannot be told once
    it has passed. What lies before it goes by the expected day: one has to act on it before the date is known.
    """
    if moment.anchor == "session":
        place = (moment.session or 1) - (moment.side == "before")
        return timing.sessions_used(course) >= place
    if moment.anchor == "missed session":
        return missed_since(course) is not None
    day = day_of(moment, course)
    if day is None:
        return False if moment.anchor == "end" else None
    if on < day:
        return False
    sure = moment.anchor != "date" or moment.side == "before" or named_date(course, moment.fact).actual is not None
    return True if sure else None


def missed_since(course: Course) -> date | None:
    """The day of the last appointment, when the patient missed it; what came to nothing in a pause is no miss."""
    past = kept_or_missed(course, timing.past(course))
    return past[-1].on if past and past[-1].status in MISSES else None


def is_over(moment: Moment, course: Course, on: date) -> bool:
    """Whether it is too late for a moment: it lies before a date that has come."""
    if moment.anchor != "date" or moment.side != "before":
        return False
    actual = named_date(course, moment.fact).actual
    return actual is not None and actual <= on


def entered_after(dates: Dates, course: Course, phase: str) -> date | None:
    """The day a phase was entered again after its dates were over; from then on it counts as one without dates."""
    entered = [entry.on for entry in course.phases if entry.phase == phase]
    again = len(entered) > 1 and dates_state(dates, course, entered[-1]) == "closed"
    return entered[-1] if again else None


def dates_state(dates: Dates, course: Course, on: date) -> Window | None:
    """Where the day `on` is with a stretch between dates, its last day included; ``None`` when that cannot be told."""
    begun = True if dates.since is None else has_come(dates.since, course, on)
    day_before = add(on, -1, "day")
    done = False if dates.until is None else has_come(dates.until, course, day_before)
    if done:
        return "closed"
    if begun is None or done is None:
        return None
    return "open" if begun else "before"
