"""The readings of a course as a clinician reads them: with their gaps, their risk items, each rule by its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from iptengine.course.course import Course, in_session
from iptengine.course.diaries import diary, diary_days, diary_told
from iptengine.course.events import ReadingTaken
from iptengine.course.worded import comparable, reworded_on, words_of
from iptengine.course.wording import dated, first_lower
from iptengine.protocol.measure import ChangeRule, Measure
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.scoring import ChangeFact, Score, band, change, display
from iptengine.protocol.truth import Truth

_Column = tuple[str, ReadingTaken | None]
GAP = "-"
NO_TOTAL = "?"
UNTOLD = "change since the start cannot be told"


@dataclass(frozen=True, slots=True)
class Series:
    """One measure over the course.

    Attributes:
        places: Session numbers, ``-`` for an appointment that was not held, ``+`` for a reading between sessions,
            or one before the last on a session's day.
        totals: Totals as shown; ``-`` for none taken, ``?`` for a reading without a total.
        risk: For each risk item its label and its answers, in the same places.
        change: Points from the first to the last total, in words.
        told: The last total, how it moved, and its band, in a sentence.
        near: The rules that hold, and those next to hold, each with what it asks for.
        met: Titles of the change rules that hold from the first to the last reading.
        not_met: Titles of those that do not.
        unknown: Titles of those nobody can tell.
        about_worse: Titles of the rules that ask whether things got worse.
        worded: For each item in the patient's words these words and its answers, in the same places.
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
    worded: tuple[tuple[str, tuple[str, ...]], ...] = ()


def series(protocol: Protocol, course: Course, on: date) -> tuple[Series, ...]:
    """Every measure that was taken at least once, as it is looked at on the day `on`."""
    taken = [name for name in protocol.measures if any(r.measure == name for r in course.readings)]
    return tuple(
        _as_kept(protocol, course, name, _series(protocol.measures[name], name, course, on), on) for name in taken
    )


def _as_kept(protocol: Protocol, course: Course, name: str, found: Series, on: date) -> Series:
    """A diary as its days since the last session: no column for each entry."""
    apart = diary_days(protocol.spec.measures[name])
    if apart is None:
        return found
    kept = diary(course, name, apart, on)
    told = (
        diary_told(protocol.measures[name], kept, on)
        if kept.expected
        else f"{found.label}: no day since the last session"
    )
    return replace(found, places=(), totals=(), risk=(), worded=(), told=told)


def _series(measure: Measure, name: str, course: Course, on: date) -> Series:
    columns = list(_columns(course, name))
    readings = comparable(course, name)
    if not readings:
        return _none_comparable(measure, name, course, columns, on)
    first, last = readings[0].total, readings[-1].total
    facts = change(measure, first, last)
    found = band(measure, last)
    return Series(
        name,
        measure.label,
        *_shown(measure, columns),
        found.title if found else "",
        _change(measure, first, last),
        _told(
            measure,
            [r.total for r in readings],
            found.title if found else "",
            _anew(course, name, on),
            _older(course, readings[-1], on),
        ),
        tuple(_near(measure, first, last, facts)),
        _titles(facts, Truth.YES),
        _titles(facts, Truth.NO),
        _titles(facts, Truth.UNKNOWN),
        tuple(rule.title for rule in measure.change_rules.values() if rule.kind.startswith("worse_by")),
        tuple(_worded(measure, name, course, columns)),
    )


def _titles(facts: Sequence[ChangeFact], answer: Truth) -> tuple[str, ...]:
    return tuple(fact.title for fact in facts if fact.answer is answer)


