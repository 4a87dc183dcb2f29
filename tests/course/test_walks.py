"""Courses walked at random by what is open now; what must hold after every step, and proof that it can break."""

from __future__ import annotations

from collections.abc import Callable, Sized
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from iptengine.course import alerting, requests
from iptengine.course import commands as c
from iptengine.course.agenda import NEVER_FOLDED, session_agenda
from iptengine.course.charts import Chart
from iptengine.course.codec import course_from_json, decode, encode
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, Event, FocusStaged, PhaseEntered, ReadingTaken
from iptengine.course.evolve import _HANDLERS as HANDLERS
from iptengine.course.evolve import evolve, fold
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import Line
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Stamp
from iptengine.course.unsaid import with_words
from iptengine.course.warnings import warnings
from iptengine.course.ways import Way, due, ways
from iptengine.protocol.protocol import Protocol, reasons
from phrases import ANNA, INITIAL, PHQ9, START, contract, focus, protocol, week

ANSWER = st.sampled_from([0, 0, 1, 2, 3, None, 4, "3", True])
KEPT = ("readings", "tasks", "deferred", "facts", "notes", "contacts", "goals", "checklists", "alerts", "deviations",
        "amendments", "life_events", "homework", "reminders", "phases", "appointments",
        "focuses")  # fmt: skip


