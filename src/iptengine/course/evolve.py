"""The course after an event. Total: what was recorded is never refused, and what cannot be used is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from iptengine.course import events as e
from iptengine.course import group_stays, protocol_moved
from iptengine.course.alert_moves import as_moved, moved_on
from iptengine.course.course import (
    Alert,
    Anomaly,
    Appointment,
    Approval,
    ChartEntry,
    Contract,
    Correction,
    Course,
    Ended,
    Focus,
    Homework,
    PhaseEntry,
    StageEntry,
    changed,
    fields_of,
)
from iptengine.course.filling import renewed
from iptengine.course.unread_alerts import of_an_unreadable_event, stood_for_an_event
from iptengine.protocol.model import UNSTAGED

Changes = dict[str, Any]
R = TypeVar("R", bound=e.Event)


def evolve(course: Course, event: e.Event) -> Course:
    """The course after `event`.

    Never raises for anything that was recorded: an event that makes no sense here becomes an anomaly.
    """
    return fold(course, (event,))


def fold(course: Course, events: Iterable[e.Event]) -> Course:
    """The course after all of `events`, in order."""
    draft = changed(course, {})  # copied once and written in place: nobody else holds it yet
    told = fields_of(draft)
    for event in events:
        version, seen, warnings = draft.version, draft.seen, draft.warnings
        handler = _HANDLERS.get(event.kind, _unreadable)
        told.update(_corrected(draft, event, handler) if event.corrects else handler(draft, event))
        told["version"] = version + 1
        if event.command and seen[-1:] != (event.command,):
            told["seen"] = (*seen, event.command)
        if event.warnings:
            told["warnings"] = (*warnings, *event.warnings)
    return draft


def _anomaly(course: Course, event: e.Event, text: str) -> Changes:
    return {"anomalies": (*course.anomalies, Anomaly(event.id, text))}


def _unreadable(course: Course, event: e.Event) -> Changes:
    """It may have been a risk alert, so one stands for it (law 5)."""
    why = event.why if isinstance(event, e.Unreadable) else ""
    alert = of_an_unreadable_event(course, course.version + 1, event.on)
    told = _anomaly(course, event, why or f"an event of the unknown kind '{event.kind}'")
    return {**told, "alerts": (*course.alerts, alert)}


# -- beginning and end -------------------------------------------------------------------------------------------


def _started(course: Course, event: e.CourseStarted | e.CourseAdopted) -> Changes:
    if course.started is not None:
        return _anomaly(course, event, "the course had already begun")
    adopted = isinstance(event, e.CourseAdopted)
    contract = None
    if event.sessions is not None or event.frequency:
        contract = Contract(
            event.sessions, event.frequency, event.minutes, "", event.missed, event.uses_session, None,
            sessions_at_first=event.sessions,
        )  # fmt: skip
    before = event.sessions_used if isinstance(event, e.CourseAdopted) else 0
    return {
        "protocol": event.protocol,
        "digest": event.digest,
        "called": event.called,
        "started": event.on,
        "phase": event.phase,
        "phases": (PhaseEntry(event.phase, event.on, "adopted" if adopted else "start", event.id),),
        "contract": contract,
        "adopted_sessions": before,
        "follows": event.follows if isinstance(event, e.CourseStarted) else None,
        "appointments": _numbered(before, course.appointments),
    }


def _ended(course: Course, event: e.CourseEnded) -> Changes:
    if course.outcome is not None:
        return _anomaly(course, event, "the course had already ended")
    return {"outcome": Ended(event.outcome, event.on, event.reason, event.way, event.id)}


def _erased(course: Course, event: e.CourseErased) -> Changes:
    return {"erased": course.erased or event}


def _phase_entered(course: Course, event: e.PhaseEntered) -> Changes:
    return {
        "phase": event.phase,
        "phases": (*course.phases, PhaseEntry(event.phase, event.on, event.way, event.id)),
    }


# -- appointments ------------------------------------------------------------------------------------------------


_DAY = attrgetter("on")


def _numbered(before: int, appointments: Iterable[Appointment]) -> tuple[Appointment, ...]:
    """The appointments in their order of days, each place in the count numbered on from the sessions `before`."""
    number = before
    found = []
    for item in sorted(appointments, key=_DAY):
        number += item.used
        place = number if item.used else None
        found.append(item if item.number == place else renewed(item, number=place))
    return tuple(found)


def _booked(course: Course, event: e.AppointmentBooked) -> Changes:
    new = Appointment(
        event.id, event.on, "planned", event.time, event.minutes, event.mode, event.present, event=event.id,
        booked=True, group=event.group,
    )  # fmt: skip
    return {"appointments": _numbered(course.adopted_sessions, (*course.appointments, new))}


def _meeting(course: Course, event: e.SessionHeld | e.SessionMissed) -> Changes:
    old = course.appointment(event.appointment) if event.appointment else None
    base = old or Appointment(event.appointment or event.id, event.on, "planned")
    # The number is the one it was recorded with, which `_numbered` puts right where late entry has moved it.
    if isinstance(event, e.SessionHeld):
        new = renewed(
            base, on=event.on, status="attended", used=True, number=event.number, minutes=event.minutes or base.minutes,
            mode=event.mode or base.mode, present=event.present, phase=event.phase, event=event.id,
            group=event.group or base.group, together=event.together, facilitators=event.facilitators,
        )  # fmt: skip
    else:
        new = renewed(
            base, on=event.on, status=event.status, used=event.used, number=event.number, why=event.why,
            phase=event.phase, event=event.id, group=event.group or base.group,
        )  # fmt: skip
    others = [a for a in course.appointments if a is not old]
    return {"appointments": _numbered(course.adopted_sessions, (*others, new))}


# -- contract and focus ------------------------------------------------------------------------------------------


def _contract(course: Course, event: e.ContractAgreed) -> Changes:
    return {
        "contract": Contract(
            event.sessions, event.frequency, event.minutes, event.mode, event.missed, event.uses_session, event.on,
            sessions_at_first=event.sessions,
        )
    }  # fmt: skip


def _amended(course: Course, event: e.ContractAmended) -> Changes:
    old = course.contract
    contract = Contract(
        event.sessions, event.frequency, event.minutes, event.mode, event.missed, event.uses_session,
        old.agreed_on if old else None, event.frequency_until, event.frequency_then,
        old.sessions_at_first if old else event.sessions,
    )  # fmt: skip
    return {"contract": contract, "amendments": (*course.amendments, event)}


def _focus_agreed(course: Course, event: e.FocusAgreed) -> Changes:
    focus = Focus(
        event.focus, event.area, event.person, event.primary, event.on, event.stage, because=event.because,
        event=event.id,
    )  # fmt: skip
    return {"focuses": (*(f for f in course.focuses if f.id != event.focus), focus)}


def _with_focus(course: Course, event: e.Event, id: str, change: Callable[[Focus], Focus]) -> Changes:
    if course.focus(id) is None:
        return _anomaly(course, event, f"there is no focus '{id}' in this course")
    return {"focuses": tuple(change(f) if f.id == id else f for f in course.focuses)}


def _focus_closed(course: Course, event: e.FocusClosed) -> Changes:
    return _with_focus(course, event, event.focus, lambda f: renewed(f, closed=event.on, because=event.because))


def _staged(course: Course, event: e.FocusStaged) -> Changes:
    entry = StageEntry(event.stage, event.on, event.because, event.way, event.session, event.id)
    return _with_focus(
        course, event, event.focus,
        lambda f: renewed(f, stage=event.stage, history=(*f.history, entry), finished=event.final),
    )  # fmt: skip


def _chart_moved(course: Course, event: e.ChartMoved) -> Changes:
    entry = ChartEntry(event.chart, event.to, event.on, event.because, event.way, event.session, event.id)
    return {"chart_moves": (*course.chart_moves, entry)}


# -- alerts and homework -----------------------------------------------------------------------------------------


def _alert_raised(course: Course, event: e.AlertRaised) -> Changes:
    alert = Alert(
        event.id, course.id, event.code, event.level, event.text, event.do, event.on, cause=event.cause,
        measure=event.measure, item=event.item, value=event.value, number=course.version + 1,
    )  # fmt: skip
    return {"alerts": (*course.alerts, alert)}


def _alert_moved(course: Course, event: e.AlertMoved) -> Changes:
    kept: Changes = {"alert_moves": (*course.alert_moves, event)}
    if course.alert(event.alert) is None:
        if stood_for_an_event(event.alert):  # the event is read by now, and says itself what it is
            return kept
        return _anomaly(course, event, f"there is no alert '{event.alert}' in this course")
    return {**kept, "alerts": tuple(moved_on(a, event) if a.id == event.alert else a for a in course.alerts)}


def _approval_requested(course: Course, event: e.ApprovalRequested) -> Changes:
    state = "to_confirm" if event.afterwards else "waiting"
    return {"approvals": (*course.approvals, _approval(event, state))}


def _approval(event: e.ApprovalRequested | e.ApprovalGiven, state: str) -> Approval:
    return Approval(
        event.id, event.approval, event.what, event.request, event.roles, event.on, event.by, event.command, state
    )


def _approval_given(course: Course, event: e.ApprovalGiven) -> Changes:
    if event.asked:
        return _answered(course, event, event.asked, {"waiting": "approved"})
    given = renewed(_approval(event, "approved"), answered=event.on, answered_by=event.by)
    return {"approvals": (*course.approvals, given)}


def _approval_declined(course: Course, event: e.ApprovalDeclined) -> Changes:
    if event.taken_back:
        return _answered(course, event, event.asked, {"waiting": "taken_back"}, together=True)
    states = {"waiting": "declined", "to_confirm": "not_confirmed"}
    return _answered(course, event, event.asked, states, together=True)


def _answered(
    course: Course,
    event: e.Event,
    asked: str,
    states: Mapping[str, str],
    *,
    together: bool = False,
) -> Changes:
    """An approval that was answered; `together` with every other that the same request still waits for."""
    found = course.approval(asked)
    if found is None or found.state not in states:
        return _anomaly(course, event, "it answers an approval that is not waited for in this course")

    def answered(one: Approval) -> Approval:
        same = one.id == asked or (together and one.state == "waiting" and one.command == found.command)
        if not same:
            return one
        return renewed(one, state=states[one.state], answered=event.on, answered_by=event.by, because=event.because)

    return {"approvals": tuple(map(answered, course.approvals))}


def _answers(asked: Mapping[str, str]) -> Callable[[Course, Any], Changes]:
    return lambda course, event: _answered(course, event, event.asked, asked)


def _homework(course: Course, event: e.HomeworkAssigned) -> Changes:
    return {"homework": (*course.homework, Homework(event.id, event.text, event.on))}


def _homework_reviewed(course: Course, event: e.HomeworkReviewed) -> Changes:
    if all(h.id != event.homework for h in course.homework):
        return _anomaly(course, event, "the homework it reviews is not on record")
    return {
        "homework": tuple(
            renewed(h, how=event.how, note=event.note) if h.id == event.homework else h for h in course.homework
        )
    }


# -- records that are their events -------------------------------------------------------------------------------


def _by_day(field: str) -> Callable[[Course, e.Event], Changes]:
    """Keep the event in a list ordered by the day it speaks of; late entry finds its place."""

    def keep(course: Course, event: e.Event) -> Changes:
        kept = getattr(course, field)
        if not kept or kept[-1].on <= event.on:
            return {field: (*kept, event)}
        return {field: tuple(sorted((*kept, event), key=_DAY))}

    return keep


def _in_order(field: str) -> Callable[[Course, e.Event], Changes]:
    """Keep the event in the order in which it was recorded: a move, of which the last one holds."""

    def keep(course: Course, event: e.Event) -> Changes:
        return {field: (*getattr(course, field), event)}

    return keep


def _latest(field: str) -> Callable[[Course, e.Event], Changes]:
    """Keep the event that speaks of the later day; late entry of an earlier one changes nothing that holds now."""

    def keep(course: Course, event: e.Event) -> Changes:
        kept = getattr(course, field)
        return {field: event} if kept is None or kept.on <= event.on else {}

    return keep


_OF_A_PERSON = tuple(f.name for f in fields(e.PersonRecorded) if f.name not in {f.name for f in fields(e.Event)})


def _person(course: Course, event: e.PersonRecorded) -> Changes:
    """What is told of a person anew takes the place of what was told before; what is not told now stays as it was."""
    known = next((p for p in course.people if p.name == event.name), None)
    if known is None:
        return {"people": (*course.people, event)}
    untold = {name: getattr(known, name) for name in _OF_A_PERSON if getattr(event, name) in ("", None)}
    return {"people": (*(p for p in course.people if p is not known), renewed(event, **untold))}


def _withdrawn(course: Course, event: e.Withdrawn) -> Changes:
    return {"withdrawn": (*course.withdrawn, event)}


def _voided(course: Course, event: e.Voided) -> Changes:
    """Take everything out that belongs to another course; it stays in the history, and among the corrections."""
    draft, found = course, {"voided": (*course.voided, event)}
    corrections = course.corrections
    for id in event.events:
        without, was, changes = _taken_out(draft, id)
        if was is not None:
            corrections = (*corrections, Correction(id, event.id, event.because, was))
        else:
            changes = _move_undone(draft, id)
            without = changed(draft, changes)
        draft = without
        found |= changes
    return {**found, "corrections": corrections}


def _move_undone(course: Course, id: str) -> Changes:
    """A focus, a stage, a state or an ending that was recorded for somebody else; nothing for any other event."""
    if course.outcome is not None and course.outcome.event == id:
        return {"outcome": None}
    if any(entry.event == id for entry in course.chart_moves):
        return {"chart_moves": tuple(entry for entry in course.chart_moves if entry.event != id)}
    if any(f.event == id for f in course.focuses):
        return {"focuses": tuple(f for f in course.focuses if f.event != id)}
    return {"focuses": tuple(_unstaged(f, id) for f in course.focuses)}


def _unstaged(focus: Focus, id: str) -> Focus:
    kept = tuple(entry for entry in focus.history if entry.event != id)
    if kept == focus.history:
        return focus
    stage = kept[-1].stage if kept else UNSTAGED
    return renewed(focus, history=kept, stage=stage, finished=focus.finished and stage == focus.stage)


# -- corrections -------------------------------------------------------------------------------------------------

_LISTS = (
    "readings", "tasks", "doses", "plans", "finished_components", "interruptions", "deferred", "facts", "notes",
    "contacts", "prepared", "people", "life_events", "goals", "checklists", "reminders", "homework", "deviations",
    "pauses", "wordings", "alert_moves",
)  # fmt: skip
_SINGLE = ("diagnosis", "formulation", "announced")


def _corrected(course: Course, event: e.Event, handler: Callable[[Course, Any], Changes]) -> Changes:
    """Take the wrong record out, keep it visible, and let the event say it anew."""
    without, was, changes = _taken_out(course, event.corrects)
    if was is None:
        found = {} if isinstance(event, e.Withdrawn) else handler(course, event)
        told = Anomaly(event.id, f"it corrects '{event.corrects}', which is not on record here")
        return {**found, "anomalies": (*found.get("anomalies", course.anomalies), told)}
    found = {**changes, **handler(without, event)}
    if isinstance(was, Homework) and isinstance(event, e.HomeworkAssigned):
        found["homework"] = (*found["homework"][:-1], renewed(found["homework"][-1], how=was.how, note=was.note))
    correction = Correction(event.corrects, event.id, event.because, was)
    return {**found, "corrections": (*course.corrections, correction)}


def _taken_out(course: Course, id: str) -> tuple[Course, e.Event | Appointment | Homework | None, Changes]:
    appointment = next((a for a in course.appointments if a.event == id), None)
    if appointment:
        others = [a for a in course.appointments if a is not appointment]
        rest = _numbered(course.adopted_sessions, [*others, *_booking_of(appointment)])
        changes: Changes = {"appointments": rest}
        return changed(course, changes), appointment, changes
    for field in _LISTS:
        records = getattr(course, field)
        was = next((r for r in records if r.id == id), None)
        if was is not None:
            changes = {field: tuple(r for r in records if r is not was)}
            if isinstance(was, e.AlertMoved):
                changes["alerts"] = as_moved(changed(course, changes), was.alert)
            return changed(course, changes), was, changes
    for field in _SINGLE:
        was = getattr(course, field)
        if was is not None and was.id == id:
            changes = {field: None}
            return changed(course, changes), was, changes
    return course, None, {}


def _booking_of(appointment: Appointment) -> tuple[Appointment, ...]:
    """The booking that is left of an appointment when what became of it is taken out."""
    if not appointment.booked or appointment.status == "planned":
        return ()
    return (renewed(appointment, status="planned", used=False, why="", phase="", event=appointment.id),)


_HANDLERS: dict[str, Callable[[Course, Any], Changes]] = {
    "course_started": _started,
    "course_adopted": _started,
    "course_ended": _ended,
    "course_erased": _erased,
    "phase_entered": _phase_entered,
    **group_stays.EVOLVE,
    "appointment_booked": _booked,
    "session_held": _meeting,
    "session_missed": _meeting,
    "contract_agreed": _contract,
    "contract_amended": _amended,
    "focus_agreed": _focus_agreed,
    "focus_closed": _focus_closed,
    "focus_staged": _staged,
    "chart_moved": _chart_moved,
    "alert_raised": _alert_raised,
    "alert_moved": _alert_moved,
    "approval_requested": _approval_requested,
    "approval_given": _approval_given,
    "approval_declined": _approval_declined,
    "approval_confirmed": _answers({"to_confirm": "confirmed"}),
    "approval_passed_over": _answers({"waiting": "passed_over"}),
    "homework_assigned": _homework,
    "homework_reviewed": _homework_reviewed,
    "person_recorded": _person,
    "withdrawn": _withdrawn,
    "contact_held": _by_day("contacts"),
    "message_prepared": _by_day("prepared"),
    "reading_taken": _by_day("readings"),
    "item_worded": _by_day("wordings"),
    "task_logged": _by_day("tasks"),
    "task_deferred": _by_day("deferred"),
    "reminder_set": _by_day("reminders"),
    "note_written": _by_day("notes"),
    "life_event_recorded": _by_day("life_events"),
    "goal_set": _by_day("goals"),
    "fact_recorded": _by_day("facts"),
    "checklist_filled": _by_day("checklists"),
    "deviated": _by_day("deviations"),
    "component_delivered": _by_day("doses"),
    "plan_chosen": _in_order("plans"),
    "plan_changed": _in_order("plans"),
    "plan_interrupted": _in_order("interruptions"),
    "plan_resumed": _in_order("interruptions"),
    "component_finished": _in_order("finished_components"),
    "voided": _voided,
    "protocol_moved": protocol_moved.moved,
    "course_followed": _by_day("followed_by"),
    "pause_began": _by_day("pauses"),
    "pause_ended": _by_day("pauses"),
    "diagnosis_recorded": _latest("diagnosis"),
    "diagnosis_waived": _latest("diagnosis"),
    "formulation_written": _latest("formulation"),
    "ending_announced": _latest("announced"),
}


def without_record(course: Course, id: str) -> tuple[Course, str, date] | None:
    """The course without the record that the event `id` made, that event's kind and day; ``None`` when none."""
    without, was, _ = _taken_out(course, id)
    if was is None:
        return None
    if isinstance(was, Appointment):
        kind = {"planned": "appointment_booked", "attended": "session_held"}.get(was.status, "session_missed")
        return without, kind, was.on
    return without, "homework_assigned" if isinstance(was, Homework) else was.kind, was.on
