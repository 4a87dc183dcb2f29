"""What can be said to a course on a date: what is open with the fields it needs, what is blocked and by what.

A user interface asks this and needs no try. It also answers who and what is due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from iptengine.course import commands as c
from iptengine.course import moves, timing, visits
from iptengine.course.alert_words import number_among
from iptengine.course.approvals import Needed, asked, needed
from iptengine.course.approvals_told import open_approvals, waits
from iptengine.course.calendar import stop_day
from iptengine.course.calendar_lines import none_left_told, stop_told
from iptengine.course.course import Course, Focus
from iptengine.course.decide import decide
from iptengine.course.desk import Desk
from iptengine.course.due_contacts import due_contacts, outreach_due
from iptengine.course.facts import CourseFacts
from iptengine.course.following import follow_on_told
from iptengine.course.further_charts import charts_here
from iptengine.course.group_stays import present_stay
from iptengine.course.grouping import told_missing
from iptengine.course.hiding import THERAPIST, seen_by
from iptengine.course.inputs import check_day
from iptengine.course.measure_lines import measures_after_end
from iptengine.course.participants import welcome
from iptengine.course.plan_lines import plan_due
from iptengine.course.plans import plan_ways
from iptengine.course.refusal import Refused
from iptengine.course.reports import HOW
from iptengine.course.requests import REQUESTS
from iptengine.course.rests import kept_or_missed, resting
from iptengine.course.rhythms import due_measures, measure_due_by
from iptengine.course.stamp import Actor, Stamp
from iptengine.course.unrecorded import unrecorded_told
from iptengine.course.unsaid import TO_SAY, with_words
from iptengine.course.used_up import used_up_due
from iptengine.course.warnings import warnings
from iptengine.course.worded import unworded, words_of
from iptengine.course.wording import dated
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.parts import STATUSES
from iptengine.protocol.protocol import Protocol, Reason


@dataclass(frozen=True, slots=True, repr=False)
class Way:
    """Something that can be said to the course: open with its fields, or blocked by reasons.

    Attributes:
        command: The command, with what is known filled in. What is empty is for the person to fill, and so is a
            ``"…"``, without which the request would make no sense: with it still in place it is refused.
        open: Whether it would be carried out now.
        reasons: Why not, in the author's words.
        fields: What the command takes, each with its choices (empty: free).
        needs: The approvals that a request needs: before it is carried out, or afterwards.
        by: The roles that may say it; anybody when empty.
    """

    command: c.Command
    open: bool
    reasons: tuple[Reason, ...]
    fields: Mapping[str, Sequence[str]]
    needs: tuple[Needed, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due: a session, what became of one, a measure, outreach, a review, an alert, the plan."""

    course: str
    kind: str
    by: date | None
    text: str


# -- ways --------------------------------------------------------------------------------------------------------


def ways(protocol: Protocol, course: Course, *, on: date, role: str | None = THERAPIST) -> tuple[Way, ...]:
    """What is open and what is blocked, and why, on the day `on`, as `role` may see it.

    A way that rests on a fact that is kept from the role is blocked, with the reason that it cannot be told; asked
    for all the same, it is decided by the record. With ``None`` nothing is kept: for programs, never for a page.
    """
    check_day(on)
    scene = _Scene(protocol, course if role is None else seen_by(protocol, course, role), on)
    if course.started is None:
        return tuple(_beginnings(scene))
    if course.erased is not None:
        return ()
    found = [*_always(scene), *_records(scene), *_alerts(scene), *_approvals(scene)]
    if course.ended is None:
        moved = [*_sessions(scene), *_groups(scene), *_phases(scene), *_focuses(scene), *_charts(scene)]
        found = [*moved, *_plan(scene), *_contract(scene), *found, *_outcomes(scene)]
    return tuple(found)


