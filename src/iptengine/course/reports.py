"""What happened: reports are recorded, with warnings where the clinician should know, and never held back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course import following, grouping, pauses, timing, voiding, wordings
from iptengine.course.alerting import imported_total, risk_alerts
from iptengine.course.calendar import stop_day
from iptengine.course.course import Course
from iptengine.course.desk import Desk, warning
from iptengine.course.events import CourseWarning, Event
from iptengine.course.moved_dates import with_date_warnings
from iptengine.course.participants import presence_warnings
from iptengine.course.plans import PLAN_REPORTS
from iptengine.course.task_warnings import task_warnings
from iptengine.course.unsaid import is_wordless
from iptengine.course.used_up import can_agree_more
from iptengine.protocol.parts import STATUSES, FactSpec
from iptengine.protocol.scoring import NothingUsable, score
from iptengine.protocol.units import MOST

Events = Iterator[Event]
HOW = ("done", "partly", "declined", "not_applicable", "not_done")


# -- appointments ------------------------------------------------------------------------------------------------


def phase_on(course: Course, on: date) -> str:
    """The phase the course was in on a day; today's for a day on or after its last change."""
    if not course.phases or on >= course.phases[-1].on:
        return course.phase
    before = [entry.phase for entry in course.phases if entry.on < on]
    return before[-1] if before else course.phases[0].phase


def _phase_on(desk: Desk) -> str:
    return phase_on(desk.course, desk.on)


def _booking(desk: Desk) -> str:
    """The appointment that what happened belongs to: the one put right, or the one planned for the day."""
    if desk.wrong is not None:
        return desk.wrong.id
    planned = [a.id for a in desk.course.appointments if a.status == "planned" and a.on == desk.on]
    return planned[0] if planned else ""


def _place(desk: Desk) -> int:
    """The number a session on this day takes."""
    return desk.course.adopted_sessions + 1 + sum(a.used and a.on <= desk.on for a in desk.course.appointments)


def _count_warnings(desk: Desk) -> Iterator[CourseWarning]:
    agreed = timing.contracted(desk.course)
    if agreed is not None and timing.sessions_used(desk.course) >= agreed:
        text = f"the contract holds {agreed} sessions; amend it"
        if can_agree_more(desk.protocol, desk.course) is None:
            text = f"the course holds {agreed} sessions and no more can be agreed; note why there is one more"
        yield warning("beyond_contract", text, "contract", "sessions")


def _session_warnings(desk: Desk) -> Iterator[CourseWarning]:
    yield from _count_warnings(desk)
    course = desk.course
    if course.started and desk.on < course.started:
        yield warning("before_start", f"this day is before the course began ({course.started.isoformat()})")
    if any(a.held and a.on == desk.on for a in course.appointments):
        yield warning("same_day", "another session on this day is already on record")
    stop = stop_day(desk.protocol, course)
    if stop is not None and desk.on > stop:
        yield warning("after_stop", f"the calendar had stopped ({stop.isoformat()})", "calendar", "stop")
    yield from pauses.session_warnings(desk)
    if course.ended:
        yield warning("after_end", f"the course had ended ({course.ended})", "outcomes", course.ended)


def present_known(desk: Desk, present: Iterable[str]) -> None:
    """Refuse a participant the protocol does not know."""
    for name in present:
        if name != "patient" and name not in desk.protocol.spec.participants:
            known = ", ".join(("patient", *desk.protocol.spec.participants))
            raise desk.nonsense("unknown_participant", f"this protocol knows {known}", "participants")


def minutes_known(desk: Desk, minutes: int | None) -> None:
    """Refuse minutes that are no length of a session."""
    if minutes is not None and (type(minutes) is not int or not 0 < minutes <= MOST):
        raise desk.nonsense("minutes", f"minutes are a whole number from 1 to {MOST}", "contract", "minutes")


