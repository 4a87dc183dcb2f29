"""The clinic of the library, over Django's database, and what is said to it in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction

import iptengine as ipt
from clinic.models import WRITE
from iptengine.contrib.django import DjangoStore


@cache
def protocols() -> tuple[ipt.Protocol, ...]:
    """Loading tells every mistake at once; `manage.py check` shows them, and the server does not start."""
    return tuple(ipt.load(source) for source in settings.PROTOCOLS)


def desk() -> ipt.Clinic:
    return ipt.Clinic(DjangoStore(), protocols(), policy=policy)


def user_id(user: Any) -> str:
    """An account as the events name it: it stays when a name changes."""
    return f"user-{user.pk}"


def actor(user: Any) -> ipt.Actor:
    """Who says it, as it stands on every event."""
    return ipt.Actor(user_id(user), role="therapist" if user.has_perm(WRITE) else "assessor")


def policy(actor: ipt.Actor, command: ipt.Command, course: ipt.Course) -> ipt.Permission:
    """The views ask Django's permissions; asked once more where it is recorded, a forgotten view records nothing."""
    return (ipt.Allowed if actor.role == "therapist" else ipt.Denied)("therapists-write")


def seen_by(user: Any) -> ipt.Reader:
    """The courses as this user may see them: without what the protocol hides from their role."""
    return desk().reader(actor(user))


@dataclass(frozen=True)
class Answer:
    """What came of a form: `done`, what a colleague recorded `since` it was drawn, and what may not be said.

    `held_back` says why what it asked for was not carried out, also where nothing was recorded since.
    """

    done: ipt.Done | None
    since: Sequence[ipt.Event] = ()
    denied: Sequence[ipt.Denial] = ()
    held_back: str = ""


def record(course: str, commands: Sequence[ipt.Command], *, by: ipt.Actor, expected: int, key: str) -> Answer:
    """Say it to the course, in one transaction with whatever else the caller's block holds."""
    with transaction.atomic():
        # Both are caught inside the block: the reports are kept, and an error that leaves the block undoes them.
        try:
            return Answer(desk().do(course, *commands, by=by, expected=expected, key=key))
        except ipt.Conflict as clash:
            return Answer(clash.done, clash.since, held_back=str(clash))
        except ipt.NotAllowed as no:
            held = no.conflict
            return Answer(no.done, held.since if held else (), no.denied, str(held) if held else "")


@dataclass(frozen=True)
class GroupAnswer:
    """What came of a form for a group, in each member's course, and what may not be said to some of them."""

    done: ipt.GroupDone
    denied: Sequence[ipt.Denial] = ()
    failed: Mapping[str, Exception] = field(default_factory=dict)


def record_for_all(say: Callable[[ipt.Clinic], ipt.GroupDone]) -> GroupAnswer:
    """Say it to a group: every member's course in one transaction."""
    with transaction.atomic():
        try:
            return GroupAnswer(say(desk()))
        except ipt.GroupNotTold as half:  # a course does not open: what the others were told is kept
            return GroupAnswer(half.done, half.not_allowed.denied if half.not_allowed else (), half.failed)
        except ipt.NotAllowed as no:  # caught inside the block, as above: what the others were told is kept
            if no.group is None:
                raise
            return GroupAnswer(no.group, no.denied)
