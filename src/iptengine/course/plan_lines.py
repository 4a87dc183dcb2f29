"""What the page, the list of what is due and the warnings say about the plan of components."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from iptengine.course.course import Course
from iptengine.course.events import CourseWarning, Event, PlanChanged, PlanInterrupted
from iptengine.course.facts import CourseFacts
from iptengine.course.plan_state import A_SESSION, ComponentState, PlanState, planned_doses
from iptengine.course.plans import sessions
from iptengine.course.requested import asked_first
from iptengine.course.seen_words import seen_words
from iptengine.course.wording import counted, dated, either, listed, shortened, spoken
from iptengine.protocol.doses import spoken_amount
from iptengine.protocol.plan_spec import PlanSpec
from iptengine.protocol.protocol import Guard, Protocol, verdict
from iptengine.protocol.truth import Truth

REASON = 60
"""Signs of the reason of a decision, where the page repeats it."""

Told = tuple[str, str, str]
"""A code, a sentence, and the place in the protocol it rests on."""


def where_it_stands(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Told]:
    """The plan with the dose of each component, what interrupts it, and what the next session holds of it."""
    plan, state = protocol.spec.plan, facts.plan
    if plan is None:
        return
    if state.chosen:
        yield "plan", f"Plan{_of_order(plan, state)}: {_told(state)}.", "plan"
        if isinstance(course.plans[-1], PlanChanged):
            yield "plan_changed", f"Changed {_by_whom(course, course.plans[-1], facts.on)}", "plan"
    elif not _chooses_here(plan, course):
        yield "plan_not_chosen", _not_chosen(protocol, facts), "plan"
    here = state.interrupted_by
    if here is not None:
        yield "plan_interrupted", _interrupted(course, state, here, facts.on), f"plan.components.{here.name}"
    elif course.interruptions and _lately(course, course.interruptions[-1].on):
        yield from _was_interrupted(plan, course, facts.on)
    parts = planned_doses(protocol, course, state)
    if any(part != A_SESSION for _, part in parts):
        told = listed(f"{protocol.component(name).title} ({sessions(part)})" for name, part in parts)
        yield "plan_today", f"Next session: {told}.", "plan"


def _of_order(plan: PlanSpec, state: PlanState) -> str:
    return f" ({plan.orders[state.order].title})" if state.order in plan.orders else ""


def _told(state: PlanState) -> str:
    now = state.next.name if state.next else ""
    return "; ".join(_one(one, one.name == now, state.interrupted_by is None) for one in state.components)


def _one(one: ComponentState, now: bool, goes_on: bool) -> str:
    dose = one.told()
    if one.finished:
        return f"{one.title} finished ({dose})"
    if now:
        return f"{'now' if goes_on else 'waiting'}: {one.title} ({dose})"
    return f"{one.title} ({dose})"


def _interrupted(course: Course, state: PlanState, here: ComponentState, on: date) -> str:
    last = course.interruptions[-1]
    since = f" since {dated(last.on, on)}" if isinstance(last, PlanInterrupted) else ""
    goes_on = state.next
    then = f" {goes_on.title} goes on afterwards at {goes_on.told()}." if goes_on else ""
    why = shortened(last.because.strip(), REASON).rstrip(".")
    by = f" Said by the {last.by.role}: {why}." if why else ""
    over = " It had its most dose: say that the plan goes on, or interrupt anew." if here.finished else ""
    return f"Interrupted{since} by {here.title} ({here.told()}).{over}{then}{by}"


def _was_interrupted(plan: PlanSpec, course: Course, on: date) -> Iterator[Told]:
    """That the plan goes on after an interruption: why it came, and why it is over."""
    last = course.interruptions[-1]
    begun = next((e for e in reversed(course.interruptions) if isinstance(e, PlanInterrupted)), None)
    title = plan.components[last.component].title if last.component in plan.components else spoken(last.component)
    why = f" {title} came in {_by_whom(course, begun, on)}" if begun else ""
    yield "plan_resumed", f"The plan goes on, so decided {_by_whom(course, last, on)}{why}", "plan"


def _lately(course: Course, on: date) -> bool:
    """Whether no session was held since a day."""
    return course.last_held is None or on >= course.last_held.on


def _by_whom(course: Course, event: Event, on: date) -> str:
    """When, by which role and why, short: ``on 25 March by the therapist: She cannot sleep.``"""
    asked = asked_first(course, event)
    who = f"the {event.by.role}"
    if asked is not None and asked.asked_by.role != event.by.role:
        who = f"the {asked.asked_by.role}, approved by {who}"
    why = shortened(event.because.strip(), REASON).rstrip(".")
    return f"on {dated(event.on, on)} by {who}{f': {why}' if why else ''}."


# -- before a plan is chosen -------------------------------------------------------------------------------------


def _chooses_here(plan: PlanSpec, course: Course) -> bool:
    """Whether the work of the phase is the plan's, so that a plan is missing."""
    return not plan.phases or course.phase in plan.phases


