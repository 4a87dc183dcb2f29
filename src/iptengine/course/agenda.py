"""What the next session should hold, as a value: alerts first, then what must not be missed, then the plan.

Texts are the protocol's own and may still hold template names; the render room fills them. Nothing here knows a
template, and the alert lines are finished sentences, so that an agenda that cannot be rendered still has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from iptengine.course import timing
from iptengine.course.course import Alert, Appointment, Course, Focus, in_session
from iptengine.course.due_tasks import DueTask, due_tasks, is_extra
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import Line, due_measures, first_lines
from iptengine.course.missed import MissedWeek, last_missed, missed_week
from iptengine.course.scores import Series, series
from iptengine.course.warnings import Budget, budget, warnings
from iptengine.course.ways_out import Gate, gates
from iptengine.protocol.model import AreaSpec, IfLine, PhaseSpec, StageSpec, StepChange
from iptengine.protocol.protocol import Protocol

MOST_FIRST = 4
MOST_STEPS = 6
MOST_ASK = 4
HOW_WORDS = {
    "partly": "partly",
    "declined": "declined by the patient",
    "not_applicable": "not applicable",
    "not_done": "not done",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the hour. `texts` are its sentence and its tasks; minutes add up to the agreed hour."""

    label: str
    minutes: int
    texts: tuple[str, ...]
    tasks: tuple[DueTask, ...]


RawStep = tuple[str, int, tuple[str, ...], tuple[DueTask, ...]]
"""Label, share of the hour, texts and tasks."""


@dataclass(frozen=True, slots=True, repr=False)
class FocusLine:
    """A focus as the heading of a page says it."""

    id: str
    area: str
    title: str
    person: str
    stage: str
    stage_title: str
    since: int | None


