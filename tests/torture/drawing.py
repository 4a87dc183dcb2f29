"""A store of courses drawn at random, always the same ones for the same number of a clinic.

Some courses share a clinic: they meet as a group, follow one another, and have what was recorded on the wrong one. A
clinic writes to memory, and what it wrote is copied; so ten thousand courses take minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path

from filling import (
    LEFT_TO_OTHER_TESTS,
    PROTOCOLS,
    ROOT,
    SAID_BY,
    START,
    Dice,
    answers,
    filled,
    protocol_at,
    with_reasons,
)  # fmt: skip
from iptengine import commands as c
from iptengine.course.codec import encode
from iptengine.course.decide import decide
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor, Stamp
from iptengine.course.voiding import recorded
from iptengine.course.ways import Way
from iptengine.engine.clinic import Clinic
from iptengine.engine.records import Records
from iptengine.protocol.protocol import Protocol
from iptengine.store.memory import MemoryStore
from iptengine.store.port import Store
from renamed_twins import twins

A_CLINIC = 20
"""Courses that share a clinic."""
SHIPPED = [path for path in sorted((ROOT / "protocols").glob("*.protocol.yaml")) if path not in PROTOCOLS]
LEAD = Actor("lead", role="lead")


def draw_courses(store: Store, clinics: Iterable[int]) -> None:
    """Write the courses of the clinics of these numbers into a store, `A_CLINIC` for each."""
    paths = [*PROTOCOLS, *SHIPPED]
    for number in clinics:
        drawn = _Drawing(paths[number % len(paths)], number, Dice(f"clinic {number}"))
        drawn.fill(A_CLINIC)
        _copy(drawn.store, store)


def _copy(source: MemoryStore, target: Store) -> None:
    texts: dict[str, list[str]] = {}
    for _, course, text in source.feed():
        texts.setdefault(course, []).append(text)
    for digest, text in source._protocols.items():
        target.keep_protocol(digest, text)
    for course, told in texts.items():
        target.append(course, told, expected=0)


class _Drawing:
    """A few courses under one protocol, and all that is said to them."""

    def __init__(self, path: Path, number: int, dice: Dice) -> None:
        self.dice = dice
        self.store = MemoryStore()
        self.courses: list[str] = []
        self.today = START
        self._twins = twins(path) if path in PROTOCOLS else None
        self.protocol = self._twins.one if self._twins else protocol_at(path)
        self._versions = (self.protocol, *([self._twins.other] if self._twins else []))
        self._number = number
        self._ids = count(1)
        self.clinic = Clinic(self.store, [self.protocol], clock=self._now, ids=self._id)

    def _id(self) -> str:
        return f"k{self._number}-{next(self._ids)}"

    def _now(self) -> datetime:
        """Recorded some time later, in one of several zones."""
        zone = timezone(timedelta(minutes=self.dice.one([0, 60, 330, -570, 840])))
        day = self.today + timedelta(days=self.dice.one([0, 0, 0, 1, 30]))
        return datetime(day.year, day.month, day.day, self.dice.number(0, 23), self.dice.number(0, 59), tzinfo=zone)

    # What happens

    def fill(self, most: int) -> None:
        """Say all there is to say, in the end to `most` courses."""
        while len(self.courses) < most:
            self._begin()
            self._live(self.courses[-1])
            if len(self.courses) < most and self.dice.once_in(4):
                self._follow(self.courses[-1])
        if self.protocol.spec.group is not None:
            self._meet()

    def _begin(self) -> None:
        self.today = START + timedelta(days=self.dice.number(0, 500))
        course = f"c{self._number}-{len(self.courses)}"
        called = self.dice.one(["A. B.", "", "Ö. İ."])
        if self.dice.once_in(8):
            phase = self.dice.one(list(self.protocol.spec.phases))
            used = self.dice.number(0, 4)
            self.clinic.adopt(
                self.protocol.ref, by=LEAD, on=self.today, phase=phase, sessions_used=used, course=course, called=called
            )
        else:
            self.clinic.start(self.protocol.ref, by=LEAD, on=self.today, course=course, called=called)
        self.courses.append(course)

    def _live(self, course: str) -> None:
        for _ in range(self.dice.number(1, 5)):
            self.today += timedelta(days=self.dice.number(0, 14))
            for happening in self.dice.some(_HAPPENINGS, 3):
                happening(self, course)
        if self._twins and self.dice.once_in(4):
            self._move(course)
            self._what_is_open(course)

    def _what_is_open(self, course: str) -> None:
        """Some of what is offered is said, well or badly, by those it is for."""
        pinned = self._pinned(course)
        role, found = self._some_ways(course, wanted=True)
        self._say(course, *(with_reasons(filled(way, self.dice, pinned)) for way in found), role=role)

    def _another_way(self, course: str) -> None:
        role, found = self._some_ways(course, wanted=False)
        because = self.dice.text()
        self._say(course, *(c.Deviate(with_reasons(way.command), because=because) for way in found[:2]), role=role)

    def _a_session(self, course: str) -> None:
        pinned = self._pinned(course)
        scores = {name: answers(pinned, name, self.dice) for name in pinned.measures}
        self._say(course, c.RecordSession(scores=scores, note=self.dice.text()))

    def _put_right(self, course: str) -> None:
        """A note is corrected, and something is taken back."""
        self._say(course, c.WriteNote(self.dice.text()))
        events = self.clinic.events(course)
        note = next(event.id for event in reversed(events) if event.kind == "note_written")
        right = c.Correct(note, c.WriteNote(self.dice.text()), because="misheard")
        self._say(course, right, c.Withdraw(self.dice.one(events).id, because=self.dice.text()))

    def _on_the_wrong_course(self, course: str) -> None:
        found = list(recorded(self.clinic.course(course)))
        to = self.dice.one(self.courses)
        if found and to != course:
            self._tried(
                lambda: self.clinic.void(
                    course, self.dice.one(found), to=to, because="the wrong file", by=LEAD, on=self.today
                )
            )

    def _move(self, course: str) -> None:
        """The course goes over to a version in which everything is called otherwise, and perhaps comes back."""
        assert self._twins is not None
        if self._pinned(course).digest != self._twins.one.digest:
            return
        records = Records(self.store)
        history = records.history(course)
        to = self._twins.other
        command = c.MoveProtocol(to.ref, to.digest, because="a new version", rename=self._twins.names)
        stamp = Stamp(self._id(), self.today, self._now(), LEAD)
        try:
            events = decide(self._twins.one, history.course, command.stamped(stamp), to=to)
        except Refused:
            return
        records.keep_protocol(to)
        records.append(self._twins.one, history, tuple(map(encode, events)))
        if self.dice.once_in(3):
            self._what_is_open(course)
            self._tried(lambda: self.clinic.move_back(course, by=LEAD, on=self.today, because="too early"))

    def _follow(self, course: str) -> None:
        """The course ends, however it stands, and another one follows it."""
        outcome = self.dice.one(list(self._pinned(course).spec.outcomes))
        self._say(course, c.Deviate(c.EndCourse(outcome), because=self.dice.text()))
        new = f"c{self._number}-{len(self.courses)}"
        self.clinic.follow(course, self.protocol.ref, by=LEAD, on=self.today, new=new, because="it goes on")
        self.courses.append(new)
        self._live(new)

    def _meet(self) -> None:
        """Those who can form a group, and it meets."""
        known = [self.clinic.course(course) for course in self.courses]
        members = [one.id for one in known if one.ended is None and one.digest == self.protocol.digest][:6]
        self.today += timedelta(days=600)
        group = f"g{self._number}"
        if not self._tried(
            lambda: self.clinic.form_group(
                group, members, facilitators=["f1", "f2"], by=LEAD, on=self.today, because="they asked for it"
            )
        ):
            return
        for number in range(self.dice.number(1, 3)):
            self.today += timedelta(days=7)
            absent = dict.fromkeys(self.dice.some(members, 2), "no_show")
            self.clinic.hold_group_session(group, on=self.today, by=LEAD, key=f"{group}-{number}", absent=absent)

    # How it is said

    def _say(self, course: str, *commands: c.Command, role: str = "therapist") -> None:
        self.clinic.do(course, *commands, by=Actor(f"the-{role}", role=role), on=self.today)

    def _tried(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except Refused:
            return False
        return True

    def _some_ways(self, course: str, *, wanted: bool) -> tuple[str, list[Way]]:
        """A role, and some ways that are open to it, or blocked."""
        ways = self.clinic.ways(course, on=self.today)
        there = [way for way in ways if way.open is wanted and way.command.kind not in _LEFT]
        found = self.dice.some(there, 5)
        role = self.dice.one([*(role for way in found for role in way.by), *SAID_BY])
        return role, [way for way in found if not way.by or role in way.by]

    def _pinned(self, course: str) -> Protocol:
        digest = self.clinic.course(course).digest
        return next(one for one in self._versions if one.digest == digest)


_LEFT = LEFT_TO_OTHER_TESTS | {"join_group", "leave_group"}
_HAPPENINGS = (
    _Drawing._what_is_open, _Drawing._what_is_open, _Drawing._a_session, _Drawing._another_way, _Drawing._put_right,
    _Drawing._on_the_wrong_course,
)  # fmt: skip
