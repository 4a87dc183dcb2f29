"""The memory store keeps the contract of the port, and the proof of it notices every store that does not."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from iptengine.store.memory import MemoryStore
from iptengine.store.port import StaleVersion, StoreError, UnknownDigest
from iptengine.testing.expecting import StoreContractBroken
from iptengine.testing.store import check_store


def test_the_memory_store_keeps_the_contract() -> None:
    check_store(MemoryStore)
    assert MemoryStore().read("a") == ()


REFUSES = "it refuses what the contract allows"


class LastWins(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, events, expected=len(self.read(course)))


class FromTheFuture(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, events, expected=min(expected, len(self.read(course))))


class OneByOne(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        if expected != len(self.read(course)) and len(events) > 1:
            self._courses[course].append(events[0])
        super().append(course, events, expected=expected)


class HalfABatch(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        if expected != len(self.read(course)):
            self._feed.append((len(self._feed) + 1, course, events[0]))
        super().append(course, events, expected=expected)


class NoTwins(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, tuple(dict.fromkeys(events)), expected=expected)


class KeepsOne(MemoryStore):
    """Takes a text it has for a repeated one, but counts it."""

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        return tuple(dict.fromkeys(super().read(course)))[after:]


class FoldsCase(MemoryStore):
    def read(self, course: str, after: int = 0) -> Sequence[str]:
        return super().read(course.lower(), after)

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course.lower(), events, expected=expected)


class ReadsAll(MemoryStore):
    def read(self, course: str, after: int = 0) -> Sequence[str]:
        return super().read(course)


class CutsAtNul(MemoryStore):
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        super().append(course, [text[:65_535] for text in events], expected=expected)


class FeedIncludesThePosition(MemoryStore):
    def feed(self, after: int = 0) -> Iterator[tuple[int, str, str]]:
        return super().feed(max(after - 1, 0))


class FeedByCourse(MemoryStore):
    def feed(self, after: int = 0) -> Iterator[tuple[int, str, str]]:
        return iter(sorted(super().feed(after), key=lambda entry: entry[1]))


class FeedFromZero(MemoryStore):
    def feed(self, after: int = 0) -> Iterator[tuple[int, str, str]]:
        return ((position - 1, course, text) for position, course, text in super().feed(after))


class LastProtocolWins(MemoryStore):
    def keep_protocol(self, digest: str, text: str) -> None:
        self._protocols[digest] = text


class KeepsAProtocolOnce(MemoryStore):
    def keep_protocol(self, digest: str, text: str) -> None:
        if digest in self._protocols:
            raise StoreError("kept already")
        super().keep_protocol(digest, text)


class AnyProtocol(MemoryStore):
    def protocol(self, digest: str) -> str:
        return next(iter(self._protocols.values()), "")


class LooksThenWrites(MemoryStore):
    """Looks at the version outside the lock: right for one writer, wrong for two."""

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        events = tuple(events)
        if not events:
            return
        if expected != len(self._courses.get(course, ())):
            raise StaleVersion(course, expected)
        time.sleep(0.001)
        self._courses[course].extend(events)
        self._feed += [(len(self._feed) + n, course, text) for n, text in enumerate(events, 1)]


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (LastWins, "appending at version 0 to a course at version 1 raises StaleVersion"),
        (FromTheFuture, "appending at version 2 to a course at version 1 raises StaleVersion"),
        (HalfABatch, "what was refused as stale is not in the feed"),
        (NoTwins, f"{REFUSES} (StaleVersion: the course does not stand at version 2: others have written to it)"),
        (FoldsCase, "the course 'A' is not taken for another one"),
        (KeepsOne, "the same text appended again is kept again"),
        (OneByOne, "of several events at a stale version none is kept"),
        (ReadsAll, "reading after 1 gives what came after the first 1"),
        (CutsAtNul, "a text comes back letter by letter, up to a million letters"),
        (FeedIncludesThePosition, "the feed after a position holds what came after it, and only that"),
        (FeedByCourse, "positions grow, and none stands twice"),
        (FeedFromZero, "positions are 1 or above"),
        (LastProtocolWins, "another text under a kept digest raises StoreError"),
        (KeepsAProtocolOnce, f"{REFUSES} (StoreError: kept already)"),
        (AnyProtocol, "a digest nobody has kept raises UnknownDigest"),
    ],
)
def test_the_proof_notices_a_store_that_breaks_one_sentence(broken: type[MemoryStore], sentence: str) -> None:
    with pytest.raises(StoreContractBroken) as caught:
        check_store(broken, threads=1)
    assert str(caught.value) == f"the store breaks the contract: {sentence}"


def test_the_proof_notices_that_two_writers_won() -> None:
    check_store(LooksThenWrites, threads=1, lists=False)
    with pytest.raises(StoreContractBroken, match="exactly one wins") as caught:
        check_store(LooksThenWrites)
    assert "did)" in str(caught.value)


class TestErrors:
    CANARY: ClassVar[str] = "Wilhelmina was beaten"

    def test_a_stale_version_names_the_course_and_the_version(self) -> None:
        store = MemoryStore()
        with pytest.raises(StaleVersion) as caught:
            store.append("a", [self.CANARY], expected=3)
        assert (caught.value.course, caught.value.expected) == ("a", 3)
        assert str(caught.value) == "the course does not stand at version 3: others have written to it"

    def test_an_unknown_digest_is_an_error_of_the_store(self) -> None:
        with pytest.raises(UnknownDigest) as caught:
            MemoryStore().protocol("f" * 64)
        assert caught.value.digest == "f" * 64
        assert isinstance(caught.value, StoreError)
        assert str(caught.value) == "no protocol of that digest is kept in this store"

    def test_the_name_of_the_store_tells_nothing_of_what_is_in_it(self) -> None:
        store = MemoryStore()
        store.append("a", [self.CANARY], expected=0)
        assert repr(store) == "<MemoryStore of 1 courses>"


def test_what_was_read_or_fed_before_does_not_change_afterwards() -> None:
    store = MemoryStore()
    store.append("a", ["1"], expected=0)
    read, feed = store.read("a"), store.feed()
    store.append("a", ["2"], expected=1)
    assert tuple(read) == ("1",)
    assert list(feed) == [(1, "a", "1")]
