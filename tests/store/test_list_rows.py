"""The proof of the second part of the port notices every store whose rows fall out of step with its events."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from iptengine.store.memory import MemoryStore
from iptengine.store.port import StaleVersion, Store
from iptengine.store.rows import Asked, Row, keeps_lists
from iptengine.testing.expecting import StoreContractBroken
from iptengine.testing.store import StoreWithoutLists, check_store

DAY = date(2026, 3, 3)


class Plain:
    """The five methods and no more."""

    def __init__(self) -> None:
        whole = MemoryStore()
        self.read, self.append, self.feed = whole.read, whole.append, whole.feed
        self.keep_protocol, self.protocol = whole.keep_protocol, whole.protocol


class RowBeforeEvents(MemoryStore):
    def append_listed(self, course: str, events: Sequence[str], *, expected: int, row: Row) -> None:
        if row.course == course:
            self._rows[course] = row
        super().append_listed(course, events, expected=expected, row=row)


class KeepsTheOldRow(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        before = self._rows.get(course)
        super().append(course, events, expected=expected)
        if before is not None:
            self._rows[course] = before


class LosesTheRow(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, events, expected=expected)
        self._rows.pop(course, None)


class KeepsAnyRow(MemoryStore):
    def keep_rows(self, rows: Iterable[Row]) -> int:
        found = {row.course: row for row in rows}
        self._rows.update(found)
        return len(found)


class AllOrNone(MemoryStore):
    def keep_rows(self, rows: Iterable[Row]) -> int:
        found = list(rows)
        fitting = all(0 < row.version == len(self.read(row.course)) for row in found)
        return super().keep_rows(found) if fitting else 0


class ForgetsTheDays(MemoryStore):
    def rows(self, asked: Asked) -> Iterator[Row]:
        return super().rows(replace(asked, on=None))


class ForgetsTheForm(MemoryStore):
    def rows(self, asked: Asked) -> Iterator[Row]:
        return (row for row in super().rows(replace(asked, shown="")) if not asked.shown or asked.shown in row.shown)


class OneListForAll(MemoryStore):
    def rows(self, asked: Asked) -> Iterator[Row]:
        return super().rows(replace(asked, shown=""))


class LastRowFirst(MemoryStore):
    def rows(self, asked: Asked) -> Iterator[Row]:
        return iter(list(super().rows(asked))[::-1])


class TakesAnyRow(MemoryStore):
    def append_listed(self, course: str, events: Sequence[str], *, expected: int, row: Row) -> None:
        fitting = replace(row, course=course, version=expected + len(events))
        super().append_listed(course, events, expected=expected, row=fitting)


class LooksThenKeeps(MemoryStore):
    """Looks at the version outside the lock: right for one writer, wrong for two."""

    def keep_rows(self, rows: Iterable[Row]) -> int:
        fitting = {row.course: row for row in rows if 0 < row.version == len(self.read(row.course))}
        time.sleep(0.002)
        self._rows.update(fitting)
        return len(fitting)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (RowBeforeEvents, "of events that are refused no row is kept"),
        (KeepsTheOldRow, "events appended without a row leave an empty row at their version"),
        (LosesTheRow, "events appended without a row leave an empty row at their version"),
        (KeepsAnyRow, "a row of another version than its course is not kept, nor one of no course"),
        (AllOrNone, "of several rows those that fit are kept, and counted"),
        (ForgetsTheForm, "an empty row stands in every answer, so that it is made"),
        (ForgetsTheDays, "a question finds the rows it wants (asked for alerts on 0001-01-01, of all courses)"),
        (OneListForAll, "a question finds the rows it wants (asked for alerts on any day, of all courses)"),
        (LastRowFirst, "events appended without a row leave an empty row at their version"),
        (TakesAnyRow, "a row of another course or version is refused"),
    ],
)
def test_the_proof_notices_a_store_whose_rows_break_one_sentence(broken: type[MemoryStore], sentence: str) -> None:
    with pytest.raises(StoreContractBroken) as caught:
        check_store(broken, threads=1)
    assert str(caught.value) == f"the store breaks the contract: {sentence}"


def test_the_proof_notices_a_row_that_was_kept_while_somebody_else_wrote() -> None:
    check_store(LooksThenKeeps, threads=1)
    with pytest.raises(StoreContractBroken, match="does not take the place of the newer one"):
        check_store(LooksThenKeeps)


class TestAStoreWithoutLists:
    def test_it_keeps_the_contract_and_the_part_left_out_is_said_aloud(self) -> None:
        assert not keeps_lists(Plain())
        with pytest.warns(StoreWithoutLists) as said:
            check_store(Plain)
        assert [str(one.message) for one in said] == [
            "this store keeps no lists of a clinic, so a clinic over it replays every course; that part is not proved"
        ]
        assert said[0].filename == __file__

    def test_it_is_silent_when_it_is_meant_so(self) -> None:
        check_store(Plain, lists=False)

    def test_it_fails_when_the_lists_are_wanted(self) -> None:
        with pytest.raises(StoreContractBroken) as caught:
            check_store(Plain, lists=True)
        missing = "it keeps the rows of the lists (append_listed, rows, strays, keep_rows)"
        assert str(caught.value) == f"the store breaks the contract: {missing}"


class TestRows:
    def test_a_row_never_shows_what_it_holds(self) -> None:
        assert repr(Row("a", 3, text="Wilhelmina was beaten")) == "<Row of a version 3>"

    @pytest.mark.parametrize(
        ("row", "good"),
        [
            (Row("a", 1, "now", DAY, DAY), True),
            (Row("a", 1, "now", DAY - timedelta(days=3), DAY), True),
            (Row("a", 1, "now", DAY + timedelta(days=1), DAY + timedelta(days=1)), False),
            (Row("a", 1, "then", DAY, DAY), False),
            (Row("a", 1), False),
        ],
    )
    def test_a_row_answers_for_its_days_and_its_form_only(self, row: Row, good: bool) -> None:
        assert Asked(frozenset({"now"}), on=DAY).good(row) is good

    def test_an_empty_row_is_good_for_no_day_and_no_form(self) -> None:
        for on in (None, date.min, DAY, date.max):
            assert not Asked(frozenset({"now"}), on=on).good(Row("a", 1))


def test_rows_are_taken_from_no_course_that_moved_on() -> None:
    store: Store = MemoryStore()
    assert keeps_lists(store)
    row = Row("a", 1, "now", DAY, DAY)
    store.append_listed("a", ["{}"], expected=0, row=row)
    with pytest.raises(StaleVersion):
        store.append_listed("a", ["{}"], expected=0, row=row)
    assert list(store.rows(Asked(frozenset({"now"}), on=DAY))) == [row]
