"""The lists of a clinic, across its courses: due, alerts, stuck, overdue, and where each course stands.

Where the store has the second part of the port (`iptengine.store.rows`), they are answered from one row for each
course, and a course is replayed only when its row cannot answer. A row says what is true on any day, and what was
computed for a stretch of days; with events comes a row for no day yet, so that nothing that is computed about a
course can hold back what is recorded in it. The answer is always the one that replaying every course would give.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from iptengine.course.codec import BadInput
from iptengine.course.course import Alert, Course
from iptengine.course.hiding import THERAPIST, Sight, hidden_facts
from iptengine.course.inputs import check_day
from iptengine.course.overview import (
    SCHEMA,
    Overview,
    on_any_day,
    overview,
    overview_from_json,
    overview_to_json,
    overview_unread,
)
from iptengine.course.stuck import Stuck
from iptengine.course.unread_alerts import missing_course
from iptengine.course.ways import Due
from iptengine.engine.answers import UnknownCourse, UnknownProtocol
from iptengine.engine.held import Held
from iptengine.engine.records import History, Records
from iptengine.protocol.protocol import Protocol
from iptengine.store.rows import NEVER, Asked, Row

AHEAD, AHEAD_ENDED = 14, 90
"""For how many more days a row is tried, while the course lasts and once it has ended: as long as nothing changes."""
AT_ONCE = 200
"""How many rows that were made again are kept in one transaction."""
LAST_YEAR = 9000
"""From this year on nothing is looked at ahead: days that do not exist are near."""


# -- the questions -----------------------------------------------------------------------------------------------


class Questions(ABC):
    """What can be asked about many courses, of a `Clinic` or of a `Reader`.

    A course that is named and of which nothing is recorded holds back none of the others: it has a line that says so,
    and a risk alert that stands for those that may be lost with it.
    """

    @abstractmethod
    def _lists(self) -> Lists: ...

    def due(self, *, on: date, courses: Iterable[str] | None = None) -> tuple[Due, ...]:
        """What is due on a day, in all courses or in those named: alerts first, then by day, then by course.

        A course whose protocol is neither here nor in the store has one line that says so, and its open alerts.
        """
        found = [line for one in self._lists().overviews(on, courses) for line in one.due]
        return tuple(
            sorted(found, key=lambda line: (line.kind != "alert", line.by is None, line.by or on, line.course))
        )

    def alerts(self, *, courses: Iterable[str] | None = None, closed: bool = False) -> tuple[Alert, ...]:
        """The alerts of all courses or of those named: what needs an assessment first, risk before review.

        No risk alert is left out for anybody. A `Clinic` tells them whole, for your program; what is shown to somebody
        comes from a `Reader`, where an alert that rests on what is hidden from the role says that it is there.
        Closed ones are left out unless asked for; with them, every course is replayed.
        """
        found = self._lists().every_alert(courses) if closed else self._lists().alerts(courses)
        return tuple(sorted(found, key=lambda a: (not a.needs_assessment, a.level != "risk", a.raised, a.course)))

    def stuck(self, *, on: date, courses: Iterable[str] | None = None) -> tuple[Stuck, ...]:
        """The courses that are stuck on a day, of all or of those named, with each way on and what shuts it.

        A course is stuck when the time to go on has come and no way on is open. One whose protocol is neither here
        nor in the store has one line that says so.
        """
        found = [line for one in self._lists().overviews(on, courses, "stuck") for line in one.stuck]
        return tuple(sorted(found, key=lambda line: line.course))

    def overdue(self, *, on: date, courses: Iterable[str] | None = None) -> tuple[Due, ...]:
        """The measures that are overdue on a day, in all courses or in those named: the oldest first.

        `by` is the day a measure was due: by the calendar, or for a session that was held without it.
        """
        found = [line for one in self._lists().overviews(on, courses) for line in one.overdue]
        return tuple(sorted(found, key=lambda line: (line.by is None, line.by or on, line.course)))

    def overviews(self, *, on: date, courses: Iterable[str] | None = None) -> tuple[Overview, ...]:
        """Where each course stands on a day, of all or of those named, by id.

        Each with its phase, the sessions used and left, its alerts, and what is due, stuck and overdue.
        """
        return tuple(sorted(self._lists().overviews(on, courses), key=lambda one: one.course))


class ClinicLists(Questions):
    """The questions, and what keeps their answers at hand, for `Clinic`."""

    def refresh(self, *, on: date, courses: Iterable[str] | None = None, anew: bool = False) -> int:
        """Make the lists ready for a day, as a job at night does, so that nobody waits for it in the morning.

        Args:
            on: The day.
            courses: The courses that are meant; left out, all.
            anew: Make every row again, also those that could answer.

        Returns:
            How many rows were made and kept; 0 where the store keeps none.
        """
        return self._lists().refresh(on, courses, anew)

    def out_of_step(self, *, courses: Iterable[str] | None = None) -> tuple[str, ...]:
        """The courses whose rows say something else than their events, which are all replayed.

        There are none, unless somebody else wrote to the rows or took one out; `refresh` with `anew` makes them again,
        whatever stands there. A row of a course without events is named, too, and so is a course that is asked for and
        is not there; its events may be lost. Others may record meanwhile.
        """
        return self._lists().out_of_step(courses)


# -- rows, or a replay -------------------------------------------------------------------------------------------


class Lists:
    """What is answered from, by row or by replay.

    Args:
        records: Where courses and rows are read.
        held: The protocols.
        today: The day by the clock.
        role: Who reads. ``None`` is the clinic itself: told as to a therapist, its alerts whole; it alone keeps rows.
    """

    def __init__(self, records: Records, held: Held, today: Callable[[], date], role: str | None = None) -> None:
        self._records = records
        self._held = held
        self._today = today
        self._role = role

    def overviews(self, on: date, courses: Iterable[str] | None, shown: str = "") -> Iterator[Overview]:
        """Where courses stand on a day; with `shown`, those that stand in that list.

        Raises:
            BadInput: The day is none: a list for no day would leave out who is due on it.
        """
        check_day(on)
        if self._records.keeps_lists:
            return self._answers(on, courses, shown, _Kept(self._records))
        return (self._seen(self._listed(id, on).course, on)[0] for id in self._records.ids(_named(courses)))

    def alerts(self, courses: Iterable[str] | None) -> Iterator[Alert]:
        """The alerts that are not closed."""
        if self._records.keeps_lists:
            answers = self._answers(None, courses, "alerts", _Kept(self._records))
            return (alert for found in answers for alert in found.alerts)
        return (alert for alert in self.every_alert(courses) if alert.state != "closed")

    def every_alert(self, courses: Iterable[str] | None) -> Iterator[Alert]:
        """The alerts, closed ones too, by replay."""
        named = _named(courses)
        strays = self._records.strays(None if named is None else frozenset(named))
        least = {stray.course: stray.row for stray in strays}
        every = (self._listed(id, least=least.get(id, 0)) for id in self._records.ids(named))
        return (alert for found in every for alert in self._sight(found.course).alerts)

    def refresh(self, on: date, courses: Iterable[str] | None, anew: bool) -> int:
        """Make the rows that cannot answer for a day; how many were kept."""
        check_day(on)
        if not self._records.keeps_lists:
            return 0
        kept = _Kept(self._records)
        for _ in self._answers(on, courses, "", kept, anew=anew):
            pass
        return kept.count

    def _answers(
        self, on: date | None, courses: Iterable[str] | None, shown: str, kept: _Kept, *, anew: bool = False
    ) -> Iterator[Overview]:
        """What each row says, or the course where its row cannot answer; rows made of those are `kept`."""
        asked = self._asked(on, courses, shown)
        for course, row, least in self._each(asked):
            found = self._read(row, asked) if row is not None and not anew else None
            if found is not None:
                yield found
                continue
            found, made = self._made(course, on, 0 if anew else least)
            kept.take(made)
            yield found
        kept.end()

    def _each(self, asked: Asked) -> Iterator[tuple[str, Row | None, int]]:
        """Each course that is asked for, its row where that is at its version, and how many events it had at least.

        The strays are looked for first: no row of theirs is then taken for an answer, and none of them is left out.
        """
        strays = {stray.course: stray.row for stray in self._records.strays(asked.courses)}
        yield from ((course, None, least) for course, least in strays.items())
        there = set(strays)
        for row in self._records.rows(asked):
            if row.course not in strays:
                there.add(row.course)
                yield row.course, row, row.version
        yield from ((course, None, 0) for course in sorted(asked.courses or ()) if course not in there)

    def _asked(self, on: date | None, courses: Iterable[str] | None, shown: str) -> Asked:
        """The question to the rows.

        Of courses that are named every row is wanted, so that one that is not there is noticed.
        """
        made = frozenset(_form(digest) for digest in self._held.digests if self._may_read(digest))
        named = _named(courses)
        return Asked(made, on, shown) if named is None else Asked(made, on, "", frozenset(named))

    # A row

    def _read(self, row: Row, asked: Asked) -> Overview | None:
        """What a row says; ``None`` when it cannot answer."""
        if not asked.meets_day(row) or not (row.made in asked.made or self._opens(row)):
            return None
        found = self._told(row)
        return found if found and (found.course, found.version) == (row.course, row.version) else None

    def _opens(self, row: Row) -> bool:
        """Whether a row is of this form, and of a protocol that was not open yet but can be."""
        form, _, digest = row.made.rpartition(":")
        return row.made == _form(digest) and bool(form) and self._held.opens(digest) and self._may_read(digest)

    def _may_read(self, digest: str) -> bool:
        """Whether rows of that protocol hold nothing that is kept from who reads, and nothing less than they may see.

        Rows are told as to a therapist, their alerts whole.
        """
        if self._role is None:
            return True
        return not hidden_facts(self._held.open(digest), frozenset((self._role, THERAPIST)))

    def _told(self, row: Row) -> Overview | None:
        """What a row says; ``None`` when it cannot be read. Nothing is lost: it can be made again."""
        text = self._records.row_text(row)
        try:
            return None if text is None else overview_from_json(text)
        except BadInput:
            return None

    # A replay

    def _listed(self, course: str, on: date | None = None, *, least: int = 0) -> History:
        """A course for a list, as `Records.listed`; where nothing is recorded of it, a course that says so."""
        try:
            return self._records.listed(course, least=least)
        except UnknownCourse as unknown:
            return History(missing_course(course, str(unknown), on or self._today()))

    def _made(self, course: str, on: date | None, least: int) -> tuple[Overview, tuple[Row, ...]]:
        """A course replayed, and the row to keep of it: none without its protocol, which others may have.

        Nor where it has fewer events than its row speaks of, or none at all: that row is what is left to tell of them.
        """
        history = self._listed(course, on, least=least)
        day = on or self._today()
        found, protocol = self._seen(history.course, day)
        if protocol is None or self._role is not None or history.course.version < least:
            return found, ()
        row = _row(found, day, _until(protocol, history.course, found, day))
        return found, (self._records.hidden_row(history, row),)

    def _seen(self, course: Course, on: date) -> tuple[Overview, Protocol | None]:
        seen = self._sight(course)
        try:
            protocol = self._held.pinned(course)
        except UnknownProtocol as unknown:
            return overview_unread(seen, str(unknown)), None
        return overview(protocol, seen, on=on, role=THERAPIST if self._role is None else None), protocol

    def _sight(self, course: Course) -> Course:
        """The course as who reads may see it; for the clinic itself, as it is."""
        if self._role is None:
            return course
        return Sight(self._held.known(course), course, self._role).course()

    # Whether the rows say the same

    def out_of_step(self, courses: Iterable[str] | None) -> tuple[str, ...]:
        """The courses whose rows say something else than their events."""
        if not self._records.keeps_lists:
            return ()
        asked = self._asked(None, courses, "")
        rows = {row.course: row for row in self._records.rows(asked)}
        every = self._records.ids(None) if asked.courses is None else sorted(asked.courses)
        wrong = {
            course
            for course in every
            if not self._in_step(rows.pop(course, None), self._listed(course)) and self._stays_wrong(course)
        }
        return tuple(sorted(wrong | rows.keys()))

    def _stays_wrong(self, course: str) -> bool:
        """Whether a row is still wrong, read between two looks at its course: somebody may have written to it."""
        before = self._listed(course)
        row = next(self._records.rows(self._asked(None, (course,), "")), None)
        return not (self._in_step(row, before) or self._in_step(row, self._listed(course)))

    def _in_step(self, row: Row | None, history: History) -> bool:
        course = history.course
        if row is None or row.version != course.version:
            return False
        if not row.made or not self._opens(row):
            return True  # it answers nothing here
        text = self._records.row_text(row)
        if text is None:
            # It does not open, nor does its course: what it shows of alerts can be compared all the same.
            shows = any(alert.state != "closed" for alert in course.alerts)
            return bool(course.unopened) and ("alerts" in row.shown) == shows
        said = replace(row, text=text)
        if (row.since, row.until) == NEVER:
            return said == row_at_append(course)
        days = {row.since, row.until}
        return all(said == _row(self._seen(course, on)[0], row.since, row.until) for on in days)


def _named(courses: Iterable[str] | None) -> tuple[str, ...] | None:
    """The courses that are named; ``None`` for all. One text is not taken for as many courses as it has letters."""
    if isinstance(courses, str):
        raise BadInput("courses", "name the courses in a list, also where it is one")
    return None if courses is None else tuple(courses)


# -- rows --------------------------------------------------------------------------------------------------------


class _Kept:
    """Rows that were made again, kept many in one transaction; `count` says how many the store has kept."""

    def __init__(self, records: Records) -> None:
        self.count = 0
        self._records = records
        self._waiting: list[Row] = []

    def take(self, rows: Iterable[Row]) -> None:
        self._waiting += rows
        if len(self._waiting) >= AT_ONCE:
            self.end()

    def end(self) -> None:
        self.count += self._records.keep_rows(self._waiting)
        self._waiting.clear()


def row_at_append(course: Course) -> Row:
    """The row that is kept with events: what holds on any day, and good for no day yet; empty with an erasure."""
    if course.erased is not None:
        return Row(course.id, course.version)
    return _row(on_any_day(course), *NEVER)


def _row(found: Overview, since: date, until: date) -> Row:
    shown = (("alerts", found.alerts), ("stuck", found.stuck))
    return Row(
        course=found.course,
        version=found.version,
        made=_form(found.digest),
        since=since,
        until=until,
        shown=frozenset(name for name, lines in shown if lines),
        text=overview_to_json(found),
    )


def _until(protocol: Protocol, course: Course, found: Overview, on: date) -> date:
    """The last day from `on` for which the course is seen to look the same."""
    until = on
    for _ in range(AHEAD_ENDED if course.ended else AHEAD):
        if until.year >= LAST_YEAR:
            break
        following = until + timedelta(days=1)
        if overview(protocol, course, on=following) != found:
            break
        until = following
    return until


def _form(digest: str) -> str:
    """By what a row is made: the library, the written form, and the protocol. Another one is not understood."""
    return f"{_library()} {SCHEMA}:{digest}"


@cache
def _library() -> str:
    from iptengine.render.json_page import library_version

    return library_version()
