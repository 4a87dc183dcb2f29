"""The risk alert that stands for those that may be among events which nobody can read here, or which are gone (law 5).

Of such an event it is not known that it was none: a kind that is not known, or a form that is not, may be an alert. So
each has an alert of its own, from when it is read until a clinician has assessed it. It is no event: with a version of
the library that reads the event it goes, what the event says takes its place, and an alert that it raised is open.
A course that is asked for in a list and is not in the store has one, too, as long as it is not there.
"""

from __future__ import annotations

import re
from datetime import date

from iptengine.course.alert_words import NEEDED
from iptengine.course.course import Alert, Course

MISSING = "event_missing"
GONE = "course_missing"
UNREADABLE = "event_unreadable"
_STANDS_FOR = re.compile(r"event-unreadable-[0-9]+")


def of_a_missing_event(course: Course, on: date) -> Alert:
    """What stands for the alerts that may be among the events that are gone; the last one left is of the day `on`."""
    return Alert(
        id="event-missing",
        course=course.id,
        code=MISSING,
        level="risk",
        text="An event of this course is missing in the store, and with it perhaps an alert. Restore a backup",
        do="Ask what was recorded, and look at the last backup",
        raised=on,
    )


def missing_course(course: str, why: str, on: date) -> Course:
    """What a list shows of a course of which nothing is recorded: `why`, and what stands for its alerts.

    Args:
        course: The id it was asked for by.
        why: That it is not there.
        on: The day the list is made for.
    """
    gone = Alert(
        id="course-missing",
        course=course,
        code=GONE,
        level="risk",
        text="Nothing of this course is in the store, and with it perhaps an alert is lost. Look whether its id is "
        "right; if it is, restore a backup",
        do="Ask what was recorded, and look at the last backup",
        raised=on,
    )
    return Course(course, alerts=(gone,), unopened=f"{why}; look whether its id is right, or restore a backup")


def of_an_unreadable_event(course: Course, number: int, on: date) -> Alert:
    """What stands for the alert that the event of this number may be.

    Each has its own, and none is added to another: an assessment speaks of what was read when it was made, and must not
    close what became unreadable since.

    Args:
        course: The course up to that event.
        number: Its place in the course, from 1.
        on: The day it speaks of; `date.min` where that cannot be read, and the last day before it is told.
    """
    return Alert(
        id=unreadable_id(number),
        course=course.id,
        code=UNREADABLE,
        level="risk",
        text=f"Event {number} of this course cannot be read, and with it perhaps an alert.{NEEDED}",
        do="Ask what was recorded: a newer version of the library may read it, or the last backup tells it.",
        raised=on if on != date.min else _last_day(course),
        number=number,
    )


def unreadable_id(number: int) -> str:
    """The id of the alert that stands for the event of a number; no event has such an id."""
    return f"event-unreadable-{number}"


def stood_for_an_event(alert: str) -> bool:
    """Whether an id is that of an alert that stood for an unreadable event, also where the event is read by now."""
    return _STANDS_FOR.fullmatch(alert) is not None


def stands_in(code: str) -> bool:
    """Whether an alert of this code stands for events; it rests on nothing that could be hidden from a role."""
    return code in (MISSING, GONE, UNREADABLE)


def standing_in(course: Course) -> tuple[Alert, ...]:
    """The alerts that stand for events of a course, and that nobody has assessed."""
    return tuple(alert for alert in course.open_risk_alerts if stands_in(alert.code))


def none_open(*courses: Course) -> str:
    """That no risk alert is open; where events cannot be read, that is known of the others only."""
    unread = any(stands_in(alert.code) for course in courses for alert in course.alerts)
    return "none open that can be read" if unread else "none open"


def _last_day(course: Course) -> date:
    """The last day that something recorded in a course speaks of, as far as it has come."""
    days = [
        *(entry.on for entry in course.phases),
        *(one.on for one in course.appointments if one.status != "planned"),
        *(reading.on for reading in course.readings),
        *(fact.on for fact in course.facts),
        *(note.on for note in course.notes),
        *(alert.raised for alert in course.alerts),
    ]
    return max(days, default=date.min)
