"""What a store may trust a database with: said once, for every store that lives in SQLite or PostgreSQL."""

from __future__ import annotations


def wal_is_sound(version: tuple[int, ...]) -> bool:
    """Whether a version of SQLite has the correction of 2026, without which a write-ahead log can damage the file."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def server_may_lose(name: str, found: object, wanted: str) -> str:
    """That a setting of a PostgreSQL server lets it lose what it has told as saved."""
    return (
        f"the PostgreSQL server has {name} = {found}; a store needs {name} = {wanted}, so that nothing recorded is "
        "lost. Nothing was written"
    )
