"""The part of the clinic that moves a group to another version: all who are in it, or nobody.

`Clinic` is made from it. A group stands under one protocol, and each member's course moves by an event of its own. So
every member is asked first, and nothing is recorded while something is in the way of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from iptengine.course.commands import MoveProtocol
from iptengine.course.course import Course
from iptengine.course.hiding import Sight
from iptengine.course.moving import move_to_undo
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.course.wording import listed
from iptengine.engine.answers import Done, GroupDone, UnknownGroup
from iptengine.engine.groups import group_of
from iptengine.engine.looking import group_now
from iptengine.engine.moves import Asked, MoveClinic, moved_to
from iptengine.engine.policy import Denial, NotAllowed
from iptengine.engine.records import History
from iptengine.protocol.protocol import Protocol, Reason

if TYPE_CHECKING:
    from iptengine.authoring.moves_file import MoveRules

Members = Mapping[str, History]


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
            UnknownGroup: There is no such group, or nobody is in it any more.
            UnknownProtocol: The protocol of its courses is not here; nothing was recorded.
        """

        def asked(members: Members) -> Mapping[str, Asked]:
            go = moved_to(protocol, rules, because, group)
            return {id: go for id, history in members.items() if history.course.digest != protocol.digest}

        return self._moved_together(group, asked, by, on, because, anyway, key)

    def move_group_back(
        self, group: str, *, by: Actor, on: date, because: str, anyway: str = "", key: str | None = None
    ) -> GroupDone:  # fmt: skip
        """Take the last move of a group back: in the course of every member, or in none; otherwise as `move_back`.

        Raises:
            Refused: A member has no move to take back, or what was recorded since does not fit the version before.
            UnknownGroup: There is no such group, or nobody is in it any more.
        """

        def asked(members: Members) -> Mapping[str, Asked]:
            last = [move for one in members.values() if (move := move_to_undo(one.course)) is not None]
            led_from = {move.was_digest for move in last}
            already = led_from & {one.course.digest for one in members.values()}
            if len(led_from) > 1 and not already:
                under = self._pinned(next(iter(members.values())).course)
                raise Refused(*_from_several(group, under, because, (move.was for move in last)), overridable=False)
            back = self._back(because, group)
            return {id: back for id, history in members.items() if history.course.digest not in already}

        return self._moved_together(group, asked, by, on, because, anyway, key)

    def _moved_together(
        self, group: str, which: Callable[[Members], Mapping[str, Asked]], by: Actor, on: date, because: str,
        anyway: str, key: str | None,
    ) -> GroupDone:  # fmt: skip
        members = self._members(group)
        asked = which(members)
        done = {
            id: self._moved_before(history, by, on, key) or self._as_it_is(history.course, by)
            for id, history in members.items()
            if id not in asked
        }
        if not asked and not any(one.events for one in done.values()):
            under = self._pinned(next(iter(members.values())).course)
            raise Refused(*_nobody_moves(group, under, because), overridable=False)
        self._check_all({id: (members[id], one) for id, one in asked.items()}, by, on, anyway, key)
        denied: list[Denial] = []
        for id, one in asked.items():
            try:
                done[id] = self._moved(id, one, by, on, anyway, key)
            except Refused as no:  # changed by somebody since it was asked: the others go on, and it is told
                done[id] = replace(self._as_it_is(self.course(id), by), refused=(no.with_traceback(None),))
            except NotAllowed as no:
                denied += no.denied
                done[id] = self._as_it_is(self.course(id), by)
        found = GroupDone(group_of(self._records, group), {id: done[id] for id in members})
        if denied:
            raise NotAllowed(denied, group=found)
        return found

    def _members(self, group: str) -> Members:
        """The courses in a group now."""
        here = group_of(self._records, group).courses
        if not here:
            raise UnknownGroup(group)
        return {id: history for id in here if group_now((history := self._records.history(id)).course) == group}

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
