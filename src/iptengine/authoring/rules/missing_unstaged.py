"""It is not said where a focus begins.

Every focus begins `unstaged`. Where stages lead to one another, the file says which of them an unstaged focus
can go to, by a stage named `unstaged`; and that stage cannot be final.

Why it matters: without it the clinician would be offered every stage from the first day, whatever the
conditions further on.

Wrong:

    stages:
      renegotiation:
        title: Renegotiation
        next:
          impasse: {}
      impasse: {title: Impasse}

Right:

    stages:
      unstaged:
        title: Not yet staged
        next:
          renegotiation: {}
      renegotiation:
        title: Renegotiation
        next:
          impasse: {}
      impasse: {title: Impasse}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding
from iptengine.protocol.model import UNSTAGED


def check(view: View) -> Iterator[Finding]:
    """Charts of stages without a beginning, or whose beginning is an end."""
    for area, a in view.spec.problem_areas.items():
        path = ("problem_areas", area, "stages")
        first = a.stages.get(UNSTAGED)
        if first is None and any(stage.next for stage in a.stages.values()):
            message = f"the stages of '{area}' lead to one another, but none is 'unstaged', where a focus begins"
            yield Finding(path, message, "write a stage unstaged, and under its next where a focus can go")
        elif first is not None and first.final:
            message = "a focus begins 'unstaged', so it cannot end there"
            yield Finding((*path, UNSTAGED, "final"), message, "leave out final: true")
