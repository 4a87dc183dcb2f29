"""A clinic is at work while its store is looked at: what is recorded meanwhile is no damage; damage is still told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime

import iptengine as ipt
from canaries import adult
from iptengine import commands as c
from iptengine.store.rows import Asked, Row
from iptengine.store.strays import Stray
from phrases import ANNA, START

DAY = date(2026, 3, 10)


class AtWork(ipt.MemoryStore):
    """Somebody works whenever the feed, a course or the rows have been read: as often as there is work."""

    def __init__(self) -> None:
        super().__init__()
        self.work: list[Callable[[], object]] = []

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        found = super().read(course, after)
        self._go_on()
        return found

    def feed(self, after: int = 0) -> Iterator[tuple[int, str, str]]:
        yield from list(super().feed(after))
        self._go_on()

    def rows(self, asked: Asked) -> Iterator[Row]:
        yield from list(super().rows(asked))
        self._go_on()

    def strays(self, courses: frozenset[str] | None = None) -> Iterator[Stray]:
        yield from list(super().strays(courses))
        self._go_on()

    def _go_on(self) -> None:
        if self.work:
            given, self.work = self.work, []
            given.pop(0)()
            self.work = given


def clinic(store: ipt.Store) -> ipt.Clinic:
    return ipt.Clinic(store, [adult()], clock=lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))


def with_two_courses() -> AtWork:
    store = AtWork()
    for course in ("a", "b"):
        clinic(store).start("ipt-adult", by=ANNA, on=START, course=course)
    return store


def begins(store: ipt.Store, course: str) -> Callable[[], object]:
    return lambda: clinic(store).start("ipt-adult", by=ANNA, on=START, course=course)


def is_written_to(store: ipt.Store, course: str) -> Callable[[], object]:
    return lambda: clinic(store).do(course, c.WriteNote("x", on=DAY), by=ANNA)


def a_day_of_work(store: ipt.Store) -> list[Callable[[], object]]:
    work = [is_written_to(store, course) for course in ("a", "b", "a", "b")]
    return [begins(store, "c"), *work, begins(store, "d"), is_written_to(store, "c"), is_written_to(store, "a")]


def from_each_hour() -> Iterator[AtWork]:
    """Stores in which less and less of a day's work is still to be done while they are looked at."""
    for first in range(8):
        store = with_two_courses()
        work = a_day_of_work(store)
        for done in work[:first]:
            done()
        store.work = work[first:]
        yield store


def test_what_is_recorded_while_a_store_is_looked_at_is_no_damage() -> None:
    for store in from_each_hour():
        assert ipt.verify(store).problems == ()


def test_what_is_recorded_while_the_rows_are_compared_puts_no_course_out_of_step() -> None:
    for store in from_each_hour():
        assert clinic(store).out_of_step() == ()


def test_what_is_recorded_while_the_lists_are_asked_holds_no_course_back() -> None:
    for store in from_each_hour():
        asked = clinic(store).overviews(on=DAY)
        assert {"a", "b"} <= {one.course for one in asked} <= {"a", "b", "c", "d"}
        assert [alert.code for one in asked for alert in one.alerts] == []


def test_a_row_that_is_gone_is_told_while_the_clinic_is_at_work() -> None:
    store = with_two_courses()
    del store._rows["a"]
    store.work = [is_written_to(store, "b"), begins(store, "c")]
    assert [(problem.course, problem.text.partition(";")[0]) for problem in ipt.verify(store).problems] == [
        ("a", "it has no row in the lists, as if somebody had taken it out")
    ]
    store.work = [is_written_to(store, "b"), begins(store, "d")]
    assert clinic(store).out_of_step() == ("a",)


def test_an_event_that_the_feed_does_not_have_is_told_while_the_clinic_is_at_work() -> None:
    store = with_two_courses()
    clinic(store).do("a", c.WriteNote("y", on=DAY), by=ANNA)
    store._feed = [entry for entry in store._feed if entry[0] < 3]
    store.work = [is_written_to(store, "b")]
    assert [(problem.course, problem.text) for problem in ipt.verify(store).problems][:1] == [
        ("a", "read by itself it is not what the feed of the store holds of it")
    ]
