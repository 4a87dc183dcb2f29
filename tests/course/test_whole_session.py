"""A whole session in one: the same as the commands it stands for, and no part takes another down with it."""

from __future__ import annotations

from typing import Any

from iptengine.course import commands as c
from iptengine.course.events import Event
from iptengine.course.hour import planned_tasks
from iptengine.protocol.protocol import Protocol
from phrases import START, event, given, hold, in_the_middle, logged, phq9, scored, week


def recorded(number: int, **more: Any) -> c.RecordSession:
    return c.RecordSession(on=week(number), **more)


def told(events: tuple[Event, ...]) -> list[dict[str, object]]:
    """What events say, without their ids and times of recording."""
    from dataclasses import fields

    skipped = ("id", "at", "command", "session", "cause")
    return [
        {"kind": e.kind, **{f.name: getattr(e, f.name) for f in fields(e) if f.name not in skipped}} for e in events
    ]


def test_a_whole_session_is_the_commands_it_stands_for(ipt: Protocol) -> None:
    before = given(ipt, in_the_middle())
    whole = before.when(
        recorded(
            4,
            scores={"phq9": {"total": 15, "self_harm": 1}},
            exceptions={"rehearse": "deferred", "feelings": "partly", "grief_onset": "not_done"},
            note="she wept, then laughed",
            minutes=50,
            present=("patient", "friend"),
        )
    )
    plan = planned_tasks(ipt, before.course, week(4))
    hows = {"feelings": "partly", "grief_onset": "not_done"}
    parts: list[c.Command] = [hold(4, minutes=50, present=("patient", "friend")), phq9(15, self_harm=1)]
    for task in dict.fromkeys((*plan, "rehearse", "feelings", "grief_onset")):
        parts.append(c.Defer(task) if task == "rehearse" else c.DoTask(task, how=hows.get(task, "done")))
    parts.append(c.WriteNote("she wept, then laughed"))
    one_by_one = before.when(*parts)
    assert "recent_event" in plan
    assert told(whole.last) == told(one_by_one.events[len(before.events) :])
    assert whole.course.readings[-1].session == whole.last[0].id


def test_what_was_planned_is_done_unless_the_exceptions_say_otherwise(ipt: Protocol) -> None:
    story = given(ipt).when(recorded(1, exceptions={"history": "deferred", "supports": "done"}))
    plan = planned_tasks(ipt, given(ipt).course, START)
    assert plan[:2] == ("safety_enquiry", "symptom_review")
    assert [t.task for t in story.course.tasks] == [*(t for t in plan if t != "history"), "supports"]
    assert [d.task for d in story.course.deferred] == ["history"]
    assert {t.session for t in story.course.tasks} == {story.last[0].id}


def test_one_part_that_makes_no_sense_does_not_lose_the_score_beside_it(ipt: Protocol) -> None:
    story = given(ipt).when(
        recorded(
            1,
            scores={"tarot": {"total": 3}, "phq9": {"total": 12, "self_harm": 2}},
            exceptions={"juggling": "done", "history": "splendid"},
        )
    )
    assert [(r.total, r.session) for r in story.course.readings] == [(12, story.last[0].id)]
    assert [a.value for a in story.open_alerts] == [2]
    assert [w.code for w in story.last[0].warnings] == ["not_recorded"] * 3
    assert [w.text for w in story.last[0].warnings] == [
        "read: this protocol uses the measures phq9",
        "do_task: a task is one of done, partly, declined, not_applicable, not_done",
        "do_task: this protocol has no task of that name",
    ]


def test_a_session_with_an_unknown_guest_still_keeps_its_scores(ipt: Protocol) -> None:
    story = given(ipt).when(recorded(1, present=("patient", "the cat"), scores={"phq9": {"total": 9, "self_harm": 1}}))
    assert story.course.appointments == ()
    assert [r.total for r in story.course.readings] == [9]
    assert story.last[0].warnings[0].code == "not_recorded"
    assert len(story.open_alerts) == 1


def test_when_nothing_at_all_makes_sense_it_is_refused(ipt: Protocol) -> None:
    given(ipt).when(recorded(1, status="vanished")).then_refused("unknown_status", overridable=False)


def test_a_missed_session_keeps_the_score_sent_by_post_and_what_was_said_of_tasks(ipt: Protocol) -> None:
    story = given(ipt, hold(1)).when(
        recorded(
            2, status="no_show", note="rang at noon", scores={"phq9": {"total": 14, "self_harm": 0}},
            exceptions={"history": "declined", "psychoeducation": "deferred"},
        )
    )  # fmt: skip
    story.then(
        event("session_missed", status="no_show", why="rang at noon", used=False),
        scored(14, session=""),
        logged("history", "declined", session=""),
        event("task_deferred", task="psychoeducation"),
    )


def test_a_whole_session_raises_each_alert_once(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(8, self_harm=0)).when(recorded(2, scores={"phq9": {"total": 15, "self_harm": 3}}))
    assert [e.kind for e in story.last].count("alert_raised") == 2
    assert story.raised == ["risk_item", "sudden_rise"]


def test_a_whole_session_fulfils_its_booking(ipt: Protocol) -> None:
    story = given(ipt, c.Book(on=START, time="15:00")).when(recorded(1))
    assert [(a.time, a.status) for a in story.course.appointments] == [("15:00", "attended")]


def test_the_plan_of_the_page_and_the_tasks_of_the_record_are_the_same(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle())
    page = [task.task for step in story.agenda(on=week(4)).steps for task in step.tasks]
    whole = story.when(recorded(4))
    assert [t.task for t in whole.course.tasks if t.session == whole.last[0].id] == page
