"""A store over the caller's connection takes part in the caller's transaction, and neither begins nor ends it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, text

import iptengine as ipt
from iptengine import BadInput, SqlStore, StaleVersion
from iptengine.testing import check_store
from stores import connected, engine_for, fresh_store, fresh_url, opened

SQL = ("sqlite", "postgres")


@pytest.fixture(params=SQL)
def url(request: pytest.FixtureRequest) -> str:
    url = fresh_url(request.param)
    opened(url)
    return url


@pytest.fixture
def caller(url: str) -> Iterator[Connection]:
    """An ordinary connection of an ordinary program, with a table of its own."""
    engine = engine_for(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE patients (name text)"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def add_patient(connection: Connection) -> None:
    connection.execute(text("INSERT INTO patients VALUES ('A.')"))


def patients(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM patients")).scalar_one())


@pytest.mark.parametrize("first", ["patient", "course"])
def test_what_the_caller_takes_back_was_never_there(caller: Connection, url: str, first: str) -> None:
    store = SqlStore(caller)
    if first == "patient":
        add_patient(caller)
    store.append("a", ["1", "2"], expected=0)
    store.keep_protocol("d" * 64, "text")
    if first == "course":
        add_patient(caller)
    assert store.read("a") == ("1", "2")
    caller.rollback()
    assert (store.read("a"), patients(caller)) == ((), 0)
    with pytest.raises(ipt.UnknownDigest):
        store.protocol("d" * 64)
    caller.rollback()
    assert opened(url).read("a") == ()


@pytest.mark.parametrize("first", ["patient", "course"])
def test_what_the_caller_keeps_is_all_there_and_not_before(caller: Connection, url: str, first: str) -> None:
    store = SqlStore(caller)
    beside = opened(url)
    if first == "patient":
        add_patient(caller)
    store.append("a", ["1", "2"], expected=0)
    store.append("a", ["3"], expected=2)
    if first == "course":
        add_patient(caller)
    assert beside.read("a") == ()
    caller.commit()
    assert beside.read("a") == ("1", "2", "3")
    assert patients(caller) == 1


def test_a_stale_append_leaves_the_callers_transaction_usable(caller: Connection, url: str) -> None:
    store = SqlStore(caller)
    store.append("a", ["1"], expected=0)
    caller.commit()
    add_patient(caller)
    store.append("b", ["x"], expected=0)
    for wrong in (0, 2):
        with pytest.raises(StaleVersion):
            store.append("a", ["2", "3"], expected=wrong)
    store.append("b", ["y"], expected=1)
    caller.commit()
    beside = opened(url)
    assert (beside.read("a"), beside.read("b"), patients(caller)) == (("1",), ("x", "y"), 1)


def test_a_stale_append_before_anything_else_opens_no_way_around_the_caller(caller: Connection, url: str) -> None:
    """The trap of a savepoint on SQLite: released as the outermost, it would commit."""
    store = SqlStore(caller)
    with pytest.raises(StaleVersion):
        store.append("a", ["2"], expected=1)
    store.append("a", ["1"], expected=0)
    caller.rollback()
    assert opened(url).read("a") == ()


def test_the_unique_key_decides_what_a_look_into_an_old_snapshot_cannot() -> None:
    """In REPEATABLE READ the caller does not see what others have committed since; the key does."""
    opened(url := fresh_url("postgres"))
    beside = opened(url)
    with connected(url, isolation_level="REPEATABLE READ") as connection:
        store = SqlStore(connection)
        assert store.read("a") == ()
        beside.append("a", ["theirs"], expected=0)
        assert store.read("a") == ()
        with pytest.raises(StaleVersion):
            store.append("a", ["mine"], expected=0)
        store.append("b", ["still usable"], expected=0)
        connection.commit()
    assert (beside.read("a"), beside.read("b")) == (("theirs",), ("still usable",))


def test_a_serialisation_failure_tells_the_caller_to_give_the_whole_transaction_again() -> None:
    opened(url := fresh_url("postgres"))
    beside = opened(url)
    with connected(url, isolation_level="REPEATABLE READ") as connection:
        store = SqlStore(connection)
        assert store.read("a") == ()
        beside.keep_protocol("d" * 64, "text")
        with pytest.raises(ipt.StoreError) as caught:
            store.keep_protocol("d" * 64, "text")
    assert str(caught.value) == (
        "two transactions stood in each other's way; roll back, and give the whole transaction again"
    )


def test_the_caller_commits_before_the_next_one_appends_so_that_the_feed_misses_nothing() -> None:
    opened(url := fresh_url("postgres"))
    beside = opened(url)
    with connected(url) as connection, beside._access.writing() as other:
        other.execute(text("SET LOCAL lock_timeout = 100"))
        connection.execute(text("SET LOCAL lock_timeout = 100"))
        with pytest.raises(ipt.StoreError, match="has held the database's lock for too long"):
            SqlStore(connection).append("a", ["1"], expected=0)


def test_the_callers_commit_waits_for_the_disk() -> None:
    opened(url := fresh_url("postgres"))
    with connected(url) as connection:
        connection.execute(text("SET synchronous_commit = off"))
        connection.commit()
        SqlStore(connection).append("a", ["1"], expected=0)
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
        connection.commit()
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "off"
        SqlStore(connection).keep_protocol("d" * 64, "text")
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"


@pytest.mark.parametrize(
    ("pragma", "sentence"),
    [
        ("synchronous = NORMAL", "this connection does not wait for the disk (PRAGMA synchronous is below FULL)"),
        ("journal_mode = MEMORY", "this connection keeps no journal on disk (journal_mode memory)"),
        ("journal_mode = OFF", "this connection keeps no journal on disk (journal_mode off)"),
    ],
)
def test_an_sqlite_connection_of_the_caller_that_could_lose_something_is_refused(pragma: str, sentence: str) -> None:
    url = fresh_url("sqlite")
    opened(url)
    engine = engine_for(url)
    event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}").close())
    with engine.connect() as connection, pytest.raises(ipt.StoreError) as caught:
        SqlStore(connection).append("a", ["1"], expected=0)
    engine.dispose()
    assert str(caught.value) == f"{sentence}; nothing was kept"


def test_a_connection_that_commits_by_itself_has_no_transaction_to_join() -> None:
    url = fresh_url("postgres")
    opened(url)
    with connected(url, isolation_level="AUTOCOMMIT") as connection, pytest.raises(ipt.StoreError, match="AUTOCOMMIT"):
        SqlStore(connection).append("a", ["1"], expected=0)


def test_a_connection_to_a_database_without_a_store_is_told_how_to_make_one() -> None:
    for kind in SQL:
        with connected(fresh_url(kind)) as connection:
            for act in (
                lambda c=connection: SqlStore(c).read("a"),
                lambda c=connection: SqlStore(c).append("a", ["1"], expected=0),
            ):
                with pytest.raises(ipt.StoreError) as caught:
                    act()
                connection.rollback()
                assert str(caught.value) == (
                    "there is no store in this database yet; open it once with iptengine.open_store"
                )


def test_the_callers_connection_stays_the_callers(caller: Connection) -> None:
    with SqlStore(caller) as store:
        store.append("a", ["1"], expected=0)
        assert repr(store) == "<SqlStore in the caller's connection>"
    assert not caller.closed
    assert store.read("a") == ("1",)
    with pytest.raises(ipt.StoreError, match="for PostgreSQL, use pg_dump"):
        store.back_up("copy.db")


@pytest.mark.parametrize("kind", SQL)
def test_a_store_over_a_connection_keeps_the_contract_too(kind: str) -> None:
    made = []

    def factory() -> SqlStore:
        url = fresh_url(kind)
        opened(url)
        engine = engine_for(url)
        made.append((engine, engine.connect()))
        return SqlStore(made[-1][1])

    check_store(factory, threads=1, lists=True)
    for engine, connection in made:
        connection.close()
        engine.dispose()
    assert fresh_store(kind).read("a") == ()


def test_an_engine_is_no_connection_and_is_told(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/clinic.db")
    for given in (engine, None):
        with pytest.raises(BadInput) as caught:
            SqlStore(given)  # type: ignore[arg-type]
        assert str(caught.value) == (
            "a store takes part in an open connection, such as engine.connect() gives; open_store opens its own"
        )
    engine.dispose()
