"""Whatever was recorded is never refused: any event, in any order, on any course (law 3)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any, get_type_hints

import pytest
from hypothesis import given as when_given
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.course import events as e
from iptengine.course.course import Course
from iptengine.course.evolve import evolve, fold
from iptengine.protocol.protocol import Protocol
from phrases import ANNA, START, Story, given, hold, in_the_middle, phq9

IDS = st.sampled_from(["", "a", "b", "c", "role_dispute"])


def _field(event: str, name: str, hint: Any) -> st.SearchStrategy[Any]:
    if name == "on":
        return st.dates(date(2026, 1, 1), date(2026, 1, 9))
    if hint is str:
        return IDS
    return st.from_type(hint)


def some(kind: type[e.Event]) -> st.SearchStrategy[e.Event]:
    hints = get_type_hints(kind)
    skipped = ("at", "by", "warnings", "kind")
    parts = {f.name: _field(kind.kind, f.name, hints[f.name]) for f in fields(kind) if f.name not in skipped}
    fixed = {"at": st.just(_at()), "by": st.just(ANNA)}
    return st.builds(kind, **parts, **fixed)


def _at() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 1, 1, tzinfo=UTC)


ANY = st.one_of([some(kind) for kind in e.EVENTS.values()])


@settings(max_examples=60)
@when_given(st.lists(ANY, max_size=25))
def test_any_events_in_any_order_make_a_course(history: list[e.Event]) -> None:
    course = Course("c1")
    for event in history:
        course = evolve(course, event)
    assert course == fold(Course("c1"), history)
    assert course.version == len(history)
    assert [a.number for a in course.sessions] == [
        course.adopted_sessions + n for n in range(1, len(course.sessions) + 1)
    ]


@settings(max_examples=60)
@when_given(st.lists(ANY, max_size=15), st.integers(0, 15))
def test_a_fold_can_stop_anywhere_and_go_on(history: list[e.Event], at: int) -> None:
    first = fold(Course("c1"), history[:at])
    kept = replace(first)
    assert fold(first, history[at:]) == fold(Course("c1"), history)
    assert first == kept, "a course that somebody holds was changed"


@settings(max_examples=40)
@when_given(st.permutations(range(14)))
def test_the_adult_story_in_any_order_never_raises_and_loses_no_event(order: list[int]) -> None:
    history = _history()
    course = fold(Course("c1"), [history[n] for n in order])
    assert course.version == 14


def _history() -> tuple[e.Event, ...]:
    from phrases import protocol

    story = given(protocol("ipt-adult"), hold(1), phq9(19, self_harm=2), in_the_middle())
    return story.events[:14]


def test_an_unknown_event_becomes_a_visible_anomaly(ipt: Protocol) -> None:
    story = given(ipt, hold(1))
    stored = e.Unreadable(id="x1", on=START, at=_at(), by=ANNA, stored="{…", why="a stored event cannot be read: cut")
    course = evolve(story.course, stored)
    assert [(a.event, a.text) for a in course.anomalies] == [("x1", "a stored event cannot be read: cut")]
    assert (course.version, course.appointments) == (story.course.version + 1, story.course.appointments)
    told = replace(story, course=course).warnings()
    assert told[0] == "anomaly"


def one(kind: type[Any], **more: Any) -> Any:
    return kind(id="x1", on=START, at=_at(), by=ANNA, **more)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (one(e.CourseStarted, protocol="p", digest="d", phase="initial"), "the course had already begun"),
        (one(e.FocusClosed, focus="x"), "there is no focus 'x' in this course"),
        (one(e.FocusStaged, focus="x", was="", stage="y"), "there is no focus 'x' in this course"),
        (one(e.AlertMoved, alert="x", state="assessed"), "there is no alert 'x' in this course"),
        (one(e.HomeworkReviewed, homework="x"), "the homework it reviews is not on record"),
        (one(e.Withdrawn, corrects="x"), "it corrects 'x', which is not on record here"),
        (one(e.NoteWritten, text="n", corrects="x"), "it corrects 'x', which is not on record here"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_makes_no_sense_here_is_shown_and_changes_nothing_else(ipt: Protocol, event: e.Event, text: str) -> None:
    story = given(ipt, hold(1))
    course = evolve(story.course, event)
    assert [a.text for a in course.anomalies] == [text]
    rest = replace(course, anomalies=(), version=story.course.version)
    assert rest == story.course or event.kind == "note_written"


def test_a_second_end_is_shown_and_the_first_one_stands(ipt: Protocol) -> None:
    story = given(ipt)
    course = fold(story.course, [one(e.CourseEnded, outcome="died"), one(e.CourseEnded, outcome="completed")])
    assert course.ended == "died"
    assert [a.text for a in course.anomalies] == ["the course had already ended"]


def test_a_correction_of_something_unknown_keeps_both_complaints() -> None:
    course = evolve(Course("c1"), one(e.HomeworkReviewed, homework="h", corrects="x"))
    assert [a.text for a in course.anomalies] == [
        "the homework it reviews is not on record", "it corrects 'x', which is not on record here",
    ]  # fmt: skip


def test_no_repr_of_a_course_tells_what_a_patient_said(ipt: Protocol) -> None:
    from iptengine.course import commands as c
    from phrases import focus, staged

    canary = "Wilhelmina was beaten"
    story: Story = given(
        ipt, hold(1), focus("role_dispute", canary, because=canary), staged("impasse", because=canary),
        c.WriteNote(canary), c.RecordPerson(canary), c.AssignHomework(canary), c.RemindMe(canary),
        c.WriteFormulation(canary, agreed=True), c.RecordContact("outreach", note=canary), c.SetGoal(canary),
        phq9(19, self_harm=1), c.MissSession("no_show", why=canary),
    )  # fmt: skip
    story = story.when(c.AssessAlert(story.open_alerts[0].id, found=canary, plan=canary))
    story = story.when(c.Withdraw(story.id_of("note_written"), because=canary))
    story = story.when(c.EndCourse("patient_decision", reason=canary, note=canary))
    course = story.course
    held = [
        course, *story.events, *course.appointments, *course.focuses, *course.focuses[0].history, *course.alerts,
        *course.homework, *course.corrections, course.outcome, course.contract,
        *_ways(story), story.agenda(),
    ]  # fmt: skip
    assert canary in course.json()
    assert [repr(value) for value in held if canary in repr(value)] == []


def _ways(story: Story) -> Any:
    from iptengine.course.ways import ways

    return (
        *ways(story.protocol, story.course, on=START),
        *ways(story.protocol, replace(story.course, outcome=None), on=START),
    )


def test_a_fold_writes_the_fields_of_a_course_and_nothing_else() -> None:
    course = fold(Course("a"), _history())
    assert list(vars(course)) == [field.name for field in fields(Course)]
