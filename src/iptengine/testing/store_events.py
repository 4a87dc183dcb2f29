"""The proof of one course: its events stand in their order, whole, letter by letter, and nobody else's among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from iptengine.store.port import StaleVersion, Store, StoreError
from iptengine.testing.expecting import broken, expect, expect_raised, texts_of
from iptengine.testing.store_feed import fed, feed_of

IDS = (
    "a", "A", "a-1", "a_1", "ab1", "aB1", "1", "01", "1e1", "10", "0123456789abcdef0123456789abcdef", "null", "con",
    "b" * 79, "b" * 79 + "c", "b" * 80,
)  # fmt: skip
"""Names that a store may take for one another: by their case, as a pattern, as a number, or cut off."""
ODD = (
    "\ud800 half", "😀 astral", "a\x00b\r\n\u2028", "' OR 1=1 --", '"}\\', " ", "é e\u0301", "%s {} $1 :x ?",
    "x" * 65_535 + "y", "z" * 1_000_000,
)  # fmt: skip
HALVES = "what breaks off in the middle keeps nothing: all events of an append, or none"


class BrokenOff(Exception):
    """What comes out of events of which the last cannot be had."""


class BreaksOff(Sequence[str]):
    """Events of which the last cannot be had, as when a connection breaks or a disk is full in the middle."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = tuple(texts)

    def __len__(self) -> int:
        return len(self._texts) + 1

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if index in (len(self._texts), -1):
            raise BrokenOff
        return self._texts[index]


def read_of(store: Store, course: str, after: int = 0) -> tuple[str, ...]:
    """What a store reads of a course, in the reader's own hands."""
    return tuple(store.read(course, after))


def breaks_off(act: Callable[[], object], sentence: str = HALVES) -> None:
    """Do what is given events that break off; say that the contract is broken when it calls that done."""
    try:
        act()
    except (BrokenOff, StoreError):
        return
    raise broken(f"{sentence} (it was told as done)")


def _begins_empty(store: Store) -> None:
    expect(read_of(store, "a") == (), "a course nobody has written to has no events")
    expect(read_of(store, "a", 7) == (), "a course nobody has written to has no events after any of them")
    expect(list(store.feed()) == [], "a fresh store has an empty feed")
    expect(list(store.feed(7)) == [], "a fresh store has an empty feed after any position")


def _keeps_order(store: Store) -> None:
    first, second = texts_of(*range(12)), texts_of("b", "a")
    store.append("a", first, expected=0)
    store.append("a", list(second), expected=12)
    expect(read_of(store, "a") == first + second, "events are read in the order they were appended")
    for after in (0, 1, 11, 12, 13, 14):
        rest = (first + second)[after:]
        expect(read_of(store, "a", after) == rest, f"reading after {after} gives what came after the first {after}")
    for after in (15, 5_000, 2**31):
        expect(read_of(store, "a", after) == (), "reading after more events than there are gives none")


def _keeps_twins(store: Store) -> None:
    twins = texts_of("same", "same")
    store.append("a", twins, expected=0)
    store.append("a", twins[:1], expected=2)
    store.append("b", twins[:1], expected=0)
    expect(read_of(store, "a") == twins + twins[:1], "the same text appended again is kept again")
    expect(read_of(store, "b") == twins[:1], "a text that another course has, too, is kept in each of them")
    wanted = [("a", twins[0])] * 3 + [("b", twins[0])]
    expect(fed(store) == wanted, "the same text appended again stands in the feed again")


def _expected_decides(store: Store) -> None:
    one, two = texts_of("one", "two")
    store.append("a", [one], expected=0)
    for wrong in (0, 2, 7, -1, 2**32 + 1):
        expect_raised(
            StaleVersion,
            lambda wrong=wrong: store.append("a", [two], expected=wrong),  # type: ignore[misc]
            f"appending at version {wrong} to a course at version 1 raises StaleVersion",
        )
    expect(read_of(store, "a") == (one,), "what was refused as stale is not kept")
    expect(fed(store) == [("a", one)], "what was refused as stale is not in the feed")
    store.append("a", [two], expected=1)
    expect(read_of(store, "a") == (one, two), "after a stale append the right version is taken")
    for wrong in (1, -1):
        expect_raised(
            StaleVersion,
            lambda wrong=wrong: store.append("new", [one], expected=wrong),  # type: ignore[misc]
            "a course nobody has written to is at version 0",
        )
    expect(read_of(store, "new") == (), "a stale append does not begin a course")


