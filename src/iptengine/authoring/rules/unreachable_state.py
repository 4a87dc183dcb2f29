"""No way leads to this state of a chart.

A further chart begins in its `start`; following `next` from there, this state is never come to.

Why it matters: what is written for the state would never be shown, and a condition on it never holds.

Wrong:

    charts:
      group_stage:
        title: Stage of the group
        start: engagement
        states:
          engagement: {title: Engagement}
          work: {title: Work}

Right:

    charts:
      group_stage:
        title: Stage of the group
        start: engagement
        states:
          engagement:
            title: Engagement
            next:
              work: {}
          work: {title: Work}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View, reached
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """States of further charts that cannot be come to from where the chart begins."""
    for name, chart in view.spec.charts.items():
        found = reached(chart.start, {state: tuple(here.next) for state, here in chart.states.items()})
        if not found <= frozenset(chart.states):
            continue  # a misspelt way on is told by itself
        for state in chart.states:
            if state not in found:
                path = ("charts", name, "states", state)
                yield Finding(path, f"no way leads to '{state}'", f"name '{state}' under the next of another state")
