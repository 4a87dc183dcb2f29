"""A value of a file as one line that a person can read."""

from __future__ import annotations

from iptengine.authoring.reading import Value

LONGEST = 200


def shown(value: Value) -> str:
    """The value in one line: a text as it stands, a list or a map in brackets; cut where it is long.

    Example:
        >>> shown({"do": "Ask", "after": ["a", "b"]})
        '{do: Ask, after: [a, b]}'
    """
    text = _told(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _told(value: Value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_told(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_told(one) for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "~" if value is None else str(value)
