"""The schema of a store: made, moved forward, and looked at. Alembic is loaded only where one of the first two is due.

A store is only ever moved forward. One of a newer library is left alone.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from iptengine.store.port import StoreError
from iptengine.store.sql.access import Access
from iptengine.store.sql.failures import tells_failures
from iptengine.store.sql.tables import SCHEMA, SCHEMA_TABLE
from iptengine.store.texts import as_text

MIGRATIONS = Path(__file__).parent / "migrations"


@tells_failures
def bring_up_to_date(access: Access, *, read_only: bool) -> None:
    """Make the tables of a new store, or move those of an older one forward; one program at a time, all or nothing."""
    with access.reading() as connection:
        stands = schema_of(connection)
    if stands == SCHEMA:
        return
    _check_not_newer(stands)
    if read_only:
        raise StoreError(
            "there is no store in this database yet"
            if stands is None
            else f"this store has the older schema {stands}; open it once for writing, which moves it forward"
        )
    with access.writing() as connection:
        # Another program may have done it while this one waited.
        _check_not_newer(schema_of(connection))
        move_forward(connection, SCHEMA)


def schema_of(connection: Connection) -> str | None:
    """The schema a database has; ``None`` where there is no store in it yet."""
    if not inspect(connection).has_table(SCHEMA_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {SCHEMA_TABLE}")).scalar_one_or_none()
    return None if found is None else as_text(found)


def _check_not_newer(stands: str | None) -> None:
    if stands is not None and stands > SCHEMA:
        raise StoreError(
            f"this store was written by a newer iptengine (schema {stands}; this one knows {SCHEMA}); use that one"
        )


def move_forward(connection: Connection, to: str) -> None:
    """Run the migrations that are missing, in the transaction of `connection`."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with EnvironmentContext(config, scripts, fn=lambda found, _: scripts._upgrade_revs(to, found)) as environment:
        environment.configure(connection=connection, version_table=SCHEMA_TABLE, transactional_ddl=True)
        environment.run_migrations()
