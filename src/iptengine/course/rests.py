"""When the course rested: its pauses, put together from what was reported of their beginnings and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from iptengine.course.course import Appointment, Course
from iptengine.course.events import PauseBegan


@dataclass(frozen=True, slots=True, repr=False)
class Rest:
    """One pause of a course: from the day it began to the day the course went on.

    `ended` is that day, on which the course rests no more; ``None`` while the pause lasts.
    """

    pause: str
    began: date
    ended: date | None
    because: str
    event: str

    def holds(self, day: date) -> bool:
        """Whether the course rests on a day."""
        return self.began <= day and (self.ended is None or day < self.ended)

    def days(self, on: date) -> int:
        """How many days it lasted by the day `on`."""
        last = on if self.ended is None else min(on, self.ended)
        return max(0, (last - self.began).days)


def rests(course: Course) -> tuple[Rest, ...]:
    """Every pause of a course in the order of days; one that begins while another lasts ends it."""
    found: list[Rest] = []
    for event in course.pauses:
        if isinstance(event, PauseBegan):
            _end_last(found, event.on)
            found.append(Rest(event.pause, event.on, None, event.because, event.id))
        else:
            _end_last(found, event.on)
    return tuple(found)


def _end_last(found: list[Rest], on: date) -> None:
    if found and found[-1].ended is None:
        last = found[-1]
        found[-1] = Rest(last.pause, last.began, on, last.because, last.event)


def resting(course: Course, on: date) -> Rest | None:
    """The pause that lasts on a day; ``None`` when the course does not rest."""
    return next((rest for rest in rests(course) if rest.holds(on)), None)


def kept_or_missed(course: Course, appointments: Sequence[Appointment]) -> tuple[Appointment, ...]:
    """The appointments without those that came to nothing in a pause: a miss in a pause is no miss."""
    if not course.pauses:
        return tuple(appointments)
    return tuple(a for a in appointments if a.held or resting(course, a.on) is None)
