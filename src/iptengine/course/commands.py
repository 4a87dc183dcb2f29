"""What somebody says to a course: reports of what happened, and requests for a move.

A report is never refused for clinical reasons; a request may be, with the reasons, and can then be repeated
inside `Deviate`. Every command takes ``on=``, the day it speaks of; left out, it is the day of the batch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, MISSING, dataclass, field, fields, replace
from datetime import date
from typing import Any, ClassVar, TypeVar

from iptengine.course.stamp import Stamp

C = TypeVar("C", bound="Command")


@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """The root of every command. Its repr shows the kind alone: a command may hold patient text."""

    kind: ClassVar[str] = ""
    request: ClassVar[bool] = False
    _: KW_ONLY
    on: date | None = None
    stamp: Stamp | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def stamped(self: C, stamp: Stamp) -> C:
        """This command with its stamp."""
        return replace(self, stamp=stamp, on=self.on or stamp.on)


@dataclass(frozen=True, slots=True, repr=False)
class Start(Command):
    """A course begins under the protocol. `called` is how the pages name the patient: initials are best."""

    kind: ClassVar[str] = "start"
    called: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Adopt(Command):
    """A course already under way is taken over, without inventing its past."""

    kind: ClassVar[str] = "adopt"
    phase: str
    sessions_used: int
    focus: Sequence[str] = ()
    called: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Book(Command):
    """An appointment is planned for the day ``on``; `group` is the group that meets, in a group treatment."""

    kind: ClassVar[str] = "book"
    request: ClassVar[bool] = True
    _: KW_ONLY
    time: str = ""
    minutes: int | None = None
    mode: str | None = None
    present: Sequence[str] = ("patient",)
    group: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class HoldSession(Command):
    """A session was held on the day ``on``.

    Attributes:
        group: The group that met; empty for a session of this patient alone.
        together: How many members were there, this one included.
        facilitators: Who led it.
    """

    kind: ClassVar[str] = "hold_session"
    _: KW_ONLY
    minutes: int | None = None
    mode: str | None = None
    present: Sequence[str] = ("patient",)
    group: str = ""
    together: int | None = None
    facilitators: Sequence[str] = ()


@dataclass(frozen=True, slots=True, repr=False)
class MissSession(Command):
    """An appointment on the day ``on`` was not held: a miss, a cancellation, a move to another day.

    `status` is one of late_cancel, cancelled_by_patient, cancelled_by_therapist, no_show, rescheduled; `group` the
    group that met, or was to meet.
    """

    kind: ClassVar[str] = "miss_session"
    status: str
    _: KW_ONLY
    why: str = ""
    moved_to: date | None = None
    group: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class RecordSession(Command):
    """A whole session in one: status, scores, what differed from the agenda, one note.

    Attributes:
        status: ``attended``, or one of the statuses of `MissSession`.
        scores: For each measure a mapping of item answers, or ``{"total": n, item: n}``.
        exceptions: Planned tasks that went otherwise: not_done, deferred, partly, declined, not_applicable;
            and tasks done beyond the plan: done. A component of the plan: not_done, done, or the dose it had.
        note: One note, kept as patient text.
    """

    kind: ClassVar[str] = "record_session"
    _: KW_ONLY
    status: str = "attended"
    scores: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    exceptions: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    minutes: int | None = None
    mode: str | None = None
    present: Sequence[str] = ("patient",)


@dataclass(frozen=True, slots=True, repr=False)
class RecordContact(Command):
    """A meeting or message outside the count took place.

    `to` says who was written to; left out, those whom the protocol names.
    """

    kind: ClassVar[str] = "record_contact"
    contact: str
    _: KW_ONLY
    mode: str = ""
    present: Sequence[str] = ()
    to: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class PrepareMessage(Command):
    """The message of a contact is prepared for the clinician to send: nothing is ever sent from here.

    It is also possible once the course has ended.
    """

    kind: ClassVar[str] = "prepare_message"
    request: ClassVar[bool] = True
    contact: str
    _: KW_ONLY
    to: Sequence[str] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Read(Command):
    """A measure was taken: item by item, as a total with named items, or as a total only."""

    kind: ClassVar[str] = "read"
    measure: str
    _: KW_ONLY
    answers: Mapping[str, object] | None = None
    total: object = None


@dataclass(frozen=True, slots=True, repr=False)
class WordItem(Command):
    """The patient says an item of a measure in their own words, such as the problem that is scored each session."""

    kind: ClassVar[str] = "word_item"
    measure: str
    item: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class DoTask(Command):
    """A task was done (``done``), or went otherwise: partly, declined, not_applicable, not_done."""

    kind: ClassVar[str] = "do_task"
    task: str
    _: KW_ONLY
    how: str = "done"
    techniques: Sequence[str] = ()
    focus: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Defer(Command):
    """A task is put off: not today. No deviation; it stays due."""

    kind: ClassVar[str] = "defer"
    task: str


@dataclass(frozen=True, slots=True, repr=False)
class RemindMe(Command):
    """A line that returns at the top of next time."""

    kind: ClassVar[str] = "remind_me"
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class WriteNote(Command):
    """A note of the therapist, kept with the session of that day."""

    kind: ClassVar[str] = "write_note"
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class RecordDiagnosis(Command):
    """The clinician's diagnosis, by named criteria."""

    kind: ClassVar[str] = "record_diagnosis"
    diagnosis: str
    _: KW_ONLY
    criteria: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class WaiveDiagnosis(Command):
    """The course goes on without a formal diagnosis, and why."""

    kind: ClassVar[str] = "waive_diagnosis"
    _: KW_ONLY
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class RecordPerson(Command):
    """One person of the interpersonal inventory, with what is known so far."""

    kind: ClassVar[str] = "record_person"
    name: str
    _: KW_ONLY
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


