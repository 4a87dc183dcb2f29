"""Builds that are broken on purpose: what finds nothing wrong with them finds nothing at all."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

from sqlalchemy import Connection

import iptengine.engine.batches
from iptengine.course.agenda import SessionAgenda
from iptengine.course.codec import decode
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, Event, ReadingTaken
from iptengine.engine import clinic, lists, records
from iptengine.protocol.protocol import Protocol
from iptengine.render.filling import Filling
from iptengine.render.page import Page
from iptengine.store import verification
from iptengine.store.port import StaleVersion, StoreError
from iptengine.store.rows import Row
from iptengine.store.sql import access, postgres, sqlite
from iptengine.store.sql.store import SqlStore
from iptengine.store.verification import Problem


def _normal() -> None:
    """SQLite with synchronous NORMAL: a commit does not wait for the disk."""
    right = sqlite._set

    def weaker(connection: sqlite3.Connection, name: str, wanted: int | str) -> None:
        right(connection, name, 1 if name == "synchronous" else wanted)

    _put(sqlite, "_set", weaker)


def _by_total() -> None:
    """Alerts by the total: a reading below the cut raises none."""

    def deaf(
        protocol: Protocol, course: Course, command: Command, *, to: Protocol | None = None
    ) -> tuple[Event, ...]:  # fmt: skip
        events = decide(protocol, course, command, to=to)
        low = any(isinstance(event, ReadingTaken) for event in events)
        return tuple(event for event in events if not (low and isinstance(event, AlertRaised)))

    _put(iptengine.engine.batches, "decide", deaf)


def _async_commit() -> None:
    """PostgreSQL as its server is set: a commit does not wait for the disk."""
    _put(postgres, "_settle", lambda connection, read_only: None)


def _unheard() -> None:
    """A store that goes on where the disk has failed, and tells nobody."""
    right = SqlStore.append

    def deaf(self: SqlStore, course: str, events: Sequence[str], *, expected: int) -> None:
        with suppress(StoreError):
            right(self, course, events, expected=expected)

    _put(SqlStore, "append", deaf)


def _forgets_keys() -> None:
    """A clinic that does not know what it has recorded under a key; it answers late, so that many are killed then."""
    right = records.Records.append

    def forgetful(
        protocol: Protocol, course: Course, command: Command, *, to: Protocol | None = None
    ) -> tuple[Event, ...]:
        return decide(protocol, replace(course, seen=()), command, to=to)

    def late(*given: Any, **more: Any) -> None:
        right(*given, **more)
        time.sleep(0.1)

    _put(iptengine.engine.batches, "decide", forgetful)
    _put(clinic, "course_before", lambda history, commands: None)
    _put(clinic, "check_new", lambda course, commands: None)
    _put(records.Records, "append", late)


def _alerts_after() -> None:
    """A store that keeps what comes after a reading, its alert, in a transaction of its own."""
    right = SqlStore.append_listed

    def split(self: SqlStore, course: str, events: Sequence[str], *, expected: int, row: Row) -> None:
        readings = (number for number, text in enumerate(events, 1) if isinstance(decode(text), ReadingTaken))
        first = next(readings, 0)
        if first:
            self.append(course, events[:first], expected=expected)
            time.sleep(0.1)
        right(self, course, events[first:], expected=expected + first, row=row)

    _put(SqlStore, "append_listed", split)


def _looks_then_writes() -> None:
    """A store that asks which version a course stands at, and then writes whatever the answer was."""
    right = SqlStore.append

    def hasty(self: SqlStore, course: str, events: Sequence[str], *, expected: int) -> None:
        if len(self.read(course)) != expected:
            raise StaleVersion(course, expected)
        time.sleep(0.005)
        while True:
            try:
                return right(self, course, events, expected=len(self.read(course)))
            except StaleVersion:
                continue

    _put(SqlStore, "append", hasty)


def _no_order() -> None:
    """PostgreSQL without the lock of the store: positions are not in the order of the commits."""

    @contextmanager
    def disorderly(self: access.OwnEngine) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection
            time.sleep(random.uniform(0, 0.05))

    _put(access.OwnEngine, "writing", disorderly)


def _impatient() -> None:
    """A store that waits for nobody's lock."""
    for settings in (sqlite, postgres):
        _put(settings, "WAIT_SECONDS", 0.05)


