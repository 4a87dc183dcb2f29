"""A chart names a state that it does not have.

`start` and every `next` of a further chart name states of the same chart.

Why it matters: the chart could not begin, or a way would lead to where nothing is written.

Wrong:

    charts:
      group_stage:
        title: Stage of the group
        start: engagment
        states:
          engagement: {title: Engagement}

Right:

    charts:
      group_stage:
        title: Stage of the group
        start: engagement
        states:
          engagement: {title: Engagement}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """Beginnings and targets of further charts that are no state of them."""
    for name, chart in view.spec.charts.items():
        if chart.start not in chart.states:
            message = f"'{name}' begins in '{chart.start}', which is not one of its states"
            yield Finding(("charts", name, "start"), message, did_you_mean(chart.start, chart.states), on_key=False)
        for state, here in chart.states.items():
            for target in here.next:
                if target not in chart.states:
                    path = ("charts", name, "states", state, "next", target)
                    message = f"'{state}' leads to '{target}', which is not a state of '{name}'"
                    yield Finding(path, message, did_you_mean(target, chart.states))
