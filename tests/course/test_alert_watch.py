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
