"""A backup is one moment of the store, taken while others write; it has its name only when it is whole."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

import iptengine as ipt
from iptengine.store.sql import backup, sqlite
from stores import fresh_url, opened


def copy_of(store: ipt.SqlStore, target: Path) -> ipt.SqlStore:
    store.back_up(target)
    return opened(f"sqlite:///{target}", read_only=True)


def test_a_backup_is_a_store_with_all_that_was_there(tmp_path: Path) -> None:
    url = fresh_url("sqlite")
    store = opened(url)
    os.chmod(url.removeprefix("sqlite:///"), 0o640)
    store.append("a", ["1", "2"], expected=0)
    store.keep_protocol("d" * 64, "text")
    copy = copy_of(store, tmp_path / "copy.db")
    assert (copy.read("a"), copy.protocol("d" * 64), list(copy.feed())) == (("1", "2"), "text", list(store.feed()))
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o640
    store.append("a", ["3"], expected=2)
    assert copy.read("a") == ("1", "2")


def test_a_backup_is_restored_by_opening_it(tmp_path: Path) -> None:
    store = opened(fresh_url("sqlite"))
    store.append("a", ["1"], expected=0)
    store.back_up(tmp_path / "copy.db")
    with ipt.open_store(f"sqlite:///{tmp_path}/copy.db") as restored:
        restored.append("a", ["2"], expected=1)
        assert list(restored.feed()) == [(1, "a", "1"), (2, "a", "2")]


def test_backups_under_load_are_each_a_beginning_of_the_history(tmp_path: Path) -> None:
    store = opened(fresh_url("sqlite"))
    ends = threading.Event()

    def write() -> None:
        number = 0
        while not ends.is_set():
            store.append(f"c{number % 5}", [str(number), str(number)], expected=number // 5 * 2)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    copies = [copy_of(store, tmp_path / f"{number}.db") for number in range(5)]
    ends.set()
    writer.join()
    whole = list(store.feed())
    for copy in copies:
        found = list(copy.feed())
        assert found == whole[: len(found)]
        assert len(found) % 2 == 0


def test_a_backup_never_writes_over_a_file(tmp_path: Path) -> None:
    store = opened(fresh_url("sqlite"))
    for name in ("copy.db", "copy.db.part"):
        (tmp_path / name).write_text("mine")
        with pytest.raises(ipt.StoreError, match=f"^there is a file {tmp_path}/{name} already"):
            store.back_up(tmp_path / "copy.db")
        assert (tmp_path / name).read_text() == "mine"
        (tmp_path / name).unlink()


def test_a_backup_of_a_damaged_store_is_not_kept(tmp_path: Path) -> None:
    store = opened(fresh_url("sqlite"))
    store.append("a", ["1", "2", "3"], expected=0)
    with store._access.writing() as connection:
        connection.execute(text("DELETE FROM iptengine_events WHERE version = 2"))
    with pytest.raises(ipt.StoreError) as caught:
        store.back_up(tmp_path / "copy.db")
    assert str(caught.value) == (
        "the backup was not kept: the course 'a' has a hole in it, and so it has in the store; restore an older backup"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_a_damaged_page_gives_no_backup(tmp_path: Path) -> None:
    url = fresh_url("sqlite")
    path = Path(url.removeprefix("sqlite:///"))
    with ipt.open_store(url) as store:
        store.append("a", ["x" * 3000] * 40, expected=0)
    with sqlite3.connect(path) as plain:
        (root,) = plain.execute(
            "SELECT rootpage FROM sqlite_master WHERE name LIKE 'sqlite_autoindex_iptengine_ev%'"
        ).fetchone()
        (size,) = plain.execute("PRAGMA page_size").fetchone()
    plain.close()
    whole = bytearray(path.read_bytes())
    whole[(root - 1) * size + 8 : (root - 1) * size + 40] = b"\xff" * 32
    path.write_bytes(bytes(whole))
    with pytest.raises(ipt.StoreError) as caught:
        opened(url).back_up(tmp_path / "copy.db")
    assert str(caught.value) in (  # SQLite tells a damaged page, or stops at it
        "the backup was not kept: it is damaged, and so the store may be; restore an older backup",
        "the backup was not made: the file is damaged; restore a backup",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_is_held_for_too_long_ends_the_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = fresh_url("sqlite")
    store = opened(url)
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(backup, "WAIT_SECONDS", 0.1)
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(ipt.StoreError) as caught:
        store.back_up(tmp_path / "copy.db")
    assert str(caught.value) == ("the backup was not made: another program has held the database's lock for too long")
    other.execute("ROLLBACK")
    other.close()
    assert list(tmp_path.iterdir()) == []
    store.back_up(tmp_path / "copy.db")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ipt.StoreError, match=r"^the backup was not made: No such file or directory$"):
        opened(fresh_url("sqlite")).back_up(tmp_path / "none" / "copy.db")


def test_a_postgresql_store_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    with pytest.raises(ipt.StoreError) as caught:
        opened(fresh_url("postgres")).back_up(tmp_path / "copy.db")
    assert str(caught.value) == (
        "a backup is made of a store in an SQLite file that open_store has opened; for PostgreSQL, use pg_dump"
    )
