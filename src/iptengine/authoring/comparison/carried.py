"""Parts that stand under another name or in another place: found again by their content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iptengine.authoring.comparison.difference import PROTOCOL, Found, Steps
from iptengine.protocol.protocol import canonical

_CHANGES = (PROTOCOL, "changes")
_TELLING = ("title", "do")
"""A part with one of these says what it is, so that the same words elsewhere are the same part."""


def found_again(found: Iterable[Found]) -> Mapping[Steps, Steps]:
    """Removed parts that were added again, word for word: under another name in the same map, or elsewhere.

    Where several parts have the same content nobody can say which is which, and none is found.
    """
    gone: dict[str, list[Found]] = {}
    came: dict[str, list[Found]] = {}
    for one in found:
        if one.path[:2] == _CHANGES:
            continue
        if one.kind == "removed" and _tells(one.before):
            gone.setdefault(canonical(one.before), []).append(one)
        elif one.kind == "added" and _tells(one.after):
            came.setdefault(canonical(one.after), []).append(one)
    pairs = [(gone[text][0], came[text][0]) for text in gone if len(gone[text]) == len(came.get(text, ())) == 1]
    return {old.path: new.became for old, new in pairs if _recognised(old, new)}


def _tells(value: object) -> bool:
    return isinstance(value, Mapping) and any(isinstance(value.get(key), str) for key in _TELLING)


def _recognised(old: Found, new: Found) -> bool:
    """Renamed where it stood, or moved under its name; both at once would be a guess."""
    return old.became[:-1] == new.became[:-1] or old.path[-1] == new.became[-1]
