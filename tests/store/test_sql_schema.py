"""A store is made on its first opening, moved forward from every schema that ever was, and never moved back."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import iptengine as ipt
import postgres
from iptengine.store.rows import Asked, Row
from iptengine.store.sql import schema, tables
from stores import fresh_url, opened

SQL = ("sqlite", "postgres")
EXAMPLES = Path(__file__).parent / "schemas"


def every_schema() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    return sorted(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())


def loaded(kind: str, dump: str) -> str:
    """The address of a fresh database that holds what a dump of an earlier store says."""
    url = fresh_url(kind)
    if kind == "sqlite":
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.executescript(dump)
        connection.close()
    else:
        with psycopg.connect(url) as server:
            server.execute(dump)
    return url


@pytest.mark.parametrize("kind", SQL)
@pytest.mark.parametrize("number", every_schema())
def test_a_store_of_every_schema_that_ever_was_is_opened_with_all_that_is_in_it(kind: str, number: str) -> None:
    """A new schema needs its example: tests/store/schemas/NUMBER.sqlite.sql and NUMBER.postgres.sql, dumped."""
    url = loaded(kind, (EXAMPLES / f"{number}.{kind}.sql").read_text())
    store = opened(url)
    a = ('{"v":1,"note":"one"}', '{"v":1,"note":"\\ud800 half"}', '{"v":1,"note":"three"}')
    b = ('{"v":1,"note":"\' OR 1=1 --"}',)
    assert (store.read("a"), store.read("b-2")) == (a, b)
    assert list(store.feed()) == [(1, "a", a[0]), (2, "a", a[1]), (3, "b-2", b[0]), (4, "a", a[2])]
    assert store.protocol("a" * 64) == '{"title":"Grief 😀 é"}'
    kept = [Row("a", 3, "form 1", date(2026, 3, 3), date(2026, 3, 9), frozenset({"alerts"}), '{"note":"kept"}')]
    rows = [*(kept if number >= "0002" else [Row("a", 3)]), Row("b-2", 1)]
    assert list(store.rows(Asked(frozenset({"form 1"})))) == rows
    store.append("a", ["{}"], expected=3)
    assert list(store.rows(Asked(frozenset({"form 1"})))) == [Row("a", 4), Row("b-2", 1)]
    assert list(store.feed(4)) == [(5, "a", "{}")]
    assert columns(store) == columns(opened(fresh_url(kind)))


def columns(store: ipt.SqlStore) -> list[tuple[object, ...]]:
    """What a database says of its tables, each column with its type."""
    names = (tables.EVENTS_TABLE, tables.PROTOCOLS_TABLE, tables.LISTS_TABLE)
    with store._access.reading() as connection:
        if store._access.dialect == "sqlite":
            return [tuple(row) for name in names for row in connection.execute(text(f"PRAGMA table_info({name})"))]
        found = connection.execute(
            text(
                "SELECT table_name, column_name, data_type, is_nullable, is_identity FROM information_schema.columns "
                "WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
            )
        )
        return [tuple(row) for row in found]


def test_the_newest_migration_is_the_schema_this_library_knows() -> None:
    assert every_schema()[-1] == tables.SCHEMA
    assert [path.name.split(".")[0] for path in sorted(EXAMPLES.glob("*.sqlite.sql"))] == every_schema()


@pytest.mark.parametrize("kind", SQL)
def test_the_migrations_make_the_tables_that_the_code_speaks_of(kind: str) -> None:
    with opened(fresh_url(kind))._access.reading() as connection:
        migrated = MigrationContext.configure(connection, opts={"version_table": tables.SCHEMA_TABLE})
        assert compare_metadata(migrated, tables.metadata) == []


@pytest.mark.parametrize("kind", SQL)
def test_a_store_of_a_newer_library_is_left_alone(kind: str) -> None:
    url = fresh_url(kind)
    with opened(url)._access.writing() as connection:
        connection.execute(text("UPDATE iptengine_schema SET version_num = '9999'"))
    for read_only in (False, True):
        with pytest.raises(ipt.StoreError) as caught:
            ipt.open_store(url, read_only=read_only)
        assert str(caught.value) == (
            f"this store was written by a newer iptengine (schema 9999; this one knows {tables.SCHEMA}); use that one"
        )


@pytest.mark.parametrize("kind", SQL)
def test_where_there_is_no_store_yet_none_is_made_by_reading(kind: str) -> None:
    url = fresh_url(kind)
    if kind == "sqlite":
        sqlite3.connect(url.removeprefix("sqlite:///")).close()
        Path(url.removeprefix("sqlite:///")).touch()
    with pytest.raises(ipt.StoreError) as caught:
        ipt.open_store(url, read_only=True)
    assert str(caught.value) == "there is no store in this database yet"


@pytest.mark.parametrize("kind", SQL)
def test_a_migration_that_fails_leaves_nothing_behind(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = fresh_url(kind)
    whole = schema.move_forward

    def breaks(*given: object) -> None:
        whole(*given)  # type: ignore[arg-type]
        raise ipt.StoreError("the light went out")

    monkeypatch.setattr(schema, "move_forward", breaks)
    with pytest.raises(ipt.StoreError, match="the light went out"):
        ipt.open_store(url)
    monkeypatch.undo()
    store = opened(url)
    assert list(store.feed()) == []


def test_a_database_with_tables_of_its_own_can_hold_a_store_as_well() -> None:
    url = fresh_url("postgres")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE patients (id text)")
    opened(url).append("a", ["{}"], expected=0)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM patients").fetchone() == (0,)
    assert postgres.server().folder.exists()
