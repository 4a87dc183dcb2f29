"""The proof that a store keeps the contract of `iptengine.store.port.Store`: for every implementation the same."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Sequence

from iptengine.store.port import StaleVersion, Store, StoreError, UnknownDigest
from iptengine.store.rows import Lists, keeps_lists
from iptengine.testing import store_lists
from iptengine.testing.expecting import at_once, expect, expect_raised, nothing_refused, texts_of

THREADS = 8
ROUNDS = 10


class StoreWithoutLists(UserWarning):
    """A store lacks the second part of the port, so that part was not proved; `lists=False` says it is meant so."""


def check_store(factory: Callable[[], Store], *, threads: int = THREADS, lists: bool | None = None) -> None:
    """Prove that the stores that `factory` makes keep the contract of the port.

    Args:
        factory: Makes a fresh, empty store each time it is called.
        threads: How many threads write to one store at once. 1 leaves that part out, and proves that much less:
            only for a store that is never shared.
        lists: Whether they keep the lists of a clinic, too (`iptengine.store.rows`). Left out, that part is proved
            of a store that has it, and of another one `StoreWithoutLists` warns.

    Raises:
        StoreContractBroken: It does not; names the sentence of the contract.

    Example:
        >>> from iptengine.store.memory import MemoryStore
        >>> check_store(MemoryStore)
    """
    with nothing_refused():
        for check in _CHECKS:
            check(factory())
        if threads > 1:
            store = factory()
            for course in range(ROUNDS):
                _one_writer_wins(store, f"course-{course}", threads)
            _nobody_is_lost(factory(), threads)
        if lists is not False:
            _check_lists(factory, threads, wanted=lists is True)


def _check_lists(factory: Callable[[], Store], threads: int, *, wanted: bool) -> None:
    if not keeps_lists(factory()):
        expect(not wanted, "it keeps the rows of the lists (append_listed, rows, strays, keep_rows)")
        told = (
            "this store keeps no lists of a clinic, so a clinic over it replays every course; that part is not proved"
        )
        warnings.warn(told, StoreWithoutLists, stacklevel=3)
        return
    for check in store_lists.CHECKS:
        check(_with_lists(factory))
    if threads > 1:
        store_lists.rows_keep_step(_with_lists(factory), threads)


def _with_lists(factory: Callable[[], Store]) -> Lists:
    store = factory()
    assert keeps_lists(store)
    return store


def _read(store: Store, course: str, after: int = 0) -> tuple[str, ...]:
    return tuple(store.read(course, after))


# -- one course --------------------------------------------------------------------------------------------------


def _begins_empty(store: Store) -> None:
    expect(_read(store, "a") == (), "a course nobody has written to has no events")
    expect(_read(store, "a", 7) == (), "a course nobody has written to has no events after any of them")
    expect(list(store.feed()) == [], "a fresh store has an empty feed")


def _keeps_order(store: Store) -> None:
    first, second = texts_of(*range(12)), texts_of("b", "a")
    store.append("a", first, expected=0)
    store.append("a", list(second), expected=12)
    expect(_read(store, "a") == first + second, "events are read in the order they were appended")
    for after in (0, 1, 11, 12, 13, 14):
        rest = (first + second)[after:]
        expect(_read(store, "a", after) == rest, f"reading after {after} gives what came after the first {after}")
    expect(_read(store, "a", 15) == (), "reading after more events than there are gives none")


def _keeps_twins(store: Store) -> None:
    twins = texts_of("same", "same")
    store.append("a", twins, expected=0)
    store.append("a", twins[:1], expected=2)
    expect(_read(store, "a") == twins + twins[:1], "the same text appended again is kept again")


def _expected_decides(store: Store) -> None:
    one, two = texts_of("one", "two")
    store.append("a", [one], expected=0)
    for wrong in (0, 2, 7, -1):
        expect_raised(
            StaleVersion,
            lambda wrong=wrong: store.append("a", [two], expected=wrong),  # type: ignore[misc]
            f"appending at version {wrong} to a course at version 1 raises StaleVersion",
        )
    expect(_read(store, "a") == (one,), "what was refused as stale is not kept")
    expect([text for _, _, text in store.feed()] == [one], "what was refused as stale is not in the feed")
    store.append("a", [two], expected=1)
    expect(_read(store, "a") == (one, two), "after a stale append the right version is taken")
    expect_raised(
        StaleVersion, lambda: store.append("new", [one], expected=1), "a course nobody has written to is at version 0"
    )
    expect(_read(store, "new") == (), "a stale append does not begin a course")


def _all_or_none(store: Store) -> None:
    store.append("a", texts_of("one"), expected=0)
    expect_raised(
        StaleVersion,
        lambda: store.append("a", texts_of("two", "three", "four"), expected=0),
        "several events at a stale version raise StaleVersion",
    )
    expect(_read(store, "a") == texts_of("one"), "of several events at a stale version none is kept")
    store.append("a", (), expected=1)
    expect(_read(store, "a") == texts_of("one"), "appending no events changes nothing")


def _courses_stay_apart(store: Store) -> None:
    names = ("a", "A", "a-1", "a_1", "0123456789abcdef0123456789abcdef", "b" * 80)
    for round_ in range(2):
        for name in names:
            store.append(name, texts_of(f"{name} {round_}"), expected=round_)
    for name in names:
        mine = texts_of(f"{name} 0", f"{name} 1")
        expect(_read(store, name) == mine, f"the course '{name}' holds its own events and no others")


def _text_is_kept_exactly(store: Store) -> None:
    odd = ("\ud800 half", "😀 astral", "a\x00b\r\n\u2028", "' OR 1=1 --", '"}\\', " ", "é e\u0301", "x" * 200_000)
    texts = texts_of(*odd)
    store.append("a", texts, expected=0)
    expect(_read(store, "a") == texts, "a text comes back letter by letter")
    expect(tuple(text for _, _, text in store.feed()) == texts, "a text stands in the feed letter by letter")


# -- the feed ----------------------------------------------------------------------------------------------------


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
    feed = list(store.feed())
    wanted = [(course, text) for course, texts in written for text in texts]
    expect([(course, text) for _, course, text in feed] == wanted, "the feed holds every event, in order")
    _expect_growing(feed)
    for position, _, _ in feed:
        rest = [entry for entry in feed if entry[0] > position]
        expect(list(store.feed(position)) == rest, "the feed after a position holds what came after it, and only that")
    last = feed[-1][0]
    store.append("d", texts_of(9), expected=0)
    (new,) = list(store.feed(last)) or [(0, "", "")]
    expect(new[1:] == ("d", *texts_of(9)), "what is appended later stands in the feed after the last position")
    expect(list(store.feed())[: len(feed)] == feed, "a position that was seen never changes")


def _expect_growing(feed: Sequence[tuple[int, str, str]]) -> None:
    positions = [position for position, _, _ in feed]
    expect(all(type(position) is int and position > 0 for position in positions), "positions are 1 or above")
    expect(positions == sorted(set(positions)), "positions grow, and none stands twice")


# -- protocols ---------------------------------------------------------------------------------------------------


def _protocols_are_kept_once(store: Store) -> None:
    digest, other = "a" * 64, "b" * 64
    expect_raised(UnknownDigest, lambda: store.protocol(digest), "a digest nobody has kept raises UnknownDigest")
    text = '{"title":"Grief 😀 é"}'
    store.keep_protocol(digest, text)
    store.keep_protocol(digest, text)
    expect(store.protocol(digest) == text, "a protocol's text comes back letter by letter")
    expect_raised(
        StoreError,
        lambda: store.keep_protocol(digest, text + " "),
        "another text under a kept digest raises StoreError",
    )
    expect(store.protocol(digest) == text, "the text first kept under a digest stays")
    expect_raised(UnknownDigest, lambda: store.protocol(other), "one digest is not taken for another")
    expect(list(store.feed()) == [], "a kept protocol is no event")


# -- several at once ---------------------------------------------------------------------------------------------


def _one_writer_wins(store: Store, course: str, threads: int) -> None:
    store.append(course, texts_of("first"), expected=0)

    def write(number: int) -> bool:
        try:
            store.append(course, texts_of(number, number), expected=1)
        except StaleVersion:
            return False
        return True

    won = at_once(threads, write)
    expect(sum(won) == 1, f"of several who append at the same version exactly one wins ({sum(won)} did)")
    number = won.index(True)
    kept = texts_of("first", number, number)
    expect(_read(store, course) == kept, "what the winner appended is kept, and nothing of the others")


def _nobody_is_lost(store: Store, threads: int) -> None:
    """Every thread appends in its turn, trying again when it was late; meanwhile the feed is followed."""
    each = 5

    def write(number: int) -> bool:
        for turn in range(each):
            while not _appended(store, "shared", texts_of(number, turn)):
                pass
            store.append(f"own-{number}", texts_of(turn), expected=turn)
        return True

    def follow(number: int) -> bool:
        last, seen = 0, 0
        while seen < 3 * each * threads:
            new = list(store.feed(last))
            seen += len(new)
            last = new[-1][0] if new else last
        return seen == 3 * each * threads

    done = at_once(threads + 1, lambda number: follow(number) if number == threads else write(number))
    expect(all(done), "who follows the feed by the last position sees every event once")
    for number in range(threads):
        expect(_read(store, f"own-{number}") == texts_of(*range(each)), "every writer's events are kept in order")
    expect(len(_read(store, "shared")) == 2 * each * threads, "what was tried again until it was kept is kept once")
    pairs = _read(store, "shared")
    expect(_paired(pairs[::2], pairs[1::2], each), "events appended together stand together")
    _expect_growing(list(store.feed()))


def _appended(store: Store, course: str, texts: Sequence[str]) -> bool:
    try:
        store.append(course, texts, expected=len(store.read(course)))
    except StaleVersion:
        return False
    return True


def _paired(writers: Iterable[str], turns: Iterable[str], each: int) -> bool:
    last: dict[str, int] = {}
    for writer, turn in zip(writers, turns, strict=True):
        number = json.loads(turn)["note"]
        if number != last.get(writer, -1) + 1:
            return False
        last[writer] = number
    return all(number == each - 1 for number in last.values())


_CHECKS: tuple[Callable[[Store], None], ...] = (
    _begins_empty,
    _keeps_order,
    _keeps_twins,
    _expected_decides,
    _all_or_none,
    _courses_stay_apart,
    _text_is_kept_exactly,
    _feed_is_complete,
    _protocols_are_kept_once,
)
