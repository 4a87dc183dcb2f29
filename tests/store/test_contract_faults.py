"""The proof of a store finds out faults that show only in long courses, large texts, among several, or in a rollback.

Each store here keeps every promise but one; the sentence it is found out by tells which.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from threading import Lock
from typing import Any, ClassVar

import pytest

from iptengine.store.memory import MemoryStore
from iptengine.store.port import StaleVersion, Store, StoreError
from iptengine.store.rows import Asked, Row
from iptengine.store.strays import Stray
from iptengine.testing import expecting
from iptengine.testing.expecting import StoreContractBroken
from iptengine.testing.store import check_store

HALVES = "what breaks off in the middle keeps nothing: all events of an append, or none"
Entry = tuple[int, str, str]


def found_out(act: Callable[[], object]) -> str:
    """The sentence of the contract that is told as broken."""
    with pytest.raises(StoreContractBroken) as caught:
        act()
    return str(caught.value).removeprefix("the store breaks the contract: ")


# -- alone -------------------------------------------------------------------------------------------------------


class ReadsOnePage(MemoryStore):
    def read(self, course: str, after: int = 0) -> Sequence[str]:
        return super().read(course, after)[:100]


class FeedStops(MemoryStore):
    def feed(self, after: int = 0) -> Iterator[Entry]:
        return (entry for entry in super().feed(after) if entry[0] <= 500)


class FeedLosesBetweenPages(MemoryStore):
    """Begins each page behind the first event of the next one."""

    def feed(self, after: int = 0) -> Iterator[Entry]:
        return (entry for number, entry in enumerate(super().feed(after)) if number != 500)


class FeedGoesRound(MemoryStore):
    """Reads its first page again and again."""

    def feed(self, after: int = 0) -> Iterator[Entry]:
        while page := list(super().feed(after))[:500]:
            yield from page
            if len(page) < 500:
                return


class FeedDropsTwins(MemoryStore):
    def feed(self, after: int = 0) -> Iterator[Entry]:
        first: dict[str, int] = {}
        for position, _, text in super().feed():
            first.setdefault(text, position)
        return (entry for entry in super().feed(after) if first[entry[2]] == entry[0])


class FeedIsTheLiveList(MemoryStore):
    def feed(self, after: int = 0) -> Iterator[Entry]:
        size = len(self._feed)
        for entry in self._feed:
            if len(self._feed) != size:
                raise StoreError("the list has changed")
            if entry[0] > after:
                yield entry


class ReadsTheLiveList(MemoryStore):
    def read(self, course: str, after: int = 0) -> Sequence[str]:
        return super().read(course, after) if after else self._courses.get(course, [])


class KeepsTheGivenList(MemoryStore):
    """Takes the caller's own list for its own."""

    def __init__(self) -> None:
        super().__init__()
        self._given: dict[str, Sequence[str]] = {}

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        found = tuple(super().read(course))
        given = self._given.get(course, ())
        return (*given, *found[len(given) :])[after:] if given else found[after:]

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, events, expected=expected)
        if not expected and isinstance(events, list):
            self._given[course] = events


class CutsProtocols(MemoryStore):
    """As a column of type TEXT does in some databases."""

    def keep_protocol(self, digest: str, text: str) -> None:
        super().keep_protocol(digest, text[:65_535])


class MeasuresProtocols(MemoryStore):
    """Compares a text with the one it has by its beginning and its length."""

    def keep_protocol(self, digest: str, text: str) -> None:
        kept = self._protocols.get(digest)
        if kept is None or (kept[:50], len(kept)) != (text[:50], len(text)):
            super().keep_protocol(digest, text)


class TidiesLineEnds(MemoryStore):
    def keep_protocol(self, digest: str, text: str) -> None:
        super().keep_protocol(digest, text.replace("\r\n", "\n"))


