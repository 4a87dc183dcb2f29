"""A course read back: 160 stored events of course A, a line of JSON each, folded into the course.

The base is what somebody would write by hand: ``json.loads`` and a dictionary that takes each event in, checking
nothing. eventsourcing reads the same fields from its own stored form, through its own mapper; xstate-statemachine is
sent what ``json.loads`` gives. All are checked to arrive at the same course.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from benchmarks.course_a import told
from benchmarks.frame import Bench, Contender, Goal, Round, Unfair, timed
from benchmarks.plain_course import Fields, Seen, new_state, seen, take_in

EVENTS = 160


@cache
def stored() -> tuple[str, ...]:
    """The texts of the events."""
    from iptengine.course.codec import encode

    return tuple(encode(event) for event in told().events[:EVENTS])


def _check(found: Seen) -> None:
    wanted = (EVENTS, "ending", 14, 102, 13, "resolved_agreement", 3)
    if found != wanted:
        raise Unfair(f"it finds {found} instead of {wanted}")


def _round(read: Callable[[], object], laps: int = 1) -> Round:
    def work() -> None:
        for _ in range(laps):
            read()

    return timed(work, laps)


# -- ours --------------------------------------------------------------------------------------------------------


def _ours() -> Round:
    from iptengine import replay
    from iptengine.course.codec import decode

    protocol, texts = told().protocol, stored()
    course = replay(protocol, map(decode, texts))
    assessed = sum(alert.assessed is not None for alert in course.alerts)
    _check(
        (
            course.version,
            course.phase,
            sum(a.used for a in course.appointments),
            len(course.tasks),
            len(course.readings),
            course.focuses[0].stage,
            assessed,
        )
    )
    return _round(lambda: replay(protocol, map(decode, texts)), 2)


# -- by hand -----------------------------------------------------------------------------------------------------


def _by_hand() -> Round:
    texts = stored()

    def read() -> Fields:
        state = new_state()
        for text in texts:
            event = json.loads(text)
            take_in(state, event["kind"], event)
        return state

    _check(seen(read()))
    return _round(read, 2)


# -- peers -------------------------------------------------------------------------------------------------------


def _eventsourcing() -> Round:
    from benchmarks.peer_eventsourcing import mapper, read_back, stored_events

    through = mapper()
    lines = stored_events(stored(), through)
    _check(seen(read_back(lines, through).state))
    return _round(lambda: read_back(lines, through))


def _xstate() -> Round:
    from xstate_statemachine import MachineLogic, SyncInterpreter, create_machine

    texts = stored()
    kinds = sorted({json.loads(text)["kind"] for text in texts})

    def keep(interpreter: Any, context: Fields, event: Any, action: Any) -> None:
        take_in(context, event.type, event.payload["event"])

    logic: Any = MachineLogic(actions={"keep": keep})
    running = {"on": {kind: {"actions": "keep"} for kind in kinds}}

    def read() -> Any:
        config: Fields = {"id": "course", "initial": "running", "context": new_state(), "states": {"running": running}}
        machine: Any = SyncInterpreter(create_machine(config, logic=logic)).start()
        for text in texts:
            event = json.loads(text)
            machine.send(event["kind"], event=event)
        return machine

    _check(seen(read().context))
    return _round(read)


OURS = Contender("iptengine decode and replay", _ours)
HAND = Contender("json.loads and a dictionary", _by_hand)
SOURCED = Contender("eventsourcing", _eventsourcing, needs="eventsourcing")
MACHINE = Contender("xstate-statemachine", _xstate, needs="xstate-statemachine")

BENCHES = (
    Bench(
        what=f"replay: a course of {EVENTS} events from JSON text",
        goal=Goal(3.0),
        ours=OURS,
        base=HAND,
        peers=(SOURCED, MACHINE),
        rounds=15,
    ),
    Bench(
        what=f"replay: a course of {EVENTS} events, beside eventsourcing",
        goal=Goal(1 / 8),
        ours=OURS,
        base=SOURCED,
        rounds=15,
    ),
)
