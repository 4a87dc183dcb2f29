"""Courses of every example protocol, walked at random by nothing but what the course itself offers.

A walk knows no protocol: it asks what can be said, fills in the fields with their own choices, and says it. So it
goes wherever a protocol leads, and what must hold in every course has to hold there, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from filling import (
    LEFT_TO_OTHER_TESTS,
    PROTOCOLS,
    ROOT,
    SAID_BY,
    START,
    TEXT,
    answers,
    filled,
    protocol_at,
    with_reasons,
)
from iptengine.course import commands as c
from iptengine.course.codec import course_from_json, decode, encode
from iptengine.course.commands import Command
from iptengine.course.course import Correction, Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, Event, PersonRecorded, ReadingTaken
from iptengine.course.evolve import evolve, fold
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor, Stamp
from iptengine.course.warnings import warnings
from iptengine.course.ways import Way, due, ways
from iptengine.render.agenda import agenda
from iptengine.render.alerts import alert_lines


class Drawn:
    """Chance as Hypothesis draws it, so that a walk that fails is told by its shortest."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def one(self, choices: Sequence[Any]) -> Any:
        return self._draw(st.sampled_from(choices))

    def some(self, choices: Sequence[Any], most: int) -> Sequence[Any]:
        return self._draw(st.lists(st.sampled_from(choices), max_size=most, unique=True))

    def number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def text(self) -> str:
        return TEXT


class Walk(RuleBasedStateMachine):
    """Somebody who asks what can be said, and says some of it, well or badly."""

    path: Path

    def __init__(self) -> None:
        super().__init__()
        self.protocol = protocol_at(self.path)
        self.course = Course("walk")
        self.events: list[Event] = []
        self.today = START
        self.count = 0

    # How something is said

    def say(self, command: Command, role: str = "therapist") -> tuple[Event, ...] | Refused:
        self.count += 1
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.count)
        stamped = command.stamped(Stamp(f"k{self.count}", self.today, at, Actor(f"the-{role}", role=role)))
        before = self.course
        try:
            made = decide(self.protocol, before, stamped)
        except Refused as no:
            return no
        for event in made:
            self.course = evolve(self.course, event)
        assert fold(before, made) == self.course
        self.events += made
        _nothing_lost(before, self.course)
        return made

    def ways(self) -> list[Way]:
        found = ways(self.protocol, self.course, on=self.today)
        return [way for way in found if way.command.kind not in LEFT_TO_OTHER_TESTS]

    # What happens

    @initialize()
    def begin(self) -> None:
        assert not isinstance(self.say(c.Start("A.B.")), Refused)

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(data=st.data())
    def something_is_reported(self, data: st.DataObject) -> None:
        reports = [way for way in self.ways() if not way.command.request]
        way = data.draw(st.sampled_from(reports))
        answer = self.say(filled(way, Drawn(data.draw), self.protocol), data.draw(st.sampled_from(way.by or SAID_BY)))
        assert not isinstance(answer, Refused), f"a report was refused: {answer}"

    @rule(data=st.data(), role=st.sampled_from(SAID_BY))
    def a_session_is_held_as_planned(self, data: st.DataObject, role: str) -> None:
        scores = {name: answers(self.protocol, name, Drawn(data.draw)) for name in self.protocol.measures}
        assert not isinstance(self.say(c.RecordSession(scores=scores, note=TEXT), role), Refused)

    @rule(data=st.data())
    def something_open_is_asked_for(self, data: st.DataObject) -> None:
        found = [way for way in self.ways() if way.command.request and way.open]
        if found:
            way = data.draw(st.sampled_from(found))
            answer = self.say(with_reasons(way.command), data.draw(st.sampled_from(way.by or SAID_BY)))
            assert not isinstance(answer, Refused), f"{way.command.kind} was said to be open: {answer}"

    @rule(data=st.data())
    def somebody_answers_who_may_not(self, data: st.DataObject) -> None:
        found = [way for way in self.ways() if way.open and way.by]
        if found:
            answer = self.say(with_reasons(data.draw(st.sampled_from(found)).command), "passer-by")
            assert isinstance(answer, Refused), "somebody without the role answered"

    @rule(data=st.data())
    def something_blocked_is_refused_for_the_same_reasons(self, data: st.DataObject) -> None:
        blocked = [way for way in self.ways() if not way.open]
        if blocked:
            way = data.draw(st.sampled_from(blocked))
            answer = self.say(with_reasons(way.command), _role(way))
            assert isinstance(answer, Refused), f"{way.command.kind} was said to be blocked"
            assert answer.reasons == way.reasons

    @rule(data=st.data())
    def the_clinician_goes_another_way(self, data: st.DataObject) -> None:
        blocked = [way for way in self.ways() if not way.open]
        if blocked:
            way = data.draw(st.sampled_from(blocked))
            answer = self.say(c.Deviate(with_reasons(way.command), because=TEXT))
            if isinstance(answer, Refused):
                assert not answer.overridable
            else:
                assert self.course.deviations[-1].overridden

    # What must hold

    @invariant()
    def replaying_gives_the_same_course(self) -> None:
        assert fold(Course("walk"), self.events) == self.course

    @invariant()
    def the_store_gives_everything_back(self) -> None:
        assert [decode(encode(event)) for event in self.events[-3:]] == self.events[-3:]
        assert course_from_json(self.course.json()) == self.course

    @invariant()
    def every_dangerous_answer_has_its_alert(self) -> None:
        raised = {(e.cause, e.item) for e in self.events if isinstance(e, AlertRaised) and e.code == "risk_item"}
        for event in self.events:
            if isinstance(event, ReadingTaken):
                measure = self.protocol.measures[event.measure]
                wanted = {(event.id, item) for item in measure.risk_items if event.answers.get(item) != 0}
                assert wanted <= raised, "a risk item above zero or unanswered raised no alert"

    @invariant()
    def open_risk_alerts_head_the_page(self) -> None:
        if self.course.started is None:
            return
        page = agenda(self.protocol, self.course, on=self.today)
        told = alert_lines(self.protocol, self.course)
        assert page.problem == ""
        assert all(_first_words(line) in page.text for line in told), "an alert is not on the page"
        assert page.value is not None
        assert page.value.alerts == self.course.open_risk_alerts
        assert page.value.first[0].code == ("risk_open" if page.value.alerts else "risk_none_open")
        kinds = [line.kind for line in due(self.protocol, self.course, on=self.today)]
        assert kinds.count("alert") == len(self.course.open_risk_alerts)

    @invariant()
    def the_patients_page_holds_no_alert(self) -> None:
        if self.course.started is not None:
            page = agenda(self.protocol, self.course, on=self.today, audience="patient")
            assert page.problem == ""
            assert not any(_first_words(line) in page.text for line in alert_lines(self.protocol, self.course))

    @invariant()
    def nothing_in_the_history_is_odd(self) -> None:
        assert self.course.anomalies == ()
        warnings(self.protocol, self.course, on=self.today)


