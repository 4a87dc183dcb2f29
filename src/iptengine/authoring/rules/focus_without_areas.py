"""There is nothing a focus could be.

`focus` and `focus_work` speak of problem areas, and the protocol has none.

Why it matters: the page would leave room for work that the protocol does not describe.

Wrong:

    focus: {at_most: 1}
    phases:
      middle:
        focus_work: true

Right:

    focus: {at_most: 1}
    problem_areas:
      grief:
        title: Grief
        choose_when: The episode began with a death
    phases:
      middle:
        focus_work: true
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Focus without problem areas."""
    if view.spec.problem_areas:
        return
    hint = "describe the problem areas, or leave this out"
    message = "there are no problem areas a focus could be chosen from"
    if view.spec.focus is not None:
        yield Finding(("focus",), message, hint)
    for name, phase in view.spec.phases.items():
        if phase.focus_work:
            yield Finding(("phases", name, "focus_work"), message, hint)
        for step, s in phase.hour.items():
            if s.focus_work:
                yield Finding(("phases", name, "hour", step, "focus_work"), message, hint)
