"""The small written quantities as patterns, so that an editor knows them without this program.

A pattern takes exactly the texts that the quantity's own `parse` takes, order and limits of its numbers included;
only a dose, whose fractions a pattern cannot compare, may be refused by `parse` all the same. They are written in
what Python and JavaScript (ECMA-262, with its flag ``u``) read alike.
"""

from __future__ import annotations

WHOLE = r"(?:0|[1-9][0-9]{0,3})"
"""A whole number as `units.whole` reads it: at most four digits, none of them a leading zero."""
COUNT = r"[1-9][0-9]{0,3}"
"""The same without nothing."""
NAME = r"[a-z][a-z0-9_]*"

_TO_1000 = r"(?:[1-9][0-9]{0,2}|1000)"
_SINGULAR = "(?:day|week|month|year)"
_UNIT = "(?:day|week|month|year)s?"


def _pattern(*alternatives: str) -> str:
    """The whole text is one of these, with words any space apart; space before and after does not count."""
    spaced = "|".join(one.replace(" ", r"\s+") for one in alternatives)
    return rf"^\s*(?:{spaced})\s*$"


def _ascending(between: str, least: int, digits: int, group: int = 1) -> str:
    """Two whole numbers of so many digits at most, the first no greater than the second.

    Args:
        between: What stands between them.
        least: 0 or 1.
        digits: At most so many.
        group: The number of the first group that is used here; two are.
    """
    one = f"[{least}-9]"
    sizes = [one, *(f"[1-9]{_digits(size, size)}" for size in range(1, digits - 1))]
    fewer = (f"{low}{between}[1-9]{_digits(size, digits - 1)}" for size, low in enumerate(sizes, 1))
    equal = f"({one}|[1-9]{_digits(1, digits - 1)}){between}{_again(group)}"
    begins = (_greater(between, rest, 1 if rest else least) for rest in range(digits))
    goes_on = (
        f"([1-9]{_digits(0, digits - 2 - rest)})(?:{_greater(between, rest, 0, _again(group + 1 + rest))})"
        for rest in range(digits - 1)
    )
    return f"(?:{'|'.join((*fewer, equal, *goes_on, *begins))})(?![0-9])"


def _digits(least: int, most: int) -> str:
    """So many digits."""
    if most < 2:
        return "[0-9]" * most + ("?" if least < most else "")
    return f"[0-9]{{{least},{most}}}" if least < most else f"[0-9]{{{most}}}"


def _from(digit: int) -> str:
    return "[9]" if digit == 9 else f"[{digit}-9]"


def _again(group: int) -> str:
    """The same digits as in a group before."""
    return f"\\{group}"


def _greater(between: str, rest: int, first: int, prefix: str = "") -> str:
    """Numbers of which this digit is the first that differs, with so many digits after it."""
    more = _digits(rest, rest)
    pairs = (f"{low}{more}{between}{prefix}{_from(low + 1)}{more}" for low in range(first, 9))
    return "|".join(pairs)


_DOTS = r"\s*\.\.\s*"
_SPAN = rf"(?:{_ascending(_DOTS, 0, 3)}|(?:0|{_TO_1000}){_DOTS}1000)"

_JOINED = rf"(?:{_ascending('[.][.]', 0, 3)}|(?:0|{_TO_1000})[.][.]1000)"

RANGE = _pattern(_SPAN)
WINDOW = _pattern(
    rf"(?:first|last) (?:{_TO_1000}|{_TO_1000}\.\.1000|{_ascending('[.][.]', 1, 3)})",
    _ascending(_DOTS, 1, 4, group=4),
    rf"{COUNT}{_DOTS}last {COUNT}",
)
FREQUENCY = _pattern(rf"every (?:[1-9]|[1-5][0-9]|60) {_UNIT}", "every (?:day|week|month)", "[1-7] a (?:week|month)")

_OFTEN = (
    "every session",
    "every (?:[2-9]|[1-9][0-9]{1,3}) sessions",
    f"every {_SINGULAR}",
    f"every {_TO_1000} {_UNIT}",
)
TIMES = _pattern("once", *_OFTEN, f"at (?:least|most) {COUNT} times?", f"(?:{_TO_1000}|{_JOINED}) times")
RHYTHM = _pattern(*_OFTEN, "at the start", "at the end", "at start and end", "when asked")
POSITION = _pattern(f"session {COUNT}", f"{COUNT} sessions? before the end", "half way")

_FROM_A_DATE = f"{COUNT} {_UNIT} (?:after|before) {NAME}"
_FROM_THE_START = f"{COUNT} {_UNIT} after the start"
MOMENT = _pattern(
    f"(?:after|before) session {COUNT}",
    "after a missed session",
    f"on {NAME}",
    _FROM_A_DATE,
    _FROM_THE_START,
    f"{COUNT} {_UNIT} after the end",
)
_DATE = rf"(?!until(?:\s|$)){NAME}"
_SINCE = f"(?:{_DATE}|on {_DATE}|{_FROM_THE_START}|{COUNT} {_UNIT} (?:after|before) {_DATE})"
_UNTIL = f"(?:{NAME}|on {NAME}|{_FROM_THE_START}|{_FROM_A_DATE})"
DATES = _pattern(f"from {_SINCE}", f"until {_UNTIL}", f"from {_SINCE} until {_UNTIL}")

_AMOUNT = "(?:0{0,3}[1-9][0-9]{0,3}(?:/0{0,3}(?:[1-9]|1[0-2]))?)"
DOSE = _pattern(_AMOUNT, f"{_AMOUNT}{_DOTS}{_AMOUNT}")
DURATION = _pattern(f"{_TO_1000} {_UNIT}")
