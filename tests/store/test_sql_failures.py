"""Whatever a database fails at is told in one sentence that shows nothing of what is stored; nothing is lost."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import exc, text

import iptengine as ipt
from iptengine.store.sql import access, postgres, sqlite
from iptengine.store.sql.failures import driver_sentence, sentence
from stores import fresh_url, opened

SQL = ("sqlite", "postgres")
CANARY = "Wilhelmina was beaten"
TEXT = f'{{"v":1,"note":"{CANARY}"}}'


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def refused(act: Callable[[], object]) -> str:
    """The sentence of the error, after a look at all that an error report could show."""
    with pytest.raises(ipt.StoreError) as caught:
        act()
    error: BaseException | None = caught.value
    shown = "".join(traceback.format_exception(caught.value)) + repr(error)
    assert CANARY not in shown
    assert (error.__cause__, error.__context__) == (None, None)
    return str(error)


# -- SQLite ------------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_text(CANARY * 100)
    assert refused(lambda: ipt.open_store(f"sqlite:///{letter}")) == "the file is no SQLite database"
    assert refused(lambda: ipt.open_store(f"sqlite:///{letter}", read_only=True)) == "the file is no SQLite database"
    assert letter.read_text() == CANARY * 100


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    said = refused(lambda: ipt.open_store(f"sqlite:///{tmp_path}"))
    assert said == "the file, or one beside it, cannot be opened; is its folder there, and can it be written to?"


def test_a_full_disk_keeps_what_was_there_and_nothing_of_the_rest() -> None:
    store = opened(fresh_url("sqlite"))
    store.append("a", [TEXT], expected=0)
    with store._access.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    said = refused(lambda: store.append("a", [TEXT * 100] * 20, expected=1))
    assert said == "the disk is full; nothing was kept"
    assert store.read("a") == (TEXT,)
    with store._access.reading() as connection:
        connection.execute(text("PRAGMA max_page_count = 100000"))
    store.append("a", [TEXT * 100] * 20, expected=1)
    assert len(store.read("a")) == 21


def test_a_lock_that_is_held_too_long_is_told_and_the_append_can_be_given_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.1)
    url = fresh_url("sqlite")
    store = opened(url)
    other = sqlite3.connect(path_of(url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said = refused(lambda: store.append("a", [TEXT], expected=0))
    assert said == "another program has held the database's lock for too long; nothing was kept, try again"
    assert store.read("a") == ()
    other.execute("ROLLBACK")
    other.close()
    store.append("a", [TEXT], expected=0)
    assert store.read("a") == (TEXT,)


def test_a_turn_that_another_thread_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(fresh_url("sqlite"))
    monkeypatch.setattr(access, "WAIT_SECONDS", 0.1)
    with store._access.writing():
        said = refused(lambda: store.append("a", [TEXT], expected=0))
    assert said == "other threads have held the database's lock for too long; nothing was kept, try again"


NOBODY = """
import os, sys, iptengine as ipt, sqlalchemy.dialects.sqlite
address, act = sys.argv[1:]
ipt.open_store
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    with ipt.open_store(address, read_only=act == "read") as store:
        print(len(store.read("a")) if act == "read" else store.append("a", ["{}"], expected=1))
except ipt.StoreError as error:
    print(error)
