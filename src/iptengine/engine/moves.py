"""The part of the clinic that moves courses to another version of their protocol, and back.

`Clinic` is made from it. Each course moves by an event of its own; what keeps one from moving is told for that course.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from iptengine.course.codec import BadInput
from iptengine.course.commands import Command, Deviate, MoveProtocol
from iptengine.course.course import Course, changed
from iptengine.course.events import ProtocolMoved
from iptengine.course.inputs import check_day
from iptengine.course.moving import move_to_undo
from iptengine.course.passage import Passage
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.engine.answers import Done
from iptengine.engine.batches import TRIES, Batch, answered, check_new, decided
from iptengine.engine.groups import in_group
from iptengine.engine.lists import row_at_append
from iptengine.engine.looking import Looking, Move, group_now, passage_between
from iptengine.engine.policy import NotAllowed, Policy
from iptengine.engine.port import ClinicPort
from iptengine.engine.records import History, Records
from iptengine.engine.said_before import check_same, course_before, recorded_of
from iptengine.protocol.protocol import Protocol, Reason
from iptengine.store.port import StaleVersion, StoreError

if TYPE_CHECKING:
    from iptengine.authoring.moves_file import MoveRules
    from iptengine.render.agenda import Agenda


_MOVED_ON = (
    "the course was moved under this key before, and has moved back or on since; nothing was moved now: to move it "
    "again, give the move another key"
)


@dataclass(frozen=True, slots=True, repr=False)
class MovedPages:
    """The agenda of a course under the version it is under, and under the one it would go to."""

    before: Agenda
    after: Agenda


class MoveClinic(ClinicPort):
    """Courses that move between versions, for `Clinic`."""

    _records: Records
    _policy: Policy | None

    @abstractmethod
    def _stamped(
        self, commands: Sequence[Command], by: Actor, on: date | None, key: str | None, *, at: datetime | None = None
    ) -> tuple[Command, ...]: ...  # fmt: skip

    def courses(self, courses: Iterable[str] | None = None) -> Iterator[Course]:
        """The courses named, each once; without names, every course of the store: the whole record, as `course` is."""
        yield from self._records.courses(courses)

    # What it would mean

    def moves(
        self,
        protocol: Protocol,
        *,
        on: date,
        courses: Iterable[str] | None = None,
        rules: MoveRules | None = None,
        of: Iterable[str] = (),
    ) -> tuple[Move, ...]:
        """What a move would mean for each open course under another version; nothing is recorded.

        The members of a group go on together (`Clinic.move_group`): what is in the way of one is told of all of them,
        and so is a member that is not among `courses`.

        Args:
            protocol: The version they would go to.
            on: The day they would go.
            courses: Only these courses; left out, every course of the store.
            rules: What is called otherwise there, and what takes the place of removed parts.
            of: Ids of further protocols whose courses would go, beside that of `protocol`.

        Raises:
            ProtocolError: The rules do not fit the two versions; every mistake is told at its line.
            UnknownCourse: There is no such course.
        """
        check_day(on)
        looking = Looking(self._pinned, protocol, on, rules)
        members = None if courses is None else partial(in_group, self._records)
        return looking.moves(self._records.courses(courses), {protocol.id, *of}, members)

    def move_pages(
        self, course: str, protocol: Protocol, *, on: date, rules: MoveRules | None = None, anyway: bool = False
    ) -> MovedPages:
        """The agenda of a course as it is and as it would be after its move; nothing is recorded.

        Raises:
            Refused: Something is in the way; with `anyway`, something that nobody can pass over.
        """
        from iptengine.render import agenda

        check_day(on)
        found = self.course(course)
        old = self._pinned(found)
        asked = _command(passage_between(old, protocol, rules), "seen before it moves", group_now(found))
        command = Deviate(asked, because="seen before it moves") if anyway else asked
        stamped = self._stamped((command,), Actor("nobody", role="query"), on, None)
        batch = decided(old, found, stamped, to=protocol)
        if batch.refused:
            raise batch.refused[0]
        return MovedPages(agenda(old, found, on=on), agenda(protocol, batch.course, on=on))

    # The move

    def move(
        self,
        course: str,
        protocol: Protocol,
        *,
        by: Actor,
        on: date,
        because: str,
        rules: MoveRules | None = None,
        anyway: str = "",
        key: str | None = None,
    ) -> Done:
        """Move a course to another version of its protocol, by an event of its own.

        What was recorded stays as it was recorded, and is read under the names of the new version from then on. Open
        alerts stay; what the new version would have alerted to is raised with the move.

        Args:
            course: Its id.
            protocol: The version it goes to; the store keeps it whole.
            by: Who says so.
            on: The day.
            because: Why.
            rules: What is called otherwise there, and what takes the place of removed parts.
            anyway: Why it moves although something is in the way that a clinician may pass over.
            key: A name for this act; said again under it, nothing is recorded twice.

        Raises:
            Refused: Something is in the way; `reasons` says all of it. Nothing was recorded. A course in a group goes
                on with it only: `move_group`.
            ProtocolError: The rules do not fit the two versions. Nothing was recorded.
            NotAllowed: The policy does not allow it. Nothing was recorded.
            BadInput: Something else was recorded under this key, or the course has moved back or on since.
            UnknownCourse: There is no such course.
            UnknownProtocol: The protocol the course is under is not here; nothing was recorded.
        """
        return self._moved(course, moved_to(protocol, rules, because), by, on, anyway, key)

    def move_back(
        self, course: str, *, by: Actor, on: date, because: str, anyway: str = "", key: str | None = None
    ) -> Done:  # fmt: skip
        """Take the last move of a course back: an event of its own, by which it goes on under the version before.

        Raises:
            Refused: There is no move to take back, or what was recorded since does not fit the version before.
            UnknownProtocol: The version before is not here.
            BadInput: As `move`.
        """
        return self._moved(course, self._back(because), by, on, anyway, key)

    def _back(self, because: str, group: str = "") -> Asked:
        """What takes the last move of a course back."""

        def asked(old: Protocol, found: Course) -> tuple[MoveProtocol, Protocol]:
            last = move_to_undo(found)
            if last is None:
                raise Refused(MoveProtocol("", "", because=because), (_nothing_to_undo(old),), overridable=False)
            to = self._pinned(changed(found, {"protocol": last.was, "digest": last.was_digest}))
            return MoveProtocol(to.ref, to.digest, because=because, undoes=last.event, group=group), to

        return asked

    def _moved(self, course: str, asked: Asked, by: Actor, on: date, anyway: str, key: str | None) -> Done:
        check_day(on)
        for _ in range(TRIES):
            history = self._records.history(course)
            before = self._moved_before(history, by, on, key, asked, anyway)
            if before is not None:
                return before
            batch, to = self._tried_move(history, asked, by, on, anyway, key)
            done = answered(to, batch, on, by)  # what can fail comes before anything is recorded
            self._records.keep_protocol(to)
            try:
                self._records.append(to, history, batch.texts, row=row_at_append(batch.course))
            except StaleVersion:
                continue
            return done
        raise StoreError("others keep writing to the course; it was not moved, try again")

    def _tried_move(
        self, history: History, asked: Asked, by: Actor, on: date, anyway: str, key: str | None
    ) -> tuple[Batch, Protocol]:
        """What would come of a move, and the protocol it leads to. Nothing is recorded.

        Raises:
            Refused: Something is in the way.
            NotAllowed: The policy does not allow it.
        """
        old = self._pinned(history.course)
        command, to = asked(old, history.course)
        self._records.check_goes_on(history)
        stamped = self._stamped((_all_the_same(command, anyway),), by, on, key)
        check_new(history.course, stamped)
        batch = decided(old, history.course, stamped, self._policy, to=to)
        if batch.denied:
            raise NotAllowed(batch.denied)
        if batch.refused:
            raise batch.refused[0]
        return batch, to

    def _moved_before(
        self, history: History, by: Actor, on: date, key: str | None, asked: Asked | None = None, anyway: str = ""
    ) -> Done | None:
        """The answer to a move that was recorded before under the same key, and that was `asked` for then as now.

        Raises:
            BadInput: Something else was, or the course has moved back or on since.
        """
        stamped = self._stamped((MoveProtocol("", "", because=""),), by, on, key)
        then = course_before(history, stamped) if key is not None else None
        if then is None:
            return None
        mine = recorded_of(history, stamped)
        if not any(isinstance(event, ProtocolMoved) for event in mine):
            told = "something else was recorded in this course under this key; nothing was moved: give the move another"
            raise BadInput("key", told)
        if asked is not None:
            old = self._pinned(then)
            command, to = asked(old, then)
            said = self._stamped((_all_the_same(command, anyway),), by, on, key, at=mine[0].at)
            check_same(old, history, then, said, to=to)
            if history.course.digest != to.digest:
                raise BadInput("key", _MOVED_ON)
        return answered(self._pinned(history.course), Batch(history.course, mine, (), ()), on, by)


Asked = Callable[[Protocol, Course], tuple[MoveProtocol, Protocol]]
"""What is said to a course under a protocol, and the protocol it leads to."""


def moved_to(protocol: Protocol, rules: MoveRules | None, because: str, group: str = "") -> Asked:
    """What moves a course to another version."""
    return lambda old, _: (_command(passage_between(old, protocol, rules), because, group), protocol)


def _command(passage: Passage, because: str, group: str) -> MoveProtocol:
    to = passage.new
    return MoveProtocol(
        to.ref, to.digest, because=because, rename=passage.names, replace=passage.instead, group=group
    )  # fmt: skip


def _all_the_same(command: MoveProtocol, anyway: str) -> Command:
    return Deviate(command, because=anyway) if anyway else command


def _nothing_to_undo(protocol: Protocol) -> Reason:
    text = "this course was not moved to the version it is under, so there is nothing to take back"
    return Reason("nothing_to_undo", text, "no", {}, "", protocol.span(()))
