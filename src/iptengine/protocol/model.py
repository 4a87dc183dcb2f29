"""What a treatment is: the frozen models of a protocol file, in the order a clinician reads it.

Every map is keyed by name, so that one path (``phases.initial.next.middle``) is at once the key of a line,
of a finding and of a change. What a key means is said in its description, which the reference page prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from iptengine.protocol.fields import (
    FrequencyText,
    Label,
    MeasureRef,
    Model,
    MomentText,
    Name,
    Names,
    PositionText,
    ProtocolId,
    RangeText,
    RhythmText,
    Text,
    TimesText,
    Version,
    WindowText,
    Words,
    short_form,
)

Status = Literal["attended", "late_cancel", "cancelled_by_patient", "cancelled_by_therapist", "no_show", "rescheduled"]
STATUSES: tuple[Status, ...] = (
    "attended", "late_cancel", "cancelled_by_patient", "cancelled_by_therapist", "no_show", "rescheduled",
)  # fmt: skip
MISSES: frozenset[str] = frozenset({"late_cancel", "cancelled_by_patient", "no_show"})
UNSTAGED = "unstaged"
RecordKind = Literal[
    "diagnosis", "inventory", "timeline", "formulation", "focus", "goals", "contract", "stage", "announcement",
    "reading", "homework",
]  # fmt: skip


class Source(Model):
    """What a statement rests on: a citation, a decision, or nothing verified yet."""

    cite: Text | None = Field(None, description="A publication, as a reader would look it up")
    decision: Text | None = Field(None, description="Who decided it, and when")
    unverified: Text | None = Field(None, description="Background knowledge that nobody has checked against a source")

    @model_validator(mode="after")
    def _one_kind(self) -> Source:
        given = [kind for kind in ("cite", "decision", "unverified") if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError("give a source exactly one of cite, decision or unverified")
        return self

    @property
    def kind(self) -> str:
        """``cite``, ``decision`` or ``unverified``."""
        return next(kind for kind in ("cite", "decision", "unverified") if getattr(self, kind) is not None)


SourceEntry = Annotated[Source, BeforeValidator(short_form("cite"))]


class Sourced(Model):
    """A part that states something clinical and says what it rests on."""

    source: Names = Field((), description="Names from sources: what this rests on")


class Condition(Model):
    """What must hold: one sentence, or several named ones under all, any or not."""

    says: Text | None = Field(None, description="One sentence of the condition language")
    all: Mapping[Name, ConditionEntry] | None = Field(None, description="Every one of these must hold")
    any: Mapping[Name, ConditionEntry] | None = Field(None, description="At least one of these must hold")
    not_: Mapping[Name, ConditionEntry] | None = Field(None, alias="not", description="None of these may hold")

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        forms = (self.says, self.all, self.any, self.not_)
        if sum(form is not None for form in forms) != 1:
            raise ValueError("write one sentence, or exactly one of all, any or not")
        if any(form is not None and not form for form in forms):
            raise ValueError("name at least one condition here")
        return self


ConditionEntry = Annotated[Condition, BeforeValidator(short_form("says"))]
Conditions = Mapping[Name, ConditionEntry]


class Decision(Sourced):
    """A reading this protocol takes where its sources differ, and why."""

    reads: Text = Field(description="The reading taken")
    because: Text = Field(description="Why this one")


class MissedPolicy(Sourced):
    """Which appointments use up a place in the contracted count."""

    title: Text = Field(description="The policy in a sentence, as the contract says it")
    uses_session: tuple[Status, ...] = Field(description="Appointment statuses that use up a session")

    @model_validator(mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        if isinstance(value, dict) and isinstance(value.get("uses_session"), list):
            return {**value, "uses_session": tuple(value["uses_session"])}
        return value


class ContractSpec(Sourced):
    """What the contract may agree: number, frequency, minutes, mode, missed sessions."""

    sessions: RangeText | None = Field(
        None, description="How many sessions may be agreed; one number needs no contract step"
    )
    frequency: FrequencyText = Field(description="How often sessions are planned unless agreed otherwise")
    minutes: RangeText = Field(description="How long a session may be agreed to last")
    mode: Words = Field(("in person",), description="How sessions may be held")
    missed: Mapping[Name, MissedPolicy] = Field(
        default={}, description="Missed-session policies the contract picks from"
    )
    missed_unless_agreed: Name | None = Field(None, description="The policy that holds until one is agreed")


class ParticipantSpec(Sourced):
    """Somebody who may be present or addressed."""

    title: Text = Field(description="Who this is")


class FactSpec(Sourced):
    """Something typed that is recorded about the course beside readings and tasks."""

    title: Text = Field(description="What is recorded, as the page asks for it")
    one_of: Words = Field((), description="The values it may take")
    number: RangeText | None = Field(None, description="A whole number in this range")
    type: Literal["date", "text"] | None = Field(None, description="A date, or a short text")
    ask: RhythmText | None = Field(None, description="When the agenda asks for it")
    first: bool = Field(False, description="Show it among what must not be missed while it is due")
    fixed: bool = Field(False, description="Set once; a later change is recorded with a warning")
    hide_from: Words = Field((), description="Roles that do not get to see it")

    @model_validator(mode="after")
    def _one_type(self) -> FactSpec:
        if (bool(self.one_of), self.number is not None, self.type is not None).count(True) != 1:
            raise ValueError("give a fact exactly one of one_of, number or type")
        return self


class MeasureUse(Sourced):
    """An instrument this protocol uses, and when."""

    use: MeasureRef = Field(description="The measure file and its version, such as phq9@1")
    due: RhythmText = Field(description="When a reading is due")


class AlertSpec(Sourced):
    """What a clinician must see when its condition holds."""

    title: Text = Field(description="What happened, in a sentence")
    kind: Literal["risk", "review"] = Field(description="risk: stays on top until assessed; review: for consideration")
    raise_if: ConditionEntry = Field(description="When it is raised")
    do: Text = Field(description="What the clinician is asked to do")


class ChecklistSpec(Sourced):
    """Questions with yes or no answers and room for the clinician's own decision; it decides nothing."""

    title: Text = Field(description="What the list is for")
    ask: RhythmText = Field(description="When the agenda asks for it")
    items: Mapping[Name, ChecklistItem] = Field(description="The questions")


