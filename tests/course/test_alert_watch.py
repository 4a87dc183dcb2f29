"""A move asks only the alerts it can raise; and an alert that speaks of the move is among them."""

from __future__ import annotations

import pytest

from iptengine.course import commands as c
from phrases import alert, done, enter, entered, event, given, in_the_middle, logged, staged, variant, week

PROBE = {"title": "Look here", "kind": "review", "do": "Look", "source": "authors"}
MIDDLE = in_the_middle(area="role_dispute", person="Robin")


def test_an_alert_on_the_phase_is_raised_when_the_phase_begins() -> None:
    watching = variant("ipt-adult", {"alerts.probe": PROBE | {"raise_if": "phase is middle"}})
    given(watching, *MIDDLE[:-1]).when(enter("middle")).then(entered("middle"), alert("probe", "review"))


def test_an_alert_on_a_stage_is_raised_when_the_focus_is_placed_there() -> None:
    watching = variant("ipt-adult", {"alerts.probe": PROBE | {"raise_if": "stage of role_dispute is impasse"}})
    given(watching, *MIDDLE).when(staged("impasse")).then(
        event("focus_staged", stage="impasse"), logged("stage_dispute"), alert("probe", "review")
    )


@pytest.mark.parametrize("sentence", ["history is done", "exploration was used"])
def test_an_alert_on_a_task_or_a_technique_is_raised_when_it_is_logged(sentence: str) -> None:
    watching = variant("ipt-adult", {"alerts.probe": PROBE | {"raise_if": sentence}})
    given(watching, *MIDDLE).when(*done("history", techniques=("exploration",))).then(
        logged("history"), alert("probe", "review")
    )


def test_an_alert_on_days_is_raised_by_whatever_is_recorded_once_they_are_over() -> None:
    watching = variant("ipt-adult", {"alerts.probe": PROBE | {"raise_if": "days since the contract >= 3"}})
    course = given(watching, *MIDDLE).when(c.WriteNote("a calm hour", on=week(3, days=2))).then(event("note_written"))
    course.when(c.RemindMe("the letter", on=week(3, days=3))).then(event("reminder_set"), alert("probe", "review"))


TOPICS = {
    "topics": {"harm": "Harm to oneself"},
    "phases.initial.must.history.topic": "harm",
    "sessions": {"told": {"title": "Told", "order": ["history"]}},
}


@pytest.mark.parametrize("sentence", ["harm was talked about", "everything of told is done"])
def test_a_risk_alert_on_what_was_talked_about_or_done_of_a_session_is_raised_when_it_is_logged(sentence: str) -> None:
    watching = variant("ipt-adult", {**TOPICS, "alerts.probe": PROBE | {"kind": "risk", "raise_if": sentence}})
    given(watching).when(*done("history")).then(logged("history"), alert("probe", "risk"))


def test_a_risk_alert_on_a_topic_is_raised_when_the_topic_itself_is_logged() -> None:
    risk = PROBE | {"kind": "risk", "raise_if": "harm was talked about"}
    watching = variant("ipt-adult", {**TOPICS, "alerts.probe": risk})
    given(watching).when(*done("harm")).then(logged("harm"), alert("probe", "risk"))


@pytest.mark.parametrize("sentence", ["the calendar has stopped", "window of initial has closed"])
def test_an_alert_on_the_calendar_is_raised_by_whatever_is_recorded_once_its_day_has_come(sentence: str) -> None:
    watching = variant(
        "ipt-adult",
        {
            "facts.birth": {"title": "Day of birth", "type": "date", "expected": True},
            "calendar": {"stop": "2 weeks after birth"},
            "phases.initial.window": ...,
            "phases.initial.dates": "until birth",
            "alerts.probe": PROBE | {"raise_if": sentence},
        },
    )
    course = given(watching, c.RecordFact("birth", week(2).isoformat(), on=week(1)))
    later = course.when(c.WriteNote("a calm hour", on=week(1, days=2))).then(event("note_written"))
    later.when(c.WriteNote("a calm hour", on=week(4, days=3))).then(event("note_written"), alert("probe", "review"))