def _role(way: Way, otherwise: str = "therapist") -> str:
    """Who says it: one of the roles it is for, where it is for some."""
    return way.by[0] if way.by else otherwise


def _first_words(line: str) -> str:
    return " ".join(line.split()[:4])


def _nothing_lost(before: Course, after: Course) -> None:
    """Every record that was there is still there, or was put right and is kept as such."""
    put_right = {correction.event for correction in after.corrections}
    for part in fields(Course):
        kept, now = getattr(before, part.name), getattr(after, part.name)
        if isinstance(kept, tuple):
            assert _records(kept) - _records(now) <= put_right, f"{part.name} lost a record"


def _records(kept: tuple[Any, ...]) -> set[str]:
    """What was recorded, by id; of a person by name, because more can be told of somebody later."""
    return {
        one.name if isinstance(one, PersonRecorded) else str(one.id)
        for one in kept
        if hasattr(one, "id") and not isinstance(one, Correction)
    }


# -- the walks ---------------------------------------------------------------------------------------------------

PACE = settings(max_examples=6, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.name.partition(".")[0])
def test_wherever_its_own_offers_lead_a_course_keeps_the_laws(path: Path) -> None:
    run_state_machine_as_test(type("WalkOfOne", (Walk,), {"path": path}), settings=PACE)


# -- the walk can break ------------------------------------------------------------------------------------------


def _breaks(says: str) -> None:
    path = ROOT / "protocols" / "ipt-adult.protocol.yaml"
    pace = settings(PACE, max_examples=60, database=None, derandomize=True, print_blob=False, phases=[Phase.generate])
    with pytest.raises(AssertionError, match=says):
        run_state_machine_as_test(type("BrokenWalk", (Walk,), {"path": path}), settings=pace)


def test_the_walk_fails_when_an_alert_is_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iptengine.course.reports.risk_alerts", lambda *_: iter(()))
    _breaks("raised no alert")


def test_the_walk_fails_when_the_page_forgets_an_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iptengine.render.therapist.alert_lines", lambda *_: ())
    _breaks("an alert is not on the page")
