"""Over a database, too, nothing that goes wrong tells what a patient said: no error, log, print, or file beside it."""

from __future__ import annotations

import logging
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

import iptengine as ipt
import postgres
from canaries import ANNA, CANARY, UPON, bad_inputs, clinic, everything, tell_all, week, words_of
from iptengine.store.sql import access, sqlite
from iptengine.store.sql import postgres as postgresql
from stores import fresh_url, opened

SQL = ("sqlite", "postgres")


@pytest.fixture
def fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[Callable[[str], str]]:
    """The address of a fresh database, from which nothing gets out that the patient said.

    In the end it stands in nothing that was logged, printed or laid aside, nor in the log of the server.
    """

    def address(kind: str) -> str:
        url = fresh_url(kind)
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        monkeypatch.setattr(tempfile, "tempdir", None)
        return url

    for name in ("sqlalchemy", "alembic", "psycopg", "iptengine"):
        caplog.set_level(logging.DEBUG, name)
    before = len(_servers_log())
    yield address
    said = capfd.readouterr()
    logged = "\n".join(record.getMessage() for record in caplog.get_records("call"))
    assert "INSERT INTO iptengine_events" in logged
    assert CANARY not in said.out + said.err + logged
    assert [path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()] == []
    assert CANARY.encode() not in _servers_log()[before:]  # what other tests were told stands before it


def _servers_log() -> bytes:
    """What the server of these tests has logged so far, if it runs."""
    return (postgres.server().folder / "log").read_bytes() if postgres.server.cache_info().currsize else b""


def told(error: ipt.IptengineError) -> str:
    """What an error says, after a look at all that it could show."""
    asked_for = ("course", "protocol", "digest")
    kept = {name: value for name, value in vars(error).items() if name not in asked_for}
    assert CANARY not in words_of(error) + repr(kept)
    return str(error)


@pytest.mark.parametrize("kind", SQL)
def test_of_forty_refusals_and_mistakes_none_tells_what_the_patient_said(
    kind: str, fresh: Callable[[str], str]
) -> None:
    said = clinic(opened(fresh(kind)))
    tell_all(said)
    errors = []
    for command in UPON:
        try:
            done = said.do("a", command, by=ANNA, on=week(3))
        except ipt.IptengineError as error:
            errors.append(told(error))
        else:
            assert CANARY not in repr(done)
            errors += map(told, done.refused)
    for cause in bad_inputs(said):
        try:
            assert CANARY not in repr(cause())
        except ipt.IptengineError as error:
            errors.append(told(error))
    assert len(errors) >= 80
    assert len(set(errors)) >= 40


# -- the database itself fails -----------------------------------------------------------------------------------


@contextmanager
def _full_disk(store: ipt.SqlStore, url: str) -> Iterator[None]:
    with store._access.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    yield
    with store._access.reading() as connection:
        connection.execute(text("PRAGMA max_page_count = 100000"))


@contextmanager
def _locked(store: ipt.SqlStore, url: str) -> Iterator[None]:
    with opened(url)._access.writing():
        yield


@contextmanager
def _locked_file(store: ipt.SqlStore, url: str) -> Iterator[None]:
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


HELD = "another program has held the database's lock for too long; nothing was kept, try again"


@pytest.mark.parametrize(
    ("kind", "goes_wrong", "sentence"),
    [
        ("sqlite", _full_disk, "the disk is full; nothing was kept"),
        ("sqlite", _locked_file, HELD),
        ("postgres", _locked, HELD),
    ],
)
def test_a_session_that_the_database_could_not_keep_is_told_and_can_be_said_again(
    kind: str, goes_wrong: object, sentence: str, fresh: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sqlite, postgresql, access):
        monkeypatch.setattr(module, "WAIT_SECONDS", 0.3)
    url = fresh(kind)
    store = opened(url)
    tell_all(clinic(store))
    before = list(store.feed())
    said = clinic(store)
    assert callable(goes_wrong)
    with goes_wrong(store, url), pytest.raises(ipt.StoreError) as caught:
        said.do("a", *everything(week(3)), by=ANNA, on=week(3), key="form-1")
    assert told(caught.value) == sentence
    assert list(store.feed()) == before
    done = said.do("a", *everything(week(3)), by=ANNA, on=week(3), key="form-1")
    assert len(list(store.feed())) == len(before) + len(done.events)


@pytest.mark.parametrize("kind", SQL)
def test_a_session_said_to_a_store_that_is_read_only_is_told(kind: str, fresh: Callable[[str], str]) -> None:
    url = fresh(kind)
    tell_all(clinic(opened(url)))
    with pytest.raises(ipt.StoreError) as caught:
        clinic(opened(url, read_only=True)).do("a", *everything(week(3)), by=ANNA, on=week(3))
    assert told(caught.value) == "this store was opened for reading only; nothing was kept"


@pytest.mark.parametrize("kind", SQL)
def test_a_course_with_a_hole_is_told_by_its_number_alone(kind: str, fresh: Callable[[str], str]) -> None:
    store = opened(fresh(kind))
    tell_all(clinic(store))
    with store._access.writing() as connection:
        connection.execute(text("DELETE FROM iptengine_events WHERE version = 4"))
    with pytest.raises(ipt.StoreError) as caught:
        clinic(store).do("a", *everything(week(3)), by=ANNA, on=week(3))
    assert told(caught.value) == ("the course 'a' is damaged in this store: its event 4 is missing; restore a backup")


@contextmanager
def _no_rights(url: str) -> Iterator[None]:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE insufficient_privilege USING MESSAGE = new.text, DETAIL = new.text; END $$;"
            "CREATE TRIGGER no BEFORE INSERT ON iptengine_events FOR EACH ROW EXECUTE FUNCTION no()"
        )
        yield
        admin.execute("DROP TRIGGER no ON iptengine_events")


def test_what_a_server_says_of_a_refused_row_is_told_by_its_code_alone(fresh: Callable[[str], str]) -> None:
    """The trigger tells the row to whoever asked and to the server's own log, as a careless one might."""
    url = fresh("postgres")
    store = opened(url)
    tell_all(clinic(store))
    before = list(store.feed())
    row = '{"v":1,"note":"Ottilie wept"}'
    with _no_rights(url), pytest.raises(ipt.StoreError) as caught:
        store.append("b", [row], expected=0)
    assert told(caught.value) == "the database does not allow this user to do that"
    assert "Ottilie" not in words_of(caught.value)
    assert list(store.feed()) == before
