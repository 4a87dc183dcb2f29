"""A refusal as a role may read it: by the reasons it would have had without what is kept from the role."""

from __future__ import annotations

from dataclasses import replace

from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.hiding import seen_by
from iptengine.course.refusal import Refused
from iptengine.protocol.protocol import Protocol


def refused_to(
    protocol: Protocol, course: Course, command: Command, no: Refused, role: str, to: Protocol | None = None
) -> Refused:  # fmt: skip
    """`no`, the refusal of a stamped `command` by the record of `course`, in the words that `role` may read.

    Whether a command is carried out is decided by the record. Why it is not is told as if the answers kept from the
    role were not there: a condition that rests on them then cannot be told, whatever it was. `to` is the protocol that
    a move leads to.
    """
    seen = seen_by(protocol, course, role)
    if seen is course:
        return no
    try:
        decide(protocol, seen, command, to=to)
    except Refused as told:
        return Refused(no.command, told.reasons, overridable=no.overridable)
    return Refused(no.command, (replace(reason, saw={}) for reason in no.reasons), overridable=no.overridable)


__all__ = ["refused_to"]
