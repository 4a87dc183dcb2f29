"""The course after it was moved to another protocol: its names carried, and what stood in removed parts put anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from iptengine.course.carrying import carried
from iptengine.course.course import (
    Alert,
    Anomaly,
    Approval,
    ChartEntry,
    Contract,
    Course,
    Focus,
    Moved,
    PhaseEntry,
    StageEntry,
)
from iptengine.course.events import PauseBegan, PauseEnded, Placed, PlanChanged, PlanChosen, ProtocolMoved

MOVED = "moved"
"""The way into a phase, a stage or a state that a move has put the course in."""
Changes = dict[str, Any]


def moved(course: Course, event: ProtocolMoved) -> Changes:
    """What changes in a course by a move; what was recorded before it stays, under the names of the new protocol."""
    if course.started is None:
        return {"anomalies": (*course.anomalies, Anomaly(event.id, "it moves a course that has not begun"))}
    called = carried(course, event.names)
    changes = {
        part.name: now for part in fields(Course) if (now := getattr(called, part.name)) != getattr(course, part.name)
    }
    changes |= _placed(called, event)
    changes |= {"protocol": event.protocol, "digest": event.digest}
    changes["moves"] = (*_undone(course, event), _record(called, event))
    if event.terms is not None:
        changes["contract"] = _unagreed(event)
    if event.was_digest != course.digest:
        text = "it moves the course from another protocol than the one it was under"
        changes["anomalies"] = (*course.anomalies, Anomaly(event.id, text))
    return changes


def _undone(course: Course, event: ProtocolMoved) -> tuple[Moved, ...]:
    undone = event.undoes
    return tuple(replace(one, undone=event.id) if undone and one.event == undone else one for one in course.moves)


def _record(called: Course, event: ProtocolMoved) -> Moved:
    return Moved(
        event.id, event.on, event.by, event.because, event.was, event.was_digest, event.protocol, event.digest,
        event.names, event.placed, _stood(called, event.placed), event.undoes,
    )  # fmt: skip


def _unagreed(event: ProtocolMoved) -> Contract | None:
    terms = event.terms
    if terms is None or (terms.sessions is None and not terms.frequency):
        return None
    return Contract(
        terms.sessions, terms.frequency, terms.minutes, "", terms.missed, terms.uses_session, None,
        sessions_at_first=terms.sessions,
    )  # fmt: skip


def _stood(course: Course, placed: Placed) -> Placed:
    """Where everything that is placed stood before, by the names of now where it has one."""
    focuses = {focus.id: focus for focus in course.focuses}
    charts = {name: entry for name in placed.charts if (entry := course.chart_moved(name)) is not None}
    approvals = {one.id: one.approval for one in course.approvals}
    alerts = {one.id: one.code for one in course.alerts}
    last = _last_pause(course)
    return Placed(
        phase=course.phase if placed.phase else "",
        focuses={id: focuses[id].area for id in placed.focuses if id in focuses},
        stages={id: focuses[id].stage for id in placed.stages if id in focuses},
        charts={name: entry.state for name, entry in charts.items()},
        components={new: old for old, new in placed.components.items()},
        pause=last.pause if placed.pause and last else "",
        approvals={id: approvals[id] for id in placed.approvals if id in approvals},
        alerts={id: alerts[id] for id in placed.alerts if id in alerts},
        missed=course.contract.missed if placed.missed and course.contract else "",
    )


# -- what is put anew --------------------------------------------------------------------------------------------


def _placed(course: Course, event: ProtocolMoved) -> Changes:
    placed, found = event.placed, Changes()
    if placed.phase:
        entry = PhaseEntry(placed.phase, event.on, MOVED, event.id)
        found |= {"phase": placed.phase, "phases": (*course.phases, entry)}
    if placed.focuses or placed.stages:
        found["focuses"] = tuple(_focus(focus, event) for focus in course.focuses)
    if placed.charts:
        entries = (
            ChartEntry(name, state, event.on, event.because, MOVED, "", event.id)
            for name, state in placed.charts.items()
        )
        found["chart_moves"] = (*course.chart_moves, *entries)
    if placed.components and course.plans:
        found["plans"] = (*course.plans, _plan(course.plans[-1], event))
    if placed.pause:
        found["pauses"] = tuple(_pause(course, one, placed.pause) for one in course.pauses)
    found |= _renamed(course, placed)
    if placed.missed and course.contract is not None:
        found["contract"] = replace(course.contract, missed=placed.missed)
    return found


def _renamed(course: Course, placed: Placed) -> Changes:
    """Approvals and alerts that go on as others."""
    found = Changes()
    if placed.approvals:
        found["approvals"] = tuple(_approval(one, placed.approvals) for one in course.approvals)
    if placed.alerts:
        found["alerts"] = tuple(_alert(one, placed.alerts) for one in course.alerts)
    return found


def _approval(one: Approval, placed: Mapping[str, str]) -> Approval:
    return replace(one, approval=placed[one.id]) if one.id in placed else one


def _alert(one: Alert, placed: Mapping[str, str]) -> Alert:
    return replace(one, code=placed[one.id]) if one.id in placed else one


def _focus(focus: Focus, event: ProtocolMoved) -> Focus:
    placed = event.placed
    now = replace(focus, area=placed.focuses.get(focus.id, focus.area))
    if focus.id not in placed.stages:
        return now
    stage = placed.stages[focus.id]
    entry = StageEntry(stage, event.on, event.because, MOVED, "", event.id)
    return replace(now, stage=stage, history=(*focus.history, entry))


def _plan(last: PlanChosen | PlanChanged, event: ProtocolMoved) -> PlanChanged:
    """The plan with other components in the place of those that are there no more."""
    now = (event.placed.components.get(name, name) for name in last.components)
    return PlanChanged(
        id=f"{event.id}-plan", on=event.on, at=event.at, by=event.by, command=event.command, because=event.because,
        components=tuple(dict.fromkeys(now)), was=last.components, way=MOVED,
    )  # fmt: skip


def _last_pause(course: Course) -> PauseBegan | None:
    return next((one for one in reversed(course.pauses) if isinstance(one, PauseBegan)), None)


def _pause(course: Course, one: PauseBegan | PauseEnded, pause: str) -> PauseBegan | PauseEnded:
    return replace(one, pause=pause) if one is _last_pause(course) else one
