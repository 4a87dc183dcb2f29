"""What a member's page says of the group: that it is in one, and nothing of anybody else in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iptengine.course.first_lines import Line
from iptengine.course.grouping import told_stay

if TYPE_CHECKING:
    from iptengine.course.standing import Standing


def group_lines(scene: Standing) -> Iterator[Line]:
    """The group the course is in."""
    told = told_stay(scene.course, scene.on)
    if told:
        yield Line("group", told, "group")