@dataclass(frozen=True, slots=True, repr=False)
class RecordLifeEvent(Command):
    """Something on the timeline; `when` as the patient tells it ("spring 2025", "2025-04-01")."""

    kind: ClassVar[str] = "record_life_event"
    what: str
    _: KW_ONLY
    when: str = ""
    symptoms: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class WriteFormulation(Command):
    """The formulation, and whether the patient agreed to it."""

    kind: ClassVar[str] = "write_formulation"
    text: str
    _: KW_ONLY
    agreed: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class AgreeContract(Command):
    """The treatment contract: what was agreed."""

    kind: ClassVar[str] = "agree_contract"
    request: ClassVar[bool] = True
    _: KW_ONLY
    sessions: int | None = None
    frequency: str | None = None
    minutes: int | None = None
    mode: str | None = None
    missed: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AmendContract(Command):
    """A change to the contract, with its reason; what is left out stays as it was.

    `frequency_until` ends a changed frequency; after it the former one holds again.
    """

    kind: ClassVar[str] = "amend_contract"
    request: ClassVar[bool] = True
    _: KW_ONLY
    because: str
    sessions: int | None = None
    frequency: str | None = None
    frequency_until: date | None = None
    minutes: int | None = None
    mode: str | None = None
    missed: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AgreeFocus(Command):
    """A problem area is agreed as a focus; `id` is its name in this course, `person` whom it is with."""

    kind: ClassVar[str] = "agree_focus"
    request: ClassVar[bool] = True
    area: str
    _: KW_ONLY
    id: str = ""
    person: str = ""
    primary: bool = True
    because: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class CloseFocus(Command):
    """A focus is closed, with a reason; what was recorded for it stays."""

    kind: ClassVar[str] = "close_focus"
    request: ClassVar[bool] = True
    focus: str
    _: KW_ONLY
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class ChangeFocus(Command):
    """The work changes from one focus to another problem area, with a reason."""

    kind: ClassVar[str] = "change_focus"
    request: ClassVar[bool] = True
    focus: str
    _: KW_ONLY
    to: str
    id: str = ""
    person: str = ""
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class Restage(Command):
    """The clinician's judgement of where a focus stands.

    With ``new_information=True`` the earlier judgement is revised, which needs a reason and no way in the chart.
    """

    kind: ClassVar[str] = "restage"
    request: ClassVar[bool] = True
    focus: str
    _: KW_ONLY
    to: str
    because: str
    new_information: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class MoveChart(Command):
    """The clinician's judgement of where a further chart of the protocol stands: ``MoveChart("group_stage", ...)``."""

    kind: ClassVar[str] = "move_chart"
    request: ClassVar[bool] = True
    chart: str
    _: KW_ONLY
    to: str
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class ChoosePlan(Command):
    """The plan of this course is chosen: components in their order, or the name of an order of the protocol."""

    kind: ClassVar[str] = "choose_plan"
    request: ClassVar[bool] = True
    _: KW_ONLY
    components: Sequence[str] = ()
    order: str = ""
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class ChangePlan(Command):
    """The plan is changed: its components in their order from now on. What is finished stays, named or not."""

    kind: ClassVar[str] = "change_plan"
    request: ClassVar[bool] = True
    components: Sequence[str]
    _: KW_ONLY
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class Interrupt(Command):
    """A component for safety interrupts the plan at once; the plan goes on with `Resume`."""

    kind: ClassVar[str] = "interrupt"
    request: ClassVar[bool] = True
    component: str
    _: KW_ONLY
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class Resume(Command):
    """The plan goes on where it was interrupted, at the dose reached."""

    kind: ClassVar[str] = "resume"
    request: ClassVar[bool] = True
    _: KW_ONLY
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class FinishComponent(Command):
    """A component of the plan is finished before its most dose."""

    kind: ClassVar[str] = "finish_component"
    request: ClassVar[bool] = True
    component: str
    _: KW_ONLY
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class DeliverComponent(Command):
    """A component was worked on: for a session, or a part of one such as ``1/2``."""

    kind: ClassVar[str] = "deliver_component"
    component: str
    _: KW_ONLY
    dose: str = "1"


