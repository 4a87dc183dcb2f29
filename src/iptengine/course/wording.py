"""Days and numbers in words, the same on every machine: no locale is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def day(on: date) -> str:
    """A day without its year: ``7 April``."""
    return f"{on.day} {MONTHS[on.month - 1]}"


def dated(on: date, today: date) -> str:
    """A day as somebody says it on the day `today`: with its year when that is another."""
    return day(on) if on.year == today.year else f"{day(on)} {on.year}"


def weekday(on: date) -> str:
    """A day with its weekday, short: ``Tue 7 April``."""
    return f"{WEEKDAYS[on.weekday()][:3]} {day(on)}"


def long_day(on: date) -> str:
    """A day with its weekday, long: ``Tuesday 7 April``."""
    return f"{WEEKDAYS[on.weekday()]} {day(on)}"


def with_year(told: str, on: date, today: date) -> str:
    """A day in words, with its year when that is another than that of `today`."""
    return told if on.year == today.year else f"{told} {on.year}"


def dated_weekday(on: date, today: date) -> str:
    """A day with its weekday, short, as somebody says it on the day `today`: ``Mon 4 January 2027``."""
    return with_year(weekday(on), on, today)


def dated_long_day(on: date, today: date) -> str:
    """The same with the whole weekday."""
    return with_year(long_day(on), on, today)


def ordinal(number: int) -> str:
    """``first``, ``second`` … ``10th``."""
    return ORDINALS[number] if 0 < number < len(ORDINALS) else f"{number}th"


def number_word(number: int) -> str:
    """``nine``, ``twelve``, ``13``: a number as a letter to a patient writes it."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)


def first_upper(text: str) -> str:
    """A text that begins a sentence."""
    return text[:1].upper() + text[1:]


def first_lower(text: str) -> str:
    """A title in the middle of a sentence: ``Middle phase`` gives ``middle phase``, ``PHQ-9`` stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 session``, ``2 sessions``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def spoken(name: str) -> str:
    """A name of the file as a sentence says it: ``focus_agreed`` gives ``focus agreed``."""
    return name.replace("_", " ")


def shortened(text: str, most: int) -> str:
    """A text of at most `most` signs; a longer one ends with ``…`` after a whole word."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return f"{(head.rsplit(' ', 1)[0] if ' ' in head else head).rstrip(' ,;:.')}…"


def listed_up_to(words: Iterable[str], most: int = 3) -> str:
    """The first of them, and how many more there are: ``a, b, c and 2 more``."""
    found = list(words)
    if len(found) <= most:
        return listed(found)
    return f"{', '.join(found[:most])} and {len(found) - most} more"


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    found = list(words)
    if len(found) < 2:
        return "".join(found)
    return ", ".join(found[:-1]) + " and " + found[-1]


def either(words: Iterable[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    found = list(words)
    if len(found) < 2:
        return "".join(found)
    return ", ".join(found[:-1]) + " or " + found[-1]
