"""Characters that a file must not hold, because a reader cannot see them or they change what is seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_ODD = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
_CONTROLS = re.compile(f"[{_CONTROL}]")
_ALL_ASCII = bytes(range(128))
_PLAIN_ASCII = bytes([*b"\t\n\r", *range(32, 127)])
_JOINERS = "\u200c\u200d"
_EMOJI_STYLE = "\ufe0f"


@dataclass(frozen=True, slots=True)
class OddCharacter:
    """A character at `index` of a text that must not stand there, with the `code` of the rule and its name."""

    index: int
    code: str
    message: str


def looks_clean(source: bytes) -> bool:
    """Whether UTF-8 text has nothing to look at closely; cheap, and never wrong when it says yes."""
    beyond_ascii = source.translate(None, _ALL_ASCII)
    if len(source.translate(None, _PLAIN_ASCII)) != len(beyond_ascii):
        return False
    if b"\r" in source and source.count(b"\r") != source.count(b"\r\n"):
        return False
    return not _ODD.search(beyond_ascii.decode("utf-8"))


def odd_characters(text: str) -> Iterator[OddCharacter]:
    """Each character of `text` that cannot be seen or changes what is seen.

    Line ends (also the Windows kind), tabs, joiners inside a script that needs them and the emoji sign stay.
    """
    for match in _ODD.finditer(text):
        index = match.start()
        char = match.group()
        if _belongs(text, index, char):
            continue
        code = f"U+{ord(char):04X}"
        if not _CONTROLS.match(char):
            name = unicodedata.name(char, "no name").lower()
            yield OddCharacter(index, "yaml-invisible-character", f"an invisible character, {code} ({name})")
        elif char == "\r":
            yield OddCharacter(index, "yaml-control-character", f"a line end without its second half, {code}")
        else:
            yield OddCharacter(index, "yaml-control-character", f"a control character, {code}")


def name_of(text: str) -> str:
    """The first character of `text` beyond the plain letters, with its name."""
    char = next(char for char in text if not char.isascii())
    return f"'{char}' (U+{ord(char):04X}, {unicodedata.name(char, 'no name').lower()})"


def without_odd(text: str) -> str:
    """`text` with a visible stand-in for each character that `odd_characters` names, at the same places."""
    chars = list(text)
    for odd in odd_characters(text):
        chars[odd.index] = "\ufffd"
    return "".join(chars)


def _belongs(text: str, index: int, char: str) -> bool:
    if char == "\r":
        return text[index + 1 : index + 2] == "\n"
    before = text[index - 1] if index else ""
    if char in _JOINERS:  # Persian, Hindi and their neighbours are misspelt without them
        return "\u0600" <= before <= "\u0fff"
    return char == _EMOJI_STYLE and before != "" and unicodedata.category(before) == "So"
