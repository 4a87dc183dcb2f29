"""A vignette: a course told in YAML, with what is expected of the engine. Example, demo and test in one.

The models of ``NAME.vignette.yaml`` in the order in which their keys are played, reading with places, and the
names held against a protocol. Playing one is `iptengine.testing`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from iptengine.authoring.document import Document, read, read_path
from iptengine.authoring.loader import load
from iptengine.authoring.said import Misfit, misfits, say
from iptengine.diagnostics import Diagnostic, Path, ProtocolError, Span, did_you_mean, nearest
from iptengine.protocol.fields import FrequencyText, Model, Name, Names, Text, Words, short_form
from iptengine.protocol.model import Status
from iptengine.protocol.protocol import Protocol

ENDING = ".vignette.yaml"


# -- small written values ----------------------------------------------------------------------------------------


def _day(value: object) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("write a day as 2026-03-31")


Day = Annotated[
    date,
    PlainValidator(_day),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date", "description": "a day", "examples": ["2026-03-31"]}),
]


def _numbers(value: object) -> object:
    return (value,) if isinstance(value, int) else tuple(value) if isinstance(value, list) else value


Numbers = Annotated[tuple[int, ...], BeforeValidator(_numbers)]


def _codes(value: object) -> object:
    """A list of names stands for the same names, each with any answer."""
    listed = [value] if isinstance(value, str) else value
    return dict.fromkeys(listed, "any") if isinstance(listed, list) else value


Refusal = Annotated[Mapping[Name, Literal["no", "unknown", "any"]], BeforeValidator(_codes)]
Answer = Literal["yes", "no", "unknown"]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object) -> object:
    if not _is_number(value):
        raise ValueError("write a number in digits, such as 18")
    return value


def _total(value: object) -> object:
    if value != "none" and not _is_number(value):
        raise ValueError("write a number in digits, such as 18, or none")
    return value


def _taken(value: object) -> object:
    usable = isinstance(value, dict) and all(v is None or _is_number(v) for v in value.values())
    if not usable and not _is_number(value):
        raise ValueError("write a reading as {total: 18, ITEM: 0}, each a number, or left empty: unanswered")
    return value


def _fact(value: object) -> object:
    if not (value is None or isinstance(value, str) or type(value) is int):
        raise ValueError("write one of the fact's values, a whole number, a day or a text")
    return value


def _schema(*kinds: str) -> WithJsonSchema:
    return WithJsonSchema({"type": list(kinds) if len(kinds) > 1 else kinds[0]})


Number = Annotated[int | float, PlainValidator(_number), _schema("number")]
Total = Annotated[int | float | str, PlainValidator(_total), _schema("number", "string")]
Value = Annotated[str | int | None, PlainValidator(_fact), _schema("string", "integer", "null")]
Taken = Annotated[
    Mapping[str, int | float | None] | int | float,
    PlainValidator(_taken),
    WithJsonSchema(
        {
            "anyOf": [{"type": "object", "additionalProperties": {"type": ["number", "null"]}}, {"type": "number"}],
            "description": "a reading",
            "examples": ["{total: 18, self_harm: 0}"],
        }
    ),
]
"""A reading: a map of item answers and total, or a bare total."""


# -- what happens ------------------------------------------------------------------------------------------------


class Patient(Model):
    """Who the vignette is about; nobody real."""

    called: Text = Field(description="How the pages name the patient: initials are best")


class Who(Model):
    """Who records it."""

    id: Text = Field("therapist", description="An id of the calling system")
    role: Text = Field(description="The role, such as therapist")


class Adopted(Model):
    """Where a course stood that is taken over already under way."""

    phase: Name = Field(description="The phase it is in")
    sessions_used: int = Field(ge=0, le=1000, description="Sessions used so far")
    focus: Names = Field((), description="Problem areas already agreed")


class Recorded(Model):
    """A whole session in one: status, scores, exceptions to the agenda, one note."""

    status: Status = Field("attended", description="attended, or how it was missed")
    scores: Mapping[Name, Taken] = Field(default={}, description="The readings")
    exceptions: Mapping[Name, Name] = Field(default={}, description="Tasks that went otherwise than planned, and how")
    note: str = Field("", description="One note")
    minutes: int | None = Field(None, description="How long it took")
    mode: Text | None = Field(None, description="How it was held")
    present: Names = Field(("patient",), description="Who was there")


class Booking(Model):
    """An appointment that is planned."""

    on: Day = Field(description="Its day")
    time: str = Field("", description="Its hour, such as 15:00")
    minutes: int | None = Field(None, description="How long it is planned to last")
    mode: Text | None = Field(None, description="How it will be held")
    present: Names = Field(("patient",), description="Who is expected")


class ContactTold(Model):
    """A contact outside the count."""

    mode: str = Field("", description="How: by telephone, by letter")
    present: Names = Field((), description="Who took part")
    note: str = Field("", description="A note")


class Assessment(Model):
    """A clinician's assessment of an alert."""

    found: Text = Field(description="What was found")
    plan: Text = Field(description="What was agreed")


