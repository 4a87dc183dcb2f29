"""The small written quantities: what is read, what is refused, and what they say of dates and places."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iptengine.protocol.anchored import Dates, Moment
from iptengine.protocol.quantities import Frequency, Position, Range, Rhythm, Times, Window
from iptengine.protocol.units import add

GOOD: list[tuple[Any, list[object]]] = [
    (Range, ["12..16", 14, "0..3", 0, 1000]),
    (Window, ["first 3", "first 1..3", "last 3", "last 3..4", "4..11", "4..last 4", "1..1"]),
    (Frequency, ["1 a week", "2 a week", "2 a month", "every 2 weeks", "every 3 months", "every 10 days", "every day"]),
    (Times, ["once", "every session", "every 4 sessions", "at least 2 times", "at most 3 times", "2..4 times",
             "every 3 months", "every week", "every day", "every 2 years"]),
    (Position, ["session 3", "2 sessions before the end", "half way"]),
    (Rhythm, ["every session", "every 4 sessions", "at the start", "at the end", "at start and end", "when asked",
              "every 4 weeks", "every month", "every day"]),
    (Moment, ["after session 3", "3 months after the end", "1 week after the end", "2 years after the end",
              "before session 1", "after a missed session", "12 months after the start", "1 day after the start",
              "2 weeks before birth", "on birth", "6 weeks after birth", "1 month before due_2"]),
    (Dates, ["until birth", "from birth", "from birth until 6 months after birth",
             "from 2 weeks before birth until 6 weeks after birth", "until 12 months after the start"]),
]  # fmt: skip
BAD: list[tuple[Any, list[object]]] = [
    (Range, ["16..12", "12-16", "..", "1..", "..3", "a..b", "", None, True, False, -1, 1.5, "01..3", "1..2..3",
             "1001", 1001, "0..1001", "٣..٤", [1, 2]]),
    (Window, ["first", "first 0", "last 0..2", "first 3..1", "4..3", "0..3", "4..last", "4..last 0", "4.. last4",
              "first three", "", 3, None]),
    (Frequency, ["weekly", "0 a week", "8 a week", "every 0 weeks", "every 61 days", "2 a year", "a week", "every",
                 "", 1, None, "1 a  week of", "-1 a week", "every weeks"]),
    (Times, ["twice", "every 1 sessions", "every 0 sessions", "at least 0 times", "at most 0 times", "0 times",
             "4..2 times", "", 3, None, "every sessions"]),
    (Position, ["session 0", "session", "session three", "0 sessions before the end", "halfway", "", 3, None]),
    (Rhythm, ["every 1 sessions", "every 0 sessions", "every 0 weeks", "every weeks", "at start", "daily", "", 1, None,
              "when asked."]),
    (Moment, ["after session 0", "0 months after the end", "3 moons after the end", "at the end", "", 3, None,
              "birth", "on the end", "0 weeks before birth", "2 weeks around birth", "before a missed session",
              "2 weeks before Birth", "2 weeks before the end", "after session", "on birth day", "2 birth before"]),
    (Dates, ["birth", "from", "until", "from birth until", "until birth until death", "until birth from death", "",
             "until session 3", "from session 1", "until the end", "until 3 months after the end", "from until birth",
             "between birth and death", 3, None]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in GOOD for text in texts])
def test_what_is_read_is_written_the_same_and_read_again(kind: Any, text: object) -> None:
    found = kind.parse(text)
    assert str(found) == str(text) or text in ("every day", "1..1")
    assert kind.parse(_number(str(found)) if kind is Range else str(found)) == found


def _number(text: str) -> object:
    return int(text) if text.isdigit() else text


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in BAD for text in texts])
def test_what_says_something_else_is_refused_with_what_to_write(kind: Any, text: object) -> None:
    with pytest.raises(ValueError, match=r"write|go from") as told:
        kind.parse(text)
    assert "int" not in str(told.value).split()
    assert "None" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("every 1 week", "1 a week"),
        ("every week", "1 a week"),
        ("every 1 months", "1 a month"),
        ("every month", "1 a month"),
    ],
)
def test_once_a_week_has_one_form(text: str, same: str) -> None:
    assert str(Frequency.parse(text)) == same


# -- ranges and windows ------------------------------------------------------------------------------------------


def test_a_range_holds_its_ends_and_no_half_numbers() -> None:
    span = Range.parse("12..16")
    assert [n in span for n in (11, 12, 16, 17, 12.5, "12")] == [False, True, True, False, False, False]
    assert (span.fixed, Range.parse(14).fixed) == (None, 14)


@pytest.mark.parametrize(
    ("text", "contracted", "places"),
    [
        ("first 3", None, (1, 3)),
        ("first 1..3", 12, (1, 3)),
        ("last 3", 14, (12, 14)),
        ("last 3", None, None),
        ("last 3..4", 16, (13, 16)),
        ("4..11", None, (4, 11)),
        ("4..last 4", 14, (4, 11)),
        ("4..last 4", None, None),
        ("4..last 1", 8, (4, 8)),
    ],
)
def test_a_window_counts_from_the_start_or_from_the_end(
    text: str, contracted: int | None, places: tuple[int, int] | None
) -> None:
    assert Window.parse(text).positions(contracted) == places


def test_the_inner_number_of_a_window_is_where_it_may_first_be_left_or_must_be_entered() -> None:
    assert [Window.parse(text).soft for text in ("first 1..3", "last 3..4", "4..11")] == [1, 3, 4]


@pytest.mark.parametrize(
    ("text", "contracted", "number"),
    [
        ("session 3", None, 3),
        ("2 sessions before the end", 14, 12),
        ("2 sessions before the end", None, None),
        ("half way", 14, 7),
        ("half way", 13, 7),
        ("half way", None, None),
    ],
)
def test_a_place_in_the_course(text: str, contracted: int | None, number: int | None) -> None:
    assert Position.parse(text).number(contracted) == number


# -- days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "count", "unit", "then"),
    [
        ("2026-01-31", 1, "month", "2026-02-28"),
        ("2024-01-31", 1, "month", "2024-02-29"),
        ("2026-01-31", 3, "month", "2026-04-30"),
        ("2026-12-15", 1, "month", "2027-01-15"),
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2026-03-03", 2, "week", "2026-03-17"),
        ("2026-03-03", 10, "day", "2026-03-13"),
    ],
)
def test_a_day_moves_by_the_calendar(day: str, count: int, unit: Any, then: str) -> None:
    assert add(date.fromisoformat(day), count, unit) == date.fromisoformat(then)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1 a week", [0, 7, 14, 21]),
        ("2 a week", [0, 3, 7, 10]),
        ("3 a week", [0, 2, 4, 7]),
        ("every 2 weeks", [0, 14, 28, 42]),
        ("every 10 days", [0, 10, 20, 30]),
        ("2 a month", [0, 15, 31, 46]),
        ("1 a month", [0, 31, 61, 92]),
    ],
)
def test_visits_are_planned_in_the_unit_that_was_agreed(text: str, days: list[int]) -> None:
    first = date(2026, 3, 3)
    assert [(Frequency.parse(text).after(first, n) - first).days for n in range(4)] == days


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.sampled_from(["1 a week", "2 a week", "7 a week", "2 a month", "every 3 months", "every 5 days"]),
    st.integers(0, 60),
)
def test_a_later_visit_is_never_before_an_earlier_one(first: date, text: str, count: int) -> None:
    frequency = Frequency.parse(text)
    assert frequency.after(first, 0) == first
    assert frequency.after(first, count) < frequency.after(first, count + 1) <= first + timedelta(days=20_000)


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_every_range_is_written_and_read_back(low: int, high: int) -> None:
    if low > high:
        with pytest.raises(ValueError, match="has its larger number first"):
            Range.parse(f"{low}..{high}")
        return
    span = Range.parse(f"{low}..{high}")
    assert (span.low, span.high) == (low, high)
    assert Range.parse(_number(str(span))) == span


@pytest.mark.parametrize("text", ["1 a week", "2 a week", "3 a month", "every 3 months", "every 10 days"])
@pytest.mark.parametrize("days", [0, 1, 3, 40])
def test_a_visit_planned_after_the_last_day_of_the_calendar_is_planned_for_that_day(text: str, days: int) -> None:
    assert Frequency.parse(text).after(date.max - timedelta(days=days), 50) == date.max


def test_time_before_the_first_day_of_the_calendar_ends_there() -> None:
    assert (add(date.min, -1, "month"), add(date(1, 1, 3), -1, "week")) == (date.min, date.min)
