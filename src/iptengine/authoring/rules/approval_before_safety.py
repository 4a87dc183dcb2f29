"""A safety component would wait for an approval.

`interrupt` puts a safety component before everything else, at once. What it was for can be looked at
afterwards: an approval of it needs `afterwards: true`.

Why it matters: a patient in danger cannot wait until the supervisor answers.

Wrong:

    approvals:
      safety: {title: A safety component, of: interrupt, by: supervisor}

Right:

    approvals:
      safety: {title: A safety component, of: interrupt, by: supervisor, afterwards: true}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Approvals that stand before an interruption."""
    for name, approval in view.spec.approvals.items():
        if "interrupt" in approval.of and not approval.afterwards:
            message = "a safety component interrupts at once and cannot wait for an approval"
            hint = "write afterwards: true, in an approval of its own if it is about other requests as well"
            yield Finding(("approvals", name, "of"), message, hint, on_key=False)
