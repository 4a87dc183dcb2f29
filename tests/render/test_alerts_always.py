"""Law 5: an open risk alert heads every page of the therapist, whatever fails below it, and no page of the patient."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.course import commands as c
from iptengine.course.course import Course
from iptengine.render import OVERRIDABLE, Agenda, agenda, alert_lines
from iptengine.render.sections import OWN
from phrases import fact, given, hold, in_the_middle, phq9, variant, week
from render.pages import BEFORE_SESSION_6, IPT, assessed, courses, dispute, html_text

ALERTED = given(IPT, in_the_middle(), hold(4), phq9(18, self_harm=2)).course
LINE = "PHQ-9, item 9 (thoughts of death or self-harm): answered 2, on Tue 24 March 2026. Needs your assessment today."
UNHINDERED = (
    "", "nothing to see", "{{ patient }}", "{{ aim }} {{ nobody }}", "{% for x in words %}{{ x }}{% endfor %}",
    "{% if %}", "{{ 1 + 1 }}", "{{ session.left }}", "<script>", "{{ ''.__class__ }}", "\ud800", "{# hidden",
    "x" * 30_000,
    "RISK ALERT: none", "{% include 'x' %}", "{% for a in words %}{% for b in words %}{{ a }}{% endfor %}{% endfor %}",
)  # fmt: skip


def said(made: Agenda) -> tuple[str, str, str]:
    """The page in every form, as words in a row."""
    markdown = re.sub(r"\\(?=[^\w\s])", "", made.markdown)
    forms = (made.text, html_text(made.page), markdown)
    text, *others = (re.sub(r"\s+", " ", form.replace("!! ", "")) for form in forms)
    return text, others[0], others[1]


def test_an_open_alert_stands_above_everything_else_with_measure_item_value_and_date() -> None:
    made = agenda(IPT, ALERTED, on=week(5))
    assert alert_lines(IPT, ALERTED) == (LINE,)
    lines = made.text.splitlines()
    place = lines.index("RISK ALERT")
    assert lines[place + 1 : place + 3] == [
        "!! PHQ-9, item 9 (thoughts of death or self-harm): answered 2, on Tue 24 March",
        "   2026. Needs your assessment today.",
    ]
    assert lines[place + 4 : place + 6] == ["FIRST", " ! Risk alerts: 1 needs your assessment today. See above."]


def test_an_item_without_an_answer_is_told_so_whatever_the_patient_did_with_it() -> None:
    story = given(IPT, in_the_middle(), hold(4), phq9(18))
    assert alert_lines(IPT, story.course)[0].startswith(
        "PHQ-9, item 9 (thoughts of death or self-harm): no answer on record, on Tue 24 March 2026. Needs your"
    )


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        (phq9(18), phq9(18, self_harm=0), "no answer on record, on Tue 24 March 2026; put right since: answered 0."),
        (
            phq9(18, self_harm=2),
            phq9(18),
            "answered 2, on Tue 24 March 2026; put right since: no answer on record (#18).",
        ),
        (phq9(18, self_harm=2), phq9(17, self_harm=2), "answered 2, on Tue 24 March 2026 (#18)."),
    ],
)
def test_an_answer_that_was_put_right_leaves_the_alert_open_and_says_so(first: c.Read, then: c.Read, told: str) -> None:
    story = given(IPT, in_the_middle(), hold(4), first)
    (alert,) = story.course.open_risk_alerts
    story = story.when(c.Correct(alert.cause, then, because="the form was read again"))
    line = alert_lines(IPT, story.course)[0]
    assert line.startswith(f"PHQ-9, item 9 (thoughts of death or self-harm): {told} Needs your assessment today.")


def test_a_reported_fear_at_home_is_told_with_what_the_protocol_asks_for() -> None:
    story = given(IPT, in_the_middle(), fact("fear_at_home", "yes", on=week(4)))
    assert alert_lines(IPT, story.course) == (
        "Fear or violence at home was reported, on Tue 24 March 2026. Needs your assessment today. Assess it today, "
        "alone with the patient; follow the service's policy; put joint sessions on hold.",
    )


def test_every_open_alert_has_its_own_line_and_its_own_blanks_oldest_first() -> None:
    story = given(IPT, in_the_middle(), hold(4), phq9(18, self_harm=2), fact("fear_at_home", "yes", on=week(4)))
    made = agenda(IPT, story.course, on=week(5))
    heads = [line for line in made.text.splitlines() if line.startswith("!!")]
    first, second = (alert.number for alert in story.course.alerts)
    assert "2 RISK ALERTS" in made.text.splitlines()
    assert heads == [
        "!! PHQ-9, item 9 (thoughts of death or self-harm): answered 2, on Tue 24 March",
        f"!! Fear or violence at home was reported, on Tue 24 March 2026 (#{second}). Needs your",
    ]
    assert " ! Risk alerts: 2 need your assessment today. See above." in made.text.splitlines()
    blanks = [line for line in made.text.splitlines() if line.startswith("   Alert ")]
    assert [line.split(":")[0] for line in blanks] == [f"   Alert #{first}", f"   Alert #{second}"]


def test_two_alerts_of_a_day_in_the_same_words_are_told_apart_by_their_numbers_on_record() -> None:
    story = given(IPT, in_the_middle(), hold(4), phq9(18, self_harm=2), phq9(12, self_harm=2))
    one, other = story.course.alerts
    assert one.text == other.text
    assert alert_lines(IPT, story.course) == (
        LINE.replace("2026.", f"2026 (#{one.number})."),
        LINE.replace("2026.", f"2026 (#{other.number})."),
    )
    assert one.number != other.number


def test_the_last_of_two_alerts_keeps_the_words_of_one_that_stands_alone() -> None:
    story = given(IPT, in_the_middle(), hold(4), phq9(18, self_harm=2), phq9(12, self_harm=2))
    story = story.when(c.AssessAlert(story.open_alerts[0].id, found="none acute", plan="call"))
    assert alert_lines(IPT, story.course) == (LINE,)


def test_a_seen_alert_stays_and_an_assessed_one_leaves_the_head_of_the_page() -> None:
    story = given(IPT, in_the_middle(), hold(4), phq9(18, self_harm=2))
    seen = story.when(c.AcknowledgeAlert(story.open_alerts[0].id))
    assert LINE in said(agenda(IPT, seen.course, on=week(5)))[0]
    after = agenda(IPT, assessed(seen).course, on=week(5)).text
    assert "RISK ALERT\n" not in after
    assert " ! Risk alerts: none open; 1 assessed (session 4). Ask again today." in after


@settings(max_examples=25, deadline=None)
@for_all(
    course=st.one_of(st.just(ALERTED), courses()),
    templates=st.dictionaries(
        st.one_of(st.sampled_from(OVERRIDABLE), st.sampled_from(("alerts", "therapist.first", "x", ""))),
        st.one_of(st.sampled_from(UNHINDERED), st.text(max_size=40)),
        max_size=3,
    ),
    language=st.sampled_from(("en", "de", "", "xx-<b>")),
    detail=st.sampled_from(("brief", "usual", "trainee")),
    occasion=st.sampled_from(("session", "missed", "last")),
)
def test_no_template_and_no_language_keeps_an_alert_from_the_therapist(
    course: Course, templates: dict[str, str], language: str, detail: Any, occasion: Any
) -> None:
    asked: dict[str, Any] = {"templates": templates, "language": language, "detail": detail, "occasion": occasion}
    made = agenda(IPT, course, on=week(7), **asked)
    lines = alert_lines(IPT, course)
    for form in said(made):
        for line in lines:
            assert re.sub(r"\s+", " ", line) in form
        assert not made.problem or "The rest of this page could not be made: " in form
    assert made.data()["alerts"] == list(lines)
    theirs = agenda(IPT, course, on=week(7), audience="patient", **asked)
    words = theirs.text + theirs.page + theirs.markdown + theirs.json()
    assert not [line for line in lines if line in words]
    assert "RISK" not in words.replace("RISK ALERT: none", "")


def test_a_failing_override_leaves_the_alerts_and_says_in_a_sentence_what_failed() -> None:
    made = agenda(IPT, ALERTED, on=week(5), templates={"therapist.aim": "{{ nobody }}"})
    assert made.text == (
        "Course c1                                                      PAGE NOT COMPLETE\n"
        "\n"
        "RISK ALERT\n"
        "!! PHQ-9, item 9 (thoughts of death or self-harm): answered 2, on Tue 24 March\n"
        "   2026. Needs your assessment today.\n"
        "\n"
        "WHAT IS MISSING\n"
        "   The rest of this page could not be made: therapist.aim, line 1: 'nobody' is\n"
        "   not known here; choose one of 'patient', 'other', 'phase', 'aim', 'also',\n"
        "   'session', 'focuses', 'areas' ….\n"
        "   The record itself is not touched by this.\n"
    )


@pytest.mark.parametrize("language", ["de", "fr"])
def test_an_untranslated_page_is_its_alerts_and_the_reason(language: str) -> None:
    made = agenda(IPT, ALERTED, on=week(5), language=language)
    assert made.problem == f"this page is not translated into '{language}'; a page half translated is not shown"
    assert all(LINE in form for form in said(made))


def test_a_text_of_the_protocol_that_cannot_be_filled_in_leaves_the_alerts() -> None:
    broken = variant("ipt-adult", {"phases.middle.aim": "{{ nobody }}", "problem_areas.grief.aim": ...})
    made = agenda(broken, ALERTED, on=week(5))
    assert made.problem == "a text of the protocol: 'nobody' was not given to the template"
    assert all(LINE in form for form in said(made))


def test_without_open_alerts_a_failed_page_still_says_to_ask() -> None:
    made = agenda(IPT, dispute().course, on=BEFORE_SESSION_6, language="de")
    assert "   Risk alerts: none open. Ask again today." in made.text.splitlines()


@pytest.mark.parametrize(
    ("course", "told"),
    [
        (Course("c9"), "the course has not begun"),
        (ALERTED, "ipt-small@1.0.0 has no phase 'middle', in which the course is; it keeps ipt-adult@1.0.0"),
    ],
)
def test_a_course_the_protocol_cannot_speak_of_still_has_its_alerts(course: Course, told: str) -> None:
    made = agenda(variant("small", {}), course, on=date(2026, 4, 1))
    assert made.problem == told
    assert made.value is None
    assert made.data()["alerts"] == list(alert_lines(variant("small", {}), course))
    assert len(made.data()["alerts"]) == len(course.open_risk_alerts)


def test_a_risk_question_left_blank_says_so_and_not_that_something_was_reported() -> None:
    asked = given(IPT).when(fact("fear_at_home", None)).course
    (told,) = alert_lines(IPT, asked)
    assert told == (
        "Fear or violence at home, asked alone: asked on 3 March, not answered. Needs your assessment today. Assess it "
        "today, alone with the patient; follow the service's policy; put joint sessions on hold."
    )


def test_an_alert_of_a_measure_the_protocol_does_not_know_is_told_in_its_recorded_words() -> None:
    bare = variant("small", {"measures": {}, "alerts": ...})
    assert alert_lines(bare, ALERTED) == (
        "PHQ-9 item 9 (thoughts of death or self-harm) was answered 2 on 2026-03-24. Needs your assessment today.",
    )


def test_every_section_of_ours_can_fail_and_none_takes_the_alerts_along() -> None:
    for section in OWN:
        audience: Any = section.partition(".")[0]
        made = agenda(IPT, ALERTED, on=week(5), audience=audience, occasion="missed", templates={section: "{{ no }}"})
        assert made.problem.startswith(f"{section}, line 1: 'no' is not known here")
        assert (LINE in said(made)[0]) is (audience == "therapist")
