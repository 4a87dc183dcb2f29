"""Where the time of a contender goes: the profile that explains a goal that is missed."""

from __future__ import annotations

from collections.abc import Iterator
from cProfile import Profile
from pathlib import Path
from pstats import Stats

from benchmarks.frame import Contender

ROUNDS = 20
SHOWN = 20


def hot_spots(who: Contender) -> Iterator[str]:
    """The functions that take most of the time by themselves, with their share of all; the profile costs time, too."""
    round_ = who.prepare()
    round_()
    profile = Profile()
    for _ in range(ROUNDS):
        profile.runcall(round_)
    # The stubs of the standard library do not name the one attribute that holds the figures.
    found: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = vars(Stats(profile))["stats"]
    ours = {where: cost for where, cost in found.items() if not _of_the_frame(*where)}
    total = sum(own for _, _, own, _, _ in ours.values())
    yield "  share  with what it calls       calls  where"
    for (file, line, name), (_, calls, own, whole, _) in sorted(ours.items(), key=lambda x: -x[1][2])[:SHOWN]:
        place = f"{Path(file).name}:{line} {name}" if line else name
        yield f"  {own / total:5.1%}  {whole / total:18.1%}  {calls // ROUNDS:10}  {place}"


def _of_the_frame(file: str, line: int, name: str) -> bool:
    return Path(file).name == "frame.py" or any(part in name for part in ("gc.", "_lsprof", "process_time"))
