"""The judge of what a disk holds after a cut.

A thousand cuts are judged, and starting Python with a database library takes longer than judging. So this program
starts once, and each judgement is made in a fork of it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from pathlib import Path

from iptengine.store.port import StoreError
from iptengine.store.sql.opening import open_store
from torture.judging import CORRUPT, faults
from torture.workload import clinic_over, perform


def judge(folder: str, acked: str) -> tuple[int, str]:
    """The exit code the examiners ask for, and the first thing that is wrong."""
    acknowledged = [int(line) for line in Path(acked).read_text().split()]
    if not acknowledged and not (Path(folder) / "clinic.db").exists():
        return 0, ""
    try:
        with open_store(f"sqlite:///{folder}/clinic.db") as store:
            found = faults(store, acknowledged)
    except StoreError as error:
        return CORRUPT, str(error)
    return (found[0].code, found[0].text) if found else (0, "")


# -- judging without starting anew ------------------------------------------------------------------------------------


def serve(address: str) -> None:
    """Judge whatever is asked on a socket, each in a process of its own, until it is stopped."""
    _warm_up()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        while True:
            asking, _ = listening.accept()
            with asking:
                asking.sendall(_in_a_fork(json.loads(asking.recv(65_536))))


def _warm_up() -> None:
    """Load now what every judgement needs."""
    with tempfile.TemporaryDirectory() as folder:
        ack = Path(folder) / "ack"
        ack.touch()
        with open_store(f"sqlite:///{folder}/clinic.db") as store:
            perform(clinic_over(store), 0)
        if judge(folder, str(ack)) != (0, ""):
            raise RuntimeError("the judge finds fault with a store that nothing has happened to")


def _in_a_fork(words: list[str]) -> bytes:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, json.dumps(_judged(words)).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return told or json.dumps((9, "the judge ended without an answer")).encode()


def _judged(words: list[str]) -> tuple[int, str]:
    try:
        return judge(*words)
    except Exception as error:  # noqa: BLE001  a judge that breaks is told as such, and is no verdict
        return 9, f"the judge broke: {type(error).__name__}"


if __name__ == "__main__":
    serve(sys.argv[1])
