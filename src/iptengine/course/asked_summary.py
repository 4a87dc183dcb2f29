"""Further charts and approvals in figures: where each chart was moved, what was asked for and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from iptengine.course.approvals_told import title_of
from iptengine.course.course import Course
from iptengine.course.requested import why
from iptengine.course.stamp import Actor
from iptengine.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True)
class StateStep:
    """A state a further chart was moved to, and the session in which that was recorded."""

    state: str
    title: str
    on: date
    session: int | None


@dataclass(frozen=True, slots=True)
class ChartSummary:
    """A further chart: where it began, and the states it was moved to."""

    chart: str
    title: str
    start: str
    states: tuple[StateStep, ...]


@dataclass(frozen=True, slots=True, repr=False)
class ApprovalSummary:
    """Something that needed an approval: what was asked for, by whom and why, and what became of it."""

    approval: str
    title: str
    what: str
    state: str
    asked: date
    answered: date | None
    asked_by: str = ""
    asked_why: str = ""
    answered_by: str = ""
    because: str = ""


def chart_summaries(protocol: Protocol, course: Course) -> Iterator[ChartSummary]:
    """Every further chart of the protocol."""
    for name, spec in protocol.spec.charts.items():
        steps = []
        for entry in course.chart_moves:
            if entry.chart == name:
                session = course.appointment(entry.session) if entry.session else None
                title = spec.states[entry.state].title if entry.state in spec.states else entry.state
                steps.append(StateStep(entry.state, title, entry.on, session.number if session else None))
        start = spec.states[spec.start].title if spec.start in spec.states else spec.start
        yield ChartSummary(name, spec.title, start, tuple(steps))


def approval_summaries(protocol: Protocol, course: Course) -> Iterator[ApprovalSummary]:
    """Everything that needed an approval, in the order it was asked for."""
    for one in course.approvals:
        yield ApprovalSummary(
            one.approval, title_of(protocol, one), one.what, one.state, one.asked, one.answered,
            _who(one.asked_by), why(one.request), _who(one.answered_by) if one.answered_by else "", one.because,
        )  # fmt: skip


def _who(actor: Actor) -> str:
    return f"{actor.id} ({actor.role})"
