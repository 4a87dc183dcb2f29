"""What a risk alert rests on, and a task that comes first, stays on the page with its box until it was asked."""

from __future__ import annotations

import pytest

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.render import agenda
from iptengine.render.agenda import Occasion
from phrases import (
    INITIAL,
    Story,
    anyway,
    contract,
    enter,
    fact,
    focus,
    given,
    hold,
    in_the_middle,
    miss,
    phq9,
    protocol,
    staged,
    week,
)

IPT = protocol("ipt-adult")

POSTNATAL = protocol("ipt-postnatal")
ONSET = "Signs of psychosis or mania"
ASKED_NO = (fact("harm_to_baby", "no"), fact("fear_at_home", "no"))


def in_the_middle_after(*said: Command) -> Story:
    """A course after a birth in its middle phase: the other questions were asked and denied in session 3."""
    begun = (hold(1), *said, hold(2), hold(3), *ASKED_NO, *INITIAL, focus("role_transition"), contract(12))
    return given(POSTNATAL, *begun, anyway(enter("middle")))


def text(story: Story, occasion: Occasion = "session") -> str:
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


# -- tasks that come first ---------------------------------------------------------------------------------------


def worse(stage: str) -> Story:
    """A dispute, fear denied in session 1; in session 7 the score is up by 7, with thoughts of death."""
    begun = in_the_middle(sessions=12, area="role_dispute", person="Lee")[1:]
    calm = [said for number in (4, 5, 6) for said in (hold(number), phq9(12, self_harm=0))]
    story = given(IPT, hold(1), phq9(12, self_harm=0), fact("fear_at_home", "no"), begun, staged(stage), calm)
    return story.when(hold(7), phq9(19, self_harm=1))


def first(story: Story, number: int) -> list[str]:
    """What stands under FIRST before the session of a week, each line by its first words."""
    made = story.agenda(on=week(number)).first
    return [" ".join(f"{line.text}{line.template}".split()[:6]) for line in made]


ASKED_AGAIN = [
    ("dissolution", "Ask again, alone, about fear, threats"),
    ("impasse", "Before talk is reopened, ask again,"),
]


@pytest.mark.parametrize(("stage", "asked"), ASKED_AGAIN)
def test_fear_is_asked_about_above_every_review_and_above_an_ending_that_is_not_due_yet(stage: str, asked: str) -> None:
    story = worse(stage)
    assert first(story, 8) == [
        "Risk alerts: 1 needs your assessment",
        "PHQ-9 before you talk. Item 9",
        asked,
        "Review: Half of the sessions are",
        "Review: The PHQ-9 rose by 6",
    ]
    page = agenda(IPT, story.course, on=week(8)).text
    assert "Also due: Name the ending by session 10; today is not too early." in page
    assert "Done  1[ ] 2[ ] 3[ ] 4[ ] 5[ ] 6[ ] Alone[ ]" in page


@pytest.mark.parametrize(("stage", "asked"), ASKED_AGAIN)
def test_it_stands_there_with_its_box_however_much_comes_before_it(stage: str, asked: str) -> None:
    story = worse(stage).when(c.RemindMe("ask about the move"), miss(8))
    assert first(story, 9) == [
        "Risk alerts: 1 needs your assessment",
        "PHQ-9 before you talk. Item 9",
        "You asked to be reminded: ask",
        "No-show last time (21 April), the",
        asked,
        "Review: Half of the sessions are",
        "Review: The PHQ-9 rose by 6",
    ]
    assert "Done 1[ ] 2[ ] 3[ ] 4[ ] 5[ ] 6[ ] Alone[ ] why missed" in " ".join(
        agenda(IPT, story.course, on=week(9)).text.split()
    )
