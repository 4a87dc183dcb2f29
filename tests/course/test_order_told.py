"""What the page says of a running order: budget, what is left over or held back, the ending, and a count used up."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from iptengine.authoring.document import read
from iptengine.course import commands as c
from iptengine.course.ways import due
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import Agenda, agenda
from phrases import ROOT, Story, book, built, done, given, hold, miss, week

PATH = ROOT / "tests" / "keys" / "order.protocol.yaml"
ROOT_VALUES: Any = read(PATH.read_bytes(), PATH.name).require().root


def course_of(**changes: object) -> Protocol:
    """The written course with other parts at its top; `tasks` go under the must tasks of its first phase."""
    root = copy.deepcopy(ROOT_VALUES)
    tasks = changes.pop("tasks", {})
    assert isinstance(tasks, dict)
    root["phases"]["skills"]["must"].update(tasks)
    for session, order in changes.pop("orders", {}).items():  # type: ignore[attr-defined]
        root["sessions"][session]["order"] = order
    return built({**root, **changes})


@pytest.fixture(scope="module")
def written() -> Protocol:
    return course_of()


def page(story: Story, on: date, **asked: Any) -> Agenda:
    return agenda(story.protocol, story.course, on=on, **asked)


def all_used(protocol: Protocol) -> Story:
    return given(protocol, *map(hold, range(1, 6)))


def kinds_due(story: Story, on: date) -> list[str]:
    return [one.kind for one in due(story.protocol, story.course, on=on)]


def codes(story: Story) -> list[str]:
    return [line.code for line in (*story.agenda().first, *story.agenda().coming)]


def test_a_course_as_it_is_written_fits_its_hours_and_no_page_warns() -> None:
    long = {"do": "Work on it", "minutes": 40}
    orders = {"noticing": ["rating", "one"], "trying": ["two", "three", "practise"]}
    protocol = course_of(tasks={"one": long, "two": long, "three": long}, orders=orders)
    assert "budget_short" not in given(protocol).warnings()


def test_a_session_booked_beyond_the_count_is_an_hour_more(written: Protocol) -> None:
    story = all_used(written)
    assert "budget_short" in story.warnings()
    nearly = story.when(*done("welcome", "notice", "plan", "office", "look_back"))
    assert "budget_short" in nearly.warnings()
    assert "budget_short" not in nearly.when(c.Deviate(book(6), because="Not all was reached")).warnings()


def test_a_used_up_count_has_a_page_without_a_plan_a_number_or_an_invented_day(written: Protocol) -> None:
    story = all_used(written)
    told = page(story, week(6)).text.splitlines()
    assert told[0].split(maxsplit=2) == ["Course", "c1", "ALL 5 SESSIONS USED, skills"]
    assert "   All 5 agreed sessions are used, none is booked, and the course has not ended." in told
    assert "   For more sessions: the protocol holds no more; one more takes a deviation." in told
    assert not [line for line in told if line.startswith(("PLAN", "WORDS", "IF")) or "SESSION 6" in line]
    home = page(story, week(6), audience="patient").text
    assert home.splitlines()[:3] == ["FOR OUR MEETING", "", "   No meeting is planned."]
    assert page(story, week(6)).value.steps == ()  # type: ignore[union-attr]


def test_after_a_last_session_that_was_missed_the_patient_gets_no_false_date(written: Protocol) -> None:
    story = given(written, *map(hold, range(1, 5)), miss(5))
    told = page(story, week(5), occasion="missed").text.splitlines()
    assert told[0].endswith("MISSED WEEK; all 5 sessions used, skills")
    home = page(story, week(5), occasion="missed", audience="patient").text
    assert "Next meeting" not in home
    assert "next time" not in home


def test_what_is_due_at_the_end_is_due_when_no_session_is_left() -> None:
    protocol = course_of(measures={"phq9": {"use": "phq9@1", "due": "at start and end"}})
    story = given(protocol, c.Read("phq9", total=9, answers={"self_harm": 0}, on=week(1)), *map(hold, range(1, 6)))
    assert kinds_due(story, week(6)) == ["count", "measure"]
    assert " ! PHQ-9: no reading at the end; it can still be taken. Item 9 above zero or" in page(story, week(6)).text
    taken = story.when(c.Read("phq9", total=5, answers={"self_harm": 0}, on=week(6)))
    assert kinds_due(taken, week(6)) == ["count"]


def test_a_fixed_number_is_not_answered_with_amend_it(written: Protocol) -> None:
    beyond = all_used(written).when(hold(6))
    texts = [w.text for event in beyond.last for w in getattr(event, "warnings", ()) if w.code == "beyond_contract"]
    assert texts == ["the course holds 5 sessions and no more can be agreed; note why there is one more"]


def test_only_the_session_that_names_it_speaks_of_the_ending() -> None:
    ending = {"announce": {"by": "session 4", "task": "say_end"}}
    protocol = course_of(
        tasks={"say_end": {"do": "Name the ending", "label": "Ending"}}, termination=ending,
        orders={"keeping": ["rating", "look_back", "say_end"]},
    )  # fmt: skip
    before = given(protocol, *map(hold, range(1, 4)))
    assert not [code for code in codes(before) if code.startswith("announce")]
    assert "Name the ending" not in page(before, week(4)).text
    assert "announce_now" in codes(before.when(hold(4)))


def test_a_contact_after_the_last_session_is_named_on_its_page() -> None:
    protocol = course_of(contacts={"talk": {"title": "Closing talk", "due": "after session 5"}})
    ahead = "   Ahead: closing talk, after this session."
    assert ahead not in page(given(protocol, *map(hold, range(1, 4))), week(4)).text.splitlines()
    last = given(protocol, *map(hold, range(1, 5)))
    assert ahead in page(last, week(5)).text.splitlines()
    assert "talk" not in page(last, week(5), audience="patient").text.split("You decide")[0]


def test_steps_that_do_not_fit_the_hour_are_said_to_be_cut() -> None:
    long = {"do": "Work on it", "minutes": 40}
    protocol = course_of(tasks={"one": long, "two": long}, orders={"noticing": ["one", "two"]})
    assert "   The steps as written take 80 minutes and are cut to 60 here: decide what to" in page(
        given(protocol), week(1)
    ).text  # fmt: skip
    assert "cut to" not in page(given(course_of()), week(1)).text


def test_what_is_left_over_says_so_on_the_usual_page(written: Protocol) -> None:
    story = given(written, hold(1), *done("rating", "notice"))
    assert "Say what the course is (stayed due from 'Noticing')" in page(story, week(2)).text


def test_a_task_held_back_by_its_own_condition_is_named_with_what_it_needs() -> None:
    held = {"do": "Go out", "label": "Outing", "only_if": {"later_on": "sessions held >= 3"}}
    protocol = course_of(tasks={"outing": held}, orders={"noticing": ["rating", "outing"]})
    assert "   Not today: Outing (it needs: later on)." in page(given(protocol), week(1)).text.splitlines()


def test_a_miss_is_followed_by_one_line_about_the_call_that_is_due() -> None:
    protocol = course_of(contacts={"call": {"title": "A call", "due": "after a missed session"}})
    story = given(protocol, hold(1), miss(2))
    assert kinds_due(story, week(2)) == ["outreach", "session"]
    text = page(story, week(2)).text
    assert "Contact since" not in text
    assert " ! A call is due." in text
