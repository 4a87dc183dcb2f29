"""Every trial: at full size, in the part that CI tries, and over builds that are broken on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from torture.backups import backups, server_backups
from torture.determinism import determinism
from torture.intruders import intruders
from torture.kills import kills, server_kills
from torture.locks import locks
from torture.power import Figures, disk_faults, power_cuts
from torture.races import races, server_races
from torture.tampering import flips

Size = Mapping[str, Any]
"""What a trial is given: how many times, over how much."""


class Broken(NamedTuple):
    """A trial over a broken build.

    Attributes:
        size: The smallest that finds it out every time.
        says: What its figures say then, as a regular expression.
    """

    size: Size
    says: str


TRIALS: Mapping[str, Callable[..., Figures | Iterable[Figures]]] = {
    "power": power_cuts,
    "disk": disk_faults,
    "kills": kills,
    "server-kills": server_kills,
    "races": races,
    "races-postgresql": server_races,
    "flips": flips,
    "intruders": intruders,
    "determinism": determinism,
    "backups": backups,
    "backups-postgresql": server_backups,
    "locks": locks,
}
FULL: Mapping[str, Size] = {
    "power": {"cuts": 1_000, "acts": 320},
    "disk": {"acts": 20, "step": 1},
    "kills": {"lives": 1_000, "least": 20_000},
    "server-kills": {"lives": 50},
    "races": {"seconds": 60, "least": 5_000},
    "races-postgresql": {"seconds": 60, "least": 5_000},
    "flips": {"acts": 42, "every": 1, "rows": 1},
    "intruders": {"acts": 80, "every": 1},
    "determinism": {"courses": 10_000},
    "backups": {"copies": 100},
    "backups-postgresql": {"copies": 20},
    "locks": {"seconds": 30},
}
PART: Mapping[str, Size] = {
    "power": {"cuts": 25, "acts": 30},
    "disk": {"acts": 3, "step": 40},
    "kills": {"lives": 25, "least": 200},
    "server-kills": {"lives": 3},
    "races": {"seconds": 4, "least": 300},
    "races-postgresql": {"seconds": 4, "least": 300},
    "flips": {"acts": 42, "every": 1_500, "rows": 9},
    "intruders": {"acts": 42, "every": 19},
    "determinism": {"courses": 240},
    "backups": {"copies": 10},
    "backups-postgresql": {"copies": 2},
    "locks": {"seconds": 2},
}
"""The fraction that CI tries."""

_FLIPPED: Size = {"acts": 3, "every": 40_000, "rows": 7}
_INTRUDED: Size = {"acts": 42, "every": 30}
_RACED: Size = {"seconds": 4, "least": 150}
_REPLAYED: Size = {"courses": 20, "runs": 4}
BROKEN: Mapping[str, Mapping[str, Broken]] = {
    "power": {"normal": Broken({"cuts": 20, "acts": 9, "models": ("drop",)}, "LOST")},
    "disk": {"unheard": Broken({"acts": 1, "step": 84}, "LOST")},
    "kills": {
        "forgets_keys": Broken({"lives": 8, "least": 2, "longest": 2}, "is there twice"),
        "alerts_after": Broken({"lives": 8, "least": 2, "longest": 2}, "without its alert"),
        "by_total": Broken({"lives": 3, "least": 3}, "without its alert"),
    },
    "server-kills": {"async_commit": Broken({"lives": 6}, "is not there")},
    "races": {"looks_then_writes": Broken(_RACED, "WRONG")},
    "races-postgresql": {"no_order": Broken(_RACED, "missed [1-9]")},
    "flips": {
        "rows_believed": Broken(_FLIPPED, "alerts made other"),
        "last_unsealed": Broken(_FLIPPED, "iptengine_events .*text made other"),
    },
    "intruders": {
        "last_unsealed": Broken(_INTRUDED, "pasted: .* [1-9][0-9]* unseen"),
        "no_anchor": Broken(_INTRUDED, "whole file put back: 1 store, 1 unseen"),
    },
    "determinism": {
        "by_set": Broken(_REPLAYED, " courses differ, in therapist's page"),
        "by_locale": Broken(_REPLAYED, " courses differ, in therapist's page"),
        "by_clock": Broken(_REPLAYED, " courses differ, in therapist's page, patient's page"),
        "by_zone": Broken(_REPLAYED, " courses differ, in course"),
        "by_assert": Broken(_REPLAYED, " courses differ, in therapist's page"),
    },
    "backups": {"file_copy": Broken({"copies": 10}, "[1-9][0-9]* wrong")},
    "backups-postgresql": {"table_by_table": Broken({"copies": 2}, "[1-9][0-9]* wrong")},
    "locks": {"impatient": Broken({"seconds": 1.5, "programs": 3}, "did not wait, 3 gave up")},
}
"""The twins of each trial, which it must find out."""


def run(trial: str, size: Size, twin: str = "") -> Iterator[Figures]:
    """What a trial of that size counts; of a broken twin, when one is named."""
    found = TRIALS[trial](**size, twin=twin)
    yield from [found] if isinstance(found, Figures) else found


def told(size: Size) -> str:
    """A size as the documentation tells it."""
    return ", ".join(f"{name} {value:,}" for name, value in size.items())
