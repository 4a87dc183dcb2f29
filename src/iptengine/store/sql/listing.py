"""The second part of the port in a database: one row for each course, which follows its events by a trigger.

The trigger empties the row of a course with every event that is written, by whomever; so a row stands at another
version than its course only where somebody wrote to the table by hand, and what fills it with events is an update that
finds no row once somebody else has written. A row that is made again takes the place of whatever stands there.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, not_, or_, select, true

from iptengine.store.paging import page_by_page
from iptengine.store.port import StoreError
from iptengine.store.rows import Asked, Row, check_row, columns, row_of
from iptengine.store.sql.access import Access
from iptengine.store.sql.failures import tells_failures
from iptengine.store.sql.tables import FILL_ROW, PUT_ROW, STRAYS, STRAYS_NAMED, lists
from iptengine.store.strays import Stray, stray_of

ROWS = 500
"""How many rows are read at once, and how many courses are asked for at once."""


class SqlLists(ABC):
    """The rows of the lists, for `SqlStore`."""

    _access: Access
    _read_only: bool

    @abstractmethod
    def _append(self, course: str, texts: list[str], expected: int, row: Row | None) -> None: ...

    def append_listed(self, course: str, events: Sequence[str], *, expected: int, row: Row) -> None:
        """As `append`, and the row of the course with it, in the same transaction."""
        texts = list(events)
        check_row(row, course, expected + len(texts))
        if not (row.text.isascii() and row.made.isascii()) or "\0" in row.text + row.made:
            raise StoreError("a row of the lists must be plain text in ASCII; nothing was kept")
        self._append(course, texts, expected, row)

    def rows(self, asked: Asked) -> Iterator[Row]:
        """The rows that are asked for, in the order of their courses' names.

        Read page by page: no transaction stays open while the caller works on what it was given.
        """
        if asked.courses is None:
            yield from self._every_row(asked)
            return
        named = sorted(course for course in asked.courses if storable(course))
        for first in range(0, len(named), ROWS):
            yield from self._rows(_wanted(asked).where(lists.c.course.in_(named[first : first + ROWS])))

    def _every_row(self, asked: Asked) -> Iterator[Row]:
        wanted = _wanted(asked).limit(ROWS)
        return page_by_page(
            lambda after: self._rows(wanted if after is None else wanted.where(lists.c.course > after)),
            attrgetter("course"),
        )

    @tells_failures
    def _rows(self, wanted: Select[Any]) -> list[Row]:
        with self._access.reading() as connection:
            return [row_of(found) for found in connection.execute(wanted)]

    @tells_failures
    def _strays(self, courses: frozenset[str] | None) -> list[Stray]:
        with self._access.reading() as connection:
            if courses is None:
                found = STRAYS.run(connection)
            else:
                found = STRAYS_NAMED.run(connection, courses=array(filter(storable, courses), self._access.dialect))
            return [stray_of(one) for one in found.all()]

    def strays(self, courses: frozenset[str] | None = None) -> Iterator[Stray]:
        """The courses whose row is gone or of another version, by one statement."""
        return iter(self._strays(courses))

    @tells_failures
    def keep_rows(self, rows: Iterable[Row]) -> int:
        """Put rows that are at the version of their course in the place of those there; how many were.

        In one transaction. A store that was opened for reading only keeps none.
        """
        fitting = [row for row in rows if storable(row.course)]
        if self._read_only or not fitting:
            return 0
        with self._access.writing() as connection:
            return sum(_put(connection, row) for row in fitting)


def fill(connection: Connection, row: Row) -> int:
    """Write what a row says into the row of its course, where that is at the same version; how many were."""
    return FILL_ROW.run(connection, course=row.course, **columns(row)).rowcount


def _put(connection: Connection, row: Row) -> int:
    """Write a row in the place of that of its course, or where none is, if the course is at its version."""
    return PUT_ROW.run(connection, course=row.course, **columns(row)).rowcount


def array(texts: Iterable[str], dialect: str) -> str | list[str]:
    """Texts as one parameter of a statement."""
    return json.dumps(list(texts)) if dialect == "sqlite" else list(texts)


def storable(text: str) -> bool:
    """Whether both databases can keep a text letter by letter: no zero byte, and no half of a character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _wanted(asked: Asked) -> Select[Any]:
    wanted: ColumnElement[bool] = true()
    if asked.shown:
        # Whatever is not plainly "no": SQLite keeps what somebody wrote there.
        wanted = or_(not_(_good(asked)), lists.c[asked.shown].is_not(false()))
    return select(lists).where(wanted).order_by(lists.c.course)


def _good(asked: Asked) -> ColumnElement[bool]:
    understood = lists.c.made.in_(sorted(asked.made))
    if asked.on is None:
        return understood
    on = asked.on.toordinal()
    return and_(understood, lists.c.since <= on, lists.c.until >= on)
