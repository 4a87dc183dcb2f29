"""Measure every ``bench_*.py`` in this folder, or the ones named: ``python -m benchmarks chart import``.

``python -m benchmarks against REV`` measures this tree beside a former one.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from benchmarks import against
from benchmarks.frame import Bench, Row, measure
from benchmarks.profiles import hot_spots
from benchmarks.report import RESULTS, keep, summary, table

NAMES = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def main() -> int:
    """Print the table, keep the JSON; 1 when a goal is missed."""
    if sys.argv[1:2] == ["against"]:
        return against.main(sys.argv[2:])
    asked = _arguments()
    if asked.profile:
        return _profiles(asked.profile)
    rows: list[Row] = []
    for name in asked.names or NAMES:
        for bench in _benches(name, asked.courses):
            rows.append(measure(bench, asked.rounds))
            print(table(rows[-1]), flush=True)
            print()
    keep(rows)
    print(summary(rows))
    print(f"kept in {RESULTS.parent.name}/{RESULTS.name}")
    return 0 if all(row.met for row in rows) else 1


def _benches(name: str, courses: int | None = None) -> tuple[Bench, ...]:
    module = import_module(f"benchmarks.bench_{name}")
    found = module.sized(courses) if courses and hasattr(module, "sized") else module.BENCHES
    if not found:
        raise ValueError(f"bench_{name}.py measures nothing")
    return tuple(found)


def _profiles(name: str) -> int:
    """Where our own time or memory goes, for each row of a file."""
    for bench in _benches(name):
        print(bench.what)
        print("\n".join(bench.profile() if bench.profile else hot_spots(bench.ours)), end="\n\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of: {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, help="fewer rounds for a quick look, more for a busy machine")
    parser.add_argument("--courses", type=int, help="only growth, up to a clinic of so many courses (lists)")
    parser.add_argument("--profile", metavar="NAME", help="show where our own time or memory goes, measuring nothing")
    asked = parser.parse_args()
    if unknown := [name for name in (*asked.names, *filter(None, [asked.profile])) if name not in NAMES]:
        parser.error(f"no bench_{unknown[0]}.py here; there is: {', '.join(NAMES)}")
    if asked.rounds is not None and asked.rounds < 1:
        parser.error("at least one round")
    if asked.courses is not None and asked.courses <= 1000:
        parser.error("growth is shown from 1,000 courses on: give a larger number")
    return asked


if __name__ == "__main__":
    sys.exit(main())
