"""What a page asks for and says about measures beside their scores: due, to be worded, by whom, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from iptengine.course import timing
from iptengine.course.course import Course
from iptengine.course.diaries import diary, diary_days, kept
from iptengine.course.facts import CourseFacts
from iptengine.course.rhythms import due_measures, measure_due
from iptengine.course.worded import unworded, words_of
from iptengine.course.wording import first_lower, first_upper, listed, shortened
from iptengine.protocol.measure import Measure
from iptengine.protocol.protocol import Protocol

PATIENT = "patient"
MOST_WORDS = 60
"""Signs of the patient's words that a line repeats."""


@dataclass(frozen=True, slots=True, repr=False)
class MeasureTold:
    """A line about a measure: finished words, which may be the patient's."""

    code: str
    text: str
    measure: str
    fold: bool = False


def measures_told(
    protocol: Protocol, course: Course, facts: CourseFacts, on: date, *, last: bool = False
) -> Iterator[MeasureTold]:
    """The measures due next session, and items that wait for the patient's words."""
    due = due_measures(protocol, course, on, last=last)
    for name, measure in protocol.measures.items():
        if not course.ended and (waiting := unworded(measure, course, name)):
            titles = listed(measure.items[item].title for item in waiting)
            told = f"Put into the patient's own words: {titles} ({measure.label})."
            yield MeasureTold("word_items", told, name, fold=bool(words_of(course, name)))
        if name in due:
            yield MeasureTold("measure_due", _asked(protocol, course, facts, name, on), name)


def _asked(protocol: Protocol, course: Course, facts: CourseFacts, name: str, on: date) -> str:
    measure = protocol.measures[name]
    apart = diary_days(protocol.spec.measures[name])
    if apart is not None:
        return _diary_asked(course, measure, name, apart, on)
    items = first_upper(listed(measure.item_label(i) for i in measure.risk_items))
    risk = f" {items} above zero or blank: assess it, then the rest." if items else ""
    if timing.used_up(course, on):
        risk = f" {items} above zero or blank: assess it." if items else ""
        return f"{measure.label}: no reading at the end; it can still be taken.{risk}"
    return f"{measure.label} before you talk{_words(measure, course, name)}.{_from(protocol, facts, name)}{risk}"


def _words(measure: Measure, course: Course, name: str) -> str:
    """The patient's words for the items to be scored, in the order of the form."""
    words = words_of(course, name)
    told = [f"“{shortened(' '.join(words[i].split()), MOST_WORDS)}”" for i in measure.patient_items if i in words]
    return f": {listed(told)}" if told else ""


def _from(protocol: Protocol, facts: CourseFacts, name: str) -> str:
    """That whoever answers it will not be there."""
    informant = protocol.spec.measures[name].informant
    if informant in (None, PATIENT) or facts.expected(informant or ""):
        return ""
    known = protocol.spec.participants.get(informant or "")
    return f" Not expected: {first_lower(known.title)}; ask for it another way." if known else ""


def _diary_asked(course: Course, measure: Measure, name: str, apart: int, on: date) -> str:
    if not any(r.measure == name for r in course.readings):
        often = "every day" if apart == 1 else f"every {apart} days"
        return f"{measure.label}: agree on an entry {often}."
    found = diary(course, name, apart, on)
    then = f"look at it together ({kept(found)})" if found.expected else "go on with it"
    return f"{measure.label}: {then}."


def of_the_patient(protocol: Protocol, measure: str) -> bool:
    """Whether the patient fills it in before a session: no other informant does, and it is no diary."""
    use = protocol.spec.measures[measure]
    if diary_days(use) is not None:
        return False
    return use.informant == PATIENT or (
        use.informant is None and protocol.measures[measure].answered_by == PATIENT
    )  # fmt: skip


def measures_after_end(protocol: Protocol, course: Course, on: date) -> Iterator[str]:
    """Measures whose reading at the end is not on record although the course has ended."""
    if course.ended:
        for name, use in protocol.spec.measures.items():
            if use.due.end and measure_due(protocol, course, name, on):
                yield name


def after_end_told(protocol: Protocol, course: Course, on: date) -> Iterator[tuple[str, str, str]]:
    """The same as lines: code, text and place."""
    for name in measures_after_end(protocol, course, on):
        label = protocol.measures[name].label
        yield "measure_after_end", f"{label}: no reading at the end; it can still be taken.", f"measures.{name}"
