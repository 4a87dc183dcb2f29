"""What happens when a command is given to a course. Pure: the command brings its stamp, nothing else comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course import timing
from iptengine.course.alert_moves import resting_on
from iptengine.course.alerting import protocol_alerts
from iptengine.course.approvals import approve, asked, gone_on
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.days_ahead import with_days_ahead
from iptengine.course.desk import Desk
from iptengine.course.erasing import check_open, erase
from iptengine.course.events import Event
from iptengine.course.evolve import evolve, fold, without_record
from iptengine.course.facts import CourseFacts
from iptengine.course.following import followed
from iptengine.course.hiding import THERAPIST, seen_by
from iptengine.course.moving import move_protocol
from iptengine.course.named_dates import day_in
from iptengine.course.plans import deliveries, left_out_unplanned, split_exceptions, without_undelivered
from iptengine.course.refusal import Refused
from iptengine.course.reports import REPORTS, phase_on
from iptengine.course.requested import is_message
from iptengine.course.requests import ALERT_MOVES, REQUESTS, Handler, uses_session
from iptengine.course.unsaid import check_said
from iptengine.protocol.protocol import Protocol, TaskHome
from iptengine.protocol.task_spec import RecordKind


def decide(
    protocol: Protocol, course: Course, command: Command, *, to: Protocol | None = None
) -> tuple[Event, ...]:  # fmt: skip
    """What happens when `command` is given to `course`.

    Args:
        protocol: The protocol the course is pinned to.
        course: The course as it stands.
        command: Stamped (`Command.stamped`); a command already answered gives no event.
        to: The protocol that `MoveProtocol` moves the course to; without it, that command is refused.

    Raises:
        Refused: The protocol does not allow it now; carries every unmet condition. A report is refused only
            when it makes no sense (a phase that does not exist, a reading without one usable answer).
        ValueError: The command has no stamp.
    """
    if command.stamp is None:
        raise ValueError(f"the command {command.kind} is not stamped; use Clinic, or Command.stamped")
    if command.stamp.id in course.seen:
        return ()
    desk = Desk(protocol, course, command, command.stamp)
    desk.to = to
    _open_to(desk, command)
    found = tuple(_handled(desk, command))
    if any(isinstance(event, e.ProtocolMoved) for event in found):
        return found  # its consequences are those of the protocol it moves to, and among them already
    return tuple(with_days_ahead(_with_consequences(desk, found)))


def _open_to(desk: Desk, command: Command) -> None:
    """Refuse what cannot be said to this course: a second beginning, anything before one, moves after the end."""
    beginning = command.kind in _BEGINNINGS
    if beginning and desk.course.started is not None:
        raise desk.nonsense("already_started", "this course has begun already")
    if not beginning and desk.course.started is None:
        raise desk.nonsense("not_started", "this course has not begun yet")
    check_open(desk)
    check_said(desk, command)
    inner = command.command if isinstance(command, c.Deviate) else command
    if desk.course.ended and inner.request and not _of_a_message(desk.course, inner):
        text = "the course has ended; it takes readings, assessments of alerts, corrections and contacts"
        raise desk.nonsense("ended", text, "outcomes", desk.course.ended)


def _of_a_message(course: Course, command: Command) -> bool:
    """Whether it asks for a message, or approves one: contacts go on after the end."""
    if isinstance(command, c.Approve):
        found = course.approval(command.approval)
        return found is not None and is_message(found.request)
    return isinstance(command, c.PrepareMessage)


def _handled(desk: Desk, command: Command) -> Iterator[Event]:
    whole = _WHOLE.get(command.kind)
    if whole is not None:
        return whole(desk, command)
    handler = _handler(desk, command)
    return asked(desk, command, handler) if command.request else handler(desk, command)


def _handler(desk: Desk, command: Command) -> Handler:
    handler = _HANDLERS.get(command.kind)
    if handler is None:
        raise desk.nonsense("unknown_command", "this cannot be said to a course")
    return handler


def _approve(desk: Desk, command: c.Approve) -> Iterator[Event]:
    return approve(desk, command, lambda request: _inner(desk, desk.course, request))


# -- beginning ---------------------------------------------------------------------------------------------------


def _begin(desk: Desk, command: c.Start | c.Adopt | c.Follow) -> Iterator[Event]:
    protocol, spec = desk.protocol, desk.protocol.spec
    missed = spec.contract.missed_unless_agreed or ""
    terms: dict[str, Any] = {
        "protocol": protocol.ref,
        "digest": protocol.digest,
        "called": command.called,
        "sessions": spec.contract.sessions.fixed if spec.contract.sessions else None,
        "frequency": str(spec.contract.frequency),
        "minutes": spec.contract.minutes.high,
        "missed": missed,
        "uses_session": uses_session(protocol, missed),
    }
    if isinstance(command, c.Adopt):
        yield from _adopt(desk, command, terms)
        return
    if isinstance(command, c.Follow):
        yield from _follow(desk, command, terms)
        return
    started = desk.event(e.CourseStarted, phase=spec.start, **terms)
    yield started
    after = evolve(desk.course, started)
    for name, value in command.facts.items():
        yield from _inner(desk, after, c.RecordFact(name, value, on=desk.on, expected=_lies_ahead(desk, name, value)))


def _follow(desk: Desk, command: c.Follow, terms: dict[str, Any]) -> Iterator[Event]:
    yield desk.event(e.CourseStarted, phase=desk.protocol.spec.start, follows=followed(command), **terms)
    if command.overridden:
        yield desk.event(e.Deviated, because=command.because, what="follow", overridden=tuple(command.overridden))


def _lies_ahead(desk: Desk, fact: str, value: object) -> bool:
    """Whether a date told at the start is the expected day: it may be expected, and has not come."""
    spec = desk.protocol.spec.facts.get(fact)
    day = day_in(value.isoformat() if isinstance(value, date) else value)
    return spec is not None and spec.expected and day is not None and day > desk.on


def _adopt(desk: Desk, command: c.Adopt, terms: dict[str, Any]) -> Iterator[Event]:
    spec = desk.protocol.spec
    if command.phase not in spec.phases:
        raise desk.nonsense("unknown_phase", f"the phases are {', '.join(spec.phases)}", "phases")
    if type(command.sessions_used) is not int or not 0 <= command.sessions_used <= 1000:
        raise desk.nonsense("sessions_used", "sessions used are a whole number from 0")
    unknown = [area for area in command.focus if area not in spec.problem_areas]
    if unknown:
        known = ", ".join(spec.problem_areas) or "none"
        raise desk.nonsense("unknown_area", f"the problem areas are {known}", "problem_areas")
    started = desk.event(e.CourseAdopted, phase=command.phase, sessions_used=command.sessions_used, **terms)
    yield started
    yield from _adopted_focuses(desk, evolve(desk.course, started), command.focus)


def _adopted_focuses(desk: Desk, after: Course, areas: Sequence[str]) -> Iterator[Event]:
    """The focuses a course came with: what was agreed elsewhere is not refused here, but told."""
    desk.override = True
    for n, area in enumerate(areas):
        person = "not named yet" if desk.protocol.spec.problem_areas[area].with_person else ""
        (found,) = _inner(desk, after, c.AgreeFocus(area, person=person, primary=n == 0, on=desk.on))
        told = tuple(
            e.CourseWarning(code, "more focuses than the protocol allows", "focus") for code in desk.overridden
        )
        desk.overridden.clear()
        found = replace(found, warnings=(*found.warnings, *told))
        after = evolve(after, found)
        yield found


def _inner(desk: Desk, course: Course, command: Command) -> Iterator[Event]:
    """The events of another command, decided on `course` and numbered on within this decision."""
    with desk.meanwhile(course=course, command=command, on=command.on or desk.on):
        yield from tuple(_handler(desk, command)(desk, command))


# -- deviations and corrections ----------------------------------------------------------------------------------


def _deviate(desk: Desk, command: c.Deviate) -> Iterator[Event]:
    if not command.because.strip():
        raise desk.nonsense("no_reason", "a deviation says why")
    if not command.command.request or isinstance(command.command, c.Deviate):
        raise desk.nonsense("no_deviation", "only a request can be carried out as a deviation; a report just is")
    desk.override = True
    found = tuple(_inner(desk, desk.course, command.command))
    before, after = gone_on(desk, command.command)
    if desk.overridden:
        what, overridden = command.command.kind, tuple(desk.overridden)
        yield desk.event(e.Deviated, on=found[0].on, because=command.because, what=what, overridden=overridden)
    yield from (*before, *found, *after)


_SAME = (
    {"session_held", "session_missed"},
    {"diagnosis_recorded", "diagnosis_waived"},
)


def _correct(desk: Desk, command: c.Correct) -> Iterator[Event]:
    without, wrong, day = _known_record(desk, command.event, command.because)
    inner = replace(command.command, on=command.command.on or day)
    if inner.request or inner.kind not in REPORTS:
        raise desk.nonsense("no_correction", "a correction says again what happened; a move is asked for anew")
    desk.corrects, desk.because = command.event, command.because
    desk.wrong = next((a for a in desk.course.appointments if a.event == command.event), None)
    found = tuple(_inner(desk, without, inner))
    first = found[0].kind
    if wrong != first and not any({wrong, first} <= same for same in _SAME):
        raise desk.nonsense("other_kind", "a correction says the same kind of thing as what it corrects")
    yield from found


def _withdraw(desk: Desk, command: c.Withdraw) -> Iterator[Event]:
    _known_record(desk, command.event, command.because)
    for id in (command.event, *resting_on(desk.course, command.event)):
        yield desk.event(e.Withdrawn, corrects=id, because=command.because)


def _take_from(desk: Desk, command: c.TakeFrom) -> Iterator[Event]:
    """What was recorded in another course is decided here like any report, and says where it comes from."""
    inner, former = command.command, desk.course.follows
    desk.carried = former is not None and former.course == command.course
    focus = desk.carried and isinstance(inner, c.AgreeFocus)
    desk.override = focus
    if not focus and (inner.request or inner.kind not in REPORTS):
        raise desk.nonsense("no_report", "only what happened is taken over from another course; a move is asked anew")
    for event in tuple(_inner(desk, desk.course, replace(inner, on=inner.on or desk.on))):
        yield replace(event, taken_from=command.course)


def _known_record(desk: Desk, id: str, because: str) -> tuple[Course, str, date]:
    """The course without the record an event made, that event's kind and its day; or a refusal."""
    if not because.strip():
        raise desk.nonsense("no_reason", "a correction says why")
    found = without_record(desk.course, id)
    if found is None or desk.course.made_by_a_move(id):
        raise desk.nonsense("unknown_event", "this course has no record by that event that can be corrected")
    return found


