"""What a clinician should know about a task or topic that was logged: out of order, of another phase, kept out."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.course.calendar import stopped_by_event
from iptengine.course.desk import Desk, warning
from iptengine.course.events import CourseWarning
from iptengine.course.pauses import due_after_pause
from iptengine.course.plan_state import plan_state
from iptengine.course.running_order import RunningOrder
from iptengine.course.topics import LINK_ONLY, meeting, topic_of
from iptengine.protocol.protocol import TaskHome
from iptengine.protocol.running_order import placed

_KEPT_OUT = {
    "forbidden": "the protocol keeps this topic out",
    "redirect": "the protocol leads away from this topic",
    LINK_ONLY: "the protocol only links this topic",
}


def task_warnings(desk: Desk, task: str, phase: str) -> Iterator[CourseWarning]:
    """What stands against a task, or a topic, that is logged on a day the course was in `phase`."""
    home = desk.protocol.tasks.get(task)
    if home is not None:
        yield from _out_of_order(desk, home)
        yield from _elsewhere(desk, home)
        yield from _not_in_plan(desk, home)
    yield from _topic(desk, task, phase)


def _path(home: TaskHome) -> tuple[str, ...]:
    return tuple(str(part) for part in home.path)


def _out_of_order(desk: Desk, home: TaskHome) -> Iterator[CourseWarning]:
    for earlier in home.spec.after:
        if desk.facts.task_count(earlier) == 0 and not desk.facts.left_out(earlier):
            text = f"'{earlier}' comes before it and is not on record"
            yield warning("out_of_order", text, *_path(home), "after")


def _elsewhere(desk: Desk, home: TaskHome) -> Iterator[CourseWarning]:
    """A task of a later session, where the protocol writes what each holds; otherwise one of another phase."""
    if home.name in due_after_pause(desk.protocol, desk.course, desk.on):
        return
    first = next((p for p in placed(desk.protocol.spec.sessions) if home.name in p.spec.order), None)
    if first is not None:
        if first.first > _session_number(desk):
            text = f"it belongs to '{first.spec.title}', session {first.first}"
            yield warning("before_its_session", text, "sessions", first.name, "order")
        return
    phase = desk.protocol.spec.phases.get(desk.course.phase)
    covered = {t for step in phase.hour.values() for t in step.covers} if phase else set()
    other = home.phase and home.phase != desk.course.phase
    if other and home.name not in covered and not _announces(desk, home.name) and not _ends_early(desk, home.name):
        yield warning("other_phase", f"it belongs to the phase '{home.phase}'", *_path(home))


def _not_in_plan(desk: Desk, home: TaskHome) -> Iterator[CourseWarning]:
    """A component of another plan; safety may be seen to at any time, and the interruption be recorded later."""
    if not home.component or desk.protocol.component(home.component).interrupts:
        return
    if all(one.name != home.component for one in plan_state(desk.protocol, desk.course).counted):
        title = desk.protocol.component(home.component).title
        yield warning("not_in_plan", f"it belongs to '{title}', which is not in the plan of this course", *_path(home))


def _session_number(desk: Desk) -> int:
    """The session of the day: the one that used it, or the next."""
    today = [a.number for a in desk.course.appointments if a.on == desk.on and a.number is not None]
    return today[-1] if today else RunningOrder(desk.protocol, desk.course).number


def _announces(desk: Desk, task: str) -> bool:
    announce = desk.protocol.spec.termination.announce
    return announce is not None and announce.task == task


def _ends_early(desk: Desk, task: str) -> bool:
    """Whether it is an ending task, and the calendar has stopped or the phase leads to an outcome that asks for it."""
    spec = desk.protocol.spec
    if task not in spec.termination.compressed:
        return False
    phase = spec.phases.get(desk.course.phase)
    leads = [spec.outcomes[name] for name in (phase.next if phase else ()) if name in spec.outcomes]
    return stopped_by_event(desk.protocol, desk.facts) or any(outcome.ask == "compressed" for outcome in leads)


def _topic(desk: Desk, logged: str, phase: str) -> Iterator[CourseWarning]:
    """The topic of what was logged, where its phase does not want it; a task of a linked topic is as planned."""
    topic = topic_of(desk.protocol, logged)
    how = meeting(desk.protocol, phase, topic)
    if topic and how in _KEPT_OUT and (how != LINK_ONLY or logged == topic):
        yield warning("kept_out", _KEPT_OUT[how], "phases", phase, "topics", topic)
