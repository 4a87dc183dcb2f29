"""Who is asking, and what they may see and say. Three hooks; until you write the first two, nobody is let in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from fastapi import Request
from fastapi.security import HTTPBearer

import iptengine as ipt

# What the OpenAPI document says about signing in. Change it together with `who`.
SIGN_IN = HTTPBearer(auto_error=False, description="The clinic's own sign-in.")


# >>> PUT YOUR OWN SIGN-IN HERE. As it stands, every request is answered with 401. <<<
def who(request: Request) -> ipt.Actor | None:
    """Who sends a request, from a token or a session that you have checked; None: not let in.

    The id stands on every event: one of your own that stays when a name changes. It may ask a database: it runs in a
    thread.
    """
    return None


# >>> PUT YOUR OWN CASELOAD HERE. As it stands, nobody sees any course. <<<
def courses_of(actor: ipt.Actor) -> Collection[str] | None:
    """The courses this person may see and write to, by id; None for all of them.

    A group is for who may see every course that is or was in it.
    """
    return ()


def policy(actor: ipt.Actor, command: ipt.Command, course: ipt.Course) -> ipt.Permission:
    """What each role may say; the rule that allowed it stands on every event. A role not named here says nothing."""
    if command.kind == "erase":  # for good, so not for everybody who writes
        told = "Only who keeps the records erases."
        return ipt.Allowed("keepers-erase") if actor.role == "keeper" else ipt.Denied("keepers-erase", told)
    if actor.role == "therapist":
        return ipt.Allowed("therapists-write")
    if actor.role == "assessor" and command.kind == "read":
        return ipt.Allowed("assessors-take-readings")
    return ipt.Denied("therapists-write", "This is for a therapist to say.")


@dataclass(frozen=True)
class Access:
    """The three hooks, for the service; the tests bring their own."""

    who: Callable[[Request], ipt.Actor | None] = who
    courses_of: Callable[[ipt.Actor], Collection[str] | None] = courses_of
    policy: ipt.Policy = policy


DENIED = Access()
"""Nobody is let in."""
