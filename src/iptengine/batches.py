"""How a batch of commands is decided, one command after the other, and how it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from iptengine.answers import Conflict, Done
from iptengine.course.codec import BadInput, decode, encode
from iptengine.course.commands import Command, Correct, Deviate
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, Event, Unreadable
from iptengine.course.evolve import fold
from iptengine.course.refusal import Refused
from iptengine.course.warnings import warnings
from iptengine.protocol.protocol import Protocol
from iptengine.records import History
from iptengine.store.port import StoreError


@dataclass(frozen=True, slots=True, repr=False)
class Batch:
    """What comes of commands: the course after them, the events and their texts, and what was refused."""

    course: Course
    events: tuple[Event, ...]
    texts: tuple[str, ...]
    refused: tuple[Refused, ...]


def decided(protocol: Protocol, course: Course, commands: Iterable[Command]) -> Batch:
    """What comes of the commands, one after the other; a refused one holds none of the others back."""
    events: list[Event] = []
    texts: list[str] = []
    refused: list[Refused] = []
    for command in commands:
        try:
            written = [encode(event) for event in decide(protocol, course, command)]
        except Refused as no:
            # Without the frames it came through, which would keep the whole course alive, and show it in reports.
            refused.append(no.with_traceback(None))
            continue
        found = [_read_back(text) for text in written]
        course = fold(course, found)
        events += found
        texts += written
    return Batch(course, tuple(events), tuple(texts), tuple(refused))


def _read_back(text: str) -> Event:
    """The event as it will be read: what is answered now is then the same as what is told later."""
    event = decode(text)
    if isinstance(event, Unreadable):
        raise StoreError(f"{event.why}; nothing of this batch was recorded")
    return event


def answered(protocol: Protocol, batch: Batch, on: date | None) -> Done:
    """The answer to a batch: with the alerts it raised, its warnings, and where the course stands on that day."""
    raised = {event.id for event in batch.events if isinstance(event, AlertRaised)}
    told = [warning for event in batch.events for warning in event.warnings]
    stands = warnings(protocol, batch.course, on=on) if on is not None else ()
    return Done(
        course=batch.course,
        events=batch.events,
        alerts=tuple(alert for alert in batch.course.alerts if alert.id in raised),
        warnings=tuple(dict.fromkeys((*told, *stands))),
        refused=batch.refused,
    )


def recorded_before(history: History, commands: Iterable[Command]) -> int | None:
    """How many events came before this batch was recorded; ``None`` when it was not."""
    ids = {command.stamp.id for command in commands if command.stamp}
    return next((n for n, event in enumerate(history.events) if event.command in ids), None)


def told_again(
    protocol: Protocol, history: History, before: int, commands: Sequence[Command], expected: int | None
) -> Done:
    """The answer to a batch that was recorded before, with nothing recorded now.

    Its events are those on record. Its refusals are decided anew on the course as it was then; a request that was
    neither recorded nor refused was held back by a conflict, which is told again, too.
    """
    ids = {command.stamp.id for command in commands if command.stamp}
    mine = tuple(event for event in history.events if event.command in ids)
    recorded = {event.command for event in mine}
    then = fold(Course(history.course.id), history.events[:before])
    again = decided(protocol, then, commands)
    refused = {id for no in again.refused if (id := _id(no.command)) not in recorded}
    batch = Batch(history.course, mine, (), tuple(no for no in again.refused if _id(no.command) in refused))
    done = answered(protocol, batch, day_of(commands))
    silent = {event.command for event in again.events} - recorded
    if any(command.request and _id(command) in silent for command in commands):
        since = history.events[before if expected is None else max(expected, 0) :]
        raise Conflict((event for event in since if event.command not in ids), done)
    return done


def check_new(course: Course, commands: Iterable[Command]) -> None:
    """A command under an id that was answered before would be taken for answered, and what it reports be lost."""
    if any(_id(command) in course.seen for command in commands):
        raise BadInput("ids", "the ids made for this clinic repeat themselves; nothing of this batch was recorded")


def _id(command: Command) -> str:
    return command.stamp.id if command.stamp else ""


def own_day(command: Command) -> date | None:
    """The day a command speaks of; for a deviation or a correction, that of the command inside it."""
    if command.on is None and isinstance(command, Deviate | Correct):
        return command.command.on
    return command.on


def day_of(commands: Sequence[Command]) -> date | None:
    """The day the standing of the course is told for: the last one the batch speaks of."""
    return max((command.on for command in commands if command.on), default=None)
