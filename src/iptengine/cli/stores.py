"""Opening the store that a command works on, and the key its events are sealed with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from iptengine.cli import screen
from iptengine.store.port import StoreError

if TYPE_CHECKING:
    from iptengine.store.sql.store import SqlStore


def store_at(address: str, *, read_only: bool = False) -> SqlStore:
    """The store at an address or, as a short form for SQLite, at a path.

    A store that is only read is never made: a path without a file is a mistake, not an empty store.
    """
    from iptengine.store.sql.opening import open_store

    url = address if "://" in address else f"sqlite:///{address}"
    try:
        return open_store(url, read_only=read_only)
    except StoreError as error:
        raise screen.Unclear(str(error)) from None


def key_in(file: str | None) -> bytes | None:
    """The bytes of a key file."""
    return Path(file).read_bytes() if file else None
