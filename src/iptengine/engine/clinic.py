"""The shell around the pure core: it reads, asks the time, makes ids, decides, appends and answers.

`Clinic` is the one place that asks the time. It keeps nothing itself: every answer is read from the store, so
several clinics, threads and processes can share one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from uuid import uuid4

from iptengine.course.codec import BadInput, command_from_mapping
from iptengine.course.commands import Adopt, Command, Erase, ImportCourse, Start, as_mapping
from iptengine.course.course import Course
from iptengine.course.events import Event
from iptengine.course.hiding import THERAPIST, Sight
from iptengine.course.inputs import check_commands, check_day, check_expected
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor, Stamp
from iptengine.engine.answers import (
    Conflict,
    CourseExists,
    Done,
    check_course_id,
    store_behind,
)
from iptengine.engine.batches import (
    TRIES,
    answered,
    check_new,
    day_of,
    decided,
    own_day,
    settled,
)
from iptengine.engine.erasing import ErasingClinic
from iptengine.engine.group_moves import GroupMoveClinic
from iptengine.engine.groups import GroupClinic
from iptengine.engine.held import Held
from iptengine.engine.importing import ImportingClinic
from iptengine.engine.lasting import LastingClinic
from iptengine.engine.lists import ClinicLists, Lists, row_at_append
from iptengine.engine.policy import NotAllowed, Policy
from iptengine.engine.reader import CourseQuestions, Reader
from iptengine.engine.records import History, Records
from iptengine.engine.said_before import check_same, course_before, told_again
from iptengine.protocol.protocol import Protocol
from iptengine.store.keys import CourseKeys
from iptengine.store.port import StaleVersion, Store, StoreError

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")

_SAID_OTHERWISE: Mapping[type[Command], str] = {
    Erase: "a course is erased by Clinic.erase, which destroys its key, too",
    ImportCourse: "a course is taken in by Clinic.import_course, which has the course itself",
}
"""What is no batch of commands, by what it would be."""


def _now() -> datetime:
    return datetime.now().astimezone()


def _new_id() -> str:
    return uuid4().hex


class Clinic(
    GroupClinic, LastingClinic, ErasingClinic, ImportingClinic, ClinicLists, GroupMoveClinic, CourseQuestions
):  # fmt: skip
    """Courses in a store, under the protocols given.

    Args:
        store: Where the events live (`Store`); a transaction of the caller's stays the caller's.
        protocols: Loaded protocols, under which courses may begin. A course that has begun goes on under the text
            that the store keeps of its own, so its file may be gone.
        clock: The time, with its zone; the day of a batch without one is the clock's.
        ids: Makes ids for courses and commands: small letters and digits, never the same twice.
        policy: Who may give which command: asked for each, and its answer recorded with each event (`Policy`). Left
            out, everybody may give every command.
        seal_key: At least 16 bytes that lie elsewhere than the store, always the same ones: events are sealed with
            them, so that `verify` finds what somebody else changed. Left out, the seals find accidents only. A course
            that is sealed otherwise than this clinic seals can be read, and takes nothing.
        keys: The keys of courses (`FileKeys`): patient text of every course begun from now on is enciphered under a
            key of its own, so that `erase` can erase it. Left out, text is stored in the clear, and no course
            begins beside enciphered ones.

    Example:
        >>> from datetime import date
        >>> import iptengine as ipt
        >>> from iptengine import commands as c
        >>> clinic = ipt.Clinic(ipt.MemoryStore(), [ipt.load("ipt-adult")])
        >>> anna = ipt.Actor("u17", role="therapist")
        >>> clinic.start("ipt-adult", by=anna, on=date(2026, 3, 3), course="a").course.phase
        'initial'
        >>> done = clinic.do("a", c.HoldSession(on=date(2026, 3, 3)), c.EnterPhase("ending"), by=anna)
        >>> [event.kind for event in done.events], [no.command for no in done.refused]
        (['session_held'], [<EnterPhase>])
    """

    def __init__(
        self,
        store: Store,
        protocols: Iterable[Protocol],
        *,
        clock: Callable[[], datetime] = _now,
        ids: Callable[[], str] = _new_id,
        policy: Policy | None = None,
        seal_key: bytes | None = None,
        keys: CourseKeys | None = None,
    ) -> None:
        self._records = Records(store, seal_key=seal_key, keys=keys)
        self._held = Held(protocols, self._records)
        self._clock = clock
        self._ids = ids
        self._policy = policy

    # Beginning

    def start(
        self,
        protocol: str,
        *,
        by: Actor,
        on: date,
        course: str | None = None,
        facts: Mapping[str, object] | None = None,
        called: str = "",
    ) -> Done:
        """Begin a course under a protocol, which it keeps.

        Args:
            protocol: Id, or id and version (``ipt-adult@1.0.0``) where there are several.
            by: Who says so.
            on: The day it begins.
            course: Its id: small letters and digits, in parts joined by ``-`` or ``_``. Left out, one is made.
            facts: What the protocol asks for at the start.
            called: How the pages name the patient; initials are best.

        Raises:
            UnknownProtocol: No such protocol here, or several.
            CourseExists: A course of that id has begun already.
            Refused: The facts make no sense under this protocol; nothing was recorded.
            NotAllowed: The policy does not allow it, or one of the facts; nothing was recorded.
            BadInput: The id, the day or a fact is of the wrong sort.
            StoreError: The clinic has no keys and courses of this store are enciphered, or the store failed; nothing
                was recorded.
        """
        return self._begin(self._named(protocol), (Start(called=called, facts=facts or {}),), by, on, course)

    def adopt(
        self,
        protocol: str,
        *,
        by: Actor,
        on: date,
        phase: str,
        sessions_used: int,
        focus: Sequence[str] = (),
        course: str | None = None,
        called: str = "",
    ) -> Done:
        """Take over a course already under way, without inventing its past; otherwise as `start`."""
        command = Adopt(phase, sessions_used, tuple(focus), called)
        return self._begin(self._named(protocol), (command,), by, on, course)

    def _begin(
        self, protocol: Protocol, commands: Sequence[Command], by: Actor, on: date, course: str | None
    ) -> Done:  # fmt: skip
        check_day(on)
        id = self._ids() if course is None else course
        check_course_id(id)
        stamped = self._stamped(commands, by, on, None)
        if self._records.there(id):
            raise self._exists(id, by)
        check_new(Course(id), stamped)
        batch = decided(protocol, Course(id), stamped, self._policy)
        if batch.denied:
            raise NotAllowed(batch.denied)
        if not batch.events:
            raise batch.refused[0]
        done = answered(protocol, batch, on, by)  # what can fail comes before anything is recorded
        self._records.check_begins()
        self._records.keep_protocol(protocol)
        try:
            self._records.append(protocol, History(Course(id)), batch.texts, row=row_at_append(batch.course))
        except StaleVersion:
            raise self._exists(id, by) from None
        return done

    def _exists(self, id: str, by: Actor) -> CourseExists:
        history = self._records.history(id)
        sight = Sight(self._held.known(history.course), history.course, by.role)
        return CourseExists(sight.events(history.events), Done(sight.course()))

    # Saying something to a course

    def do(
        self,
        course: str,
        *commands: Command,
        by: Actor,
        on: date | None = None,
        expected: int | None = None,
        key: str | None = None,
    ) -> Done:
        """Say something to a course: what happened, and what is asked for, in one batch.

        Every report is kept, in one append. A request that is refused stands in ``Done.refused`` and holds nothing
        back; each command is decided on the course as the ones before it have left it.

        Args:
            course: Its id.
            commands: What is said, in order.
            by: Who says so.
            on: The day the batch speaks of, for commands without one of their own. Left out, it is the day of the
                first command that has one, else the clock's.
            expected: The version the form was drawn from. When the course has moved on and the batch holds
                requests, the reports are recorded after what came between, and `Conflict` is raised. When the store
                has less than that version, what is missing may be lost: the warning ``store_behind`` says so.
            key: A name for this form, new for every form drawn. A batch posted again under its key records nothing:
                the answer is told once more, as far as it can be made again from what was recorded. Whatever else is
                said under it is refused, and never told as recorded.

        Raises:
            UnknownCourse: There is no such course.
            UnknownProtocol: The protocol the course keeps is neither here nor in the store; nothing was recorded.
            Conflict: See `expected`; carries what was recorded since, and what came of the reports.
            NotAllowed: The policy does not allow one of the commands; carries them, and what came of the others.
            BadInput: A field of a command, the day, the version or the key is of the wrong sort, or something else
                was recorded under this key; nothing was recorded.
            StoreError: The course is sealed with another key than the clinic was given, or the store failed; nothing
                was recorded.
        """
        for kind, told in _SAID_OTHERWISE.items():
            if any(isinstance(command, kind) for command in commands):
                raise BadInput("command", told)
        return self._do(course, commands, by, on, expected, key)

    def _do(
        self, course: str, commands: Sequence[Command], by: Actor, on: date | None, expected: int | None,
        key: str | None, *, one_act: bool = False,
    ) -> Done:  # fmt: skip
        """As `do`; with `one_act` the key was made from the act itself, so what is said under it again is that act."""
        check_expected(expected)
        stamped = self._stamped(commands, by, on, key)
        for _ in range(TRIES):
            history = self._records.history(course)
            protocol = self._pinned(history.course)
            then = course_before(history, stamped) if key is not None else None
            if then is not None:
                stamped = self._stamped(commands, by, on, key, at=history.events[then.version].at)
                under = self._pinned(then) if history.course.moves else protocol
                if not one_act:
                    check_same(under, history, then, stamped)
                return told_again(protocol, history, then, stamped, expected, by, self._policy, under=under)
            check_new(history.course, stamped)
            try:
                return self._carried_out(protocol, history, stamped, expected, by)
            except StaleVersion:
                continue
        raise StoreError("others keep writing to the course; nothing of this batch was recorded, try again")

    def _carried_out(
        self, protocol: Protocol, history: History, commands: Sequence[Command], expected: int | None, by: Actor
    ) -> Done:
        late = expected is not None and expected != history.course.version
        held_back = late and any(command.request for command in commands)
        given = [command for command in commands if not (held_back and command.request)]
        batch = decided(protocol, history.course, given, self._policy)
        # What can fail comes before anything is recorded: what is on record is always answered, its alerts with it.
        behind = store_behind(expected, history.course.version)
        done = answered(protocol, batch, day_of(commands), by, behind)
        told = Sight(protocol, history.course, by.role).events(history.events[expected or 0 :]) if held_back else ()
        conflict = Conflict(told, done) if held_back else None
        if batch.events:
            self._records.append(protocol, history, batch.texts, row=row_at_append(batch.course))
        return settled(done, batch.denied, conflict)

    def _stamped(
        self, commands: Sequence[Command], by: Actor, on: date | None, key: str | None, *, at: datetime | None = None
    ) -> tuple[Command, ...]:
        """The commands, checked, each with its day, its id and who gave it; `at` is the clock's time, or that of then.

        So a form without a day that is posted again after midnight speaks of the day it was posted first.
        """
        self._held.check_actor(by, "by")
        check_commands(commands)
        if key is not None:
            self._checked_key(key)
        if on is not None:
            check_day(on)
        checked = [command_from_mapping(as_mapping(command)) for command in commands]
        at = at or self._time()
        day = on or next((found for command in checked if (found := own_day(command))), at.date())
        ids = [f"{key}.{n}" if key is not None else self._ids() for n in range(1, len(checked) + 1)]
        return tuple(
            command.stamped(Stamp(id, own_day(command) or day, at, by))
            for command, id in zip(checked, ids, strict=True)
        )

    def _checked_key(self, key: str) -> None:
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise BadInput("key", "a key holds letters, digits and . _ : - only, at most 100 of them")

    def _refusal(self, course: str, command: Command, by: Actor, on: date) -> Refused | None:
        refused = self._tried(course, (command,), by, on)
        return refused[0] if refused else None

    def _tried(self, course: str, commands: Sequence[Command], by: Actor, on: date) -> tuple[Refused, ...]:
        history = self._records.history(course)
        protocol, found = self._pinned(history.course), history.course
        self._records.check_goes_on(history)
        batch = decided(protocol, found, self._stamped(commands, by, on, None), self._policy)
        if batch.denied:
            raise NotAllowed(batch.denied)
        return batch.refused

    def _time(self) -> datetime:
        """The clock's time, with an offset in place of its zone: that is what can be written down."""
        at = self._clock()
        offset = at.utcoffset()
        if offset is None:
            raise BadInput("clock", "the clock must give the time with its time zone")
        return at.astimezone(timezone(timedelta(seconds=round(offset.total_seconds()))))

    # Asking

    def reader(self, actor: Actor) -> Reader:
        """A handle for one person that answers as the clinic does, without what is kept from their role, and cannot
        write.

        What `course`, `events` and `alerts` of the clinic itself tell is the whole record, and everything else is
        told as to a therapist: make a reader for whatever is shown to somebody.

        Raises:
            BadInput: It is nobody, or the role is spelt otherwise than the protocols spell it.
        """
        self._held.check_actor(actor, "actor")
        return Reader(self._records, self._held, actor, lambda: self._time().date())

    def course(self, course: str, *, version: int | None = None) -> Course:
        """The course as it stands, or as it stood after its first `version` events: the whole record.

        It is for your program. What is shown to somebody comes from `reader`, which leaves out what is hidden from
        their role; so do `ways`, `agenda` and the other questions for the therapist.

        Raises:
            UnknownCourse: There is no such course, or it has not come to that version.
        """
        return self._records.history(course).at(version)

    def events(self, course: str) -> tuple[Event, ...]:
        """Everything recorded in a course, in the order it was recorded: the whole record, as `course` is."""
        return self._records.history(course).events

    # Reading

    @property
    def _reads_as(self) -> str:
        return THERAPIST

    def _lists(self) -> Lists:
        return Lists(self._records, self._held, lambda: self._time().date())

    def _open(self, course: str) -> tuple[Protocol, Course]:
        found = self._records.history(course).course
        return self._pinned(found), found

    def _named(self, name: str) -> Protocol:
        return self._held.named(name)

    def _pinned(self, course: Course) -> Protocol:
        return self._held.pinned(course)
