"""The readings of a course as a clinician reads them: with their gaps, their risk items, each rule by its name."""

from __future__ import annotations

from dataclasses import dataclass

from iptengine.course.course import Course, in_session
from iptengine.course.events import ReadingTaken
from iptengine.protocol.measure import Measure
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.scoring import band, change, display
from iptengine.protocol.truth import Truth

GAP = "-"
NO_TOTAL = "?"


@dataclass(frozen=True, slots=True)
class Series:
    """One measure over the course.

    Attributes:
        places: Session numbers, ``-`` for an appointment that was not held, ``+`` for a reading between sessions.
        totals: Totals as shown; ``-`` for none taken, ``?`` for a reading without a total.
        risk: For each risk item its label and its answers, in the same places.
        change: Points from the first to the last total, in words.
        met: Titles of the change rules that hold from the first to the last reading.
        not_met: Titles of those that do not.
        unknown: Titles of those nobody can tell.
        about_worse: Titles of the rules that ask whether things got worse.
    """

    measure: str
    label: str
    places: tuple[str, ...]
    totals: tuple[str, ...]
    risk: tuple[tuple[str, tuple[str, ...]], ...]
    band: str
    change: str
    met: tuple[str, ...]
    not_met: tuple[str, ...]
    unknown: tuple[str, ...]
    about_worse: tuple[str, ...]


def series(protocol: Protocol, course: Course) -> tuple[Series, ...]:
    """Every measure that was taken at least once."""
    return tuple(
        _series(protocol.measures[name], name, course)
        for name in protocol.measures
        if any(r.measure == name for r in course.readings)
    )


def _series(measure: Measure, name: str, course: Course) -> Series:
    columns = list(_columns(course, name))
    readings = [r for r in course.readings if r.measure == name]
    first, last = readings[0].total, readings[-1].total
    facts = change(measure, first, last)
    by_answer = {
        answer: tuple(f.title for f in facts if f.answer is answer) for answer in (Truth.YES, Truth.NO, Truth.UNKNOWN)
    }
    found = band(measure, last)
    return Series(
        name,
        measure.label,
        tuple(place for place, _ in columns),
        tuple(_total(measure, reading) for _, reading in columns),
        tuple((_item_label(measure, item), tuple(_answer(r, item) for _, r in columns)) for item in measure.risk_items),
        found.title if found else "",
        _change(measure, first, last),
        by_answer[Truth.YES],
        by_answer[Truth.NO],
        by_answer[Truth.UNKNOWN],
        tuple(rule.title for rule in measure.change_rules.values() if rule.kind.startswith("worse_by")),
    )


def _columns(course: Course, name: str) -> list[tuple[str, ReadingTaken | None]]:
    """Appointments and readings in their order of days."""
    taken = [r for r in course.readings if r.measure == name]
    columns = []
    for appointment in course.appointments:
        if appointment.status == "planned":
            continue
        reading = next((r for r in reversed(taken) if in_session(r, appointment)), None)
        place = str(appointment.number) if appointment.held else GAP
        columns.append((appointment.on, place, reading))
    between = [(r.on, "+", r) for r in taken if not any(r is found for _, _, found in columns)]
    ordered = sorted([*columns, *between], key=lambda column: column[0])
    return [(place, reading) for _, place, reading in ordered]


def _total(measure: Measure, reading: ReadingTaken | None) -> str:
    if reading is None:
        return GAP
    return NO_TOTAL if reading.total is None else display(reading.total, measure.decimals)


def _answer(reading: ReadingTaken | None, item: str) -> str:
    if reading is None:
        return GAP
    return str(reading.answers.get(item, NO_TOTAL))


def _item_label(measure: Measure, item: str) -> str:
    number = measure.items[item].number
    return f"item {number}" if number else item.replace("_", " ")


def _change(measure: Measure, first: float | None, last: float | None) -> str:
    if first is None or last is None:
        return "change since the start cannot be told"
    points = last - first
    if not points:
        return "as at the start"
    return f"{display(abs(points), measure.decimals)} {'above' if points > 0 else 'below'} the start"
