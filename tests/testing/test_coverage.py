"""What vignettes reach of a protocol is seen from outside, and what none of them reached is told with its line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from iptengine.authoring.loader import load
from iptengine.protocol.conditions import compile_condition
from iptengine.protocol.conditions.condition import Condition
from iptengine.protocol.protocol import Protocol, names_of
from iptengine.testing import Coverage, Mark, Played, covered, play, protocol_of, read_vignette, read_vignette_text
from iptengine.testing.marks import Edge, edge_of, marks
from iptengine.testing.reaching import reached

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"
HEAD = f"iptengine: 1\nvignette: A test\nprotocol: {SMALL}\nstart: 2026-03-03\nhappenings:\n"
READY = "    done: [inventory, formulate]\n    focus: {grief: {area: grief}}\n"


@cache
def small() -> Protocol:
    return load(SMALL)


def played(happenings: str) -> Played:
    return play(read_vignette_text((HEAD + happenings).encode(), "a.vignette.yaml"), small())


def after(*happenings: str) -> Coverage:
    return covered(small(), {f"v{place}": played(text) for place, text in enumerate(happenings, 1)})


def reached_by(happenings: str) -> set[str]:
    return {f"{mark.where}: {mark.how}" for mark in after(happenings).reached}


ONE = "  one:\n    week: 1\n    status: attended\n"
MOVED = f"{ONE}{READY}    enter: working\n"


# -- the whole ---------------------------------------------------------------------------------------------------


def test_a_first_session_leaves_nearly_everything_open_and_each_gap_has_its_line() -> None:
    found = after(f"{ONE}    phq9: {{total: 10, self_harm: 0}}\n    done: inventory\n")
    assert found.report == (
        "ipt-small@1.0.0, by 1 vignette\n"
        "  phases            1 of 2\n"
        "  moves             0 of 2\n"
        "  outcomes          0 of 2\n"
        "  stages            0 of 4\n"
        "  moves of stages   0 of 4\n"
        "  tasks due         2 of 6\n"
        "  tasks done        1 of 6\n"
        "  alerts            0 of 1\n"
        "  conditions        3 of 14\n"
        "  cut-offs          0 of 4\n"
        "  bands             1 of 8\n"
        "  risk items        1 of 3\n"
        "no vignette reached\n"
        "  small.protocol.yaml:13:3: contract.sessions: never agreed for 6 or agreed for 8\n"
        "  small.protocol.yaml:27:3: measures.phq9.bands.nhs.mild: never at 5 or just under 5\n"
        "  small.protocol.yaml:27:3: measures.phq9.bands.nhs.moderate: never just under 10\n"
        "  small.protocol.yaml:27:3: measures.phq9.bands.nhs.moderately_severe: never at 15 or just under 15\n"
        "  small.protocol.yaml:27:3: measures.phq9.bands.nhs.severe: never at 20 or just under 20\n"
        "  small.protocol.yaml:27:3: measures.phq9.items.self_harm: never answered 1 or more or left blank\n"
        "  small.protocol.yaml:30:3: alerts.violence: never raised\n"
        "  small.protocol.yaml:33:5: alerts.violence.raise_if: never met or unmet\n"
        "  small.protocol.yaml:45:7: problem_areas.grief.must.mourn: never due or done\n"
        "  small.protocol.yaml:53:7: problem_areas.role_dispute.must.find_stage: never due or done\n"
        "  small.protocol.yaml:55:7: problem_areas.role_dispute.stages.unstaged: never stood in\n"
        "  small.protocol.yaml:58:11: problem_areas.role_dispute.stages.unstaged.next.renegotiation: never taken\n"
        "  small.protocol.yaml:59:13: problem_areas.role_dispute.stages.unstaged.next.renegotiation.looked:"
        " never met or unmet\n"
        "  small.protocol.yaml:60:11: problem_areas.role_dispute.stages.unstaged.next.impasse: never taken\n"
        "  small.protocol.yaml:61:7: problem_areas.role_dispute.stages.renegotiation: never stood in\n"
        "  small.protocol.yaml:65:11: problem_areas.role_dispute.stages.renegotiation.must.rehearse:"
        " never due or done\n"
        "  small.protocol.yaml:67:11: problem_areas.role_dispute.stages.renegotiation.next.settled: never taken\n"
        "  small.protocol.yaml:68:7: problem_areas.role_dispute.stages.impasse: never stood in\n"
        "  small.protocol.yaml:71:11: problem_areas.role_dispute.stages.impasse.next.renegotiation: never taken\n"
        "  small.protocol.yaml:72:7: problem_areas.role_dispute.stages.settled: never stood in\n"
        "  small.protocol.yaml:84:7: phases.opening.must.formulate: never done\n"
        "  small.protocol.yaml:86:7: phases.opening.next.working: never taken\n"
        "  small.protocol.yaml:87:9: phases.opening.next.working.tasks: never met or the only one unmet\n"
        "  small.protocol.yaml:88:9: phases.opening.next.working.focus: never met or the only one unmet\n"
        "  small.protocol.yaml:89:3: phases.working: never entered\n"
        "  small.protocol.yaml:95:7: phases.working.must.say_goodbye: never due or done\n"
        "  small.protocol.yaml:100:7: phases.working.next.completed: never taken\n"
        "  small.protocol.yaml:101:9: phases.working.next.completed.ending: never met or unmet or unknown or at 1 or"
        " just over 1\n"
        "  small.protocol.yaml:108:3: outcomes.completed: never reached\n"
        "  small.protocol.yaml:109:3: outcomes.lost: never reached"
    )


def test_what_one_vignette_leaves_open_another_may_reach() -> None:
    alone = after(f"{ONE}    done: inventory\n")
    both = after(f"{ONE}    done: inventory\n", MOVED)
    assert set(both.missing) < set(alone.missing)
    assert both.reached[Mark("moves", ("phases", "opening", "next", "working"), "taken")] == ("v2", "one")
    assert both.reached[Mark("phases", ("phases", "opening"), "entered")] == ("v1", "one")
    assert (both.vignettes, repr(both)) == (
        ("v1", "v2"),
        f"<Coverage of ipt-small@1.0.0: {len(both.reached)} of {len(both.marks)}>",
    )


def test_counts_and_what_is_missing_agree() -> None:
    found = after(MOVED)
    assert sum(whole for _, whole in found.counts.values()) == len(found.marks)
    assert sum(whole - there for there, whole in found.counts.values()) == len(found.missing)
    assert list(dict.fromkeys(mark.kind for mark in found.marks)) == list(found.counts)


# -- what counts as reached --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happenings", "mark"),
    [
        (ONE, "phases.opening: entered"),
        (MOVED, "phases.working: entered"),
        (MOVED, "phases.opening.next.working: taken"),
        (MOVED, "problem_areas.grief.must.mourn: due"),
        (ONE, "phases.opening.must.inventory: due"),
        (f"{ONE}    done: inventory\n", "phases.opening.must.inventory: done"),
        (f"{ONE}    facts: {{fear_at_home: yes}}\n", "alerts.violence: raised"),
        (f"{ONE}    facts: {{fear_at_home: yes}}\n", "alerts.violence.raise_if: met"),
        (f"{ONE}    facts: {{fear_at_home: no}}\n", "alerts.violence.raise_if: unmet"),
        (ONE, "alerts.violence.raise_if: unknown"),
        (f"{ONE}    end: {{outcome: lost}}\n", "outcomes.lost: reached"),
        (f"{ONE}    phq9: {{total: 9, self_harm: 0}}\n", "measures.phq9.bands.nhs.moderate: just under 10"),
        (f"{ONE}    phq9: {{total: 10, self_harm: 0}}\n", "measures.phq9.bands.nhs.moderate: at 10"),
        (f"{ONE}    phq9: {{total: 10, self_harm: 0}}\n", "measures.phq9.items.self_harm: answered 0"),
        (f"{ONE}    phq9: {{total: 10, self_harm: 1}}\n", "measures.phq9.items.self_harm: answered 1 or more"),
        (f"{ONE}    phq9: {{low_mood: 1}}\n", "measures.phq9.items.self_harm: left blank"),
    ],
)
def test_a_happening_reaches(happenings: str, mark: str) -> None:
    assert mark in reached_by(happenings)


def test_a_task_that_was_declined_is_not_done() -> None:
    told = f"{ONE}    tasks: {{inventory: {{how: declined}}}}\n"
    assert "phases.opening.must.inventory: done" not in reached_by(told)


def test_going_another_way_enters_the_phase_but_does_not_take_the_move() -> None:
    found = reached_by(f"{ONE}    deviate: {{because: It is time, request: {{enter: working}}}}\n")
    assert "phases.working: entered" in found
    assert "phases.opening.next.working: taken" not in found


def test_the_conditions_of_a_phase_are_looked_at_only_while_the_course_is_in_it() -> None:
    there = "phases.working.next.completed.ending: "
    assert not any(mark.startswith(there) for mark in reached_by(f"{ONE}    contract: {{sessions: 6}}\n"))
    contract = f"{ONE}    contract: {{sessions: 6}}\n{READY}    enter: working\n"
    assert f"{there}unmet" in reached_by(contract)


def test_a_condition_that_holds_only_between_two_keys_of_a_happening_is_seen() -> None:
    assert "phases.opening.next.working.focus: met" in reached_by(MOVED)
    assert "phases.opening.next.working.focus: unmet" in reached_by(MOVED)


def test_a_condition_that_alone_keeps_a_way_shut_is_told_apart() -> None:
    both = reached_by(ONE)
    alone = reached_by(f"{ONE}    done: [inventory, formulate]\n")
    focus = "phases.opening.next.working.focus: the only one unmet"
    assert focus not in both
    assert focus in alone
    assert "phases.opening.next.working.tasks: the only one unmet" not in alone


def test_the_least_and_the_most_sessions_of_a_contract_are_its_ends() -> None:
    assert "contract.sessions: agreed for 6" in reached_by(f"{ONE}    contract: {{sessions: 6}}\n")
    assert "contract.sessions: agreed for 8" in reached_by(f"{ONE}    contract: {{sessions: 8}}\n")
    assert {mark.how for mark in marks(small()) if mark.path == ("contract", "sessions")} == {
        "agreed for 6", "agreed for 8",
    }  # fmt: skip


def test_the_stages_are_those_of_each_focus() -> None:
    told = f"{ONE}    focus: {{quarrel: {{area: role_dispute, person: Kim}}}}\n"
    stages = "problem_areas.role_dispute.stages"
    assert f"{stages}.unstaged: stood in" in reached_by(told)
    assert f"{stages}.unstaged.next.renegotiation.looked: unmet" in reached_by(told)
    moved = f"{told}    done: find_stage\n    stage: {{quarrel: {{to: renegotiation, because: They talk}}}}\n"
    found = reached_by(moved)
    assert f"{stages}.renegotiation: stood in" in found
    assert f"{stages}.unstaged.next.renegotiation: taken" in found
    assert f"{stages}.impasse: stood in" not in found


def test_sessions_left_are_seen_on_their_line_and_just_over_it() -> None:
    weeks = "".join(f"  s{week}:\n    week: {week}\n    status: attended\n" for week in range(2, 6))
    told = f"{ONE}    contract: {{sessions: 6}}\n{READY}    enter: working\n{weeks}"
    found = reached_by(told)
    assert "phases.working.next.completed.ending: at 1" in found
    assert "phases.working.next.completed.ending: just over 1" in found


# -- the line of a condition -------------------------------------------------------------------------------------

ADULT: Mapping[str, tuple[str, str]] = {
    "phq9 >= 10": ("at 10", "just under 10"),
    "phq9 > 10": ("at 10", "just over 10"),
    "phq9 <= 4": ("at 4", "just over 4"),
    "phq9 less than 5": ("at 5", "just under 5"),
    "sessions left = 2": ("at 2", "just beside 2"),
    "phq9.self_harm >= 1": ("at 1", "just under 1"),
    "phq9 < 5 in 2 readings in a row": ("at 5", "just under 5"),
    "phq9 rose by 6 or more since the last reading": ("at 6", "just under 6"),
    "phq9 fell by 6 or more since the start": ("at 6", "just under 6"),
    "days since the start >= 90": ("at 90", "just under 90"),
}


def _sentence(text: str) -> Condition:
    adult = load("ipt-adult")
    found = compile_condition(text, names_of(adult.spec, adult.measures))
    assert isinstance(found, Condition), found
    return found


@pytest.mark.parametrize("sentence", ADULT)
def test_a_sentence_with_a_number_has_a_line(sentence: str) -> None:
    edge = edge_of(_sentence(sentence))
    assert edge is not None
    assert (edge.at, edge.beside) == ADULT[sentence]


@pytest.mark.parametrize("sentence", ["a focus is agreed", "phase is middle", "half of the sessions are used"])
def test_a_sentence_without_a_number_has_none(sentence: str) -> None:
    assert edge_of(_sentence(sentence)) is None


@pytest.mark.parametrize(
    ("op", "value", "seen"),
    [
        (">=", 10, "at 10"), (">=", 9, "just under 10"), (">=", 9.5, "just under 10"), (">=", 8, ""), (">=", 11, ""),
        ("<", 10, "at 10"), ("<", 9, "just under 10"), ("<", 11, ""),
        (">", 10, "at 10"), (">", 11, "just over 10"), (">", 9, ""),
        ("<=", 10, "at 10"), ("<=", 11, "just over 10"), ("<=", 9, ""),
        ("=", 10, "at 10"), ("=", 9, "just beside 10"), ("=", 11, "just beside 10"), ("=", 12, ""),
        (">=", None, ""), (">=", True, ""), (">=", "10", ""),
    ],
)  # fmt: skip
def test_a_value_is_seen_on_the_line_or_as_near_as_can_be_on_the_other_side(op: str, value: object, seen: str) -> None:
    assert Edge(op, 10).seen(value) == seen


# -- every protocol of the shelf ---------------------------------------------------------------------------------

EXAMPLES = ["impasse-reopened", "calm-evenings-all-five", "before-and-after-loss", "open-table-eight-evenings"]
BY_ITSELF = {"moves", "moves of stages", "moves of charts", "alerts"}
"""An outcome that can be reached from anywhere has no line of a phase; the built-in alert has none at all."""


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_is_seen_is_what_there_is_to_see(example: str) -> None:
    vignette = read_vignette(ROOT / "examples" / f"{example}.vignette.yaml")
    protocol = protocol_of(vignette)
    known, steps = set(marks(protocol)), play(vignette, protocol).steps
    seen = {mark for step in steps for mark in reached(protocol, step.before, step.events, step.on)}
    assert {mark.kind for mark in seen - known if mark.path != ("contract", "sessions")} <= BY_ITSELF
    assert len(seen & known) > 40
