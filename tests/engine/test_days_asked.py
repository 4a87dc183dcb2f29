"""A day that is none is told, whoever is asked: a list for no day would leave out who waits on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import iptengine as ipt
from iptengine import commands as c
from iptengine.render import message
from phrases import protocol, variant

ANNA = ipt.Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
MEMBERS = ("a", "b", "c")
A_TIME = datetime(2026, 3, 3, 15, tzinfo=UTC)
NO_DAYS: dict[Any, str] = {
    None: "'on' must be a day, such as date(2026, 3, 3)",
    "2026-03-03": "'on' must be a day, such as date(2026, 3, 3)",
    A_TIME: "'on' must be a day, without a time",
}
TO_BOTH: tuple[Callable[[Any, Any], object], ...] = (
    lambda asked, on: asked.due(on=on),
    lambda asked, on: asked.due(on=on, courses=[]),
    lambda asked, on: asked.stuck(on=on),
    lambda asked, on: asked.overdue(on=on),
    lambda asked, on: asked.overviews(on=on),
    lambda asked, on: asked.ways("a", on=on),
    lambda asked, on: asked.agenda("a", on=on),
    lambda asked, on: asked.message("a", "letter", on=on),
    lambda asked, on: asked.group_agenda("tuesday", on=on),
)
OF_THE_CLINIC: tuple[Callable[[Any, Any], object], ...] = (
    lambda asked, on: asked.refresh(on=on),
    lambda asked, on: asked.moves(small(), on=on),
    lambda asked, on: asked.move_pages("a", small(), on=on),
)
ACTS: tuple[Callable[[Any, Any], object], ...] = (
    lambda clinic, on: clinic.start("ipt-small", by=ANNA, on=on, course="new"),
    lambda clinic, on: clinic.adopt("ipt-small", by=ANNA, on=on, phase="middle", sessions_used=4, course="new"),
    lambda clinic, on: clinic.follow("a", "ipt-small", by=ANNA, on=on, new="new", because="it goes on"),
    lambda clinic, on: clinic.void("a", "id-9.1", by=ANNA, on=on, because="the wrong course"),
    lambda clinic, on: clinic.erase("a", by=ANNA, on=on, because="asked for"),
    lambda clinic, on: clinic.move("a", small(), by=ANNA, on=on, because="a new version"),
    lambda clinic, on: clinic.move_back("a", by=ANNA, on=on, because="too soon"),
    lambda clinic, on: clinic.move_group("tuesday", small(), by=ANNA, on=on, because="a new version"),
    lambda clinic, on: clinic.move_group_back("tuesday", by=ANNA, on=on, because="too soon"),
    lambda clinic, on: clinic.form_group("friday", MEMBERS, facilitators=["u17"], by=ANNA, on=on),
    lambda clinic, on: clinic.join_group("tuesday", "a", by=ANNA, on=on),
    lambda clinic, on: clinic.leave_group("tuesday", "a", by=ANNA, on=on, because="moves away"),
    lambda clinic, on: clinic.hold_group_session("tuesday", by=ANNA, on=on, key="k"),
    lambda clinic, on: clinic.book_group_session("tuesday", by=ANNA, on=on, key="k"),
    lambda clinic, on: clinic.tell_group("tuesday", c.EnterPhase("middle"), by=ANNA, on=on, key="k"),
)


def small() -> ipt.Protocol:
    return variant("small", {"group.size": "3..5", "group.facilitators": "1..2"})


@pytest.fixture(params=["memory", "sqlite"])
def clinic(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ipt.Clinic]:
    """A group of three, one of whom has an open risk alert."""
    store: Any = ipt.MemoryStore() if request.param == "memory" else ipt.open_store(f"sqlite:///{tmp_path}/c.db")
    made = ipt.Clinic(store, [small(), protocol("ipt-adult")])
    for course in MEMBERS:
        made.start("ipt-small", by=ANNA, on=DAY, course=course)
    made.form_group("tuesday", MEMBERS, facilitators=["u17"], by=ANNA, on=DAY)
    made.start("ipt-adult", by=ANNA, on=DAY, course="risk")
    made.do("risk", c.Read("phq9", answers={"self_harm": 3}), by=ANNA, on=DAY)
    yield made
    if request.param == "sqlite":
        store.close()


@pytest.mark.parametrize("on", NO_DAYS)
def test_whoever_asks_for_no_day_is_told_that_it_is_none(clinic: ipt.Clinic, on: Any) -> None:
    for asked in (clinic, clinic.reader(ANNA)):
        for ask in TO_BOTH:
            told(ask, asked, on)
    for ask in OF_THE_CLINIC:
        told(ask, clinic, on)


@pytest.mark.parametrize("on", NO_DAYS)
def test_what_is_said_of_no_day_is_not_recorded_on_the_day_of_the_clock(clinic: ipt.Clinic, on: Any) -> None:
    before = [course.version for course in clinic.courses()]
    for say in ACTS:
        told(say, clinic, on)
    assert [course.version for course in clinic.courses()] == before


@pytest.mark.parametrize("on", NO_DAYS)
def test_the_pure_core_is_asked_for_a_day_too(clinic: ipt.Clinic, on: Any) -> None:
    course = clinic.course("risk")
    for ask in (ipt.due, ipt.ways, ipt.agenda):
        told(lambda asked, on: asked(protocol("ipt-adult"), course, on=on), ask, on)
    told(lambda asked, on: asked(protocol("ipt-adult"), course, "letter", on=on), message, on)


@pytest.mark.parametrize("on", [date.min, date.max])
def test_on_the_first_and_the_last_day_there_are_an_open_risk_alert_is_on_every_list(
    clinic: ipt.Clinic, on: date
) -> None:
    for asked in (clinic, clinic.reader(ANNA)):
        assert [line.course for line in asked.due(on=on) if line.kind == "alert"] == ["risk"]
        assert [one.course for one in asked.overviews(on=on)] == [*MEMBERS, "risk"]
        assert "PHQ-9, item 9" in asked.agenda("risk", on=on).text
        for ask in (asked.stuck, asked.overdue):
            ask(on=on)
        assert asked.ways("risk", on=on)
        assert asked.group_agenda("tuesday", on=on).text
    clinic.refresh(on=on, anew=True)
    assert clinic.out_of_step() == ()


def told(ask: Callable[[Any, Any], object], asked: Any, on: Any) -> None:
    with pytest.raises(ipt.BadInput) as caught:
        ask(asked, on)
    assert (str(caught.value), caught.value.field) == (NO_DAYS[on], "on")
