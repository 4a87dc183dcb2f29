"""A plan or an order holds no component.

`components` of a plan lists what a plan can hold, and `components` of an order what that order holds.

Why it matters: a plan of nothing cannot be chosen, and the course would wait for it.

Wrong:

    plan:
      components: {}

Right:

    plan:
      components:
        engage: {title: Engagement, dose: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """A plan without components, and orders without any."""
    plan = view.spec.plan
    if plan is None:
        return
    if not plan.components:
        hint = "write at least one component with its title and dose, or leave out 'plan'"
        yield Finding(("plan", "components"), "this plan holds no component", hint)
    for name, order in plan.orders.items():
        if not order.components:
            path = ("plan", "orders", name, "components")
            yield Finding(path, "this order holds no component", "name its components, or leave it out", on_key=False)
