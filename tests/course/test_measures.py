"""A problem in the patient's own words, a diary, one instrument told by two people, a reading before and after."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from iptengine.authoring.loader import load
from iptengine.course import commands as c
from iptengine.course.codec import decode, encode
from iptengine.course.course import Course
from iptengine.course.diaries import diary
from iptengine.course.facts import CourseFacts
from iptengine.course.summary import summary
from iptengine.course.ways import due, ways
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda as rendered
from phrases import START, Story, answers, book, given, hold, phq9, protocol, week

KEYS = Path(__file__).parents[1] / "keys"


@cache
def measured() -> Protocol:
    return load(KEYS / "measures.protocol.yaml")


@pytest.fixture
def ipt() -> Protocol:
    return measured()


def word(text: str, on: date = START, item: str = "first") -> c.Command:
    return c.WordItem("problems", item, text, on=on)


def problem(score: int, on: date = START) -> c.Command:
    return c.Read("problems", answers={"first": score}, on=on)


def slept(hours: int, on: date) -> c.Command:
    return c.Read("sleep", total=hours, on=on)


def first(story: Story) -> list[str]:
    return [line.text for line in story.agenda().first]


def facts(story: Story, on: date) -> CourseFacts:
    return CourseFacts(story.protocol, story.course, on)


def told(story: Story, measure: str) -> str:
    return next(one.told for one in story.agenda().scores if one.measure == measure)


# -- in the patient's own words ----------------------------------------------------------------------------------


def test_a_problem_is_due_to_be_worded_before_it_is_due_to_be_scored(ipt: Protocol) -> None:
    story = given(ipt)
    assert "Put into the patient's own words: First problem and Second problem (Problems)." in first(story)
    assert not any(line.startswith("Problems before you talk") for line in first(story))
    assert [one.text for one in due(ipt, story.course, on=START) if one.kind == "words"] == [
        "Problems to be put into the patient's words at session 1"
    ]


def test_once_worded_it_is_due_with_its_words(ipt: Protocol) -> None:
    story = given(ipt).when(word("I lie awake"))
    assert [(e.kind, e.measure, e.item, e.text) for e in story.last] == [  # type: ignore[attr-defined]
        ("item_worded", "problems", "first", "I lie awake")
    ]
    assert "Problems before you talk: “I lie awake”." in first(story)
    assert not [one for one in due(ipt, story.course, on=START) if one.kind == "words"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            c.WordItem("mood", "first", "x"),
            "this protocol uses the measures problems, sleep, own_view, her_view",
        ),
        (
            c.WordItem("problems", "third", "x"),
            "the items of Problems that a patient words are: first, second",
        ),
        (c.WordItem("sleep", "hours", "x"), "the items of Sleep diary that a patient words are: none"),
        (c.WordItem("problems", "first", "  "), "write the patient's own words"),
    ],
)
def test_a_wording_that_makes_no_sense_is_refused_in_words_that_repeat_none_of_the_patients(
    ipt: Protocol, command: c.Command, told: str
) -> None:
    no = given(ipt).when(command).refused
    assert no is not None
    assert not no.overridable
    assert [reason.text for reason in no.reasons] == [told]


def test_a_score_nobody_has_worded_is_recorded_with_a_warning(ipt: Protocol) -> None:
    story = given(ipt, hold(1)).when(problem(8))
    assert [w.text for w in story.last[0].warnings] == ["Problems: scored without words: first problem"]
    assert story.course.readings[-1].total == 8


def test_worded_anew_it_is_another_question_and_change_begins_again(ipt: Protocol) -> None:
    story = given(ipt, hold(1), word("I lie awake"), problem(8), hold(2), problem(4, week(2)))
    assert facts(story, week(2)).shows("problems", "relief") is True
    story = story.when(word("I dread the evenings", week(3)))
    assert [w.code for w in story.last[0].warnings] == ["reworded"]
    now = facts(story, week(3))
    assert (now.total("problems"), now.first_total("problems"), now.totals("problems")) == (None, None, (None, None))
    assert now.shows("problems", "relief") is None
    story = story.when(problem(7, week(3)))
    now = facts(story, week(3))
    assert (now.total("problems"), now.first_total("problems"), now.totals("problems")) == (7, 7, (None, None, 7))
    assert now.shows("problems", "relief") is False
    assert len(story.course.readings) == 3


def test_the_summary_counts_every_reading_and_compares_within_the_last_wording(ipt: Protocol) -> None:
    story = given(ipt, hold(1), word("I lie awake"), problem(8), hold(2), word("The evenings", week(2)))
    story = story.when(problem(6, week(2)), hold(3), problem(2, week(3)))
    (found,) = [one for one in summary(ipt, story.course).measures if one.measure == "problems"]
    assert (found.readings, found.first, found.last, found.change) == (3, 6, 2, -4)


def test_a_wording_put_right_begins_nothing_anew(ipt: Protocol) -> None:
    story = given(ipt, hold(1), word("I lie awaek"), problem(8), hold(2), problem(4, week(2)))
    wrong = story.course.wordings[0].id
    story = story.when(c.Correct(wrong, word("I lie awake"), because="misspelt"))
    assert [w.text for w in story.course.wordings] == ["I lie awake"]
    assert facts(story, week(2)).shows("problems", "relief") is True


def test_the_words_stand_beside_their_scores_and_in_no_repr(ipt: Protocol) -> None:
    story = given(ipt, hold(1), word("I lie awake"), problem(8))
    (problems,) = [one for one in story.agenda().scores if one.measure == "problems"]
    assert problems.worded == (("I lie awake", ("8",)),)
    event = story.course.wordings[0]
    assert "awake" not in repr(event) + repr(story.course) + repr(word("I lie awake"))
    assert decode(encode(event)) == event


def test_the_patients_page_has_neither_the_words_nor_a_score(ipt: Protocol) -> None:
    story = given(ipt, hold(1), word("I lie awake"), problem(8))
    page = rendered(ipt, story.course, on=week(2), audience="patient").text
    assert "awake" not in page
    assert "8" not in page.split("TO KEEP")[0].partition("\n\n")[2]


def test_ways_offer_the_wording_of_every_item_a_patient_words(ipt: Protocol) -> None:
    found = [w.command for w in ways(ipt, given(ipt).course, on=START) if isinstance(w.command, c.WordItem)]
    assert [(one.measure, one.item) for one in found] == [("problems", "first"), ("problems", "second")]


@given_any(st.lists(st.tuples(st.booleans(), st.integers(0, 10), st.integers(1, 3)), max_size=8))
def test_however_often_it_is_worded_no_score_is_lost_and_only_the_same_words_are_compared(
    told: list[tuple[bool, int, int]],
) -> None:
    story, scores, now = given(measured(), hold(1)), 0, 0
    for place, (anew, value, days) in enumerate(told):
        on = START + timedelta(days=10 * place + days)
        if anew or not place:
            story, now = story.when(word(f"words {place}", on)), 0
        story = story.when(problem(value, on))
        scores, now = scores + 1, now + 1
    assert len(story.course.readings) == scores
    assert sum(total is not None for total in facts(story, START + timedelta(days=100)).totals("problems")) == now


# -- a diary -----------------------------------------------------------------------------------------------------


def test_a_diary_is_told_as_days_with_an_entry_their_range_and_the_gaps(ipt: Protocol) -> None:
    days = [START + timedelta(days=n) for n in (0, 1, 2, 5)]
    story = given(ipt, hold(1), *(slept(hours, on) for hours, on in zip((5, 4, 6, 6), days, strict=True)))
    found = diary(story.course, "sleep", 1, week(2))
    assert (found.session, found.entries, found.expected) == (1, 4, 7)
    assert found.gaps == (
        (START + timedelta(days=3), START + timedelta(days=4)),
        (START + timedelta(days=6), START + timedelta(days=6)),
    )


def test_entries_every_two_days_are_counted_by_twos(ipt: Protocol) -> None:
    story = given(
        ipt, hold(1), slept(5, START), slept(4, START + timedelta(days=1)), slept(4, START + timedelta(days=5))
    )
    found = diary(story.course, "sleep", 2, week(2))
    assert (found.entries, found.expected) == (2, 3)
    assert found.gaps == ((START + timedelta(days=2), START + timedelta(days=3)),)


def test_two_entries_of_one_day_count_once(ipt: Protocol) -> None:
    story = given(ipt, hold(1), slept(5, START), slept(6, START))
    assert facts(story, week(2)).entries_since_last_session("sleep") == 1


# -- two informants, before and after ----------------------------------------------------------------------------


def test_one_instrument_told_by_two_people_is_two_series_with_their_own_labels(ipt: Protocol) -> None:
    story = given(ipt, hold(1), c.Read("own_view", total=4), c.Read("her_view", total=8))
    assert {one.measure: one.label for one in story.agenda().scores} == {
        "own_view": "Strain (patient)",
        "her_view": "Strain (mother)",
    }
    assert (facts(story, START).total("own_view"), facts(story, START).total("her_view")) == (4, 8)


def asked(course: Course, on: date) -> bool:
    return any(one.text.startswith("Strain (patient)") for one in due(measured(), course, on=on))


def test_before_and_after_is_asked_at_the_first_and_at_the_last_session_only(ipt: Protocol) -> None:
    story = given(ipt)
    seen = [asked(story.course, START)]
    story = story.when(hold(1)).when(c.Read("own_view", total=4))
    for number in (2, 3, 4):
        seen.append(asked(story.course, week(number)))
        story = story.when(hold(number))
    assert seen == [True, False, False, True]


def test_a_reading_at_the_end_stays_due_after_it_until_it_is_taken(ipt: Protocol) -> None:
    story = given(
        ipt, hold(1), c.Read("own_view", total=4), hold(2), hold(3), hold(4), c.EndCourse("completed", on=week(4))
    )
    assert [one.text for one in due(ipt, story.course, on=week(5))] == ["Strain (patient) at the end"]
    told = [line.text for line in story.agenda().standing]
    assert "Strain (patient): no reading at the end; it can still be taken." in told
    story = story.when(c.Read("own_view", total=2, on=week(5)))
    assert not due(ipt, story.course, on=week(5))


# -- a reading of the day, before the session is on record -------------------------------------------------------


def phq_lines(story: Story, on: date) -> list[str]:
    return [line.text for line in story.agenda(on=on).first if line.text.startswith("PHQ-9")]


ASK = ["PHQ-9 before you talk. Item 9 above zero or blank: assess it, then the rest."]


def test_a_reading_of_the_day_is_not_asked_for_once_more_before_that_session() -> None:
    story = given(protocol("ipt-adult"), hold(1)).when(answers(*[1] * 8, 0, on=week(2)))
    assert (phq_lines(story, week(2)), story.agenda(on=week(2)).measures_due) == ([], ())
    assert phq_lines(story.when(hold(2)), week(3)) == ASK


@pytest.mark.parametrize(
    ("reading", "on"),
    [
        (answers(*[1] * 8, 0, on=week(2, -1)), week(2)),  # of the day before
        (answers(*[1] * 8, None, on=week(2)), week(2)),  # the risk item left blank, and nobody has assessed it
        (phq9(11, on=week(2)), week(2)),  # a bare total: the risk item is not known
        (answers(*[1] * 5, *[None] * 3, 0, on=week(2)), week(2)),  # too little of it for a score
        (answers(*[1] * 8, 0, on=week(2)), week(3)),  # of a session that did not come about
    ],
)
def test_any_other_reading_leaves_it_asked_for(reading: c.Command, on: date) -> None:
    assert phq_lines(given(protocol("ipt-adult"), hold(1)).when(reading), on) == ASK


def test_a_reading_that_belongs_to_a_session_held_that_day_is_none_for_the_next() -> None:
    story = given(protocol("ipt-adult"), hold(1), hold(2), answers(*[1] * 8, 0, on=week(2)), book(2, time="17:00"))
    assert phq_lines(story, week(2)) == ASK


def test_the_pieces_are_folded_the_same_from_their_events(ipt: Protocol) -> None:
    story = given(ipt, hold(1), word("I lie awake"), problem(8), slept(5, START))
    assert story.course.wordings == tuple(e for e in story.events if e.kind == "item_worded")
