"""How the phase of a course meets each topic, and whether one was talked about in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iptengine.course.course import Course
from iptengine.course.events import TaskLogged
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.topics import KEPT_OUT, PhraseSpec

ASKED_FOR, LINK_ONLY = "asked for", "link only"
TALKED = frozenset({"done", "partly"})


def meeting(protocol: Protocol, phase: str, topic: str | None) -> str:
    """How a phase meets a topic: asked for, link only, redirect or forbidden; empty when it says nothing of it."""
    found = protocol.spec.phases.get(phase) if topic else None
    return found.topics.get(topic, "") if found and topic else ""


def kept_out(protocol: Protocol, phase: str, topic: str | None) -> bool:
    """Whether a phase forbids a topic or leads away from it."""
    return meeting(protocol, phase, topic) in KEPT_OUT


def topic_of(protocol: Protocol, logged: str) -> str | None:
    """The topic of what was logged: that of a task, or the topic itself."""
    home = protocol.tasks.get(logged)
    return home.spec.topic if home else (logged if logged in protocol.spec.topics else None)


def talked_about(protocol: Protocol, course: Course, topic: str) -> bool:
    """Whether a topic was talked about since the course entered the phase it is in."""
    entered = course.phases[-1].on if course.phases else course.started
    return any(
        entry.how in TALKED and entry.phase == course.phase and topic_of(protocol, entry.task) == topic
        for entry in course.tasks
        if entered is None or entry.on >= entered
    )


def still_asked_for(protocol: Protocol, course: Course) -> Iterator[str]:
    """The topics that the phase asks for and that were not talked about in it."""
    phase = protocol.spec.phases.get(course.phase)
    for topic, how in (phase.topics if phase else {}).items():
        if how == ASKED_FOR and not talked_about(protocol, course, topic):
            yield topic


def proscribed(protocol: Protocol, entry: TaskLogged) -> bool:
    """Whether a log is of a topic that its phase kept out; of a topic that is linked only, when it was the topic."""
    how = meeting(protocol, entry.phase, topic_of(protocol, entry.task))
    return how in KEPT_OUT or (how == LINK_ONLY and entry.task not in protocol.tasks)


def said(protocol: Protocol, phase: str, phrases: Iterable[PhraseSpec]) -> tuple[str, ...]:
    """The words that may be said in a phase: those of a topic it keeps out are left out."""
    return tuple(phrase.says for phrase in phrases if not kept_out(protocol, phase, phrase.topic))
