"""``python -m torture``: each trial at full size or in part, one line of figures each; 1 when anything was wrong."""

from __future__ import annotations

import argparse
import sys

from torture.power import Missing
from torture.trials import BROKEN, FULL, PART, Size, run


def main(words: list[str] | None = None) -> int:
    """Runs the trials that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("trial", nargs="*", help=f"one or several of {', '.join(FULL)}; all when left out")
    parser.add_argument("--part", action="store_true", help="the fraction that CI tries")
    parser.add_argument("--twin", metavar="NAME", default="", help="try a broken build, in which something is wrong")
    given = parser.parse_args(words)
    unknown = [name for name in given.trial if name not in FULL]
    if unknown:
        parser.error(f"there is no trial {', '.join(unknown)}; there are {', '.join(FULL)}")
    named = given.trial or [name for name in FULL if not given.twin or given.twin in BROKEN[name]]
    without = [name for name in named if given.twin and given.twin not in BROKEN[name]]
    if without or not named:
        twins = "; ".join(f"{name}: {', '.join(BROKEN[name])}" for name in without or BROKEN)
        parser.error(f"there is no twin {given.twin} here; there are {twins}")
    sizes = PART if given.part else FULL
    return max([_run(name, BROKEN[name][given.twin].size if given.twin else sizes[name], given.twin) for name in named])


def _run(trial: str, size: Size, twin: str) -> int:
    try:
        wrong = 0
        for figures in run(trial, size, twin):
            print(figures.told, flush=True)
            wrong += figures.wrong
    except Missing as missing:
        print(f"NOT RUN: {missing}", file=sys.stderr, flush=True)
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
