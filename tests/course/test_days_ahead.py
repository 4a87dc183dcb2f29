"""A record of a day that lies ahead of the day it was recorded is kept, and the clinician is told: a mistyped year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import CourseWarning, Event
from iptengine.course.stamp import Actor, Stamp
from phrases import given, week
from render.pages import IPT

TODAY = date(2026, 3, 10)
AFTERNOON = datetime(2026, 3, 10, 16, tzinfo=UTC)
ANNA = Actor("u17", role="therapist")
MISTYPED = date(2062, 3, 10)
TOLD = CourseWarning(
    "day_ahead", "2062-03-10 lies ahead of the day it was recorded, 2026-03-10; if it is mistyped, put it right"
)


def recorded(command: Command, at: datetime = AFTERNOON, course: Course | None = None) -> tuple[Event, ...]:
    stamped = command.stamped(Stamp("k9", command.on or at.date(), at, ANNA))
    return decide(IPT, course or given(IPT).course, stamped)


def ahead(events: tuple[Event, ...]) -> list[CourseWarning]:
    return [one for event in events for one in event.warnings if one.code == "day_ahead"]


@pytest.mark.parametrize(
    "command",
    [
        c.HoldSession(on=MISTYPED),
        c.Read("phq9", total=18, on=MISTYPED),
        c.RecordFact("fear_at_home", "yes", on=MISTYPED),
        c.MissSession("no_show", on=MISTYPED),
        c.AgreeFocus("grief", on=MISTYPED),
        c.RecordSession(on=MISTYPED, scores={"phq9": {"total": 18}}),
    ],
    ids=lambda command: command.kind,
)
def test_a_year_that_is_mistyped_is_recorded_and_told_once(command: Command) -> None:
    events = recorded(command)
    assert events[0].on == MISTYPED
    assert ahead(events) == [TOLD]


def test_a_reading_of_a_mistyped_year_raises_its_alert_all_the_same() -> None:
    assert [event.kind for event in recorded(c.Read("phq9", total=18, on=MISTYPED))] == [
        "reading_taken",
        "alert_raised",
    ]


@pytest.mark.parametrize(
    "command",
    [
        c.Book(on=TODAY + timedelta(days=7)),
        c.Deviate(c.Book(on=TODAY + timedelta(days=7)), because="one meeting to say goodbye"),
        c.MissSession("cancelled_by_patient", on=TODAY + timedelta(days=7)),
        c.MissSession("rescheduled", on=TODAY + timedelta(days=7)),
        c.HoldSession(on=TODAY),
        c.HoldSession(on=TODAY - timedelta(days=40)),
    ],
    ids=lambda command: f"{command.kind} {getattr(command, 'status', '')}",
)
def test_what_can_be_known_on_the_day_is_not_told(command: Command) -> None:
    assert ahead(recorded(command)) == []


def test_tomorrow_may_be_today_where_somebody_is() -> None:
    """A clock in UTC at noon; in Kiritimati it is the next day."""
    noon = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert ahead(recorded(c.HoldSession(on=date(2026, 3, 11)), noon)) == []
    assert [one.code for one in ahead(recorded(c.HoldSession(on=date(2026, 3, 12)), noon))] == ["day_ahead"]
    late = datetime(2026, 3, 10, 23, tzinfo=timezone(timedelta(hours=-11)))
    assert ahead(recorded(c.HoldSession(on=date(2026, 3, 11)), late)) == []


def test_a_day_that_was_put_right_is_told_no_more() -> None:
    story = given(IPT).when(c.HoldSession(on=week(2)))
    right = c.Correct(story.events[-1].id, c.HoldSession(on=TODAY), because="mistyped", on=TODAY)
    assert ahead(recorded(right, course=story.course)) == []
