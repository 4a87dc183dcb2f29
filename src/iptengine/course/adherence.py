"""How the logged work compares with the protocol, theme by theme, with every numerator and denominator in sight.

What was not logged is not known; it is not "not done". There is no total score and no pass mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from iptengine.course import timing
from iptengine.course.course import Appointment, Course, Focus, in_session
from iptengine.course.facts import CourseFacts
from iptengine.course.plan_state import plan_state
from iptengine.course.requests import ending_tasks
from iptengine.course.running_order import returns
from iptengine.course.shares import Share
from iptengine.course.summary import session_number
from iptengine.course.topics import proscribed
from iptengine.course.wording import counted
from iptengine.protocol.model import PhaseSpec
from iptengine.protocol.protocol import Protocol, TaskHome, verdict
from iptengine.protocol.running_order import placed
from iptengine.protocol.truth import Truth

LABEL = "Self-logged adherence: not competence, not validated, not equivalent to any named scale"
RATEABLE_FROM = 3
"""Sessions a theme needs before its share is shown: a decision of this project, no published figure."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The tasks a phase asks for, and how many of them are on record at least as often as asked.

    Attributes:
        open: Tasks of the denominator that are not on record; perhaps done, and not logged.
        not_applicable: Tasks that left the denominator: their conditions do not hold, or they were logged as such.
    """

    phase: str
    title: str
    share: Share
    open: tuple[str, ...]
    not_applicable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndingShare:
    """The ending tasks that the outcome asks for.

    Attributes:
        asked: full, compressed or nothing, as the outcome says; before the end, full.
        not_applicable: Tasks that left the denominator.
        announced_ahead: Sessions left when the ending was named; ``None`` when that is not on record.
        announce_ahead: Sessions ahead that the protocol asks for.
    """

    asked: str
    share: Share
    open: tuple[str, ...]
    not_applicable: tuple[str, ...]
    announced_ahead: int | None
    announce_ahead: int | None


@dataclass(frozen=True, slots=True)
class ComponentShare:
    """A component of the plan: its dose on record, and its required tasks on record.

    Attributes:
        dose: The dose on record, of the least and most it is meant to have: ``2 of 1..3``.
        enough: Whether it had its least dose, or a clinician finished it.
    """

    component: str
    title: str
    dose: str
    enough: bool
    share: Share
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TechniqueShare:
    """In how many of the sessions held a technique was logged. Descriptive: there is no right number."""

    technique: str
    title: str
    share: Share


@dataclass(frozen=True, slots=True)
class Adherence:
    """The logged work beside the protocol; `label` belongs wherever any of it is shown.

    Attributes:
        coverage: Required tasks on record, for each phase that was entered.
        timing: Required tasks of phases that were first logged inside their window.
        order: Pairs of tasks of which the protocol puts one first, that were logged in that order.
        routine: Sessions of the working phase with every task of `routine_tasks` logged.
        focus: Sessions of the working phase with at least one task of an agreed focus logged.
        staging: Focuses that were staged by the first session of the working phase after they were agreed.
        stage_reasons: Stages that were set with a reason.
        proscribed: Logged topics that their phase keeps out.
        dose: Sessions attended, of those agreed at the outset.
        by_week: Weeks of the course in which sessions were held, and how many.
        unlogged: Sessions held of which no task was logged at all.
        components: The components of the plan that was chosen; those it does not hold count nowhere.
        plan: Components of the plan that had their least dose or were finished.
    """

    label: str
    coverage: tuple[Coverage, ...]
    timing: Share
    order: Share
    routine: Share
    routine_tasks: tuple[str, ...]
    focus: Share
    staging: Share
    stage_reasons: Share
    ending: EndingShare
    proscribed: int
    dose: Share
    by_week: tuple[tuple[int, int], ...]
    techniques: tuple[TechniqueShare, ...]
    unlogged: tuple[int, ...]
    components: tuple[ComponentShare, ...]
    plan: Share


def adherence(protocol: Protocol, course: Course) -> Adherence:
    """The logged work of `course` beside `protocol`, as it stands."""
    log = _Log(protocol, course)
    tasks = routine_tasks(protocol)
    components = tuple(_components(log))
    return Adherence(
        label=LABEL,
        coverage=tuple(_coverage(log, name) for name in log.entered),
        timing=_timing(log),
        order=_order(log),
        routine=_of_working(log, [s for s in log.working if set(tasks) <= log.done_in(s)] if tasks else None),
        routine_tasks=tasks,
        focus=_of_working(log, [s for s in log.working if log.focus_work_in(s)] if course.focuses else None),
        staging=_staging(log),
        stage_reasons=_stage_reasons(course),
        ending=_ending(log),
        proscribed=sum(proscribed(protocol, entry) for entry in log.done),
        dose=_dose(log),
        by_week=tuple(_by_week(log)),
        techniques=tuple(_techniques(log)),
        unlogged=tuple(s.number or 0 for s in log.held if not log.done_in(s)),
        components=components,
        plan=_plan_share(components),
    )


def routine_tasks(protocol: Protocol) -> tuple[str, ...]:
    """The tasks that make up the routine of a working session.

    Every-session tasks of the phases with focus work that the hour of a later phase still holds, because these
    go on when the rest of the frame does not (in IPT: reviewing the score, and linking mood with events); where
    no later phase holds any, every-session tasks of the working phases.
    """
    phases = protocol.spec.phases
    working = [name for name, phase in phases.items() if phase.focus_work]
    every = dict.fromkeys(task for name in working for task in phases[name].each_session)
    kept = {
        task for name, p in phases.items() if name not in working for step in p.hour.values() for task in step.covers
    }
    return tuple(task for task in every if task in kept) or tuple(every)


class _Log:
    """The task log of a course, asked in the ways the themes ask it."""

    def __init__(self, protocol: Protocol, course: Course) -> None:
        self.protocol, self.course = protocol, course
        self.done = tuple(entry for entry in course.tasks if entry.how == "done")
        self.held = tuple(a for a in course.appointments if a.held)
        self.entered = tuple(
            dict.fromkeys(e.phase for e in course.phases if e.phase in protocol.spec.phases)
        )  # fmt: skip
        last = course.appointments[-1].on if course.appointments else course.started
        self.facts = CourseFacts(protocol, course, course.outcome.on if course.outcome else last) if last else None

    @cached_property
    def components(self) -> frozenset[str]:
        """What the plan holds, and what interrupts it."""
        return frozenset(one.name for one in plan_state(self.protocol, self.course).counted)

    @cached_property
    def written(self) -> Mapping[str, tuple[int, int]]:
        """The tasks that the running order names, each with the first and last session that does."""
        found: dict[str, tuple[int, int]] = {}
        for place in placed(self.protocol.spec.sessions):
            for task in place.spec.order:
                found[task] = (found[task][0] if task in found else place.first, place.last)
        return found

    @cached_property
    def working(self) -> tuple[Appointment, ...]:
        """Sessions held in a phase with focus work."""
        phases = self.protocol.spec.phases
        return tuple(a for a in self.held if a.phase in phases and phases[a.phase].focus_work)

    def done_in(self, session: Appointment) -> set[str]:
        """The tasks on record for a session; what was recorded by taking the course over is work of no session."""
        takeover = self.course.seen[:1] if self.course.adopted else ()
        return {e.task for e in self.done if in_session(e, session) and e.command not in takeover}

    def focus_work_in(self, session: Appointment) -> bool:
        """Whether a task of a focus that was agreed by then is on record for the session."""
        areas = {f.area for f in self.course.focuses if f.agreed <= session.on}
        tasks = self.protocol.tasks
        return any(task in tasks and tasks[task].area in areas for task in self.done_in(session))

    def enough(self, task: str) -> bool:
        """Whether it is on record as often as the protocol asks, at the least."""
        times = self.protocol.tasks[task].spec.times
        least = times.least if times and not times.recurs else 1
        return sum(entry.task == task for entry in self.done) >= least

    def applies(self, task: str) -> bool:
        """Whether it belongs in the denominator: not logged as not applicable, its conditions not a clear no."""
        entries = [entry for entry in self.course.tasks if entry.task == task]
        if entries and entries[-1].how == "not_applicable":
            return False
        if any(entry.how == "done" for entry in entries) or self.facts is None:
            return True
        home = self.protocol.tasks[task]
        if home.component and home.component not in self.components:
            return False
        return verdict(self.protocol.only_if(home), self.facts) is not Truth.NO


# -- coverage, timing, order -------------------------------------------------------------------------------------


def _coverage(log: _Log, name: str) -> Coverage:
    phase = log.protocol.spec.phases[name]
    share, open_ones, left_out = _counted(log, _asked_in(log, name, phase))
    return Coverage(name, phase.title, share, open_ones, left_out)


def _asked_in(log: _Log, name: str, phase: PhaseSpec) -> Iterator[str]:
    """Tasks a phase requires: its own, those its hour takes from an agreed focus, and that focus's own work."""
    yield from phase.each_session
    yield from phase.must
    areas = {f.area for f in log.course.focuses}
    named = {task for step in phase.hour.values() for task in step.covers}
    for home in log.protocol.tasks.values():
        if home.area in areas and home.group == "must" and home.name in named:
            yield home.name