class ChecklistItemSpec(Sourced):
    """One question of a checklist."""

    text: Text = Field(description="The question")


ChecklistItem = Annotated[ChecklistItemSpec, BeforeValidator(short_form("text"))]


class TechniqueSpec(Sourced):
    """How a task is done; logged beside tasks."""

    title: Text = Field(description="Its name in the field")
    steps: Mapping[Name, Text] = Field(default={}, description="The steps, in order, shown with a task that uses it")


TechniqueEntry = Annotated[TechniqueSpec, BeforeValidator(short_form("title"))]


class ContactSpec(Sourced):
    """A meeting or message outside the count."""

    title: Text = Field(description="What it is")
    due: MomentText | None = Field(None, description="When it is due; left out, it is offered but never due")
    only_if: Conditions = Field(default={}, description="Conditions for its being due")
    present: Names = Field((), description="Who takes part")


class TaskSpec(Sourced):
    """Something the protocol asks the therapist to do."""

    do: Text = Field(description="The task, as an instruction to the therapist")
    label: Label | None = Field(None, description="One word for the plan of the hour")
    first: bool = Field(False, description="Show it among what must not be missed while it is due")
    only_if: Conditions = Field(default={}, description="It is due only while these hold")
    times: TimesText | None = Field(None, description="How often; once when left out")
    by: PositionText | None = Field(None, description="The session by which it should be done")
    not_before: PositionText | None = Field(None, description="The session from which it is due")
    after: Names = Field((), description="Tasks that come before it")
    present: Names = Field((), description="Who has to be there")
    techniques: Names = Field((), description="Techniques that suit it")
    minutes: int | None = Field(None, ge=1, le=240, description="Minutes it usually takes")
    recorded_by: RecordKind | None = Field(None, description="A record that also counts as this task done")
    ask: Mapping[Name, Text] = Field(default={}, description="Words a therapist may say")
    note: Text | None = Field(None, description="A remark for the therapist")


TaskEntry = Annotated[TaskSpec, BeforeValidator(short_form("do"))]
Tasks = Mapping[Name, TaskEntry]


