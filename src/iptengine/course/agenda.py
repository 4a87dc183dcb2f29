"""What the next session should hold, as a value: alerts first, then what must not be missed, then the plan.

Texts are the protocol's own and may still hold template names; the render room fills them. Nothing here knows a
template, and the alert lines are finished sentences, so that an agenda that cannot be rendered still has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol as Shape

from iptengine.course import timing, visits, words
from iptengine.course.contacts import CODES, ContactPage, contact_page
from iptengine.course.course import Alert, Appointment, Course, Focus
from iptengine.course.decided import set_in
from iptengine.course.diaries import diary_days
from iptengine.course.due_tasks import DueTask, due_tasks
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import (
    Answered,
    Assessed,
    Line,
    answered_questions,
    first_lines,
    last_assessed,
    naming,
)
from iptengine.course.hour import (
    Step,
    agreed_minutes,
    also_due,
    due_today,
    ending_phase,
    ending_steps,
    hour_steps,
    minutes_as_written,
    open_in_focus,
    steps_tasks,
    tasks_in_order,
    with_naming,
)
from iptengine.course.last_time import LastTime, last_time, to_try
from iptengine.course.missed import MissedWeek, last_missed, missed_week
from iptengine.course.plan_state import planned_doses
from iptengine.course.protocol_moved import MOVED
from iptengine.course.rests import resting
from iptengine.course.rhythms import due_measures
from iptengine.course.running_order import RunningOrder, returns
from iptengine.course.scores import Series, series
from iptengine.course.session_lines import asked_lines
from iptengine.course.standing import standing_lines
from iptengine.course.used_up import IN_A_SESSION
from iptengine.course.visits import Visit
from iptengine.course.warnings import Budget, budget, warnings_seen
from iptengine.course.ways_out import Gate, gates
from iptengine.protocol.plan_spec import ComponentSpec
from iptengine.protocol.protocol import Protocol

MOST_FIRST = 4
NEVER_FOLDED = frozenset({"review", "task_first", "unrecorded"})
"""First lines that stand there however many come before them: paper cuts what is folded."""


@dataclass(frozen=True, slots=True, repr=False)
class FocusLine:
    """A focus as the heading of a page says it: its stage since a session, or since a day between two."""

    id: str
    area: str
    title: str
    person: str
    stage: str
    stage_title: str
    since: int | None
    since_day: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SessionAgenda:
    """The agenda of the next session, for one audience, on one date.

    `occasion` is session, missed (the week the patient does not come), last (an unplanned last meeting) or contact
    (a meeting or message outside the count, which `contact` then holds). Where `used_up` says that no session is left
    and none is booked, there is no plan, and `day` and `number` are those that one more would have.
    Where `no_session` says that the course rests, or that its calendar has stopped, `day` is when the next session
    would be if it did not.
    `minutes_written` are those of the steps as the protocol has them, where they were cut to fit; otherwise 0.
    """

    course: str
    course_version: int
    protocol: str
    status: str
    on: date
    occasion: str
    called: str
    day: date
    booked: bool
    time: str
    minutes: int
    minutes_agreed: bool
    number: int
    of: int | None
    left: int | None
    phase: str
    phase_title: str
    focuses: tuple[FocusLine, ...]
    aim: str
    alerts: tuple[Alert, ...]
    last_assessed: Assessed | None
    answered: tuple[Answered, ...]
    first: tuple[Line, ...]
    also_due: tuple[Line, ...]
    standing: tuple[Line, ...]
    last_time: LastTime | None
    missed_since: bool
    missed: MissedWeek | None
    scores: tuple[Series, ...]
    steps: tuple[Step, ...]
    doses: tuple[tuple[str, str, str], ...]
    ask: tuple[str, ...]
    note: str
    if_lines: tuple[tuple[str, str], ...]
    kept_out: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...]
    techniques: tuple[tuple[str, tuple[str, ...]], ...]
    next_day: date | None
    next_booked: bool
    next_time: str
    end: date | None
    visits: tuple[Visit, ...]
    coming: tuple[Line, ...]
    open_in_focus: tuple[str, ...]
    gates: tuple[Gate, ...]
    budget: Budget
    warnings: tuple[Line, ...]
    homework: tuple[str, ...]
    stage_choices: tuple[tuple[str, str], ...]
    recognise: tuple[tuple[str, str], ...]
    outcome_choices: tuple[tuple[str, str], ...]
    measures_due: tuple[tuple[str, str, tuple[str, ...]], ...]
    patient_lines: tuple[str, ...]
    bring: str
    ended: str
    record_to: date | None
    contact: ContactPage | None = None
    used_up: bool = False
    minutes_written: int = 0
    no_session: bool = False

    @property
    def missed_is_next(self) -> bool:
        """Whether the missed week is not on record and is that of the next session, so that the dates count on it."""
        return self.missed is not None and not self.missed.status and self.missed.on >= self.day


def session_agenda(
    protocol: Protocol, course: Course, *, on: date, occasion: str = "session", contact: str = ""
) -> SessionAgenda:
    """The agenda of the next session of `course`, as it stands on the day `on`; with `contact`, that contact's page."""
    spec = protocol.spec
    facts = CourseFacts(protocol, course, on)
    phase = ending_phase(protocol, course) if occasion == "last" else spec.phases[course.phase]
    focus = course.open_focuses[0] if course.open_focuses else None
    area = spec.problem_areas[focus.area] if focus else None
    stage = area.stages.get(focus.stage) if area and focus else None
    plan = visits.planned(protocol, course, on)
    booked = timing.next_booked(course, on)
    following = _booked_after(course, plan)
    idle = occasion in ("session", "missed") and timing.used_up(course, on)
    waiting = () if course.ended else due_tasks(protocol, course, facts)
    due = due_today(protocol, course, waiting)
    open_work = budget(protocol, course, facts)
    minutes = (booked.minutes if booked and booked.minutes else None) or agreed_minutes(protocol, course)
    steps = () if idle else _steps(protocol, course, due, minutes, occasion)
    shown = with_naming(protocol, course, steps) if occasion == "session" else steps
    written = minutes_as_written(protocol, course, steps)
    work = next((number for number, step in enumerate(steps, 1) if step.work), None)
    last = occasion == "last"
    told = _told(course, first_lines(protocol, course, facts, waiting, steps_tasks(steps), on=on, work=work, last=last))
    told = tuple(line for line in told if not (idle and line.code in IN_A_SESSION))
    open_ones = [line for line in told if not line.fold]
    first = tuple(line for n, line in enumerate(open_ones) if n < MOST_FIRST or line.code in NEVER_FOLDED)
    others = tuple(line for line in told if line not in first)
    asked = tuple(asked_lines(protocol, course))
    without_step = tuple(also_due(protocol, due, shown, told))
    number = timing.sessions_used(course) + 1
    return SessionAgenda(
        course=course.id,
        course_version=course.version,
        protocol=protocol.ref,
        status=spec.status,
        on=on,
        occasion=occasion,
        called=course.called,
        day=plan.next_session,
        booked=plan.booked,
        time=booked.time if booked else "",
        minutes=minutes,
        minutes_agreed=bool(course.contract and course.contract.agreed_on),
        number=number,
        of=timing.contracted(course),
        left=timing.sessions_left(course),
        phase=course.phase,
        phase_title=spec.phases[course.phase].title,
        focuses=tuple(_focus_line(protocol, course, f) for f in course.open_focuses),
        aim="" if idle else _aim(protocol, course, facts, occasion),
        alerts=course.open_risk_alerts,
        last_assessed=last_assessed(protocol, course),
        answered=answered_questions(protocol, course),
        first=first,
        also_due=(
            *others,
            *(() if idle or course.ended else asked),
            *(_left_open(protocol, without_step) if idle else without_step),
        ),
        standing=standing_lines(protocol, course, facts, on),
        last_time=last_time(protocol, course, on),
        missed_since=facts.misses_in_a_row > 0,
        missed=_missed(protocol, course, facts, plan, on, occasion),
        scores=series(protocol, course, on),
        steps=shown,
        doses=_doses(protocol, course, facts) if occasion == "session" else (),
        ask=() if idle else words.ask(protocol, course, tasks_in_order(steps), phase),
        note="" if idle else words.note_beside(words.note(phase, focus, area, stage), protocol, course),
        if_lines=() if idle else words.if_lines(phase, focus, area, stage),
        kept_out=words.kept_out(protocol, phase),
        remarks=words.remarks(protocol, steps, (*first, *others, *asked, *without_step)),
        techniques=words.techniques(protocol, steps),
        next_day=plan.after_next,
        next_booked=following is not None,
        next_time=following.time if following else "",
        end=plan.end,
        visits=visits.visits(protocol, course, on),
        coming=() if idle else tuple(_coming(protocol, course, number)),
        open_in_focus=() if idle else open_in_focus(due, steps),
        gates=gates(protocol, course, facts),
        budget=open_work,
        warnings=tuple(Line(w.code, w.text, w.path) for w in warnings_seen(protocol, course, facts, open_work)),
        homework=to_try(course, on),
        stage_choices=words.stage_choices(protocol, facts, focus),
        recognise=words.recognise(area, focus),
        outcome_choices=words.outcome_choices(protocol, course) if occasion == "last" else (),
        measures_due=() if resting(course, on) else _measures_due(protocol, course, on, last),
        patient_lines=tuple(phase.patient.values()),
        bring=phase.bring or "",
        ended=course.ended or "",
        record_to=_record_to(course),
        contact=contact_page(protocol, course, facts, contact) if occasion == "contact" else None,
        used_up=idle,
        minutes_written=written if occasion == "session" and written > minutes else 0,
        no_session=plan.stopped and not plan.booked,
    )


