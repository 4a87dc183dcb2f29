"""What one person does with the clinic: every read through their own reader, every write under their name.

All of it is synchronous, as the library is. The endpoints run it in a thread.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Literal

import iptengine as ipt
from bodies import (
    ELSEWHERE,
    AlertBody,
    Answer,
    Batch,
    Begin,
    CourseBody,
    DueBody,
    ErasedBody,
    FeedBody,
    Forget,
    GoOn,
    MessageBody,
    Mistaken,
    NewsBody,
    StuckBody,
    TakeOver,
    VoidAnswer,
    WayBody,
    alert_body,
    answer,
    course_body,
    due_body,
    erased_body,
    event_body,
    message_body,
    news_body,
    stuck_body,
    way_body,
)
from iptengine import commands as c

AT_ONCE = 500
"""How many lines of the feed are looked at for one answer."""


@dataclass(frozen=True)
class Desk:
    """The clinic as `actor` may use it; `courses` are theirs, or None for all."""

    clinic: ipt.Clinic
    store: ipt.Store
    actor: ipt.Actor
    courses: Collection[str] | None

    @property
    def reader(self) -> ipt.Reader:
        """Without what the protocol hides from this person's role."""
        return self.clinic.reader(self.actor)

    def check(self, course: str) -> None:
        """A course of somebody else is answered as one that is not there."""
        if self.courses is not None and course not in self.courses:
            raise ipt.UnknownCourse(course)

    def begin(self, said: Begin) -> Answer:
        done = self.clinic.start(
            said.protocol, by=self.actor, on=said.on, course=said.course, facts=said.facts, called=said.called
        )
        return answer((), done)

    def take_over(self, said: TakeOver) -> Answer:
        done = self.clinic.adopt(
            said.protocol, by=self.actor, on=said.on, course=said.course, phase=said.phase,
            sessions_used=said.sessions_used, focus=said.focus, called=said.called,
        )  # fmt: skip
        return answer((), done)

    def go_on(self, course: str, said: GoOn) -> Answer:
        self.check(course)
        done = self.clinic.follow(
            course, said.protocol, by=self.actor, on=said.on, new=said.new, called=said.called, because=said.because
        )
        return answer((), done)

    def forget(self, course: str, said: Forget) -> tuple[int, ErasedBody]:
        """Erase what the patient said. Posted again, it is answered the same, and finishes what a crash left."""
        self.check(course)
        found = self.clinic.erase(course, by=self.actor, on=said.on, because=said.because).course
        return found.version, erased_body(found)

    def void(self, course: str, said: Mistaken) -> VoidAnswer:
        """Said again it records nothing twice: the library makes its key from the two courses and the event."""
        self.check(course)
        if said.to:
            self.check(said.to)
        came = self.clinic.void(course, said.event, to=said.to, because=said.because, by=self.actor, on=said.on)
        right = answer((), came.right) if came.right else None
        wrong = answer((), came.wrong)
        alerts = [*(right["alerts"] if right else ()), *wrong["alerts"]]
        return {"alerts": alerts, "right": right, "wrong": wrong, "ask_anew": list(came.ask_anew)}

    def message(self, course: str, contact: str, on: date) -> tuple[int, MessageBody]:
        version, _ = self.where(course)
        return version, message_body(self.reader.message(course, contact, on=on))

    def say(self, course: str, batch: Batch, *, key: str, expected: int | None) -> tuple[int, Answer]:
        """Say it to the course; the status, and what came of it. What was kept is told with every status."""
        self.check(course)
        said = [c.command_from_mapping(one) for one in batch.commands]
        for one in said:
            check_sayable(one)
        name = f"{key}.{digest(batch.commands)}"
        try:
            done = self.clinic.do(course, *said, by=self.actor, on=batch.on, expected=expected, key=name)
        except ipt.Conflict as clash:
            return 409, answer(said, clash.done, since=clash.since, problem=str(clash))
        except ipt.NotAllowed as no:
            since = no.conflict.since if no.conflict else ()
            done = no.done or ipt.Done(self.reader.course(course))
            return 403, answer(said, done, since=since, denied=no.denied, problem=str(no))
        # A refused request is no error: who takes 4xx for "nothing happened" would not show the alert beside it.
        return 200, answer(said, done)

    def where(self, course: str) -> tuple[int, CourseBody]:
        self.check(course)
        found = self.reader.course(course)
        return found.version, course_body(found)

    def ways(self, course: str, on: date) -> tuple[int, list[WayBody]]:
        """The version first: who draws a form from older ways than it says would not hear of what came between."""
        version, _ = self.where(course)
        return version, [way_body(way) for way in self.reader.ways(course, on=on)]

    def agenda(self, course: str, on: date, audience: Literal["therapist", "patient"]) -> tuple[int, dict[str, Any]]:
        self.check(course)
        found = self.reader.agenda(course, on=on, audience=audience)
        return found.course_version, found.data()

    def fragment(self, course: str, on: date, audience: Literal["therapist", "patient"]) -> tuple[int, str]:
        self.check(course)
        found = self.reader.agenda(course, on=on, audience=audience)
        return found.course_version, found.html

    def history(self, course: str) -> tuple[int, list[dict[str, Any]]]:
        self.check(course)
        found = self.reader.events(course)
        return len(found), [event_body(event) for event in found]

    def due(self, on: date) -> list[DueBody]:
        return [due_body(line) for line in self.reader.due(on=on, courses=self.courses)]

    def alerts(self) -> list[AlertBody]:
        return [alert_body(alert) for alert in self.reader.alerts(courses=self.courses)]

    def stuck(self, on: date) -> list[StuckBody]:
        return [stuck_body(line) for line in self.reader.stuck(on=on, courses=self.courses)]

    def feed(self, after: int) -> FeedBody:
        """What was recorded after a position, in the courses of this person."""
        lines = list(islice(self.store.feed(after), AT_ONCE))
        news = [_news(*line) for line in lines if self.courses is None or line[1] in self.courses]
        return {"news": news, "last": lines[-1][0] if lines else after}


def check_sayable(command: ipt.Command) -> None:
    """Refuse what a batch to one course would record only half."""
    path = ELSEWHERE.get(command.kind)
    if isinstance(command, c.Void) and command.meant_for:
        path = "POST /courses/{course}/voided"
    if path is not None:
        told = f"'{command.kind}' cannot be said in a batch; it is said by {path}. Nothing was recorded"
        raise ipt.BadInput("kind", told)
    if isinstance(command, c.Deviate | c.Correct):
        check_sayable(command.command)


def digest(said: Any) -> str:
    """Under one key, other words are another batch: what they say is recorded, and not taken for said before."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _news(position: int, course: str, text: str) -> NewsBody:
    """One line of the feed. An event that cannot be read stops no job: it has a line all the same."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return news_body(position, course, found if isinstance(found, dict) else {})
