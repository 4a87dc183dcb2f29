"""Where the course stands beside phase and focus: its plan, calendar, pause, group, further charts, what it follows.

Each subject says its lines in a module of its own; here they are put in the order of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from iptengine.course.calendar_lines import calendar_told
from iptengine.course.course import Course
from iptengine.course.erasing import erased_lines
from iptengine.course.facts import CourseFacts
from iptengine.course.further_charts import chart_lines
from iptengine.course.group_lines import group_lines
from iptengine.course.lasting_lines import back_lines, follows_lines, taken_back_lines, voided_lines
from iptengine.course.left_open import left_open_lines
from iptengine.course.lines import Line
from iptengine.course.measure_lines import after_end_told
from iptengine.course.participants import people_standing
from iptengine.course.plan_lines import where_it_stands
from iptengine.course.record_lines import fact_lines, number_lines, review_lines
from iptengine.course.session_lines import held_back_lines, session_lines, topic_lines
from iptengine.course.used_up import used_up_lines
from iptengine.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Standing:
    """What the lines are made from: the course on one day."""

    protocol: Protocol
    course: Course
    facts: CourseFacts
    on: date


def plan_lines(scene: Standing) -> Iterator[Line]:
    """The plan of components, and what interrupts it."""
    for code, told, path in where_it_stands(scene.protocol, scene.course, scene.facts):
        yield Line(code, told, path)


def calendar_lines(scene: Standing) -> Iterator[Line]:
    """The calendar, the named dates, and what hangs on them."""
    for code, text, path in calendar_told(scene.protocol, scene.course, scene.facts):
        yield Line(code, text, path)


def open_lines(scene: Standing) -> Iterator[Line]:
    """What a date that came has ended with work still open."""
    return left_open_lines(scene.protocol, scene.course, scene.facts)


def measure_lines(scene: Standing) -> Iterator[Line]:
    """Readings at the end that are still open once the course has ended."""
    for code, text, path in after_end_told(scene.protocol, scene.course, scene.on):
        yield Line(code, text, path)


def people_lines(scene: Standing) -> Iterator[Line]:
    """Who stays out for now, while there is a session to come."""
    return iter(()) if scene.course.ended else people_standing(scene.protocol, scene.facts)


_SUBJECTS: tuple[Callable[[Standing], Iterator[Line]], ...] = (
    erased_lines,
    used_up_lines,
    session_lines,
    held_back_lines,
    back_lines,
    voided_lines,
    taken_back_lines,
    follows_lines,
    review_lines,
    calendar_lines,
    open_lines,
    plan_lines,
    group_lines,
    measure_lines,
    number_lines,
    fact_lines,
    chart_lines,
    people_lines,
    topic_lines,
)
"""In the order of the page."""


def standing_lines(protocol: Protocol, course: Course, facts: CourseFacts, on: date) -> tuple[Line, ...]:
    """Every line about where the course stands; empty for a protocol that has none of these subjects."""
    scene = Standing(protocol, course, facts, on)
    return tuple(line for subject in _SUBJECTS for line in subject(scene))
