"""A Django of its own for the tests of its store, with two databases in SQLite files; others are made known to it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import django
from django.conf import settings
from django.db import connections

FOLDER = tempfile.TemporaryDirectory(prefix="iptengine-django-")
DURABLE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL",
}


def sqlite(name: str, **options: object) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(FOLDER.name) / name),
        "OPTIONS": {**DURABLE, **options},
    }


if not settings.configured:
    settings.configure(
        SECRET_KEY="for tests only",
        USE_TZ=True,
        INSTALLED_APPS=["iptengine.contrib.django"],
        DATABASES={"default": sqlite("clinic.sqlite3"), "other": sqlite("other.sqlite3")},
    )
    django.setup()


def know(alias: str, database: dict[str, object]) -> None:
    """Let Django know one more database, with everything usual filled in."""
    usual = {name: value for name, value in connections.settings["default"].items() if name not in database}
    connections.settings[alias] = {**usual, "OPTIONS": {}, **database}


def forget(alias: str) -> None:
    connections[alias].close()
    del connections[alias]
    del connections.settings[alias]
