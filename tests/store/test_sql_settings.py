"""Each connection waits for the disk at a commit, and what it says of itself is read back and believed only then."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

import iptengine as ipt
import postgres
from iptengine.store.journals import wal_is_sound
from iptengine.store.sql import postgres as settings
from iptengine.store.sql import sqlite
from stores import fresh_url, opened


def stands(store: ipt.SqlStore, *names: str) -> list[object]:
    asked = "PRAGMA {}" if store._access.dialect == "sqlite" else "SHOW {}"
    with store._access.writing() as connection:
        return [connection.execute(text(asked.format(name))).scalar_one() for name in names]


def test_an_sqlite_connection_keeps_a_journal_and_waits_for_the_disk() -> None:
    store = opened(fresh_url("sqlite"))
    names = ("journal_mode", "synchronous", "fullfsync", "busy_timeout", "query_only")
    assert stands(store, *names) == ["truncate", 2, 1, 60_000, 0]


def test_a_setting_that_sqlite_does_not_take_is_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    said = sqlite.pragma
    monkeypatch.setattr(sqlite, "pragma", lambda found, name: 1 if name == "synchronous" else said(found, name))
    with pytest.raises(ipt.StoreError) as caught:
        ipt.open_store(fresh_url("sqlite"))
    assert str(caught.value) == (
        "SQLite does not take the setting synchronous = 2: it stands at 1. Nothing was written; a store needs that "
        "setting so that nothing recorded is lost"
    )


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_a_write_ahead_log_is_for_versions_of_sqlite_with_the_fix(version: tuple[int, ...], sound: bool) -> None:
    assert wal_is_sound(version) is sound


def test_a_write_ahead_log_is_refused_where_sqlite_can_damage_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.51.2")
    with pytest.raises(ipt.StoreError) as caught:
        ipt.open_store(fresh_url("sqlite"), wal=True)
    assert str(caught.value) == (
        "SQLite 3.51.2 can damage a database in WAL mode; that needs 3.51.3 or later (or 3.50.7 of 3.50, or 3.44.6 of "
        "3.44). Leave wal=True out"
    )


def test_a_write_ahead_log_is_kept_where_it_is_asked_for_and_put_away_where_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    url = fresh_url("sqlite")
    with ipt.open_store(url, wal=True) as store:
        store.append("a", ["1"], expected=0)
        assert stands(store, "journal_mode", "synchronous") == ["wal", 2]
    store = opened(url)
    assert stands(store, "journal_mode") == ["truncate"]
    assert store.read("a") == ("1",)


def test_a_write_ahead_log_that_another_program_still_uses_cannot_be_put_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.1)
    url = fresh_url("sqlite")
    other = sqlite3.connect(url.removeprefix("sqlite:///"))
    other.execute("PRAGMA journal_mode = wal")
    other.execute("CREATE TABLE t (x)")
    with pytest.raises(ipt.StoreError) as caught:
        ipt.open_store(url)
    assert str(caught.value) == (
        "another program has held the database's lock for too long; nothing was kept, try again"
    )
    other.close()
    opened(url).append("a", ["1"], expected=0)


def test_an_old_sqlite_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.37.2")
    with pytest.raises(ipt.StoreError, match=r"^SQLite 3.37.2 is too old for a store; it needs 3.38 or later$"):
        ipt.open_store(fresh_url("sqlite"))


def test_a_postgresql_connection_waits_for_the_disk_although_the_server_would_not() -> None:
    server = postgres.server()
    name = server.fresh_database()
    with server.connect() as connection:
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = serializable")
    with server.connect(name) as plain:
        assert plain.execute("SHOW synchronous_commit").fetchone() == ("off",)
    store = opened(server.url(name))
    names = ("synchronous_commit", "lock_timeout", "transaction_isolation")
    assert stands(store, *names) == ["on", "1min", "read committed"]


@pytest.mark.parametrize(
    ("name", "wanted", "found"), [("synchronous_commit", ("remote_apply",), "on"), ("fsync", ("always",), "on")]
)
def test_a_server_that_could_lose_what_it_has_told_is_refused(
    name: str, wanted: tuple[str, ...], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told of what the server stands at, and what it would have to stand at."""
    checked = settings._need
    monkeypatch.setattr(
        settings,
        "_need",
        lambda connection, asked, needed: checked(connection, asked, wanted if asked == name else needed),
    )
    with pytest.raises(ipt.StoreError) as caught:
        ipt.open_store(fresh_url("postgres"))
    assert str(caught.value) == (
        f"the PostgreSQL server has {name} = {found}; a store needs {name} = {wanted[0]}, so that nothing recorded is "
        "lost. Nothing was written"
    )


