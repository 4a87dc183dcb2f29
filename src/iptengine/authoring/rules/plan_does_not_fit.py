"""An order needs more sessions than the contract can hold.

The least doses of the components of an order, taken together, are more than the most sessions of `contract`.

Why it matters: nobody could work through this order in a course of this protocol.

Wrong:

    contract:
      sessions: 4..6
    plan:
      components:
        engage: {title: Engagement, dose: 2}
        activity: {title: Activity, dose: 5..8}
      orders:
        low_mood: {title: Low mood, components: [engage, activity]}

Right:

    contract:
      sessions: 7..12
    plan:
      components:
        engage: {title: Engagement, dose: 2}
        activity: {title: Activity, dose: 5..8}
      orders:
        low_mood: {title: Low mood, components: [engage, activity]}
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Orders whose least doses are more than any contract holds."""
    plan, sessions = view.spec.plan, view.spec.contract.sessions
    if plan is None or sessions is None:
        return
    for name, order in plan.orders.items():
        doses = [plan.components[one].dose.least for one in order.components if one in plan.components]
        least = sum(doses, Fraction(0))
        if least > sessions.high:
            message = f"this order takes at least {least} sessions, and the contract holds at most {sessions.high}"
            hint = "take out a component, lower its least dose, or allow more sessions"
            yield Finding(("plan", "orders", name, "components"), message, hint, on_key=False)