# -- a whole session ---------------------------------------------------------------------------------------------


def _whole_session(desk: Desk, command: c.RecordSession) -> Iterator[Event]:
    """Status, scores, exceptions to the agenda, one note: the commands a page's foot stands for."""
    from iptengine.course.hour import planned_tasks

    # The plan of the page that was filled in: the therapist's, without what is kept from the therapist.
    planned = planned_tasks(desk.protocol, seen_by(desk.protocol, desk.course, THERAPIST), desk.on)
    _, of_components = split_exceptions(desk.protocol, command.exceptions)
    delivered = deliveries(desk.protocol, desk.course, of_components)
    course = desk.course
    kept: list[Event] = []
    refused: list[Refused] = []
    for inner in _expanded(command, planned, delivered, desk):
        try:
            events = tuple(_inner(desk, course, inner))
        except Refused as no:  # one part that makes no sense must not lose the score beside it
            refused.append(no)
            continue
        course = fold(course, events)
        kept += events
    if not kept:
        raise refused[0]
    lost = tuple(e.CourseWarning("not_recorded", f"{no.command.kind}: {no.reasons[0].text}") for no in refused)
    idle = left_out_unplanned(desk.protocol, desk.course, of_components)
    kept[0] = replace(kept[0], warnings=(*kept[0].warnings, *lost, *idle))
    yield from kept


