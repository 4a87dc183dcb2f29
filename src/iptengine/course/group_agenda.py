"""What the next session of a group should hold: the plan its members share, once, and nothing of any one of them.

What belongs to a member (readings, focus, contacts, a task that hangs on a condition) stands on that member's own
page. Here are only the ids of the courses, and which of them has a risk alert that needs an assessment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from iptengine.course import timing
from iptengine.course.agenda import session_agenda
from iptengine.course.course import Course
from iptengine.course.due_tasks import due_tasks
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import Line
from iptengine.course.further_charts import chart_lines, state_of
from iptengine.course.grouping import shared_tasks
from iptengine.course.groups import Common, Group, common, split_told
from iptengine.course.hour import Step, agreed_minutes, due_today, hour_steps
from iptengine.course.session_lines import session_lines, topic_lines
from iptengine.course.standing import Standing
from iptengine.course.visits import Visit
from iptengine.course.wording import counted, dated, listed
from iptengine.protocol.protocol import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class GroupAgenda:
    """The agenda of the next session of a group.

    Attributes:
        group: Its name.
        members: The courses in it, by their ids; each has a page of its own.
        alerts: Those with a risk alert that no clinician has assessed: open their pages first.
        first: What must be known before it meets.
        standing: How many members there are, who leads it, the last session, the phases they are in.
        steps: The plan they share; the work on a focus stands in it without its tasks, which are each member's own.
        if_lines: What may come up, and what then.
        coming: What begins next time, and deadlines ahead, of all.
        number: Its place among the sessions the group has held, and those that nobody came to and that were used up.
    """

    group: str
    protocol: str
    status: str
    on: date
    members: tuple[str, ...]
    alerts: tuple[str, ...]
    facilitators: tuple[str, ...]
    day: date
    booked: bool
    time: str
    minutes: int
    number: int
    of: int | None
    phase: str
    phase_title: str
    aim: str
    first: tuple[Line, ...]
    standing: tuple[Line, ...]
    steps: tuple[Step, ...]
    ask: tuple[str, ...]
    note: str
    if_lines: tuple[tuple[str, str], ...]
    coming: tuple[Line, ...]
    visits: tuple[Visit, ...]


def group_agenda(
    protocol: Protocol, group: Group, courses: Sequence[Course], *, on: date
) -> tuple[GroupAgenda, Common]:
    """The agenda of the next session of `group`, and what its `courses` have in common on the day `on`."""
    shared = common(group, courses, on, shared_tasks(protocol))
    course = shared.course
    facts = CourseFacts(protocol, course, on)
    due = tuple(
        task
        for task in due_today(protocol, course, due_tasks(protocol, course, facts))
        if task.task in shared_tasks(protocol)
    )
    booked = timing.next_booked(course, on)
    minutes = (booked.minutes if booked and booked.minutes else None) or agreed_minutes(protocol, course)
    usual = session_agenda(protocol, course, on=on)
    scene = Standing(protocol, course, facts, on)
    going = [one for one in courses if one.id in shared.members]
    return GroupAgenda(
        group=group.id,
        protocol=protocol.ref,
        status=protocol.spec.status,
        on=on,
        members=shared.members,
        alerts=shared.alerts,
        facilitators=group.facilitators,
        day=usual.day,
        booked=usual.booked,
        time=usual.time,
        minutes=minutes,
        number=usual.number,
        of=usual.of,
        phase=usual.phase,
        phase_title=usual.phase_title,
        aim=usual.aim,
        first=(
            *_unopened(courses),
            *_split(protocol, group),
            *_first(protocol, group, shared),
            *_of_all(protocol, (*usual.first, *usual.also_due)),
        ),
        standing=(
            *_standing(group, shared, scene.on),
            *session_lines(scene),
            *_charts(scene, going),
            *topic_lines(scene),
        ),
        steps=hour_steps(protocol, course, due, minutes, own_work=OWN_WORK),
        ask=usual.ask,
        note=usual.note,
        if_lines=usual.if_lines,
        coming=tuple(_shared_lines(protocol, usual.coming)),
        visits=usual.visits,
    ), shared  # fmt: skip


def _unopened(courses: Sequence[Course]) -> Iterator[Line]:
    """The members of whom only what is left is known, so that nothing is taken for all there is."""
    for course in courses:
        if course.unopened:
            yield Line("group_unopened", f"The course {course.id} cannot be opened: {course.unopened}.", "group")


def _split(protocol: Protocol, group: Group) -> Iterator[Line]:
    """That a move of the group stopped half way: what they share is then told by one version alone."""
    who = split_told(group)
    if who:
        told = (
            f"The members are under different versions of the protocol: {who}. Have the group moved on, or its move "
            f"taken back, before it meets. This page is by {protocol.ref}."
        )
        yield Line("group_split", told, "group")


def _first(protocol: Protocol, group: Group, shared: Common) -> Iterator[Line]:
    spec, size = protocol.spec.group, len(shared.members)
    if spec is not None and size < spec.size.low:
        told = f"The group has {counted(size, 'member')}; the protocol has {spec.size}. Decide how it goes on."
        yield Line("group_small", told, "group.size")
    if spec is not None and size > spec.size.high:
        told = f"The group has {counted(size, 'member')}; the protocol has {spec.size}."
        yield Line("group_large", told, "group.size")
    number = len(set(group.facilitators))
    if spec is not None and spec.facilitators is not None and number not in spec.facilitators:
        told = f"The group has {counted(number, 'facilitator')}; the protocol has {spec.facilitators}."
        yield Line("group_facilitators", told, "group.facilitators")
    if len(shared.phases) > 1:
        where = listed(f"{many} in {_title(protocol, phase)}" for phase, many in shared.phases)
        told = (
            f"The members are in different phases: {where}. The plan is that of most. Ask for the phase on the page of "
            "each member for whom it is still to come."
        )
        yield Line("group_apart", told, "phases")


def _charts(scene: Standing, courses: Sequence[Course]) -> Iterator[Line]:
    """Where most members have each further chart, and how many have it elsewhere."""
    for line in chart_lines(scene):
        yield line
        chart = str(line.values["chart"])
        titles = scene.protocol.spec.charts[chart].states
        stand = Counter(state_of(scene.protocol, course, chart) for course in courses).most_common()
        if len(stand) > 1:
            where = listed(f"{many} in '{titles[state].title if state in titles else state}'" for state, many in stand)
            told = f"Not all members stand there: {where}. If the group as a whole has moved, say it to all."
            yield Line("group_apart", told, line.path)


OWN_WORK = "Each on their own focus"
"""What stands in the plan where the members work on what is their own."""
DEADLINES = frozenset({"unrecorded", "task_first", "task_late", "task_by_now", "announce_now", "announce_soon"})
"""First lines of a usual page that speak of the hour, or of one that was booked, and of nobody."""


def _of_all(protocol: Protocol, lines: Iterable[Line]) -> Iterator[Line]:
    """What must not be missed with all members: shared tasks by their deadlines, and naming the ending."""
    shared = shared_tasks(protocol)
    for line in lines:
        if line.code in DEADLINES and line.values.get("task", "") in ("", *shared):
            yield line


def _shared_lines(protocol: Protocol, lines: Iterable[Line]) -> Iterator[Line]:
    """What lies ahead of all: without the tasks that are one member's own."""
    shared = shared_tasks(protocol)
    return (line for line in lines if line.values.get("task", "") in ("", *shared))


def _title(protocol: Protocol, phase: str) -> str:
    known = protocol.spec.phases.get(phase)
    return f"'{known.title if known else phase}'"


def _standing(group: Group, shared: Common, on: date) -> Iterator[Line]:
    led = f", led by {listed(group.facilitators)}" if group.facilitators else ""
    yield Line("group", f"{counted(len(shared.members), 'member')}{led}.", "group")
    if group.held:
        last = group.held[-1]
        there = f"{len(last.present)} of {len(last.present) + len(last.absent)} were there"
        yield Line("group_last", f"Session {last.number} on {dated(last.on, on)}: {there}.", "group")
    last_held = group.held[-1].on if group.held else None
    for missed in group.not_held[-1:]:
        if last_held is None or missed.on > last_held:
            yield Line("group_missed", f"Nobody was there on {dated(missed.on, on)}: no session was held.", "group")
    yield Line("group_pages", "Focus, scores and contacts of each member are on the member's own page.", "group")


__all__ = ["GroupAgenda", "group_agenda", "shared_tasks"]
