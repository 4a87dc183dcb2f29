"""How a store comes by a connection: from an engine of its own, or from its caller's transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Protocol

from sqlalchemy import Connection, Engine

from iptengine.diagnostics import BadInput
from iptengine.store.journals import wal_is_sound
from iptengine.store.port import StoreError
from iptengine.store.sql.forks import transaction_on, true_name
from iptengine.store.sql.postgres import lock_order, wait_for_the_disk
from iptengine.store.sql.sqlite import WAIT_SECONDS, pragma


class Access(Protocol):
    """Where a store reads and writes: `joins` says that it does so in a transaction that is not its own."""

    name: str
    dialect: str
    file: Path | None
    joins: bool

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """A connection to write with: what is written inside is kept whole, or not at all."""
        ...

    def close(self) -> None:
        """Let go of what the store itself has opened."""
        ...


class OwnEngine:
    """A transaction of the store's own for each call, on connections that never cross into another process.

    A connection that was opened before a fork is not used after it, and not closed either: closing an SQLite
    connection that was in the middle of a transaction would undo, in the file, what the parent is still writing. On
    SQLite, a process that was forked in the middle of one is told so (`iptengine.store.sql.forks`).
    """

    def __init__(self, name: str, make: Callable[[], Engine], file: Path | None = None) -> None:
        self.name = name
        self.file = file
        self._true_name = true_name(file) if file is not None else None
        self.joins = False
        self._make = make
        self._left_behind: list[Engine] = []
        self._begin_here()
        self.dialect = self._engine.dialect.name

    def _begin_here(self) -> None:
        self._engine = self._make()
        self._turn = Lock()
        self._born_in = os.getpid()

    def _check_process(self) -> None:
        if self._born_in != os.getpid():
            self._left_behind.append(self._engine)
            self._begin_here()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self._check_process()
        with self._remembered(), self._engine.connect() as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        self._check_process()
        if self.dialect == "sqlite":
            with self._my_turn(), self._remembered(), self._engine.begin() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
            return
        with self._engine.begin() as connection:
            lock_order(connection)
            yield connection

    def _remembered(self) -> AbstractContextManager[None]:
        return transaction_on(self._true_name) if self._true_name is not None else nullcontext()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """One writing thread at a time: SQLite lets the others sleep and try, and may pass one over for long."""
        turn = self._turn
        if not turn.acquire(timeout=WAIT_SECONDS):
            raise StoreError("other threads have held the database's lock for too long; nothing was kept, try again")
        try:
            yield
        finally:
            turn.release()

    def close(self) -> None:
        self._check_process()
        self._engine.dispose()


class CallersConnection:
    """The caller's own connection: nothing of the caller's is begun, committed or rolled back.

    On PostgreSQL a failed statement spoils its whole transaction, so each append stands in a savepoint. On SQLite it
    does not, and a savepoint would: where the driver has not begun a transaction yet, as it does late, releasing the
    savepoint commits. There the append is one statement, which SQLite keeps whole or not at all.
    """

    def __init__(self, connection: Connection) -> None:
        given: object = connection
        if not isinstance(given, Connection):
            told = "a store takes part in an open connection, such as engine.connect() gives; open_store opens its own"
            raise BadInput("connection", told)
        self.dialect = connection.dialect.name
        if self.dialect not in ("sqlite", "postgresql"):
            raise StoreError(f"a store lives in SQLite or PostgreSQL, not in {self.dialect}")
        self.name = "the caller's connection"
        self.file: Path | None = None
        self.joins = True
        self._connection = connection
        self._checked = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        yield self._connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        connection = self._connection
        if self.dialect == "sqlite":
            self._check_sqlite()
            yield connection
            return
        self._check_postgresql()
        with connection.begin_nested():
            wait_for_the_disk(connection)
            lock_order(connection)
            yield connection

    def _check_sqlite(self) -> None:
        if self._checked:
            return
        driver: object = self._connection.connection.dbapi_connection
        if not isinstance(driver, sqlite3.Connection):
            raise StoreError("a store in the caller's SQLite connection needs the driver of the standard library")
        if pragma(driver, "synchronous") < 2:
            raise StoreError(
                "this connection does not wait for the disk (PRAGMA synchronous is below FULL); nothing was kept"
            )
        mode = pragma(driver, "journal_mode")
        if mode in ("off", "memory") and _in_a_file(driver):
            raise StoreError(f"this connection keeps no journal on disk (journal_mode {mode}); nothing was kept")
        if mode == "wal" and not wal_is_sound(sqlite3.sqlite_version_info):
            raise StoreError(
                f"this database is in WAL mode, and SQLite {sqlite3.sqlite_version} can damage it in that mode; "
                "nothing was kept"
            )
        self._checked = True

    def _check_postgresql(self) -> None:
        if getattr(self._connection.connection.dbapi_connection, "autocommit", False):
            raise StoreError(
                "this connection commits by itself (AUTOCOMMIT); a store needs one with a transaction to join"
            )

    def close(self) -> None:
        """Nothing: the connection is the caller's."""


def _in_a_file(driver: sqlite3.Connection) -> bool:
    return any(name == "main" and file for _, name, file in driver.execute("PRAGMA database_list"))
