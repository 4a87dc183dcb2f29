"""Files written for the author: new ones never over others, and old ones replaced at one stroke."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from tempfile import NamedTemporaryFile

from iptengine.cli.screen import Unclear


def not_taken(paths: Iterable[str], way_out: str) -> None:
    """Nothing stands at any of `paths` yet.

    Raises:
        Unclear: Something does; `way_out` says what to do.
    """
    for path in paths:
        if os.path.lexists(path):
            raise Unclear(f"there is already a '{path}'; {way_out}")


def write_new(path: str, text: str) -> None:
    """Writes a file where nothing stands, with the folders on its way."""
    os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
    with open(path, "x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


def replace(path: str, content: bytes) -> None:
    """Puts `content` in the place of a file at one stroke: whoever reads it sees the old file or the new one."""
    folder, name = os.path.split(path)
    with NamedTemporaryFile(dir=folder or os.curdir, prefix=f".{name}.", delete=False) as beside:
        try:
            beside.write(content)
            beside.flush()
            os.fsync(beside.fileno())
            shutil.copymode(path, beside.name)
            os.replace(beside.name, path)
        except OSError:
            with suppress(OSError):
                os.unlink(beside.name)
            raise
