"""The names of a file: what kinds there are, which keys give a name to something, and which places refer to one.

A name is given by the key of a map (`Gives`) and referred to from other keys and values (`Refers`). Both stand in the
annotations of the models, so that whatever needs to know what a place refers to, a rename or an editor that completes
names, reads it off the models and off the one table of kinds below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator

from iptengine.protocol.fields import DatesText, MomentText, Name, Text, one_or_many

GivenBy = Literal["key", "list", "measure", "format", "program", "vignette"]


@dataclass(frozen=True, slots=True)
class NameKind:
    """A kind of name.

    Attributes:
        a: It with its article, as a message says it.
        of: The kind it belongs to; the name is its own only within that: a stage within its problem area.
        given_by: Where such names come from: a key of this file, a list in it, a measure file, the format, the
            program around, or a vignette.
        local: Nothing else in the file refers to it; its name is its own only within its map.
        taken: Words that mean something else where such a name stands, and so are no names of this kind.
    """

    a: str
    of: str = ""
    given_by: GivenBy = "key"
    local: bool = False
    taken: frozenset[str] = frozenset()


JOINING: frozenset[str] = frozenset({"all", "any", "and", "or", "says"})
"""Words that say how conditions go together, or that one follows."""
TURNING: frozenset[str] = frozenset(
    {"not", "nor", "neither", "none", "never", "unless", "except", "until", "if_not", "not_if"}
)
"""Words that say of a condition that it does not hold."""
NO_ROLE: frozenset[str] = frozenset(
    {
        "all", "any", "anybody", "anyone", "each", "every", "everybody", "everyone", "except", "false", "no", "nobody",
        "none", "not", "nothing", "true", "yes",
    }
)  # fmt: skip
"""Words for many, for none, or for all but some, with which no role begins."""

KINDS: Mapping[str, NameKind] = {
    "phase": NameKind("a phase"),
    "area": NameKind("a problem area"),
    "stage": NameKind("a stage", of="area"),
    "chart": NameKind("a chart"),
    "state": NameKind("a state", of="chart"),
    "task": NameKind("a task"),
    "technique": NameKind("a technique"),
    "measure": NameKind("a measure"),
    "checklist": NameKind("a checklist"),
    "question": NameKind("a question", of="checklist"),
    "fact": NameKind("a fact"),
    "contact": NameKind("a contact"),
    "participant": NameKind("a participant"),
    "alert": NameKind("an alert", taken=frozenset({"all", "risk_item"})),
    "approval": NameKind("an approval"),
    "pause": NameKind("a pause"),
    "component": NameKind("a component"),
    "order": NameKind("an order of components"),
    "session": NameKind("a session of the running order"),
    "topic": NameKind("a topic"),
    "outcome": NameKind("an outcome"),
    "source": NameKind("a source"),
    "policy": NameKind("a policy for missed sessions"),
    "step": NameKind("a step of the hour"),
    "decision": NameKind("a decision", local=True),
    "frequency": NameKind("a frequency", local=True),
    "condition": NameKind("a condition", local=True, taken=JOINING | TURNING),
    "goal": NameKind("a goal", local=True),
    "phrase": NameKind("words to say", local=True),
    "if line": NameKind("a line of what may come up", local=True),
    "patient line": NameKind("a line of the patient's page", local=True),
    "technique step": NameKind("a step of a technique", local=True),
    "contact part": NameKind("a part of a meeting", local=True),
    "change group": NameKind("a group of changes", local=True),
    "value": NameKind("a value", of="fact", given_by="list"),
    "item": NameKind("an item", of="measure", given_by="measure"),
    "rule": NameKind("a change rule", of="measure", given_by="measure"),
    "band": NameKind("a band", of="measure", given_by="measure"),
    "status": NameKind("an appointment status", given_by="format"),
    "request": NameKind("a request", given_by="format"),
    "role": NameKind("a role", given_by="program", taken=NO_ROLE),
    "focus": NameKind("a focus", given_by="vignette"),
    "way": NameKind("something that can be said to a course", given_by="vignette"),
    "recorded": NameKind("something that a happening says", given_by="vignette"),
}
"""Every kind of name that a file gives or refers to; the kinds of `Mention` are these."""


@dataclass(frozen=True, slots=True)
class Gives:
    """A key with this marker gives a name of the kind to what stands under it."""

    kind: str


@dataclass(frozen=True, slots=True)
class Refers:
    """A name with this marker stands for something of one of these kinds.

    Attributes:
        kinds: The kinds; more than one where a place may refer to either, as a way leads to a phase or an outcome.
        always: Names that are always there and that no file gives: the patient.
        asked_by: The key beside it that names the requests it narrows; they say which of `kinds` can be meant.
    """

    kinds: tuple[str, ...]
    always: tuple[str, ...] = ()
    asked_by: str = ""


SPOKEN_OF: Mapping[str, tuple[str, ...]] = {
    "enter_phase": ("phase",),
    "end_course": ("outcome",),
    "agree_focus": ("area",),
    "close_focus": ("area",),
    "change_focus": ("area",),
    "restage": ("stage", "area"),
    "move_chart": ("chart", "state"),
    "choose_plan": ("order", "component"),
    "change_plan": ("component",),
    "interrupt": ("component",),
    "finish_component": ("component",),
    "prepare_message": ("contact",),
}
"""What each request speaks of, so that an approval can be limited to it."""

_SPOKEN = tuple(dict.fromkeys(kind for kinds in SPOKEN_OF.values() for kind in kinds))

# The types of the fields that refer to something.

SourceName = Annotated[Name, Refers(("source",))]
SourceNames = Annotated[tuple[SourceName, ...], BeforeValidator(one_or_many)]
PhaseName = Annotated[Name, Refers(("phase",))]
PhaseNames = Annotated[tuple[PhaseName, ...], BeforeValidator(one_or_many)]
TargetName = Annotated[Name, Refers(("phase", "outcome"))]
AreaName = Annotated[Name, Refers(("area",))]
StageName = Annotated[Name, Refers(("stage",))]
StateName = Annotated[Name, Refers(("state",))]
StepName = Annotated[Name, Refers(("step",))]
TaskName = Annotated[Name, Refers(("task",))]
TaskNames = Annotated[tuple[TaskName, ...], BeforeValidator(one_or_many)]
TechniqueName = Annotated[Name, Refers(("technique",))]
TechniqueNames = Annotated[tuple[TechniqueName, ...], BeforeValidator(one_or_many)]
TopicName = Annotated[Name, Refers(("topic",))]
PersonName = Annotated[Name, Refers(("participant",), always=("patient",))]
PersonNames = Annotated[tuple[PersonName, ...], BeforeValidator(one_or_many)]
PolicyName = Annotated[Name, Refers(("policy",))]
ComponentName = Annotated[Name, Refers(("component",))]
ComponentNames = Annotated[tuple[ComponentName, ...], BeforeValidator(one_or_many)]
RequestName = Annotated[Name, Refers(("request",))]
RequestNames = Annotated[tuple[RequestName, ...], BeforeValidator(one_or_many)]
SpokenName = Annotated[Name, Refers(_SPOKEN, asked_by="of")]
SpokenNames = Annotated[tuple[SpokenName, ...], BeforeValidator(one_or_many)]
RoleName = Annotated[Text, Refers(("role",))]
RoleNames = Annotated[tuple[RoleName, ...], BeforeValidator(one_or_many)]
DatedMoment = Annotated[MomentText, Refers(("fact",))]
"""A moment that may hang on a date among the facts: ``2 weeks before birth``."""
DatedStretch = Annotated[DatesText, Refers(("fact",))]
"""A stretch between dates among the facts: ``until birth``."""
