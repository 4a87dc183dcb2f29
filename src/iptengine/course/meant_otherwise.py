"""What a course has on record that would mean something else, or nothing, under another version of its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iptengine.course.carrying import names_held
from iptengine.course.course import Course
from iptengine.course.events import FactRecorded
from iptengine.course.passage import Passage
from iptengine.course.patient_text import ERASED
from iptengine.course.wording import counted, either, long_day


class InTheWay(NamedTuple):
    """What is in the way: its code, in words, what was seen, and the path of the part."""

    code: str
    text: str
    sentence: str
    path: tuple[str, ...]


def meant_otherwise(passage: Passage, course: Course) -> Iterator[InTheWay]:
    """Everything on record that the protocol a course would go to reads otherwise."""
    for name in passage.old.measures:
        if name in passage.unasked:
            yield from _unasked(passage, course, name)
        elif name in passage.rescored:
            yield from _rescored(passage, course, name)
    for name in dict.fromkeys(fact.fact for fact in course.facts):
        if passage.there("fact", name):
            yield from _values(passage, [fact for fact in course.facts if fact.fact == name])
    if passage.misread:
        for kind, key in sorted(passage.misread & names_held(course)):
            part = passage.before[kind, key]
            text = f"'{part.name}' is on record, and is something else in {passage.new.ref}"
            yield InTheWay("name_taken", text, f"before, it was '{part.title}'", tuple(part.path.split(".")))


def _taken(course: Course, measure: str) -> int:
    return sum(reading.measure == measure for reading in course.readings)


def _unasked(passage: Passage, course: Course, name: str) -> Iterator[InTheWay]:
    """A measure that asks less than it did, where its answers are on record, or words of the patient for them."""
    gone = passage.unasked[name]
    taken, items = _taken(course, name), {part.name for part in gone}
    worded = any(one.measure == name and one.item in items for one in course.wordings)
    if not taken and not worded:
        return
    risks = passage.old.measures[name].risk_items
    asked = (f"'{part.title}'{' (it raises risk alerts)' if part.name in risks else ''}" for part in gone)
    text = f"{passage.title('measure', name)} does not ask {either(asked)} in {passage.new.ref}"
    had = counted(taken, "reading is", "readings are") if taken else "the patient's own words for it are"
    sentence = f"{had} on record; a question that is only called otherwise there is renamed in the rules"
    yield InTheWay("question_gone", text, sentence, tuple(gone[0].path.split(".")))


def _rescored(passage: Passage, course: Course, name: str) -> Iterator[InTheWay]:
    taken = _taken(course, name)
    if taken:
        now, before, ref = passage.measure_now(name), passage.old.measures[name], passage.new.ref
        other = f"{ref} takes {now.label} in the place of {before.label}"
        text = other if now.id != before.id else f"{before.label} is scored otherwise in {ref}"
        sentence = f"{counted(taken, 'reading is', 'readings are')} on record"
        yield InTheWay("measure_changed", text, sentence, ("measures", name))


def _values(passage: Passage, records: list[FactRecorded]) -> Iterator[InTheWay]:
    name, ref = records[0].fact, passage.new.ref
    spec = passage.new.spec.facts[passage.called("fact", name)]
    values = {one.value for one in records if one.value is not None and one.value != ERASED}
    lost = [v for v in values if spec.one_of and passage.called("value", str(v), name) not in spec.one_of]
    beyond = [v for v in values if spec.number and isinstance(v, int) and v not in spec.number]
    if values and (name in passage.retyped or lost or beyond):
        text = f"'{passage.title('fact', name)}' is on record with an answer that {ref} does not know"
        yield InTheWay("fact_changed", text, f"recorded on {long_day(records[-1].on)}", ("facts", name))
