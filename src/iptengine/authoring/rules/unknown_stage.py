"""A stage leads to a stage that its problem area does not have.

`next` under a stage names other stages of the same problem area.

Why it matters: the clinician could be offered a step in the dispute that the manual does not describe.

Wrong:

    stages:
      unstaged:
        next:
          renegociation: {}
      renegotiation:
        title: Renegotiation

Right:

    stages:
      unstaged:
        next:
          renegotiation: {}
      renegotiation:
        title: Renegotiation
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """Targets of a stage's `next` that are no stage of the area."""
    for area, a in view.spec.problem_areas.items():
        for name, stage in a.stages.items():
            for target in stage.next:
                if target not in a.stages:
                    path = ("problem_areas", area, "stages", name, "next", target)
                    message = f"'{name}' leads to '{target}', which is not a stage of '{area}'"
                    yield Finding(path, message, did_you_mean(target, a.stages))