class StepSpec(Sourced):
    """One step in the running order of a session."""

    label: Label = Field(description="One word that stands before the step")
    text: Text | None = Field(None, description="The step in a sentence; left out, its tasks speak")
    minutes: int = Field(ge=1, le=240, description="Its share of the hour, scaled to the agreed minutes")
    covers: Names = Field((), description="Tasks that are done in this step")
    focus_work: bool = Field(False, description="The next task due in the focus and its stage goes here")


class StepChange(Model):
    """What a stage or an area says differently in a step of the hour."""

    label: Label | None = Field(None, description="Its word in this stage")
    text: Text | None = Field(None, description="Its sentence in this stage")


class IfLine(Sourced):
    """What to do if something comes up."""

    when: Text = Field(description="What may come up, in a few words")
    then: Text = Field(description="What to do then")


class TopicSpec(Sourced):
    """A topic that a phase keeps out, links only, or leads away from."""

    text: Text = Field(description="The topic")
    rule: Literal["forbidden", "redirect", "link only"] = Field("forbidden", description="How to meet it")


TopicEntry = Annotated[TopicSpec, BeforeValidator(short_form("text"))]


class StageSpec(Sourced):
    """Where a focus can stand."""

    title: Text = Field(description="Its name")
    recognise: Text | None = Field(None, description="How to recognise it")
    aim: Text | None = Field(None, description="What a session is for while the focus stands here")
    final: bool = Field(False, description="The focus ends here")
    must: Tasks = Field(default={}, description="Tasks while the focus stands here")
    hour: Mapping[Name, StepChange] = Field(default={}, description="What it says differently in the hour")
    ask: Mapping[Name, Text] = Field(default={}, description="Words a therapist may say")
    if_: Mapping[Name, IfLine] = Field(default={}, alias="if", description="What may come up, and what to do")
    note: Text | None = Field(None, description="A remark for the therapist")
    next: Mapping[Name, Conditions] = Field(default={}, description="Stages it can move to, each with its conditions")


class AreaSpec(Sourced):
    """A problem area."""

    title: Text = Field(description="Its name")
    aliases: Words = Field((), description="Other names for it")
    choose_when: Text = Field(description="When it is the one to choose")
    with_person: bool = Field(False, description="A focus here names the person it is with")
    goals: Mapping[Name, Text] = Field(default={}, description="What the work is for")
    aim: Text | None = Field(None, description="What a session is for, where no stage says it")
    must: Tasks = Field(default={}, description="Strategies, in their order of listing")
    may: Tasks = Field(default={}, description="Optional tasks")
    hour: Mapping[Name, StepChange] = Field(default={}, description="What it says differently in the hour")
    ask: Mapping[Name, Text] = Field(default={}, description="Words a therapist may say")
    if_: Mapping[Name, IfLine] = Field(default={}, alias="if", description="What may come up, and what to do")
    note: Text | None = Field(None, description="A remark for the therapist")
    stages: Mapping[Name, StageSpec] = Field(default={}, description="Where a focus of this area can stand")
    restage: bool = Field(True, description="New information may place a focus in any stage, with a reason")


class FocusSpec(Sourced):
    """How many focuses a course may have."""

    at_most: int = Field(ge=0, le=9, description="Focuses at one time")


class PhaseSpec(Sourced):
    """A stretch of the course with its own aim."""

    title: Text = Field(description="Its name")
    aim: Text = Field(description="What a session in it is for")
    window: WindowText | None = Field(None, description="Which sessions it is meant to take")
    must: Tasks = Field(default={}, description="Tasks to be done before it is left")
    may: Tasks = Field(default={}, description="Optional tasks")
    each_session: Tasks = Field(default={}, description="Tasks of every session")
    must_not: Mapping[Name, TopicEntry] = Field(default={}, description="Topics it keeps out or leads away from")
    focus_work: bool = Field(False, description="The tasks of the focus are due in this phase")
    hour: Mapping[Name, StepSpec] = Field(default={}, description="The running order of a session")
    ask: Mapping[Name, Text] = Field(default={}, description="Words a therapist may say")
    if_: Mapping[Name, IfLine] = Field(default={}, alias="if", description="What may come up, and what to do")
    patient: Mapping[Name, Text] = Field(default={}, description="Lines for the patient's page")
    bring: Text | None = Field(None, description="What the patient's page says one might bring")
    note: Text | None = Field(None, description="A remark for the therapist")
    next: Mapping[Name, Conditions] = Field(
        default={}, description="Phases or outcomes it leads to, each with its conditions"
    )


