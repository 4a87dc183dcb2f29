"""A phase is named that is not there.

`start` and the `from` of an outcome name phases of the same file.

Why it matters: a course that begins in no phase has no agenda, and an outcome that comes from no phase can
never be recorded.

Wrong:

    start: inital
    phases:
      initial:
        aim: Name the illness

Right:

    start: initial
    phases:
      initial:
        aim: Name the illness
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """Names of phases that are not phases."""
    for path, phase in view.phase_names():
        if phase not in view.spec.phases:
            hint = did_you_mean(phase, view.spec.phases)
            yield Finding(path, f"'{phase}' is not one of the phases", hint, on_key=False)
