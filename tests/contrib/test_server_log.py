"""What a patient said does not stand in the log of a PostgreSQL server when a statement fails there.

A server writes the statement that failed into its log. Django puts the values into that statement unless it is told
to bind them on the server; then the log has placeholders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from uuid import uuid4

import pytest
from django.core.checks import Error, Warning
from django.core.management import call_command
from django.db import connections

import django_databases
import iptengine as ipt
from iptengine import commands as c
from iptengine.contrib.django import DjangoStore
from iptengine.contrib.django.checks import check_databases, check_settings
from postgres import server

ANNA = ipt.Actor("u17", role="therapist")
DAY = date(2026, 3, 3)
BOUND = {"server_side_binding": True}

Opened = Callable[[dict[str, object]], str]


def log() -> str:
    return (server().folder / "log").read_text()


def read_only(database: str) -> None:
    """From here on every statement that writes fails there, as on a server that stands by."""
    with server().connect() as connection:
        connection.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Makes a database of courses known to Django, with the options given."""
    known: list[str] = []

    def made(options: dict[str, object]) -> str:
        alias = f"log{len(known)}"
        known.append(alias)
        settings = {
            "ENGINE": "django.db.backends.postgresql", "HOST": str(server().folder), "USER": "postgres",
            "NAME": server().fresh_database(), "OPTIONS": options,
        }  # fmt: skip
        django_databases.know(alias, settings)
        return alias

    yield made
    for alias in known:
        django_databases.forget(alias)


def begun(store: ipt.Store) -> None:
    ipt.Clinic(store, [ipt.load("ipt-adult")]).start("ipt-adult", by=ANNA, on=DAY, course="a")


def said_in_vain(store: ipt.Store) -> str:
    """Something a patient said, which the server refuses to keep."""
    canary = f"Wilhelmina{uuid4().hex}"
    with pytest.raises(ipt.StoreError) as failed:
        ipt.Clinic(store, [ipt.load("ipt-adult")]).do("a", c.WriteNote(canary, on=DAY), by=ANNA)
    assert canary not in str(failed.value)
    return canary


def django_fails(alias: str) -> str:
    call_command("migrate", database=alias, verbosity=0)
    begun(DjangoStore(alias))
    connections[alias].close()
    read_only(connections[alias].settings_dict["NAME"])
    return said_in_vain(DjangoStore(alias))


def test_django_as_it_is_shows_in_the_log_what_a_patient_said(opened: Opened) -> None:
    canary = django_fails(opened({}))
    assert canary in log()


def test_django_that_binds_on_the_server_does_not(opened: Opened) -> None:
    canary = django_fails(opened(BOUND))
    assert "cannot execute INSERT in a read-only transaction" in log()
    assert canary not in log()


def test_the_store_of_the_library_itself_does_not() -> None:
    database = server().fresh_database()
    with ipt.open_store(server().url(database)) as store:
        begun(store)
    read_only(database)
    with ipt.open_store(server().url(database)) as store:
        canary = said_in_vain(store)
    assert "INSERT INTO iptengine_events" in log()
    assert canary not in log()


def test_a_check_asks_for_it(opened: Opened) -> None:
    opened(BOUND)
    assert check_settings() == []
    alias = opened({})
    assert check_settings() == [
        Error(
            f"What patients say can stand in the log of the server of the database '{alias}': Django writes it into "
            "the statements, and the server logs those that fail.",
            hint="In DATABASES, set OPTIONS = {'server_side_binding': True}.",
            id="iptengine.E006",
        )
    ]


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [
        ("log_statement", "all", "log_statement is all and log_parameter_max_length is not 0"),
        ("log_statement", "mod", "log_statement is mod and log_parameter_max_length is not 0"),
        (
            "log_min_duration_statement",
            "0",
            "log_min_duration_statement is 0 and log_parameter_max_length is not 0",
        ),
        ("log_parameter_max_length_on_error", "100", "log_parameter_max_length_on_error is 100B"),
    ],
)
def test_a_server_that_logs_what_it_is_given_is_told_when_it_is_asked(
    opened: Opened, setting: str, value: str, why: str
) -> None:
    alias = opened(BOUND)
    assert check_databases(databases=[alias]) == []
    name = connections[alias].settings_dict["NAME"]
    with server().connect() as connection:
        connection.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'")
    connections[alias].close()
    assert check_databases(databases=[alias]) == [
        Warning(
            f"The server of the database '{alias}' writes what patients say into its log: {why}.",
            hint="Set log_parameter_max_length = 0 and log_parameter_max_length_on_error = 0 in postgresql.conf.",
            id="iptengine.W007",
        )
    ]
    connections[alias].close()
    with server().connect() as connection:
        connection.execute(f"ALTER DATABASE {name} SET log_parameter_max_length = 0")
        connection.execute(f"ALTER DATABASE {name} SET log_parameter_max_length_on_error = 0")
    assert check_databases(databases=[alias]) == []
