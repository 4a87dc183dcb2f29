"""Reports about items in the patient's own words: what was said, and what was scored before anything was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.course import Course
from iptengine.course.desk import Desk, warning
from iptengine.course.events import CourseWarning, Event
from iptengine.course.worded import unworded, words_of
from iptengine.protocol.measure import Measure


def word_item(desk: Desk, command: c.WordItem) -> Iterator[Event]:
    """The patient words an item, for the first time or anew."""
    measure = desk.protocol.measures.get(command.measure)
    if measure is None:
        known = ", ".join(desk.protocol.measures) or "none"
        raise desk.nonsense("unknown_measure", f"this protocol uses the measures {known}", "measures")
    if command.item not in measure.patient_items:
        known = ", ".join(measure.patient_items) or "none"
        text = f"the items of {measure.label} that a patient words are: {known}"
        raise desk.nonsense("not_worded_by_patient", text, "measures", command.measure)
    text = command.text.strip()
    if not text:
        raise desk.nonsense("no_words", "write the patient's own words", "measures", command.measure)
    yield desk.event(
        e.ItemWorded,
        warnings=tuple(_compared(desk, measure, command)),
        measure=command.measure,
        item=command.item,
        text=text,
    )


def _compared(desk: Desk, measure: Measure, command: c.WordItem) -> Iterator[CourseWarning]:
    before = words_of(desk.course, command.measure).get(command.item)
    if before in (None, command.text.strip()) or not _scored(desk.course, command.measure, [command.item]):
        return
    text = f"{measure.label}: scores in the former words stay on record and are compared with none that follow"
    yield warning("reworded", text, "measures", command.measure)


def _scored(course: Course, measure: str, items: Sequence[str]) -> bool:
    return any(r.measure == measure and (r.answers.keys() & set(items) or not r.answers) for r in course.readings)


def scored_unworded(desk: Desk, measure: Measure, command: c.Read, answered: Sequence[str]) -> Iterator[CourseWarning]:
    """What a reading scores although nobody has said in which words."""
    waiting = [item for item in unworded(measure, desk.course, command.measure) if item in answered]
    if waiting:
        titles = ", ".join(measure.items[item].title.lower() for item in waiting)
        yield warning("not_worded", f"{measure.label}: scored without words: {titles}", "measures", command.measure)


REPORTS = {"word_item": word_item}
