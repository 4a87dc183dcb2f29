"""Courses in a database: one decision appended and a course read back, on an SQLite file that waits for the disk.

What is counted here is time on the wall, since waiting for the disk is the work; beside it stands what one fsync costs
on this machine. An append is all that a clinic does once a decision is made: seals, events, the row of the lists, and
one commit. Its base is a bare loop of INSERT with the same texts, journal and sync, and nothing else.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from itertools import count

from benchmarks.bench_replay import EVENTS, stored
from benchmarks.course_a import told
from benchmarks.frame import Bench, Contender, Goal, Round, Unfair
from benchmarks.many_courses import folder

DECISION = 4
"""How many events one decision appends: a session, its reading, an alert and a note."""
LAPS = 20


def on_the_wall(work: Callable[[], object], units: int) -> Round:
    """A round that runs `work`, which does `units` of it, with waiting counted."""

    def round_() -> float:
        begin = time.monotonic_ns()
        work()
        return (time.monotonic_ns() - begin) / units

    return round_


# -- one decision -----------------------------------------------------------------------------------------------------


def _ours() -> Round:
    from iptengine import open_store
    from iptengine.course.codec import decode
    from iptengine.course.course import Course
    from iptengine.course.evolve import fold
    from iptengine.engine.lists import row_at_append
    from iptengine.engine.records import History, Records

    store = open_store(f"sqlite:///{folder()}/ours.db")
    records, names, texts, protocol = Records(store), count(), stored()[:DECISION], told().protocol
    decided = list(map(decode, texts))

    def append(before: History, after: Course) -> None:
        records.append(protocol, before, texts, row=row_at_append(after))

    def round_() -> float:
        new = [Course(f"c{next(names)}") for _ in range(LAPS)]
        courses = [(History(course), fold(course, decided)) for course in new]
        return on_the_wall(lambda: [append(*each) for each in courses], LAPS)()

    return round_


def _bare() -> Round:
    database = sqlite3.connect(folder() / "bare.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = TRUNCATE")
    database.execute("PRAGMA synchronous = FULL")
    database.execute(
        "CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, course TEXT NOT NULL, "
        "version INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (course, version))"
    )
    names, texts = count(), stored()[:DECISION]

    def work() -> None:
        for _ in range(LAPS):
            course = f"c{next(names)}"
            database.execute("BEGIN IMMEDIATE")
            for version, text in enumerate(texts, 1):
                row = (course, version, text)
                database.execute("INSERT INTO events (course, version, text) VALUES (?, ?, ?)", row)
            database.execute("COMMIT")

    return on_the_wall(work, LAPS)


def _sync() -> Round:
    file = os.open(folder() / "sync", os.O_WRONLY | os.O_CREAT)

    def work() -> None:
        for _ in range(LAPS):
            os.pwrite(file, b"x" * 4096, 0)
            os.fsync(file)

    return on_the_wall(work, LAPS)


# -- a course read back -----------------------------------------------------------------------------------------------


def _read_ours() -> Round:
    from iptengine import Clinic, MemoryStore, open_store

    store = open_store(f"sqlite:///{folder()}/read.db")
    protocol = told().protocol
    store.append("a", stored(), expected=0)
    clinic = Clinic(store, [protocol])
    in_memory = MemoryStore()
    in_memory.append("a", stored(), expected=0)
    if clinic.course("a") != Clinic(in_memory, [protocol]).course("a"):
        raise Unfair("the course read from SQLite is not the course")
    return on_the_wall(lambda: clinic.course("a"), 1)


def _read_eventsourcing() -> Round:
    from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteDatastore

    from benchmarks.peer_eventsourcing import mapper, read_back, stored_events

    recorder = SQLiteAggregateRecorder(SQLiteDatastore(str(folder() / "sourced.db")))
    recorder.create_table()
    through = mapper()
    events = stored_events(stored(), through)
    recorder.insert_events(events)
    id = events[0].originator_id

    def read() -> object:
        return read_back(recorder.select_events(id), through)

    if read() is None:
        raise Unfair("eventsourcing reads nothing back")
    return on_the_wall(read, 1)


OURS = Contender("iptengine, sealed, listed", _ours)
BARE = Contender("a bare loop of INSERT", _bare)
SYNC = Contender("one fsync of 4 kB", _sync)
READ = Contender("iptengine", _read_ours)
SOURCED = Contender("eventsourcing", _read_eventsourcing, needs="eventsourcing")

BENCHES = (
    Bench(
        what=f"store: one decision of {DECISION} events appended to SQLite, full sync",
        goal=Goal(1.5),
        ours=OURS,
        base=BARE,
        peers=(SYNC,),
        rounds=15,
    ),
    Bench(
        what=f"store: a course of {EVENTS} events read from SQLite and replayed, beside eventsourcing",
        goal=Goal(1 / 5),
        ours=READ,
        base=SOURCED,
        rounds=15,
    ),
)
