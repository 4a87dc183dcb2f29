"""The course never comes to an end by itself.

A course ends by a number of sessions (`contract.sessions`), by the calendar (`calendar`), by the doses of a
plan, or when conditions open the way to an outcome. This one has none of them.

Why it matters: without any of these, sessions are planned for ever, and nobody is told that it is time to end.

Wrong:

    contract:
      frequency: 1 a month
      minutes: 45..50
    phases:
      monthly:
        next:
          completed: {}

Right:

    contract:
      frequency: 1 a month
      minutes: 45..50
    calendar:
      stop: 12 months after the start
    phases:
      monthly:
        next:
          completed: {}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """A contract without a number, in a protocol that says in no other way when it ends."""
    spec = view.spec
    if spec.contract.sessions or spec.calendar or getattr(spec, "plan", None):
        return
    ways = [phase.next[outcome] for phase in spec.phases.values() for outcome in phase.next if outcome in spec.outcomes]
    if any(ways) or not ways:  # a phase that leads nowhere is told by itself
        return
    message = "nothing brings this course to its end: no number of sessions, no calendar, no conditions for an outcome"
    hint = "write calendar: with stop: 12 months after the start, or contract.sessions, or conditions for an outcome"
    yield Finding(("contract",), message, hint)
