"""The filters of a template, and how dates and numbers are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

from iptengine.course.wording import MONTHS, WEEKDAYS
from iptengine.render.values import ABSENT, Items, TemplateFault

Number: TypeAlias = int | float | Decimal | Fraction
_LARGEST = 10**15


def written_date(day: date, form: str = "") -> str:
    """A date in English words, the same in every locale.

    Example:
        >>> written_date(date(2026, 4, 14)), written_date(date(2026, 4, 14), "short")
        ('Tue 14 April 2026', '14 Apr 2026')
        >>> written_date(date(2026, 4, 14), "long")
        'Tuesday 14 April 2026'
    """
    weekday, month = WEEKDAYS[day.weekday()], MONTHS[day.month - 1]
    if form == "short":
        return f"{day.day} {month[:3]} {day.year}"
    return f"{weekday if form == 'long' else weekday[:3]} {day.day} {month} {day.year}"


def written_number(number: Number, digits: int = 0) -> str:
    """A number with exactly `digits` decimals, halves rounded away from zero.

    Raises:
        TemplateFault: The number is not finite, or has more than fifteen digits.

    Example:
        >>> written_number(2.5), written_number(2.675, 2), written_number(-0.4)
        ('3', '2.68', '0')
    """
    exact = _exact(number)
    scaled = int(abs(exact) * 10**digits + Fraction(1, 2))
    whole, rest = divmod(scaled, 10**digits)
    sign = "-" if exact < 0 and scaled else ""
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def shown_number(number: Number) -> str:
    """A number as it stands in a sentence: at most two decimals, none that say nothing.

    Example:
        >>> shown_number(12), shown_number(12.0), shown_number(4.333)
        ('12', '12', '4.33')
    """
    if isinstance(number, int) and abs(number) < _LARGEST:
        return str(number)
    return written_number(number, 2).rstrip("0").rstrip(".")


def _exact(number: Number) -> Fraction:
    if isinstance(number, Fraction | int):
        exact = Fraction(number)
    else:
        # By its shortest writing: 2.675 is meant as 2.675, not as the nearest binary fraction below it.
        decimal = Decimal(str(number))
        if not decimal.is_finite() or abs(decimal.adjusted()) > 30:
            raise TemplateFault("a number cannot be written")
        exact = Fraction(decimal)
    if abs(exact) >= _LARGEST:
        raise TemplateFault("a number cannot be written")
    return exact


def shown(value: Any) -> str:
    """A value in words, before it is escaped.

    Raises:
        TemplateFault: It is absent, or not a text, number or date.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return written_date(value)
    if is_number(value):
        return shown_number(value)
    if value is ABSENT:
        raise TemplateFault("a value is missing, and the template has no words for that")
    raise TemplateFault("a value is neither a text nor a number nor a date")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal | Fraction) and not isinstance(value, bool)


def _upper(value: str) -> str:
    return value.upper()


def _lower(value: str) -> str:
    return value.lower()


def _title(value: str) -> str:
    """Each word with a capital; the rest of the word stays (``o'Neill`` gives ``O'Neill``)."""
    return "".join(
        sign.title() if place == 0 or value[place - 1].isspace() else sign for place, sign in enumerate(value)
    )


def _trim(value: str) -> str:
    return value.strip()


def _length(value: str | Items) -> int:
    return len(value)


def _join(value: Items, between: str = "") -> str:
    return between.join(shown(one) for one in value)


def _default(value: Any, otherwise: str | int) -> Any:
    return otherwise if value is ABSENT else value


def _date(value: date, form: str = "") -> str:
    return written_date(value, form)


def _number(value: Number, digits: int = 0) -> str:
    return written_number(value, digits)


def _for(kinds: type | tuple[type, ...], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` for values of `kinds`; what is absent stays absent, and anything else is a fault."""

    def checked(value: Any, *arguments: str | int) -> Any:
        if value is ABSENT:
            return ABSENT
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise TemplateFault(f"the filter '{name}' was given a value it is not for")
        return function(value, *arguments)

    return checked


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "upper": _for(str, "upper", _upper),
    "lower": _for(str, "lower", _lower),
    "title": _for(str, "title", _title),
    "trim": _for(str, "trim", _trim),
    "length": _for((str, Items), "length", _length),
    "join": _for(Items, "join", _join),
    "default": _default,
    "date": _for(date, "date", _date),
    "number": _for((int, float, Decimal, Fraction), "number", _number),
}
