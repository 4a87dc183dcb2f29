"""A benchmark: our figure, a base and peers, measured in turns in one run, and a goal that is met or missed."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from statistics import median, quantiles
from typing import Literal

Round = Callable[[], float]
"""One round of one contender: what one unit of the work cost, in the unit of the bench."""

Unit = Literal["ns", "bytes"]


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of doing the work.

    Attributes:
        name: What stands in the table.
        prepare: Everything that is not measured (imports, building); gives the round.
        needs: The distribution that must be installed, for peers.
    """

    name: str
    prepare: Callable[[], Round]
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """At most `limit`: times the base, or in the unit of the bench when there is nothing to compare with."""

    limit: float
    of: Literal["base", "figure"] = "base"


def _nothing() -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Bench:
    """One row to measure.

    Attributes:
        what: The work, and what one unit of it is.
        goal: What our median must keep to.
        ours: The library's way.
        base: What the goal is a multiple of; ``None`` when the goal is a figure.
        peers: Other libraries at the same work.
        rounds: How often each contender has its turn.
        unit: What a round returns.
        complaints: Anything else that must not be so; each one makes the goal missed.
        profile: What ``--profile`` prints for a figure that is no time, one line each.
    """

    what: str
    goal: Goal
    ours: Contender
    base: Contender | None = None
    peers: tuple[Contender, ...] = ()
    rounds: int = 31
    unit: Unit = "ns"
    complaints: Callable[[], Sequence[str]] = _nothing
    profile: Callable[[], Sequence[str]] | None = None

    def __post_init__(self) -> None:
        if self.goal.of == "base" and self.base is None:
            raise ValueError(f"'{self.what}' has a goal in times of a base, and no base")
        if len({who.name for who in self.entered}) < len(self.entered):
            raise ValueError(f"'{self.what}' has two contenders of one name")

    @property
    def entered(self) -> tuple[Contender, ...]:
        """Ours, the base and the peers."""
        return (self.ours, *((self.base,) if self.base else ()), *self.peers)


class Unfair(Exception):
    """A contender does other work than the rest, so that its figure says nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one contender cost: the median of its rounds, and the middle half of them.

    `times_base` is the median of the ratios round by round, not the ratio of the medians: a machine that is
    slow for a while is slow for both.
    """

    name: str
    median: float
    middle_half: tuple[float, float]
    times_base: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A bench that was measured."""

    what: str
    unit: Unit
    goal: Goal
    ours: Figure
    base: Figure | None
    peers: tuple[Figure, ...]
    not_installed: tuple[str, ...]
    complaints: tuple[str, ...]
    met: bool = field(init=False)

    def __post_init__(self) -> None:
        reached = self.ours.median if self.goal.of == "figure" else self.ours.times_base
        met = not self.complaints and reached is not None and reached <= self.goal.limit
        object.__setattr__(self, "met", met)


def timed(work: Callable[[], object], units: int) -> Round:
    """A round that runs `work`, which does `units` of it, with the garbage collector out of the way.

    What is counted is the time of this process: what a shared machine gives to others meanwhile is not.
    """

    def round_() -> float:
        gc.collect()
        gc.disable()
        try:
            begin = time.process_time_ns()
            work()
            return (time.process_time_ns() - begin) / units
        finally:
            gc.enable()

    return round_


def measure(bench: Bench, rounds: int | None = None) -> Row:
    """The row for `bench`; every contender has one turn a round, each round begun by another one.

    Raises:
        Unfair: A contender's work differs from that of the others.
    """
    present = [who for who in bench.entered if _installed(who)]
    costs = take_turns([who.prepare() for who in present], rounds or bench.rounds)
    found = dict(zip((who.name for who in present), costs, strict=True))
    base = found.get(bench.base.name) if bench.base else None

    def figure(who: Contender) -> Figure:
        return _figure(_name(who), found[who.name], base)

    return Row(
        what=bench.what,
        unit=bench.unit,
        goal=bench.goal,
        ours=figure(bench.ours),
        base=figure(bench.base) if bench.base and bench.base in present else None,
        peers=tuple(figure(peer) for peer in bench.peers if peer in present),
        not_installed=tuple(who.needs for who in bench.entered if who not in present),
        complaints=tuple(bench.complaints()),
    )


def take_turns(contenders: Sequence[Round], rounds: int) -> list[list[float]]:
    """The cost of every round of every contender, each round begun by another one; the first only warms up."""
    costs: list[list[float]] = [[] for _ in contenders]
    for turn in range(rounds + 1):
        for place in range(len(contenders)):
            who = (turn + place) % len(contenders)
            cost = contenders[who]()
            if turn:
                costs[who].append(cost)
    return costs


def _figure(name: str, costs: list[float], base: list[float] | None) -> Figure:
    middle = median(costs)
    low, _, high = quantiles(costs, n=4) if len(costs) > 1 else (middle, middle, middle)
    ratio = median(cost / plain for cost, plain in zip(costs, base, strict=True)) if base else None
    return Figure(name, middle, (low, high), ratio)


def _installed(who: Contender) -> bool:
    return not who.needs or _version(who.needs) is not None


def _name(who: Contender) -> str:
    return f"{who.name} {_version(who.needs)}" if who.needs else who.name


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
