"""From this phase no outcome can be reached.

Following `next` from here never comes to an outcome, and no outcome on the way names one of these phases under
`from`. Outcomes that can be reached from anywhere (a patient who is lost) are no planned ending.

Why it matters: a course that cannot be completed can only be broken off.

Wrong:

    phases:
      middle:
        aim: Work on the focus
        each_session:
          link: Link mood to events
    outcomes:
      lost: {title: Could not be reached, kind: lost}

Right:

    phases:
      middle:
        aim: Work on the focus
        each_session:
          link: Link mood to events
        next:
          completed: {}
    outcomes:
      completed: {title: Ended as agreed, kind: completed}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View, reached
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Phases from which no outcome is ever come to."""
    for name in view.spec.phases:
        found = reached(name, view.ways)
        named = all(target in view.ways or target in view.spec.outcomes for target in found)
        if named and not any(outcome in found for outcome in view.spec.outcomes):
            yield Finding(("phases", name), f"from '{name}' no outcome can be reached", _hint(view))


def _hint(view: View) -> str:
    planned = [name for name, outcome in view.spec.outcomes.items() if outcome.kind == "completed"]
    if not planned:
        return "describe an outcome of kind completed, and let a phase lead to it under next"
    return f"let it lead on: under next, write {planned[0]}: with the conditions for it"
