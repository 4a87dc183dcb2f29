"""Files that a line names beside protocols: an exported course, an anchor, a key."""

from __future__ import annotations

from iptengine.authoring.regular_files import NotRegular, TooLarge, bytes_of
from iptengine.cli.screen import Unclear

MEGABYTE = 1_000_000


def given_bytes(path: str, what: str, most_megabytes: int) -> bytes:
    """What stands in a file that was named.

    Args:
        path: As it was typed.
        what: What the file should be, as in ``"an exported course"``.
        most_megabytes: How large such a file may be.

    Raises:
        Unclear: It is a folder, a device or a pipe, or too large.
        OSError: It is not there or cannot be opened.
    """
    try:
        return bytes_of(path, most_megabytes * MEGABYTE)
    except NotRegular:
        raise Unclear(f"'{path}' is a folder, a device or a pipe, and not {what}; name a file") from None
    except TooLarge:
        raise Unclear(
            f"'{path}' is larger than {most_megabytes} MB, which is more than is read as {what}; look whether it is "
            "the right file"
        ) from None


def given_text(path: str, what: str, most_megabytes: int) -> str:
    """The same as text.

    Raises:
        Unclear: As `given_bytes`; or it is no text.
        OSError: It is not there or cannot be opened.
    """
    try:
        return given_bytes(path, what, most_megabytes).decode("utf-8")
    except UnicodeDecodeError:
        raise Unclear(f"{path} is not {what}") from None
