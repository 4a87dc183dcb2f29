"""A statement of the store: written once, compiled once for each driver, and given to it as it is.

SQLAlchemy opens, counts and ends the transaction around it, and tells its failures; what it is not asked to do is to
work out the statement anew each time it is run, which would cost more than the database does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, text


class Statement:
    """What is asked of a database, with ``:name`` for each value.

    Args:
        written: The statement, for SQLite and PostgreSQL.
        postgresql: As it is written for PostgreSQL, where that needs other words.
    """

    def __init__(self, written: str, postgresql: str = "") -> None:
        self._written = {"sqlite": written.strip(), "postgresql": (postgresql or written).strip()}
        self._compiled: dict[tuple[str, str, str], tuple[str, tuple[str, ...] | None]] = {}

    def __str__(self) -> str:
        return self._written["sqlite"]

    def run(self, connection: Connection, **values: Any) -> CursorResult[Any]:
        """Run it on a connection, in its transaction."""
        told, names = self._for(connection.dialect)
        return connection.exec_driver_sql(told, values if names is None else tuple([values[name] for name in names]))

    def _for(self, dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
        """As the driver takes it, and the names of its values in their order where it takes them by place."""
        driver = dialect.name, dialect.driver, dialect.paramstyle
        found = self._compiled.get(driver)
        if found is None:
            made = text(self._written[dialect.name]).compile(dialect=dialect)
            names = getattr(made, "positiontup", None)
            found = self._compiled[driver] = (str(made), None if names is None else tuple(names))
        return found
