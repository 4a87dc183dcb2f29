"""Where a course stands beside its plan: the session budget, windows that closed, an ending not named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from iptengine.course import timing
from iptengine.course.calendar_lines import none_left_told, stop_told, unfitting_bookings
from iptengine.course.course import Course
from iptengine.course.events import CourseWarning
from iptengine.course.facts import CourseFacts
from iptengine.course.named_dates import entered_after
from iptengine.course.pauses import due_after_pause, used_in_pause
from iptengine.course.plan_lines import least_left, plan_warnings
from iptengine.course.running_order import repeats, returns
from iptengine.course.topics import kept_out
from iptengine.course.wording import counted, first_lower, listed, listed_up_to, spoken
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Protocol, reasons
from iptengine.protocol.running_order import placed

USUAL_MINUTES = 10
"""Minutes a task is taken to need when the protocol does not say: a decision of this project, no clinical figure."""

MOST_OPEN = 6
"""Required tasks that are named when no session is left; of more, how many there are."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Sessions left, required tasks still open, and whether they fit.

    `fits` is ``None`` while there is no contract. Half of each hour is taken to be free for tasks that are done
    once; the other half belongs to what every session holds. Where the protocol writes what each session holds, whole
    hours count, without the tasks that return from the session that names them first on; one that returns only under
    conditions takes no time. A session booked beyond the count is an hour as well. `doses` are the sessions, or parts
    of one, that the components of the plan still need at the least, and `doses_fit` whether they fit; the tasks of
    components are not among those in `open`.
    """

    left: int | None
    open: tuple[str, ...]
    minutes: int
    fits: bool | None
    doses: str = "0"
    doses_fit: bool | None = None


def budget(protocol: Protocol, course: Course, facts: CourseFacts) -> Budget:
    """Whether the required tasks still open fit into the sessions left."""
    open_tasks = tuple(_required_open(protocol, course, facts))
    minutes = sum(protocol.tasks[name].spec.minutes or USUAL_MINUTES for name in open_tasks)
    left = timing.sessions_left(course)
    needed = least_left(facts.plan)
    hour = (course.contract.minutes if course.contract else None) or protocol.spec.contract.minutes.high
    fits = None if left is None else minutes <= _free(protocol, course, facts, left, hour)
    return Budget(left, open_tasks, minutes, fits, str(needed), None if left is None else needed <= left)


def _free(protocol: Protocol, course: Course, facts: CourseFacts, left: int, hour: int) -> Fraction:
    """Minutes of the sessions to come that tasks done once can have; a session booked beyond the count is one too."""
    booked = sum(a.status == "planned" and a.on >= facts.on for a in course.appointments)
    ahead = max(left, booked)
    if not protocol.spec.sessions:
        return Fraction(ahead * hour, 2)
    following = timing.sessions_used(course) + 1
    numbers = range(following, following + ahead)
    return sum((max(Fraction(0), hour - _returning(protocol, number)) for number in numbers), Fraction(0))


def _returning(protocol: Protocol, number: int) -> Fraction:
    """Minutes of a session that belong to the tasks that return by then, whatever the course; see `Budget`."""
    begun = (place.spec for place in placed(protocol.spec.sessions) if place.first <= number)
    named = dict.fromkeys(task for session in begun for task in session.order)
    homes = [(protocol.tasks[name], repeats(protocol.tasks[name])) for name in named]
    always = [(home.spec, every) for home, every in homes if every and not home.spec.only_if]
    return sum((Fraction(spec.minutes or USUAL_MINUTES, every) for spec, every in always), Fraction(0))


def _required_open(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[str]:
    """Tasks that are required and not on record.

    Must tasks of this phase and of those it leads to, those of the open focuses, and what the running order names.
    """
    phases = _from_here(protocol, course.phase)
    named = {task for session in protocol.spec.sessions.values() for task in session.order}
    again = due_after_pause(protocol, course, facts.on)
    focuses = {f.area: (f, facts.for_focus(f)) for f in course.open_focuses if not f.finished}
    for home in protocol.tasks.values():
        if (home.group != "must" and home.name not in named) or home.component or returns(home):
            continue
        if home.spec.topic and all(kept_out(protocol, phase, home.spec.topic) for phase in phases):
            continue
        focus, seen = focuses.get(home.area, (None, facts))
        if home.area and (focus is None or (home.stage and home.stage != focus.stage)):
            continue
        elsewhere = home.phase and home.phase not in phases and home.name not in named
        if elsewhere or (home.spec.times and not home.spec.times.least):
            continue
        if seen.is_open(home.name) or home.name in again:
            yield home.name


def _from_here(protocol: Protocol, phase: str) -> set[str]:
    """The phase and every phase it can still lead to."""
    found: set[str] = set()
    todo = [phase]
    while todo:
        here = todo.pop()
        if here in found or here not in protocol.spec.phases:
            continue
        found.add(here)
        todo += protocol.spec.phases[here].next
    return found


def warnings(protocol: Protocol, course: Course, *, on: date) -> tuple[CourseWarning, ...]:
    """What the clinician should know about where the course stands on the day `on`."""
    if course.started is None:
        return ()
    facts = CourseFacts(protocol, course, on)
    return warnings_seen(protocol, course, facts, budget(protocol, course, facts))


def warnings_seen(protocol: Protocol, course: Course, facts: CourseFacts, found: Budget) -> tuple[CourseWarning, ...]:
    """The same, for a course that has begun, where its budget is known already."""
    told = list(_anomalies(course))
    if course.ended is None:
        told += [
            *_window(protocol, course, facts),
            *_announcement(protocol, course),
            *_budget(protocol, found),
            *plan_warnings(facts),
            *_unstaged(protocol, course, facts),
            *_calendar(protocol, course, facts),
            *used_in_pause(protocol, course),
        ]
    return tuple(told)


def _anomalies(course: Course) -> Iterator[CourseWarning]:
    for anomaly in course.anomalies:
        yield CourseWarning("anomaly", f"the history holds something this version cannot use: {anomaly.text}")


def closed_window(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[str, str]:
    """That the time meant for the phase is over, in words, and the key of that time; empty while it is not."""
    phase = protocol.spec.phases.get(course.phase)
    if phase is None or facts.window(course.phase) != "closed":
        return "", ""
    by_count = timing.window_state(phase.window, course) == "closed"
    if not by_count and phase.dates and entered_after(phase.dates, course, course.phase):
        return "", ""
    span = phase.window.positions(timing.contracted(course)) if by_count and phase.window else None
    if span is not None:
        return f"'{phase.title}' was meant to last until session {span[1]}", "window"
    return f"'{phase.title}' was meant {phase.dates}, and that time is over", "dates"


def _window(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[CourseWarning]:
    told, key = closed_window(protocol, course, facts)
    if not told:
        return
    unmet = [
        spoken(reason.code)
        for target in protocol.spec.phases[course.phase].next
        if target in protocol.spec.phases
        for reason in reasons(protocol.at("phases", course.phase, "next", target), facts)
    ]
    if unmet:
        yield CourseWarning("window_closed", f"{told}; still open: {listed(unmet)}", f"phases.{course.phase}.{key}")


def _announcement(protocol: Protocol, course: Course) -> Iterator[CourseWarning]:
    announce = protocol.spec.termination.announce
    if announce is None or course.announced is not None:
        return
    by = announce.by.number(timing.contracted(course))
    if by is not None and timing.sessions_used(course) >= by:
        left = counted(timing.sessions_left(course) or 0, "session")
        yield CourseWarning(
            "ending_not_announced", f"the ending is not named yet, with {left} left", "termination.announce"
        )


def _budget(protocol: Protocol, found: Budget) -> Iterator[CourseWarning]:
    if found.fits is False:
        labels = _labels(protocol, found.open)
        if found.left:
            told = f"{counted(found.left, 'session')} left for {counted(len(labels), 'required task')}"
            text = f"{told}: {listed_up_to(labels)}"
        else:
            text = f"no session is left; required and not on record: {listed_up_to(labels, MOST_OPEN)}"
        yield CourseWarning("budget_short", text, "contract.sessions")


def _labels(protocol: Protocol, tasks: tuple[str, ...]) -> list[str]:
    """The tasks as the plan of the hour names them."""
    return [protocol.tasks[name].spec.label or spoken(name) for name in tasks]


def _calendar(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[CourseWarning]:
    told = stop_told(protocol, course, facts)
    if told:
        yield CourseWarning("calendar_stopped", first_lower(told), "calendar")
    none_left = none_left_told(protocol, course, facts)
    if none_left:
        yield CourseWarning("no_visit_left", first_lower(none_left), "calendar.stop")
    yield from unfitting_bookings(protocol, course, facts.on)


def _unstaged(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[CourseWarning]:
    phase = protocol.spec.phases.get(course.phase)
    if phase is None or not phase.focus_work:
        return
    for focus in course.open_focuses:
        if focus.stage == UNSTAGED and facts.sessions_in_phase:
            title = protocol.spec.problem_areas[focus.area].title
            yield CourseWarning("unstaged", f"{title}: no stage is set yet", f"problem_areas.{focus.area}.stages")
