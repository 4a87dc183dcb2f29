"""One course on one date, as the conditions of its protocol see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Literal

from iptengine.course import calendar, named_dates, timing, topics, worded
from iptengine.course.course import Appointment, Course, Focus, in_session
from iptengine.course.diaries import entries_since_last_session
from iptengine.course.events import DiagnosisRecorded, DiagnosisWaived, FactRecorded, ReadingTaken, TaskLogged
from iptengine.course.group_stays import present_stay
from iptengine.course.plan_state import PlanState, component_state, of_interruption, plan_state
from iptengine.course.rests import kept_or_missed, resting, rests
from iptengine.protocol import scoring
from iptengine.protocol.conditions.port import Moment, Window
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.parts import MISSES
from iptengine.protocol.protocol import Protocol, verdict
from iptengine.protocol.truth import Truth

_KNOWN = {Truth.YES: True, Truth.NO: False, Truth.UNKNOWN: None}
LEFT_OUT = frozenset({"declined", "not_applicable"})
_ANSWERS: Mapping[str, Literal["waiting", "approved", "declined"]] = {
    "waiting": "waiting",
    "to_confirm": "waiting",
    "approved": "approved",
    "confirmed": "approved",
    "declined": "declined",
    "not_confirmed": "declined",
}


class CourseFacts:
    """What the conditions ask of a course on the day `on`; `at_hand` is the focus a stage condition speaks of."""

    def __init__(self, protocol: Protocol, course: Course, on: date, at_hand: Focus | None = None) -> None:
        self._protocol = protocol
        self._course = course
        self._on = on
        self._at_hand = at_hand

    def for_focus(self, focus: Focus) -> CourseFacts:
        """The same course, speaking of one focus; what was looked up already is not looked up again."""
        found = CourseFacts(self._protocol, self._course, self._on)
        found.__dict__.update(self.__dict__, _at_hand=focus)
        return found

    @property
    def on(self) -> date:
        """The day it is asked for."""
        return self._on

    # Position

    @cached_property
    def sessions_used(self) -> int:
        return timing.sessions_used(self._course)

    @cached_property
    def sessions_held(self) -> int:
        return timing.sessions_held(self._course)

    @property
    def sessions_contracted(self) -> int | None:
        return timing.contracted(self._course)

    @cached_property
    def sessions_left(self) -> int | None:
        return timing.sessions_left(self._course)

    @cached_property
    def last_session(self) -> int | None:
        held = [a.number for a in self._course.appointments if a.held]
        return held[-1] if held else (self._course.adopted_sessions or None)

    def window(self, phase: str) -> Window | None:
        spec = self._protocol.spec.phases[phase]
        by_count = timing.window_state(spec.window, self._course)
        if spec.dates is None:
            return by_count
        by_dates = named_dates.dates_state(spec.dates, self._course, self._on)
        return by_dates if spec.window is None else _inner(by_count, by_dates)

    # Phase, focus, stage

    @property
    def phase(self) -> str:
        return self._course.phase

    @cached_property
    def sessions_in_phase(self) -> int:
        if not self._course.phases:
            return 0
        since = self._course.phases[-1].on
        return sum(a.phase == self.phase and a.on >= since for a in self._course.sessions)

    def state(self, chart: str) -> str:
        entry = self._course.chart_moved(chart)
        return entry.state if entry else self._protocol.spec.charts[chart].start

    @property
    def focuses(self) -> tuple[str, ...]:
        return tuple(f.area for f in self._course.open_focuses)

    def stages(self, area: str) -> tuple[str | None, ...]:
        return tuple(_stage(f) for f in self._course.open_focuses if f.area == area)

    @property
    def stage(self) -> str | None:
        return _stage(self._at_hand) if self._at_hand else None

    @property
    def sessions_in_stage(self) -> int | None:
        if self._at_hand is None or not self._at_hand.history:
            return None
        entry = self._at_hand.history[-1]
        return sum(a.on > entry.on for a in self._course.sessions)

    @property
    def days_in_stage(self) -> int | None:
        if self._at_hand is None or not self._at_hand.history:
            return None
        return (self._on - self._at_hand.history[-1].on).days

    # Tasks and techniques

    @cached_property
    def _log(self) -> dict[str, list[TaskLogged]]:
        """What was logged of each task; of a component that interrupts, since it did so last."""
        found: dict[str, list[TaskLogged]] = {}
        tasks = self._course.tasks
        for entry in filter(self._counts, tasks) if self._course.interruptions else tasks:
            found.setdefault(entry.task, []).append(entry)
        return found

    def _counts(self, entry: TaskLogged) -> bool:
        home = self._protocol.tasks.get(entry.task)
        if home is None or not home.component:
            return True
        return of_interruption(self._protocol, self._course, home.component)(entry)

    def left_out(self, task: str) -> bool:
        """Whether its last log says declined or not applicable."""
        entries = self._log.get(task)
        return entries is not None and entries[-1].how in LEFT_OUT

    @property
    def open_must_tasks(self) -> tuple[str, ...]:
        phase = self._protocol.spec.phases.get(self.phase)
        if phase is None:
            return ()
        return tuple(name for name in phase.must if self.is_open(name))

    def is_open(self, task: str) -> bool:
        """Whether a task is still to be done: not on record, not left out, and its conditions not a clear no."""
        if self.task_count(task) or self.left_out(task):
            return False
        guards = self._protocol.only_if(self._protocol.tasks[task])
        return verdict(guards, self) is not Truth.NO

    def task_count(self, task: str) -> int:
        entries = self._log.get(task)
        return sum([entry.how == "done" for entry in entries]) if entries else 0

    def task_sessions(self, task: str) -> tuple[int, ...]:
        done = [entry for entry in self._log.get(task, ()) if entry.how == "done"]
        held = [a for a in self._course.appointments if a.held and any(in_session(entry, a) for entry in done)]
        return tuple(a.number for a in held if a.number is not None)

    def technique_count(self, technique: str) -> int:
        return sum(technique in entry.techniques for entry in self._course.tasks)

    # Running order and topics

    def session_done(self, session: str) -> bool:
        tasks = [self._protocol.tasks[task] for task in self._protocol.spec.sessions[session].order]
        free = (h for h in tasks if not topics.kept_out(self._protocol, self.phase, h.spec.topic))
        asked = [home.name for home in free if not home.spec.only_if]
        return all(self.task_count(task) > 0 or self.left_out(task) for task in asked)

    def talked_about(self, topic: str) -> bool:
        return topics.talked_about(self._protocol, self._course, topic)

    # Plan

    @cached_property
    def plan(self) -> PlanState:
        """Where the course stands with its plan."""
        return plan_state(self._protocol, self._course)

    @property
    def plan_chosen(self) -> bool:
        return self.plan.chosen

    @property
    def plan_done(self) -> bool:
        return self.plan.done

    @property
    def plan_components(self) -> tuple[str, ...] | None:
        return self.plan.names if self.plan.chosen else None

    @property
    def plan_interrupted(self) -> bool:
        return self.plan.interrupted_by is not None

    @property
    def current_component(self) -> str:
        return self.plan.current.name if self.plan.current else ""

    def component_finished(self, component: str) -> bool:
        return component_state(self._protocol, self._course, component).finished

    def component_dose(self, component: str) -> float:
        reached = component_state(self._protocol, self._course, component).reached
        return int(reached) if reached.denominator == 1 else float(reached)

    # Readings

    @cached_property
    def _readings(self) -> dict[str, list[ReadingTaken]]:
        found: dict[str, list[ReadingTaken]] = {}
        for reading in self._course.readings:
            found.setdefault(reading.measure, []).append(reading)
        return found

    def _comparable(self, measure: str) -> Sequence[ReadingTaken]:
        """The readings in the words that stand now; all of them for a measure that no patient words."""
        if not self._course.wordings:
            return self._readings.get(measure, ())
        return worded.comparable(self._course, measure)

    def total(self, measure: str) -> float | None:
        taken = self._comparable(measure)
        return taken[-1].total if taken else None

    def first_total(self, measure: str) -> float | None:
        taken = self._comparable(measure)
        return taken[0].total if taken else None

    def totals(self, measure: str) -> tuple[float | None, ...]:
        taken = self._comparable(measure)
        before = len(self._readings.get(measure, ())) - len(taken)
        return (*((None,) * before), *(r.total for r in taken))

    def item(self, measure: str, item: str) -> int | None:
        taken = self._comparable(measure)
        return taken[-1].answers.get(item) if taken else None

    def worded(self, measure: str, item: str) -> bool:
        return item in worded.words_of(self._course, measure)

    def entries_since_last_session(self, measure: str) -> int:
        return entries_since_last_session(self._course, measure)

    def taken_in_last_session(self, measure: str) -> bool | None:
        last = self._course.last_held
        if last is None:
            return None
        return any(in_session(r, last) for r in self._readings.get(measure, ()))

    def shows(self, measure: str, rule: str) -> bool | None:
        first, last = self.first_total(measure), self.total(measure)
        found = scoring.change(self._protocol.measures[measure], first, last)
        answer = next((fact.answer for fact in found if fact.rule == rule), Truth.UNKNOWN)
        return _KNOWN[answer]

    def band(self, measure: str) -> str | None:
        total = self.total(measure)
        found = scoring.band(self._protocol.measures[measure], total) if total is not None else None
        return found.name if found else None

    # Facts, checklists, diagnosis

    @cached_property
    def _facts(self) -> dict[str, FactRecorded]:
        return {record.fact: record for record in self._course.facts if not record.expected}

    def fact(self, fact: str) -> object | None:
        record = self._facts.get(fact)
        return record.value if record else None

    def asked(self, fact: str) -> bool:
        """Whether it was asked at all, answered or not."""
        return fact in self._facts

    def asked_on(self, fact: str) -> date | None:
        """The day it was asked last."""
        record = self._facts.get(fact)
        return record.on if record else None

    def recorded(self, fact: str) -> bool:
        record = self._facts.get(fact)
        return record is not None and (record.value is not None or record.hidden)

    @cached_property
    def _hidden(self) -> frozenset[str]:
        return frozenset(record.fact for record in self._course.facts if record.hidden)

    def hidden(self, fact: str) -> bool:
        return fact in self._hidden

    def days_since_fact(self, fact: str) -> int | None:
        day = named_dates.named_date(self._course, fact).actual
        return (self._on - day).days if day else None

    def days_until_fact(self, fact: str) -> int | None:
        day = named_dates.named_date(self._course, fact).best
        return (day - self._on).days if day else None

    def checked(self, checklist: str, question: str) -> bool | None:
        answer: bool | None = None
        for filled in self._course.checklists:
            if filled.checklist == checklist and question in filled.answers:
                answer = filled.answers[question]
        return answer

    @property
    def diagnosis_recorded(self) -> bool:
        return isinstance(self._course.diagnosis, DiagnosisRecorded)

    @property
    def diagnosis_waived(self) -> bool:
        return isinstance(self._course.diagnosis, DiagnosisWaived)

    # Appointments, contacts, participants, alerts

    @cached_property
    def _past(self) -> tuple[Appointment, ...]:
        """Past appointments; those that came to nothing in a pause are none."""
        return kept_or_missed(self._course, timing.past(self._course))

    @cached_property
    def misses_in_a_row(self) -> int:
        count = 0
        for appointment in reversed(self._past):
            if appointment.held:
                break
            count += appointment.status in MISSES
        return count

    @cached_property
    def appointments_missed(self) -> int:
        return sum(a.status in MISSES for a in self._past)

    @cached_property
    def last_appointment(self) -> str | None:
        return self._past[-1].status if self._past else None

    def contact_count(self, contact: str) -> int:
        return sum(c.contact == contact for c in self._course.contacts)

    def days_since_contact(self, contact: str) -> int | None:
        days = [c.on for c in self._course.contacts if c.contact == contact]
        return (self._on - max(days)).days if days else None

    def expected(self, participant: str) -> bool | None:
        booked = timing.next_booked(self._course, self._on)
        return participant in booked.present if booked else participant == "patient"

    def present_in_last_session(self, participant: str) -> bool | None:
        last = self._course.last_held
        return participant in last.present if last and last.present else None

    def sessions_with(self, participant: str) -> int | None:
        if self._course.adopted_sessions:
            return None
        return sum(participant in a.present for a in self._course.appointments if a.held)

    @property
    def risk_alert_open(self) -> bool:
        return bool(self._course.open_risk_alerts)

    def alert_open(self, alert: str) -> bool:
        return any(a.code == alert and a.needs_assessment for a in self._course.alerts)

    def alert_raised(self, alert: str) -> bool:
        return any(a.code == alert for a in self._course.alerts)

    def alert_text(self, alert: str) -> str:
        """The text of the alert that was raised last, of one that waits for a clinician first; empty without any."""
        raised = [a for a in self._course.alerts if a.code == alert]
        waiting = [a for a in raised if a.needs_assessment]
        return (waiting or raised)[-1].text if raised else ""

    @property
    def in_group(self) -> bool:
        return present_stay(self._course) is not None

    @property
    def group_sessions(self) -> int:
        return sum(1 for appointment in self._course.appointments if appointment.held and appointment.group)

    def approval(self, approval: str) -> Literal["waiting", "approved", "declined"] | None:
        asked = [a.state for a in self._course.approvals if a.approval == approval]
        return _ANSWERS.get(asked[-1]) if asked else None

    # Contract and ending

    @property
    def contract_agreed(self) -> bool:
        contract = self._course.contract
        return contract is not None and (contract.agreed_on is not None or contract.sessions is not None)

    @property
    def amendments(self) -> int:
        return len(self._course.amendments)

    @property
    def formulation_agreed(self) -> bool:
        return self._course.formulation is not None and self._course.formulation.agreed

    @property
    def people_in_inventory(self) -> int:
        return len(self._course.people)

    @property
    def goals_agreed(self) -> int:
        return len(self._course.goals)

    @property
    def ending_announced(self) -> bool:
        return self._course.announced is not None

    @property
    def homework_open(self) -> bool:
        return any(not h.how for h in self._course.homework)

    @property
    def outcome(self) -> str | None:
        return self._course.ended

    # Pauses

    @property
    def paused(self) -> bool:
        return resting(self._course, self._on) is not None

    def pause_lasts(self, pause: str) -> bool:
        rest = resting(self._course, self._on)
        return rest is not None and rest.pause == pause

    @property
    def days_paused(self) -> int:
        return sum(rest.days(self._on) for rest in rests(self._course))

    @property
    def days_since_pause(self) -> int | None:
        ended = [rest.ended for rest in rests(self._course) if rest.ended is not None and rest.ended <= self._on]
        return (self._on - ended[-1]).days if ended else None

    # Dates

    @property
    def calendar_stopped(self) -> bool | None:
        return _KNOWN[calendar.stopped(self._protocol, self._course, self, self._on)]

    @property
    def calendar_gap(self) -> str:
        return calendar.gap(self._protocol, self._course, self, self._on)

    def _moment(self, moment: Moment) -> date | None:
        course = self._course
        if moment == "start":
            return course.started
        if moment == "last session":
            return course.last_held.on if course.last_held else None
        if moment == "contract":
            return course.contract.agreed_on if course.contract else None
        if moment == "phase":
            return course.phases[-1].on if course.phases else None
        return course.outcome.on if course.outcome else None

    def days_since(self, moment: Moment) -> int | None:
        day = self._moment(moment)
        return (self._on - day).days if day else None

    def months_since(self, moment: Moment) -> int | None:
        day = self._moment(moment)
        if day is None:
            return None
        months = (self._on.year - day.year) * 12 + self._on.month - day.month
        return months - (self._on.day < day.day)


def _inner(one: Window | None, other: Window | None) -> Window | None:
    """Where the course is with two windows at once: inside while it is inside both."""
    if "closed" in (one, other):
        return "closed"
    if one is None or other is None:
        return None
    return "before" if "before" in (one, other) else "open"


def _stage(focus: Focus) -> str | None:
    return None if focus.stage in ("", UNSTAGED) else focus.stage
