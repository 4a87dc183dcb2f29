"""A backup of an SQLite store while others write to it: SQLite's own, checked before it gets its name."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from iptengine.store.folders import synced
from iptengine.store.port import StoreError
from iptengine.store.sql.failures import driver_sentence
from iptengine.store.sql.forks import transaction_on, true_name
from iptengine.store.sql.sqlite import WAIT_SECONDS, connected
from iptengine.store.sql.tables import EVENTS_TABLE, SCHEMA_TABLE

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_WITH_A_HOLE = f"SELECT course FROM {EVENTS_TABLE} GROUP BY course HAVING min(version) <> 1 OR max(version) <> count(*)"


def back_up(source: Path, target: Path) -> None:
    """Copy the store in `source` to the new file `target`; see `SqlStore.back_up`."""
    target = target.absolute()
    part = target.with_name(target.name + ".part")
    if target.exists():
        raise StoreError(f"there is a file {target} already; a backup never writes over one")
    failure = ""
    try:
        _reserve(part)
        try:
            _copy(source, part)
            _name(part, target)
        finally:
            _remove(part)
        synced(target.parent)
    except sqlite3.Error as error:
        failure = f"the backup was not made: {driver_sentence(error)}"
    except OSError as error:
        failure = f"the backup was not made: {error.strerror}"
    if failure:
        raise StoreError(failure)


def _reserve(part: Path) -> None:
    """Make the file the copy grows in: readable by nobody else until it has the rights of the store itself."""
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise StoreError(
            f"there is a file {part} already: a backup under way, or one that was broken off; remove it if none is"
        ) from None


def _name(part: Path, target: Path) -> None:
    """Give the copy its name, and never over a file that came meanwhile; where there are no links, by renaming."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:
        part.rename(target)


def _copy(source: Path, part: Path) -> None:
    with (
        transaction_on(true_name(source)),
        closing(connected(source, read_only=True)) as store,
        closing(sqlite3.connect(part)) as copy,
    ):
        copy.execute("PRAGMA synchronous = FULL")
        # In one step: in several, a store that others write to would be begun again with every append.
        store.backup(copy, pages=-1, progress=_Patience(time.monotonic() + WAIT_SECONDS))
        # A store with a write-ahead log is copied as one; the copy is to be one file.
        copy.execute("PRAGMA journal_mode = TRUNCATE")
        _check(copy)
    shutil.copymode(source, part)


class _Patience:
    """Ends a backup that waits for a lock for too long; SQLite itself would go on for ever."""

    def __init__(self, until: float) -> None:
        self._until = until

    def __call__(self, status: int, remaining: int, total: int) -> None:
        if status in _BUSY and time.monotonic() > self._until:
            raise StoreError("the backup was not made: another program has held the database's lock for too long")


def _check(copy: sqlite3.Connection) -> None:
    found = copy.execute("PRAGMA integrity_check").fetchone()
    if found != ("ok",):
        raise StoreError("the backup was not kept: it is damaged, and so the store may be; restore an older backup")
    if copy.execute(f"SELECT count(*) FROM {SCHEMA_TABLE}").fetchone() != (1,):
        raise StoreError("the backup was not kept: it does not say of which schema it is")
    damaged = copy.execute(_WITH_A_HOLE).fetchone()
    if damaged is not None:
        raise StoreError(
            f"the backup was not kept: the course '{damaged[0]}' has a hole in it, and so it has in the store; restore "
            "an older backup"
        )


def _remove(part: Path) -> None:
    for name in (part.name, part.name + "-journal"):
        with suppress(FileNotFoundError):
            part.with_name(name).unlink()
