"""Who, when and under which id: what the shell adds to a command so that the core needs no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which role. The id is the calling system's own; it should name no patient.

    Example:
        >>> Actor("u17", role="therapist").role
        'therapist'
    """

    id: str
    role: str

    def __init__(self, id: str, *, role: str) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "role", role)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What `Clinic` adds to a command: its id, the day it speaks of, when it was recorded, and by whom."""

    id: str
    on: date
    at: datetime
    by: Actor
