"""The questions of a measure that a new version calls otherwise: what was answered, and what it raised, stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iptengine import commands as c
from iptengine.course.codec import decode, encode
from iptengine.course.course import Course
from iptengine.course.evolve import fold
from iptengine.diagnostics import ProtocolError
from iptengine.engine.clinic import Clinic
from iptengine.protocol.measure import Measure
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda
from moving import LEAD, WHY, begun, clinic, codes, looked, move, newer, rules
from phrases import ANNA, answers, hold, protocol, week
from stores import fresh_store

RENAMED = {"low_mood": "sadness", "self_harm": "thoughts_of_death"}
RULES = "rename:\n  measures.phq9.items.low_mood: sadness\n  measures.phq9.items.self_harm: thoughts_of_death\n"
BLOCKED = """\
FEWER RISK ALERTS in ipt-adult@1.1.0
  ! The answers of PHQ-9 raise fewer risk alerts (thoughts of death or
    self-harm).

BLOCKED: something is in the way (1 course)

  a (under ipt-adult@1.0.0)
    - PHQ-9 does not ask 'Low mood' or 'Thoughts of death or self-harm' (it
      raises risk alerts) in ipt-adult@1.1.0 (1 reading is on record; a question
      that is only called otherwise there is renamed in the rules).
    Nobody can pass this over: change it in the course, or say in the rules what
    takes its place.
    a: 1 risk alert is open, and stays so.
