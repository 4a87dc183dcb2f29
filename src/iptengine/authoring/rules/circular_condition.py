"""A must task waits for all must tasks, itself included.

`all must tasks are done` asks about every must task of the phase. Under `only_if` of one of these tasks it
would ask whether the task is done in order to know whether it is asked for at all.

Why it matters: such a task could never be told to be due or not.

Wrong:

    must:
      review:
        do: Review the work
        only_if:
          rest: all must tasks are done

Right:

    must:
      review:
        do: Review the work
        after: [inventory, formulate]
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding

ASKS_FOR_ALL = "all must tasks are done"


def check(view: View) -> Iterator[Finding]:
    """Every must task of a phase whose `only_if` asks for all must tasks."""
    for home in view.homes:
        if not home.phase or home.group != "must":
            continue
        path = (*home.path, "only_if")
        for guard in view.guards.get(path, ()):
            if any(" ".join(condition.text.split()) == ASKS_FOR_ALL for condition in guard.conditions()):
                message = f"'{home.name}' is one of the must tasks that '{ASKS_FOR_ALL}' asks about"
                yield Finding((*path, guard.name), message, "name the tasks it waits for under 'after'", on_key=False)
