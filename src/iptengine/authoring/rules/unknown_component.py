"""A component is named that is not there.

`after` and `never_before` of a component, and the `components` of an order, name other components of the plan.

Why it matters: a constraint that names nothing holds nothing back, and an order with a component that does not
exist cannot be chosen.

Wrong:

    plan:
      components:
        engage: {title: Engagement, dose: 1}
        activity: {title: Activity, dose: 1..3, after: enagge}

Right:

    plan:
      components:
        engage: {title: Engagement, dose: 1}
        activity: {title: Activity, dose: 1..3, after: engage}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, Path, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """Names of components that are not components, and a component that waits for itself."""
    plan = view.spec.plan
    known = plan.components if plan else {}
    for path, name, itself in _named(view):
        if name not in known:
            hint = did_you_mean(name, known)
            yield Finding(path, f"'{name}' is not one of the components", hint, on_key=False)
        elif name == itself:
            yield Finding(path, f"'{name}' cannot come after itself", "name another component", on_key=False)


def _named(view: View) -> Iterator[tuple[Path, str, str]]:
    plan = view.spec.plan
    if plan is None:
        return
    for component, spec in plan.components.items():
        for key in ("after", "never_before"):
            for name in getattr(spec, key):
                yield ("plan", "components", component, key), name, component
    for order, o in plan.orders.items():
        for name in o.components:
            yield ("plan", "orders", order, "components"), name, ""
