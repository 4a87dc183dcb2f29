"""Law 5. A risk alert always reaches the clinician: protocol and course's part of it."""

from __future__ import annotations

import pytest
from hypothesis import given as when_given
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.events import AlertMoved, AlertRaised
from iptengine.course.facts import CourseFacts
from iptengine.course.groups import Group
from iptengine.course.overview import overview
from iptengine.course.stuck import stuck
from iptengine.course.ways import due, ways
from iptengine.protocol.protocol import Protocol
from iptengine.render import agenda, alert_lines
from iptengine.render.group_page import group_page
from phrases import PHQ9, Story, given, hold, in_the_middle, miss, phq9, protocol, variant, week

ANSWERS = st.dictionaries(
    st.sampled_from(PHQ9),
    st.one_of(st.integers(0, 3), st.sampled_from([None, 4, -1, 1.5, "3", True, float("nan")])),
)


@settings(max_examples=150)
@when_given(ANSWERS, st.one_of(st.none(), st.integers(-1, 28)))
def test_every_reading_with_the_risk_item_above_zero_or_without_a_usable_answer_alerts_in_the_same_decision(
    answers: dict[str, object], total: int | None
) -> None:
    story = given(protocol("small"), hold(1)).when(c.Read("phq9", answers=answers, total=total))
    if story.refused is not None:
        usable = any(type(a) is int and 0 <= a <= 3 for a in answers.values())
        assert not usable
        assert total is None or not 0 <= total <= 27
        return
    item = answers.get("self_harm")
    harmless = type(item) is int and item == 0
    raised = [e for e in story.last if isinstance(e, AlertRaised)]
    assert len(raised) == (0 if harmless else 1)
    assert story.agenda().alerts == story.open_alerts
    assert len(story.open_alerts) == len(raised)


def test_the_alert_survives_every_change_of_the_protocols_own_alerts() -> None:
    for alerts in ({}, {"x": {"title": "X", "kind": "review", "raise_if": "phq9.self_harm >= 3", "do": "Y"}}):
        story = given(variant("small", {"alerts": alerts}), phq9(3, self_harm=1))
        assert [a.code for a in story.open_alerts] == ["risk_item"]


def test_no_command_but_an_assessment_takes_an_alert_from_the_agenda(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(19, self_harm=2))
    waiting = story.open_alerts
    reading = story.id_of("reading_taken")
    for said in (
        c.Correct(reading, phq9(0, self_harm=0), because="a slip"),
        c.DoTask("safety_enquiry"),
        c.AcknowledgeAlert(waiting[0].id),
        *in_the_middle(),
        c.Adopt("middle", 3),
        c.EndCourse("died"),
    ):
        after = story.when(said)
        story = after if after.refused is None else story
        assert [a.id for a in story.agenda().alerts] == [waiting[0].id]
        assert story.agenda().first[0].code == "risk_open"
    story = story.when(c.AssessAlert(waiting[0].id, found="passive thoughts", plan="call"))
    assert story.agenda().alerts == ()


def test_the_alert_is_a_finished_sentence_without_a_template(ipt: Protocol) -> None:
    story = given(ipt, phq9(19, self_harm=2))
    assert "{" not in story.open_alerts[0].text
    assert story.open_alerts[0].text.endswith("This needs a clinician's assessment today.")


def test_nothing_the_engine_says_of_an_alert_rates_the_risk(ipt: Protocol) -> None:
    story = given(ipt, phq9(19, self_harm=2), c.RecordFact("fear_at_home", "yes"))
    agenda = story.agenda()
    told = " ".join([*(a.text + a.do for a in agenda.alerts), *(line.text for line in agenda.first)]).lower()
    for word in ("low risk", "high risk", "safe.", "no risk", "probab", "unlikely"):
        assert word not in told


# -- an assessment that is taken back ----------------------------------------------------------------------------

MOVES: dict[str, type[Command]] = {
    "acknowledge": c.AcknowledgeAlert, "assess": c.AssessAlert, "monitor": c.MonitorAlert, "close": c.CloseAlert,
}  # fmt: skip
TAKING_BACK: tuple[type[Command], ...] = (c.Withdraw, c.Void)
LATER = week(6)


