"""A step of the hour is named that no phase has.

`hour` under a problem area or a stage says a step of a phase's `hour` differently. The step is named as the
phase names it.

Why it matters: the words written for this stage would never appear on the page.

Wrong:

    phases:
      middle:
        hour:
          work: {label: Work, minutes: 25}
    problem_areas:
      grief:
        hour:
          wrok: {label: Mourn}

Right:

    phases:
      middle:
        hour:
          work: {label: Work, minutes: 25}
    problem_areas:
      grief:
        hour:
          work: {label: Mourn}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """Steps that an area or a stage changes and that no phase has."""
    known = tuple(dict.fromkeys(step for phase in view.spec.phases.values() for step in phase.hour))
    for path, changes in view.stepped():
        for step in changes:
            if step not in known:
                hint = did_you_mean(step, known) or "write the hour of a phase first"
                yield Finding((*path, step), f"no phase has a step '{step}' in its hour", hint)
