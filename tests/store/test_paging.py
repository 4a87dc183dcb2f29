"""A damaged file can lead a reader in a circle: it is told that, and reads on no further."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

import iptengine as ipt
from iptengine.store.paging import page_by_page
from stores import fresh_url, opened

DAMAGED = r"^the file is damaged, what stands in it is out of its order; restore a backup$"
COURSES = ("a", "b")


def by_a_bit_out_of_order() -> str:
    """A store in which one bit was changed: the entry of position 140 calls itself 8332."""
    url = fresh_url("sqlite")
    store = ipt.open_store(url)
    for number in range(1, 143):
        store.append(COURSES[number % 2], [f'{{"n":{number}}}'], expected=(number - 1) // 2)
    store.close()
    file = Path(url.removeprefix("sqlite:///"))
    whole = bytearray(file.read_bytes())
    at = whole.rindex(b"\x81\x0c", 0, whole.index(b'{"n":140}'))
    whole[at] ^= 0x40
    file.write_bytes(whole)
    return url


def test_a_feed_that_leads_back_is_told_as_damaged_and_not_read_for_ever() -> None:
    store = opened(by_a_bit_out_of_order())
    with pytest.raises(ipt.StoreError, match=DAMAGED):
        list(islice(store.feed(), 1_000))


def test_verify_ends_where_a_store_leads_in_a_circle() -> None:
    with pytest.raises(ipt.StoreError, match=DAMAGED):
        ipt.verify(opened(by_a_bit_out_of_order()))


@pytest.mark.parametrize("pages", [[[1, 2], [2]], [[1, 3, 2]], [[5], [1]], [[1], [1]]])
def test_what_leads_back_is_damaged(pages: list[list[int]]) -> None:
    given = iter(pages)
    with pytest.raises(ipt.StoreError, match=DAMAGED):
        list(page_by_page(lambda _: next(given), lambda one: one))


def test_a_page_follows_the_place_the_last_one_ended_at() -> None:
    asked = []

    def page(after: int | None) -> list[int]:
        asked.append(after)
        return [one for one in (0, 1, 4, 9) if after is None or one > after][:2]

    assert (list(page_by_page(page, lambda one: one)), asked) == ([0, 1, 4, 9], [None, 1, 9])
    assert list(page_by_page(page, lambda one: one, 4)) == [9]
