"""Fresh stores for the tests. Which kind is said by IPTENGINE_STORE (memory, sqlite, postgres); memory by default."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from uuid import uuid4

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


def close_all() -> None:
    """Close what the test has opened."""
    while _made:
        _made.pop().close()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="iptengine-stores-")
