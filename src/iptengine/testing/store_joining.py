"""The proof that a store joins the transaction of its caller: it is kept with it, gone with it, and never ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event

from iptengine.store.port import StaleVersion, Store, StoreError, UnknownDigest
from iptengine.store.rows import Asked, Row, keeps_lists
from iptengine.store.strays import Stray
from iptengine.testing.expecting import Transaction, at_once, expect, expect_raised, texts_of
from iptengine.testing.store_at_once import Ending
from iptengine.testing.store_events import BreaksOff, breaks_off, read_of
from iptengine.testing.store_feed import Entry, feed_of
from iptengine.testing.store_lists import FORM, row_of
from iptengine.testing.store_protocols import digest_of

Act = Callable[[Store], object]
HELD = 0.5
"""How many seconds a transaction is kept open for somebody else, who may have to wait for its end."""
COURSES = ("old", "a", "b")
ASKED = Asked(frozenset({FORM}))
OLD, NEW = digest_of(1), digest_of(2)


class TakenBack(Exception):
    """The caller of a transaction changes its mind."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """All that a store has kept of what the proof writes."""

    events: dict[str, tuple[str, ...]]
    feed: list[Entry]
    protocols: dict[str, str]
    rows: list[Row]
    strays: list[Stray]


def _kept(store: Store) -> _Kept:
    events = {course: read_of(store, course) for course in COURSES}
    protocols: dict[str, str] = {}
    for digest in (OLD, NEW):
        with suppress(UnknownDigest):
            protocols[digest] = store.protocol(digest)
    if not keeps_lists(store):
        return _Kept(events, feed_of(store), protocols, [], [])
    return _Kept(events, feed_of(store), protocols, list(store.rows(ASKED)), list(store.strays()))


def _expect_as_before(store: Store, before: _Kept, what: str) -> None:
    now = _kept(store)
    gone = f"of a transaction that its caller took back ({what})"
    expect(now.events == before.events, f"{gone} no event is kept, and none of before is lost")
    expect(now.feed == before.feed, f"{gone} nothing stands in the feed, and nothing of before is lost")
    expect(now.protocols == before.protocols, f"{gone} no protocol is kept, and none of before is lost")
    expect(now.rows == before.rows, f"{gone} no row of the lists is kept, and none of before is lost")
    expect(now.strays == before.strays, f"{gone} no row of the lists is out of step")


@contextmanager
def _taken_back(store: Store, transaction: Transaction) -> Iterator[Store]:
    with suppress(TakenBack), transaction(store) as joined:
        yield joined
        raise TakenBack


# -- what is done inside -----------------------------------------------------------------------------------------


def _appends(store: Store) -> None:
    store.append("old", texts_of("joined", "joined"), expected=2)
    store.append("a", texts_of("joined"), expected=0)


def _lists(store: Store) -> None:
    if keeps_lists(store):
        store.append_listed("old", texts_of("joined"), expected=2, row=row_of("old", 3, "joined"))
        store.append_listed("a", texts_of("joined"), expected=0, row=row_of("a", 1, "joined"))


def _makes_rows(store: Store) -> None:
    if keeps_lists(store):
        store.keep_rows([row_of("old", 2, "made again")])


def _keeps_a_protocol(store: Store) -> None:
    store.keep_protocol(NEW, "new text")


def _reads(store: Store) -> None:
    read_of(store, "old")
    feed_of(store)
    store.protocol(OLD)
    expect_raised(UnknownDigest, lambda: store.protocol(digest_of(9)), "a digest nobody has kept raises UnknownDigest")
    if keeps_lists(store):
        list(store.rows(ASKED))
        list(store.strays())


def _is_refused(store: Store) -> None:
    """What is refused, each time caught by the caller, who goes on."""
    for version in (0, 7):
        expect_raised(
            StaleVersion,
            lambda version=version: store.append("old", texts_of("x", "y"), expected=version),  # type: ignore[misc]
            "appending at a version that a course does not have raises StaleVersion in a transaction of the caller's",
        )
    expect_raised(
        StoreError,
        lambda: store.keep_protocol(OLD, "another text"),
        "another text under a kept digest raises StoreError in a transaction of the caller's",
    )
    breaks_off(lambda: store.append("b", BreaksOff(texts_of("x")), expected=0))
    if keeps_lists(store):
        wrong = row_of("old", 99)
        expect_raised(
            StoreError,
            lambda: store.append_listed("old", texts_of("x"), expected=2, row=wrong),
            "a row of another course or version is refused",
        )


def _appends_nothing(store: Store) -> None:
    store.append("old", (), expected=2)


ACTS: tuple[tuple[str, Act], ...] = (
    ("it appended", _appends),
    ("it appended with rows of the lists", _lists),
    ("it kept a protocol", _keeps_a_protocol),
    ("it made rows again", _makes_rows),
)
HARMLESS: tuple[tuple[str, Act], ...] = (
    ("reading", _reads),
    ("a refusal", _is_refused),
    ("appending nothing", _appends_nothing),
    ("keeping a protocol", _keeps_a_protocol),
    ("making rows again", _makes_rows),
)


# -- the proof ---------------------------------------------------------------------------------------------------


def check_joining(factory: Callable[[], Store], transaction: Transaction, threads: int) -> None:
    """Prove that a store takes part in the transaction of its caller."""
    _kept_with_it(factory(), transaction)
    _gone_with_it(factory(), transaction)
    _harmless_inside(factory(), transaction)
    if threads > 1:
        _seen_in_the_order_of_commits(factory(), transaction)


def _with_something_old(store: Store) -> None:
    store.append("old", texts_of("old"), expected=0)
    if keeps_lists(store):
        store.append_listed("old", texts_of("older"), expected=1, row=row_of("old", 2, "old"))
    else:
        store.append("old", texts_of("older"), expected=1)
    store.keep_protocol(OLD, "old text")


def _kept_with_it(store: Store, transaction: Transaction) -> None:
    _with_something_old(store)
    with transaction(store) as joined:
        _appends(joined)
        joined.append("a", texts_of("again"), expected=1)
        _keeps_a_protocol(joined)
        inside = "in a transaction of the caller's what was written in it is seen"
        expect(read_of(joined, "old") == texts_of("old", "older", "joined", "joined"), inside)
        expect(read_of(joined, "a") == texts_of("joined", "again"), inside)
        expect(len(feed_of(joined)) == 6, f"{inside}, also in the feed")
        expect(joined.protocol(NEW) == "new text", f"{inside}, also a protocol")
        _expect_rows(joined, [("a", 2), ("old", 4)], inside)
    after = "after the caller's commit everything is kept that was written in its transaction"
    now = _kept(store)
    expect(now.events["old"] == texts_of("old", "older", "joined", "joined"), after)
    expect(now.events["a"] == texts_of("joined", "again"), after)
    wanted = [("old", n) for n in ("old", "older", "joined", "joined")] + [("a", n) for n in ("joined", "again")]
    expect([entry[1:] for entry in now.feed] == [(c, *texts_of(n)) for c, n in wanted], f"{after}, also in the feed")
    expect(now.protocols == {OLD: "old text", NEW: "new text"}, f"{after}, also a protocol")
    _expect_rows(store, [("a", 2), ("old", 4)], after)
    store.append("a", texts_of("later"), expected=2)
    expect(len(read_of(store, "a")) == 3, "after the caller's commit the next append is taken")


def _expect_rows(store: Store, wanted: list[tuple[str, int]], when: str) -> None:
    if keeps_lists(store):
        found = [(row.course, row.version) for row in store.rows(ASKED)]
        expect(found == wanted and not list(store.strays()), f"{when}, also the rows of the lists")


def _gone_with_it(store: Store, transaction: Transaction) -> None:
    """Taken back is each thing alone, and with each of what must not end a transaction of the caller's."""
    _with_something_old(store)
    before = _kept(store)
    for what, act in ACTS:
        with _taken_back(store, transaction) as joined:
            act(joined)
        _expect_as_before(store, before, what)
    for what, act in HARMLESS:
        with _taken_back(store, transaction) as joined:
            act(joined)
            joined.append("b", texts_of("joined"), expected=0)
            act(joined)
        _expect_as_before(store, before, f"it appended; {what} came before and after it")
    store.append("old", texts_of("later"), expected=2)
    store.append("b", texts_of("later"), expected=0)
    then = [entry[1:] for entry in feed_of(store, before.feed[-1][0])]
    expect(
        then == [("old", *texts_of("later")), ("b", *texts_of("later"))],
        "after a transaction that its caller took back the next append is taken, and stands in the feed",
    )