def move_of(alert: str, what: str, number: int = 0) -> Command:
    """What a clinician records of an alert; each in words of its own."""
    more = {
        "assess": {"found": f"found {number}", "plan": f"plan {number}"},
        "close": {"because": f"reason {number}"},
    }.get(what, {})
    return MOVES[what](alert, **more)


def two_alerts() -> Story:
    """A risk and a review alert, both open."""
    return given(protocol("ipt-adult"), hold(1), phq9(10, self_harm=1), miss(2), miss(3))


def said_of_alerts(story: Story) -> list[object]:
    """Everything that anybody is told of the alerts of a course, but for the line that one was taken back."""
    protocol, course = story.protocol, story.course
    page = agenda(protocol, course, on=LATER)
    told = overview(protocol, course, on=LATER)
    facts = CourseFacts(protocol, course, LATER)
    value = story.agenda(on=LATER)
    return [
        course.alerts,
        course.open_risk_alerts,
        alert_lines(protocol, course),
        (value.alerts, value.first, value.also_due, value.last_assessed, value.warnings),
        [line for line in value.standing if line.code != "assessment_taken_back"],
        (page.text.partition("FIRST")[0].split(), page.text.rpartition("AFTER")[2].split()),
        (told.alerts, told.due, told.stuck),
        (due(protocol, course, on=LATER), stuck(protocol, course, on=LATER)),
        [w for w in ways(protocol, course, on=LATER) if w.command.kind.endswith("_alert")],
        (facts.risk_alert_open, facts.alert_open("risk_item"), facts.alert_open("missed_in_a_row")),
        group_page(protocol, Group("g", "", (), (), ()), (course,), on=LATER).alerts,
    ]


def walked(story: Story, steps: list[tuple[int, str]]) -> Story:
    """The course after moves of its two alerts, those that their chart allows."""
    for number, (which, what) in enumerate(steps):
        after = story.when(move_of(story.course.alerts[which].id, what, number))
        story = story if after.refused is not None else after
    return story


STEPS = st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from(sorted(MOVES))), max_size=8)


@settings(max_examples=40, deadline=None)
@when_given(STEPS, st.sampled_from([0, 1]), STEPS, st.sampled_from(TAKING_BACK))
def test_after_an_assessment_is_taken_back_everything_says_of_the_alert_what_it_said_before(
    steps: list[tuple[int, str]], which: int, since: list[tuple[int, str]], way: type[Command]
) -> None:
    before = walked(two_alerts(), steps)
    alert = before.course.alerts[which].id
    assessed = before.when(move_of(alert, "assess", 99))
    if assessed.refused is not None:
        assert before.course.alerts[which].state == "closed"
        return
    watched = [(which, what) for of, what in since if of == which and what != "assess"]
    after = walked(assessed, watched).when(way(assessed.last[0].id, because="meant for another patient"))
    assert said_of_alerts(after) == said_of_alerts(before)
    assert {event.id for event in assessed.events} < {event.id for event in after.events}
    assert "assessment_taken_back" in [line.code for line in after.agenda().standing]


@settings(max_examples=40, deadline=None)
@when_given(STEPS, st.data())
def test_whatever_is_taken_back_no_alert_is_quiet_that_has_no_assessment_which_stands(
    steps: list[tuple[int, str]], data: st.DataObject
) -> None:
    story = walked(two_alerts(), steps)
    gone: set[str] = set()
    while standing := [e for e in story.events if isinstance(e, AlertMoved) and e.id not in gone]:
        taken = data.draw(st.sampled_from(standing))
        story = story.when(data.draw(st.sampled_from(TAKING_BACK))(taken.id, because="a slip"))
        for event in story.last:
            gone |= set(getattr(event, "events", ())) | {event.corrects}
        assessed = {
            e.alert for e in story.events if isinstance(e, AlertMoved) and e.state == "assessed" and e.id not in gone
        }
        assert {a.id for a in story.course.alerts if not a.needs_assessment} == assessed
        assert story.agenda().alerts == tuple(a for a in story.open_alerts if a.id not in assessed)
    assert [alert.state for alert in story.course.alerts] == ["open", "open"]


