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
    back: dict[str, list[str]] = {"": []}
    for name, targets in view.ways.items():
        for target in targets:
            back.setdefault(target, []).append(name)
            if target not in view.ways:  # an outcome, or a misspelt way that is told by itself
                back[""].append(target)
    leads_on = reached("", {name: tuple(sources) for name, sources in back.items()})
    for name in view.spec.phases:
        if name not in leads_on:
            yield Finding(("phases", name), f"from '{name}' no outcome can be reached", _hint(view))


def _hint(view: View) -> str:
    planned = [name for name, outcome in view.spec.outcomes.items() if outcome.kind == "completed"]
    if not planned:
        return "describe an outcome of kind completed, and let a phase lead to it under next"
    return f"let it lead on: under next, write {planned[0]}: with the conditions for it"
