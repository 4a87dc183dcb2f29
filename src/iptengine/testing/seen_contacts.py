"""The page and the message of a contact, as a vignette looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from iptengine.course.course import Course
from iptengine.course.messages import addressed
from iptengine.course.refusal import Refused
from iptengine.protocol.protocol import Protocol
from iptengine.render import agenda, message


@dataclass(frozen=True, slots=True)
class SeenContact:
    """What there is of a contact on a day: the text of its page, its message, or why there is none.

    `to` are the people the message is for, by their names in the protocol.
    """

    page: str
    message: str = ""
    to: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def seen_contact(protocol: Protocol, course: Course, contact: str, on: date) -> SeenContact:
    """What a vignette sees of a contact."""
    sheet = agenda(protocol, course, on=on, occasion="contact", contact=contact).text
    page = " ".join(sheet.split())
    if protocol.spec.contacts[contact].text is None:
        return SeenContact(page)
    try:
        words = message(protocol, course, contact, on=on).text
        return SeenContact(page, " ".join(words.split()), addressed(protocol, course, contact, on=on))
    except Refused as no:
        return SeenContact(page, refused={reason.code: reason.answer for reason in no.reasons})


__all__ = ["SeenContact", "seen_contact"]
