"""No way leads to this phase.

Beginning at `start` and following `next`, this phase is never come to.

Why it matters: what the phase asks for would never be done, and nobody would notice.

Wrong:

    start: initial
    phases:
      initial:
        next:
          ending: {}
      middle:
        next:
          ending: {}

Right:

    start: initial
    phases:
      initial:
        next:
          middle: {}
      middle:
        next:
          ending: {}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View, reached
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Phases that cannot be come to from the start."""
    if view.spec.start not in view.spec.phases:
        return
    found = reached(view.spec.start, view.ways)
    if not all(target in view.spec.phases or target in view.spec.outcomes for target in found):
        return  # a misspelt way on is told by itself
    for name in view.spec.phases:
        if name not in found:
            message = f"no way leads from '{view.spec.start}' to '{name}'"
            yield Finding(("phases", name), message, f"name '{name}' under the next of another phase")
