"""What is recorded in a course from the shell."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

from iptengine.authoring.kept import open_kept
from iptengine.authoring.loader import load
from iptengine.cli import screen
from iptengine.cli.came_of_it import say_risks_of, tell_alerts, tell_refused
from iptengine.cli.event_words import named_by, numbers_in
from iptengine.cli.given_fields import command_of, made, pair, whole
from iptengine.cli.going_alone import tell_alone
from iptengine.cli.known_names import check_fact, check_known, measure_of, names_any
from iptengine.cli.names import protocol_source
from iptengine.cli.screen import Unclear
from iptengine.cli.stores import check_in_the_clear, check_sealed, key_in, keys_in, store_at, today
from iptengine.cli.taken_back import tell_standing
from iptengine.cli.turned_away import tell_turned_away
from iptengine.cli.typed_lines import Lines, reading_line
from iptengine.cli.whole_sessions import Said, WholeSession
from iptengine.course.commands import Command, Correct, Deviate, Erase, Read, RecordFact, Void, as_mapping
from iptengine.course.events import AlertMoved
from iptengine.course.groups import Group
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.diagnostics import ProtocolError
from iptengine.engine.answers import Done
from iptengine.engine.clinic import Clinic
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import Store, UnknownDigest

WHOLE_ACTS = {
    "start": "iptengine course start",
    "adopt": "iptengine course adopt",
    "follow": "iptengine course follow, which writes to both courses",
    "note_followed": "iptengine course follow, which writes to both courses",
    "join_group": "iptengine group join, which counts its members",
    "leave_group": "iptengine group leave, which counts its members",
    "move_protocol": "iptengine migrate",
    "take_from": "the command void with meant_for, which writes to both courses",
}
"""Commands that are never said to one course alone, and what to use instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    by: str
    role: str
    on: date | None = None
    key: str | None = None
    key_file: str | None = None
    keys: str | None = None


_LONGEST_KEY = 60
"""A key holds 100 signs, and a digest stands behind the name that is typed."""


class Writing:
    """Where something is recorded, by whom, and for which day.

    Args:
        store: The address of the store.
        said: What `writing` in `store_options` takes.

    Raises:
        Unclear: It is not said who.
    """

    def __init__(self, store: str, **said: Any) -> None:
        self._said = _Said(**said)
        self.store = store
        self.on = self._said.on
        self.key = self._said.key
        if not self._said.by.strip() or not self._said.role.strip():
            raise Unclear(
                "say who records this: --by ID --role ROLE, or IPTENGINE_BY and IPTENGINE_ROLE in the environment"
            )

    @property
    def by(self) -> Actor:
        """Who records it."""
        return Actor(self._said.by, role=self._said.role)

    @property
    def day(self) -> date:
        """The day it speaks of: today where none was said."""
        return self.on or today()

    @cached_property
    def _seal_key(self) -> bytes | None:
        return key_in(self._said.key_file)

    @contextmanager
    def clinic(
        self, *courses: str, protocols: Iterable[Protocol] = (), new: bool = False
    ) -> Iterator[tuple[Store, Clinic]]:
        """The store and a clinic over it; with `new` the store may be made.

        Raises:
            Unclear: The events of a course that is written are sealed with another key than the one given; or a new
                one would stand in the clear beside enciphered ones.
        """
        key, keys = self._seal_key, keys_in(self._said.keys)
        with store_at(self.store, there=not new) as store:
            if (new or protocols) and keys is None:
                check_in_the_clear(store)
            _check_sealed(store, courses, key)
            yield store, Clinic(store, protocols, seal_key=key, keys=keys)

    @contextmanager
    def group(self, group: str, *courses: str) -> Iterator[tuple[Store, Clinic, Group]]:
        """The store, a clinic over it, and a group as it was before; to find it, everything recorded is looked through.

        Raises:
            UnknownGroup: There is no such group.
            Unclear: The events of a course that is written, or of a member, are sealed with another key.
        """
        with self.clinic() as (store, clinic):
            found = clinic.group(group)
            _check_sealed(store, (*courses, *found.on(self.day)), self._seal_key)
            yield store, clinic, found

    def lines(self, clinic: Clinic, course: str) -> Lines:
        """Writes the lines to type for a course."""
        return Lines(self.store, course, numbers_of(clinic, course), self.on)

    def key_of(self, *said: object) -> str | None:
        """What a line is recorded under: the name that was typed, with a digest of what the line says.

        Another line under the same name is then recorded, and not taken for said before.
        """
        if self.key is None:
            return None
        if len(self.key) > _LONGEST_KEY:
            raise Unclear(f"the name behind --key has at most {_LONGEST_KEY} signs; nothing was recorded")
        text = json.dumps(said, sort_keys=True, default=str)
        return f"{self.key}.{hashlib.sha256(text.encode()).hexdigest()[:32]}"

    def told(self, clinic: Clinic, done: Done, before: int | None = None) -> int:
        """Prints what came of it, as this role may see it.

        Args:
            before: The version the course had; where it has not moved on, the line was recorded before.
        """
        lines = self.lines(clinic, done.course.id)
        tell_alerts(done, lines)
        again = before == done.course.version
        return tell_standing(clinic, done, lines, again=again, if_right="type the line under another --key")


