"""What a treatment is: the frozen models of a protocol file, in the order a clinician reads it.

Every map is keyed by name, so that one path (``phases.initial.next.middle``) is at once the key of a line,
of a finding and of a change. What a key means is said in its description, which the reference page prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from iptengine.protocol.approval_spec import ApprovalSpec
from iptengine.protocol.chart_spec import FurtherChartSpec
from iptengine.protocol.fields import (
    CarriedParts,
    Format,
    Model,
    Name,
    PositionText,
    ProtocolId,
    ProtocolIds,
    Text,
    Version,
    WindowText,
    Words,
)
from iptengine.protocol.parts import (
    AlertSpec,
    CalendarSpec,
    ChecklistSpec,
    Conditions,
    ContactSpec,
    ContractSpec,
    Decision,
    FactSpec,
    GroupSpec,
    MeasureUse,
    ParticipantSpec,
    PauseSpec,
    Sourced,
    SourceEntry,
    TechniqueEntry,
)
from iptengine.protocol.plan_spec import PlanSpec
from iptengine.protocol.references import (
    DatedStretch,
    Gives,
    PhaseName,
    PhaseNames,
    StageName,
    StepName,
    TargetName,
    TaskName,
    TaskNames,
    TopicName,
)
from iptengine.protocol.running_order import Sessions
from iptengine.protocol.task_spec import IfLines, StepChange, StepSpec, Tasks
from iptengine.protocol.topics import Meeting, Phrases, TopicEntry
from iptengine.protocol.variant_spec import ChangeGroup, ProtocolRef

UNSTAGED = "unstaged"


class StageSpec(Sourced):
    """Where a focus can stand."""

    title: Text = Field(description="Its name")
    recognise: Text | None = Field(None, description="How to recognise it")
    aim: Text | None = Field(None, description="What a session is for while the focus stands here")
    final: bool = Field(False, description="The focus ends here")
    must: Tasks = Field(default={}, description="Tasks while the focus stands here")
    hour: Mapping[StepName, StepChange] = Field(default={}, description="What it says differently in the hour")
    ask: Phrases = Field(default={}, description="Words a therapist may say")
    if_: IfLines = Field(default={}, alias="if", description="What may come up, and what to do")
    note: Text | None = Field(None, description="A remark for the therapist")
    next: Mapping[StageName, Conditions] = Field(
        default={}, description="Stages it can move to, each with its conditions"
    )


class AreaSpec(Sourced):
    """A problem area."""

    title: Text = Field(description="Its name")
    aliases: Words = Field((), description="Other names for it")
    choose_when: Text = Field(description="When it is the one to choose")
    with_person: bool = Field(False, description="A focus here names the person it is with")
    goals: Mapping[Annotated[Name, Gives("goal")], Text] = Field(default={}, description="What the work is for")
    aim: Text | None = Field(None, description="What a session is for, where no stage says it")
    must: Tasks = Field(default={}, description="Strategies, in their order of listing")
    may: Tasks = Field(
        default={},
        description="Optional tasks: each is due while its `only_if` holds, or else while a guest its `present` names "
        "is expected; with neither it is never due, only logged",
    )
    hour: Mapping[StepName, StepChange] = Field(default={}, description="What it says differently in the hour")
    ask: Phrases = Field(default={}, description="Words a therapist may say")
    if_: IfLines = Field(default={}, alias="if", description="What may come up, and what to do")
    note: Text | None = Field(None, description="A remark for the therapist")
    stages: Mapping[Annotated[Name, Gives("stage")], StageSpec] = Field(
        default={}, description="Where a focus of this area can stand"
    )
    restage: bool = Field(True, description="New information may place a focus in any stage, with a reason")


class FocusSpec(Sourced):
    """How many focuses a course may have."""

    at_most: int = Field(ge=0, le=9, description="Focuses at one time")


class PhaseSpec(Sourced):
    """A stretch of the course with its own aim."""

    title: Text = Field(description="Its name")
    aim: Text = Field(description="What a session in it is for")
    window: WindowText | None = Field(None, description="Which sessions it is meant to take")
    dates: DatedStretch | None = Field(
        None, description="The stretch between dates it is meant to take; a date is a fact with that name"
    )
    must: Tasks = Field(default={}, description="Tasks to be done before it is left")
    may: Tasks = Field(
        default={},
        description="Optional tasks: each is due while its `only_if` holds, or else while a guest its `present` names "
        "is expected; with neither it is never due, only logged",
    )
    each_session: Tasks = Field(default={}, description="Tasks of every session")
    topics: Mapping[TopicName, Meeting] = Field(
        default={}, description="How it meets a topic; one it does not name is neither asked for nor kept out"
    )
    focus_work: bool = Field(False, description="The tasks of the focus are due in this phase")
    hour: Mapping[Annotated[Name, Gives("step")], StepSpec] = Field(
        default={},
        description="The running order of a session; a step whose tasks are all done drops out, the others share its "
        "minutes, unless it has a `text`; without an `hour` the tasks that are due stand in their order in the file",
    )
    ask: Phrases = Field(default={}, description="Words a therapist may say")
    if_: IfLines = Field(default={}, alias="if", description="What may come up, and what to do")
    patient: Mapping[Annotated[Name, Gives("patient line")], Text] = Field(
        default={}, description="Lines for the patient's page"
    )
    bring: Text | None = Field(None, description="What the patient's page says one might bring")
    note: Text | None = Field(None, description="A remark for the therapist")
    next: Mapping[TargetName, Conditions] = Field(
        default={}, description="Phases or outcomes it leads to, each with its conditions"
    )


class AnnounceSpec(Sourced):
    """By when the ending is named."""

    by: PositionText = Field(description="The session by which the ending has been named")
    task: TaskName = Field(description="The task that does it")


class TerminationSpec(Sourced):
    """How the course is brought to its end."""

    announce: AnnounceSpec | None = Field(None, description="By when the ending is named")
    compressed: TaskNames = Field((), description="The ending tasks asked for when the course ends early")


class OutcomeSpec(Sourced):
    """How a course can end."""

    title: Text = Field(description="The outcome in a sentence")
    kind: Literal["completed", "early", "transferred", "lost", "clinical", "relapse"] = Field(
        description="What kind of ending it is"
    )
    from_: PhaseNames = Field((), alias="from", description="Phases it can be reached from; any phase when left out")
    ask: Literal["full", "compressed", "nothing"] = Field("nothing", description="The ending tasks it asks for")
    reasons: Words = Field((), description="Reasons the clinician picks from")
    followed_by: ProtocolIds = Field(
        (), description="Ids of the protocols under which a course may go on from here", examples=["ipt-adult-long"]
    )


class Spec(Model):
    """A protocol file."""

    iptengine: Format = Field(description="The version of this format")
    protocol: ProtocolId = Field(description="The protocol's id")
    version: Version = Field(description="Its version")
    status: Literal["draft", "reviewed"] = Field(description="draft until a clinical reviewer is named")
    reviewed_by: Text | None = Field(
        None, description="Who reviewed it", examples=["Dr A. Reader, clinical psychologist"]
    )
    title: Text = Field(description="The treatment's name")
    population: Text = Field(description="Who it is for")
    about: Text | None = Field(None, description="What a reader should know first")
    extends: ProtocolRef | None = Field(
        None, description="The base and its version, in a variant", examples=["ipt-adult@1.0.0"]
    )
    changes: Mapping[Annotated[Name, Gives("change group")], ChangeGroup] = Field(
        default={}, description="How a variant differs from its base"
    )
    sources: Mapping[Annotated[Name, Gives("source")], SourceEntry] = Field(
        default={}, description="What the protocol rests on"
    )
    decisions: Mapping[Annotated[Name, Gives("decision")], Decision] = Field(
        default={}, description="Readings taken where sources differ"
    )
    contract: ContractSpec = Field(description="What the contract may agree")
    group: GroupSpec | None = Field(None, description="How large a group is and who leads it, in a group treatment")
    calendar: CalendarSpec | None = Field(None, description="The day or the event on which the course stops")
    participants: Mapping[Annotated[Name, Gives("participant")], ParticipantSpec] = Field(
        default={}, description="Who may take part beside the patient"
    )
    facts: Mapping[Annotated[Name, Gives("fact")], FactSpec] = Field(
        default={}, description="What is recorded beside readings and tasks"
    )
    measures: Mapping[Annotated[Name, Gives("measure")], MeasureUse] = Field(default={}, description="What is measured")
    alerts: Mapping[Annotated[Name, Gives("alert")], AlertSpec] = Field(
        default={}, description="What the clinician must see"
    )
    checklists: Mapping[Annotated[Name, Gives("checklist")], ChecklistSpec] = Field(
        default={}, description="Questions with yes or no"
    )
    techniques: Mapping[Annotated[Name, Gives("technique")], TechniqueEntry] = Field(
        default={}, description="How tasks are done"
    )
    focus: FocusSpec | None = Field(None, description="How many focuses a course may have")
    topics: Mapping[Annotated[Name, Gives("topic")], TopicEntry] = Field(
        default={}, description="What may be talked about, where a phase asks for it, links it only or keeps it out"
    )
    problem_areas: Mapping[Annotated[Name, Gives("area")], AreaSpec] = Field(
        default={}, description="What a course can work on"
    )
    start: PhaseName = Field(description="The phase a course begins in")
    phases: Mapping[Annotated[Name, Gives("phase")], PhaseSpec] = Field(description="The stretches of the course")
    charts: Mapping[Annotated[Name, Gives("chart")], FurtherChartSpec] = Field(
        default={}, description="Further charts beside the phases, such as the stages of a group"
    )
    approvals: Mapping[Annotated[Name, Gives("approval")], ApprovalSpec] = Field(
        default={}, description="Requests that need somebody in a named role, such as the supervisor"
    )
    sessions: Sessions = Field(
        default={}, description="What each session holds, where the protocol writes it; its order is then the plan"
    )
    plan: PlanSpec | None = Field(None, description="Components of which each course is given a plan of its own")
    carries: CarriedParts = Field(
        (), description="What a course under this protocol takes over from the one it follows"
    )
    contacts: Mapping[Annotated[Name, Gives("contact")], ContactSpec] = Field(
        default={}, description="Meetings and messages outside the count"
    )
    pauses: Mapping[Annotated[Name, Gives("pause")], PauseSpec] = Field(
        default={}, description="Stretches in which the course rests"
    )
    termination: TerminationSpec = Field(
        default_factory=lambda: TerminationSpec.model_validate({}),
        description="How the course is brought to its end",
    )
    outcomes: Mapping[Annotated[Name, Gives("outcome")], OutcomeSpec] = Field(description="How a course can end")

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
        for name, c in (self.plan.components if self.plan else {}).items():
            for group in ("must", "each_session", "may"):
                path = ("plan", "components", name, group)
                yield TaskGroup(path, group, getattr(c, group), component=name)


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
