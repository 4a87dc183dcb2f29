"""Who, when and under which id: what the shell adds to a command so that the core needs no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from iptengine.diagnostics import BadInput


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which role. The id is the calling system's own; it should name no patient.

    The role is spelt as the protocols spell it that hide something from it, or let it approve.

    Raises:
        BadInput: The id or the role is empty, or no text: nobody would stand behind what is recorded.

    Example:
        >>> Actor("u17", role="therapist").role
        'therapist'
    """

    id: str
    role: str

    def __init__(self, id: str, *, role: str) -> None:
        _check("id", id, "an id, by which your system knows who acts")
        _check("role", role, "a role, as the protocols name it, such as therapist")
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "role", role)


def recorded_actor(id: str, role: str) -> Actor:
    """Who stands on a stored event, with whatever a former version took for an id and a role."""
    made = object.__new__(Actor)
    object.__setattr__(made, "id", id)
    object.__setattr__(made, "role", role)
    return made


def _check(field: str, value: object, what: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise BadInput(field, f"an actor has {what}: a text that is not empty")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What `Clinic` adds to a command: its id, the day it speaks of, when it was recorded, and by whom."""

    id: str
    on: date
    at: datetime
    by: Actor
