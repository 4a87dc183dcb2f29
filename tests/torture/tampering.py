"""A store that somebody has changed: every byte of its file, and every row and column of all its tables."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from iptengine.cli.main import run_command
from iptengine.course.overview import overview_to_json
from iptengine.store.port import Store, StoreError
from iptengine.store.sql.opening import open_store
from iptengine.store.verification import anchor, anchor_from_json, digests_named, verify
from torture.power import HOSTILE, Figures, Missing, environment
from torture.twins import become, broken
from torture.workload import KEY, clinic_over, perform

NOW = datetime(2026, 3, 3, 18, tzinfo=UTC)
DAY = date(2026, 4, 14)
DAYS = (DAY, DAY + timedelta(days=10), DAY + timedelta(days=100))
"""The day that the rows of the lists are made for, after the last act; and later ones, which they cannot answer."""
LISTS = "iptengine_lists"
KEPT, TWIN = "IPTENGINE_TORTURE_KEPT", "IPTENGINE_TORTURE_TWIN"
FOUND, UNCHANGED, UNSEEN = "found", "unchanged", "UNSEEN"


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder in which lies what is kept elsewhere of a store: its anchor, its key, and what it said."""

    folder: Path

    def is_what_it_was(self, name: str, now: str) -> bool:
        """Whether what was read (`as_read`) or answered (`as_told`) is what it was."""
        return (self.folder / name).read_text(encoding="ascii") == now


def made(path: Path, acts: int, elsewhere: Path) -> Kept:
    """A store of so many acts, its lists made for a day; and what is kept of it."""
    elsewhere.mkdir()
    with open_store(f"sqlite:///{path}") as store:
        clinic = clinic_over(store)
        for act in range(acts):
            perform(clinic, act)
        clinic.refresh(on=DAY)
        (elsewhere / "anchor.json").write_text(anchor(store, at=NOW).json(KEY), encoding="utf-8")
    (elsewhere / "key").write_bytes(KEY)
    (elsewhere / "read").write_text(as_read(path), encoding="ascii")
    (elsewhere / "told").write_text(as_told(path), encoding="ascii")
    return Kept(elsewhere)


# -- what a store says, and what is found -----------------------------------------------------------------------------


def look(path: Path, kept: Kept) -> str:
    """Whether a store that somebody changed is `FOUND`, is `UNCHANGED` in all it says, or says else `UNSEEN`.

    What can be read is compared first, letter for letter: where it is the same, every answer that is made of it is,
    and nothing more is asked. Else `FOUND` is what ``iptengine verify`` finds; and where that finds nothing, what the
    events, the protocols and the lists say has to be the same.
    """
    with suppress(StoreError, sqlite3.Error, UnicodeDecodeError):  # the last two from this program's own look
        if kept.is_what_it_was("read", as_read(path)):
            return UNCHANGED
    if _finds(path, kept):
        return FOUND
    with suppress(StoreError):
        if kept.is_what_it_was("told", as_told(path)):
            return UNCHANGED
    return UNSEEN


def as_read(path: Path) -> str:
    """A hash of everything that stands in a store, as who asks it reads it; cheap, for nothing is worked out.

    The rows of the lists come by two ways through the file, in the order of their table and of its key.
    """
    with open_store(f"sqlite:///{path}", read_only=True) as store:
        recorded = _recorded(store)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        rows = [database.execute(f"SELECT * FROM {LISTS} ORDER BY {by}").fetchall() for by in ("rowid", "course")]
    return _hash([recorded, rows])


def as_told(path: Path) -> str:
    """A hash of what the events and the protocols of a store say, and of what its lists answer on several days."""
    with open_store(f"sqlite:///{path}", read_only=True) as store:
        clinic = clinic_over(store)
        stands = [overview_to_json(one) for on in DAYS for one in clinic.overviews(on=on)]
        lists = [clinic.alerts(), clinic.alerts(closed=True)]
        lists += [asked(on=on) for on in DAYS for asked in (clinic.due, clinic.stuck, clinic.overdue)]
        return _hash([*_recorded(store), stands, [[asdict(line) for line in one] for one in lists]])


def _recorded(store: Store) -> list[object]:
    feed = list(store.feed())
    courses = sorted({course for _, course, _ in feed})
    texts = [text for _, _, text in feed]
    kept = [store.protocol(digest) for digest in dict.fromkeys(digests_named(texts))]
    return [feed, [tuple(store.read(course)) for course in courses], kept]


def _hash(said: object) -> str:
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()


def _finds(path: Path, kept: Kept) -> bool:
    """Whether ``iptengine verify`` finds something: the seals, which go fast, are asked alone before."""
    given = anchor_from_json((kept.folder / "anchor.json").read_text(encoding="utf-8"), KEY)
    try:
        with open_store(f"sqlite:///{path}", read_only=True) as store:
            if verify(store, key=KEY, against=given).state == "damaged":
                return True
    except StoreError:
        return True
    command = [
        "verify",
        str(path),
        "--anchor",
        str(kept.folder / "anchor.json"),
        "--key-file",
        str(kept.folder / "key"),
    ]
    with redirect_stdout(StringIO()) as told, redirect_stderr(told):
        return run_command(command) != 0


def content(path: str) -> str:
    """For the examiner: raises where a change is found; otherwise whether the store says what it said.

    What breaks, instead of ending in a sentence, was not found.
    """
    become(os.environ.get(TWIN, ""))
    try:
        seen = look(Path(path), Kept(Path(os.environ[KEPT])))
    except Exception as error:  # noqa: BLE001  the examiner would take it for found
        return f"it broke: {type(error).__name__}"
    if seen == FOUND:
        raise StoreError("it was changed")
    return seen


