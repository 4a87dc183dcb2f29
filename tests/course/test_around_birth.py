"""What a course that hangs on one day shows and asks: risk first, days in words, and nothing that no longer holds."""

from __future__ import annotations

from iptengine.course import commands as c
from iptengine.render import agenda
from phrases import START, Story, contract, enter, fact, given, hold, variant, week

ASKED = {"title": "Thoughts of harm, asked alone", "one_of": ["no", "yes"], "ask": "every session", "first": True}
RAISED = {"title": "Thoughts of harm were reported", "kind": "risk", "raise_if": "harm is yes", "do": "Ask today"}
HARM = {"facts.harm": ASKED, "alerts.harm": RAISED}


# -- a question of risk ------------------------------------------------------------------------------------------


def test_a_question_of_risk_comes_right_after_the_risk_line_and_the_measure_with_a_risk_item() -> None:
    late = given(variant("ipt-adult", HARM), contract(14), *(hold(n) for n in range(1, 14)), fact("harm", "no"))
    first = [line.values.get("fact") or line.code for line in late.agenda().first]
    assert first[:3] == ["risk_none_open", "measure_due", "harm"]


def test_a_question_of_risk_has_its_boxes_on_the_form_even_when_it_is_folded() -> None:
    many = {f"facts.harm_{n}": {**ASKED, "title": f"Harm {n}"} for n in range(5)}
    alerts = {f"alerts.harm_{n}": {**RAISED, "raise_if": f"harm_{n} is yes"} for n in range(5)}
    asked = variant("ipt-adult", {**many, **alerts})
    page = agenda(asked, given(asked).course, on=START).text
    form = page[page.index("AFTER") :]
    boxes = "no[ ] yes[ ] no answer[ ]"
    assert [n for n in range(5) if f"Harm {n} {boxes}" not in " ".join(form.split())] == []


# -- a day that is no longer expected ------------------------------------------------------------------------------


def test_a_date_that_was_never_expected_is_shown_once_it_is_on_record() -> None:
    told = {"title": "Day of birth", "type": "date"}
    after = given(variant("ipt-adult", {"facts.birth": told}))
    assert [line.text for line in after.agenda().standing if line.code == "date"] == []
    (line,) = [line for line in after.when(fact("birth", "2026-01-05")).agenda().standing if line.code == "date"]
    assert line.text == "Day of birth: 5 January."


def test_a_date_that_is_kept_from_the_therapist_is_not_on_the_page() -> None:
    hidden = {"title": "Day of unblinding", "type": "date", "hide_from": ["therapist"]}
    after = given(variant("ipt-adult", {"facts.unblinding": hidden}), fact("unblinding", "2026-01-05"))
    assert [line.text for line in after.agenda().standing if line.code == "date"] == []


# -- what a birth ended too early --------------------------------------------------------------------------------


DAY = {"title": "Day of birth", "type": "date", "expected": True, "ask": "at the start"}
PREPARE = {"bag": {"do": "Pack the bag"}, "nights": {"do": "Plan the nights", "label": "Nights"}}
BIRTH = {
    "facts.birth": DAY,
    "phases.initial.dates": "until birth",
    "phases.initial.must": PREPARE,
    "phases.initial.next": {"middle": {"born": "birth is recorded"}},
    "phases.initial.hour": ...,
    "phases.middle.must": {},
    "contacts.letter": {"title": "Letter to the midwife", "due": "2 weeks before birth"},
    "contacts.talk": {"title": "Talk", "due": "3 weeks before birth", "only_if": {"wanted": "fear_at_home is yes"}},
}


EXPECTED = c.RecordFact("birth", "2026-05-30", expected=True)


def left_open(story: Story) -> list[str]:
    return [line.text for line in story.agenda().standing if line.code == "left_open"]


def test_the_next_page_says_what_a_birth_has_ended_and_the_one_after_it_no_more() -> None:
    begun = given(variant("ipt-adult", BIRTH), hold(1), EXPECTED, c.DoTask("bag"))
    assert left_open(begun) == []
    born = begun.when(fact("fear_at_home", "no"), fact("birth", "2026-03-12", on=week(2, 3)), enter("middle"))
    assert left_open(born) == [
        "Left open when 'Initial phase' ended: nights.",
        "Too late for, and not on record: letter to the midwife (2 weeks before birth, 12 March).",
    ]
    assert left_open(born.when(hold(3))) == []
    assert left_open(born.when(c.RecordContact("letter"), c.DoTask("nights", how="not_applicable"))) == []


def test_a_phase_that_was_left_before_its_date_came_leaves_nothing_open_by_it() -> None:
    asked = variant("ipt-adult", {**BIRTH, "phases.initial.next": {"middle": {}}})
    assert left_open(given(asked, hold(1), EXPECTED, enter("middle"))) == []


def test_a_day_that_was_asked_for_first_is_shown_as_other_days_are() -> None:
    asked = given(variant("ipt-adult", {"facts.birth": {**DAY, "first": True}}), EXPECTED)
    assert [one.answer for one in asked.agenda().answered] == ["expected 30 May"]
    late = asked.when(c.RecordFact("birth", "2027-01-02", expected=True))
    assert [one.answer for one in late.agenda().answered] == ["expected 2 January 2027"]
    assert [one.answer for one in late.when(fact("birth", "2026-05-28")).agenda().answered] == ["28 May"]