def test_a_postgresql_database_that_cannot_hold_every_letter_is_refused() -> None:
    server = postgres.server()
    with server.connect() as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(ipt.StoreError, match=r"^the PostgreSQL server has server_encoding = LATIN1; "):
        ipt.open_store(server.url("latin"))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_store_opened_for_reading_reads_and_writes_nothing(kind: str) -> None:
    url = fresh_url(kind)
    writes = opened(url)
    writes.append("a", ["1"], expected=0)
    writes.keep_protocol("d" * 64, "text")
    reads = opened(url, read_only=True)
    assert (reads.read("a"), list(reads.feed()), reads.protocol("d" * 64)) == (("1",), [(1, "a", "1")], "text")
    reads.keep_protocol("d" * 64, "text")
    for act in (lambda: reads.append("a", ["2"], expected=1), lambda: reads.keep_protocol("e" * 64, "text")):
        with pytest.raises(ipt.StoreError, match=r"^this store was opened for reading only; nothing was kept$"):
            act()
    reads._read_only = False
    with pytest.raises(ipt.StoreError):
        reads.append("a", ["2"], expected=1)
    assert writes.read("a") == ("1",)
    assert repr(reads).startswith("<SqlStore in ")


def test_a_reader_in_postgresql_stands_in_read_only_transactions() -> None:
    url = fresh_url("postgres")
    opened(url)
    with opened(url, read_only=True)._access.reading() as connection:
        assert connection.execute(text("SHOW transaction_read_only")).scalar_one() == "on"


@pytest.mark.parametrize(
    "url",
    ["clinic.db", "mysql://host/clinic", "postgresql+asyncpg://host/clinic", "sqlite+aiosqlite:///a.db", "://", ""],
)
def test_an_address_that_is_none_is_told_without_being_repeated(url: str) -> None:
    with pytest.raises(ipt.StoreError) as caught:
        ipt.open_store(url)
    assert str(caught.value) == (
        "a store is opened by sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE, and this address is neither "
        "of them"
    )
    assert caught.value.__context__ is None


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:a.db?uri=true"])
def test_an_sqlite_store_needs_a_file(url: str) -> None:
    with pytest.raises(ipt.StoreError, match="needs a file"):
        ipt.open_store(url)


def test_the_address_of_an_sqlite_store_is_a_path_and_nothing_else(tmp_path: Path) -> None:
    for url in ("sqlite:///a.db?mode=ro", "sqlite://host/a.db"):
        with pytest.raises(ipt.StoreError, match="is sqlite:/// and a path, and nothing else"):
            ipt.open_store(url)
    with pytest.raises(ipt.StoreError, match=r"^there is no folder "):
        ipt.open_store(f"sqlite:///{tmp_path}/none/a.db")
    with pytest.raises(ipt.StoreError, match=r"^there is no file "):
        ipt.open_store(f"sqlite:///{tmp_path}/a.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_path_may_hold_what_an_address_has_a_meaning_for(tmp_path: Path) -> None:
    with ipt.open_store(f"sqlite:///{tmp_path}/Klinik Süd? 100%25 #1.db".replace("?", "%3F")) as store:
        store.append("a", ["1"], expected=0)
    assert sorted(found.name.removesuffix("-journal") for found in tmp_path.iterdir())[0] == "Klinik Süd? 100% #1.db"


def test_postgresql_has_no_choice_of_journal() -> None:
    with pytest.raises(ipt.StoreError, match="for SQLite only"):
        ipt.open_store("postgresql://host/clinic", wal=True)


def test_without_psycopg_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    told = (
        r"^PostgreSQL needs the package psycopg: python -m pip install \"psycopg\[binary\]\"; "
        r"the extra \[postgres\] of iptengine brings it$"
    )
    with pytest.raises(ipt.StoreError, match=told):
        ipt.open_store("postgresql://host/clinic")


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(ipt.StoreError) as caught:
        ipt.open_store(f"postgresql://anna:s3cret@/clinic?host={tmp_path}")
    assert "s3cret" not in repr(caught.value)
    assert str(caught.value).startswith("the database cannot be reached")
    assert isinstance(psycopg.__version__, str)