def _shown(
    measure: Measure, columns: Sequence[_Column]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """The places, the totals and the answers to the risk items, as the table shows them."""
    risk = ((measure.item_label(item), tuple(_answer(r, item) for _, r in columns)) for item in measure.risk_items)
    return tuple(place for place, _ in columns), tuple(_total(measure, r) for _, r in columns), tuple(risk)


def _none_comparable(measure: Measure, name: str, course: Course, columns: Sequence[_Column], on: date) -> Series:
    """A series whose readings all speak of words that stand no more: shown, and compared with nothing."""
    return Series(
        name,
        measure.label,
        *_shown(measure, columns),
        "", UNTOLD, f"{measure.label} worded anew{_anew(course, name, on)} and not scored since", (), (), (), (), (),
        tuple(_worded(measure, name, course, columns)),
    )  # fmt: skip


def _anew(course: Course, name: str, on: date) -> str:
    since = reworded_on(course, name)
    return f" on {dated(since, on)}" if since else ""


def _worded(
    measure: Measure, name: str, course: Course, columns: Sequence[_Column]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The items in the patient's words, each with its answers since they were last changed."""
    words, since = words_of(course, name), reworded_on(course, name)
    for item in measure.patient_items:
        if item in words:
            answers = (_answer(r if r is None or since is None or r.on >= since else None, item) for _, r in columns)
            yield words[item], tuple(answers)


def _columns(course: Course, name: str) -> list[_Column]:
    """Appointments and readings in their order: a session has the last reading of its day, earlier ones stand before.

    So the last reading of the course is the last in the table, whatever else was taken on its day.
    """
    taken = [r for r in course.readings if r.measure == name]
    order = {r.id: number for number, r in enumerate(taken)}
    columns: list[tuple[date, str, ReadingTaken | None]] = []
    for appointment in course.appointments:
        if appointment.status == "planned":
            continue
        reading = next((r for r in reversed(taken) if in_session(r, appointment)), None)
        place = str(appointment.number) if appointment.held else GAP
        columns.append((appointment.on, place, reading))
    shown = {r.id for _, _, r in columns if r is not None}
    columns.sort(key=lambda column: column[0])
    for between in (r for r in taken if r.id not in shown):
        later = (
            at for at, (on, _, found) in enumerate(columns)
            if on > between.on or (found is not None and order[found.id] > order[between.id])
        )  # fmt: skip
        columns.insert(next(later, len(columns)), (between.on, "+", between))
    return [(place, reading) for _, place, reading in columns]


def _total(measure: Measure, reading: ReadingTaken | None) -> str:
    if reading is None:
        return GAP
    return NO_TOTAL if reading.total is None else display(reading.total, measure.decimals)


def _answer(reading: ReadingTaken | None, item: str) -> str:
    if reading is None:
        return GAP
    return str(reading.answers.get(item, NO_TOTAL))


def _change(measure: Measure, first: float | None, last: float | None) -> str:
    if first is None or last is None:
        return UNTOLD
    points = last - first
    if not points:
        return "as at the start"
    return f"{display(abs(points), measure.decimals)} {'above' if points > 0 else 'below'} the start"


def _older(course: Course, last: ReadingTaken, on: date) -> str:
    """The day of a last reading that was not taken at the last session, nor since; empty for one that was."""
    return f" on {dated(last.on, on)}" if course.last_held is not None and last.on < course.last_held.on else ""


def _told(measure: Measure, totals: Sequence[Score | None], band: str, anew: str, older: str) -> str:
    """``PHQ-9 18, up 2 since last time, 1 below the start; moderately severe``."""
    last = totals[-1]
    if last is None:
        return f"{measure.label} has no total{older}; change since the start cannot be told"
    parts = [f"{measure.label} {display(last, measure.decimals)}{older}"]
    if len(totals) > 2:
        parts.append(_since_last(measure, totals[-2], last, "the one before" if older else "last time"))
    if len(totals) == 1:
        parts.append(f"the first reading{f' since it was worded anew{anew}' if anew else ''}")
    else:
        parts.append(f"{_change(measure, totals[0], last)}{f' of these words{anew}' if anew else ''}")
    return f"{', '.join(parts)}{f'; {first_lower(band)}' if band else ''}"


def _since_last(measure: Measure, before: Score | None, last: Score, called: str) -> str:
    if before is None:
        return "the one before without a total"
    points = last - before
    if not points:
        return f"as {called}"
    return f"{'up' if points > 0 else 'down'} {display(abs(points), measure.decimals)} since {called}"


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
