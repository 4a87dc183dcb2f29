"""Programs that are killed while they write, and a server that is: what was told as saved is there, once."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from iptengine.store.port import StoreError
from iptengine.store.sql.opening import open_store
from torture.judging import Fault, faults
from torture.power import Figures, Missing
from torture.programs import complaints, forked
from torture.twins import become
from torture.workload import clinic_over, perform, protocol

if TYPE_CHECKING:
    from postgres import Server

MOST_COMPLAINTS = 20
"""After so many programs that ended by themselves no more is tried."""


def kills(*, lives: int, least: int, longest: float = 0.5, twin: str = "", seed: int = 1) -> Figures:
    """Kill the writer of an SQLite store again and again; the next one begins with the act that was not answered.

    None lives longer than `longest` seconds.
    """
    rng = random.Random(seed)
    protocol()
    with tempfile.TemporaryDirectory() as name:
        url, ack = f"sqlite:///{name}/clinic.db", Path(name) / "ack"
        ack.touch()
        open_store(url).close()
        lived, complained = 0, list[str]()
        while (lived < lives or acts_told(ack) < least) and len(complained) < MOST_COMPLAINTS:
            writer = forked(lambda: write_on(url, ack, 0, twin))
            time.sleep(rng.uniform(0.02, longest))
            complained += filter(None, [writer.kill()])
            lived += 1
        with open_store(url) as store:
            saved = acts_told(ack)
            found = faults(store, range(saved))
    return judged_lives(f"writers killed: {lived}; {saved} acts told as saved", found, complained, lived)


def server_kills(*, lives: int, clients: int = 4, twin: str = "", seed: int = 1) -> Figures:
    """Kill a PostgreSQL server under several clients, with its default set not to wait for the disk."""
    rng = random.Random(seed)
    protocol()
    with tempfile.TemporaryDirectory() as name, server_running(synchronous_commit="off") as server:
        url = server.url(server.fresh_database())
        open_store(url).close()
        acks = [Path(name) / f"ack-{client}" for client in range(clients)]
        for ack in acks:
            ack.touch()
        writers = [
            forked(lambda client=client, ack=ack: write_on(url, ack, client * 1_000_000, twin))  # type: ignore[misc]
            for client, ack in enumerate(acks)
        ]
        for _ in range(lives):
            time.sleep(rng.uniform(0.3, 1.2))
            server.stop("immediate")
            server.start(synchronous_commit="off")
        time.sleep(1)
        complained = [complaint for complaint in [writer.kill() for writer in writers] if complaint]
        acts = [client * 1_000_000 + act for client, ack in enumerate(acks) for act in range(acts_told(ack))]
        with open_store(url) as store:
            wrong = faults(store, acts)
    title = f"servers killed: {lives}; {clients} clients; {len(acts)} acts told as saved"
    return judged_lives(title, wrong, complained, lives)


def judged_lives(title: str, found: Sequence[Fault], complained: Sequence[str], tried: int) -> Figures:
    """What is wrong with the store in the end, and with the programs that ended otherwise than by being killed."""
    said = f"{title}, {len(found)} faults, {len(complained)} programs that ended by themselves"
    first = [*complaints(complained), *(fault.text for fault in found[:5])]
    return Figures("\n    ".join([said, *first]), len(found) + len(complained), tried)


# -- writers ----------------------------------------------------------------------------------------------------------


def write_on(url: str, ack: Path, first: int, twin: str = "") -> None:
    """Go on after the last act that was answered, for as long as this program lives."""
    become(twin)
    told = os.open(ack, os.O_WRONLY | os.O_APPEND)
    act = first + acts_told(ack)
    while True:
        try:
            with open_store(url) as store:
                clinic = clinic_over(store)
                while True:
                    perform(clinic, act)
                    os.write(told, b".")
                    act += 1
        except StoreError:
            time.sleep(0.05)


def acts_told(ack: Path) -> int:
    """How many acts a program has noted as told to it as saved."""
    return ack.stat().st_size


@contextmanager
def server_running(**settings: str) -> Iterator[Server]:
    """A new PostgreSQL server with settings of its own, stopped in the end.

    Raises:
        Missing: PostgreSQL is not installed.
    """
    import postgres

    found = postgres.binaries()
    if found is None:
        raise Missing("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
    server = postgres.new_server(found)
    server.start(**settings)
    try:
        yield server
    finally:
        server.stop()
