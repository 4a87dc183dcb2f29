"""What a clinic answers: what came of a batch, and the errors a caller may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from iptengine.course.codec import BadInput
from iptengine.course.course import Alert, Course
from iptengine.course.events import CourseWarning, Event
from iptengine.course.groups import Group
from iptengine.course.refusal import Refused
from iptengine.diagnostics import IptengineError
from iptengine.protocol.ids import is_id, why_not_id


@dataclass(frozen=True, slots=True, repr=False)
class Done:
    """What came of a batch of commands.

    Attributes:
        course: The course after it.
        events: What was recorded, in order.
        alerts: The alerts it raised, or opened again by taking an assessment back, whatever else in it was refused.
        warnings: What the clinician should know: about what was recorded, then about where the course stands.
        refused: Every command that was not carried out, with its reasons.
    """

    course: Course
    events: tuple[Event, ...] = ()
    alerts: tuple[Alert, ...] = ()
    warnings: tuple[CourseWarning, ...] = ()
    refused: tuple[Refused, ...] = ()

    def __repr__(self) -> str:
        counts = f"{len(self.events)} events, {len(self.alerts)} alerts, {len(self.refused)} refused"
        return f"<Done {self.course.id} version {self.course.version}: {counts}>"


STORE_BEHIND = "store_behind"


def store_behind(expected: int | None, version: int) -> tuple[CourseWarning, ...]:
    """The warning that a form knows more of a course than its store; none where it does not."""
    if expected is None or expected <= version:
        return ()
    text = (
        f"this form was drawn from version {expected} of the course, and this store has {version}: records may be "
        "lost, as when an older backup was restored; compare the store with an anchor (iptengine verify --anchor), and "
        "restore a newer backup"
    )
    return (CourseWarning(STORE_BEHIND, text),)


class Conflict(IptengineError):
    """The course moved on since the form was drawn; the requests in the batch were not carried out.

    Or the form was drawn from a version that this store does not have: then records may be lost, which the error says,
    and the warning ``store_behind`` in `done`.

    Attributes:
        since: The events recorded after the version the form was drawn from, oldest first.
        done: What came of the reports in the batch: those are kept all the same, with their alerts.
    """

    def __init__(self, since: Iterable[Event], done: Done) -> None:
        self.since = tuple(since)
        self.done = done
        behind = next((warning.text for warning in done.warnings if warning.code == STORE_BEHIND), "")
        moved = f"the course has moved on by {len(self.since)} event(s) since this form was drawn"
        before = "the course had moved on already when this form was posted first"
        why = behind or (moved if self.since else before)
        super().__init__(f"{why}; its requests were not carried out, and {len(done.events)} event(s) were kept")


class CourseExists(Conflict):
    """A course of that id has begun already; `since` are its events, and nothing was recorded."""

    def __init__(self, since: Iterable[Event], done: Done) -> None:
        super().__init__(since, done)
        self.args = ("a course of that id has begun already; choose another id, or leave it out",)


class UnknownCourse(IptengineError):
    """There is no such course, or no such version of it. `course` is the id that was asked for."""

    def __init__(self, course: str, text: str = "") -> None:
        self.course = course
        name = f"'{course}'" if is_course_id(course) else "of that id"
        super().__init__(text or f"there is no course {name} in this store")


class UnknownProtocol(IptengineError):
    """This clinic does not hold the protocol that was named; or neither it nor its store has the one a course keeps.

    Attributes:
        protocol: Its id, or id and version.
        digest: The digest a course is pinned to; empty when a course was to be started.
        alerts: The risk alerts of that course that no clinician has assessed: they need no protocol to be seen.
    """

    def __init__(self, protocol: str, digest: str, text: str, alerts: Iterable[Alert] = ()) -> None:
        self.protocol = protocol
        self.digest = digest
        self.alerts = tuple(alerts)
        super().__init__(text)


class UnknownGroup(IptengineError):
    """No course in this store was ever in a group of that name, or on that day. `group` is what was asked for."""

    def __init__(self, group: str, on: date | None = None) -> None:
        self.group = group
        name = f"'{group}'" if is_id(group) else "of that name"
        told = (
            f"nobody was in the group {name} on {on.isoformat()}" if on else f"there is no group {name} in this store"
        )
        super().__init__(told)


class GroupExists(IptengineError):
    """A group of that name was formed already, of other courses; nothing was recorded."""

    def __init__(self, group: str) -> None:
        self.group = group
        super().__init__(f"a group '{group}' was formed already, of other courses; choose another name, or join it")


@dataclass(frozen=True, slots=True, repr=False)
class GroupDone:
    """What came of something said to a group.

    Attributes:
        group: The group after it.
        courses: What came of it in each course, by its id: never show one member's to another.
    """

    group: Group
    courses: Mapping[str, Done]

    def __repr__(self) -> str:
        return f"<GroupDone {self.group.id}: {len(self.courses)} courses>"

    @property
    def refused(self) -> Mapping[str, tuple[Refused, ...]]:
        """The courses in which something was refused, each with its refusals."""
        return {course: done.refused for course, done in self.courses.items() if done.refused}

    @property
    def alerts(self) -> Mapping[str, tuple[Alert, ...]]:
        """The courses in which alerts were raised, each with its own."""
        return {course: done.alerts for course, done in self.courses.items() if done.alerts}

    @property
    def warnings(self) -> tuple[CourseWarning, ...]:
        """What is known of the group itself: too few or too many, too few who lead it."""
        found = (w for done in self.courses.values() for event in done.events for w in event.warnings)
        return tuple(dict.fromkeys(w for w in found if w.path.partition(".")[0] == "group"))


def is_course_id(text: object) -> bool:
    """Whether `text` can be a course's id: as any id, and it may begin with a digit, as random ids do."""
    return is_id(text) or (isinstance(text, str) and text[:1].isdigit() and is_id(f"c{text}"))


def check_course_id(text: str) -> None:
    """Refuse what cannot be a course's id.

    Raises:
        BadInput: It cannot.
    """
    if not is_course_id(text):
        raise BadInput("course", f"a course cannot have this id: {why_not_id(text)}")
