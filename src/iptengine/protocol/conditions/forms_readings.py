"""Forms about measures: totals, items, change, runs of readings, bands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from iptengine.protocol.conditions.comparing import (
    HOLDS,
    NO,
    SPELLED,
    UNKNOWN,
    YES,
    Scale,
    comparison,
    holds,
    misfit,
    named,
    not_between,
    shown,
)
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import MeasureNames, Names, Number
from iptengine.protocol.conditions.port import Facts
from iptengine.protocol.truth import Truth

Total = float | None
NO_TOTAL = "there is no total from the last reading"
NO_FIRST = "there is no total from the first reading"
LONGEST_RUN = 20


def _scale(measure: MeasureNames) -> Scale:
    return Scale(measure.low, measure.high, measure.whole)


def _with_reading_hint(problem: Meaning | Problem, measure: str) -> Meaning | Problem:
    if isinstance(problem, Problem) and problem.code == "condition-always":
        hint = f"{problem.hint}; to ask whether there is a reading, write 'readings of {measure} >= 1'"
        return replace(problem, hint=hint)
    return problem


def _total(names: Names, measure: str, op: str, number: Number) -> Meaning | Problem:
    scale = _scale(names.measures[measure])
    meaning = comparison(measure, lambda facts: facts.total(measure), op, number, scale, NO_TOTAL)
    return _with_reading_hint(meaning, measure)


def _first(names: Names, measure: str, op: str, number: Number) -> Meaning | Problem:
    scale = _scale(names.measures[measure])
    meaning = comparison(f"first {measure}", lambda facts: facts.first_total(measure), op, number, scale, NO_FIRST)
    return _with_reading_hint(meaning, measure)


def _item(names: Names, measure: str, item: str, op: str, number: Number) -> Meaning | Problem:
    low, high = names.measures[measure].items[item]
    return comparison(
        f"{measure}.{item}",
        lambda facts: facts.item(measure, item),
        op,
        number,
        Scale(low, high),
        "it is not answered in the last reading, or there is no reading",
    )


def _missing(names: Names, measure: str) -> Meaning:
    return holds(
        f"{measure} is missing",
        lambda facts: facts.total(measure) is None,
        yes=f"{measure} has no total from the last reading",
        no=f"{measure} has a total from the last reading",
    )


def _item_missing(names: Names, measure: str, item: str) -> Meaning:
    return holds(
        f"{measure}.{item} is missing",
        lambda facts: facts.item(measure, item) is None,
        yes=f"{measure}.{item} has no answer from the last reading",
        no=f"{measure}.{item} is answered in the last reading",
    )


def _readings(names: Names, measure: str, op: str, number: Number) -> Meaning | Problem:
    return comparison(f"readings of {measure}", lambda facts: len(facts.totals(measure)), op, number, Scale())


def _taken(names: Names, measure: str) -> Meaning:
    return holds(
        f"{measure} was taken in the last session",
        lambda facts: facts.taken_in_last_session(measure),
        yes=f"{measure} was taken in the last session",
        no=f"{measure} was not taken in the last session",
        unknown="no session has been held yet",
    )


def _change_problem(names: Names, measure: str, way: str, number: Number) -> Problem | None:
    """Why no score of the measure can rise or fall by so much."""
    about = names.measures[measure]
    if about.whole and not isinstance(number, int):
        hint = f"write a whole number, such as {max(1, int(number))}"
        return Problem("condition-type", f"a total of {measure} is a whole number and cannot {way} {number}", hint)
    span = about.high - about.low
    if number <= 0:
        return Problem("condition-type", f"a change of {number} is no change", f"write a number from 1 to {span}")
    if number > span:
        message = f"{measure} can never have changed by {number}: it runs from {about.low} to {about.high}"
        return Problem("condition-never", message, f"write a number from 1 to {span}")
    return None


def _risen(way: str, before: float, now: float) -> float:
    return now - before if way == "rose" else before - now


def _change_meaning(
    measure: str, way: str, needs: str, pair: Callable[[Facts], tuple[Total, Total]], since: str, enough: Enough
) -> Meaning:
    def answer(facts: Facts) -> Truth:
        before, now = pair(facts)
        if before is None or now is None:
            return UNKNOWN
        verdict = enough(before, now)
        return UNKNOWN if verdict is None else YES if verdict else NO

    def found(before: Total, now: Total) -> str:
        if before is None or now is None:
            missing = since if before is None else "the last reading"
            return f"whether {measure} {way} is not known (there is no total from {missing})"
        if enough(before, now) is None:
            return f"whether {measure} {way} in percent is not known (it was {shown(before)} at first)"
        return f"{measure} went from {shown(before)} to {shown(now)}"

    return Meaning(answer, (f"{measure} at {since}", measure), pair, found, needs)


Enough = Callable[[float, float], bool | None]


def _since_start(measure: str) -> Callable[[Facts], tuple[Total, Total]]:
    return lambda facts: (facts.first_total(measure), facts.total(measure))


def _last_two(measure: str) -> Callable[[Facts], tuple[Total, Total]]:
    def pair(facts: Facts) -> tuple[Total, Total]:
        totals = facts.totals(measure)
        return (totals[-2], totals[-1]) if len(totals) > 1 else (None, facts.total(measure))

    return pair


_NOUN = {"rose": "a rise", "fell": "a fall"}


def _points(way: str, number: Number) -> Enough:
    return lambda before, now: _risen(way, before, now) >= number


def _percent(way: str, number: Number) -> Enough:
    def enough(before: float, now: float) -> bool | None:
        return None if before <= 0 else 100 * _risen(way, before, now) >= number * before

    return enough


def _changed(since: str, names: Names, measure: str, way: str, number: Number) -> Meaning | Problem:
    problem = _change_problem(names, measure, way, number)
    if problem is not None:
        return problem
    pair = _since_start(measure) if since == "the first reading" else _last_two(measure)
    return _change_meaning(measure, way, f"{_NOUN[way]} of {number} or more", pair, since, _points(way, number))


def _changed_percent(names: Names, measure: str, way: str, number: Number) -> Meaning | Problem:
    if number <= 0:
        return Problem("condition-type", f"a change of {number} % is no change", "write a number from 1 to 100")
    if way == "fell" and number > 100 and names.measures[measure].low >= 0:
        message = f"{measure} can never have fallen by {number} %: no score falls by more than all of it"
        return Problem("condition-never", message, "write a number from 1 to 100")
    needs = f"{_NOUN[way]} of {number} % or more"
    return _change_meaning(measure, way, needs, _since_start(measure), "the first reading", _percent(way, number))


def _run_meaning(
    measure: str, needs: str, count: int, see: Callable[[Facts], tuple[Total, ...]], fits: Callable[[float], bool]
) -> Meaning:
    """Yes when each of the last `count` totals fits, no when a known one does not, else unknown."""

    def answer(facts: Facts) -> Truth:
        seen = see(facts)
        if any(total is not None and not fits(total) for total in seen):
            return NO
        return UNKNOWN if len(seen) < count or None in seen else YES

    def found(seen: tuple[Total, ...]) -> str:
        if not seen:
            return f"there is no reading of {measure}"
        told = ", ".join("no total" if total is None else shown(total) for total in seen)
        return f"{measure} in the last readings: {told}"

    return Meaning(answer, (f"last readings of {measure}",), lambda facts: (see(facts),), found, needs)


def _run_problem(count: Number) -> Problem | None:
    return not_between("the number of readings in a row", count, 2, LONGEST_RUN)


def _run(names: Names, measure: str, op: str, number: Number, count: Number) -> Meaning | Problem:
    problem = misfit(measure, op, number, _scale(names.measures[measure])) or _run_problem(count)
    if problem is not None:
        return problem
    last, test = int(count), HOLDS[op]
    return _run_meaning(
        measure,
        f"{SPELLED[op]} {number} in {count} readings in a row",
        last,
        lambda facts: facts.totals(measure)[-last:],
        lambda total: test(total, number),
    )


def _changed_run(names: Names, measure: str, way: str, number: Number, count: Number) -> Meaning | Problem:
    problem = _change_problem(names, measure, way, number) or _run_problem(count)
    if problem is not None:
        return problem
    last, needs = int(count), f"{_NOUN[way]} of {number} or more in {count} readings in a row"

    def see(facts: Facts) -> tuple[Total, tuple[Total, ...]]:
        # The first reading is where the change is counted from, never part of the run.
        return facts.first_total(measure), facts.totals(measure)[1:][-last:]

    def answer(facts: Facts) -> Truth:
        first, seen = see(facts)
        if first is None:
            return UNKNOWN
        if any(total is not None and _risen(way, first, total) < number for total in seen):
            return NO
        return UNKNOWN if len(seen) < last or None in seen else YES

    def found(first: Total, seen: tuple[Total, ...]) -> str:
        if first is None:
            return f"whether {measure} {way} is not known ({NO_FIRST})"
        told = ", ".join("no total" if total is None else shown(total) for total in seen) or "none"
        return f"{measure} was {shown(first)} at first, in the last readings: {told}"

    return Meaning(answer, (f"first {measure}", f"last readings of {measure}"), see, found, needs)


def _shows(names: Names, measure: str, rule: str) -> Meaning:
    return holds(
        f"{measure} shows {rule} since the start",
        lambda facts: facts.shows(measure, rule),
        yes=f"{measure} shows {rule} since the start",
        no=f"{measure} does not show {rule} since the start",
        unknown=f"whether {measure} shows {rule} is not known (a total is missing)",
    )


def _band(names: Names, measure: str, band: str) -> Meaning:
    return named(f"band of {measure}", lambda facts: facts.band(measure), band, why_unknown=NO_TOTAL)


READINGS = (
    Shape(
        "MEASURE OP NUMBER",
        "The total of the last reading. Unknown without a reading, or when that reading has no total.",
        _total,
        ">= 10",
    ),
    Shape(
        "MEASURE.ITEM OP NUMBER",
        "The answer to one item in the last reading. Unknown without a reading, or when it is not answered.",
        _item,
        ">= 1",
    ),
    Shape("first MEASURE OP NUMBER", "The total of the first reading. Unknown when it has none.", _first, ">= 15"),
    Shape(
        "MEASURE rose|fell by NUMBER or more since the start",
        "The total of the last reading against that of the first, in points. Unknown when one is missing.",
        partial(_changed, "the first reading"),
        "5",
    ),
    Shape(
        "MEASURE rose|fell by NUMBER or more since the last reading",
        "The total of the last reading against that of the one before. Unknown when one is missing.",
        partial(_changed, "the reading before"),
        "6",
    ),
    Shape(
        "MEASURE rose|fell by NUMBER % or more since the start",
        "The same in percent of the first total. Unknown also when the first total is 0.",
        _changed_percent,
        "50",
    ),
    Shape(
        "MEASURE OP NUMBER in NUMBER readings in a row",
        "Each of the last so many readings. No when a known total breaks the row, unknown when one is missing.",
        _run,
        "< 10",
    ),
    Shape(
        "MEASURE rose|fell by NUMBER or more since the start in NUMBER readings in a row",
        "Each of the last so many readings against the first one. No and unknown as above.",
        _changed_run,
        "5",
    ),
    Shape(
        "MEASURE was taken in the last session",
        "The last session that was held has a reading. Unknown before the first session.",
        _taken,
    ),
    Shape(
        "MEASURE is missing",
        "There is no reading, or the last one has no total. Never unknown: it asks for what is not there.",
        _missing,
    ),
    Shape(
        "MEASURE.ITEM is missing",
        "There is no reading, or the last one leaves the item unanswered. Never unknown, for the same reason.",
        _item_missing,
    ),
    Shape("readings of MEASURE OP NUMBER", "How many readings there are, also those without a total.", _readings),
    Shape(
        "MEASURE shows RULE since the start",
        "A change rule of the measure holds from the first to the last reading. Unknown when a total is missing.",
        _shows,
    ),
    Shape(
        "MEASURE is in band BAND",
        "The band of the last reading's total. Unknown when there is no total.",
        _band,
    ),
)
