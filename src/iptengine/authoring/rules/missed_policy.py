"""A policy for missed sessions is incomplete.

A session that was attended always uses up a place in the count, so `uses_session` names `attended` in every
policy. Where policies are listed, `missed_unless_agreed` says which of them holds until the contract picks one.

Why it matters: the count of sessions left is what patient and therapist rely on when they plan the ending.

Wrong:

    contract:
      missed:
        use: {title: A missed session counts, uses_session: [no_show]}

Right:

    contract:
      missed:
        use: {title: A missed session counts, uses_session: [attended, no_show]}
      missed_unless_agreed: use
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Policies under which an attended session would not count, and lists without a default."""
    contract = view.spec.contract
    for name, policy in contract.missed.items():
        if "attended" not in policy.uses_session:
            path = ("contract", "missed", name, "uses_session")
            message = f"under '{name}' a session that was attended would not count"
            yield Finding(path, message, "add attended to the list", on_key=False)
    if contract.missed and contract.missed_unless_agreed is None:
        hint = f"add missed_unless_agreed: {next(iter(contract.missed))}"
        yield Finding(("contract", "missed"), "it is not said which policy holds until one is agreed", hint)
