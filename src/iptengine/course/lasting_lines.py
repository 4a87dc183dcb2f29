"""The lines of a page about what lasts longer than a session: a pause that is over, a course that follows another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iptengine.course.following import follows_told
from iptengine.course.lines import Line
from iptengine.course.pauses import back_words
from iptengine.course.wording import dated

if TYPE_CHECKING:
    from iptengine.course.standing import Standing


def back_lines(scene: Standing) -> Iterator[Line]:
    """That the course rested, until a session was held since."""
    told = back_words(scene.protocol, scene.course, scene.on)
    if told:
        yield Line("back_from_pause", told, "pauses")


def voided_lines(scene: Standing) -> Iterator[Line]:
    """That a risk alert rests on a record that was voided, in favour of another course or of none."""
    gone = {id: event for event in scene.course.voided for id in event.events}
    for alert in scene.course.open_risk_alerts:
        if alert.cause in gone:
            other = (
                "it belongs to another course" if gone[alert.cause].meant_for else "it is recorded in no other course"
            )
            told = f"A record of {dated(alert.raised, scene.on)} was voided: {other}."
            told += " Its risk alert stays until you have assessed it."
            yield Line("voided_alert", told, "", {"alert": alert.id})


def follows_lines(scene: Standing) -> Iterator[Line]:
    """What the course follows, and what follows it."""
    for told in follows_told(scene.protocol, scene.course):
        yield Line("follows", told)
