"""The plan of a course is chosen, changed, interrupted and worked through: what is asked for, and what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.course import Course
from iptengine.course.desk import Desk, warning
from iptengine.course.events import CourseWarning, Event
from iptengine.course.plan_state import A_SESSION, ComponentState, component_state, plan_state, planned_doses
from iptengine.course.unsaid import TO_SAY
from iptengine.course.wording import listed
from iptengine.protocol.doses import amount, spoken_amount
from iptengine.protocol.plan_spec import PlanSpec, broken, lawful
from iptengine.protocol.protocol import Protocol, Reason, verdict
from iptengine.protocol.truth import Truth

Events = Iterator[Event]
NOT_DELIVERED = frozenset({"not_done", "deferred", "declined", "not_applicable"})


# -- choosing and changing ---------------------------------------------------------------------------------------


def choose(desk: Desk, command: c.ChoosePlan) -> Events:
    plan = _plan(desk)
    _says_why(desk, command.because, "say why this plan")
    if desk.course.plans:
        raise desk.nonsense("already_chosen", "a plan is chosen already; change it", "plan")
    if bool(command.components) == bool(command.order):
        raise desk.nonsense("which_plan", "name the components of the plan, or one of the orders", "plan")
    if command.order and command.order not in plan.orders:
        known = ", ".join(plan.orders) or "none"
        raise desk.nonsense("unknown_order", f"the orders are {known}", "plan", "orders")
    wanted = plan.orders[command.order].components if command.order else tuple(command.components)
    _components_make_sense(desk, plan, wanted)
    way = desk.require(_why_not_in_this_order(desk, plan, wanted))
    yield desk.event(
        e.PlanChosen, warnings=_not_recommended(desk, command.order), because=command.because, components=wanted,
        order=command.order, way=way,
    )  # fmt: skip


def change(desk: Desk, command: c.ChangePlan) -> Events:
    plan = _plan(desk)
    _says_why(desk, command.because, "say why the plan is changed")
    if not desk.course.plans:
        raise desk.nonsense("no_plan", "no plan is chosen yet; choose one", "plan")
    wanted = tuple(command.components)
    _components_make_sense(desk, plan, wanted)
    state = plan_state(desk.protocol, desk.course)
    kept = tuple(one.name for one in state.components if one.finished and one.name not in wanted)
    wanted = (*kept, *wanted)
    way = desk.require(_why_not_in_this_order(desk, plan, wanted))
    yield desk.event(e.PlanChanged, because=command.because, components=wanted, was=state.names, way=way)


def _plan(desk: Desk) -> PlanSpec:
    plan = desk.protocol.spec.plan
    if plan is None:
        raise desk.nonsense("no_components", "this protocol has no plan of components")
    return plan


def _says_why(desk: Desk, because: str, text: str) -> None:
    if not because.strip():
        raise desk.nonsense("no_reason", text, "plan")


def _known(desk: Desk, plan: PlanSpec, name: str) -> None:
    if name not in plan.components:
        text = f"the components are {', '.join(plan.components)}"
        raise desk.nonsense("unknown_component", text, "plan", "components")


def _components_make_sense(desk: Desk, plan: PlanSpec, wanted: Sequence[str]) -> None:
    if not wanted:
        raise desk.nonsense("empty_plan", "a plan holds at least one component", "plan", "components")
    for name in wanted:
        _known(desk, plan, name)
    twice = [name for number, name in enumerate(wanted) if name in wanted[:number]]
    if twice:
        text = f"a component stands in a plan once; '{plan.components[twice[0]].title}' is named twice"
        raise desk.nonsense("component_twice", text, "plan", "components", twice[0])


def _why_not_in_this_order(desk: Desk, plan: PlanSpec, wanted: tuple[str, ...]) -> Iterator[Reason]:
    """Every constraint the order does not keep; what is finished was earlier, whatever the order says."""
    before = frozenset(name for name in plan.components if _finished(desk, name))
    for one in broken(plan, wanted, before):
        path = ("plan", "components", one.component, one.key)
        yield desk.reason(one.key, one.rule(plan), one.found(plan), *path)


def _finished(desk: Desk, name: str) -> bool:
    return component_state(desk.protocol, desk.course, name).finished


def _not_recommended(desk: Desk, order: str) -> Iterator[CourseWarning]:
    """That an order is not the one its conditions recommend: told, and left to the clinician."""
    if not order or verdict(desk.protocol.at("plan", "orders", order, "when"), desk.facts) is Truth.YES:
        return
    found = recommended(desk.protocol, desk)
    told = f"recommended: {listed(found)}" if found else "no order is recommended"
    yield warning("order_not_recommended", f"its conditions do not hold; {told}", "plan", "orders", order)


def recommended(protocol: Protocol, desk: Desk) -> tuple[str, ...]:
    """The titles of the orders whose conditions hold."""
    orders = protocol.spec.plan.orders if protocol.spec.plan else {}
    return tuple(
        spec.title
        for name, spec in orders.items()
        if verdict(protocol.at("plan", "orders", name, "when"), desk.facts) is Truth.YES
    )


# -- interrupting ------------------------------------------------------------------------------------------------


def interrupt(desk: Desk, command: c.Interrupt) -> Events:
    plan = _plan(desk)
    _known(desk, plan, command.component)
    _says_why(desk, command.because, "say why the plan is interrupted")
    state = plan_state(desk.protocol, desk.course)
    spec = plan.components[command.component]
    path = ("plan", "components", command.component)
    here = state.interrupted_by
    if here is not None and here.name == command.component and not here.finished:
        raise desk.nonsense("already_interrupted", f"'{spec.title}' interrupts the plan already", *path)
    if not spec.interrupts:
        able = [one.title for one in plan.components.values() if one.interrupts]
        sentence = f"those that may: {listed(able)}" if able else "no component here does"
        text = f"'{spec.title}' is no component that interrupts"
        desk.require((desk.reason("interrupts", text, sentence, *path, "interrupts"),))
    former = state.current
    yield desk.event(
        e.PlanInterrupted, because=command.because, component=command.component, former=former.name if former else ""
    )


def resume(desk: Desk, command: c.Resume) -> Events:
    _plan(desk)
    _says_why(desk, command.because, "say why the plan goes on")
    state = plan_state(desk.protocol, desk.course)
    if state.interrupted_by is None:
        raise desk.nonsense("not_interrupted", "the plan is not interrupted", "plan")
    yield desk.event(
        e.PlanResumed, because=command.because, component=state.interrupted_by.name,
        goes_on=state.next.name if state.next else "",
    )  # fmt: skip


# -- working through it ------------------------------------------------------------------------------------------


def finish(desk: Desk, command: c.FinishComponent) -> Events:
    plan = _plan(desk)
    _known(desk, plan, command.component)
    _says_why(desk, command.because, "say why it is finished")
    state = plan_state(desk.protocol, desk.course)
    found = next((one for one in state.counted if one.name == command.component), None)
    path = ("plan", "components", command.component)
    if found is None:
        text = f"'{plan.components[command.component].title}' is not in the plan of this course"
        raise desk.nonsense("not_in_plan", text, *path)
    if found.finished:
        raise desk.nonsense("already_finished", f"'{found.title}' is finished already", *path)
    way = desk.require(_below_least(desk, found))
    yield desk.event(
        e.ComponentFinished, because=command.because, component=found.name, reached=str(found.reached), way=way
    )


def _below_least(desk: Desk, found: ComponentState) -> Iterator[Reason]:
    if found.short:
        text = f"'{found.title}' takes at least {sessions(found.dose.least)}"
        sentence = f"{found.told()} on record"
        yield desk.reason("below_least_dose", text, sentence, "plan", "components", found.name, "dose")


def sessions(dose: Fraction) -> str:
    """An amount in words: ``1 session``, ``1/2 session``, ``3 sessions``."""
    return f"{spoken_amount(dose)} session{'' if dose <= 1 else 's'}"


def deliver(desk: Desk, command: c.DeliverComponent) -> Events:
    plan = _plan(desk)
    _known(desk, plan, command.component)
    try:
        given = amount(command.dose)
    except ValueError as wrong:
        path = ("plan", "components", command.component, "dose")
        raise desk.nonsense("dose", str(wrong), *path) from wrong
    yield desk.event(
        e.ComponentDelivered, warnings=_delivery_warnings(desk, command.component, given),
        component=command.component, dose=str(given), session=desk.session_today(),
    )  # fmt: skip


def _delivery_warnings(desk: Desk, name: str, given: Fraction) -> Iterator[CourseWarning]:
    state = plan_state(desk.protocol, desk.course)
    found = component_state(desk.protocol, desk.course, name)
    path = ("plan", "components", name)
    if found.closed:
        yield warning("component_finished", f"'{found.title}' was finished", *path)
    if found.reached + given > found.dose.most:
        makes = spoken_amount(found.reached + given)
        sentence = f"'{found.title}' takes at most {sessions(found.dose.most)}; this makes {makes}"
        yield warning("beyond_most_dose", sentence, *path, "dose")
    if all(one.name != name for one in state.counted):
        told = "is not in the plan of this course" if state.chosen else "was worked on before a plan was chosen"
        yield warning("not_in_plan", f"'{found.title}' {told}", *path)
        return
    skipped = [one.title for one in _before(state.components, name) if one.short]
    if skipped and state.interrupted_by is None:
        yield warning("out_of_turn", f"{listed(skipped)} comes before it and has not had its least dose", *path)


def _before(components: Sequence[ComponentState], name: str) -> Iterator[ComponentState]:
    for one in components:
        if one.name == name:
            return
        yield one


# -- a whole session ---------------------------------------------------------------------------------------------


def split_exceptions(protocol: Protocol, exceptions: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The exceptions of a session record: those that speak of tasks, and those that speak of components."""
    plan = protocol.spec.plan
    components = plan.components if plan else {}
    of_components = {name: how for name, how in exceptions.items() if name in components}
    return {name: how for name, how in exceptions.items() if name not in of_components}, of_components