def _check_sealed(store: Store, courses: Iterable[str], key: bytes | None) -> None:
    for course in dict.fromkeys(courses):
        check_sealed(store, course, key)


def numbers_of(clinic: Clinic, course: str) -> dict[str, int]:
    """The numbers of the events of a course, by their ids."""
    return numbers_in(clinic.events(course))


def start_course(writing: Writing, protocol: str, course: str | None, called: str, facts: Sequence[str]) -> int:
    """Begins a course."""
    found = load(protocol_source(protocol))
    given = dict(pair("--fact", word) for word in facts)
    asked = {name: fact_value(found, name, value or None) for name, value in given.items()}
    for name, value in asked.items():
        check_fact(found, name, value)
    with writing.clinic(course or "", protocols=[found], new=True) as (_, clinic):
        try:
            done = clinic.start(found.ref, by=writing.by, on=writing.day, course=course, facts=asked, called=called)
        except Refused as no:
            tell_turned_away()
            return tell_refused(no, None)
        return writing.told(clinic, done)


def adopt_course(writing: Writing, protocol: str, course: str | None, **said: Any) -> int:
    """Takes over a course that was under way before it came here."""
    found = load(protocol_source(protocol))
    with writing.clinic(course or "", protocols=[found], new=True) as (_, clinic):
        try:
            done = clinic.adopt(found.ref, by=writing.by, on=writing.day, course=course, **said)
        except Refused as no:
            return tell_refused(no, None)
        return writing.told(clinic, done)


def follow_course(writing: Writing, course: str, protocol: str, new: str, called: str, because: str) -> int:
    """Begins a course that follows one that has ended; typed again, it finishes what a crash left."""
    found = load(protocol_source(protocol))
    with writing.clinic(course, new, protocols=[found]) as (_, clinic):
        try:
            done = clinic.follow(
                course, found.ref, by=writing.by, on=writing.day, new=new, called=called, because=because
            )
        except Refused as no:
            return tell_not_now(no)
        say_risks_of(clinic, [course] if done.events else [course, new])
        if not done.events:
            screen.say(f"course {new} follows course {course} already; nothing was recorded twice")
            return 0
        return writing.told(clinic, done)


def tell_not_now(no: Refused) -> int:
    """Prints why nothing was recorded in any course, and how to go on all the same, where a clinician may; 1."""
    code = tell_refused(no, None)
    if no.overridable:
        screen.say('  To go on all the same, say why: the same line with --because "…"')
    return code


def fact_value(protocol: Protocol, fact: str, value: str | None) -> str | int | None:
    """The value of a fact as its protocol wants it: a whole number only where it asks for one."""
    spec = protocol.spec.facts.get(fact)
    number = whole(value) if value and spec is not None and spec.number is not None else None
    return value if number is None else number


def say(writing: Writing, course: str, said: Iterable[Said], because: str = "") -> int:
    """Says something to a course: commands by their kinds and fields, those left out being empty."""
    commands = [_deviating(made(_filled(kind, fields)), because) for kind, fields in said]
    with writing.clinic(course) as (_, clinic):
        return _done(writing, clinic, course, commands)


def hold_session(writing: Writing, course: str, session: WholeSession, *, again: bool = False) -> int:
    """Records a whole session; with `again`, or under a key, also a second one of that day."""
    with writing.clinic(course) as (store, clinic):
        kept = _kept(clinic, store, course)
        said = session.commands(lambda measure: tuple(measure_of(kept(), measure).items))
        commands = [made(_filled(kind, fields)) for kind, fields in said]
        _check_known(kept, commands)
        if not again and writing.key is None:
            _check_not_told(writing, clinic, course, commands)
        return _done(writing, clinic, course, commands)


def _check_not_told(writing: Writing, clinic: Clinic, course: str, commands: Sequence[Command]) -> None:
    """A line typed twice by mistake would record two sessions, and use up two.

    A line is recorded whole or not at all, so that the line that mends it records nothing twice: its scores are given
    back as a line that records them alone.
    """
    on = writing.day
    told = next((a for a in clinic.course(course).appointments if a.on == on and a.status != "planned"), None)
    if told is None:
        return
    number = numbers_of(clinic, course)[told.event or told.id]
    readings = [one for one in commands if isinstance(one, Read)]
    raise Unclear(
        f"a session of {on.isoformat()} is on record (#{number}); nothing was recorded. If there were two that "
        "day, say --again: it counts as one more"
        + added([reading_line(writing.store, course, on, one) for one in readings])
    )


def added(lines: Sequence[str]) -> str:
    """What a sentence ends with that turned scores away: the lines that record them in the session of that day."""
    if not lines:
        return ""
    return "\n".join([". To add the scores to that session, type:", *(f"  {line}" for line in lines)])


