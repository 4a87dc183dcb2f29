"""The key that a line said to a group is recorded under, so that typed again it records what is missing, once.

A line without a name is known by what it says. Once every course that has it took it back, the same line says
something new, and is recorded under another key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import count

from iptengine.cli.taken_back import taken_back
from iptengine.course.events import Event
from iptengine.engine.answers import UnknownCourse
from iptengine.engine.clinic import Clinic
from iptengine.engine.records import said_under
from iptengine.store.port import UnopenedCourse


def _key_of(*said: object) -> str:
    """The same for the same line."""
    return f"group-{hashlib.sha256(repr(said).encode()).hexdigest()[:40]}"


def key_now(clinic: Clinic, courses: Iterable[str], *said: object) -> str:
    """The same for the same line, until every course that has it took it back."""
    known = list(_known(clinic, courses))
    keys = (_key_of(*said, *(("again", n) if n else ())) for n in count())
    return next(key for key in keys if not _all_took_it_back(known, key))


def _known(clinic: Clinic, courses: Iterable[str]) -> Iterator[tuple[Event, ...]]:
    for course in courses:
        try:
            yield clinic.events(course)
        except (UnknownCourse, UnopenedCourse):  # whether it took anything back cannot be known; the others decide
            continue


def _all_took_it_back(known: Iterable[tuple[Event, ...]], key: str) -> bool:
    """Whether it was recorded, and what it began with stands in no course any more."""
    firsts = [(mine[0].id, events) for events in known if (mine := said_under(key, events))]
    return bool(firsts) and all(id in taken_back(events) for id, events in firsts)


__all__ = ["key_now"]
