"""The running order: what each session holds, what returns, what stayed due; and topics, how a phase meets them."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from iptengine.authoring.document import read
from iptengine.authoring.vignette import read_vignette_text
from iptengine.course import commands as c
from iptengine.course.adherence import adherence
from iptengine.course.commands import Command
from iptengine.course.due_tasks import due_tasks
from iptengine.course.facts import CourseFacts
from iptengine.course.hour import planned_tasks
from iptengine.protocol.protocol import Protocol
from iptengine.testing import play
from phrases import ROOT, Story, answers, book, built, done, event, given, hold, logged, miss, week

PATH = ROOT / "tests" / "keys" / "order.protocol.yaml"
ROOT_VALUES: Any = read(PATH.read_bytes(), PATH.name).require().root


def with_values(**changes: object) -> Protocol:
    """The written course, with some values set by their paths: ``phases__skills__topics__past="asked for"``."""
    root = copy.deepcopy(ROOT_VALUES)
    for path, value in changes.items():
        *way, last = path.split("__")
        at = root
        for key in way:
            at = at[key]
        at[last] = value
    return built(root)


@pytest.fixture(scope="module")
def written() -> Protocol:
    return with_values()


def plan(story: Story) -> list[str]:
    """The tasks in the plan of the next session, in order."""
    return [task.task for step in story.agenda().steps for task in step.tasks]


def also(story: Story) -> list[object]:
    """What is also due: tasks, and topics to ask about."""
    return [line.values.get("task") or line.values.get("topic") for line in story.agenda().also_due]


def whys(story: Story) -> dict[str, str]:
    found = due_tasks(story.protocol, story.course, CourseFacts(story.protocol, story.course, story.today))
    return {task.task: task.why for task in found}


def left_open(story: Story) -> dict[object, str]:
    """The tasks that are also due, each with what the page adds."""
    return {line.values["task"]: line.after for line in story.agenda().also_due if "task" in line.values}


def standing(story: Story) -> list[str]:
    return [line.text + line.template + line.after for line in story.agenda().standing]


def first_session(*left_out: str) -> tuple[Command, ...]:
    return (hold(1), *done(*(task for task in ("rating", "welcome", "notice") if task not in left_out)))


# -- the order ---------------------------------------------------------------------------------------------------


def test_the_plan_is_what_the_session_names_in_its_order_and_the_rest_is_also_due(written: Protocol) -> None:
    story = given(written)
    assert plan(story) == ["rating", "welcome", "notice"]
    assert also(story) == ["family", "side_by_side"]
    assert sum(step.minutes for step in story.agenda().steps) == 60


def test_a_session_has_its_own_title_and_aim_and_the_phase_lends_its_aim_where_it_has_none(written: Protocol) -> None:
    story = given(written)
    assert standing(story)[0] == "This session: Noticing. Next comes 'Trying it out'."
    assert story.agenda().aim == "See what moods do"
    later = story.when(*first_session())
    assert standing(later)[0] == "This session: Trying it out."
    assert later.agenda().aim == "Learn one skill after the other"


def test_a_task_of_every_session_is_not_due_before_the_session_that_introduces_it() -> None:
    late = with_values(sessions__noticing__order=["welcome", "notice"])
    assert "rating" not in whys(given(late))
    story = given(late, hold(1), *done("welcome", "notice"))
    assert "rating" not in whys(story)
    assert "rating" in plan(given(late, *map(hold, range(1, 5))))


def test_once_introduced_it_returns_at_the_head_of_sessions_that_do_not_name_it(written: Protocol) -> None:
    story = given(written, *first_session())
    assert plan(story) == ["rating", "plan", "office", "practise"]
    assert whys(story)["rating"] == "every session"


def test_it_returns_also_when_the_patient_declined_it(written: Protocol) -> None:
    story = given(written, *first_session("rating"), c.DoTask("rating", how="declined"))
    assert plan(story)[0] == "rating"


def test_a_task_of_every_second_session_rests_in_between(written: Protocol) -> None:
    story = given(written, *first_session(), hold(2), *done("rating", "plan", "office", "practise"))
    assert plan(story) == ["rating"]
    third = story.when(hold(3), *done("rating"))
    assert plan(third) == ["rating", "practise"]


def test_what_was_not_done_stays_due_before_what_the_next_session_names(written: Protocol) -> None:
    story = given(written, *first_session("welcome"))
    assert plan(story) == ["rating", "welcome", "plan", "office", "practise"]
    assert whys(story)["welcome"] == "stayed due from 'Noticing'"


def test_what_was_left_out_does_not(written: Protocol) -> None:
    story = given(written, *first_session("welcome"), c.DoTask("welcome", how="not_applicable"))
    assert plan(story) == ["rating", "plan", "office", "practise"]


def test_a_session_used_up_unheld_stays_due_whole_and_in_its_order(written: Protocol) -> None:
    story = given(written, miss(1))
    assert story.course.appointments[0].number == 1
    assert plan(story) == ["rating", "welcome", "notice", "plan", "office", "practise"]
    assert whys(story)["rating"] == "stayed due from 'Noticing'"


def test_a_session_that_was_missed_and_not_used_up_is_simply_the_next(written: Protocol) -> None:
    assert plan(given(written, miss(1, "cancelled_by_therapist"))) == ["rating", "welcome", "notice"]


def test_what_was_put_off_returns_and_says_so(written: Protocol) -> None:
    story = given(written, *first_session("notice"), c.Defer("notice"))
    assert plan(story) == ["rating", "notice", "plan", "office", "practise"]
    assert whys(story)["notice"] == "put off last time"


def test_a_task_with_after_waits_until_what_comes_before_it_is_on_record_or_stands_before_it() -> None:
    alone = with_values(sessions__noticing__order=["rating", "welcome"], phases__skills__must__notice="Notice one mood")
    story = given(alone, hold(1), *done("rating", "welcome"))
    assert plan(story) == ["rating", "office", "practise"]
    assert left_open(story)["plan"] == " (after notice)."


def test_a_task_named_again_is_due_again(written: Protocol) -> None:
    again = with_values(sessions__keeping__order=["rating", "welcome", "look_back"])
    story = given(again, *first_session(), *map(hold, (2, 3, 4)))
    assert "welcome" in plan(story)
    assert "welcome" not in plan(story.when(hold(5), *done("welcome")))


def test_a_session_nobody_logged_stays_open_beside_the_plan_and_not_in_it(written: Protocol) -> None:
    story = given(written, hold(1))
    assert plan(story) == ["rating", "office", "practise"]
    assert left_open(story)["welcome"] == " (nothing is logged of 'Noticing')."
    assert left_open(story)["plan"] == " (after Notice)."


def test_a_course_taken_over_under_way_asks_for_no_session_of_before(written: Protocol) -> None:
    story = given(written, c.Adopt("skills", sessions_used=4, on=week(1)))
    assert plan(story) == ["practise", "rating", "look_back", "extra"]
    assert left_open(story)["welcome"] == " ('Noticing' was before this record began)."


def test_a_task_of_an_area_is_due_for_each_open_focus_and_for_none_without() -> None:
    area = {"title": "Grief", "choose_when": "Somebody died", "must": {"mourn": "Mourn"}}
    griefs = with_values(problem_areas={"grief": area}, sessions__noticing__order=["rating", "mourn"])
    assert plan(given(griefs)) == ["rating"]
    story = given(griefs, c.AgreeFocus("grief"))
    assert plan(story) == ["rating", "mourn"]
    assert plan(story.when(hold(1), *done("rating", "mourn"))) == ["rating", "office", "practise"]


def test_nothing_is_written_beyond_the_last_session_and_the_page_says_so(written: Protocol) -> None:
    story = given(written, *first_session(), *map(hold, (2, 3, 4, 5)))
    booked = story.when(c.Deviate(book(6), because="One skill was not reached"))
    assert standing(booked)[0] == (
        "Nothing is written for session 6; the plan holds what returns and what stayed due."
    )  # fmt: skip


def test_recording_the_whole_session_records_the_order(written: Protocol) -> None:
    story = given(written).when(c.RecordSession(on=week(1), exceptions={"welcome": "deferred"}))
    assert [e.task for e in story.last if e.kind == "task_logged"] == ["rating", "notice"]  # type: ignore[attr-defined]
    assert planned_tasks(written, story.course, week(2)) == ("rating", "welcome", "plan", "office", "practise")


# -- the count, warnings, budget, adherence ----------------------------------------------------------------------


def test_a_fixed_number_needs_no_contract_and_one_more_is_refused(written: Protocol) -> None:
    story = given(written, *map(hold, range(1, 6)))
    story.when(book(6)).then_refused("contract_full")
    assert story.when(hold(6)).last[0].warnings[0].code == "beyond_contract"


def test_a_task_before_its_session_is_recorded_with_a_warning(written: Protocol) -> None:
    story = given(written, hold(1)).when(*done("look_back")).then(logged("look_back")).warned("before_its_session")
    assert story.last[0].warnings[0].text == "it belongs to 'Keeping it', session 5"
    given(written, hold(1)).when(*done("notice")).warned()
    given(written, *map(hold, range(1, 6))).when(*done("look_back")).warned()


def test_the_budget_counts_what_the_order_names_against_whole_hours_without_what_returns(written: Protocol) -> None:
    budget = given(written).agenda().budget
    assert budget.open == (
        "welcome", "notice", "plan", "office", "side_by_side", "meals", "school", "extra", "look_back",
    )  # fmt: skip
    assert (budget.minutes, budget.fits) == (90, True)
    late = given(written, *map(hold, range(1, 5)))
    assert late.agenda().budget.fits is False
    assert "budget_short" in late.warnings()


def test_tasks_are_in_time_in_the_sessions_that_name_them(written: Protocol) -> None:
    story = given(written, *first_session("welcome"), hold(2), *done("welcome", "plan"))
    found = adherence(written, story.course).timing
    assert (found.count, found.of) == (2, 3)


# -- topics ------------------------------------------------------------------------------------------------------


def test_a_forbidden_topic_has_no_tasks_no_words_and_a_warning_when_it_is_met(written: Protocol) -> None:
    story = given(written, hold(1))
    assert {"meals", "school"} & set(whys(story)) == set()
    assert story.agenda().ask == ("How was your mood?", "And at work?")
    met = story.when(*done("food")).then(logged("food")).warned("kept_out")
    assert met.last[0].warnings[0].path == "phases.skills.topics.food"
    assert met.last[0].warnings[0].text == "the protocol keeps this topic out"
    away = story.when(*done("school")).last[0].warnings
    assert [w.text for w in away if w.code == "kept_out"] == ["the protocol leads away from this topic"]


def test_in_a_phase_that_says_nothing_of_it_a_topic_is_free(written: Protocol) -> None:
    story = given(written, *map(hold, range(1, 5)), c.EnterPhase("closing"))
    assert "meals" in plan(story)
    story.when(*done("food")).then(logged("food")).warned()
    story.when(*done("meals")).then(logged("meals")).warned()


def test_a_topic_that_is_linked_only_has_its_tasks_and_words_and_they_say_so(written: Protocol) -> None:
    story = given(written, *first_session())
    texts = [text for step in story.agenda().steps for text in step.texts]
    assert "link only: speak of the office" in texts
    story.when(hold(2), *done("office")).warned()
    story.when(hold(2), *done("work")).warned("kept_out")


def test_a_topic_is_asked_for_each_session_until_it_was_talked_about_in_the_phase(written: Protocol) -> None:
    asked = "Ask about the family: not talked about yet in this phase."

    def lines(story: Story) -> list[str]:
        return [
            line.text + line.template + line.after for line in story.agenda().also_due if line.code == "topic_asked"
        ]

    story = given(written, hold(1))
    assert lines(story) == lines(story.when(hold(2))) == [asked]
    assert lines(story.when(c.DoTask("side_by_side", how="declined"))) == [asked]
    assert lines(story.when(*done("side_by_side"))) == []
    assert lines(story.when(*done("family"))) == []
    back = with_values(phases__closing__next={"completed": {}, "skills": {}})
    again = given(back, hold(1), *done("family"), c.EnterPhase("closing"), c.EnterPhase("skills", on=week(2)))
    assert lines(again) == [asked]


def test_the_page_says_what_it_leaves_out_and_why(written: Protocol) -> None:
    assert standing(given(written))[1:] == [
        "Keep out in this phase: food and weight.", "Link only: work.", "Lead away from it: the past.",
    ]  # fmt: skip
    assert given(written).agenda().kept_out == (
        ("forbidden", "Food and weight"), ("link only", "Work"), ("redirect", "The past"),
    )  # fmt: skip


def test_logged_topics_that_were_kept_out_are_counted(written: Protocol) -> None:
    story = given(written, hold(1), *done("food", "meals", "school", "office", "family"))
    assert adherence(written, story.course).proscribed == 3


def test_a_way_may_wait_for_a_session_and_for_a_topic() -> None:
    asks = {"all": {"whole": "everything of noticing is done", "family": "family was talked about"}}
    waits = with_values(phases__skills__next={"closing": {"ready": asks}})
    story = given(waits, *first_session("welcome"))
    story.when(c.EnterPhase("closing")).then_refused("ready")
    story = story.when(c.DoTask("welcome", how="declined"))
    told = story.when(c.EnterPhase("closing"))
    told.then_refused("ready")
    assert told.refused is not None
    saw = "everything of noticing is done; family was not talked about in this phase"
    assert told.refused.reasons[0].saw["sentence"] == saw
    story.when(*done("side_by_side"), c.EnterPhase("closing")).then(event("phase_entered", phase="closing"))


GROUP = b"""
iptengine: 1
vignette: A group keeps the order of its sessions; who was not there catches up on his own page
protocol: order.protocol.yaml
start: 2026-01-05
members: {ann: A., bob: B., cem: C.}
happenings:
  formed:
    on: 2026-01-05
    join: {}
    expect_group: {steps: [Ratings, Welcome, Notice], has: ["This session: Noticing. Next comes 'Trying it out'."]}
  first:
    on: 2026-01-05
    status: attended
    group: {absent: {cem: no_show}}
    done: [rating, welcome, notice]
    expect_of: {cem: {agenda: {order: [rating, welcome, notice, plan, office, practise]}}}
    expect_group:
      steps: [Ratings, Plan, Office, Practise]
      has: ["This session: Trying it out.", "link only: speak of the office"]
