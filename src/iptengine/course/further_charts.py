"""Further charts: where one stands, the move a clinician asks for, and what the page says of it.

A further chart stands beside the phases, such as the stages a group goes through. It begins in its `start`, moves
only when a clinician says so, and along the ways the protocol gives it or by a deviation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course import moves
from iptengine.course.course import Course
from iptengine.course.desk import Desk
from iptengine.course.events import Event
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import Line
from iptengine.course.topics import said
from iptengine.course.wording import dated, listed
from iptengine.protocol.chart_spec import ChartStateSpec, FurtherChartSpec
from iptengine.protocol.protocol import Protocol, Reason, reasons

if TYPE_CHECKING:
    from iptengine.course.standing import Standing


def state_of(protocol: Protocol, course: Course, chart: str) -> str:
    """Where a further chart stands: where it was moved to last, or where it begins."""
    entry = course.chart_moved(chart)
    return entry.state if entry else protocol.spec.charts[chart].start


def why_not_move(protocol: Protocol, course: Course, chart: str, to: str, facts: CourseFacts) -> tuple[Reason, ...]:
    """Every condition that keeps a chart from being moved to `to` along its ways; empty when none."""
    return reasons(protocol.at("charts", chart, "states", state_of(protocol, course, chart), "next", to), facts)


# -- the move ----------------------------------------------------------------------------------------------------


def move_chart(desk: Desk, command: c.MoveChart) -> Iterator[Event]:
    """Move a further chart to one of its states; refused with every reason, or noted as a deviation."""
    spec = _known_chart(desk, command.chart)
    path = ("charts", command.chart, "states")
    if command.to not in spec.states:
        raise desk.nonsense("unknown_state", f"its states are {', '.join(spec.states)}", *path)
    here = state_of(desk.protocol, desk.course, command.chart)
    if command.to == here:
        raise desk.nonsense("already_there", f"'{spec.title}' stands in '{here}' already", *path, here)
    if not command.because.strip():
        raise desk.nonsense("no_reason", "say what the judgement rests on", *path, command.to)
    yield desk.event(
        e.ChartMoved,
        because=command.because,
        chart=command.chart,
        was=here,
        to=command.to,
        way=_moved_by(desk, command, here),
        session=desk.session_today(),
    )


def _known_chart(desk: Desk, name: str) -> FurtherChartSpec:
    charts = desk.protocol.spec.charts
    if name not in charts:
        raise desk.nonsense("unknown_chart", f"the charts are {', '.join(charts) or 'none'}", "charts")
    return charts[name]


def _moved_by(desk: Desk, command: c.MoveChart, here: str) -> str:
    """Let the machine make the move; refuse, or note the deviation, when it does not."""
    unmet = why_not_move(desk.protocol, desk.course, command.chart, command.to, desk.facts)
    machine = moves.further_chart(desk.protocol, command.chart)
    if machine.drive(here, f"{moves.MOVE}:{command.to}", unmet) == command.to:
        return "chart"
    path = ("charts", command.chart, "states", here, "next")
    no_way = desk.reason("no_way", f"'{here}' does not lead to '{command.to}'", "", *path)
    return desk.require(unmet or (no_way,))


# -- what the page says ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Here:
    """A further chart and the state it stands in."""

    chart: str
    spec: FurtherChartSpec
    name: str
    state: ChartStateSpec


def charts_here(protocol: Protocol, course: Course) -> Iterator[Here]:
    """Every further chart of the protocol with the state it stands in."""
    for chart, spec in protocol.spec.charts.items():
        name = state_of(protocol, course, chart)
        if name in spec.states:
            yield Here(chart, spec, name, spec.states[name])


def chart_lines(scene: Standing) -> Iterator[Line]:
    """A line for each further chart: where it stands, since when, what that asks for, and where it can go now."""
    protocol, course = scene.protocol, scene.course
    for here in charts_here(protocol, course):
        entry = course.chart_moved(here.chart)
        since = f", since {_when(course, entry.session, dated(entry.on, scene.on))}" if entry else ""
        aim = here.state.aim or ""
        open_now = [
            here.spec.states[to].title
            for to in here.state.next
            if not why_not_move(protocol, course, here.chart, to, scene.facts)
        ]
        after = f". Open now: {listed(open_now)}." if open_now else "."
        yield Line(
            "chart",
            f"{here.spec.title}: {here.state.title}{since}{'. ' if aim else ''}",
            f"charts.{here.chart}.states.{here.name}",
            {"chart": here.chart, "state": here.name},
            aim.rstrip("."),
            after,
        )


def _when(course: Course, session: str, otherwise: str) -> str:
    """The session something was recorded in, or else its day."""
    found = course.appointment(session) if session else None
    return f"session {found.number}" if found and found.number is not None else otherwise


def words_of_charts(protocol: Protocol, course: Course) -> tuple[tuple[str, ...], ...]:
    """The words that go with the state of each further chart; a chart without any is left out."""
    found = (said(protocol, course.phase, here.state.ask.values()) for here in charts_here(protocol, course))
    return tuple(words for words in found if words)


def notes_of_charts(protocol: Protocol, course: Course) -> tuple[str, ...]:
    """What the state of each further chart remarks."""
    return tuple(here.state.note for here in charts_here(protocol, course) if here.state.note)
