"""A variant tied to the base it was written for: its digest in the file, and the base's content kept beside it.

A digest alone says that a base has changed, and not how; so what the base was is kept, and the difference can be told.
"""

from __future__ import annotations

import hashlib
import os
import re

from iptengine.protocol.protocol import Protocol

FOLDER = "pinned"
MOST_BYTES = 4 * 1024 * 1024
_EXTENDS = re.compile(r"^extends:.*$", re.MULTILINE)
_PINNED = re.compile(r"^pinned:[^\n]*\n?", re.MULTILINE)


def with_pin(text: str, digest: str) -> str:
    """The text of a variant with the digest in its head, every other line as it was.

    Example:
        >>> with_pin("extends: ipt-adult@1.0.0\\nchanges: {}\\n", "ab12")
        'extends: ipt-adult@1.0.0\\npinned: ab12\\nchanges: {}\\n'
    """
    return _EXTENDS.sub(lambda found: f"{found[0]}\npinned: {digest}", _PINNED.sub("", text), count=1)


def kept_path(folder: str, base: str, digest: str) -> str:
    """Where the content of a base is kept, for a variant in `folder`."""
    return os.path.join(folder, FOLDER, f"{base}.{digest[:12]}.json")


def keep(folder: str, base: Protocol) -> str:
    """Keeps the content of a base beside a variant; returns where."""
    path = kept_path(folder, base.ref, base.digest)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(base.content)
    return path


def kept(folder: str, base: str, digest: str) -> str | None:
    """The content that a base had when it was pinned; ``None`` when it was not kept, or is not what was pinned."""
    path = kept_path(folder, base, digest)
    if not os.path.isfile(path) or os.path.islink(path) or os.path.getsize(path) > MOST_BYTES:
        return None
    with open(path, "rb") as stream:
        content = stream.read()
    if hashlib.sha256(content).hexdigest() != digest:
        return None
    return content.decode("utf-8")
