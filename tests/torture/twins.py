"""Builds that are broken on purpose: what finds nothing wrong with them finds nothing at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

import iptengine.engine.batches
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, Event, ReadingTaken
from iptengine.protocol.protocol import Protocol
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


TWINS: Mapping[str, Callable[[], None]] = {"normal": _normal, "by_total": _by_total, "async_commit": _async_commit}


def become(name: str) -> None:
    """Make this program the broken twin of that name; nothing for ``""``."""
    if name:
        TWINS[name]()
