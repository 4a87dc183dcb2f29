"""A phase asks for a task and keeps its topic out.

A phase that forbids a topic, or leads away from it, makes no task of that topic due. A must task of the phase
itself would then never be done.

Why it matters: the phase could never be left by way of `all must tasks are done`.

Wrong:

    phases:
      middle:
        topics:
          eating: forbidden
        must:
          meals: {do: Ask about meals, topic: eating}

Right:

    phases:
      middle:
        topics:
          eating: link only
        must:
          meals: {do: Ask about meals, topic: eating}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding
from iptengine.protocol.topics import KEPT_OUT


def check(view: View) -> Iterator[Finding]:
    """Tasks that a phase requires, of a topic that the same phase keeps out."""
    for home in view.homes:
        phase = view.spec.phases.get(home.phase)
        how = phase.topics.get(home.spec.topic or "") if phase else None
        if how in KEPT_OUT and home.group != "may":
            told = "forbids it" if how == "forbidden" else "leads away from it"
            message = f"'{home.name}' is of the topic '{home.spec.topic}', and '{home.phase}' {told}"
            hint = "write link only or asked for under the topics of the phase, or put the task in another phase"
            yield Finding((*home.path, "topic"), message, hint, on_key=False)
