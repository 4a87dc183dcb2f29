"""The program that is cut off: it appends what a clinic has decided, and writes down what it was told is saved.

It knows the store and nothing else, so that it starts fast: it is started once for every operation that can fail.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from iptengine.store.port import StaleVersion, StoreError
from iptengine.store.sql.opening import open_store
from iptengine.store.sql.store import SqlStore

TRIES = 2


def write(script: str, folder: str, ack: str) -> int:
    """Append what is in the script, each at most twice, and write down the acts that are saved; 1 if some are not."""
    told = os.open(ack, os.O_WRONLY | os.O_APPEND)
    given = json.loads(Path(script).read_text())
    failed = set()
    with open_store(f"sqlite:///{folder}/clinic.db") as store:
        _kept(store, given["protocol"])
        last = {act: number for number, (act, *_) in enumerate(given["appends"])}
        for number, (act, course, expected, texts) in enumerate(given["appends"]):
            if course in failed or not _appended(store, course, expected, texts):
                failed.add(course)
            elif last[act] == number:
                os.write(told, f"{act}\n".encode())
    return 1 if failed else 0


def _kept(store: SqlStore, protocol: list[str]) -> None:
    for _ in range(TRIES - 1):
        try:
            store.keep_protocol(*protocol)
        except StoreError:
            continue
        return
    store.keep_protocol(*protocol)


def _appended(store: SqlStore, course: str, expected: int, texts: list[str]) -> bool:
    """Whether the texts are saved: by this append, or by one before that was not answered."""
    for _ in range(TRIES):
        try:
            store.append(course, texts, expected=expected)
        except StaleVersion:
            return tuple(store.read(course, expected)[: len(texts)]) == tuple(texts)
        except StoreError:
            continue
        return True
    return False


if __name__ == "__main__":
    twin, script_file = sys.argv[1:]
    if twin != "-":
        from torture.twins import become

        become(twin)
    sys.exit(write(script_file, os.environ["PC_DIR"], os.environ["PC_ACK"]))