# -- who does not look closely ----------------------------------------------------------------------------------------


def _last_unsealed() -> None:
    """A verification that does not look at the seal of the last event of each course."""
    right = verification._seal_problems

    def hasty(course: str, texts: Iterable[str], key: bytes | None) -> Iterator[Problem]:
        return right(course, list(texts)[:-1], key)

    _put(verification, "_seal_problems", hasty)


def _no_anchor() -> None:
    """A verification that compares nothing with the anchor."""
    _put(verification, "_anchor_problems", lambda looked, against: iter(()))


def _rows_believed() -> None:
    """A verification that believes what the rows of the lists say."""
    _put(lists.Lists, "out_of_step", lambda self, courses: ())


# -- what lets its surroundings in ------------------------------------------------------------------------------------

agendas = import_module("iptengine.render.agenda")
"""The module, whose name in its package is that of the function in it."""


def _by_set() -> None:
    """The sections of the therapist's page stand in the order of a set."""
    right = agendas.therapist_page

    def strange(filling: Filling, detail: str) -> Page:
        page = right(filling, detail)
        titles = [section.heading for section in page.sections]
        return replace(page, sections=tuple(page.sections[titles.index(title)] for title in set(titles)))

    _put(agendas, "therapist_page", strange)


def _by_locale() -> None:
    """The therapist's page names the day of the week in the language of the machine."""
    right = agendas.therapist_page

    def strange(filling: Filling, detail: str) -> Page:
        page = right(filling, detail)
        first, *others = page.sections
        return replace(page, sections=(replace(first, heading=f"{first.heading}, {filling.on:%A}"), *others))

    _put(agendas, "therapist_page", strange)


def _by_clock() -> None:
    """Pages are made for today, whatever day is asked for."""
    right = agendas.session_agenda

    def strange(*given: Any, on: date, **more: Any) -> SessionAgenda:
        return right(*given, on=date.today(), **more)

    _put(agendas, "session_agenda", strange)


def _by_zone() -> None:
    """Times are read in the time zone of the machine."""

    def strange(text: str) -> Event:
        event = decode(text)
        return replace(event, at=event.at.astimezone())

    _put(records, "decode", strange)


def _by_assert() -> None:
    """A section of the therapist's page is taken off inside an assert, which ``-O`` leaves out."""
    right = agendas.therapist_page

    def strange(filling: Filling, detail: str) -> Page:
        page = right(filling, detail)
        sections = list(page.sections)
        assert sections.pop()
        return replace(page, sections=tuple(sections))

    _put(agendas, "therapist_page", strange)


TWINS: Mapping[str, Callable[[], None]] = {
    "unheard": _unheard, "forgets_keys": _forgets_keys, "alerts_after": _alerts_after,
    "looks_then_writes": _looks_then_writes, "no_order": _no_order,
    "normal": _normal, "by_total": _by_total, "async_commit": _async_commit, "impatient": _impatient, "by_set": _by_set,
    "by_locale": _by_locale, "by_clock": _by_clock, "by_zone": _by_zone, "by_assert": _by_assert,
    "last_unsealed": _last_unsealed, "no_anchor": _no_anchor, "rows_believed": _rows_believed,
}  # fmt: skip


_PUT: list[tuple[object, str, object]] = []
"""What stood where something of a twin stands now, to be put back."""


def _put(owner: object, name: str, other: object) -> None:
    _PUT.append((owner, name, getattr(owner, name)))
    setattr(owner, name, other)


def become(name: str) -> None:
    """Make this program the broken twin of that name; nothing for ``""``, and nothing where it is one."""
    if name and not _PUT:
        TWINS[name]()


@contextmanager
def broken(name: str) -> Iterator[None]:
    """This program is the broken twin of that name for a while."""
    become(name)
    try:
        yield
    finally:
        while _PUT:
            setattr(*_PUT.pop())
