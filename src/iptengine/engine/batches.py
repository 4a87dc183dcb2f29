"""How a batch of commands is decided, one command after the other, and how it is answered."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from iptengine.course.codec import BadInput, decode, encode
from iptengine.course.commands import Command, Correct, Deviate
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.events import AlertRaised, Event, FactRecorded, ReadingTaken, Unreadable
from iptengine.course.evolve import fold
from iptengine.course.hiding import Sight
from iptengine.course.refusal import Refused
from iptengine.course.refused_to import refused_to
from iptengine.course.stamp import Actor
from iptengine.course.warnings import warnings
from iptengine.engine.answers import Conflict, Done
from iptengine.engine.policy import Allowed, Denial, NotAllowed, Permission, Policy, permitted
from iptengine.engine.records import History
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
        found = [_read_back(text) for text in written]
        course = fold(course, found)
        events += found
        texts += written
    return Batch(course, tuple(events), tuple(texts), tuple(refused), tuple(denied))


def _refused_to_asker(
    protocol: Protocol, course: Course, command: Command, no: Refused, to: Protocol | None
) -> Refused:  # fmt: skip
    return refused_to(protocol, course, command, no, command.stamp.by.role, to) if command.stamp else no


def _read_back(text: str) -> Event:
    """The event as it will be read: what is answered now is then the same as what is told later."""
    event = decode(text)
    if isinstance(event, Unreadable):
        raise StoreError(f"{event.why}; nothing of this batch was recorded")
    return event


def answered(protocol: Protocol, batch: Batch, on: date | None, by: Actor) -> Done:
    """The answer to a batch: with the alerts it raised, its warnings, and where the course stands on that day.

    It is told to who gave the batch: without what is kept from their role.
    """
    sight = Sight(protocol, batch.course, by.role)
    course, events = sight.course(), sight.events(batch.events)
    raised = {event.id for event in events if isinstance(event, AlertRaised)}
    told = [warning for event in events for warning in event.warnings]
    stands = warnings(protocol, course, on=on) if on is not None else ()
    return Done(
        course=course,
        events=events,
        alerts=tuple(alert for alert in course.alerts if alert.id in raised),
        warnings=tuple(dict.fromkeys((*told, *stands))),
        refused=batch.refused,
    )


def recorded_before(history: History, commands: Iterable[Command]) -> int | None:
    """How many events came before this batch was recorded; ``None`` when it was not."""
    ids = {command.stamp.id for command in commands if command.stamp}
    return next((n for n, event in enumerate(history.events) if event.command in ids), None)


def recorded_of(history: History, commands: Iterable[Command]) -> tuple[Event, ...]:
    """The events of these commands that are on record."""
    ids = {command.stamp.id for command in commands if command.stamp}
    return tuple(event for event in history.events if event.command in ids)


def told_again(
    protocol: Protocol,
    history: History,
    before: int,
    commands: Sequence[Command],
    expected: int | None,
    by: Actor,
    policy: Policy | None = None,
    *,
    under: Protocol | None = None,
) -> Done:
    """The answer to a batch that was recorded before, with nothing recorded now.

    Its events are those on record. Its refusals are decided anew on the course as it was then; a request that was
    neither recorded nor refused was held back by a conflict, which is told again, too. A report that is not on record
    was not allowed then, and is told as that again, whatever the policy says by now.
    `under` is the protocol the course was under then, where it has moved since.

    Raises:
        BadInput: Something else was said under this key: it would be told as recorded, and be lost.
    """
    mine = recorded_of(history, commands)
    recorded = {event.command for event in mine}
    then = fold(Course(history.course.id), history.events[:before])
    again = decided(under or protocol, then, commands, _of_what_is_not(recorded, policy))
    if history.course.erased is None:
        _check_same(mine, again.events)
    refused = {id for no in again.refused if (id := _id(no.command)) not in recorded}
    batch = Batch(history.course, mine, (), tuple(no for no in again.refused if _id(no.command) in refused))
    done = answered(protocol, batch, day_of(commands), by)
    silent = {event.command for event in again.events} - recorded
    held_back = [one for one in commands if one.request and _id(one) in silent]
    lost = [one for one in commands if not one.request and _id(one) in silent]
    denied = (*again.denied, *(_not_then(history.course.id, one, by) for one in lost))
    conflict = None
    if held_back:
        since = history.events[before if expected is None else max(expected, 0) :]
        since = tuple(event for event in since if event.command not in recorded)
        conflict = Conflict(Sight(protocol, history.course, by.role).events(since), done)
    return settled(done, denied, conflict)


def _check_same(recorded: Iterable[Event], again: Iterable[Event]) -> None:
    """What is said again is what was said: of each command the first event tells what it was.

    Raises:
        BadInput: It is not, and nothing of it was recorded.
    """
    before, now = _first_of_each(recorded), _first_of_each(again)
    if any(_said(before[id]) != _said(now[id]) for id in before.keys() & now.keys()):
        told = "something else was recorded in this course under this key, and nothing of this was: give it another key"
        raise BadInput("key", told)


def _first_of_each(events: Iterable[Event]) -> dict[str, Event]:
    found: dict[str, Event] = {}
    for event in events:
        if not isinstance(event, Unreadable):
            found.setdefault(event.command, event)
    return found


def _said(event: Event) -> tuple[object, ...]:
    """What an event tells of its command, where an answer to a risk item or a fact could be lost."""
    match event:
        case ReadingTaken():
            return event.kind, event.measure, event.answers, event.missing, event.bad, event.total
        case FactRecorded():
            return event.kind, event.fact, event.value
        case _:
            return (event.kind,)


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


def _of_what_is_not(recorded: Container[str], policy: Policy | None) -> Policy | None:
    """The policy for what is not on record; what is, was allowed when it was recorded."""
    if policy is None:
        return None

    def asked(actor: Actor, command: Command, course: Course, /) -> Permission:
        return Allowed("recorded") if _id(command) in recorded else policy(actor, command, course)

    return asked


def _not_then(course: str, command: Command, by: Actor) -> Denial:
    told = "It was not allowed when this was posted first. Say it anew, under a new key."
    return Denial(course, command, command.kind, by, "posted-before", told)


def check_new(course: Course, commands: Iterable[Command]) -> None:
    """A command under an id that was answered before would be taken for answered, and what it reports be lost."""
    ids = [_id(command) for command in commands]
    if len(set(ids)) < len(ids) or any(id in course.seen for id in ids):
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
