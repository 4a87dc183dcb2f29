"""A must task stands in no session.

Where `sessions` says what each session holds, a task that no `order` names is never in a plan. A must task of a
phase would be asked for beside the plan of every session and nowhere in it.

A task of a topic that its phase has as `asked for` is free: the page asks for that topic each session.

Why it matters: a treatment would pass as complete without what it requires.

Wrong:

    phases:
      skills:
        must:
          notice: Notice one mood
          look_back: Look back at the course
    sessions:
      first: {title: First, order: [notice]}

Right:

    phases:
      skills:
        must:
          notice: Notice one mood
          look_back: Look back at the course
    sessions:
      first: {title: First, order: [notice]}
      second: {title: Second, order: [look_back]}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Must tasks of phases that no session names, where sessions are written."""
    named = {task for session in view.spec.sessions.values() for task in session.order}
    if not named or not named.issubset(view.tasks):
        return  # a name that is no task is told by another rule, and may be the one that is missing
    for home in view.homes:
        phase = view.spec.phases.get(home.phase)
        if phase is None or home.group != "must" or home.name in named:
            continue
        if home.area or home.component or phase.topics.get(home.spec.topic or "") == "asked for":
            continue
        message = f"'{home.name}' is a must task of '{home.phase}', and no session names it"
        hint = "name it in the order of a session, or write it under may"
        yield Finding(home.path, message, hint)