def record(writing: Writing, course: str, kind: str, words: Sequence[str], because: str) -> int:
    """Records what a command line says."""
    if kind in WHOLE_ACTS:
        raise Unclear(f"'{kind}' is not said to one course alone; use {WHOLE_ACTS[kind]}")
    with writing.clinic(course) as (store, clinic):
        kept = _kept(clinic, store, course)
        command = command_of(kind, words, _numbered(clinic, course))
        command = _deviating(_with_fact(command, kept), because)
        _check_known(kept, [command])
        match command:
            case Void(meant_for=str(other)) if other:
                return _voided(writing, clinic, course, command)
            case Erase():
                return _erased(writing, clinic, course, command)
            case _:
                return _done(writing, clinic, course, [command])


def _voided(writing: Writing, clinic: Clinic, course: str, said: Void) -> int:
    """Voids a record here and records it in the course it belongs to, which is told first."""
    before = len(clinic.events(course)), len(clinic.events(said.meant_for))
    try:
        came = clinic.void(
            course, said.event, to=said.meant_for, because=said.because, by=writing.by, on=writing.day,
            key=writing.key_of(writing.on, as_mapping(said)),
        )  # fmt: skip
    except Refused as no:
        return tell_refused(no, None)
    codes = [writing.told(clinic, came.right, before[1])] if came.right is not None else []
    codes.append(writing.told(clinic, came.wrong, before[0]))
    if came.ask_anew:
        _tell_ask_anew(clinic, course, came.ask_anew, said.meant_for)
    return max(codes)


def _tell_ask_anew(clinic: Clinic, course: str, events: Sequence[str], other: str) -> None:
    """Prints what is not said again by itself in the course it belongs to: moves, and assessments of its alerts."""
    numbers = numbers_of(clinic, course)
    of_alerts = {event.id for event in clinic.events(course) if isinstance(event, AlertMoved)}
    if moves := [f"#{numbers[id]}" for id in events if id not in of_alerts]:
        screen.say(f"{', '.join(moves)} in course {course} was a move: ask for it anew in course {other}")
    if assessed := [f"#{numbers[id]}" for id in events if id in of_alerts]:
        told = f"{', '.join(assessed)} in course {course} spoke of an alert: assess the alert of course {other} there"
        screen.say(screen.wrapped(told, 0, 2))


def _erased(writing: Writing, clinic: Clinic, course: str, said: Erase) -> int:
    try:
        done = clinic.erase(course, by=writing.by, on=writing.day, because=said.because)
    except Refused as no:
        return tell_refused(no, None)
    return writing.told(clinic, done)


def _done(writing: Writing, clinic: Clinic, course: str, commands: Sequence[Command]) -> int:
    before = clinic.course(course).version
    key = writing.key_of(writing.on, [as_mapping(command) for command in commands])
    done = clinic.do(course, *commands, by=writing.by, on=writing.on, key=key)
    if done.refused and not done.events:
        tell_turned_away()
    code = writing.told(clinic, done, before)
    tell_alone(clinic, done, writing.store, writing.on)
    return code


def _filled(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping of a command, without what was not said."""
    said = {name: value for name, value in fields.items() if value not in (None, "", (), [])}
    lists = {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}
    return {"kind": kind, **lists}


def _deviating(command: Command, because: str) -> Command:
    return Deviate(command, because=because) if because else command


def _check_known(kept: Callable[[], Protocol], commands: Sequence[Command]) -> None:
    if not names_any(commands):
        return
    try:
        protocol = kept()
    except (UnknownDigest, ProtocolError):  # the clinic is asked next, and tells more of it
        return
    check_known(protocol, commands)


def _kept(clinic: Clinic, store: Store, course: str) -> Callable[[], Protocol]:
    """The protocol that the course keeps: opened where it is asked for, and once."""
    return cache(lambda: protocol_kept(clinic, store, course))


def protocol_kept(clinic: Clinic, store: Store, course: str) -> Protocol:
    """The protocol that the course keeps, opened from the text of it in the store."""
    digest = clinic.course(course).digest
    return open_kept(digest, store.protocol(digest))


def _numbered(clinic: Clinic, course: str) -> Callable[[int], str]:
    def id_of(number: int) -> str:
        events = clinic.events(course)
        if not 0 < number <= len(events):
            raise Unclear(
                f"course {course} has no event {number}; it has {len(events)}, see `iptengine course history`"
            )
        return named_by(number, events[number - 1])

    return id_of


def _with_fact(command: Command, protocol: Callable[[], Protocol]) -> Command:
    """The command, with the value of a fact as the protocol wants it."""
    match command:
        case RecordFact(value=str(value)) if whole(value) is not None:
            return replace(command, value=fact_value(protocol(), command.fact, value))
        case Deviate() | Correct():
            return replace(command, command=_with_fact(command.command, protocol))
        case _:
            return command


__all__ = [
    "Writing", "added", "adopt_course", "fact_value", "follow_course", "hold_session", "numbers_of", "protocol_kept",
    "record", "say", "start_course", "tell_not_now",
]  # fmt: skip
