"""Pauses: a stretch in which the course rests, what it does to misses, count and stop, and what is due again after it.

Nothing here is asked before an alert is raised, shown or assessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.course import Course
from iptengine.course.desk import Desk, warning
from iptengine.course.events import CourseWarning, Event
from iptengine.course.rests import Rest, resting, rests
from iptengine.course.wording import counted, dated, first_lower, listed
from iptengine.protocol.parts import PauseSpec
from iptengine.protocol.protocol import Protocol

Events = Iterator[Event]


# -- what is reported --------------------------------------------------------------------------------------------


def begin(desk: Desk, command: c.Pause) -> Events:
    """The course rests from a day on; a pause that lasts already ends with it."""
    if command.pause not in desk.protocol.spec.pauses:
        known = ", ".join(desk.protocol.spec.pauses) or "none"
        raise desk.nonsense("unknown_pause", f"this protocol knows the pauses {known}", "pauses")
    yield desk.event(
        e.PauseBegan, warnings=_beginning_warnings(desk), pause=command.pause, because=command.because
    )  # fmt: skip


def _beginning_warnings(desk: Desk) -> Iterator[CourseWarning]:
    lasting = resting(desk.course, desk.on)
    if lasting is not None:
        text = f"the course was paused already ({titled(desk.protocol, lasting)}); that pause ends with this one"
        yield warning("already_paused", text, "pauses", lasting.pause)
    if desk.course.ended:
        yield warning("after_end", f"the course had ended ({desk.course.ended})", "outcomes", desk.course.ended)


def end(desk: Desk, command: c.EndPause) -> Events:
    """The course goes on from a day on."""
    found = [rest for rest in rests(desk.course) if rest.began <= desk.on]
    if not found or (found[-1].ended is not None and not found[-1].holds(desk.on)):
        raise desk.nonsense("not_paused", f"the course does not rest on {desk.on.isoformat()}", "pauses")
    yield desk.event(e.PauseEnded, pause=found[-1].pause)


def session_warnings(desk: Desk) -> Iterator[CourseWarning]:
    """A session held while the course rests."""
    rest = resting(desk.course, desk.on)
    if rest is not None:
        text = f"the course rests since {rest.began.isoformat()} ({titled(desk.protocol, rest)}); end the pause"
        yield warning("in_pause", text, "pauses", rest.pause)


def uses_none(protocol: Protocol, course: Course, on: date) -> bool:
    """Whether an appointment that comes to nothing on a day uses up no session, because the course rests."""
    rest = resting(course, on)
    return rest is not None and not _spec(protocol, rest).uses_session


# -- what it means -----------------------------------------------------------------------------------------------

_UNKNOWN = PauseSpec.model_validate({"title": "a pause"})


def _spec(protocol: Protocol, rest: Rest) -> PauseSpec:
    """What the protocol says of a pause; of one it does not know, nothing."""
    return protocol.spec.pauses.get(rest.pause, _UNKNOWN)


def titled(protocol: Protocol, rest: Rest) -> str:
    """What kind of pause it is, inside a sentence."""
    return first_lower(_spec(protocol, rest).title)


def long_enough(protocol: Protocol, rest: Rest, on: date) -> bool:
    """Whether a pause lasted, by a day, longer than the protocol lets pass without beginning some tasks anew."""
    limit = _spec(protocol, rest).longer_than
    last = on if rest.ended is None else min(on, rest.ended)
    return limit is None or last > limit.ends(rest.began)


def due_after_pause(protocol: Protocol, course: Course, on: date) -> Mapping[str, Rest]:
    """The tasks that are due again because the course rested, each with the pause; done since, they are not."""
    found: dict[str, Rest] = {}
    for rest in rests(course):
        if rest.ended is None or rest.ended > on or not long_enough(protocol, rest, on):
            continue
        found |= dict.fromkeys(_spec(protocol, rest).then, rest)
    return {task: rest for task, rest in found.items() if not _seen_to(course, task, rest)}


def _seen_to(course: Course, task: str, rest: Rest) -> bool:
    """Whether a task was done since the course went on, or was left out then."""
    settled = ("done", "declined", "not_applicable")
    return any(t.task == task and t.how in settled and rest.ended and t.on >= rest.ended for t in course.tasks)


def why_again(protocol: Protocol, rest: Rest) -> str:
    """Why a task is due again."""
    return f"due again after the pause ({titled(protocol, rest)})"


def lasting_words(protocol: Protocol, course: Course, on: date) -> str:
    """Since when the course rests, and what follows when it goes on; empty when it does not rest."""
    rest = resting(course, on)
    if rest is None:
        return ""
    told = f"Paused since {dated(rest.began, on)} ({titled(protocol, rest)}): nothing is due of sessions and measures."
    again = [_label(protocol, task) for task in _spec(protocol, rest).then]
    if again and long_enough(protocol, rest, on):
        told += f" When it goes on, due again: {listed(again)}."
    return told


def back_words(protocol: Protocol, course: Course, on: date) -> str:
    """That the course rested, until a session was held since."""
    past = [rest for rest in rests(course) if rest.ended is not None and rest.ended <= on]
    if not past or resting(course, on) is not None:
        return ""
    last = past[-1]
    if course.last_held is not None and last.ended is not None and course.last_held.on >= last.ended:
        return ""
    what, begun = titled(protocol, last), dated(last.began, on)
    return f"Back after a pause of {counted(last.days(on), 'day')} ({what}), begun {begun}."


def _label(protocol: Protocol, task: str) -> str:
    home = protocol.tasks.get(task)
    return (home.spec.label if home else None) or task.replace("_", " ")


def used_in_pause(protocol: Protocol, course: Course) -> Iterator[CourseWarning]:
    """Misses on record that used up a session, where a pause reported later says they do not."""
    for missed in course.appointments:
        if missed.used and not missed.held and uses_none(protocol, course, missed.on):
            when = missed.on.isoformat()
            text = f"the appointment of {when} used up a session, and the course rested then; correct it"
            yield CourseWarning("miss_in_pause", text, "pauses")


Handler = Callable[[Desk, Any], Events]
REPORTS: Mapping[str, Handler] = {"pause": begin, "end_pause": end}
