"""What the next session should hold, as a value: alerts first, then what must not be missed, then the plan.

Texts are the protocol's own and may still hold template names; the render room fills them. Nothing here knows a
template, and the alert lines are finished sentences, so that an agenda that cannot be rendered still has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from iptengine.course import timing
from iptengine.course.course import Alert, Appointment, Course, Focus, in_session
from iptengine.course.due_tasks import DueTask, due_tasks, is_extra
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import (
    Answered,
    Assessed,
    Line,
    answered_questions,
    due_measures,
    first_lines,
    last_assessed,
    naming,
    seen_to,
    waits_for_guests,
)
from iptengine.course.missed import MissedWeek, last_missed, missed_week
from iptengine.course.scores import Series, series
from iptengine.course.warnings import USUAL_MINUTES, Budget, budget, warnings
from iptengine.course.ways_out import Gate, gates
from iptengine.course.wording import spoken
from iptengine.protocol.model import AreaSpec, IfLine, PhaseSpec, StageSpec, StepChange
from iptengine.protocol.protocol import Protocol

MOST_FIRST = 4
MOST_STEPS = 6
MOST_ASK = 4
MOST_EXITS = 1
"""Ways out of the stage that stay on the page where another phase has the word."""
FIVE = 5
HOW_WORDS = {
    "partly": "partly",
    "declined": "declined by the patient",
    "not_applicable": "not applicable",
    "not_done": "not done",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the hour. `texts` are its sentence and its tasks; minutes add up to the agreed hour.

    `work` says that the work on the focus stands here.
    """

    label: str
    minutes: int
    texts: tuple[str, ...]
    tasks: tuple[DueTask, ...]
    work: bool = False


@dataclass(frozen=True, slots=True)
class _Raw:
    """A step before it is timed: `share` of the hour, or minutes of its own when `fixed`."""

    label: str
    share: int
    texts: tuple[str, ...]
    tasks: tuple[DueTask, ...]
    work: bool = False
    fixed: bool = False


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
        usual_done: The labels of those that are logged.
        otherwise: Labels of what went otherwise, each with how, in words.
        logged: Whether any task is logged; when not, nobody knows what was done.
        homework: What the patient wants to try, not reviewed yet.
        stages: Stages a focus was placed in: the problem area, the stage, and why, as recorded.
        tried: What was to be tried and was reviewed, how it went in a word, and what was noted of it.
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
    usual_done: tuple[str, ...] = ()
    stages: tuple[tuple[str, str, str], ...] = ()
    tried: tuple[tuple[str, str, str], ...] = ()


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
    last_assessed: Assessed | None
    answered: tuple[Answered, ...]
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
    steps = _steps(protocol, course, _due_today(protocol, course, facts), _minutes(protocol, course))
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
    waiting = due_tasks(protocol, course, facts)
    due = _due_today(protocol, course, facts)
    minutes = (booked.minutes if booked and booked.minutes else None) or _minutes(protocol, course)
    steps = _ending_steps(protocol, course, minutes) if occasion == "last" else _steps(protocol, course, due, minutes)
    work = next((number for number, step in enumerate(steps, 1) if step.work), None)
    told = first_lines(protocol, course, facts, waiting, steps_tasks(steps), on=on, work=work)
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
        last_assessed=last_assessed(protocol, course),
        answered=answered_questions(protocol, course),
        first=first,
        also_due=(*(line for line in told if line not in first), *_also_due(protocol, due, steps, told)),
        last_time=_last_time(protocol, course),
        missed_since=facts.misses_in_a_row > 0,
        missed=_missed(protocol, course, facts, plan, on, occasion),
        scores=series(protocol, course),
        steps=_with_naming(protocol, course, steps) if occasion == "session" else steps,
        ask=_ask(protocol, course, _in_order(steps), phase),
        note=_note(phase, focus, area, stage),
        if_lines=_if_lines(phase, focus, area, stage),
        kept_out=tuple((topic.rule, topic.text) for topic in phase.must_not.values()),
        remarks=_remarks(protocol, steps),
        techniques=_techniques(protocol, steps),
        next_day=plan.after_next,
        next_booked=following is not None,
        next_time=following.time if following else "",
        end=plan.end,
        coming=tuple(_coming(protocol, course, number)),
        open_in_focus=_open_in_focus(due, steps),
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


