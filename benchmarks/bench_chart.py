"""One move of the dispute chart, guard included: the machine's lean path beside a dictionary and other machines.

All walk the same way, moves that a reason stops and moves that do not exist among them, and are checked for it
before they are measured. Our chart and the dictionary take the state in and give the new one out. The peers
keep it inside; what it costs to put a stored course's state in and take it out again is not charged to them.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from types import new_class
from typing import Any

from benchmarks.frame import Bench, Contender, Goal, Round, Unfair, timed
from iptengine.course.charts import ChartSpec, Move, chart

Step = Callable[[str, tuple[str, ...]], object]
"""Ask a machine that keeps its own state for a move."""

OPEN = ("unstaged", "renegotiation", "impasse", "dissolution")
FINALS = ("resolved_agreement", "resolved_accepted", "resolved_ended")
DISPUTE = ChartSpec(
    name="dispute",
    states=OPEN + FINALS,
    initial="unstaged",
    finals=frozenset(FINALS),
    moves=(
        Move("stage_renegotiation", "unstaged", "renegotiation"),
        Move("stage_impasse", "unstaged", "impasse"),
        Move("stage_dissolution", "unstaged", "dissolution"),
        Move("reopen", "impasse", "renegotiation"),
        Move("part", "impasse", "dissolution"),
        Move("fall_silent", "renegotiation", "impasse"),
        Move("part", "renegotiation", "dissolution"),
        Move("reconcile", "dissolution", "renegotiation"),
        Move("agree", "renegotiation", "resolved_agreement"),
        Move("end", "dissolution", "resolved_ended"),
        *(Move("accept", stage, "resolved_accepted") for stage in OPEN),
    ),
)

REASON = ("the plan held for one session; needs two",)
# From an impasse back to an impasse, so that it can be walked again and again.
WALK = (
    ("reopen", REASON),
    ("reopen", ()),
    ("agree", REASON),
    ("agree", REASON),
    ("reconcile", ()),
    ("part", ()),
    ("reconcile", ()),
    ("fall_silent", ()),
)
STATES = (
    "impasse",
    "renegotiation",
    "renegotiation",
    "renegotiation",
    "renegotiation",
    "dissolution",
    "renegotiation",
    "impasse",
)
CALLS = tuple((state, *step) for state, step in zip(("impasse", *STATES), WALK, strict=False))


def _clear(reasons: Sized) -> bool:
    return len(reasons) == 0


def _carried(drive: Callable[[str, str, tuple[str, ...]], str | None]) -> Round:
    """The round of a chart that takes the state in and gives the new one out."""
    walked = tuple(drive(*call) or call[0] for call in CALLS)
    _same_way(walked)

    def work() -> None:
        for _ in range(500):
            for state, trigger, reasons in CALLS:
                drive(state, trigger, reasons)

    return timed(work, 500 * len(CALLS))


def _kept(step: Step, state: Callable[[], str], laps: int) -> Round:
    """The round of a machine that keeps its state."""
    step("stage_impasse", ())
    walked: list[str] = []
    for trigger, reasons in WALK:
        step(trigger, reasons)
        walked.append(state())
    _same_way(tuple(walked))

    def work() -> None:
        for _ in range(laps):
            for trigger, reasons in WALK:
                step(trigger, reasons)

    return timed(work, laps * len(WALK))


def _same_way(walked: tuple[str, ...]) -> None:
    if walked != STATES:
        raise Unfair(f"it walks {walked} instead of {STATES}")


def _ours() -> Round:
    return _carried(chart(DISPUTE).drive)


def _dictionary() -> Round:
    targets = {(move.source, move.trigger): move.target for move in DISPUTE.moves}

    def dispatch(state: str, trigger: str, reasons: tuple[str, ...]) -> str | None:
        target = targets.get((state, trigger))
        if target is None or not _clear(reasons):
            return None
        return target

    return _carried(dispatch)


def _stock_transitions() -> Round:
    from transitions import Machine

    class Dispute:
        state: str
        trigger: Step

    dispute = Dispute()
    Machine(
        model=dispute,
        states=list(DISPUTE.states),
        initial=DISPUTE.initial,
        transitions=[
            {"trigger": move.trigger, "source": move.source, "dest": move.target, "conditions": _clear}
            for move in DISPUTE.moves
        ],
        auto_transitions=False,
        ignore_invalid_triggers=True,
    )
    return _kept(dispute.trigger, lambda: dispute.state, laps=40)


def _python_statemachine() -> Round:
    from statemachine import State, StateMachine

    states = {name: State(name, initial=name == DISPUTE.initial, final=name in FINALS) for name in DISPUTE.states}
    events: dict[str, object] = {}
    for move in DISPUTE.moves:
        way = states[move.source].to(states[move.target], cond=_clear)
        events[move.trigger] = events[move.trigger] | way if move.trigger in events else way
    body = {**states, **events, "allow_event_without_transition": True}
    machine = new_class("Dispute", (StateMachine,), exec_body=lambda space: space.update(body))()
    return _kept(
        lambda trigger, reasons: machine.send(trigger, reasons=reasons),
        lambda: str(machine.current_state_value),
        laps=5,
    )


def _sismic() -> Round:
    from sismic.interpreter import Interpreter  # type: ignore[import-untyped,unused-ignore]
    from sismic.model import (  # type: ignore[import-untyped,unused-ignore]
        BasicState,
        CompoundState,
        Event,
        FinalState,
        Statechart,
        Transition,
    )

    statechart = Statechart("dispute")
    statechart.add_state(CompoundState("stages", initial=DISPUTE.initial), None)
    for name in DISPUTE.states:
        statechart.add_state((FinalState if name in FINALS else BasicState)(name), "stages")
    for move in DISPUTE.moves:
        statechart.add_transition(
            Transition(move.source, move.target, event=move.trigger, guard="len(event.reasons) == 0")
        )
    machine = Interpreter(statechart)
    machine.execute()
    return _kept(
        lambda trigger, reasons: machine.queue(Event(trigger, reasons=reasons)).execute(),
        lambda: str(machine.configuration[-1]),
        laps=5,
    )


def _xstate() -> Round:
    from xstate_statemachine import MachineLogic, SyncInterpreter, create_machine

    states: dict[str, object] = {name: {"type": "final"} for name in FINALS}
    for name in OPEN:
        ways = {m.trigger: {"target": m.target, "guard": "clear"} for m in DISPUTE.moves if m.source == name}
        states[name] = {"on": ways}
    logic: MachineLogic[Any] = MachineLogic(guards={"clear": lambda _, event: _clear(event.payload["reasons"])})
    config = {"id": "dispute", "initial": DISPUTE.initial, "states": states}
    machine = SyncInterpreter(create_machine(config, logic=logic)).start()
    return _kept(
        lambda trigger, reasons: machine.send(trigger, reasons=reasons),
        lambda: str(next(iter(machine.current_state_ids))).removeprefix("dispute."),
        laps=5,
    )


BENCHES = (
    Bench(
        what="chart: one move of a dispute, guard included",
        goal=Goal(2.5),
        ours=Contender("iptengine chart", _ours),
        base=Contender("dictionary and guard", _dictionary),
        peers=(
            Contender("transitions (stock)", _stock_transitions, needs="transitions"),
            Contender("python-statemachine", _python_statemachine, needs="python-statemachine"),
            Contender("sismic", _sismic, needs="sismic"),
            Contender("xstate-statemachine", _xstate, needs="xstate-statemachine"),
        ),
    ),
)
