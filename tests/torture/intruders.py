"""What an intruder does to a store: events swapped, pasted, rolled back and written anew, and the file put back."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from iptengine.engine.clinic import Clinic
from iptengine.store.chain import chained, opened
from iptengine.store.memory import MemoryStore
from iptengine.store.sql.opening import open_store
from iptengine.store.verification import verify
from torture.power import Figures
from torture.tampering import FOUND, NOW, Kept, look, made
from torture.twins import broken
from torture.workload import ACTS_A_COURSE, KEY, perform, protocol

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


def intruders(*, acts: int = 2 * ACTS_A_COURSE, every: int = 1, twin: str = "") -> Iterator[Figures]:
    """Let an intruder change every so many-th event of a store of two courses; and put the whole file back."""
    with tempfile.TemporaryDirectory() as name, broken(twin):
        path, copy, early = (Path(name) / file for file in ("clinic.db", "copy.db", "early.db"))
        made(early, acts - 1, Path(name) / "kept-early")
        kept = made(path, acts, Path(name) / "kept")
        with closing(sqlite3.connect(path)) as database:
            rows = _count(database)
        for kind, act in INTRUDERS.items():
            seen = {row: _intruded(path, copy, act, row, kept) for row in range(1, rows, every)}
            unseen = [row for row, outcome in seen.items() if outcome != FOUND]
            yield Figures(f"{kind}: {len(seen)} stores, {len(unseen)} unseen", len(unseen), len(seen))
        back = look(early, kept) != FOUND
        yield Figures(f"whole file put back: 1 store, {int(back)} unseen", int(back), 1)
        state = _state(path)
        yield Figures(f"without an anchor a store is called {state}", int(state != "not anchored"), 1)


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


def _intruded(path: Path, copy: Path, act: Act, row: int, kept: Kept) -> str:
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as database, database:
        act(database, row)
    return look(copy, kept)


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