@dataclass(frozen=True, slots=True, repr=False)
class SetGoal(Command):
    """A goal agreed with the patient."""

    kind: ClassVar[str] = "set_goal"
    text: str
    _: KW_ONLY
    focus: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AssignHomework(Command):
    """What the patient wants to try until next time."""

    kind: ClassVar[str] = "assign_homework"
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class ReviewHomework(Command):
    """How it went; `homework` is the id of the event that recorded it, or empty for the last one."""

    kind: ClassVar[str] = "review_homework"
    homework: str = ""
    _: KW_ONLY
    how: str = "done"
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class RecordFact(Command):
    """A fact the protocol asks for; ``None`` says: asked, and left unanswered.

    `expected` says of a date that it is the day it is expected on; without it, a date is the day it really was.
    """

    kind: ClassVar[str] = "record_fact"
    fact: str
    value: object
    expected: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class FillChecklist(Command):
    """Answers to a checklist (``None``: not answered), and the clinician's own decision."""

    kind: ClassVar[str] = "fill_checklist"
    checklist: str
    answers: Mapping[str, bool | None]
    _: KW_ONLY
    decision: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class JoinGroup(Command):
    """The course joins a group. `size` is how many members the group then has, this one included.

    `Clinic.form_group` and `Clinic.join_group` say it to each course with the right number.
    """

    kind: ClassVar[str] = "join_group"
    request: ClassVar[bool] = True
    group: str
    _: KW_ONLY
    size: int
    facilitators: Sequence[str] = ()


@dataclass(frozen=True, slots=True, repr=False)
class LeaveGroup(Command):
    """The course has left its group, and why; `stay` is how many members stay behind, where that is known."""

    kind: ClassVar[str] = "leave_group"
    group: str = ""
    _: KW_ONLY
    because: str = ""
    stay: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class EnterPhase(Command):
    """The course moves to another phase."""

    kind: ClassVar[str] = "enter_phase"
    request: ClassVar[bool] = True
    phase: str


