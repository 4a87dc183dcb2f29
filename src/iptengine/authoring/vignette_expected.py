"""What a vignette expects of the engine: after a happening, and at the end of the course."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from iptengine.authoring.vignette_plan import ExpectPlan, ExpectPlanSummary
from iptengine.authoring.vignette_refers import (
    AlertNames,
    ApprovalName,
    ApprovalNames,
    ChartName,
    ContactName,
    FocusName,
    MeasureName,
    OutcomeName,
    PausedName,
    RecordedName,
    StageNames,
    StateNames,
    WayName,
    WayNames,
    WorkNames,
)
from iptengine.authoring.vignette_values import Answer, Day, Days, Number, Numbers, Refusal, Total
from iptengine.protocol.fields import Model, Name, Names, Text, Words
from iptengine.protocol.references import (
    ComponentName,
    PersonNames,
    PhaseName,
    StageName,
    StateName,
    TaskNames,
    TechniqueName,
)


class ExpectAgenda(Model):
    """What the agenda of the next session holds. Texts are the protocol's own, with names not yet filled in."""

    has: Words = Field((), description="Texts that stand in it")
    has_not: Words = Field((), description="Texts that do not")
    first: Names | None = Field(None, description="The lines that must not be missed, by their codes, in order")
    steps: Words | None = Field(None, description="The plan of the hour, by the words before its steps, in order")
    minutes: Numbers | None = Field(None, description="The minutes of its steps, in order")
    order: TaskNames | None = Field(None, description="The tasks in the plan of the hour, in order")
    also_due: WorkNames | None = Field(
        None,
        description="The tasks, and the topics to ask about, that are also due and not in the plan; in order",
        examples=[["medication"]],
    )
    due: TaskNames = Field((), description="Tasks that are due")
    not_due: TaskNames = Field((), description="Tasks that are not")


class ExpectContact(Model):
    """What the page of a contact holds, and what its message says, with all names filled in."""

    has: Words = Field((), description="Texts that stand on its page, in plain text")
    has_not: Words = Field((), description="Texts that do not")
    to: PersonNames | None = Field(None, description="Whom its message is for")
    message: Words = Field((), description="Texts that stand in its message")
    not_in_message: Words = Field((), description="Texts that do not", examples=["PHQ-9"])
    refused: Refusal = Field({}, description="Why no message is prepared: the names of all its reasons")


class ExpectWays(Model):
    """What can be said to the course now. A way is named as a happening says it: enter.middle, focus.grief."""

    open: WayNames = Field((), description="Ways that are open")
    shut: Mapping[WayName, Refusal] = Field(
        default={}, description="Ways that are shut, each with the names of all its reasons"
    )
    none: WayNames = Field((), description="Ways that the protocol does not have here", examples=["chart.group"])
    choices: Mapping[WayName, Mapping[Name, Words]] = Field(
        default={},
        description="What a way offers to choose from, by its field",
        examples=[{"focus.grief": {"person": ["the mother"]}}],
    )
    needs: Mapping[WayName, ApprovalNames] = Field(default={}, description="The approvals a way needs, by their names")


