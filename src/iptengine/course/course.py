"""The state of one patient's treatment, folded from its events.

A record that never changes *is* its event (a reading, a task log, a note); what changes has a small state of
its own (appointment, focus, alert, contract, homework). Nothing here knows the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from iptengine.course.events import (
    AlertMoved,
    ChecklistFilled,
    ComponentDelivered,
    ComponentFinished,
    ContactHeld,
    ContractAmended,
    CourseErased,
    CourseFollowed,
    CourseWarning,
    Deviated,
    DiagnosisRecorded,
    DiagnosisWaived,
    EndingAnnounced,
    Event,
    FactRecorded,
    Followed,
    FormulationWritten,
    GoalSet,
    ItemWorded,
    LifeEventRecorded,
    MessagePrepared,
    NoteWritten,
    PauseBegan,
    PauseEnded,
    PersonRecorded,
    Placed,
    PlanChanged,
    PlanChosen,
    PlanInterrupted,
    PlanResumed,
    ReadingTaken,
    ReminderSet,
    TaskDeferred,
    TaskLogged,
    Voided,
    Withdrawn,
)
from iptengine.course.stamp import Actor


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed: the terms as they hold now, and the number of sessions they began with."""

    sessions: int | None
    frequency: str
    minutes: int | None
    mode: str
    missed: str
    uses_session: tuple[str, ...]
    agreed_on: date | None = None
    frequency_until: date | None = None
    frequency_then: str = ""
    sessions_at_first: int | None = None
    """The number agreed at the outset, before any amendment."""


