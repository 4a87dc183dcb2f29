"""A course's stay in a group: what its own events say of it, and nothing of any other member."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from iptengine.course import events as e
from iptengine.course.course import Anomaly, Course, GroupStay

Changes = dict[str, Any]


def stay_on(course: Course, on: date, group: str = "") -> GroupStay | None:
    """The stay a course was in on a day; in `group`, where one is named. The day of leaving is no longer in it."""
    found = (stay for stay in reversed(course.groups) if not group or stay.group == group)
    return next((stay for stay in found if stay.joined <= on and (stay.left is None or on < stay.left)), None)


def present_stay(course: Course) -> GroupStay | None:
    """The group a course is in now."""
    last = course.groups[-1] if course.groups else None
    return last if last is not None and last.left is None else None


def joined(course: Course, event: e.GroupJoined) -> Changes:
    stay = GroupStay(event.group, event.on, event.size, event.facilitators, event.id)
    return {"groups": (*course.groups, stay)}


def left(course: Course, event: e.GroupLeft) -> Changes:
    here = present_stay(course)
    if here is None or here.group != event.group:
        told = Anomaly(event.id, f"the course was not in the group '{event.group}' that it left")
        return {"anomalies": (*course.anomalies, told)}
    return {"groups": (*course.groups[:-1], replace(here, left=event.on, because=event.because))}


EVOLVE: Mapping[str, Callable[[Course, Any], Changes]] = {"group_joined": joined, "group_left": left}
"""How a course goes on after each of these events."""
