"""Stores of many courses, made quickly: each course is a copy of one of three, with ids, seals and a row of its own.

Of ten courses one has an open risk alert, one is stuck, and eight are quiet. A course can be drawn out by notes, which
no list shows, so that a long one stands in them with the same lines as a short one.
`check` looks at such a store as a clinic would.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine

import iptengine as ipt
from benchmarks.frame import Unfair
from iptengine import commands as c
from iptengine.engine.records import History, Records
from iptengine.store.chain import opened
from iptengine.store.rows import Asked, Row
from iptengine.store.sql.store import SqlStore
from iptengine.store.verification import verify

START = date(2026, 3, 3)
DAY = START + timedelta(days=16)
"""The day that the lists are asked for: the rows are good for it."""
BY = ipt.Actor("u17", role="therapist")
KINDS = ("alert", "stuck", *8 * ("quiet",))
WHOLE = 20_000
"""Up to how many events all of a store is looked at; of a larger one, some courses from the first to the last."""
SOME = 100
_SEED = "seed"
_OF_NONE = "0" * 24
"""Where an id has the number of its course; the eight digits behind it tell the command."""


@cache
def folder() -> Path:
    """A folder that goes with the program."""
    made = Path(tempfile.mkdtemp(prefix="iptengine-bench-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def protocol() -> ipt.Protocol:
    """What the courses are under."""
    return ipt.load("ipt-adult")


def name(number: int) -> str:
    """The id of a course."""
    return f"c{number:07}"


# -- a course to be copied -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seed:
    """A course to be copied: its texts, not sealed yet, and its row."""

    texts: tuple[str, ...]
    row: Row

    def copied(self, number: int) -> tuple[tuple[str, ...], Row]:
        """The texts and the row of the course of that number."""
        told = numbered(self.row.text.replace(f'"{_SEED}"', f'"{name(number)}"'), number)
        return tuple(numbered(text, number) for text in self.texts), replace(self.row, course=name(number), text=told)


def numbered(text: str, number: int) -> str:
    """A text of a course to be copied, with the ids of the course of that number."""
    return text.replace(_OF_NONE, f"{number:024x}")


@cache
def seed(kind: str, length: int) -> Seed:
    """A course of one of `KINDS`, with notes until it has so many events."""
    store, ids = ipt.MemoryStore(), count(1)
    clock = datetime(2026, 3, 19, 16, tzinfo=UTC)
    clinic = ipt.Clinic(store, [protocol()], clock=lambda: clock, ids=lambda: f"{next(ids):032x}")
    clinic.start("ipt-adult", by=BY, on=START, course=_SEED, called="A. R.")
    clinic.do(_SEED, *_said(kind), by=BY)
    short = length - len(store.read(_SEED))
    clinic.do(_SEED, *(c.WriteNote(f"Note {n}: spoken of at the desk", on=DAY) for n in range(short)), by=BY)
    clinic.refresh(on=DAY)
    (row,) = store.rows(Asked(frozenset()))
    if row.version != length:
        raise Unfair(f"a course of {length} events cannot be {kind}: it has {row.version}")
    return Seed(tuple(opened(text)[0] for text in store.read(_SEED)), row)


def _said(kind: str) -> Iterator[c.Command]:
    for week in range(4 if kind == "stuck" else 2):
        day = START + timedelta(weeks=week)
        yield c.HoldSession(on=day, minutes=50, mode="in person", present=("patient",))
        yield c.Read("phq9", on=day, answers=_answers(int(kind == "alert" and week == 1)))


def _answers(item_9: int) -> dict[str, int]:
    items = ("low_interest", "low_mood", "sleep", "energy", "appetite", "self_worth", "concentration", "movement")
    return dict.fromkeys(items, 2) | {"self_harm": item_9}


# -- a store of them ---------------------------------------------------------------------------------------------------


Begun = tuple[str, tuple[str, ...], Row | None]
"""A course to be written: its id, its texts, not sealed yet, and its row."""


def begun(number: int, length: int) -> Begun:
    """The course of that number, of so many events."""
    return (name(number), *seed(KINDS[number % len(KINDS)], length).copied(number))


def begin(records: Records, course: Begun) -> None:
    """Write a course."""
    id, texts, row = course
    records.append(protocol(), History(ipt.Course(id)), texts, row=row)


def write(path: Path, courses: Iterable[Begun]) -> None:
    """Write a store of these courses, in one transaction."""
    ipt.open_store(f"sqlite:///{path}").close()
    with create_engine(f"sqlite:///{path}").begin() as connection:
        records = Records(SqlStore(connection))
        records.keep_protocol(protocol())
        for course in courses:
            begin(records, course)


@cache
def store_of(courses: int, length: int) -> Path:
    """A store of so many courses of so many events each."""
    path = folder() / f"{courses}-of-{length}.db"
    write(path, (begun(number, length) for number in range(courses)))
    check(path, courses, courses * length)
    return path


def clinic_of(courses: int, length: int) -> ipt.Clinic:
    """A clinic over such a store."""
    return ipt.Clinic(ipt.open_store(f"sqlite:///{store_of(courses, length)}"), [protocol()])


def check(path: Path, courses: int, events: int) -> None:
    """Raise `Unfair` unless the store is a true one: its seals and numbers, and its rows beside a replay."""
    with ipt.open_store(f"sqlite:///{path}", read_only=True) as store:
        looked_at = range(0, courses, max(1, courses // SOME))
        if events <= WHOLE:
            looked_at = range(courses)
            verdict = verify(store)
            found = (verdict.state, verdict.courses, verdict.events)
            if found != ("not anchored", courses, events):
                raise Unfair(f"the store is no store of {courses} courses: {found} {verdict.problems[:3]}")
        wrong = ipt.Clinic(store, [protocol()]).out_of_step(courses=map(name, looked_at))
        if wrong:
            raise Unfair(f"its lists are not in step: {wrong[:3]}")
