"""Connections to PostgreSQL: each waits for the disk at every commit, and is asked whether it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from iptengine.diagnostics import missing_package
from iptengine.store.journals import server_may_lose
from iptengine.store.port import StoreError
from iptengine.store.sql.failures import driver_sentence
from iptengine.store.sql.quiet import quiet_settings
from iptengine.store.sql.statements import Statement
from iptengine.store.sql.tables import EVENTS_TABLE

if TYPE_CHECKING:
    import psycopg

WAIT_SECONDS = 60
SYNCED = ("on", "remote_apply")
"""What `synchronous_commit` may stand at: a commit is told when it has reached the disk."""

# Each store of a database has its own lock, told apart by its table: two in two schemas do not wait for each other.
_LOCK = Statement(
    "SELECT pg_advisory_xact_lock((CAST(1768846446 AS bigint) << 32) "
    f"+ coalesce(CAST(CAST(to_regclass('{EVENTS_TABLE}') AS oid) AS bigint), 0))"
)


def postgresql_engine(url: URL, *, read_only: bool) -> Engine:
    """An engine over a PostgreSQL database through psycopg 3. A connection is made when it is first used."""
    try:
        import psycopg
    except ImportError:
        raise StoreError(missing_package("PostgreSQL", "psycopg[binary]", "postgres")) from None

    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=24,
        pool_timeout=WAIT_SECONDS,
        connect_args={} if "connect_timeout" in url.query else {"connect_timeout": 10},
        **quiet_settings(),
    )

    @event.listens_for(engine, "connect")
    def checked(connection: psycopg.Connection[Any], record: object) -> None:
        failure = ""
        try:
            _settle(connection, read_only)
        except psycopg.Error as error:
            failure = driver_sentence(error)
        except StoreError as error:
            failure = str(error)
        if failure:
            connection.close()
            raise StoreError(failure)

    return engine


def _settle(connection: psycopg.Connection[Any], read_only: bool) -> None:
    _need(connection, "server_encoding", ("UTF8",))
    _need(connection, "fsync", ("on",))
    connection.execute("SET synchronous_commit = on")
    _need(connection, "synchronous_commit", SYNCED)
    connection.execute(f"SET lock_timeout = {int(WAIT_SECONDS * 1000)}")
    if read_only:
        connection.execute("SET default_transaction_read_only = on")
    connection.commit()
    if read_only:
        _need(connection, "transaction_read_only", ("on",))
        connection.rollback()


def _need(connection: psycopg.Connection[Any], name: str, wanted: tuple[str, ...]) -> None:
    (found,) = connection.execute(f"SHOW {name}").fetchone() or ("",)
    if found not in wanted:
        raise StoreError(server_may_lose(name, found, wanted[0]))


def lock_order(connection: Connection) -> None:
    """Let one append at a time be under way, so that positions grow in the order of the commits.

    Taken until the transaction ends. Without it, who follows the feed could pass by a position that is written first
    and committed last.
    """
    _LOCK.run(connection)


def wait_for_the_disk(connection: Connection) -> None:
    """Let the caller's transaction wait for the disk at its commit, when the caller's connection would not."""
    if connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() not in SYNCED:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
