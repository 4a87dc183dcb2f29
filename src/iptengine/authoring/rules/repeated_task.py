"""One name stands for two tasks.

The name of a task is used once in the whole protocol: conditions, `after` and the record of what was done go by
it.

Why it matters: a task done in one place would count as done in the other.

Wrong:

    phases:
      initial:
        must:
          review: Review the symptoms
      ending:
        must:
          review: Review what has changed

Right:

    phases:
      initial:
        must:
          review_symptoms: Review the symptoms
      ending:
        must:
          review_changes: Review what has changed
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Tasks whose name was given before."""
    for home in view.homes:
        first = view.tasks[home.name]
        if first.path != home.path:
            where = ".".join(str(part) for part in first.path[:-1])
            message = f"'{home.name}' is already a task under '{where}'"
            yield Finding(home.path, message, "give one of the two another name")
