"""Whether a day lies ahead of the day something was recorded: most often a mistyped year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.desk import warning
from iptengine.course.events import CourseWarning, Event
from iptengine.course.requested import kind_of

ZONES = timedelta(days=1)
"""How far ahead a day may be for where somebody is: the clock may stand in another zone."""
CALLED_OFF = frozenset({"cancelled_by_patient", "cancelled_by_therapist", "rescheduled"})
"""What may be known of an appointment before its day."""


def with_days_ahead(events: Iterable[Event]) -> Iterator[Event]:
    """The events of one decision; the first of each day that lies ahead says so."""
    told = set()
    for event in events:
        if event.on in told or not _ahead(event):
            yield event
            continue
        told.add(event.on)
        yield replace(event, warnings=(*event.warnings, _lies_ahead(event)))


def _ahead(event: Event) -> bool:
    return event.on - event.at.date() > ZONES and not _of_a_day_to_come(event)


def _of_a_day_to_come(event: Event) -> bool:
    """Whether it is about an appointment before its day: one that is booked, or asked for, or called off."""
    match event:
        case e.AppointmentBooked():
            return True
        case e.SessionMissed():
            return event.status in CALLED_OFF
        case e.Deviated():
            return event.what == c.Book.kind
        case e.ApprovalRequested():
            return kind_of(event.request) == c.Book.kind
        case _:
            return False


def _lies_ahead(event: Event) -> CourseWarning:
    recorded = event.at.date().isoformat()
    return warning(
        "day_ahead",
        f"{event.on.isoformat()} lies ahead of the day it was recorded, {recorded}; if it is mistyped, put it right",
    )


__all__ = ["with_days_ahead"]
