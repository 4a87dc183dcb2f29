"""The work that is interrupted: numbered acts of a clinic, each under a key of its own, and what each must leave."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from iptengine import commands as c
from iptengine.authoring.loader import load
from iptengine.course.commands import Command
from iptengine.course.stamp import Actor
from iptengine.engine.clinic import Clinic
from iptengine.protocol.protocol import Protocol
from iptengine.store.memory import MemoryStore
from iptengine.store.port import Store

ANNA = Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
KEY = b"a key of the clinic, kept elsewhere"
ACTS_A_COURSE = 40
SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"
ITEMS = (
    "interest", "low_mood", "sleep", "energy", "appetite", "self_worth", "concentration", "movement", "self_harm",
)  # fmt: skip


@cache
def protocol() -> Protocol:
    """The protocol of every course here."""
    return load(SMALL)


def clinic_over(store: Store) -> Clinic:
    """A clinic that seals with the key."""
    return Clinic(store, [protocol()], clock=lambda: datetime(2026, 3, 3, 15, tzinfo=UTC), seal_key=KEY)


def course_of(act: int) -> str:
    """The course that an act belongs to."""
    return f"c{act // ACTS_A_COURSE}"


def key_of(act: int) -> str:
    """The key an act is posted under."""
    return f"act-{act}"


def commands_of(act: int) -> Sequence[Command]:
    """What an act says: a note; a reading whose risk item is above zero; or a whole session in one batch."""
    day = DAY + timedelta(days=act % ACTS_A_COURSE)
    reading = c.Read("phq9", on=day, answers={**dict.fromkeys(ITEMS, 0), "self_harm": 1 + act % 3})
    if act % 3 == 0:
        return (c.WriteNote(f"note {act}", on=day),)
    if act % 3 == 1:
        return (reading,)
    return (c.RecordFact("fear_at_home", "no", on=day), reading, c.WriteNote(f"note {act}", on=day))


def begin(clinic: Clinic, act: int) -> None:
    """Begin the course of an act, unless it has begun."""
    from iptengine.engine.answers import CourseExists

    try:
        clinic.start("ipt-small", by=ANNA, on=DAY, course=course_of(act))
    except CourseExists:
        return


def perform(clinic: Clinic, act: int) -> None:
    """Carry out an act; said again, it is recorded once."""
    if act % ACTS_A_COURSE == 0:
        begin(clinic, act)
    clinic.do(course_of(act), *commands_of(act), by=ANNA, key=key_of(act))


def script(acts: int) -> str:
    """What the acts append, as JSON: the protocol, and act, course, version and texts of each append.

    A clinic has made them; so what is cut off is one append of a decision, and nothing but the store is at work.
    """
    store = _Listening()
    clinic = clinic_over(store)
    for act in range(acts):
        store.act = act
        perform(clinic, act)
    return json.dumps({"protocol": [protocol().digest, protocol().content], "appends": store.appends})


class _Listening(MemoryStore):
    """Remembers what was appended for which act."""

    def __init__(self) -> None:
        super().__init__()
        self.act = 0
        self.appends: list[tuple[int, str, int, list[str]]] = []

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, events, expected=expected)
        self.appends.append((self.act, course, expected, list(events)))
