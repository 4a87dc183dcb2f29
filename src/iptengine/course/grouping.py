"""What a course says of its group: joining and leaving, sessions held in it, and the lines a page has of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.course import Course
from iptengine.course.desk import Desk, warning
from iptengine.course.events import CourseWarning, Event
from iptengine.course.group_stays import present_stay, stay_on
from iptengine.course.wording import counted, dated, listed
from iptengine.protocol.ids import is_id, why_not_id
from iptengine.protocol.parts import GroupSpec
from iptengine.protocol.protocol import Protocol, Reason

Events = Iterator[Event]


# -- joining and leaving -----------------------------------------------------------------------------------------


def join(desk: Desk, command: c.JoinGroup) -> Events:
    """A course joins a group, unless it has too few or too many members or facilitators."""
    spec = _group_spec(desk)
    group_named(desk, command.group)
    here = present_stay(desk.course)
    if here is not None:
        told = f"this course is in the group '{here.group}' already; it leaves that one first"
        raise desk.nonsense("already_in_a_group", told, "group")
    if type(command.size) is not int or command.size < 1:
        raise desk.nonsense("group_size", "the members of a group are a whole number from 1", "group", "size")
    desk.require(_unfit(desk, spec, command.size, command.facilitators))
    yield desk.event(
        e.GroupJoined, group=command.group, size=command.size, facilitators=tuple(command.facilitators)
    )  # fmt: skip


def _group_spec(desk: Desk) -> GroupSpec:
    spec = desk.protocol.spec.group
    if spec is None:
        raise desk.nonsense("no_group", "this protocol has no group: it is a treatment of one patient alone", "group")
    return spec


def group_named(desk: Desk, group: str) -> None:
    """Refuse a text that can be no name of a group."""
    if group and not is_id(group):
        raise desk.nonsense("group_name", f"a group cannot have this name: {why_not_id(group)}", "group")


def _unfit(desk: Desk, spec: GroupSpec, size: int, facilitators: Sequence[str]) -> Iterator[Reason]:
    if size not in spec.size:
        told = f"a group has {spec.size} members here, and this one would have {size}"
        yield desk.reason("group_size", told, "", "group", "size")
    number = len(set(facilitators))
    if spec.facilitators is not None and number not in spec.facilitators:
        told = f"a group has {_leaders(spec)} here, and this one would have {number}"
        yield desk.reason("group_facilitators", told, "", "group", "facilitators")


def _leaders(spec: GroupSpec) -> str:
    known = spec.facilitators
    return f"{known} facilitator{'' if known and known.fixed == 1 else 's'}"


def leave(desk: Desk, command: c.LeaveGroup) -> Events:
    """A course left its group; how many stay behind is told, and who they are is not known here."""
    here = present_stay(desk.course)
    if here is None or (command.group and command.group != here.group):
        raise desk.nonsense("not_in_the_group", "this course is not in that group", "group")
    spec = desk.protocol.spec.group
    few: tuple[CourseWarning, ...] = ()
    if spec is not None and command.stay is not None and command.stay < spec.size.low:
        few = (warning("group_small", f"the group is left with {_of(command.stay, spec)}", "group", "size"),)
    yield desk.event(e.GroupLeft, warnings=few, group=here.group, because=command.because)


def _of(members: int, spec: GroupSpec) -> str:
    return f"{counted(members, 'member')}; the protocol has {spec.size}"


REPORTS = {"leave_group": leave}
REQUESTS = {"join_group": join}


# -- sessions held in a group ------------------------------------------------------------------------------------


def group_of_meeting(desk: Desk, group: str) -> str:
    """The group a meeting belongs to: the one that is said, or that of the record put right."""
    group_named(desk, group)
    return group or (desk.wrong.group if desk.wrong is not None else "")


def session_warnings(desk: Desk, command: c.HoldSession, group: str) -> Iterator[CourseWarning]:
    """What should be known of a session held in a group: few or many members, few facilitators, another group."""
    if not group:
        return
    yield from membership_warnings(desk, group)
    spec = desk.protocol.spec.group
    if spec is None:
        return
    if command.together is not None and command.together < spec.size.low:
        told = f"{counted(command.together, 'member')} met; the protocol has {spec.size}"
        yield warning("group_small", told, "group", "size")
    if command.together is not None and command.together > spec.size.high:
        told = f"{counted(command.together, 'member')} met; the protocol has {spec.size}"
        yield warning("group_large", told, "group", "size")
    number = len(set(command.facilitators))
    if spec.facilitators is not None and number not in spec.facilitators:
        told = f"{counted(number, 'facilitator')} led it; the protocol has {spec.facilitators}"
        yield warning("group_facilitators", told, "group", "facilitators")


def membership_warnings(desk: Desk, group: str) -> Iterator[CourseWarning]:
    """A meeting of a group this course was not in on that day."""
    if group and stay_on(desk.course, desk.on, group) is None:
        yield warning("other_group", "on that day this course was not in the group that met", "group")


# -- what pages, ways and lists say of it ------------------------------------------------------------------------


def waits_for_a_group(protocol: Protocol, course: Course) -> bool:
    """Whether the treatment is given in a group, and this course is in none."""
    return protocol.spec.group is not None and course.ended is None and present_stay(course) is None


def left_its_group(protocol: Protocol, course: Course) -> bool:
    """Whether a course that needs a group has left the one it was in."""
    return bool(course.groups) and waits_for_a_group(protocol, course)


def shared_tasks(protocol: Protocol) -> frozenset[str]:
    """The tasks that belong to all members: of a phase, and without a condition that one of them might meet."""
    return frozenset(
        home.name for home in protocol.tasks.values() if home.phase and not home.area and not home.spec.only_if
    )  # fmt: skip


def told_missing(protocol: Protocol, course: Course, on: date) -> str:
    """The line of a course that waits for its group; empty when it does not."""
    spec = protocol.spec.group
    if spec is None or not waits_for_a_group(protocol, course):
        return ""
    last = course.groups[-1] if course.groups else None
    since = f"; it left the last one on {dated(last.left, on)}" if last is not None and last.left is not None else ""
    led = f" and {_leaders(spec)}" if spec.facilitators is not None else ""
    yet = "" if since else " yet"
    return f"This course is in no group{yet}{since}. A group has {spec.size} members{led}."


def told_stay(course: Course, on: date) -> str:
    """The line of a course that is in a group: which, since when, and who leads it; nobody else of it."""
    here = present_stay(course)
    if here is None:
        return ""
    led = f", led by {listed(here.facilitators)}" if here.facilitators else ""
    met = sum(1 for a in course.appointments if a.held and a.group == here.group)
    return f"In the group '{here.group}' since {dated(here.joined, on)}{led}; here in {counted(met, 'session')} of it."
