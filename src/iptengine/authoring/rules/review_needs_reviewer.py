"""A protocol is called reviewed, but not by whom.

`status: reviewed` needs `reviewed_by`: a person, and when. A word such as `none` or `pending` names nobody.

Why it matters: a clinician who relies on the review must be able to ask the reviewer.

Wrong:

    status: reviewed

Right:

    status: reviewed
    reviewed_by: A. Reviewer, clinical psychologist, March 2026
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """A review without a reviewer."""
    if view.spec.status == "reviewed" and not view.spec.reviewed_by:
        hint = "add reviewed_by with a name and a date, or write status: draft"
        yield Finding(("status",), "it is not said who reviewed this protocol", hint)
