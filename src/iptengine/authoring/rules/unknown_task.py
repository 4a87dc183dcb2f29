"""A task is named that is not there.

`after`, `covers`, `compressed`, the `order` of a session, the `then` of a pause and the `task` of an
announcement name tasks of the same file, in any phase, problem area or stage.

Why it matters: a task that waits for one that does not exist would never be due, and an ending that nothing
announces is an ending the patient does not hear of.

Wrong:

    must:
      inventory: Take the interpersonal inventory
      formulate: {do: Link the episode to one focus, after: inventry}

Right:

    must:
      inventory: Take the interpersonal inventory
      formulate: {do: Link the episode to one focus, after: inventory}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, Path, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """Names of tasks that are not tasks."""
    for path, task in _named(view):
        if task not in view.tasks:
            hint = did_you_mean(task, view.tasks)
            yield Finding(path, f"'{task}' is not a task of this protocol", hint, on_key=False)


def _named(view: View) -> Iterator[tuple[Path, str]]:
    for home in view.homes:
        for task in home.spec.after:
            yield (*home.path, "after"), task
    for name, phase in view.spec.phases.items():
        for step, s in phase.hour.items():
            for task in s.covers:
                yield ("phases", name, "hour", step, "covers"), task
    for session, held in view.spec.sessions.items():
        for task in held.order:
            yield ("sessions", session, "order"), task
    for name, pause in view.spec.pauses.items():
        for task in pause.then:
            yield ("pauses", name, "then"), task
    ending = view.spec.termination
    if ending.announce:
        yield ("termination", "announce", "task"), ending.announce.task
    for task in ending.compressed:
        yield ("termination", "compressed"), task
