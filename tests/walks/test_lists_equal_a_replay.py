"""The lists of a clinic, walked at random: what the kept rows answer is always what replaying every course answers.

Several courses under several protocols share a store. One clinic writes and asks with rows, another one knows the
five methods of the port alone: it writes without rows and answers by replay. Whatever was said, by whom, and whatever
day is asked for, both answer the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

import iptengine as ipt
from filling import LEFT_TO_OTHER_TESTS, PROTOCOLS, SAID_BY, START, TEXT, filled, protocol_at, with_reasons
from iptengine import commands as c
from iptengine.course.overview import Overview
from iptengine.protocol.protocol import Protocol
from iptengine.store.rows import NEVER, Asked, Row, keeps_lists
from stores import fresh_store
from walks.test_walks_by_what_is_open import Drawn

ANNA = ipt.Actor("the-therapist", role="therapist")
CHOSEN = ("ipt-adult", "before-and-after", "steady-months", "approvals", "lasting", "calendar")
MOST_COURSES = 4


class Plain:
    """A store seen through the five methods of the port."""

    def __init__(self, whole: ipt.Store) -> None:
        self.read, self.append, self.feed = whole.read, whole.append, whole.feed
        self.keep_protocol, self.protocol = whole.keep_protocol, whole.protocol


class WithoutProtocols:
    """A store that has lost the texts of its protocols, and whatever else it had."""

    def __init__(self, whole: ipt.Store) -> None:
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    def protocol(self, digest: str) -> str:
        raise ipt.UnknownDigest(digest)


def protocols() -> list[Protocol]:
    chosen = [path for path in PROTOCOLS if path.name.partition(".")[0] in CHOSEN]
    assert len(chosen) == len(CHOSEN)
    return [protocol_at(path) for path in chosen]


class Lists(RuleBasedStateMachine):
    """A clinic with a few courses, asked on all sorts of days."""

    kind: str

    def __init__(self) -> None:
        super().__init__()
        store = fresh_store(self.kind)
        assert keeps_lists(store)
        self.store = store
        self.today = START
        numbers = count(1)
        self.parts = {"clock": self.now, "ids": lambda: f"k-{next(numbers)}"}
        self.kept = ipt.Clinic(store, protocols(), **self.parts)
        self.replayed = ipt.Clinic(Plain(store), protocols(), **self.parts)
        self.courses: list[str] = []

    def now(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 15, tzinfo=UTC)

    # What happens

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.a_course_begins(data)

    @rule(data=st.data())
    def a_course_begins(self, data: st.DataObject) -> None:
        if len(self.courses) < MOST_COURSES:
            protocol = data.draw(st.sampled_from(protocols()))
            course = f"course-{len(self.courses)}"
            self.kept.start(protocol.ref, by=ANNA, on=self.today, course=course, called="A. B.")
            self.courses.append(course)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(data=st.data(), by_rows=st.booleans())
    def something_is_said(self, data: st.DataObject, by_rows: bool) -> None:
        course = data.draw(st.sampled_from(self.courses))
        found = [w for w in self.kept.ways(course, on=self.today) if w.command.kind not in LEFT_TO_OTHER_TESTS]
        found = [way for way in found if way.open and way.command.kind not in ("join_group", "leave_group")]
        way = data.draw(st.sampled_from(found))
        protocol = _pinned(self.kept, course)
        command = with_reasons(filled(way, Drawn(data.draw), protocol))
        who = ipt.Actor("somebody", role=data.draw(st.sampled_from(way.by or SAID_BY)))
        clinic = self.kept if by_rows else self.replayed
        clinic.do(course, command, by=who, on=self.today)

    @rule(data=st.data())
    def a_session_is_held(self, data: st.DataObject) -> None:
        course = data.draw(st.sampled_from(self.courses))
        self.kept.do(course, c.RecordSession(note=TEXT, on=self.today), by=ANNA)

    @rule(data=st.data())
    def a_course_ends_however_it_stands(self, data: st.DataObject) -> None:
        course = data.draw(st.sampled_from(self.courses))
        outcomes = sorted(_pinned(self.kept, course).spec.outcomes)
        end = c.EndCourse(data.draw(st.sampled_from(outcomes)))
        self.kept.do(course, c.Deviate(end, because=TEXT), by=ANNA, on=self.today)

    @rule(days=st.integers(-30, 60), anew=st.booleans())
    def the_rows_are_refreshed(self, days: int, anew: bool) -> None:
        self.kept.refresh(on=self.today + timedelta(days=days), anew=anew)

    # What must hold

    @rule(data=st.data(), days=st.integers(-30, 120) | st.sampled_from([0, 1, 7]))
    def both_answer_the_same(self, data: st.DataObject, days: int) -> None:
        on = self.today + timedelta(days=days)
        some = data.draw(st.none() | st.lists(st.sampled_from(self.courses), max_size=3))
        _same(self.kept, self.replayed, on, some)
        self._as_the_core_says(on)

    def _as_the_core_says(self, on: date) -> None:
        """What is due and raised, straight from the courses."""
        courses = [self.replayed.course(course) for course in self.courses]
        alerts = {alert for course in courses for alert in course.alerts if alert.state != "closed"}
        assert set(self.kept.alerts()) == alerts
        due = {line for course in courses for line in ipt.due(_pinned(self.kept, course.id), course, on=on)}
        assert set(self.kept.due(on=on)) == due

    @rule(data=st.data())
    def a_clinic_without_some_protocols_is_not_told_what_it_cannot_know(self, data: st.DataObject) -> None:
        here = [one for one in protocols() if data.draw(st.booleans())]
        for store in (self.store, WithoutProtocols(self.store)):
            asks, replays = (ipt.Clinic(one, here, **self.parts) for one in (store, Plain(store)))
            _same(asks, replays, self.today)

    @rule()
    def the_rows_say_what_the_events_say(self) -> None:
        assert self.kept.out_of_step() == ()
        assert ipt.Clinic(self.store, (), **self.parts).out_of_step() == ()

    def teardown(self) -> None:
        if self.courses:
            _same(self.kept, self.replayed, self.today)
            self._as_the_core_says(self.today)
            self.the_rows_say_what_the_events_say()


def _pinned(clinic: ipt.Clinic, course: str) -> Protocol:
    digest = clinic.course(course).digest
    return next(one for one in protocols() if one.digest == digest)


def _same(kept: ipt.Clinic, replayed: ipt.Clinic, on: date, courses: list[str] | None = None) -> None:
    assert kept.due(on=on, courses=courses) == replayed.due(on=on, courses=courses)
    assert kept.alerts(courses=courses) == replayed.alerts(courses=courses)
    assert kept.alerts(courses=courses, closed=True) == replayed.alerts(courses=courses, closed=True)
    assert kept.stuck(on=on, courses=courses) == replayed.stuck(on=on, courses=courses)
    assert kept.overdue(on=on, courses=courses) == replayed.overdue(on=on, courses=courses)
    assert kept.overviews(on=on, courses=courses) == replayed.overviews(on=on, courses=courses)


@pytest.mark.parametrize(("kind", "walks"), [("memory", 10), ("sqlite", 3)])
def test_whatever_was_said_and_asked_the_rows_answer_as_a_replay_does(kind: str, walks: int) -> None:
    pace = settings(
        max_examples=walks, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    run_state_machine_as_test(type("ListsOfOne", (Lists,), {"kind": kind}), settings=pace)


# -- the walk can break ------------------------------------------------------------------------------------------


def _breaks() -> None:
    pace = settings(
        max_examples=60, stateful_step_count=25, deadline=None, database=None, derandomize=True, print_blob=False,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with pytest.raises(AssertionError):
        run_state_machine_as_test(type("BrokenLists", (Lists,), {"kind": "memory"}), settings=pace)


def test_the_walk_fails_when_a_row_is_used_for_another_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Asked, "meets_day", lambda asked, row: asked.on is None or row.since != NEVER[0])
    _breaks()


def test_the_walk_fails_when_a_row_is_good_for_a_day_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iptengine.engine.lists._until", lambda protocol, course, found, on: on + timedelta(days=14))
    _breaks()


def test_the_walk_fails_when_a_row_of_fewer_events_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def append(self: ipt.MemoryStore, course: str, events: list[str], *, expected: int) -> None:
        before = self._rows.get(course)
        real(self, course, events, expected=expected)
        if before is not None:
            self._rows[course] = Row(course, expected + len(events), before.made, before.since, before.until,
                                     before.shown, before.text)  # fmt: skip

    real = ipt.MemoryStore.append
    monkeypatch.setattr(ipt.MemoryStore, "append", append)
    _breaks()


def test_the_walk_fails_when_alerts_are_left_out_of_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Overview.__init__

    def forgetful(self: Overview, **parts: object) -> None:
        real(self, **{**parts, "alerts": ()})  # type: ignore[arg-type]

    monkeypatch.setattr(Overview, "__init__", forgetful)
    _breaks()
