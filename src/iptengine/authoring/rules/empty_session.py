"""A session holds nothing.

The `order` of a session names at least one task, and each task once. A session that stands for several numbers
has a task that comes back: a task is due until it is done, and the second of these sessions would be empty.

Why it matters: the plan of such a session would be a blank page.

Wrong:

    sessions:
      practice: {title: Practice, at: 2..4, order: [try_it]}
    phases:
      skills:
        must:
          try_it: Try the skill

Right:

    sessions:
      practice: {title: Practice, at: 2..4, order: [try_it]}
    phases:
      skills:
        must:
          try_it: {do: Try the skill, times: every session}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding
from iptengine.protocol.protocol import TaskHome
from iptengine.protocol.running_order import Place, placed


def check(view: View) -> Iterator[Finding]:
    """Sessions without tasks, with one task twice, or for several numbers without one that returns."""
    for place in placed(view.spec.sessions):
        path, order = ("sessions", place.name, "order"), place.spec.order
        if not order:
            yield Finding(path, f"'{place.name}' holds nothing", "name its tasks, in their order", on_key=False)
        for task in (task for task, times in Counter(order).items() if times > 1):
            message = f"'{place.name}' holds '{task}' twice"
            yield Finding(path, message, "name it once; times says how often it is asked for", on_key=False)
        if order and place.last > place.first and not _goes_on(view, place):
            message = f"'{place.name}' is {place.last - place.first + 1} sessions, and no task of it comes back"
            hint = "write times: every session on a task that each of them holds"
            yield Finding(("sessions", place.name), message, hint)


def _goes_on(view: View, place: Place) -> bool:
    """Whether some task of a session may be due in each of its numbers, or is not known."""
    return any(task not in view.tasks or _comes_back(view.tasks[task], place) for task in place.spec.order)


def _comes_back(home: TaskHome, place: Place) -> bool:
    times = home.spec.times
    if times is None:
        return home.group == "each_session"
    return times.recurs or times.most is None or times.most > place.last - place.first
