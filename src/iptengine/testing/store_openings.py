"""The proof that a store is the same for all who open it: what one has kept the other reads, and neither remembers."""

from __future__ import annotations

from iptengine.store.port import StaleVersion, Store, StoreError
from iptengine.store.rows import Asked, keeps_lists
from iptengine.testing.expecting import Factory, expect, expect_raised, texts_of
from iptengine.testing.store_at_once import nobody_is_lost, one_protocol_wins, one_writer_wins
from iptengine.testing.store_events import read_of
from iptengine.testing.store_feed import feed_of
from iptengine.testing.store_lists import FORM, row_of
from iptengine.testing.store_protocols import LARGE, digest_of


def check_openings(factory: Factory, again: Factory, threads: int) -> None:
    """Prove what a store promises to two who have opened it."""
    _events_are_everybodys(factory(), again)
    _protocols_are_everybodys(factory(), again)
    store = factory()
    if keeps_lists(store):
        _rows_are_everybodys(store, again)
    threads = min(threads, 4)
    if threads > 1:
        both = [factory(), again()]
        for course in range(3):
            one_writer_wins(both, f"course-{course}", threads)
        nobody_is_lost([factory(), again()], threads)
        one_protocol_wins([factory(), again()], threads)


def _events_are_everybodys(first: Store, again: Factory) -> None:
    expect(read_of(first, "a") == () and feed_of(first) == [], "a fresh store is empty")
    first.append("a", texts_of(1, 2), expected=0)
    second = again()
    expect(read_of(second, "a") == texts_of(1, 2), "an event outlives who appended it")
    expect(feed_of(second) == feed_of(first), "the feed and its positions outlive who appended")
    expect(read_of(first, "a") == texts_of(1, 2), "an event is read by who appended it")
    second.append("a", texts_of(3), expected=2)
    expect(read_of(first, "a") == texts_of(1, 2, 3), "what somebody else has appended is read here, too")
    expect(feed_of(first) == feed_of(second), "what somebody else has appended stands in the feed here, too")
    for store in (first, second):
        expect_raised(
            StaleVersion,
            lambda store=store: store.append("a", texts_of(4), expected=2),  # type: ignore[misc]
            "appending at a version that somebody else has gone past raises StaleVersion",
        )
    first.append("a", texts_of(4), expected=3)
    expect(read_of(again(), "a") == texts_of(1, 2, 3, 4), "two who append in turns go on where the other was")


def _protocols_are_everybodys(first: Store, again: Factory) -> None:
    second = again()
    first.keep_protocol(digest_of(1), LARGE)
    expect(second.protocol(digest_of(1)) == LARGE, "a protocol outlives who kept it")
    expect_raised(
        StoreError,
        lambda: second.keep_protocol(digest_of(1), "another"),
        "another text under a digest that somebody else has kept raises StoreError",
    )
    expect(first.protocol(digest_of(1)) == LARGE, "the text first kept under a digest stays")


def _rows_are_everybodys(first: Store, again: Factory) -> None:
    second = again()
    assert keeps_lists(first)
    assert keeps_lists(second)
    row = row_of("a", 1)
    first.append_listed("a", texts_of(1), expected=0, row=row)
    asked = Asked(frozenset({FORM}))
    expect(list(second.rows(asked)) == [row], "a row outlives who appended it")
    second.append("a", texts_of(2), expected=1)
    expect([one.version for one in first.rows(asked)] == [2], "a row keeps step with what somebody else has appended")
    expect(first.keep_rows([row]) == 0, "a row of a version that somebody else has gone past is not kept")
    expect(list(first.strays()) == [], "no course is a stray when two append in turns")
