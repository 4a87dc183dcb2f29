"""The week the patient did not come: what was agreed about it, and what is on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from iptengine.course import timing
from iptengine.course.course import Appointment, Course
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import MISSED_WORDS
from iptengine.course.rests import kept_or_missed
from iptengine.protocol.parts import MISSES, STATUSES
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.truth import Truth


@dataclass(frozen=True, slots=True, repr=False)
class MissedWeek:
    """What a page for a missed week holds.

    Attributes:
        status: What is on record of it, in words; empty while nothing is.
        code: The same as the protocol names it.
        on: The day of the appointment.
        by_patient: Whether it was the patient who did not come.
        used: Whether it used up a session; ``None`` while nothing is on record.
        policy: The agreed policy, in the protocol's words; empty when the protocol has none.
        choices: What it may have been: status, its words, and whether that uses up a session.
        contacts: Contacts the protocol foresees now: name, title, and for which status, in words.
        contacted: Days of contact since.
        noted: What was noted of each of them; empty where nothing was.
        why: Why it was missed, as recorded.
    """

    status: str
    code: str
    on: date
    by_patient: bool
    used: bool | None
    policy: str
    choices: tuple[tuple[str, str, bool], ...]
    contacts: tuple[tuple[str, str, str], ...]
    contacted: tuple[date, ...]
    noted: tuple[str, ...] = ()
    why: str = ""


def missed_week(
    protocol: Protocol, course: Course, facts: CourseFacts, planned: date, *, unrecorded: bool
) -> MissedWeek:
    """The missed appointment on record last; with `unrecorded`, that of the day `planned`, not on record yet."""
    last = None if unrecorded else last_missed(course)
    contract = course.contract
    policies = protocol.spec.contract.missed
    name = (contract.missed if contract else "") or protocol.spec.contract.missed_unless_agreed or ""
    uses = contract.uses_session if contract else ("attended",)
    since = [c for c in course.contacts if last and c.on >= last.on]
    return MissedWeek(
        MISSED_WORDS.get(last.status, last.status) if last else "",
        last.status if last else "",
        last.on if last else planned,
        last is not None and last.status in MISSES,
        last.used if last else None,
        policies[name].title if name in policies else "",
        tuple((status, MISSED_WORDS[status], status in uses) for status in STATUSES if status in MISSED_WORDS),
        tuple(_contacts(protocol, facts, last)),
        tuple(c.on for c in since),
        tuple(c.note for c in since),
        last.why if last else "",
    )


def last_missed(course: Course) -> Appointment | None:
    """The last appointment on record, when it was not held."""
    past = kept_or_missed(course, timing.past(course))
    return past[-1] if past and not past[-1].held else None


def _contacts(protocol: Protocol, facts: CourseFacts, last: Appointment | None) -> Iterator[tuple[str, str, str]]:
    """Contacts that depend on how an appointment went; with nothing on record yet, all of them."""
    for name, spec in protocol.spec.contacts.items():
        statuses = _statuses(protocol, name)
        guards = protocol.at("contacts", name, "only_if")
        if statuses and (last is None or all(g.answer(facts) is not Truth.NO for g in guards)):
            yield name, spec.title, ", ".join(MISSED_WORDS[s] for s in statuses if s in MISSED_WORDS)


def _statuses(protocol: Protocol, contact: str) -> tuple[str, ...]:
    guards = protocol.at("contacts", contact, "only_if")
    found = (m.name for guard in guards for c in guard.conditions() for m in c.mentions if m.kind == "status")
    return tuple(sorted(set(found)))
