"""The databases that the store of a Django project is tried on: SQLite, and PostgreSQL where a server can be had."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from django.core.management import call_command
from django.db import connections
from over_http import served, signed_in

import stores
from django_databases import forget, know
from postgres import server


@pytest.fixture(scope="session")
def sqlite_alias() -> Iterator[str]:
    for alias in ("default", "other"):
        call_command("migrate", database=alias, verbosity=0)
    yield "default"
    for alias in ("default", "other"):
        connections[alias].close()


@pytest.fixture(scope="session")
def postgres_alias() -> Iterator[str]:
    found = server()
    database = {
        "ENGINE": "django.db.backends.postgresql", "HOST": str(found.folder), "NAME": found.fresh_database(),
        "USER": "postgres", "OPTIONS": {"server_side_binding": True},
    }  # fmt: skip
    know("server", database)
    call_command("migrate", database="server", verbosity=0)
    yield "server"
    forget("server")


@pytest.fixture(params=["sqlite", "postgres"])
def alias(request: pytest.FixtureRequest) -> str:
    """A database with the tables of the store, empty: SQLite in a file, then PostgreSQL."""
    from iptengine.contrib.django.models import KeptProtocol, ListedCourse, StoredEvent

    found = str(request.getfixturevalue(f"{request.param}_alias"))
    StoredEvent.objects.using(found).all().delete()
    KeptProtocol.objects.using(found).all().delete()
    ListedCourse.objects.using(found).all().delete()
    return found


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service with everybody known, over SQLite and PostgreSQL."""
    keys = tmp_path_factory.mktemp("keys")
    with served(stores.fresh_url(request.param), "open", str(keys)) as found:
        yield found


@pytest.fixture
def anna(address: str) -> Iterator[httpx.Client]:
    with signed_in(address, "anna") as client:
        yield client
