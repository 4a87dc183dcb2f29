"""What an unquoted word of a file is: text, a number, true, false or nothing.

The YAML 1.2 core schema, as an editor shows it, minus its surprises: what only looks like a number stays a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Scalar = str | int | float | bool | None

WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""The unquoted words that are no text: nothing, true and false."""

NUMBER_BEGINS = frozenset("+-.0123456789")
"""What an unquoted word begins with if it is a number or looks like one."""

MOST_DIGITS = 15
"""A number with more digits cannot be kept exactly everywhere a protocol goes (JSON, spreadsheets)."""

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_BASED = re.compile(r"([-+]?)0(?:x([0-9a-fA-F]+)|o([0-7]+)|b([01]+))")
_DIGITS = re.compile(r"([-+]?)([0-9][0-9_]*|[0-9]*\.[0-9_]*)")
_POWER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]{1,2}")
_COMMA = re.compile(r"([-+]?[0-9]+),([0-9]+)")


@dataclass(frozen=True, slots=True)
class Odd:
    """A word that is not what it seems: refused if it has a `code`, else kept as text with a `hint`."""

    code: str
    message: str
    hint: str


def plain(word: str) -> Scalar | Odd:
    """What an unquoted `word` stands for.

    Example:
        >>> plain("12"), plain("0.5"), plain("true"), plain("no"), plain("12..16")
        (12, 0.5, True, 'no', '12..16')
        >>> plain("010").hint
        'write 10'
    """
    if word in WORDS:
        return WORDS[word]
    if word[0] not in NUMBER_BEGINS:
        return word
    if _WHOLE.fullmatch(word):
        return too_long(word) if len(word) - (word[0] == "-") > MOST_DIGITS else int(word)
    if _DECIMAL.fullmatch(word):
        return too_long(word) if len(word) - (word[0] == "-") - 1 > MOST_DIGITS else float(word)
    if _ENDLESS.fullmatch(word):
        return Odd(
            "yaml-not-a-number",
            f"'{word}' is no number a person can reach, so a rule that compares with it never works",
            "write the number that is meant in digits",
        )
    hint = look_alike(word)
    return Odd("", f"'{word}' looks like a number", hint) if hint else word


def too_long(word: str) -> Odd:
    return Odd(
        "yaml-number-too-long",
        f"a number of {sum(map(str.isdigit, word))} digits: at most {MOST_DIGITS} can be kept exactly",
        "write a shorter number; if it is a name or a label, put it in double quotes",
    )


def look_alike(word: str) -> str:
    """How to write the number that `word` looks like, or ``""`` if it looks like none."""
    if len(word) > 2 * MOST_DIGITS:
        return "write it in plain digits" if _BASED.fullmatch(word) or _DIGITS.fullmatch(word) else ""
    if based := _BASED.fullmatch(word):
        sign, hexadecimal, octal, binary = based.groups()
        whole = int(hexadecimal, 16) if hexadecimal else int(octal, 8) if octal else int(binary, 2)
        return f"write {'-' if sign == '-' else ''}{whole}"
    if digits := _DIGITS.fullmatch(word):
        return _plain_digits(*digits.groups())
    if _POWER.fullmatch(word):
        return f"write it in plain digits: {_unfolded(word)}"
    if comma := _COMMA.fullmatch(word):
        return f"write {comma[1].removeprefix('+')}.{comma[2]} with a point; a thousand has no comma"
    return ""


def _plain_digits(sign: str, digits: str) -> str:
    whole, point, part = digits.replace("_", "").partition(".")
    if not whole and not part:
        return ""
    whole, part = whole.lstrip("0") or "0", part if part else ""
    return f"write {'-' if sign == '-' else ''}{whole}{point if part else ''}{part}"


def _unfolded(word: str) -> str:
    return f"{float(word):.12f}".rstrip("0").rstrip(".") or "0"
