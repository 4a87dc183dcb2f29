"""The patient text of a stored event, enciphered: AES-GCM under the key of its course.

The text of an event keeps its form: its structure stays readable, a marker stands where each patient text was, and
the texts themselves are one enciphered part at its end, ``"sealed_text"``. It is bound to its course, to the number
of its event and to every other byte of the event, so that nothing can be altered, or moved to another event or
course, and still be opened. Once the key is destroyed, what is left of the event is read as it stands.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from iptengine.course.patient_text import ERASED, put_back, take_out
from iptengine.diagnostics import missing_package
from iptengine.store.port import StoreError, UnopenedCourse

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PART = "sealed_text"
_SEAL = "seal"
_MARK = f'"{PART}":"'
"""How the enciphered part begins; inside a text of JSON the quotes would be escaped."""
_NONCE = 12

Choices = Mapping[str, Sequence[str]]
"""For each fact whose values a protocol lists, those values: they are structure."""


class CannotOpen(UnopenedCourse):
    """The patient text of an event does not open with the key of its course.

    Attributes:
        course: The course.
        number: The event, counted from 1.
    """

    def __init__(self, course: str, number: int) -> None:
        self.number = number
        super().__init__(
            course,
            f"the patient text of event {number} of this course does not open with its key: the key is another "
            "one, or the event was altered or moved; run the check of the store, and look where the keys come from",
        )


def is_enciphered(text: str) -> bool:
    """Whether the text of an event has an enciphered part."""
    return _MARK in text


def enciphered(
    text: str, key: bytes, *, course: str, number: int, choices: Choices | None = None, always: bool = False
) -> str:
    """The text of an event with its patient text enciphered.

    Args:
        text: As `iptengine.course.codec.encode` wrote it.
        key: The key of the course.
        course: The course, and `number` the place of the event in it, counted from 1.
        choices: The facts whose values the protocol lists.
        always: Write the enciphered part also when there is no patient text, so that the course is known by it.

    Raises:
        StoreError: The package that enciphers is not installed.
    """
    record = json.loads(text)
    words = take_out(record, called=lambda name: _stands_for(key, name), choices=choices)
    if not words and not always:
        return text
    left = _written(record)
    nonce = os.urandom(_NONCE)
    hidden = _cipher(key).encrypt(nonce, _written(words).encode(), _bound(course, number, left))
    return _written({**record, PART: b64encode(nonce + hidden).decode()})


def opened(text: str, key: bytes | None, *, course: str, number: int) -> str:
    """The text of an event as it was before `enciphered`; with no key, what is left of it: markers for the words.

    A text without an enciphered part, and one that is broken, come back as they are.

    Raises:
        CannotOpen: The key is another one, or the event is not as it was written.
        StoreError: The package that enciphers is not installed.
    """
    record = _record(text)
    if record is None or PART not in record:
        return text
    hidden = record.pop(PART)
    if key is None:
        return _written(record)
    seal = {_SEAL: record.pop(_SEAL)} if _SEAL in record else {}
    try:
        put_back(record, json.loads(_deciphered(hidden, key, _bound(course, number, _written(record)))))
    except (ValueError, LookupError, TypeError):
        raise CannotOpen(course, number) from None
    return _written(record | seal)


# -- a text as a whole -------------------------------------------------------------------------------------------

_WHOLE = "sealed:"
"""How a text begins that is enciphered as a whole; no text of JSON does."""


def is_hidden(text: str) -> bool:
    """Whether a text is enciphered as a whole."""
    return text.startswith(_WHOLE)


def hidden(text: str, key: bytes, *, bound: str) -> str:
    """A text enciphered as a whole, in ASCII; it opens with the same key and the same `bound` only."""
    nonce = os.urandom(_NONCE)
    return _WHOLE + b64encode(nonce + _cipher(key).encrypt(nonce, text.encode(), bound.encode())).decode()


def shown(text: str, key: bytes, *, bound: str) -> str | None:
    """The text that `hidden` made; ``None`` when it does not open."""
    try:
        return _deciphered(text.removeprefix(_WHOLE), key, bound.encode()).decode()
    except ValueError:
        return None


def _record(text: str) -> dict[str, Any] | None:
    if not is_enciphered(text):
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _deciphered(hidden: object, key: bytes, bound: bytes) -> bytes:
    """What was enciphered; `ValueError` when it does not open."""
    cipher = _cipher(key)
    from cryptography.exceptions import InvalidTag

    if not isinstance(hidden, str):
        raise ValueError
    try:
        raw = b64decode(hidden, validate=True)
        if b64encode(raw).decode() != hidden:  # the last letter has bits to spare
            raise ValueError
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], bound)
    except (InvalidTag, binascii.Error):
        raise ValueError from None


def _bound(course: str, number: int, left: str) -> bytes:
    """What the enciphered part is bound to: its course, the number of its event, and the rest of the event."""
    return f"{course}\n{number}\n{left}".encode("utf-8", "surrogatepass")


def _stands_for(key: bytes, name: str) -> str:
    """What stands for a person once their name is erased: the same for the same name, under this key alone."""
    own = hmac.digest(key, b"iptengine: what stands for names", "sha256")
    return f"{ERASED[:-1]}-{hmac.new(own, name.encode('utf-8', 'surrogatepass'), hashlib.sha256).hexdigest()[:8]}]"


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _cipher(key: bytes) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise StoreError(missing_package("enciphering patient text", "cryptography", "crypto")) from None
    return AESGCM(key)
