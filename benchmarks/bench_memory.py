"""The memory of course A when it is finished, its list of events not kept.

Counted is what one more course costs: every object that can be reached from it and not from another course that was
read before, by ``sys.getsizeof``. So the protocol, classes, usual values and interned words are not counted, and every
record, state and text of the course is. The course is read back from JSON, as a clinic reads it.

A record that never changes *is* its event here (a task log, a reading), so the course cannot be had without those
events. The goal is for all of it; the line below leaves the events out to the letter.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Iterator
from types import ModuleType

from benchmarks.course_a import told
from benchmarks.frame import Bench, Contender, Goal, Round
from iptengine import Course, Event, replay
from iptengine.course.codec import decode, encode


def _read_back(year: str) -> Course:
    """Course A as it would be in another year, with other ids, so that not even days are shared with the first."""
    texts = [encode(event).replace('"2026-', f'"{year}-').replace('"0000', f'"{year}') for event in told().events]
    return replay(told().protocol, map(decode, texts))


def _objects(root: object, known: frozenset[int] = frozenset(), *skip: type) -> Iterator[object]:
    """Every object that can be reached from `root`, each once, without those already known."""
    found: set[int] = set()
    todo = [root]
    while todo:
        here = todo.pop()
        if id(here) in found or id(here) in known or isinstance(here, (type, ModuleType, *skip)):
            continue
        found.add(id(here))
        yield here
        todo += gc.get_referents(here)


def sizes(*, events: bool = True) -> Counter[str]:
    """Bytes by the class of the objects; `events` counts the records that are events, too."""
    other, course = _read_back("2026"), _read_back("2027")
    known = frozenset(map(id, _objects(other)))
    found: Counter[str] = Counter()
    for each in _objects(course, known, *(() if events else (Event,))):
        found[type(each).__name__] += sys.getsizeof(each)
    return found


def _whole() -> Round:
    return lambda: float(sizes().total())


def _without_events() -> Round:
    return lambda: float(sizes(events=False).total())


def _by_class() -> list[str]:
    return [f"  {size:>8} bytes  {name}" for name, size in sizes().most_common(12)]


def _decided() -> Round:
    """The same course as it is in the process that decided it, sharing its words with the protocol."""
    other = frozenset(map(id, [*_objects(told().protocol), *_objects(_read_back("2026"))]))
    course = told().course
    return lambda: float(sum(sys.getsizeof(each) for each in _objects(course, other)))


BENCHES = (
    Bench(
        what="memory: course A when finished, without its list of events",
        goal=Goal(40_000, of="figure"),
        ours=Contender("iptengine, read back from JSON", _whole),
        peers=(
            Contender("the same, without the records that are events", _without_events),
            Contender("the same, in the process that decided it", _decided),
        ),
        rounds=1,
        unit="bytes",
        profile=_by_class,
    ),
)
