"""Courses that meet in a group: who is in it, when it met, and what said to the group means for each course.

A group has no record of its own. It is put together from the courses of its members, and what is said to it becomes
commands to each of them. No command to one course holds anything about another, so nothing of it can be shown there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.course import Appointment, ChartEntry, Course, GroupStay, changed
from iptengine.course.events import CourseWarning, TaskLogged
from iptengine.course.wording import day, listed

TELLABLE = frozenset(
    {"book", "enter_phase", "announce_ending", "agree_contract", "do_task", "defer", "end_course", "move_chart"}
)
"""What can be said to all members at once. Nothing that speaks of one patient is among it."""
IN_A_SESSION = frozenset({"do_task", "defer"})
"""What was done in a session of the group, or put off in it: of a day it met, it holds for who was there."""
WORDS = ("note", "because", "reason", "focus", "person", "found", "plan", "text", "why")
"""Fields in which a command could hold the words of one patient."""


# -- a group -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """A course in a group: from the day it joined to the day it left, or its course ended.

    `before` are earlier stays of a member that came back: the days of joining and of leaving. `protocol` is what the
    course is under, id and version, and `digest` the digest of that text.
    """

    course: str
    joined: date
    left: date | None = None
    ended: date | None = None
    before: tuple[tuple[date, date], ...] = ()
    protocol: str = ""
    digest: str = ""

    def here(self, on: date) -> bool:
        """Whether it is in the group on a day; the day of leaving is no longer in it, the last day of a course is."""
        if self.ended is not None and on > self.ended:
            return False
        now = self.joined <= on and (self.left is None or on < self.left)
        return now or any(joined <= on < left for joined, left in self.before)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session of the group: who was there, who was not and how, by the ids of their courses.

    `number` is its place among the sessions the group has held; ``None`` for one that is planned or was not held.
    """

    on: date
    number: int | None
    planned: bool
    present: tuple[str, ...]
    absent: Mapping[str, str]
    facilitators: tuple[str, ...] = ()
    minutes: int | None = None
    time: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Courses that meet together.

    Attributes:
        id: Its name.
        protocol: What its courses keep: id and version; the first one's, where it is split (`versions`).
        members: Everybody who is or was in it, in the order of joining.
        facilitators: Who leads it, as said last.
        meetings: Its sessions held, missed by all, and planned, in the order of days.
    """

    id: str
    protocol: str
    members: tuple[Member, ...]
    facilitators: tuple[str, ...]
    meetings: tuple[Meeting, ...]

    def on(self, day: date) -> tuple[str, ...]:
        """The courses in it on a day."""
        return tuple(member.course for member in self.members if member.here(day))

    def going_on(self, day: date) -> tuple[str, ...]:
        """The courses its next session is for: in it on a day, and not ended by then."""
        return tuple(m.course for m in self.members if m.here(day) and (m.ended is None or m.ended > day))

    @property
    def courses(self) -> tuple[str, ...]:
        """The courses in it now: neither left nor ended."""
        return tuple(m.course for m in self.members if m.left is None and m.ended is None)

    @property
    def versions(self) -> Mapping[str, tuple[str, ...]]:
        """The courses in it now by the version they are under; more than one where a move of it stopped half way."""
        here = [member for member in self.members if member.course in self.courses]
        texts = dict.fromkeys((member.protocol, member.digest) for member in here)
        of_one = Counter(protocol for protocol, _ in texts)
        return {
            protocol if of_one[protocol] == 1 else f"{protocol} (text {digest[:12]})": tuple(
                member.course for member in here if member.digest == digest
            )
            for protocol, digest in texts
        }

    @property
    def held(self) -> tuple[Meeting, ...]:
        """The sessions it has held."""
        return tuple(meeting for meeting in self.meetings if meeting.number is not None)

    @property
    def not_held(self) -> tuple[Meeting, ...]:
        """The sessions that everybody missed who was in it on that day."""
        missed = (m for m in self.meetings if m.number is None and not m.planned)
        return tuple(m for m in missed if set(self.on(m.on)) <= m.absent.keys())


def group_of(id: str, courses: Iterable[Course]) -> Group | None:
    """The group of that name, put together from `courses`; ``None`` when none of them was ever in it."""
    found = [course for course in courses if _stays(course, id)]
    if not found:
        return None
    meetings = _meetings(id, found)
    led = [(m.on, m.facilitators) for m in meetings if m.facilitators]
    led += [
        (last.joined, last.facilitators) for *_, last in (_stays(course, id) for course in found) if last.facilitators
    ]
    facilitators = max(led, key=lambda one: one[0])[1] if led else ()
    members = tuple(_member(course, _stays(course, id)) for course in found)
    first = next((member for member in members if member.left is None and member.ended is None), members[0])
    return Group(id, first.protocol, members, facilitators, meetings)


def split_told(group: Group) -> str:
    """Who is under which version of the protocol, where a move of the group stopped half way; else empty."""
    versions = group.versions
    if len(versions) < 2:
        return ""
    return "; ".join(f"{listed(courses)} under {version}" for version, courses in versions.items())


def _without_words(course: Course) -> bool:
    """Whether what was written freely in a course cannot be read, here or by anybody: another's is told instead."""
    return bool(course.unopened or course.erased)


