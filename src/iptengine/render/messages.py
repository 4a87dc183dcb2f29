"""The message of a contact as text: prepared for the clinician to send by hand, and never sent from here.

It goes to somebody else, so nothing in it can name a person, problem area, stage, score or alert (law 5): the
names a message may use are few, and no condition can be asked in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from iptengine.authoring.texts import MESSAGE_NAMES
from iptengine.course import timing
from iptengine.course.course import Course
from iptengine.course.hiding import THERAPIST
from iptengine.course.inputs import check_day
from iptengine.course.messages import addressed
from iptengine.course.refusal import Refused
from iptengine.course.refused_to import refused_to
from iptengine.course.wording import listed, long_day
from iptengine.protocol.protocol import Protocol
from iptengine.render.environment import compile_template, render
from iptengine.render.scope import NOBODY_CALLED, one_line, session_values
from iptengine.render.values import Value


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """A message that is prepared, and never sent.

    Attributes:
        contact: The contact it belongs to, by its name in the protocol.
        title: What it is.
        to: Whom it is for, by title.
        on: The day it was prepared for.
        text: Its words, plain; a line break where the protocol has one.
    """

    contact: str
    title: str
    to: tuple[str, ...]
    on: date
    text: str

    def __repr__(self) -> str:
        return f"<Message {self.contact}>"


def message(protocol: Protocol, course: Course, contact: str, *, on: date, role: str = THERAPIST) -> Message:
    """The message of a contact, filled in for a course on a day.

    Whether it is refused is decided by the record; why is told as `role` may read it.

    Raises:
        Refused: Its conditions do not hold, or somebody it is for stays out, or either is not known; or there is no
            such message.
        TemplateFault: It cannot be filled in; never says a value.
    """
    check_day(on)
    try:
        names = addressed(protocol, course, contact, on=on)
    except Refused as no:
        raise refused_to(protocol, course, no.command, no, role) from None
    to = tuple(_title(protocol, course, name) for name in names)
    spec = protocol.spec.contacts[contact]
    text = message_text(spec.text or "", message_values(protocol, course, to, on))
    return Message(contact, spec.title, to, on, text)


def message_values(protocol: Protocol, course: Course, to: tuple[str, ...], on: date) -> dict[str, Value]:
    """What the text of a message may name; see `iptengine.authoring.texts.MESSAGE_NAMES`."""
    values: dict[str, Value] = {
        "patient": one_line(course.called) or NOBODY_CALLED,
        "to": listed(to),
        "day": long_day(on),
        "session": session_values(course),
        "next": _next(course, on),
    }
    assert values.keys() == MESSAGE_NAMES.fields.keys()
    return values


def message_text(text: str, values: dict[str, Value]) -> str:
    """A text filled in; its line breaks stay, blanks at the end of a line do not."""
    filled = render(compile_template(text, "the text of a message"), values, mode="text")
    return "\n".join(" ".join(line.split()) for line in filled.strip().splitlines())


def _title(protocol: Protocol, course: Course, name: str) -> str:
    known = protocol.spec.participants.get(name)
    return known.title if known else one_line(course.called) or NOBODY_CALLED


def _next(course: Course, on: date) -> dict[str, Value] | None:
    """The next session that is booked; a day that is only planned is promised to nobody."""
    booked = None if course.ended else timing.next_booked(course, on)
    return {"day": long_day(booked.on), "time": one_line(booked.time) or None} if booked else None


__all__ = ["Message", "message", "message_text", "message_values"]
