"""The part of the clinic that moves courses to another version of their protocol, and back.

`Clinic` is made from it. Each course moves by an event of its own; what keeps one from moving is told for that course.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from iptengine.course.commands import Command, Deviate, MoveProtocol
from iptengine.course.course import Alert, Course, changed
from iptengine.course.moving import declared_names, move_to_undo
from iptengine.course.passage import Passage
from iptengine.course.refusal import Refused
from iptengine.course.settling import OVERRIDABLE, Settling
from iptengine.course.stamp import Actor
from iptengine.engine.answers import Done, UnknownProtocol
from iptengine.engine.batches import TRIES, Batch, answered, check_new, decided, recorded_before
from iptengine.engine.lists import row_at_append
from iptengine.engine.policy import NotAllowed, Policy
from iptengine.engine.port import ClinicPort
from iptengine.engine.records import History, Records
from iptengine.protocol.protocol import Protocol, Reason
from iptengine.store.port import StaleVersion, StoreError

if TYPE_CHECKING:
    from iptengine.authoring.comparison import Difference
    from iptengine.authoring.comparison.concerning import Concerning
    from iptengine.authoring.moves_file import MoveRules
    from iptengine.render.agenda import Agenda

Answer = Literal["unaffected", "movable", "blocked"]


@dataclass(frozen=True, slots=True, repr=False)
class Move:
    """What a move to another version would mean for one course.

    Attributes:
        course: Its id.
        protocol: The protocol it is under, id and version; `to` the one it would go to.
        answer: ``unaffected``: nothing differs in what it has used, stands in or can still come to; ``movable``; or
            ``blocked``, by `reasons`.
        differences: What would be different for this course, what touches safety first.
        elsewhere: How many further differences do not concern it.
        reasons: What is in its way.
        overridable: Whether a clinician may move it all the same.
        fewer_alerts: What raises a risk alert now and would raise none afterwards.
        open_alerts: Its risk alerts that no clinician has assessed; they stay as they are.
    """

    course: str
    protocol: str
    to: str
    answer: Answer
    differences: tuple[Difference, ...] = ()
    elsewhere: int = 0
    reasons: tuple[Reason, ...] = ()
    overridable: bool = False
    fewer_alerts: tuple[str, ...] = ()
    open_alerts: tuple[Alert, ...] = ()

    def __repr__(self) -> str:
        return f"<Move {self.course} to {self.to}: {self.answer}>"


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
        self, commands: Sequence[Command], by: Actor, on: date | None, key: str | None
    ) -> tuple[Command, ...]: ...  # fmt: skip

    def courses(self, courses: Iterable[str] | None = None) -> Iterator[Course]:
        """The courses named, each once; without names, every course of the store."""
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
        looking = _Looking(self._pinned, protocol, on, rules)
        ids = {protocol.id, *of}
        found = (course for course in self._records.courses(courses) if _goes(course, protocol, ids))
        return tuple(map(looking.move, found))

    def move_pages(
        self, course: str, protocol: Protocol, *, on: date, rules: MoveRules | None = None, anyway: bool = False
    ) -> MovedPages:
        """The agenda of a course as it is and as it would be after its move; nothing is recorded.

        Raises:
            Refused: Something is in the way; with `anyway`, something that nobody can pass over.
        """
        from iptengine.render import agenda

        found = self.course(course)
        old = self._pinned(found)
        asked = _command(_passage(old, protocol, rules), "seen before it moves")
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
            Refused: Something is in the way; `reasons` says all of it. Nothing was recorded.
            ProtocolError: The rules do not fit the two versions. Nothing was recorded.
            NotAllowed: The policy does not allow it. Nothing was recorded.
            UnknownCourse: There is no such course.
            UnknownProtocol: The protocol the course is under is not here; nothing was recorded.
        """

        def asked(old: Protocol, found: Course) -> tuple[MoveProtocol, Protocol]:
            return _command(_passage(old, protocol, rules), because), protocol

        return self._moved(course, asked, by, on, anyway, key)

    def move_back(
        self, course: str, *, by: Actor, on: date, because: str, anyway: str = "", key: str | None = None
    ) -> Done:  # fmt: skip
        """Take the last move of a course back: an event of its own, by which it goes on under the version before.

        Raises:
            Refused: There is no move to take back, or what was recorded since does not fit the version before.
            UnknownProtocol: The version before is not here.
        """

        def asked(old: Protocol, found: Course) -> tuple[MoveProtocol, Protocol]:
            last = move_to_undo(found)
            if last is None:
                raise Refused(MoveProtocol("", "", because=because), (_nothing_to_undo(old),), overridable=False)
            to = self._pinned(changed(found, {"protocol": last.was, "digest": last.was_digest}))
            return MoveProtocol(to.ref, to.digest, because=because, undoes=last.event), to

        return self._moved(course, asked, by, on, anyway, key)

    def _moved(self, course: str, asked: _Asked, by: Actor, on: date, anyway: str, key: str | None) -> Done:
        for _ in range(TRIES):
            history = self._records.history(course)
            old = self._pinned(history.course)
            before = self._moved_before(history, by, on, key)
            if before is not None:
                return before
            command, to = asked(old, history.course)
            said = Deviate(command, because=anyway) if anyway else command
            stamped = self._stamped((said,), by, on, key)
            check_new(history.course, stamped)
            batch = decided(old, history.course, stamped, self._policy, to=to)
            if batch.denied:
                raise NotAllowed(batch.denied)
            if batch.refused:
                raise batch.refused[0]
            self._records.keep_protocol(to)
            try:
                self._records.append(to, history, batch.texts, row=row_at_append(batch.course))
            except StaleVersion:
                continue
            return answered(to, batch, on, by)
        raise StoreError("others keep writing to the course; it was not moved, try again")

    def _moved_before(self, history: History, by: Actor, on: date, key: str | None) -> Done | None:
        """The answer to a move that was recorded before under the same key."""
        stamped = self._stamped((MoveProtocol("", "", because=""),), by, on, key)
        if key is None or recorded_before(history, stamped) is None:
            return None
        mine = tuple(event for event in history.events if event.command == f"{key}.1")
        return answered(self._pinned(history.course), Batch(history.course, mine, (), ()), on, by)


