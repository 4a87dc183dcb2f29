"""The page of a rule."""

from __future__ import annotations

from iptengine.authoring.explain import explain
from iptengine.cli import screen


def explain_code(code: str) -> int:
    """Prints what stands behind a code; 2 when there is no such code."""
    try:
        page = explain(code)
    except LookupError as unknown:
        screen.complain(f"'{code}': {unknown.args[0]}")
        return 2
    screen.say(screen.strong(code))
    screen.say()
    screen.say(page)
    return 0
