"""An order breaks a constraint between its components.

An order under `orders` has to keep what its components say under `after`, `never_before` and `last`, and names
each component once.

Why it matters: whoever takes the order would be refused, and told that it cannot be chosen.

Wrong:

    plan:
      components:
        engage: {title: Engagement, dose: 1}
        activity: {title: Activity, dose: 1..3, after: engage}
      orders:
        low_mood: {title: Low mood, components: [activity, engage]}

Right:

    plan:
      components:
        engage: {title: Engagement, dose: 1}
        activity: {title: Activity, dose: 1..3, after: engage}
      orders:
        low_mood: {title: Low mood, components: [engage, activity]}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding
from iptengine.protocol.plan_spec import broken


def check(view: View) -> Iterator[Finding]:
    """Constraints that an order does not keep, and components it names twice."""
    plan = view.spec.plan
    for order, spec in plan.orders.items() if plan else ():
        path = ("plan", "orders", order, "components")
        for name in dict.fromkeys(one for n, one in enumerate(spec.components) if one in spec.components[:n]):
            yield Finding(path, f"'{name}' stands in this order twice", "name it once", on_key=False)
        known = tuple(name for name in dict.fromkeys(spec.components) if plan and name in plan.components)
        for one in broken(plan, known) if plan else ():
            where = "is not in it" if not one.there else "comes later"
            rule = f"'{one.key}'" if one.key == "last" else f"'{one.key}: {one.other}'"
            message = f"this order breaks {rule} of '{one.component}': '{one.other}' {where}"
            hint = f"{'put' if one.there else 'add'} '{one.other}' before '{one.component}'"
            yield Finding(path, message, hint, on_key=False)
