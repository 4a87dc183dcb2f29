"""The mistakes found in one file, as they come; at most so many that a person can still read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from iptengine.diagnostics import Diagnostic, Span

MOST_MISTAKES = 100


class Stopped(Exception):
    """Reading cannot go on; why has been told."""


@dataclass(slots=True)
class Mistakes:
    """What is wrong in `file`; places come in counted from 0, as the parser has them."""

    file: str
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, line: int, column: int, code: str, message: str, hint: str = "") -> None:
        """Notes a mistake.

        Raises:
            Stopped: It is one too many.
        """
        span = Span(self.file, line + 1, column + 1)
        if len(self.found) < MOST_MISTAKES:
            self.found.append(Diagnostic(span, code, message, hint))
            return
        more = f"there are more than {MOST_MISTAKES} mistakes; from here on the file was not read"
        self.found.append(Diagnostic(span, "yaml-too-many-mistakes", more, "correct those above first"))
        raise Stopped

    def stop(self, line: int, column: int, code: str, message: str, hint: str = "") -> NoReturn:
        """Notes the mistake that ends the reading."""
        self.add(line, column, code, message, hint)
        raise Stopped

    def in_order(self) -> tuple[Diagnostic, ...]:
        """All of them, in the order of the file."""
        return tuple(sorted(self.found, key=lambda d: (d.span, d.code, d.message)))
