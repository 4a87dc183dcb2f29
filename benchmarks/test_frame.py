"""The frame itself: ``pytest benchmarks``. No clock in here; the contenders say what they cost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.frame import Bench, Contender, Goal, Round, measure
from benchmarks.profiles import hot_spots
from benchmarks.report import keep, shown, summary, table


def costs(*each: float) -> Contender:
    """A contender whose rounds cost `each` in turn; the first one is its warm-up."""

    def prepare() -> Round:
        left = iter(each)
        return lambda: next(left)

    return Contender(f"costs {each[1]:g}", prepare)


BENCH = Bench("a move", Goal(2.5), ours=costs(99, 2000, 2200, 2100), base=costs(99, 1000, 1000, 1000), rounds=3)


def test_the_median_counts_and_the_warm_up_does_not() -> None:
    row = measure(BENCH)
    assert (row.ours.median, row.base and row.base.median, row.ours.times_base) == (2100, 1000, 2.1)
    assert row.met


def test_a_machine_that_is_slow_for_a_while_is_slow_for_both() -> None:
    row = measure(replace(BENCH, ours=costs(99, 200, 200, 2000), base=costs(99, 100, 1000, 1000)))
    assert (row.ours.median, row.base and row.base.median, row.ours.times_base) == (200, 1000, 2.0)


def test_a_median_above_the_goal_misses_it() -> None:
    assert not measure(replace(BENCH, goal=Goal(2.0))).met
    assert measure(replace(BENCH, goal=Goal(2100, of="figure"))).met
    assert not measure(replace(BENCH, goal=Goal(2099, of="figure"))).met


def test_a_complaint_misses_the_goal_whatever_the_figure_and_is_printed() -> None:
    row = measure(replace(BENCH, complaints=lambda: ["import iptengine also imports jinja2"]))
    assert not row.met
    assert table(row).endswith("!!!!  import iptengine also imports jinja2")


def test_a_peer_that_is_missing_is_a_loud_line_and_in_the_summary() -> None:
    absent = Contender("someone", costs(1, 1).prepare, needs="no-such-distribution")
    row = measure(replace(BENCH, peers=(absent,)))
    assert table(row).splitlines()[-1] == (
        "       peer  no-such-distribution                   NOT INSTALLED: pip install -e '.[bench]'"
    )
    assert summary([row]) == (
        "1 row: 1 met, 0 missed\n  NOT INSTALLED, so not compared: no-such-distribution (pip install -e '.[bench]')"
    )


def test_a_base_that_is_missing_misses_the_goal_and_is_told() -> None:
    absent = Contender("someone", costs(1, 1).prepare, needs="no-such-distribution")
    row = measure(replace(BENCH, base=absent))
    assert (row.met, row.base, row.not_installed) == (False, None, ("no-such-distribution",))


def test_a_profile_names_the_function_that_took_the_time() -> None:
    def slow() -> float:
        return float(sum(range(20_000)))

    lines = list(hot_spots(Contender("slow", lambda: slow)))
    assert lines[0] == "  share  with what it calls       calls  where"
    assert sorted(line.split()[-1] for line in lines[1:]) == ["builtins.sum>", "slow"]


def test_the_contenders_take_turns_and_each_begins_a_round() -> None:
    order: list[str] = []

    def noting(name: str) -> Contender:
        def round_() -> float:
            order.append(name)
            return 1.0

        return Contender(name, lambda: round_)

    measure(Bench("turns", Goal(1), noting("a"), noting("b"), (noting("c"),), rounds=2))
    assert "".join(order) == "abcbcacab"


def test_a_goal_in_times_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^'a move' has a goal in times of a base, and no base$"):
        replace(BENCH, base=None)


def test_two_contenders_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^'a move' has two contenders of one name$"):
        replace(BENCH, base=BENCH.ours)


def test_what_was_measured_is_kept(tmp_path: Path) -> None:
    row = measure(BENCH)
    keep([row], tmp_path / "results.json")
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert kept["schema"] == "iptengine.benchmarks/1"
    assert [(r["what"], r["met"], r["ours"]["median"]) for r in kept["rows"]] == [("a move", True, 2100)]


def test_the_table_of_a_row() -> None:
    assert table(measure(BENCH)) == (
        "MET    a move\n"
        "       goal  at most 2.5x base\n"
        "       ours  costs 2000                                 2.1 µs      2.1x   middle half 2 µs to 2.2 µs\n"
        "       base  costs 1000                                   1 µs        1x   middle half 1 µs to 1 µs"
    )


def test_figures_keep_three_digits() -> None:
    assert [shown(n, "ns") for n in (0.5, 370.4, 1520, 11_230_000, 2e9)] == [
        "0.5 ns", "370 ns", "1.52 µs", "11.2 ms", "2 s",
    ]  # fmt: skip
    assert shown(3 * 2**20, "bytes") == "3 MiB"
