"""Yes, no or unknown: the three answers a condition can give, and how they combine (law 2)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """The answer to a condition. Unknown never opens a way and never silences an alert."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __invert__(self) -> Truth:
        return _NOT[self]

    def __bool__(self) -> bool:
        """Never a truth value: write ``answer is Truth.YES`` so that unknown is thought of each time."""
        raise TypeError("compare with Truth.YES, Truth.NO or Truth.UNKNOWN")


_NOT = {Truth.YES: Truth.NO, Truth.NO: Truth.YES, Truth.UNKNOWN: Truth.UNKNOWN}


def of(answer: bool | None) -> Truth:
    """The three-valued answer for a Python one; ``None`` is unknown."""
    if answer is None:
        return Truth.UNKNOWN
    return Truth.YES if answer else Truth.NO


def all_of(answers: Iterable[Truth]) -> Truth:
    """Yes when every answer is yes (also when there is none), no when one is no, else unknown."""
    found = Truth.YES
    for answer in answers:
        if answer is Truth.NO:
            return Truth.NO
        if answer is Truth.UNKNOWN:
            found = Truth.UNKNOWN
    return found


def any_of(answers: Iterable[Truth]) -> Truth:
    """Yes when one answer is yes, no when every answer is no (also when there is none), else unknown."""
    found = Truth.NO
    for answer in answers:
        if answer is Truth.YES:
            return Truth.YES
        if answer is Truth.UNKNOWN:
            found = Truth.UNKNOWN
    return found
