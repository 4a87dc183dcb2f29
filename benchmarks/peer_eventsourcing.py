"""Course A as an aggregate of eventsourcing, the way its manual shows: one decorated method, typed values inside.

A module of its own, as the library finds its classes by module and name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import DatetimeAsISO, JSONTranscoder, Mapper, StoredEvent, Transcoding, UUIDAsHex

from benchmarks.plain_course import Fields, new_state, take_in
from iptengine.course.stamp import Actor


class DateAsISO(Transcoding):
    type = date
    name = "date_iso"

    def encode(self, obj: date) -> str:
        return obj.isoformat()

    def decode(self, data: str) -> date:
        return date.fromisoformat(data)


class ActorAsDict(Transcoding):
    type = Actor
    name = "actor"

    def encode(self, obj: Actor) -> dict[str, str]:
        return {"id": obj.id, "role": obj.role}

    def decode(self, data: dict[str, str]) -> Actor:
        return Actor(data["id"], role=data["role"])


class CourseAggregate(Aggregate):
    """Keeps the course as plain values, in its own attributes."""

    def __init__(self) -> None:
        self.state = new_state()

    @event("Happened")
    def happened(self, kind: str, on: date, by: Actor, fields: Fields) -> None:
        take_in(self.state, kind, fields | {"on": on, "by": by})


def mapper() -> Any:
    """Between stored and domain events, in JSON."""
    transcoder = JSONTranscoder()
    for transcoding in (UUIDAsHex(), DatetimeAsISO(), DateAsISO(), ActorAsDict()):
        transcoder.register(transcoding)
    return Mapper(transcoder=transcoder)


def stored_events(texts: Iterable[str], through: Any) -> Sequence[StoredEvent]:
    """The events of a course as that library stores them."""
    course = CourseAggregate()
    for text in texts:
        fields = json.loads(text)
        on, by = date.fromisoformat(fields.pop("on")), fields.pop("by")
        course.happened(fields.pop("kind"), on, Actor(by["id"], role=by["role"]), fields)
    return [through.to_stored_event(each) for each in course.collect_events()]


def read_back(lines: Iterable[StoredEvent], through: Any) -> CourseAggregate:
    """The aggregate that the stored events tell."""
    course: Any = None
    for line in lines:
        course = through.to_domain_event(line).mutate(course)
    found: CourseAggregate = course
    return found


class DisputeAggregate(Aggregate):
    """The stage of one dispute; a move is looked up in a dictionary and recorded."""

    def __init__(self, stage: str) -> None:
        self.stage = stage

    def restage(self, trigger: str, targets: dict[tuple[str, str], str]) -> None:
        self.staged(targets[self.stage, trigger], date(2026, 4, 14), "raised at home")

    @event("Staged")
    def staged(self, stage: str, on: date, because: str) -> None:
        self.stage = stage
