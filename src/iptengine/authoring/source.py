"""The bytes of a file as text that the parser may see: UTF-8, of bearable size, with nothing invisible in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from iptengine.authoring.characters import looks_clean, odd_characters, without_odd
from iptengine.authoring.mistakes import Mistakes

MOST_BYTES = 512 * 1024

_ODD_HINTS = {
    "yaml-control-character": "take it out; save the file as plain text with ordinary line ends",
    "yaml-invisible-character": "take it out; it often comes along when text is pasted",
}


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file.

    Attributes:
        text: What the parser reads.
        lines: What the author wrote, line by line.
        hashed: The lines (from 0) that have a comment, or what may be one, behind something else.
    """

    text: str
    lines: Sequence[str]
    hashed: frozenset[int]


def source(content: bytes, mistakes: Mistakes) -> Source:
    """The text of `content`, with visible stand-ins for characters that must not be there.

    Raises:
        Stopped: There is no text to read.
    """
    if len(content) > MOST_BYTES:
        mistakes.stop(0, 0, "yaml-too-large", *too_large())
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        _not_utf8(content, error.start, mistakes)
    text = text.removeprefix("\ufeff")
    if not looks_clean(content):
        text = _clean(text, mistakes)
    lines = text.split("\n")
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    hashed = _hashed(lines) if " #" in text or "\t#" in text else frozenset()
    return Source(_without_directives(text, lines, mistakes), lines, hashed)


def too_large(most_bytes: int = MOST_BYTES) -> tuple[str, str]:
    """What to say of a file with more bytes: the message and the hint."""
    return f"this file is larger than {most_bytes // 1024} KiB", "split it, or leave out what is not needed"


def _not_utf8(content: bytes, index: int, mistakes: Mistakes) -> NoReturn:
    hint = "save the file as UTF-8 text"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        mistakes.stop(0, 0, "yaml-not-utf8", "this file is saved as UTF-16", hint)
    before = content[:index].decode("utf-8").split("\n")
    mistakes.stop(len(before) - 1, len(before[-1]), "yaml-not-utf8", "from here on this is not UTF-8 text", hint)


def _clean(text: str, mistakes: Mistakes) -> str:
    line = counted = 0
    for odd in odd_characters(text):
        line += text.count("\n", counted, odd.index)
        counted = odd.index
        column = odd.index - text.rfind("\n", 0, odd.index) - 1
        mistakes.add(line, column, odd.code, odd.message, _ODD_HINTS[odd.code])
    return without_odd(text)


def _hashed(lines: Sequence[str]) -> frozenset[int]:
    return frozenset(
        number
        for number, line in enumerate(lines)
        if (" #" in line or "\t#" in line) and not line.lstrip().startswith("#")
    )


def _without_directives(text: str, lines: Sequence[str], mistakes: Mistakes) -> str:
    """Lines that begin with % before the first value are refused, and read as comments."""
    readable = list(lines)
    first = None
    for number, line in enumerate(lines):
        if line.startswith("%"):
            first = number if first is None else first
            readable[number] = f"#{line[1:]}"
        elif line.strip() and not line.startswith("#"):
            break
    if first is None:
        return text
    what = "a line that begins with '%' is an instruction to a YAML program, which a protocol must not give"
    mistakes.add(first, 0, "yaml-directive", what, "leave this line out; if it is a text, put double quotes around it")
    return "\n".join(readable)
