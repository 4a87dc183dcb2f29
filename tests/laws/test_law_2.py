"""Law 2. No silent false: unknown never opens a way and never silences an alert."""

from __future__ import annotations

import pytest
from hypothesis import given as when_given
from hypothesis import strategies as st

from iptengine.course import commands as c
from iptengine.protocol import truth
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.truth import Truth
from phrases import alert, answers, anyway, enter, event, fact, given, hold, phq9, variant

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def test_a_truth_is_never_taken_for_a_yes_or_no() -> None:
    for answer in Truth:
        with pytest.raises(TypeError, match=r"compare with Truth\.YES, Truth\.NO or Truth\.UNKNOWN"):
            bool(answer)


@pytest.mark.parametrize(
    ("answers", "every", "some"),
    [
        ((), YES, NO),
        ((YES,), YES, YES),
        ((NO,), NO, NO),
        ((UNKNOWN,), UNKNOWN, UNKNOWN),
        ((YES, UNKNOWN), UNKNOWN, YES),
        ((NO, UNKNOWN), NO, UNKNOWN),
        ((YES, NO, UNKNOWN), NO, YES),
    ],
)
def test_all_and_any_over_three_answers(answers: tuple[Truth, ...], every: Truth, some: Truth) -> None:
    assert (truth.all_of(answers), truth.any_of(answers)) == (every, some)


@when_given(st.lists(st.sampled_from(Truth)))
def test_not_any_is_all_not(answers: list[Truth]) -> None:
    assert ~truth.any_of(answers) is truth.all_of(~a for a in answers)
    assert [~~a for a in answers] == answers


@pytest.mark.parametrize(("given_answer", "wanted"), [(True, YES), (False, NO), (None, UNKNOWN)])
def test_nothing_known_is_unknown(given_answer: bool | None, wanted: Truth) -> None:
    assert truth.of(given_answer) is wanted


def gate(condition: object) -> Protocol:
    return variant("small", {"phases.opening.next": {"working": {"here": condition}}})


@pytest.mark.parametrize(
    "condition",
    [
        "phq9 <= 9",
        "phq9 >= 10",
        "phq9.sleep <= 1",
        "phq9 fell by 6 or more since the start",
        "fear_at_home is no",
        "sessions left <= 3",
        {"not": {"high": "phq9 >= 10"}},
        {"any": {"low": "phq9 <= 9", "high": "phq9 >= 10"}},
        {"all": {"low": "phq9 <= 9", "early": "sessions used <= 3"}},
    ],
    ids=str,
)
def test_a_way_whose_condition_nobody_can_tell_is_shut_and_says_unknown(condition: object) -> None:
    story = given(gate(condition)).when(enter("working"))
    assert story.refused is not None
    assert [(r.code, r.answer) for r in story.refused.reasons] == [("here", "unknown")]
    story.then_refused("here").when(anyway(enter("working"))).then(
        event("deviated", overridden=("here",)), event("phase_entered", way="deviation")
    )


def test_the_way_says_the_same_before_anybody_asks() -> None:
    way = given(gate("phq9 <= 9")).way("enter_phase", phase="working")
    assert (way.open, [r.answer for r in way.reasons]) == (False, ["unknown"])


def test_a_reading_without_a_total_makes_the_last_one_unknown_not_the_one_before() -> None:
    story = given(gate("phq9 <= 9"), hold(1), phq9(5, self_harm=0))
    assert story.way("enter_phase", phase="working").open
    story = story.when(answers(0, 0, None, None, None, 0, 0, 0, 0))
    assert [r.answer for r in story.way("enter_phase", phase="working").reasons] == ["unknown"]


def test_a_fact_asked_again_and_left_unanswered_is_no_longer_known() -> None:
    story = given(gate("fear_at_home is no"), fact("fear_at_home", "no"))
    assert story.way("enter_phase", phase="working").open
    story = story.when(fact("fear_at_home", None))
    assert not story.way("enter_phase", phase="working").open


@pytest.mark.parametrize(
    "condition", ["phq9 >= 20", "phq9.sleep >= 3", "phq9 rose by 6 or more since the last reading"]
)
def test_no_gap_in_a_reading_that_was_taken_silences_a_risk_alert(condition: str) -> None:
    look = {"title": "Look", "kind": "risk", "raise_if": condition, "do": "Look at it"}
    story = given(variant("small", {"alerts.look": look}), phq9(9, sleep=1, self_harm=0))
    story = story.when(answers(3, 3, None, None, None, 3, 3, 3, 0))
    story.then(event("reading_taken", total=None), alert("look"))


def test_a_task_whose_condition_nobody_can_tell_is_due_and_says_so() -> None:
    extra = {"do": "Do the extra thing", "only_if": {"low": "phq9 <= 9"}}
    unsure = variant("small", {"phases.opening.must.extra": extra})
    story = given(unsure, c.DoTask("inventory"), c.DoTask("formulate"), c.AgreeFocus("grief"))
    refused = story.when(enter("working")).refused
    assert refused is not None
    assert [r.code for r in refused.reasons] == ["tasks"]
    assert story.when(phq9(12, self_harm=0)).when(enter("working")).last[0].kind == "phase_entered"
