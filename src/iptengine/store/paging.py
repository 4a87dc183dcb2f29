"""How a store is read page by page, also where its file is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from iptengine.store.port import StoreError

Entry = TypeVar("Entry")
Place = TypeVar("Place", int, str)


def page_by_page(
    page: Callable[[Place | None], Sequence[Entry]], place: Callable[[Entry], Place], after: Place | None = None
) -> Iterator[Entry]:
    """Every entry behind a place, or every one; `page` gives those that come next.

    No transaction stays open while the caller works on what it was given. The index of a damaged file can lead back to
    where one has been, and whoever followed it would read the same page for ever.

    Raises:
        StoreError: An entry does not stand behind the one before it.
    """
    while found := page(after):
        for entry in found:
            here = place(entry)
            if after is not None and not here > after:
                raise StoreError("the file is damaged, what stands in it is out of its order; restore a backup")
            after = here
            yield entry
