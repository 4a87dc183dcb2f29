"""The policy for missed sessions is not one of those listed.

`missed_unless_agreed` names one of the policies under `missed`.

Why it matters: whether a missed session is lost or kept is part of what the patient agrees to.

Wrong:

    contract:
      missed:
        keep: {title: Kept for later, uses_session: [attended]}
      missed_unless_agreed: kept

Right:

    contract:
      missed:
        keep: {title: Kept for later, uses_session: [attended]}
      missed_unless_agreed: keep
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """A policy that holds unless agreed otherwise, and is not listed."""
    contract = view.spec.contract
    name = contract.missed_unless_agreed
    if name is not None and name not in contract.missed:
        hint = did_you_mean(name, contract.missed) or "list the policy under missed"
        path = ("contract", "missed_unless_agreed")
        yield Finding(path, f"'{name}' is not one of the policies under missed", hint, on_key=False)
