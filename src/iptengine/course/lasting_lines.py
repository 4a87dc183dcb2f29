"""The lines of a page about what lasts longer than a session: a pause that is over, a course that follows another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iptengine.course.lines import Line
from iptengine.course.pauses import back_words

if TYPE_CHECKING:
    from iptengine.course.standing import Standing


def back_lines(scene: Standing) -> Iterator[Line]:
    """That the course rested, until a session was held since."""
    told = back_words(scene.protocol, scene.course, scene.on)
    if told:
        yield Line("back_from_pause", told, "pauses")
