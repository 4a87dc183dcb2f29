"""What a request speaks of: the names an approval can be limited to, and the request in words without people."""

from __future__ import annotations

from iptengine.course import commands as c
from iptengine.course.course import Course
from iptengine.course.wording import day, listed, spoken
from iptengine.protocol.protocol import Protocol


def targets(course: Course, command: c.Command) -> frozenset[str]:
    """The phase, outcome, area, stage, chart or state that a request speaks of; empty for a contract or a booking."""
    match command:
        case c.EnterPhase(phase=phase):
            return frozenset({phase})
        case c.EndCourse(outcome=outcome):
            return frozenset({outcome})
        case c.AgreeFocus(area=area):
            return frozenset({area})
        case c.CloseFocus(focus=focus):
            return frozenset(_area(course, focus))
        case c.ChangeFocus(focus=focus, to=area):
            return frozenset({area, *_area(course, focus)})
        case c.Restage(focus=focus, to=stage):
            return frozenset({stage, *_area(course, focus)})
        case c.MoveChart(chart=chart, to=state):
            return frozenset({chart, state})
        case _:
            return frozenset()


def _area(course: Course, focus: str) -> tuple[str, ...]:
    found = course.focus(focus)
    return (found.area,) if found else ()


def told(protocol: Protocol, course: Course, command: c.Command) -> str:
    """A request in words: ``enter 'Working phase'``. It names no person and repeats nothing that was typed freely."""
    match command:
        case c.EnterPhase(phase=phase):
            return f"enter '{_title(protocol, 'phases', phase)}'"
        case c.EndCourse(outcome=outcome):
            return f"end the course as '{_title(protocol, 'outcomes', outcome)}'"
        case c.Book():
            return f"book an appointment on {day(command.on)}" if command.on else "book an appointment"
        case c.AgreeContract(sessions=sessions):
            return f"agree a contract of {sessions} sessions" if sessions else "agree the contract"
        case c.AmendContract(sessions=sessions):
            return f"amend the contract to {sessions} sessions" if sessions else "amend the contract"
        case c.MoveChart(chart=chart, to=state):
            return _chart_told(protocol, chart, state)
        case _:
            return _focus_told(protocol, course, command)


def _focus_told(protocol: Protocol, course: Course, command: c.Command) -> str:
    match command:
        case c.AgreeFocus(area=area):
            return f"agree the focus '{_title(protocol, 'problem_areas', area)}'"
        case c.CloseFocus(focus=focus):
            return f"close the focus '{_focus(protocol, course, focus)}'"
        case c.ChangeFocus(focus=focus, to=area):
            new = _title(protocol, "problem_areas", area)
            return f"change the focus from '{_focus(protocol, course, focus)}' to '{new}'"
        case c.Restage(focus=focus, to=stage):
            return f"place '{_focus(protocol, course, focus)}' in '{_stage(protocol, course, focus, stage)}'"
        case _:
            return spoken(command.kind)


def _title(protocol: Protocol, part: str, name: str) -> str:
    found = getattr(protocol.spec, part).get(name)
    return str(found.title) if found else name


def _focus(protocol: Protocol, course: Course, focus: str) -> str:
    found = course.focus(focus)
    return _title(protocol, "problem_areas", found.area) if found else "a focus"


def _stage(protocol: Protocol, course: Course, focus: str, stage: str) -> str:
    found = course.focus(focus)
    area = protocol.spec.problem_areas.get(found.area) if found else None
    return area.stages[stage].title if area and stage in area.stages else stage


def _chart_told(protocol: Protocol, chart: str, state: str) -> str:
    found = protocol.spec.charts.get(chart)
    title = found.states[state].title if found and state in found.states else state
    return f"move '{found.title if found else chart}' to '{title}'"


def roles(names: tuple[str, ...]) -> str:
    """Who may approve, in words: ``the supervisor``, ``the supervisor or the team lead``."""
    the = [f"the {name}" for name in names]
    return listed(the) if len(the) < 2 else f"{', '.join(the[:-1])} or {the[-1]}"
