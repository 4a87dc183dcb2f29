"""Courses whose row in the lists does not stand at their version: somebody took it out, or put it back.

The events alone say which courses there are, and at which version each stands. Both are looked up in the unique key of
course and version, one step a course: how long the courses are makes no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from iptengine.store.texts import as_text


@dataclass(frozen=True, slots=True)
class Stray:
    """A course whose row is gone, or of another version: the row answers nothing, and hides the course.

    Attributes:
        course: Its id.
        version: How many events it has.
        row: The version of its row; 0 where it has none. One above `version` speaks of events that are not there.
    """

    course: str
    version: int
    row: int


def version_of(kept: object) -> int:
    """The version that a row of a table says it has; 0 where somebody has written what is no number."""
    return kept if type(kept) is int else 0


def stray_of(found: Sequence[Any]) -> Stray:
    """The stray that the statement below has found."""
    course, version, row = found
    return Stray(as_text(course), version, version_of(row))


Dialect = Literal["sqlite", "postgresql"]
DIALECTS: tuple[Dialect, ...] = ("sqlite", "postgresql")

_EVERY = """RECURSIVE began(course) AS (
SELECT min(course) FROM {events}
UNION ALL
SELECT (SELECT min(course) FROM {events} WHERE course > began.course) FROM began WHERE began.course IS NOT NULL)"""
_NAMED = {
    "sqlite": "began(course) AS (SELECT value FROM json_each({named}))",
    "postgresql": "began(course) AS (SELECT unnest(CAST({named} AS text[])))",
}
_STRAYS = """WITH {began}, stands(course, version) AS (
SELECT course, (SELECT max(version) FROM {events} WHERE {events}.course = began.course) FROM began)
SELECT stands.course, stands.version, coalesce(listed.version, 0) FROM stands
LEFT JOIN {lists} AS listed ON listed.course = stands.course{collation}
WHERE stands.version > 0 AND stands.version <> coalesce(listed.version, 0)"""


def strays_sql(dialect: Dialect, events: str, lists: str, named: str = "") -> str:
    """One statement that gives the course, the version and the version of the row of every stray.

    Args:
        dialect: The database that is asked.
        events: The table of the events.
        lists: The table of the rows, their courses told apart letter by letter.
        named: The parameter for the courses that are meant: on SQLite a list in JSON, on PostgreSQL an array. Left
            out, every course that has events.
    """
    began = (_NAMED[dialect] if named else _EVERY).format(events=events, named=named)
    collation = ' COLLATE "C"' if dialect == "postgresql" else ""
    return _STRAYS.format(began=began, events=events, lists=lists, collation=collation)
