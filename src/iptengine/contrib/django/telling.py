"""What went wrong in the database, in words without what is stored there."""

from __future__ import annotations

from django.db.transaction import TransactionManagementError

from iptengine.store.port import StoreError

_READ_ONLY = "it can only be read"
_DAMAGED = "its file is damaged; restore a backup"

# By the name of the driver's own error: a database's sentences may quote the row they speak of.
_NEXT = {
    "SQLITE_BUSY": "another program holds it; see OPTIONS 'transaction_mode' and 'timeout' in DATABASES",
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_FULL": "there is no room left",
    "SQLITE_CANTOPEN": "its file or its folder cannot be opened",
    "SQLITE_IOERR": "its disk fails",
    "SQLITE_CORRUPT": _DAMAGED,
    "UnicodeDecodeError": _DAMAGED,
    **dict.fromkeys(
        ("SQLITE_CONSTRAINT", "UniqueViolation", "NotNullViolation", "CheckViolation"),
        "its tables are not as this library makes them, so nothing was kept; restore a backup",
    ),
    "UndefinedTable": "its tables are not there: run manage.py migrate",
    "ReadOnlySqlTransaction": _READ_ONLY,
    "DeadlockDetected": "two transactions waited for each other; try again",
    "SerializationFailure": "others wrote at the same time; try again",
    "LockNotAvailable": "another program holds it; try again",
    "QueryCanceled": "it took longer than it may",
    "DiskFull": "there is no room left",
    "InsufficientPrivilege": "its user may not do this",
    "TransactionManagementError": "something failed before in the transaction around this call, which must end first",
    "UnicodeEncodeError": "it cannot hold this text",
    "DataError": "it cannot hold this text",
    **dict.fromkeys(
        ("OperationalError", "InterfaceError", "AdminShutdown", "CrashShutdown", "ConnectionException"),
        "the connection ended; what was sent last may have been recorded or not, so send it again under the same key",
    ),
}


class ReadOnly(StoreError):
    """The database can only be read."""


def failed(error: Exception, using: str) -> StoreError:
    """The error that a caller sees instead of the database's own."""
    name = _name(error)
    said = _NEXT.get(name) or next((said for known, said in _NEXT.items() if name.startswith(f"{known}_")), "")
    kind = ReadOnly if said == _READ_ONLY else StoreError
    return kind(f"the database '{using}' failed ({name}){said and ': '}{said}")


def _name(error: Exception) -> str:
    """The driver's name for it: of SQLite its code, of PostgreSQL the class made from it."""
    if str(error).startswith("no such table:"):
        return "UndefinedTable"
    if isinstance(error, TransactionManagementError):
        return type(error).__name__  # its cause is the caller's own error, in the same block before
    cause = error.__cause__ or error
    code = getattr(cause, "sqlite_errorname", "")
    if code:
        return str(code)
    return "UnicodeDecodeError" if "Could not decode" in str(cause) else type(cause).__name__
