"""An approval that nobody may give.

`by` names the roles that may approve, as the program records them with who acts.

Why it matters: the request would wait for ever, and only a deviation would lead on.

Wrong:

    approvals:
      early_end: {title: The supervisor agrees to an early ending, of: end_course, by: []}

Right:

    approvals:
      early_end: {title: The supervisor agrees to an early ending, of: end_course, by: [supervisor]}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Approvals without a role."""
    for name, approval in view.spec.approvals.items():
        if not approval.by:
            message = f"nobody may give '{name}'"
            yield Finding(
                ("approvals", name, "by"), message, "name the role that may, such as supervisor", on_key=False
            )
