"""What happens in a vignette: the models of a happening and its parts, in the order in which its keys are played."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from iptengine.authoring.vignette_expected import Expect, ExpectGroup
from iptengine.authoring.vignette_group import JoinTold, LeaveTold, MeetingTold
from iptengine.authoring.vignette_plan import Doses, PlanChange, PlanTold
from iptengine.authoring.vignette_refers import (
    AlertName,
    AlertNames,
    ApprovalName,
    ApprovalNames,
    AreaNames,
    ChartName,
    ChecklistName,
    ContactName,
    ContactNames,
    FactName,
    FocusName,
    MeasureName,
    OutcomeName,
    PauseName,
    PlannedName,
    QuestionName,
    RecordedName,
    WorkName,
    WorkNames,
)
from iptengine.authoring.vignette_values import Day, Taken, Value
from iptengine.protocol.fields import FrequencyText, Model, Name, Names, Text, Words, short_form
from iptengine.protocol.parts import Status
from iptengine.protocol.references import (
    AreaName,
    ComponentName,
    Gives,
    PersonNames,
    PhaseName,
    PolicyName,
    Refers,
    StageName,
    StateName,
    TaskNames,
    TechniqueNames,
)


class Patient(Model):
    """Who the vignette is about; nobody real."""

    called: Text = Field(description="How the pages name the patient: initials are best")


class Who(Model):
    """Who records it."""

    id: Text = Field("therapist", description="An id of the calling system")
    role: Text = Field(description="The role, such as therapist")


class Adopted(Model):
    """Where a course stood that is taken over already under way."""

    phase: PhaseName = Field(description="The phase it is in")
    sessions_used: int = Field(ge=0, le=1000, description="Sessions used so far")
    focus: AreaNames = Field((), description="Problem areas already agreed")


class Recorded(Model):
    """A whole session in one: status, scores, exceptions to the agenda, one note."""

    status: Status = Field("attended", description="attended, or how it was missed")
    scores: Mapping[MeasureName, Taken] = Field(default={}, description="The readings")
    exceptions: Mapping[PlannedName, Text] = Field(
        default={}, description="Tasks and components that went otherwise than planned, and how"
    )
    note: str = Field("", description="One note")
    minutes: int | None = Field(None, description="How long it took")
    mode: Text | None = Field(None, description="How it was held")
    present: PersonNames = Field(("patient",), description="Who was there")


class Booking(Model):
    """An appointment that is planned."""

    on: Day = Field(description="Its day")
    time: str = Field("", description="Its hour, such as 15:00")
    minutes: int | None = Field(None, description="How long it is planned to last")
    mode: Text | None = Field(None, description="How it will be held")
    present: PersonNames = Field(("patient",), description="Who is expected")
    group: Name | None = Field(None, description="The group that is to meet, for a session of the group")


class ContactTold(Model):
    """A contact outside the count."""

    mode: str = Field("", description="How: by telephone, by letter")
    present: PersonNames = Field((), description="Who took part")
    to: PersonNames = Field((), description="Who was written to; left out, those whom the protocol names")
    note: str = Field("", description="A note")


class Assessment(Model):
    """A clinician's assessment of an alert."""

    found: Text = Field(description="What was found")
    plan: Text = Field(description="What was agreed")


class TaskTold(Model):
    """A task, with how it went."""

    how: Name = Field("done", description="done, partly, declined, not_applicable or not_done")
    techniques: TechniqueNames = Field((), description="Techniques used")
    focus: FocusName | None = Field(None, description="The focus it was done for")
    note: str = Field("", description="A note")


class Diagnosed(Model):
    """The clinician's diagnosis."""

    diagnosis: Text = Field(description="Its name")
    criteria: str = Field("", description="By which criteria", examples=["ICD-11"])


