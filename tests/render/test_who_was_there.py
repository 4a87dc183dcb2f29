"""Who was there comes back by title, and so do the facts recorded since the last session."""

from __future__ import annotations

from datetime import date
from typing import Any

from iptengine.course import commands as c
from iptengine.course.hiding import seen_by
from iptengine.render import agenda
from phrases import Story, fact, given, hold, protocol, variant, week

IPT = protocol("ipt-adult")
HIDDEN = variant("ipt-adult", {"facts.someone_at_risk.hide_from": ["assessor"]})
KEPT = variant("ipt-adult", {"facts.medication.hide_from": ["therapist"]})


def page(story: Story, on: date, **asked: Any) -> str:
    made = agenda(story.protocol, story.course, on=on, **asked)
    assert made.problem == ""
    return " ".join(made.text.split())


def recorded(story: Story, on: date) -> list[str]:
    return [line.text for line in story.agenda(on=on).standing if line.code == "facts_recorded"]


def test_who_was_there_last_time_is_told_by_title() -> None:
    story = given(IPT, hold(1, present=("patient", "spouse_or_partner", "interpreter")))
    assert "LAST TIME (session 1, 3 March) With: spouse or partner, interpreter." in page(story, week(2))
    assert "With:" not in page(given(IPT, hold(1)), week(2))


def test_a_session_with_others_and_without_the_patient_says_so() -> None:
    story = given(IPT, hold(1, present=("relative",)))
    told = "With: parent or other relative; the patient is not on record as there."
    assert told in page(story, week(2))


def test_facts_recorded_in_the_last_session_and_since_are_told_with_the_day_of_what_came_since() -> None:
    story = given(IPT, hold(1), fact("medication", "considered", week(1)), fact("someone_at_risk", "no", week(1, 3)))
    told = (
        "Recorded since session 1: Medication for the depression: considered; "
        "A child or other person who may come to harm: no (6 March)."
    )
    assert recorded(story, week(2)) == [told]
    assert told in page(story, week(2), detail="brief")


def test_of_a_fact_recorded_twice_the_last_answer_is_told_and_one_not_answered_says_so() -> None:
    said = (fact("medication", value, week(1, days)) for days, value in ((1, "considered"), (2, "taken")))
    story = given(IPT, hold(1), *said, fact("someone_at_risk", None, week(1, 3)))
    assert recorded(story, week(2)) == [
        "Recorded since session 1: Medication for the depression: taken (5 March); "
        "A child or other person who may come to harm: not answered (6 March)."
    ]


def test_after_the_next_session_a_fact_is_told_no_more_as_new() -> None:
    assert recorded(given(IPT, hold(1), fact("medication", "taken", week(1, 2)), hold(2)), week(3)) == []


def test_before_the_first_session_what_is_on_record_is_told_with_its_day() -> None:
    assert recorded(given(IPT, fact("medication", "taken", week(1))), week(2)) == [
        "Recorded: Medication for the depression: taken (3 March)."
    ]


def test_what_stands_among_the_first_lines_is_not_told_twice() -> None:
    assert recorded(given(IPT, hold(1), fact("fear_at_home", "no", week(1, 2))), week(2)) == []


def test_an_answer_that_is_kept_from_a_role_says_that_it_is_not_shown() -> None:
    story = given(HIDDEN, hold(1), fact("someone_at_risk", "no", week(1, 2)))
    seen = seen_by(HIDDEN, story.course, "assessor")
    told = " ".join(agenda(HIDDEN, seen, on=week(2)).text.split())
    assert "A child or other person who may come to harm: not shown to you (5 March)." in told
    kept = given(KEPT, hold(1), fact("medication", "taken", week(1, 2)))
    assert recorded(kept, week(2)) == []


def test_the_patients_page_says_neither_who_was_there_nor_what_was_recorded() -> None:
    said = (hold(1, present=("patient", "spouse_or_partner")), c.RecordFact("medication", "taken", on=week(1)))
    text = page(given(IPT, *said), week(2), audience="patient")
    assert "partner" not in text
    assert "Medication" not in text