@dataclass(frozen=True, slots=True, repr=False)
class Pause(Command):
    """From the day ``on`` the course rests; `pause` is a name from the protocol's pauses."""

    kind: ClassVar[str] = "pause"
    pause: str
    _: KW_ONLY
    because: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class EndPause(Command):
    """From the day ``on`` the course goes on."""

    kind: ClassVar[str] = "end_pause"


@dataclass(frozen=True, slots=True, repr=False)
class Follow(Command):
    """A course begins that follows another; said by `Clinic.follow`, which knows both.

    Attributes:
        course: The course it follows, with the `protocol` it kept, its `outcome` in words, that outcome's kind,
            and the day it `ended`.
        carries: What is carried over.
        overridden: Why it may not follow, where a clinician goes on all the same, `because` of something.
    """

    kind: ClassVar[str] = "follow"
    course: str
    _: KW_ONLY
    protocol: str = ""
    outcome: str = ""
    outcome_kind: str = ""
    ended: date | None = None
    carries: Sequence[str] = ()
    called: str = ""
    overridden: Sequence[str] = ()
    because: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class NoteFollowed(Command):
    """Another course follows this one; said by `Clinic.follow`."""

    kind: ClassVar[str] = "note_followed"
    course: str
    protocol: str


@dataclass(frozen=True, slots=True, repr=False)
class Void(Command):
    """What the event `event` recorded belongs to another course; it is kept in the history, and shown no more.

    With the first event of a command goes everything that was recorded with it. `meant_for` is the other course.
    """

    kind: ClassVar[str] = "void"
    event: str
    _: KW_ONLY
    because: str
    meant_for: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class TakeFrom(Command):
    """What was recorded in another course is recorded here: `command` says it, `event` is the event it was there."""

    kind: ClassVar[str] = "take_from"
    course: str
    event: str
    command: Command


@dataclass(frozen=True, slots=True, repr=False)
class MoveProtocol(Command):
    """The course goes on under another version of its protocol; said by `Clinic.move`, which knows both.

    Attributes:
        protocol: Id and version of the one it goes on under, and its `digest`.
        rename: What is called otherwise there, by kind: ``{"phase": {"middle": "working"}}``.
        replace: What stands in a removed part, by kind, and the part of that kind where it goes on.
        undoes: The event of the move that this takes back.
        group: The group whose members all go on with it.
    """

    kind: ClassVar[str] = "move_protocol"
    request: ClassVar[bool] = True
    protocol: str
    digest: str
    _: KW_ONLY
    because: str
    rename: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    replace: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    undoes: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class AnnounceEnding(Command):
    """The ending was named and talked about."""

    kind: ClassVar[str] = "announce_ending"


@dataclass(frozen=True, slots=True, repr=False)
class EndCourse(Command):
    """The course ends in an outcome of the protocol."""

    kind: ClassVar[str] = "end_course"
    request: ClassVar[bool] = True
    outcome: str
    _: KW_ONLY
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ImportCourse(Command):
    """A course that another clinic exported is taken in as it is; said by `Clinic.import_course` to the policy alone.

    It is recorded nowhere: what is imported stays as it was written, byte by byte. The policy is asked with the course
    as it was exported.

    Attributes:
        protocol: Id and version of the protocol it is under.
        events: How many events it has.
    """

    kind: ClassVar[str] = "import_course"
    protocol: str
    events: int


@dataclass(frozen=True, slots=True, repr=False)
class Erase(Command):
    """The patient text of the course is erased for good; said by `Clinic.erase`, which destroys the key.

    The reason stays readable: no patient text belongs there. `key_destroyed` says that the key is gone already, so that
    nothing else could be recorded before: neither an end nor an assessment.
    """

    kind: ClassVar[str] = "erase"
    _: KW_ONLY
    because: str
    key_destroyed: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class AcknowledgeAlert(Command):
    """A clinician has seen the alert."""

    kind: ClassVar[str] = "acknowledge_alert"
    alert: str


@dataclass(frozen=True, slots=True, repr=False)
class AssessAlert(Command):
    """A clinician's assessment of an alert: what was found, and what was agreed."""

    kind: ClassVar[str] = "assess_alert"
    alert: str
    _: KW_ONLY
    found: str
    plan: str