def _stays(course: Course, group: str) -> tuple[GroupStay, ...]:
    return tuple(stay for stay in course.groups if stay.group == group)


def _member(course: Course, stays: Sequence[GroupStay]) -> Member:
    *earlier, last = stays
    before = tuple((stay.joined, stay.left) for stay in earlier if stay.left is not None)
    ended = course.outcome.on if course.outcome else None
    return Member(course.id, last.joined, last.left, ended, before, course.protocol, course.digest)


def _meetings(group: str, courses: Sequence[Course]) -> tuple[Meeting, ...]:
    """The sessions of a group, one for each day."""
    by_day: dict[date, dict[str, Appointment]] = {}
    for course in courses:
        for appointment in course.appointments:
            if appointment.group == group:
                by_day.setdefault(appointment.on, {})[course.id] = appointment
    found: list[Meeting] = []
    unread = {course.id for course in courses if _without_words(course)}
    number = 0
    for on in sorted(by_day):
        told = by_day[on]
        there = [(course, a) for course, a in told.items() if a.held]
        planned = not there and any(a.status == "planned" for a in told.values())
        number += bool(there)
        best = min(there or told.items(), key=lambda one: one[0] in unread)[1]
        found.append(
            Meeting(
                on,
                number if there else None,
                planned,
                tuple(course for course, _ in there),
                {course: a.status for course, a in told.items() if not a.held and a.status != "planned"},
                best.facilitators,
                best.minutes,
                best.time,
                best.mode,
            )
        )
    return tuple(found)


# -- what said to a group means for each course ------------------------------------------------------------------


def forming(group: str, courses: Sequence[str], facilitators: Sequence[str], because: str = "") -> dict[str, Command]:
    """What is said to each course when a group is formed of all of them."""
    return {course: joining(group, len(courses), facilitators, because) for course in courses}


def joining(group: str, size: int, facilitators: Sequence[str], because: str = "") -> Command:
    """What is said to a course that joins a group, which then has `size` members; with `because`, as a deviation."""
    command = c.JoinGroup(group, size=size, facilitators=tuple(facilitators))
    return c.Deviate(command, because=because) if because else command


def leaving(group: Group, course: str, on: date, because: str) -> Command:
    """What is said to a course that leaves."""
    stay = sum(1 for other in group.on(on) if other != course)
    return c.LeaveGroup(group.id, because=because, stay=stay)


def holding(
    group: str,
    members: Sequence[str],
    absent: Mapping[str, str],
    facilitators: Sequence[str],
    *,
    minutes: int | None = None,
    mode: str | None = None,
    done: Sequence[str] = (),
) -> dict[str, tuple[Command, ...]]:
    """What is said to each course when the group has met: a session to who was there, a miss to who was not.

    Args:
        members: The courses in the group that day.
        absent: Those that were not there, each with its status.
        done: Tasks that were done with all who were there.
    """
    together = sum(1 for course in members if course not in absent)
    held = c.HoldSession(
        minutes=minutes, mode=mode, group=group, together=together, facilitators=tuple(facilitators)
    )  # fmt: skip
    tasks = tuple(c.DoTask(task) for task in done)
    return {
        course: (c.MissSession(absent[course], group=group),) if course in absent else (held, *tasks)
        for course in members
    }


def said_to_all(command: Command, group: str) -> Command:
    """A command as every member's course is told it: the judgement of where the group stands needs no other words."""
    if isinstance(command, c.MoveChart) and not command.because.strip():
        return replace(command, because=f"judged of the group '{group}' as a whole")
    return command


def missed_with(group: Group, course: str, commands: Sequence[Command], on: date) -> dict[int, CourseWarning]:
    """Which of the commands said to all on a day do not hold for one member, by their places, and why.

    What was done in a session that this member missed was not done with this member.
    """
    missed = {meeting.on for meeting in group.held if course in meeting.absent}
    days = {n: command.on or on for n, command in enumerate(commands) if command.kind in IN_A_SESSION}
    return {n: _missed(met) for n, met in days.items() if met in missed}


def _missed(on: date) -> CourseWarning:
    told = (
        f"not recorded in this course: the group met on {day(on)}, and this member was not there; if it was done with "
        "this member too, say it to this course alone"
    )
    return CourseWarning("group_absent", told, "group")


def not_for_all(command: Command) -> str:
    """Why a command cannot be said to all members at once; empty when it can."""
    if command.kind not in TELLABLE:
        return f"'{command.kind}' speaks of one patient; say it to that course alone"
    words = [name for name in WORDS if getattr(command, name, None)]
    return f"the field '{words[0]}' could hold words of one patient; say it to that course alone" if words else ""


