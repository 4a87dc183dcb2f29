"""Diaries: measures with an entry every day, or every few, told as a count of days and a range with its gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from iptengine.course.course import Course
from iptengine.course.events import ReadingTaken
from iptengine.course.wording import counted, dated, listed, listed_up_to
from iptengine.protocol.measure import Measure
from iptengine.protocol.parts import MeasureUse
from iptengine.protocol.quantities import Rhythm
from iptengine.protocol.scoring import display

MOST_ITEMS = 3
MOST_DAYS_APART = 6
"""Entries further apart than this are readings of their own, not a diary."""


def diary_days(use: MeasureUse) -> int | None:
    """How many days apart the entries of a diary are; ``None`` for a measure that is no diary."""
    return days_apart(use.due)


def days_apart(rhythm: Rhythm) -> int | None:
    """The same by the rhythm alone.

    Example:
        >>> days_apart(Rhythm.parse("every 2 days")), days_apart(Rhythm.parse("every 2 weeks"))
        (2, None)
    """
    interval = rhythm.interval
    if interval is None or interval.unit != "day" or interval.count > MOST_DAYS_APART:
        return None
    return interval.count


@dataclass(frozen=True, slots=True)
class Diary:
    """The entries since the last session that was held, its own day included, up to yesterday.

    Attributes:
        session: The number of that session; ``None`` when they are counted from the start of the course.
        since: Its day.
        apart: How many days apart the entries are.
        entries: Days, or stretches of so many days as the entries are apart, that have one.
        expected: How many there would be without a gap.
        gaps: The first and the last day of each stretch without an entry.
        taken: The entries, in their order of days.
    """

    session: int | None
    since: date
    apart: int
    entries: int
    expected: int
    gaps: tuple[tuple[date, date], ...]
    taken: tuple[ReadingTaken, ...]


def diary(course: Course, measure: str, apart: int, on: date) -> Diary:
    """The diary as it is looked at on the day `on`."""
    last = course.last_held
    since = (last.on if last else course.started) or on
    taken = tuple(r for r in course.readings if r.measure == measure and since <= r.on < on)
    stretches = list(_stretches(since, on, apart))
    days = {r.on for r in taken}
    empty = [stretch for stretch in stretches if not any(stretch[0] <= one <= stretch[1] for one in days)]
    return Diary(
        last.number if last else None, since, apart, len(stretches) - len(empty), len(stretches), _joined(empty), taken
    )  # fmt: skip


def entries_since_last_session(course: Course, measure: str) -> int:
    """Days with an entry from the last session that was held, its own day included; from the start before one."""
    last = course.last_held
    since = last.on if last else course.started
    return len({r.on for r in course.readings if r.measure == measure and (since is None or r.on >= since)})


def _stretches(since: date, until: date, apart: int) -> Iterator[tuple[date, date]]:
    """Whole stretches of `apart` days from `since` up to the day before `until`."""
    for place in range(max(0, (until - since).days) // apart):
        first = since + timedelta(days=place * apart)
        yield first, first + timedelta(days=apart - 1)


def _joined(stretches: Sequence[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """The same stretches, those that follow one another as one."""
    found: list[tuple[date, date]] = []
    for first, last in stretches:
        if found and found[-1][1] + timedelta(days=1) == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return tuple(found)


def diary_told(measure: Measure, found: Diary, today: date) -> str:
    """``Sleep diary: entries on 5 of 7 days since session 3, from 4 to 9; none on 5 March and 8 March``."""
    since = f"session {found.session}" if found.session is not None else f"the start on {dated(found.since, today)}"
    parts = [f"{measure.label}: {kept(found)} since {since}", *_ranges(measure, found.taken)]
    gaps = f"; none {listed_up_to(_stretch(gap, today) for gap in found.gaps)}" if found.gaps and found.taken else ""
    return f"{', '.join(parts)}{gaps}"


def kept(found: Diary) -> str:
    """``entries on 5 of 7 days``."""
    if found.apart == 1:
        return f"entries on {found.entries} of {counted(found.expected, 'day')}"
    return f"{found.entries} of {counted(found.expected, 'entry', 'entries')}"


def _stretch(gap: tuple[date, date], today: date) -> str:
    first, last = gap
    if first == last:
        return f"on {dated(first, today)}"
    return f"from {dated(first, today)} to {dated(last, today)}"


def _ranges(measure: Measure, taken: Sequence[ReadingTaken]) -> list[str]:
    """The least and the most total; of a diary without totals, the same of its first items."""
    totals = [r.total for r in taken if r.total is not None]
    if totals:
        low, high = (display(one, measure.decimals) for one in (min(totals), max(totals)))
        return [f"from {low} to {high}" if low != high else f"always {low}"]
    told = []
    for name, item in measure.items.items():
        answers = [r.answers[name] for r in taken if name in r.answers]
        if answers:
            span = f"{min(answers)} to {max(answers)}" if min(answers) != max(answers) else f"{answers[0]}"
            told.append(f"{item.title.lower()} {span}")
    return [listed(told[:MOST_ITEMS])] if told else []
