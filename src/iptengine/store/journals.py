"""Which journals of SQLite a store may trust: said once, for every store that lives in it."""

from __future__ import annotations


def wal_is_sound(version: tuple[int, ...]) -> bool:
    """Whether a version of SQLite has the correction of 2026, without which a write-ahead log can damage the file."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
