"""A component has the name of a task.

Components and tasks are recorded by their names, and the record of a whole session names both.

Why it matters: an exception to the plan of a session could mean the task or the component.

Wrong:

    plan:
      components:
        activity:
          title: Activity
          dose: 1..3
          must:
            activity: Plan the week

Right:

    plan:
      components:
        activity:
          title: Activity
          dose: 1..3
          must:
            plan_week: Plan the week
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Components that are called like a task."""
    for name in view.spec.plan.components if view.spec.plan else ():
        if name in view.tasks:
            where = ".".join(str(part) for part in view.tasks[name].path[:-1])
            message = f"'{name}' is already a task under '{where}'"
            yield Finding(("plan", "components", name), message, "give one of the two another name")