@dataclass(frozen=True, slots=True, repr=False)
class Appointment:
    """A planned or past meeting. `id` is the event that recorded it first; `number` its place in the count.

    `event` is the one that says what became of it; `booked` whether it was planned before.
    """

    id: str
    on: date
    status: str
    time: str = ""
    minutes: int | None = None
    mode: str = ""
    present: tuple[str, ...] = ()
    used: bool = False
    number: int | None = None
    why: str = ""
    phase: str = ""
    event: str = ""
    booked: bool = False
    group: str = ""
    together: int | None = None
    facilitators: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether it took place."""
        return self.status == "attended"


@dataclass(frozen=True, slots=True, repr=False)
class StageEntry:
    """A stage a focus was placed in."""

    stage: str
    on: date
    because: str
    way: str
    session: str
    event: str


@dataclass(frozen=True, slots=True, repr=False)
class Focus:
    """A problem area agreed with this patient."""

    id: str
    area: str
    person: str
    primary: bool
    agreed: date
    stage: str
    history: tuple[StageEntry, ...] = ()
    finished: bool = False
    closed: date | None = None
    because: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class GroupStay:
    """A group this course was in: since when, how large it was then, who led it, and until when."""

    group: str
    joined: date
    size: int
    facilitators: tuple[str, ...]
    event: str
    left: date | None = None
    because: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ChartEntry:
    """A state that a further chart was moved to. `way` is chart or deviation."""

    chart: str
    state: str
    on: date
    because: str
    way: str
    session: str
    event: str


@dataclass(frozen=True, slots=True)
class PhaseEntry:
    """A phase the course was in. `way` is start, adopted, chart or deviation."""

    phase: str
    on: date
    way: str
    event: str


@dataclass(frozen=True, slots=True, repr=False)
class Alert:
    """What a clinician must see. A risk alert heads every therapist agenda until it is assessed.

    `state` is open, acknowledged, assessed, monitoring or closed. `number` is its place among the events of the
    course, from 1, as the shell and the pages name it (``#6``); 0 where it has none.
    """

    id: str
    course: str
    code: str
    level: str
    text: str
    do: str
    raised: date
    state: str = "open"
    cause: str = ""
    measure: str = ""
    item: str = ""
    value: int | None = None
    found: str = ""
    plan: str = ""
    assessed: date | None = None
    number: int = 0

    @property
    def needs_assessment(self) -> bool:
        """Whether no clinician has recorded an assessment yet."""
        return self.state in ("open", "acknowledged")


@dataclass(frozen=True, slots=True, repr=False)
class Approval:
    """A request that needs somebody in one of `roles`, and what became of it.

    `id` is the event that asked, `request` the command as one line of JSON, `what` the same in words. `state` is
    waiting, approved, declined, taken_back or passed_over; or to_confirm, confirmed or not_confirmed.
    """

    id: str
    approval: str
    what: str
    request: str
    roles: tuple[str, ...]
    asked: date
    asked_by: Actor
    command: str
    state: str = "waiting"
    answered: date | None = None
    answered_by: Actor | None = None
    because: str = ""

    @property
    def open(self) -> bool:
        """Whether somebody still has to approve or confirm it."""
        return self.state in ("waiting", "to_confirm")


@dataclass(frozen=True, slots=True, repr=False)
class Homework:
    """What the patient wants to try, and how it went."""

    id: str
    text: str
    on: date
    how: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Ended:
    """How and when the course ended."""

    outcome: str
    on: date
    reason: str
    way: str
    event: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Correction:
    """A record that was put right: the event that was wrong, the one that says so, and why."""

    event: str
    by_event: str
    because: str
    was: Event | Appointment | Homework


@dataclass(frozen=True, slots=True, repr=False)
class Moved:
    """A move to another protocol: from which, to which, what is called otherwise, and what stood elsewhere.

    `placed` is where it put what stood in removed parts, `stood` where that stood before. `undoes` is the move it
    takes back; `undone` the event by which it was taken back itself.
    """

    event: str
    on: date
    by: Actor
    because: str
    was: str
    was_digest: str
    protocol: str
    digest: str
    names: Mapping[str, Mapping[str, str]]
    placed: Placed
    stood: Placed
    undoes: str = ""
    undone: str = ""

    @property
    def plan(self) -> str:
        """The id of the plan that it changed; no event has it, and so nothing can correct it."""
        return f"{self.event}-plan"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something in the history that this version cannot use; shown, never dropped."""

    event: str
    text: str


@dataclass(frozen=True, repr=False)
class Course:
    """One patient's treatment under one protocol.

    `version` counts its events. `seen` are the ids of the commands already answered. `unopened` says why its patient
    text could not be opened, where what is left of a course is all that can be shown of it in a list.
    It has no slots: a fold copies it for every command, and a dictionary is copied at once.
    """

    id: str
    version: int = 0
    protocol: str = ""
    digest: str = ""
    called: str = ""
    started: date | None = None
    adopted_sessions: int = 0
    phase: str = ""
    phases: tuple[PhaseEntry, ...] = ()
    outcome: Ended | None = None
    contract: Contract | None = None
    amendments: tuple[ContractAmended, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    contacts: tuple[ContactHeld, ...] = ()
    prepared: tuple[MessagePrepared, ...] = ()
    readings: tuple[ReadingTaken, ...] = ()
    wordings: tuple[ItemWorded, ...] = ()
    alerts: tuple[Alert, ...] = ()
    alert_moves: tuple[AlertMoved, ...] = ()
    tasks: tuple[TaskLogged, ...] = ()
    deferred: tuple[TaskDeferred, ...] = ()
    reminders: tuple[ReminderSet, ...] = ()
    notes: tuple[NoteWritten, ...] = ()
    diagnosis: DiagnosisRecorded | DiagnosisWaived | None = None
    people: tuple[PersonRecorded, ...] = ()
    life_events: tuple[LifeEventRecorded, ...] = ()
    formulation: FormulationWritten | None = None
    focuses: tuple[Focus, ...] = ()
    chart_moves: tuple[ChartEntry, ...] = ()
    plans: tuple[PlanChosen | PlanChanged, ...] = ()
    doses: tuple[ComponentDelivered, ...] = ()
    finished_components: tuple[ComponentFinished, ...] = ()
    interruptions: tuple[PlanInterrupted | PlanResumed, ...] = ()
    goals: tuple[GoalSet, ...] = ()
    homework: tuple[Homework, ...] = ()
    facts: tuple[FactRecorded, ...] = ()
    checklists: tuple[ChecklistFilled, ...] = ()
    groups: tuple[GroupStay, ...] = ()
    announced: EndingAnnounced | None = None
    approvals: tuple[Approval, ...] = ()
    pauses: tuple[PauseBegan | PauseEnded, ...] = ()
    voided: tuple[Voided, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    moves: tuple[Moved, ...] = ()
    follows: Followed | None = None
    followed_by: tuple[CourseFollowed, ...] = ()
    erased: CourseErased | None = None
    deviations: tuple[Deviated, ...] = ()
    corrections: tuple[Correction, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    warnings: tuple[CourseWarning, ...] = ()
    seen: tuple[str, ...] = ()
    unopened: str = ""

    def __repr__(self) -> str:
        return f"<Course {self.id} version {self.version}>"

    @property
    def ended(self) -> str | None:
        """The outcome, once the course has ended."""
        return self.outcome.outcome if self.outcome else None

    @property
    def adopted(self) -> bool:
        """Whether the course was already under way when it was taken over."""
        return bool(self.phases) and self.phases[0].way == "adopted"

    @property
    def open_focuses(self) -> tuple[Focus, ...]:
        """The focuses being worked on, the primary one first."""
        found = tuple(f for f in self.focuses if f.closed is None)
        return tuple(sorted(found, key=lambda f: not f.primary)) if len(found) > 1 else found

    @property
    def open_risk_alerts(self) -> tuple[Alert, ...]:
        """Risk alerts that no clinician has assessed yet, oldest first."""
        return tuple(a for a in self.alerts if a.level == "risk" and a.needs_assessment)

    def focus(self, id: str) -> Focus | None:
        """The focus of that id, open or closed."""
        return next((f for f in self.focuses if f.id == id), None)

    def made_by_a_move(self, id: str) -> bool:
        """Whether a move to another protocol has put what stands under that id; only `undo` takes it back."""
        return any(id in (one.event, one.plan) for one in self.moves)

    def chart_moved(self, chart: str) -> ChartEntry | None:
        """The last move of a further chart; ``None`` while it stands where it began."""
        return next((entry for entry in reversed(self.chart_moves) if entry.chart == chart), None)

    def alert(self, id: str) -> Alert | None:
        """The alert of that id."""
        return next((a for a in self.alerts if a.id == id), None)

    def approval(self, id: str) -> Approval | None:
        """The approval that the event `id` asked for."""
        return next((a for a in self.approvals if a.id == id), None)

    def appointment(self, id: str) -> Appointment | None:
        """The appointment that the event `id` recorded."""
        return next((a for a in self.appointments if id in (a.id, a.event)), None)

    @property
    def sessions(self) -> tuple[Appointment, ...]:
        """The appointments that used up a session, in their order of days."""
        return tuple(a for a in self.appointments if a.used)

    @property
    def last_held(self) -> Appointment | None:
        """The last session that took place."""
        return next((a for a in reversed(self.appointments) if a.held), None)

    def json(self) -> str:
        """The course as one line of JSON, exact enough to be read back equal."""
        from iptengine.course.codec import course_to_json

        return course_to_json(self)


def in_session(record: ReadingTaken | TaskLogged | TaskDeferred | NoteWritten, appointment: Appointment) -> bool:
    """Whether a record belongs to a session: it says so, or was made on its day before the session was recorded."""
    return record.session == appointment.id or (not record.session and record.on == appointment.on)


def changed(course: Course, changes: Mapping[str, Any]) -> Course:
    """A course with some fields replaced."""
    new: Course = object.__new__(Course)
    fields_of(new).update(vars(course), **changes)
    return new


def fields_of(draft: Course) -> dict[str, Any]:
    """The fields of a course that nobody else holds yet, to be written; only a fold does this, between its events."""
    return vars(draft)