def _all_or_none(store: Store) -> None:
    one = texts_of("one")
    store.append("a", one, expected=0)
    expect_raised(
        StaleVersion,
        lambda: store.append("a", texts_of("two", "three", "four"), expected=0),
        "several events at a stale version raise StaleVersion",
    )
    expect(read_of(store, "a") == one, "of several events at a stale version none is kept")
    for course, version in (("a", 1), ("new", 0)):
        half = BreaksOff(texts_of("two", "three"))
        breaks_off(lambda course=course, half=half, version=version: store.append(course, half, expected=version))  # type: ignore[misc]
    expect(read_of(store, "a") == one and read_of(store, "new") == (), HALVES)
    expect(fed(store) == [("a", one[0])], f"{HALVES}, and nothing of it stands in the feed")
    store.append("a", texts_of("five"), expected=1)
    expect(read_of(store, "a") == (*one, *texts_of("five")), "after an append that broke off the next one is taken")


def _refused_whole(store: Store) -> None:
    """A text that is no ASCII may be refused; what is refused is so with all its batch, what is taken is kept."""
    kept: tuple[str, ...] = ()
    for odd in ("\ud800", "\x00", "é"):
        batch = (*texts_of("before"), f'{{"v":1,"note":"{odd}"}}', *texts_of("behind"))
        try:
            store.append("a", batch, expected=len(kept))
        except (StoreError, ValueError):
            sentence = "of several events of which one is refused none is kept"
        else:
            kept += batch
            sentence = "a text that is taken comes back letter by letter"
        expect(read_of(store, "a") == kept, sentence)
        expect(fed(store) == [("a", text) for text in kept], f"{sentence}, also in the feed")


def _nothing_changes_nothing(store: Store) -> None:
    one = texts_of("one")
    store.append("a", one, expected=0)
    for course, versions in (("a", (1, 0, 2)), ("new", (0, 1))):
        for version in versions:
            store.append(course, (), expected=version)
    expect(read_of(store, "a") == one and read_of(store, "new") == (), "appending no events changes nothing")
    expect(fed(store) == [("a", one[0])], "appending no events changes nothing in the feed")
    store.append("new", one, expected=0)
    expect(read_of(store, "new") == one, "a course to which no events were appended is still at version 0")


def _courses_stay_apart(store: Store) -> None:
    for round_ in range(2):
        for name in IDS:
            expect(len(read_of(store, name)) == round_, f"the course '{name}' is not taken for another one")
            store.append(name, texts_of(f"{name} {round_}"), expected=round_)
    for name in IDS:
        mine = texts_of(f"{name} 0", f"{name} 1")
        expect(read_of(store, name) == mine, f"the course '{name}' holds its own events and no others")
    wanted = [(name, text) for round_ in range(2) for name in IDS for text in texts_of(f"{name} {round_}")]
    expect(fed(store) == wanted, "the feed names each course letter by letter")


def _text_is_kept_exactly(store: Store) -> None:
    texts = texts_of(*ODD)
    store.append("a", texts, expected=0)
    expect(read_of(store, "a") == texts, "a text comes back letter by letter, up to a million letters")
    expect(fed(store) == [("a", text) for text in texts], "a text stands in the feed letter by letter")


def _what_was_given_out_stays(store: Store) -> None:
    """Neither what was read nor what was given to the store is shared with it."""
    given = list(texts_of(1, 2))
    store.append("a", given, expected=0)
    given[0] = "{}"
    given.append("{}")
    expect(read_of(store, "a") == texts_of(1, 2), "who changes the list that was appended changes nothing in the store")
    read, feed = store.read("a"), store.feed()
    begun = [next(feed)]
    store.append("a", texts_of(3), expected=2)
    expect(tuple(read) == texts_of(1, 2), "what was read before does not change when somebody appends")
    going_on = [text for _, _, text in (*begun, *feed)]
    expect(going_on[:2] == list(texts_of(1, 2)), "a feed that is being read goes on when somebody appends")
    read = store.read("a")
    if isinstance(read, list):
        read.clear()
    expect(read_of(store, "a") == texts_of(1, 2, 3), "who changes the list that was read changes nothing in the store")
    expect(len(feed_of(store)) == 3, "reading changes nothing in the feed")


CHECKS: tuple[Callable[[Store], None], ...] = (
    _begins_empty,
    _keeps_order,
    _keeps_twins,
    _expected_decides,
    _all_or_none,
    _refused_whole,
    _nothing_changes_nothing,
    _courses_stay_apart,
    _text_is_kept_exactly,
    _what_was_given_out_stays,
)
