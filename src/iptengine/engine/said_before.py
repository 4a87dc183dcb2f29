"""How a batch is answered that was posted before: under its key nothing is recorded twice, and nothing else is lost."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any

from iptengine.course.codec import BadInput, as_told, encode
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, Event, Unreadable
from iptengine.course.evolve import fold
from iptengine.course.hiding import Sight
from iptengine.course.patient_text import ERASED
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.engine.answers import Conflict, Done, store_behind
from iptengine.engine.batches import Batch, answered, as_read_back, day_of, decided, id_of, settled
from iptengine.engine.policy import Allowed, Denial, Permission, Policy
from iptengine.engine.records import History
from iptengine.protocol.protocol import Protocol

_NOT_SAID = ("at", "warnings", "allowed_by")
"""Fields of an event that tell nothing of what its command said: when it was recorded, what was told beside it, and
which rule allowed it."""
_COUNTED = ("size", "together")
"""How many were in a group: the clinic counts them when something is said to the group, and others may have come since
it was said first."""


def course_before(history: History, commands: Iterable[Command]) -> Course | None:
    """The course as it stood when this batch was recorded; ``None`` when it was not."""
    ids = {id_of(command) for command in commands}
    many = next((n for n, event in enumerate(history.events) if event.command in ids), None)
    return None if many is None else fold(Course(history.course.id), history.events[:many])


def recorded_of(history: History, commands: Iterable[Command]) -> tuple[Event, ...]:
    """The events of these commands that are on record."""
    ids = {id_of(command) for command in commands}
    return tuple(event for event in history.events if event.command in ids)


def told_again(
    protocol: Protocol,
    history: History,
    then: Course,
    commands: Sequence[Command],
    expected: int | None,
    by: Actor,
    policy: Policy | None = None,
    *,
    under: Protocol,
) -> Done:
    """The answer to a batch that was recorded before, with nothing recorded now.

    Its events are those on record. Its refusals are decided anew on the course as it was `then`; a request that was
    neither recorded nor refused was held back by a conflict, which is told again, too. A report that is not on record
    was not allowed then, and is told as that again, whatever the policy says by now.
    `under` is the protocol the course was under then; it may have moved since.
    Whether the same is said is for `check_same` to find out before.
    """
    mine = recorded_of(history, commands)
    recorded = {event.command for event in mine}
    again = decided(under, then, commands, _of_what_is_not(recorded, policy))
    batch = Batch(history.course, mine, (), tuple(no for no in again.refused if id_of(no.command) not in recorded))
    done = answered(protocol, batch, day_of(commands), by, store_behind(expected, history.course.version))
    silent = {event.command for event in again.events} - recorded
    held_back = [one for one in commands if one.request and id_of(one) in silent]
    lost = [one for one in commands if not one.request and id_of(one) in silent]
    denied = (*again.denied, *(_not_then(history.course.id, one, by) for one in lost))
    conflict = None
    if held_back:
        since = history.events[then.version if expected is None else expected :]
        since = tuple(event for event in since if event.command not in recorded)
        conflict = Conflict(Sight(protocol, history.course, by.role).events(since), done)
    return settled(done, denied, conflict)


def _of_what_is_not(recorded: Container[str], policy: Policy | None) -> Policy | None:
    """The policy for what is not on record; what is, was allowed when it was recorded."""
    if policy is None:
        return None

    def asked(actor: Actor, command: Command, course: Course, /) -> Permission:
        return Allowed("recorded") if id_of(command) in recorded else policy(actor, command, course)

    return asked


def _not_then(course: str, command: Command, by: Actor) -> Denial:
    told = "It was not allowed when this was posted first. Say it anew, under a new key."
    return Denial(course, command, command.kind, by, "posted-before", told)


# -- whether the same is said ------------------------------------------------------------------------------------


def check_same(
    protocol: Protocol, history: History, then: Course, commands: Iterable[Command], *, to: Protocol | None = None
) -> None:
    """What is said now is what was recorded: decided anew where it stood then, each command makes the same events.

    A decision follows from the course, the command and the protocol alone, so this holds for every kind of command,
    and no field of any is left out but those named above. What is not on record is passed over.

    Args:
        protocol: The protocol the course was under then; `to`, where it was moved by them, the one it moved to.
        history: The course with all that is recorded in it.
        then: The course as it stood before the first of these commands.
        commands: What is said now, stamped with the time of then.

    Raises:
        BadInput: Something else was recorded, or somebody else said it, or what was recorded cannot be read.
    """
    for command in commands:
        mine = recorded_of(history, (command,))
        if mine:
            _check_one(protocol, then, command, mine, to, erased=history.course.erased is not None)
        then = fold(then, mine)


def _check_one(
    protocol: Protocol, course: Course, command: Command, mine: Sequence[Event], to: Protocol | None, *, erased: bool
) -> None:
    if any(isinstance(event, Unreadable) for event in mine):
        raise BadInput("key", _UNREADABLE)
    before, now = _said(mine), _said(_anew(protocol, course, command, to))
    if before == now:
        return
    if erased or any(ERASED[:-1] in encode(event) for event in mine):
        raise BadInput("key", _CANNOT_TELL)
    by_others = [_without(one, "by") for one in before] == [_without(one, "by") for one in now]
    raise BadInput("key", _SOMEBODY_ELSE if by_others else _SOMETHING_ELSE)


def _anew(protocol: Protocol, course: Course, command: Command, to: Protocol | None) -> Sequence[Event]:
    """What comes of a command now; nothing, where it is refused, and it was not refused then."""
    try:
        return [as_read_back(encode(event)) for event in decide(protocol, course, command, to=to)]
    except Refused:
        return ()


def _said(events: Iterable[Event]) -> list[dict[str, Any]]:
    """What events tell of their command. An alert follows from the others, and its words may become better ones."""
    told = [as_told(event) for event in events if not isinstance(event, AlertRaised)]
    return [_without(one, *_NOT_SAID, *(_COUNTED if one.get("group") else ())) for one in told]


def _without(told: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}


_SOMETHING_ELSE = (
    "something else was recorded in this course under this key, and nothing of this was: give it another key"
)
_SOMEBODY_ELSE = (
    "somebody else has recorded this in this course under this key, and nothing was recorded now: give it another key "
    "if it is to be recorded as yours, too"
)
_CANNOT_TELL = (
    "what was recorded in this course under this key cannot be read any more, so whether this is the same cannot be "
    "told; nothing was recorded now"
)
_UNREADABLE = (
    "what was recorded in this course under this key cannot be read by this version of the library, so whether this "
    "is the same cannot be told; nothing was recorded now"
)