def deliveries(
    protocol: Protocol, course: Course, exceptions: Mapping[str, str]
) -> tuple[c.DeliverComponent, ...]:  # fmt: skip
    """What a session held as planned delivers, but for its exceptions."""
    planned = dict(planned_doses(protocol, course, plan_state(protocol, course)))
    found = []
    for name in dict.fromkeys((*planned, *exceptions)):
        how = exceptions.get(name, "done")
        if how not in NOT_DELIVERED:
            found.append(c.DeliverComponent(name, dose=str(planned.get(name, A_SESSION)) if how == "done" else how))
    return tuple(found)


def left_out_unplanned(
    protocol: Protocol, course: Course, exceptions: Mapping[str, str]
) -> Iterator[CourseWarning]:  # fmt: skip
    """Components that a record leaves out of a session which did not hold them: perhaps another one is meant."""
    planned = dict(planned_doses(protocol, course, plan_state(protocol, course)))
    for name, how in exceptions.items():
        if how in NOT_DELIVERED and name not in planned:
            title = protocol.component(name).title
            text = f"'{title}' was not planned for this session, so that nothing of it was left out"
            yield warning("not_planned", text, "plan", "components", name)


def without_undelivered(
    protocol: Protocol, planned: Sequence[str], exceptions: Mapping[str, str]
) -> tuple[str, ...]:  # fmt: skip
    """The planned tasks without those of components that were left out."""
    left_out = {name for name, how in exceptions.items() if how in NOT_DELIVERED}
    return tuple(task for task in planned if protocol.tasks[task].component not in left_out)


