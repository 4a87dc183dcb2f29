"""Folders on the disk: for what a store keeps in files of its own."""

from __future__ import annotations

import os
from pathlib import Path


def synced(folder: Path) -> None:
    """What was made, named and taken away in a folder is so on the disk, too."""
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