class _Scene:
    def __init__(self, protocol: Protocol, course: Course, on: date) -> None:
        self.protocol, self.course, self.on = protocol, course, on
        midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
        self.stamp = Stamp("ways", on, midnight, Actor("ways", role="query"))
        self.facts = CourseFacts(protocol, course, on)

    def request(self, command: c.Command, /, **fields: Sequence[str]) -> Way:
        """A request as it would be answered now: the same handlers that `decide` uses."""
        desk = Desk(self.protocol, self.course, command, self.stamp, self.facts)
        needs = needed(self.protocol, self.course, command)
        try:
            tuple(asked(desk, command, REQUESTS[command.kind]))
        except Refused as no:
            return Way(command, False, no.reasons, fields, needs)
        return Way(command, True, (), fields, needs)

    def report(self, command: c.Command, /, **fields: Sequence[str]) -> Way:
        return Way(command, True, (), fields)

    def answer(self, command: c.Command, by: tuple[str, ...], /, **fields: Sequence[str]) -> Way:
        """An answer to something that waits for one of these roles, as it would be taken from them now."""
        role = by[0] if by else ""
        stamp = Stamp("ways", self.on, self.stamp.at, Actor("ways", role=role))
        try:
            decide(self.protocol, self.course, with_words(command, "said").stamped(stamp))
        except Refused as no:
            return Way(command, False, no.reasons, fields, (), by)
        return Way(command, True, (), fields, (), by)


def _beginnings(scene: _Scene) -> Iterator[Way]:
    spec = scene.protocol.spec
    yield scene.report(c.Start(on=scene.on), called=(), facts=tuple(spec.facts))
    known = {"phase": tuple(spec.phases), "focus": tuple(spec.problem_areas)}
    yield scene.report(c.Adopt("", 0, on=scene.on), sessions_used=(), called=(), **known)


def _records(scene: _Scene) -> Iterator[Way]:
    """What can be put on record at any time, and put right."""
    spec, on = scene.protocol.spec, scene.on
    tasks, techniques = tuple(scene.protocol.tasks), tuple(spec.techniques)
    focuses = tuple(f.id for f in scene.course.focuses)
    whole = {"scores": tuple(scene.protocol.measures), "exceptions": tasks, "note": ()}
    yield scene.report(c.RecordSession(on=on), status=STATUSES, **whole)
    yield scene.report(c.DoTask("", on=on), task=tasks, how=HOW, techniques=techniques, focus=focuses, note=())
    yield scene.report(c.Defer("", on=on), task=tasks)
    yield scene.report(c.RemindMe("", on=on), text=())
    yield scene.report(c.WriteNote("", on=on), text=())
    yield scene.report(c.RecordDiagnosis("", on=on), diagnosis=(), criteria=())
    yield scene.report(c.WaiveDiagnosis(because="", on=on), because=())
    yield scene.report(c.RecordPerson("", on=on), **dict.fromkeys(c.inputs(c.RecordPerson), ()))
    yield scene.report(c.RecordLifeEvent("", on=on), what=(), when=(), symptoms=())
    yield scene.report(c.WriteFormulation("", on=on), text=(), agreed=())
    yield scene.report(c.SetGoal("", on=on), text=(), focus=focuses)
    yield scene.report(c.AssignHomework("", on=on), text=())
    for homework in scene.course.homework:
        if not homework.how:
            yield scene.report(c.ReviewHomework(homework.id, on=on), how=(), note=())
    for name, checklist in spec.checklists.items():
        yield scene.report(c.FillChecklist(name, {}, on=on), answers=tuple(checklist.items), decision=())
    yield scene.report(c.Correct("", c.WriteNote(""), because="", on=on), event=(), command=(), because=())
    yield scene.report(c.Withdraw("", because="", on=on), event=(), because=())
    yield scene.report(c.Void("", because="", on=on), event=(), because=(), meant_for=())


def _sessions(scene: _Scene) -> Iterator[Way]:
    spec = scene.protocol.spec
    who = ("patient", *spec.participants)
    yield scene.report(c.HoldSession(on=scene.on), minutes=(), mode=spec.contract.mode, present=who)
    yield scene.report(c.MissSession("", on=scene.on), status=[s for s in STATUSES if s != "attended"], why=())
    asked = welcome(scene.protocol, CourseFacts(scene.protocol, scene.course, scene.on))
    yield scene.request(c.Book(on=scene.on), on=(), time=(), minutes=(), mode=spec.contract.mode, present=asked)


