"""The clinic of the library, over Django's database, and what is said to it in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    return ipt.Clinic(DjangoStore(), protocols())


def actor(user: Any) -> ipt.Actor:
    """Who says it, as it stands on every event."""
    return ipt.Actor(f"user-{user.pk}", role="therapist" if user.has_perm(WRITE) else "assessor")


@dataclass(frozen=True)
class Answer:
    """What came of a form: `done`, and what a colleague recorded `since` it was drawn."""

    done: ipt.Done
    since: Sequence[ipt.Event] = ()


def record(course: str, commands: Sequence[ipt.Command], *, by: ipt.Actor, expected: int, key: str) -> Answer:
    """Say it to the course, in one transaction with whatever else the caller's block holds."""
    with transaction.atomic():
        try:
            return Answer(desk().do(course, *commands, by=by, expected=expected, key=key))
        except ipt.Conflict as clash:
            # Caught inside the block: its reports are kept, and an exception that leaves the block undoes them.
            return Answer(clash.done, clash.since)
