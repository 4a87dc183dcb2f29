"""Lines about the session at hand and its topics: what it is called, what is kept out, what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from iptengine.course import timing
from iptengine.course.course import Course
from iptengine.course.due_tasks import held_back
from iptengine.course.lines import Line
from iptengine.course.running_order import RunningOrder
from iptengine.course.topics import still_asked_for
from iptengine.course.wording import first_lower, first_upper, listed, spoken
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.topics import PhraseSpec

if TYPE_CHECKING:
    from iptengine.course.standing import Standing

MET = {"forbidden": "Keep out in this phase", "redirect": "Lead away from it", "link only": "Link only"}


def session_lines(scene: Standing) -> Iterator[Line]:
    """What the running order calls the next session, and what comes after it."""
    if not scene.protocol.spec.sessions or scene.course.ended:
        return
    order = RunningOrder(scene.protocol, scene.course)
    here = order.here
    if timing.used_up(scene.course, scene.on):
        return
    if here is None:
        told = f"Nothing is written for session {order.number}; the plan holds what returns and what stayed due."
        yield Line("session_unwritten", told, "sessions", {"session": order.number})
        return
    following = next((place for place in order.places if order.number + 1 in place and place is not here), None)
    after = f" Next comes '{following.spec.title}'." if following else ""
    title = here.spec.title
    told = f"This session: {title if title.endswith(('?', '!', '.')) else f'{title}.'}{after}"
    yield Line("session_title", told, f"sessions.{here.name}", {"session": here.name})


def held_back_lines(scene: Standing) -> Iterator[Line]:
    """Tasks that the session names and their own conditions hold back: nobody finds them in the plan."""
    if not scene.protocol.spec.sessions or scene.course.ended or timing.used_up(scene.course, scene.on):
        return
    for home, unmet in held_back(scene.protocol, scene.course, scene.facts):
        label = home.spec.label or first_upper(spoken(home.name))
        told = f"Not today: {label} (it needs: {listed(spoken(name) for name in unmet)})."
        yield Line("held_back", told, home.where, {"task": home.name})


def topic_lines(scene: Standing) -> Iterator[Line]:
    """How the phase meets the topics to which tasks or words belong: the page leaves some out and says so."""
    phase = scene.protocol.spec.phases.get(scene.course.phase)
    if phase is None or scene.course.ended:
        return
    used = _used(scene.protocol)
    for topic, how in phase.topics.items():
        if how in MET and topic in used:
            title = first_lower(scene.protocol.spec.topics[topic].title)
            path = f"phases.{scene.course.phase}.topics.{topic}"
            yield Line("topic_met", f"{MET[how]}: ", path, {"topic": topic, "how": how}, title, ".")


@lru_cache(maxsize=256)
def _used(protocol: Protocol) -> frozenset[str | None]:
    """The topics that tasks or words belong to."""
    tasks = [home.spec for home in protocol.tasks.values()]
    words = (*_words(protocol), *(phrase for task in tasks for phrase in task.ask.values()))
    return frozenset({task.topic for task in tasks} | {phrase.topic for phrase in words})


def _words(protocol: Protocol) -> Iterator[PhraseSpec]:
    """The words that belong to no task."""
    for chart in protocol.spec.charts.values():
        for state in chart.states.values():
            yield from state.ask.values()
    for phase in protocol.spec.phases.values():
        yield from phase.ask.values()
    for area in protocol.spec.problem_areas.values():
        yield from area.ask.values()
        for stage in area.stages.values():
            yield from stage.ask.values()


def asked_lines(protocol: Protocol, course: Course) -> Iterator[Line]:
    """The topics that the phase asks for, each session until they were talked about in it."""
    for topic in still_asked_for(protocol, course):
        title = first_lower(protocol.spec.topics[topic].title)
        path = f"phases.{course.phase}.topics.{topic}"
        yield Line("topic_asked", "Ask about ", path, {"topic": topic}, title, ": not talked about yet in this phase.")
