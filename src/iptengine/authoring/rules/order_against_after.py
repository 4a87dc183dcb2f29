"""A session names a task before the one it comes after.

A task with `after` waits until the other task is done. A session that names both has the other one first, and
no session names a task before the session that names what it waits for.

Why it matters: the task would be missing from the plan of the session that names it.

Wrong:

    sessions:
      first: {title: The first session, order: [practise, explain]}
    phases:
      skills:
        must:
          explain: Explain the skill
          practise: {do: Practise the skill, after: explain}

Right:

    sessions:
      first: {title: The first session, order: [explain, practise]}
    phases:
      skills:
        must:
          explain: Explain the skill
          practise: {do: Practise the skill, after: explain}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Tasks that are named for the first time before a task they come after, which the order names as well."""
    steps = [(session, task) for session, s in view.spec.sessions.items() for task in s.order]
    first: dict[str, int] = {}
    for number, (_, task) in enumerate(steps):
        first.setdefault(task, number)
    for task, number in first.items():
        home = view.tasks.get(task)
        for earlier in home.spec.after if home else ():
            if first.get(earlier, -1) > number:
                session = steps[number][0]
                message = f"'{task}' comes after '{earlier}', and stands before it"
                hint = f"name '{earlier}' first, or leave out its after"
                yield Finding(("sessions", session, "order"), message, hint, on_key=False)