class TaskTold(Model):
    """A task, with how it went."""

    how: Name = Field("done", description="done, partly, declined, not_applicable or not_done")
    techniques: Names = Field((), description="Techniques used")
    focus: Text | None = Field(None, description="The focus it was done for")
    note: str = Field("", description="A note")


class Diagnosed(Model):
    """The clinician's diagnosis."""

    diagnosis: Text = Field(description="Its name")
    criteria: str = Field("", description="By which criteria")


class PersonTold(Model):
    """A person of the interpersonal inventory."""

    name: Text | None = Field(None, description="The name, when the key cannot hold it")
    role: str = Field("", description="Who this is to the patient")
    time: Literal["present", "past"] = Field("present", description="Whether the tie is present or past")
    contact: str = Field("", description="How often, and in which way, they meet")
    closeness: str = Field("", description="How close they are")
    expects: str = Field("", description="What the patient expects of this person")
    expected: str = Field("", description="What this person expects of the patient")
    satisfying: str = Field("", description="What is good about it")
    unsatisfying: str = Field("", description="What is not")
    change_wanted: str = Field("", description="What should change")
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

    area: Name = Field(description="The problem area")
    person: str = Field("", description="Whom it is with")
    primary: bool = Field(True, description="Whether it comes first")
    because: str = Field("", description="Why this one")


class FocusChanged(Model):
    """A change from one focus to another problem area."""

    to: Name = Field(description="The new problem area")
    id: str = Field("", description="The name of the new focus")
    person: str = Field("", description="Whom it is with")
    because: Text = Field(description="Why")


class StageTold(Model):
    """Where a focus stands, in the clinician's judgement."""

    to: Name = Field(description="The stage")
    because: str = Field("", description="What the judgement rests on")
    new_information: bool = Field(False, description="An earlier judgement is revised")


class Terms(Model):
    """What is agreed in the contract."""

    sessions: int | None = Field(None, description="How many sessions")
    frequency: FrequencyText | None = Field(None, description="How often")
    minutes: int | None = Field(None, description="How long")
    mode: Text | None = Field(None, description="How they are held")
    missed: Name | None = Field(None, description="The missed-session policy")


class Amendment(Terms):
    """A change to the contract; what is left out stays as it was."""

    because: Text = Field(description="Why it is changed")
    frequency_until: Day | None = Field(None, description="The last day of the changed frequency")


class ChecklistTold(Model):
    """Answers to a checklist; left empty: not answered."""

    answers: Mapping[Name, Literal["yes", "no"] | None] = Field(description="The answers")
    decision: str = Field("", description="The clinician's own decision")


class HomeworkTold(Model):
    """How the last homework went."""

    how: Text = Field(description="How it went")
    note: str = Field("", description="A note")


class EndTold(Model):
    """How the course ends."""

    outcome: Name = Field(description="The outcome")
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
    what: Text = Field(description="The key that recorded it, such as phq9 or tasks.link")
    because: Text = Field(description="Why it is withdrawn")


