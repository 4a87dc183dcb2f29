"""Messages to people outside the room: prepared for the clinician, and never sent from here.

Whether a message may be prepared, and for whom, is judged anew each time: while its conditions do not hold, or for
somebody who stays out, or where either cannot be told, it is refused with the reasons.
A clinician may go on all the same, by a deviation that stays on record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.approvals import Needed, needed
from iptengine.course.contacts import ready_message
from iptengine.course.course import Course
from iptengine.course.desk import Desk
from iptengine.course.events import Event
from iptengine.course.participants import kept_out
from iptengine.course.refusal import Refused
from iptengine.course.reports import present_known
from iptengine.course.requested import roles
from iptengine.course.stamp import Actor, Stamp
from iptengine.protocol.protocol import Protocol, Reason, reasons


def prepare(desk: Desk, command: c.PrepareMessage) -> Iterator[Event]:
    """The message is prepared, or refused while its conditions do not hold and for those who stay out."""
    contacts = desk.protocol.spec.contacts
    if command.contact not in contacts:
        known = ", ".join(contacts) or "none"
        raise desk.nonsense("unknown_contact", f"this protocol knows the contacts {known}", "contacts")
    spec = contacts[command.contact]
    if spec.text is None:
        raise desk.nonsense("no_text", f"'{spec.title}' has no text to prepare", "contacts", command.contact)
    to = tuple(command.to) or spec.to
    present_known(desk, to)
    unmet = reasons(desk.protocol.at("contacts", command.contact, "only_if"), desk.facts)
    way = desk.require((*unmet, *kept_out(desk.protocol, desk.facts, to)))
    yield desk.event(e.MessagePrepared, contact=command.contact, to=to, way=way)


def addressed(protocol: Protocol, course: Course, contact: str, *, on: date) -> tuple[str, ...]:
    """Whom the message of a contact is for on the day `on`, by the names of the file.

    Raises:
        Refused: Its conditions do not hold, or that is not known; somebody it is for stays out, or it is not known
            whether; or it needs an approval before it is
            prepared; or there is no such message.
    """
    ready = ready_message(course, contact)
    if ready is not None and ready.way == "deviation":
        return ready.to
    stamp = Stamp("message", on, datetime(on.year, on.month, on.day, tzinfo=UTC), Actor("message", role="query"))
    command = c.PrepareMessage(contact, to=ready.to if ready else (), on=on).stamped(stamp)
    desk = Desk(protocol, course, command, stamp)
    prepared = tuple(prepare(desk, command))
    waits = [one for one in needed(protocol, course, command) if not one.afterwards] if ready is None else []
    if waits:
        raise Refused(command, (_to_approve(desk, one) for one in waits))
    for event in prepared:
        if isinstance(event, e.MessagePrepared):
            return event.to
    return ()


def _to_approve(desk: Desk, one: Needed) -> Reason:
    text = f"{one.title} needs {roles(one.by)} before the message is prepared"
    return desk.reason(one.approval, text, "", "approvals", one.approval)
