"""The store in a database: the port, over SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from os import PathLike
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, exc

from iptengine.store.paging import page_by_page
from iptengine.store.port import StaleVersion, StoreError, UnknownDigest, whole
from iptengine.store.rows import Row as ListRow
from iptengine.store.sql import tables
from iptengine.store.sql.access import Access, CallersConnection
from iptengine.store.sql.backup import back_up
from iptengine.store.sql.failures import TRY_AGAIN, sqlstate, tells_failures
from iptengine.store.sql.listing import SqlLists, array, fill, storable
from iptengine.store.taken import somebody_was_first
from iptengine.store.texts import as_text

PAGE = 500
"""How many events of the feed are read at once."""
TRIES = 5
LARGEST = 2**31 - 1


class SqlStore(SqlLists):
    """Events in an SQLite or PostgreSQL database. Made by `iptengine.open_store`, or over an open connection.

    Args:
        connection: An open SQLAlchemy connection to a database that `open_store` has prepared. The store takes part
            in its transaction and begins, commits and rolls back nothing of it; one thread at a time may use it.

    Example:
        >>> import tempfile, iptengine as ipt
        >>> folder = tempfile.TemporaryDirectory()
        >>> with ipt.open_store(f"sqlite:///{folder.name}/clinic.db") as store:
        ...     store.append("a", ['{"v":1}'], expected=0)
        ...     store.read("a")
        ('{"v":1}',)
        >>> folder.cleanup()
    """

    def __init__(self, connection: Connection) -> None:
        self._access: Access = CallersConnection(connection)
        self._read_only = False

    @classmethod
    def _over(cls, access: Access, *, read_only: bool) -> SqlStore:
        made = cls.__new__(cls)
        made._access = access
        made._read_only = read_only
        return made

    def __repr__(self) -> str:
        return f"<SqlStore in {self._access.name}{', read-only' if self._read_only else ''}>"

    def __enter__(self) -> SqlStore:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections the store has opened; a connection of the caller's stays open."""
        self._access.close()

    def back_up(self, path: str | PathLike[str]) -> None:
        """Copy the whole store to a new file, while others go on writing; SQLite only.

        The copy is one moment of the store. It stands under its name only when it is whole, was checked, and has
        reached the disk. It is opened as any store is.

        Raises:
            StoreError: There is such a file already, the copy could not be made, or the store is damaged.
        """
        if self._access.file is None:
            raise StoreError(
                "a backup is made of a store in an SQLite file that open_store has opened; for PostgreSQL, use pg_dump"
            )
        back_up(self._access.file, Path(path))

    # Courses

    @tells_failures
    def read(self, course: str, after: int = 0) -> Sequence[str]:
        """The texts of a course after its first `after`.

        Raises:
            DamagedCourse: One of them is missing, so that what is there cannot be trusted.
            StoreError: The database failed.
        """
        if not storable(course) or after >= LARGEST:
            return ()
        after = max(after, 0)
        with self._access.reading() as connection:
            found: Sequence[Any] = tables.READ.run(connection, course=course, after=after).all()
        return whole(course, after, found)

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        """Keep `events` at the end of the course, in one transaction, if it has `expected` texts.

        Raises:
            StaleVersion: It has another number of texts. Nothing was kept.
            StoreError: The store is read-only, or the database failed; the text says whether something was kept.
        """
        self._append(course, list(events), expected, None)

    def _append(self, course: str, texts: list[str], expected: int, row: ListRow | None) -> None:
        self._check_writable()
        if not texts:
            return
        if not storable(course) or not all(text.isascii() and "\0" not in text for text in texts):
            raise StoreError("a course's name and its events must be plain text, the events in ASCII; nothing was kept")
        if not 0 <= expected < LARGEST or not self._appended(course, texts, expected, row):
            raise StaleVersion(course, expected)

    @tells_failures
    def _appended(self, course: str, texts: list[str], expected: int, row: ListRow | None) -> bool:
        for _ in range(TRIES - 1):
            try:
                return self._append_once(course, texts, expected, row)
            except exc.DBAPIError as error:
                if self._access.joins or sqlstate(error.orig) not in TRY_AGAIN:
                    raise
        return self._append_once(course, texts, expected, row)

    def _append_once(self, course: str, texts: list[str], expected: int, row: ListRow | None) -> bool:
        given = array(texts, self._access.dialect)
        try:
            with self._access.writing() as connection:
                inserted = tables.INSERT.run(connection, course=course, expected=expected, texts=given)
                kept = inserted.rowcount == len(texts)
                if kept and row is not None:
                    fill(connection, row)
                return kept
        except exc.IntegrityError as error:
            if not somebody_was_first(error.orig):
                raise
            return False

    def feed(self, after: int = 0) -> Iterator[tuple[int, str, str]]:
        """Everything appended after a position: position, course and text.

        Read page by page: no transaction stays open while the caller works on what it was given.
        """
        return page_by_page(self._page, itemgetter(0), max(after, 0))

    @tells_failures
    def _page(self, after: int | None) -> list[tuple[int, str, str]]:
        if (after := after or 0) >= 2**63:
            return []
        with self._access.reading() as connection:
            rows: Sequence[Any] = tables.FEED.run(connection, after=after, most=PAGE).all()
        return [(position, as_text(course), as_text(text)) for position, course, text in rows]

    # Protocols

    def keep_protocol(self, digest: str, text: str) -> None:
        """Keep a protocol's text under its digest; `StoreError` when it has another one."""
        if not storable(digest) or not storable(text):
            raise StoreError("a protocol and its digest must be plain text; nothing was kept")
        kept = self._kept(digest)
        if kept is None:
            self._check_writable()
            self._keep(digest, text)
            kept = self._kept(digest)
        if kept != text:
            raise StoreError("another text is kept under that digest")

    @tells_failures
    def _keep(self, digest: str, text: str) -> None:
        with self._access.writing() as connection:
            tables.KEEP_PROTOCOL.run(connection, digest=digest, text=text)

    @tells_failures
    def _kept(self, digest: str) -> str | None:
        with self._access.reading() as connection:
            kept = tables.PROTOCOL.run(connection, digest=digest).scalar_one_or_none()
            return None if kept is None else as_text(kept)

    def protocol(self, digest: str) -> str:
        """The text kept under a digest; `UnknownDigest` when there is none."""
        kept = self._kept(digest) if storable(digest) else None
        if kept is None:
            raise UnknownDigest(digest)
        return kept

    def _check_writable(self) -> None:
        if self._read_only:
            raise StoreError("this store was opened for reading only; nothing was kept")
