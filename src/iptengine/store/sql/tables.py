"""The tables of a store, and the statements that read and write them.

The tables are made by the migrations beside this module; what stands here is what the newest of them has made.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from iptengine.store.sql.statements import Statement
from iptengine.store.strays import DIALECTS, strays_sql
from iptengine.store.taken import ONE_EVENT_A_VERSION

SCHEMA = "0002"
"""The newest schema this library knows: the name of its last migration."""

SCHEMA_TABLE = "iptengine_schema"
EVENTS_TABLE = "iptengine_events"
PROTOCOLS_TABLE = "iptengine_protocols"
LISTS_TABLE = "iptengine_lists"

metadata = MetaData()

events = Table(
    EVENTS_TABLE,
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("course", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("course", "version", name=ONE_EVENT_A_VERSION),
    sqlite_autoincrement=True,
)

protocols = Table(
    PROTOCOLS_TABLE,
    metadata,
    Column("digest", Text, primary_key=True),
    Column("text", Text, nullable=False),
)

lists = Table(
    LISTS_TABLE,
    metadata,
    Column("course", Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("made", Text, nullable=False),
    Column("since", Integer, nullable=False),
    Column("until", Integer, nullable=False),
    Column("alerts", Boolean, nullable=False),
    Column("stuck", Boolean, nullable=False),
    Column("text", Text, nullable=False),
)
"""Days are kept as numbers, so that both databases compare them in the same way."""

_STANDS_THERE = f"(SELECT coalesce(max(version), 0) FROM {EVENTS_TABLE} WHERE course = :course) = :expected"

# One statement for a whole append: it keeps all of it, or none, whoever's transaction it runs in.
_INSERT_SQLITE = f"""
INSERT INTO {EVENTS_TABLE} (course, version, text)
SELECT :course, :expected + 1 + given.key, given.value
FROM json_each(:texts) AS given WHERE {_STANDS_THERE} ORDER BY given.key
"""
_INSERT_POSTGRESQL = f"""
INSERT INTO {EVENTS_TABLE} (course, version, text)
SELECT CAST(:course AS text), CAST(:expected AS integer) + given.number, given.text
FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS given(text, number)
WHERE {_STANDS_THERE} ORDER BY given.number
"""
INSERT = Statement(_INSERT_SQLITE, _INSERT_POSTGRESQL)

READ = Statement(
    f"SELECT version, text FROM {EVENTS_TABLE} WHERE course = :course AND version > :after ORDER BY version"
)
FEED = Statement(
    f"SELECT position, course, text FROM {EVENTS_TABLE} WHERE position > :after ORDER BY position LIMIT :most"
)
KEEP_PROTOCOL = Statement(
    f"INSERT INTO {PROTOCOLS_TABLE} (digest, text) VALUES (:digest, :text) ON CONFLICT (digest) DO NOTHING"
)
PROTOCOL = Statement(f"SELECT text FROM {PROTOCOLS_TABLE} WHERE digest = :digest")
_DAYS_AND_WORDS = ("made", "since", "until", "alerts", "stuck", "text")
PUT_ROW = Statement(
    f"INSERT INTO {LISTS_TABLE} (course, version, {', '.join(_DAYS_AND_WORDS)}) "
    "SELECT CAST(:course AS text), CAST(:version AS integer), CAST(:made AS text), CAST(:since AS integer), "
    "CAST(:until AS integer), CAST(:alerts AS boolean), CAST(:stuck AS boolean), CAST(:text AS text) "
    f"WHERE :version > 0 AND (SELECT max(version) FROM {EVENTS_TABLE} WHERE course = :course) = :version "
    f"ON CONFLICT (course) DO UPDATE SET version = excluded.version, "
    f"{', '.join(f'{name} = excluded.{name}' for name in _DAYS_AND_WORDS)}"
)
"""The row of a course that stands at its version, in the place of any other one: also of one put back by hand.

Nobody appends meanwhile: on SQLite one writes at a time, on PostgreSQL `lock_order` is taken before.
"""
FILL_ROW = Statement(
    f"UPDATE {LISTS_TABLE} SET made = :made, since = :since, until = :until, alerts = :alerts, stuck = :stuck, "
    "text = :text WHERE course = :course AND version = :version"
)
STRAYS, STRAYS_NAMED = (
    Statement(*(strays_sql(dialect, EVENTS_TABLE, LISTS_TABLE, named) for dialect in DIALECTS))
    for named in ("", ":courses")
)
