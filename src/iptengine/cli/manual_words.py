"""How the overview of a protocol is written: its headings, paragraphs and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iptengine.cli import screen
from iptengine.protocol.parts import Condition, Conditions

SPOKEN_OF = {"patient": "the patient", "other": "the other person", "stage": "the stage", "area": "the problem area"}
_BLANK = re.compile(r"\{\{\s*([a-z_.]+)[^}]*\}\}")


def wrapped(text: str, indent: int = 0, hanging: int | None = None) -> str:
    """A paragraph with words in place of what a course would fill in."""
    spoken = _BLANK.sub(lambda found: SPOKEN_OF.get(found[1], f"[{found[1]}]"), text)
    return screen.wrapped(spoken, indent, hanging)


def heading(text: str) -> Iterator[str]:
    """The heading of a part, with an empty line above it."""
    yield ""
    yield screen.strong(text.upper())


def joined(conditions: Conditions) -> str:
    """Conditions that must all hold, in their own words."""
    return "; ".join(said(condition) for condition in conditions.values())


def said(condition: Condition) -> str:
    """One condition in its own words."""
    if condition.says is not None:
        return condition.says
    forms = (("all of", condition.all), ("any of", condition.any), ("none of", condition.not_))
    return next(f"{how} ({joined(parts)})" for how, parts in forms if parts is not None)
