"""The proof of a store that several use at once: one is first, nobody is lost, and nobody sees a half of anything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock
from time import monotonic

from iptengine.store.port import StaleVersion, Store, StoreError
from iptengine.testing import expecting
from iptengine.testing.expecting import Factory, at_once, broken, expect, texts_of
from iptengine.testing.store_events import read_of
from iptengine.testing.store_feed import Entry, feed_of
from iptengine.testing.store_protocols import digest_of

ROUNDS = 6
EACH = 4
BATCHES = 10
BATCH = 200
FOLLOWED = "who follows the feed by the last position sees every event once"


class Ending:
    """What others wait for: that so many have ended, however they did."""

    def __init__(self, number: int) -> None:
        self._left = number
        self._lock = Lock()
        self._until = monotonic() + expecting.PATIENCE
        self.come = Event()

    @contextmanager
    def one(self) -> Iterator[None]:
        """One of those who end."""
        try:
            yield
        finally:
            with self._lock:
                self._left -= 1
                if not self._left:
                    self.come.set()

    def turns(self) -> Iterator[int]:
        """Numbers until all have ended, and one more: whoever looks once more then sees all that was done."""
        turn = 0
        while not self.come.is_set() and monotonic() < self._until:
            yield turn
            turn += 1
        yield turn


def one_writer_wins(stores: Sequence[Store], course: str, threads: int) -> None:
    """Prove that of several who append at the same version one is first."""
    stores[0].append(course, texts_of("first"), expected=0)

    def write(number: int) -> bool:
        try:
            stores[number % len(stores)].append(course, texts_of(number, number), expected=1)
        except StaleVersion:
            return False
        return True

    won = at_once(threads, write)
    expect(sum(won) == 1, f"of several who append at the same version exactly one wins ({sum(won)} did)")
    number = won.index(True)
    kept = texts_of("first", number, number)
    expect(read_of(stores[-1], course) == kept, "what the winner appended is kept, and nothing of the others")


def nobody_is_lost(stores: Sequence[Store], threads: int) -> None:
    """Every thread appends in its turn, trying again when it was late; meanwhile the feed is followed."""
    writers = Ending(threads)

    def write(number: int) -> bool:
        store = stores[number % len(stores)]
        with writers.one():
            for turn in range(EACH):
                _append_in_the_end(store, "shared", texts_of(number, turn))
                store.append(f"own-{number}", texts_of(turn), expected=turn)
        return True

    followed: list[list[Entry]] = [[] for _ in stores]

    def follow(number: int) -> bool:
        mine = followed[number]
        for _ in writers.turns():
            mine += feed_of(stores[number], mine[-1][0] if mine else 0)
        return True

    at_once(threads + len(stores), lambda number: follow(number - threads) if number >= threads else write(number))
    store = stores[0]
    for number in range(threads):
        expect(read_of(store, f"own-{number}") == texts_of(*range(EACH)), "every writer's events are kept in order")
    pairs = read_of(store, "shared")
    expect(len(pairs) == 2 * EACH * threads, "what was tried again until it was kept is kept once")
    expect(_paired(pairs[::2], pairs[1::2]), "events appended together stand together")
    feed = feed_of(store)
    expect(len(feed) == 3 * EACH * threads, "the feed holds every event that several have appended at once")
    expect(all(mine == feed for mine in followed), FOLLOWED)
    for course in ("shared", *(f"own-{number}" for number in range(threads))):
        mine = tuple(text for _, named, text in feed if named == course)
        expect(mine == read_of(store, course), "the events of one course stand in the feed in their order")


def _append_in_the_end(store: Store, course: str, texts: Sequence[str]) -> None:
    """Append at the version that was read, again and again while others are faster."""
    until = monotonic() + expecting.PATIENCE
    while True:
        try:
            store.append(course, texts, expected=len(store.read(course)))
            return
        except StaleVersion:
            if monotonic() > until:
                told = "who was late reads again, and is taken in the end"
                raise broken(f"{told} (it was not after {expecting.PATIENCE:g} seconds)") from None


def _paired(writers: Iterable[str], turns: Iterable[str]) -> bool:
    last: dict[str, int] = {}
    for writer, turn in zip(writers, turns, strict=True):
        number = json.loads(turn)["note"]
        if number != last.get(writer, -1) + 1:
            return False
        last[writer] = number
    return all(number == EACH - 1 for number in last.values())


def batches_are_seen_whole(store: Store, threads: int) -> None:
    """One appends large batches while others read: nobody ever sees a part of one."""
    writer = Ending(1)

    def write() -> bool:
        with writer.one():
            for batch in range(BATCHES):
                texts = texts_of(*range(batch * BATCH, (batch + 1) * BATCH))
                store.append("a", texts, expected=batch * BATCH)
        return True

    def look(number: int) -> bool:
        for _ in writer.turns():
            seen = len(read_of(store, "a"))
            expect(seen % BATCH == 0, f"who reads while others append sees a whole batch or nothing of it ({seen})")
            seen = len(feed_of(store))
            expect(seen % BATCH == 0, f"who reads the feed sees a whole batch or nothing of it ({seen})")
        return True

    at_once(min(threads, 4), lambda number: look(number) if number else write())
    expect(read_of(store, "a") == texts_of(*range(BATCHES * BATCH)), "batches that others read meanwhile are all kept")


def one_protocol_wins(stores: Sequence[Store], threads: int) -> None:
    """Several keep a protocol under one digest at once: the same is refused to nobody, another one to all but one."""
    same, other = digest_of(1), digest_of(2)

    def keep(number: int) -> bool:
        store = stores[number % len(stores)]
        store.keep_protocol(same, "the same")
        try:
            store.keep_protocol(other, f"text {number}")
        except StoreError:
            return False
        return store.protocol(other) == f"text {number}"

    won = at_once(threads, keep)
    expect(sum(won) == 1, f"of several texts kept under one digest at once exactly one is kept ({sum(won)} were)")
    kept = stores[-1].protocol(other)
    expect(kept == f"text {won.index(True)}", "the text that was told as kept under a digest stays")


def check_at_once(factory: Factory, threads: int) -> None:
    """Prove what a store promises to several who use it at once."""
    store = factory()
    for course in range(ROUNDS):
        one_writer_wins([store], f"course-{course}", threads)
    nobody_is_lost([factory()], threads)
    batches_are_seen_whole(factory(), threads)
    for _ in range(3):
        one_protocol_wins([factory()], threads)