def _groups(scene: _Scene) -> Iterator[Way]:
    """Joining a group where the treatment is given in one; leaving it. A program asks `Clinic` to say it."""
    spec, here = scene.protocol.spec.group, present_stay(scene.course)
    if here is not None:
        yield scene.report(c.LeaveGroup(here.group, on=scene.on), because=())
    elif spec is not None:
        leaders = [TO_SAY * n for n in range(1, (spec.facilitators.low if spec.facilitators else 0) + 1)]
        joining = c.JoinGroup("", size=spec.size.low, facilitators=leaders, on=scene.on)
        led = (str(spec.facilitators),) if spec.facilitators else ()
        yield scene.request(joining, group=(), size=(str(spec.size),), facilitators=led)


def _phases(scene: _Scene) -> Iterator[Way]:
    for target in scene.protocol.spec.phases:
        if target != scene.course.phase:
            yield scene.request(c.EnterPhase(target, on=scene.on))
    if scene.course.announced is None:
        yield scene.report(c.AnnounceEnding(on=scene.on))
    if resting(scene.course, scene.on) is not None:
        yield scene.report(c.EndPause(on=scene.on))
    elif scene.protocol.spec.pauses:
        yield scene.report(c.Pause("", on=scene.on), pause=tuple(scene.protocol.spec.pauses), because=())


def _outcomes(scene: _Scene) -> Iterator[Way]:
    for name, outcome in scene.protocol.spec.outcomes.items():
        yield scene.request(c.EndCourse(name, on=scene.on), reason=outcome.reasons, note=())


def _focuses(scene: _Scene) -> Iterator[Way]:
    people = [person.name for person in scene.course.people]
    for area, spec in scene.protocol.spec.problem_areas.items():
        person = TO_SAY if spec.with_person else ""
        yield scene.request(c.AgreeFocus(area, person=person, on=scene.on), person=people, id=(), because=())
    for focus in scene.course.open_focuses:
        yield from _stages(scene, focus)
        yield scene.request(c.CloseFocus(focus.id, because=TO_SAY, on=scene.on), because=())
        yield from _changes(scene, focus, people)


def _changes(scene: _Scene, focus: Focus, people: Sequence[str]) -> Iterator[Way]:
    for area, spec in scene.protocol.spec.problem_areas.items():
        if area != focus.area:
            person = TO_SAY if spec.with_person else ""
            change = c.ChangeFocus(focus.id, to=area, person=person, because=TO_SAY, on=scene.on)
            yield scene.request(change, person=people, id=(), because=())


def _stages(scene: _Scene, focus: Focus) -> Iterator[Way]:
    area = scene.protocol.spec.problem_areas[focus.area]
    machine = moves.stage_chart(scene.protocol, focus.area) if area.stages else None
    here = focus.stage or UNSTAGED
    along = (
        {m.target for m in machine.moves_from(here) if m.trigger.startswith(moves.STAGE + ":")} if machine else set()
    )
    for stage in area.stages:
        if stage in along:
            yield scene.request(c.Restage(focus.id, to=stage, because=TO_SAY, on=scene.on), because=())
        elif stage not in (here, UNSTAGED):
            way = c.Restage(focus.id, to=stage, because=TO_SAY, new_information=True, on=scene.on)
            yield scene.request(way, because=())


def _charts(scene: _Scene) -> Iterator[Way]:
    """Where each further chart can be moved from here, open or shut; the rest takes a deviation."""
    for here in charts_here(scene.protocol, scene.course):
        for state in here.state.next:
            yield scene.request(c.MoveChart(here.chart, to=state, because=TO_SAY, on=scene.on), because=())


def _plan(scene: _Scene) -> Iterator[Way]:
    for ask in plan_ways(scene.protocol, scene.course, scene.on):
        make = scene.request if ask.command.request else scene.report
        yield make(ask.command, **ask.fields)