class Expect(Model):
    """What is expected after a happening. Alerts, refusals and warnings left out are expected not to be there."""

    session: int | None = Field(None, description="The number of the session that was held or used up")
    sessions_used: int | None = Field(None, description="Sessions used so far")
    sessions_left: int | None = Field(None, description="Sessions left of the contract")
    phase: PhaseName | None = Field(None, description="The phase the course is in")
    stage: Mapping[FocusName, StageName] = Field(default={}, description="Where each focus stands")
    chart: Mapping[ChartName, StateName] = Field(default={}, description="Where each further chart stands")
    alerts: AlertNames = Field((), description="Alerts raised in this happening, each as often as it was raised")
    approvals: Mapping[ApprovalName, Name] = Field(
        default={},
        description="What became of what was asked last under an approval: waiting, approved, declined, taken_back, "
        "passed_over, to_confirm, confirmed or not_confirmed",
    )
    open_alerts: AlertNames | None = Field(None, description="Alerts that no clinician has assessed yet")
    refused: Mapping[RecordedName, Refusal] = Field(
        default={}, description="Requests refused, each with the names of all its reasons"
    )
    warnings: Names = Field((), description="Warnings recorded with this happening")
    standing_warnings: Names | None = Field(None, description="Warnings about where the course stands")
    total: Mapping[MeasureName, Total] = Field(default={}, description="The last total; none: not scored")
    band: Mapping[MeasureName, Name] = Field(default={}, description="The severity band of the last reading")
    change: Mapping[MeasureName, Mapping[Name, Answer]] = Field(
        default={}, description="What each rule says of the change since the first reading"
    )
    since_last: Mapping[MeasureName, Number] = Field(
        default={}, description="Points from the reading before to the last; minus for a fall"
    )
    series: Mapping[MeasureName, Text] = Field(
        default={}, description="The totals as the page shows them, gaps included"
    )
    end_planned: Day | None = Field(None, description="The day of the last session, if all goes as agreed")
    next_session: Day | None = Field(None, description="The day of the next session")
    visits: Days | None = Field(None, description="The days of the next three sessions that are booked or planned")
    visits_planned: int | None = Field(None, description="How many sessions are booked or planned, of up to 60")
    due: Names | None = Field(None, description="What is due, by kind, in order")
    due_by: Mapping[Name, Day] = Field(default={}, description="By when the first of a kind is due")
    paused: PausedName | None = Field(None, description="The pause that lasts; no: the course does not rest")
    days_paused: int | None = Field(None, description="Days of all pauses together")
    people: int | None = Field(None, description="People in the inventory")
    outcome: OutcomeName | None = Field(None, description="The outcome the course has ended in")
    plan: ExpectPlan | None = Field(None, description="Where the plan of components stands")
    ways: ExpectWays | None = Field(None, description="What is open and what is shut after it")
    contacts: Mapping[ContactName, ExpectContact] = Field(
        default={}, description="The pages and messages of contacts after it"
    )
    agenda_before: ExpectAgenda | None = Field(None, description="The agenda as it stood before this happening")
    agenda: ExpectAgenda | None = Field(None, description="The agenda after it")


class ExpectGroup(Model):
    """What is expected of a group after a happening, in a vignette with members."""

    members: Names | None = Field(None, description="Who is in it")
    sessions: int | None = Field(None, description="Sessions it has held")
    alerts: Names | None = Field(None, description="Members with a risk alert that no clinician has assessed")
    first: Names | None = Field(None, description="The first lines of its agenda, by their codes, in order")
    steps: Words | None = Field(None, description="The plan its members share, by the words before its steps, in order")
    has: Words = Field((), description="Texts that stand on its page")
    has_not: Words = Field((), description="Texts that do not")


class ExpectMeasure(Model):
    """The figures of one measure over the course."""

    readings: int | None = Field(None, description="Readings on record")
    first: Number | None = Field(None, description="The first total")
    last: Number | None = Field(None, description="The last total")
    change: Number | None = Field(None, description="Points from first to last; minus for a fall")
    better: Text | None = Field(None, description="The same in percent of the first total, such as 68 %")
    worst: Number | None = Field(None, description="The worst total")
    worst_in: int | None = Field(None, description="The session of the worst total")
    first_band: Name | None = Field(None, description="The band of the first total")
    last_band: Name | None = Field(None, description="The band of the last total")
    rules: Mapping[Name, Answer] = Field(default={}, description="What each rule says from first to last")
    first_met: Mapping[Name, int] = Field(default={}, description="The session in which a rule held first")
    held_in: Mapping[Name, Numbers] = Field(default={}, description="All sessions in which a rule held")


class ExpectAlerts(Model):
    """How many alerts there were."""

    raised: int | None = Field(None, description="Raised")
    assessed: int | None = Field(None, description="Assessed by a clinician")
    same_day: int | None = Field(None, description="Assessed on the day they were raised")


class ExpectOutcome(Model):
    """How the course ended."""

    name: OutcomeName | None = Field(None, description="The outcome")
    title: Text | None = Field(None, description="The outcome in the protocol's words")
    kind: Name | None = Field(None, description="What kind of ending it is")
    reason: Text | None = Field(None, description="The reason")
    on: Day | None = Field(None, description="The day")


