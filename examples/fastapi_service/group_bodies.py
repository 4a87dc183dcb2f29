"""What is posted to a group, and what it answers: JSON values that name every member's course."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from pydantic import Field
from typing_extensions import TypedDict

import iptengine as ipt
from bodies import (
    AlertBody,
    Batch,
    KeptBody,
    Posted,
    ReasonBody,
    alert_body,
    kept_body,
    reason_body,
)

# -- what is posted ----------------------------------------------------------------------------------------------


class Form(Posted):
    """A group of courses that have begun, all under one protocol that has a group."""

    group: str = Field(description="Its name: small letters and digits, in parts joined by - or _.")
    courses: list[str]
    facilitators: list[str] = Field(description="Who leads it, by your own ids.")
    on: date
    because: str = Field("", description="Why it is formed although it is too small, too large or not led.")


class Join(Posted):
    """One more course in a group."""

    course: str
    on: date
    because: str = Field("", description="Why it joins although the group is full.")


class Leave(Posted):
    """A course that has left its group."""

    course: str
    on: date
    because: str = Field(min_length=1)


class Plan(Posted):
    """A session of the group that is planned."""

    on: date
    time: str = ""
    minutes: int | None = None
    mode: str | None = None


class Met(Posted):
    """A session of the group that was held."""

    on: date
    absent: dict[str, str] = Field({}, description="The courses that were not there, each with a status: no_show …")
    facilitators: list[str] | None = Field(None, description="Left out: those of the group.")
    minutes: int | None = None
    mode: str | None = None
    done: list[str] = Field([], description="Tasks that were done with all who were there.")


class ToAll(Batch):
    """What is said to every member: nothing in it may be the words of one."""

    on: date


# -- what is answered --------------------------------------------------------------------------------------------


class MemberBody(TypedDict):
    """A course in a group."""

    course: str
    joined: str
    left: str | None
    ended: str | None


class MeetingBody(TypedDict):
    """A session of a group; without a number it is planned, or was not held."""

    on: str
    number: int | None
    planned: bool
    present: list[str]
    absent: dict[str, str]
    facilitators: list[str]
    minutes: int | None
    time: str
    mode: str


class GroupBody(TypedDict):
    """Who is in a group, who leads it, when it has met. For who leads it, and for no member."""

    group: str
    protocol: str
    members: list[MemberBody]
    facilitators: list[str]
    meetings: list[MeetingBody]


class InCourseRefused(TypedDict):
    """What was not carried out in one course, and why."""

    course: str
    kind: str
    reasons: list[ReasonBody]
    overridable: bool


class InCourseDenied(TypedDict):
    """What this person may not say to one course. Nothing of it was recorded there."""

    course: str
    kind: str
    rule: str
    because: str


class InCourseFailed(TypedDict):
    """A course that does not open, and why: nothing was recorded there. Post it again when that is mended."""

    course: str
    why: str


class InCourse(TypedDict):
    """What came of it in one course."""

    course: str
    version: int
    kept: list[KeptBody]
    warnings: list[str]


class GroupAnswer(TypedDict):
    """What came of something said to a group. Show all of it, in this order, whatever the status is."""

    alerts: list[AlertBody]
    failed: list[InCourseFailed]
    denied: list[InCourseDenied]
    refused: list[InCourseRefused]
    warnings: list[str]
    courses: list[InCourse]
    problem: str
    group: GroupBody


def group_body(group: ipt.Group) -> GroupBody:
    return {
        "group": group.id, "protocol": group.protocol, "facilitators": list(group.facilitators),
        "members": [
            {"course": one.course, "joined": one.joined.isoformat(), "left": _day(one.left), "ended": _day(one.ended)}
            for one in group.members
        ],
        "meetings": [
            {
                "on": one.on.isoformat(), "number": one.number, "planned": one.planned, "present": list(one.present),
                "absent": dict(one.absent), "facilitators": list(one.facilitators), "minutes": one.minutes,
                "time": one.time, "mode": one.mode,
            }
            for one in group.meetings
        ],
    }  # fmt: skip


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def group_answer(
    came: ipt.GroupDone,
    *,
    failed: Mapping[str, Exception] | None = None,
    denied: Iterable[ipt.Denial] = (),
    problem: str = "",
) -> GroupAnswer:
    """What came of it, alerts first."""
    return {
        "alerts": [alert_body(alert) for alerts in came.alerts.values() for alert in alerts],
        "failed": [{"course": course, "why": str(why)} for course, why in (failed or {}).items()],
        "denied": [
            {"course": no.course, "kind": no.asked, "rule": no.rule, "because": no.because} for no in denied
        ],
        "refused": [_refused(course, no) for course, refused in came.refused.items() for no in refused],
        "warnings": [warning.text for warning in came.warnings],
        "courses": [_in_course(course, done) for course, done in came.courses.items()],
        "problem": problem,
        "group": group_body(came.group),
    }  # fmt: skip


def _refused(course: str, no: ipt.Refused) -> InCourseRefused:
    reasons = [reason_body(reason) for reason in no.reasons]
    return {"course": course, "kind": no.command.kind, "reasons": reasons, "overridable": no.overridable}


def _in_course(course: str, done: ipt.Done) -> InCourse:
    kept: list[KeptBody] = [kept_body(event) for event in done.events]
    return {
        "course": course, "version": done.course.version, "kept": kept,
        "warnings": [warning.text for warning in done.warnings],
    }  # fmt: skip
