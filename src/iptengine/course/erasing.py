"""Erasing the patient text of a course: when it may be done, what it leaves open, and what the page says of it.

An erased course is closed for good. What would be recorded now has no key to be kept under, and in the clear it
would undo the erasure; so the course has to have ended, and every risk alert to have been assessed, before. Where the
key was destroyed first, neither can be recorded any more: then the erasure is put on record as it is, and an alert that
nobody assessed stays open and in the lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.lines import Line
from iptengine.course.wording import day

if TYPE_CHECKING:
    from iptengine.course.desk import Desk
    from iptengine.course.standing import Standing


def erase(desk: Desk, command: c.Erase) -> Iterator[e.Event]:
    """Record that the patient text of the course is erased; its key is destroyed by who keeps the keys."""
    course = desk.course
    if not command.because.strip():
        raise desk.nonsense("no_reason", "an erasure says why, without any patient text: the reason stays readable")
    if command.key_destroyed:
        yield desk.event(e.CourseErased, because=command.because)
        return
    if not course.ended:
        raise desk.nonsense("not_ended", "an erased course takes nothing more, so end it first", "outcomes")
    if course.open_risk_alerts:
        days = ", ".join(dict.fromkeys(_long_ago(alert.raised) for alert in course.open_risk_alerts))
        told = f"an erased course takes no assessment, and a risk alert of {days} still needs one: assess it first"
        raise desk.nonsense("risk_alert_open", told, "alerts")
    yield desk.event(e.CourseErased, because=command.because)


def check_open(desk: Desk) -> None:
    """Refuse what is said to an erased course, or would be taken from it.

    Raises:
        Refused: It was erased.
    """
    erased = desk.course.erased
    if erased is not None:
        told = (
            f"the patient text of this course was erased on {_long_ago(erased.on)}, and nothing more is recorded in it"
        )
        raise desk.nonsense("erased", f"{told}; begin a new course for what has to be recorded now")


def erased_lines(scene: Standing) -> Iterator[Line]:
    """That the text of the course was erased, so that nobody takes what is left for all there was."""
    erased = scene.course.erased
    if erased is not None:
        told = f"The patient text of this course was erased on {_long_ago(erased.on)}; scores and structure are left."
        yield Line("erased", f"{told} Reason: {erased.because}")


def _long_ago(on: date) -> str:
    """A day with its year, always: what was erased is looked at years later."""
    return f"{day(on)} {on.year}"
