"""What the clinician should know when a named date is recorded or moves: what no longer fits, and what is odd.

The date is kept as it was said. What hangs on it and is unfinished moves by itself; what is on record stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from iptengine.course.calendar_lines import contacts_before_their_day, unfitting_bookings
from iptengine.course.desk import Desk, warning
from iptengine.course.events import CourseWarning, FactRecorded
from iptengine.course.evolve import evolve
from iptengine.course.named_dates import day_in
from iptengine.course.wording import dated
from iptengine.protocol.hanging import dates_named


def with_date_warnings(desk: Desk, event: FactRecorded) -> FactRecorded:
    """The event with what should be known of the day it records; unchanged for a fact that is no date."""
    spec = desk.protocol.spec.facts[event.fact]
    day = day_in(event.value) if spec.type == "date" else None
    if day is None:
        return event
    return replace(event, warnings=(*event.warnings, *_odd(desk, event, day), *_no_longer_fits(desk, event)))


def _odd(desk: Desk, event: FactRecorded, day: date) -> Iterator[CourseWarning]:
    spec = desk.protocol.spec.facts[event.fact]
    started = desk.course.started
    title, path = spec.title.rstrip("?.: "), ("facts", event.fact)
    if event.expected and not spec.expected:
        yield warning("not_expected", f"'{title}' is no date that the protocol expects first", *path)
    if not event.expected and spec.expected and day > event.on:
        yield warning("date_ahead", f"'{title}' lies ahead; say that it is the expected day", *path)
    if started and day < started and (spec.expected or event.fact in dates_named(desk.protocol.spec)):
        text = f"'{title}' ({dated(day, event.on)}) lies before the course began ({dated(started, event.on)})"
        yield warning("date_before_start", text, *path)


def _no_longer_fits(desk: Desk, event: FactRecorded) -> Iterator[CourseWarning]:
    """What fitted before this day was recorded, and does not now."""
    after = evolve(desk.course, event)
    before = set(unfitting_bookings(desk.protocol, desk.course, event.on))
    yield from (w for w in unfitting_bookings(desk.protocol, after, event.on) if w not in before)
    if not event.expected:  # the real day is seldom the expected one: what was held for it before was held in time
        return
    held = set(contacts_before_their_day(desk.protocol, desk.course, event.fact, event.on))
    yield from (w for w in contacts_before_their_day(desk.protocol, after, event.fact, event.on) if w not in held)