def _counted(log: _Log, tasks: Iterable[str]) -> tuple[Share, tuple[str, ...], tuple[str, ...]]:
    """The share of `tasks` on record, those that are not, and those that do not apply."""
    asked = tuple(dict.fromkeys(tasks))
    applying = [task for task in asked if log.applies(task)]
    missing = tuple(task for task in applying if not log.enough(task))
    left_out = tuple(task for task in asked if task not in applying)
    why = "" if applying else "no task is asked for"
    return Share(len(applying) - len(missing), len(applying), why), missing, left_out


def _timing(log: _Log) -> Share:
    """Must tasks of phases and tasks of the running order, by their first log, inside the sessions they are given."""
    inside = [found for home in log.protocol.tasks.values() if (found := _in_time(log, home)) is not None]
    return Share(sum(inside), len(inside), "" if inside else "no task with a window is on record")


def _in_time(log: _Log, home: TaskHome) -> bool | None:
    if home.name in log.written:
        if returns(home):
            return None
    elif not home.phase or home.group != "must":
        return None
    first = next((session_number(log.course, entry) for entry in log.done if entry.task == home.name), None)
    span = _span(log, home)
    return None if first is None or span is None else span[0] <= first <= span[1]


def _span(log: _Log, home: TaskHome) -> tuple[int, int] | None:
    """First and last session of a task: those that name it, where the protocol writes what each session holds.

    Otherwise its phase's window, narrowed by its own words; announcing has its deadline.
    """
    if home.name in log.written:
        return log.written[home.name]
    total = timing.contracted(log.course)
    announce = log.protocol.spec.termination.announce
    if announce is not None and announce.task == home.name:
        by = announce.by.number(total)
        return None if by is None else (1, by)
    window = log.protocol.spec.phases[home.phase].window
    span = window.positions(total) if window else None
    if span is None:
        return None
    low = home.spec.not_before.number(total) if home.spec.not_before else None
    high = home.spec.by.number(total) if home.spec.by else None
    return max(span[0], low or span[0]), min(span[1], high or span[1])