"""


def asking(change: Mapping[str, Mapping[str, object] | None] | None = None, **renamed: str) -> Protocol:
    """Version 1.1.0, where the PHQ-9 calls some questions otherwise; or asks some not, or asks something else."""
    to = newer()
    return replace(to, measures={**to.measures, "phq9": phq9_with(change, **renamed)})


def phq9_with(change: Mapping[str, Mapping[str, object] | None] | None = None, **renamed: str) -> Measure:
    """The PHQ-9 with other questions."""
    told = protocol("ipt-adult").measures["phq9"].model_dump(mode="json", by_alias=True, exclude_defaults=True)
    items = {renamed.get(name, name): one for name, one in told["items"].items()} | dict(change or {})
    told["items"] = {name: one for name, one in items.items() if one is not None}
    return Measure.model_validate(told)


def item(name: str, **more: object) -> Mapping[str, object]:
    """A question of the PHQ-9, with something else about it."""
    one = protocol("ipt-adult").measures["phq9"].items[name]
    return {**one.model_dump(mode="json", by_alias=True, exclude_defaults=True), **more}


def test_answers_gaps_and_risk_are_read_under_the_new_names_and_the_history_keeps_the_old(tmp_path: Path) -> None:
    to = asking(**RENAMED)
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, None, 1, 1, 1, 1, 1, 1, 2, on=week(1)))
    before = desk.alerts()
    assert [(alert.item, alert.value) for alert in before] == [("self_harm", 2)]

    done = move(desk, "a", to, rules(tmp_path, RULES))

    assert [event.kind for event in done.events] == ["protocol_moved"]
    (reading,) = done.course.readings
    assert (reading.answers["thoughts_of_death"], reading.missing) == (2, ("sadness",))
    (alert,) = desk.alerts()
    assert (alert.id, alert.text, alert.state, alert.item) == (
        before[0].id,
        before[0].text,
        "open",
        "thoughts_of_death",
    )
    (taken,) = [event for event in desk.events("a") if event.kind == "reading_taken"]
    assert taken.answers["self_harm"] == 2
    assert taken.missing == ("low_mood",)
    stored = tuple(decode(encode(event)) for event in desk.events("a"))
    assert fold(Course("a"), stored) == desk.course("a")


def test_a_bad_answer_and_a_reading_put_right_keep_their_questions(tmp_path: Path) -> None:
    to = asking(**RENAMED)
    desk = clinic(to)
    begun(desk, "a", hold(1), c.Read("phq9", answers={"sleep": 1, "low_mood": 9, "self_harm": 0}, on=week(1)))
    (taken,) = [event.id for event in desk.events("a") if event.kind == "reading_taken"]
    right = c.Read("phq9", answers={"sleep": 1, "low_mood": 2, "self_harm": 1}, on=week(1))
    desk.do("a", c.Correct(taken, right, because="misread"), by=ANNA, on=week(2))
    course = move(desk, "a", to, rules(tmp_path, RULES)).course
    assert course.readings[0].answers == {"sleep": 1, "sadness": 2, "thoughts_of_death": 1}
    assert [was.bad for was in (one.was for one in course.corrections)] == [("sadness",)]  # type: ignore[union-attr]


def test_after_the_move_the_renamed_question_raises_its_alert_and_its_old_name_is_none(tmp_path: Path) -> None:
    to = asking(**RENAMED)
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, 0, on=week(1)))
    move(desk, "a", to, rules(tmp_path, RULES))
    done = desk.do("a", c.Read("phq9", answers={"sleep": 1, "thoughts_of_death": 1}, on=week(5)), by=ANNA)
    assert [(alert.item, alert.value) for alert in done.alerts] == [("thoughts_of_death", 1)]
    page = agenda(to, desk.course("a"), on=week(5)).text
    assert "item 9" in page
    assert desk.course("a").readings[0].answers["thoughts_of_death"] == 0
    old = desk.do("a", c.Read("phq9", answers={"sleep": 1, "self_harm": 1}, on=week(6)), by=ANNA)
    assert old.course.readings[-1].bad == ("self_harm",)
    assert [(alert.item, alert.value) for alert in old.alerts] == [("thoughts_of_death", None)]


def test_a_question_comes_back_under_its_former_name(tmp_path: Path) -> None:
    to = asking(**RENAMED)
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, None, 1, 1, 1, 1, 1, 1, 2, on=week(1)))
    before = desk.course("a")
    move(desk, "a", to, rules(tmp_path, RULES))
    back = desk.move_back("a", by=LEAD, on=week(4), because=WHY).course
    assert (back.readings, back.alerts) == (before.readings, before.alerts)


def test_two_questions_can_swap_their_names(tmp_path: Path) -> None:
    to = asking(low_mood="sleep", sleep="low_mood")
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, 2, 3, 1, 1, 1, 1, 1, 0, on=week(1)))
    by = rules(tmp_path, "rename:\n  measures.phq9.items.low_mood: sleep\n  measures.phq9.items.sleep: low_mood\n")
    course = move(desk, "a", to, by).course
    assert (course.readings[0].answers["low_mood"], course.readings[0].answers["sleep"]) == (3, 2)
    assert desk.move_back("a", by=LEAD, on=week(4), because=WHY).course.readings[0].answers["sleep"] == 3


def test_measure_and_question_are_renamed_together(tmp_path: Path) -> None:
    to = newer(rename={"measures.phq9": "mood"})
    to = replace(to, measures={**to.measures, "mood": phq9_with(**RENAMED)})
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, 2, on=week(1)))
    before = desk.course("a")
    course = move(
        desk, "a", to, rules(tmp_path, "rename:\n  measures.phq9: mood\n" + RULES.removeprefix("rename:\n"))
    ).course
    assert (course.readings[0].measure, course.readings[0].answers["thoughts_of_death"]) == ("mood", 2)
    assert (course.alerts[0].measure, course.alerts[0].item) == ("mood", "thoughts_of_death")
    assert desk.move_back("a", by=LEAD, on=week(4), because=WHY).course.readings == before.readings


# -- without a rule ----------------------------------------------------------------------------------------------


def test_without_a_rule_a_course_with_readings_stays_where_it_is_and_is_told_which_questions() -> None:
    to = asking(**RENAMED)
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, 2, on=week(1)))
    text = looked(desk.moves(to, on=week(4)), to.ref)
    assert BLOCKED in text
    with pytest.raises(Exception, match="does not ask") as no:
        move(desk, "a", to, anyway="we know")
    assert codes(no) == ["question_gone"]
    assert desk.course("a").protocol == "ipt-adult@1.0.0"


def test_a_course_without_readings_moves_and_the_lost_risk_question_is_told_first() -> None:
    to = asking({"self_harm": None})
    desk = clinic(to)
    begun(desk, "a")
    (found,) = desk.moves(to, on=week(4))
    assert (found.answer, found.fewer_alerts) == (
        "movable",
        ("the answers of PHQ-9 raise fewer risk alerts (thoughts of death or self-harm)",),
    )


def test_a_renamed_risk_question_is_no_lost_one(tmp_path: Path) -> None:
    to = asking(**RENAMED)
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, 2, on=week(1)))
    (found,) = desk.moves(to, on=week(4), rules=rules(tmp_path, RULES))
    assert (found.answer, found.fewer_alerts, found.reasons) == ("movable", (), ())


def test_a_renamed_question_that_is_answered_otherwise_is_scored_otherwise(tmp_path: Path) -> None:
    to = asking({"low_mood": None, "sadness": item("low_mood", range="0..4")})
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, 0, on=week(1)))
    (found,) = desk.moves(to, on=week(4), rules=rules(tmp_path, "rename:\n  measures.phq9.items.low_mood: sadness\n"))
    assert [reason.code for reason in found.reasons] == ["measure_changed"]


def test_another_instrument_in_the_place_of_a_measure_is_told_as_that() -> None:
    to = protocol("ipt-postnatal")
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, 0, on=week(1)))
    (found,) = desk.moves(to, on=week(4), of=["ipt-adult"])
    assert [str(reason) for reason in found.reasons] == [
        "ipt-postnatal@1.0.0 takes EPDS in the place of PHQ-9 (1 reading is on record)"
    ]


def test_words_of_the_patient_for_a_removed_question_are_not_lost_in_silence() -> None:
    adult = protocol("ipt-adult")
    own = phq9_with({"sleep": item("sleep", text_from="patient")})
    old = replace(adult, measures={**adult.measures, "phq9": own})
    to = asking({"sleep": None})
    desk = Clinic(fresh_store(), [old, to], clock=lambda: datetime(2026, 3, 3, 9, tzinfo=UTC))
    begun(desk, "a", c.WordItem("phq9", "sleep", "Lying awake over the letters", on=week(1)))
    (found,) = desk.moves(to, on=week(4))
    (reason,) = found.reasons
    assert (reason.code, str(reason)) == (
        "question_gone",
        "PHQ-9 does not ask 'Sleep' in ipt-adult@1.1.0 (the patient's own words "
        "for it are on record; a question that is only called otherwise there is renamed in the rules)",
    )


def test_a_question_that_becomes_a_risk_question_under_its_new_name_raises_what_is_on_record(tmp_path: Path) -> None:
    risky = item("self_worth", risk={"from": 2, "source": "phq9"})
    to = asking({"self_worth": None, "guilt": risky})
    desk = clinic(to)
    begun(desk, "a", hold(1), answers(1, 1, 1, 1, 1, 3, 1, 1, 0, on=week(1)))
    done = move(desk, "a", to, rules(tmp_path, "rename:\n  measures.phq9.items.self_worth: guilt\n"))
    assert [(alert.item, alert.value) for alert in done.alerts] == [("guilt", 3)]


# -- the rules ---------------------------------------------------------------------------------------------------


def test_mistakes_about_questions_are_told_at_their_lines(tmp_path: Path) -> None:
    to = asking(**RENAMED)
    desk = clinic(to)
    begun(desk, "a")
    said = (
        "rename:\n  measures.phq9.items.low_moode: sadness\n  measures.phq9.items.low_mood: sadnes\n"
        "  measures.phq9.items.self_harm: energy\n"
    )
    with pytest.raises(ProtocolError) as wrong:
        desk.moves(to, on=week(4), rules=rules(tmp_path, said))
    assert str(wrong.value).replace(f"{tmp_path}/", "") == (
        "adult.moves.yaml:6:3: error: ipt-adult@1.0.0 has no named part at 'measures.phq9.items.low_moode' "
        "[unknown-part]\n    hint: did you mean 'measures.phq9.items.low_mood'?\n"
        "adult.moves.yaml:7:3: error: ipt-adult@1.1.0 has no such name: 'sadnes' would be an item there "
        "[unknown-part]\n    hint: did you mean 'sadness'?\n"
        "adult.moves.yaml:8:3: error: 'self_harm' cannot go on as 'energy': so does an item, "
        "measures.phq9.items.energy [name-taken]\n"
        "    hint: rename that one, too; two things on record under one name could not be told apart\n"
        "adult.moves.yaml:8:3: error: the answers to 'self_harm' raise risk alerts, and those to 'energy' raise none "
        "[risk-lost]\n    hint: name the question that asks the same, or leave this out: then the dry run says what "
        "is lost"
    )
