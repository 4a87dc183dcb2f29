"""A treatment begins anew without a relapse.

`followed_by` of an outcome names protocols under which a course may go on. Naming the protocol itself is a
restart, and a restart needs an outcome of the kind relapse, which a clinician sets.

Why it matters: a treatment that ended well, or that nobody came to, would be offered again as if it had a
cause.

Wrong:

    protocol: ipt-brief
    outcomes:
      completed: {title: Ended as agreed, kind: completed, followed_by: ipt-brief}

Right:

    protocol: ipt-brief
    outcomes:
      completed: {title: Ended as agreed, kind: completed}
      relapsed: {title: The illness came back, kind: relapse, followed_by: ipt-brief}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Outcomes that lead back to the protocol itself and are no relapse."""
    for name, outcome in view.spec.outcomes.items():
        if view.spec.protocol in outcome.followed_by and outcome.kind != "relapse":
            message = f"'{name}' is followed by this protocol itself, and is no relapse"
            hint = "begin anew from an outcome of the kind relapse, or name another protocol"
            yield Finding(("outcomes", name, "followed_by"), message, hint)