def _order(log: _Log) -> Share:
    """Pairs by the day of the first log; two tasks of one day are in order either way."""
    first: dict[str, date] = {}
    for entry in sorted(log.done, key=lambda entry: entry.on):
        first.setdefault(entry.task, entry.on)
    pairs = [
        earlier in first and first[earlier] <= first[home.name]
        for home in log.protocol.tasks.values()
        for earlier in home.spec.after
        if home.name in first and (earlier in first or log.applies(earlier))
    ]
    return Share(sum(pairs), len(pairs), "" if pairs else "no ordered pair is on record")


# -- plan --------------------------------------------------------------------------------------------------------


def _components(log: _Log) -> Iterator[ComponentShare]:
    for one in plan_state(log.protocol, log.course).components:
        spec = log.protocol.component(one.name)
        share, missing, _ = _counted(log, (*spec.must, *spec.each_session))
        enough = one.closed or not one.short
        yield ComponentShare(one.name, one.title, f"{one.reached} of {one.dose}", enough, share, missing)


def _plan_share(components: tuple[ComponentShare, ...]) -> Share:
    enough = sum(one.enough for one in components)
    return Share(enough, len(components), "" if components else "no plan is chosen")


# -- routine, focus, staging -------------------------------------------------------------------------------------


def _of_working(log: _Log, sessions: list[Appointment] | None) -> Share:
    held = len(log.working)
    if sessions is None:
        return Share(0, held, "the protocol asks for none")
    few = f"{counted(held, 'working session')} held; {RATEABLE_FROM} are needed" if held < RATEABLE_FROM else ""
    if not few and not any(log.done_in(session) for session in log.working):
        few = f"none of {held} working sessions was logged"
    return Share(len(sessions), held, few)


