"""What happened in a course: append-only, each with who, when (twice), and what was decided then.

An event says what was decided when it was recorded (the session it belongs to, the score, the alerts), so that
replaying it needs no protocol. `corrects` names the event that this one puts right; the old one stays visible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from iptengine.course.stamp import Actor


@dataclass(frozen=True, slots=True)
class CourseWarning:
    """What the clinician should know about what was just recorded, or about where the course stands."""

    code: str
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """The course that another follows: its protocol, how and when it ended, and what was carried over."""

    course: str
    protocol: str = ""
    outcome: str = ""
    outcome_kind: str = ""
    ended: date | None = None
    carried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds of a contract until one is agreed, as the protocol gives it."""

    sessions: int | None = None
    frequency: str = ""
    minutes: int | None = None
    missed: str = ""
    uses_session: tuple[str, ...] = ("attended",)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a move to another protocol puts what stood in a part that is there no more; empty for all that stays.

    Attributes:
        phase: The phase the course goes on in.
        focuses: The problem area of a focus, by the focus's id; `stages` its stage.
        charts: The state of a further chart, by its name.
        components: What takes the place of a component of the plan, by its name.
        pause: The pause that lasts.
        approvals: The approval that a request waits for, by the event that asked.
        alerts: The alert that an open one goes on as, by its id.
        missed: The policy for missed sessions.
    """

    phase: str = ""
    focuses: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    charts: Mapping[str, str] = field(default_factory=dict)
    components: Mapping[str, str] = field(default_factory=dict)
    pause: str = ""
    approvals: Mapping[str, str] = field(default_factory=dict)
    alerts: Mapping[str, str] = field(default_factory=dict)
    missed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Event:
    """The root of every event. Its repr shows kind and id alone: an event may hold patient text."""

    kind: ClassVar[str] = ""
    id: str
    on: date
    at: datetime
    by: Actor
    command: str = ""
    corrects: str = ""
    because: str = ""
    taken_from: str = ""
    """The course in which it was recorded first: voided there, or followed by this one."""
    allowed_by: str = ""
    """The rules of the clinic's policy that allowed the command, by name; empty where a clinic has none."""
    warnings: tuple[CourseWarning, ...] = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CourseStarted(Event):
    """A course began, with its protocol pinned."""

    kind: ClassVar[str] = "course_started"
    protocol: str
    digest: str
    phase: str
    called: str = ""
    sessions: int | None = None
    frequency: str = ""
    minutes: int | None = None
    uses_session: tuple[str, ...] = ("attended",)
    missed: str = ""
    follows: Followed | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CourseAdopted(Event):
    """A course already under way was taken over."""

    kind: ClassVar[str] = "course_adopted"
    protocol: str
    digest: str
    phase: str
    sessions_used: int
    called: str = ""
    sessions: int | None = None
    frequency: str = ""
    minutes: int | None = None
    uses_session: tuple[str, ...] = ("attended",)
    missed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AppointmentBooked(Event):
    """An appointment was planned for the day `on`."""

    kind: ClassVar[str] = "appointment_booked"
    time: str = ""
    minutes: int | None = None
    mode: str = ""
    present: tuple[str, ...] = ("patient",)
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SessionHeld(Event):
    """A session was held. `appointment` is the booking it fulfils, or empty.

    `group` is the group that met, `together` how many of its members were there; who they were is not said here.
    """

    kind: ClassVar[str] = "session_held"
    appointment: str = ""
    number: int = 0
    minutes: int | None = None
    mode: str = ""
    present: tuple[str, ...] = ("patient",)
    phase: str = ""
    group: str = ""
    together: int | None = None
    facilitators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SessionMissed(Event):
    """An appointment was not held; `used` says whether it uses up a session."""

    kind: ClassVar[str] = "session_missed"
    appointment: str = ""
    status: str
    used: bool = False
    number: int | None = None
    why: str = ""
    moved_to: date | None = None
    phase: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ContactHeld(Event):
    """A contact outside the count took place."""

    kind: ClassVar[str] = "contact_held"
    contact: str
    mode: str = ""
    present: tuple[str, ...] = ()
    note: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessagePrepared(Event):
    """The message of a contact was prepared for those in `to`; it is on record as sent when the contact is."""

    kind: ClassVar[str] = "message_prepared"
    contact: str
    to: tuple[str, ...] = ()
    way: str = "chart"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReadingTaken(Event):
    """A measure was taken. `session` is the event of the session it belongs to, empty between sessions."""

    kind: ClassVar[str] = "reading_taken"
    measure: str
    answers: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    total: float | None = None
    total_given: bool = False
    why_no_total: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ItemWorded(Event):
    """The patient's own words for an item of a measure; scores are compared within one wording only."""

    kind: ClassVar[str] = "item_worded"
    measure: str
    item: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TaskLogged(Event):
    """A task was done, or went otherwise."""

    kind: ClassVar[str] = "task_logged"
    task: str
    how: str = "done"
    techniques: tuple[str, ...] = ()
    focus: str = ""
    note: str = ""
    session: str = ""
    phase: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TaskDeferred(Event):
    """A task was put off for this session."""

    kind: ClassVar[str] = "task_deferred"
    task: str
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReminderSet(Event):
    """A line for the top of next time."""

    kind: ClassVar[str] = "reminder_set"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoteWritten(Event):
    """A therapist's note."""

    kind: ClassVar[str] = "note_written"
    text: str
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DiagnosisRecorded(Event):
    """The clinician's diagnosis."""

    kind: ClassVar[str] = "diagnosis_recorded"
    diagnosis: str
    criteria: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DiagnosisWaived(Event):
    """The course goes on without a formal diagnosis."""

    kind: ClassVar[str] = "diagnosis_waived"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonRecorded(Event):
    """A person of the interpersonal inventory."""

    kind: ClassVar[str] = "person_recorded"
    name: str
    role: str = ""
    time: str = "present"
    contact: str = ""
    closeness: str = ""
    expects: str = ""
    expected: str = ""
    satisfying: str = ""
    unsatisfying: str = ""
    change_wanted: str = ""
    confiding: bool | None = None
    conflict: bool | None = None
    change_near_onset: bool | None = None
    supportive: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LifeEventRecorded(Event):
    """Something on the timeline."""

    kind: ClassVar[str] = "life_event_recorded"
    what: str
    when: str = ""
    symptoms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FormulationWritten(Event):
    """The formulation, and whether the patient agreed to it."""

    kind: ClassVar[str] = "formulation_written"
    text: str
    agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ContractAgreed(Event):
    """The contract."""

    kind: ClassVar[str] = "contract_agreed"
    sessions: int | None = None
    frequency: str = ""
    minutes: int | None = None
    mode: str = ""
    missed: str = ""
    uses_session: tuple[str, ...] = ("attended",)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ContractAmended(Event):
    """A change to the contract: the terms as they hold from now on."""

    kind: ClassVar[str] = "contract_amended"
    number: int
    sessions: int | None = None
    frequency: str = ""
    frequency_until: date | None = None
    frequency_then: str = ""
    minutes: int | None = None
    mode: str = ""
    missed: str = ""
    uses_session: tuple[str, ...] = ("attended",)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FocusAgreed(Event):
    """A problem area became a focus."""

    kind: ClassVar[str] = "focus_agreed"
    focus: str
    area: str
    person: str = ""
    primary: bool = True
    stage: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FocusClosed(Event):
    """A focus was closed."""

    kind: ClassVar[str] = "focus_closed"
    focus: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FocusStaged(Event):
    """The clinician judged where a focus stands. `way` is chart, new information or deviation."""

    kind: ClassVar[str] = "focus_staged"
    focus: str
    was: str
    stage: str
    way: str = "chart"
    final: bool = False
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ChartMoved(Event):
    """The clinician judged where a further chart stands. `way` is chart or deviation."""

    kind: ClassVar[str] = "chart_moved"
    chart: str
    was: str
    to: str
    way: str = "chart"
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanChosen(Event):
    """The plan of the course was chosen. `order` is the protocol's, where it was taken; `way` chart or deviation."""

    kind: ClassVar[str] = "plan_chosen"
    components: tuple[str, ...]
    order: str = ""
    way: str = "chart"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanChanged(Event):
    """The plan was changed: its components as they stand from now on, and as they were."""

    kind: ClassVar[str] = "plan_changed"
    components: tuple[str, ...]
    was: tuple[str, ...] = ()
    way: str = "chart"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanInterrupted(Event):
    """A component for safety interrupted the plan; `former` is the one it came into, if there was one."""

    kind: ClassVar[str] = "plan_interrupted"
    component: str
    former: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanResumed(Event):
    """The plan went on after an interruption by `component`, with the component `goes_on`, if there is one."""

    kind: ClassVar[str] = "plan_resumed"
    component: str
    goes_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ComponentFinished(Event):
    """A clinician finished a component at the dose `reached`. `way` is chart or deviation."""

    kind: ClassVar[str] = "component_finished"
    component: str
    reached: str = "0"
    way: str = "chart"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ComponentDelivered(Event):
    """A component was worked on, for so many sessions or parts of one."""

    kind: ClassVar[str] = "component_delivered"
    component: str
    dose: str = "1"
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GoalSet(Event):
    """A goal was agreed."""

    kind: ClassVar[str] = "goal_set"
    text: str
    focus: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HomeworkAssigned(Event):
    """What the patient wants to try."""

    kind: ClassVar[str] = "homework_assigned"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HomeworkReviewed(Event):
    """How the homework went."""

    kind: ClassVar[str] = "homework_reviewed"
    homework: str
    how: str = "done"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FactRecorded(Event):
    """A fact; ``None`` says: asked, and left unanswered. `expected` says: the day a date is expected on.

    `hidden` says that there is an answer, and that it is kept from the role this copy was made for: never in a store.
    """

    kind: ClassVar[str] = "fact_recorded"
    fact: str
    value: str | int | None = None
    expected: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ChecklistFilled(Event):
    """Answers to a checklist, and the clinician's decision."""

    kind: ClassVar[str] = "checklist_filled"
    checklist: str
    answers: Mapping[str, bool | None] = field(default_factory=dict)
    decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupJoined(Event):
    """The course joined a group, which then had `size` members; who the others were is not said here."""

    kind: ClassVar[str] = "group_joined"
    group: str
    size: int
    facilitators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupLeft(Event):
    """The course left its group."""

    kind: ClassVar[str] = "group_left"
    group: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PhaseEntered(Event):
    """The course moved to a phase. `way` is chart or deviation."""

    kind: ClassVar[str] = "phase_entered"
    phase: str
    was: str
    way: str = "chart"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProtocolMoved(Event):
    """The course goes on under another protocol, or another version of its own.

    Attributes:
        protocol: Id and version of the protocol it is under from now on, `digest` that protocol's digest.
        was: Id and version of the one before, `was_digest` its digest.
        names: What is called otherwise from now on, by kind: ``{"phase": {"middle": "working"}}``. A name that is
            its own only within another stands behind that one: ``{"stage": {"grief.early": "first"}}``.
        placed: Where what stood in a removed part stands now.
        terms: What holds of a contract until one is agreed; ``None`` where one is agreed.
        undoes: The move that this one takes back.
    """

    kind: ClassVar[str] = "protocol_moved"
    protocol: str
    digest: str
    was: str
    was_digest: str
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    placed: Placed = Placed()
    terms: Terms | None = None
    undoes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CourseFollowed(Event):
    """Another course follows this one."""

    kind: ClassVar[str] = "course_followed"
    course: str
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Voided(Event):
    """What the events `events` recorded belongs to another course."""

    kind: ClassVar[str] = "voided"
    events: tuple[str, ...]
    meant_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PauseBegan(Event):
    """The course rests from the day `on`."""

    kind: ClassVar[str] = "pause_began"
    pause: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PauseEnded(Event):
    """The course goes on from the day `on`."""

    kind: ClassVar[str] = "pause_ended"
    pause: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EndingAnnounced(Event):
    """The ending was named."""

    kind: ClassVar[str] = "ending_announced"
    sessions_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CourseEnded(Event):
    """The course ended."""

    kind: ClassVar[str] = "course_ended"
    outcome: str
    reason: str = ""
    note: str = ""
    way: str = "chart"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CourseErased(Event):
    """The patient text of the course was erased. `because` stays readable: no patient text belongs there."""

    kind: ClassVar[str] = "course_erased"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertRaised(Event):
    """Something a clinician must see. `cause` is the event it rests on; `alert` is this event's own id."""

    kind: ClassVar[str] = "alert_raised"
    code: str
    level: str
    text: str
    do: str = ""
    cause: str = ""
    measure: str = ""
    item: str = ""
    value: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertMoved(Event):
    """A clinician acknowledged, assessed, watched or closed an alert."""

    kind: ClassVar[str] = "alert_moved"
    alert: str
    state: str
    found: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ApprovalRequested(Event):
    """A request waits for somebody in one of `roles`, or was carried out and is to be confirmed (`afterwards`).

    `request` is the command itself as one line of JSON, `what` the same in words without names of people.
    """

    kind: ClassVar[str] = "approval_requested"
    approval: str
    what: str
    request: str
    roles: tuple[str, ...]
    afterwards: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ApprovalGiven(Event):
    """A request was approved. `asked` is the event that asked; empty when who may approve asked for it themselves."""

    kind: ClassVar[str] = "approval_given"
    asked: str = ""
    approval: str
    what: str
    request: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ApprovalDeclined(Event):
    """A request was not approved, or not confirmed; or it was taken back by who had asked."""

    kind: ClassVar[str] = "approval_declined"
    asked: str
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ApprovalConfirmed(Event):
    """What had been carried out was confirmed."""

    kind: ClassVar[str] = "approval_confirmed"
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ApprovalPassedOver(Event):
    """A clinician went on without the approval that was waited for, by a deviation."""

    kind: ClassVar[str] = "approval_passed_over"
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Deviated(Event):
    """A clinician went another way; `overridden` are the conditions that did not hold."""

    kind: ClassVar[str] = "deviated"
    what: str
    overridden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Withdrawn(Event):
    """What the event `corrects` recorded did not happen."""

    kind: ClassVar[str] = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Unreadable(Event):
    """A stored event this version does not know or cannot read: kept whole, shown as an anomaly."""

    kind: ClassVar[str] = "unreadable"
    stored: str = ""
    why: str = ""


