"""The proof of the feed: everything that was appended stands in it once, in one order that never changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from iptengine.store.port import StaleVersion, Store
from iptengine.testing.expecting import expect, expect_raised, texts_of

Entry = tuple[int, str, str]
GROWING = "positions grow, and none stands twice"
BATCHES = (1, 1, 1, 5, 13, 43, 37, 27, 128, 244, 1, 500, 1, 199)
"""How many events a long course is given at a time: over the usual sizes of a page, and one behind them."""
PLACES = (0, 1, 99, 100, 101, 499, 500, 501, 999, 1_000, 1_001, 1_199, 1_200, 1_201, 1_202)


def feed_of(store: Store, after: int = 0) -> list[Entry]:
    """The whole feed after a position; a feed that goes round in circles is found out."""
    found: list[Entry] = []
    for entry in store.feed(after):
        position = entry[0]
        expect(type(position) is int and position > 0, "positions are 1 or above")
        expect(not found or position > found[-1][0], GROWING)
        found.append(entry)
    return found


def fed(store: Store, after: int = 0) -> list[tuple[str, str]]:
    """The feed without its positions."""
    return [(course, text) for _, course, text in feed_of(store, after)]


def _feed_is_complete(store: Store) -> None:
    written = [
        ("a", texts_of(1, 2)),
        ("b", texts_of(3)),
        ("a", texts_of(4)),
        ("c", texts_of(5, 6, 7)),
        ("b", texts_of(8)),
    ]
    versions: dict[str, int] = {}
    for course, texts in written:
        store.append(course, texts, expected=versions.get(course, 0))
        versions[course] = versions.get(course, 0) + len(texts)
    feed = feed_of(store)
    wanted = [(course, text) for course, texts in written for text in texts]
    expect([entry[1:] for entry in feed] == wanted, "the feed holds every event, in order")
    for position, _, _ in feed:
        rest = [entry for entry in feed if entry[0] > position]
        expect(feed_of(store, position) == rest, "the feed after a position holds what came after it, and only that")
    last = feed[-1][0]
    expect(feed_of(store, last + 1_000) == [], "the feed after a position that is not there yet is empty")
    store.append("d", texts_of(9), expected=0)
    wanted = [("d", text) for text in texts_of(9)]
    expect(fed(store, last) == wanted, "what is appended later stands in the feed after the last position")
    expect(feed_of(store)[: len(feed)] == feed, "a position that was seen never changes")


def _long_course(store: Store) -> None:
    """1,201 events in one course, and at each of its lengths versions that it does not have."""
    texts: tuple[str, ...] = ()
    for size in BATCHES:
        new = texts_of(*range(len(texts), len(texts) + size))
        store.append("a", new, expected=len(texts))
        texts += new
        _expect_only(store, len(texts), size)
    for after in PLACES:
        found = tuple(store.read("a", after))
        expect(found == texts[after:], f"all {len(texts)} events of a long course are read, here after {after}")
    many = texts_of(*range(len(texts)))
    store.append("b", many, expected=0)
    expect(tuple(store.read("b")) == many, f"all {len(many)} events that were appended at once are read")
    _expect_long_feed(store, [("a", text) for text in texts] + [("b", text) for text in many])


def _expect_only(store: Store, length: int, size: int) -> None:
    """Refused is each version but the one that the course has."""
    wrong = {0, 1, length // 2, length - size, length - 2, length - 1, length + 1, length + 2, length + 20, 2 * length}
    for version in sorted(wrong - {length, -1}):
        expect_raised(
            StaleVersion,
            lambda version=version: store.append("a", texts_of("x"), expected=version),  # type: ignore[misc]
            f"appending at version {version} to a course at version {length} raises StaleVersion",
        )
    expect(tuple(store.read("a", length)) == (), f"what was refused at version {length} is not kept")


def _expect_long_feed(store: Store, wanted: Sequence[tuple[str, str]]) -> None:
    feed = feed_of(store)
    expect([entry[1:] for entry in feed] == wanted, f"the feed holds all of {len(wanted)} events, in order")
    for number in (*PLACES[1:], len(feed) - 1, len(feed)):
        rest = feed_of(store, feed[number - 1][0])
        expect(rest == feed[number:], f"the feed holds every event after its entry {number} of {len(feed)}")
    followed: list[Entry] = []
    while new := list(islice(store.feed(followed[-1][0] if followed else 0), 499)):
        expect(len(followed) + len(new) <= len(feed), GROWING)
        followed += new
    expect(followed == feed, "who takes a part of the feed and asks again after its last position misses nothing")


CHECKS: tuple[Callable[[Store], None], ...] = (_feed_is_complete, _long_course)
