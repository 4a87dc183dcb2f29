"""A final stage leads on.

`final: true` says that the focus ends here; `next` says that it goes on.

Why it matters: the clinician must know whether the work on this focus is done.

Wrong:

    stages:
      settled:
        title: Settled
        final: true
        next:
          renegotiation: {}

Right:

    stages:
      settled:
        title: Settled
        final: true
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Stages that are final and lead on all the same."""
    for area, a in view.spec.problem_areas.items():
        for name, stage in a.stages.items():
            if stage.final and stage.next:
                path = ("problem_areas", area, "stages", name, "next")
                yield Finding(path, f"'{name}' is final, and leads on", "leave out final: true, or the ways on")
