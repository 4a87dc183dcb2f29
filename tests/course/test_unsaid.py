"""What nobody has said is no answer: an offered request with its gaps, and a record without words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import iptengine as ipt
from filling import PROTOCOLS, protocol_at
from iptengine import commands as c
from iptengine.course.unsaid import TO_SAY, unsaid
from iptengine.course.ways import ways
from phrases import ANNA, START, Story, event, focus, given, hold, logged, phq9, variant


def why(story: Story) -> list[str]:
    assert story.refused is not None
    return [reason.text for reason in story.refused.reasons]


# -- what is offered with gaps -----------------------------------------------------------------------------------


def test_a_focus_posted_back_as_it_is_offered_asks_whom_it_is_with(ipt: ipt.Protocol) -> None:
    story = given(ipt, hold(1), c.RecordPerson("Robin"))
    offered = story.way("agree_focus", area="role_dispute")
    assert (offered.open, offered.command.person) == (True, TO_SAY)
    again = story.when(offered.command)
    again.then_refused("not_filled_in", overridable=False)
    assert why(again) == ["'…' only keeps the place of what is still to be said: fill in person"]
    assert story.when(c.AgreeFocus("role_dispute", person="Robin")).course.focuses[0].person == "Robin"


def test_a_change_of_focus_asks_for_all_that_is_missing(ipt: ipt.Protocol) -> None:
    story = given(ipt, hold(1), focus("grief"))
    offered = story.way("change_focus", to="role_dispute").command
    told = "'…' only keeps the place of what is still to be said: fill in person, because"
    again = story.when(offered)
    again.then_refused("not_filled_in", overridable=False)
    assert why(again) == [told]
    deviating = story.when(c.Deviate(offered, because="all the same"))
    deviating.then_refused("not_filled_in", overridable=False)
    assert why(deviating) == [told]


def test_a_deviation_gives_a_reason_of_its_own(ipt: ipt.Protocol) -> None:
    story = given(ipt, hold(1)).when(c.Deviate(c.EnterPhase("middle"), because=f" {TO_SAY}"))
    story.then_refused("not_filled_in")
    assert why(story) == ["'…' only keeps the place of what is still to be said: fill in because"]


def test_those_who_lead_a_group_are_named() -> None:
    grouped = variant("small", {"group.size": "3..5", "group.facilitators": "1..2"})
    story = given(grouped)
    offered = story.way("join_group").command
    story.when(offered).then_refused("not_filled_in")
    story.when(c.JoinGroup("tuesday", size=3, facilitators=["u17"])).then(event("group_joined"))


def test_nothing_else_of_the_batch_is_lost_and_the_alert_reaches() -> None:
    clinic = ipt.Clinic(ipt.MemoryStore(), [variant("ipt-adult", {})])
    clinic.start("ipt-adult", by=ANNA, on=START, course="a")
    (offered,) = [
        way.command
        for way in clinic.ways("a", on=START)
        if isinstance(way.command, c.AgreeFocus) and way.command.area == "role_dispute"
    ]
    done = clinic.do("a", phq9(9, self_harm=1), offered, c.WriteNote(TO_SAY), by=ANNA, on=START)
    assert [event.kind for event in done.events] == ["reading_taken", "alert_raised", "note_written"]
    assert [[reason.code for reason in no.reasons] for no in done.refused] == [["not_filled_in"]]


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_every_gap_that_is_offered_is_one_of_the_fields_of_its_way(path: Path) -> None:
    story = given(protocol_at(path))
    for way in ways(story.protocol, story.course, on=START):
        assert set(unsaid(way.command)) <= set(way.fields)


# -- records without words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["", "  ", " - ", TO_SAY])
@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        (lambda words: c.RecordDiagnosis(words), "no_words", "say which diagnosis it is"),
        (lambda words: c.WaiveDiagnosis(because=words), "no_reason", "say why the course goes on without a diagnosis"),
        (lambda words: c.WriteFormulation(words, agreed=True), "no_words", "write the formulation"),
        (lambda words: c.RecordPerson(words), "no_words", "say who it is"),
        (lambda words: c.RecordLifeEvent(words), "no_words", "say what happened"),
        (lambda words: c.SetGoal(words), "no_words", "say what the goal is"),
    ],
)
def test_a_record_that_a_protocol_may_rest_on_says_something(
    ipt: ipt.Protocol, said: Callable[[str], c.Command], code: str, told: str, words: str
) -> None:
    story = given(ipt, hold(1)).when(said(words))
    story.then_refused(code, overridable=False)
    assert why(story) == [told]


@pytest.mark.parametrize("words", ["6A70", "悲嘆", "F33.1"])
def test_a_diagnosis_is_said_in_any_script_and_by_any_code(ipt: ipt.Protocol, words: str) -> None:
    given(ipt, hold(1)).when(c.RecordDiagnosis(words)).then(
        event("diagnosis_recorded", diagnosis=words), logged("diagnose")
    )


def test_an_alert_is_not_assessed_by_a_stroke_of_the_pen(ipt: ipt.Protocol) -> None:
    story = given(ipt, hold(1), phq9(9, self_harm=1))
    alert = story.open_alerts[0].id
    story.when(c.AssessAlert(alert, found=TO_SAY, plan="call")).then_refused("assessment", overridable=False)
    assert story.course.alerts[0].needs_assessment