@dataclass(frozen=True, slots=True, repr=False)
class LastTime:
    """What is on record of the last session that was held.

    Attributes:
        done: Labels of what was done beside the tasks of every session.
        usual: How many of the tasks of every session are logged, and of how many; ``None`` for no such tasks.
        otherwise: Labels of what went otherwise, each with how, in words.
        logged: Whether any task is logged; when not, nobody knows what was done.
    """

    number: int | None
    on: date
    done: tuple[str, ...]
    usual: tuple[int, int] | None
    otherwise: tuple[tuple[str, str], ...]
    techniques: tuple[str, ...]
    logged: bool
    notes: tuple[str, ...]
    homework: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class SessionAgenda:
    """The agenda of the next session, for one audience, on one date.

    `occasion` is session, missed (the week the patient does not come) or last (an unplanned last meeting).
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
    first: tuple[Line, ...]
    also_due: tuple[Line, ...]
    last_time: LastTime | None
    missed_since: bool
    missed: MissedWeek | None
    scores: tuple[Series, ...]
    steps: tuple[Step, ...]
    ask: tuple[str, ...]
    note: str
    if_lines: tuple[tuple[str, str], ...]
    kept_out: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...]
    techniques: tuple[tuple[str, tuple[str, ...]], ...]
    next_day: date
    next_booked: bool
    next_time: str
    end: date | None
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


def planned_tasks(protocol: Protocol, course: Course, on: date) -> tuple[str, ...]:
    """The tasks in the plan of the session on a day, in the order of the page."""
    facts = CourseFacts(protocol, course, on)
    steps = _steps(protocol, course, due_tasks(protocol, course, facts), _minutes(protocol, course))
    return tuple(dict.fromkeys(task.task for step in steps for task in step.tasks))


def session_agenda(protocol: Protocol, course: Course, *, on: date, occasion: str = "session") -> SessionAgenda:
    """The agenda of the next session of `course`, as it stands on the day `on`."""
    spec = protocol.spec
    facts = CourseFacts(protocol, course, on)
    phase = _ending_phase(protocol, course) if occasion == "last" else spec.phases[course.phase]
    focus = course.open_focuses[0] if course.open_focuses else None
    area = spec.problem_areas[focus.area] if focus else None
    stage = area.stages.get(focus.stage) if area and focus else None
    plan = timing.planned(protocol, course, on)
    booked = timing.next_booked(course, on)
    following = _booked_after(course, plan)
    due = due_tasks(protocol, course, facts)
    minutes = (booked.minutes if booked and booked.minutes else None) or _minutes(protocol, course)
    steps = _ending_steps(protocol, course, minutes) if occasion == "last" else _steps(protocol, course, due, minutes)
    told = first_lines(protocol, course, facts, due, steps_tasks(steps))
    first = tuple(line for line in told if not line.fold)[:MOST_FIRST]
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
        aim=_aim(phase, area, stage),
        alerts=course.open_risk_alerts,
        first=first,
        also_due=(*(line for line in told if line not in first), *_also_due(protocol, due, steps, told)),
        last_time=_last_time(protocol, course),
        missed_since=facts.misses_in_a_row > 0,
        missed=_missed(protocol, course, facts, plan, on, occasion),
        scores=series(protocol, course),
        steps=steps,
        ask=_ask(protocol, _in_order(steps), phase, area, stage),
        note=_note(phase, area, stage),
        if_lines=_if_lines(phase, area, stage),
        kept_out=tuple((topic.rule, topic.text) for topic in phase.must_not.values()),
        remarks=_remarks(protocol, steps),
        techniques=_techniques(protocol, steps),
        next_day=plan.after_next,
        next_booked=following is not None,
        next_time=following.time if following else "",
        end=plan.end,
        coming=tuple(_coming(protocol, course, number)),
        open_in_focus=tuple(t.label or t.task for t in due if t.focus and not is_extra(t))[1:],
        gates=gates(protocol, course, facts),
        budget=budget(protocol, course, facts),
        warnings=tuple(Line(w.code, w.text, w.path) for w in warnings(protocol, course, on=on)),
        homework=tuple(h.text for h in course.homework if not h.how),
        stage_choices=_stage_choices(area, focus),
        recognise=_recognise(area, focus),
        outcome_choices=_outcome_choices(protocol, course) if occasion == "last" else (),
        measures_due=_measures_due(protocol, course),
        patient_lines=tuple(phase.patient.values()),
        bring=phase.bring or "",
        ended=course.ended or "",
        record_to=_record_to(course),
    )


def _missed(
    protocol: Protocol, course: Course, facts: CourseFacts, plan: timing.Plan, on: date, occasion: str
) -> MissedWeek | None:
    """The missed week, on its own page and on that of the next session."""
    if occasion != "missed" and last_missed(course) is None:
        return None
    unrecorded = occasion == "missed" and plan.next_session <= on
    return missed_week(protocol, course, facts, plan.next_session, unrecorded=unrecorded)


def _minutes(protocol: Protocol, course: Course) -> int:
    agreed = course.contract.minutes if course.contract else None
    return agreed or protocol.spec.contract.minutes.high


# -- the plan ----------------------------------------------------------------------------------------------------


def _steps(protocol: Protocol, course: Course, due: Iterable[DueTask], minutes: int) -> tuple[Step, ...]:
    """The running order the phase writes, or the due tasks in their own order."""
    phase = protocol.spec.phases[course.phase]
    waiting = [task for task in due if not is_extra(task)]
    raw = list(_from_hour(protocol, course, phase, waiting) if phase.hour else _from_tasks(waiting))
    return _timed(raw[:MOST_STEPS], minutes)


def _from_hour(protocol: Protocol, course: Course, phase: PhaseSpec, due: list[DueTask]) -> Iterator[RawStep]:
    changes = _changes(protocol, course)
    by_name = {task.task: task for task in due}
    covered = {name for step in phase.hour.values() for name in step.covers}
    for name, step in phase.hour.items():
        change = changes.get(name)
        tasks = [by_name[task] for task in step.covers if task in by_name]
        if step.focus_work:
            tasks += _next_of_each_focus(due, covered)
        text = (change.text if change else None) or step.text
        if text is None and not tasks:
            continue
        label = (change.label if change else None) or step.label
        own = (text,) if text else ()
        shown = () if text and not step.focus_work else tuple(t.do for t in tasks)
        yield label, step.minutes, (*own, *shown), tuple(tasks)


def _next_of_each_focus(due: Iterable[DueTask], covered: set[str]) -> list[DueTask]:
    """The next task of every focus, so that a second focus does not wait until the first has nothing left."""
    found: dict[str, DueTask] = {}
    for task in due:
        if task.focus and task.task not in covered and not task.waiting:
            found.setdefault(task.focus, task)
    return list(found.values())


def _from_tasks(due: list[DueTask]) -> Iterator[RawStep]:
    for task in due:
        if not task.waiting:
            yield task.label or "Do", task.minutes or 10, (task.do,), (task,)


def _changes(protocol: Protocol, course: Course) -> Mapping[str, StepChange]:
    """What the primary focus and its stage say differently in the hour; the stage speaks last."""
    focus = course.open_focuses[0] if course.open_focuses else None
    if focus is None:
        return {}
    area = protocol.spec.problem_areas[focus.area]
    stage = area.stages.get(focus.stage)
    return {**area.hour, **(stage.hour if stage else {})}


def _timed(raw: list[RawStep], minutes: int) -> tuple[Step, ...]:
    """Shares of the hour that add up to the agreed minutes, by largest remainder."""
    whole = sum(share for _, share, _, _ in raw)
    if not whole:
        return ()
    exact = [share * minutes / whole for _, share, _, _ in raw]
    parts = [int(value) for value in exact]
    order = sorted(range(len(raw)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: minutes - sum(parts)]:
        parts[n] += 1
    return tuple(Step(label, part, texts, tasks) for (label, _, texts, tasks), part in zip(raw, parts, strict=True))


def _ending_steps(protocol: Protocol, course: Course, minutes: int) -> tuple[Step, ...]:
    """The plan of a last meeting that nobody planned: the compressed ending tasks that are not on record."""
    done = {t.task for t in course.tasks if t.how == "done"}
    homes = [protocol.tasks[name] for name in protocol.spec.termination.compressed if name not in done]
    raw: list[RawStep] = [
        (
            h.spec.label or "Do", h.spec.minutes or 10, (h.spec.do,),
            (DueTask(h.name, h.spec.do, h.spec.label or "", "the course ends early", False, True, False, ""),),
        )
        for h in homes
    ]  # fmt: skip
    return _timed(raw[:MOST_STEPS], minutes)


def steps_tasks(steps: Iterable[Step]) -> frozenset[str]:
    """The tasks that stand in the plan."""
    return frozenset(_in_order(steps))


def _in_order(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(task.task for step in steps for task in step.tasks))


def _also_due(
    protocol: Protocol, due: Iterable[DueTask], steps: tuple[Step, ...], told: Iterable[Line]
) -> Iterator[Line]:
    """What is due and found no place in the plan: folded, never dropped."""
    shown = steps_tasks(steps) | {line.values.get("task") for line in told}
    for task in due:
        if task.task in shown or is_extra(task) or task.focus:
            continue
        before = [_label(protocol, name) for name in task.waiting]
        wait = f" (after {', '.join(before)})" if before else ""
        yield Line("also_due", "", task.path, {"task": task.task, "why": task.why}, task.do, f"{wait}.")


def _ending_phase(protocol: Protocol, course: Course) -> PhaseSpec:
    """The phase that the compressed ending tasks belong to; its words go with a last meeting nobody planned."""
    homes = (protocol.tasks[name].phase for name in protocol.spec.termination.compressed if name in protocol.tasks)
    return protocol.spec.phases[next((phase for phase in homes if phase), course.phase)]


# -- words and ifs -----------------------------------------------------------------------------------------------


def _aim(phase: PhaseSpec, area: AreaSpec | None, stage: StageSpec | None) -> str:
    if not phase.focus_work:
        return phase.aim
    return (stage and stage.aim) or (area and area.aim) or phase.aim


def _ask(
    protocol: Protocol, planned: Iterable[str], phase: PhaseSpec, area: AreaSpec | None, stage: StageSpec | None
) -> tuple[str, ...]:
    """Words that go with the planned tasks, then those of the stage, the area or the phase."""
    own = phase.ask
    if phase.focus_work:
        own = (stage and stage.ask) or (area and area.ask) or phase.ask
    of_tasks = [words for name in planned for words in protocol.tasks[name].spec.ask.values()]
    return (*of_tasks, *own.values())[:MOST_ASK]


def _if_lines(phase: PhaseSpec, area: AreaSpec | None, stage: StageSpec | None) -> tuple[tuple[str, str], ...]:
    lines: Mapping[str, IfLine] = phase.if_
    if phase.focus_work:
        lines = (stage and stage.if_) or (area and area.if_) or phase.if_
    return tuple((line.when, line.then) for line in lines.values())


def _note(phase: PhaseSpec, area: AreaSpec | None, stage: StageSpec | None) -> str:
    """What the stage remarks where its work is done, or else the area, or else the phase."""
    if phase.focus_work:
        return (stage and stage.note) or (area and area.note) or phase.note or ""
    return phase.note or ""


def _remarks(protocol: Protocol, steps: Iterable[Step]) -> tuple[tuple[str, str], ...]:
    """What the protocol remarks about the planned tasks, each with the label of its task."""
    notes = ((name, protocol.tasks[name].spec.note) for name in _in_order(steps))
    return tuple((_label(protocol, name), note) for name, note in notes if note)


def _techniques(protocol: Protocol, steps: Iterable[Step]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names = dict.fromkeys(
        technique for step in steps for task in step.tasks for technique in protocol.tasks[task.task].spec.techniques
    )
    found = [protocol.spec.techniques[name] for name in names]
    return tuple((technique.title, tuple(technique.steps.values())) for technique in found)


def _stage_choices(area: AreaSpec | None, focus: Focus | None) -> tuple[tuple[str, str], ...]:
    """The stages the foot of the page offers: the one it stands in, and where the chart leads from there."""
    if area is None or focus is None or not area.stages:
        return ()
    return tuple((name, area.stages[name].title) for name in _stages_ahead(area, focus))


def _stages_ahead(area: AreaSpec, focus: Focus) -> tuple[str, ...]:
    here = area.stages.get(focus.stage)
    names = (focus.stage, *here.next) if here else tuple(area.stages)
    return tuple(name for name in names if name in area.stages)


def _recognise(area: AreaSpec | None, focus: Focus | None) -> tuple[tuple[str, str], ...]:
    """How to recognise the stage the focus stands in, and those it may go to."""
    if area is None or focus is None:
        return ()
    stages = [area.stages[name] for name in _stages_ahead(area, focus)]
    return tuple((stage.title, stage.recognise) for stage in stages if stage.recognise)


def _outcome_choices(protocol: Protocol, course: Course) -> tuple[tuple[str, str], ...]:
    """The outcomes that can be reached from here."""
    return tuple(
        (name, outcome.title)
        for name, outcome in protocol.spec.outcomes.items()
        if not outcome.from_ or course.phase in outcome.from_
    )


# -- where we are, and what comes --------------------------------------------------------------------------------


def _focus_line(protocol: Protocol, course: Course, focus: Focus) -> FocusLine:
    area = protocol.spec.problem_areas[focus.area]
    stage = area.stages.get(focus.stage)
    entry = focus.history[-1] if focus.history else None
    since = course.appointment(entry.session) if entry and entry.session else None
    return FocusLine(
        focus.id, focus.area, area.title, focus.person, focus.stage, stage.title if stage else "",
        since.number if since else None,
    )  # fmt: skip


def _last_time(protocol: Protocol, course: Course) -> LastTime | None:
    last = next((a for a in reversed(course.appointments) if a.held), None)
    if last is None:
        return None
    logs = [t for t in course.tasks if in_session(t, last) and t.task in protocol.tasks]
    done = [t for t in logs if t.how == "done"]
    usual = protocol.spec.phases[last.phase].each_session if last.phase in protocol.spec.phases else {}
    put_off = [d.task for d in course.deferred if in_session(d, last) and d.task in protocol.tasks]
    known = protocol.spec.techniques
    return LastTime(
        last.number,
        last.on,
        tuple(dict.fromkeys(_label(protocol, t.task) for t in done if t.task not in usual)),
        (len({t.task for t in done} & set(usual)), len(usual)) if usual else None,
        (
            *((_label(protocol, t.task), HOW_WORDS.get(t.how, t.how)) for t in logs if t.how != "done"),
            *((_label(protocol, task), "put off") for task in put_off),
        ),
        tuple(dict.fromkeys(known[n].title for t in done for n in t.techniques if n in known)),
        bool(logs),
        tuple(n.text for n in course.notes if in_session(n, last)),
        tuple(h.text for h in course.homework if not h.how),
    )


def _label(protocol: Protocol, task: str) -> str:
    return protocol.tasks[task].spec.label or task.replace("_", " ")


def _booked_after(course: Course, plan: timing.Plan) -> Appointment | None:
    """The appointment after the next session, when it is booked."""
    ahead = (a for a in course.appointments if a.status == "planned" and a.on == plan.after_next)
    return next((a for a in ahead if a.on > plan.next_session), None)


def _record_to(course: Course) -> date | None:
    """The last day anything is on record of."""
    past = [a.on for a in timing.past(course)]
    lists = (course.readings, course.tasks, course.notes, course.contacts, course.facts, course.reminders)
    return max([*past, *(entry.on for entries in lists for entry in entries)], default=course.started)


def _coming(protocol: Protocol, course: Course, number: int) -> Iterator[Line]:
    """What begins next time, and deadlines that lie ahead."""
    total = timing.contracted(course)
    facts_done = {t.task for t in course.tasks if t.how == "done"}
    for home in protocol.tasks.values():
        if home.phase != course.phase or home.name in facts_done or home.spec.not_before is None:
            continue
        if home.spec.not_before.number(total) == number + 1:
            yield Line("next_time", "", ".".join(str(p) for p in home.path), {"task": home.name}, home.spec.do, ".")
    announce = protocol.spec.termination.announce
    by = announce.by.number(total) if announce else None
    if by is not None and course.announced is None and number <= by:
        yield Line("announce_by", f"Name the ending by session {by}", "termination.announce.by", {"session": by})


def _measures_due(protocol: Protocol, course: Course) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Measures due next session: name, label, and the labels of their risk items."""
    found = []
    for name in due_measures(protocol, course):
        measure = protocol.measures[name]
        items = tuple(f"item {measure.items[i].number}" if measure.items[i].number else i for i in measure.risk_items)
        found.append((name, measure.label, items))
    return tuple(found)
