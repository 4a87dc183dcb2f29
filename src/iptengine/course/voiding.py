"""What was recorded on the wrong course: it is voided there, kept in both histories, and said again where it belongs.

A risk alert that it raised stays until a clinician has assessed it, and is raised anew in the right course. Of an alert
that was assessed on the wrong course, the assessment is voided, and the alert is as open as it was before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.alert_moves import resting_on
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.desk import Desk
from iptengine.course.events import Event

Events = Iterator[Event]
_LISTS = (
    "readings", "tasks", "deferred", "facts", "notes", "contacts", "people", "life_events",
    "goals", "checklists", "reminders", "homework", "deviations", "pauses", "doses", "plans", "finished_components",
    "interruptions", "prepared", "wordings", "alert_moves",
)  # fmt: skip
MOVES = frozenset({
    "focus_agreed", "focus_staged", "course_ended", "chart_moved", "plan_chosen", "plan_changed", "plan_interrupted",
    "plan_resumed", "component_finished", "message_prepared", "alert_moved",
})  # fmt: skip
"""Events that can be voided, and that a clinician then asks anew, or assesses anew, where they belong."""


def recorded(course: Course) -> Iterator[str]:
    """The ids of the events whose records stand in a course and can be voided; never those of a move."""
    yield from (id for id in _recorded(course) if not course.made_by_a_move(id))


def _recorded(course: Course) -> Iterator[str]:
    yield from (a.event for a in course.appointments)
    for name in _LISTS:
        yield from (record.id for record in getattr(course, name))
    for single in (course.diagnosis, course.formulation, course.announced, course.outcome):
        if single is not None:
            yield single.event if not isinstance(single, Event) else single.id
    for focus in course.focuses:
        yield focus.event
        yield from (entry.event for entry in focus.history)
    yield from (entry.event for entry in course.chart_moves)


def void(desk: Desk, command: c.Void) -> Events:
    """A record is taken out because it belongs to another course; with the first of a command goes all it recorded."""
    if not command.because.strip():
        raise desk.nonsense("no_reason", "say why it does not belong here")
    if command.meant_for == desk.course.id:
        raise desk.nonsense("same_course", "it was meant for this very course; correct it here")
    gone = voided_with(desk.course, command.event)
    if not gone:
        raise desk.nonsense("unknown_event", "this course has no record by that event that can be voided")
    yield desk.event(e.Voided, events=gone, meant_for=command.meant_for, because=command.because)
    for alert in desk.course.alerts:
        if alert.level == "review" and alert.cause in gone and alert.state != "closed":
            yield desk.event(e.AlertMoved, alert=alert.id, state="closed", because="it rests on a voided record")


def voided_with(course: Course, event: str) -> tuple[str, ...]:
    """An event and, when it is the first its command recorded, all that was recorded with it; empty when unknown."""
    known = list(dict.fromkeys(id for id in recorded(course) if id))
    if event not in known:
        return ()
    told, _, number = event.rpartition(".")
    if number != "1" or not told:
        return (event, *resting_on(course, event))
    together = (id for id in known if id.rpartition(".")[0] == told)
    return tuple(dict.fromkeys(one for id in together for one in (id, *resting_on(course, id))))


# -- said again where it belongs ---------------------------------------------------------------------------------

_AGAIN: Mapping[str, type[Command]] = {
    "session_held": c.HoldSession, "session_missed": c.MissSession, "contact_held": c.RecordContact,
    "reading_taken": c.Read, "task_logged": c.DoTask, "task_deferred": c.Defer, "reminder_set": c.RemindMe,
    "note_written": c.WriteNote, "diagnosis_recorded": c.RecordDiagnosis, "diagnosis_waived": c.WaiveDiagnosis,
    "person_recorded": c.RecordPerson, "life_event_recorded": c.RecordLifeEvent,
    "formulation_written": c.WriteFormulation, "goal_set": c.SetGoal, "homework_assigned": c.AssignHomework,
    "fact_recorded": c.RecordFact, "checklist_filled": c.FillChecklist, "pause_began": c.Pause,
    "pause_ended": c.EndPause, "ending_announced": c.AnnounceEnding, "component_delivered": c.DeliverComponent,
    "item_worded": c.WordItem,
}  # fmt: skip
_OF_THE_COURSE = frozenset({"focus", "group", "facilitators", "corrects", "stamp", "on"})
"""What belongs to the course it was recorded in, and not to what happened."""


def again(event: Event) -> Command | None:
    """The report that says what an event recorded; ``None`` for a move, which is asked for anew."""
    kind = _AGAIN.get(event.kind)
    if kind is None:
        return None
    if isinstance(event, e.ReadingTaken):
        unanswered = dict.fromkeys((*event.missing, *event.bad))
        return c.Read(
            event.measure, on=event.on, answers={**unanswered, **event.answers},
            total=event.total if event.total_given else None,
        )  # fmt: skip
    said = {f.name for f in fields(kind)} - _OF_THE_COURSE
    kept: dict[str, Any] = {f.name: getattr(event, f.name) for f in fields(event) if f.name in said}
    return kind(on=event.on, **kept)


def said_again(events: Sequence[Event]) -> tuple[tuple[Command, str], ...]:
    """The reports that say these events again, each with the event it comes from.

    What a record also counted as follows from it again; of a whole session, each part is said.
    """
    found: list[tuple[Command, str]] = []
    whole = {event.command for event in events if isinstance(event, e.SessionHeld | e.SessionMissed)}
    seen: set[str] = set()
    for event in events:
        command = again(event)
        follows = event.command in seen and event.command not in whole
        if command is None or follows:
            continue
        seen.add(event.command)
        found.append((command, event.id))
    return tuple(found)


REPORTS: Mapping[str, Callable[[Desk, Any], Events]] = {"void": void}
