"""What a vignette tells about the plan of components, and what it expects of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from iptengine.authoring.vignette_refers import CurrentName, OrderName
from iptengine.authoring.vignette_values import YesOrNo, each_with
from iptengine.protocol.fields import Model, Text, Words
from iptengine.protocol.references import ComponentName, ComponentNames


def _whole_sessions(value: object) -> object:
    """A list of names stands for the same names, each with a whole session; a number is read as text."""
    if isinstance(value, dict):
        return {name: str(dose) if type(dose) is int else dose for name, dose in value.items()}
    return each_with(value, "1")


Doses = Annotated[Mapping[ComponentName, Text], BeforeValidator(_whole_sessions)]


class PlanTold(Model):
    """The plan that is chosen: one of the protocol's orders, or components in an order of their own."""

    order: OrderName | None = Field(None, description="The order")
    components: ComponentNames = Field((), description="The components, in their order")
    because: Text = Field(description="Why this plan")


class PlanChange(Model):
    """The plan from now on."""

    components: ComponentNames = Field(description="The components, in their order; what is finished need not be named")
    because: Text = Field(description="Why it is changed")


class ExpectPlan(Model):
    """Where the plan stands."""

    components: ComponentNames | None = Field(None, description="The components of the plan, in their order")
    current: CurrentName | None = Field(None, description="The component worked on now; none when there is none")
    doses: Mapping[ComponentName, Text] = Field(
        default={}, description="The dose on record, of the least and most: 1 of 1..3"
    )
    finished: ComponentNames | None = Field(None, description="The components of the plan that are finished")
    interrupted: YesOrNo | None = Field(None, description="yes or no: whether it is interrupted now")
    done: bool | None = Field(None, description="Whether every component is finished")
    next: Mapping[ComponentName, Text] | None = Field(
        None, description="What the next session holds of it, each with its dose"
    )


class ExpectPlanSummary(Model):
    """The plan in figures."""

    doses: Mapping[ComponentName, Text] = Field(
        default={}, description="The dose on record of each component: 1 of 1..3"
    )
    decisions: Words | None = Field(
        None,
        description="What was decided: chosen by u17 (therapist): low mood leads",
        examples=["chosen by u17 (therapist): low mood leads"],
    )
