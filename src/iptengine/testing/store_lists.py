"""The proof of the second part of the port (`iptengine.store.rows`): the rows of the lists, in step with the events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import product

from iptengine.store.port import StaleVersion, StoreError
from iptengine.store.rows import NEVER, Asked, Lists, Row, keeps_lists
from iptengine.testing.expecting import Transaction, at_once, expect, expect_raised, texts_of
from iptengine.testing.store_events import BreaksOff, breaks_off

FORM = "form 1"
TODAY = date(2026, 3, 3)
NAMES = ("A", "a", "a-1", "a_1", "b", "b" * 80)
ROUNDS = 10
MANY = 520
"""How many courses have rows, over the usual sizes of a page."""
LATER = TODAY + timedelta(days=1)


def row_of(course: str, version: int, text: str = "{}", **changes: object) -> Row:
    """A row that was made for one day."""
    parts: dict[str, object] = {"made": FORM, "since": TODAY, "until": TODAY, **changes}
    return Row(course, version, text=text, **parts)  # type: ignore[arg-type]


def _listed(store: Lists, course: str, after: int, text: str = "{}", **changes: object) -> Row:
    """A course with one event more and its row, as it was given to the store."""
    row = row_of(course, after + 1, text, **changes)
    store.append_listed(course, texts_of(after), expected=after, row=row)
    return row


def _rows(store: Lists, **asked: object) -> list[Row]:
    return list(store.rows(Asked(**{"made": frozenset({FORM}), **asked})))  # type: ignore[arg-type]


def _no_strays(store: Lists, when: str) -> None:
    expect(list(store.strays()) == [], f"no course is a stray {when}")


def _begins_without_rows(store: Lists) -> None:
    _no_strays(store, "in a fresh store")
    expect(_rows(store) == [], "a fresh store has no rows")
    expect(_rows(store, courses=frozenset({"a"})) == [], "a course nobody has written to has no row")
    expect(store.keep_rows([]) == 0, "of no rows none is kept")


def _row_comes_with_its_events(store: Lists) -> None:
    odd = '{"text":"\\ud800 half \\u2028 \' OR 1=1 --","' + "x" * 50_000 + '":1}'
    row = _listed(store, "a", 0, odd, shown=frozenset({"alerts", "stuck"}), until=LATER)
    expect(list(store.read("a")) == list(texts_of(0)), "events that come with a row are kept")
    expect(_rows(store) == [row], "a row comes back letter by letter, with its days and its lists")
    new = _listed(store, "a", 1, shown=frozenset())
    expect(_rows(store) == [new], "the row of a course takes the place of the one before it")
    expect(len(list(store.feed())) == 2, "events that come with a row stand in the feed")
    _no_strays(store, "whose row came with its events")


def _both_or_neither(store: Lists) -> None:
    row = _listed(store, "a", 0)
    for version in (0, 2, 7):
        stale = row_of("a", version + 1, "stale")
        expect_raised(
            StaleVersion,
            lambda stale=stale, version=version: store.append_listed(  # type: ignore[misc]
                "a", texts_of("x"), expected=version, row=stale
            ),
            f"appending with a row at version {version} to a course at version 1 raises StaleVersion",
        )
    for wrong in (row_of("b", 2), row_of("a", 1), row_of("a", 3)):
        expect_raised(
            StoreError,
            lambda wrong=wrong: store.append_listed("a", texts_of("x"), expected=1, row=wrong),  # type: ignore[misc]
            "a row of another course or version is refused",
        )
    half = BreaksOff(texts_of("x"))
    for course, version in (("a", 1), ("new", 0)):
        row_of_half = row_of(course, version + 2, "half")
        breaks_off(
            lambda course=course, version=version, row=row_of_half: store.append_listed(  # type: ignore[misc]
                course, half, expected=version, row=row
            )
        )
        breaks_off(lambda course=course, version=version: store.append(course, half, expected=version))  # type: ignore[misc]
    expect(_rows(store) == [row], "of events that are refused no row is kept")
    _no_strays(store, "whose events were refused")
    expect(list(store.read("a")) == list(texts_of(0)), "events whose row is refused are not kept")


def _plain_append_empties(store: Lists) -> None:
    _listed(store, "a", 0, shown=frozenset({"alerts"}))
    store.append("a", texts_of("x", "y"), expected=1)
    store.append("b", texts_of("z"), expected=0)
    empty = [Row("a", 3), Row("b", 1)]
    expect(_rows(store, on=TODAY) == empty, "events appended without a row leave an empty row at their version")
    for shown in ("alerts", "stuck"):
        expect(_rows(store, shown=shown) == empty, "an empty row stands in every answer, so that it is made")
    _no_strays(store, "whose events were appended without a row")
    store.append("a", (), expected=3)
    expect(_rows(store) == empty, "appending no events changes no row")


def _rows_are_made_again(store: Lists) -> None:
    store.append("a", texts_of(1, 2), expected=0)
    _listed(store, "b", 0)
    made = [row_of("a", 2, "made"), row_of("b", 1, "made")]
    expect(store.keep_rows(made) == 2, "rows of courses at their version are kept")
    expect(_rows(store) == made, "a row that is kept takes the place of the one before it")
    gone = [row_of("a", 1), row_of("a", 3), row_of("b", 2), row_of("nobody", 1), row_of("nobody", 0)]
    expect(store.keep_rows(gone) == 0, "a row of another version than its course is not kept, nor one of no course")
    expect(_rows(store) == made, "what is not kept changes nothing")
    mixed = [row_of("a", 1), row_of("b", 1, "again")]
    expect(store.keep_rows(iter(mixed)) == 1, "of several rows those that fit are kept, and counted")
    expect(_rows(store) == [made[0], mixed[1]], "a row that does not fit holds back none of the others")
    expect(len(list(store.feed())) == 3, "a row is no event")
    _no_strays(store, "whose row was made again")


def _what_is_asked_for(store: Lists) -> None:
    rows = [
        _listed(store, "alerting", 0, shown=frozenset({"alerts"})),
        _listed(store, "both", 0, shown=frozenset({"alerts", "stuck"}), until=LATER),
        _listed(store, "calm", 0),
        _listed(store, "former", 0, made="form 0"),
        _listed(store, "stuck", 0, shown=frozenset({"stuck"}), since=LATER, until=LATER),
        _listed(store, "undated", 0, since=NEVER[0], until=NEVER[1]),
    ]
    named = (None, frozenset({"calm", "both", "nobody"}), frozenset({"former"}), frozenset[str]())
    forms = (frozenset({FORM}), frozenset({"form 0", FORM}), frozenset[str]())
    for on in (None, date.min, TODAY - timedelta(days=1), TODAY, LATER, date.max):
        for shown, courses, made in product(("", "alerts", "stuck"), named, forms):
            asked = Asked(made, on, shown, courses)
            _expect_answer(store, asked, rows)


def _expect_answer(store: Lists, asked: Asked, rows: Iterable[Row]) -> None:
    on = "any day" if asked.on is None else asked.on.isoformat()
    which = f"asked for {asked.shown or 'every list'} on {on}, of {len(asked.courses or ()) or 'all'} courses"
    found = list(store.rows(asked))
    expect(found == [row for row in rows if asked.wants(row)], f"a question finds the rows it wants ({which})")


def _courses_stay_apart(store: Lists) -> None:
    rows = [_listed(store, name, 0, name) for name in NAMES]
    for row in rows:
        found = _rows(store, courses=frozenset({row.course}))
        expect(found == [row], f"the row of the course '{row.course}' is its own, and no other")
    expect(_rows(store) == sorted(rows, key=lambda row: row.course), "rows come in the order of their courses' names")


def _many_are_asked_for(store: Lists) -> None:
    store.append("a", texts_of(1), expected=0)
    many = frozenset({"a", *(f"course-{number}" for number in range(40_000))})
    expect(_rows(store, courses=many) == [Row("a", 1)], "a question may name many courses")
    expect(list(store.strays(many)) == [], "no course is a stray of many that are named, nor one of no events")


def many_rows_are_kept(store: Lists, transaction: Transaction) -> None:
    """Prove that no row is lost among many: over the usual sizes of a page, made one by one and all at once."""
    names = [f"c-{number * 11 % MANY:05}" for number in range(MANY)]
    kept: dict[str, Row] = {}
    with transaction(store) as joined:
        assert keeps_lists(joined)
        for number, name in enumerate(names):
            if number % 50:
                kept[name] = _listed(joined, name, 0, shown=frozenset({"alerts"} if number % 3 else ()))
            else:
                joined.append(name, texts_of(0), expected=0)
                kept[name] = Row(name, 1)
    _expect_all(store, list(kept.values()))
    made = [row_of(name, 1, f"made again {name}") for name in names]
    asking = store.rows(Asked(frozenset({FORM})))
    seen = [next(asking).course]
    expect(store.keep_rows(made) == MANY, f"{MANY} rows made again are all kept, and counted")
    seen += [row.course for row in asking]
    expect(seen == sorted(names), "rows that are being read go on, each of them once, while rows are made again")
    _expect_all(store, made)


def _expect_all(store: Lists, rows: Iterable[Row]) -> None:
    """Every row there is; those of one list, of one day, and of many named courses."""
    wanted = sorted(rows, key=lambda row: row.course)
    named = frozenset(row.course for row in wanted[::2])
    for courses, shown, on in product((None, named), ("", "alerts"), (None, TODAY, LATER)):
        _expect_answer(store, Asked(frozenset({FORM}), on, shown, courses), wanted)
    _no_strays(store, "among many")


def rows_keep_step(store: Lists, threads: int) -> None:
    """Prove that a row that is made while others append never stands at a version that is not the course's."""
    store.append("a", texts_of("first"), expected=0)
    for version in range(1, ROUNDS):
        made, new = row_of("a", version, f"made {version}"), row_of("a", version + 1, f"new {version + 1}")

        def write(number: int, version: int = version, made: Row = made, new: Row = new) -> bool:
            if number % 2:
                return store.keep_rows([made]) == 1
            try:
                store.append_listed("a", texts_of(number), expected=version, row=new)
            except StaleVersion:
                return False
            return True

        won = at_once(threads, write)
        expect(sum(won[::2]) == 1, f"of several who append with a row exactly one wins ({sum(won[::2])} did)")
        expect(_rows(store) == [new], "a row made while somebody appended does not take the place of the newer one")


CHECKS: tuple[Callable[[Lists], None], ...] = (
    _begins_without_rows,
    _row_comes_with_its_events,
    _both_or_neither,
    _plain_append_empties,
    _rows_are_made_again,
    _what_is_asked_for,
    _courses_stay_apart,
    _many_are_asked_for,
)
