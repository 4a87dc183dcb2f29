"""The course that a history tells, read with the protocol it was made under."""

from __future__ import annotations

from collections.abc import Iterable

from iptengine.course.course import Anomaly, Course, changed
from iptengine.course.events import Event
from iptengine.course.evolve import fold
from iptengine.protocol.protocol import Protocol


def replay(protocol: Protocol, events: Iterable[Event], course_id: str = "") -> Course:
    """The course after all of `events`, in the order they were recorded.

    Args:
        protocol: The protocol the course is read with. Folding needs none, as events say what was decided; when the
            course began under another one, by digest, the course says so as an anomaly.
        events: The whole history, from the beginning.
        course_id: The id of the course, which its events do not hold.
    """
    course = fold(Course(course_id), events)
    if course.started is None or course.digest == protocol.digest:
        return course
    began = course.protocol if course.protocol != protocol.ref else f"another text of {course.protocol}"
    text = f"the course began under {began}, and is read with {protocol.ref}"
    return changed(course, {"anomalies": (*course.anomalies, Anomaly(course.phases[0].event, text))})
