"""Forms about approvals: what was approved, what waits, what was declined."""

from __future__ import annotations

from functools import partial

from iptengine.protocol.conditions.comparing import holds
from iptengine.protocol.conditions.condition import Meaning
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names

_STATES = {
    "approved": ("is approved", "is not approved"),
    "waiting": ("waits for approval", "does not wait for approval"),
    "declined": ("was declined", "was not declined"),
}


def _approval(state: str, names: Names, approval: str) -> Meaning:
    yes, no = _STATES[state]
    return holds(
        f"{approval} {yes}",
        lambda facts: facts.approval(approval) == state,
        yes=f"{approval} {yes}",
        no=f"{approval} {no}",
    )


APPROVALS = (
    Shape(
        "APPROVAL is approved",
        "What was asked for last under this approval was approved, or confirmed. While a new request waits it is not.",
        partial(_approval, "approved"),
    ),
    Shape(
        "APPROVAL waits for approval",
        "Something was asked for under this approval, and nobody has answered yet.",
        partial(_approval, "waiting"),
    ),
    Shape(
        "APPROVAL was declined",
        "What was asked for last under this approval was declined, or not confirmed.",
        partial(_approval, "declined"),
    ),
)
