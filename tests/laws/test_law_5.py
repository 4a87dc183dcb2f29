"""Law 5. A risk alert always reaches the clinician: protocol and course's part of it."""

from __future__ import annotations

from hypothesis import given as when_given
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.course import commands as c
from iptengine.course.events import AlertRaised
from iptengine.protocol.protocol import Protocol
from phrases import PHQ9, given, hold, in_the_middle, phq9, protocol, variant

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
