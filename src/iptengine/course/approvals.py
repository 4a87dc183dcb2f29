"""Approvals: which requests wait for whom, what becomes of them, and what is said of it.

A request that needs an approval, and whose own conditions hold, is kept as it was asked; nothing moves. When it is
approved it is decided anew, so that what changed in between is seen. One that is to be confirmed afterwards is
carried out at once. A deviation goes on without any approval, and says so. No approval is ever asked before an
alert is raised, shown or assessed (law 5).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.codec import command_from_mapping
from iptengine.course.course import Approval, Course
from iptengine.course.desk import Desk
from iptengine.course.events import CourseWarning, Event
from iptengine.course.refusal import Refused
from iptengine.course.requested import kind_of, roles, targets, told
from iptengine.course.wording import dated
from iptengine.protocol.approval_spec import ApprovalSpec
from iptengine.protocol.protocol import Protocol, Reason

Handler = Callable[[Desk, Any], Iterator[Event]]

_ONE_AT_A_TIME = (
    frozenset({"choose_plan", "change_plan"}),
    frozenset({"agree_contract", "amend_contract"}),
    frozenset({"enter_phase"}),
    frozenset({"end_course"}),
)
"""Requests of which a course can have one answer: the newest is meant, and what waited before it is passed over."""

_SAID_FREELY = ("because", "reason", "note")
"""Fields that do not make a request another one."""


@dataclass(frozen=True, slots=True)
class Needed:
    """An approval that a request needs.

    Attributes:
        approval: Its name in the protocol.
        title: What it is, in the protocol's words.
        by: The roles that may give it.
        afterwards: Whether the request is carried out at once, and confirmed later.
    """

    approval: str
    title: str
    by: tuple[str, ...]
    afterwards: bool


def needed(protocol: Protocol, course: Course, command: c.Command) -> tuple[Needed, ...]:
    """The approvals that a request needs, in the order of the protocol; empty for one that needs none."""
    if not protocol.spec.approvals:
        return ()
    speaks_of = targets(protocol, course, command)
    return tuple(
        Needed(name, spec.title, spec.by, spec.afterwards)
        for name, spec in protocol.spec.approvals.items()
        if _covers(spec, command.kind, speaks_of)
    )


def _covers(spec: ApprovalSpec, kind: str, speaks_of: frozenset[str]) -> bool:
    return kind in spec.of and (not spec.only or not speaks_of.isdisjoint(spec.only))


# -- a request ---------------------------------------------------------------------------------------------------


def asked(desk: Desk, command: c.Command, handler: Handler) -> Iterator[Event]:
    """What comes of a request: carried out, kept until it is approved, or refused with reasons."""
    wanted = needed(desk.protocol, desk.course, command)
    if not wanted:
        yield from handler(desk, command)
        return
    role = desk.stamp.by.role
    before = [one for one in wanted if not one.afterwards]
    missing = [one for one in before if role not in one.by]
    if not missing:
        yield from _given(desk, command, before)
        yield from _passed_over(desk, command)
        yield from _carried_out(desk, command, handler, wanted)
        return
    trial = Desk(desk.protocol, desk.course, command, desk.stamp)
    would = tuple(handler(trial, command))  # refuses where a condition is open
    waiting = _waiting(desk.course, command)
    if waiting:
        raise Refused(desk.command, (_already_asked(desk, waiting[0]),))
    yield from _given(desk, command, [one for one in before if one not in missing])
    yield from _passed_over(desk, command)
    told_now = tuple(one for event in would for one in event.warnings)
    for number, one in enumerate(missing):
        yield _request(desk, command, one, warnings=() if number else told_now)


def _passed_over(desk: Desk, command: c.Command) -> Iterator[Event]:
    """What waited before a newer request that takes its place."""
    of_its_kind = next((kinds for kinds in _ONE_AT_A_TIME if command.kind in kinds), frozenset())
    for one in desk.course.approvals:
        if one.state == "waiting" and kind_of(one.request) in of_its_kind and not _same(one.request, command):
            yield desk.event(e.ApprovalPassedOver, because="A newer request took its place", asked=one.id)


def _already_asked(desk: Desk, waiting: Approval) -> Reason:
    text = f"{roles(waiting.roles)} has to approve it first"
    sentence = f"asked on {dated(waiting.asked, desk.on)}, no answer yet"
    return desk.reason("waits_for_approval", text, sentence, "approvals", waiting.approval)


def _carried_out(desk: Desk, command: c.Command, handler: Handler, wanted: Iterable[Needed]) -> Iterator[Event]:
    """The events of a request, and what is to be confirmed of it afterwards."""
    found = tuple(handler(desk, command))
    yield from found
    for one in wanted:
        if one.afterwards and desk.stamp.by.role not in one.by:
            yield _request(desk, command, one, afterwards=True)


def _request(
    desk: Desk, command: c.Command, one: Needed, *, afterwards: bool = False, warnings: Iterable[CourseWarning] = ()
) -> Event:
    return desk.event(
        e.ApprovalRequested,
        warnings=tuple(warnings),
        approval=one.approval,
        what=told(desk.protocol, desk.course, command),
        request=_as_text(command),
        roles=one.by,
        afterwards=afterwards,
    )


def _given(desk: Desk, command: c.Command, wanted: Iterable[Needed]) -> Iterator[Event]:
    """Approvals given by somebody who may, in asking for it themselves; also to what was asked before."""
    waiting = {one.approval: one for one in _waiting(desk.course, command)}
    for one in wanted:
        before = waiting.get(one.approval)
        yield desk.event(
            e.ApprovalGiven,
            asked=before.id if before else "",
            approval=one.approval,
            what=told(desk.protocol, desk.course, command),
            request=_as_text(command),
            roles=one.by,
        )


def gone_on(desk: Desk, command: c.Command) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """What a deviation means for approvals: the events before those of the request, and those after them.

    What was not approved is noted as overridden; what waited for it is passed over.
    """
    wanted = needed(desk.protocol, desk.course, command)
    if not wanted:
        return (), ()
    role = desk.stamp.by.role
    mine = [one for one in wanted if not one.afterwards and role in one.by]
    desk.overridden += [one.approval for one in wanted if not one.afterwards and role not in one.by]
    given = tuple(_given(desk, command, mine))
    names = {one.approval for one in mine}
    left = [one for one in _waiting(desk.course, command) if one.approval not in names]
    passed = (
        *(desk.event(e.ApprovalPassedOver, asked=one.id) for one in left),
        *_passed_over(desk, command),
    )
    later = [one for one in wanted if one.afterwards and role not in one.by]
    return (*given, *passed), tuple(_request(desk, command, one, afterwards=True) for one in later)


# -- the request as data -----------------------------------------------------------------------------------------


def _as_text(command: c.Command) -> str:
    """The request as one line of JSON; without its day, but for an appointment, whose day is what is asked for."""
    said = c.as_mapping(command)
    if not isinstance(command, c.Book):
        said.pop("on", None)
    return c.as_line(said)


def _same(request: str, command: c.Command) -> bool:
    """Whether a request that waits asks for the same as `command`, whatever was said with it."""
    return _essence(request) == _essence(_as_text(command))


def _essence(request: str) -> object:
    """What is asked for; of a text that no version wrote, the text itself."""
    try:
        said = json.loads(request)
    except ValueError:
        return request
    return {k: v for k, v in said.items() if k not in _SAID_FREELY} if isinstance(said, dict) else request


def _waiting(course: Course, command: c.Command) -> list[Approval]:
    """What waits already for the same request."""
    return [one for one in course.approvals if one.state == "waiting" and _same(one.request, command)]


# -- the answers -------------------------------------------------------------------------------------------------


def approve(desk: Desk, command: c.Approve, carry_out: Callable[[c.Command], Iterator[Event]]) -> Iterator[Event]:
    """Record the approval and, when nothing else is waited for, carry the request out as things stand now."""
    one = _answerable(desk, command.approval, "waiting")
    yield desk.event(
        e.ApprovalGiven, asked=one.id, approval=one.approval, what=one.what, request=one.request, roles=one.roles
    )
    others = [a for a in desk.course.approvals if a.command == one.command and a.id != one.id]
    if any(a.state == "waiting" for a in others):
        return
    request = _kept(desk, one)
    try:
        found = tuple(carry_out(request))
    except Refused as no:
        raise Refused(desk.command, no.reasons, overridable=no.overridable) from None
    yield from found
    for later in needed(desk.protocol, desk.course, request):
        if later.afterwards and desk.stamp.by.role not in later.by:
            yield _request(desk, request, later, afterwards=True)


def _kept(desk: Desk, one: Approval) -> c.Command:
    try:
        return command_from_mapping(json.loads(one.request))
    except ValueError:  # a `BadInput` is one
        text = "what was asked cannot be read any more; decline it and ask anew"
        raise desk.nonsense("unreadable_request", text, "approvals", one.approval) from None


def decline(desk: Desk, command: c.Decline) -> Iterator[Event]:
    """Record that it is not approved or not confirmed; who asked may take a request back that still waits."""
    if not command.because.strip():
        raise desk.nonsense("no_reason", "say why it is not approved", "approvals")
    one = _open(desk, command.approval)
    by, may = desk.stamp.by, desk.stamp.by.role in one.roles
    if not may and not (one.state == "waiting" and by == one.asked_by):
        raise _wrong_role(desk, one)
    yield desk.event(e.ApprovalDeclined, because=command.because, asked=one.id, taken_back=not may)


def confirm(desk: Desk, command: c.Confirm) -> Iterator[Event]:
    """Record that what was carried out is confirmed."""
    one = _answerable(desk, command.approval, "to_confirm")
    yield desk.event(e.ApprovalConfirmed, asked=one.id)


def _open(desk: Desk, id: str) -> Approval:
    one = desk.course.approval(id)
    if one is None:
        raise desk.nonsense("unknown_approval", "nothing in this course waits for an approval of that id", "approvals")
    if not one.open:
        state = one.state.replace("_", " ")
        raise desk.nonsense("approval_state", f"it was answered before: it is {state}", "approvals", one.approval)
    return one


def _answerable(desk: Desk, id: str, state: str) -> Approval:
    one = _open(desk, id)
    if one.state != state:
        text = "it still waits to be approved; approve it" if one.state == "waiting" else "it was done; confirm it"
        raise desk.nonsense("approval_state", text, "approvals", one.approval)
    if desk.stamp.by.role not in one.roles:
        raise _wrong_role(desk, one)
    return one


def _wrong_role(desk: Desk, one: Approval) -> Refused:
    does = "confirms" if one.state == "to_confirm" else "approves"
    text = f"{roles(one.roles)} {does} this, and you are here as {desk.stamp.by.role}"
    way_on = "" if one.state == "to_confirm" else "; a clinician can go on without it by a deviation"
    return desk.nonsense("wrong_role", f"{text}{way_on}", "approvals", one.approval, "by")
