"""The store in a database keeps the contract of the port, on SQLite and on PostgreSQL, alone and for its callers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import iptengine as ipt
from iptengine.testing.store import check_store
from stores import connected, fresh_url, opened

SQL = ("sqlite", "postgres")


@pytest.mark.parametrize("kind", SQL)
def test_the_store_keeps_the_contract_and_joins_the_transactions_of_its_callers(kind: str) -> None:
    urls: list[str] = []

    def factory() -> ipt.SqlStore:
        urls.append(fresh_url(kind))
        return opened(urls[-1])

    @contextmanager
    def transaction(store: ipt.Store) -> Iterator[ipt.Store]:
        with connected(urls[-1]) as connection, connection.begin():
            yield ipt.SqlStore(connection)

    check_store(factory, lists=True, again=lambda: opened(urls[-1]), transaction=transaction)
