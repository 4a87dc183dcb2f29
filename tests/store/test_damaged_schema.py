"""A bit of the page that says which tables there are: whatever it names then, it is told, or nothing is otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

import iptengine as ipt
from iptengine.store.rows import Asked, Row
from stores import fresh_url, opened

PAGE = 4096
MORE = '{"n":4}'
EVENTS = ['{"n":1}', '{"n":2}', '{"n":3}']
DIGEST, PROTOCOL = "d" * 64, "title: Zwölf Gespräche"
NO_LETTER, OTHER_CASE = 7, 5
"""The bit that makes a byte no part of any text; and the one that makes another letter of the same name."""


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def made() -> bytes:
    """The file of a store with a course, its row, and a protocol."""
    url = fresh_url("sqlite")
    with ipt.open_store(url) as store:
        store.append_listed("a", EVENTS, expected=0, row=Row("a", 3))
        store.keep_protocol(DIGEST, PROTOCOL)
    return file_of(url).read_bytes()


WHOLE = made()
SOME = [at for at in range(PAGE) if WHOLE[at]][::2]


def changed(at: int, bit: int) -> str:
    """The address of a copy in which one bit is another."""
    file = file_of(fresh_url("sqlite")).with_name(f"{uuid4().hex}.db")
    copy = bytearray(WHOLE)
    copy[at] ^= 1 << bit
    file.write_bytes(copy)
    return f"sqlite:///{file}"


def told(at: int, bit: int, act: Callable[[ipt.SqlStore], None], *, read_only: bool) -> str:
    """What a store says that was changed there, or nothing."""
    try:
        with ipt.open_store(changed(at, bit), read_only=read_only) as store:
            act(store)
    except ipt.StoreError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def reads_what_was_there(store: ipt.SqlStore) -> None:
    rows = [(row.course, row.version) for row in store.rows(Asked(frozenset({"any"})))]
    said = list(store.feed()), store.read("a"), store.protocol(DIGEST), rows, list(store.strays())
    assert said == ([(n, "a", text) for n, text in enumerate(EVENTS, 1)], tuple(EVENTS), PROTOCOL, [("a", 3)], [])


def keeps_one_more(store: ipt.SqlStore) -> None:
    store.append("a", [MORE], expected=3)
    assert store.read("a") == (*EVENTS, MORE)


@pytest.mark.parametrize("bit", [NO_LETTER, OTHER_CASE])
def test_a_name_in_the_file_that_is_another_is_told_or_nothing_read_is_otherwise(bit: int) -> None:
    came = Counter(told(at, bit, reads_what_was_there, read_only=True) for at in SOME)
    assert 10 < came[""] < len(SOME) - 10
    assert [said for said in came if "cannot be reached" in said] == []


@pytest.mark.parametrize("bit", [NO_LETTER, OTHER_CASE])
def test_nobody_is_told_that_others_were_first_where_the_tables_are_damaged(bit: int) -> None:
    came = Counter(told(at, bit, keeps_one_more, read_only=False) for at in SOME)
    assert 10 < came[""] < len(SOME) - 10
    assert [said for said in came if "StaleVersion" in said or "cannot be reached" in said] == []


def test_what_the_tables_are_like_that_is_another_is_told_as_damage() -> None:
    at = WHOLE.index(b"DEFAULT", WHOLE.index(b"made TEXT"), PAGE) - 1
    store = opened(changed(at, NO_LETTER))
    with pytest.raises(ipt.StoreError) as caught:
        store.append("a", [MORE], expected=3)
    assert str(caught.value) == ("its tables are not as this library makes them, so nothing was kept; restore a backup")
    assert store.read("a") == tuple(EVENTS)
    url = changed(WHOLE.index(b"VARCHAR", 0, PAGE), NO_LETTER)
    with pytest.raises(ipt.StoreError, match=r"^the file is damaged; restore a backup$"):
        ipt.open_store(url)