"""


def test_a_group_has_one_running_order_and_each_member_his_own_place_in_it() -> None:
    grouped = with_values(group={"size": "2..4"})
    assert play(read_vignette_text(GROUP, "group.vignette.yaml"), grouped).report == ""


def test_a_component_that_the_plan_does_not_hold_is_not_in_the_order() -> None:
    components = {
        name: {"title": name, "dose": "1..2", "must": {f"do_{name}": f"Do {name}"}} for name in ("one", "two")
    }
    chosen = with_values(plan={"components": components}, sessions__noticing__order=["rating", "do_one", "do_two"])
    assert plan(given(chosen)) == ["rating"]
    story = given(chosen, c.ChoosePlan(components=("two",), because="It fits"))
    assert plan(story) == ["rating", "do_two"]


# -- laws --------------------------------------------------------------------------------------------------------

HAPPENINGS = st.sampled_from(
    [*done("rating", "welcome", "notice", "plan", "practise", "look_back", "food", "meals"), c.Defer("plan"),
     c.DoTask("welcome", how="declined"), c.HoldSession(), c.MissSession("no_show"), c.EnterPhase("closing")]
)  # fmt: skip


@for_all(st.lists(st.tuples(HAPPENINGS, st.integers(1, 12)), max_size=14))
def test_whatever_happens_nothing_the_order_asks_for_is_lost_and_nothing_stands_twice(
    happenings: list[tuple[Command, int]],
) -> None:
    protocol = with_values()
    story = given(protocol)
    for command, day in happenings:
        told = story.when(replace(command, on=week(day)))
        story = told if told.refused is None else story
    agenda = story.agenda()
    planned = [task.task for step in agenda.steps for task in step.tasks]
    assert len(planned) == len(set(planned))
    shown = {*planned, *(line.values.get("task") for line in (*agenda.also_due, *agenda.first))}
    number = agenda.number
    facts = CourseFacts(protocol, story.course, story.today)
    for task, first in {"welcome": 1, "notice": 1, "plan": 2, "look_back": 5}.items():
        if first <= number and facts.is_open(task):
            assert task in shown
        if first > number:
            assert task not in planned


def test_a_risk_alert_heads_the_page_whatever_the_order_holds() -> None:
    taken = with_values(measures={"phq9": {"use": "phq9@1", "due": "every session"}})
    story = given(taken, hold(1), answers(0, 0, 0, 0, 0, 0, 0, 0, 2))
    assert [alert.code for alert in story.agenda().alerts] == ["risk_item"]
    assert story.agenda().first[0].code == "risk_open"


def test_an_ended_course_says_nothing_of_sessions_to_come(written: Protocol) -> None:
    story = given(written, *first_session(), c.EnterPhase("closing"), c.EndCourse("completed"))
    assert standing(story) == []
    story.when(*done("family")).then(event("task_logged", task="family"))
