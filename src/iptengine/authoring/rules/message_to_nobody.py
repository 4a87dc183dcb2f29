"""A message has a text and nobody it is for.

A contact with `text` names under `to` whom it is for: `patient`, or entries under `participants`.

Why it matters: whether a message may be prepared is asked of each person it is for.

Wrong:

    contacts:
      letter:
        title: Letter to the school
        text: "Dear colleagues, {{ patient }} comes to us."

Right:

    contacts:
      letter:
        title: Letter to the school
        to: school
        text: "Dear colleagues, {{ patient }} comes to us."
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Contacts with a text and no one under `to`."""
    for name, contact in view.spec.contacts.items():
        if contact.text is not None and not contact.to:
            message = f"the message '{name}' has a text and is for nobody"
            known = ", ".join(("patient", *view.spec.participants))
            yield Finding(("contacts", name, "text"), message, f"write to: and whom it is for ({known})")
