"""The readings of a course as a clinician reads them: with their gaps, their risk items, each rule by its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iptengine.course.course import Course, in_session
from iptengine.course.events import ReadingTaken
from iptengine.course.wording import first_lower
from iptengine.protocol.measure import ChangeRule, Measure
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.scoring import ChangeFact, Score, band, change, display
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
        told: The last total, how it moved, and its band, in a sentence.
        near: The rules that hold, and those next to hold, each with what it asks for.
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
    told: str
    near: tuple[str, ...]
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
        _told(measure, [r.total for r in readings], found.title if found else ""),
        tuple(_near(measure, first, last, facts)),
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


def _told(measure: Measure, totals: Sequence[Score | None], band: str) -> str:
    """``PHQ-9 18, up 2 since last time, 1 below the start; moderately severe``."""
    last = totals[-1]
    if last is None:
        return f"{measure.label} has no total; change since the start cannot be told"
    parts = [f"{measure.label} {display(last, measure.decimals)}"]
    if len(totals) > 2:
        parts.append(_since_last(measure, totals[-2], last))
    parts.append(_change(measure, totals[0], last) if len(totals) > 1 else "the first reading")
    return f"{', '.join(parts)}{f'; {first_lower(band)}' if band else ''}"


def _since_last(measure: Measure, before: Score | None, last: Score) -> str:
    if before is None:
        return "the one before without a total"
    points = last - before
    if not points:
        return "as last time"
    return f"{'up' if points > 0 else 'down'} {display(abs(points), measure.decimals)} since last time"


MOST_NEAR = 2


def _near(
    measure: Measure, first: Score | None, last: Score | None, facts: Sequence[ChangeFact]
) -> Iterator[str]:  # fmt: skip
    """The rules that hold, and the next that could.

    A rule that rests on others stands for them, and of two that ask for points the one that asks for more.
    """
    held = {fact.rule for fact in facts if fact.answer is Truth.YES}
    within = {part for name in held for part in measure.change_rules[name].all or ()}
    met = [first_lower(fact.title) for fact in facts if fact.rule in held - within - _outdone(measure, held)]
    if met:
        yield f"Met: {', '.join(met)}"
    if first is None or last is None or first == last:
        return
    asked = [(_missing(measure, fact, first, last), fact) for fact in facts if fact.answer is Truth.NO]
    nearest = sorted((far, fact.rule) for far, fact in asked if far is not None)[: 1 if met else MOST_NEAR]
    chosen = [fact for fact in facts if fact.rule in {rule for _, rule in nearest}]
    if chosen:
        told = (f"{first_lower(f.title)} {_asks(measure.change_rules[f.rule])}" for f in chosen)
        yield f"Not met: {', '.join(told)}"


def _outdone(measure: Measure, held: set[str]) -> set[str]:
    rules = measure.change_rules
    found: set[str] = set()
    for kind in ("better_by_points", "worse_by_points"):
        asked = {name: points for name in held if (points := getattr(rules[name], kind)) is not None}
        found |= {name for name, points in asked.items() if points < max(asked.values())}
    return found


def _missing(measure: Measure, fact: ChangeFact, first: Score, last: Score) -> float | None:
    """Points from here to where a rule begins to hold; ``None`` for one that speaks of the other direction."""
    rule = measure.change_rules[fact.rule]
    better = float(first - last) if measure.direction == "higher is worse" else float(last - first)
    if better < 0:
        least = rule.worse_by_points
        if rule.worse_by_percent is not None:
            least = rule.worse_by_percent * first / 100
        return None if least is None else float(least) + better
    least = rule.better_by_points
    if rule.better_by_percent is not None:
        least = rule.better_by_percent * first / 100
    if least is not None:
        return float(least) - better
    line = rule.crosses.to_below if rule.crosses and first >= (rule.crosses.from_at_least or 0) else rule.below
    return None if line is None else float(last - line)


def _asks(rule: ChangeRule) -> str:
    """What a rule asks for: ``at 5``, ``at 50 %``, ``below 10``."""
    for points in (rule.better_by_points, rule.worse_by_points):
        if points is not None:
            return f"at {points:g}"
    for percent in (rule.better_by_percent, rule.worse_by_percent):
        if percent is not None:
            return f"at {percent:g} %"
    line = rule.crosses.to_below if rule.crosses else rule.below
    return f"below {line:g}" if line is not None else ""