class Happening(Model):
    """What happened on one day. The keys below are played in this order; a measure's own name holds a reading.

    A key that is no key of a happening is taken as a measure, and is held against the protocol.
    """

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, populate_by_name=True)
    __pydantic_extra__: dict[str, Taken] = Field(init=False)

    on: Day | None = Field(None, description="The day")
    week: int | None = Field(None, ge=1, le=1000, description="The week of the course: the day it began, weeks later")
    recorded: Day | None = Field(None, description="The day it was recorded, when that was another")
    by: Who | None = Field(None, description="Who recorded it, when that was somebody else")
    status: Status | None = Field(None, description="attended, or how the appointment was missed")
    minutes: int | None = Field(None, description="How long the session took")
    mode: Text | None = Field(None, description="How it was held")
    present: Names = Field(("patient",), description="Who was there")
    why: str = Field("", description="Why it was missed")
    moved_to: Day | None = Field(None, description="The day it was moved to")
    record: Recorded | None = Field(None, description="A whole session in one")
    contact: Mapping[Name, Annotated[ContactTold, BeforeValidator(short_form("mode"))]] = Field(
        default={}, description="Contacts outside the count"
    )
    facts: Mapping[Name, Value] = Field(default={}, description="Facts; left empty: asked and unanswered")
    checklist: Mapping[Name, ChecklistTold] = Field(default={}, description="Checklists")
    correct: Correction | None = Field(None, description="Something recorded wrongly before")
    withdraw: Withdrawal | None = Field(None, description="Something recorded before that did not happen")
    acknowledge: Names = Field((), description="Alerts a clinician has seen; all of that code")
    assess: Mapping[Name, Assessment] = Field(default={}, description="Alerts assessed, by code; all: every open one")
    monitor: Names = Field((), description="Assessed alerts kept under watch")
    close: Mapping[Name, str] = Field(default={}, description="Assessed alerts that are closed, and why")
    done: Names = Field((), description="Tasks done")
    tasks: Mapping[Name, Annotated[TaskTold, BeforeValidator(short_form("how"))]] = Field(
        default={}, description="Tasks with how they went"
    )
    defer: Names = Field((), description="Tasks put off: not today")
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
    focus: Mapping[Text, FocusTold] = Field(default={}, description="Focuses agreed")
    change_focus: Mapping[Text, FocusChanged] = Field(default={}, description="Focuses given up for another")
    close_focus: Mapping[Text, Text] = Field(default={}, description="Focuses closed, and why")
    stage: Mapping[Text, StageTold] = Field(default={}, description="Where focuses stand")
    goals: Words = Field((), description="Goals agreed")
    review_homework: Annotated[HomeworkTold, BeforeValidator(short_form("how"))] | None = Field(
        None, description="How the last homework went"
    )
    homework: Words = Field((), description="What the patient wants to try")
    note: Words = Field((), description="Notes of the therapist")
    remind: Words = Field((), description="Lines for the top of next time")
    announce: bool = Field(False, description="The ending is named")
    enter: Name | None = Field(None, description="The phase that is entered")
    end: Annotated[EndTold, BeforeValidator(short_form("outcome"))] | None = Field(None, description="The course ends")
    deviate: Deviation | None = Field(None, description="A clinician goes another way")
    book: Annotated[Booking, BeforeValidator(short_form("on"))] | None = Field(
        None, description="The next appointment is planned"
    )
    expect: Expect | None = Field(None, description="What is expected of the engine")

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


# -- what is expected --------------------------------------------------------------------------------------------


class ExpectAgenda(Model):
    """What the agenda of the next session holds. Texts are the protocol's own, with names not yet filled in."""

    has: Words = Field((), description="Texts that stand in it")
    has_not: Words = Field((), description="Texts that do not")
    first: Names | None = Field(None, description="The lines that must not be missed, by their codes, in order")
    steps: Words | None = Field(None, description="The plan of the hour, by the words before its steps, in order")
    minutes: Numbers | None = Field(None, description="The minutes of its steps, in order")
    due: Names = Field((), description="Tasks that are due")
    not_due: Names = Field((), description="Tasks that are not")


