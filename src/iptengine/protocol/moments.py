"""Days and times as other programs write them, read strictly: one meaning each, or refused."""

from __future__ import annotations

import re
from datetime import date, datetime

from iptengine.diagnostics import IptengineError

FIRST_YEAR, LAST_YEAR = 1900, 2199
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})").fullmatch


class NoMoment(IptengineError, ValueError):
    """A text is no day or time that can be taken with one meaning; the text itself is not told."""


def day(text: object) -> date:
    """The day that is written ``2026-03-03``.

    Raises:
        NoMoment: It is written otherwise, is not in the calendar, or lies in a year nobody means.

    Example:
        >>> day("2026-03-03")
        datetime.date(2026, 3, 3)
        >>> day("03/03/2026")
        Traceback (most recent call last):
        ...
        iptengine.protocol.moments.NoMoment: write a day as 2026-03-03
    """
    if not isinstance(text, str) or not _DAY(text):
        raise NoMoment("write a day as 2026-03-03")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NoMoment("this day is not in the calendar") from None
    return _in_reach(found)


def moment(text: object) -> datetime:
    """The time that is written ``2026-03-03T15:00:00+01:00``, with its distance from UTC, or ``Z`` for UTC itself.

    Raises:
        NoMoment: It is written otherwise, says no distance from UTC, or does not exist.

    Example:
        >>> moment("2026-03-03T15:00:00+01:00").utcoffset()
        datetime.timedelta(seconds=3600)
    """
    if not isinstance(text, str) or not _TIME(text):
        raise NoMoment("write a time with its distance from UTC, as 2026-03-03T15:00:00+01:00")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise NoMoment("this time does not exist") from None
    _in_reach(found.date())
    return found


def _in_reach(found: date) -> date:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise NoMoment(f"years here go from {FIRST_YEAR} to {LAST_YEAR}")
    return found
