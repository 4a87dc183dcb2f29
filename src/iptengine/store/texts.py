"""What a database gives where a text was kept: SQLite keeps whatever somebody has written there, of any sort."""

from __future__ import annotations


def as_text(found: object) -> str:
    """The text that was found; of anything else a text made of it, which fits no seal unless it is the same.

    Example:
        >>> as_text("kept"), as_text(b"kept"), as_text(b"\\xff"), as_text(1.5)
        ('kept', 'kept', '\\ufffd', '1.5')
    """
    if isinstance(found, str):
        return found
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
