"""What goes over the wire: what is posted, as models that are checked; what is answered, as plain JSON values.

Answers are made by hand from the library's values, so that a text nobody asked for cannot slip into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, replace
from datetime import date
from typing import Any, NotRequired

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_jsonable_python
from typing_extensions import TypedDict

import iptengine as ipt
from iptengine import commands as c

# -- what is posted ----------------------------------------------------------------------------------------------

ELSEWHERE = {
    "start": "POST /courses",
    "adopt": "POST /courses/adopted",
    "follow": "POST /courses/{course}/following",
    "note_followed": "POST /courses/{course}/following",
    "take_from": "POST /courses/{course}/voided",
    "erase": "POST /courses/{course}/erasure",
    "join_group": "POST /groups/{group}/members",
    "leave_group": "POST /groups/{group}/leaving",
    "move_protocol": "iptengine migrate, in a shell",
}
"""Commands that no batch can say: they speak to more than one course, or are for good. And what says them."""


def _described(kind: str) -> dict[str, Any]:
    """One command, for the OpenAPI document: the library checks it, and its errors name the field."""
    made = c.COMMANDS[kind]
    must = [f.name for f in fields(made) if f.init and f.default is MISSING and f.default_factory is MISSING]
    return {
        "title": made.__name__,
        "description": (made.__doc__ or "").split("\n\n")[0],
        "type": "object",
        "properties": {
            "kind": {"const": kind},
            "on": {"type": "string", "format": "date", "description": "The day it speaks of."},
            **{name: {} for name in c.inputs(made)},
        },
        "required": ["kind", *(name for name in must if name in c.inputs(made))],
        "additionalProperties": False,
    }


class Posted(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Begin(Posted):
    """A course that begins."""

    protocol: str = Field(description="Its id, or id and version: ipt-adult@1.0.0.")
    on: date
    called: str = Field("", description="How the pages name the patient; initials are best.")
    course: str | None = Field(None, description="An id of your own. Posted again with it, nothing begins twice.")
    facts: dict[str, Any] = Field({}, description="What the protocol asks for at the start.")


class TakeOver(Posted):
    """A course that was under way before it came here."""

    protocol: str = Field(description="Its id, or id and version: ipt-adult@1.0.0.")
    on: date = Field(description="The day it is taken over.")
    phase: str
    sessions_used: int
    focus: list[str] = []
    called: str = Field("", description="How the pages name the patient; initials are best.")
    course: str | None = Field(None, description="An id of your own. Posted again with it, nothing begins twice.")


class GoOn(Posted):
    """A course that follows one that has ended."""

    protocol: str = Field(description="Its id, or id and version: ipt-maintenance@1.0.0.")
    on: date
    new: str = Field(description="An id of your own for the new course. Posted again with it, nothing begins twice.")
    called: str = Field("", description="Left out, as before.")
    because: str = Field("", description="Why it goes on although the former did not end so that this may follow.")


class Forget(Posted):
    """What a patient said is to be erased for good."""

    on: date
    because: str = Field(min_length=1, description="It stays readable: no word of the patient.")


class Mistaken(Posted):
    """What was recorded on the wrong course."""

    event: str = Field(description="The id of the event, as the history has it.")
    to: str = Field("", description="The course it belongs to, where it is recorded. Left out: nowhere else.")
    on: date
    because: str = Field(min_length=1, description="How it came to be recorded here.")


class Batch(Posted):
    """What is said to a course, in order: what happened, and what is asked for."""

    commands: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=100,
        json_schema_extra={"items": {"oneOf": [_described(kind) for kind in c.COMMANDS if kind not in ELSEWHERE]}},
    )
    on: date | None = Field(None, description="The day of the commands that have none of their own.")


# -- what is answered --------------------------------------------------------------------------------------------


class ReasonBody(TypedDict):
    """Why not: a condition of the protocol, in its author's words; the answer is no or unknown."""

    code: str
    text: str
    answer: str
    saw: str


class AlertBody(TypedDict):
    """What a clinician must see."""

    course: str
    id: str
    level: str
    text: str
    do: str
    raised: str
    state: str
    needs_assessment: bool


class KeptBody(TypedDict):
    """An event that was recorded, without its words."""

    id: str
    kind: str
    on: str
    by: str


class RefusedBody(TypedDict):
    """A command that was not carried out: its place in the batch, counted from 0, and why."""

    command: int
    kind: str
    reasons: list[ReasonBody]
    overridable: bool


class DeniedBody(TypedDict):
    """A command that this person may not give, by which rule of the policy. Nothing of it was recorded."""

    command: int
    kind: str
    rule: str
    because: str


class Answer(TypedDict):
    """What came of a batch. Show all of it, in this order, whatever the status is."""

    alerts: list[AlertBody]
    denied: list[DeniedBody]
    since: list[KeptBody]
    refused: list[RefusedBody]
    warnings: list[str]
    kept: list[KeptBody]
    problem: str
    course: str
    version: int


class CourseBody(TypedDict):
    """Where a course stands."""

    course: str
    version: int
    protocol: str
    phase: str
    started: str | None
    ended: str | None


class VoidAnswer(TypedDict):
    """What came of voiding a record: in the course it belongs to, and in the one it stood in.

    `ask_anew` are moves, such as a focus: a clinician has to ask for them there.
    """

    alerts: list[AlertBody]
    right: Answer | None
    wrong: Answer
    ask_anew: list[str]


class ErasedBody(TypedDict):
    """A course whose words are erased."""

    course: str
    version: int
    erased: str
    by: str


