"""Which fields of events, commands and the course hold names that a protocol gives, and of which kind.

A course that is moved to another version of its protocol is understood under the names of that version from then on
(`carrying`). So every field has to say here whether it holds such a name; a test asks each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iptengine.course import commands as c
from iptengine.course import course as s
from iptengine.course import events as e


@dataclass(frozen=True, slots=True)
class Holds:
    """What a field holds.

    Attributes:
        kinds: The kind of name, one of `iptengine.protocol.references.KINDS`; several where it may be one of them.
            ``focus`` is the course's own name for a focus, which tells its problem area. ``request`` is a whole
            command as JSON, ``scores`` measures with their items.
        keys: The names are the keys of a map.
    """

    kinds: tuple[str, ...]
    keys: bool = False


PHASE, AREA, STAGE, CHART, STATE = (Holds((kind,)) for kind in ("phase", "area", "stage", "chart", "state"))
TASK, TECHNIQUE, MEASURE, ITEM = (Holds((kind,)) for kind in ("task", "technique", "measure", "item"))
CHECKLIST, FACT, VALUE, CONTACT = (Holds((kind,)) for kind in ("checklist", "fact", "value", "contact"))
PERSON, ALERT, APPROVAL, PAUSE = (Holds((kind,)) for kind in ("participant", "alert", "approval", "pause"))
COMPONENT, ORDER, OUTCOME, POLICY = (Holds((kind,)) for kind in ("component", "order", "outcome", "policy"))
FOCUS, REQUEST = Holds(("focus",)), Holds(("request",))
ITEM_KEYS, QUESTION_KEYS, FACT_KEYS = Holds(("item",), True), Holds(("question",), True), Holds(("fact",), True)
SCORE_KEYS, WORK_KEYS = Holds(("scores",), True), Holds(("task", "component"), True)

Fields = Mapping[str, Holds]
EVENT_FIELDS = frozenset({
    "id", "on", "at", "by", "command", "corrects", "because", "taken_from", "warnings",
    "allowed_by",
})  # fmt: skip
"""What every event has; no names. A warning keeps the words and the place it was told with."""
COMMAND_FIELDS = frozenset({"on", "stamp"})

NAMED: Mapping[type, Fields] = {
    e.CourseStarted: {"phase": PHASE, "missed": POLICY},
    e.CourseAdopted: {"phase": PHASE, "missed": POLICY},
    e.AppointmentBooked: {"present": PERSON},
    e.SessionHeld: {"present": PERSON, "phase": PHASE},
    e.SessionMissed: {"phase": PHASE},
    e.ContactHeld: {"contact": CONTACT, "present": PERSON, "to": PERSON},
    e.MessagePrepared: {"contact": CONTACT, "to": PERSON},
    e.ReadingTaken: {"measure": MEASURE, "answers": ITEM_KEYS, "missing": ITEM, "bad": ITEM},
    e.ItemWorded: {"measure": MEASURE, "item": ITEM},
    e.TaskLogged: {"task": TASK, "techniques": TECHNIQUE, "focus": FOCUS, "phase": PHASE},
    e.TaskDeferred: {"task": TASK},
    e.ContractAgreed: {"missed": POLICY},
    e.ContractAmended: {"missed": POLICY},
    e.FocusAgreed: {"focus": FOCUS, "area": AREA, "stage": STAGE, "replaces": FOCUS},
    e.FocusClosed: {"focus": FOCUS},
    e.FocusStaged: {"focus": FOCUS, "was": STAGE, "stage": STAGE},
    e.ChartMoved: {"chart": CHART, "was": STATE, "to": STATE},
    e.PlanChosen: {"components": COMPONENT, "order": ORDER},
    e.PlanChanged: {"components": COMPONENT, "was": COMPONENT},
    e.PlanInterrupted: {"component": COMPONENT, "former": COMPONENT},
    e.PlanResumed: {"component": COMPONENT, "goes_on": COMPONENT},
    e.ComponentFinished: {"component": COMPONENT},
    e.ComponentDelivered: {"component": COMPONENT},
    e.GoalSet: {"focus": FOCUS},
    e.FactRecorded: {"fact": FACT, "value": VALUE},
    e.ChecklistFilled: {"checklist": CHECKLIST, "answers": QUESTION_KEYS},
    e.PhaseEntered: {"phase": PHASE, "was": PHASE},
    e.CourseEnded: {"outcome": OUTCOME},
    e.AlertRaised: {"code": ALERT, "measure": MEASURE, "item": ITEM},
    e.PauseBegan: {"pause": PAUSE},
    e.PauseEnded: {"pause": PAUSE},
    e.ApprovalRequested: {"approval": APPROVAL, "request": REQUEST},
    e.ApprovalGiven: {"approval": APPROVAL, "request": REQUEST},
    # The state of a course.
    s.Contract: {"missed": POLICY},
    s.Appointment: {"present": PERSON, "phase": PHASE},
    s.StageEntry: {"stage": STAGE},
    s.Focus: {"id": FOCUS, "area": AREA, "stage": STAGE},
    s.ChartEntry: {"chart": CHART, "state": STATE},
    s.PhaseEntry: {"phase": PHASE},
    s.Alert: {"code": ALERT, "measure": MEASURE, "item": ITEM},
    s.Approval: {"approval": APPROVAL, "request": REQUEST},
    s.Ended: {"outcome": OUTCOME},
    s.Course: {"phase": PHASE},
    # What is said to it.
    c.Start: {"facts": FACT_KEYS},
    c.Adopt: {"phase": PHASE, "focus": AREA},
    c.Book: {"present": PERSON},
    c.HoldSession: {"present": PERSON},
    c.RecordSession: {"scores": SCORE_KEYS, "exceptions": WORK_KEYS, "present": PERSON},
    c.RecordContact: {"contact": CONTACT, "present": PERSON, "to": PERSON},
    c.PrepareMessage: {"contact": CONTACT, "to": PERSON},
    c.Read: {"measure": MEASURE, "answers": ITEM_KEYS},
    c.WordItem: {"measure": MEASURE, "item": ITEM},
    c.DoTask: {"task": TASK, "techniques": TECHNIQUE, "focus": FOCUS},
    c.Defer: {"task": TASK},
    c.AgreeContract: {"missed": POLICY},
    c.AmendContract: {"missed": POLICY},
    c.AgreeFocus: {"area": AREA, "id": FOCUS},
    c.CloseFocus: {"focus": FOCUS},
    c.ChangeFocus: {"focus": FOCUS, "to": AREA, "id": FOCUS},
    c.Restage: {"focus": FOCUS, "to": STAGE},
    c.MoveChart: {"chart": CHART, "to": STATE},
    c.ChoosePlan: {"components": COMPONENT, "order": ORDER},
    c.ChangePlan: {"components": COMPONENT},
    c.Interrupt: {"component": COMPONENT},
    c.FinishComponent: {"component": COMPONENT},
    c.DeliverComponent: {"component": COMPONENT},
    c.SetGoal: {"focus": FOCUS},
    c.RecordFact: {"fact": FACT, "value": VALUE},
    c.FillChecklist: {"checklist": CHECKLIST, "answers": QUESTION_KEYS},
    c.EnterPhase: {"phase": PHASE},
    c.Pause: {"pause": PAUSE},
    c.EndCourse: {"outcome": OUTCOME},
}
"""The fields that hold names, by class; a field of a class here that is not in it holds none."""

WITHOUT: Mapping[type, frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        e.CourseStarted: "protocol digest called sessions frequency minutes uses_session follows",
        e.CourseAdopted: "protocol digest sessions_used called sessions frequency minutes uses_session",
        e.AppointmentBooked: "time minutes mode group",
        e.SessionHeld: "appointment number minutes mode group together facilitators",
        e.SessionMissed: "appointment status used number why moved_to group",
        e.ContactHeld: "mode note",
        e.MessagePrepared: "way",
        e.ReadingTaken: "total total_given why_no_total session",
        e.ItemWorded: "text",
        e.TaskLogged: "how note session",
        e.TaskDeferred: "session",
        e.ReminderSet: "text",
        e.NoteWritten: "text session",
        e.DiagnosisRecorded: "diagnosis criteria",
        e.DiagnosisWaived: "",
        e.PersonRecorded: "name role time contact closeness expects expected satisfying unsatisfying change_wanted"
        " confiding conflict change_near_onset supportive",
        e.LifeEventRecorded: "what when symptoms",
        e.FormulationWritten: "text agreed",
        e.ContractAgreed: "sessions frequency minutes mode uses_session",
        e.ContractAmended: "number sessions frequency frequency_until frequency_then minutes mode uses_session",
        e.FocusAgreed: "person primary",
        e.FocusStaged: "way final session",
        e.ChartMoved: "way session",
        e.PlanChosen: "way",
        e.PlanChanged: "way",
        e.ComponentFinished: "reached way",
        e.ComponentDelivered: "dose session",
        e.GoalSet: "text",
        e.HomeworkAssigned: "text",
        e.HomeworkReviewed: "homework how note",
        e.FactRecorded: "expected hidden",
        e.ChecklistFilled: "decision",
        e.GroupJoined: "group size facilitators",
        e.GroupLeft: "group",
        e.PhaseEntered: "way",
        e.CourseFollowed: "course protocol",
        e.Voided: "events meant_for",
        e.EndingAnnounced: "sessions_left",
        e.CourseEnded: "reason note way",
        e.AlertRaised: "level text do cause value",
        e.AlertMoved: "alert state found plan",
        e.ApprovalRequested: "what roles afterwards",
        e.ApprovalGiven: "asked what roles",
        e.ApprovalDeclined: "asked taken_back",
        e.ApprovalConfirmed: "asked",
        e.ApprovalPassedOver: "asked",
        # What was overridden are conditions as they were then; they are read back, and no more asked for.
        e.Deviated: "what overridden",
        e.Withdrawn: "",
        e.Unreadable: "stored why",
        # A move is itself told in the names of both sides.
        e.ProtocolMoved: "protocol digest was was_digest names placed terms undoes",
        s.Contract: "sessions frequency minutes mode uses_session agreed_on frequency_until frequency_then"
        " sessions_at_first",
        s.Appointment: "id on status time minutes mode used number why event booked group together facilitators",
        s.StageEntry: "on because way session event",
        s.Focus: "person primary agreed history finished closed because event",
        s.GroupStay: "group joined size facilitators event left because",
        s.ChartEntry: "on because way session event",
        s.PhaseEntry: "on way event",
        s.Alert: "id course level text do raised state cause value found plan assessed number",
        s.Approval: "id what roles asked asked_by command state answered answered_by because",
        s.Homework: "id text on how note",
        s.Ended: "on reason way event",
        s.Correction: "event by_event because was",
        s.Anomaly: "event text",
        s.Moved: "event on by because was was_digest protocol digest names placed stood undoes undone",
        c.Start: "called",
        c.Adopt: "sessions_used called",
        c.Book: "time minutes mode group",
        c.HoldSession: "minutes mode group together facilitators",
        c.MissSession: "status why moved_to group",
        c.RecordSession: "status note minutes mode",
        c.RecordContact: "mode note",
        c.Read: "total",
        c.WordItem: "text",
        c.DoTask: "how note",
        c.RemindMe: "text",
        c.WriteNote: "text",
        c.RecordDiagnosis: "diagnosis criteria",
        c.WaiveDiagnosis: "because",
        c.RecordPerson: "name role time contact closeness expects expected satisfying unsatisfying change_wanted"
        " confiding conflict change_near_onset supportive",
        c.RecordLifeEvent: "what when symptoms",
        c.WriteFormulation: "text agreed",
        c.AgreeContract: "sessions frequency minutes mode",
        c.AmendContract: "because sessions frequency frequency_until minutes mode",
        c.AgreeFocus: "person primary because",
        c.CloseFocus: "because",
        c.ChangeFocus: "person because",
        c.Restage: "because new_information",
        c.MoveChart: "because",
        c.ChoosePlan: "because",
        c.ChangePlan: "because",
        c.Interrupt: "because",
        c.Resume: "because",
        c.FinishComponent: "because",
        c.DeliverComponent: "dose",
        c.SetGoal: "text",
        c.AssignHomework: "text",
        c.ReviewHomework: "homework how note",
        c.RecordFact: "expected",
        c.FillChecklist: "decision",
        c.JoinGroup: "group size facilitators",
        c.LeaveGroup: "group because stay",
        c.Pause: "because",
        c.EndPause: "",
        c.Follow: "course protocol outcome outcome_kind ended carries called overridden because",
        c.NoteFollowed: "course protocol",
        c.Void: "event because meant_for",
        c.TakeFrom: "course event command",
        c.MoveProtocol: "protocol digest because rename replace undoes group",
        c.AnnounceEnding: "",
        c.EndCourse: "reason note",
        c.AcknowledgeAlert: "alert",
        c.AssessAlert: "alert found plan",
        c.MonitorAlert: "alert",
        c.CloseAlert: "alert because",
        c.Approve: "approval",
        c.Decline: "approval because",
        c.Confirm: "approval",
        c.Erase: "because key_destroyed",
        c.Deviate: "command because",
        c.Correct: "event command because",
        c.Withdraw: "event because",
    }.items()
}
"""The fields that hold no name, by class: text, days, figures, roles, ids of events, words of the format."""

INSIDE: Mapping[type, tuple[str, ...]] = {
    s.Focus: ("history",),
    s.Correction: ("was",),
    s.Course: (
        "phases", "outcome", "contract", "amendments", "appointments", "contacts", "prepared", "readings", "wordings",
        "alerts", "tasks", "focuses", "chart_moves", "plans", "doses", "finished_components", "interruptions",
        "goals", "facts", "checklists", "approvals", "pauses", "deferred", "corrections",
    ),
}  # fmt: skip
"""The fields that hold records with names of their own."""
WITHOUT_INSIDE = frozenset({
    "id", "version", "protocol", "digest", "called", "started", "adopted_sessions", "reminders", "notes",
    "diagnosis", "people", "life_events", "formulation", "homework", "groups", "announced", "voided", "follows",
    "followed_by", "deviations", "anomalies", "warnings", "seen", "moves",
    "erased", "unopened", "alert_moves", "withdrawn",
})  # fmt: skip
"""The fields of a course in which no name of the protocol can stand."""