AFTER_THE_END = frozenset({"risk_open", "risk_none_open", "review", *CODES})
"""First lines that an ended course still has: alerts to assess, and contacts."""


def _told(course: Course, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The first lines of a course, of an ended one those that still ask for something."""
    return tuple(line for line in lines if line.code in AFTER_THE_END) if course.ended else lines


def _steps(
    protocol: Protocol, course: Course, due: Sequence[DueTask], minutes: int, occasion: str
) -> tuple[Step, ...]:  # fmt: skip
    """The plan of the session; an ended course has none."""
    if course.ended:
        return ()
    if occasion == "last":
        return ending_steps(protocol, course, minutes)
    return hour_steps(protocol, course, due, minutes)


def _left_open(protocol: Protocol, lines: Iterable[Line]) -> Iterator[Line]:
    """What no session is left for: folded, and without the tasks that every session would ask for again."""
    for line in lines:
        if not returns(protocol.tasks[str(line.values["task"])]):
            yield replace(line, fold=True)


def _doses(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[tuple[str, str, str], ...]:
    """What the session holds of the plan: name and title of each component, and how much of it."""
    parts = planned_doses(protocol, course, facts.plan)
    return tuple((name, protocol.component(name).title, str(part)) for name, part in parts)


def _aim(protocol: Protocol, course: Course, facts: CourseFacts, occasion: str) -> str:
    """What the session is for: as the running order says it, or by component, stage and phase."""
    written = words.aim_of_session(protocol, course) if occasion != "last" else ""
    phase = ending_phase(protocol, course) if occasion == "last" else protocol.spec.phases[course.phase]
    focus = course.open_focuses[0] if course.open_focuses else None
    area = protocol.spec.problem_areas[focus.area] if focus else None
    stage = area.stages.get(focus.stage) if area and focus else None
    return written or words.aim(
        phase, area, stage, _in_hand(protocol, course, facts) if occasion == "session" else ()
    )  # fmt: skip


def _in_hand(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[ComponentSpec, ...]:
    return tuple(protocol.component(name) for name, _ in planned_doses(protocol, course, facts.plan))


def _missed(
    protocol: Protocol, course: Course, facts: CourseFacts, plan: visits.Plan, on: date, occasion: str
) -> MissedWeek | None:
    """The missed week, on its own page and on that of the next session."""
    if occasion != "missed" and last_missed(course) is None:
        return None
    day = _not_on_record(protocol, course, plan, on) if occasion == "missed" else None
    return missed_week(protocol, course, facts, day or plan.next_session, unrecorded=day is not None)


def _not_on_record(protocol: Protocol, course: Course, plan: visits.Plan, on: date) -> date | None:
    """The last day up to `on` of which nothing is on record since: as booked, or else as the rhythm had it."""
    past = timing.past(course)
    booked = [a.on for a in course.appointments if a.status == "planned" and a.on <= on]
    since = [day for day in booked if not past or day > past[-1].on]
    if since or plan.next_session > on:
        return max(since, default=None)
    return visits.overdue_since(protocol, course, on) or plan.next_session


# -- where we are, and what comes --------------------------------------------------------------------------------


def _focus_line(protocol: Protocol, course: Course, focus: Focus) -> FocusLine:
    area = protocol.spec.problem_areas[focus.area]
    stage = area.stages.get(focus.stage)
    entry = focus.history[-1] if focus.history else None
    since = next((a for a in course.appointments if entry and a.number is not None and set_in(a, entry)), None)
    day = entry.on if entry and since is None and entry.way != MOVED else None
    return FocusLine(
        focus.id, focus.area, area.title, focus.person, focus.stage, stage.title if stage else "",
        since.number if since else None, day,
    )  # fmt: skip


def _booked_after(course: Course, plan: visits.Plan) -> Appointment | None:
    """The appointment after the next session, when it is booked."""
    ahead = (a for a in course.appointments if a.status == "planned" and a.on == plan.after_next)
    return next((a for a in ahead if a.on > plan.next_session), None)


def _record_to(course: Course) -> date | None:
    """The last day anything is on record of."""
    past = [a.on for a in timing.past(course)]
    lists: tuple[Sequence[_Dated], ...] = (
        course.readings, course.tasks, course.notes, course.contacts, course.facts, course.reminders, course.phases,
        course.chart_moves, course.plans, course.doses, course.finished_components, course.interruptions, course.goals,
        course.homework, course.checklists, course.pauses, course.people, course.life_events, course.wordings,
    )  # fmt: skip
    days = [entry.on for entries in lists for entry in entries]
    days += [day for stay in course.groups for day in (stay.joined, stay.left) if day]
    days += [day for one in course.approvals for day in (one.asked, one.answered) if day]
    days += [entry.on for focus in course.focuses for entry in focus.history]
    return max([*past, *days], default=course.started)


class _Dated(Shape):
    """What has a day on record."""

    @property
    def on(self) -> date:
        """The day."""


def _coming(protocol: Protocol, course: Course, number: int) -> Iterator[Line]:
    """What begins next time, and deadlines that lie ahead."""
    total = timing.contracted(course)
    for home in protocol.tasks.values():
        begins = home.spec.not_before
        if home.phase != course.phase or begins is None or begins.number(total) != number + 1:
            continue
        if not any(t.task == home.name and t.how == "done" for t in course.tasks):
            yield Line("next_time", "", home.where, {"task": home.name}, home.spec.do, ".")
    announce = protocol.spec.termination.announce
    by = announce.by.number(total) if announce else None
    written = announce is not None and announce.task in RunningOrder(protocol, course).named
    if by is not None and course.announced is None and number <= by and not written and not naming(protocol, course):
        yield Line("announce_by", f"Name the ending by session {by}", "termination.announce.by", {"session": by})


def _measures_due(
    protocol: Protocol, course: Course, on: date, last: bool
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Measures due next session: name, label, and the labels of their risk items."""
    found = []
    for name in due_measures(protocol, course, on, last=last):
        if diary_days(protocol.spec.measures[name]) is not None:
            continue  # its entries are written at home, not at the foot of the page
        measure = protocol.measures[name]
        items = tuple(measure.item_label(i) for i in measure.risk_items)
        found.append((name, measure.label, items))
    return tuple(found)
