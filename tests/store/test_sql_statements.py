"""A statement of the store is written once, and each driver is given it with its values where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine

from iptengine.store.sql.statements import Statement
from stores import fresh_url

ASKED = Statement("SELECT CAST(:b AS text), CAST(:a AS integer), CAST(:b AS text) LIKE '% ? %'")
OWN = Statement("SELECT 'lite', :a", "SELECT 'post', CAST(:a AS integer)")


@contextmanager
def connected(kind: str, **settings: str) -> Iterator[Connection]:
    engine = create_engine(fresh_url(kind).replace("postgresql:", "postgresql+psycopg:"), **settings)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("kind", "settings"),
    [("sqlite", {}), ("sqlite", {"paramstyle": "named"}), ("sqlite", {"paramstyle": "qmark"}), ("postgres", {})],
)
def test_values_come_by_name_whatever_the_driver_takes_and_stand_wherever_they_are_named(
    kind: str, settings: dict[str, str]
) -> None:
    with connected(kind, **settings) as connection:
        for value in ("%s ? :a", "' OR 1=1 --", "é😀"):
            text, number, like = ASKED.run(connection, a=7, b=value).one()
            assert (text, number, bool(like)) == (value, 7, " ? " in value)


@pytest.mark.parametrize(("kind", "word"), [("sqlite", "lite"), ("postgres", "post")])
def test_a_database_that_needs_other_words_is_given_them(kind: str, word: str) -> None:
    with connected(kind) as connection:
        for number in (1, 2):
            assert tuple(OWN.run(connection, a=number).one()) == (word, number)
    assert str(OWN) == "SELECT 'lite', :a"
