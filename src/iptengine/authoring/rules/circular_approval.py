"""A way waits for its own approval.

A request is put to the supervisor once its own conditions hold. Here one of these conditions asks whether the
approval of that very request is there.

Why it matters: the approval could never be asked for, and only a deviation would lead on.

Wrong:

    approvals:
      to_ending: {title: The supervisor agrees to the ending, of: enter_phase, only: ending, by: supervisor}
    phases:
      working:
        next:
          ending:
            agreed: to_ending is approved

Right:

    approvals:
      to_ending: {title: The supervisor agrees to the ending, of: enter_phase, only: ending, by: supervisor}
    phases:
      working:
        next:
          ending: {}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, Path
from iptengine.protocol.conditions.names import Mention
from iptengine.protocol.model import Spec
from iptengine.protocol.protocol import Guard


def check(view: View) -> Iterator[Finding]:
    """Conditions of a way that ask for an approval the way itself needs first."""
    for path, guards in view.guards.items():
        requests = _requests(view.spec, path)
        if not requests:
            continue
        for name, approval in view.spec.approvals.items():
            asked = any(request in approval.of for request in requests)
            covered = not approval.only or not _names(path).isdisjoint(approval.only)
            if asked and covered and not approval.afterwards:
                yield from _found(path, guards, name)


def _requests(spec: Spec, path: Path) -> tuple[str, ...]:
    """The request that goes a way; none for conditions that stand elsewhere."""
    if len(path) < 2 or path[-2] != "next":
        return ()
    if path[0] == "phases":
        return ("end_course",) if path[-1] in spec.outcomes else ("enter_phase",)
    return ("restage",) if path[0] == "problem_areas" else ("move_chart",)


def _names(path: Path) -> frozenset[object]:
    """What the request that goes this way speaks of."""
    return frozenset({path[-1]} if path[0] == "phases" else {path[1], path[-1]})


def _found(path: Path, guards: tuple[Guard, ...], name: str) -> Iterator[Finding]:
    for guard in guards:
        mentions = {mention for condition in guard.conditions() for mention in condition.mentions}
        if Mention("approval", name) in mentions:
            message = f"'{guard.name}' asks for the approval '{name}', which this way itself needs"
            hint = "leave the condition out; the way waits for the approval anyway"
            yield Finding((*path, guard.name), message, hint, on_key=False)