class AnnounceSpec(Sourced):
    """By when the ending is named."""

    by: PositionText = Field(description="The session by which the ending has been named")
    task: Name = Field(description="The task that does it")


class TerminationSpec(Sourced):
    """How the course is brought to its end."""

    announce: AnnounceSpec | None = Field(None, description="By when the ending is named")
    compressed: Names = Field((), description="The ending tasks asked for when the course ends early")


class OutcomeSpec(Sourced):
    """How a course can end."""

    title: Text = Field(description="The outcome in a sentence")
    kind: Literal["completed", "early", "transferred", "lost", "clinical", "relapse"] = Field(
        description="What kind of ending it is"
    )
    from_: Names = Field((), alias="from", description="Phases it can be reached from; any phase when left out")
    ask: Literal["full", "compressed", "nothing"] = Field("nothing", description="The ending tasks it asks for")
    reasons: Words = Field((), description="Reasons the clinician picks from")


class Spec(Model):
    """A protocol file."""

    iptengine: Literal[1] = Field(description="The version of this format")
    protocol: ProtocolId = Field(description="The protocol's id")
    version: Version = Field(description="Its version")
    status: Literal["draft", "reviewed"] = Field(description="draft until a clinical reviewer is named")
    reviewed_by: Text | None = Field(None, description="Who reviewed it")
    title: Text = Field(description="The treatment's name")
    population: Text = Field(description="Who it is for")
    about: Text | None = Field(None, description="What a reader should know first")
    sources: Mapping[Name, SourceEntry] = Field(default={}, description="What the protocol rests on")
    decisions: Mapping[Name, Decision] = Field(default={}, description="Readings taken where sources differ")
    contract: ContractSpec = Field(description="What the contract may agree")
    participants: Mapping[Name, ParticipantSpec] = Field(default={}, description="Who may take part beside the patient")
    facts: Mapping[Name, FactSpec] = Field(default={}, description="What is recorded beside readings and tasks")
    measures: Mapping[Name, MeasureUse] = Field(default={}, description="What is measured")
    alerts: Mapping[Name, AlertSpec] = Field(default={}, description="What the clinician must see")
    checklists: Mapping[Name, ChecklistSpec] = Field(default={}, description="Questions with yes or no")
    techniques: Mapping[Name, TechniqueEntry] = Field(default={}, description="How tasks are done")
    focus: FocusSpec | None = Field(None, description="How many focuses a course may have")
    problem_areas: Mapping[Name, AreaSpec] = Field(default={}, description="What a course can work on")
    start: Name = Field(description="The phase a course begins in")
    phases: Mapping[Name, PhaseSpec] = Field(description="The stretches of the course")
    contacts: Mapping[Name, ContactSpec] = Field(default={}, description="Meetings and messages outside the count")
    termination: TerminationSpec = Field(
        default_factory=lambda: TerminationSpec.model_validate({}),
        description="How the course is brought to its end",
    )
    outcomes: Mapping[Name, OutcomeSpec] = Field(description="How a course can end")

    @property
    def ref(self) -> str:
        """Id and version: ``ipt-adult@1.0.0``."""
        return f"{self.protocol}@{self.version}"

    def task_groups(self) -> Iterator[TaskGroup]:
        """Every map of tasks with its path, in file order."""
        for phase, p in self.phases.items():
            for group in ("must", "each_session", "may"):
                yield TaskGroup(("phases", phase, group), group, getattr(p, group), phase=phase)
        for area, a in self.problem_areas.items():
            for group in ("must", "may"):
                yield TaskGroup(("problem_areas", area, group), group, getattr(a, group), area=area)
            for stage, s in a.stages.items():
                yield TaskGroup(
                    ("problem_areas", area, "stages", stage, "must"), "must", s.must, area=area, stage=stage
                )


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """A map of tasks and where it stands: in a phase, an area, a stage of an area, or a further place of the file.

    The place a group does not stand in stays empty, so that a new kind of place changes nothing for the others.
    """

    path: tuple[str, ...]
    group: str
    tasks: Tasks
    phase: str = ""
    area: str = ""
    stage: str = ""
    component: str = ""
    contact: str = ""


Condition.model_rebuild()
ChecklistSpec.model_rebuild()
