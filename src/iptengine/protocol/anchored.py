"""Times told by the calendar or by what they hang on: intervals, moments, and spans between two moments.

``every 3 months`` is an `Interval`, ``2 weeks before birth`` a `Moment`, ``from birth until 6 months after birth``
a `Dates`. None of them knows a course; `iptengine.course.named_dates` says which day they mean in one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from iptengine.protocol.units import MOST, UNITS, Unit, add, is_name, whole

Anchor = Literal["session", "missed session", "start", "end", "date"]
Side = Literal["before", "on", "after"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of the calendar after which something is due again: ``every 3 months``, ``every day``."""

    count: int
    unit: Unit

    @classmethod
    def read(cls, words: list[str]) -> Interval | None:
        """The interval in the words ``every 4 weeks`` or ``every month``; ``None`` when they say something else.

        Example:
            >>> print(Interval.read(["every", "1", "month"]))
            every month
        """
        match words:
            case ["every", unit] if unit in UNITS and not unit.endswith("s"):
                return cls(1, UNITS[unit])
            case ["every", n, unit] if unit in UNITS and (count := whole(n)) and count <= MOST:
                return cls(count, UNITS[unit])
            case _:
                return None

    def after(self, day: date) -> date:
        """The day one interval after `day`; the last day there is when it would lie beyond the calendar."""
        return add(day, self.count, self.unit)

    def __str__(self) -> str:
        return f"every {self.unit}" if self.count == 1 else f"every {self.count} {self.unit}s"


MOMENT_FORMS = (
    "write 'after session 3', 'before session 1', 'after a missed session', '12 months after the start',"
    " '3 months after the end', or with a date of facts: '2 weeks before birth', 'on birth', '6 weeks after birth'"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is due, told by what it hangs on.

    Attributes:
        anchor: What it hangs on: a session, a missed session, the start, the end, or a date among the facts.
        side: Before it, on its day, or after it.
        session: The number of that session.
        fact: The name of that date.
        count: How many units before or after; 0 for the day itself.
        unit: The unit, as it is written: months are months of the calendar.
    """

    anchor: Anchor
    side: Side = "after"
    session: int | None = None
    fact: str = ""
    count: int = 0
    unit: Unit = "week"

    @classmethod
    def parse(cls, text: object) -> Moment:
        """Read one of the forms that `MOMENT_FORMS` lists."""
        found = cls._read(text.split()) if isinstance(text, str) else None
        if found is None:
            raise ValueError(MOMENT_FORMS)
        return found

    @classmethod
    def _read(cls, words: list[str]) -> Moment | None:
        match words:
            case ["after" | "before" as side, "session", n] if session := whole(n):
                return cls("session", "after" if side == "after" else "before", session)
            case ["after", "a", "missed", "session"]:
                return cls("missed session")
            case ["on", fact] if is_name(fact):
                return cls("date", "on", fact=fact)
            case [n, unit, "after", "the", "start" | "end" as anchor] if (count := whole(n)) and unit in UNITS:
                return cls("start" if anchor == "start" else "end", count=count, unit=UNITS[unit])
            case [n, unit, "after" | "before" as side, fact] if (count := whole(n)) and unit in UNITS and is_name(fact):
                return cls("date", "after" if side == "after" else "before", fact=fact, count=count, unit=UNITS[unit])
            case _:
                return None

    def from_day(self, day: date) -> date:
        """The day it means when what it hangs on falls on `day`."""
        return add(day, -self.count if self.side == "before" else self.count, self.unit)

    def goes_with(self, interval: Interval) -> bool:
        """Whether it can be counted on by an interval: both in days or weeks, or both in months or years."""
        by_month = ("month", "year")
        return not self.count or (self.unit in by_month) == (interval.unit in by_month)

    @property
    def is_day(self) -> bool:
        """Whether it is a day of the calendar, rather than a place in the count of sessions."""
        return self.anchor in ("start", "end", "date")

    def __str__(self) -> str:
        if self.anchor == "session":
            return f"{self.side} session {self.session}"
        if self.anchor == "missed session":
            return "after a missed session"
        what = self.fact if self.anchor == "date" else f"the {self.anchor}"
        if self.side == "on":
            return f"on {what}"
        return f"{self.count} {self.unit}{'s' if self.count != 1 else ''} {self.side} {what}"


DATES_FORMS = "write 'until birth', 'from birth', or 'from birth until 6 months after birth', with a date of facts"


@dataclass(frozen=True, slots=True)
class Dates:
    """A stretch between two moments, either of which may be left open; the day of `until` is its last."""

    since: Moment | None
    until: Moment | None

    @classmethod
    def parse(cls, text: object) -> Dates:
        """Read ``until birth``, ``from 2 weeks before birth`` or ``from birth until 6 months after birth``."""
        words = text.split() if isinstance(text, str) else []
        cut = words.index("until") if "until" in words else len(words)
        head, tail = words[:cut], words[cut + 1 :]
        if not words or (head and (head[0] != "from" or len(head) == 1)) or (cut < len(words) and not tail):
            raise ValueError(DATES_FORMS)
        return cls(_day_of(head[1:]) if head else None, _day_of(tail) if tail else None)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The moments it is told by."""
        return tuple(moment for moment in (self.since, self.until) if moment is not None)

    def __str__(self) -> str:
        parts = (("from", self.since), ("until", self.until))
        return " ".join(f"{word} {_bare(moment)}" for word, moment in parts if moment is not None)


def _day_of(words: list[str]) -> Moment:
    """The day that some words mean; a date alone stands for its own day."""
    try:
        found = Moment.parse(" ".join(["on", *words] if len(words) == 1 else words))
    except ValueError:
        raise ValueError(DATES_FORMS) from None
    if found.anchor not in ("date", "start"):
        raise ValueError(DATES_FORMS)
    return found


def _bare(moment: Moment) -> str:
    return moment.fact if moment.anchor == "date" and moment.side == "on" else str(moment)


def dates_in(text: str) -> tuple[slice, ...]:
    """Where a written moment or stretch names a date among the facts.

    Example:
        >>> text = "from birth until 6 months after birth"
        >>> [(place.start, text[place]) for place in dates_in(text)]
        [(5, 'birth'), (32, 'birth')]
        >>> dates_in("12 months after the start")
        ()
    """
    words = list(re.finditer(r"\S+", text))
    spelled = [word.group() for word in words]
    moment = Moment._read(spelled)
    if moment is not None:
        ends = [len(words)] if moment.fact else []
    else:
        cut = spelled.index("until") if "until" in spelled else len(words)
        sides = ((1, cut), (cut + 1, len(words)))
        ends = [end for start, end in sides if start < end and _named(spelled[start:end])]
    return tuple(slice(words[end - 1].start(), words[end - 1].end()) for end in ends)


def _named(words: list[str]) -> str:
    """The date that a side of a stretch hangs on, or ``""``."""
    try:
        return _day_of(words).fact
    except ValueError:
        return ""