# -- every byte, row and column ---------------------------------------------------------------------------------------


def flips(*, acts: int, every: int, rows: int = 1, twin: str = "") -> Iterator[Figures]:
    """Flip a bit of every so many-th byte; then change every so many-th row of every table, column by column."""
    if not HOSTILE.is_dir():
        raise Missing("the examiner of changed stores is not beside this clone (../shared/hostile/tamper.py)")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "clinic.db"
        kept = made(path, acts, Path(name) / "kept")
        done = subprocess.run(
            [sys.executable, HOSTILE / "tamper.py", path, "--call", "torture.tampering:content", "--every", str(every)],
            env={**environment(), KEPT: str(kept.folder), TWIN: twin}, cwd=Path(__file__).parents[1],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        yield _flipped(done, path.stat().st_size)
        with broken(twin):
            yield from row_attacks(path, Path(name) / "copy.db", kept, rows)


def _flipped(done: subprocess.CompletedProcess[str], size: int) -> Figures:
    told = re.match(r"(\d+) flips: (\{.*\}); \d+ s; wrong at (.*)", done.stdout)
    if told is None:
        raise RuntimeError(f"the examiner failed\n{done.stdout}{done.stderr}")
    counts: dict[str, int] = ast.literal_eval(told[2])
    flipped, found, same = int(told[1]), counts.get("found", 0), counts.get("same content", 0)
    unseen = flipped - found - same
    where = f"; unseen at {told[3]}" if unseen else ""
    says = f"bytes of a store of {size:,}: {flipped:,} flips, {found:,} found, {same:,} unchanged, {unseen:,} unseen"
    return Figures(says + where, unseen, flipped)


def row_attacks(path: Path, copy: Path, kept: Kept, every: int) -> Iterator[Figures]:
    """Change every so many-th row of each table with plain SQL, in every way of `_changes`."""
    with closing(sqlite3.connect(path)) as database:
        tables = [table for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        changes = {table: list(_changes(database, table, every)) for table in tables}
    for table, some in changes.items():
        counts = Counter(_attacked(path, copy, kept, change) for change in some)
        found, refused, same, unseen = (counts[outcome] for outcome in (FOUND, REFUSED, UNCHANGED, UNSEEN))
        said = (
            f"rows of {table}: {len(some):,} attacks, {found:,} found, {refused:,} refused by the database, {same:,} "
            f"unchanged, {unseen:,} unseen"
        )
        wrong = [change.told for change in some if unseen and _attacked(path, copy, kept, change) == UNSEEN]
        yield Figures("\n    ".join([said, *wrong[:10]]), unseen, len(some))


class _Change(NamedTuple):
    """Something that plain SQL does to a store."""

    told: str
    statement: str
    values: tuple[object, ...]


REFUSED = "refused"


def _changes(database: sqlite3.Connection, table: str, every: int) -> Iterator[_Change]:
    """Each value otherwise, in every way of `_others`; rows taken out, doubled, the last, all."""
    names = [column[1] for column in database.execute(f"PRAGMA table_info({table})")]
    rows = database.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid").fetchall()
    for number, (rowid, *row) in list(enumerate(rows))[::every]:
        after = rows[(number + 1) % len(rows)][1:]
        for name, value, next_value in zip(names, row, after, strict=True):
            for other in dict.fromkeys(_others(value, next_value)):
                if other != value:
                    told = f"{table} {rowid}: {name} made other"
                    yield _Change(told, f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (other, rowid))
        yield _Change(f"{table} {rowid}: taken out", f"DELETE FROM {table} WHERE rowid = ?", (rowid,))
        doubled = f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})"
        yield _Change(f"{table} {rowid}: doubled", doubled, (_otherwise(row[0], 1_000), *row[1:]))
    last = f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} ORDER BY rowid DESC LIMIT ?)"
    for cut in (1, 2, 3, len(rows)):
        yield _Change(f"{table}: the last {cut} taken out", last, (cut,))


def _others(value: object, next_value: object) -> Iterator[object]:
    """Another value, a misspelt one, none, nothing, bytes, that of the next row; of a record, each value another."""
    yield from (_otherwise(value), _misspelt(value), None, type(value)(), b"\xff\x00\xfe", next_value)
    if isinstance(value, str) and value.startswith("{"):
        record = json.loads(value)
        changed = ({**record, name: _otherwise(one)} for name, one in record.items() if isinstance(one, str | int))
        yield from (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in changed)


def _otherwise(value: object, by: int = 1) -> object:
    """A number that is so much more, or a text whose last letter is another."""
    if isinstance(value, int):
        return value + by
    return f"{value[:-1]}{chr(ord(value[-1]) ^ 1)}" if isinstance(value, str) and value else "x"


def _misspelt(value: object) -> object:
    """A text with another letter or figure in the middle; what is no text as it is."""
    letters = re.search(r"[a-y0-8]", value[len(value) // 2 :]) if isinstance(value, str) else None
    if not isinstance(value, str) or letters is None:
        return value
    at = len(value) // 2 + letters.start()
    return f"{value[:at]}{chr(ord(value[at]) + 1)}{value[at + 1 :]}"


def _attacked(path: Path, copy: Path, kept: Kept, change: _Change) -> str:
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")  # as who means harm would
        try:
            database.execute(change.statement, change.values)
        except sqlite3.Error:
            return REFUSED
    return look(copy, kept)