def _harmless_inside(store: Store, transaction: Transaction) -> None:
    _with_something_old(store)
    for number, (what, act) in enumerate(HARMLESS):
        with transaction(store) as joined:
            joined.append("a", texts_of(f"before {number}"), expected=2 * number)
            act(joined)
            joined.append("a", texts_of(f"after {number}"), expected=2 * number + 1)
        pair = texts_of(f"before {number}", f"after {number}")
        kept = f"{what} in a transaction of the caller's leaves it as it is: what was appended before and after is kept"
        expect(read_of(store, "a", 2 * number) == pair, kept)
        expect([text for _, _, text in feed_of(store)[-2:]] == list(pair), f"{kept}, also in the feed")
    expect(read_of(store, "old") == texts_of("old", "older"), "what is refused in a transaction is not kept with it")
    expect(read_of(store, "b") == (), "what breaks off in a transaction is not kept with it")


def _seen_in_the_order_of_commits(store: Store, transaction: Transaction) -> None:
    """One has appended and not committed while another appends and a third follows the feed."""
    _with_something_old(store)
    begun, quick_done, looked, leaving, ended = Event(), Event(), Event(), Event(), Ending(2)
    seen: list[Entry] = []
    too_early: list[str] = []

    def slow() -> None:
        try:
            with transaction(store) as joined:
                joined.append("a", texts_of("slow"), expected=0)
                begun.set()
                quick_done.wait(HELD)
                looked.wait(HELD)
                leaving.set()
        finally:
            begun.set()

    def quick() -> None:
        begun.wait()
        store.append("b", texts_of("quick"), expected=0)
        quick_done.set()

    def follow() -> None:
        begun.wait()
        for _ in ended.turns():
            new = feed_of(store, seen[-1][0] if seen else 0)
            read = read_of(store, "a")
            if not leaving.is_set():
                too_early.extend([*read, *(text for _, course, text in new if course == "a")])
            seen.extend(new)
            looked.set()

    def act(number: int) -> bool:
        if number == 2:
            follow()
            return True
        with ended.one():
            (slow, quick)[number]()
        return True

    at_once(3, act)
    expect(not too_early, "what was appended in a transaction of the caller's is seen by nobody else before its commit")
    expect(
        seen == feed_of(store),
        "no text ever appears in the feed behind a position that was seen, also where a transaction of the caller's "
        "appends first and commits last",
    )
    expect(read_of(store, "a") == texts_of("slow"), "after the caller's commit everything is kept")
    expect(read_of(store, "b") == texts_of("quick"), "who appends while a transaction of another is open is kept")
