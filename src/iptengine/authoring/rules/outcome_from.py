"""A phase leads to an outcome that does not come from it.

`from` of an outcome lists the phases it can be reached from. A phase that leads to the outcome has to be among
them, or `from` be left out.

Why it matters: the two places contradict each other about who may end a course how.

Wrong:

    phases:
      middle:
        next:
          completed: {}
    outcomes:
      completed: {title: Ended as agreed, kind: completed, from: ending}

Right:

    phases:
      middle:
        next:
          completed: {}
    outcomes:
      completed: {title: Ended as agreed, kind: completed, from: [middle, ending]}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Ways to outcomes that name other phases only."""
    for name, phase in view.spec.phases.items():
        for target in phase.next:
            outcome = view.spec.outcomes.get(target)
            if outcome is not None and outcome.from_ and name not in outcome.from_:
                message = f"'{name}' leads to '{target}', whose from does not list '{name}'"
                yield Finding(("phases", name, "next", target), message, f"add '{name}' to outcomes.{target}.from")
