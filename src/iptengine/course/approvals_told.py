"""What is said of approvals: what waits for whom, and what was answered since the last session."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.course.course import Approval, Course
from iptengine.course.requested import roles
from iptengine.course.wording import day, first_upper

Told = tuple[str, str, Approval]
"""What kind of line it is, its words, and what it speaks of."""


def open_approvals(course: Course) -> tuple[Approval, ...]:
    """What somebody still has to approve or confirm; once the course has ended, only what was carried out."""
    return tuple(one for one in course.approvals if one.open and (one.state == "to_confirm" or not course.ended))


def waits(one: Approval) -> str:
    """What waits for whom: ``Waits for the supervisor: enter 'Working' (asked on 3 March by the therapist).``"""
    asked = f"on {day(one.asked)} by the {one.asked_by.role}"
    if one.state == "to_confirm":
        return f"To be confirmed by {roles(one.roles)}: {one.what} (done {asked})."
    return f"Waits for {roles(one.roles)}: {one.what} (asked {asked})."


def approvals_told(course: Course) -> Iterator[Told]:
    """Lines for the therapist's page: what was not approved since the last session held, then what waits."""
    last = course.last_held
    for one in course.approvals:
        if one.state in ("declined", "not_confirmed") and one.answered and (not last or one.answered >= last.on):
            yield f"approval_{one.state}", _not_approved(one), one
    for one in open_approvals(course):
        yield "approval_waits" if one.state == "waiting" else "approval_to_confirm", waits(one), one


def _not_approved(one: Approval) -> str:
    how = "Not approved" if one.state == "declined" else "Not confirmed"
    who = f" by the {one.answered_by.role}" if one.answered_by else ""
    when = f" on {day(one.answered)}" if one.answered else ""
    stands = "" if one.state == "declined" else " It stands as it was done; say what is to be now."
    because = first_upper(one.because.strip().rstrip("."))
    return f"{how}{who}{when}: {one.what}. {because}.{stands}"
