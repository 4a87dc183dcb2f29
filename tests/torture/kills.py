"""Programs that are killed while they write, and a server that is: what was told as saved is there, once."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from iptengine.store.port import StoreError
from iptengine.store.sql.opening import open_store
from torture.judging import faults
from torture.power import Figures, Missing
from torture.twins import become
from torture.workload import clinic_over, perform, protocol

if TYPE_CHECKING:
    from postgres import Server


def kills(*, lives: int, least: int, seed: int = 1) -> Figures:
    """Kill the writer of an SQLite store again and again; the next one begins with the act that was not answered."""
    rng = random.Random(seed)
    protocol()
    with tempfile.TemporaryDirectory() as name:
        url, ack = f"sqlite:///{name}/clinic.db", Path(name) / "ack"
        ack.touch()
        open_store(url).close()
        lived = 0
        while lived < lives or acts_told(ack) < least:
            writer = forked(lambda: write_on(url, ack, 0))
            time.sleep(rng.uniform(0.02, 0.5))
            kill(writer)
            lived += 1
        with open_store(url) as store:
            saved = acts_told(ack)
            found = faults(store, range(saved))
    return Figures(f"writers killed: {lived}; {saved} acts told as saved, {len(found)} faults", len(found), lived)


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
        for writer in writers:
            kill(writer)
        acts = [client * 1_000_000 + act for client, ack in enumerate(acks) for act in range(acts_told(ack))]
        with open_store(url) as store:
            wrong = faults(store, acts)
    return Figures(
        f"servers killed: {lives}; {clients} clients; {len(acts)} acts told as saved, {len(wrong)} faults",
        len(wrong),
        lives,
    )


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


def forked(act: Callable[[], None]) -> int:
    """The number of a new program that does this and nothing else."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return child


def kill(child: int) -> None:
    """Kill a program at once."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


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