# -- what the members have in common -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Common:
    """What the members of a group have in common on a day: a course of nobody, from which the shared plan is made.

    Attributes:
        course: The phase most of them are in, the sessions of the group, the tasks most have on record. No person,
            reading, answer, focus, note or alert is in it.
        members: The courses in the group.
        phases: How many of them are in each phase, most first.
        alerts: Those with a risk alert that no clinician has assessed, by the ids of their courses alone; a course
            that ended on this day is among them.
    """

    course: Course
    members: tuple[str, ...]
    phases: tuple[tuple[str, int], ...]
    alerts: tuple[str, ...]


def common(group: Group, courses: Sequence[Course], on: date, shared: frozenset[str]) -> Common:
    """What the members have in common.

    Args:
        courses: The courses in the group on that day.
        shared: The tasks of the protocol that belong to all: of a phase, without a condition.
    """
    waiting = tuple(course.id for course in courses if course.open_risk_alerts)
    courses = [course for course in courses if course.id in group.going_on(on)] or courses
    phases = Counter(course.phase for course in courses).most_common()
    phase = phases[0][0]
    among = [course for course in courses if course.phase == phase]
    first = min(among, key=_without_words)
    meetings = [m for m in group.meetings if m.number is not None or m.planned]
    sessions = {m.on: _session(group.id, m, phase) for m in meetings}
    sessions |= {m.on: _missed_by_all(group.id, m, phase, among) for m in group.not_held}
    own = Course(
        id=group.id,
        version=1,
        protocol=first.protocol,
        digest=first.digest,
        started=min((course.started or on for course in courses), default=on),
        phase=phase,
        phases=tuple(replace(entry, event="") for entry in first.phases),
        contract=first.contract,
        appointments=tuple(sessions[day] for day in sorted(sessions)),
        tasks=tuple(_tasks(among, sessions, shared)),
        announced=replace(first.announced, because="") if first.announced and all(x.announced for x in among) else None,
    )
    own = changed(own, {"chart_moves": tuple(_chart_moves(courses))})
    return Common(own, tuple(course.id for course in courses), tuple(phases), waiting)


def _chart_moves(courses: Sequence[Course]) -> Iterator[ChartEntry]:
    """Where more than half of the members have each further chart, without the words that moved it there."""
    for chart in dict.fromkeys(entry.chart for course in courses for entry in course.chart_moves):
        entries = [course.chart_moved(chart) for course in courses]
        state, many = Counter(entry.state if entry else "" for entry in entries).most_common(1)[0]
        among = (entry for entry in entries if entry is not None and entry.state == state)
        moved = next(among, None) if 2 * many > len(courses) else None
        if moved is not None:
            yield replace(moved, because="", session="", event="")


def _session(group: str, meeting: Meeting, phase: str) -> Appointment:
    held = meeting.number is not None
    return Appointment(
        f"{group}:{meeting.on.isoformat()}", meeting.on, "attended" if held else "planned", meeting.time,
        meeting.minutes, meeting.mode, ("patient",), held, meeting.number, phase=phase, booked=meeting.planned,
        group=group,
    )  # fmt: skip


def _missed_by_all(group: str, meeting: Meeting, phase: str, courses: Sequence[Course]) -> Appointment:
    """A session that nobody came to: it uses up one of theirs where it did with most of them."""
    missed = [a for course in courses for a in course.appointments if a.group == group and a.on == meeting.on]
    status = Counter(meeting.absent.values()).most_common(1)[0][0]
    return Appointment(
        f"{group}:{meeting.on.isoformat()}", meeting.on, status, meeting.time, meeting.minutes, meeting.mode,
        used=2 * sum(a.used for a in missed) > len(missed), phase=phase, group=group,
    )  # fmt: skip


def _tasks(courses: Sequence[Course], sessions: Mapping[date, Appointment], shared: frozenset[str]) -> list[TaskLogged]:
    """The shared tasks that more than half of the members have on record, without their words."""
    found: dict[tuple[str, date], TaskLogged] = {}
    who: dict[str, set[str]] = {}
    for course in courses:
        for log in course.tasks:
            if log.task in shared and log.how in ("done", "not_applicable"):
                who.setdefault(log.task, set()).add(course.id)
                session = sessions[log.on].id if log.on in sessions else ""
                plain = replace(log, note="", focus="", techniques=(), session=session, because="", warnings=())
                found.setdefault((log.task, log.on), plain)
    kept = [log for (task, _), log in found.items() if 2 * len(who[task]) > len(courses)]
    return sorted(kept, key=lambda log: log.on)


__all__ = [
    "TELLABLE", "Common", "Group", "Meeting", "Member", "common", "forming", "group_of", "holding", "joining",
    "leaving", "missed_with", "not_for_all", "said_to_all", "split_told",
]  # fmt: skip