class ExpectEnding(Model):
    """The ending tasks on record, of those the outcome asks for."""

    asked: Name | None = Field(None, description="full, compressed or nothing")
    share: Text | None = Field(None, description="So many of so many, such as 8/8")
    open: TaskNames | None = Field(
        None, description="Tasks asked for that are not on record", examples=[["say_goodbye"]]
    )
    not_applicable: TaskNames | None = Field(None, description="Tasks that do not apply")
    announced_ahead: int | None = Field(None, description="Sessions left when the ending was named")


class ExpectAdherence(Model):
    """The logged work beside the protocol; shares as 7/8, or not rateable."""

    coverage: Mapping[PhaseName, Text] = Field(default={}, description="Required tasks on record, by phase")
    timing: Text | None = Field(None, description="Required tasks inside their window", examples=["7/8"])
    order: Text | None = Field(None, description="Ordered pairs of tasks in order")
    routine: Text | None = Field(None, description="Working sessions with the routine tasks")
    routine_tasks: TaskNames | None = Field(None, description="The tasks that make up the routine")
    focus: Text | None = Field(None, description="Working sessions with focus work")
    staging: Text | None = Field(None, description="Focuses staged in time")
    stage_reasons: Text | None = Field(None, description="Stages set with a reason")
    ending: ExpectEnding | None = Field(None, description="The ending tasks")
    proscribed: int | None = Field(None, description="Logged topics that the protocol keeps out")
    dose: Text | None = Field(None, description="Sessions attended, of those agreed at the outset")
    techniques: Mapping[TechniqueName, Text] = Field(default={}, description="Sessions in which a technique was logged")
    components: Mapping[ComponentName, Text] = Field(
        default={}, description="Required tasks of the components of the plan", examples=[{"activity": "2/2"}]
    )
    plan: Text | None = Field(None, description="Components of the plan that had their least dose")
    unlogged: Numbers | None = Field(None, description="Sessions of which no task was logged")


class ExpectSummary(Model):
    """The figures of the course at its end."""

    appointments: int | None = Field(None, description="Appointments, held or not")
    attended: int | None = Field(None, description="Sessions attended")
    missed: Mapping[Name, int] | None = Field(None, description="Appointments not held, by status")
    sessions_used: int | None = Field(None, description="Sessions used up")
    used_unattended: int | None = Field(None, description="Sessions used up without being held")
    agreed: int | None = Field(None, description="Sessions agreed at the outset")
    agreed_now: int | None = Field(None, description="Sessions agreed after the amendments")
    attendance: Text | None = Field(None, description="The patient's side of attendance, such as 14/15 = 93.3 %")
    measures: Mapping[MeasureName, ExpectMeasure] = Field(default={}, description="The figures of each measure")
    risk_alerts: ExpectAlerts | None = Field(None, description="Risk alerts")
    review_alerts: ExpectAlerts | None = Field(None, description="Review alerts")
    people: int | None = Field(None, description="People in the inventory")
    stages: Mapping[FocusName, StageNames] = Field(default={}, description="The stages each focus went through")
    stage_sessions: Mapping[FocusName, Numbers] = Field(default={}, description="The sessions in which they were set")
    phases: Mapping[PhaseName, Numbers] = Field(default={}, description="The sessions held in each phase")
    charts: Mapping[ChartName, StateNames] = Field(
        default={},
        description="The states each further chart was moved to, in order",
        examples=[{"group": ["forming", "working"]}],
    )
    approvals: Mapping[ApprovalName, Names] = Field(
        default={},
        description="What became of everything that was asked for under an approval, in order",
        examples=[{"start": ["approved"]}],
    )
    amendments: int | None = Field(None, description="Amendments to the contract")
    deviations: int | None = Field(None, description="Deviations")
    corrections: int | None = Field(None, description="Corrections")
    outcome: ExpectOutcome | None = Field(None, description="How the course ended")
    plan: ExpectPlanSummary | None = Field(None, description="The plan of components")
    adherence: ExpectAdherence | None = Field(None, description="The logged work beside the protocol")