class Walk(RuleBasedStateMachine):
    """A clinician who asks what is open, does some of it, and sometimes something else."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__()
        self.course = Course("walk")
        self.events: list[Event] = []
        self.today = START
        self.count = 0

    # How something is said

    def say(self, command: Command) -> tuple[Event, ...] | Refused:
        self.count += 1
        at = _at(self.count)
        stamped = command.stamped(Stamp(f"k{self.count}", self.today, at, ANNA))
        before = self.course
        try:
            made = decide(self.protocol, before, stamped)
        except Refused as no:
            return no
        for event in made:
            self.course = evolve(self.course, event)
        assert fold(before, made) == self.course
        self.events += made
        self._nothing_lost(before)
        self._moves_are_the_charts(before, made)
        return made

    def reported(self, command: Command) -> None:
        answer = self.say(command)
        assert not isinstance(answer, Refused), f"a report was refused: {answer}"

    def _nothing_lost(self, before: Course) -> None:
        for name in KEPT:
            gone = _ids(before, name) - _ids(self.course, name)
            assert gone <= {kept.event for kept in self.course.corrections}, f"{name} lost a record"

    def _moves_are_the_charts(self, before: Course, made: tuple[Event, ...]) -> None:
        """A move along the chart is written in the file, and none of its conditions was open."""
        facts = CourseFacts(self.protocol, before, self.today)
        for event in made:
            if isinstance(event, PhaseEntered) and event.way == "chart":
                assert event.phase in self.protocol.spec.phases[event.was].next, "no such way in the file"
                unmet = reasons(self.protocol.at("phases", event.was, "next", event.phase), facts)
                assert unmet == (), "a condition was open"
            if isinstance(event, FocusStaged) and event.way == "chart":
                found = before.focus(event.focus)
                assert found is not None
                stages = self.protocol.spec.problem_areas[found.area].stages
                assert event.stage in stages[event.was].next, "no such way in the file"
                path = ("problem_areas", found.area, "stages", event.was, "next", event.stage)
                unmet = reasons(self.protocol.at(*path), facts.for_focus(found))
                assert unmet == (), "a condition was open"
            if isinstance(event, PhaseEntered | FocusStaged) and event.way == "deviation":
                assert made[0].kind == "deviated"

    # What happens

    @initialize()
    def begin(self) -> None:
        self.reported(c.Start("A.B."))

    @rule(days=st.integers(0, 9))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(ago=st.integers(0, 20))
    def a_session_is_held(self, ago: int) -> None:
        self.reported(c.HoldSession(on=self.today - timedelta(days=ago)))

    @rule(status=st.sampled_from(["no_show", "late_cancel", "cancelled_by_therapist", "rescheduled"]))
    def an_appointment_is_missed(self, status: str) -> None:
        self.reported(c.MissSession(status, moved_to=self.today + timedelta(days=2)))

    @rule(answers=st.lists(ANSWER, min_size=9, max_size=9), ago=st.sampled_from([0, 0, 7]))
    def the_phq9_is_taken(self, answers: list[object], ago: int) -> None:
        usable = any(type(a) is int and a <= 3 for a in answers)
        answer = self.say(c.Read("phq9", answers=dict(zip(PHQ9, answers, strict=True)), on=self.today - _days(ago)))
        assert isinstance(answer, Refused) is not usable

    @rule(total=st.integers(0, 27))
    def only_a_total_is_known(self, total: int) -> None:
        self.reported(c.Read("phq9", total=total))

    @rule(data=st.data(), how=st.sampled_from(["done", "done", "partly", "declined", "not_applicable"]))
    def a_task_is_done(self, data: st.DataObject, how: str) -> None:
        self.reported(c.DoTask(data.draw(st.sampled_from(sorted(self.protocol.tasks))), how=how))

    @rule(data=st.data(), deferred=st.booleans())
    def a_whole_session_is_recorded(self, data: st.DataObject, deferred: bool) -> None:
        task = data.draw(st.sampled_from(sorted(self.protocol.tasks)))
        scores = {"phq9": {"total": data.draw(st.integers(0, 30)), "self_harm": data.draw(ANSWER)}}
        exceptions = {task: "deferred" if deferred else "done", "no such task": "done"}
        self.reported(c.RecordSession(scores=scores, exceptions=exceptions, note="as planned"))

    @rule(value=st.sampled_from(["yes", "no", None, "perhaps"]), ago=st.sampled_from([0, 0, 7]))
    def fear_is_asked_about(self, value: object, ago: int) -> None:
        self.reported(c.RecordFact("fear_at_home", value, on=self.today - _days(ago)))
        record = self.events[-1] if value == "no" else self.events[-2]
        assert record.kind == "fact_recorded" or value == "no"

    @rule(said=st.sampled_from([
        c.RecordDiagnosis("moderate episode"), c.WaiveDiagnosis(because="none wanted"), c.RecordPerson("Robin"),
        c.WriteFormulation("it hangs together", agreed=True), c.RemindMe("the sister"), c.AssignHomework("ring"),
        c.SetGoal("to sleep"), c.AnnounceEnding(), c.WriteNote("tearful"), c.RecordLifeEvent("moved"),
    ]))  # fmt: skip
    def something_is_recorded(self, said: Command) -> None:
        self.reported(said)

    @precondition(lambda self: self.course.phase == self.protocol.spec.start and not self.course.ended)
    @rule(most=st.integers(0, 20))
    def the_first_work_is_done(self, most: int) -> None:
        """Most of what the first phase asks for, so that walks get beyond it; requests may be refused."""
        said = [
            *INITIAL, focus("role_dispute", "spouse"), contract(self.protocol.spec.contract.sessions.low),  # type: ignore[union-attr]
            *(c.DoTask(task) for task in self.protocol.spec.phases[self.protocol.spec.start].must),
        ]  # fmt: skip
        for command in said[: most + 5]:
            self.say(command)

    @rule(data=st.data())
    def something_open_is_done(self, data: st.DataObject) -> None:
        open_ones = [way for way in self.ways() if way.open and _moves(way)]
        if open_ones:
            way = data.draw(st.sampled_from(open_ones))
            answer = self.say(_filled(way))
            assert not isinstance(answer, Refused), f"{way.command.kind} was said to be open: {answer}"

    @rule(data=st.data())
    def something_blocked_is_asked_for_and_refused_for_the_same_reasons(self, data: st.DataObject) -> None:
        blocked = [way for way in self.ways() if not way.open]
        if blocked:
            way = data.draw(st.sampled_from(blocked))
            answer = self.say(_filled(way))
            assert isinstance(answer, Refused), f"{way.command.kind} was said to be blocked"
            assert answer.reasons == way.reasons

    @precondition(lambda self: self.course.ended is None)
    @rule(data=st.data())
    def the_clinician_goes_another_way(self, data: st.DataObject) -> None:
        blocked = [way for way in self.ways() if not way.open and way.command.kind != "end_course"]
        if blocked:
            way = data.draw(st.sampled_from(blocked))
            answer = self.say(c.Deviate(_filled(way), because="the family leaves"))
            if not isinstance(answer, Refused):
                assert self.course.deviations[-1].overridden == tuple(r.code for r in way.reasons)
            else:
                assert not answer.overridable

    @rule(data=st.data())
    def a_reading_or_session_was_wrong(self, data: st.DataObject) -> None:
        kinds = {"reading_taken": c.Read("phq9", total=9), "session_held": c.HoldSession(minutes=45)}
        records = [*self.course.readings, *(a for a in self.course.appointments if a.held)]
        ids = {r.event if not isinstance(r, ReadingTaken) else r.id: r for r in records}
        if not ids:
            return
        id = data.draw(st.sampled_from(sorted(ids)))
        kind = "reading_taken" if isinstance(ids[id], ReadingTaken) else "session_held"
        waiting = self.course.open_risk_alerts
        withdrawn = data.draw(st.booleans())
        self.reported(c.Withdraw(id, because="x") if withdrawn else c.Correct(id, kinds[kind], because="x"))
        assert {a.id for a in waiting} <= {a.id for a in self.course.open_risk_alerts}

    # What must hold

    def ways(self) -> tuple[Way, ...]:
        return ways(self.protocol, self.course, on=self.today)

    @invariant()
    def replaying_gives_the_same_course(self) -> None:
        assert fold(Course("walk"), self.events) == self.course

    @invariant()
    def the_store_gives_everything_back(self) -> None:
        assert [decode(encode(event)) for event in self.events[-3:]] == self.events[-3:]
        assert course_from_json(self.course.json()) == self.course

    @invariant()
    def every_dangerous_reading_has_its_alert(self) -> None:
        raised = {event.cause for event in self.events if isinstance(event, AlertRaised) and event.code == "risk_item"}
        for event in self.events:
            if isinstance(event, ReadingTaken) and event.measure == "phq9" and event.answers.get("self_harm") != 0:
                assert event.id in raised, "a reading with the risk item above zero or unanswered raised no alert"

    @invariant()
    def only_an_assessment_quiets_an_alert(self) -> None:
        assessed = {event.alert for event in self.events if event.kind == "alert_moved" and event.state == "assessed"}  # type: ignore[attr-defined]
        risks = {event.id for event in self.events if isinstance(event, AlertRaised) and event.level == "risk"}
        assert {a.id for a in self.course.open_risk_alerts} == risks - assessed

    @invariant()
    def open_risk_alerts_head_the_agenda(self) -> None:
        if self.course.started is None:
            return
        agenda = session_agenda(self.protocol, self.course, on=self.today)
        assert agenda.alerts == self.course.open_risk_alerts
        assert agenda.first[0].code == ("risk_open" if agenda.alerts else "risk_none_open")
        assert sum(line.code not in NEVER_FOLDED for line in agenda.first) <= 4
        assert all(n < 4 or line.code in NEVER_FOLDED for n, line in enumerate(agenda.first))
        assert len(agenda.steps) <= 6
        assert sum(step.minutes for step in agenda.steps) in (0, agenda.minutes)
        warnings(self.protocol, self.course, on=self.today)
        told = [d.kind for d in due(self.protocol, self.course, on=self.today)]
        assert told.count("alert") == len(agenda.alerts)

    @invariant()
    def sessions_are_numbered_without_holes(self) -> None:
        assert [a.number for a in self.course.sessions] == list(range(1, len(self.course.sessions) + 1))
        assert [a.on for a in self.course.appointments] == sorted(a.on for a in self.course.appointments)
        assert all(a.number is None for a in self.course.appointments if not a.used)

    @invariant()
    def nothing_in_the_history_is_odd(self) -> None:
        assert self.course.anomalies == ()


def _ids(course: Course, name: str) -> set[str]:
    return {record.event if name == "phases" else record.id for record in getattr(course, name)}


def _at(count: int) -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=count)


def _days(ago: int) -> timedelta:
    return timedelta(days=ago)


def _moves(way: Way) -> bool:
    """Ways that move the course; ends are kept for other tests, or every walk would be over soon."""
    kind = way.command.kind
    return kind != "end_course" and (way.command.request or kind.endswith("_alert") or kind == "announce_ending")


def _filled(way: Way) -> Command:
    """The command of a way with what a person would fill in."""
    from dataclasses import replace

    blank = {"found": "passive thoughts", "plan": "call on Friday", "because": "agreed", "text": "to sleep",
             "name": "Robin", "diagnosis": "moderate", "what": "moved"}  # fmt: skip
    given = {f: v for f, v in blank.items() if f in way.fields and not getattr(way.command, f, "x")}
    return with_words(replace(way.command, **given), "Robin")


class AdultWalk(Walk):
    def __init__(self) -> None:
        self.protocol = protocol("ipt-adult")
        super().__init__()


class SmallWalk(Walk):
    def __init__(self) -> None:
        self.protocol = protocol("small")
        super().__init__()


PACE = settings(max_examples=8, stateful_step_count=25, deadline=None)
TestAdultWalk = AdultWalk.TestCase
TestAdultWalk.settings = PACE
TestSmallWalk = SmallWalk.TestCase
TestSmallWalk.settings = PACE


# -- the walk can break ------------------------------------------------------------------------------------------


def _no_alert(desk: object, reading: object, risks: object) -> Any:
    return iter(())


DRIVE = Chart.drive


def _no_guards(chart: Chart, state: str, trigger: str, reasons: Sized) -> str | None:
    return DRIVE(chart, state, trigger, ())


def _ways_everywhere(chart: Chart, state: str, trigger: str, reasons: Sized) -> str | None:
    """Guards as they are, but from every phase and stage a way to every other."""
    if reasons:
        return None
    return trigger.partition(":")[2] or DRIVE(chart, state, trigger, reasons)


def _forgets_the_first_reading(course: Course, event: ReadingTaken) -> dict[str, Any]:
    return {"readings": (*course.readings[-1:], event)}


@pytest.mark.parametrize(
    ("walk", "place", "instead", "says"),
    [
        (SmallWalk, "iptengine.course.reports.risk_alerts", _no_alert, "raised no alert"),
        (SmallWalk, "iptengine.course.charts.Chart.drive", _no_guards, "a condition was open"),
        (AdultWalk, "iptengine.course.charts.Chart.drive", _ways_everywhere, "no such way in the file"),
        (SmallWalk, "iptengine.course.agenda.first_lines", lambda *_, **__: (Line("x", "no risk line"),), "risk_"),
    ],
    ids=["no built-in alert", "no guards", "ways everywhere", "no risk line"],
)
def test_the_walk_fails_when_a_guard_is_switched_off(
    monkeypatch: pytest.MonkeyPatch, walk: type[Walk], place: str, instead: Callable[..., Any], says: str
) -> None:
    monkeypatch.setattr(place, instead)
    _breaks(walk, says)


def test_the_walk_fails_when_a_record_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, "reading_taken", _forgets_the_first_reading)
    _breaks(SmallWalk, "readings lost a record")


def _breaks(walk: type[Walk], says: str) -> None:
    pace = settings(
        PACE,
        max_examples=80,
        stateful_step_count=15,
        database=None,
        derandomize=True,
        print_blob=False,
        phases=[Phase.generate],
    )
    with pytest.raises(AssertionError, match=says):
        run_state_machine_as_test(walk, settings=pace)


def test_the_walk_stands_on_the_ground_it_speaks_of() -> None:
    assert alerting.RISK_ITEM == "risk_item"
    assert set(requests.REQUESTS) == {
        name
        for name, kind in c.COMMANDS.items()
        if kind.request and name not in ("deviate", "approve", "move_protocol")
    }  # fmt: skip
    assert week(1) == START == date(2026, 3, 3)
