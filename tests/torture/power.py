"""Power cuts and disks that fail: a store on SQLite, cut off at any moment, holds all that was told as saved."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from torture.workload import script

HERE = Path(__file__).parent
HOSTILE = HERE.parents[2] / "shared" / "hostile"
MODELS = ("random", "drop", "prefix", "kill")


class Missing(Exception):
    """Something that a trial needs is not on this machine."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a trial counted.

    Attributes:
        told: The line that the trial prints.
        wrong: How many times something was wrong.
        tried: How many times it was tried.
    """

    told: str
    wrong: int
    tried: int


def power_cuts(*, cuts: int, acts: int, models: tuple[str, ...] = MODELS, twin: str = "") -> Iterator[Figures]:
    """Cut the power at moments drawn at random, and judge what the disk could then hold."""
    with _examiner() as folder, _judge(folder) as ask:
        for model in models:
            yield _figures(
                f"power cuts, {model}",
                folder / "powercut.py", "--workload", _writing(folder, acts, twin), "--verify", ask,
                "--cuts", str(cuts), "--model", model,
            )  # fmt: skip


def disk_faults(*, acts: int = 20, step: int = 1, twin: str = "") -> Iterator[Figures]:
    """Let every operation on the disk fail, once and for ever, with EIO and ENOSPC."""
    with _examiner() as folder, _judge(folder) as ask:
        yield _figures(
            "disk faults",
            folder / "iofault.py", "--workload", (work := _writing(folder, acts, twin)), "--verify", ask,
            "--step", str(step), "--limit", str(_operations(folder, work)),
        )  # fmt: skip


@contextmanager
def _examiner() -> Iterator[Path]:
    """The power-cut examiner in a folder of its own, with its recorder built."""
    if not (HOSTILE / "powercut").is_dir():
        raise Missing("the power-cut examiner is not beside this clone (../shared/hostile/powercut)")
    cc = compiler("the power-cut recorder")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "powercut"
        shutil.copytree(HOSTILE / "powercut", folder)
        built = [cc, "-shared", "-fPIC", "-O2", "-o", "powercut.so", "powercut.c", "-ldl"]
        subprocess.run(built, cwd=folder, check=True, capture_output=True)
        yield folder


def compiler(needed_by: str) -> str:
    """A compiler of C.

    Raises:
        Missing: There is none.
    """
    found = shutil.which("cc") or shutil.which("gcc")
    if found is None:
        raise Missing(f"{needed_by} needs a C compiler (Debian: apt-get install gcc libc6-dev)")
    return found


@contextmanager
def _judge(folder: Path) -> Iterator[str]:
    """A judge that listens; gives the command that asks it."""
    address = folder / "judge"
    serving = subprocess.Popen([sys.executable, "-m", "torture.judge", str(address)], env=environment())
    try:
        _wait_for(address, serving)
        yield f"{sys.executable} -S {HERE / 'ask.py'} {address}"
    finally:
        serving.kill()
        serving.wait()


def _wait_for(address: Path, serving: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if address.exists():
            return
        if serving.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the judge did not start")


def _writing(folder: Path, acts: int, twin: str) -> str:
    """The command whose work is cut off."""
    given = folder / f"script-{acts}.json"
    if not given.exists():
        given.write_text(script(acts), encoding="ascii")
    return f"{sys.executable} -m torture.writing {twin or '-'} {given}"


def environment() -> dict[str, str]:
    """The environment of a program of this folder: it finds this package, and writes no caches."""
    paths = [str(HERE.parent), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONDONTWRITEBYTECODE": "1"}


def _figures(title: str, *command: str | Path) -> Figures:
    done = subprocess.run(
        [sys.executable, *map(str, command)], env=environment(), capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if re.match(r"ops |errno .* faults", line)]
    if not lines:
        raise RuntimeError(f"{title}: the examiner failed\n{done.stdout}{done.stderr}")
    tried = sum(int(found) for line in lines for found in re.findall(r"(\d+) (?:cuts|faults)", line))
    good = sum(int(found) for line in lines for found in re.findall(r"good'?:? (\d+)", line))
    return Figures(f"{title}: " + "\n    ".join(lines), max(tried - good, done.returncode), tried)


def _operations(folder: Path, work: str) -> int:
    """How many operations on the disk the work takes when nothing fails, and some more."""
    with tempfile.TemporaryDirectory() as name:
        live, ack, log = Path(name) / "live", Path(name) / "ack", Path(name) / "log"
        live.mkdir()
        ack.touch()
        recorder = {"PC_DIR": str(live), "PC_ACK": str(ack), "PC_LOG": str(log)}
        env = {**environment(), **recorder, "LD_PRELOAD": str(folder / "powercut.so")}
        subprocess.run(work.split(), env=env, check=True)
        read_log = runpy.run_path(str(folder / "powercut.py"))["read_log"]
        return sum(op[0] != "A" for op in read_log(str(log))) + 5
