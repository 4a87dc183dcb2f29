"""The part of the clinic that moves a group to another version: all who are in it, or nobody.

`Clinic` is made from it. A group stands under one protocol, and each member's course moves by an event of its own. So
every member is asked first, and nothing is recorded while something is in the way of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from iptengine.course.codec import BadInput
from iptengine.course.commands import MoveProtocol
from iptengine.course.course import Course
from iptengine.course.events import ProtocolMoved
from iptengine.course.groups import Group
from iptengine.course.hiding import Sight
from iptengine.course.inputs import check_day
from iptengine.course.moving import move_to_undo
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.course.wording import listed
from iptengine.engine.answers import Done, GroupDone, UnknownGroup
from iptengine.engine.groups import group_of
from iptengine.engine.in_turn import InTurn
from iptengine.engine.looking import group_now
from iptengine.engine.moves import Asked, MoveClinic, moved_to
from iptengine.engine.policy import Denial, NotAllowed
from iptengine.engine.records import History
from iptengine.protocol.protocol import Protocol, Reason

if TYPE_CHECKING:
    from iptengine.authoring.moves_file import MoveRules

Members = Mapping[str, History]
Recorded = Mapping[str, ProtocolMoved]
"""What was recorded under the same key before, by course."""

_ANOTHER_MOVE = "another move of this group was recorded under this key; nothing was moved: give this move another"
_MOVED_ON = (
    "the group was moved under this key before, and its courses have moved back or on since; nothing was moved now: to "
    "move it again, give the move another key"
)
_SPLIT = (
    "Until then the group is split between two versions of its protocol. What is recorded stays; when this is mended, "
    "say the same again, and the others follow, or take the move back"
)


class GroupMoveClinic(MoveClinic):
    """Groups that move between versions, for `Clinic`."""

    def move_group(
        self,
        group: str,
        protocol: Protocol,
        *,
        by: Actor,
        on: date,
        because: str,
        rules: MoveRules | None = None,
        anyway: str = "",
        key: str | None = None,
    ) -> GroupDone:
        """Move all members of a group to another version of their protocol; otherwise as `move`.

        Every member is asked first: while something is in the way of one, nothing is recorded in any. Said again after
        a crash, it goes on where it stopped: a member that is under that version already stays as it is.

        Returns:
            What came of it in each course. A course that somebody changed in that moment, so that it cannot move any
            more, stands in `GroupDone.refused`.

        Raises:
            Refused: Something is in the way; `reasons` says all of it, each with its course. Nothing was recorded.
            ProtocolError: The rules do not fit the two versions. Nothing was recorded.
            NotAllowed: The policy does not allow it in one of the courses.
            GroupNotTold: The store failed half way, and the group is split between two versions; has what came of it
                in the courses that went, their new alerts with it. Say it again, or take it back.
            BadInput: Something else was recorded under this key, or the group has moved back or on since.
            UnknownGroup: There is no such group, or nobody is in it any more.
            UnknownProtocol: The protocol of its courses is not here; nothing was recorded.
        """

        def asked(members: Members, before: Recorded) -> Mapping[str, Asked]:
            if any(move.digest != protocol.digest for move in before.values()):
                raise BadInput("key", _ANOTHER_MOVE)
            go = moved_to(protocol, rules, because, group)
            return {id: go for id, history in members.items() if history.course.digest != protocol.digest}

        return self._moved_together(group, asked, by, on, because, anyway, key)

    def move_group_back(
        self, group: str, *, by: Actor, on: date, because: str, anyway: str = "", key: str | None = None
    ) -> GroupDone:  # fmt: skip
        """Take the last move of a group back: in the course of every member, or in none; otherwise as `move_back`.

        Raises:
            Refused: A member has no move to take back, or what was recorded since does not fit the version before.
            GroupNotTold, BadInput: As `move_group`.
            UnknownGroup: There is no such group, or nobody is in it any more.
        """

        def asked(members: Members, before: Recorded) -> Mapping[str, Asked]:
            if any(not move.undoes for move in before.values()):
                raise BadInput("key", _ANOTHER_MOVE)
            back = self._back(because, group)
            to = next((move.digest for move in before.values()), "") or _led_from(members)
            go = {id: one.course for id, one in members.items() if one.course.digest != to}
            moves = [move for course in go.values() if (move := move_to_undo(course)) is not None]
            if to and any(move.was_digest != to for move in moves):
                under = self._pinned(next(iter(go.values())))
                raise Refused(*_from_several(group, under, because, (move.was for move in moves)), overridable=False)
            return dict.fromkeys(go, back)

        return self._moved_together(group, asked, by, on, because, anyway, key)

    def _moved_together(
        self, group: str, which: Callable[[Members, Recorded], Mapping[str, Asked]], by: Actor, on: date,
        because: str, anyway: str, key: str | None,
    ) -> GroupDone:  # fmt: skip
        check_day(on)
        here = group_of(self._records, group)
        members = self._members(here)
        told = {id: again for id, one in members.items() if (again := self._moved_before(one, by, on, key)) is not None}
        asked = which(members, {id: move for id, one in told.items() for move in _moves_of(one)})
        if told.keys() & asked.keys():
            raise BadInput("key", _MOVED_ON)
        if not asked and not told:
            under = self._pinned(next(iter(members.values())).course)
            raise Refused(*_nobody_moves(group, under, because), overridable=False)
        self._check_all({id: (members[id], one) for id, one in asked.items()}, by, on, anyway, key)
        turn = InTurn(here)
        turn.done = {id: told.get(id) or self._as_it_is(members[id].course, by) for id in members if id not in asked}
        for id, one in asked.items():
            turn.say(id, partial(self._moved_or_as_it_is, turn, id, one, by, on, anyway, key))
        turn.done = {id: turn.done[id] for id in members if id in turn.done}
        return turn.answer(lambda: group_of(self._records, group), _SPLIT)

    def _moved_or_as_it_is(
        self, turn: InTurn, id: str, asked: Asked, by: Actor, on: date, anyway: str, key: str | None
    ) -> Done:  # fmt: skip
        """Changed by somebody since it was asked, it stays as it is: the others go on, and it is told."""
        try:
            return self._moved(id, asked, by, on, anyway, key)
        except Refused as no:
            return replace(self._as_it_is(self.course(id), by), refused=(no.with_traceback(None),))
        except NotAllowed as no:
            turn.denied += no.denied
            return self._as_it_is(self.course(id), by)

    def _members(self, here: Group) -> Members:
        """The courses in a group now."""
        if not here.courses:
            raise UnknownGroup(here.id)
        known = {id: self._records.history(id) for id in here.courses}
        return {id: history for id, history in known.items() if group_now(history.course) == here.id}

    def _as_it_is(self, course: Course, by: Actor) -> Done:
        return Done(Sight(self._pinned(course), course, by.role).course())

    def _check_all(
        self, asked: Mapping[str, tuple[History, Asked]], by: Actor, on: date, anyway: str, key: str | None
    ) -> None:
        """Raise what is in the way, of all courses at once."""
        refused: dict[str, Refused] = {}
        denied: list[Denial] = []
        for id, (history, one) in asked.items():
            try:
                self._tried_move(history, one, by, on, anyway, key)
            except Refused as no:
                refused[id] = no
            except NotAllowed as no:
                denied += no.denied
        if denied:
            raise NotAllowed(denied)
        if refused:
            raise _of_all(refused)


def _of_all(refused: Mapping[str, Refused]) -> Refused:
    """The refusals of several courses as one, each reason with its course."""
    reasons = [replace(one, text=f"{course}: {one.text}") for course, no in refused.items() for one in no.reasons]
    first = next(iter(refused.values()))
    return Refused(first.command, reasons, overridable=all(no.overridable for no in refused.values()))


def _moves_of(done: Done) -> Iterable[ProtocolMoved]:
    return (event for event in done.events if isinstance(event, ProtocolMoved))


def _led_from(members: Members) -> str:
    """The digest that the last move of a group led from; empty when no course has a move to take back.

    Half done, it led from what the others stand under; where that is true of more than one, it was the later.
    """
    stand = {one.course.digest for one in members.values()}
    at = {event.id: event.at for one in members.values() for event in one.events}
    moves = [move for one in members.values() if (move := move_to_undo(one.course)) is not None]
    last = max(moves, key=lambda move: (move.was_digest in stand, at[move.event]), default=None)
    return last.was_digest if last is not None else ""


def _nobody_moves(group: str, under: Protocol, because: str) -> tuple[MoveProtocol, Sequence[Reason]]:
    return _in_the_way(
        group, under, because, "already_there", f"all courses of the group are under {under.ref} already"
    )


def _from_several(
    group: str, under: Protocol, because: str, versions: Iterable[str]
) -> tuple[MoveProtocol, Sequence[Reason]]:  # fmt: skip
    text = f"the courses of the group came from {listed(sorted(set(versions)))}, and would not go back to one protocol"
    return _in_the_way(group, under, because, "group_split", text)


def _in_the_way(
    group: str, under: Protocol, because: str, code: str, text: str
) -> tuple[MoveProtocol, Sequence[Reason]]:  # fmt: skip
    command = MoveProtocol(under.ref, under.digest, because=because, group=group)
    return command, (Reason(code, text, "no", {}, "group", under.span(("group",))),)
