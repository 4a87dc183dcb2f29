"""Tasks wait for each other.

`after` says which tasks come before. Here they form a circle, so that none of them can be the first.

Why it matters: none of these tasks would ever be due.

Wrong:

    must:
      inventory: {do: Take the inventory, after: formulate}
      formulate: {do: Say what the focus is, after: inventory}

Right:

    must:
      inventory: Take the inventory
      formulate: {do: Say what the focus is, after: inventory}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding

MOST_TOLD = 20


def check(view: View) -> Iterator[Finding]:
    """Circles of tasks, each once, at the task that stands first in the file."""
    waits = {name: [task for task in home.spec.after if task in view.tasks] for name, home in view.tasks.items()}
    for _ in range(MOST_TOLD):
        _drop_free(waits)
        if not waits:
            return
        circle = _circle(waits)
        first = min(circle, key=lambda name: [home.name for home in view.homes].index(name))
        at = circle.index(first)
        told = [*circle[at:], *circle[:at], first]
        message = "these tasks wait for each other: " + " after ".join(f"'{name}'" for name in told[:9])
        yield Finding((*view.tasks[first].path, "after"), message, "leave out one of these 'after'", on_key=False)
        for name in circle:
            del waits[name]


def _drop_free(waits: dict[str, list[str]]) -> None:
    """Leave only tasks that wait, in the end, for a circle."""
    waiting: dict[str, list[str]] = {}
    open_count = dict.fromkeys(waits, 0)
    for name, tasks in waits.items():
        for task in tasks:
            if task in waits:
                waiting.setdefault(task, []).append(name)
                open_count[name] += 1
    free = [name for name, count in open_count.items() if not count]
    while free:
        done = free.pop()
        del waits[done]
        for name in waiting.get(done, ()):
            open_count[name] -= 1
            if not open_count[name]:
                free.append(name)


def _circle(waits: dict[str, list[str]]) -> list[str]:
    """One circle; every task in `waits` waits for one that is in it too."""
    seen: dict[str, int] = {}
    name = next(iter(waits))
    while name not in seen:
        seen[name] = len(seen)
        name = next(task for task in waits[name] if task in waits)
    return list(seen)[seen[name] :]
