"""Roles, which a protocol names and a program gives: one role, however it is spelt."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize


def folded(role: str) -> str:
    """What is left of a role when case, blanks and signs are taken out: by this it is the same role or another.

    Example:
        >>> folded("Team lead ") == folded("team_lead"), folded("assessor") == folded("rater")
        (True, False)
    """
    return "".join(sign for sign in normalize("NFKC", role).casefold() if sign.isalnum()) or role


def spelt_otherwise(role: str, known: Iterable[str]) -> tuple[str, ...]:
    """How the same role is spelt among those that are known, where it is not spelt like any of them.

    Example:
        >>> spelt_otherwise("Assessor", ["assessor", "supervisor"]), spelt_otherwise("clerk", ["assessor"])
        (('assessor',), ())
    """
    names = set(known)
    return () if role in names else tuple(sorted(name for name in names if folded(name) == folded(role)))
