"""A chart makes exactly the moves of its spec, and remembers nobody."""

from __future__ import annotations

import copy
import doctest
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from threading import Barrier

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from transitions import Machine

from iptengine.course import charts
from iptengine.course.charts import Chart, ChartSpec, Move, chart

DISPUTE = ChartSpec(
    name="dispute",
    states=("unstaged", "renegotiation", "impasse", "dissolution", "resolved:agreement", "resolved:ended"),
    initial="unstaged",
    finals=frozenset({"resolved:agreement", "resolved:ended"}),
    moves=(
        Move("renegotiation", "unstaged", "renegotiation"),
        Move("impasse", "unstaged", "impasse"),
        Move("dissolution", "unstaged", "dissolution"),
        Move("renegotiation", "impasse", "renegotiation"),
        Move("dissolution", "impasse", "dissolution"),
        Move("impasse", "renegotiation", "impasse"),
        Move("resolved:agreement", "renegotiation", "resolved:agreement"),
        Move("resolved:ended", "dissolution", "resolved:ended"),
    ),
)


@pytest.fixture
def dispute() -> Chart:
    return chart(DISPUTE)


def test_an_impasse_becomes_a_renegotiation_when_nothing_speaks_against_it(dispute: Chart) -> None:
    assert dispute.drive("impasse", "renegotiation", ()) == "renegotiation"


def test_one_reason_keeps_the_dispute_where_it_is(dispute: Chart) -> None:
    assert dispute.drive("impasse", "renegotiation", ("the issue was not raised yet",)) is None


def test_reasons_that_nobody_worked_out_are_not_taken_for_none(dispute: Chart) -> None:
    with pytest.raises(TypeError):
        dispute.drive("impasse", "renegotiation", None)  # type: ignore[arg-type]


def test_an_impasse_does_not_end_in_an_agreement_without_talks(dispute: Chart) -> None:
    assert dispute.drive("impasse", "resolved:agreement", ()) is None


@pytest.mark.parametrize(("state", "trigger"), [("impasse", "divorce"), ("divorce", "impasse"), ("*", "*"), ("", "")])
def test_what_the_chart_does_not_know_leads_nowhere(dispute: Chart, state: str, trigger: str) -> None:
    assert dispute.drive(state, trigger, ()) is None
    assert dispute.triggers_from(state) == (() if state != "impasse" else ("renegotiation", "dissolution"))
    assert not dispute.is_final(state)


def test_a_dispute_that_is_resolved_has_no_way_out(dispute: Chart) -> None:
    assert [state for state in dispute.states if dispute.is_final(state)] == [
        "resolved:agreement",
        "resolved:ended",
    ]
    assert [dispute.moves_from(state) for state in dispute.states if dispute.is_final(state)] == [(), ()]


def test_the_ways_out_of_an_impasse_are_those_of_the_spec(dispute: Chart) -> None:
    assert dispute.moves_from("impasse") == (
        Move("renegotiation", "impasse", "renegotiation"),
        Move("dissolution", "impasse", "dissolution"),
    )


def test_a_chart_says_who_it_is(dispute: Chart) -> None:
    assert (dispute.name, dispute.initial, dispute.states) == ("dispute", "unstaged", DISPUTE.states)
    assert repr(dispute) == "<chart 'dispute' of 6 states>"


def test_every_course_shares_the_one_chart(dispute: Chart) -> None:
    assert chart(replace(DISPUTE)) is dispute
    assert chart(replace(DISPUTE, name="quarrel")) is not dispute


def test_a_chart_that_travels_to_another_worker_is_the_shared_one_there(dispute: Chart) -> None:
    assert pickle.loads(pickle.dumps(dispute)) is dispute
    assert copy.deepcopy(dispute) is dispute
    assert pickle.loads(pickle.dumps(DISPUTE)) == DISPUTE


def test_a_spec_is_found_again_under_another_hash_seed() -> None:
    say = (
        "import pickle, sys; from iptengine.course.charts import chart\n"
        "spec = pickle.load(sys.stdin.buffer)\n"
        "print(hash(spec) == hash((spec.name, spec.states, spec.initial, spec.finals, spec.moves)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", say],
        env={"PYTHONHASHSEED": "7"},
        input=pickle.dumps(DISPUTE),
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"True\n"


# What is refused


