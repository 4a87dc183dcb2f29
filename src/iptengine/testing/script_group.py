"""What a happening says of a group, as commands to one course."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iptengine.authoring.vignette_told import Happening
from iptengine.course import commands as c
from iptengine.course.course import Course

Named = tuple[str, c.Command]


def joined(told: Happening, course: Course) -> Iterator[Named]:
    """A group that is joined; one that counts nobody but this course has one member."""
    if told.join is not None:
        size = 1 if told.join.size is None else told.join.size
        yield "join", c.JoinGroup(told.join.group, size=size, facilitators=told.join.facilitators)


def left(told: Happening, course: Course) -> Iterator[Named]:
    """A group that is left."""
    if told.leave is not None:
        yield "leave", c.LeaveGroup(because=told.leave.because, stay=told.leave.stay)


def held_in(told: Happening) -> dict[str, Any]:
    """What a session held says of the group it was held in."""
    if told.group is None:
        return {}
    return {"group": told.group.group, "together": told.group.together, "facilitators": told.group.facilitators}


def missed_in(told: Happening) -> dict[str, Any]:
    """What a session missed says of the group that met."""
    return {} if told.group is None else {"group": told.group.group}
