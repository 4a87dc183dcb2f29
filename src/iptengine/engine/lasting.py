"""The part of the clinic that speaks to two courses at once: what was recorded on the wrong one."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from iptengine.course import following, voiding
from iptengine.course.commands import Command, Follow, NoteFollowed, TakeFrom, Void
from iptengine.course.course import Course
from iptengine.course.desk import Desk
from iptengine.course.erasing import check_open
from iptengine.course.events import Event, Voided
from iptengine.course.inputs import check_day
from iptengine.course.moving import told_under
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor, Stamp
from iptengine.engine.answers import CourseExists, Done
from iptengine.engine.port import ClinicPort
from iptengine.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class VoidDone:
    """What came of voiding a record.

    Attributes:
        wrong: What came of it in the course it was recorded on.
        right: What came of it in the course it belongs to; ``None`` when none was named.
        ask_anew: Events that were moves (a focus, a plan, an ending) or spoke of an alert: voided, and for a clinician
            to say anew there.
    """

    wrong: Done
    right: Done | None
    ask_anew: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<VoidDone {self.wrong.course.id}: {len(self.wrong.events)} events>"


class LastingClinic(ClinicPort):
    """Records that move from one course to another, for `Clinic`."""

    @abstractmethod
    def events(self, course: str) -> tuple[Event, ...]:
        """See `Clinic.events`."""

    @abstractmethod
    def _begin(
        self, protocol: Protocol, commands: Sequence[Command], by: Actor, on: date, course: str | None
    ) -> Done: ...  # fmt: skip

    @abstractmethod
    def _do(
        self, course: str, commands: Sequence[Command], by: Actor, on: date | None, expected: int | None,
        key: str | None, *, one_act: bool = False,
    ) -> Done: ...  # fmt: skip

    @abstractmethod
    def _named(self, name: str) -> Protocol: ...

    def void(
        self, course: str, event: str, *, to: str = "", because: str, by: Actor, on: date, key: str | None = None
    ) -> VoidDone:
        """Void what was recorded on the wrong course, and record it in the right one.

        It stays in the history of both. A risk alert it raised stays open here until it is assessed, and is raised
        anew in the right course, which is written first. Said again after a crash half way, it goes on where it
        stopped, and records nothing twice.

        Args:
            course: The course it was recorded on.
            event: The event; with the first event of a command goes everything that was recorded with it.
            to: The course it belongs to. Left out, it is voided and recorded nowhere else.
            because: How it came to be recorded here.
            by: Who says so.
            on: The day on which it is put right; what is recorded again keeps its own day.
            key: A name for this act; left out, one is made from the two courses and the event, and whoever says it
                again, in whatever words, goes on with it.

        Raises:
            UnknownCourse: There is no such course; nothing was recorded.
            Refused: There is no such record here, or no reason was given; nothing was recorded.
            NotAllowed: The policy does not allow it in one of the two courses; nothing was recorded.
        """
        check_day(on)
        one_act, key = not key, key or _key(course, event, to)
        said = Void(event, because=because, meant_for=to, on=on)
        self._open_course(course, said)
        if to:
            self._open_course(to, said)
        gone = self._to_void(course, said, by, on)
        named = told_under(gone, self.events(course), self.course(to).digest) if to else gone
        there = [TakeFrom(course, id, command, on=command.on) for command, id in voiding.said_again(named)]
        if to and there:
            self._tried(to, there, by, on)  # what is not allowed there must not be voided here
        right = self._do(to, there, by, on, None, key, one_act=one_act) if to and there else None
        moves = tuple(one.id for one in gone if one.kind in voiding.MOVES)
        return VoidDone(self._do(course, (said,), by, on, None, key, one_act=one_act), right, moves)

    def follow(
        self, course: str, protocol: str, *, by: Actor, on: date, new: str | None = None, called: str = "",
        because: str = "",
    ) -> Done:  # fmt: skip
        """Begin a course that follows one that has ended, and take over what the protocol of the new one carries.

        What is taken over keeps its day and says where it comes from; it counts as nothing done, and raises no old
        alert but for a risk item that is known to be above zero.

        Args:
            course: The course it follows.
            protocol: The protocol of the new course: id, or id and version.
            by: Who says so.
            on: The day it begins.
            new: The id of the new course; left out, one is made.
            called: How the pages name the patient; left out, as before.
            because: Why it goes on although the former has not ended in an outcome that names this protocol.

        Said again under the same `new`, it goes on where a crash stopped it, and records nothing twice.

        Returns:
            What came of it in the new course; ``refused`` holds what could not be taken over.

        Raises:
            Refused: The former has not ended so; say `because` to go on. Nothing was recorded.
            NotAllowed: The policy does not allow it in one of the two courses; nothing was recorded.
            CourseExists: There is a course `new` already, and it does not follow this one.
        """
        check_day(on)
        before = self._open_course(course, NoteFollowed("", "", on=on))
        kept, follower = self._pinned(before), self._named(protocol)
        said = following.follow_of(kept, before, follower, called)
        reasons = following.why_not_follow(kept, before, follower)
        if reasons and not because.strip():
            raise Refused(said, reasons)
        said = replace(said, overridden=tuple(reason.code for reason in reasons), because=because)
        taken = [TakeFrom(course, id, one, on=one.on) for one, id in following.carried(before, follower)]
        self._tried(course, (NoteFollowed(new or "", follower.ref, on=on),), by, on)
        done = self._followed_anew(follower, (said, *taken), by, on, new)
        if all(known.course != done.course.id for known in before.followed_by):
            self.do(course, NoteFollowed(done.course.id, follower.ref, on=on), by=by, on=on)
        return done

    def _followed_anew(
        self, follower: Protocol, commands: tuple[Follow, *tuple[Command, ...]], by: Actor, on: date, new: str | None
    ) -> Done:
        """The course that follows: begun, or as it stands when a crash came after its beginning."""
        try:
            return self._begin(follower, commands, by, on, new)
        except CourseExists as known:
            former = known.done.course.follows
            if former is None or former.course != commands[0].course:
                raise
            return known.done

    def _open_course(self, course: str, said: Command) -> Course:
        """A course that takes something, and from which something can be taken: not one that was erased."""
        found = self.course(course)
        if found.erased:
            stamp = Stamp("asked", found.erased.on, found.erased.at, found.erased.by)
            check_open(Desk(self._pinned(found), found, said, stamp))
        return found

    def _to_void(self, course: str, said: Void, by: Actor, on: date) -> tuple[Event, ...]:
        """The events that are voided, or were voided before by the same act."""
        history = self.events(course)
        before = next((e for e in history if isinstance(e, Voided) and said.event in e.events), None)
        if before is not None and before.meant_for == said.meant_for:
            ids = set(before.events)
            return tuple(event for event in history if event.id in ids)
        refused = self._refusal(course, said, by, on)
        if refused is not None:
            raise refused
        ids = set(voiding.voided_with(self.course(course), said.event))
        return tuple(event for event in history if event.id in ids)


def _key(course: str, event: str, to: str) -> str:
    """The same for the same act, so that saying it again records nothing twice."""
    told = "\n".join((course, event, to))
    return f"void-{hashlib.sha256(told.encode()).hexdigest()[:40]}"
