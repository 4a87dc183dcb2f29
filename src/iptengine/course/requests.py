"""Moves somebody asks for: carried out by the charts, or refused with every reason at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, count
from typing import Any

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course import grouping, moves, timing
from iptengine.course.approvals import confirm, decline
from iptengine.course.calendar_lines import why_not_booked
from iptengine.course.course import Contract, Course
from iptengine.course.desk import Desk, warning
from iptengine.course.events import CourseWarning, Event
from iptengine.course.facts import CourseFacts
from iptengine.course.further_charts import move_chart
from iptengine.course.messages import prepare
from iptengine.course.participants import kept_out
from iptengine.course.plans import PLAN_REQUESTS
from iptengine.course.reports import minutes_known, present_known
from iptengine.course.unsaid import is_wordless
from iptengine.protocol.ids import is_id
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Protocol, Reason, reasons
from iptengine.protocol.quantities import Frequency
from iptengine.protocol.units import MOST

Events = Iterator[Event]


# -- why not -----------------------------------------------------------------------------------------------------


def why_not_enter(protocol: Protocol, course: Course, phase: str, facts: CourseFacts) -> tuple[Reason, ...]:
    """Every condition that keeps `phase` (or an outcome a phase leads to) from being entered; empty when none."""
    return reasons(protocol.at("phases", course.phase, "next", phase), facts)


def why_not_stage(protocol: Protocol, course: Course, focus: str, stage: str, facts: CourseFacts) -> tuple[Reason, ...]:
    """Every condition that keeps a focus from being placed in `stage` along the chart; empty when none."""
    found = course.focus(focus)
    if found is None:
        return ()
    path = ("problem_areas", found.area, "stages", found.stage or UNSTAGED, "next", stage)
    return reasons(protocol.at(*path), facts.for_focus(found))


def no_way(desk: Desk, text: str, *path: str) -> Reason:
    """The reason when the chart has no such way."""
    return desk.reason("no_way", text, "", *path)


# -- phases and outcomes -----------------------------------------------------------------------------------------


def enter(desk: Desk, command: c.EnterPhase) -> Events:
    phases = desk.protocol.spec.phases
    here = desk.course.phase
    if command.phase not in phases:
        raise desk.nonsense("unknown_phase", f"the phases are {', '.join(phases)}", "phases")
    if command.phase == here:
        raise desk.nonsense("already_there", f"the course is in '{here}' already", "phases", here)
    unmet = why_not_enter(desk.protocol, desk.course, command.phase, desk.facts)
    way = _driven(desk, moves.ENTER, command.phase, unmet)
    yield desk.event(e.PhaseEntered, phase=command.phase, was=here, way=way)


def _driven(desk: Desk, trigger: str, target: str, unmet: tuple[Reason, ...]) -> str:
    """Let the machine make the move; refuse, or note the deviation, when it does not."""
    here = desk.course.phase
    if moves.phase_chart(desk.protocol).drive(here, f"{trigger}:{target}", unmet) == target:
        return "chart"
    text = f"'{here}' does not lead to '{target}'"
    return desk.require(unmet or (no_way(desk, text, "phases", here, "next"),))


def end(desk: Desk, command: c.EndCourse) -> Events:
    outcome = desk.protocol.spec.outcomes.get(command.outcome)
    if outcome is None:
        known = ", ".join(desk.protocol.spec.outcomes)
        raise desk.nonsense("unknown_outcome", f"the outcomes are {known}", "outcomes")
    unmet = why_not_enter(desk.protocol, desk.course, command.outcome, desk.facts)
    way = _driven(desk, moves.END, command.outcome, unmet)
    yield desk.event(
        e.CourseEnded,
        warnings=_ending_warnings(desk, command.outcome),
        outcome=command.outcome,
        reason=command.reason,
        note=command.note,
        way=way,
    )


def ending_tasks(protocol: Protocol, outcome: str) -> tuple[str, ...]:
    """The tasks an outcome asks for: the compressed set, or every must task of the phases that lead to it."""
    asked = protocol.spec.outcomes[outcome].ask
    if asked == "compressed":
        return protocol.spec.termination.compressed
    if asked == "nothing":
        return ()
    return tuple(
        task for phase in protocol.spec.phases.values() if outcome in phase.next for task in phase.must
    )  # fmt: skip


def _ending_warnings(desk: Desk, outcome: str) -> Iterator[CourseWarning]:
    missing = [task for task in ending_tasks(desk.protocol, outcome) if desk.facts.is_open(task)]
    if missing:
        text = f"ending tasks not on record: {', '.join(missing)}"
        yield warning("ending_tasks_open", text, "outcomes", outcome)
    waiting = desk.course.open_risk_alerts
    if waiting:
        yield warning("risk_alert_open", f"{len(waiting)} risk alert(s) still need a clinician's assessment")
    allowed = desk.protocol.spec.outcomes[outcome].reasons
    if allowed and getattr(desk.command, "reason", "") not in allowed:
        yield warning("other_reason", f"the protocol lists the reasons {', '.join(allowed)}", "outcomes", outcome)


# -- appointments ------------------------------------------------------------------------------------------------


def book(desk: Desk, command: c.Book) -> Events:
    present_known(desk, command.present)
    minutes_known(desk, command.minutes)
    agreed = timing.contracted(desk.course)
    planned = sum(a.status == "planned" for a in desk.course.appointments)
    taken = timing.sessions_used(desk.course) + planned
    unmet = []
    if agreed is not None and taken >= agreed:
        sentence = f"{taken} of {agreed} sessions are used or booked"
        unmet.append(
            desk.reason("contract_full", "booking goes as far as the contract", sentence, "contract", "sessions")
        )
    unmet += why_not_booked(desk.protocol, desk.course, desk.facts)
    unmet += kept_out(desk.protocol, desk.facts, command.present)
    desk.require(unmet)
    yield desk.event(
        e.AppointmentBooked,
        time=command.time,
        minutes=command.minutes,
        mode=command.mode or "",
        present=tuple(command.present),
        group=grouping.group_of_meeting(desk, command.group),
    )


# -- contract ----------------------------------------------------------------------------------------------------


def _beyond(desk: Desk, command: c.AgreeContract | c.AmendContract) -> Iterator[Reason]:
    """What the contract asks for beyond what the protocol gives."""
    spec = desk.protocol.spec.contract
    if command.sessions is not None and spec.sessions is not None and command.sessions not in spec.sessions:
        sentence = f"{command.sessions} sessions were asked for; the protocol gives {spec.sessions}"
        yield desk.reason("sessions_range", f"{spec.sessions} sessions", sentence, "contract", "sessions")
    if command.minutes is not None and command.minutes not in spec.minutes:
        sentence = f"{command.minutes} minutes were asked for; the protocol gives {spec.minutes}"
        yield desk.reason("minutes_range", f"{spec.minutes} minutes", sentence, "contract", "minutes")
    if command.mode is not None and command.mode not in spec.mode:
        yield desk.reason("mode", ", ".join(spec.mode), "another mode was asked for", "contract", "mode")


def _terms_make_sense(desk: Desk, command: c.AgreeContract | c.AmendContract) -> None:
    if command.sessions is not None and (type(command.sessions) is not int or not 0 < command.sessions <= MOST):
        raise desk.nonsense("sessions", f"sessions are a whole number from 1 to {MOST}", "contract", "sessions")
    minutes_known(desk, command.minutes)
    policies = desk.protocol.spec.contract.missed
    if command.missed is not None and command.missed not in policies:
        known = ", ".join(policies) or "none"
        raise desk.nonsense("unknown_policy", f"the missed-session policies are {known}", "contract", "missed")
    if isinstance(command, c.AmendContract):
        _amendment_makes_sense(desk, command)
    if command.frequency is not None:
        try:
            Frequency.parse(command.frequency)
        except ValueError as wrong:
            raise desk.nonsense("frequency", str(wrong), "contract", "frequency") from wrong


def _amendment_makes_sense(desk: Desk, command: c.AmendContract) -> None:
    if not command.because.strip():
        raise desk.nonsense("no_reason", "an amendment says why", "contract")
    old = desk.course.contract
    if command.frequency_until and not command.frequency and not (old and old.frequency_until):
        text = "an end goes with the frequency that holds until then; say both"
        raise desk.nonsense("frequency_until", text, "contract", "frequency")


def uses_session(protocol: Protocol, policy: str) -> tuple[str, ...]:
    """The statuses that use up a session under a missed-session policy."""
    found = protocol.spec.contract.missed.get(policy)
    return tuple(found.uses_session) if found else ("attended",)


def agree_contract(desk: Desk, command: c.AgreeContract) -> Events:
    _terms_make_sense(desk, command)
    spec = desk.protocol.spec.contract
    if desk.course.contract and desk.course.contract.agreed_on:
        raise desk.nonsense("already_agreed", "a contract is agreed already; amend it", "contract")
    sessions = command.sessions or (spec.sessions.fixed if spec.sessions else None)
    unmet = list(_beyond(desk, command))
    if sessions is None and spec.sessions is not None:
        text = "the contract names its number of sessions"
        unmet.append(
            desk.reason("sessions_missing", text, f"the protocol gives {spec.sessions}", "contract", "sessions")
        )
    desk.require(unmet)
    missed = command.missed or spec.missed_unless_agreed or ""
    yield desk.event(
        e.ContractAgreed,
        sessions=sessions,
        frequency=str(Frequency.parse(command.frequency)) if command.frequency else _not_agreed(desk),
        minutes=command.minutes or spec.minutes.high,
        mode=command.mode or spec.mode[0],
        missed=missed,
        uses_session=uses_session(desk.protocol, missed),
    )


def _not_agreed(desk: Desk) -> str:
    """The frequency a contract holds when none is agreed; empty where the protocol lets it change by itself."""
    spec = desk.protocol.spec.contract
    return "" if spec.frequency_when else str(spec.frequency)


def amend(desk: Desk, command: c.AmendContract) -> Events:
    _terms_make_sense(desk, command)
    old = desk.course.contract
    if old is None or not desk.facts.contract_agreed:
        raise desk.nonsense("no_contract", "there is no contract to amend yet", "contract")
    unmet = list(_beyond(desk, command))
    used = timing.sessions_used(desk.course)
    if command.sessions is not None and command.sessions < used:
        text = "the contract holds the sessions that are used already"
        unmet.append(desk.reason("sessions_used", text, f"{used} are used", "contract", "sessions"))
    desk.require(unmet)
    yield _amended(desk, old, command)


def _amended(desk: Desk, old: Contract, command: c.AmendContract) -> Event:
    missed = command.missed or old.missed
    standing = old.frequency if old.agreed_on or desk.course.amendments else _not_agreed(desk)
    frequency = str(Frequency.parse(command.frequency)) if command.frequency else standing
    until, then = command.frequency_until or old.frequency_until, old.frequency_then
    if command.frequency:  # the standing one returns, not another that was agreed for a while
        standing = old.frequency_then if old.frequency_until else standing
        until, then = command.frequency_until, standing if command.frequency_until else ""
    return desk.event(
        e.ContractAmended,
        because=command.because,
        number=len(desk.course.amendments) + 1,
        sessions=command.sessions or old.sessions,
        frequency=frequency,
        frequency_until=until,
        frequency_then=then,
        minutes=command.minutes or old.minutes,
        mode=command.mode or old.mode,
        missed=missed,
        uses_session=uses_session(desk.protocol, missed) if command.missed else old.uses_session,
    )


# -- focus and stage ---------------------------------------------------------------------------------------------


def _new_focus_id(course: Course, area: str, wanted: str) -> str:
    taken = {f.id for f in course.focuses}
    if wanted:
        return wanted
    return next(name for name in chain((area,), (f"{area}-{n}" for n in count(2))) if name not in taken)


def _why_not_focus(desk: Desk, area: str, person: str, closing: int = 0) -> Iterator[Reason]:
    spec = desk.protocol.spec
    if spec.problem_areas[area].with_person and not person:
        text = f"a focus on {spec.problem_areas[area].title.lower()} names the person it is with"
        yield desk.reason("person", text, "no person was named", "problem_areas", area, "with_person")
    have = len(desk.course.open_focuses) - closing
    if spec.focus is not None and have >= spec.focus.at_most:
        sentence = f"{have} agreed; the protocol allows {spec.focus.at_most}"
        yield desk.reason("too_many_focuses", f"at most {spec.focus.at_most} focuses", sentence, "focus", "at_most")


def _known_area(desk: Desk, area: str) -> None:
    areas = desk.protocol.spec.problem_areas
    if area not in areas:
        raise desk.nonsense("unknown_area", f"the problem areas are {', '.join(areas) or 'none'}", "problem_areas")


def _new_id(desk: Desk, id: str) -> None:
    if id and not is_id(id):
        text = "a focus id is small letters, digits, - and _, such as dispute-spouse; it names no patient"
        raise desk.nonsense("focus_id", text, "problem_areas")
    if id and desk.course.focus(id):
        raise desk.nonsense("focus_exists", "this course has a focus of that id already", "problem_areas")


def agree_focus(desk: Desk, command: c.AgreeFocus) -> Events:
    _known_area(desk, command.area)
    _new_id(desk, command.id)
    desk.require(_why_not_focus(desk, command.area, command.person))
    yield _focus(desk, command.area, command.id, command.person, command.primary, command.because)


def _focus(
    desk: Desk, area: str, id: str, person: str, primary: bool, because: str, replaces: str = ""
) -> e.FocusAgreed:  # fmt: skip
    staged = desk.protocol.spec.problem_areas[area].stages
    return desk.event(
        e.FocusAgreed,
        because=because,
        focus=_new_focus_id(desk.course, area, id),
        area=area,
        person=person,
        primary=primary and not any(f.primary and f.id != replaces for f in desk.course.open_focuses),
        stage=UNSTAGED if staged else "",
        replaces=replaces,
    )


def _says_why(desk: Desk, because: str, area: str) -> None:
    if not because.strip():
        raise desk.nonsense("no_reason", "say why the focus ends", "problem_areas", area)


def close_focus(desk: Desk, command: c.CloseFocus) -> Events:
    focus = desk.known_focus(command.focus)
    _says_why(desk, command.because, focus.area)
    if focus.closed:
        raise desk.nonsense("focus_closed", "that focus is closed already", "problem_areas", focus.area)
    yield desk.event(e.FocusClosed, because=command.because, focus=command.focus)


def change_focus(desk: Desk, command: c.ChangeFocus) -> Events:
    old = desk.known_focus(command.focus)
    _known_area(desk, command.to)
    _new_id(desk, command.id)
    _says_why(desk, command.because, old.area)
    desk.require(_why_not_focus(desk, command.to, command.person, closing=0 if old.closed else 1))
    if not old.closed:
        yield desk.event(e.FocusClosed, because=command.because, focus=command.focus)
    yield _focus(desk, command.to, command.id, command.person, old.primary, command.because, replaces=command.focus)


def restage(desk: Desk, command: c.Restage) -> Events:
    focus = desk.known_focus(command.focus)
    area = desk.protocol.spec.problem_areas[focus.area]
    known = moves.stages_of(area)
    here = focus.stage or UNSTAGED
    path = ("problem_areas", focus.area, "stages")
    if command.to not in known or command.to == UNSTAGED:
        raise desk.nonsense("unknown_stage", f"the stages are {', '.join(area.stages) or 'none'}", *path)
    if command.to == here:
        raise desk.nonsense("already_there", f"the focus stands in '{here}' already", *path, here)
    if not command.because.strip():
        raise desk.nonsense("no_reason", "say what the judgement rests on", *path, command.to)
    if focus.closed is not None and desk.on >= focus.closed:
        sentence = f"it was closed on {focus.closed.isoformat()}"
        desk.require((desk.reason("focus_closed", "a closed focus stays where it stood", sentence, *path),))
    way = _staged_by(desk, command, here, focus.area)
    yield desk.event(
        e.FocusStaged,
        because=command.because,
        focus=command.focus,
        was=here,
        stage=command.to,
        way=way,
        final=area.stages[command.to].final,
        session=desk.session_today(),
    )


def _staged_by(desk: Desk, command: c.Restage, here: str, area: str) -> str:
    machine = moves.stage_chart(desk.protocol, area)
    path = ("problem_areas", area, "stages", here, "next")
    if command.new_information:
        if machine.drive(here, f"{moves.RESTAGE}:{command.to}", ()) == command.to:
            return "new information"
        text = "this problem area does not let new information place a focus in any stage"
        return desk.require((no_way(desk, text, "problem_areas", area, "restage"),))
    unmet = why_not_stage(desk.protocol, desk.course, command.focus, command.to, desk.facts)
    if machine.drive(here, f"{moves.STAGE}:{command.to}", unmet) == command.to:
        return "chart"
    return desk.require(unmet or (no_way(desk, f"'{here}' does not lead to '{command.to}'", *path),))


# -- alerts ------------------------------------------------------------------------------------------------------


def _move_alert(desk: Desk, id: str, trigger: str, **fields: Any) -> Event:
    alert = desk.course.alert(id)
    if alert is None:
        raise desk.nonsense("unknown_alert", "this course has no alert of that id", "alerts")
    state = moves.alert_chart().drive(alert.state, trigger, ())
    if state is None:
        needs = "; it needs an assessment first" if alert.needs_assessment else ""
        raise desk.nonsense("alert_state", f"the alert is {alert.state}{needs}", "alerts")
    return desk.event(e.AlertMoved, alert=id, state=state, **fields)


def acknowledge(desk: Desk, command: c.AcknowledgeAlert) -> Events:
    yield _move_alert(desk, command.alert, "acknowledge")


def assess(desk: Desk, command: c.AssessAlert) -> Events:
    if is_wordless(command.found) or is_wordless(command.plan):
        raise desk.nonsense("assessment", "an assessment says what was found and what was agreed", "alerts")
    yield _move_alert(desk, command.alert, "assess", found=command.found, plan=command.plan)


def monitor(desk: Desk, command: c.MonitorAlert) -> Events:
    yield _move_alert(desk, command.alert, "monitor")


def close_alert(desk: Desk, command: c.CloseAlert) -> Events:
    closed = _move_alert(desk, command.alert, "close", because=command.because)
    if not command.because.strip():
        raise desk.nonsense("no_reason", "an alert is closed with a reason: say it in 'because'", "alerts")
    yield closed


Handler = Callable[[Desk, Any], Events]
REQUESTS: Mapping[str, Handler] = {
    "enter_phase": enter,
    "end_course": end,
    **grouping.REQUESTS,
    "book": book,
    "agree_contract": agree_contract,
    "amend_contract": amend,
    "agree_focus": agree_focus,
    "close_focus": close_focus,
    "change_focus": change_focus,
    "restage": restage,
    "move_chart": move_chart,
    "prepare_message": prepare,
    **PLAN_REQUESTS,
}
ALERT_MOVES: Mapping[str, Handler] = {
    "acknowledge_alert": acknowledge,
    "assess_alert": assess,
    "monitor_alert": monitor,
    "close_alert": close_alert,
    "decline": decline,
    "confirm": confirm,
}
