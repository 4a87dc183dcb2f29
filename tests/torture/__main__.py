"""``python -m torture``: each trial at full size or in part, one line of figures each; 1 when anything was wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping

from torture.backups import backups, server_backups
from torture.determinism import determinism
from torture.intruders import intruders
from torture.kills import kills, server_kills, server_running
from torture.locks import locks
from torture.power import Figures, Missing, disk_faults, power_cuts
from torture.races import races
from torture.tampering import flips

Trial = Callable[[], Iterable[Figures]]


def _races_on_postgresql(seconds: float, least: int) -> Iterable[Figures]:
    with server_running() as server:
        yield races(url=server.url(server.fresh_database()), seconds=seconds, least=least)


FULL: Mapping[str, Trial] = {
    "power": lambda: power_cuts(cuts=1_000, acts=320),
    "disk": lambda: disk_faults(acts=20),
    "kills": lambda: [kills(lives=1_000, least=20_000)],
    "server-kills": lambda: [server_kills(lives=50)],
    "races": lambda: [races(seconds=60, least=5_000)],
    "races-postgresql": lambda: _races_on_postgresql(60, 5_000),
    "flips": lambda: flips(acts=42, every=1),
    "intruders": lambda: intruders(),
    "determinism": lambda: [determinism(courses=10_000)],
    "backups": lambda: [backups(copies=100)],
    "backups-postgresql": lambda: [server_backups(copies=20)],
    "locks": lambda: locks(seconds=30),
}
PART: Mapping[str, Trial] = {
    "power": lambda: power_cuts(cuts=25, acts=30),
    "disk": lambda: disk_faults(acts=3, step=40),
    "kills": lambda: [kills(lives=25, least=200)],
    "server-kills": lambda: [server_kills(lives=3)],
    "races": lambda: [races(seconds=4, least=300)],
    "races-postgresql": lambda: _races_on_postgresql(4, 300),
    "flips": lambda: flips(acts=42, every=1_500, rows=9),
    "intruders": lambda: intruders(acts=42, every=19),
    "determinism": lambda: [determinism(courses=240)],
    "backups": lambda: [backups(copies=10)],
    "backups-postgresql": lambda: [server_backups(copies=2)],
    "locks": lambda: locks(seconds=2),
}
"""The fraction that CI tries: 1 in 40 of the cuts, kills, bytes and courses, 1 in 15 of the races, and 1 in 10 of
the backups."""


def main(words: list[str] | None = None) -> int:
    """Runs the trials that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("trial", nargs="*", help=f"one or several of {', '.join(FULL)}; all when left out")
    parser.add_argument("--part", action="store_true", help="the fraction that CI tries")
    given = parser.parse_args(words)
    trials = PART if given.part else FULL
    unknown = [name for name in given.trial if name not in trials]
    if unknown:
        parser.error(f"there is no trial {', '.join(unknown)}; there are {', '.join(trials)}")
    return max([_run(trials[name]) for name in given.trial or trials])


def _run(trial: Trial) -> int:
    try:
        wrong = 0
        for figures in trial():
            print(figures.told, flush=True)
            wrong += figures.wrong
    except Missing as missing:
        print(f"NOT RUN: {missing}", file=sys.stderr, flush=True)
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