class MessageBody(TypedDict):
    """A message that is prepared, for somebody to send by hand."""

    contact: str
    title: str
    to: list[str]
    on: str
    text: str


class WayBody(TypedDict):
    """Something that can be said to a course: the command to post, and its fields with their choices."""

    command: dict[str, Any]
    request: bool
    open: bool
    reasons: list[ReasonBody]
    fields: dict[str, list[str]]


class DueBody(TypedDict):
    """Something that is due."""

    course: str
    kind: str
    by: str | None
    text: str


class StuckBody(TypedDict):
    """A way on that is shut although the time to go on has come."""

    course: str
    phase: str
    text: str
    to: str
    reasons: list[ReasonBody]


class NewsBody(TypedDict):
    """One line of the feed: that something happened, and where. The words are in the course."""

    position: int
    course: str
    kind: str
    id: str


class FeedBody(TypedDict):
    """What was recorded after a position; ask again after `last`."""

    news: list[NewsBody]
    last: int


class Problem(TypedDict):
    """What went wrong, in a sentence without words of a patient."""

    problem: str


class Shut(Problem):
    """The store failed; or a course does not open, and then its alerts are here, to be shown."""

    alerts: NotRequired[list[AlertBody]]


class No(Problem):
    """What is not possible now, and why."""

    reasons: NotRequired[list[ReasonBody]]


class Exists(No):
    """A course that cannot begin, because there is one; of one's own, what stands in it."""

    course: NotRequired[str]
    alerts: NotRequired[list[AlertBody]]
    since: NotRequired[list[KeptBody]]
    version: NotRequired[int]


def course_body(course: ipt.Course) -> CourseBody:
    return {
        "course": course.id, "version": course.version, "protocol": course.protocol, "phase": course.phase,
        "started": course.started.isoformat() if course.started else None, "ended": course.ended,
    }  # fmt: skip


def erased_body(course: ipt.Course) -> ErasedBody:
    assert course.erased is not None
    return {
        "course": course.id, "version": course.version, "erased": course.erased.on.isoformat(),
        "by": course.erased.by.id,
    }  # fmt: skip


def message_body(message: ipt.Message) -> MessageBody:
    return {
        "contact": message.contact, "title": message.title, "to": list(message.to), "on": message.on.isoformat(),
        "text": message.text,
    }  # fmt: skip


def alert_body(alert: ipt.Alert) -> AlertBody:
    return {
        "course": alert.course, "id": alert.id, "level": alert.level, "text": alert.text, "do": alert.do,
        "raised": alert.raised.isoformat(), "state": alert.state, "needs_assessment": alert.needs_assessment,
    }  # fmt: skip


def kept_body(event: ipt.Event) -> KeptBody:
    return {"id": event.id, "kind": event.kind, "on": event.on.isoformat(), "by": event.by.id}


def event_body(event: ipt.Event) -> dict[str, Any]:
    """A whole event, words included."""
    return {"kind": event.kind, **to_jsonable_python({f.name: getattr(event, f.name) for f in fields(event)})}


def reason_body(reason: ipt.Reason) -> ReasonBody:
    saw = str(reason.saw.get("sentence", ""))
    return {"code": reason.code, "text": reason.text, "answer": reason.answer, "saw": saw}


def way_body(way: ipt.Way) -> WayBody:
    return {
        "command": c.as_mapping(way.command), "request": way.command.request, "open": way.open,
        "reasons": [reason_body(reason) for reason in way.reasons],
        "fields": {name: list(choices) for name, choices in way.fields.items()},
    }  # fmt: skip


def due_body(line: ipt.Due) -> DueBody:
    by = line.by.isoformat() if line.by else None
    return {"course": line.course, "kind": line.kind, "by": by, "text": line.text}


def stuck_body(line: ipt.Stuck) -> StuckBody:
    reasons: list[ReasonBody] = [
        {"code": one.code, "text": one.text, "answer": one.answer, "saw": one.sentence} for one in line.reasons
    ]
    return {"course": line.course, "phase": line.phase, "text": line.text, "to": line.to, "reasons": reasons}


def answer(
    said: Sequence[ipt.Command],
    done: ipt.Done,
    *,
    since: Iterable[ipt.Event] = (),
    denied: Iterable[ipt.Denial] = (),
    problem: str = "",
) -> Answer:
    """What came of a batch, alerts first."""
    return {
        "alerts": [alert_body(alert) for alert in done.alerts],
        "denied": [
            {"command": _place(said, no.command), "kind": no.asked, "rule": no.rule, "because": no.because}
            for no in denied
        ],
        "since": [kept_body(event) for event in since],
        "refused": [refused_body(said, no) for no in done.refused],
        "warnings": [warning.text for warning in done.warnings],
        "kept": [kept_body(event) for event in done.events],
        "problem": problem,
        "course": done.course.id,
        "version": done.course.version,
    }


def refused_body(said: Sequence[ipt.Command], no: ipt.Refused) -> RefusedBody:
    reasons = [reason_body(reason) for reason in no.reasons]
    place = _place(said, no.command)
    return {"command": place, "kind": no.command.kind, "reasons": reasons, "overridable": no.overridable}


def _place(said: Sequence[ipt.Command], command: ipt.Command) -> int:
    """Where a command stood in the batch; the day it was given since is no difference."""
    return next(n for n, one in enumerate(said) if replace(command, on=one.on) == one)


def news_body(position: int, course: str, event: Mapping[str, Any]) -> NewsBody:
    return {
        "position": position, "course": course, "kind": str(event.get("kind", "unreadable")),
        "id": str(event.get("id", "")),
    }  # fmt: skip
