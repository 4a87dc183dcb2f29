"""The second part of the port, which a store may have: for each course one row of what the lists show of it.

A row is made from the events of its course and can be made again from them at any time, so it proves nothing and is
no record. The store keeps exactly one row for every course that has events, at the version of the course: events
that are appended without a row leave an *empty* one, which says only that there is something to be made.

A store knows no more of a row than whether it answers a question, and that is `answers`; its text is a sealed letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeGuard

from iptengine.store.port import Store, StoreError
from iptengine.store.strays import Stray, version_of
from iptengine.store.texts import as_text

NEVER = (date.max, date.min)
"""The days of a row that is good for no day."""

LISTS = ("alerts", "stuck")
"""Lists that hold few of the courses: a row says for each whether its course stands in it."""


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """What the lists show of one course.

    Attributes:
        course: Its id.
        version: How many events it rests on.
        made: By which form of the lists it was made; empty in an empty row.
        since: The first day it is good for.
        until: The last day it is good for.
        shown: Of `LISTS` those in which the course stands.
        text: What they show: one line of ASCII. It may hold words of the patient.
    """

    course: str
    version: int
    made: str = ""
    since: date = NEVER[0]
    until: date = NEVER[1]
    shown: frozenset[str] = frozenset()
    text: str = ""

    def __repr__(self) -> str:
        return f"<Row of {self.course} version {self.version}>"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the rows.

    Attributes:
        made: The forms of the lists that are understood.
        on: The day it is asked for; ``None`` for what no day changes.
        shown: One of `LISTS`, when only the courses that stand in it are wanted.
        courses: The courses that are meant; ``None`` for all.
    """

    made: frozenset[str]
    on: date | None = None
    shown: str = ""
    courses: frozenset[str] | None = None

    def good(self, row: Row) -> bool:
        """Whether the row can answer: it is of a form that is understood, and good for the day."""
        return row.made in self.made and self.meets_day(row)

    def meets_day(self, row: Row) -> bool:
        """Whether the row is good for the day, or no day is asked for."""
        return self.on is None or row.since <= self.on <= row.until

    def wants(self, row: Row) -> bool:
        """Whether the row belongs to the answer: one that cannot tell always does, so that it is made again."""
        if self.courses is not None and row.course not in self.courses:
            return False
        return not self.good(row) or not self.shown or self.shown in row.shown


class Lists(Store, Protocol):
    """A store that keeps the rows of the lists in step with the events."""

    def append_listed(self, course: str, events: Sequence[str], *, expected: int, row: Row) -> None:
        """As `append`, and the row of the course with it: both are kept, or neither.

        Args:
            course: The course.
            events: One text or more.
            expected: How many texts the course has.
            row: Its row with these events, at the version that the course then has.

        Raises:
            StaleVersion: As `append`. Nothing was kept.
            StoreError: The row is of another course or version, or the store failed. Nothing was kept.
        """
        ...

    def rows(self, asked: Asked) -> Iterator[Row]:
        """The rows that `Asked.wants`, in the order of their courses' names."""
        ...

    def strays(self, courses: frozenset[str] | None = None) -> Iterator[Stray]:
        """The courses that have events, and whose row is gone or of another version; of all or of those named.

        Nothing that is written through the port makes one. Somebody who can write to the rows does, or a backup of
        which only a part was put back; a store whose rows nobody else can come to has none.
        """
        ...

    def keep_rows(self, rows: Iterable[Row]) -> int:
        """Put these rows in the place of those of their courses, whatever stands there, or where none does.

        Each is kept if its course is at its version, by its events: a row that somebody changed decides nothing.

        Returns:
            How many were kept. One whose course has moved on, or has no events, is left out; a store that is open for
            reading only keeps none.
        """
        ...


def columns(row: Row) -> dict[str, Any]:
    """A row as a table keeps it, beside its course: days as numbers, and of each of `LISTS` whether it stands there.

    Days are numbers so that every database compares them in the same way.
    """
    days = {"since": row.since.toordinal(), "until": row.until.toordinal()}
    shown = {name: name in row.shown for name in LISTS}
    return {"version": row.version, "made": row.made, "text": row.text, **days, **shown}


def row_of(kept: Any) -> Row:
    """The row that a table keeps as `columns`, each an attribute of `kept`.

    Where somebody has written what no row can hold, an empty one at the version that stands there: it answers nothing,
    and is made again.
    """
    course, version = as_text(kept.course), version_of(kept.version)
    try:
        since, until = date.fromordinal(kept.since), date.fromordinal(kept.until)
    except (TypeError, ValueError, OverflowError):
        return Row(course, version)
    if not (isinstance(kept.made, str) and isinstance(kept.text, str)):
        return Row(course, version)
    shown = frozenset(name for name in LISTS if getattr(kept, name))
    return Row(course, version, kept.made, since, until, shown, kept.text)


def check_row(row: Row, course: str, version: int) -> None:
    """Refuse a row that is not the one of `course` at `version`; for stores."""
    if (row.course, row.version) != (course, version):
        raise StoreError("the row of the lists is not the one of this course with these events; nothing was kept")


def keeps_lists(store: Store) -> TypeGuard[Lists]:
    """Whether a store has the second part."""
    return all(callable(getattr(store, name, None)) for name in ("append_listed", "rows", "strays", "keep_rows"))
