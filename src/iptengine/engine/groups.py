"""The part of the clinic that speaks to groups: said once, recorded in each member's own course.

`Clinic` is made from it. A group has no record of its own: it is read from its members' courses, and what is said to
it is said to each of them, in a batch of its own. So a crash half way loses nothing: posted again under its key, the
batch is answered in the courses that have it, and recorded in those that do not.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from iptengine.course import groups
from iptengine.course.codec import BadInput
from iptengine.course.commands import Book, Command, JoinGroup
from iptengine.course.course import Course
from iptengine.course.events import CourseWarning, TaskDeferred, TaskLogged
from iptengine.course.groups import Group
from iptengine.course.hiding import THERAPIST
from iptengine.course.inputs import check_commands, check_day
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor
from iptengine.diagnostics import IptengineError
from iptengine.engine.answers import Done, GroupDone, GroupExists, UnknownGroup, UnknownProtocol
from iptengine.engine.in_turn import GroupNotTold, InTurn
from iptengine.engine.port import ClinicPort
from iptengine.engine.records import Records, said_under
from iptengine.protocol.ids import is_id, why_not_id
from iptengine.protocol.parts import STATUSES
from iptengine.protocol.protocol import Protocol, Reason
from iptengine.store.port import UnopenedCourse

if TYPE_CHECKING:
    from iptengine.render.group_page import GroupPage


class GroupClinic(ClinicPort):
    """Groups, for `Clinic`."""

    _records: Records

    @abstractmethod
    def _checked_key(self, key: str) -> None: ...

    @abstractmethod
    def _stamped(
        self, commands: Sequence[Command], by: Actor, on: date | None, key: str | None, *, at: datetime | None = None
    ) -> tuple[Command, ...]: ...  # fmt: skip

    # Who is in it

    def form_group(
        self,
        group: str,
        courses: Sequence[str],
        *,
        facilitators: Sequence[str],
        by: Actor,
        on: date,
        because: str = "",
        key: str | None = None,
    ) -> GroupDone:
        """Form a group of courses that have begun, all under one protocol that has a ``group``.

        Nothing is recorded unless every course can join. Called again after a crash with the same courses, it goes
        on where it stopped.

        Args:
            group: Its name: small letters and digits, in parts joined by ``-`` or ``_``.
            courses: The ids of its members' courses.
            facilitators: Who leads it, by ids of the calling system.
            by: Who says so.
            on: The day.
            because: Why it is formed although it is too small, too large or not led as the protocol says. With it,
                the group is formed all the same, and each course records the deviation.
            key: A name for this form, new for every form drawn. Posted again under it, nothing is recorded twice,
                and the answer is told once more.

        Raises:
            Refused: Too few or too many, another protocol, or somebody is in a group already.
            GroupExists: There is a group of that name, of other courses.
            UnknownCourse: There is no such course.
            StoreError: One of the courses does not open (its key is lost); names it. Nothing was recorded.
            UnknownProtocol: The protocol of one of them is not here; names the course. Nothing was recorded.
            GroupNotTold: The store failed half way; has what came of it in those that have joined.
            BadInput: The name is none, or a course is named twice.
        """
        check_day(on)
        _check_name(group)
        members = _courses_once(courses)
        known = [self._openable(group, course) for course in members]
        there = groups.group_of(group, in_group(self._records, group))
        if there is not None and not {m.course for m in there.members} <= set(members):
            raise GroupExists(group)
        joined = set(there.courses) if there is not None else set()
        commands = groups.forming(group, members, facilitators, because)
        self._one_protocol(known, commands)
        told = {course: command for course, command in commands.items() if course not in joined}
        for course, command in told.items():
            no = self._refusal(course, command, by, on)
            if no is not None:
                raise no
        told |= {course: commands[course] for course in joined if self._joined_by(course, key)}
        turn = InTurn(there or Group(group, known[0].protocol, (), (), ()))
        for course in members:
            if course in told:
                turn.say(course, partial(self._said, course, (told[course],), by, on, key))
        return turn.answer(lambda: self.group(group))

    def _openable(self, group: str, course: str) -> Course:
        """A course that is to join; nobody can say whether one can that does not open."""
        try:
            found = self.course(course)
            self._pinned(found)
        except (UnopenedCourse, UnknownProtocol) as why:
            why.args = (_not_formed(group, course, why),)  # the same error, which says what became of the group
            raise
        return found

    def _joined_by(self, course: str, key: str | None) -> bool:
        """Whether it joined when this form was posted before."""
        return key is not None and any(event.command == f"{key}.1" for event in self._records.history(course).events)

    def join_group(
        self, group: str, course: str, *, by: Actor, on: date, because: str = "", key: str | None = None
    ) -> Done:  # fmt: skip
        """Let a course join a group that meets already; with `because`, also where the group is full.

        Posted again under its `key`, nothing is recorded twice, and the answer is told once more.

        Raises:
            Refused: The group is full, the course is in a group already, or keeps another protocol.
            UnknownGroup: There is no such group.
        """
        check_day(on)
        here = self.group(group)
        size = len(set(here.on(on)) | {course})
        command = groups.joining(group, size, here.facilitators, because)
        known = [*(self._records.listed(other).course for other in here.courses[:1]), self.course(course)]
        self._one_protocol(known, {course: command})
        done = self.do(course, command, by=by, on=on, key=key)
        if done.refused:
            raise done.refused[0]
        return done

    def leave_group(
        self, group: str, course: str, *, by: Actor, on: date, because: str, key: str | None = None
    ) -> Done:  # fmt: skip
        """A course has left its group; from that day on it is not in it. It goes on as a course.

        Posted again under its `key`, nothing is recorded twice, and the answer is told once more.

        Raises:
            Refused: It is not in that group.
            UnknownGroup: There is no such group.
        """
        check_day(on)
        done = self.do(course, groups.leaving(self.group(group), course, on, because), by=by, on=on, key=key)
        if done.refused:
            raise done.refused[0]
        return done

    # What it does

    def hold_group_session(
        self,
        group: str,
        *,
        on: date,
        by: Actor,
        key: str,
        absent: Mapping[str, str] | None = None,
        facilitators: Sequence[str] | None = None,
        minutes: int | None = None,
        mode: str | None = None,
        done: Sequence[str] = (),
        own: Mapping[str, Sequence[Command]] | None = None,
    ) -> GroupDone:
        """The group has met: recorded once, a session in the course of each member present, a miss in the others.

        Args:
            group: Its name.
            on: The day; who was in the group on that day is a member of this session.
            by: Who says so.
            key: A name for this form, new for every form drawn. Posted again under it, nothing is recorded twice,
                and what a crash left out is recorded.
            absent: The courses of members that were not there, each with a status as `MissSession` has it.
            facilitators: Who led it; those of the group when left out.
            minutes: How long it took.
            mode: How it was held.
            done: Tasks that were done with all who were there.
            own: What is one member's own, by course: readings, notes, own work, said to that course alone and in one
                batch with its session. It can be said later, too, by `do`.

        Raises:
            GroupNotTold: The course of a member does not open; it is recorded in the others.
            UnknownGroup: There is no such group, or nobody was in it on that day.
            BadInput: Somebody is absent who is no member, or with no such status; something is said of a course that
                is no member; the key is none.
        """
        check_day(on)
        self._checked_key(key)
        here = self.group(group)
        members = here.on(on)
        if not members:
            raise UnknownGroup(group, on)
        away = dict(absent or {})
        _check_absent(away, members)
        if not set(own or ()) <= set(members):
            raise BadInput("own", "something is said of a course that was no member on that day")
        led = here.facilitators if facilitators is None else tuple(facilitators)
        told = groups.holding(group, members, away, led, minutes=minutes, mode=mode, done=done)
        told = {course: (*commands, *(own or {}).get(course, ())) for course, commands in told.items()}
        return self._told_all(here, told, by, on, key)

    def book_group_session(
        self,
        group: str,
        *,
        on: date,
        by: Actor,
        key: str,
        time: str = "",
        minutes: int | None = None,
        mode: str | None = None,
    ) -> GroupDone:
        """Plan a session of the group: an appointment in each member's course; one refused holds back no other.

        Raises:
            GroupNotTold: As `hold_group_session`.
            UnknownGroup: There is no such group, or nobody is in it on that day.
        """
        return self.tell_group(
            group, Book(time=time, minutes=minutes, mode=mode, group=group, on=on), by=by, on=on, key=key
        )

    def tell_group(self, group: str, *commands: Command, by: Actor, on: date, key: str) -> GroupDone:
        """Say the same to the course of every member: a phase entered, a task done, the ending named.

        What could hold words of one patient cannot be said to all. What one course refuses stands in
        ``GroupDone.refused`` under its id, and holds back no other. A task done or put off on a day the group met is
        recorded for who was there; a warning in the answer of each other's course says so (``group_absent``).

        Raises:
            GroupNotTold: The course of a member does not open; it is recorded in the others.
            UnknownGroup: There is no such group, or nobody is in it on that day.
            BadInput: A command cannot be said to all.
        """
        check_day(on)
        check_commands(commands)
        self._checked_key(key)
        for command in commands:
            if (why := groups.not_for_all(command)) != "":
                raise BadInput("commands", why)
        here = self.group(group)
        members = here.on(on)
        if not members:
            raise UnknownGroup(group, on)
        said = tuple(groups.said_to_all(command, group) for command in commands)
        told: dict[str, tuple[Command, ...]] = {}
        beside: dict[str, tuple[CourseWarning, ...]] = {}
        for course in members:
            missed = {} if self._was_told_a_task(course, key) else groups.missed_with(here, course, said, on)
            told[course] = tuple(command for n, command in enumerate(said) if n not in missed)
            beside[course] = tuple(dict.fromkeys(missed.values()))
        return self._told_all(here, told, by, on, key, beside)

    def _was_told_a_task(self, course: str, key: str) -> bool:
        """Whether a task was recorded under this key already, before it was known who was there."""
        try:
            events = self._records.history(course).events
        except UnopenedCourse:  # heard when it is told
            return False
        return any(isinstance(event, TaskLogged | TaskDeferred) for event in said_under(key, events))

    def _told_all(
        self, here: Group, told: Mapping[str, Sequence[Command]], by: Actor, on: date, key: str,
        beside: Mapping[str, Sequence[CourseWarning]] = MappingProxyType({}),
    ) -> GroupDone:  # fmt: skip
        """Say to each course what is `told` it; `beside` are warnings that stand in its answer, too.

        All of it is looked at first: a field that is wrong in what one course is told is heard before anything is
        recorded in another.
        """
        for commands in told.values():
            self._stamped(commands, by, on, key)
        turn = InTurn(here)
        for course, commands in told.items():
            turn.say(course, partial(self._said, course, commands, by, on, key))
        for course in beside.keys() & turn.done.keys():
            done = turn.done[course]
            turn.done[course] = replace(done, warnings=(*done.warnings, *beside[course]))
        return turn.answer(lambda: self.group(here.id))

    def _said(self, course: str, commands: Sequence[Command], by: Actor, on: date, key: str | None = None) -> Done:
        return self.do(course, *commands, by=by, on=on, key=key)

    # Asking

    def group(self, group: str) -> Group:
        """Who is in a group, who leads it, and when it has met. For those who lead it: it names every member's course.

        Raises:
            UnknownGroup: There is no such group.
        """
        return group_of(self._records, group)

    def group_agenda(self, group: str, *, on: date) -> GroupPage:
        """What the next session of a group should hold: the plan the members share, once.

        It names the courses of the members, which of them has an open risk alert, does not open, or is under another
        version than the rest, and nothing else of anybody; each member has a page of his own, by `agenda`.

        Raises:
            UnknownGroup: There is no such group.
            UnknownProtocol: The protocol of its courses is not here; its `alerts` need somebody.
        """
        return group_agenda_of(self._records, self._pinned, group, on)

    # Reading

    def _one_protocol(self, courses: Iterable[Course], commands: Mapping[str, Command]) -> None:
        """Refuse courses that keep different protocols: they would share no plan."""
        known = list(courses)
        for course in known:
            if course.digest != known[0].digest:
                told = "the courses of a group keep one protocol, with one text; this one keeps another"
                command = commands.get(course.id) or JoinGroup("", size=1)
                span = self._pinned(course).span(("group",))
                raise Refused(command, (Reason("other_protocol", told, "no", {}, "group", span),), overridable=False)


def in_group(records: Records, group: str) -> tuple[Course, ...]:
    """Every course that is or was in a group. Only courses whose text speaks of joining one are read whole.

    Of one that does not open what is left is told (`Course.unopened`): who was in a group is structure.
    """
    found = (records.listed(course).course for course in records.naming("group_joined", group))
    return tuple(course for course in found if any(stay.group == group for stay in course.groups))


def group_of(records: Records, group: str) -> Group:
    """A group, read from the courses of its members.

    Raises:
        UnknownGroup: There is no such group.
    """
    found = groups.group_of(group, in_group(records, group))
    if found is None:
        raise UnknownGroup(group)
    return found


def group_agenda_of(
    records: Records, pinned: Callable[[Course], Protocol], group: str, on: date, role: str = THERAPIST
) -> GroupPage:
    """What the next session of a group should hold, as `role` may read it; see `GroupClinic.group_agenda`."""
    from iptengine.render.group_page import group_page

    check_day(on)
    courses = in_group(records, group)
    found = groups.group_of(group, courses)
    if found is None:
        raise UnknownGroup(group)
    here = set(found.on(on))
    members = tuple(course for course in courses if course.id in here)
    return group_page(_one_of(pinned, members or courses), found, members, on=on, role=role)


def _one_of(pinned: Callable[[Course], Protocol], courses: Sequence[Course]) -> Protocol:
    """The protocol the courses of a group keep; when it is not here, their alerts are told all the same."""
    try:
        return pinned(next((course for course in courses if not course.unopened), courses[0]))
    except UnknownProtocol as unknown:
        alerts = [alert for course in courses for alert in course.open_risk_alerts]
        raise UnknownProtocol(unknown.protocol, unknown.digest, str(unknown), alerts) from None


def _check_name(group: str) -> None:
    if not is_id(group):
        raise BadInput("group", f"a group cannot have this name: {why_not_id(group)}")


def _not_formed(group: str, course: str, why: IptengineError) -> str:
    return (
        f"the group '{group}' was not formed, and nothing was recorded now: the course '{course}' does not open, "
        f"because {why}. Form the group when this is mended, or form it of the others and let this course join later"
    )


def _courses_once(courses: Sequence[str]) -> tuple[str, ...]:
    if isinstance(courses, str) or len(set(courses)) != len(courses):
        raise BadInput("courses", "name each course of the group once, in a list")
    if not courses:
        raise BadInput("courses", "name the courses that form the group")
    return tuple(courses)


def _check_absent(absent: Mapping[str, str], members: Sequence[str]) -> None:
    for course, status in absent.items():
        if course not in members:
            raise BadInput("absent", "somebody is absent who was no member on that day")
        if status not in STATUSES or status == "attended":
            known = ", ".join(one for one in STATUSES if one != "attended")
            raise BadInput("absent", f"a member who was not there has one of the statuses {known}")


__all__ = ["GroupClinic", "GroupDone", "GroupExists", "GroupNotTold", "UnknownGroup"]
