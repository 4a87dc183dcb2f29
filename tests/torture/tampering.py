"""A store that somebody has changed: every byte of its file, every row, and rows swapped, pasted and rolled back."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from iptengine.engine.clinic import Clinic
from iptengine.store.chain import chained, opened
from iptengine.store.memory import MemoryStore
from iptengine.store.port import StoreError
from iptengine.store.sql.opening import open_store
from iptengine.store.verification import Anchor, anchor, anchor_from_json, verify
from torture.power import HOSTILE, Figures, Missing, environment
from torture.workload import ACTS_A_COURSE, KEY, clinic_over, perform, protocol

NOW = datetime(2026, 3, 3, 18, tzinfo=UTC)
ANCHOR = "IPTENGINE_TORTURE_ANCHOR"


def content(path: str) -> str:
    """What a store holds, as one hash; raises where it was changed. The anchor lies at the place the caller names."""
    found = anchor_from_json(Path(os.environ[ANCHOR]).read_text(encoding="utf-8"), KEY)
    return _content(Path(path), found)


def _content(path: Path, against: Anchor | None) -> str:
    with open_store(f"sqlite:///{path}", read_only=True) as store:
        verdict = verify(store, key=KEY, against=against)
        if verdict.state == "damaged":
            raise StoreError(str(verdict.problems[0]))
        told = "\n".join(f"{position} {course} {text}" for position, course, text in store.feed())
        return hashlib.sha256(f"{verdict.state}\n{told}".encode()).hexdigest()


def made(path: Path, acts: int) -> Anchor:
    """A store of so many acts, and its anchor."""
    with open_store(f"sqlite:///{path}") as store:
        clinic = clinic_over(store)
        for act in range(acts):
            perform(clinic, act)
        return anchor(store, at=NOW)


# -- every byte, row and column ---------------------------------------------------------------------------------------


def flips(*, acts: int, every: int) -> Figures:
    """Flip a bit of every so many-th byte, and change, empty and remove every row."""
    if not HOSTILE.is_dir():
        raise Missing("the examiner of changed stores is not beside this clone (../shared/hostile/tamper.py)")
    with tempfile.TemporaryDirectory() as name:
        path, kept = Path(name) / "clinic.db", Path(name) / "anchor.json"
        kept.write_text(made(path, acts).json(KEY), encoding="utf-8")
        size = path.stat().st_size
        done = subprocess.run(
            [sys.executable, HOSTILE / "tamper.py", path, "--call", "torture.tampering:content", "--every", str(every),
             "--rows", "iptengine_events"],
            env={**environment(), ANCHOR: str(kept)}, cwd=Path(__file__).parents[1], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
    tried = sum(int(found) for found in re.findall(r"^(\d+) (?:flips|row attacks)", done.stdout, re.MULTILINE))
    if not tried:
        raise RuntimeError(f"the examiner failed\n{done.stdout}{done.stderr}")
    told = f"changed stores, {size // 1000} kB: " + "\n    ".join(done.stdout.split("\n"))
    return Figures(told.strip(), done.returncode, tried)


# -- what an intruder does --------------------------------------------------------------------------------------------

EVENTS = "iptengine_events"
Act = Callable[[sqlite3.Connection, int], None]


def _swapped(database: sqlite3.Connection, row: int) -> None:
    """The texts of two events change places."""
    one, two = (_text(database, position) for position in (row, row + 1))
    _set(database, row, two)
    _set(database, row + 1, one)


def _swapped_courses(database: sqlite3.Connection, row: int) -> None:
    """An event is put at the same place of another course."""
    course, version = database.execute(f"SELECT course, version FROM {EVENTS} WHERE position = ?", (row,)).fetchone()
    other = f"c{(int(course[1:]) + 1) % 2}"
    _paste(database, row, other, version)


def _pasted(database: sqlite3.Connection, row: int) -> None:
    """A copy of an event is put at the end of another course."""
    course, text = database.execute(f"SELECT course, text FROM {EVENTS} WHERE position = ?", (row,)).fetchone()
    other = f"c{(int(course[1:]) + 1) % 2}"
    database.execute(
        f"INSERT INTO {EVENTS} (course, version, text) SELECT ?, max(version) + 1, ? FROM {EVENTS} WHERE course = ?",
        (other, text, other),
    )


def _rolled_back(database: sqlite3.Connection, row: int) -> None:
    """The last events of a course are gone."""
    (course,) = database.execute(f"SELECT course FROM {EVENTS} WHERE position = ?", (row,)).fetchone()
    database.execute(f"DELETE FROM {EVENTS} WHERE course = ? AND position >= ?", (course, row))


def _written_anew(database: sqlite3.Connection, row: int) -> None:
    """An event says something else, and every seal after it is made anew, without the key."""
    (course,) = database.execute(f"SELECT course FROM {EVENTS} WHERE position = ?", (row,)).fetchone()
    rows = database.execute(
        f"SELECT position, text FROM {EVENTS} WHERE course = ? ORDER BY version", (course,)
    ).fetchall()
    bodies = [_dated_back(opened(text)[0], position == row) for position, text in rows]
    for (position, _), text in zip(
        rows, chained(tuple(bodies), course=course, after=0, before="", key=None), strict=True
    ):
        _set(database, position, text)


def _dated_back(body: str, this_one: bool) -> str:
    return body.replace('"on":"2026', '"on":"2025') if this_one else body


def _moved(database: sqlite3.Connection, row: int) -> None:
    """Two events of different courses change places in the feed."""
    other = (row % _count(database)) + 1
    for old, new in ((row, -1), (other, row), (-1, other)):
        database.execute(f"UPDATE {EVENTS} SET position = ? WHERE position = ?", (new, old))


INTRUDERS: dict[str, Act] = {
    "swapped": _swapped, "put in another course": _swapped_courses, "pasted": _pasted, "rolled back": _rolled_back,
    "written anew": _written_anew, "moved in the feed": _moved,
}  # fmt: skip


def intruders(*, acts: int = 2 * ACTS_A_COURSE, every: int = 1) -> Iterator[Figures]:
    """Let an intruder change every so many-th event of a store of two courses; and put the whole file back."""
    with tempfile.TemporaryDirectory() as name:
        path, copy, early = (Path(name) / file for file in ("clinic.db", "copy.db", "early.db"))
        made(early, acts - 1)
        found = made(path, acts)
        with sqlite3.connect(path) as database:
            rows = _count(database)
        for kind, act in INTRUDERS.items():
            seen = {row: _seen(path, copy, act, row, found) for row in range(1, rows, every)}
            unseen = [row for row, was_seen in seen.items() if not was_seen]
            yield Figures(f"{kind}: {len(seen)} stores, {len(unseen)} unseen", len(unseen), len(seen))
        back = not _found(early, found)
        yield Figures(f"whole file put back: 1 store, {int(back)} unseen", int(back), 1)
        alone = _content(path, None) == _content(path, found)
        yield Figures(f"without an anchor a store is called {_state(path)}", int(alone), 1)


def written_anew_unseen(*, keyed: bool) -> bool:
    """Whether an event that says something else goes unseen without an anchor, when its seals are made anew."""
    key = KEY if keyed else None
    store = MemoryStore()
    clinic = Clinic(store, [protocol()], clock=lambda: NOW, seal_key=key)
    for act in range(3):
        perform(clinic, act)
    bodies = tuple(_dated_back(opened(text)[0], number == 1) for number, text in enumerate(store.read("c0")))
    changed = MemoryStore()
    changed.keep_protocol(protocol().digest, protocol().content)
    changed.append("c0", chained(bodies, course="c0", after=0, before="", key=None), expected=0)
    return tuple(changed.read("c0")) != tuple(store.read("c0")) and verify(changed, key=key).state != "damaged"


def _seen(path: Path, copy: Path, act: Act, row: int, against: Anchor) -> bool:
    shutil.copy(path, copy)
    with sqlite3.connect(copy) as database:
        act(database, row)
    database.close()
    return _found(copy, against)


def _found(path: Path, against: Anchor | None) -> bool:
    try:
        _content(path, against)
    except StoreError:
        return True
    return False


def _state(path: Path) -> str:
    with open_store(f"sqlite:///{path}", read_only=True) as store:
        return verify(store, key=KEY).state


def _text(database: sqlite3.Connection, position: int) -> str:
    return str(database.execute(f"SELECT text FROM {EVENTS} WHERE position = ?", (position,)).fetchone()[0])


def _set(database: sqlite3.Connection, position: int, text: str) -> None:
    database.execute(f"UPDATE {EVENTS} SET text = ? WHERE position = ?", (text, position))


def _paste(database: sqlite3.Connection, row: int, course: str, version: int) -> None:
    """The event takes the place of the one that stands there, which is gone."""
    database.execute(f"DELETE FROM {EVENTS} WHERE course = ? AND version = ?", (course, version))
    database.execute(f"UPDATE {EVENTS} SET course = ? WHERE position = ?", (course, row))


def _count(database: sqlite3.Connection) -> int:
    return int(database.execute(f"SELECT count(*) FROM {EVENTS}").fetchone()[0])
