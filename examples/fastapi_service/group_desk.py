"""What one person does with groups. Whoever may see every course of a group may see the group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

import iptengine as ipt
from desk import Desk, check_sayable, digest
from group_bodies import Form, GroupAnswer, GroupBody, Join, Leave, Met, Plan, ToAll, group_answer, group_body
from iptengine import commands as c


@dataclass(frozen=True)
class GroupDesk:
    """The groups of the clinic, as the person at `desk` may use them."""

    desk: Desk

    def check(self, group: str) -> ipt.Group:
        """A group in which somebody else's course is, or was, is answered as one that is not there."""
        found = self.desk.reader.group(group)
        if self.desk.courses is not None and any(one.course not in self.desk.courses for one in found.members):
            raise ipt.UnknownGroup(group)
        return found

    def form(self, said: Form, key: str) -> tuple[int, GroupAnswer]:
        for course in said.courses:
            self.desk.check(course)
        return _heard(
            lambda: self.desk.clinic.form_group(
                said.group, said.courses, facilitators=said.facilitators, by=self.desk.actor, on=said.on,
                because=said.because, key=_key(key, said),
            ),
            201,
        )  # fmt: skip

    def join(self, group: str, said: Join, key: str) -> tuple[int, GroupAnswer]:
        self.check(group)
        self.desk.check(said.course)
        return self._one(
            group,
            self.desk.clinic.join_group(
                group, said.course, by=self.desk.actor, on=said.on, because=said.because,
                key=_key(key, said),
            ),
        )  # fmt: skip

    def leave(self, group: str, said: Leave, key: str) -> tuple[int, GroupAnswer]:
        self.check(group)
        return self._one(
            group,
            self.desk.clinic.leave_group(
                group, said.course, by=self.desk.actor, on=said.on, because=said.because,
                key=_key(key, said),
            ),
        )  # fmt: skip

    def _one(self, group: str, done: ipt.Done) -> tuple[int, GroupAnswer]:
        return 200, group_answer(ipt.GroupDone(self.desk.reader.group(group), {done.course.id: done}))

    def plan(self, group: str, said: Plan, key: str) -> tuple[int, GroupAnswer]:
        self.check(group)
        return _heard(
            lambda: self.desk.clinic.book_group_session(
                group, on=said.on, by=self.desk.actor, key=_key(key, said), time=said.time,
                minutes=said.minutes, mode=said.mode,
            )
        )  # fmt: skip

    def met(self, group: str, said: Met, key: str) -> tuple[int, GroupAnswer]:
        self.check(group)
        return _heard(
            lambda: self.desk.clinic.hold_group_session(
                group, on=said.on, by=self.desk.actor, key=_key(key, said), absent=said.absent,
                facilitators=said.facilitators, minutes=said.minutes, mode=said.mode, done=said.done,
            )
        )  # fmt: skip

    def tell(self, group: str, said: ToAll, key: str) -> tuple[int, GroupAnswer]:
        self.check(group)
        commands = [c.command_from_mapping(one) for one in said.commands]
        for one in commands:
            check_sayable(one)
        name = _key(key, said)
        return _heard(lambda: self.desk.clinic.tell_group(group, *commands, by=self.desk.actor, on=said.on, key=name))

    def where(self, group: str) -> GroupBody:
        return group_body(self.check(group))

    def agenda(self, group: str, on: date) -> dict[str, Any]:
        self.check(group)
        return self.desk.reader.group_agenda(group, on=on).data()

    def fragment(self, group: str, on: date) -> str:
        self.check(group)
        return self.desk.reader.group_agenda(group, on=on).html


def _heard(say: Callable[[], ipt.GroupDone], status: int = 200) -> tuple[int, GroupAnswer]:
    """What came of it; what one course may not be told holds back no other, and is an error."""
    try:
        return status, group_answer(say())
    except ipt.GroupNotTold as half:
        denied = half.not_allowed.denied if half.not_allowed else ()
        return 503, group_answer(half.done, failed=half.failed, denied=denied, problem=str(half))
    except ipt.NotAllowed as no:
        if no.group is None:
            raise
        return 403, group_answer(no.group, denied=no.denied, problem=str(no))


def _key(key: str, said: BaseModel) -> str:
    return f"{key}.{digest(said.model_dump())}"
