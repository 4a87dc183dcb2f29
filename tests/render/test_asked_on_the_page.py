"""What a risk alert rests on, and what comes first, stays on the page until it was asked, with its box in AFTER."""

from __future__ import annotations

import pytest

from iptengine.render import agenda
from phrases import INITIAL, Story, anyway, contract, enter, fact, focus, given, hold, protocol, week

POSTNATAL = protocol("ipt-postnatal")
ONSET = "Signs of psychosis or mania"
ASKED_NO = (fact("harm_to_baby", "no"), fact("fear_at_home", "no"))


def in_the_middle_after(*said: object) -> Story:
    """A course after a birth in its middle phase: the other questions were asked and denied in session 3."""
    begun = (hold(1), *said, hold(2), hold(3), *ASKED_NO, *INITIAL, focus("role_transition"), contract(12))
    return given(POSTNATAL, *begun, anyway(enter("middle")))  # type: ignore[arg-type]


def text(story: Story, occasion: str = "session") -> str:
    """The therapist's page in one line."""
    made = agenda(story.protocol, story.course, on=week(4), occasion=occasion)
    assert made.problem == ""
    return " ".join(made.text.split())


# -- facts that a risk alert rests on ----------------------------------------------------------------------------


def test_signs_of_psychosis_never_asked_for_stay_on_the_page_when_the_initial_phase_is_over() -> None:
    page = text(in_the_middle_after())
    assert f"{ONSET}: not on record. Before step 4." in page
    assert f"{ONSET} no[ ] yes[ ] no answer[ ]" in page


def test_they_are_asked_for_at_a_last_meeting_as_well() -> None:
    assert f"{ONSET}: not on record." in text(in_the_middle_after(), "last")


def test_once_told_they_leave_the_page_and_asked_without_an_answer_they_do_not() -> None:
    told = text(in_the_middle_after(fact("psychosis_or_mania", "no")))
    assert f"{ONSET}:" not in told
    assert f"{ONSET} no[ ]" not in told
    unanswered = in_the_middle_after(fact("psychosis_or_mania", None))
    assert [alert.code for alert in unanswered.open_alerts] == ["psychosis_or_mania_seen"]
    assert f"{ONSET}: asked, not answered (session 1). Ask again. Before step 4." in text(unanswered)
    assert f"{ONSET} no[ ] yes[ ] no answer[ ]" in text(unanswered)


def test_what_no_risk_alert_rests_on_is_folded_when_the_initial_phase_is_over() -> None:
    also = in_the_middle_after().agenda(on=week(4)).also_due
    assert [line.text for line in also if line.fold and line.code == "fact_due"] == [
        "Record: Medication for the depression.",
        "Record: Day of the birth.",
        "Record: Where the baby is.",
        "Record: How the baby is fed.",
    ]


@pytest.mark.parametrize("phase", ["initial", "middle"])
def test_danger_to_the_body_never_asked_for_has_its_box_in_every_phase(phase: str) -> None:
    eating = protocol("ipt-eating-disorder-bn")
    story = given(eating, hold(1), hold(2), hold(3))
    story = story if phase == "initial" else story.when(anyway(enter("middle")))
    assert story.course.phase == phase
    assert "Danger to the body from the eating problem no[ ] yes[ ]" in text(story)