def hold(desk: Desk, command: c.HoldSession) -> Events:
    present_known(desk, command.present)
    minutes_known(desk, command.minutes)
    group = grouping.group_of_meeting(desk, command.group)
    yield desk.event(
        e.SessionHeld,
        warnings=(
            *_session_warnings(desk),
            *grouping.session_warnings(desk, command, group),
            *presence_warnings(desk.protocol, desk.facts, command.present, session=True),
        ),
        appointment=_booking(desk),
        number=_place(desk),
        minutes=command.minutes,
        mode=command.mode or "",
        present=tuple(command.present),
        phase=_phase_on(desk),
        group=group,
        together=command.together,
        facilitators=tuple(command.facilitators),
    )


def miss(desk: Desk, command: c.MissSession) -> Events:
    if command.status not in STATUSES or command.status == "attended":
        known = ", ".join(s for s in STATUSES if s != "attended")
        raise desk.nonsense("unknown_status", f"a session not held is one of {known}", "contract", "missed")
    contract = desk.course.contract
    used = command.status in (contract.uses_session if contract else ("attended",))
    used = used and not pauses.uses_none(desk.protocol, desk.course, desk.on)
    group = grouping.group_of_meeting(desk, command.group)
    beyond = _count_warnings(desk) if used else ()
    yield desk.event(
        e.SessionMissed,
        warnings=(*beyond, *grouping.membership_warnings(desk, group)),
        appointment=_booking(desk),
        status=command.status,
        used=used,
        number=_place(desk) if used else None,
        why=command.why,
        moved_to=command.moved_to,
        phase=_phase_on(desk),
        group=group,
    )
    if command.moved_to is not None:
        old = next((a for a in desk.course.appointments if a.id == _booking(desk)), None)
        agreed: dict[str, Any] = {"time": old.time, "minutes": old.minutes, "mode": old.mode} if old else {}
        present = old.present if old and old.present else ("patient",)
        yield desk.event(e.AppointmentBooked, on=command.moved_to, present=present, group=group, **agreed)


def contact(desk: Desk, command: c.RecordContact) -> Events:
    if command.contact not in desk.protocol.spec.contacts:
        known = ", ".join(desk.protocol.spec.contacts) or "none"
        raise desk.nonsense("unknown_contact", f"this protocol knows the contacts {known}", "contacts")
    to = tuple(command.to) or desk.protocol.spec.contacts[command.contact].to
    present_known(desk, (*command.present, *to))
    yield desk.event(
        e.ContactHeld,
        warnings=presence_warnings(desk.protocol, desk.facts, (*command.present, *to), session=False),
        contact=command.contact,
        mode=command.mode,
        present=tuple(command.present),
        to=to,
        note=command.note,
    )


# -- readings ----------------------------------------------------------------------------------------------------


def read(desk: Desk, command: c.Read) -> Events:
    measure = desk.protocol.measures.get(command.measure)
    if measure is None:
        known = ", ".join(desk.protocol.measures) or "none"
        raise desk.nonsense("unknown_measure", f"this protocol uses the measures {known}", "measures")
    try:
        scored = score(measure, command.answers or {}, command.total)
    except NothingUsable as nothing:
        raise desk.nonsense("nothing_usable", str(nothing), "measures", command.measure) from nothing
    warnings = []
    if scored.bad:
        listed = ", ".join(scored.bad)
        warnings.append(
            warning(
                "bad_answers", f"{measure.label}: could not be used: {listed}. Not scored", "measures", command.measure
            )
        )
    warnings += wordings.scored_unworded(desk, measure, command, tuple(scored.answers))
    reading = desk.event(
        e.ReadingTaken,
        warnings=warnings,
        measure=command.measure,
        answers=dict(scored.answers),
        missing=scored.missing,
        bad=scored.bad,
        total=scored.total,
        total_given=scored.total_given,
        why_no_total=scored.why_no_total,
        session=desk.session_today(),
    )
    if measure.risk_items and imported_total(desk.course, reading):
        told = f"{measure.label}: the risk item is not known from before; ask today"
        unknown = warning("item_unknown", told, "measures", command.measure)
        reading = replace(reading, warnings=(*reading.warnings, unknown))
    yield reading
    yield from risk_alerts(desk, reading, scored.risk)


# -- tasks -------------------------------------------------------------------------------------------------------