class PersonTold(Model):
    """A person of the interpersonal inventory."""

    name: Text | None = Field(
        None, description="The name, when the key cannot hold it", examples=["S. (the neighbour)"]
    )
    role: str = Field("", description="Who this is to the patient")
    time: Literal["present", "past"] = Field("present", description="Whether the tie is present or past")
    contact: str = Field("", description="How often, and in which way, they meet")
    closeness: str = Field("", description="How close they are", examples=["Close until last year"])
    expects: str = Field("", description="What the patient expects of this person")
    expected: str = Field("", description="What this person expects of the patient")
    satisfying: str = Field("", description="What is good about it", examples=["They laugh at the same things"])
    unsatisfying: str = Field("", description="What is not", examples=["Calls only when in need"])
    change_wanted: str = Field("", description="What should change", examples=["To see each other once a week"])
    confiding: bool | None = Field(None, description="Whether the patient confides in this person")
    conflict: bool | None = Field(None, description="Whether there are quarrels")
    change_near_onset: bool | None = Field(None, description="Whether something changed near the start of the episode")
    supportive: bool | None = Field(None, description="Whether this person could help now")


class LifeEventTold(Model):
    """Something on the timeline."""

    what: Text = Field(description="What happened")
    when: str = Field("", description="When, as the patient tells it")
    symptoms: str = Field("", description="How the symptoms were then")


class FormulationTold(Model):
    """The formulation."""

    text: Text = Field(description="How the illness and the problem area hang together")
    agreed: bool = Field(True, description="Whether the patient agreed to it")


class FocusTold(Model):
    """A problem area agreed as a focus; its key is its name in this course."""

    area: AreaName = Field(description="The problem area")
    person: str = Field("", description="Whom it is with")
    primary: bool = Field(True, description="Whether it comes first")
    because: str = Field("", description="Why this one")


class FocusChanged(Model):
    """A change from one focus to another problem area."""

    to: AreaName = Field(description="The new problem area")
    id: str = Field("", description="The name of the new focus")
    person: str = Field("", description="Whom it is with")
    because: Text = Field(description="Why")


class StageTold(Model):
    """Where a focus stands, in the clinician's judgement."""

    to: StageName = Field(description="The stage")
    because: str = Field("", description="What the judgement rests on")
    new_information: bool = Field(False, description="An earlier judgement is revised")


class ChartTold(Model):
    """Where a further chart stands, in the clinician's judgement."""

    to: StateName = Field(description="The state it is moved to")
    because: str = Field("", description="What the judgement rests on")


class Terms(Model):
    """What is agreed in the contract."""

    sessions: int | None = Field(None, description="How many sessions")
    frequency: FrequencyText | None = Field(None, description="How often")
    minutes: int | None = Field(None, description="How long")
    mode: Text | None = Field(None, description="How they are held")
    missed: PolicyName | None = Field(None, description="The missed-session policy")


class Amendment(Terms):
    """A change to the contract; what is left out stays as it was."""

    because: Text = Field(description="Why it is changed")
    frequency_until: Day | None = Field(None, description="The last day of the changed frequency")


class ChecklistTold(Model):
    """Answers to a checklist; left empty: not answered."""

    answers: Mapping[QuestionName, Literal["yes", "no"] | None] = Field(
        description="The answers", examples=[{"losses": "yes", "trauma": "no"}]
    )
    decision: str = Field("", description="The clinician's own decision")


class HomeworkTold(Model):
    """How the last homework went."""

    how: Text = Field(description="How it went")
    note: str = Field("", description="A note")


class EndTold(Model):
    """How the course ends."""

    outcome: OutcomeName = Field(description="The outcome")
    reason: str = Field("", description="The reason")
    note: str = Field("", description="A note")


class Deviation(Model):
    """A request carried out although its conditions do not hold."""

    because: Text = Field(description="Why the clinician goes another way")
    request: Happening = Field(description="The request, written as in a happening")


class Correction(Model):
    """Something recorded wrongly, said again as it was."""

    happening: Name = Field(description="The happening that recorded it")
    because: Text = Field(description="What was wrong")
    now: Happening = Field(description="The same keys as in that happening, as they should have been")


class Withdrawal(Model):
    """Something that was recorded and did not happen."""

    happening: Name = Field(description="The happening that recorded it")
    what: RecordedName = Field(description="The key that recorded it, such as phq9 or tasks.link")
    because: Text = Field(description="Why it is withdrawn")


