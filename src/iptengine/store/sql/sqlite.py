"""Connections to an SQLite file: each waits for the disk at every commit, and says so when it is asked.

The stock driver's own transactions are off (they begin late, and never as IMMEDIATE): who opens a connection to read or
to write says BEGIN first (`iptengine.store.sql.access`), so that what writes has the write lock before it reads.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import QueuePool

from iptengine.store.journals import wal_is_sound
from iptengine.store.port import StoreError
from iptengine.store.sql.failures import driver_sentence
from iptengine.store.sql.quiet import quiet_settings

WAIT_SECONDS = 60
OLDEST = (3, 38, 0)
"""The first SQLite in which JSON is always there."""


def sqlite_engine(path: Path, *, read_only: bool, wal: bool) -> Engine:
    """An engine over the file. A connection is made when it is first used."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old for a store; it needs 3.38 or later")
    if wal and not wal_is_sound(sqlite3.sqlite_version_info):
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} can damage a database in WAL mode; that needs 3.51.3 or later (or "
            "3.50.7 of 3.50, or 3.44.6 of 3.44). Leave wal=True out"
        )
    mode = "wal" if wal else "truncate"
    return create_engine(
        "sqlite+pysqlite://",
        creator=lambda: connected(path, read_only=read_only, mode=mode),
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=-1,
        **quiet_settings(),
    )


def connected(path: Path, *, read_only: bool, mode: str = "truncate") -> sqlite3.Connection:
    """A connection of the driver with every setting set and read back."""
    failure = ""
    try:
        return _connected(path, read_only, mode)
    except sqlite3.Error as error:
        failure = driver_sentence(error)
    raise StoreError(failure)


def _connected(path: Path, read_only: bool, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    made = sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        # First of all, so that the others wait for a lock, too.
        _set(made, "busy_timeout", int(WAIT_SECONDS * 1000))
        if read_only:
            _set(made, "query_only", 1)
        else:
            _set(made, "journal_mode", mode)
            _set(made, "synchronous", 2)
            _set(made, "fullfsync", 1)
    except BaseException:
        made.close()
        raise
    return made


def _set(connection: sqlite3.Connection, name: str, wanted: int | str) -> None:
    connection.execute(f"PRAGMA {name} = {wanted}").close()
    found = pragma(connection, name)
    if found != wanted:
        raise StoreError(
            f"SQLite does not take the setting {name} = {wanted}: it stands at {found}. Nothing was written; a store "
            "needs that setting so that nothing recorded is lost"
        )


def pragma(connection: sqlite3.Connection, name: str) -> Any:
    """What a setting stands at."""
    row = connection.execute(f"PRAGMA {name}").fetchone()
    return row[0] if row else None
