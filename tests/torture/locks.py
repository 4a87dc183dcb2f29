"""A program that holds the lock of a store for a long time: the others wait for it, and nothing of theirs is lost."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from iptengine.store.sql.opening import open_store
from torture.judging import faults
from torture.kills import server_running
from torture.power import Figures
from torture.programs import complaints, forked
from torture.twins import become
from torture.workload import ACTS_A_COURSE, clinic_over, perform, protocol


def locks(*, seconds: float, programs: int = 8, twin: str = "") -> Iterator[Figures]:
    """Hold the lock of an SQLite and of a PostgreSQL store for so long while programs want to append to it."""
    with tempfile.TemporaryDirectory() as name:
        yield held(f"sqlite:///{name}/clinic.db", seconds=seconds, programs=programs, twin=twin)
    with server_running() as server:
        yield held(server.url(server.fresh_database()), seconds=seconds, programs=programs, twin=twin)


def held(url: str, *, seconds: float, programs: int, twin: str = "") -> Figures:
    """Hold the lock of the store at an address; each program carries out one act."""
    protocol()
    open_store(url).close()
    acts = [number * ACTS_A_COURSE for number in range(programs)]
    with tempfile.TemporaryDirectory() as name:
        signal = Path(name) / "held"
        holder = forked(lambda: _hold(url, signal, seconds))
        while not signal.exists() and not holder.is_over():
            time.sleep(0.01)
        waiting = [forked(lambda act=act: _carry_out(url, act, twin)) for act in acts]  # type: ignore[misc]
        time.sleep(seconds / 2)
        early = sum(program.is_over() for program in waiting)
        complained = [complaint for complaint in [program.wait() for program in (*waiting, holder)] if complaint]
    with open_store(url) as store:
        wrong = len(faults(store, acts))
    told = (
        f"lock of {url.partition(':')[0]} held for {seconds:g} s: {programs} programs wanted to append; {early} did "
        f"not wait, {len(complained)} gave up, {wrong} faults"
    )
    said = "\n    ".join([told, *complaints(complained)])
    return Figures(said, early + len(complained) + wrong, programs)


def _hold(url: str, signal: Path, seconds: float) -> None:
    with open_store(url) as store, store._access.writing():
        signal.touch()
        time.sleep(seconds)


def _carry_out(url: str, act: int, twin: str) -> None:
    become(twin)
    with open_store(url) as store:
        perform(clinic_over(store), act)
