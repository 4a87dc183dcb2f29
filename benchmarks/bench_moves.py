"""A move to another version, tried over a whole clinic: what each course would meet, beside plainly reading it.

The courses are course A, cut where their turn stands: early, on the way, and near the end. The base reads and replays
each of them from the same store, and asks nothing. Comparing the two versions is ours to pay.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import iptengine as ipt
from benchmarks.bench_replay import stored
from benchmarks.course_a import told
from benchmarks.frame import Bench, Contender, Goal, Round, Unfair, timed
from benchmarks.many_courses import DAY, Begun, check, folder, name, numbered, write

COURSES = 1_000
CUTS = (20, 60, 100, 140)
_ADULT = Path(__file__).parents[1] / "protocols" / "ipt-adult.protocol.yaml"


@cache
def _store() -> Path:
    path = folder() / "to-move.db"
    write(path, map(_begun, range(COURSES)))
    check(path, COURSES, COURSES * sum(CUTS) // len(CUTS))
    return path


def _begun(number: int) -> Begun:
    texts = stored()[: CUTS[number % len(CUTS)]]
    return name(number), tuple(numbered(text, number) for text in texts), None


@cache
def _next_version() -> ipt.Protocol:
    text = _ADULT.read_text(encoding="utf-8")
    for old, new in (("\nversion: 1.0.0\n", "\nversion: 1.1.0\n"), ("sessions: 12..16", "sessions: 12..14")):
        if text.count(old) != 1:
            raise Unfair(f"the adult protocol says '{old.strip()}' {text.count(old)} times")
        text = text.replace(old, new)
    path = folder() / "ipt-adult.protocol.yaml"
    path.write_text(text, encoding="utf-8")
    return ipt.load(path, folders=[_ADULT.parent])


def _clinic() -> ipt.Clinic:
    return ipt.Clinic(ipt.open_store(f"sqlite:///{_store()}"), [told().protocol])


def _dry_run() -> Round:
    clinic, to = _clinic(), _next_version()
    found = Counter(move.answer for move in clinic.moves(to, on=DAY))
    if found["movable"] + found["blocked"] != COURSES:
        raise Unfair(f"not every course is looked at, and would notice the move: {dict(found)}")
    return timed(lambda: clinic.moves(to, on=DAY), COURSES)


def _replay() -> Round:
    clinic = _clinic()
    names = list(map(name, range(COURSES)))
    return timed(lambda: [clinic.course(course) for course in names], COURSES)


OURS = Contender("a dry run", _dry_run)
BASE = Contender("read and replayed", _replay)

BENCHES = (
    Bench(
        what=f"moves: a dry run over {COURSES:,} courses of {CUTS[0]} to {CUTS[-1]} events; one course",
        goal=Goal(1.5),
        ours=OURS,
        base=BASE,
        rounds=5,
    ),
)
