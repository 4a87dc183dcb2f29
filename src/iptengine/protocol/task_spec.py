"""What a session is made of: tasks, the steps of the hour, what to do if something comes up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from iptengine.protocol.fields import (
    Label,
    Model,
    Name,
    PositionText,
    Text,
    TimesText,
    short_form,
)
from iptengine.protocol.parts import Conditions, Sourced
from iptengine.protocol.references import Gives, PersonNames, TaskNames, TechniqueNames, TopicName
from iptengine.protocol.topics import Phrases

RecordKind = Literal[
    "diagnosis", "inventory", "timeline", "formulation", "focus", "goals", "contract", "stage", "announcement",
    "reading", "homework",
]  # fmt: skip


class TaskSpec(Sourced):
    """Something the protocol asks the therapist to do."""

    do: Text = Field(description="The task, as an instruction to the therapist")
    label: Label | None = Field(None, description="One word for the plan of the hour, of at most 12 characters")
    first: bool = Field(False, description="Show it among what must not be missed while it is due")
    only_if: Conditions = Field(default={}, description="It is due only while these hold")
    times: TimesText | None = Field(
        None,
        description="How often; once when left out. `every 3 months` counts from the day it was last done, or else "
        "from the day its phase began",
    )
    by: PositionText | None = Field(None, description="The session by which it should be done")
    not_before: PositionText | None = Field(None, description="The session from which it is due")
    after: TaskNames = Field((), description="Tasks that come before it")
    present: PersonNames = Field((), description="Who has to be there")
    techniques: TechniqueNames = Field((), description="Techniques that suit it")
    minutes: int | None = Field(None, ge=1, le=240, description="Minutes it usually takes")
    recorded_by: RecordKind | None = Field(None, description="A record that also counts as this task done")
    topic: TopicName | None = Field(
        None,
        description="The topic it belongs to; the phase says how to meet it, and so whether the task is due",
        examples=["eating"],
    )
    ask: Phrases = Field(default={}, description="Words a therapist may say")
    note: Text | None = Field(None, description="A remark for the therapist")


TaskEntry = Annotated[TaskSpec, BeforeValidator(short_form("do"))]
Tasks = Mapping[Annotated[Name, Gives("task")], TaskEntry]


class StepSpec(Sourced):
    """One step in the running order of a session."""

    label: Label = Field(description="One word that stands before the step, of at most 12 characters")
    text: Text | None = Field(
        None,
        description="The step in a sentence, in place of the words of the tasks it covers; left out, its tasks speak",
    )
    minutes: int = Field(ge=1, le=240, description="Its share of the hour, scaled to the agreed minutes")
    covers: TaskNames = Field((), description="Tasks that are done in this step")
    focus_work: bool = Field(False, description="The next task due in the focus and its stage goes here")


class StepChange(Model):
    """What a stage or an area says differently in a step of the hour."""

    label: Label | None = Field(None, description="Its word in this stage, of at most 12 characters")
    text: Text | None = Field(None, description="Its sentence in this stage")


class IfLine(Sourced):
    """What to do if something comes up."""

    when: Text = Field(description="What may come up, in a few words")
    then: Text = Field(description="What to do then")


IfLines = Mapping[Annotated[Name, Gives("if line")], IfLine]
