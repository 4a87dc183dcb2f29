"""What course A costs in the source tree that Python finds first: a process that is told what to do, one line each.

`against.py` runs it for two trees. It uses only what both of them have: the public names, `fold`, the codec and the
agenda as a value. A figure is in nanoseconds, time of the process, the garbage collector off.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

import iptengine as ipt
from benchmarks.course_a import Told, told
from benchmarks.frame import Round, timed
from iptengine.course.agenda import session_agenda
from iptengine.course.codec import decode, encode
from iptengine.course.evolve import fold

LEAST = 5_000_000
"""Nanoseconds that a round lasts at least: shorter work is done several times."""

Work = Callable[[], object]
Steps = tuple[tuple[ipt.Course, ipt.Command], ...]


def main() -> int:
    """Say what can be measured; then, for each line that names one, do it and say what it cost."""
    works = dict(_works(told()))
    rounds = {what.strip(): _long_enough(work) for what, work in works.items()}
    print(json.dumps(list(works)), flush=True)
    for line in sys.stdin:
        print(rounds[line.strip()](), flush=True)
    return 0


def _works(course_a: Told) -> Iterator[tuple[str, Work]]:
    protocol, steps = course_a.protocol, course_a.steps
    texts = [encode(event) for event in course_a.events]
    before = [(course, command.on) for course, command in steps if command.kind == "hold_session" and command.on]
    pages = [ipt.agenda(protocol, course, on=on) for course, on in before]
    yield "load ipt-adult", lambda: ipt.load("ipt-adult")
    yield "replay of its events from JSON", lambda: ipt.replay(protocol, map(decode, texts))
    yield "every command", _commands(protocol, steps)
    for kind in dict.fromkeys(command.kind for _, command in steps):
        yield f"  {kind}", _commands(protocol, tuple(step for step in steps if step[1].kind == kind))
    yield "ways", lambda: [ipt.ways(protocol, course, on=on) for course, on in before]
    yield "due", lambda: [ipt.due(protocol, course, on=on) for course, on in before]
    yield "agenda as a value", lambda: [session_agenda(protocol, course, on=on) for course, on in before]
    yield (
        "agenda in Markdown, from the course",
        lambda: [ipt.agenda(protocol, course, on=on).markdown for course, on in before],
    )
    yield "  of it, Markdown from the page", lambda: [page.markdown for page in pages]


def _commands(protocol: ipt.Protocol, steps: Steps) -> Work:
    return lambda: [fold(course, ipt.decide(protocol, course, command)) for course, command in steps]


def _long_enough(work: Work) -> Round:
    """A round that does the work as often as it takes to last."""
    laps = int(LEAST // timed(work, 1)()) + 1

    def again() -> None:
        for _ in range(laps):
            work()

    return timed(again, laps)


if __name__ == "__main__":
    sys.exit(main())
