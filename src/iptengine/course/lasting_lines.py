"""The lines of a page about what lasts longer than a session: a pause that is over, a course that follows another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iptengine.course.alert_moves import assessment_taken_back
from iptengine.course.alert_words import number_among
from iptengine.course.events import Voided
from iptengine.course.following import follows_told
from iptengine.course.gone import ended_by
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
    """That a risk alert rests on a record that was voided, in favour of another course or of none, or withdrawn."""
    for alert in scene.course.open_risk_alerts:
        gone = ended_by(scene.course, alert.cause)
        if gone is None:
            continue
        code, how = "withdrawn_alert", "withdrawn"
        if isinstance(gone, Voided):
            other = "it belongs to another course" if gone.meant_for else "it is recorded in no other course"
            code, how = "voided_alert", f"voided: {other}"
        told = f"A record of {dated(alert.raised, scene.on)} was {how}."
        told += " Its risk alert stays until you have assessed it."
        yield Line(code, told, "", {"alert": alert.id})


def taken_back_lines(scene: Standing) -> Iterator[Line]:
    """That the last assessment of an alert was taken back: it is open again, or what was found before stands."""
    waiting = [alert for alert in scene.course.alerts if alert.needs_assessment]
    for alert in scene.course.alerts:
        gone = assessment_taken_back(scene.course, alert)
        if gone is not None:
            told = f"An assessment of {dated(gone.on, scene.on)} was taken back: "
            which = f"its {alert.level} alert{number_among(alert, waiting)}"
            told += (
                f"{which} is open again."
                if alert.needs_assessment
                else f"what was found of {which} before that stands."
            )
            yield Line("assessment_taken_back", told, "", {"alert": alert.id})


def follows_lines(scene: Standing) -> Iterator[Line]:
    """What the course follows, and what follows it."""
    for told in follows_told(scene.protocol, scene.course):
        yield Line("follows", told)
