"""What a request speaks of: the names an approval can be limited to, and the request in words without people."""

from __future__ import annotations

import json
from collections.abc import Sequence

from iptengine.course import commands as c
from iptengine.course.course import Approval, Course
from iptengine.course.events import Event
from iptengine.course.wording import day, listed, spoken
from iptengine.protocol.protocol import Protocol


def targets(protocol: Protocol, course: Course, command: c.Command) -> frozenset[str]:
    """What a request speaks of, by the names of the protocol; empty for a contract or a booking.

    A phase, an outcome, a problem area, a stage, a chart, a state, components, an order or a contact.
    """
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
        case c.ChoosePlan(components=components, order=order):
            return frozenset({*components, *_components(protocol, order), *([order] if order else [])})
        case c.ChangePlan(components=components):
            return frozenset(components)
        case c.Interrupt(component=component) | c.FinishComponent(component=component):
            return frozenset({component})
        case c.PrepareMessage(contact=contact):
            return frozenset({contact})
        case _:
            return frozenset()


def _components(protocol: Protocol, order: str) -> tuple[str, ...]:
    plan = protocol.spec.plan
    return plan.orders[order].components if plan and order in plan.orders else ()


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
        case c.PrepareMessage(contact=contact):
            return f"prepare the message of '{_title(protocol, 'contacts', contact)}'"
        case _:
            return _focus_told(protocol, course, command) or _plan_told(protocol, command)


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
            return ""


def _plan_told(protocol: Protocol, command: c.Command) -> str:
    match command:
        case c.ChoosePlan(components=components, order=order):
            return f"choose the plan {_plan(protocol, components, order)}"
        case c.ChangePlan(components=components):
            return f"change the plan to {_plan(protocol, components, '')}"
        case c.Interrupt(component=component):
            return f"interrupt the plan for {_plan(protocol, [component], '')}"
        case c.FinishComponent(component=component):
            return f"finish {_plan(protocol, [component], '')}"
        case _:
            return spoken(command.kind)


def _plan(protocol: Protocol, components: Sequence[str], order: str) -> str:
    """An order, or the components of a plan, by their titles."""
    plan = protocol.spec.plan
    if order or plan is None:
        return f"'{plan.orders[order].title if plan and order in plan.orders else order}'"
    return listed(f"'{plan.components[name].title if name in plan.components else name}'" for name in components)


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


def is_message(request: str) -> bool:
    """Whether a request that was kept asks for a message, which can be prepared after the end too."""
    return f'"kind":"{c.PrepareMessage.kind}"' in request


def kind_of(request: str) -> str:
    """What kind of request was kept; nothing for a text that no version wrote."""
    return str(_said(request).get("kind", ""))


def why(request: str) -> str:
    """The reason given with a request that was kept; nothing where there was none."""
    said = _said(request)
    found = said.get("because") or said.get("reason")
    return found.strip() if isinstance(found, str) else ""


_BECOMES = {
    "plan_chosen": "choose_plan",
    "plan_changed": "change_plan",
    "plan_interrupted": "interrupt",
    "plan_resumed": "resume",
    "component_finished": "finish_component",
}


def asked_first(course: Course, event: Event) -> Approval | None:
    """The request behind a decision about the plan that somebody else approved."""
    kind = _BECOMES.get(event.kind, "")
    found = (
        one
        for one in reversed(course.approvals)
        if one.state == "approved" and one.answered == event.on and one.answered_by == event.by
        and kind_of(one.request) == kind and _said(one.request).get("because") == event.because
    )  # fmt: skip
    return next(found, None)


def _said(request: str) -> dict[str, object]:
    try:
        said = json.loads(request)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def roles(names: tuple[str, ...]) -> str:
    """Who may approve, in words: ``the supervisor``, ``the supervisor or the team lead``."""
    the = [f"the {name}" for name in names]
    return listed(the) if len(the) < 2 else f"{', '.join(the[:-1])} or {the[-1]}"