class ExpectWays(Model):
    """What can be said to the course now. A way is named as a happening says it: enter.middle, focus.grief."""

    open: Words = Field((), description="Ways that are open")
    shut: Mapping[Text, Refusal] = Field(
        default={}, description="Ways that are shut, each with the names of all its reasons"
    )
    none: Words = Field((), description="Ways that the protocol does not have here")
    choices: Mapping[Text, Mapping[Name, Words]] = Field(
        default={}, description="What a way offers to choose from, by its field"
    )


class Expect(Model):
    """What is expected after a happening. Alerts, refusals and warnings left out are expected not to be there."""

    session: int | None = Field(None, description="The number of the session that was held or used up")
    sessions_used: int | None = Field(None, description="Sessions used so far")
    sessions_left: int | None = Field(None, description="Sessions left of the contract")
    phase: Name | None = Field(None, description="The phase the course is in")
    stage: Mapping[Text, Name] = Field(default={}, description="Where each focus stands")
    alerts: Names = Field((), description="Alerts raised in this happening, each as often as it was raised")
    open_alerts: Names | None = Field(None, description="Alerts that no clinician has assessed yet")
    refused: Mapping[Text, Refusal] = Field(
        default={}, description="Requests refused, each with the names of all its reasons"
    )
    warnings: Names = Field((), description="Warnings recorded with this happening")
    standing_warnings: Names | None = Field(None, description="Warnings about where the course stands")
    total: Mapping[Name, Total] = Field(default={}, description="The last total; none: not scored")
    band: Mapping[Name, Name] = Field(default={}, description="The severity band of the last reading")
    change: Mapping[Name, Mapping[Name, Answer]] = Field(
        default={}, description="What each rule says of the change since the first reading"
    )
    since_last: Mapping[Name, Number] = Field(
        default={}, description="Points from the reading before to the last; minus for a fall"
    )
    series: Mapping[Name, Text] = Field(default={}, description="The totals as the page shows them, gaps included")
    end_planned: Day | None = Field(None, description="The day of the last session, if all goes as agreed")
    next_session: Day | None = Field(None, description="The day of the next session")
    due: Names | None = Field(None, description="What is due, by kind, in order")
    due_by: Mapping[Name, Day] = Field(default={}, description="By when the first of a kind is due")
    people: int | None = Field(None, description="People in the inventory")
    outcome: Name | None = Field(None, description="The outcome the course has ended in")
    ways: ExpectWays | None = Field(None, description="What is open and what is shut after it")
    agenda_before: ExpectAgenda | None = Field(None, description="The agenda as it stood before this happening")
    agenda: ExpectAgenda | None = Field(None, description="The agenda after it")


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

    name: Name | None = Field(None, description="The outcome")
    title: Text | None = Field(None, description="The outcome in the protocol's words")
    kind: Name | None = Field(None, description="What kind of ending it is")
    reason: Text | None = Field(None, description="The reason")
    on: Day | None = Field(None, description="The day")


class ExpectEnding(Model):
    """The ending tasks on record, of those the outcome asks for."""

    asked: Name | None = Field(None, description="full, compressed or nothing")
    share: Text | None = Field(None, description="So many of so many, such as 8/8")
    open: Names | None = Field(None, description="Tasks asked for that are not on record")
    not_applicable: Names | None = Field(None, description="Tasks that do not apply")
    announced_ahead: int | None = Field(None, description="Sessions left when the ending was named")


