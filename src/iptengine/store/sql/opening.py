"""Opening a store by its address."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, exc, make_url

from iptengine.store.port import StoreError
from iptengine.store.sql.access import OwnEngine
from iptengine.store.sql.postgres import postgresql_engine
from iptengine.store.sql.schema import bring_up_to_date
from iptengine.store.sql.sqlite import sqlite_engine
from iptengine.store.sql.store import SqlStore

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql",
    "postgresql+psycopg": "postgresql",
}


def open_store(url: str, *, read_only: bool = False, wal: bool = False) -> SqlStore:
    """The store at an address; made when there is none, and moved forward when an older library has written it.

    Args:
        url: ``sqlite:///clinic.db`` (three slashes and a path, four for one from the root), or
            ``postgresql://user:password@host/database``.
        read_only: Open it so that nothing can be written; it must be there, and of this library's schema.
        wal: SQLite only: keep a write-ahead log, where readers and a writer do not wait for each other.
            Refused where this machine's SQLite can damage a database in that mode.

    Raises:
        StoreError: It cannot be opened, was written by a newer library, or does not take a setting that it needs.

    Example:
        >>> import tempfile, iptengine as ipt
        >>> folder = tempfile.TemporaryDirectory()
        >>> with ipt.open_store(f"sqlite:///{folder.name}/clinic.db") as store:
        ...     clinic = ipt.Clinic(store, [ipt.load("ipt-adult")])
        >>> folder.cleanup()
    """
    parsed = _parsed(url)
    if _DRIVERS[parsed.drivername] == "sqlite":
        access = _sqlite(parsed, read_only, wal)
    elif wal:
        raise StoreError("wal=True is for SQLite only; PostgreSQL always keeps a write-ahead log")
    else:
        access = OwnEngine(
            f"the PostgreSQL database {parsed.database or ''}".strip(),
            lambda: postgresql_engine(parsed, read_only=read_only),
        )
    try:
        bring_up_to_date(access, read_only=read_only)
    except BaseException:
        access.close()
        raise
    return SqlStore._over(access, read_only=read_only)


def _parsed(url: str) -> URL:
    parsed = None
    with suppress(exc.ArgumentError, ValueError):
        parsed = make_url(url)
    if parsed is None or parsed.drivername not in _DRIVERS:
        raise StoreError(
            "a store is opened by sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE, and this address is "
            "neither of them"
        )
    return parsed


def _sqlite(url: URL, read_only: bool, wal: bool) -> OwnEngine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError("an SQLite store needs a file (sqlite:///clinic.db); without one, use iptengine.MemoryStore")
    if url.query or url.host or url.username:
        raise StoreError("the address of an SQLite store is sqlite:/// and a path, and nothing else")
    path = Path(url.database).absolute()
    if read_only and not path.is_file():
        raise StoreError(f"there is no file {path}")
    if not path.parent.is_dir():
        raise StoreError(f"there is no folder {path.parent}")
    return OwnEngine(str(path), lambda: sqlite_engine(path, read_only=read_only, wal=wal), path)
