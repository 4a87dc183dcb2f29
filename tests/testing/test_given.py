"""Given, when, then: the whole answer is compared."""

from __future__ import annotations

from datetime import date

import pytest

import phrases
from iptengine.course import commands as c
from iptengine.course.events import AlertRaised, FactRecorded, PhaseEntered, ReadingTaken, SessionHeld
from iptengine.protocol.protocol import Protocol
from iptengine.testing import Happened, given, happened

DAY = date(2026, 1, 5)


@pytest.fixture
def ipt() -> Protocol:
    return phrases.protocol("ipt-adult")


def scored(self_harm: int) -> Happened:
    missing = tuple(item for item in phrases.PHQ9 if item != "self_harm")
    return happened(
        ReadingTaken, measure="phq9", answers={"self_harm": self_harm}, missing=missing, total=9, total_given=True
    )


def raised() -> Happened:
    return happened(
        AlertRaised,
        code="risk_item",
        level="risk",
        text="PHQ-9 item 9 (thoughts of death or self-harm) was answered 1 on 2026-01-05."
        " This needs a clinician's assessment today.",
        cause="c1.1",
        measure="phq9",
        item="self_harm",
        value=1,
    )


def reading(self_harm: int) -> c.Read:
    return c.Read("phq9", answers={"self_harm": self_harm}, total=9)


def test_a_fact_that_is_recorded_is_all_that_happens(ipt: Protocol) -> None:
    course = (
        given(ipt)
        .when(c.RecordFact("medication", "taken"))
        .then(happened(FactRecorded, fact="medication", value="taken"))
    )
    assert course.facts[0].value == "taken"


def test_an_alert_that_was_not_expected_fails(ipt: Protocol) -> None:
    given(ipt).when(reading(0)).then(scored(0))
    given(ipt).when(reading(1)).then(scored(1), raised())
    with pytest.raises(AssertionError, match=r"^expected 1 events, found 2\n\+ found AlertRaised\("):
        given(ipt).when(reading(1)).then(scored(1))


def test_an_alert_that_does_not_come_fails(ipt: Protocol) -> None:
    with pytest.raises(AssertionError, match=r"^expected 2 events, found 1\n- expected AlertRaised\("):
        given(ipt).when(reading(0)).then(scored(0), raised())


def test_events_in_another_order_fail(ipt: Protocol) -> None:
    with pytest.raises(AssertionError, match="expected 2 events, found 2"):
        given(ipt).when(reading(1)).then(raised(), scored(1))


def test_a_field_left_out_has_its_usual_value(ipt: Protocol) -> None:
    held = happened(SessionHeld, number=1, phase="initial")
    given(ipt).when(c.HoldSession()).then(held)
    with pytest.raises(AssertionError, match="minutes=50"):
        given(ipt).when(c.HoldSession(minutes=50)).then(held)


def test_a_field_an_event_needs_cannot_be_left_out() -> None:
    with pytest.raises(TypeError, match="PhaseEntered needs the field 'was'"):
        happened(PhaseEntered, phase="middle")
    with pytest.raises(TypeError, match="PhaseEntered has no field 'phse'"):
        happened(PhaseEntered, phse="middle", was="initial")


def test_a_refusal_is_compared_by_all_its_reasons(ipt: Protocol) -> None:
    early = given(ipt, c.RecordDiagnosis("x")).when(c.EnterPhase("middle"))
    no = early.then_refused("inventory_taken", "formulation_agreed", "focus_agreed", "contract_agreed")
    assert no.overridable
    with pytest.raises(AssertionError, match="expected the reasons focus_agreed; found inventory_taken"):
        early.then_refused("focus_agreed")
    with pytest.raises(AssertionError, match="refused: inventory_taken, formulation_agreed"):
        early.then(happened(PhaseEntered, phase="middle", was="initial"))


def test_what_was_carried_out_was_not_refused(ipt: Protocol) -> None:
    with pytest.raises(AssertionError, match="not refused; recorded: session_held"):
        given(ipt).when(c.HoldSession()).then_refused("focus_agreed")


def test_a_course_can_be_taken_over_and_days_go_on(ipt: Protocol) -> None:
    later = date(2026, 2, 2)
    held = given(ipt, c.Adopt("middle", 4, on=DAY), c.HoldSession(on=later)).when(c.HoldSession(on=later))
    assert [event.on for event in held.events] == [later]
    assert [w.code for event in held.events for w in event.warnings] == ["same_day"]
    assert held.course.version == given(ipt, c.Adopt("middle", 4), c.HoldSession()).course.version + 1
