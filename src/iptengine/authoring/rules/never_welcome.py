"""A participant is needed, or may be invited, under the very condition that keeps them out.

Staying out comes first: while `excluded_if` holds, or cannot be told, nobody is asked for.

Why it matters: the line that asks for them would never be seen, and the author may have meant the opposite.

Wrong:

    participants:
      school:
        title: School
        invited_if:
          agreed: school_agreed is yes
        excluded_if:
          agreed: school_agreed is yes

Right:

    participants:
      school:
        title: School
        invited_if:
          agreed: school_agreed is yes
        excluded_if:
          refused: school_agreed is no
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding
from iptengine.protocol.parts import Conditions


def check(view: View) -> Iterator[Finding]:
    """Participants asked for under everything that keeps them out."""
    for name, participant in view.spec.participants.items():
        out = _said(participant.excluded_if)
        for key, conditions in (("required_if", participant.required_if), ("invited_if", participant.invited_if)):
            if out and out <= _said(conditions):
                message = f"'{name}' stays out whenever {key} holds: the same condition stands under excluded_if"
                yield Finding(("participants", name, key), message, "exclude them under another condition")


def _said(conditions: Conditions) -> set[str]:
    """The conditions as they are written, whatever their names."""
    return {one.model_dump_json() for one in conditions.values()}
