"""The page of one contact outside the count: the risk line first, then what it holds, who takes part, its message."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.course.contacts import ContactPage
from iptengine.course.refusal import Refused
from iptengine.render.alerts import alert_lines, alert_name
from iptengine.render.filling import Filling
from iptengine.render.messages import message
from iptengine.render.page import LONG, Field, Form, Lines, Page, Section
from iptengine.render.therapist import footer, marked, named, standing


def contact_sheet(filling: Filling, contact: ContactPage) -> Page:
    """The page for the therapist before a meeting or a message that is no session.

    Raises:
        TemplateFault: A text could not be filled in.
    """
    sections = (
        _first(filling),
        standing(filling),
        _holds(filling, contact),
        Section("people", "WHO", (Lines(tuple(_people(contact))),)),
        _message(filling, contact),
        Section("after", "AFTER (two minutes)", (_form(filling, contact),)),
    )
    return Page(
        audience="therapist",
        language="en",
        title=contact.title,
        left=named(filling.course),
        right="OUTSIDE THE COUNT",
        under=(_when(filling, contact),),
        sections=tuple(section for section in sections if section.blocks),
        footer=footer(filling, printed=False),
        alerts=alert_lines(filling.protocol, filling.course),
    )


def _first(filling: Filling) -> Section:
    """The risk line, and nothing of the session: another page is for that."""
    risk = tuple(filling.line(line) for line in filling.value.first if line.code.startswith("risk_"))
    return Section("first", "FIRST", (marked(filling, risk),))


def _when(filling: Filling, contact: ContactPage) -> str:
    told = filling.line(contact.due) if contact.due else f"{contact.title}: not due now."
    return f"{told} On record: {contact.held}."


def _holds(filling: Filling, contact: ContactPage) -> Section:
    lines = tuple(f"{number}. {filling.say(text)}" for number, text in enumerate(contact.holds, 1))
    return Section("holds", "WHAT IT HOLDS", (Lines(lines),) if lines else ())


def _people(contact: ContactPage) -> Iterator[str]:
    if contact.present:
        yield f"With: {', '.join(contact.present)}."
    if contact.to:
        yield f"To: {', '.join(contact.to)}."
    yield from (f"{one}." for one in contact.out)
    if not (contact.present or contact.to):
        yield "The protocol names nobody."


def _message(filling: Filling, contact: ContactPage) -> Section:
    """The words that are prepared, or why they are not; nothing is sent from here."""
    if not contact.message:
        return Section("message", "MESSAGE", ())
    try:
        words = message(filling.protocol, filling.course, contact.contact, on=filling.on).text.splitlines()
    except Refused as no:
        return Section("message", "MESSAGE", (Lines(tuple(f"Not prepared: {reason}." for reason in no.reasons)),))
    return Section("message", "MESSAGE (prepared, not sent)", (Lines(tuple(line for line in words if line)),))


def _form(filling: Filling, contact: ContactPage) -> Form:
    rows: list[tuple[Field, ...]] = [(Field("On", size=LONG), Field("with", size=LONG))]
    rows += [
        (Field(f"{alert_name(alert)}: found", size=LONG), Field("agreed", size=LONG)) for alert in filling.value.alerts
    ]
    return Form((*rows, (Field("Note", size=LONG),)))


__all__ = ["contact_sheet"]
