"""What is said of approvals: what waits for whom, and what was answered since the last session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from iptengine.course.course import Approval, Course
from iptengine.course.requested import is_message, roles, why
from iptengine.course.wording import dated, first_upper, shortened, spoken
from iptengine.protocol.protocol import Protocol

REASON = 100
"""Signs of the reason of a request, where a page repeats it."""

Told = tuple[str, str, Approval]
"""What kind of line it is, its words, and what it speaks of."""


def open_approvals(course: Course) -> tuple[Approval, ...]:
    """What somebody still has to approve or confirm; once the course has ended, what was carried out, and messages."""
    return tuple(one for one in course.approvals if one.open and (not course.ended or _outlives(one)))


def _outlives(one: Approval) -> bool:
    return one.state == "to_confirm" or is_message(one.request)


def waits(protocol: Protocol, one: Approval, on: date) -> str:
    """What waits for whom: ``An early end waits for the supervisor: end the course as 'Stopped' (asked on …).``"""
    by = f"on {dated(one.asked, on)} by the {one.asked_by.role}"
    if one.state == "to_confirm":
        return f"To be confirmed by {roles(one.roles)}: {title_of(protocol, one)}: {one.what} (done {by})."
    return f"{title_of(protocol, one)} waits for {roles(one.roles)}: {one.what} (asked {by})."


def title_of(protocol: Protocol, one: Approval) -> str:
    """What is approved, in the protocol's words."""
    spec = protocol.spec.approvals.get(one.approval)
    return spec.title.rstrip(".") if spec else spoken(one.approval)


def approvals_told(protocol: Protocol, course: Course, on: date) -> Iterator[Told]:
    """Lines for the therapist's page: what was not approved since the last session held, then what waits."""
    last = course.last_held
    for one in course.approvals:
        if one.state in ("declined", "not_confirmed") and one.answered and (not last or one.answered >= last.on):
            yield f"approval_{one.state}", _not_approved(protocol, one, on), one
    for one in open_approvals(course):
        code = "approval_waits" if one.state == "waiting" else "approval_to_confirm"
        yield code, f"{waits(protocol, one, on)}{_because(one)}", one


def _because(one: Approval) -> str:
    """Why it was asked for, short; in the words of who asked."""
    told = shortened(why(one.request), REASON).rstrip(".")
    return f" Because: {told}." if told else ""


def _not_approved(protocol: Protocol, one: Approval, on: date) -> str:
    how = "not approved" if one.state == "declined" else "not confirmed"
    who = f" by the {one.answered_by.role}" if one.answered_by else ""
    when = f" on {dated(one.answered, on)}" if one.answered else ""
    stands = "" if one.state == "declined" else " It stands as it was done; say what is to be now."
    because = first_upper(one.because.strip().rstrip("."))
    return f"{title_of(protocol, one)} was {how}{who}{when}: {one.what}. {because}.{stands}"