def _spec(**changed: object) -> ChartSpec:
    plain = {
        "name": "phases",
        "states": ("initial", "ending", "completed"),
        "initial": "initial",
        "finals": frozenset({"completed"}),
        "moves": (Move("go_on", "initial", "ending"),),
    }
    return ChartSpec(**{**plain, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "mistakes"),
    [
        (
            {"moves": (Move("go_on", "initial", "endng"),)},
            "the move 'go_on' from 'initial' to 'endng' leads to a state that does not exist",
        ),
        (
            {"moves": (Move("go_on", "intial", "ending"),)},
            "the move 'go_on' from 'intial' to 'ending' leaves a state that does not exist",
        ),
        (
            {"moves": (Move("go_on", "initial", "ending"), Move("go_on", "initial", "completed"))},
            "'go_on' leads from 'initial' more than once",
        ),
        (
            {"moves": (Move("reopen", "completed", "ending"),)},
            "the move 'reopen' from 'completed' to 'ending' leaves a final state",
        ),
        (
            {"moves": (Move("go_on", "*", "="),)},
            "the move 'go_on' from '*' to '=' leaves a state that does not exist; "
            "the move 'go_on' from '*' to '=' leads to a state that does not exist",
        ),
        ({"moves": (Move("", "initial", "ending"),)}, "'' is no name for a move"),
        ({"states": ("initial", "*", "completed"), "moves": ()}, "'*' is no name for a state"),
        (
            {"states": ("initial", "the ending", "completed"), "moves": ()},
            "'the ending' is no name for a state",
        ),
        ({"states": ("initial", "initial", "ending", "completed")}, "the state 'initial' is given twice"),
        ({"initial": "start"}, "it begins in 'start', which is not one of its states"),
        (
            {"finals": frozenset({"lost", "early"})},
            "it ends in 'early', which is not one of its states; it ends in 'lost', which is not one of its states",
        ),
    ],
)
def test_a_spec_that_makes_no_chart_is_refused_with_every_mistake(changed: dict[str, object], mistakes: str) -> None:
    with pytest.raises(ValueError, match=r"^the chart") as refused:
        chart(_spec(**changed))
    assert str(refused.value) == f"the chart 'phases' cannot be built: {mistakes}"


def test_a_phase_may_be_called_what_the_machine_keeps_for_itself() -> None:
    names = ("state", "trigger", "models", "on_enter_state", "to_state", "self")
    moves = tuple(Move(name, "state", name) for name in names)
    assert [chart(ChartSpec("n", names, "state", frozenset(), moves)).drive("state", n, ()) for n in names] == [*names]


def test_no_course_can_be_put_into_the_machine(dispute: Chart) -> None:
    with pytest.raises(TypeError, match=r"^a chart is shared by all courses and keeps none of them: use drive$"):
        dispute._machine.add_model(object())
    assert dispute._machine.models == []


# The same answers as the stock machine, and as a plain table

NAMES = (
    "a",
    "b",
    "state",
    "trigger",
    "to_a",
    "on_exit_b",
    "resolved:agreed",
    "x-1",
    "Übergang",
    "7",
    "group/late",
)
PLACE = "where the course is"


@st.composite
def specs(draw: st.DrawFn) -> ChartSpec:
    states = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=7, unique=True))
    finals = draw(st.sets(st.sampled_from(states), max_size=len(states) - 1))
    left = [state for state in states if state not in finals]
    ways = st.tuples(st.sampled_from(NAMES), st.sampled_from(left))
    table = draw(st.dictionaries(ways, st.sampled_from(states), min_size=draw(st.integers(0, 8)), max_size=20))
    return ChartSpec(
        "any",
        tuple(states),
        draw(st.sampled_from(left)),
        frozenset(finals),
        tuple(Move(trigger, source, target) for (trigger, source), target in table.items()),
    )


class Patient:
    """A normal model: the stock machine writes the state into it."""


def stock_machine(spec: ChartSpec) -> tuple[Machine, Patient]:
    patient = Patient()
    machine = Machine(
        model=patient,
        states=list(spec.states),
        initial=spec.initial,
        transitions=[
            {"trigger": m.trigger, "source": m.source, "dest": m.target, "conditions": [lambda *no: no == ()]}
            for m in spec.moves
        ],
        auto_transitions=False,
        ignore_invalid_triggers=True,
        model_attribute=PLACE,
    )
    return machine, patient


STEPS = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from([(), (), (), ("no focus",), ("no focus", "too early")]),
        st.sampled_from(["open", "open", "open", "any", "unknown"]),
    ),
    min_size=3,
    max_size=25,
)


def _trigger(table: dict[tuple[str, str], str], state: str, pick: int, kind: str) -> str:
    """Mostly a move that is open in `state`: a walk that never gets anywhere finds nothing."""
    ways = sorted(t for s, t in table if s == state) if kind == "open" else [*NAMES]
    return "unheard_of" if kind == "unknown" or not ways else ways[pick % len(ways)]


