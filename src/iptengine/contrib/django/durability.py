"""What makes a commit stay: asked of the connection that writes, each time it writes.

On PostgreSQL an append waits for the others' transactions, so that positions grow in the order of commits, and
``synchronous_commit`` is turned on for its transaction; a server with ``fsync`` off is refused, asked once for each
connection. On SQLite one transaction writes at a time anyway; what its pragmas say cannot be changed inside a
transaction, so a weaker setting is refused.
"""

from __future__ import annotations

import re
from typing import cast
from weakref import WeakSet

from django.db.backends.base.base import BaseDatabaseWrapper

from iptengine.store.journals import server_may_lose, wal_is_sound
from iptengine.store.port import StoreError

LOCK = 0x1B7E_E61E
"""The advisory lock of all who append, in the database."""

FULL = 2
"""SQLite's number for ``synchronous=FULL``; above it is EXTRA."""


def take_turn(connection: BaseDatabaseWrapper) -> None:
    """Be the only one to append until the transaction ends, and see that its commit will stay."""
    make_durable(connection)
    if connection.vendor == "postgresql":
        answer(connection, f"SELECT pg_advisory_xact_lock({LOCK})")


def turn_is_free(connection: BaseDatabaseWrapper) -> bool:
    """Whether nobody appends just now; nobody else does then until the transaction ends."""
    if connection.vendor != "postgresql":
        return True  # SQLite lets one transaction write at a time
    return bool(answer(connection, f"SELECT pg_try_advisory_xact_lock({LOCK})"))


def make_durable(connection: BaseDatabaseWrapper) -> None:
    """See that the commit of this transaction will stay; `StoreError` when it may not."""
    if connection.vendor == "postgresql":
        _check_server(connection)
        if answer(connection, "SHOW synchronous_commit") == "off":
            answer(connection, "SELECT set_config('synchronous_commit', 'on', true)")
        return
    why = weakness(connection)
    if why:
        raise StoreError(f"the database '{connection.alias}' may lose what it is told: {why}; nothing was recorded")


def _check_server(connection: BaseDatabaseWrapper) -> None:
    """Refuse a server that does not wait for its disk: no connection can change that, so each is asked once."""
    if connection.connection in _WAITS_FOR_ITS_DISK:
        return
    found = answer(connection, "SHOW fsync")
    if found != "on":
        raise StoreError(server_may_lose("fsync", found, "on"))
    _WAITS_FOR_ITS_DISK.add(connection.connection)


_WAITS_FOR_ITS_DISK: WeakSet[object] = WeakSet()
"""The connections to PostgreSQL that were asked; Django makes a new one where the old has ended."""


def weakness(connection: BaseDatabaseWrapper) -> str:
    """What lets this SQLite database lose a commit or its file, and what to set; empty when nothing does."""
    if connection.vendor != "sqlite":
        return "courses are stored in SQLite or PostgreSQL only"
    if _in_memory(connection):
        return ""  # gone with the program by its nature: for tests
    journal = str(answer(connection, "PRAGMA journal_mode"))
    if journal in ("off", "memory"):
        return f"journal_mode is {journal.upper()}; set it to TRUNCATE in 'init_command'"
    if journal == "wal" and not wal_is_sound(sqlite_version(connection)):
        return "journal_mode is WAL, which this version of SQLite can corrupt; set it to TRUNCATE in 'init_command'"
    if int(str(answer(connection, "PRAGMA synchronous"))) < FULL:
        return "synchronous is less than FULL; set it to FULL in 'init_command'"
    return ""


def sqlite_version(connection: BaseDatabaseWrapper) -> tuple[int, ...]:
    """The version of the SQLite library in use."""
    return tuple(map(int, re.findall(r"\d+", str(answer(connection, "SELECT sqlite_version()")))))


def _in_memory(connection: BaseDatabaseWrapper) -> bool:
    return answer(connection, "SELECT file FROM pragma_database_list WHERE name = 'main'") == ""


def answer(connection: BaseDatabaseWrapper, sql: str) -> object:
    """The one value that a question to the database gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cast("tuple[object, ...]", cursor.fetchone())
    return row[0]
