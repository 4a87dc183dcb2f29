"""Fresh stores for the tests. Which kind is said by IPTENGINE_STORE (memory, sqlite, postgres); memory by default."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine

import iptengine as ipt
import postgres

KINDS = ("memory", "sqlite", "postgres")
_made: list[ipt.SqlStore] = []


def fresh_store(kind: str = "") -> ipt.Store:
    """An empty store; one in a database is closed when the test ends."""
    kind = kind or os.environ.get("IPTENGINE_STORE", "memory")
    assert kind in KINDS, f"IPTENGINE_STORE is {kind!r}; it must be one of {', '.join(KINDS)}"
    if kind == "memory":
        return ipt.MemoryStore()
    return opened(fresh_url(kind))


def fresh_url(kind: str) -> str:
    """The address of a database, or a part of one, that nobody has used."""
    if kind == "postgres":
        return postgres.server().fresh_schema()
    return f"sqlite:///{Path(_folder().name) / uuid4().hex}.db"


def opened(url: str, **settings: bool) -> ipt.SqlStore:
    """The store at an address; closed when the test ends."""
    store = ipt.open_store(url, **settings)
    _made.append(store)
    return store


def engine_for(url: str, **settings: Any) -> Engine:
    """An engine of an ordinary program over the database at an address."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), **settings)


@contextmanager
def connected(url: str, **settings: Any) -> Iterator[Connection]:
    """A connection of a program that ends with it."""
    engine = engine_for(url, **settings)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def close_all() -> None:
    """Close what the test has opened."""
    while _made:
        _made.pop().close()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="iptengine-stores-")


def is_empty(store: ipt.Store, *digests: str) -> bool:
    """Whether no event stands in a store, and no protocol of these digests is kept in it."""
    return not list(store.feed()) and not any(keeps(store, digest) for digest in digests)


def keeps(store: ipt.Store, digest: str) -> bool:
    """Whether a store keeps the protocol of a digest."""
    try:
        return bool(store.protocol(digest))
    except ipt.UnknownDigest:
        return False


class FreshStore:
    """A fresh store of the kind in use, for a test that changes one of its methods."""

    def __init__(self) -> None:
        self._fresh = fresh_store()

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        return self._fresh.read(course, after)

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        self._fresh.append(course, events, expected=expected)

    def feed(self, after: int = 0) -> Iterator[tuple[int, str, str]]:
        return self._fresh.feed(after)

    def keep_protocol(self, digest: str, text: str) -> None:
        self._fresh.keep_protocol(digest, text)

    def protocol(self, digest: str) -> str:
        return self._fresh.protocol(digest)
