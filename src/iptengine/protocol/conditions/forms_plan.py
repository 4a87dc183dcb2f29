"""Forms about the plan of components: chosen, where it stands, and how much of each component was given."""

from __future__ import annotations

from iptengine.protocol.conditions.comparing import Scale, comparison, holds, stated
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names, Number
from iptengine.protocol.conditions.port import Facts

NO_PLAN = "no plan is chosen yet"


def _in_plan(names: Names, component: str) -> Meaning:
    def read(facts: Facts) -> bool | None:
        chosen = facts.plan_components
        return None if chosen is None else component in chosen

    return holds(
        f"{component} is in the plan",
        read,
        yes=f"{component} is in the plan",
        no=f"{component} is not in the plan",
        unknown=f"whether {component} is in the plan is not known ({NO_PLAN})",
    )


def _current(names: Names, component: str) -> Meaning:
    return holds(
        f"{component} is current",
        lambda facts: facts.current_component == component,
        yes=f"{component} is the component worked on now",
        no=f"{component} is not the component worked on now",
    )


def _finished(names: Names, component: str) -> Meaning:
    return holds(
        f"{component} is finished",
        lambda facts: facts.component_finished(component),
        yes=f"{component} is finished",
        no=f"{component} is not finished",
    )


def _dose(names: Names, component: str, op: str, number: Number) -> Meaning | Problem:
    scale = Scale(0, names.doses.get(component), whole=False)
    return comparison(f"dose of {component}", lambda facts: facts.component_dose(component), op, number, scale)


PLAN = (
    Shape(
        "a plan is chosen",
        "The plan of the course is on record as chosen.",
        stated("a plan is chosen", lambda facts: facts.plan_chosen, NO_PLAN),
    ),
    Shape(
        "COMPONENT is in the plan",
        "The plan of this course holds the component. Unknown before a plan is chosen.",
        _in_plan,
    ),
    Shape(
        "COMPONENT is current",
        "It is the component worked on now: the first of the plan that is not finished, or the one that interrupts it.",
        _current,
    ),
    Shape(
        "COMPONENT is finished",
        "It had its most dose, or a clinician finished it.",
        _finished,
    ),
    Shape(
        "dose of COMPONENT OP NUMBER",
        "The dose on record, in sessions; a part of one is written 1/2 or 0.5.",
        _dose,
        ">= 1",
    ),
    Shape(
        "the plan is interrupted",
        "A component for safety interrupts the plan.",
        stated("the plan is interrupted", lambda facts: facts.plan_interrupted, "the plan is not interrupted"),
    ),
    Shape(
        "the plan is done",
        "A plan is chosen and every component of it is finished.",
        stated("the plan is done", lambda facts: facts.plan_done, "not every component of a chosen plan is finished"),
    ),
)