class ExpectAdherence(Model):
    """The logged work beside the protocol; shares as 7/8, or not rateable."""

    coverage: Mapping[Name, Text] = Field(default={}, description="Required tasks on record, by phase")
    timing: Text | None = Field(None, description="Required tasks inside their window")
    order: Text | None = Field(None, description="Ordered pairs of tasks in order")
    routine: Text | None = Field(None, description="Working sessions with the routine tasks")
    routine_tasks: Names | None = Field(None, description="The tasks that make up the routine")
    focus: Text | None = Field(None, description="Working sessions with focus work")
    staging: Text | None = Field(None, description="Focuses staged in time")
    stage_reasons: Text | None = Field(None, description="Stages set with a reason")
    ending: ExpectEnding | None = Field(None, description="The ending tasks")
    proscribed: int | None = Field(None, description="Logged topics that the protocol keeps out")
    dose: Text | None = Field(None, description="Sessions attended, of those agreed at the outset")
    techniques: Mapping[Name, Text] = Field(default={}, description="Sessions in which a technique was logged")
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
    measures: Mapping[Name, ExpectMeasure] = Field(default={}, description="The figures of each measure")
    risk_alerts: ExpectAlerts | None = Field(None, description="Risk alerts")
    review_alerts: ExpectAlerts | None = Field(None, description="Review alerts")
    people: int | None = Field(None, description="People in the inventory")
    stages: Mapping[Text, Names] = Field(default={}, description="The stages each focus went through")
    stage_sessions: Mapping[Text, Numbers] = Field(default={}, description="The sessions in which they were set")
    phases: Mapping[Name, Numbers] = Field(default={}, description="The sessions held in each phase")
    amendments: int | None = Field(None, description="Amendments to the contract")
    deviations: int | None = Field(None, description="Deviations")
    corrections: int | None = Field(None, description="Corrections")
    outcome: ExpectOutcome | None = Field(None, description="How the course ended")
    adherence: ExpectAdherence | None = Field(None, description="The logged work beside the protocol")


class VignetteSpec(Model):
    """A vignette file."""

    iptengine: Literal[1] = Field(description="The version of this format")
    vignette: Text = Field(description="What it shows, in a sentence")
    protocol: Text = Field(description="The protocol: ipt-adult@1.0.0, or a path from this file to one")
    about: Text | None = Field(None, description="What a reader should know first")
    patient: Patient | None = Field(None, description="Who it is about; nobody real")
    by: Who = Field(default_factory=lambda: Who(id="therapist", role="therapist"), description="Who records")
    start: Day = Field(description="The day the course begins")
    facts: Mapping[Name, Value] = Field(default={}, description="Facts recorded at the start")
    adopted: Adopted | None = Field(None, description="Where it stood, when it is taken over under way")
    happenings: Mapping[Name, Happening] = Field(description="What happened, in the order it is told")
    expect_summary: ExpectSummary | None = Field(None, description="The figures expected at the end")

    def day(self, name: str) -> date:
        """The day of a happening: its own, or the day the course began so many weeks later."""
        happening = self.happenings[name]
        return happening.on or self.start + timedelta(weeks=(happening.week or 1) - 1)


for _model in (Deviation, Correction, Happening, VignetteSpec):
    _model.model_rebuild()


@dataclass(frozen=True, slots=True, eq=False)
class Vignette:
    """A vignette that was read, with the places of what it says."""

    spec: VignetteSpec
    document: Document

    def __repr__(self) -> str:
        return f"<Vignette {self.document.file}: {len(self.spec.happenings)} happenings>"

    @property
    def title(self) -> str:
        """What it shows."""
        return self.spec.vignette

    @property
    def course_id(self) -> str:
        """The id of the course it tells: the name of its file."""
        return os.path.basename(self.document.file).removesuffix(ENDING)

    def span(self, path: Path) -> Span:
        """The nearest place of a path in the file."""
        return self.document.span(path)


# -- reading -----------------------------------------------------------------------------------------------------


def read_vignette(path: str | os.PathLike[str]) -> Vignette:
    """The vignette in the file at `path`.

    Raises:
        ProtocolError: It is not a usable vignette; `diagnostics` holds every mistake with its place.
    """
    return _vignette(read_path(path))


def read_vignette_text(text: bytes, file: str) -> Vignette:
    """The vignette that `text` holds; `file` is what places call it.

    Raises:
        ProtocolError: It is not a usable vignette.

    Example:
        >>> read_vignette_text(b"iptengine: 1", "a.vignette.yaml")
        Traceback (most recent call last):
        ...
        iptengine.diagnostics.ProtocolError: a.vignette.yaml:1:1: error: the file needs happenings: ...
    """
    return _vignette(read(text, file))