@dataclass(frozen=True, slots=True, repr=False)
class MonitorAlert(Command):
    """An assessed alert is kept under watch."""

    kind: ClassVar[str] = "monitor_alert"
    alert: str


@dataclass(frozen=True, slots=True, repr=False)
class CloseAlert(Command):
    """An assessed alert is closed, with a reason; without one it is refused."""

    kind: ClassVar[str] = "close_alert"
    alert: str
    _: KW_ONLY
    because: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Approve(Command):
    """Somebody in the role an approval asks for agrees; the request is carried out now, its conditions read anew.

    `approval` is the id of the event that recorded what was asked.
    """

    kind: ClassVar[str] = "approve"
    request: ClassVar[bool] = True
    approval: str


@dataclass(frozen=True, slots=True, repr=False)
class Decline(Command):
    """What was asked is not approved, or not confirmed, and why; who asked may take it back so."""

    kind: ClassVar[str] = "decline"
    approval: str
    _: KW_ONLY
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class Confirm(Command):
    """What was carried out already is confirmed by somebody in the role that is asked for."""

    kind: ClassVar[str] = "confirm"
    approval: str


@dataclass(frozen=True, slots=True, repr=False)
class Deviate(Command):
    """The clinician goes another way than the protocol, and says why."""

    kind: ClassVar[str] = "deviate"
    request: ClassVar[bool] = True
    command: Command
    _: KW_ONLY
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class Correct(Command):
    """What was recorded by the event `event` was wrong; `command` says it as it should have been."""

    kind: ClassVar[str] = "correct"
    event: str
    command: Command
    _: KW_ONLY
    because: str


@dataclass(frozen=True, slots=True, repr=False)
class Withdraw(Command):
    """What was recorded by the event `event` did not happen; it stays visible as withdrawn.

    An alert whose assessment is withdrawn is what it was before; that it was watched or closed since is withdrawn, too.
    """

    kind: ClassVar[str] = "withdraw"
    event: str
    _: KW_ONLY
    because: str


COMMANDS: dict[str, type[Command]] = {
    kind.kind: kind
    for kind in (
        Start, Adopt, Book, HoldSession, MissSession, RecordSession, RecordContact, PrepareMessage, Read,
        DoTask, Defer, RemindMe,
        WriteNote, RecordDiagnosis, WaiveDiagnosis, RecordPerson, RecordLifeEvent, WriteFormulation, AgreeContract,
        AmendContract, AgreeFocus, CloseFocus, ChangeFocus, Restage, MoveChart, ChoosePlan, ChangePlan, Interrupt,
        Resume, FinishComponent, DeliverComponent, SetGoal, AssignHomework, ReviewHomework,
        RecordFact, FillChecklist, EnterPhase, AnnounceEnding, EndCourse, AcknowledgeAlert, AssessAlert,
        MonitorAlert, CloseAlert, Deviate, Correct, Withdraw,
        JoinGroup, LeaveGroup,
        Approve, Decline, Confirm,
        WordItem,
        Pause, EndPause, Void, TakeFrom, Follow, NoteFollowed,
        Erase,
        MoveProtocol,
    )
}  # fmt: skip
"""Every command by its kind."""


def inputs(command: type[Command]) -> tuple[str, ...]:
    """The fields a person fills in for a command, in order."""
    return tuple(f.name for f in fields(command) if f.name not in ("on", "stamp"))


def as_mapping(command: Command) -> dict[str, Any]:
    """A command as plain values, without its stamp."""
    found: dict[str, Any] = {"kind": command.kind}
    for part in fields(command):
        value = getattr(command, part.name)
        required = part.default is MISSING and part.default_factory is MISSING
        if part.name == "stamp" or (value is None and not required):
            continue
        found[part.name] = _plain(value)
    return found


def as_line(said: Mapping[str, Any]) -> str:
    """A command as plain values as one line of JSON: how a request that waits for an approval is kept."""
    return json.dumps(said, ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, Command):
        return as_mapping(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
