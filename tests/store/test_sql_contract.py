"""The store in a database keeps the contract of the port, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from iptengine.testing.store import check_store
from stores import fresh_store

SQL = ("sqlite", "postgres")


@pytest.mark.parametrize("kind", SQL)
def test_the_store_keeps_the_contract(kind: str) -> None:
    check_store(lambda: fresh_store(kind), lists=True)