_Asked = Callable[[Protocol, Course], tuple[MoveProtocol, Protocol]]


def _command(passage: Passage, because: str) -> MoveProtocol:
    to = passage.new
    return MoveProtocol(to.ref, to.digest, because=because, rename=passage.names, replace=passage.instead)


def _nothing_to_undo(protocol: Protocol) -> Reason:
    text = "this course was not moved to the version it is under, so there is nothing to take back"
    return Reason("nothing_to_undo", text, "no", {}, "", protocol.span(()))


def _goes(course: Course, to: Protocol, ids: Iterable[str]) -> bool:
    """Whether a course is open, and under another version of one of these protocols."""
    under = course.protocol.partition("@")[0]
    return course.started is not None and course.outcome is None and course.digest != to.digest and under in ids


def _passage(old: Protocol, new: Protocol, rules: MoveRules | None) -> Passage:
    """From one version to the other: by the rules, and by what a variant says of its own renames."""
    from iptengine.authoring.moves_file import passage_by

    if rules is not None and (rules.are_for(old) or rules.to != new.ref):
        return passage_by(rules, old, new)
    return Passage(old, new, declared_names(old, new))


class _Looking:
    """A dry run: what differs between two versions is found once for all the courses under the same one."""

    def __init__(
        self, protocols: Callable[[Course], Protocol], to: Protocol, on: date, rules: MoveRules | None
    ) -> None:  # fmt: skip
        self._protocols, self._to, self._on, self._rules = protocols, to, on, rules
        self._found: dict[str, tuple[Passage, Concerning]] = {}

    def move(self, course: Course) -> Move:
        """What the move would mean for one course."""
        if course.unopened:
            return self._shut(course, "course_not_opened", course.unopened)
        try:
            passage, concerning = self._between(course)
        except UnknownProtocol as unknown:
            return self._shut(course, "protocol_not_here", str(unknown))
        settling = Settling(passage, course, self._on)
        settling.settle()
        reasons = tuple(settling.reasons)
        differences = concerning.of(course)
        return Move(
            course=course.id,
            protocol=passage.old.ref,
            to=passage.new.ref,
            answer="blocked" if reasons else "movable" if differences else "unaffected",
            differences=differences,
            elsewhere=len(concerning.comparison.differences) - len(differences),
            reasons=reasons,
            overridable=bool(reasons) and all(reason.code in OVERRIDABLE for reason in reasons),
            fewer_alerts=passage.fewer_alerts,
            open_alerts=course.open_risk_alerts,
        )

    def _shut(self, course: Course, code: str, why: str) -> Move:
        """A course that cannot be moved because it, or its protocol, is not to be had here."""
        reason = Reason(code, why, "no", {}, "", self._to.span(()))
        return Move(
            course.id, course.protocol, self._to.ref, "blocked", reasons=(reason,), open_alerts=course.open_risk_alerts
        )

    def _between(self, course: Course) -> tuple[Passage, Concerning]:
        from iptengine.authoring.comparison.concerning import Concerning

        if course.digest not in self._found:
            passage = _passage(self._protocols(course), self._to, self._rules)
            self._found[course.digest] = passage, Concerning(passage)
        return self._found[course.digest]
