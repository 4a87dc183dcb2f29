"""Which contacts outside the count are due, when, and which are still ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import inf

from iptengine.course import timing
from iptengine.course.course import Course
from iptengine.course.facts import CourseFacts
from iptengine.course.named_dates import day_of, has_come, is_over, missed_since, named_date
from iptengine.course.seen_words import seen_words
from iptengine.course.visits import next_visit
from iptengine.course.wording import dated, spoken
from iptengine.protocol.anchored import Interval, Moment
from iptengine.protocol.parts import ContactSpec
from iptengine.protocol.protocol import Protocol, verdict
from iptengine.protocol.quantities import Times
from iptengine.protocol.truth import Truth
from iptengine.protocol.units import Unit


@dataclass(frozen=True, slots=True)
class ContactDue:
    """A contact that hangs on a moment, and is not held yet as often as it is due.

    Attributes:
        contact: Its name.
        title: What it is.
        now: Whether it is due by the next session; ``None`` when that cannot be told.
        by: The day it is due, as far as that can be told.
        when: What the day hangs on, in words; of a place in the count one that lies ahead or is past.
        sure: Whether its conditions hold; not when that cannot be told, see `gap`.
    """

    contact: str
    title: str
    now: bool | None
    by: date | None
    when: str = ""
    sure: bool = True


def due_contacts(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[ContactDue, ...]:
    """Every contact that is due or has a day ahead, and is not held yet as often as it is due; in file order."""
    return tuple(
        _contact(protocol, course, facts, name, spec)
        for name, spec, answer in _open_contacts(protocol, course, facts)
        if answer is Truth.YES
    )


def outreach_due(protocol: Protocol, course: Course, facts: CourseFacts) -> bool:
    """Whether a contact that the protocol declares for a missed session is due now."""
    specs = protocol.spec.contacts
    declared = {name for name, spec in specs.items() if spec.due and spec.due.anchor == "missed session"}
    return bool(declared) and any(
        one.now and one.contact in declared for one in due_contacts(protocol, course, facts)
    )  # fmt: skip


def possible_contacts(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[ContactDue]:
    """The same with those whose conditions cannot be told."""
    for name, spec, answer in _open_contacts(protocol, course, facts):
        found = _contact(protocol, course, facts, name, spec)
        yield found if answer is Truth.YES else replace(found, sure=False)


def _open_contacts(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[tuple[str, ContactSpec, Truth]]:
    """Contacts that are not held yet as often as they are due, with whether their conditions hold: yes or unknown."""
    for name, spec in protocol.spec.contacts.items():
        if spec.due is None or _settled(course, name, spec, facts.on):
            continue
        guards = protocol.at("contacts", name, "only_if")
        answer = verdict(guards, facts)
        if answer is not Truth.NO and (spec.due.is_day or not course.ended):
            yield name, spec, answer


def gap(protocol: Protocol, contact: str, facts: CourseFacts) -> str:
    """What is missing to know whether the conditions of a contact hold; empty when nothing is."""
    guards = protocol.at("contacts", contact, "only_if")
    return seen_words(protocol, facts, [guard for guard in guards if guard.answer(facts) is Truth.UNKNOWN])


def _settled(course: Course, name: str, spec: ContactSpec, on: date) -> bool:
    """Whether it is held already as often as it is due, or too late."""
    assert spec.due is not None
    held = [c.on for c in course.contacts if c.contact == name]
    if spec.due.anchor == "missed session":
        missed = missed_since(course)
        often = spec.times is not None and len(held) >= most(spec.times)
        return often or missed is None or any(day >= missed for day in held)
    return len(held) >= most(spec.times) or is_over(spec.due, course, on)


def most(times: Times | None) -> float:
    """How often a contact is due in all; it has no end where it recurs."""
    if times is None:
        return 1
    if times.recurs:
        return inf
    return times.least if times.most is None else times.most


def nth(moment: Moment, times: Times | None, done: int) -> Moment:
    """The moment of a contact that is on record `done` times: one session later each time, or as much later again.

    Example:
        >>> print(nth(Moment.parse("1 month after the end"), Times.parse("at most 3 times"), 2))
        3 months after the end
    """
    if not done or times is None or moment.anchor == "missed session":
        return moment
    if moment.anchor == "session":
        return replace(moment, session=(moment.session or 1) + done * (times.every or 1))
    if times.interval is None:
        return replace(moment, count=moment.count * (1 + done))
    unit, first, step = _in_one_unit(moment, times.interval)
    return replace(moment, side="after", count=first + done * step, unit=unit)


def _in_one_unit(moment: Moment, interval: Interval) -> tuple[Unit, int, int]:
    """The distance of a moment and an interval in a unit they share; a day itself has no unit of its own."""
    if not moment.count or moment.unit == interval.unit:
        return interval.unit, moment.count, interval.count
    in_months: Unit = "month" if moment.unit in ("month", "year") else "day"
    parts = {"day": 1, "week": 7, "month": 1, "year": 12}
    return in_months, moment.count * parts[moment.unit], interval.count * parts[interval.unit]


def _contact(protocol: Protocol, course: Course, facts: CourseFacts, name: str, spec: ContactSpec) -> ContactDue:
    assert spec.due is not None
    title, moment = spec.title, nth(spec.due, spec.times, facts.contact_count(name))
    if not moment.is_day:
        by = missed_since(course) if moment.anchor == "missed session" else None
        return ContactDue(name, title, has_come(moment, course, facts.on), by, _place_told(moment, course))
    if moment.anchor == "end":
        return ContactDue(name, title, has_come(moment, course, facts.on), day_of(moment, course), str(moment))
    reach = facts.on if course.ended else next_visit(protocol, course, facts.on)[0]
    come = has_come(moment, course, reach)
    now = has_come(moment, course, facts.on) if come is None else come
    return ContactDue(name, title, now, day_of(moment, course), told(moment, course, facts.on))


def _place_told(moment: Moment, course: Course) -> str:
    """The place in the count a contact hangs on, while it lies ahead or once it is past; nothing while it is due."""
    if moment.anchor != "session":
        return ""
    past = moment.side == "before" and timing.sessions_used(course) >= (moment.session or 1)
    ahead = timing.sessions_used(course) < (moment.session or 1) - (moment.side == "before")
    return str(moment) if past or ahead else ""


def told(moment: Moment, course: Course, on: date) -> str:
    """What a day hangs on, in words: ``2 weeks before birth, expected 19 May``."""
    words = str(moment)
    if moment.anchor != "date":
        return words
    words = words.removesuffix(moment.fact) + spoken(moment.fact)
    known = named_date(course, moment.fact)
    if known.actual is not None:
        return words if moment.side == "on" else f"{words}, {dated(known.actual, on)}"
    return f"{words}, expected {dated(known.expected, on)}" if known.expected else f"{words}, no day on record"


__all__ = ["ContactDue", "due_contacts", "gap", "most", "nth", "outreach_due", "possible_contacts", "told"]
