"""The page of a rule."""

from __future__ import annotations

import inspect

from iptengine.authoring.rules.listing import PAGES
from iptengine.cli import screen
from iptengine.diagnostics import did_you_mean


def explain_code(code: str) -> int:
    """Prints what stands behind a code."""
    page = PAGES.get(code)
    if page is None:
        screen.complain(f"there is no rule '{code}'; {did_you_mean(code, PAGES)}")
        return 2
    screen.say(screen.strong(code))
    screen.say()
    screen.say(inspect.cleandoc(page))
    return 0
