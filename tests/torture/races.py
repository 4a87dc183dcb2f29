"""Several programs that write to the same courses at once, some killed: every append is judged by the time it took.

What is judged is the port: an append at an expected version, and reads. The history goes to the examiner of races; a
program that follows the feed by its last position must have seen everything in the end.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from iptengine.store.port import StaleVersion, Store, StoreError
from iptengine.store.sql.opening import open_store
from torture.kills import server_running
from torture.power import HOSTILE, Figures, Missing
from torture.programs import Program, complaints, forked
from torture.twins import become

COURSES = 40
PATIENCE = 200
"""How many times in a row who follows the feed asks again where it cannot be read."""


def races(*, url: str = "", seconds: float, programs: int = 8, least: int = 0, twin: str = "") -> Figures:
    """Let programs append and read for a while, at least so many calls, with one of them killed now and then.

    Args:
        url: Where the store is; an SQLite file of its own when left out.
        seconds: How long they go on at least.
        programs: How many there are, beside the one that follows the feed.
        least: How many calls there are at least.
        twin: What the programs that write are, broken on purpose.
    """
    if not HOSTILE.is_dir():
        raise Missing("the examiner of races is not beside this clone (../shared/hostile/check_history.py)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = url or f"sqlite:///{folder}/clinic.db"
        open_store(address).close()
        killed, complained = _raced(folder, address, seconds, programs, least, twin)
        calls = _history(folder)
        with open_store(address) as store:
            seen = list(store.feed())
            (folder / "FINAL.jsonl").write_text("".join(_final(store, seen)), encoding="utf-8")
        missed = len({position for position, _, _ in seen} ^ _followed(folder))
        done = subprocess.run(
            [sys.executable, HOSTILE / "check_history.py", folder / "HISTORY.jsonl", folder / "FINAL.jsonl"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    kind = address.partition(":")[0].partition("+")[0]
    told = f"races on {kind}: {programs} programs, {killed} killed, {calls} calls, {len(seen)} appends kept; "
    judged = (done.stdout + done.stderr).strip().splitlines()
    verdict = "0 wrong" if done.returncode == 0 else f"WRONG: {judged[-1] if judged else done.returncode}"
    told = f"{told}{verdict}; who followed the feed missed {missed}; {len(complained)} programs ended in an error"
    wrong = (done.returncode != 0) + missed + len(complained)
    return Figures("\n    ".join([told, *complaints(complained)]), wrong, calls)


def server_races(*, seconds: float, least: int = 0, twin: str = "") -> Figures:
    """The same on a PostgreSQL server of their own."""
    with server_running() as server:
        return races(url=server.url(server.fresh_database()), seconds=seconds, least=least, twin=twin)


def _raced(
    folder: Path, address: str, seconds: float, programs: int, least: int, twin: str
) -> tuple[int, list[str]]:  # fmt: skip
    """How many were killed, and what those complained of who ended otherwise."""
    rng = random.Random(1)
    stop = folder / "stop"

    def start(number: int) -> Program:
        return forked(lambda: _write(folder, address, number, stop, twin))

    following = forked(lambda: _follow(folder, address, stop))
    running = [start(number) for number in range(programs)]
    began, killed, complained = time.monotonic(), 0, list[str]()
    while (time.monotonic() < began + seconds or _calls(folder) < least) and not complained:
        time.sleep(rng.uniform(0.1, 0.5))
        number = rng.randrange(programs)
        complained += filter(None, [running[number].kill()])
        killed += 1
        running[number] = start(number)
    stop.touch()
    complained += filter(None, [program.wait() for program in (*running, following)])
    return killed, complained


def _write(folder: Path, address: str, number: int, stop: Path, twin: str) -> None:
    become(twin)
    rng = random.Random(os.getpid())
    log = _Log(folder / f"h{number}-{os.getpid()}.jsonl", number)
    with open_store(address) as store:
        act = 0
        while not stop.exists():
            act += 1
            course = f"s{rng.randrange(COURSES)}"
            if rng.random() < 0.3:
                log.read(course, store)
            else:
                log.append(course, store, f"{number}.{os.getpid()}.{act}")


class _Log:
    """What one program was told, a line a call."""

    def __init__(self, path: Path, client: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._client = client

    def read(self, course: str, store: Store) -> None:
        began = time.monotonic_ns()
        seen = _ops(store, course)
        self._say(t0=began, t1=time.monotonic_ns(), kind="read", stream=course, op=None, result="ok", seen=seen)

    def append(self, course: str, store: Store, op: str) -> None:
        expected = len(store.read(course))
        began = time.monotonic_ns()
        said = {"kind": "append", "stream": course, "op": op, "expected": expected, "t0": began}
        self._say(**said, t1=None, result="unknown", version=None)
        try:
            store.append(course, [json.dumps({"op": op})], expected=expected)
        except StaleVersion:
            self._say(**said, t1=time.monotonic_ns(), result="conflict", version=None)
        except StoreError:
            return
        else:
            self._say(**said, t1=time.monotonic_ns(), result="ok", version=expected + 1)

    def _say(self, **told: object) -> None:
        os.write(self._file, (json.dumps({"client": self._client, **told}) + "\n").encode())


def _follow(folder: Path, address: str, stop: Path) -> None:
    """Follow the feed by its last position; once all others have stopped, to its end.

    Who only reads cannot put right what a killed program left; it is told so, and asks again until a writer has.
    """
    seen = os.open(folder / "followed", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    last, quiet, patience = 0, 0, PATIENCE
    with open_store(address, read_only=True) as store:
        while quiet < 20:
            try:
                new = [position for position, _, _ in store.feed(last)]
            except StoreError:
                patience -= 1
                if not patience:
                    raise
                time.sleep(0.05)
                continue
            patience = PATIENCE
            os.write(seen, "".join(f"{position}\n" for position in new).encode())
            last = new[-1] if new else last
            quiet = quiet + 1 if stop.exists() and not new else 0
            time.sleep(0.01 if not quiet else 0.1)


def _followed(folder: Path) -> set[int]:
    return {int(line) for line in (folder / "followed").read_text().split()}


def _calls(folder: Path) -> int:
    """How many calls were told so far: by far fewer than the lines, since an append has two."""
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("h*.jsonl")) * 10 // 17


def _history(folder: Path) -> int:
    """Writes what all programs were told as one history; how many calls there were."""
    appends: dict[str, dict[str, Any]] = {}
    reads = []
    for path in sorted(folder.glob("h*.jsonl")):
        for told in _lines(path):
            if told["kind"] == "read":
                reads.append(told)
            elif told["op"] not in appends or told["result"] != "unknown":
                appends[told["op"]] = told
    calls = [*appends.values(), *reads]
    (folder / "HISTORY.jsonl").write_text("".join(f"{json.dumps(told)}\n" for told in calls), encoding="utf-8")
    return len(calls)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file whose writer may have been killed in the last of them."""
    whole = re.findall(r"^(.*)\n", path.read_text(encoding="utf-8"), re.MULTILINE)
    yield from map(json.loads, whole)


def _final(store: Store, seen: list[tuple[int, str, str]]) -> Iterator[str]:
    versions: dict[str, int] = {}
    for position, course, text in seen:
        versions[course] = versions.get(course, 0) + 1
        told = {"stream": course, "version": versions[course], "op": json.loads(text)["op"], "pos": position}
        yield json.dumps(told) + "\n"


def _ops(store: Store, course: str) -> list[str]:
    return [json.loads(text)["op"] for text in store.read(course)]