def not_chosen(protocol: Protocol, course: Course, facts: CourseFacts) -> str:
    """That no plan is chosen where one is worked on, with what is recommended; empty when that is not so."""
    plan = protocol.spec.plan
    if plan is None or facts.plan.chosen or not _chooses_here(plan, course):
        return ""
    return _not_chosen(protocol, facts)


def _not_chosen(protocol: Protocol, facts: CourseFacts) -> str:
    told = "No plan is chosen yet."
    plan = protocol.spec.plan
    answers = {
        name: verdict(protocol.at("plan", "orders", name, "when"), facts) for name in (plan.orders if plan else ())
    }  # fmt: skip
    fitting = [_order_told(plan, name) for name, answer in answers.items() if plan and answer is Truth.YES]
    if fitting:
        told += f" Recommended: {listed(fitting)}."
    open_ones = {name: _unknown(protocol, facts, name) for name, found in answers.items() if found is Truth.UNKNOWN}
    for missing in dict.fromkeys(open_ones.values()):
        titles = [plan.orders[name].title for name, why in open_ones.items() if plan and why == missing]
        told += f" Cannot tell yet whether {either(titles)} fits: {missing}."
    return told


def _order_told(plan: PlanSpec, name: str) -> str:
    order = plan.orders[name]
    return f"{order.title} ({', '.join(plan.components[one].title for one in order.components)})"


def _unknown(protocol: Protocol, facts: CourseFacts, order: str) -> str:
    """What is not known of an order: the facts that are missing, by their titles, or else what the conditions say."""
    guards = [g for g in protocol.at("plan", "orders", order, "when") if g.answer(facts) is Truth.UNKNOWN]
    missing = [name for guard in guards for name in facts_of(guard) if not facts.recorded(name)]
    if missing:
        titles = dict.fromkeys(protocol.spec.facts[name].title.rstrip(".") for name in missing)
        return f"{listed(titles)} {'is' if len(titles) == 1 else 'are'} not recorded"
    return seen_words(protocol, facts, guards)


def facts_of(guard: Guard) -> tuple[str, ...]:
    """The facts that a condition speaks of."""
    return tuple(m.name for one in guard.conditions() for m in one.mentions if m.kind == "fact")


# -- finishing early, and what the sessions allow ----------------------------------------------------------------


def finish_early(protocol: Protocol, facts: CourseFacts) -> Iterator[Told]:
    """The component in hand whose rule for finishing holds from its least dose on: recommended, never done."""
    one = facts.plan.current
    if one is None or one.finished or one.short:
        return
    guards = protocol.at("plan", "components", one.name, "done_when")
    if guards and verdict(guards, facts) is Truth.YES:
        why = listed(spoken(guard.name) for guard in guards)
        told = f"{one.title}: its rule for finishing holds ({why}), at {one.told()}. Finish it, or go on."
        yield "finish_component", told, f"plan.components.{one.name}.done_when"


def least_left(state: PlanState) -> Fraction:
    """What the components of the plan still need at the least."""
    return sum((one.short for one in state.counted), Fraction(0))


def plan_warnings(facts: CourseFacts) -> Iterator[CourseWarning]:
    """That the sessions left do not hold what the plan still needs."""
    left, needed = facts.sessions_left, least_left(facts.plan)
    if left is None or needed <= left:
        return
    short = [f"{one.title} ({spoken_amount(one.short)})" for one in facts.plan.counted if one.short]
    text = f"{counted(left, 'session')} left; the plan needs at least {spoken_amount(needed)}: {listed(short)}"
    yield CourseWarning("plan_short", text, "plan")


def plan_due(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[str]:
    """What a clinician has to say about the plan by the next session."""
    missing = not_chosen(protocol, course, facts)
    if missing:
        yield missing
    for _, told, _ in finish_early(protocol, facts):
        yield told
