"""The units of the calendar, and how a whole number and a name are written in a protocol file."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "year"]
UNITS: dict[str, Unit] = {
    "day": "day", "days": "day", "week": "week", "weeks": "week",
    "month": "month", "months": "month", "year": "year", "years": "year",
}  # fmt: skip
MOST = 1000


def whole(word: str) -> int | None:
    """The whole number in a word; none when it is written otherwise."""
    if word.isascii() and word.isdigit() and len(word) <= 4 and (word == "0" or word[0] != "0"):
        return int(word)
    return None


def is_name(word: str) -> bool:
    """Whether a word could be a name of a protocol file."""
    plain = word.replace("_", "")
    return word[:1].islower() and word.isascii() and (plain.isalnum() and plain == plain.lower())


def add(day: date, count: int, unit: Unit) -> date:
    """`day` moved by calendar units, no further than the calendar goes; in a short month the 31st is its last day."""
    try:
        return _moved(day, count, unit)
    except (OverflowError, ValueError):
        return date.max if count > 0 else date.min


def _moved(day: date, count: int, unit: Unit) -> date:
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    months = day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
