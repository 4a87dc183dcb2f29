"""The small parts of a protocol file: sources, conditions, contract, people, facts, measures, alerts, techniques."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from iptengine.protocol.fields import (
    Alternatives,
    DurationText,
    FrequencyText,
    MeasureRef,
    Model,
    Name,
    RangeText,
    RhythmText,
    Text,
    TimesText,
    Words,
    given,
    only_one,
    short_form,
)
from iptengine.protocol.references import (
    DatedMoment,
    Gives,
    PersonName,
    PersonNames,
    PolicyName,
    RoleNames,
    SourceNames,
    TaskNames,
)
from iptengine.protocol.roles import folded

Status = Literal["attended", "late_cancel", "cancelled_by_patient", "cancelled_by_therapist", "no_show", "rescheduled"]
STATUSES: tuple[Status, ...] = (
    "attended", "late_cancel", "cancelled_by_patient", "cancelled_by_therapist", "no_show", "rescheduled",
)  # fmt: skip
MISSES: frozenset[str] = frozenset({"late_cancel", "cancelled_by_patient", "no_show"})


class Source(Model):
    """What a statement rests on: a citation, a decision, or nothing verified yet."""

    alternatives = Alternatives(
        ("cite", "decision", "unverified"), "give a source exactly one of cite, decision or unverified"
    )

    cite: Text | None = Field(None, description="A publication, as a reader would look it up")
    decision: Text | None = Field(None, description="Who decided it, and when")
    unverified: Text | None = Field(None, description="Background knowledge that nobody has checked against a source")

    @model_validator(mode="after")
    def _one_kind(self) -> Source:
        only_one(self)
        return self

    @property
    def kind(self) -> str:
        """``cite``, ``decision`` or ``unverified``."""
        return given(self)[0]

    @property
    def told(self) -> str:
        """Its words, whichever kind they are of."""
        return self.cite or self.decision or self.unverified or ""


SourceEntry = Annotated[Source, BeforeValidator(short_form("cite"))]


class Sourced(Model):
    """A part that states something clinical and says what it rests on."""

    source: SourceNames = Field((), description="Names from sources: what this rests on")


class Condition(Model):
    """What must hold: one sentence, or several named ones under all, any or not."""

    alternatives = Alternatives(("says", "all", "any", "not_"), "write one sentence, or exactly one of all, any or not")

    says: Text | None = Field(None, description="One sentence of the condition language")
    all: Mapping[Annotated[Name, Gives("condition")], ConditionEntry] | None = Field(
        None, description="Every one of these must hold"
    )
    any: Mapping[Annotated[Name, Gives("condition")], ConditionEntry] | None = Field(
        None, description="At least one of these must hold"
    )
    not_: Mapping[Annotated[Name, Gives("condition")], ConditionEntry] | None = Field(
        None, alias="not", description="None of these may hold"
    )

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        if any(form is not None and not form for form in (self.all, self.any, self.not_)):
            raise ValueError("name at least one condition here")
        only_one(self)
        return self


ConditionEntry = Annotated[Condition, BeforeValidator(short_form("says"))]
Conditions = Mapping[Annotated[Name, Gives("condition")], ConditionEntry]


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


class FrequencyCase(Sourced):
    """How often sessions are planned while some conditions hold."""

    frequency: FrequencyText = Field(description="How often sessions are planned then")
    only_if: Conditions = Field(description="When it holds; of several frequencies, the first whose conditions hold")


class ContractSpec(Sourced):
    """What the contract may agree: number, frequency, minutes, mode, missed sessions."""

    sessions: RangeText | None = Field(
        None, description="How many sessions may be agreed; one number needs no contract step"
    )
    frequency: FrequencyText = Field(description="How often sessions are planned unless agreed otherwise")
    frequency_when: Mapping[Annotated[Name, Gives("frequency")], FrequencyCase] = Field(
        default={},
        description="Other frequencies, each with its conditions, such as a phase or an arm of a trial; the first "
        "that holds wins over `frequency`, and what the contract agrees wins over all",
    )
    minutes: RangeText = Field(description="How long a session may be agreed to last")
    mode: Words = Field(("in person",), description="How sessions may be held")
    missed: Mapping[Annotated[Name, Gives("policy")], MissedPolicy] = Field(
        default={}, description="Missed-session policies the contract picks from"
    )
    missed_unless_agreed: PolicyName | None = Field(
        None, description="The policy that holds until one is agreed; needed once there is a missed policy"
    )


class CalendarSpec(Sourced):
    """A course that stops by the calendar: on a day, on an event, or on whichever comes first."""

    stop: DatedMoment | None = Field(
        None,
        description="The day after which no session is planned, such as 12 months after the start or 6 months after "
        "birth; a visit that comes late does not move it",
    )
    stop_when: Conditions = Field(default={}, description="The calendar also stops when all of these hold")

    @model_validator(mode="after")
    def _stops(self) -> CalendarSpec:
        if self.stop is None and not self.stop_when:
            raise ValueError("say when the calendar stops: write stop, or stop_when")
        return self


class ParticipantSpec(Sourced):
    """Somebody who may be present or addressed."""

    title: Text = Field(description="Who this is")
    required_if: Conditions = Field(
        default={}, description="While these hold, the agenda says that they have to be there"
    )
    invited_if: Conditions = Field(default={}, description="While these hold, the agenda says that they may be invited")
    excluded_if: Conditions = Field(
        default={},
        description="While these hold, or cannot be told, no session is booked with them and no message prepared",
    )


class GroupSpec(Sourced):
    """That the treatment is given in a group: courses that meet together, and each stays its own."""

    size: RangeText = Field(
        description="How many members a group has: forming one with fewer or more is refused with the reason, and a "
        "session with fewer or more is recorded with a warning"
    )
    facilitators: RangeText | None = Field(
        None, description="How many facilitators lead it, asked for when it is formed and at each session"
    )


class FactSpec(Sourced):
    """Something typed that is recorded about the course beside readings and tasks."""

    alternatives = Alternatives(("one_of", "number", "type"), "give a fact exactly one of one_of, number or type")

    title: Text = Field(description="What is recorded, as the page asks for it")
    one_of: Words = Field((), description="The values it may take")
    number: RangeText | None = Field(None, description="A whole number in this range")
    type: Literal["date", "text"] | None = Field(None, description="A date, or a short text")
    expected: bool = Field(
        False, description="The date is expected first and recorded as it was later, such as a birth"
    )
    ask: RhythmText | None = Field(None, description="When the agenda asks for it")
    first: bool = Field(
        False,
        description="Show it among what must not be missed while it is due, the question asked by name and with a box "
        "for no answer; left out, it stands below as 'Record: …'",
    )
    fixed: bool = Field(False, description="Set once; a later change is recorded with a warning")
    hide_from: RoleNames = Field(
        (), description="Roles that do not get to see it", examples=["assessor", ["assessor", "supervisor"]]
    )

    @property
    def kept_from_therapist(self) -> bool:
        """Whether the therapist does not get to see it, and so is neither asked for it nor shown it."""
        return self.kept_from("therapist")

    def kept_from(self, *roles: str) -> bool:
        """Whether one of these roles does not get to see it, however it is spelt."""
        return bool(self.hide_from) and not {folded(one) for one in self.hide_from}.isdisjoint(map(folded, roles))

    @model_validator(mode="after")
    def _one_type(self) -> FactSpec:
        only_one(self)
        if self.expected and self.type != "date":
            raise ValueError("only a date can be expected first; write type: date")
        return self


class MeasureUse(Sourced):
    """An instrument this protocol uses, and when."""

    use: MeasureRef = Field(description="The measure file and its version, such as phq9@1")
    due: RhythmText = Field(
        description="When a reading is due; `every 4 weeks` counts from the last reading, and the first is due at "
        "once; `every day` is a diary, shown as days with an entry, their range and the gaps; `at start and end` is "
        "before and after only"
    )
    informant: PersonName | None = Field(
        None,
        description="Who answers it: `patient`, or one of the participants. Two informants of one instrument are two "
        "entries here, each with its own label and its own series",
        examples=["patient", "mother"],
    )


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
    items: Mapping[Annotated[Name, Gives("question")], ChecklistItem] = Field(description="The questions")


class ChecklistItemSpec(Sourced):
    """One question of a checklist."""

    text: Text = Field(description="The question")


ChecklistItem = Annotated[ChecklistItemSpec, BeforeValidator(short_form("text"))]


class TechniqueSpec(Sourced):
    """How a task is done; logged beside tasks."""

    title: Text = Field(description="Its name in the field")
    steps: Mapping[Annotated[Name, Gives("technique step")], Text] = Field(
        default={}, description="The steps, in order, shown with a task that uses it"
    )


TechniqueEntry = Annotated[TechniqueSpec, BeforeValidator(short_form("title"))]


class ContactSpec(Sourced):
    """A meeting or message outside the count."""

    title: Text = Field(description="What it is")
    due: DatedMoment | None = Field(
        None,
        description="When it is due, told by what it hangs on: a session (`after session 3`, `before session 1`), "
        "`after a missed session`, the start or the end (`3 months after the end`), or a date among the facts "
        "(`2 weeks before birth`); left out, it is offered but never due",
    )
    times: TimesText | None = Field(
        None,
        description="How often it is due, once when left out: `at most 3 times`, or for as long as the course goes on "
        "`every 4 sessions` or `every 3 months`. After a session it is due again one session later, on a day again "
        "after as long as the first time (1, 2 and 3 months after the end), after a missed session with the next miss",
    )
    only_if: Conditions = Field(default={}, description="Conditions for its being due")
    present: PersonNames = Field((), description="Who takes part")
    to: PersonNames = Field((), description="Who is written to")
    text: Text | None = Field(
        None, description="The words of the message; they are prepared for the clinician, and never sent"
    )
    holds: Mapping[Annotated[Name, Gives("contact part")], Text] = Field(
        default={}, description="What the meeting holds, in order"
    )


class PauseSpec(Sourced):
    """A stretch in which the course rests: a hospital stay, a journey."""

    title: Text = Field(description="What kind of pause it is, as the page names it")
    uses_session: bool = Field(
        False,
        description="Appointments missed while it lasts use up sessions as the contract says; left out, none does",
    )
    moves_stop: bool = Field(
        False, description="The stop of the calendar moves by the days the pause lasted; left out, it stays where it is"
    )
    longer_than: DurationText | None = Field(
        None, description="How long it lasts before the tasks under then are due again; left out, they are after any"
    )
    then: TaskNames = Field((), description="Tasks that are due again when the course goes on")


Condition.model_rebuild()
ChecklistSpec.model_rebuild()
