"""What a database says when it fails, told in a sentence that shows nothing of what is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import exc

from iptengine.store.port import StoreError

P = ParamSpec("P")
T = TypeVar("T")

TRY_AGAIN = frozenset({"40001", "40P01"})
"""Two transactions stood in each other's way, and PostgreSQL has taken one of them back."""

DAMAGED = "the file is damaged; restore a backup"
NOT_AS_MADE = "its tables are not as this library makes them, so nothing was kept; restore a backup"
_SQLITE = {
    "SQLITE_BUSY": "another program has held the database's lock for too long; nothing was kept, try again",
    "SQLITE_LOCKED": "another connection has held the database's lock for too long; nothing was kept, try again",
    "SQLITE_READONLY": "the file, or the folder it lies in, cannot be written to; nothing was kept",
    "SQLITE_CANTOPEN": "the file, or one beside it, cannot be opened; is its folder there, and can it be written to?",
    "SQLITE_FULL": "the disk is full; nothing was kept",
    "SQLITE_NOTADB": "the file is no SQLite database",
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_IOERR": "the disk cannot be read or written; nothing was kept",
    "SQLITE_NOMEM": "there is too little memory; nothing was kept",
    "SQLITE_PERM": "the file may not be used by this user",
    "SQLITE_TOOBIG": "a text is longer than SQLite can keep; nothing was kept",
    "SQLITE_INTERRUPT": "the database was interrupted; nothing was kept",
    "SQLITE_CONSTRAINT": NOT_AS_MADE,
}
_SQLITE_ROLLBACK = (
    "a program was stopped while it wrote, and what it left can only be put right by a store opened for writing"
)

_POSTGRESQL = {
    "23": NOT_AS_MADE,
    "08": "the connection to the database broke; whether the last append was kept is told by reading the course again",
    "25006": "the database, or this connection, is read-only; nothing was kept",
    "28": "the database does not let this user in",
    "3D000": "there is no database of that name",
    "40": "two transactions stood in each other's way; roll back, and give the whole transaction again",
    "42501": "the database does not allow this user to do that",
    "42P01": "there is no store in this database yet; open it once with iptengine.open_store",
    "53": "the database has run out of disk, memory or connections; nothing was kept",
    "55P03": "another program has held the database's lock for too long; nothing was kept, try again",
    "57": "the database was shut down or interrupted; whether the last append was kept is told by reading the course "
    "again",
}
_GONE = (
    "the database cannot be reached, or the connection to it broke; whether the last append was kept is told by "
    "reading the course again"
)
_NO_TABLES = "there is no store in this database yet; open it once with iptengine.open_store"


def tells_failures(act: Callable[P, T]) -> Callable[P, T]:
    """`act`, with every failure of the database as a `StoreError` that does not carry the failure along.

    It is raised outside of the `except`: a driver's error holds the parameters, and they hold patient text.
    """

    @wraps(act)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return act(*args, **kwargs)
        except exc.SQLAlchemyError as error:
            failure = sentence(error)
        except UnicodeDecodeError:  # by the driver: a name or a text in the file is no text any more
            failure = DAMAGED
        raise StoreError(failure)

    return told


def sentence(error: exc.SQLAlchemyError) -> str:
    """What went wrong, by the database's own code for it."""
    if isinstance(error, exc.TimeoutError):
        return "every connection to the database is in use; nothing was kept, try again"
    if not isinstance(error, exc.DBAPIError):
        return f"the database could not be used ({type(error).__name__})"
    return driver_sentence(error.orig)


def driver_sentence(error: BaseException | None) -> str:
    """What went wrong, by the code in an error of sqlite3 or psycopg."""
    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        return _told_by_sqlite(name, str(error))
    if isinstance(error, sqlite3.Error) and "Could not decode" in str(error):
        return DAMAGED  # sqlite3 has no code for what it cannot read as text
    state = sqlstate(error)
    if state is None:
        return _GONE
    for length in (5, 2):
        if state[:length] in _POSTGRESQL:
            return _POSTGRESQL[state[:length]]
    return f"the database refused it (SQLSTATE {state})"


def _told_by_sqlite(name: str, text: str) -> str:
    if name in ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY"):
        return _SQLITE_ROLLBACK
    if name == "SQLITE_ERROR" and text.startswith("no such table: iptengine_"):
        return _NO_TABLES
    plain = "_".join(name.split("_")[:2])
    return _SQLITE.get(plain, f"the database refused it ({name})")


def sqlstate(error: BaseException | None) -> str | None:
    """PostgreSQL's code for a failure; ``None`` where the server could say nothing any more."""
    found = getattr(error, "sqlstate", None)
    return found if isinstance(found, str) else None
