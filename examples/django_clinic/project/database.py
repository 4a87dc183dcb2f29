"""One address for the database, as in ``CLINIC_DATABASE``, and what Django makes of it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

DURABLE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL",
}
"""What SQLite needs to lose nothing, and to let two people write at once; `manage.py check` asks for it."""

DISCREET = {"server_side_binding": True}
"""What PostgreSQL needs so that a statement that fails stands in its log without what a patient said."""


def database(url: str, folder: Path) -> dict[str, object]:
    """The entry of ``DATABASES`` for ``sqlite:///clinic.sqlite3`` or ``postgresql://user:password@host/name``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / unquote(parts.path.removeprefix("/")),
            "OPTIONS": DURABLE,
        }
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("CLINIC_DATABASE must begin with sqlite:/// or postgresql://")
    said = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "HOST": said.get("host", parts.hostname or ""),
        "PORT": said.get("port", parts.port or ""),
        "USER": unquote(said.get("user", parts.username or "")),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": DISCREET,
    }
