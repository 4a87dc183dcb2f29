"""What a fork does to SQLite: it counts its locks for each process, and a fork copies the count without the locks.

A process that was forked while a thread of its parent was in a transaction takes that transaction's lock for its own.
It would read without a lock, so that others could write under its eyes, and never come to write itself. It cannot be
put right in that process, so it is told there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from iptengine.store.port import StoreError

_under_way: dict[str, set[object]] = {}
"""The transactions under way in this process, by the file."""

_spoilt: set[str] = set()
"""The files for which this process counts locks that it does not have."""


def true_name(file: Path) -> str:
    """The one name of a file, by whatever way it was come to."""
    return os.path.realpath(file)


@contextmanager
def transaction_on(name: str) -> Iterator[None]:
    """Remember that a transaction is under way on an SQLite file, for whoever is forked meanwhile.

    Args:
        name: What `true_name` says of the file; it is asked of the disk, so whoever uses a file often asks once.

    Raises:
        StoreError: This process was itself forked in the middle of one.
    """
    _remember_at_forks()
    if name in _spoilt:
        raise StoreError(
            "this program was forked while a thread of its parent used the store, and SQLite can no longer tell whose "
            "locks it holds; nothing was read or kept. Start the program anew, or fork while no thread uses the store"
        )
    here = _under_way.setdefault(name, set())
    mark = object()
    here.add(mark)
    try:
        yield
    finally:
        here.discard(mark)


@cache
def _remember_at_forks() -> None:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forked)


def _forked() -> None:
    _spoilt.update(name for name, here in _under_way.items() if here)
    _under_way.clear()
