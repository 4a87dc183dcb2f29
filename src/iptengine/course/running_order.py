"""What the next session holds where the protocol writes a running order: which tasks it asks for, and why each.

A task that the order names is due by the order and not otherwise. First come the tasks of every session that were
introduced and return, then what stayed due of earlier sessions, then the session itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from iptengine.course import timing
from iptengine.course.course import Appointment, Course, in_session
from iptengine.course.events import TaskLogged
from iptengine.protocol.protocol import Protocol, TaskHome
from iptengine.protocol.running_order import Place, placed

LEFT_OUT = frozenset({"declined", "not_applicable"})
BY_CALENDAR = "by the calendar"
"""Why a task returns after so many days, weeks or months; whether it is time, the calendar says."""
RETURNS, STAYED, HERE = range(3)
"""The parts of a session, in the order of its page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Why the running order asks for a task next session.

    Attributes:
        part: Whether it returns, stayed due, or stands in the order of the session itself.
        unknown: Nothing is known of the session that held it, so that it may have been done.
    """

    why: str
    part: int
    unknown: bool = False


def repeats(home: TaskHome) -> int | None:
    """Every how many sessions a task returns; ``None`` for one that does not."""
    return home.spec.times.every if home.spec.times else (1 if home.group == "each_session" else None)


def returns(home: TaskHome) -> bool:
    """Whether a task is asked for again and again, by sessions or by the calendar."""
    return home.spec.times.recurs if home.spec.times else home.group == "each_session"


class RunningOrder:
    """The running order of a protocol as it stands for one course, at its next session."""

    def __init__(self, protocol: Protocol, course: Course) -> None:
        self._protocol = protocol
        self._course = course
        self.number = timing.sessions_used(course) + 1
        self.places = placed(protocol.spec.sessions)

    @cached_property
    def here(self) -> Place | None:
        """What the next session is, where the order says it."""
        return next((place for place in self.places if self.number in place), None)

    @cached_property
    def named(self) -> frozenset[str]:
        """Every task that the order names, in whichever session."""
        return frozenset(task for place in self.places for task in place.spec.order)

    @cached_property
    def begun(self) -> Mapping[str, Place]:
        """The tasks that a session so far names, this one included, each with the last that does; in their order."""
        found: dict[str, Place] = {}
        for place in self.places:
            if place.first <= self.number:
                for task in place.spec.order:
                    found.pop(task, None)
                    found[task] = place
        return found

    def asked(self, home: TaskHome, focus: str = "") -> Asked | None:
        """Why a task that the order names is due next session; ``None`` when it is not."""
        place = self.begun.get(home.name)
        if place is None:
            return None
        logs = [entry for entry in self._logs.get(home.name, ()) if entry.focus in ("", focus)]
        every = repeats(home)
        if home.spec.times and home.spec.times.interval and any(entry.how == "done" for entry in logs):
            return Asked(BY_CALENDAR, HERE if place is self.here else RETURNS)
        if every and (logs or self._unknown(place)):
            return self._again(place, every, logs)
        return self._until_done(home, place, logs)

    def _again(self, place: Place, every: int, logs: list[TaskLogged]) -> Asked | None:
        """A task that was introduced: it returns, in the session that names it or at the head of one that does not."""
        done = [self._number_of(entry) for entry in logs if entry.how == "done"]
        part = HERE if place is self.here else RETURNS
        named_anew = part == HERE and not any(number >= place.first for number in done)
        if every == 1 or named_anew or not done or self.number - max(done) >= every:
            return Asked("every session" if every == 1 else f"every {every} sessions", part)
        return None

    def _until_done(self, home: TaskHome, place: Place, logs: list[TaskLogged]) -> Asked | None:
        """A task that is asked for until it is on record, from the last session that names it."""
        since = [entry for entry in logs if self._number_of(entry) >= place.first]
        if since and since[-1].how in LEFT_OUT:
            return None
        times = home.spec.times if home.spec.times and not home.spec.times.every else None
        least, most = (times.least, times.most) if times else (1, 1)
        done = sum(entry.how == "done" for entry in since)
        if most is not None and done >= most:
            return None
        if done >= least and done:
            return Asked(f"on record {done} times" if done > 1 else "on record once", self._part(place))
        if place is self.here:
            told = f"{done} of at least {least} on record" if least > 1 else f"in the order of '{place.spec.title}'"
            return Asked(told, HERE)
        return self._stayed(home.name, place)

    def _part(self, place: Place) -> int:
        return HERE if place is self.here else STAYED

    def _stayed(self, task: str, place: Place) -> Asked:
        """A task of an earlier session that is not on record."""
        unknown = self._unknown(place)
        if unknown:
            return Asked(unknown, STAYED, unknown=True)
        last = self._course.last_held
        if last is not None and any(d.task == task and in_session(d, last) for d in self._course.deferred):
            return Asked("put off last time", STAYED)
        return Asked(f"stayed due from '{place.spec.title}'", STAYED)

    def _unknown(self, place: Place) -> str:
        """Why nobody can tell what was done in a session; empty where it is known, or still to come."""
        title = place.spec.title
        if place.last <= self._course.adopted_sessions:
            return f"'{title}' was before this record began"
        if place.last >= self.number:
            return ""
        used = [a for a in self._course.sessions if a.number in place]
        if used and all(a.held and not self._logged(a) for a in used):
            return f"nothing is logged of '{title}'"
        return ""

    @cached_property
    def _logs(self) -> Mapping[str, list[TaskLogged]]:
        found: dict[str, list[TaskLogged]] = {}
        for entry in self._course.tasks:
            found.setdefault(entry.task, []).append(entry)
        return found

    def _logged(self, session: Appointment) -> bool:
        course = self._course
        done = any(in_session(entry, session) for entry in course.tasks)
        return done or any(in_session(entry, session) for entry in course.deferred)

    def _number_of(self, entry: TaskLogged) -> int:
        """The session a log belongs to; between two sessions, the later one."""
        course = self._course
        held = next((a.number for a in course.appointments if a.number and in_session(entry, a)), None)
        return held or course.adopted_sessions + 1 + sum(a.used and a.on <= entry.on for a in course.appointments)
