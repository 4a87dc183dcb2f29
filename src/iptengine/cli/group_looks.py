"""What is read of a group from the shell: its page, its members. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from iptengine.cli import screen
from iptengine.cli.came_of_it import loud
from iptengine.cli.course_looks import Looking
from iptengine.cli.pages import written
from iptengine.course.groups import Group, Meeting, Member, split_told
from iptengine.course.wording import listed


def show_page(looking: Looking, group: str, form: str) -> int:
    """Prints the page for those who lead the group."""
    with looking.reader() as reader:
        page = reader.group_agenda(group, on=looking.day)
    screen.say(written(page, form))
    return 0


def show_members(looking: Looking, group: str, form: str) -> int:
    """Prints who is and was in it, and when it has met."""
    with looking.reader() as reader:
        found = reader.group(group)
        waiting = reader.alerts(courses=[member.course for member in found.members])
    alerts = list(dict.fromkeys(alert.course for alert in waiting if alert.needs_assessment and alert.level == "risk"))
    if form == "json":
        screen.say(screen.json_text({"alerts": alerts, **asdict(found)}))
        return 0
    for course in alerts:
        screen.say(loud(screen.wrapped(f"RISK ALERT: {course} needs your assessment today", 0, 2)))
    who = split_told(found)
    if who:
        screen.say(_split(looking, who))
    screen.say_all(_told(found))
    return 0


def _split(looking: Looking, who: str) -> str:
    """That a move of the group stopped half way, and what to type."""
    told = (
        f"SPLIT: the members are under different versions of the protocol: {who}. Move the group on, or take its move "
        f"back, before it meets: `iptengine migrate {looking.store} PROTOCOL`, or the same with --undo"
    )
    return screen.wrapped(told, 0, 2)


def _told(group: Group) -> Iterator[str]:
    led = f", led by {listed(group.facilitators)}" if group.facilitators else ""
    yield screen.strong(f"Group {group.id}, {listed(group.versions) or group.protocol}{led}")
    yield from screen.columns((member.course, _stay(member)) for member in group.members)
    if group.meetings:
        yield "sessions:"
        yield from screen.columns((meeting.on.isoformat(), _meeting(meeting)) for meeting in group.meetings)


def _stay(member: Member) -> str:
    stay = f"since {member.joined.isoformat()}"
    if member.left is not None:
        return f"{stay}, left {member.left.isoformat()}"
    return f"{stay}, ended {member.ended.isoformat()}" if member.ended is not None else stay


def _meeting(meeting: Meeting) -> str:
    if meeting.planned:
        return f"planned {meeting.time}".rstrip()
    number = f"number {meeting.number}" if meeting.number is not None else "not held"
    there = [f"there: {listed(meeting.present)}"] if meeting.present else []
    away = [f"{course}: {status}" for course, status in meeting.absent.items()]
    return "; ".join((number, *there, *away))


__all__ = ["show_members", "show_page"]