class VoidTold(Withdrawal):
    """Something that was recorded here and belongs to another course."""

    meant_for: str = Field("", description="The id of the other course", examples=["course-17"])


class PauseTold(Model):
    """A pause that begins on the day."""

    name: PauseName = Field(description="Which pause of the protocol")
    because: str = Field("", description="Why the course rests")


class Happening(Model):
    """What happened on one day. The keys below are played in this order; a measure's own name holds a reading.

    A key that is no key of a happening is taken as a measure, and is held against the protocol.
    """

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, populate_by_name=True)
    __pydantic_extra__: dict[Annotated[str, Refers(("measure",))], Taken] = Field(init=False)

    on: Day | None = Field(None, description="The day")
    week: int | None = Field(None, ge=1, le=1000, description="The week of the course: the day it began, weeks later")
    recorded: Day | None = Field(None, description="The day it was recorded, when that was another")
    by: Who | None = Field(None, description="Who recorded it, when that was somebody else")
    of: Names = Field((), description="Members it is told of; left out: all in the group, before that everybody")
    join: JoinTold | None = Field(None, description="The course joins a group, or a group is formed")
    end_pause: bool = Field(False, description="The course goes on from this day, after a pause")
    status: Status | None = Field(None, description="attended, or how the appointment was missed")
    group: MeetingTold | None = Field(None, description="That the session was one of the group, and who was absent")
    minutes: int | None = Field(None, description="How long the session took")
    mode: Text | None = Field(None, description="How it was held")
    present: PersonNames = Field(("patient",), description="Who was there")
    why: str = Field("", description="Why it was missed")
    moved_to: Day | None = Field(None, description="The day it was moved to")
    record: Recorded | None = Field(None, description="A whole session in one")
    contact: Mapping[ContactName, Annotated[ContactTold, BeforeValidator(short_form("mode"))]] = Field(
        default={}, description="Contacts outside the count"
    )
    words: Mapping[MeasureName, Mapping[Name, Text]] = Field(
        default={},
        description="Items the patient puts into words, by measure; played before the readings",
        examples=[{"psychlops": {"problem": "I cannot face people"}}],
    )
    facts: Mapping[FactName, Value] = Field(default={}, description="Facts; left empty: asked and unanswered")
    expected: Mapping[FactName, Day] = Field(default={}, description="Dates, each with the day it is expected on")
    checklist: Mapping[ChecklistName, ChecklistTold] = Field(
        default={}, description="Checklists", examples=[{"fit": {"answers": {"losses": "yes"}, "decision": "Offered"}}]
    )
    correct: Correction | None = Field(None, description="Something recorded wrongly before")
    withdraw: Withdrawal | None = Field(None, description="Something recorded before that did not happen")
    void: VoidTold | None = Field(None, description="Something recorded before that belongs to another course")
    acknowledge: AlertNames = Field((), description="Alerts a clinician has seen; all of that code")
    assess: Mapping[AlertName, Assessment] = Field(
        default={}, description="Alerts assessed, by code; all: every open one"
    )
    monitor: AlertNames = Field((), description="Assessed alerts kept under watch", examples=["risk_phq9"])
    close: Mapping[AlertName, Text] = Field(
        default={},
        description="Assessed alerts that are closed, and why",
        examples=[{"risk_phq9": "Item 9 at zero since March"}],
    )
    approve: ApprovalNames = Field((), description="Approvals given, by their names in the protocol")
    decline: Mapping[ApprovalName, Text] = Field(default={}, description="Approvals or confirmations declined, and why")
    confirm: ApprovalNames = Field(
        (), description="What was carried out and is confirmed, by the names of the approvals"
    )
    done: WorkNames = Field((), description="Tasks done")
    tasks: Mapping[WorkName, Annotated[TaskTold, BeforeValidator(short_form("how"))]] = Field(
        default={}, description="Tasks with how they went"
    )
    defer: TaskNames = Field((), description="Tasks put off: not today")
    diagnosis: Annotated[Diagnosed, BeforeValidator(short_form("diagnosis"))] | None = Field(
        None, description="The clinician's diagnosis"
    )
    waive_diagnosis: Text | None = Field(None, description="The course goes on without one, and why")
    people: Mapping[Text, Annotated[PersonTold, BeforeValidator(short_form("role"))]] = Field(
        default={}, description="The interpersonal inventory"
    )
    life_events: Mapping[Name, Annotated[LifeEventTold, BeforeValidator(short_form("what"))]] = Field(
        default={}, description="The timeline"
    )
    formulation: Annotated[FormulationTold, BeforeValidator(short_form("text"))] | None = Field(
        None, description="The formulation"
    )
    contract: Terms | None = Field(None, description="The contract is agreed")
    amend: Amendment | None = Field(None, description="The contract is changed")
    focus: Mapping[Annotated[Text, Gives("focus")], FocusTold] = Field(default={}, description="Focuses agreed")
    change_focus: Mapping[FocusName, FocusChanged] = Field(
        default={},
        description="Focuses given up for another",
        examples=[{"dispute": {"to": "grief", "because": "The loss came to the fore"}}],
    )
    close_focus: Mapping[FocusName, Text] = Field(
        default={}, description="Focuses closed, and why", examples=[{"dispute": "Settled"}]
    )
    stage: Mapping[FocusName, StageTold] = Field(default={}, description="Where focuses stand")
    chart: Mapping[ChartName, ChartTold] = Field(default={}, description="Where further charts are moved to")
    plan: PlanTold | None = Field(None, description="The plan is chosen")
    change_plan: PlanChange | None = Field(None, description="The plan is changed")
    interrupt: Mapping[ComponentName, Text] = Field(
        default={}, description="A component that interrupts the plan, and why"
    )
    deliver: Doses = Field(
        default={},
        description="Components worked on, each with its dose such as 1/2; a list of names: a session each",
        examples=[{"activity": "1/2"}, ["activity"]],
    )
    finish: Mapping[ComponentName, Text] = Field(
        default={}, description="Components finished before their most dose, and why"
    )
    resume: Text | None = Field(None, description="The plan goes on after an interruption, and why")
    goals: Words = Field((), description="Goals agreed")
    review_homework: Annotated[HomeworkTold, BeforeValidator(short_form("how"))] | None = Field(
        None, description="How the last homework went"
    )
    homework: Words = Field((), description="What the patient wants to try")
    note: Words = Field((), description="Notes of the therapist")
    remind: Words = Field((), description="Lines for the top of next time")
    pause: Annotated[PauseTold, BeforeValidator(short_form("name"))] | None = Field(
        None, description="The course rests from this day"
    )
    announce: bool = Field(False, description="The ending is named")
    enter: PhaseName | None = Field(None, description="The phase that is entered")
    end: Annotated[EndTold, BeforeValidator(short_form("outcome"))] | None = Field(None, description="The course ends")
    leave: Annotated[LeaveTold, BeforeValidator(short_form("because"))] | None = Field(
        None, description="The course leaves its group"
    )
    deviate: Deviation | None = Field(None, description="A clinician goes another way")
    prepare: ContactNames = Field(
        (), description="Messages that are prepared, by the names of their contacts; none is sent"
    )
    book: Annotated[Booking, BeforeValidator(short_form("on"))] | None = Field(
        None, description="The next appointment is planned"
    )
    expect: Expect | None = Field(None, description="What is expected of the engine")
    expect_of: Mapping[Name, Expect] = Field(
        default={}, description="What is expected in the course of one member, in place of expect"
    )
    expect_group: ExpectGroup | None = Field(None, description="What is expected of the group itself")

    @property
    def readings(self) -> Mapping[str, Taken]:
        """The readings, by the names of their measures."""
        return self.__pydantic_extra__

    @model_validator(mode="after")
    def _one_meeting(self) -> Happening:
        if self.status is not None and self.record is not None:
            raise ValueError("a happening has a status or a record of the whole session, not both")
        if self.on is not None and self.week is not None:
            raise ValueError("a happening has a day or a week, not both")
        return self


for _model in (Deviation, Correction, Happening):
    _model.model_rebuild()
