"""The agenda of a group as pages: what its members share, once; for what is a member's own, the member's page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from iptengine.course.course import Course
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import Line
from iptengine.course.group_agenda import GroupAgenda, group_agenda
from iptengine.course.groups import Group
from iptengine.course.hiding import THERAPIST, seen_by
from iptengine.course.unread_alerts import none_open
from iptengine.course.wording import dated_weekday, first_lower, listed
from iptengine.diagnostics import IptengineError
from iptengine.protocol.protocol import Protocol
from iptengine.render.filling import sentence
from iptengine.render.json_page import library_version, page_json, plain
from iptengine.render.page import (
    LONG,
    SHORT,
    Block,
    Field,
    Form,
    Lines,
    Marked,
    Page,
    Pairs,
    Plan,
    PlanRow,
    Section,
)
from iptengine.render.scope import Voice, one_line, therapist_voice
from iptengine.render.shown import Shown

SCHEMA = "iptengine.group-agenda/1"
MOST_AHEAD = 2
"""Sessions after the next one that the page names."""


@dataclass(frozen=True, slots=True, repr=False)
class GroupPage(Shown):
    """What the next session of a group should hold, ready to be shown to those who lead it.

    Attributes:
        value: The agenda as a value; ``None`` when it could not be made.
        group: The group.
        problem: Why the page could not be made, in a sentence; empty when it could. The courses with an open risk
            alert are told all the same.
    """

    value: GroupAgenda | None
    group: Group
    problem: str
    alerts: tuple[str, ...]
    _page: Page
    _protocol: Protocol
    _on: date

    def __repr__(self) -> str:
        return f"<GroupPage of {self.group.id}>"

    def data(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "schema": SCHEMA,
            "on": self._on.isoformat(),
            "group": plain(self.group),
            "problem": self.problem,
            "alerts": list(self.alerts),
            "protocol": {"ref": self._protocol.ref, "digest": self._protocol.digest},
            "rendered_with": {"iptengine": library_version()},
            "page": page_json(self._page),
            "agenda": None if self.value is None else plain(self.value),
        }


def group_page(
    protocol: Protocol, group: Group, courses: tuple[Course, ...], *, on: date, role: str = THERAPIST
) -> GroupPage:
    """The agenda of the next session of `group`, as it stands on the day `on`.

    Args:
        protocol: The protocol its courses keep.
        courses: The courses in it on that day.
        role: Who reads it; what is kept from this role is not on it.
    """
    courses = tuple(seen_by(protocol, course, role, THERAPIST) for course in courses)
    alerts = tuple(course.id for course in courses if course.open_risk_alerts)
    value, page, problem = None, None, "" if group.going_on(on) else "nobody is in the group on that day"
    if not problem:
        try:
            value, shared = group_agenda(protocol, group, courses, on=on)
            voice = therapist_voice(protocol, shared.course, CourseFacts(protocol, shared.course, on), None)
            page = _page(protocol, value, voice, none_open(*courses))
        except IptengineError as fault:
            problem = str(fault)
        except (ValueError, LookupError):
            problem = f"a record holds something that {protocol.ref} does not know"
    if page is None:
        page = _page_without(group, alerts, problem)
    return GroupPage(value, group, problem, alerts, page, protocol, on)


def told_alerts(courses: tuple[str, ...]) -> tuple[str, ...]:
    """One line for each course with an open risk alert, in built-in words: which, and nothing of what it is."""
    return tuple(f"{course} needs your assessment today. Open the page of this course." for course in courses)


def _page(protocol: Protocol, value: GroupAgenda, voice: Voice, none: str) -> Page:
    count = f" of {value.of}" if value.of is not None else ""
    day = dated_weekday(value.day, value.on)
    when = f"{day}{f', {one_line(value.time)}' if value.time else ''}, {value.minutes} min"
    status = " draft" if value.status == "draft" else ""
    return Page(
        audience="therapist",
        language="en",
        title=f"Group session {value.number}",
        left=f"GROUP {value.group}",
        when=f"{when}{'' if value.booked else ' (not booked)'}",
        right=f"SESSION {value.number}{count}, {first_lower(value.phase_title).removesuffix(' phase')}",
        under=(f"TODAY: {sentence(voice.say(value.aim))}",),
        sections=tuple(section for section in _sections(value, voice, none) if section.blocks),
        footer=f"{protocol.id} {protocol.version}{status}; group {value.group}. A proposal: you decide.",
        alerts=told_alerts(value.alerts),
    )


def _sections(value: GroupAgenda, voice: Voice, none: str) -> tuple[Section, ...]:
    rows = tuple(
        PlanRow(number, step.label, tuple(voice.say(text) for text in step.texts), step.minutes)
        for number, step in enumerate(value.steps, 1)
    )
    minutes = sum(row.minutes for row in rows)
    told = f"Risk alerts: {none} in the courses of this group. Ask again today, each alone."
    first = (*(() if value.alerts else (told,)), *(_told(line, voice) for line in value.first))
    words = tuple(voice.say(text) for text in value.ask)
    plan = (Plan(rows),) if rows else (Lines(("No task is due for all of them.",)),)
    return (
        Section("first", "FIRST", (Marked(first),) if first else ()),
        Section("standing", "WHERE WE ARE", (Lines(tuple(_told(line, voice) for line in value.standing)),)),
        Section("plan", f"PLAN ({minutes} minutes)" if rows else "PLAN", plan),
        Section("words", "WORDS YOU MIGHT USE", (Lines(words),) if words else ()),
        Section("if", "IF", tuple(_ifs(value, voice))),
        Section("ahead", "AHEAD", tuple(_ahead(value, voice))),
        Section("members", "MEMBERS (a page each)", (Lines(value.members, flow=True),)),
        Section("after", "AFTER (two minutes)", (Form(_after(value)),)),
    )


def _ifs(value: GroupAgenda, voice: Voice) -> Iterator[Block]:
    if value.if_lines:
        yield Pairs(tuple((voice.say(when), voice.say(then)) for when, then in value.if_lines))
    if value.note:
        yield Lines((voice.say(value.note),))


def _ahead(value: GroupAgenda, voice: Voice) -> Iterator[Block]:
    """The sessions after the next one, and what begins or must be done by then."""
    after = [visit for visit in value.visits if visit.on > value.day]
    days = [dated_weekday(visit.on, value.on) for visit in after]
    told = [f"After that: {listed(days[:MOST_AHEAD])}."] if days else []
    told += [f"Last: {days[-1]}."] if len(days) > MOST_AHEAD else []
    told += [_coming(line, voice) for line in value.coming]
    if told:
        yield Lines(tuple(told), flow=True)


def _coming(line: Line, voice: Voice) -> str:
    return sentence(_told(line, voice)) if line.text else f"Next time: {first_lower(_told(line, voice))}"


def _after(value: GroupAgenda) -> tuple[tuple[Field, ...], ...]:
    """Who was there, by the ids of the courses, and what of the plan was done with all of them."""
    steps = tuple(str(number) for number, _ in enumerate(value.steps, 1))
    done = ((Field("Done", steps),),) if steps else ()
    return ((Field("There", value.members),), *done, (Field("Led by", size=LONG), Field("minutes", size=SHORT)))


def _told(line: Line, voice: Voice) -> str:
    return one_line(f"{line.text}{voice.say(line.template) if line.template else ''}{line.after}")


def _page_without(group: Group, alerts: tuple[str, ...], problem: str) -> Page:
    """What is left when the page cannot be made: which courses have an open risk alert, and why it cannot."""
    told = f"The rest of this page could not be made: {problem.rstrip('.')}."
    return Page(
        audience="therapist",
        language="en",
        title="Group",
        left=f"GROUP {group.id}",
        right="PAGE NOT COMPLETE",
        sections=(Section("problem", "WHAT IS MISSING", (Lines((told, "The records are not touched by this.")),)),),
        alerts=told_alerts(alerts),
    )


__all__ = ["GroupPage", "group_page", "told_alerts"]
