"""How much of a component is given: sessions and parts of one, exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

MOST_SESSIONS = 200
MOST_PARTS = 12
"""The smallest part of a session is a twelfth: five minutes of an hour."""
WANTED = "write sessions or parts of one, such as 1, 1/2 or 3/4"


def amount(text: object) -> Fraction:
    """An amount above zero, written ``1``, ``1/2`` or ``3/2``.

    Raises:
        ValueError: It is written otherwise, is zero, or is more than any component takes.

    Example:
        >>> amount("1/2") + amount("1")
        Fraction(3, 2)
    """
    if type(text) is int:
        found = Fraction(text)
    else:
        whole, slash, parts = (text if isinstance(text, str) else "").partition("/")
        numbers = [whole, parts] if slash else [whole]
        if not all(number.isascii() and number.isdigit() and len(number) <= 4 for number in numbers):
            raise ValueError(WANTED)
        if slash and not 0 < int(parts) <= MOST_PARTS:
            raise ValueError(f"{WANTED}; a session is divided into at most {MOST_PARTS} parts")
        found = Fraction(int(whole), int(parts) if slash else 1)
    if not 0 < found <= MOST_SESSIONS:
        raise ValueError(f"{WANTED}; an amount is above 0 and at most {MOST_SESSIONS} sessions")
    return found


def total(amounts: Iterable[str]) -> Fraction:
    """The sum of written amounts; what cannot be read counts as nothing."""
    return sum((_or_nothing(one) for one in amounts), Fraction(0))


def _or_nothing(text: str) -> Fraction:
    try:
        return amount(text)
    except ValueError:
        return Fraction(0)


def spoken_amount(given: Fraction) -> str:
    """An amount as a page says it.

    Example:
        >>> spoken_amount(Fraction(3, 2)), spoken_amount(Fraction(1, 2)), spoken_amount(Fraction(2))
        ('1 1/2', '1/2', '2')
    """
    whole, rest = divmod(given.numerator, given.denominator)
    return f"{whole} {Fraction(rest, given.denominator)}" if whole and rest else str(given)


@dataclass(frozen=True, slots=True)
class Dose:
    """A least and a most amount, both included: ``1..3``, ``1/2..2``; one amount stands for itself.

    Example:
        >>> Dose.parse("1/2..2")
        Dose(least=Fraction(1, 2), most=Fraction(2, 1))
        >>> str(Dose.parse("2/4"))
        '1/2'
    """

    least: Fraction
    most: Fraction

    @classmethod
    def parse(cls, text: object) -> Dose:
        """Read ``1..3``, ``1/2..2``, ``1/4`` or ``3``."""
        first, dots, last = text.partition("..") if isinstance(text, str) else (text, "", "")
        if dots and isinstance(first, str):
            least, most = amount(first.strip()), amount(last.strip())
        else:
            least = most = amount(first.strip() if isinstance(first, str) else first)
        if least > most:
            raise ValueError(f"write {most}..{least}, the least amount first")
        return cls(least, most)

    def spoken(self) -> str:
        """As a page says it: ``1/2..2``, ``1..1 1/2``."""
        least = spoken_amount(self.least)
        return least if self.least == self.most else f"{least}..{spoken_amount(self.most)}"

    def __str__(self) -> str:
        return str(self.least) if self.least == self.most else f"{self.least}..{self.most}"
