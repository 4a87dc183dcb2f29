"""A technique is named that is not there.

`techniques` of a task names entries under `techniques` at the top of the file.

Why it matters: the steps of the technique would be missing from the page when the therapist turns to it.

Wrong:

    techniques:
      role_play: Role play
    phases:
      middle:
        must:
          rehearse: {do: Rehearse the talk, techniques: roleplay}

Right:

    techniques:
      role_play: Role play
    phases:
      middle:
        must:
          rehearse: {do: Rehearse the talk, techniques: role_play}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """Techniques of tasks that the file does not list."""
    for home in view.homes:
        for name in home.spec.techniques:
            if name not in view.spec.techniques:
                hint = did_you_mean(name, view.spec.techniques) or "list it under techniques"
                path = (*home.path, "techniques")
                yield Finding(path, f"'{name}' is not one of the techniques", hint, on_key=False)
