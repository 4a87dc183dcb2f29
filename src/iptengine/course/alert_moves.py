"""What clinicians recorded of an alert, in order: how far it has come, and how far it had come before a part of it.

Each part can be taken back, withdrawn or voided: then the alert is what the rest of them says. Being watched and closed
rest on the assessment before them and go with it, so that no alert is quiet which nobody has assessed (law 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from operator import attrgetter

from iptengine.course.course import Alert, Course
from iptengine.course.events import AlertMoved, Event
from iptengine.course.filling import renewed


def moved_on(alert: Alert, move: AlertMoved) -> Alert:
    """The alert after one move."""
    if move.state != "assessed":
        return renewed(alert, state=move.state)
    return renewed(alert, state=move.state, found=move.found, plan=move.plan, assessed=move.on)


def as_moved(course: Course, alert: str) -> tuple[Alert, ...]:
    """The alerts of a course, the one of that id as the moves that are left of it say."""
    return tuple(_anew(course, one) if one.id == alert else one for one in course.alerts)


def _anew(course: Course, alert: Alert) -> Alert:
    found = renewed(alert, state="open", found="", plan="", assessed=None)
    for move in course.alert_moves:
        if move.alert == alert.id and not (found.needs_assessment and _rests(course, move)):
            found = moved_on(found, move)
    return found


def assessment_taken_back(course: Course, alert: Alert) -> AlertMoved | None:
    """The last assessment of an alert, when it was taken back and none was recorded since."""
    gone = [one.was for one in course.corrections if isinstance(one.was, AlertMoved)]
    every = [move for move in (*course.alert_moves, *gone) if move.alert == alert.id and move.state == "assessed"]
    last = max(every, key=attrgetter("at"), default=None)
    return last if last in gone else None


def opened_again(course: Course, events: Iterable[Event]) -> set[str]:
    """The alerts that wait for an assessment because these events have taken one back."""
    by = {event.id for event in events}
    moves = [one.was for one in course.corrections if one.by_event in by and isinstance(one.was, AlertMoved)]
    back = {move.alert for move in moves if move.state == "assessed"}
    return {alert.id for alert in course.alerts if alert.id in back and alert.needs_assessment}


def resting_on(course: Course, id: str) -> tuple[str, ...]:
    """What rests on the assessment that the event `id` recorded: that the alert was then watched, and closed."""
    taken = next((n for n, move in enumerate(course.alert_moves) if move.id == id and move.state == "assessed"), None)
    if taken is None:
        return ()
    after = (one for one in course.alert_moves[taken + 1 :] if one.alert == course.alert_moves[taken].alert)
    until_next = takewhile(lambda move: move.state != "assessed", after)
    return tuple(move.id for move in until_next if _rests(course, move))


def _rests(course: Course, move: AlertMoved) -> bool:
    """Whether a move needs an assessment before it; a review that a void closed with its record does not."""
    return move.state in ("monitoring", "closed") and all(move.command != one.command for one in course.voided)
