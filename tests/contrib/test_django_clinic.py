"""The clinic in Django that is there to be copied keeps its own promises, on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from postgres import server

ROOT = Path(__file__).parents[2]
CLINIC = ROOT / "examples" / "django_clinic"


def manage(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in a Python that takes every warning for an error."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLINIC_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *words],
        cwd=CLINIC, env={**kept, "CLINIC_DEBUG": "1", **settings}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'clinic.sqlite3'}"
    name = server().fresh_database()
    return server().url(name)


def test_the_clinic_keeps_its_promises(database: str) -> None:
    done = manage("test", "--no-color", CLINIC_DATABASE=database)
    assert done.returncode == 0, done.stderr
    assert "\nOK\n" in done.stderr


def test_the_tables_are_made_and_nothing_is_left_to_tell(database: str) -> None:
    made = manage("migrate", "--no-color", CLINIC_DATABASE=database)
    assert made.returncode == 0, made.stderr
    told = manage("check", "--database", "default", "--no-color", CLINIC_DATABASE=database)
    assert (told.stdout, told.stderr) == ("System check identified no issues (0 silenced).\n", "")


def test_the_migrations_make_what_the_models_describe() -> None:
    told = manage("makemigrations", "--check", "--dry-run", "--no-color", CLINIC_DATABASE="sqlite:///none.sqlite3")
    assert (told.stdout, told.returncode) == ("No changes detected\n", 0)


def test_a_server_without_a_secret_key_does_not_start() -> None:
    told = manage("check", CLINIC_DEBUG="", CLINIC_DATABASE="sqlite:///none.sqlite3")
    assert "The SECRET_KEY setting must not be empty." in told.stderr


def test_a_database_of_another_sort_is_told() -> None:
    told = manage("check", CLINIC_DATABASE="mysql://localhost/clinic")
    assert "CLINIC_DATABASE must begin with sqlite:/// or postgresql://" in told.stderr
