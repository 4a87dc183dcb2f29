"""Plain values written as a block file, so that what a test has changed is read again like any file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def block(root: Any) -> bytes:
    """The text of a file with these values."""
    return ("\n".join(_lines(root, 0)) + "\n").encode()


def _lines(part: Any, deep: int) -> Iterator[str]:
    for key, value in part.items():
        start = f"{' ' * deep}{key}:"
        if isinstance(value, dict) and value:
            yield start
            yield from _lines(value, deep + 2)
        elif isinstance(value, list) and value:
            yield start
            for one in value:
                yield f"{' ' * deep}  - {json.dumps(one, ensure_ascii=False)}"
        else:
            yield f"{start} {json.dumps(value, ensure_ascii=False)}"
