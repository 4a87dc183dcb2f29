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
    assert "System check identified no issues (0 silenced)." in done.stdout


def test_its_tables_are_made_and_its_checks_have_nothing_to_tell(tmp_path: Path) -> None:
    made = manage("migrate", "--no-color", CLINIC_DATABASE=f"sqlite:///{tmp_path / 'clinic.sqlite3'}")
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""


def test_a_server_without_a_secret_key_does_not_start() -> None:
    told = manage("check", CLINIC_DEBUG="", CLINIC_DATABASE="sqlite:///none.sqlite3")
    assert told.stderr.endswith(
        "ImproperlyConfigured: set CLINIC_SECRET_KEY to a long random text, or CLINIC_DEBUG=1 for trying out\n"
    )


def test_a_database_of_another_sort_is_told() -> None:
    told = manage("check", CLINIC_DATABASE="mysql://localhost/clinic")
    assert "CLINIC_DATABASE must begin with sqlite:/// or postgresql://" in told.stderr
