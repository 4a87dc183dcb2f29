"""One command through decide and evolve, every object it needs included, beside the dispatch of its chart alone.

A command brings its stamp; `decide` finds the reasons and asks the chart; an event is made; `evolve` gives the new
course. The goal is for the move: a dispute in its seventh week goes from impasse back to renegotiation. The other
commands of the same course stand below it. The dictionary and the machines make the bare move and record nothing;
eventsourcing records it in an aggregate that holds a single dispute and changes in place.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from benchmarks.bench_chart import (
    DISPUTE,
    _dictionary,
    _python_statemachine,
    _sismic,
    _stock_transitions,
    _xstate,
)
from benchmarks.course_a import told
from benchmarks.frame import Bench, Contender, Goal, Round, Unfair, timed

LAPS = 40


def _command(kind: str, n: int, wanted: tuple[str, ...]) -> Round:
    """The round of one command of course A: made, stamped, decided and taken in."""
    from iptengine import Stamp, decide
    from iptengine.course.evolve import fold

    protocol = told().protocol
    course, given = told().before(kind, n)
    stamp = given.stamp
    assert stamp is not None
    make = type(given)
    said = {f.name: getattr(given, f.name) for f in fields(given) if f.name != "stamp"}
    happened = tuple(event.kind for event in decide(protocol, course, given))
    if happened != wanted:
        raise Unfair(f"{kind} gives {happened} instead of {wanted}")

    def work() -> None:
        for _ in range(LAPS):
            command = make(**said).stamped(Stamp(stamp.id, stamp.on, stamp.at, stamp.by))
            fold(course, decide(protocol, course, command))

    return timed(work, LAPS)


def _restage() -> Round:
    return _command("restage", 1, ("focus_staged",))


def _enter() -> Round:
    return _command("enter_phase", 1, ("phase_entered",))


def _task() -> Round:
    return _command("do_task", 60, ("task_logged",))


def _read() -> Round:
    return _command("read", 8, ("reading_taken",))


def _hold() -> Round:
    return _command("hold_session", 8, ("session_held",))


def _eventsourcing() -> Round:
    from benchmarks.peer_eventsourcing import DisputeAggregate

    targets = {(move.source, move.trigger): move.target for move in DISPUTE.moves}
    dispute: Any = DisputeAggregate(stage="impasse")
    dispute.restage("reopen", targets)
    if dispute.stage != "renegotiation":
        raise Unfair("eventsourcing does not make the move")
    dispute.collect_events()

    def work() -> None:
        for _ in range(LAPS):
            dispute.stage = "impasse"
            dispute.restage("reopen", targets)
            dispute.collect_events()

    return timed(work, LAPS)


BENCHES = (
    Bench(
        what="command: one move through decide and evolve, its objects included",
        goal=Goal(30.0),
        ours=Contender("iptengine Restage", _restage),
        base=Contender("dictionary and guard, the move alone", _dictionary),
        peers=(
            Contender("iptengine EnterPhase", _enter),
            Contender("iptengine DoTask", _task),
            Contender("iptengine Read, nine answers", _read),
            Contender("iptengine HoldSession", _hold),
            Contender("transitions, the move alone", _stock_transitions, needs="transitions"),
            Contender("python-statemachine, the same", _python_statemachine, needs="python-statemachine"),
            Contender("sismic, the same", _sismic, needs="sismic"),
            Contender("xstate-statemachine, the same", _xstate, needs="xstate-statemachine"),
            Contender("eventsourcing, recorded", _eventsourcing, needs="eventsourcing"),
        ),
        rounds=15,
    ),
)