def _vignette(document: Document) -> Vignette:
    if document.diagnostics:
        raise ProtocolError(document.diagnostics)
    if not isinstance(document.root, dict):
        wrong = "a vignette begins with keys, and this is something else"
        raise ProtocolError([Diagnostic(document.span(()), "bad-value", wrong, "write iptengine: 1 on the first line")])
    found: list[Diagnostic] = []
    try:
        spec = VignetteSpec.model_validate(document.root)
    except ValidationError as error:
        found += [_told(misfit, document) for misfit in misfits(error, VignetteSpec)]
        raise ProtocolError(dict.fromkeys(found)) from None
    vignette = Vignette(spec, document)
    found += [Diagnostic(document.span(path), code, *said) for path, code, *said in _shape(spec)]
    if found:
        raise ProtocolError(found)
    return vignette


def _told(misfit: Misfit, document: Document) -> Diagnostic:
    """The mistake; what is no key of a happening could also be a measure, and the nearer of the two is said."""
    place = _reading_place(misfit.path)
    if place is None:
        return say(misfit, document, VignetteSpec)
    name, known = str(misfit.path[place]), list(Happening.model_fields)
    where = document.span(misfit.path[: place + 1])
    if nearest(name, known, 1) or not isinstance(misfit.value, dict):
        wrong = f"'{name}' is not a key of a happening, and what stands there is no reading"
        close = did_you_mean(name, known) if nearest(name, known, 1) else ""
        return Diagnostic(where, "unknown-key", wrong, close or "a reading is written NAME: {total: 18, ITEM: 0}")
    return Diagnostic(where, "bad-value", f"the reading '{name}' cannot be understood", str(misfit.limits["error"]))


def _reading_place(path: Path) -> int | None:
    """Where in a path the name of a measure stands, or what was taken for one."""
    for place in range(2, len(path)):
        inside = path[:place]
        in_happening = (len(inside) == 2 and inside[0] == "happenings") or inside[-1] in ("now", "request")
        if in_happening and path[place] not in Happening.model_fields:
            return place
    return None


_Wrong = tuple[Path, str, str, str]


def _shape(spec: VignetteSpec) -> list[_Wrong]:
    """What the models cannot see: days, and happenings that are spoken of before they are told."""
    found: list[_Wrong] = []
    told: list[str] = []
    for name, happening in spec.happenings.items():
        path: Path = ("happenings", name)
        if happening.on is None and happening.week is None:
            found.append((path, "missing-key", f"'{name}' has no day", "write on: 2026-03-31, or week: 3"))
        for key, part in (("correct", happening.correct), ("withdraw", happening.withdraw)):
            if part is not None and part.happening not in told:
                wrong = f"no happening before '{name}' is called '{part.happening}'"
                found.append(((*path, key, "happening"), "unknown-name", wrong, did_you_mean(part.happening, told)))
        told.append(name)
    return found


# -- the protocol it speaks of -----------------------------------------------------------------------------------


def protocol_of(vignette: Vignette, *, folders: tuple[str | os.PathLike[str], ...] = ()) -> Protocol:
    """The protocol that a vignette names: shipped, in `folders`, or at a path from the vignette's own file.

    Raises:
        ProtocolError: There is none, it has mistakes, or it is of another version.
    """
    named = vignette.spec.protocol
    if named.endswith(".protocol.yaml"):
        return load(os.path.join(os.path.dirname(vignette.document.file), named), folders=folders)
    name, _, version = named.partition("@")
    protocol = load(name, folders=folders)
    if version and version != protocol.version:
        wrong = f"this vignette was written for version {version} of {name}, and there is {protocol.version}"
        hint = f"play it anew and write protocol: {protocol.ref}"
        raise ProtocolError([Diagnostic(vignette.span(("protocol",)), "other-version", wrong, hint)])
    return protocol


def check_vignette(vignette: Vignette, protocol: Protocol) -> tuple[Diagnostic, ...]:
    """Every name in a vignette that its protocol does not know, and every bare total that would raise an alert."""
    from iptengine.authoring.vignette_names import unknown_names

    found = unknown_names(vignette.spec, protocol)
    wrong = [Diagnostic(vignette.document.span(path, on_key), code, *said) for path, on_key, code, *said in found]
    return tuple(sorted(wrong, key=lambda d: (d.span, d.code, d.message)))
