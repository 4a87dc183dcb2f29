"""Seals: each event of a course is bound to the one before it, to its course and to its number.

A seal is the last key of a stored text. It says nothing about the event; it makes a change to what was stored visible
to `iptengine.store.verification`. Without a key it is a plain hash: it finds accidents, and whoever can write to the
store can make it anew. With a key that lies elsewhere, only who has the key can.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence

from iptengine.store.port import StoreError

_SEALED = re.compile(r',"seal":"([0-9a-f]{64})"\}\Z')
LEAST_KEY = 16
"""How many bytes a key must have at least."""


def checked_key(key: bytes | None) -> bytes | None:
    """The key, if it can be one.

    Raises:
        StoreError: It is too short.
    """
    if key is not None and len(key) < LEAST_KEY:
        raise StoreError(f"a key for seals has at least {LEAST_KEY} bytes; make one with secrets.token_bytes(32)")
    return key


def seal(body: str, *, course: str, number: int, before: str, key: bytes | None = None) -> str:
    """The seal of an event: 64 hexadecimal digits.

    Args:
        body: Its text without a seal.
        course: The id of its course.
        number: Its number in the course, from 1.
        before: The seal of the event before it; ``""`` for the first.
        key: For a keyed seal (HMAC-SHA-256); without, SHA-256.
    """
    told = f"{before}\n{len(course)} {course}\n{number}\n{body}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, told, "sha256").hex() if key else hashlib.sha256(told).hexdigest()


def sealed(body: str, found: str) -> str:
    """A text with its seal as the last key.

    Example:
        >>> sealed('{"v":1}', "0" * 64)[:17]
        '{"v":1,"seal":"00'
    """
    return f'{body[:-1]},"seal":"{found}"}}'


def opened(text: str) -> tuple[str, str]:
    """The text without its seal, and the seal; the text itself and ``""`` when it has none.

    Example:
        >>> opened(sealed('{"v":1}', "0" * 64)) == ('{"v":1}', "0" * 64)
        True
    """
    found = _SEALED.search(text)
    return (f"{text[: found.start()]}}}", found[1]) if found else (text, "")


def sealed_otherwise(texts: Sequence[str], *, course: str, key: bytes | None) -> str:
    """Why no event may be sealed with this key upon the last one of a course, in words; ``""`` where one may.

    Upon the seals of another key it would be taken for damage from then on, by `iptengine.store.verification` and by
    whoever the course is handed over to. Where some of its events have seals of this key and others have not, that is
    so already: then what is reported is kept.

    Args:
        texts: What is stored of the course.
        course: Its id.
        key: What the next event would be sealed with; ``None`` for seals without a key.
    """
    if not texts or not opened(texts[-1])[1]:
        return ""
    if any(_fit(texts, course, key)):
        return ""
    if key is None:
        return "the last event of this course was sealed with a key that was not given, or was changed since"
    if next(_fit(texts, course, None)):
        return "the last event of this course was sealed without a key, and a key was given"
    return "the last event of this course was sealed with another key than the one given, or was changed since"


def _fit(texts: Sequence[str], course: str, key: bytes | None) -> Iterator[bool]:
    """Of each event of a course, the last one first, whether its seal was made with this key."""
    for number in range(len(texts), 0, -1):
        body, found = opened(texts[number - 1])
        before = opened(texts[number - 2])[1] if number > 1 else ""
        yield hmac.compare_digest(found, seal(body, course=course, number=number, before=before, key=key))


def chained(texts: tuple[str, ...], *, course: str, after: int, before: str, key: bytes | None) -> tuple[str, ...]:
    """Texts sealed one upon the other, to stand in a course after its first `after`."""
    done: list[str] = []
    for number, body in enumerate(texts, after + 1):
        before = seal(body, course=course, number=number, before=before, key=key)
        done.append(sealed(body, before))
    return tuple(done)
