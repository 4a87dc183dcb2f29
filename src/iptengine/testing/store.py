"""The proof that a store keeps the contract of `iptengine.store.port.Store`: for every implementation the same."""

from __future__ import annotations

import warnings
from contextlib import nullcontext

from iptengine.store.rows import Lists, keeps_lists
from iptengine.testing import store_events, store_feed, store_lists, store_protocols
from iptengine.testing.expecting import Factory, Transaction, expect, nothing_refused
from iptengine.testing.store_at_once import check_at_once
from iptengine.testing.store_joining import check_joining
from iptengine.testing.store_openings import check_openings

THREADS = 8


class StoreWithoutLists(UserWarning):
    """A store lacks the second part of the port, so that part was not proved; `lists=False` says it is meant so."""


def check_store(
    factory: Factory,
    *,
    threads: int = THREADS,
    lists: bool | None = None,
    again: Factory | None = None,
    transaction: Transaction | None = None,
) -> None:
    """Prove that the stores that `factory` makes keep the contract of the port.

    Args:
        factory: Makes a fresh, empty store each time it is called.
        threads: How many threads use one store at once. 1 leaves that part out, and proves that much less: only for
            a store that is never shared.
        lists: Whether they keep the lists of a clinic, too (`iptengine.store.rows`). Left out, that part is proved
            of a store that has it, and of another one `StoreWithoutLists` warns.
        again: Opens the store that `factory` made last once more, as another process would. Without it, nothing is
            proved of events that outlive who appended them.
        transaction: Opens a transaction of a caller on the store it is given, and gives the store that takes part in
            it (the same, or another one over the caller's connection) to a ``with`` block. Left by its end, the block
            commits; left by an exception, it takes everything back. Without it, nothing is proved of joining a
            caller's transaction.

    Raises:
        StoreContractBroken: It does not; names the sentence of the contract.

    Example:
        >>> from iptengine.store.memory import MemoryStore
        >>> check_store(MemoryStore)
    """
    with nothing_refused():
        for check in (*store_events.CHECKS, *store_feed.CHECKS, *store_protocols.CHECKS):
            check(factory())
        if threads > 1:
            check_at_once(factory, threads)
        if again is not None:
            check_openings(factory, again, threads)
        if transaction is not None:
            check_joining(factory, transaction, threads)
        if lists is not False:
            _check_lists(factory, transaction or nullcontext, threads, wanted=lists is True)


def _check_lists(factory: Factory, transaction: Transaction, threads: int, *, wanted: bool) -> None:
    if not keeps_lists(factory()):
        expect(not wanted, "it keeps the rows of the lists (append_listed, rows, strays, keep_rows)")
        told = (
            "this store keeps no lists of a clinic, so a clinic over it replays every course; that part is not proved"
        )
        warnings.warn(told, StoreWithoutLists, stacklevel=3)
        return
    for check in store_lists.CHECKS:
        check(_with_lists(factory))
    store_lists.many_rows_are_kept(_with_lists(factory), transaction)
    if threads > 1:
        store_lists.rows_keep_step(_with_lists(factory), threads)


def _with_lists(factory: Factory) -> Lists:
    store = factory()
    assert keeps_lists(store)
    return store