def _contract(scene: _Scene) -> Iterator[Way]:
    spec = scene.protocol.spec.contract
    missed = tuple(spec.missed)
    number = (str(spec.sessions),) if spec.sessions else ()
    if scene.course.contract and scene.course.contract.agreed_on:
        amend = c.AmendContract(because=TO_SAY, on=scene.on)
        yield scene.request(
            amend,
            because=(),
            sessions=number,
            frequency=(),
            minutes=(str(spec.minutes),),
            mode=spec.mode,
            missed=missed,
        )
        return
    suggested = spec.sessions.high if spec.sessions else None
    agree = c.AgreeContract(sessions=suggested, on=scene.on)
    yield scene.request(
        agree,
        sessions=number,
        frequency=(str(spec.frequency),),
        minutes=(str(spec.minutes),),
        mode=spec.mode,
        missed=missed,
    )


def _always(scene: _Scene) -> Iterator[Way]:
    spec = scene.protocol.spec
    for name, measure in scene.protocol.measures.items():
        yield scene.report(c.Read(name, on=scene.on), answers=tuple(measure.items), total=())
        for item in measure.patient_items:
            yield scene.report(c.WordItem(name, item, "", on=scene.on), text=())
    for name, fact in spec.facts.items():
        expected = {"expected": ("yes", "no")} if fact.expected else {}
        yield scene.report(c.RecordFact(name, None, on=scene.on), value=fact.one_of, **expected)
    anybody = ("patient", *spec.participants)
    for name, contact in spec.contacts.items():
        known = c.RecordContact(name, present=contact.present, on=scene.on)
        yield scene.report(known, mode=(), present=tuple(spec.participants), to=anybody, note=())
        if contact.text is not None:
            yield scene.request(c.PrepareMessage(name, to=contact.to, on=scene.on), to=anybody)


def _alerts(scene: _Scene) -> Iterator[Way]:
    for alert in scene.course.alerts:
        triggers = moves.alert_chart().triggers_from(alert.state)
        if "acknowledge" in triggers:
            yield scene.report(c.AcknowledgeAlert(alert.id, on=scene.on))
        if "assess" in triggers and alert.needs_assessment:
            yield scene.report(c.AssessAlert(alert.id, found="", plan="", on=scene.on), found=(), plan=())
        if "monitor" in triggers:
            yield scene.report(c.MonitorAlert(alert.id, on=scene.on))
        if "close" in triggers:
            yield scene.report(c.CloseAlert(alert.id, on=scene.on), because=())


def _approvals(scene: _Scene) -> Iterator[Way]:
    """What waits for somebody: approved or confirmed by the roles it waits for, declined, or taken back."""
    for one in open_approvals(scene.course):
        if one.state == "waiting":
            yield scene.answer(c.Approve(one.id, on=scene.on), one.roles)
        else:
            yield scene.answer(c.Confirm(one.id, on=scene.on), one.roles)
        yield scene.answer(c.Decline(one.id, because=TO_SAY, on=scene.on), one.roles, because=())


# -- due ---------------------------------------------------------------------------------------------------------


def due(protocol: Protocol, course: Course, *, on: date, role: str | None = THERAPIST) -> tuple[Due, ...]:
    """What is due for a course on the day `on`: alerts first, then sessions, measures, outreach, the plan.

    A booked appointment of which nothing is on record stays due from the day after it, until it is recorded or
    withdrawn. A session that is not booked keeps the day it was due on.

    As `role` may see it; with ``None`` nothing is kept back: for programs, never for a page.
    """
    check_day(on)
    return tuple(_due(protocol, course if role is None else seen_by(protocol, course, role), on))


