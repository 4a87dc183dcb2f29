"""Checks that ``manage.py check`` runs: whether the databases that hold courses keep what they are told, to themselves.

What stands in the settings and, of SQLite, in its file is looked at each time. A server is asked only by
``manage.py check --database ALIAS`` and by ``manage.py migrate``, as Django has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.core.checks import CheckMessage, Error, Warning
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error as DatabaseError

from iptengine.contrib.django.durability import answer, weakness
from iptengine.contrib.django.models import StoredEvent
from iptengine.contrib.django.telling import failed

OPTIONS = (
    "OPTIONS = {'transaction_mode': 'IMMEDIATE', 'timeout': 30, "
    "'init_command': 'PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL'}"
)
BOUND = "OPTIONS = {'server_side_binding': True}"
NO_VALUES = "Set log_parameter_max_length = 0 and log_parameter_max_length_on_error = 0 in postgresql.conf."
SUPPORTED = ("sqlite", "postgresql")


def check_settings(**_: object) -> list[CheckMessage]:
    """What the settings say of the databases that hold courses."""
    return [found for connection in _holding(connections) for found in _settings(connection)]


def check_databases(*, databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """What the servers say that hold courses, of those named."""
    return [
        found
        for connection in _holding(databases or ())
        if connection.vendor == "postgresql"
        for found in _told_by_server(connection)
    ]


def _holding(aliases: Iterable[str]) -> Iterator[BaseDatabaseWrapper]:
    for alias in aliases:
        if router.allow_migrate_model(alias, StoredEvent):
            yield connections[alias]


def _settings(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    if connection.vendor not in SUPPORTED:
        said = f"The database '{connection.alias}' cannot hold courses: they are stored in SQLite or PostgreSQL only."
        yield Error(said, hint="Keep the app 'iptengine' out of it with a database router.", id="iptengine.E001")
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "postgresql" and options.get("server_side_binding") is not True:
        said = (
            f"What patients say can stand in the log of the server of the database '{connection.alias}': Django writes "
            "it into the statements, and the server logs those that fail."
        )
        yield Error(said, hint=f"In DATABASES, set {BOUND}.", id="iptengine.E006")
    if connection.vendor != "sqlite":
        return
    if str(options.get("transaction_mode")).upper() not in ("IMMEDIATE", "EXCLUSIVE"):
        said = f"Two who write to the database '{connection.alias}' at once may both fail."
        yield Error(said, hint=f"In DATABASES, set {OPTIONS}.", id="iptengine.E002")
    why = _weakness_of_file(connection)
    if why:
        said = f"The database '{connection.alias}' may lose what it is told: {why}."
        yield Error(said, hint=f"In DATABASES, set {OPTIONS}.", id="iptengine.E003")


def _weakness_of_file(connection: BaseDatabaseWrapper) -> str:
    """What SQLite itself says, of a file that is there: a database is not made by looking at it."""
    if not Path(connection.settings_dict["NAME"]).is_file():
        return ""
    try:
        return weakness(connection)
    except DatabaseError as error:
        return str(failed(error, connection.alias))


def _told_by_server(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    if answer(connection, "SHOW fsync") == "off":
        said = f"The server of the database '{connection.alias}' loses what it was told when its machine stops."
        yield Error(said, hint="Set fsync = on in postgresql.conf.", id="iptengine.E004")
    if answer(connection, "SHOW synchronous_commit") == "off":
        yield Warning(
            f"synchronous_commit is off in the database '{connection.alias}'.",
            hint="Courses are kept all the same: each append turns it on for its own transaction.",
            id="iptengine.W005",
        )
    why = _what_is_logged(connection)
    if why:
        said = f"The server of the database '{connection.alias}' writes what patients say into its log: {why}."
        yield Warning(said, hint=NO_VALUES, id="iptengine.W007")


_ABOUT_STATEMENTS = {
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
}
"""Settings that have statements logged that did not fail, and the values that leave out those with patient text."""


def _what_is_logged(connection: BaseDatabaseWrapper) -> str:
    """The settings by which the server logs the values of statements; empty when it logs none."""
    on_error = answer(connection, "SHOW log_parameter_max_length_on_error")
    if on_error != "0":
        return f"log_parameter_max_length_on_error is {on_error}"
    if answer(connection, "SHOW log_parameter_max_length") == "0":
        return ""
    for setting, quiet in _ABOUT_STATEMENTS.items():
        value = answer(connection, f"SHOW {setting}")
        if value not in quiet:
            return f"{setting} is {value} and log_parameter_max_length is not 0"
    return ""
