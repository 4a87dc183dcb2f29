"""Where a course went otherwise than its vignette expects, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from iptengine.diagnostics import Path, Span

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise than expected.

    Attributes:
        span: The line of the vignette that expects it.
        happening: The happening after which it was looked at; empty for the figures at the end.
        path: What was looked at, from the happening on: ``("expect", "phase")``.
        expected: What the vignette says.
        found: What the engine answered.
    """

    span: Span
    happening: str
    path: Path
    expected: str
    found: str

    @property
    def what(self) -> str:
        """What was looked at, as the file writes it."""
        return ".".join(str(part) for part in self.path if part not in ("expect", "expect_summary"))

    def __str__(self) -> str:
        where = self.happening or "at the end"
        return f"{self.span}: {where}, {self.what}: expected {self.expected}, found {self.found}"


def told(differences: Iterable[Difference]) -> str:
    """Every difference, one a line; empty when there is none."""
    return "\n".join(str(difference) for difference in differences)


def word(value: object) -> str:
    """A value as the vignette would write it."""
    if value is None or (isinstance(value, tuple | list | Mapping) and not value):
        return NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {word(part)}" for name, part in value.items())
    if isinstance(value, tuple | list):
        return "[" + ", ".join(word(part) for part in value) + "]"
    if isinstance(value, Fraction):
        return str(value)
    return str(value)
