"""A component that may interrupt the plan is marked as its last.

`last` says that nothing comes after a component. One that `interrupts` comes at any time, and the plan goes on
after it where it was left.

Why it matters: one of the two would not be acted on, and which one is for you to say.

Wrong:

    plan:
      components:
        safety: {title: Safety, dose: 1/2..2, interrupts: true, last: true}

Right:

    plan:
      components:
        safety: {title: Safety, dose: 1/2..2, interrupts: true}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Components with both keys."""
    for name, component in view.spec.plan.components.items() if view.spec.plan else ():
        if component.last and component.interrupts:
            message = f"'{name}' may interrupt the plan at any time, and nothing should come after it"
            yield Finding(("plan", "components", name, "last"), message, "leave out 'last' or 'interrupts'")