EVENTS: dict[str, type[Event]] = {
    kind.kind: kind
    for kind in (
        CourseStarted, CourseAdopted, AppointmentBooked, SessionHeld, SessionMissed, ContactHeld, MessagePrepared,
        ReadingTaken,
        TaskLogged, TaskDeferred, ReminderSet, NoteWritten, DiagnosisRecorded, DiagnosisWaived, PersonRecorded,
        LifeEventRecorded, FormulationWritten, ContractAgreed, ContractAmended, FocusAgreed, FocusClosed, FocusStaged,
        PlanChosen, PlanChanged, PlanInterrupted, PlanResumed, ComponentFinished, ComponentDelivered,
        GoalSet, HomeworkAssigned, HomeworkReviewed, FactRecorded, ChecklistFilled, PhaseEntered, EndingAnnounced,
        CourseEnded, CourseErased, AlertRaised, AlertMoved, Deviated, Withdrawn, Unreadable,
        GroupJoined, GroupLeft,
        ChartMoved,
        ApprovalRequested, ApprovalGiven, ApprovalDeclined, ApprovalConfirmed, ApprovalPassedOver,
        ItemWorded,
        PauseBegan, PauseEnded, Voided, CourseFollowed,
        ProtocolMoved,
    )
}  # fmt: skip
"""Every event by its kind."""
