"""An approval is about something that is no request.

`of` names requests: what somebody asks for and the protocol may refuse, such as `enter_phase` or `end_course`.
A report of what happened never waits for an approval, and neither does the assessment of an alert.

Why it matters: the approval would never be asked for; and what happened is recorded, whoever agrees.

Wrong:

    approvals:
      early_end: {title: The supervisor agrees to an early ending, of: end, by: supervisor}

Right:

    approvals:
      early_end: {title: The supervisor agrees to an early ending, of: end_course, by: supervisor}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.course.commands import COMMANDS
from iptengine.diagnostics import Finding, did_you_mean, nearest

NO_MOVES = ("approve", "deviate", "join_group")
REQUESTS = tuple(kind for kind, command in COMMANDS.items() if command.request and kind not in NO_MOVES)


def check(view: View) -> Iterator[Finding]:
    """Names under `of` that are no request, and approvals of none."""
    for name, approval in view.spec.approvals.items():
        path = ("approvals", name, "of")
        if not approval.of:
            yield Finding(path, f"'{name}' is about no request", _hint(""), on_key=False)
        for request in approval.of:
            if request not in REQUESTS:
                yield Finding(path, _told(request), _hint(request), on_key=False)


def _hint(request: str) -> str:
    near = request not in COMMANDS and nearest(request, REQUESTS, 1)
    return did_you_mean(request, REQUESTS) if near else "name a request: enter_phase, end_course, amend_contract, …"


def _told(request: str) -> str:
    if request == "deviate":
        return "a deviation is how a clinician goes on without an approval, so it cannot wait for one"
    if request == "join_group":
        return "a group is formed at once for all its members, so joining it cannot wait for an approval"
    if request in COMMANDS:
        return f"'{request}' says what happened and is recorded at once; only a request can wait for an approval"
    return f"'{request}' is not a request"
