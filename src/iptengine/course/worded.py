"""Items of a measure that the patient puts into words: which are worded, how, and which readings can be compared.

A problem in the patient's own words is scored again and again. Once it is worded anew, it is another question:
scores from before are kept and shown, and compared with none that came after.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from iptengine.course.course import Course
from iptengine.course.events import ReadingTaken
from iptengine.protocol.measure import Measure


def words_of(course: Course, measure: str) -> Mapping[str, str]:
    """The patient's words for the items of a measure, as they stand now."""
    return {wording.item: wording.text for wording in course.wordings if wording.measure == measure}


def unworded(measure: Measure, course: Course, name: str) -> tuple[str, ...]:
    """The items of a measure that wait for the patient's words, in the order of its file."""
    if not measure.patient_items:
        return ()
    return tuple(item for item in measure.patient_items if item not in words_of(course, name))


def scorable(measure: Measure, course: Course, name: str) -> bool:
    """Whether there is anything to score: not while all that counts still waits for the patient's words."""
    if not measure.patient_items:
        return True
    waiting = unworded(measure, course, name)
    return any(item not in waiting for item in measure.layout.counted or measure.items)


def reworded_on(course: Course, measure: str) -> date | None:
    """The day an item was last given other words; a wording that was only put right is no other one."""
    found: date | None = None
    known: set[str] = set()
    for wording in course.wordings:
        if wording.measure == measure:
            found = wording.on if wording.item in known else found
            known.add(wording.item)
    return found


def comparable(course: Course, measure: str) -> list[ReadingTaken]:
    """The readings that speak of the same words as the last one would: all of them, when none were changed."""
    taken = [r for r in course.readings if r.measure == measure]
    since = reworded_on(course, measure) if course.wordings else None
    return taken if since is None else [r for r in taken if r.on >= since]
