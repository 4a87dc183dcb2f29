"""A way leads to something that is not there.

`next` names phases and outcomes of the same file. The name here is neither.

Why it matters: a patient who meets the conditions would have nowhere to go, and the course would stop without
anyone deciding it.

Wrong:

    phases:
      initial:
        next:
          midle: {}
      middle:
        aim: Work on the focus

Right:

    phases:
      initial:
        next:
          middle: {}
      middle:
        aim: Work on the focus
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """Targets of `next` that are neither a phase nor an outcome."""
    known = (*view.spec.phases, *view.spec.outcomes)
    for name, phase in view.spec.phases.items():
        for target in phase.next:
            if target not in known:
                message = f"'{name}' leads to '{target}', which is neither a phase nor an outcome"
                yield Finding(("phases", name, "next", target), message, did_you_mean(target, known))
