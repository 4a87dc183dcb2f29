"""What one step of a course reaches of its protocol: looked at from outside, event by event, nothing traced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from iptengine.course.course import Course, Focus
from iptengine.course.due_tasks import due_tasks
from iptengine.course.events import (
    AlertRaised,
    ChartMoved,
    ContactHeld,
    ContractAgreed,
    CourseEnded,
    Event,
    FocusStaged,
    PhaseEntered,
    ReadingTaken,
    TaskLogged,
)
from iptengine.course.evolve import evolve
from iptengine.course.facts import CourseFacts
from iptengine.course.further_charts import state_of
from iptengine.diagnostics import Path
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Guard, Protocol
from iptengine.protocol.truth import Truth
from iptengine.testing.marks import (
    ALONE,
    HOW_TRUE,
    Mark,
    band_edges,
    compared_with_edge,
    edge_of,
    risk_answer,
    stage_mark,
    stands_alone,
    state_mark,
)


def reached(protocol: Protocol, before: Course, events: Iterable[Event], on: date) -> Iterator[Mark]:
    """Everything that is reached from `before` on by `events` on the day `on`; a mark may come more than once.

    Conditions are looked at where they stand: those of a phase while the course is in it, those of a stage for each
    focus in it, the rest at any time. They are looked at before the first event and after each.
    """
    course = before
    yield from _standing(protocol, course, on)
    yield from _due(protocol, course, on)
    for event in events:
        yield from _happened(protocol, course, event)
        course = evolve(course, event)
        yield from _standing(protocol, course, on)
    yield from _due(protocol, course, on)


# -- what happened -----------------------------------------------------------------------------------------------


def _happened(protocol: Protocol, course: Course, event: Event) -> Iterator[Mark]:
    match event:
        case PhaseEntered(way="chart"):
            yield Mark("moves", ("phases", event.was, "next", event.phase), "taken")
        case CourseEnded():
            yield Mark("outcomes", ("outcomes", event.outcome), "reached")
            if event.way == "chart":
                yield Mark("moves", ("phases", course.phase, "next", event.outcome), "taken")
        case FocusStaged(way="chart"):
            focus = course.focus(event.focus)
            if focus is not None:
                path = ("problem_areas", focus.area, "stages", event.was, "next", event.stage)
                yield Mark("moves of stages", path, "taken")
        case ChartMoved(way="chart"):
            yield Mark("moves of charts", ("charts", event.chart, "states", event.was, "next", event.to), "taken")
        case TaskLogged(how="done"):
            if event.task in protocol.tasks:
                yield Mark("tasks done", protocol.tasks[event.task].path, "done")
        case ContractAgreed(sessions=int(number)):
            yield Mark("cut-offs", ("contract", "sessions"), f"agreed for {number}")
        case ContactHeld():
            yield Mark("contacts", ("contacts", event.contact), "held")
        case AlertRaised():
            yield Mark("alerts", ("alerts", event.code), "raised")
        case ReadingTaken():
            yield from _reading(event, protocol.measures[event.measure])


def _reading(event: ReadingTaken, measure: Measure) -> Iterator[Mark]:
    for mark, edge in band_edges(event.measure, measure):
        if edge.seen(event.total) == mark.how:
            yield mark
    keyed = measure.layout.keys
    for item, line in measure.layout.risks:
        value = keyed[item].scored(event.answers[item]) if item in event.answers else None
        yield risk_answer(event.measure, item, line, value)


# -- where it stands, and what its conditions say ----------------------------------------------------------------


def _due(protocol: Protocol, course: Course, on: date) -> Iterator[Mark]:
    if course.started is None or course.ended is not None:
        return
    for task in due_tasks(protocol, course, CourseFacts(protocol, course, on)):
        if task.task in protocol.tasks:
            yield Mark("tasks due", protocol.tasks[task.task].path, "due")


def _standing(protocol: Protocol, course: Course, on: date) -> Iterator[Mark]:
    if course.started is None:
        return
    yield Mark("phases", ("phases", course.phase), "entered")
    for focus in course.open_focuses:
        if protocol.spec.problem_areas[focus.area].stages:
            yield stage_mark(focus.area, focus.stage or UNSTAGED)
    for chart in protocol.spec.charts:
        yield state_mark(chart, state_of(protocol, course, chart))
    facts = CourseFacts(protocol, course, on)
    for path, guards in protocol.guards.items():
        for seen in _asked(path, course, facts, protocol):
            for guard in guards:
                yield from _answered(guard, seen)
            unmet = [guard for guard in guards if guard.answer(seen) is not Truth.YES]
            if len(unmet) == 1 and stands_alone(path, guards):
                yield Mark("conditions", unmet[0].path, ALONE)


def _asked(path: Path, course: Course, facts: CourseFacts, protocol: Protocol) -> Iterator[CourseFacts]:
    """The facts a condition is judged by: none where it is not asked now, one for each focus it speaks of."""
    if course.ended is not None and path[0] not in ("alerts", "contacts"):
        return
    match path:
        case ("phases", phase, *_):
            if phase == course.phase:
                yield facts
        case ("problem_areas", area, "stages", stage, *_):
            yield from (facts.for_focus(f) for f in _of(course, area) if (f.stage or UNSTAGED) == stage)
        case ("problem_areas", area, *_):
            yield from (facts.for_focus(f) for f in _of(course, area))
        case ("charts", chart, "states", state, *_):
            if state_of(protocol, course, str(chart)) == state:
                yield facts
        case _:
            yield facts


def _of(course: Course, area: object) -> Iterator[Focus]:
    return (focus for focus in course.open_focuses if focus.area == area)


def _answered(guard: Guard, facts: CourseFacts) -> Iterator[Mark]:
    yield Mark("conditions", guard.path, HOW_TRUE[guard.answer(facts)])
    if guard.sentence is not None:
        edge = edge_of(guard.sentence)
        how = edge.seen(compared_with_edge(guard.sentence, facts)) if edge else ""
        if how:
            yield Mark("cut-offs", guard.path, how)
    for part in guard.parts:
        yield from _answered(part, facts)


__all__ = ["reached"]
