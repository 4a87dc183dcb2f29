"""The small written quantities of a protocol file: ranges, windows, frequencies, times, positions.

Each is read from the words an author writes, says what it would have understood when it cannot, and
writes itself back in one canonical form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from iptengine.protocol.anchored import Interval
from iptengine.protocol.units import MOST, UNITS, Unit, add, whole


@dataclass(frozen=True, slots=True)
class Range:
    """A least and a most whole number, both included: ``12..16``; one number stands for itself."""

    low: int
    high: int

    @classmethod
    def parse(cls, text: object) -> Range:
        """Read ``12..16`` or ``14``."""
        if isinstance(text, int) and not isinstance(text, bool):
            low = high = text
        else:
            first, dots, last = str(text).partition("..")
            a, b = whole(first.strip()), whole(last.strip())
            if not isinstance(text, str) or not dots or a is None or b is None:
                raise ValueError("write a whole number, or a least and a most number like 12..16")
            low, high = a, b
        if low > high:
            raise ValueError(f"{low}..{high} has its larger number first; write {high}..{low}")
        if low < 0 or high > MOST:
            raise ValueError(f"numbers here go from 0 to {MOST}")
        return cls(low, high)

    @property
    def fixed(self) -> int | None:
        """The one number, when the range is one number."""
        return self.low if self.low == self.high else None

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.low <= number <= self.high

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}..{self.high}"


@dataclass(frozen=True, slots=True)
class Window:
    """Positions of sessions, counted from the start or from the end of the contracted count.

    Written ``first 3``, ``first 1..3``, ``last 3``, ``last 3..4``, ``4..11`` or ``4..last 4`` (from the
    4th to the 4th from the end). Of a range, the inner number is where the window may first be left
    (``first 1..3``) or must at the latest be entered (``last 3..4``).
    """

    text: str
    start: int
    start_from_end: bool
    end: int
    end_from_end: bool
    soft: int
    """For ``first a..b`` the earliest way out (a), for ``last a..b`` the latest way in, else ``start``."""

    @classmethod
    def parse(cls, text: object) -> Window:
        """Read one of the forms above."""
        if isinstance(text, str):
            words = text.split()
            window = cls._one_sided(words) if len(words) == 2 and words[0] in ("first", "last") else None
            window = window or cls._two_sided(" ".join(words))
            if window:
                return window
        raise ValueError("write a window as 'first 3', 'last 3', '4..11' or '4..last 4'")

    @classmethod
    def _one_sided(cls, words: list[str]) -> Window | None:
        side, number = words
        try:
            span = Range.parse(whole(number) if whole(number) is not None else number)
        except ValueError:
            return None
        if span.low < 1:
            return None
        text = f"{side} {span}"
        if side == "first":
            return cls(text, 1, False, span.high, False, span.low)
        return cls(text, span.high, True, 1, True, span.low)

    @classmethod
    def _two_sided(cls, text: str) -> Window | None:
        first, dots, last = text.partition("..")
        start = whole(first.strip())
        last = last.strip()
        from_end = last.startswith("last ")
        end = whole(last.removeprefix("last ").strip())
        if not dots or not start or not end or (not from_end and end < start):
            return None
        canonical = f"{start}..last {end}" if from_end else f"{start}..{end}"
        return cls(canonical, start, False, end, from_end, start)

    def positions(self, contracted: int | None) -> tuple[int, int] | None:
        """First and last session number of the window; ``None`` while it hangs on an unknown count."""
        if contracted is None and (self.start_from_end or self.end_from_end):
            return None
        total = contracted or 0
        start = total - self.start + 1 if self.start_from_end else self.start
        end = total - self.end + 1 if self.end_from_end else self.end
        return start, end

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often, in the unit that was agreed and never converted: ``1 a week``, ``every 2 weeks``."""

    times: int
    every: int
    unit: Unit

    @classmethod
    def parse(cls, text: object) -> Frequency:
        """Read ``2 a week`` or ``every 3 months``."""
        words = text.split() if isinstance(text, str) else []
        if len(words) == 3 and words[0] == "every" and words[2] in UNITS:
            every = whole(words[1])
            if every and every <= 60:
                return cls(1, every, UNITS[words[2]])
        if len(words) == 2 and words[0] == "every" and words[1] in ("week", "month", "day"):
            return cls(1, 1, UNITS[words[1]])
        if len(words) == 3 and words[1] == "a" and words[2] in ("week", "month"):
            times = whole(words[0])
            if times and times <= 7:
                return cls(times, 1, UNITS[words[2]])
        raise ValueError("write a frequency as '1 a week', '2 a month', 'every 2 weeks' or 'every 3 months'")

    def after(self, first: date, count: int) -> date:
        """The planned day of the visit `count` places after one on `first`."""
        whole, part = divmod(count, self.times)
        day = add(first, whole * self.every, self.unit)
        days = 7 if self.unit == "week" else 30
        return add(day, (days * self.every * part) // self.times, "day") if part else day

    def __str__(self) -> str:
        if self.every == 1:
            return f"{self.times} a {self.unit}" if self.unit in ("week", "month") else f"every {self.unit}"
        return f"every {self.every} {self.unit}s"


@dataclass(frozen=True, slots=True)
class Times:
    """How often a task is asked for.

    ``once``, ``every session``, ``every 4 sessions``, ``every 3 months``, ``at least 2 times``, ``at most 3 times``
    or ``2..4 times``.
    """

    least: int
    most: int | None
    every: int | None = None
    interval: Interval | None = None

    @property
    def recurs(self) -> bool:
        """Whether it comes again and again, by the session or by the calendar."""
        return self.every is not None or self.interval is not None

    @classmethod
    def parse(cls, text: object) -> Times:
        """Read one of the forms above."""
        words = text.split() if isinstance(text, str) else []
        match words:
            case ["once"]:
                return cls(1, 1)
            case ["every", "session"]:
                return cls(1, None, 1)
            case ["every", n, "sessions"] if (every := whole(n)) and every > 1:
                return cls(1, None, every)
            case ["at", "least", n, "times" | "time"] if least := whole(n):
                return cls(least, None)
            case ["at", "most", n, "times" | "time"] if most := whole(n):
                return cls(0, most)
            case [n, "times"] if ".." in n or whole(n):
                span = Range.parse(whole(n) or n)
                return cls(span.low, span.high)
            case _ if interval := Interval.read(words):
                return cls(1, None, interval=interval)
            case _:
                raise ValueError(
                    "write 'once', 'every session', 'every 4 sessions', 'every 3 months', 'at least 2 times',"
                    " 'at most 3 times' or '2..4 times'"
                )

    def __str__(self) -> str:
        if self.interval:
            return str(self.interval)
        if self.every:
            return "every session" if self.every == 1 else f"every {self.every} sessions"
        if self.least == self.most == 1:
            return "once"
        if self.most is None:
            return f"at least {self.least} times"
        return f"at most {self.most} times" if not self.least else f"{self.least}..{self.most} times"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the course: ``session 3``, ``2 sessions before the end``, ``half way``."""

    session: int | None = None
    before_end: int | None = None
    half: bool = False

    @classmethod
    def parse(cls, text: object) -> Position:
        """Read one of the forms above."""
        words = text.split() if isinstance(text, str) else []
        match words:
            case ["session", n] if session := whole(n):
                return cls(session=session)
            case [n, "sessions" | "session", "before", "the", "end"] if before := whole(n):
                return cls(before_end=before)
            case ["half", "way"]:
                return cls(half=True)
            case _:
                raise ValueError("write 'session 3', '2 sessions before the end' or 'half way'")

    def number(self, contracted: int | None) -> int | None:
        """The session number of the place; ``None`` while it hangs on an unknown count.

        ``2 sessions before the end`` is the session after which two are left: 12 of 14.
        """
        if self.session is not None:
            return self.session
        if contracted is None:
            return None
        if self.half:
            return (contracted + 1) // 2
        return contracted - (self.before_end or 0)

    def __str__(self) -> str:
        if self.session is not None:
            return f"session {self.session}"
        if self.half:
            return "half way"
        return f"{self.before_end} session{'' if self.before_end == 1 else 's'} before the end"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a measure or a question is due: ``every session``, ``every 4 sessions``, ``every 4 weeks``,
    ``at the start``, ``at the end``, ``at start and end``, ``when asked``."""

    every: int | None = None
    start: bool = False
    end: bool = False
    interval: Interval | None = None

    @property
    def recurs(self) -> bool:
        """Whether it comes again and again, by the session or by the calendar."""
        return self.every is not None or self.interval is not None

    @classmethod
    def parse(cls, text: object) -> Rhythm:
        """Read one of the forms above."""
        words = text.split() if isinstance(text, str) else []
        match words:
            case ["every", "session"]:
                return cls(every=1)
            case ["every", n, "sessions"] if (every := whole(n)) and every > 1:
                return cls(every=every)
            case ["at", "the", "start"]:
                return cls(start=True)
            case ["at", "the", "end"]:
                return cls(end=True)
            case ["at", "start", "and", "end"]:
                return cls(start=True, end=True)
            case ["when", "asked"]:
                return cls()
            case _ if interval := Interval.read(words):
                return cls(interval=interval)
            case _:
                raise ValueError(
                    "write 'every session', 'every 4 sessions', 'every 4 weeks', 'every month', 'at the start',"
                    " 'at the end', 'at start and end' or 'when asked'"
                )

    def __str__(self) -> str:
        if self.interval:
            return str(self.interval)
        if self.every:
            return "every session" if self.every == 1 else f"every {self.every} sessions"
        if self.start and self.end:
            return "at start and end"
        if self.start or self.end:
            return "at the start" if self.start else "at the end"
        return "when asked"
