"""A condition asks for what it decides itself.

`all must tasks are done` asks about every must task of the phase. Under `only_if` of one of these tasks it
would ask whether the task is done in order to know whether it is asked for at all. In the same way,
`the calendar has stopped` cannot stand under `calendar.stop_when`.

Why it matters: such a task could never be told to be due or not, and such a calendar never to have stopped.

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
ASKS_FOR_STOP = "the calendar has stopped"


def check(view: View) -> Iterator[Finding]:
    """Every must task of a phase whose `only_if` asks for all must tasks; a calendar that asks for its own stop."""
    for guard in view.guards.get(("calendar", "stop_when"), ()):
        if any(" ".join(condition.text.split()) == ASKS_FOR_STOP for condition in guard.conditions()):
            message = f"'{guard.name}' asks whether the calendar has stopped, in order to know whether it stops"
            hint = "say under calendar.stop_when what stops it, such as a fact"
            yield Finding(("calendar", "stop_when", guard.name), message, hint, on_key=False)
    for home in view.homes:
        if not home.phase or home.group != "must":
            continue
        path = (*home.path, "only_if")
        for guard in view.guards.get(path, ()):
            if any(" ".join(condition.text.split()) == ASKS_FOR_ALL for condition in guard.conditions()):
                message = f"'{home.name}' is one of the must tasks that '{ASKS_FOR_ALL}' asks about"
                yield Finding((*path, guard.name), message, "name the tasks it waits for under 'after'", on_key=False)
