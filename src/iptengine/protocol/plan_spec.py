"""What a plan is made of: components with their doses and constraints, and the orders they usually come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

from pydantic import Field

from iptengine.protocol.fields import DoseText, Model, Name, Text
from iptengine.protocol.parts import Conditions, Sourced
from iptengine.protocol.references import ComponentNames, Gives, PhaseNames
from iptengine.protocol.task_spec import Tasks


class ComponentSpec(Sourced):
    """A component: work of a certain dose that a plan may hold."""

    title: Text = Field(description="Its name, as the pages say it")
    aim: Text | None = Field(None, description="What a session is for while it is worked on")
    dose: DoseText = Field(description="Its least and most dose, in sessions or parts of one")
    must: Tasks = Field(default={}, description="Its tasks")
    each_session: Tasks = Field(default={}, description="Tasks of every session in which it is worked on")
    may: Tasks = Field(
        default={},
        description="Optional tasks: each is due while its `only_if` holds, or else while a guest its `present` names "
        "is expected; with neither it is never due, only logged",
    )
    after: ComponentNames = Field((), description="Components that have to be in the plan, earlier than it")
    never_before: ComponentNames = Field(
        (), description="Components that come earlier than it where both are in the plan"
    )
    last: bool = Field(False, description="Nothing comes after it")
    interrupts: bool = Field(False, description="It may interrupt the plan at any time: a safety component")
    done_when: Conditions = Field(
        default={},
        description="When its most dose is not needed: from its least dose on, the page recommends to finish",
    )


class OrderSpec(Sourced):
    """An order in which components usually come."""

    title: Text = Field(description="What it is for, as the pages say it")
    when: Conditions = Field(default={}, description="When it is recommended; left out, it always is")
    components: ComponentNames = Field(description="Its components, in their order")


class PlanSpec(Model):
    """The components a course can be made of; each course is given a plan of its own."""

    components: Mapping[Annotated[Name, Gives("component")], ComponentSpec] = Field(description="What a plan can hold")
    orders: Mapping[Annotated[Name, Gives("order")], OrderSpec] = Field(
        default={}, description="Usual orders, such as one for each problem"
    )
    phases: PhaseNames = Field((), description="Phases in which the plan is worked through; every phase when left out")


class Broken(NamedTuple):
    """A constraint between components that an order does not keep.

    Attributes:
        key: The key that says it: after, never_before or last.
        component: The component that has the key.
        other: The component that stands in the wrong place, or nowhere.
        there: Whether the other is in the order at all.
    """

    key: str
    component: str
    other: str
    there: bool

    def rule(self, plan: PlanSpec) -> str:
        """The constraint, in the titles of the file."""
        one = plan.components[self.component].title
        if self.key == "last":
            return f"nothing comes after '{one}'"
        other = plan.components[self.other].title
        return f"'{one}' comes after '{other}'" if self.key == "after" else f"'{one}' never comes before '{other}'"

    def found(self, plan: PlanSpec) -> str:
        """What the order does instead."""
        other = plan.components[self.other].title
        if not self.there:
            return f"'{other}' is not in this plan"
        return f"'{other}' comes later in this plan"


def broken(plan: PlanSpec, order: tuple[str, ...], before: frozenset[str] = frozenset()) -> Iterator[Broken]:
    """Every constraint that an order of components does not keep; components in `before` were finished earlier."""
    place = {name: number for number, name in enumerate(order)}
    for name in order:
        spec = plan.components[name]
        for other in spec.after:
            if other not in before and place.get(other, len(order)) > place[name]:
                yield Broken("after", name, other, other in place)
        for other in spec.never_before:
            if other not in before and other in place and place[other] > place[name]:
                yield Broken("never_before", name, other, True)
        if spec.last and name != order[-1]:
            yield Broken("last", name, order[-1], True)


def lawful(plan: PlanSpec, names: tuple[str, ...]) -> tuple[str, ...]:
    """Components in an order that keeps the constraints between them, as near to the given one as can be."""
    rest = list(names)
    found: list[str] = []
    while rest:
        free = (name for name in rest if not _earlier(plan, name, rest))
        found.append(next(free, rest[0]))
        rest.remove(found[-1])
    return tuple(found)


def _earlier(plan: PlanSpec, name: str, rest: list[str]) -> set[str]:
    """Those of `rest` that have to come before a component."""
    spec = plan.components[name]
    wanted = {*spec.after, *spec.never_before, *(rest if spec.last else ())}
    return wanted & set(rest) - {name}
