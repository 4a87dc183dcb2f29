"""What the engine answers, under the names by which a vignette expects it: after a happening, and at the end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date

from iptengine.course import timing, visits
from iptengine.course.adherence import Adherence, adherence
from iptengine.course.agenda import SessionAgenda, session_agenda
from iptengine.course.asked_summary import ApprovalSummary
from iptengine.course.course import Course
from iptengine.course.due_tasks import due_tasks
from iptengine.course.events import Event, ReadingTaken, SessionHeld, SessionMissed
from iptengine.course.facts import CourseFacts
from iptengine.course.further_charts import state_of
from iptengine.course.hiding import THERAPIST, seen_by
from iptengine.course.hour import tasks_in_order
from iptengine.course.plan_state import component_state, plan_state, planned_doses
from iptengine.course.rests import resting, rests
from iptengine.course.scores import series
from iptengine.course.shares import Share, percent
from iptengine.course.summary import AlertCount, MeasureSummary, Summary, summary
from iptengine.course.warnings import warnings
from iptengine.course.ways import due
from iptengine.course.worded import comparable
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.scoring import Score, band, change, exact, number

Figures = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Scene:
    """A course after a happening, and what the happening recorded."""

    protocol: Protocol
    course: Course
    on: date
    events: tuple[Event, ...]

    def readings(self, measure: str) -> list[ReadingTaken]:
        return [r for r in self.course.readings if r.measure == measure]


# -- after a happening -------------------------------------------------------------------------------------------


def seen(scene: Scene, key: str) -> object:
    """What a key of ``expect`` is compared with."""
    return _SEEN[key](scene)


def _session(scene: Scene) -> int | None:
    meetings = [e.number for e in scene.events if isinstance(e, SessionHeld | SessionMissed)]
    return meetings[-1] if meetings else None


def _by_measure(scene: Scene, of: Callable[[Scene, str], object]) -> Figures:
    return {name: of(scene, name) for name in scene.protocol.measures}


def _total(scene: Scene, name: str) -> object:
    taken = scene.readings(name)
    if not taken:
        return None
    return "none" if taken[-1].total is None else taken[-1].total


def _band(scene: Scene, name: str) -> str | None:
    taken = scene.readings(name)
    total = taken[-1].total if taken else None
    found = band(scene.protocol.measures[name], total) if total is not None else None
    return found.name if found else None


def _change(scene: Scene, name: str) -> Figures:
    taken = comparable(scene.course, name)
    first, last = (taken[0].total, taken[-1].total) if taken else (None, None)
    return {fact.rule: fact.answer.value for fact in change(scene.protocol.measures[name], first, last)}


def _since_last(scene: Scene, name: str) -> Score | None:
    totals = [r.total for r in comparable(scene.course, name)]
    if len(totals) < 2 or totals[-1] is None or totals[-2] is None:
        return None
    return number(exact(totals[-1]) - exact(totals[-2]))


def _series(scene: Scene) -> Figures:
    return {one.measure: " ".join(one.totals) for one in series(scene.protocol, scene.course, scene.on)}


def _dues(scene: Scene) -> Iterator[tuple[str, date | None]]:
    for one in due(scene.protocol, scene.course, on=scene.on, role=None):
        yield one.kind, one.by


def _visits(scene: Scene) -> tuple[date, ...]:
    return tuple(visit.on for visit in visits.visits(scene.protocol, scene.course, scene.on, most=3))


def _due_by(scene: Scene) -> Figures:
    found: dict[str, date | None] = {}
    for kind, by in _dues(scene):
        found.setdefault(kind, by)
    return found


def _plan(scene: Scene) -> Figures:
    state = plan_state(scene.protocol, scene.course)
    others = scene.protocol.spec.plan.components if scene.protocol.spec.plan else ()
    known = (component_state(scene.protocol, scene.course, name) for name in others)
    return {
        "components": state.names,
        "current": state.current.name if state.current else "none",
        "doses": {one.name: f"{one.reached} of {one.dose}" for one in known},
        "finished": tuple(one.name for one in state.components if one.finished),
        "interrupted": "yes" if state.interrupted_by else "no",
        "done": state.done,
        "next": {name: str(part) for name, part in planned_doses(scene.protocol, scene.course, state)},
    }


_SEEN: Mapping[str, Callable[[Scene], object]] = {
    "session": _session,
    "sessions_used": lambda s: timing.sessions_used(s.course),
    "sessions_left": lambda s: timing.sessions_left(s.course),
    "phase": lambda s: s.course.phase,
    "stage": lambda s: {f.id: f.stage for f in s.course.focuses},
    "chart": lambda s: {chart: state_of(s.protocol, s.course, chart) for chart in s.protocol.spec.charts},
    "approvals": lambda s: {a.approval: a.state for a in s.course.approvals},
    "open_alerts": lambda s: tuple(a.code for a in s.course.alerts if a.needs_assessment),
    "standing_warnings": lambda s: tuple(w.code for w in warnings(s.protocol, s.course, on=s.on)),
    "total": lambda s: _by_measure(s, _total),
    "band": lambda s: _by_measure(s, _band),
    "change": lambda s: _by_measure(s, _change),
    "since_last": lambda s: _by_measure(s, _since_last),
    "series": _series,
    "end_planned": lambda s: visits.planned(s.protocol, s.course, s.on).end,
    "next_session": lambda s: visits.planned(s.protocol, s.course, s.on).next_session,
    "visits": _visits,
    "visits_planned": lambda s: len(visits.visits(s.protocol, s.course, s.on)),
    "due": lambda s: tuple(kind for kind, _ in _dues(s)),
    "due_by": _due_by,
    "paused": lambda s: rest.pause if (rest := resting(s.course, s.on)) else "no",
    "days_paused": lambda s: sum(rest.days(s.on) for rest in rests(s.course)),
    "people": lambda s: len(s.course.people),
    "outcome": lambda s: s.course.ended,
    "plan": _plan,
}


# -- an agenda ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeenAgenda:
    """An agenda as a vignette looks at it."""

    first: tuple[str, ...]
    steps: tuple[str, ...]
    minutes: tuple[int, ...]
    order: tuple[str, ...]
    also_due: tuple[str, ...]
    due: tuple[str, ...]
    texts: tuple[str, ...]


def seen_agenda(protocol: Protocol, course: Course, on: date) -> SeenAgenda:
    """The agenda of the next session of `course`, as it stands on the day `on`."""
    page = session_agenda(protocol, seen_by(protocol, course, THERAPIST), on=on)
    tasks = () if page.ended else due_tasks(protocol, course, CourseFacts(protocol, course, on))
    return SeenAgenda(
        tuple(line.code for line in page.first),
        tuple(step.label for step in page.steps),
        tuple(step.minutes for step in page.steps),
        tasks_in_order(page.steps),
        tuple(_also_due(page)),
        tuple(dict.fromkeys(task.task for task in tasks)),
        tuple(texts(page)),
    )


def _also_due(page: SessionAgenda) -> Iterator[str]:
    for line in page.also_due:
        for kind in ("task", "topic"):
            if kind in line.values:
                yield str(line.values[kind])


_NOT_SHOWN = frozenset(
    {
        "area", "budget", "cause", "code", "course", "gates", "id", "measures_due", "occasion", "path", "phase",
        "protocol", "stage", "stage_choices", "status", "task", "tasks", "values",
    }
)  # fmt: skip


def texts(value: object, left_out: Collection[str] = _NOT_SHOWN) -> Iterator[str]:
    """Every text a page could show of a value; `left_out` are the fields of ids, codes and what it folds away."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for part in fields(value):
            if part.name not in left_out:
                yield from texts(getattr(value, part.name), left_out)
    elif isinstance(value, Sequence):
        for one in value:
            yield from texts(one, left_out)


