"""What was agreed about a review, and numbers that are asked again and again, stay in sight between the sessions."""

from __future__ import annotations

from datetime import date

from iptengine.authoring.loader import load
from iptengine.authoring.vignette import protocol_of, read_vignette
from iptengine.course import commands as c
from iptengine.protocol.protocol import Protocol
from iptengine.render import agenda
from iptengine.render.text_page import ONE_SIDE
from iptengine.testing import play
from phrases import ROOT, Story, given, variant, week
from render.pages import dispute

HOURS = "Hours from light out to sleep on a usual evening, rounded"
DANGER = "The patient nods off by day where it is dangerous"


def evenings() -> Protocol:
    return load(ROOT / "examples" / "calm-evenings.protocol.yaml")


def nods_off() -> Story:
    """An answer that raises a review alert."""
    return given(evenings(), c.Start(on=week(1)), c.RecordFact("nods_off", "yes", on=week(1)))


def standing(story: Story) -> list[str]:
    codes = ("review_assessed", "number_asked")
    return [line.text for line in story.agenda().standing if line.code in codes]


def assessed(story: Story, plan: str = "No driving for now, letter to the family doctor") -> Story:
    return story.when(
        c.AssessAlert(a.id, found="Twice at the wheel", plan=plan, on=week(2)) for a in story.course.alerts
    )


def test_the_plan_of_an_assessed_review_stays_on_the_page_until_it_is_closed() -> None:
    story = nods_off()
    assert standing(story) == []
    story = assessed(story)
    told = "found: Twice at the wheel; plan: No driving for now, letter to the family doctor."
    assert standing(story) == [f"Review (10 March): {DANGER}; {told}"]
    watched = story.when(c.MonitorAlert(story.course.alerts[0].id, on=week(3)))
    assert standing(watched) == standing(story)
    closed = story.when(c.CloseAlert(story.course.alerts[0].id, because="Sleeps again", on=week(3)))
    assert standing(closed) == []


def test_it_stays_on_the_page_of_an_ended_course() -> None:
    story = assessed(nods_off()).when(
        c.EndCourse("stopped", reason="Did not come back", on=week(3)),
    )
    page = agenda(evenings(), story.course, on=week(4)).text
    assert "plan: No driving for now, letter to the family doctor." in " ".join(page.split())


def test_a_long_plan_is_cut_on_paper_and_whole_in_the_value() -> None:
    story = assessed(nods_off(), plan="No driving for now. " + "Many more words. " * 40)
    assert standing(story)[0].count("Many more words") == 40
    text = agenda(evenings(), story.course, on=week(2)).text
    assert "more words on record)" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80


def test_where_one_side_of_paper_is_full_the_plan_stands_in_few_words_below_the_risk_line() -> None:
    vignette = read_vignette(ROOT / "examples" / "impasse-reopened.vignette.yaml")
    protocol = protocol_of(vignette)
    course, on = play(vignette, protocol).before(10)
    page = agenda(protocol, course, on=on)
    assert "Reviewed 21 April, plan: Halfway review held; the focus stays…" in " ".join(page.text.split())
    assert "WHERE WE ARE" not in page.text
    assert len(page.text.splitlines()) == ONE_SIDE
    assert "plan: Halfway review held; the focus stays; taken to supervision." in page.markdown


def test_a_number_asked_every_session_is_shown_with_its_last_values_and_their_day() -> None:
    story = nods_off()
    for place, hours in enumerate((4, 3, None, 2), 1):
        story = story.when(c.RecordFact("light_out", hours, on=week(place)))
    assert standing(story)[-1] == f"{HOURS}: 3, not answered, 2, last 24 March."


def test_a_day_in_another_year_is_told_with_the_year() -> None:
    story = nods_off().when(c.RecordFact("light_out", 3, on=week(1)))
    page = agenda(evenings(), story.course, on=date(2027, 1, 5)).text
    assert "on 3 March 2026." in " ".join(page.split())


def test_a_number_hidden_from_the_therapist_or_asked_once_is_not_shown() -> None:
    for change in ({"hide_from": ["therapist"]}, {"ask": "at the start"}):
        fact = {"title": "Units a week", "number": "0..99", "ask": "every session", **change}
        protocol = variant("small", {"facts.units": fact})
        assert standing(given(protocol).when(c.RecordFact("units", 3, on=week(1)))) == []


def test_an_ended_course_has_only_the_first_lines_that_still_ask_for_something() -> None:
    story = dispute().when(c.EndCourse("patient_decision", reason="other", on=week(7)))
    value = story.agenda()
    assert [line.code for line in value.first] == ["risk_none_open"]
    assert (value.also_due, value.steps) == ((), ())


def test_a_review_that_nobody_assessed_is_not_lost_with_the_end() -> None:
    story = nods_off().when(c.EndCourse("stopped", reason="Did not come back", on=week(3)))
    assert [line.code for line in story.agenda().first] == ["risk_none_open", "review"]
    assert f"! Review: {DANGER}." in agenda(evenings(), story.course, on=week(4)).text


# -- the form and the patient's page -----------------------------------------------------------------------------


def test_a_long_question_stands_whole_on_the_form() -> None:
    form = agenda(evenings(), given(evenings(), c.Start(on=week(1))).course, on=week(1)).text.split("AFTER")[1]
    question = "Nods off by day where it is dangerous (driving, machines, minding a child) no[ ] yes[ ] no answer[ ]"
    assert question in " ".join(form.split())


def test_what_is_also_due_to_be_recorded_has_its_field_on_the_form() -> None:
    facts = {
        f"facts.extra_{n}": {"title": f"Extra question {n}", "number": "0..9", "ask": "every session"} for n in range(5)
    }
    story = given(variant("ipt-adult", facts), c.Start(on=week(1)))
    assert sum("Extra question" in line.text for line in story.agenda().also_due) == 5
    form = agenda(story.protocol, story.course, on=week(1)).text.split("AFTER")[1]
    assert [f"Extra question {n}: ___" in form for n in range(5)] == [True] * 5


def test_where_the_protocol_writes_the_order_the_patient_is_not_told_to_decide_it() -> None:
    written = agenda(evenings(), given(evenings(), c.Start(on=week(1))).course, on=week(1), audience="patient").text
    assert "You decide what you do afterwards." in written
    assert "what we talk about first" not in written
    free = agenda(dispute().protocol, dispute().course, on=week(7), audience="patient").text
    assert "You decide what we talk about first, and what you do afterwards." in free