def test_being_watched_and_closed_goes_with_the_assessment_it_rests_on() -> None:
    story = given(protocol("ipt-adult"), hold(1), phq9(10, self_harm=1))
    alert = story.course.alerts[0].id
    first = story.when(move_of(alert, "assess", 1))
    closed = first.when(move_of(alert, "assess", 2), move_of(alert, "monitor"), move_of(alert, "close", 2))
    second = closed.id_of("alert_moved", 1)
    assert said_of_alerts(closed.when(c.Withdraw(second, because="not this patient"))) == said_of_alerts(first)
    gone = [event.corrects for event in closed.when(c.Withdraw(second, because="not this patient")).last]
    assert gone == [closed.id_of("alert_moved", n) for n in (1, 2, 3)]


def test_an_earlier_assessment_that_is_taken_back_leaves_the_later_one_and_what_rests_on_it() -> None:
    story = given(protocol("ipt-adult"), hold(1), phq9(10, self_harm=1))
    alert = story.course.alerts[0].id
    told = story.when(move_of(alert, "assess", 1), move_of(alert, "monitor"), move_of(alert, "assess", 2))
    told = told.when(move_of(alert, "close", 2), c.Withdraw(told.id_of("alert_moved", 0), because="a slip"))
    kept = told.course.alerts[0]
    assert (kept.state, kept.found, kept.plan) == ("closed", "found 2", "plan 2")
    assert "assessment_taken_back" not in [line.code for line in told.agenda().standing]


@pytest.mark.parametrize("way", TAKING_BACK)
def test_the_page_says_that_an_assessment_was_taken_back_until_there_is_another(way: type[Command]) -> None:
    story = given(protocol("ipt-adult"), hold(1), phq9(10, self_harm=1))
    alert = story.course.alerts[0].id
    assessed = story.when(c.AssessAlert(alert, found="no plan", plan="call", on=week(1, 1)))
    back = assessed.when(way(assessed.last[0].id, because="meant for another patient", on=week(1, 2)))
    page = " ".join(agenda(back.protocol, back.course, on=week(2)).text.split())
    assert "RISK ALERT !! PHQ-9, item 9 (thoughts of death or self-harm): answered 1, on Tue 3 March" in page
    assert "An assessment of 4 March was taken back: its risk alert is open again." in page
    again = back.when(c.AssessAlert(alert, found="no plan either", plan="call on Friday", on=week(2)))
    assert "taken back" not in agenda(again.protocol, again.course, on=week(2)).text


def test_a_page_says_that_what_was_found_before_an_assessment_that_was_taken_back_stands() -> None:
    story = given(protocol("ipt-adult"), hold(1), phq9(10, self_harm=1))
    alert = story.course.alerts[0].id
    told = story.when(move_of(alert, "assess", 1), c.AssessAlert(alert, found="W.", plan="W.", on=week(1, 1)))
    told = told.when(c.Withdraw(told.id_of("alert_moved"), because="another patient"))
    (line,) = [line.text for line in told.agenda(on=week(2)).standing if line.code == "assessment_taken_back"]
    assert line == "An assessment of 4 March was taken back: what was found of its risk alert before that stands."
    assert told.agenda().last_assessed is not None
    assert told.agenda().last_assessed.found == "found 1"  # type: ignore[union-attr]


def test_a_review_that_was_closed_with_its_voided_record_stays_closed_when_its_assessment_is_taken_back() -> None:
    story = two_alerts()
    review = story.course.alerts[1]
    story = story.when(move_of(review.id, "assess", 1), c.Void(review.cause, because="another patient"))
    assert story.course.alerts[1].state == "closed"
    story = story.when(c.Withdraw(story.id_of("alert_moved", 0), because="another patient"))
    assert (story.course.alerts[1].state, story.course.alerts[1].found) == ("closed", "")


@pytest.mark.parametrize("because", ["", "  "])
def test_an_alert_is_closed_with_a_reason(because: str) -> None:
    story = given(protocol("ipt-adult"), hold(1), phq9(10, self_harm=1))
    alert = story.course.alerts[0].id
    no = story.when(move_of(alert, "assess")).when(c.CloseAlert(alert, because=because))
    assert str(no.refused) == "close_alert is not possible now: an alert is closed with a reason: say it in 'because'"
    assert [reason.code for reason in no.refused.reasons] == ["no_reason"]  # type: ignore[union-attr]
    assert no.course.alerts[0].state == "assessed"
