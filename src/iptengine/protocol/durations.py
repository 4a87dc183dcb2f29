"""How long something lasts, as a protocol file writes it: ``4 weeks``, ``10 days``, ``1 month``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from iptengine.protocol.units import MOST, UNITS, Unit, add, whole


@dataclass(frozen=True, slots=True)
class Duration:
    """A stretch of calendar time, kept in the unit it was written in.

    Example:
        >>> str(Duration.parse("4 weeks")), Duration.parse("1 month").ends(date(2026, 1, 31))
        ('4 weeks', datetime.date(2026, 2, 28))
    """

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: object) -> Duration:
        """Read ``4 weeks``, ``10 days`` or ``1 month``."""
        words = text.split() if isinstance(text, str) else []
        count = whole(words[0]) if len(words) == 2 and words[1] in UNITS else None
        if count and count <= MOST:
            return cls(count, UNITS[words[1]])
        raise ValueError("write how long as '10 days', '4 weeks' or '2 months'")

    def ends(self, first: date) -> date:
        """The day on which this time is over, when it began on `first`."""
        return add(first, self.count, self.unit)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"
