"""A file that somebody named, read within bounds: a device has no end, and a pipe may never begin."""

from __future__ import annotations

import os
import stat


class NotRegular(Exception):
    """What stands at the path is a folder, a device or a pipe; nothing of it was read."""


class TooLarge(Exception):
    """The file has more bytes than are read of one."""


def bytes_of(path: str | os.PathLike[str], most_bytes: int) -> bytes:
    """What stands in the file at `path`; only a regular file of at most `most_bytes` is opened and read.

    Raises:
        NotRegular: It is none.
        TooLarge: It has more.
        OSError: It is not there or cannot be opened.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise NotRegular
    # Not blocked where it has become a pipe since.
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise NotRegular
        content = b"" if status.st_size > most_bytes else stream.read(most_bytes + 1)
        if status.st_size > most_bytes or len(content) > most_bytes:
            raise TooLarge
        return content


__all__ = ["NotRegular", "TooLarge", "bytes_of"]