# -- at the end --------------------------------------------------------------------------------------------------


def final_figures(protocol: Protocol, course: Course) -> Figures:
    """The figures of a course under the keys of ``expect_summary``."""
    found = summary(protocol, course)
    return {
        "appointments": found.appointments,
        "attended": found.attended,
        "missed": dict(found.missed),
        "sessions_used": found.used,
        "used_unattended": found.used_unattended,
        "agreed": found.agreed,
        "agreed_now": found.agreed_now,
        "attendance": f"{found.attendance} = {found.attendance.percent(1)}",
        "measures": {one.measure: _measure(one) for one in found.measures},
        "risk_alerts": _alerts(found.risk),
        "review_alerts": _alerts(found.review),
        "people": found.people,
        "stages": {f.id: tuple(step.stage for step in f.stages) for f in found.focuses},
        "stage_sessions": {f.id: tuple(step.session for step in f.stages) for f in found.focuses},
        "phases": {phase.phase: phase.held for phase in found.phases},
        "charts": {chart.chart: tuple(step.state for step in chart.states) for chart in found.charts},
        "approvals": _approvals(found.approvals),
        "amendments": found.amendments,
        "deviations": found.deviations,
        "corrections": found.corrections,
        "outcome": _outcome(found),
        "plan": _plan_summary(found),
        "adherence": _adherence(adherence(protocol, course)),
    }