class AppendsOneByOne(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        for number, text in enumerate(events):
            super().append(course, [text], expected=expected + number)


class TellsAHalfAsDone(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        given: list[str] = []
        with suppress(Exception):
            given.extend(events)
        super().append(course, given, expected=expected)


class LeavesTheFeedBehind(MemoryStore):
    """Puts events into the feed as they come, and into the course when all are there."""

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        if expected != len(self.read(course)):
            raise StaleVersion(course, expected)
        for text in events:
            self._feed.append((len(self._feed) + 1, course, text))
        self._courses[course].extend(events)


class RefusesOneOfThem(MemoryStore):
    """Leaves out what it cannot encode, after it has kept what stands before."""

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        good = tuple(events)
        for number, text in enumerate(good):
            if not text.isascii():
                super().append(course, good[:number], expected=expected)
                raise StoreError("that text cannot be kept")
        super().append(course, good, expected=expected)


class FromTheFutureOnceLong(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        length = len(self.read(course))
        super().append(course, events, expected=length if expected > length > 20 else expected)


class FromThePastOnceLong(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        length = len(self.read(course))
        super().append(course, events, expected=length if 1_000 < expected < length else expected)


class CountsIn32Bits(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, events, expected=expected % 2**32)


class BeginsEmptyCourses(MemoryStore):
    """Keeps an empty line for an append of nothing."""

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        fits = expected == len(self.read(course))
        super().append(course, events or ['""'] * fits, expected=expected)


class FoldsNumbers(MemoryStore):
    """Its column for the course takes what looks like a number for one."""

    def _name(self, course: str) -> str:
        return str(int(course)) if course.isdigit() and len(course) < 9 else course

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        return super().read(self._name(course), after)

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(self._name(course), events, expected=expected)


class CutsNames(MemoryStore):
    """Its feed names a course by its first 64 letters."""

    def feed(self, after: int = 0) -> Iterator[Entry]:
        return ((position, course[:64], text) for position, course, text in super().feed(after))


class CutsEventsAtAPacket(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, [text[:500_000] for text in events], expected=expected)


class ReadsBackwardsBehindTheEnd(MemoryStore):
    """Counts from the end where it is asked for more than there is."""

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        found = super().read(course)
        return found[after:] if after <= len(found) + 100 else found[-1:]


class HoldsItsLock(MemoryStore):
    """Lets the second of two who append wait for ever."""

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        if course.startswith("course-") and expected == 1:
            time.sleep(3)
        super().append(course, events, expected=expected)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (ReadsOnePage, "all 1201 events of a long course are read, here after 0"),
        (FeedStops, "the feed holds all of 2402 events, in order"),
        (FeedLosesBetweenPages, "the feed holds all of 2402 events, in order"),
        (FeedGoesRound, "positions grow, and none stands twice"),
        (FeedDropsTwins, "the same text appended again stands in the feed again"),
        (FeedIsTheLiveList, "it refuses what the contract allows (StoreError: the list has changed)"),
        (ReadsTheLiveList, "what was read before does not change when somebody appends"),
        (KeepsTheGivenList, "who changes the list that was appended changes nothing in the store"),
        (CutsProtocols, "a protocol's text comes back letter by letter, here 65536 of them"),
        (
            MeasuresProtocols,
            "another text under a kept digest raises StoreError, also one that differs in its last letter",
        ),
        (TidiesLineEnds, "a protocol's text comes back letter by letter, here 23 of them"),
        (AppendsOneByOne, HALVES),
        (TellsAHalfAsDone, f"{HALVES} (it was told as done)"),
        (LeavesTheFeedBehind, f"{HALVES}, and nothing of it stands in the feed"),
        (RefusesOneOfThem, "of several events of which one is refused none is kept"),
        (FromTheFutureOnceLong, "appending at version 22 to a course at version 21 raises StaleVersion"),
        (FromThePastOnceLong, "appending at version 1001 to a course at version 1002 raises StaleVersion"),
        (CountsIn32Bits, "appending at version 4294967297 to a course at version 1 raises StaleVersion"),
        (BeginsEmptyCourses, "appending no events changes nothing"),
        (FoldsNumbers, "the course '01' is not taken for another one"),
        (CutsNames, "the feed names each course letter by letter"),
        (CutsEventsAtAPacket, "a text comes back letter by letter, up to a million letters"),
        (ReadsBackwardsBehindTheEnd, "reading after more events than there are gives none"),
    ],
)
def test_a_store_that_breaks_one_promise_is_found_out_by_it(broken: type[MemoryStore], sentence: str) -> None:
    assert found_out(lambda: check_store(broken, threads=1, lists=False)) == sentence


# -- rows of the lists -------------------------------------------------------------------------------------------


class RowsOnePage(MemoryStore):
    def rows(self, asked: Asked) -> Iterator[Row]:
        return iter(list(super().rows(asked))[:500])


class NamedOnePage(MemoryStore):
    def rows(self, asked: Asked) -> Iterator[Row]:
        found = list(super().rows(asked))
        return iter(found if asked.courses is None or len(asked.courses) > 30_000 else found[:200])


class KeepsRowsOfOnePage(MemoryStore):
    def keep_rows(self, rows: Iterable[Row]) -> int:
        return super().keep_rows(list(rows)[:100])


class RowBeforeItsEvents(MemoryStore):
    """Writes the row before it has all the events, and leaves it there when they break off."""

    def append_listed(self, course: str, events: Sequence[str], *, expected: int, row: Row) -> None:
        if row.course == course and row.version == expected + len(events) and expected == len(self.read(course)):
            self._rows[course] = row
        super().append_listed(course, events, expected=expected, row=row)


class EmptiesTheRowBeforeItsEvents(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        if len(events) and expected == len(self._courses.get(course, ())) and expected:
            self._rows[course] = Row(course, expected + len(events))
        super().append(course, events, expected=expected)


class RowsAreTheLiveTable(MemoryStore):
    """Reads on in a table that others change, and passes over the rows they have changed."""

    def rows(self, asked: Asked) -> Iterator[Row]:
        for row in super().rows(asked):
            if self._rows[row.course] is row:
                yield row


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (RowsOnePage, "a question finds the rows it wants (asked for every list on any day, of all courses)"),
        (NamedOnePage, "a question finds the rows it wants (asked for every list on any day, of 260 courses)"),
        (KeepsRowsOfOnePage, "520 rows made again are all kept, and counted"),
        (RowBeforeItsEvents, "of events that are refused no row is kept"),
        (EmptiesTheRowBeforeItsEvents, "of events that are refused no row is kept"),
        (RowsAreTheLiveTable, "rows that are being read go on, each of them once, while rows are made again"),
    ],
)
def test_a_store_that_loses_rows_of_the_lists_is_found_out(broken: type[MemoryStore], sentence: str) -> None:
    assert found_out(lambda: check_store(broken, threads=1)) == sentence


# -- several at once ---------------------------------------------------------------------------------------------


class PositionBeforeCommit(MemoryStore):
    """Takes the positions of an append, and puts it into the feed a moment later."""

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        with self._lock:
            super().append(course, events, expected=expected)
            mine = [self._feed.pop() for _ in events][::-1]
            self._feed += [(0, "", "")] * len(mine)
        time.sleep(0.002 if len(course) % 2 else 0)
        for entry in mine:
            self._feed[entry[0] - 1] = entry

    def feed(self, after: int = 0) -> Iterator[Entry]:
        return (entry for entry in super().feed(after) if entry[0])


class SeenByHalves(MemoryStore):
    """Has all events before it begins, and keeps them one by one: no other writer comes between, but a reader does."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = Lock()

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        given = tuple(events)
        with self._turn:
            for number, text in enumerate(given):
                super().append(course, [text], expected=expected + number)


class FedByHalves(MemoryStore):
    """Puts a batch into its course at once, and into the feed one by one."""

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        given = tuple(events)
        with self._lock:
            super().append(course, given, expected=expected)
            behind = [self._feed.pop() for _ in given[100:]][::-1]
        for entry in behind:
            self._feed.append(entry)
            time.sleep(0)


class LooksThenKeepsAProtocol(MemoryStore):
    def keep_protocol(self, digest: str, text: str) -> None:
        if self._protocols.get(digest, text) != text:
            raise StoreError("another text is kept under that digest")
        time.sleep(0.002)
        self._protocols[digest] = text


class NeverLetsHimIn(MemoryStore):
    """Calls everybody stale from some version on, and so whoever tries again."""

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        if course == "shared" and expected >= 4:
            raise StaleVersion(course, expected)
        super().append(course, events, expected=expected)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (PositionBeforeCommit, "who follows the feed by the last position sees every event once"),
        (SeenByHalves, "who reads "),
        (FedByHalves, "who reads the feed sees a whole batch or nothing of it"),
        (LooksThenKeepsAProtocol, "of several texts kept under one digest at once exactly one is kept"),
    ],
)
def test_a_store_that_is_wrong_for_several_at_once_is_found_out(broken: type[MemoryStore], sentence: str) -> None:
    check_store(broken, threads=1, lists=False)
    assert found_out(lambda: check_store(broken, lists=False)).startswith(sentence)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (HoldsItsLock, "several who use it at once come to an end (8 had not after 1 seconds)"),
        (NeverLetsHimIn, "who was late reads again, and is taken in the end (it was not after 0.5 seconds)"),
    ],
)
def test_a_store_that_lets_somebody_wait_for_ever_is_told_after_a_while(
    broken: type[MemoryStore], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expecting, "PATIENCE", 0.5)
    assert found_out(lambda: check_store(broken, lists=False)) == sentence


# -- two openings of one store -----------------------------------------------------------------------------------


class Opened(MemoryStore):
    """A memory store that can be opened again: what it keeps is shared by all openings."""

    last: ClassVar[MemoryStore]

    @classmethod
    def fresh(cls) -> Opened:
        Opened.last = MemoryStore()
        return cls.again()

    @classmethod
    def again(cls) -> Opened:
        made = cls()
        vars(made).update(vars(Opened.last))
        return made


class RemembersWhatItRead(Opened):
    """Keeps what it has read of a course for the next who reads, and adds to it what it appends itself."""

    def __init__(self) -> None:
        super().__init__()
        self._remembered: dict[str, tuple[str, ...]] = {}

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        known = self._remembered.setdefault(course, tuple(super().read(course)))
        return known[after:]

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, events, expected=expected)
        self._remembered.pop(course, None)


class PositionsOfItsOwn(Opened):
    """Counts the positions of the feed anew in each opening."""

    def __init__(self) -> None:
        super().__init__()
        self._first = 0

    @classmethod
    def again(cls) -> PositionsOfItsOwn:
        made = super().again()
        assert isinstance(made, PositionsOfItsOwn)
        made._first = len(made._feed)
        return made

    def feed(self, after: int = 0) -> Iterator[Entry]:
        shift = self._first
        return ((p + shift, c, t) for p, c, t in super().feed(max(after - shift, 0)))


class ForgetsWhenClosed(Opened):
    @classmethod
    def again(cls) -> ForgetsWhenClosed:
        return cls()


class ProtocolsOfItsOwn(Opened):
    @classmethod
    def again(cls) -> ProtocolsOfItsOwn:
        made = super().again()
        assert isinstance(made, ProtocolsOfItsOwn)
        made._protocols = {}
        return made


class RowsOfItsOwn(Opened):
    @classmethod
    def again(cls) -> RowsOfItsOwn:
        made = super().again()
        assert isinstance(made, RowsOfItsOwn)
        made._rows = {}
        return made


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (ForgetsWhenClosed, "an event outlives who appended it"),
        (RemembersWhatItRead, "what somebody else has appended is read here, too"),
        (PositionsOfItsOwn, "the feed and its positions outlive who appended"),
        (ProtocolsOfItsOwn, "it refuses what the contract allows"),
        (RowsOfItsOwn, "a row outlives who appended it"),
    ],
)
def test_a_store_that_is_another_when_it_is_opened_again_is_found_out(broken: type[Opened], sentence: str) -> None:
    check_store(broken.fresh, threads=1)
    assert found_out(lambda: check_store(broken.fresh, threads=1, again=broken.again)).startswith(sentence)


def test_a_store_that_is_the_same_in_every_opening_keeps_the_contract() -> None:
    check_store(Opened.fresh, again=Opened.again)
    assert Opened.last.read("nobody") == ()


# -- the caller's transaction ------------------------------------------------------------------------------------


class Joins(MemoryStore):
    """A memory store whose caller can open a transaction on it: nobody else gets in before its end."""

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        with self._lock:
            before = self._state()
            try:
                yield self
            except BaseException:
                vars(self).update(before)
                raise

    def _state(self) -> dict[str, Any]:
        courses = defaultdict(list, {course: list(texts) for course, texts in self._courses.items()})
        return {
            "_courses": courses, "_feed": list(self._feed), "_protocols": dict(self._protocols),
            "_rows": dict(self._rows),
        }  # fmt: skip


def joined(store: Store) -> Any:
    assert isinstance(store, Joins)
    return store.transaction()


class EndsIt(Joins):
    """Commits whatever is open when it does what `ends` names."""

    def __init__(self, ends: str) -> None:
        super().__init__()
        self._ends = ends
        self._open = False
        self._committed: dict[str, Any] = {}

    def _commit(self, what: str) -> None:
        if self._open and what == self._ends:
            self._committed = self._state()

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        self._open = True
        try:
            with super().transaction() as store:
                yield store
        except BaseException:
            vars(self).update(self._committed)
            raise
        finally:
            self._open, self._committed = False, {}

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        self._commit("read")
        return super().read(course, after)

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, events, expected=expected)
        self._commit("append" if events else "nothing")

    def feed(self, after: int = 0) -> Iterator[Entry]:
        self._commit("feed")
        return super().feed(after)

    def keep_protocol(self, digest: str, text: str) -> None:
        super().keep_protocol(digest, text)
        self._commit("protocol")

    def append_listed(self, course: str, events: Sequence[str], *, expected: int, row: Row) -> None:
        super().append_listed(course, events, expected=expected, row=row)
        self._commit("listed")

    def keep_rows(self, rows: Iterable[Row]) -> int:
        kept = super().keep_rows(rows)
        self._commit("rows")
        return kept

    def strays(self, courses: frozenset[str] | None = None) -> Iterator[Stray]:
        self._commit("strays")
        return super().strays(courses)


class OutsideOfIt(Joins):
    """Keeps some of its parts over a connection of its own, so that they stay when the caller takes back."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def _state(self) -> dict[str, Any]:
        return {name: value for name, value in super()._state().items() if name != self._part}


class TakesBackTooMuch(Joins):
    """Takes back everything there is."""

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        try:
            with super().transaction() as store:
                yield store
        except BaseException:
            self._courses.clear()
            raise


class RollsBackWhenStale(Joins):
    """Ends the caller's transaction when it refuses, as a rollback upon an error does."""

    def __init__(self) -> None:
        super().__init__()
        self._begun: dict[str, Any] = {}

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        with super().transaction() as store:
            self._begun = self._state()
            try:
                yield store
            finally:
                self._begun = {}

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        try:
            super().append(course, events, expected=expected)
        except StaleVersion:
            vars(self).update(self._begun)
            raise


class WritesAtTheEnd(Joins):
    """Puts off what is appended in a transaction until its end: who appended does not see it."""

    def __init__(self) -> None:
        super().__init__()
        self._later: list[tuple[str, tuple[str, ...], int]] | None = None

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        with super().transaction() as store:
            self._later = []
            try:
                yield store
                later, self._later = self._later, None
                for course, events, expected in later:
                    super().append(course, events, expected=expected)
            finally:
                self._later = None

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        if self._later is None:
            super().append(course, events, expected=expected)
        else:
            self._later.append((course, tuple(events), expected))


class SeenTooEarly(Joins):
    """Lets everybody read what a caller has not committed."""

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        before = self._state()
        try:
            yield self
        except BaseException:
            vars(self).update(before)
            raise


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (partial(EndsIt, "append"), "(it appended) no event is kept, and none of before is lost"),
        (partial(EndsIt, "read"), "(it appended; reading came before and after it) no event is kept"),
        (partial(EndsIt, "feed"), "(it appended; reading came before and after it) no event is kept"),
        (partial(EndsIt, "nothing"), "(it appended; appending nothing came before and after it) no event is kept"),
        (partial(EndsIt, "protocol"), "(it kept a protocol) no protocol is kept, and none of before is lost"),
        (
            partial(EndsIt, "listed"),
            "(it appended with rows of the lists) no event is kept, and none of before is lost",
        ),
        (partial(EndsIt, "rows"), "(it made rows again) no row of the lists is kept, and none of before is lost"),
        (partial(EndsIt, "strays"), "(it appended; reading came before and after it) no event is kept"),
        (partial(OutsideOfIt, "_feed"), "(it appended) nothing stands in the feed, and nothing of before is lost"),
        (partial(OutsideOfIt, "_protocols"), "(it kept a protocol) no protocol is kept, and none of before is lost"),
        (partial(OutsideOfIt, "_rows"), "(it appended) no row of the lists is kept, and none of before is lost"),
        (TakesBackTooMuch, "(it appended) no event is kept, and none of before is lost"),
        (WritesAtTheEnd, "in a transaction of the caller's what was written in it is seen"),
        (RollsBackWhenStale, "it refuses what the contract allows"),
        (SeenTooEarly, "is seen by nobody else before its commit"),
    ],
)
def test_a_store_that_does_not_join_its_callers_transaction_is_found_out(
    broken: Callable[[], Joins], sentence: str
) -> None:
    assert sentence in found_out(lambda: check_store(broken, threads=2, transaction=joined))


def test_a_store_that_joins_its_callers_transaction_keeps_the_contract() -> None:
    check_store(Joins, transaction=joined)
    assert Joins().read("a") == ()
