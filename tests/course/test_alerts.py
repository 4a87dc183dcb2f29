"""A risk alert is raised whatever the total, waits for an assessment, and no correction takes it back (law 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.protocol.protocol import Protocol
from phrases import (
    START,
    Story,
    alert,
    answers,
    contract,
    event,
    fact,
    given,
    hold,
    miss,
    phq9,
    protocol,
    scored,
    variant,
    week,
)

RISK_LINE = "PHQ-9 item 9 (thoughts of death or self-harm) {} 2026-03-03. This needs a clinician's assessment today."


# -- the risk item -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("self_harm", [1, 2, 3])
def test_an_answer_above_zero_raises_the_alert_with_the_score(ipt: Protocol, self_harm: int) -> None:
    story = given(ipt, hold(1)).when(answers(0, 0, 0, 0, 0, 0, 0, 0, self_harm))
    story.then(
        scored(self_harm, missing=(), bad=(), total_given=False, warnings=()),
        alert(
            "risk_item", measure="phq9", item="self_harm", value=self_harm, do="", on=START,
            cause="k3.1", text=RISK_LINE.format(f"was answered {self_harm} on"),
        ),
    )  # fmt: skip


def test_a_zero_raises_none_even_with_the_highest_total(ipt: Protocol) -> None:
    given(ipt, hold(1)).when(answers(3, 3, 3, 3, 3, 3, 3, 3, 0)).then(scored(24))


BLANK = "was left unanswered on"
TOTAL_ALONE = "was not recorded with the total of"
UNUSABLE = "was answered in a way that cannot be used on"


@pytest.mark.parametrize(
    ("said", "total", "what"),
    [
        (answers(1, 1, 1, 1, 1, 1, 1, 1, None), None, BLANK),
        (phq9(12), 12, TOTAL_ALONE),
        (phq9(12, low_mood=2), 12, TOTAL_ALONE),
        (answers(1, 1, 1, 1, 1, 1, 1, 1, 4), None, UNUSABLE),
        (answers(1, 1, 1, 1, 1, 1, 1, 1, True), None, UNUSABLE),
        (answers(1, 1, 1, 1, 1, 1, 1, 1, "0"), None, UNUSABLE),
        (answers(1, 1, 1, 1, 1, 1, 1, 1, 0.0), None, UNUSABLE),
        (answers(1, 1, 1, 1, 1, 1, 1, 1, float("nan")), None, UNUSABLE),
    ],
    ids=["blank", "total only", "total and another item", "4", "true", "text", "0.0", "NaN"],
)
def test_a_risk_item_without_a_usable_answer_raises_an_alert_that_says_what_is_known_of_it(
    ipt: Protocol, said: Command, total: int | None, what: str
) -> None:
    story = given(ipt, hold(1)).when(said)
    story.then(scored(total), alert("risk_item", value=None, text=RISK_LINE.format(what)))


def test_a_total_with_the_risk_item_named_zero_raises_none(ipt: Protocol) -> None:
    given(ipt, hold(1)).when(phq9(12, self_harm=0)).then(scored(12, total_given=True))


def test_a_late_entered_reading_raises_the_alert_although_a_newer_one_is_zero(ipt: Protocol) -> None:
    story = given(ipt, hold(1), hold(2), phq9(9, self_harm=0)).when(phq9(15, on=week(1), self_harm=2))
    story.then(scored(15, on=week(1)), alert("risk_item", value=2, on=week(1)))


def test_each_reading_raises_its_own(ipt: Protocol) -> None:
    story = given(ipt, phq9(9, self_harm=1), phq9(9, self_harm=1))
    assert [a.value for a in story.open_alerts] == [1, 1]


def test_a_protocol_adds_its_line_under_the_built_in_alert_and_no_second_alert() -> None:
    own = {
        "alerts.self_harm": {
            "title": "The question on self-harm",
            "kind": "risk",
            "raise_if": "phq9.self_harm >= 1",
            "do": "Call the duty doctor",
        }
    }
    story = given(variant("small", own)).when(phq9(9, self_harm=1))
    story.then(scored(9), alert("risk_item", do="Call the duty doctor"))


# -- the protocol's own risk alerts ------------------------------------------------------------------------------


def _any(**sentences: str) -> dict[str, object]:
    return {"any": sentences}


def risk(condition: object) -> Protocol:
    """The small protocol with one more risk alert."""
    raised = {"title": "Look at this", "kind": "risk", "raise_if": condition, "do": "Assess it"}
    return variant("small", {"alerts.look": raised})


def test_a_risk_alert_on_the_item_or_the_total_is_raised_by_the_total_alone() -> None:
    both = risk(_any(item="phq9.self_harm >= 1", total="phq9 >= 20"))
    given(both).when(phq9(22, self_harm=0)).then(scored(22), alert("look"))


def test_a_risk_alert_on_a_total_is_raised_when_the_reading_has_no_total() -> None:
    high = risk("phq9 >= 20")
    given(high).when(answers(3, 3, 3, None, None, None, 3, 3, 0)).then(scored(None), alert("look"))
    given(high).when(phq9(19, self_harm=0)).then(scored(19))


def test_a_risk_alert_on_another_item_is_raised_when_that_item_is_blank() -> None:
    sleep = risk("phq9.sleep >= 3")
    given(sleep).when(answers(0, 0, None, 0, 0, 0, 0, 0, 0)).then(event("reading_taken"), alert("look"))
    given(sleep).when(answers(0, 0, 2, 0, 0, 0, 0, 0, 0)).then(scored(2))


def test_a_risk_alert_on_another_item_is_raised_by_a_reading_entered_late() -> None:
    sleep = risk("phq9.sleep >= 3")
    story = given(sleep, phq9(4, on=week(2), sleep=0, self_harm=0))
    story.when(phq9(9, on=week(1), sleep=3, self_harm=0)).then(scored(9), alert("look"))


def test_a_known_danger_beside_an_unknown_score_is_not_silenced() -> None:
    both = risk({"all": {"afraid": "fear_at_home is yes", "high": "phq9 >= 10"}})
    story = given(both, fact("fear_at_home", "no"), answers(3, 3, 3, None, None, None, 3, 3, 0))
    assert story.raised == []
    story.when(fact("fear_at_home", "yes")).then(event("fact_recorded"), alert("violence"), alert("look", cause="k4.1"))


def test_a_risk_alert_that_became_true_by_the_passing_of_days_is_raised_with_the_next_record() -> None:
    silent = risk("days since the last session >= 21")
    story = given(silent, hold(1)).when(c.WriteNote("no word from her", on=week(5)))
    story.then(event("note_written"), alert("look"))
    story.when(c.WriteNote("still none", on=week(5))).then(event("note_written"))


# -- facts -------------------------------------------------------------------------------------------------------


def test_fear_at_home_reported_raises_the_alert(ipt: Protocol) -> None:
    given(ipt).when(fact("fear_at_home", "yes")).then(
        event("fact_recorded", value="yes"),
        alert(
            "fear_or_violence", cause="k2.1", text="Fear or violence at home was reported",
            do="Assess it today, alone with the patient; follow the service's policy; put joint sessions on hold",
        ),
    )  # fmt: skip


def test_fear_at_home_asked_and_left_unanswered_raises_the_alert(ipt: Protocol) -> None:
    given(ipt).when(fact("fear_at_home", None)).then(
        event("fact_recorded", value=None, warnings=()),
        alert(
            "fear_or_violence", cause="k2.1", text="Fear or violence at home, asked alone: asked on 3 March, "
            "not answered. This needs a clinician's assessment today.",
        ),
    )  # fmt: skip


def test_an_assessed_alert_on_a_blank_answer_never_becomes_a_report(ipt: Protocol) -> None:
    story = given(ipt, hold(1), fact("fear_at_home", None))
    assessed = story.when(found(story.course.alerts[0].id)).agenda().last_assessed
    assert assessed is not None
    assert assessed.what == "fear or violence at home, asked alone: asked on 3 March, not answered"


def test_an_answer_left_blank_before_is_named_when_it_comes_to_matter() -> None:
    both = risk({"all": {"afraid": "fear_at_home is yes", "high": "phq9 >= 10"}})
    story = given(both, phq9(4, on=week(1)), fact("fear_at_home", None)).when(phq9(12, on=week(2)))
    assert [one.text for one in story.open_alerts if one.code == "look"] == [
        "Afraid of someone at home: asked on 3 March, not answered. This needs a clinician's assessment today."
    ]


@pytest.mark.parametrize("value", ["maybe", "Yes", True, 1, "", ["yes"]])
def test_an_answer_that_does_not_fit_counts_as_unanswered_and_alerts(ipt: Protocol, value: object) -> None:
    story = given(ipt).when(fact("fear_at_home", value)).warned("bad_value")
    assert story.raised == ["fear_or_violence"]


def test_fear_at_home_never_asked_raises_nothing_and_is_asked_for(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(9, self_harm=0))
    assert story.raised == []
    assert [line.values["fact"] for line in story.agenda().first if line.code == "question"] == ["fear_at_home"]


def test_fear_denied_raises_nothing_and_fear_reported_twice_raises_twice(ipt: Protocol) -> None:
    story = given(ipt).when(fact("fear_at_home", "no")).then(event("fact_recorded"))
    story = story.when(fact("fear_at_home", "yes"), fact("fear_at_home", "yes"))
    assert story.raised == ["fear_or_violence", "fear_or_violence"]


def test_fear_that_is_entered_late_raises_although_it_was_denied_since(ipt: Protocol) -> None:
    story = given(ipt, hold(1), hold(2), fact("fear_at_home", "no"))
    story.when(fact("fear_at_home", "yes", on=week(1))).then(
        event("fact_recorded", on=week(1)), alert("fear_or_violence")
    )


def test_a_fact_known_when_the_course_begins_raises_its_alert_then(ipt: Protocol) -> None:
    story = given(ipt, c.Start(on=START, facts={"fear_at_home": "yes", "medication": "taken"}))
    story.then(
        event("course_started", phase="initial", protocol="ipt-adult@1.0.0", digest=ipt.digest),
        event("fact_recorded", fact="fear_at_home"),
        event("fact_recorded", fact="medication"),
        alert("fear_or_violence"),
    )


# -- what happens to an alert ------------------------------------------------------------------------------------


def raised(ipt: Protocol) -> tuple[Story, str]:
    story = given(ipt, hold(1), phq9(19, self_harm=1))
    return story, story.course.alerts[0].id


def found(id: str) -> Command:
    return c.AssessAlert(id, found="passive thoughts, no plan", plan="safety plan; call on Friday")


def test_an_alert_is_acknowledged_assessed_watched_and_closed(ipt: Protocol) -> None:
    story, id = raised(ipt)
    states = []
    for said in (c.AcknowledgeAlert(id), found(id), c.MonitorAlert(id), found(id), c.CloseAlert(id, because="eased")):
        story = story.when(said)
        states.append((story.course.alerts[0].state, len(story.open_alerts)))
    assert states == [("acknowledged", 1), ("assessed", 0), ("monitoring", 0), ("assessed", 0), ("closed", 0)]
    kept = story.course.alerts[0]
    assert (kept.found, kept.plan, kept.assessed) == ("passive thoughts, no plan", "safety plan; call on Friday", START)


def test_an_alert_cannot_be_closed_or_watched_before_it_is_assessed(ipt: Protocol) -> None:
    story, id = raised(ipt)
    for said in (c.CloseAlert(id, because="no time"), c.MonitorAlert(id)):
        story = story.when(said).then_refused("alert_state", overridable=False)
        assert len(story.open_alerts) == 1
    story = story.when(c.AcknowledgeAlert(id), c.CloseAlert(id)).then_refused("alert_state", overridable=False)
    assert story.course.alerts[0].state == "acknowledged"


def test_the_refusal_says_that_an_assessment_comes_first(ipt: Protocol) -> None:
    story, id = raised(ipt)
    refused = story.when(c.CloseAlert(id)).refused
    assert str(refused) == "close_alert is not possible now: the alert is open; it needs an assessment first"


@pytest.mark.parametrize(("what", "plan"), [("", "call"), ("none", ""), ("  ", "\n")])
def test_an_assessment_says_what_was_found_and_what_was_agreed(ipt: Protocol, what: str, plan: str) -> None:
    story, id = raised(ipt)
    story = story.when(c.AssessAlert(id, found=what, plan=plan)).then_refused("assessment", overridable=False)
    assert len(story.open_alerts) == 1


def test_an_alert_that_does_not_exist_cannot_be_assessed(ipt: Protocol) -> None:
    given(ipt).when(found("k9.9")).then_refused("unknown_alert", overridable=False)


def test_no_deviation_touches_an_alert(ipt: Protocol) -> None:
    story, id = raised(ipt)
    for said in (c.CloseAlert(id), c.MonitorAlert(id), found(id), c.AcknowledgeAlert(id)):
        story = story.when(c.Deviate(said, because="in a hurry")).then_refused("no_deviation", overridable=False)
    assert story.course.alerts[0].state == "open"


def test_assessing_one_alert_leaves_the_other_waiting(ipt: Protocol) -> None:
    story = given(ipt, phq9(19, self_harm=1), fact("fear_at_home", "yes"))
    story = story.when(found(story.course.alerts[0].id))
    assert [a.code for a in story.open_alerts] == ["fear_or_violence"]


def test_every_open_risk_alert_heads_the_agenda_until_it_is_assessed(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(19, self_harm=1), fact("fear_at_home", "yes"), hold(2), hold(3))
    agenda = story.agenda(on=week(9))
    assert agenda.alerts == story.open_alerts
    assert len(agenda.alerts) == 2
    assert agenda.first[0].text == "Risk alerts: 2 need your assessment today. See above."
    for waiting in story.open_alerts:
        story = story.when(found(waiting.id))
    assert story.agenda().alerts == ()
    assert story.agenda().first[0].text.startswith("Risk alerts: none open; 2 assessed (session 1).")


def test_the_agenda_of_an_ended_course_still_holds_the_alert(ipt: Protocol) -> None:
    story, _ = raised(ipt)
    story = story.when(c.EndCourse("lost_to_contact")).warned("risk_alert_open")
    assert len(story.agenda().alerts) == 1


# -- review alerts -----------------------------------------------------------------------------------------------


def test_a_rise_of_six_asks_for_a_review_once(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(10, self_harm=0), hold(2), phq9(16, self_harm=0))
    assert story.raised == ["sudden_rise"]
    story = story.when(hold(3), phq9(17, self_harm=0))
    assert story.raised == ["sudden_rise", "worse_twice"]
    assert story.when(hold(4), phq9(18, self_harm=0)).raised == ["sudden_rise", "worse_twice"]


def test_a_review_is_asked_for_again_when_it_had_gone_and_comes_back(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(4, self_harm=0), hold(2), phq9(10, self_harm=0))
    story = story.when(hold(3), phq9(9, self_harm=0), hold(4), phq9(15, self_harm=0))
    assert story.raised.count("sudden_rise") == 2


def _before_half_way(ipt: Protocol) -> Story:
    story = given(ipt, contract(12), hold(1), phq9(18, self_harm=0), *(hold(n) for n in range(2, 6)))
    return story.when(phq9(15, self_harm=0)).then(scored(15))


def test_half_of_the_sessions_without_improvement_asks_for_a_review(ipt: Protocol) -> None:
    story = _before_half_way(ipt).when(hold(6)).then(event("session_held", number=6))
    story.when(phq9(14, self_harm=0)).then(
        scored(14), alert("no_reliable_improvement", level="review", cause=f"k{story.count + 1}.1")
    )


def test_the_reading_of_the_day_decides_whether_half_way_asks_for_a_review(ipt: Protocol) -> None:
    story = _before_half_way(ipt).when(hold(6)).then(event("session_held", number=6))
    story.when(phq9(12, self_harm=0)).then(scored(12))


def test_a_review_that_waited_for_a_reading_that_never_came_is_raised_with_the_next_session(ipt: Protocol) -> None:
    story = _before_half_way(ipt).when(hold(6)).then(event("session_held", number=6))
    story.when(hold(7)).then(
        event("session_held", number=7), alert("no_reliable_improvement", level="review", cause=f"k{story.count + 1}.1")
    )


def test_a_review_that_cannot_be_told_says_so_and_is_not_dropped(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(10, self_harm=0), hold(2), answers(1, 1, 1, None, None, None, 1, 1, 0))
    lines = [line.text for line in (*story.agenda().first, *story.agenda().also_due) if line.code == "cannot_tell"]
    assert "Cannot tell: the PHQ-9 rose by 6 or more since the last reading (the last PHQ-9 has no total)." in lines


def test_two_misses_in_a_row_ask_for_a_review_and_a_third_does_not_again(ipt: Protocol) -> None:
    story = given(ipt, hold(1), miss(2)).when(miss(3))
    story.then(event("session_missed"), alert("missed_in_a_row", level="review"))
    story.when(miss(4)).then(event("session_missed"))


def test_a_review_alert_is_no_risk_alert(ipt: Protocol) -> None:
    story = given(ipt, miss(2), miss(3))
    assert story.open_alerts == ()
    assert [line.code for line in story.agenda().first].count("review") == 1


def test_a_review_on_the_risk_item_is_raised_beside_the_built_in_alert() -> None:
    own = {"title": "Twice", "kind": "review", "raise_if": "phq9.self_harm >= 2", "do": "Discuss in supervision"}
    story = given(variant("small", {"alerts.twice": own})).when(phq9(9, self_harm=2))
    story.then(scored(9), alert("risk_item", do=""), alert("twice", level="review"))


# -- adoption ----------------------------------------------------------------------------------------------------


def adopted(ipt: Protocol) -> Story:
    return given(ipt, c.Adopt("middle", 6, ("grief",), on=week(8)))


def test_the_history_of_an_adopted_course_raises_for_a_known_answer_above_zero(ipt: Protocol) -> None:
    story = adopted(ipt).when(phq9(17, on=week(2), self_harm=1))
    story.then(scored(17), alert("risk_item", value=1))


def test_totals_from_before_the_adoption_give_one_line_to_ask_today_and_no_alert_each(ipt: Protocol) -> None:
    story = adopted(ipt)
    for number in (1, 2, 3):
        story = story.when(phq9(18 - number, on=week(number))).then(scored(18 - number)).warned("item_unknown")
    lines = [line for line in story.agenda(on=week(8)).first if line.code == "item_unknown"]
    assert [line.text for line in lines] == ["PHQ-9 item 9 is not known from before: ask today."]
    asked = story.when(phq9(12, on=week(8), self_harm=0))
    assert [line for line in asked.agenda().first if line.code == "item_unknown"] == []


def test_a_blank_risk_item_in_an_imported_reading_with_answers_raises_the_alert(ipt: Protocol) -> None:
    story = adopted(ipt).when(phq9(17, on=week(2), low_mood=2))
    assert [a.value for a in story.open_alerts] == [None]


def test_a_total_taken_after_the_adoption_raises_like_any_other(ipt: Protocol) -> None:
    adopted(ipt).when(phq9(17, on=week(8))).then(scored(17), alert("risk_item"))


def test_the_alert_of_a_measure_needs_no_declaration() -> None:
    assert "self_harm" not in str(protocol("small").spec.alerts)
    given(protocol("small")).when(phq9(3, self_harm=3)).then(scored(3), alert("risk_item"))


# -- a record that does not stand any more -----------------------------------------------------------------------

KEYS = c.AssessAlert("", found="Thinks of the bridge", plan="Sister keeps the car keys; call Thursday", on=week(1, 1))


def taken_back(ipt: Protocol, *, first: Command, then: Command, back: type[Command]) -> Story:
    """An own alert that was assessed; then one whose record is taken back, and which is assessed after that."""
    story = given(ipt, hold(1), first)
    story = story.when(replace(KEYS, alert=story.course.alerts[0].id), then)
    cause = story.course.alerts[-1].cause
    if cause != story.course.alerts[0].cause:
        story = story.when(back(cause, because="another form"))
    last = story.course.alerts[-1].id
    return story.when(c.AssessAlert(last, found="not this patient", plan="recorded with W.", on=week(1, 3)))


def said_of_risk(story: Story) -> tuple[str, str]:
    """The risk line, and what the last assessment was of and agreed."""
    page, last = story.agenda(on=week(2)), story.agenda(on=week(2)).last_assessed
    return page.first[0].text, f"{last.what}: {last.found}; {last.plan}" if last else ""


def test_another_patients_answer_that_was_voided_never_displaces_the_patients_own_plan(ipt: Protocol) -> None:
    story = taken_back(ipt, first=phq9(9, self_harm=1), then=phq9(14, week(1, 2), self_harm=3), back=c.Void)
    assert said_of_risk(story) == (
        "Risk alerts: none open; 1 assessed (session 1); 1 assessed on a voided record. Ask again today.",
        "item 9 = 1: Thinks of the bridge; Sister keeps the car keys; call Thursday",
    )


def test_an_answer_that_was_put_right_and_then_voided_is_another_patients_too(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(14, self_harm=3))
    wrong = story.course.alerts[0]
    story = story.when(c.Correct(wrong.cause, phq9(12, self_harm=2), because="misread"))
    story = story.when(c.Void(story.id_of("reading_taken"), because="another patient", on=week(1, 1)))
    told = [line.text for line in story.agenda(on=week(2)).standing if line.code == "voided_alert"]
    assert told[0].startswith("A record of 3 March was voided: it is recorded in no other course. Its risk alert stays")
    assert len(told) == len(story.open_alerts)
    for waiting in story.open_alerts:
        story = story.when(c.AssessAlert(waiting.id, found="not this patient", plan="recorded with W."))
    assert said_of_risk(story)[1] == ""


def test_with_only_a_voided_record_assessed_the_page_says_so_and_tells_no_plan_of_it(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(14, self_harm=3))
    wrong = story.course.alerts[0]
    story = story.when(c.Void(wrong.cause, because="another patient"))
    story = story.when(c.AssessAlert(wrong.id, found="not this patient", plan="recorded with W."))
    assert said_of_risk(story) == (
        "Risk alerts: none open; 1 assessed on a voided record. Ask again today.",
        "",
    )


def test_what_was_assessed_of_an_answer_that_was_withdrawn_stands_behind_that_of_one_which_stands(
    ipt: Protocol,
) -> None:
    story = taken_back(ipt, first=phq9(9, self_harm=1), then=phq9(14, week(1, 2), self_harm=3), back=c.Withdraw)
    assert said_of_risk(story) == (
        "Risk alerts: none open; 2 assessed (session 1). Ask again today.",
        "item 9 = 1: Thinks of the bridge; Sister keeps the car keys; call Thursday",
    )


def test_a_plan_that_was_agreed_on_an_answer_withdrawn_since_is_not_lost_where_it_is_the_only_one(
    ipt: Protocol,
) -> None:
    story = given(ipt, hold(1), phq9(9, self_harm=1))
    own = story.course.alerts[0]
    story = story.when(replace(KEYS, alert=own.id), c.Withdraw(own.cause, because="the wrong form"))
    assert said_of_risk(story)[1] == (
        "item 9 = 1 (withdrawn since): Thinks of the bridge; Sister keeps the car keys; call Thursday"
    )


def test_the_page_says_that_the_record_of_an_open_alert_was_withdrawn(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(9, self_harm=1))
    story = story.when(c.Withdraw(story.course.alerts[0].cause, because="the wrong form"))
    (line,) = [line for line in story.agenda(on=week(2)).standing if line.code == "withdrawn_alert"]
    assert line.text == "A record of 3 March was withdrawn. Its risk alert stays until you have assessed it."
    assert len(story.open_alerts) == 1
    assessed = story.when(found(story.course.alerts[0].id))
    assert "withdrawn_alert" not in [line.code for line in assessed.agenda(on=week(2)).standing]
