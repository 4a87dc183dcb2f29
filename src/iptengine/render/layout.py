"""Plain text in eighty columns: what a line is wide, where it breaks, and how columns stand beside each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

WIDTH = 80


def width(text: str) -> int:
    """Columns a text takes in a terminal: wide signs two, marks that sit on others none.

    Example:
        >>> width("ann"), width("\\u4e2d"), width("e\\u0301")
        (3, 2, 1)
    """
    if text.isascii():
        return len(text)
    return sum(_sign_width(sign) for sign in text)


def _sign_width(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1


def wrap(text: str, columns: int) -> list[str]:
    """The words of `text` in lines of at most `columns`; a word that is longer is broken. Never empty.

    Example:
        >>> wrap("one moment with S. when something stayed unsaid", 20)
        ['one moment with S.', 'when something', 'stayed unsaid']
    """
    lines: list[str] = []
    line, taken = "", 0
    for word in _fitting(text.split(), columns):
        size = width(word)
        if line and taken + 1 + size <= columns:
            line, taken = f"{line} {word}", taken + 1 + size
        else:
            if line:
                lines.append(line)
            line, taken = word, size
    return [*lines, line]


def _fitting(words: Iterable[str], columns: int) -> Iterator[str]:
    for word in words:
        if width(word) <= columns:
            yield word
        else:
            yield from _broken(word, columns)


def _broken(word: str, columns: int) -> Iterator[str]:
    piece, taken = "", 0
    for sign in word:
        size = _sign_width(sign)
        if piece and taken + size > columns:
            yield piece
            piece, taken = "", 0
        piece, taken = piece + sign, taken + size
    yield piece


def hang(prefix: str, text: str, columns: int = WIDTH) -> list[str]:
    """`text` after `prefix`; further lines stand under its first word.

    Example:
        >>> hang(" ! ", "Ask again today, in plain words.", 20)
        [' ! Ask again today,', '   in plain words.']
    """
    indent = width(prefix)
    first, *rest = wrap(text, max(1, columns - indent))
    return [f"{prefix}{first}".rstrip(), *(f"{' ' * indent}{line}" for line in rest)]


def padded(text: str, columns: int) -> str:
    """`text` filled with blanks to `columns`; longer stays longer."""
    return text + " " * max(0, columns - width(text))


def sides(left: str, right: str, columns: int = WIDTH) -> list[str]:
    """Two texts at the two edges of one line, or below each other when they do not fit."""
    gap = columns - width(left) - width(right)
    if gap >= 2 and left and right:
        return [f"{left}{' ' * gap}{right}"]
    return [line for side in (left, right) if side for line in wrap_kept(side, columns)]


def beside(left: Iterable[str], right: Iterable[str], indent: str, first: int, between: int = 2) -> list[str]:
    """Two columns of lines: the left one padded to `first` columns."""
    lefts, rights = list(left), list(right)
    rows = max(len(lefts), len(rights))
    lefts += [""] * (rows - len(lefts))
    rights += [""] * (rows - len(rights))
    return [f"{indent}{padded(a, first + between)}{b}".rstrip() for a, b in zip(lefts, rights, strict=True)]


def cut(text: str, most: int) -> str:
    """`text`, or its first words with a plain note that more is on record."""
    if len(text) <= most:
        return text
    words = text.split()
    kept: list[str] = []
    length = 0
    for word in words:
        length += len(word) + 1
        if length > most:
            break
        kept.append(word)
    if not kept:
        return f"{text[:most]} … (cut here; the whole of it is on record)"
    return f"{' '.join(kept)} … ({len(words) - len(kept)} more words on record)"


def flowing(entries: Iterable[str], columns: int) -> Iterator[str]:
    """Short entries that follow each other on one line, two blanks apart, as long as they fit."""
    line = ""
    for entry in entries:
        if line and width(line) + 2 + width(entry) <= columns:
            line = f"{line}  {entry}"
            continue
        if line:
            yield line
        line = entry
    if line:
        yield line


def wrap_kept(text: str, columns: int) -> list[str]:
    """`text` as it stands when it fits, with its double blanks; else wrapped."""
    return [text] if width(text) <= columns else wrap(text, columns)
