"""This tree beside a former one: ``python -m benchmarks against REV``.

The former tree is checked out beside, in a worktree that is taken away again. Each tree has a process of its own;
for every row both do the same work of course A in turns, and a row says what it cost, and how many times the former.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.frame import take_turns

ROOT = Path(__file__).parents[1]


def main(words: Sequence[str]) -> int:
    """Print a row for each kind of work."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks against", description=__doc__)
    parser.add_argument("rev", metavar="REV", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=31, help="how often each tree has its turn, for each row")
    asked = parser.parse_args(words)
    with _checked_out(asked.rev) as former, ExitStack() as both:
        trees = [both.enter_context(_Tree(source)) for source in (former / "src", ROOT / "src")]
        print(f"{'course A, milliseconds':38} {asked.rev[:10]:>10} {'now':>10} {'times':>7}  by the least")
        for what in trees[1].works:
            if what in trees[0].works:
                costs = take_turns([partial(tree.cost, what) for tree in trees], asked.rounds)
                print(_row(what, *costs), flush=True)
    return 0


@contextmanager
def _checked_out(rev: str) -> Iterator[Path]:
    """The files of a commit, in a folder that lasts as long as it is needed."""
    git = ["git", "-C", str(ROOT), "worktree"]
    with TemporaryDirectory() as folder:
        place = Path(folder) / "former"
        subprocess.run([*git, "add", "--quiet", "--detach", str(place), rev], check=True)
        try:
            yield place
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True)


class _Tree:
    """A process that has loaded the library from one source tree."""

    def __init__(self, source: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "benchmarks" / "one_tree.py")],
            env={**os.environ, "PYTHONPATH": str(source), "PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.works: list[str] = json.loads(self._said())

    def __enter__(self) -> _Tree:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def cost(self, what: str) -> float:
        """What it cost once more, in nanoseconds."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what.strip()}\n")
        self._process.stdin.flush()
        return float(self._said())

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def _row(what: str, former: list[float], now: list[float]) -> str:
    times = median(new / old for old, new in zip(former, now, strict=True))
    least = min(now) / min(former)
    return f"{what:38} {min(former) / 1e6:10.3f} {min(now) / 1e6:10.3f} {times:7.2f}  {least:.2f}"