@given(specs(), STEPS)
def test_the_lean_path_the_stock_machine_and_a_plain_table_walk_the_same_way(
    spec: ChartSpec, steps: list[tuple[int, tuple[str, ...], str]]
) -> None:
    table = {(move.source, move.trigger): move.target for move in spec.moves}
    _, patient = stock_machine(spec)
    lean, state, made = chart(spec), spec.initial, 0
    for pick, reasons, kind in steps:
        trigger = _trigger(table, state, pick, kind)
        moved = lean.drive(state, trigger, reasons)
        stock = patient.trigger(trigger, *reasons)  # type: ignore[attr-defined]
        assert moved == (None if reasons else table.get((state, trigger)))
        assert (moved is not None) == stock
        state = state if moved is None else moved
        assert getattr(patient, PLACE) == state
        made += moved is not None
    event(f"moves made: {min(made, 5)}")


@given(specs(), st.sampled_from([(), ("too early",)]))
def test_the_shared_machine_driven_the_stock_way_gives_the_same_answers(
    spec: ChartSpec, reasons: tuple[str, ...]
) -> None:
    lean = chart(spec)
    for move in lean.moves():
        patient = Patient()
        setattr(patient, charts._ATTRIBUTE, move.source)
        moved = lean._machine.events[move.trigger].trigger(patient, reasons)
        target = lean.drive(move.source, move.trigger, reasons)
        assert (moved, getattr(patient, charts._ATTRIBUTE)) == (target is not None, target or move.source)


@given(specs())
def test_every_move_of_the_spec_is_a_transition_and_there_is_no_other(spec: ChartSpec) -> None:
    lean = chart(spec)
    assert sorted(map(str, lean.moves())) == sorted(map(str, spec.moves))
    made = {
        Move(trigger, state, target)
        for state in (*spec.states, "unheard_of", "*", "")
        for trigger in (*NAMES, "unheard_of", "*", "")
        if (target := lean.drive(state, trigger, ())) is not None
    }
    assert made == set(spec.moves)
    assert {move for state in spec.states for move in lean.moves_from(state)} == made
    assert all(lean.triggers_from(s) == tuple(m.trigger for m in lean.moves_from(s)) for s in spec.states)


@given(specs(), STEPS)
def test_with_a_reason_against_it_no_move_is_made_anywhere(
    spec: ChartSpec, steps: list[tuple[int, tuple[str, ...], str]]
) -> None:
    refusals = [reasons for _, reasons, _ in steps if reasons] or [("too early",)]
    made = [chart(spec).drive(m.source, m.trigger, reasons) for m in spec.moves for reasons in refusals]
    assert made == [None] * len(made)


# Nothing stays behind

CALLS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from([(), ("no focus",)])))


@given(specs(), CALLS, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_what_was_asked_before(
    spec: ChartSpec, calls: list[tuple[str, str, tuple[str, ...]]], shuffle: Random
) -> None:
    lean = chart(spec)
    before = _inside(lean)
    first = {call: lean.drive(*call) for call in calls}
    shuffle.shuffle(calls)
    assert {call: lean.drive(*call) for call in calls} == first
    assert _inside(lean) == before


def _inside(lean: Chart) -> object:
    """Everything the machine holds that a call could have changed."""
    machine = lean._machine
    return (
        {name: dict(found.transitions) for name, found in machine.events.items()},
        list(machine.states.items()),
        machine.initial,
        list(machine.models),
        list(machine._transition_queue),
    )


def test_two_threads_that_drive_one_chart_do_not_mix(dispute: Chart) -> None:
    there, back = ("impasse", "renegotiation"), ("renegotiation", "impasse")
    begin = Barrier(4)

    def walk(way: tuple[str, str]) -> set[tuple[str, str | None]]:
        begin.wait()
        state, seen = way[0], set()
        for turn in range(4000):
            new = dispute.drive(state, way[(turn + 1) % 2], ())
            seen.add((state, new))
            state = new or state
        return seen

    pace = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(walk, [there, back, there, back]))
    finally:
        sys.setswitchinterval(pace)
    assert found == [{there, back}] * 4


# The price of what is not used


def test_transitions_is_imported_with_the_first_chart_and_not_before() -> None:
    say = (
        "import sys; from iptengine.course.charts import Chart, ChartSpec, Move, chart\n"
        "print('transitions' in sys.modules)\n"
        "chart(ChartSpec('a', ('b',), 'b', frozenset(), ()))\n"
        "print('transitions' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True)
    assert done.stdout == "False\nTrue\n"


def test_the_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(charts) == (0, 6)
