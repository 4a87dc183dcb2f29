"""After an erasure no store holds a trace of key or text: in memory, SQLite and PostgreSQL, and in Django's on both.

In a database every cell of every table is searched, and every file that its server has written to since: tables,
write-ahead log, temporary files, the server's own log. Nothing is vacuumed before: what the words were enciphered with
is gone, so rows that are dead and log that is old are noise, too.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import canaries
import iptengine as ipt
import postgres
import stores
from canaries import ANNA, DAY, clinic
from erased import END, all_of, end, ended, erase, traces
from iptengine import commands as c
from iptengine.engine.clinic import Clinic
from iptengine.store.keys import FileKeys
from iptengine.store.port import Store
from iptengine.store.rows import Asked, Row, keeps_lists


@dataclass(frozen=True)
class Place:
    """A fresh store, every cell of its tables, and the files its database has written since the store was made."""

    store: Store
    cells: Callable[[], Iterable[object]]
    files: Callable[[], Iterable[Path]]


def written_since(folder: Path, since: float) -> Iterator[Path]:
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a server takes its own files away while others use it
            if file.is_file() and file.stat().st_mtime >= since:
                yield file


# -- the stores --------------------------------------------------------------------------------------------------


def memory(folder: Path) -> Iterator[Place]:
    store = stores.fresh_store("memory")

    def cells() -> Iterator[object]:
        yield from store.feed()
        yield from ((row.course, row.made, row.text) for row in store.rows(Asked(frozenset())))
        yield from store._protocols.items()

    yield Place(store, cells, list)


def cells_of_sqlite(file: Path) -> Iterator[object]:
    with sqlite3.connect(file) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            yield from database.execute(f'SELECT * FROM "{table}"')
    database.close()


def sqlite(folder: Path) -> Iterator[Place]:
    file = folder / "clinic.db"
    yield Place(
        stores.opened(f"sqlite:///{file}"), lambda: cells_of_sqlite(file), lambda: written_since(folder, 0)
    )  # fmt: skip


def cells_of_postgres(server: postgres.Server, database: str, schema: str) -> Iterator[object]:
    with server.connect(database) as connection:
        named = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]).fetchall()
        assert named
        for (table,) in named:
            yield from connection.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall()  # type: ignore[call-overload]


def files_of_postgres(server: postgres.Server, since: float) -> Iterator[Path]:
    with server.connect() as connection:
        connection.execute("CHECKPOINT")  # what the server holds in memory reaches its files
    yield from written_since(server.folder, since)


def sql_on_postgres(folder: Path) -> Iterator[Place]:
    server, since = postgres.server(), time.time() - 1
    url = server.fresh_schema()
    schema = url.rpartition("%3D")[2]
    yield Place(
        stores.opened(url),
        lambda: cells_of_postgres(server, "postgres", schema),
        lambda: files_of_postgres(server, since),
    )


def django_on_sqlite(folder: Path) -> Iterator[Place]:
    from django_databases import sqlite as settings

    file = folder / "django.db"
    with django({**settings("unused"), "NAME": str(file)}) as store:
        yield Place(store, lambda: cells_of_sqlite(file), lambda: written_since(folder, 0))


def django_on_postgres(folder: Path) -> Iterator[Place]:
    server, since = postgres.server(), time.time() - 1
    name = server.fresh_database()
    database = {
        "ENGINE": "django.db.backends.postgresql", "HOST": str(server.folder), "NAME": name, "USER": "postgres",
    }  # fmt: skip
    with django(database) as store:
        yield Place(
            store, lambda: cells_of_postgres(server, name, "public"), lambda: files_of_postgres(server, since)
        )  # fmt: skip


@contextmanager
def django(database: dict[str, object]) -> Iterator[Store]:
    """The store of a Django project, in a database that Django knows for as long as this lasts."""
    import django_databases

    alias = f"erased-{uuid4().hex[:8]}"
    django_databases.know(alias, database)
    from django.core.management import call_command

    from iptengine.contrib.django import DjangoStore

    call_command("migrate", database=alias, verbosity=0)
    yield DjangoStore(using=alias)
    django_databases.forget(alias)


KINDS = {
    "memory": memory,
    "sqlite": sqlite,
    "postgres": sql_on_postgres,
    "django-sqlite": django_on_sqlite,
    "django-postgres": django_on_postgres,
}


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "store"
    folder.mkdir()
    yield from KINDS[request.param](folder)


@pytest.fixture
def name(monkeypatch: pytest.MonkeyPatch) -> str:
    """What every text of the patient begins with: no other test on the same server has said it."""
    told = f"Wilhelmina{uuid4().hex[:12]}"
    monkeypatch.setattr(canaries, "CANARY", told)
    return told


# -- the search --------------------------------------------------------------------------------------------------


def seen(cells: Iterable[object], files: Iterable[Path], secrets: dict[str, bytes]) -> set[tuple[str, str]]:
    """Which secrets stand where, in any form: in a cell of a table, or in a file."""
    texts = {"a table": "\n".join(map(repr, cells)).encode()}
    for file in files:
        with suppress(FileNotFoundError):
            texts[str(file)] = file.read_bytes()
    forms = {form: called for called, secret in secrets.items() for form in traces(secret)}
    return {(called, where) for form, called in forms.items() for where, text in texts.items() if form in text}


def told_of(place: Place, course: str) -> list[Any]:
    """All that a store holds of a course, letter by letter."""
    assert keeps_lists(place.store)
    rows = place.store.rows(Asked(frozenset(), courses=frozenset({course})))
    fed = [entry for entry in place.store.feed() if entry[1] == course]
    return [place.store.read(course), fed, *map(cells_in, rows)]


def cells_in(row: Row) -> tuple[object, ...]:
    return row.course, row.version, row.made, row.since, row.until, row.shown, row.text


def two_courses(place: Place, keys: ipt.CourseKeys, other: str) -> Clinic:
    """Course 'a' has ended; in 'b' a note stands; the lists have a row of both."""
    opened = ended(place.store, keys)
    opened.start("ipt-adult", by=ANNA, on=DAY, course="b", called=other)
    opened.do("b", c.WriteNote(f"{other} slept badly"), by=ANNA, on=DAY)
    assert opened.refresh(on=END) > 0
    return opened


def test_the_search_finds_what_a_store_holds_in_the_clear(place: Place, name: str) -> None:
    ended(place.store, None)
    found = {where for _, where in seen(place.cells(), place.files(), {"text": name.encode()})}
    assert "a table" in found
    for kind in ("clinic.db", "django.db", "/base/", "/pg_wal/"):
        if any(kind in str(file) for file in place.files()):
            assert any(kind in where for where in found), kind


def test_after_an_erasure_there_is_no_trace_of_key_or_text_and_other_courses_are_as_they_were(
    place: Place, name: str, tmp_path: Path
) -> None:
    keys, other = FileKeys(tmp_path / "keys"), f"Rosalind{uuid4().hex[:12]}"
    opened = two_courses(place, keys, other)
    key, kept = keys.key("a"), keys.key("b")
    assert key is not None
    before, anchor = told_of(place, "b"), ipt.anchor(place.store, at=datetime(2026, 7, 14, tzinfo=UTC))
    assert name in all_of(opened)
    secrets = {
        "text": name.encode(), "the text of another": other.encode(), "key": key, "key in hex": key.hex().encode(),
        "its first half": key[:16], "its second half": key[16:],
    }  # fmt: skip
    assert seen(place.cells(), (), secrets) == set()  # it never was there

    erase(opened)

    assert seen(place.cells(), place.files(), secrets) == set()
    in_keys = {called for called, _ in seen((), written_since(tmp_path / "keys", 0), secrets)}
    assert in_keys == set()
    assert (told_of(place, "b"), keys.key("b")) == (before, kept)
    assert opened.course("b").called == other
    assert name not in all_of(opened)
    assert ipt.verify(place.store, against=anchor).state == "intact"
    assert opened.out_of_step() == ()


def test_the_lists_say_nothing_any_more_that_the_patient_said(place: Place, name: str) -> None:
    opened = two_courses(place, ipt.MemoryKeys(), "Rosalind")
    assert name in str([(alert.found, alert.plan) for alert in opened.alerts(closed=True)])
    erase(opened)
    for asked in (opened, opened.reader(ANNA), opened.reader(ipt.Actor("u31", role="assessor"))):
        told: list[object] = [
            [(alert.found, alert.plan, alert.text) for alert in asked.alerts(closed=True)],
            asked.due(on=END), asked.stuck(on=END), asked.overdue(on=END), asked.overviews(on=END),
        ]  # fmt: skip
        assert name not in str(told)
    opened.refresh(on=END, anew=True)
    assert seen(place.cells(), place.files(), {"text": name.encode()}) == set()


def test_a_course_in_the_clear_beside_an_erased_one_is_found_by_the_search(place: Place, name: str) -> None:
    """A clinic that began without keys: what was in the clear stays so, and the search is not blind to it."""
    clinic(place.store).start("ipt-adult", by=ANNA, on=DAY, course="old", called=f"{name}-in-the-clear")
    opened = clinic(place.store, keys=ipt.MemoryKeys())
    opened.start("ipt-adult", by=ANNA, on=DAY, course="new", called=f"Rosalind-{name}")
    end(opened, "new")
    erase(opened, "new")
    assert ("text", "a table") in seen(place.cells(), (), {"text": f"{name}-in-the-clear".encode()})
    assert seen(place.cells(), (), {"text": f"Rosalind-{name}".encode()}) == set()
