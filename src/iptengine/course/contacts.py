"""Meetings and messages outside the count: which are due, on which day, and the lines that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from iptengine.course.course import Course
from iptengine.course.due_contacts import ContactDue, gap, possible_contacts
from iptengine.course.events import MessagePrepared
from iptengine.course.facts import CourseFacts
from iptengine.course.lines import Line
from iptengine.course.participants import Somebody, somebody
from iptengine.course.wording import counted, dated, first_lower, first_upper, listed
from iptengine.protocol.protocol import Protocol, verdict
from iptengine.protocol.truth import Truth

AGAIN = ("out", "not known")


# -- lines -------------------------------------------------------------------------------------------------------


CODES = frozenset({"contact_due", "contact_not_known", "message_waiting"})
"""The lines below; they stay on the page of a course that has ended."""


def contact_lines(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[Line]:
    """The contacts that are due now, each with who takes part and what it holds; messages that wait to be sent."""
    for due in possible_contacts(protocol, course, facts):
        if due.now and (due.sure or not course.ended):
            yield due_line(protocol, facts, due)
    for name in protocol.spec.contacts:
        if not course.ended or verdict(protocol.at("contacts", name, "only_if"), facts) is Truth.YES:
            yield from _waiting(protocol, course, name, facts.on)


def due_line(protocol: Protocol, facts: CourseFacts, due: ContactDue) -> Line:
    """One contact that is due, or of which that cannot be told."""
    spec, path = protocol.spec.contacts[due.contact], f"contacts.{due.contact}"
    values = {"contact": due.contact, "by": due.by.isoformat() if due.by else ""}
    if not due.sure:
        missing = gap(protocol, due.contact, facts)
        told = f"Cannot tell whether this is due: {first_lower(spec.title)} ({missing})."
        return Line("contact_not_known", told, path, values)
    people = _titles(protocol, spec.present)
    told = f"{spec.title} {_due_words(due, facts)}{f', with: {people}' if people else ''}"
    told += f", to: {to}." if (to := _titles(protocol, spec.to)) else "."
    told += "".join(f" {_without(one)}." for one in left_out(protocol, facts, (*spec.present, *spec.to)))
    if not spec.holds:
        return Line("contact_due", told, path, values)
    return Line("contact_due", f"{told} It holds: ", path, values, "; ".join(spec.holds.values()), ".")


def _due_words(due: ContactDue, facts: CourseFacts) -> str:
    """``is due``, ``is due by 5 May (2 weeks before birth)``, or that its day or session has passed or lies ahead."""
    if not due.when:
        return "is due"
    if due.by is not None:
        return f"{'is due by' if due.by >= facts.on else 'was due'} {dated(due.by, facts.on)} ({due.when})"
    if due.now:
        return f"was due {due.when} and is not on record"
    return f"is not due yet ({due.when})" if due.now is False else f"has no day yet ({due.when})"


def _titles(protocol: Protocol, names: Iterable[str]) -> str:
    """People as a page for the clinician names them: by title, the patient aside."""
    return listed(protocol.spec.participants[who].title for who in names if who in protocol.spec.participants)


def left_out(protocol: Protocol, facts: CourseFacts, names: Iterable[str]) -> Iterator[Somebody]:
    """Those of `names` who stay out for now."""
    for name in dict.fromkeys(names):
        if name in protocol.spec.participants:
            one = somebody(protocol, facts, name)
            if one.place in AGAIN:
                yield one


def _without(one: Somebody) -> str:
    return f"{first_upper(one.title)} stays out ({one.why})"


def _waiting(protocol: Protocol, course: Course, contact: str, on: date) -> Iterator[Line]:
    ready = ready_message(course, contact)
    if ready is not None:
        spec = protocol.spec.contacts[contact]
        told = f"{spec.title} was prepared on {dated(ready.on, on)} and is not on record as sent."
        yield Line("message_waiting", told, f"contacts.{contact}", {"contact": contact})


def ready_message(course: Course, contact: str) -> MessagePrepared | None:
    """The message of a contact that was prepared last and is not on record as sent."""
    sent = [held.on for held in course.contacts if held.contact == contact]
    ready = [m for m in course.prepared if m.contact == contact and (not sent or m.on > sent[-1])]
    return ready[-1] if ready else None


# -- the page of one contact -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class ContactPage:
    """What the page of one contact is made from.

    Attributes:
        due: Whether and when it is due, as a line; ``None`` when it is not.
        present: Who takes part, by title.
        to: Who is written to, by title.
        out: Those among them who stay out, and why.
        holds: What it holds, in order; may hold template names.
        held: How often it is on record, in words.
        message: Whether it has the text of a message.
    """

    contact: str
    title: str
    due: Line | None
    present: tuple[str, ...]
    to: tuple[str, ...]
    out: tuple[str, ...]
    holds: tuple[str, ...]
    held: str
    message: bool


def contact_page(protocol: Protocol, course: Course, facts: CourseFacts, contact: str) -> ContactPage:
    """What the page of one contact is made from, on the day that `facts` speaks of.

    Raises:
        LookupError: The protocol has no such contact.
    """
    spec = protocol.spec.contacts[contact]
    due = next((one for one in possible_contacts(protocol, course, facts) if one.contact == contact), None)
    held = [one for one in course.contacts if one.contact == contact]
    people = protocol.spec.participants
    return ContactPage(
        contact,
        spec.title,
        due_line(protocol, facts, due) if due else None,
        tuple(people[who].title if who in people else "Patient" for who in spec.present),
        tuple(people[who].title if who in people else "Patient" for who in spec.to),
        tuple(_without(one) for one in left_out(protocol, facts, (*spec.present, *spec.to))),
        tuple(spec.holds.values()),
        f"{counted(len(held), 'time')}, last on {dated(held[-1].on, facts.on)}" if held else "not yet",
        spec.text is not None,
    )
