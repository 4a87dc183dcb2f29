"""How a batch of commands is decided, one command after the other, and how it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from iptengine.course.alert_moves import opened_again
from iptengine.course.codec import BadInput, decode, encode
from iptengine.course.commands import Command, Correct, Deviate
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, CourseWarning, Event, Unreadable
from iptengine.course.evolve import fold
from iptengine.course.hiding import Sight
from iptengine.course.refusal import Refused
from iptengine.course.refused_to import refused_to
from iptengine.course.stamp import Actor
from iptengine.course.warnings import warnings
from iptengine.engine.answers import Conflict, Done
from iptengine.engine.policy import Denial, NotAllowed, Policy, permitted
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import StoreError

TRIES = 50
"""How often a batch is decided anew because others wrote to the course meanwhile."""


@dataclass(frozen=True, slots=True, repr=False)
class Batch:
    """What comes of commands: the course after them, the events and their texts, what was refused and not allowed."""

    course: Course
    events: tuple[Event, ...]
    texts: tuple[str, ...]
    refused: tuple[Refused, ...]
    denied: tuple[Denial, ...] = ()


def decided(
    protocol: Protocol,
    course: Course,
    commands: Iterable[Command],
    policy: Policy | None = None,
    *,
    to: Protocol | None = None,
) -> Batch:
    """What comes of the commands, one after the other; a refused one holds none of the others back.

    `to` is the protocol that a move leads to. This is the one place where a policy is asked, and where its answer is
    written into what is recorded.
    """
    events: list[Event] = []
    texts: list[str] = []
    refused: list[Refused] = []
    denied: list[Denial] = []
    for command in commands:
        rules = permitted(policy, course, command)
        if isinstance(rules, Denial):
            denied.append(rules)
            continue
        try:
            made = decide(protocol, course, command, to=to)
        except Refused as no:
            # Without the frames it came through, which would keep the whole course alive, and show it in reports.
            refused.append(_refused_to_asker(protocol, course, command, no, to).with_traceback(None))
            continue
        written = [encode(replace(event, allowed_by=rules) if rules else event) for event in made]
        found = [as_read_back(text) for text in written]
        course = fold(course, found)
        events += found
        texts += written
    return Batch(course, tuple(events), tuple(texts), tuple(refused), tuple(denied))


def _refused_to_asker(
    protocol: Protocol, course: Course, command: Command, no: Refused, to: Protocol | None
) -> Refused:  # fmt: skip
    return refused_to(protocol, course, command, no, command.stamp.by.role, to) if command.stamp else no


def as_read_back(text: str) -> Event:
    """The event as it will be read: what is answered now is then the same as what is told later."""
    event = decode(text)
    if isinstance(event, Unreadable):
        raise StoreError(f"{event.why}; nothing of this batch was recorded")
    return event


def answered(
    protocol: Protocol, batch: Batch, on: date | None, by: Actor, first: Sequence[CourseWarning] = ()
) -> Done:  # fmt: skip
    """The answer to a batch: with the alerts it raised, its warnings, and where the course stands on that day.

    It is told to who gave the batch: without what is kept from their role. `first` are warnings that stand before the
    others.
    """
    sight = Sight(protocol, batch.course, by.role)
    course, events = sight.course(), sight.events(batch.events)
    raised = {event.id for event in events if isinstance(event, AlertRaised)} | opened_again(course, events)
    told = [warning for event in events for warning in event.warnings]
    stands = warnings(protocol, course, on=on) if on is not None else ()
    return Done(
        course=course,
        events=events,
        alerts=tuple(alert for alert in course.alerts if alert.id in raised),
        warnings=tuple(dict.fromkeys((*first, *told, *stands))),
        refused=batch.refused,
    )


def settled(done: Done, denied: Sequence[Denial], conflict: Conflict | None) -> Done:
    """The answer, when nothing stands beside it that has to be heard.

    Raises:
        NotAllowed: Something was not allowed.
        Conflict: Requests were held back.
    """
    if denied:
        raise NotAllowed(denied, done, conflict=conflict)
    if conflict is not None:
        raise conflict
    return done


def check_new(course: Course, commands: Iterable[Command]) -> None:
    """A command under an id that was answered before would be taken for answered, and what it reports be lost."""
    ids = [id_of(command) for command in commands]
    if len(set(ids)) < len(ids) or any(id in course.seen for id in ids):
        raise BadInput("ids", "the ids made for this clinic repeat themselves; nothing of this batch was recorded")


def id_of(command: Command) -> str:
    """The id a command was stamped with."""
    return command.stamp.id if command.stamp else ""


def own_day(command: Command) -> date | None:
    """The day a command speaks of; for a deviation or a correction, that of the command inside it."""
    if command.on is None and isinstance(command, Deviate | Correct):
        return command.command.on
    return command.on


def day_of(commands: Sequence[Command]) -> date | None:
    """The day the standing of the course is told for: the last one the batch speaks of."""
    return max((command.on for command in commands if command.on), default=None)
