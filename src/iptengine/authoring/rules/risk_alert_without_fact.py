"""A risk alert asks about no fact and no item.

An alert of kind `risk` is raised by a fact that was recorded or by one item of a measure. Totals, counts and
dates are for `review` alerts. The alert for the risk items of a measure comes with the measure and is not
declared.

Why it matters: a risk alert stays on top of every page until it is assessed; it must rest on something the
patient said, not on a sum.

Wrong:

    alerts:
      high_score:
        title: The score is high
        kind: risk
        raise_if: phq9 >= 20
        do: Assess it today

Right:

    alerts:
      violence:
        title: Fear at home was reported
        kind: risk
        raise_if: fear_at_home is yes
        do: Assess it today
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Risk alerts whose condition names neither a fact nor an item."""
    for name, alert in view.spec.alerts.items():
        guards = view.guards.get(("alerts", name, "raise_if"), ())
        if alert.kind != "risk" or not guards:
            continue
        kinds = {mention.kind for guard in guards for one in guard.conditions() for mention in one.mentions}
        if not kinds & {"fact", "item"}:
            message = "a risk alert asks about a fact or an item of a measure; this condition names neither"
            yield Finding(("alerts", name, "raise_if"), message, "name a fact or an item, or write kind: review")