def _staging(log: _Log) -> Share:
    areas = log.protocol.spec.problem_areas
    staged = [focus for focus in log.course.focuses if focus.area in areas and areas[focus.area].stages]
    found = [answer for focus in staged if (answer := _staged_in_time(log, focus)) is not None]
    return Share(sum(found), len(found), "" if found else "no focus has stages, or no working session was held yet")


def _staged_in_time(log: _Log, focus: Focus) -> bool | None:
    """Whether the focus was staged by the first working session after the day it was agreed."""
    first = next((session.on for session in log.working if session.on > focus.agreed), None)
    if focus.history:
        return first is None or focus.history[0].on <= first
    return None if first is None else False


def _stage_reasons(course: Course) -> Share:
    entries = [entry for focus in course.focuses for entry in focus.history]
    return Share(sum(bool(e.because.strip()) for e in entries), len(entries), "" if entries else "no stage was set")


# -- ending, dose, proscribed, techniques ------------------------------------------------------------------------


def _ending(log: _Log) -> EndingShare:
    spec = log.protocol.spec
    ended = log.course.ended
    outcome = spec.outcomes.get(ended) if ended else None
    asked = outcome.ask if outcome else "full"
    if ended and outcome and asked != "full":
        tasks: tuple[str, ...] = ending_tasks(log.protocol, ended)
    else:
        last = [p for p in spec.phases.values() if any(target in spec.outcomes for target in p.next)]
        tasks = tuple(task for phase in last for task in phase.must)
    share, missing, left_out = _counted(log, tasks)
    announced = log.course.announced
    by = spec.termination.announce.by if spec.termination.announce else None
    return EndingShare(
        asked,
        share if ended else Share(share.count, share.of, "the course has not ended"),
        missing,
        left_out,
        announced.sessions_left if announced else None,
        by.before_end if by else None,
    )


def _dose(log: _Log) -> Share:
    contract = log.course.contract
    agreed = contract.sessions_at_first if contract else None
    return Share(len(log.held), agreed or 0, "" if agreed else "no number of sessions is agreed")


def _by_week(log: _Log) -> Iterator[tuple[int, int]]:
    started = log.course.started
    if started is None:
        return
    weeks = [(a.on - started).days // 7 + 1 for a in log.held]
    yield from ((week, weeks.count(week)) for week in dict.fromkeys(weeks))


def _techniques(log: _Log) -> Iterator[TechniqueShare]:
    held = len(log.held)
    few = f"{counted(held, 'session')} held; {RATEABLE_FROM} are needed" if held < RATEABLE_FROM else ""
    for name, technique in log.protocol.spec.techniques.items():
        used = [entry for entry in log.done if name in entry.techniques]
        sessions = sum(any(in_session(entry, session) for entry in used) for session in log.held)
        if sessions:
            yield TechniqueShare(name, technique.title, Share(sessions, held, few))
