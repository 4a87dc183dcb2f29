"""Courses that follow others: what they take over, when they may begin, and what both pages say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.desk import Desk
from iptengine.course.events import Event
from iptengine.course.voiding import again
from iptengine.course.wording import first_lower, listed, long_day, spoken
from iptengine.protocol.protocol import Protocol, Reason

Carried = tuple[Command, str]


def why_not_follow(protocol: Protocol, former: Course, follower: Protocol) -> tuple[Reason, ...]:
    """Why a course under `follower` may not follow `former` (under `protocol`); empty when it may."""
    ended = former.outcome
    if ended is None:
        text = "the course it is to follow has not ended"
        return (Reason("not_ended", text, "no", {}, "outcomes", protocol.span(("outcomes",))),)
    outcome = protocol.spec.outcomes.get(ended.outcome)
    if outcome is not None and follower.id in outcome.followed_by:
        return ()
    named = listed(outcome.followed_by) if outcome and outcome.followed_by else "nothing"
    path = ("outcomes", ended.outcome, "followed_by")
    text = f"the outcome '{ended.outcome}' is followed by {named}, not by {follower.id}"
    return (Reason("not_followed_by", text, "no", {}, ".".join(path), protocol.span(path)),)


def follow_of(protocol: Protocol, former: Course, follower: Protocol, called: str) -> c.Follow:
    """The command that begins the course that follows `former`."""
    ended = former.outcome
    spec = protocol.spec.outcomes.get(ended.outcome) if ended else None
    return c.Follow(
        former.id, protocol=former.protocol, outcome=spec.title if spec else "", outcome_kind=spec.kind if spec else "",
        ended=ended.on if ended else None, carries=tuple(follower.spec.carries), called=called or former.called,
    )  # fmt: skip


# -- what is taken over ------------------------------------------------------------------------------------------


def carried(former: Course, follower: Protocol) -> tuple[Carried, ...]:
    """What the following protocol carries over, as commands, each with the event it comes from."""
    return tuple(one for what in follower.spec.carries for one in _CARRY[what](former, follower))


def _told(events: Iterator[Event] | tuple[Event, ...]) -> Iterator[Carried]:
    for event in events:
        command = again(event)
        if command is not None:
            yield command, event.id


def _facts(former: Course, follower: Protocol) -> Iterator[Carried]:
    last = {record.fact: record for record in former.facts if record.fact in follower.spec.facts}
    return _told(tuple(last.values()))


def _readings(former: Course, follower: Protocol) -> Iterator[Carried]:
    """The last reading of each measure, and every one whose risk alert nobody has assessed."""
    waiting = {alert.cause for alert in former.open_risk_alerts}
    last = {reading.measure: reading.id for reading in former.readings}
    kept = (r for r in former.readings if r.id == last[r.measure] or r.id in waiting)
    return _told(tuple(r for r in kept if r.measure in follower.measures))


def _focus(former: Course, follower: Protocol) -> Iterator[Carried]:
    """The focuses that were open; where they stand is for the clinician to judge anew."""
    for focus in former.open_focuses:
        if focus.area in follower.spec.problem_areas:
            yield (
                c.AgreeFocus(focus.area, id=focus.id, person=focus.person, primary=focus.primary, on=focus.agreed),
                focus.event,
            )


def _single(name: str) -> Callable[[Course, Protocol], Iterator[Carried]]:
    return lambda former, _: _told(tuple(one for one in (getattr(former, name),) if one is not None))


def _all(name: str) -> Callable[[Course, Protocol], Iterator[Carried]]:
    return lambda former, _: _told(getattr(former, name))


_CARRY: Mapping[str, Callable[[Course, Protocol], Iterator[Carried]]] = {
    "people": _all("people"), "life_events": _all("life_events"), "diagnosis": _single("diagnosis"),
    "formulation": _single("formulation"), "focus": _focus, "goals": _all("goals"), "facts": _facts,
    "readings": _readings,
}  # fmt: skip


# -- what is said ------------------------------------------------------------------------------------------------


def followed(command: c.Follow) -> e.Followed:
    """What a course keeps of the one it follows."""
    return e.Followed(
        command.course, command.protocol, command.outcome, command.outcome_kind, command.ended, tuple(command.carries)
    )


def note_followed(desk: Desk, command: c.NoteFollowed) -> Iterator[Event]:
    """The course is followed by another."""
    yield desk.event(e.CourseFollowed, course=command.course, protocol=command.protocol)


def follow_on_told(protocol: Protocol, course: Course) -> str:
    """What may follow a course that has ended; empty when nothing may, or something does."""
    spec = protocol.spec.outcomes.get(course.ended or "")
    if spec is None or not spec.followed_by or course.followed_by:
        return ""
    return f"May be followed by {listed(spec.followed_by)}"


def follows_told(protocol: Protocol, course: Course) -> Iterator[str]:
    """What a course follows and what it took over; and, once it has ended, what follows it."""
    former = course.follows
    if former is not None:
        restart = "Restart after a relapse: follows" if former.outcome_kind == "relapse" else "Follows"
        when = f", ended on {long_day(former.ended)}" if former.ended else ", which had not ended"
        how = f": {first_lower(former.outcome)}" if former.outcome else ""
        kept = listed(spoken(what) for what in former.carried)
        yield f"{restart} the course {former.course} ({former.protocol}){when}{how}." + (
            f" Carried over: {kept}." if kept else ""
        )
    for event in course.followed_by:
        yield f"Followed by the course {event.course} ({event.protocol}), begun on {long_day(event.on)}."
    offered = follow_on_told(protocol, course)
    if offered:
        yield f"{offered}."


REPORTS: Mapping[str, Callable[[Desk, Any], Iterator[Event]]] = {"note_followed": note_followed}
