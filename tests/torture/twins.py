"""Builds that are broken on purpose: what finds nothing wrong with them finds nothing at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

import iptengine.engine.batches
from iptengine.course.agenda import SessionAgenda
from iptengine.course.codec import decode
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, Event, ReadingTaken
from iptengine.engine import records
from iptengine.protocol.protocol import Protocol
from iptengine.render.filling import Filling
from iptengine.render.page import Page
from iptengine.store.sql import postgres, sqlite


def _normal() -> None:
    """SQLite with synchronous NORMAL: a commit does not wait for the disk."""
    right = sqlite._set

    def weaker(connection: sqlite3.Connection, name: str, wanted: int | str) -> None:
        right(connection, name, 1 if name == "synchronous" else wanted)

    sqlite._set = weaker


def _by_total() -> None:
    """Alerts by the total: a reading below the cut raises none."""

    def deaf(
        protocol: Protocol, course: Course, command: Command, *, to: Protocol | None = None
    ) -> tuple[Event, ...]:  # fmt: skip
        events = decide(protocol, course, command, to=to)
        low = any(isinstance(event, ReadingTaken) for event in events)
        return tuple(event for event in events if not (low and isinstance(event, AlertRaised)))

    iptengine.engine.batches.decide = deaf


def _async_commit() -> None:
    """PostgreSQL as its server is set: a commit does not wait for the disk."""
    postgres._settle = lambda connection, read_only: None


def _impatient() -> None:
    """A store that waits for nobody's lock."""
    sqlite.WAIT_SECONDS = postgres.WAIT_SECONDS = 0.05


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

    agendas.therapist_page = strange


def _by_locale() -> None:
    """The therapist's page names the day of the week in the language of the machine."""
    right = agendas.therapist_page

    def strange(filling: Filling, detail: str) -> Page:
        page = right(filling, detail)
        first, *others = page.sections
        return replace(page, sections=(replace(first, heading=f"{first.heading}, {filling.on:%A}"), *others))

    agendas.therapist_page = strange


def _by_clock() -> None:
    """Pages are made for today, whatever day is asked for."""
    right = agendas.session_agenda

    def strange(*given: Any, on: date, **more: Any) -> SessionAgenda:
        return right(*given, on=date.today(), **more)

    agendas.session_agenda = strange


def _by_zone() -> None:
    """Times are read in the time zone of the machine."""

    def strange(text: str) -> Event:
        event = decode(text)
        return replace(event, at=event.at.astimezone())

    records.decode = strange


def _by_assert() -> None:
    """A section of the therapist's page is taken off inside an assert, which ``-O`` leaves out."""
    right = agendas.therapist_page

    def strange(filling: Filling, detail: str) -> Page:
        page = right(filling, detail)
        sections = list(page.sections)
        assert sections.pop()
        return replace(page, sections=tuple(sections))

    agendas.therapist_page = strange


TWINS: Mapping[str, Callable[[], None]] = {
    "normal": _normal, "by_total": _by_total, "async_commit": _async_commit, "impatient": _impatient, "by_set": _by_set,
    "by_locale": _by_locale, "by_clock": _by_clock, "by_zone": _by_zone, "by_assert": _by_assert,
}  # fmt: skip


def become(name: str) -> None:
    """Make this program the broken twin of that name; nothing for ``""``."""
    if name:
        TWINS[name]()
