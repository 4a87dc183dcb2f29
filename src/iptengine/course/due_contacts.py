"""Which contacts outside the count are due, when, and which are still ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from iptengine.course.course import Course
from iptengine.course.facts import CourseFacts
from iptengine.course.named_dates import day_of, has_come, is_over, missed_since, named_date
from iptengine.course.visits import next_visit
from iptengine.course.wording import day, spoken
from iptengine.protocol.anchored import Moment
from iptengine.protocol.parts import ContactSpec
from iptengine.protocol.protocol import Protocol, verdict
from iptengine.protocol.truth import Truth


@dataclass(frozen=True, slots=True)
class ContactDue:
    """A contact that is not held yet and hangs on a moment.

    Attributes:
        contact: Its name.
        title: What it is.
        now: Whether it is due by the next session; ``None`` when that cannot be told.
        by: The day it is due, as far as that can be told.
        when: What the day hangs on, in words; empty for a place in the count.
    """

    contact: str
    title: str
    now: bool | None
    by: date | None
    when: str = ""


def due_contacts(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[ContactDue, ...]:
    """Every contact that is due or has a day ahead, and is not held yet; in file order."""
    return tuple(_due(protocol, course, facts))


def _due(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[ContactDue]:
    for name, spec in protocol.spec.contacts.items():
        if spec.due is None or _settled(course, name, spec, facts.on):
            continue
        if verdict(protocol.at("contacts", name, "only_if"), facts) is not Truth.YES:
            continue
        if course.ended and not spec.due.is_day:
            continue
        yield _contact(protocol, course, facts, name, spec.title, spec.due)


def _settled(course: Course, name: str, spec: ContactSpec, on: date) -> bool:
    """Whether it is held already, or too late."""
    assert spec.due is not None
    held = [c.on for c in course.contacts if c.contact == name]
    if spec.due.anchor == "missed session":
        missed = missed_since(course)
        return missed is None or any(day >= missed for day in held)
    return bool(held) or is_over(spec.due, course, on)


def _contact(
    protocol: Protocol, course: Course, facts: CourseFacts, name: str, title: str, moment: Moment
) -> ContactDue:
    if not moment.is_day:
        by = missed_since(course) if moment.anchor == "missed session" else None
        return ContactDue(name, title, has_come(moment, course, facts.on), by)
    if moment.anchor == "end":
        return ContactDue(name, title, has_come(moment, course, facts.on), day_of(moment, course), str(moment))
    reach = facts.on if course.ended else next_visit(protocol, course, facts.on)[0]
    come = has_come(moment, course, reach)
    now = has_come(moment, course, facts.on) if come is None else come
    return ContactDue(name, title, now, day_of(moment, course), told(moment, course))


def told(moment: Moment, course: Course) -> str:
    """What a day hangs on, in words: ``2 weeks before birth, expected 19 May``."""
    words = str(moment)
    if moment.anchor != "date":
        return words
    words = words.removesuffix(moment.fact) + spoken(moment.fact)
    known = named_date(course, moment.fact)
    if known.actual is not None:
        return words if moment.side == "on" else f"{words}, {day(known.actual)}"
    return f"{words}, expected {day(known.expected)}" if known.expected else f"{words}, no day on record"


__all__ = ["ContactDue", "due_contacts", "told"]
