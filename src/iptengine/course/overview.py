"""What the lists of a clinic show of one course: computed once, and kept beside its events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from iptengine.course import timing
from iptengine.course.alert_words import number_among
from iptengine.course.codec import record_from_json, record_to_json
from iptengine.course.course import Alert, Course
from iptengine.course.hiding import THERAPIST, seen_by
from iptengine.course.overdue import overdue
from iptengine.course.stuck import Stuck, stuck
from iptengine.course.ways import Due, due
from iptengine.protocol.protocol import Protocol

SCHEMA = "iptengine.overview/4"


@dataclass(frozen=True, slots=True, repr=False)
class Overview:
    """One course as the lists of a clinic show it on a day.

    Attributes:
        course: Its id.
        version: How many events it rests on.
        protocol: The protocol it keeps, as id and version.
        digest: The digest of that.
        phase: The phase it is in, by its name in the protocol.
        ended: The outcome; ``None`` while it lasts.
        sessions_used: Places of the count that are used up.
        sessions_left: Of those agreed; ``None`` before a contract.
        alerts: Those that are not closed, in the order they were raised.
        due: What is due.
        stuck: Its ways on, when it is stuck.
        overdue: The measures that are overdue.
    """

    course: str
    version: int = 0
    protocol: str = ""
    digest: str = ""
    phase: str = ""
    ended: str | None = None
    sessions_used: int = 0
    sessions_left: int | None = None
    alerts: tuple[Alert, ...] = ()
    due: tuple[Due, ...] = ()
    stuck: tuple[Stuck, ...] = ()
    overdue: tuple[Due, ...] = ()

    def __repr__(self) -> str:
        return f"<Overview of {self.course} version {self.version}>"


def overview(protocol: Protocol, course: Course, *, on: date, role: str | None = THERAPIST) -> Overview:
    """The course as the lists show it on the day `on`.

    What is due, stuck and overdue is told as `role` may see it, with ``None`` as the course stands here. The alerts
    are those of `course`.
    """
    seen = course if role is None else seen_by(protocol, course, role)
    lines = due(protocol, seen, on=on, role=None)
    return replace(
        on_any_day(course),
        due=lines,
        stuck=stuck(protocol, seen, on=on, role=None),
        overdue=overdue(protocol, seen, lines, on=on),
    )


def overview_unread(course: Course, why: str) -> Overview:
    """The course as the lists show it without its protocol: its open risk alerts, and in each list `why`."""
    waiting = course.open_risk_alerts
    risks = (Due(course.id, "alert", one.raised, f"{one.text}{number_among(one, waiting)}") for one in waiting)
    unread = Due(course.id, "review", None, why)
    return replace(
        on_any_day(course),
        due=(*risks, unread),
        stuck=(Stuck(course.id, course.phase, why),) if course.ended is None else (),
        overdue=(unread,),
    )


def on_any_day(course: Course) -> Overview:
    """What does not change by the passing of days, and needs no protocol: all but due, stuck and overdue."""
    return Overview(
        course=course.id,
        version=course.version,
        protocol=course.protocol,
        digest=course.digest,
        phase=course.phase,
        ended=course.ended,
        sessions_used=timing.sessions_used(course),
        sessions_left=timing.sessions_left(course),
        alerts=tuple(alert for alert in course.alerts if alert.state != "closed"),
    )


def overview_to_json(found: Overview) -> str:
    """An overview as one line of JSON in ASCII. It may hold words of patient and clinician: see `Overview.alerts`."""
    return record_to_json(found, SCHEMA)


def overview_from_json(text: str) -> Overview:
    """The overview that `overview_to_json` wrote.

    Raises:
        BadInput: It is not such a text, or of another version of it.
    """
    return record_from_json(Overview, text, SCHEMA, "row of the lists")
