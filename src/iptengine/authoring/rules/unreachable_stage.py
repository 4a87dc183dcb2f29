"""No way leads to this stage.

A focus begins `unstaged`; following `next` from there, this stage is never come to. Where no stage has a
`next`, and `restage` is not switched off, the clinician places the focus freely and nothing is asked here.

Why it matters: what is written for the stage would never be shown.

Wrong:

    stages:
      unstaged:
        title: Not yet staged
        next:
          renegotiation: {}
      renegotiation: {title: Renegotiation}
      impasse: {title: Impasse}

Right:

    stages:
      unstaged:
        title: Not yet staged
        next:
          renegotiation: {}
          impasse: {}
      renegotiation: {title: Renegotiation}
      impasse: {title: Impasse}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View, reached
from iptengine.diagnostics import Finding
from iptengine.protocol.model import UNSTAGED, AreaSpec


def check(view: View) -> Iterator[Finding]:
    """Stages that cannot be come to from where a focus begins."""
    for area, a in view.spec.problem_areas.items():
        if a.restage and not any(stage.next for stage in a.stages.values()):
            continue
        found = reached(UNSTAGED, _ways(a))
        if not all(stage in a.stages or stage == UNSTAGED for stage in found):
            continue  # a misspelt way on is told by itself
        for name in a.stages:
            if name not in found:
                path = ("problem_areas", area, "stages", name)
                yield Finding(path, f"no way leads to '{name}'", f"name '{name}' under the next of another stage")


def _ways(area: AreaSpec) -> dict[str, tuple[str, ...]]:
    """Where each stage leads; an unwritten beginning leads to every stage that is not final."""
    ways = {name: tuple(stage.next) for name, stage in area.stages.items()}
    return {UNSTAGED: tuple(name for name, stage in area.stages.items() if not stage.final)} | ways
