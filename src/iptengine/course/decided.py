"""What was decided at the last session and since, with why: stages between sessions, the focus, the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from iptengine.course.course import Appointment, Course, Focus, StageEntry
from iptengine.course.wording import first_lower, spoken
from iptengine.protocol.protocol import Protocol

Decided = tuple[str, str, date | None]
"""What was decided, why, and its day where that is after the last session."""


def set_in(session: Appointment, entry: StageEntry) -> bool:
    """Whether a stage was recorded in a session, or on its day."""
    return entry.session == session.id or (not entry.session and entry.on == session.on)


def decided_since(protocol: Protocol, course: Course, last: Appointment) -> Iterator[Decided]:
    """What was decided from the day of the last session on, in the order of days, but for the stages set in it."""
    return _since(last, (*_stages(protocol, course, last), *_focuses(protocol, course)))


def amended_since(course: Course, last: Appointment) -> Iterator[Decided]:
    """Changes to the contract from the day of the last session on."""
    return _since(last, _amendments(course))


def _since(last: Appointment, found: Iterable[tuple[str, str, date]]) -> Iterator[Decided]:
    for what, why, on in sorted(found, key=lambda one: one[2]):
        if on >= last.on:
            yield what, why, on if on > last.on else None


def _stages(protocol: Protocol, course: Course, last: Appointment) -> Iterator[tuple[str, str, date]]:
    for focus in course.focuses:
        area = protocol.spec.problem_areas.get(focus.area)
        for entry in focus.history:
            if area and entry.stage in area.stages and not set_in(last, entry):
                title = area.stages[entry.stage].title
                told = f"{area.title}, {first_lower(title)}" if len(course.open_focuses) > 1 else title
                yield told, entry.because, entry.on


def _focuses(protocol: Protocol, course: Course) -> Iterator[tuple[str, str, date]]:
    """Focuses that were closed; where the work changed to another one, to which."""
    for focus in course.focuses:
        if focus.closed is not None:
            new = _changed_to(course, focus)
            told = f"Focus closed: {_named(protocol, focus)}"
            if new is not None:
                told = f"Focus changed from {_named(protocol, focus)} to {_named(protocol, new)}"
            yield told, focus.because, focus.closed


def _changed_to(course: Course, old: Focus) -> Focus | None:
    """The focus that was agreed when another was closed, on its day and for the same reason."""
    others = (focus for focus in course.focuses if focus.id != old.id and focus.agreed == old.closed)
    return next((focus for focus in others if focus.because and focus.because == old.because), None)


def _named(protocol: Protocol, focus: Focus) -> str:
    area = protocol.spec.problem_areas.get(focus.area)
    title = first_lower(area.title) if area else spoken(focus.area)
    return f"{title} with {focus.person}" if focus.person else title


def _amendments(course: Course) -> Iterator[tuple[str, str, date]]:
    """Changes to the contract, with the numbers of sessions where they changed."""
    first = course.contract.sessions_at_first if course.contract else None
    numbers = (first, *(one.sessions for one in course.amendments))
    for amended, (before, now) in zip(course.amendments, pairwise(numbers), strict=True):
        told = f"Contract amended from {before} to {now} sessions" if before and now and before != now else ""
        yield told or "Contract amended", amended.because, amended.on
