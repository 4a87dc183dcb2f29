"""Whether a database refused an event because somebody else was first, told from any other constraint that fails."""

from __future__ import annotations

ONE_EVENT_A_VERSION = "iptengine_one_event_a_version"
"""The constraint of the table of events: a course has one event of each version."""


def somebody_was_first(error: BaseException | None) -> bool:
    """Whether an error of sqlite3 or psycopg says that there is an event of that course and version already.

    That is how the store tells `StaleVersion`, upon which whoever appends reads and tries again. Any other constraint
    that fails would fail again: a table is not as this library makes it.
    """
    if getattr(error, "sqlite_errorname", None) == "SQLITE_CONSTRAINT_UNIQUE":
        return True  # the table has no other; its key is another code
    return getattr(getattr(error, "diag", None), "constraint_name", None) == ONE_EVENT_A_VERSION