"""


def as_nobody(url: str, act: str) -> str:
    """What a program prints that may read the folder and not write to it; root could."""
    asked = [sys.executable, "-c", NOBODY, url, act]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def test_a_folder_that_cannot_be_written_to_is_told_and_can_still_be_read() -> None:
    url = fresh_url("sqlite")
    with ipt.open_store(url) as store:
        store.append("a", [TEXT], expected=0)
    path = path_of(url)
    folder = path.parent.parent / f"{path.parent.name}-locked"
    folder.mkdir()
    locked = folder / "clinic.db"
    path.rename(locked)
    locked.chmod(0o444)
    folder.chmod(0o555)
    try:
        assert as_nobody(f"sqlite:///{locked}", "write") == (
            "the file, or the folder it lies in, cannot be written to; nothing was kept"
        )
        locked.chmod(0o666)
        assert as_nobody(f"sqlite:///{locked}", "write") == (
            "the file, or the folder it lies in, cannot be written to; nothing was kept"
        )
        assert as_nobody(f"sqlite:///{locked}", "read") == "1"
        assert as_nobody(f"sqlite:///{folder}/new.db", "write") == (
            "the file, or one beside it, cannot be opened; is its folder there, and can it be written to?"
        )
    finally:
        folder.chmod(0o755)
        assert opened(f"sqlite:///{locked}").read("a") == (TEXT,)
        locked.unlink()
        (folder / "clinic.db-journal").unlink(missing_ok=True)
        folder.rmdir()


# -- PostgreSQL --------------------------------------------------------------------------------------------------


def test_a_lock_that_is_held_too_long_in_postgresql_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    url = fresh_url("postgres")
    holds = opened(url)
    monkeypatch.setattr(postgres, "WAIT_SECONDS", 0.1)
    store = opened(url)
    with holds._access.writing():
        said = refused(lambda: store.append("a", [TEXT], expected=0))
    assert said == "another program has held the database's lock for too long; nothing was kept, try again"
    store.append("a", [TEXT], expected=0)
    assert store.read("a") == (TEXT,)


def test_a_connection_the_server_has_ended_is_made_anew() -> None:
    url = fresh_url("postgres")
    store = opened(url)
    store.append("a", [TEXT], expected=0)
    with store._access.reading() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(url, autocommit=True) as admin:  # this one alone: others use the server, too
        assert admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)
    store.append("a", [TEXT], expected=1)
    assert store.read("a") == (TEXT, TEXT)


def test_a_connection_that_ends_in_the_middle_of_an_append_says_how_to_find_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = fresh_url("postgres")
    store = opened(url)

    def ends(connection: object) -> None:
        with psycopg.connect(url, autocommit=True) as admin:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()  # type: ignore[attr-defined]
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    monkeypatch.setattr(access, "lock_order", ends)
    said = refused(lambda: store.append("a", [TEXT], expected=0))
    assert said.endswith("whether the last append was kept is told by reading the course again")
    monkeypatch.undo()
    assert store.read("a") == ()


def test_two_transactions_in_each_others_way_are_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(fresh_url("postgres"))
    tries = []

    def in_the_way(connection: object) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise exc.OperationalError("", {}, psycopg.errors.DeadlockDetected())

    monkeypatch.setattr(access, "lock_order", in_the_way)
    store.append("a", [TEXT], expected=0)
    assert (len(tries), store.read("a")) == (3, (TEXT,))
    tries[:] = [-9] * 0
    monkeypatch.setattr(access, "lock_order", lambda _: in_the_way(tries.clear()))
    assert refused(lambda: store.append("a", [TEXT], expected=1)) == (
        "two transactions stood in each other's way; roll back, and give the whole transaction again"
    )


def test_a_user_who_may_only_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    url = fresh_url("postgres")
    opened(url)
    with psycopg.connect(url) as admin:
        admin.execute(
            "DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
            "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO guest', current_schema()); END $$;"
            "GRANT SELECT ON iptengine_events, iptengine_protocols, iptengine_schema TO guest"
        )
    store = opened(url.replace("postgres@", "guest@"))
    assert refused(lambda: store.append("a", [TEXT], expected=0)) == (
        "the database does not allow this user to do that"
    )
    assert store.read("a") == ()


# -- both --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SQL)
def test_a_hole_in_a_course_is_told_and_nothing_of_it_read(kind: str) -> None:
    store = opened(fresh_url(kind))
    store.append("a", [TEXT] * 4, expected=0)
    store.append("b", [TEXT], expected=0)
    with store._access.writing() as connection:
        connection.execute(text("DELETE FROM iptengine_events WHERE course = 'a' AND version = 2"))
    damaged = "the course 'a' is damaged in this store: its event 2 is missing; restore a backup"
    assert refused(lambda: store.read("a")) == damaged
    assert refused(lambda: store.read("a", 1)) == damaged
    assert store.read("a", 2) == (TEXT, TEXT)
    assert store.read("b") == (TEXT,)


@pytest.mark.parametrize("kind", SQL)
@pytest.mark.parametrize("bad", [f"{CANARY} é", f"{CANARY} \ud800", f"{CANARY} \0"])
def test_a_text_that_is_no_plain_text_is_refused_before_the_driver_sees_it(kind: str, bad: str) -> None:
    store = opened(fresh_url(kind))
    said = "a course's name and its events must be plain text, the events in ASCII; nothing was kept"
    assert refused(lambda: store.append("a", [TEXT, bad], expected=0)) == said
    assert list(store.feed()) == []
    if not bad.endswith("é"):
        assert refused(lambda: store.append(bad, [TEXT], expected=0)) == said
        assert store.read(bad) == ()
        with pytest.raises(ipt.UnknownDigest):
            store.protocol(bad)
        assert refused(lambda: store.keep_protocol("d" * 64, bad)) == (
            "a protocol and its digest must be plain text; nothing was kept"
        )


@pytest.mark.parametrize("kind", SQL)
def test_numbers_no_course_can_have_are_stale_or_empty(kind: str) -> None:
    store = opened(fresh_url(kind))
    store.append("a", [TEXT], expected=0)
    for far in (2**31, 2**63, 2**70):
        with pytest.raises(ipt.StaleVersion):
            store.append("a", [TEXT], expected=far)
        assert store.read("a", far) == ()
        assert list(store.feed(far)) == []


@pytest.mark.parametrize("kind", SQL)
def test_a_log_of_every_statement_shows_no_text(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("sqlalchemy", "alembic", "psycopg"):
        caplog.set_level(logging.DEBUG, name)
    store = opened(fresh_url(kind))
    store.append("a", [TEXT], expected=0)
    store.keep_protocol("d" * 64, TEXT)
    with pytest.raises(ipt.StaleVersion):
        store.append("a", [TEXT], expected=0)
    assert "INSERT INTO iptengine_events" in caplog.text
    assert store.read("a") == (TEXT,)
    assert list(store.feed()) == [(1, "a", TEXT)]
    assert "SELECT version, text" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (exc.TimeoutError(), "every connection to the database is in use; nothing was kept, try again"),
        (exc.InvalidRequestError(CANARY), "the database could not be used (InvalidRequestError)"),
        (exc.DBAPIError("", {}, psycopg.errors.DiskFull(CANARY)), "the database has run out of disk, memory or "
         "connections; nothing was kept"),
        (exc.DBAPIError("", {}, psycopg.errors.DivisionByZero(CANARY)), "the database refused it (SQLSTATE 22012)"),
        (exc.DBAPIError("", {}, psycopg.OperationalError(CANARY)), "the database cannot be reached, or the connection "
         "to it broke; whether the last append was kept is told by reading the course again"),
    ],
)  # fmt: skip
def test_what_the_driver_says_is_told_by_its_code_alone(error: exc.SQLAlchemyError, said: str) -> None:
    assert sentence(error) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SQLITE_IOERR_WRITE", "the disk cannot be read or written; nothing was kept"),
        ("SQLITE_CORRUPT_INDEX", "the file is damaged; restore a backup"),
        ("SQLITE_READONLY_ROLLBACK", "a program was stopped while it wrote, and what it left can only be put right by "
         "a store opened for writing"),
        ("SQLITE_AUTH", "the database refused it (SQLITE_AUTH)"),
    ],
)  # fmt: skip
def test_what_sqlite_says_is_told_by_its_code_alone(name: str, said: str) -> None:
    error = sqlite3.OperationalError(CANARY)
    error.sqlite_errorname = name
    assert driver_sentence(error) == said