def _expanded(
    command: c.RecordSession, planned: Sequence[str], delivered: Sequence[Command], desk: Desk
) -> Iterator[Command]:
    on = desk.on
    if command.status == "attended":
        yield c.HoldSession(on=on, minutes=command.minutes, mode=command.mode, present=command.present)
    else:
        yield c.MissSession(command.status, on=on, why=command.note)
    for measure, values in command.scores.items():
        answers = {name: value for name, value in values.items() if name != "total"}
        yield c.Read(measure, on=on, answers=answers, total=values.get("total"))
    attended = command.status == "attended"
    yield from _expanded_tasks(command, planned if attended else (), desk)
    for delivery in delivered if attended else ():
        yield replace(delivery, on=on)
    if attended and command.note:
        yield c.WriteNote(command.note, on=on)


def _expanded_tasks(command: c.RecordSession, planned: Sequence[str], desk: Desk) -> Iterator[Command]:
    exceptions, of_components = split_exceptions(desk.protocol, command.exceptions)
    given = without_undelivered(desk.protocol, planned, of_components)
    for task in dict.fromkeys((*given, *exceptions)):
        how = exceptions.get(task, "done")
        if how == "deferred":
            yield c.Defer(task, on=desk.on)
        else:
            yield c.DoTask(task, how=how, on=desk.on)


# -- consequences ------------------------------------------------------------------------------------------------

_RECORDS: dict[str, RecordKind] = {
    "diagnosis_recorded": "diagnosis",
    "diagnosis_waived": "diagnosis",
    "person_recorded": "inventory",
    "life_event_recorded": "timeline",
    "formulation_written": "formulation",
    "focus_agreed": "focus",
    "goal_set": "goals",
    "contract_agreed": "contract",
    "focus_staged": "stage",
    "ending_announced": "announcement",
    "reading_taken": "reading",
    "homework_reviewed": "homework",
}


