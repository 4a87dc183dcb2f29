"""Backups that are made while several programs append: each is a beginning of the history, whole and verified."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from iptengine.store.port import Store, StoreError
from iptengine.store.sql.opening import open_store
from torture.judging import faults
from torture.kills import acts_told, server_running, write_on
from torture.power import Figures, Missing
from torture.programs import Program, complaints, forked
from torture.workload import clinic_over, perform, protocol

if TYPE_CHECKING:
    from postgres import Server

APART = 1_000_000
"""From the first act of one program to the first of the next."""
PAGE = 4096
LISTS = "iptengine_lists"
COPIES = ("file_copy", "table_by_table")
"""Twins that copy in a way that is broken."""

BackUp = Callable[[Path], None]


def backups(*, copies: int, programs: int = 4, twin: str = "") -> Figures:
    """Back an SQLite store up again and again while programs append to it, some of which are killed."""
    protocol()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "clinic.db"
        url = f"sqlite:///{source}"
        with open_store(url) as store:
            back_up = (lambda target: _page_by_page(source, target)) if twin == "file_copy" else store.back_up
            with _load(url, folder, programs) as load:
                made = [load.backed_up(folder / f"copy-{number}.db", back_up) for number in range(copies)]
            found = [judged(f"sqlite:///{copy}", store, told) for copy, told in made]
        return _figures("backups of SQLite", found, load)


def server_backups(*, copies: int, programs: int = 4, twin: str = "") -> Figures:
    """Dump a PostgreSQL database with pg_dump while programs append to it, and restore each dump with pg_restore."""
    protocol()
    with tempfile.TemporaryDirectory() as name, server_running() as server:
        _need_tools(server)
        folder, database = Path(name), server.fresh_database()
        url = server.url(database)
        with open_store(url) as store:
            dump = _table_by_table if twin == "table_by_table" else _dump
            with _load(url, folder, programs) as load:
                made = [
                    load.backed_up(server.folder / f"dump-{number}", lambda target: dump(server, database, target))
                    for number in range(copies)
                ]
            found = [judged(_restored(server, dump), store, told) for dump, told in made]
        return _figures("backups of PostgreSQL", found, load)


# -- load -------------------------------------------------------------------------------------------------------------


class _Load:
    """Programs that append, each to courses of its own, and note which acts were told as saved."""

    def __init__(self, url: str, folder: Path, programs: int) -> None:
        self._rng = random.Random(1)
        self._url = url
        self._acks = [folder / f"ack-{number}" for number in range(programs)]
        for ack in self._acks:
            ack.touch()
        self._running = [self._start(number) for number in range(programs)]
        self.killed = 0
        self.complained: list[str] = []

    def backed_up(self, target: Path, back_up: BackUp) -> tuple[Path, list[int]]:
        """A backup, and the acts that were told as saved before it was begun."""
        time.sleep(self._rng.uniform(0.01, 0.3))
        if self._rng.random() < 0.2:
            self._kill_one()
        told = self.told()
        back_up(target)
        return target, told

    def told(self) -> list[int]:
        """Every act that was told as saved so far."""
        return [number * APART + act for number, ack in enumerate(self._acks) for act in range(acts_told(ack))]

    def stop(self) -> None:
        """Kill all of them."""
        while self._running:
            self._kill(self._running.pop())

    def check_alive(self) -> None:
        """Say what ended a program that should be appending."""
        for program in self._running:
            if program.is_over():
                raise RuntimeError(program.complaint or "a program that appends has stopped by itself")

    def _kill(self, program: Program) -> None:
        self.complained += filter(None, [program.kill()])

    def _kill_one(self) -> None:
        number = self._rng.randrange(len(self._running))
        self._kill(self._running[number])
        self._running[number] = self._start(number)
        self.killed += 1

    def _start(self, number: int) -> Program:
        return forked(lambda: write_on(self._url, self._acks[number], number * APART))


@contextmanager
def _load(url: str, folder: Path, programs: int) -> Iterator[_Load]:
    load = _Load(url, folder, programs)
    try:
        while min(map(acts_told, load._acks)) == 0:
            load.check_alive()
            time.sleep(0.05)
        yield load
    finally:
        load.stop()


# -- judging ----------------------------------------------------------------------------------------------------------


def judged(copy: str, store: Store, told: Sequence[int]) -> tuple[int, list[str]]:
    """How many events a backup holds, and what is wrong with it; with one that is right, a clinic can go on."""
    try:
        with open_store(copy) as restored:
            wrong = [fault.text for fault in faults(restored, told)]
            events = list(restored.feed())
            if not wrong and not _is_beginning(events, store):
                wrong = ["it is no beginning of the history"]
            if not wrong:
                perform(clinic_over(restored), 9 * APART)
    except StoreError as error:
        return 0, [str(error)]
    return len(events), wrong


def _is_beginning(events: Sequence[tuple[int, str, str]], store: Store) -> bool:
    return all(one == other for one, other in zip(events, store.feed(), strict=False))


def _figures(title: str, found: Sequence[tuple[int, list[str]]], load: _Load) -> Figures:
    wrong = [text for _, texts in found for text in texts[:1]]
    sizes = [events for events, _ in found]
    told = (
        f"{title}: {len(found)} while {len(load._acks)} programs appended, {load.killed} killed; {min(sizes)} to "
        f"{max(sizes)} events; {len(load.told())} acts told as saved in the end; {len(wrong)} wrong; "
        f"{len(load.complained)} programs ended in an error"
    )
    said = [told, *dict.fromkeys(wrong), *complaints(load.complained)]
    return Figures("\n    ".join(said), len(wrong) + len(load.complained), len(found))


# -- other ways to copy -----------------------------------------------------------------------------------------------


def _page_by_page(source: Path, target: Path) -> None:
    """The broken twin: the file is read as it lies there, page by page, and no lock is asked for."""
    with source.open("rb") as read, target.open("wb") as write:
        while page := read.read(PAGE):
            write.write(page)
            time.sleep(0.0005)


def _need_tools(server: Server) -> None:
    for tool in ("pg_dump", "pg_restore"):
        if not (server.binaries / tool).exists():
            raise Missing(f"{tool} is not installed here (Debian: apt-get install postgresql-client)")


def _dump(server: Server, database: str, target: Path, *which: str) -> None:
    server.run("pg_dump", "-h", str(server.folder), "-U", "postgres", "-Fc", *which, "-f", str(target), database)


def _table_by_table(server: Server, database: str, target: Path) -> None:
    """The broken twin: the rows of the lists are dumped by themselves, at a later moment than all the rest."""
    _dump(server, database, target, f"--exclude-table-data={LISTS}")
    time.sleep(0.5)
    _dump(server, database, _second(target), "--data-only", f"--table={LISTS}")


def _second(dump: Path) -> Path:
    return dump.with_name(f"{dump.name}-second")


def _restored(server: Server, dump: Path) -> str:
    database = server.fresh_database()
    for one in filter(Path.exists, (dump, _second(dump))):
        server.run("pg_restore", "-h", str(server.folder), "-U", "postgres", "-e", "-d", database, str(one))
    return server.url(database)