# -- ways --------------------------------------------------------------------------------------------------------


class Ask(NamedTuple):
    """A command that can be given about the plan, with the choices for its fields."""

    command: c.Command
    fields: Mapping[str, Sequence[str]]


def plan_ways(protocol: Protocol, course: Course, on: date) -> Iterator[Ask]:
    """What can be said about the plan of a course on a day."""
    plan = protocol.spec.plan
    if plan is None:
        return
    names, why = tuple(plan.components), TO_SAY
    state = plan_state(protocol, course)
    if state.chosen:
        ahead = tuple(one.name for one in state.components if not one.finished)
        others = tuple(name for name in names if name not in state.names and not plan.components[name].interrupts)
        kept = lawful(plan, (*ahead, *others)) or state.names
        yield Ask(c.ChangePlan(kept, because=why, on=on), {"components": names, "because": ()})
    else:
        for order in plan.orders:
            yield Ask(c.ChoosePlan(order=order, because=why, on=on), {"because": ()})
        whole = lawful(plan, tuple(name for name in names if not plan.components[name].interrupts) or names)
        yield Ask(c.ChoosePlan(components=whole, because=why, on=on), {"components": names, "because": ()})
    for name, spec in plan.components.items():
        here = state.interrupted_by
        if spec.interrupts and (here is None or here.name != name or here.finished):
            yield Ask(c.Interrupt(name, because=why, on=on), {"because": ()})
    if state.interrupted_by is not None:
        yield Ask(c.Resume(because=why, on=on), {"because": ()})
    for one in state.counted:
        if not one.finished:
            yield Ask(c.FinishComponent(one.name, because=why, on=on), {"because": ()})
    for name in names:
        yield Ask(c.DeliverComponent(name, on=on), {"dose": ()})


PLAN_REQUESTS: Mapping[str, Any] = {
    "choose_plan": choose,
    "change_plan": change,
    "interrupt": interrupt,
    "resume": resume,
    "finish_component": finish,
}
PLAN_REPORTS: Mapping[str, Any] = {"deliver_component": deliver}