def do_task(desk: Desk, command: c.DoTask) -> Events:
    if command.task not in desk.protocol.tasks and command.task not in desk.protocol.spec.topics:
        raise desk.nonsense("unknown_task", "this protocol has no task of that name", "phases")
    if command.how not in HOW:
        raise desk.nonsense("unknown_how", f"a task is one of {', '.join(HOW)}", "phases")
    for technique in command.techniques:
        if technique not in desk.protocol.spec.techniques:
            known = ", ".join(desk.protocol.spec.techniques) or "none"
            raise desk.nonsense("unknown_technique", f"this protocol knows the techniques {known}", "techniques")
    focus = command.focus or ""
    if focus:
        desk.known_focus(focus)
    phase = _phase_on(desk)
    yield desk.event(
        e.TaskLogged,
        warnings=task_warnings(desk, command.task, phase),
        task=command.task,
        how=command.how,
        techniques=tuple(command.techniques),
        focus=focus,
        note=command.note,
        session=desk.session_today(),
        phase=phase,
    )


def defer(desk: Desk, command: c.Defer) -> Events:
    if command.task not in desk.protocol.tasks:
        raise desk.nonsense("unknown_task", "this protocol has no task of that name", "phases")
    yield desk.event(e.TaskDeferred, task=command.task, session=desk.session_today())


def remind(desk: Desk, command: c.RemindMe) -> Events:
    yield desk.event(e.ReminderSet, text=command.text)


def note(desk: Desk, command: c.WriteNote) -> Events:
    yield desk.event(e.NoteWritten, text=command.text, session=desk.session_today())


# -- what is known of the patient --------------------------------------------------------------------------------


def _says(desk: Desk, text: str, otherwise: str) -> None:
    """Refuse a record without words: a protocol may rest on it, and it would say nothing."""
    if is_wordless(text):
        raise desk.nonsense("no_words", otherwise)


def diagnosis(desk: Desk, command: c.RecordDiagnosis) -> Events:
    _says(desk, command.diagnosis, "say which diagnosis it is")
    yield desk.event(e.DiagnosisRecorded, diagnosis=command.diagnosis, criteria=command.criteria)


def waive(desk: Desk, command: c.WaiveDiagnosis) -> Events:
    if is_wordless(command.because):
        raise desk.nonsense("no_reason", "say why the course goes on without a diagnosis")
    yield desk.event(e.DiagnosisWaived, because=command.because)


def _same_fields(command: c.Command) -> dict[str, Any]:
    return {name: getattr(command, name) for name in c.inputs(type(command))}


def person(desk: Desk, command: c.RecordPerson) -> Events:
    _says(desk, command.name, "say who it is")
    yield desk.event(e.PersonRecorded, **_same_fields(command))


def life_event(desk: Desk, command: c.RecordLifeEvent) -> Events:
    _says(desk, command.what, "say what happened")
    yield desk.event(e.LifeEventRecorded, **_same_fields(command))


def formulation(desk: Desk, command: c.WriteFormulation) -> Events:
    _says(desk, command.text, "write the formulation")
    yield desk.event(e.FormulationWritten, text=command.text, agreed=command.agreed)


def goal(desk: Desk, command: c.SetGoal) -> Events:
    if command.focus:
        desk.known_focus(command.focus)
    _says(desk, command.text, "say what the goal is")
    yield desk.event(e.GoalSet, text=command.text, focus=command.focus or "")


def homework(desk: Desk, command: c.AssignHomework) -> Events:
    yield desk.event(e.HomeworkAssigned, text=command.text)


def review_homework(desk: Desk, command: c.ReviewHomework) -> Events:
    open_ones = [h.id for h in desk.course.homework if not h.how]
    wanted = command.homework or (open_ones[-1] if open_ones else "")
    if all(h.id != wanted for h in desk.course.homework):
        raise desk.nonsense("unknown_homework", "there is no such homework on record")
    yield desk.event(e.HomeworkReviewed, homework=wanted, how=command.how, note=command.note)


# -- facts and checklists ----------------------------------------------------------------------------------------


