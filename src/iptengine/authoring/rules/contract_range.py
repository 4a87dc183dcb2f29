"""The contract allows a course without sessions.

`sessions` begins at 1 or more. A course without a fixed number leaves the key out.

Why it matters: a course of no sessions is no treatment.

Wrong:

    contract:
      sessions: 0..16

Right:

    contract:
      sessions: 12..16
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Ranges that begin at zero."""
    sessions = view.spec.contract.sessions
    if sessions is not None and sessions.low < 1:
        message = f"'{sessions}' allows a course of {sessions.low} sessions"
        hint = (
            f"write {max(1, sessions.low)}..{max(1, sessions.high)}, or leave the key out for a course without a number"
        )
        yield Finding(("contract", "sessions"), message, hint, on_key=False)
