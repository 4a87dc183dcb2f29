"""Shares: so many of so many, exact, with the numerator and denominator always in sight."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from iptengine.protocol.scoring import display

NOT_RATEABLE = "not rateable"


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`; or not rateable, and why.

    Example:
        >>> print(Share(7, 8), Share(14, 15).percent(1))
        7/8 93.3 %
        >>> print(Share(0, 1, "fewer than 3 sessions held"))
        not rateable: fewer than 3 sessions held
    """

    count: int
    of: int
    why_not: str = ""

    @property
    def rateable(self) -> bool:
        """Whether there is enough to rate."""
        return not self.why_not and self.of > 0

    @property
    def value(self) -> Fraction | None:
        """The exact share, from 0 to 1; ``None`` when it is not rateable."""
        return Fraction(self.count, self.of) if self.rateable else None

    def percent(self, decimals: int = 0) -> str:
        """The share in percent, rounded half up: ``93.3 %``; ``-`` when it is not rateable."""
        return percent(self.value, decimals) if self.value is not None else "-"

    def __str__(self) -> str:
        if self.rateable:
            return f"{self.count}/{self.of}"
        return f"{NOT_RATEABLE}: {self.why_not or 'nothing to rate'}"


def percent(share: Fraction, decimals: int = 0) -> str:
    """A share in percent, rounded half up on the exact value.

    Example:
        >>> percent(Fraction(14, 15), 1), percent(Fraction(13, 19))
        ('93.3 %', '68 %')
    """
    scale = 10**decimals
    exact = share * 100 * scale
    whole = (abs(exact) * 2 + 1) // 2  # half up, away from 0
    value = Fraction(whole if exact >= 0 else -whole, scale)
    return f"{display(int(value) if value.denominator == 1 else float(value), decimals)} %"