def fact_value(spec: FactSpec, value: object) -> str | int | None:
    """The value as it is kept, or ``None`` when it does not fit."""
    if spec.one_of:
        return value if isinstance(value, str) and value in spec.one_of else None
    if spec.number is not None:
        return value if type(value) is int and value in spec.number else None
    if spec.type == "date":
        return _iso_day(value)
    return value if isinstance(value, str) and value.strip() else None


def _iso_day(value: object) -> str | None:
    if isinstance(value, date):
        return value.isoformat()[:10]
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def fact_wanted(spec: FactSpec) -> str:
    """What a fact takes."""
    if spec.one_of:
        return "one of " + ", ".join(spec.one_of)
    if spec.number is not None:
        return f"a whole number, {spec.number}"
    return "a date like 2026-03-31" if spec.type == "date" else "a text"


def record_fact(desk: Desk, command: c.RecordFact) -> Events:
    spec = desk.protocol.spec.facts.get(command.fact)
    if spec is None:
        known = ", ".join(desk.protocol.spec.facts) or "none"
        raise desk.nonsense("unknown_fact", f"this protocol asks for the facts {known}", "facts")
    value = None if command.value is None else fact_value(spec, command.value)
    warnings = []
    if command.value is not None and value is None:
        warnings.append(
            warning("bad_value", f"'{spec.title}' takes {fact_wanted(spec)}; kept as unanswered", "facts", command.fact)
        )
    if command.expected and spec.type != "date":
        raise desk.nonsense("no_date", "only a date can be expected first", "facts", command.fact)
    if spec.fixed and desk.facts.recorded(command.fact) and desk.facts.fact(command.fact) != value:
        warnings.append(warning("fixed_fact", f"'{spec.title}' was fixed and is now changed", "facts", command.fact))
    recorded = desk.event(
        e.FactRecorded, warnings=warnings, fact=command.fact, value=value, expected=bool(command.expected)
    )
    yield with_date_warnings(desk, recorded)


def checklist(desk: Desk, command: c.FillChecklist) -> Events:
    spec = desk.protocol.spec.checklists.get(command.checklist)
    if spec is None:
        known = ", ".join(desk.protocol.spec.checklists) or "none"
        raise desk.nonsense("unknown_checklist", f"this protocol has the checklists {known}", "checklists")
    unknown = [name for name in command.answers if name not in spec.items]
    bad = [name for name, answer in command.answers.items() if answer is not None and type(answer) is not bool]
    if unknown and len(unknown) == len(command.answers):
        raise desk.nonsense(
            "unknown_question", f"its questions are {', '.join(spec.items)}", "checklists", command.checklist
        )
    warnings = []
    if unknown or bad:
        text = "some answers could not be used: they are not yes or no, or not its questions"
        warnings.append(warning("bad_answers", text, "checklists", command.checklist))
    kept = {name: answer for name, answer in command.answers.items() if name in spec.items and name not in bad}
    yield desk.event(
        e.ChecklistFilled, warnings=warnings, checklist=command.checklist, answers=kept, decision=command.decision
    )


# -- the ending --------------------------------------------------------------------------------------------------


def announce(desk: Desk, command: c.AnnounceEnding) -> Events:
    yield desk.event(e.EndingAnnounced, sessions_left=timing.sessions_left(desk.course))


Handler = Callable[[Desk, Any], Events]
REPORTS: Mapping[str, Handler] = {
    "hold_session": hold,
    "miss_session": miss,
    "record_contact": contact,
    "read": read,
    "do_task": do_task,
    "defer": defer,
    "remind_me": remind,
    "write_note": note,
    "record_diagnosis": diagnosis,
    "waive_diagnosis": waive,
    "record_person": person,
    "record_life_event": life_event,
    "write_formulation": formulation,
    "set_goal": goal,
    "assign_homework": homework,
    "review_homework": review_homework,
    "record_fact": record_fact,
    "fill_checklist": checklist,
    "announce_ending": announce,
    **grouping.REPORTS,
    **PLAN_REPORTS,
    **pauses.REPORTS,
    **voiding.REPORTS,
    **wordings.REPORTS,
    **following.REPORTS,
}