def _measure(found: MeasureSummary) -> Figures:
    return {
        "readings": found.readings,
        "first": found.first,
        "last": found.last,
        "change": found.change,
        "better": None if found.better is None else percent(found.better),
        "worst": found.worst,
        "worst_in": found.worst_in,
        "first_band": found.first_band,
        "last_band": found.last_band,
        "rules": {rule.rule: rule.answer.value for rule in found.rules},
        "first_met": {rule.rule: rule.first_met for rule in found.rules},
        "held_in": {rule.rule: rule.held_in for rule in found.rules},
    }


def _approvals(found: Sequence[ApprovalSummary]) -> Figures:
    """What became of everything asked for under each approval, in order."""
    states: dict[str, tuple[str, ...]] = {}
    for one in found:
        states[one.approval] = (*states.get(one.approval, ()), one.state)
    return states


def _alerts(found: AlertCount) -> Figures:
    return {"raised": found.raised, "assessed": found.assessed, "same_day": found.same_day}


def _outcome(found: Summary) -> Figures:
    end = found.outcome
    return (
        {}
        if end is None
        else {"name": end.outcome, "title": end.title, "kind": end.kind, "reason": end.reason, "on": end.on}
    )


def _plan_summary(found: Summary) -> Figures:
    plan = found.plan
    if plan is None:
        return {}
    return {
        "doses": {one.component: f"{one.reached} of {one.dose}" for one in plan.components},
        "decisions": tuple(f"{one.what} by {one.by} ({one.role}): {one.because}" for one in plan.decisions),
    }


def _share(share: Share) -> str:
    return str(share) if share.rateable else "not rateable"


def _adherence(found: Adherence) -> Figures:
    return {
        "coverage": {one.phase: _share(one.share) for one in found.coverage},
        "timing": _share(found.timing),
        "order": _share(found.order),
        "routine": _share(found.routine),
        "routine_tasks": found.routine_tasks,
        "focus": _share(found.focus),
        "staging": _share(found.staging),
        "stage_reasons": _share(found.stage_reasons),
        "ending": {
            "asked": found.ending.asked,
            "share": _share(found.ending.share),
            "open": found.ending.open,
            "not_applicable": found.ending.not_applicable,
            "announced_ahead": found.ending.announced_ahead,
        },
        "proscribed": found.proscribed,
        "dose": _share(found.dose),
        "techniques": {one.technique: _share(one.share) for one in found.techniques},
        "components": {one.component: _share(one.share) for one in found.components},
        "plan": _share(found.plan),
        "unlogged": found.unlogged,
    }


__all__ = ["Scene", "SeenAgenda", "SessionAgenda", "final_figures", "seen", "seen_agenda"]