def _due_today(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[DueTask, ...]:
    """The due tasks without what was done already, before the session, because somebody joins it."""
    due = due_tasks(protocol, course, facts)
    return tuple(task for task in due if not (waits_for_guests(protocol, task) and seen_to(course, task)))


def _steps(protocol: Protocol, course: Course, due: Iterable[DueTask], minutes: int) -> tuple[Step, ...]:
    """The running order the phase writes, or the due tasks in their own order; above it what guests make due."""
    phase = protocol.spec.phases[course.phase]
    waiting = [task for task in due if not is_extra(task)]
    top = [task for task in waiting if phase.hour and task.first and waits_for_guests(protocol, task)]
    above = [_Raw(_named(t), t.minutes or USUAL_MINUTES, (t.do,), (t,), fixed=True) for t in top]
    raw = list(_from_hour(protocol, course, phase, waiting) if phase.hour else _from_tasks(waiting))
    return _timed([*above, *raw[:MOST_STEPS]], minutes)


def _named(task: DueTask) -> str:
    return task.label or "Do"


def _from_hour(protocol: Protocol, course: Course, phase: PhaseSpec, due: list[DueTask]) -> Iterator[_Raw]:
    changes = _changes(protocol, course)
    by_name = {task.task: task for task in due}
    covered = {name for step in phase.hour.values() for name in step.covers}
    instead = _without_a_step(phase, due, covered)
    for name, step in phase.hour.items():
        change = changes.get(name)
        tasks = [by_name[task] for task in step.covers if task in by_name]
        if step.focus_work and instead is not None:
            yield _Raw(_named(instead), instead.minutes or step.minutes, (instead.do,), (instead, *tasks))
            continue
        if step.focus_work:
            tasks += _next_of_each_focus(due, covered)
        text = (change.text if change else None) or step.text
        if text is None and not tasks:
            continue
        label = (change.label if change else None) or step.label
        own = (text,) if text else ()
        shown = () if text and not step.focus_work else tuple(t.do for t in tasks)
        yield _Raw(label, step.minutes, (*own, *shown), tuple(tasks), work=step.focus_work)


def _without_a_step(phase: PhaseSpec, due: Iterable[DueTask], covered: set[str]) -> DueTask | None:
    """The first due must task of the phase that no step covers: it takes the place of the focus work that day."""
    return next((t for t in due if t.task in phase.must and t.task not in covered and not t.waiting), None)


def _next_of_each_focus(due: Iterable[DueTask], covered: set[str]) -> list[DueTask]:
    """The next task of every focus, so that a second focus does not wait until the first has nothing left."""
    found: dict[str, DueTask] = {}
    for task in due:
        if task.focus and task.task not in covered and not task.waiting:
            found.setdefault(task.focus, task)
    return list(found.values())


def _from_tasks(due: list[DueTask]) -> Iterator[_Raw]:
    for task in due:
        if not task.waiting:
            yield _Raw(_named(task), task.minutes or USUAL_MINUTES, (task.do,), (task,))


def _changes(protocol: Protocol, course: Course) -> Mapping[str, StepChange]:
    """What the primary focus and its stage say differently in the hour; the stage speaks last."""
    focus = course.open_focuses[0] if course.open_focuses else None
    if focus is None:
        return {}
    area = protocol.spec.problem_areas[focus.area]
    stage = area.stages.get(focus.stage)
    return {**area.hour, **(stage.hour if stage else {})}


def _timed(raw: list[_Raw], minutes: int) -> tuple[Step, ...]:
    """Steps whose minutes add up to the agreed ones; what has minutes of its own keeps them as long as that fits."""
    own = sum(step.share for step in raw if step.fixed)
    fits = own < minutes and any(not step.fixed for step in raw)
    shared = [step for step in raw if not (fits and step.fixed)]
    parts = iter(_shared_out([step.share for step in shared], minutes - own if fits else minutes))
    return tuple(
        Step(step.label, step.share if fits and step.fixed else next(parts), step.texts, step.tasks, step.work)
        for step in raw
    )


def _shared_out(shares: list[int], minutes: int) -> list[int]:
    """Minutes in the proportion of `shares`: as they are where they add up, in fives where the hour allows it."""
    if sum(shares) == minutes:
        return shares
    if minutes % FIVE == 0 and len(shares) * FIVE <= minutes:
        return [FIVE * part for part in _largest_remainder(shares, minutes // FIVE, least=1)]
    return _largest_remainder(shares, minutes, least=0)


def _largest_remainder(shares: list[int], units: int, *, least: int) -> list[int]:
    """Whole units in the proportion of `shares`, at least `least` each; what is left over goes to the largest rest."""
    whole = sum(shares)
    if not whole:
        return []
    exact = [Fraction(share * units, whole) for share in shares]
    parts = [max(least, int(value)) for value in exact]
    while sum(parts) != units:
        step = 1 if sum(parts) < units else -1
        free = [n for n in range(len(parts)) if step > 0 or parts[n] > least]
        pick = max(free, key=lambda n: (step * (exact[n] - parts[n]), -n))
        parts[pick] += step
    return parts


def _with_naming(protocol: Protocol, course: Course, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The plan with a line for naming the ending, where it is time: in its task's own step, or in the first.

    Only a line: recording the session as planned must not say that the ending was named.
    """
    announce = protocol.spec.termination.announce
    home = protocol.tasks.get(announce.task) if announce else None
    if home is None or not steps or not naming(protocol, course):
        return steps
    holders = (n for n, step in enumerate(steps) if any(task.task == home.name for task in step.tasks))
    place = next(holders, 0)
    step = steps[place]
    if home.spec.do in step.texts:
        return steps
    return (*steps[:place], replace(step, texts=(*step.texts, home.spec.do)), *steps[place + 1 :])


def _ending_steps(protocol: Protocol, course: Course, minutes: int) -> tuple[Step, ...]:
    """The plan of a last meeting that nobody planned: the compressed ending tasks that are not on record."""
    done = {t.task for t in course.tasks if t.how == "done"}
    homes = [protocol.tasks[name] for name in protocol.spec.termination.compressed if name not in done]
    raw = [
        _Raw(
            h.spec.label or "Do", h.spec.minutes or USUAL_MINUTES, (h.spec.do,),
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


def _ask(protocol: Protocol, course: Course, planned: Iterable[str], phase: PhaseSpec) -> tuple[str, ...]:
    """Words that go with the planned tasks, then those of each focus, or of the phase; the second has one line."""
    of_tasks = [words for name in planned for words in protocol.tasks[name].spec.ask.values()]
    if not phase.focus_work or not course.open_focuses:
        return tuple(dict.fromkeys((*of_tasks, *phase.ask.values())))[:MOST_ASK]
    first, *others = (_ask_of_focus(protocol, focus) for focus in course.open_focuses)
    led = tuple(dict.fromkeys((*of_tasks, *(first or phase.ask.values()))))
    second = [words[0] for words in others if words][:1]
    return (*led[: MOST_ASK - len(second)], *second)


def _ask_of_focus(protocol: Protocol, focus: Focus) -> tuple[str, ...]:
    area = protocol.spec.problem_areas[focus.area]
    stage = area.stages.get(focus.stage)
    return tuple(((stage and stage.ask) or area.ask).values())


def _if_lines(
    phase: PhaseSpec, focus: Focus | None, area: AreaSpec | None, stage: StageSpec | None
) -> tuple[tuple[str, str], ...]:
    """What may come up. Where the phase has the word, the first ways out of an unfinished stage stay beside it."""
    lines: Mapping[str, IfLine] = phase.if_
    if phase.focus_work:
        lines = (stage and stage.if_) or (area and area.if_) or phase.if_
    elif stage and focus and not focus.finished:
        exits = [name for name in stage.if_ if name not in phase.if_][:MOST_EXITS]
        lines = {**{name: stage.if_[name] for name in exits}, **phase.if_}
    return tuple((line.when, line.then) for line in lines.values())


def _note(phase: PhaseSpec, focus: Focus | None, area: AreaSpec | None, stage: StageSpec | None) -> str:
    """What the stage remarks, or else the area; beside other work than the focus's also what the phase does."""
    of_focus = (stage and stage.note) or (area and area.note) or ""
    if phase.focus_work:
        return of_focus or phase.note or ""
    unfinished = focus is not None and not focus.finished
    return " ".join(note for note in (phase.note, of_focus if unfinished else "") if note)


def _open_in_focus(due: Iterable[DueTask], steps: Iterable[Step]) -> tuple[str, ...]:
    """Labels of what is still to come in the work on the focus, beside what is planned for today."""
    planned = {(task.task, task.focus) for step in steps for task in step.tasks}
    return tuple(
        t.label or spoken(t.task) for t in due if t.focus and not is_extra(t) and (t.task, t.focus) not in planned
    )  # fmt: skip


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
    last = course.last_held
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
        tuple(dict.fromkeys(_label(protocol, t.task) for t in done if t.task in usual)),
        tuple(_stages_set(protocol, course, last)),
        tuple(_tried(course, last)),
    )


def _stages_set(protocol: Protocol, course: Course, last: Appointment) -> Iterator[tuple[str, str, str]]:
    """The stages that focuses were placed in at a session, or on its day."""
    for focus in course.focuses:
        area = protocol.spec.problem_areas.get(focus.area)
        for entry in focus.history:
            here = entry.session == last.id or (not entry.session and entry.on == last.on)
            if here and area and entry.stage in area.stages:
                yield area.title, area.stages[entry.stage].title, entry.because


def _tried(course: Course, last: Appointment) -> Iterator[tuple[str, str, str]]:
    """What was agreed at the session before the last one, or since, and is reviewed."""
    before = [a.on for a in course.appointments if a.held and a.on < last.on]
    for homework in course.homework:
        if homework.how and (not before or homework.on >= before[-1]):
            yield homework.text, HOW_WORDS.get(homework.how, homework.how), homework.note


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
    if by is not None and course.announced is None and number <= by and not naming(protocol, course):
        yield Line("announce_by", f"Name the ending by session {by}", "termination.announce.by", {"session": by})


def _measures_due(protocol: Protocol, course: Course) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Measures due next session: name, label, and the labels of their risk items."""
    found = []
    for name in due_measures(protocol, course):
        measure = protocol.measures[name]
        items = tuple(f"item {measure.items[i].number}" if measure.items[i].number else i for i in measure.risk_items)
        found.append((name, measure.label, items))
    return tuple(found)
