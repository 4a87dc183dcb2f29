"""The table a person reads and the JSON a later run is compared with."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.frame import Figure, Goal, Row, Unit

RESULTS = Path(__file__).with_name("results.json")
INSTALL = "pip install -e '.[bench]'"


def table(row: Row) -> str:
    """One row, its contenders one a line."""
    return "\n".join(_lines(row))


def _lines(row: Row) -> Iterator[str]:
    yield f"{'MET   ' if row.met else 'MISSED'} {row.what}"
    yield f"       goal  {_goal(row.goal, row.unit)}"
    yield _line("ours", row.ours, row.unit)
    if row.base:
        yield _line("base", row.base, row.unit)
    yield from (_line("peer", peer, row.unit) for peer in row.peers)
    yield from (f"       peer  {peer:<38} NOT INSTALLED: {INSTALL}" for peer in row.not_installed)
    yield from (f"       !!!!  {complaint}" for complaint in row.complaints)


def _line(role: str, figure: Figure, unit: Unit) -> str:
    low, high = figure.middle_half
    ratio = "" if figure.times_base is None else f"{_digits(figure.times_base)}x"
    spread = f"middle half {shown(low, unit)} to {shown(high, unit)}"
    return f"       {role}  {figure.name:<38} {shown(figure.median, unit):>10} {ratio:>9}   {spread}"


def _goal(goal: Goal, unit: Unit) -> str:
    return f"at most {goal.limit:g}x base" if goal.of == "base" else f"at most {shown(goal.limit, unit)}"


_STEPS: dict[Unit, tuple[tuple[float, str], ...]] = {
    "ns": ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")),
    "bytes": ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B")),
}


def shown(figure: float, unit: Unit) -> str:
    """A figure with three digits that matter: ``1.52 ms``."""
    size, name = next((step for step in _STEPS[unit] if figure >= step[0]), _STEPS[unit][-1])
    return f"{_digits(figure / size)} {name}"


def _digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def summary(rows: Sequence[Row]) -> str:
    """What was met and missed, and which peers are missing from the comparison."""
    missed = [row.what for row in rows if not row.met]
    absent = sorted({peer for row in rows for peer in row.not_installed})
    lines = [f"{len(rows)} row{'' if len(rows) == 1 else 's'}: {len(rows) - len(missed)} met, {len(missed)} missed"]
    lines += [f"  missed: {what}" for what in missed]
    if absent:
        lines.append(f"  NOT INSTALLED, so not compared: {', '.join(absent)} ({INSTALL})")
    return "\n".join(lines)


def keep(rows: Iterable[Row], path: Path = RESULTS) -> None:
    """Write the rows, and what they were measured with, as JSON."""
    kept = {
        "schema": "iptengine.benchmarks/1",
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "rows": [asdict(row) for row in rows],
    }
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
