"""What is on record of the last session that was held, as a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from iptengine.course.course import Appointment, Course, in_session
from iptengine.course.decided import amended_since, decided_since, set_in
from iptengine.course.due_tasks import task_label
from iptengine.course.wording import dated
from iptengine.protocol.protocol import Protocol

HOW_WORDS = {
    "partly": "partly",
    "declined": "declined by the patient",
    "not_applicable": "not applicable",
    "not_done": "not done",
}


@dataclass(frozen=True, slots=True, repr=False)
class LastTime:
    """What is on record of the last session that was held.

    Attributes:
        done: Labels of what was done beside the tasks of every session.
        usual: How many of the tasks of every session are logged, and of how many; ``None`` for no such tasks.
        usual_done: The labels of those that are logged.
        otherwise: Labels of what went otherwise, each with how, in words.
        logged: Whether any task is logged; when not, nobody knows what was done.
        homework: What the patient wants to try, not reviewed yet.
        stages: Stages a focus was placed in: the problem area, the stage, and why, as recorded.
        present: Who was there beside the patient, by title and never by name.
        alone: Whether they were there without the patient.
        decided: What else was decided then, and all that was decided since: what, why, and the day of what came since.
        amended: How the contract was changed then and since, in the same form.
        tried: What was to be tried and was reviewed, how it went in a word, and what was noted of it.
    """

    number: int | None
    on: date
    done: tuple[str, ...]
    usual: tuple[int, int] | None
    otherwise: tuple[tuple[str, str], ...]
    techniques: tuple[str, ...]
    logged: bool
    notes: tuple[str, ...]
    homework: tuple[str, ...]
    usual_done: tuple[str, ...] = ()
    stages: tuple[tuple[str, str, str], ...] = ()
    tried: tuple[tuple[str, str, str], ...] = ()
    decided: tuple[tuple[str, str, date | None], ...] = ()
    amended: tuple[tuple[str, str, date | None], ...] = ()
    present: tuple[str, ...] = ()
    alone: bool = False


def to_try(course: Course, on: date) -> tuple[str, ...]:
    """What the patient was to try and nobody has said how it went; what is older than the last session has its day."""
    last = course.last_held
    still_open = (homework for homework in course.homework if not homework.how)
    return tuple(
        one.text if last is None or one.on >= last.on else f"{one.text} (since {dated(one.on, on)})"
        for one in still_open
    )


def last_time(protocol: Protocol, course: Course, on: date) -> LastTime | None:
    """The last session that was held, as it is told on the day `on`; ``None`` before the first."""
    last = course.last_held
    if last is None:
        return None
    logs = [t for t in course.tasks if in_session(t, last) and t.task in protocol.tasks]
    done = [t for t in logs if t.how == "done"]
    usual = protocol.spec.phases[last.phase].each_session if last.phase in protocol.spec.phases else {}
    put_off = [d.task for d in course.deferred if in_session(d, last) and d.task in protocol.tasks]
    known, people = protocol.spec.techniques, protocol.spec.participants
    return LastTime(
        last.number,
        last.on,
        tuple(dict.fromkeys(task_label(protocol, t.task) for t in done if t.task not in usual)),
        (len({t.task for t in done} & set(usual)), len(usual)) if usual else None,
        (
            *((task_label(protocol, t.task), HOW_WORDS.get(t.how, t.how)) for t in logs if t.how != "done"),
            *((task_label(protocol, task), "put off") for task in put_off),
        ),
        tuple(dict.fromkeys(known[n].title for t in done for n in t.techniques if n in known)),
        bool(logs),
        tuple(n.text for n in course.notes if in_session(n, last)),
        to_try(course, on),
        tuple(dict.fromkeys(task_label(protocol, t.task) for t in done if t.task in usual)),
        tuple(_stages_set(protocol, course, last)),
        tuple(_tried(course, last)),
        tuple(decided_since(protocol, course, last)),
        tuple(amended_since(course, last)),
        tuple(people[who].title for who in last.present if who in people),
        bool(last.present) and "patient" not in last.present,
    )


def _stages_set(protocol: Protocol, course: Course, last: Appointment) -> Iterator[tuple[str, str, str]]:
    """The stages that focuses were placed in at a session, or on its day."""
    for focus in course.focuses:
        area = protocol.spec.problem_areas.get(focus.area)
        for entry in focus.history:
            if set_in(last, entry) and area and entry.stage in area.stages:
                yield area.title, area.stages[entry.stage].title, entry.because


def _tried(course: Course, last: Appointment) -> Iterator[tuple[str, str, str]]:
    """What was agreed at the session before the last one, or since, and is reviewed."""
    before = [a.on for a in course.appointments if a.held and a.on < last.on]
    for homework in course.homework:
        if homework.how and (not before or homework.on >= before[-1]):
            yield homework.text, HOW_WORDS.get(homework.how, homework.how), homework.note