def _due(protocol: Protocol, course: Course, on: date) -> Iterator[Due]:
    waiting_alerts = [alert for alert in course.alerts if alert.needs_assessment]
    for alert in waiting_alerts:
        kind = "alert" if alert.level == "risk" else "review"
        yield Due(course.id, kind, alert.raised, f"{alert.text}{number_among(alert, waiting_alerts)}")
    if course.erased is not None or course.started is None:
        return
    for waiting in open_approvals(course):
        yield Due(course.id, "review", waiting.asked, waits(protocol, waiting, on))
    offered = follow_on_told(protocol, course)
    if offered:
        yield Due(course.id, "follow_on", None, offered)
    facts = CourseFacts(protocol, course, on)
    yield from _due_contacts(protocol, course, facts)
    if course.ended:
        for name in measures_after_end(protocol, course, on):
            yield Due(course.id, "measure", course.outcome.on if course.outcome else on, _at_end(protocol, name))
        return
    missing = told_missing(protocol, course, on)
    if missing:
        yield Due(course.id, "group", None, missing)
    for booked in timing.unrecorded(course, on):
        yield Due(course.id, "unrecorded", booked.on, unrecorded_told([booked], on))
    left = timing.sessions_left(course)
    next_session, is_booked = visits.next_session(protocol, course, on)
    told = stop_told(protocol, course, facts) or none_left_told(protocol, course, facts)
    if told:
        yield Due(course.id, "calendar", stop_day(protocol, course), told)
    if resting(course, on) is not None:
        return
    used_up = used_up_due(protocol, course, on)
    if used_up:
        yield Due(course.id, "count", _last_session(course), used_up)
    for name in due_measures(protocol, course, on) if left == 0 and not is_booked else ():
        yield Due(course.id, "measure", _last_session(course) or on, _at_end(protocol, name))
    if is_booked or (left != 0 and not told):
        number = timing.sessions_used(course) + 1
        was_due = visits.overdue_since(protocol, course, on)
        yield _session_due(course, on, number, next_session, is_booked, was_due)
        for name in due_measures(protocol, course, on):
            label = protocol.measures[name].label
            by = measure_due_by(protocol, course, name, on) or next_session
            yield Due(course.id, "measure", by, f"{label} at session {number}")
        for name, measure in protocol.measures.items():
            if unworded(measure, course, name) and not words_of(course, name):
                text = f"{measure.label} to be put into the patient's words at session {number}"
                yield Due(course.id, "words", next_session, text)
    for missed in _outreach(course, on):
        if not outreach_due(protocol, course, facts):
            yield missed
    for text in plan_due(protocol, course, facts) if protocol.spec.plan else ():
        yield Due(course.id, "plan", next_session, text)


def _session_due(course: Course, on: date, number: int, day: date, is_booked: bool, was_due: date | None) -> Due:
    """The next session on its day; one that was due on a day that is over keeps that day."""
    if was_due is None:
        booked = "booked" if is_booked else "not booked"
        return Due(course.id, "session", day, f"Session {number} on {dated(day, on)}, {booked}")
    told = f"Session {number} was due on {dated(was_due, on)}, not booked"
    if course.last_held is not None:
        told = f"{told}; the last was held on {dated(course.last_held.on, on)}"
    elif was_due == course.started and not course.appointments:
        began = "was taken over" if course.adopted else "began"
        told = f"Session {number} is not booked; none is on record since {dated(was_due, on)}, when the course {began}"
    return Due(course.id, "session", was_due, told)


def _last_session(course: Course) -> date | None:
    return course.sessions[-1].on if course.sessions else None


def _at_end(protocol: Protocol, measure: str) -> str:
    return f"{protocol.measures[measure].label} at the end"


def _outreach(course: Course, on: date) -> Iterator[Due]:
    past = kept_or_missed(course, timing.past(course))
    if not past or past[-1].status not in ("no_show", "late_cancel"):
        return
    missed = past[-1]
    if not any(contact.on >= missed.on for contact in course.contacts):
        yield Due(course.id, "outreach", missed.on, f"No contact on record since the missed {dated(missed.on, on)}")


def _due_contacts(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Due]:
    for contact in due_contacts(protocol, course, facts):
        if contact.now or (contact.by is not None and contact.by >= facts.on):
            past = contact.now and contact.by is None and contact.when
            text = f"{contact.title}, was due {contact.when}" if past else contact.title
            yield Due(course.id, "outreach", contact.by, text)


__all__ = ["Due", "Way", "due", "warnings", "ways"]