def _with_consequences(desk: Desk, events: tuple[Event, ...]) -> Iterator[Event]:
    """The events, the tasks they also count as, the ending they name, and the alerts they raise."""
    yield from events
    also = (*_tasks_recorded(desk, events), *_ending_named(desk, events))
    yield from also
    yield from protocol_alerts(desk, (*events, *also))


def _tasks_recorded(desk: Desk, events: Sequence[Event]) -> Iterator[Event]:
    """The tasks that a record also counts as done, each once."""
    asking = _recorded_by(desk.protocol)
    if desk.carried:
        return
    records = [(event, asking[kind]) for event in events if (kind := _RECORDS.get(event.kind)) in asking]
    if not records:
        return
    after = fold(desk.course, events)
    facts = CourseFacts(desk.protocol, after, desk.on)
    made: set[tuple[str, str]] = set()
    components = {one.name for one in facts.plan.counted} if desk.protocol.spec.plan else set()
    for event, homes in records:
        for home in homes:
            focus = _focus_of(home, event, after)
            if focus is None or (home.name, focus) in made or (home.component and home.component not in components):
                continue
            if _asked(home, focus, event, after, facts):
                made.add((home.name, focus))
                yield _also_done(desk, home, focus, event, after)


@lru_cache(maxsize=256)
def _recorded_by(protocol: Protocol) -> Mapping[RecordKind | None, tuple[TaskHome, ...]]:
    """The tasks that count as done by a record, for each kind of record there is one for."""
    found: dict[RecordKind | None, tuple[TaskHome, ...]] = {}
    for home in protocol.tasks.values():
        if home.spec.recorded_by is not None:
            found[home.spec.recorded_by] = (*found.get(home.spec.recorded_by, ()), home)
    return found


def _also_done(desk: Desk, home: TaskHome, focus: str, event: Event, after: Course) -> Event:
    session = _session_on(after, event)
    return desk.event(
        e.TaskLogged, on=event.on, task=home.name, focus=focus, session=session, phase=phase_on(after, event.on)
    )


def _session_on(course: Course, event: Event) -> str:
    return next((a.id for a in reversed(course.appointments) if a.held and a.on == event.on), "")


def _focus_of(home: TaskHome, event: Event, after: Course) -> str | None:
    """The focus a task is then done for: empty for a task of a phase, ``None`` when it is not for this record."""
    if not home.area:
        return ""
    spoken_of = after.focus(getattr(event, "focus", ""))
    if spoken_of is not None:
        return spoken_of.id if spoken_of.area == home.area else None
    return next((f.id for f in after.open_focuses if f.area == home.area), None)


def _asked(home: TaskHome, focus: str, event: Event, after: Course, facts: CourseFacts) -> bool:
    """Whether the task is asked for and not on record yet; a recurring one, not for this day."""
    done = [t for t in after.tasks if t.task == home.name and t.how == "done" and t.focus in ("", focus)]
    if home.group == "each_session" or (home.spec.times and home.spec.times.recurs):
        return all(t.on != event.on for t in done)
    return not done if home.area else facts.task_count(home.name) == 0


def _ending_named(desk: Desk, events: Sequence[Event]) -> Iterator[Event]:
    """Doing the task that announces the ending names it, if it was not named before."""
    announce = desk.protocol.spec.termination.announce
    if announce is None or desk.course.announced is not None:
        return
    done = [x for x in events if isinstance(x, e.TaskLogged) and x.task == announce.task and x.how == "done"]
    if done and not any(isinstance(x, e.EndingAnnounced) for x in events):
        left = timing.sessions_left(fold(desk.course, events))
        yield desk.event(e.EndingAnnounced, on=done[0].on, sessions_left=left)


_BEGINNINGS = frozenset({"start", "adopt", "follow"})
_WHOLE: Mapping[str, Handler] = {
    **dict.fromkeys(_BEGINNINGS, _begin),
    "deviate": _deviate,
    "correct": _correct,
    "withdraw": _withdraw,
    "take_from": _take_from,
    "record_session": _whole_session,
    "erase": erase,
}
"""Commands that begin a course, or stand around others; they are never said inside another."""
_HANDLERS: Mapping[str, Handler] = {
    **REPORTS,
    **REQUESTS,
    **ALERT_MOVES,
    "approve": _approve,
    "move_protocol": move_protocol,
}

__all__ = ["Refused", "decide"]
