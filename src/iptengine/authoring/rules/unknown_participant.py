"""A participant is named that is not there.

`present`, `to` and `informant` name `patient`, or entries under `participants`.

Why it matters: who is in the room decides what may be said; a misspelt guest is a guest nobody prepared for.

Wrong:

    participants:
      partner: {title: Spouse or partner}
    contacts:
      joint_talk: {title: A talk with both, present: partnr}

Right:

    participants:
      partner: {title: Spouse or partner}
    contacts:
      joint_talk: {title: A talk with both, present: partner}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, Path, did_you_mean


def check(view: View) -> Iterator[Finding]:
    """People named as present, addressed or informants who are neither the patient nor a participant."""
    known = ("patient", *view.spec.participants)
    for path, names in _named(view):
        for name in names:
            if name not in known:
                message = f"'{name}' is not one of the participants"
                yield Finding(path, message, did_you_mean(name, known), on_key=False)


def _named(view: View) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for home in view.homes:
        yield (*home.path, "present"), home.spec.present
    for name, contact in view.spec.contacts.items():
        yield ("contacts", name, "present"), contact.present
        yield ("contacts", name, "to"), contact.to
    for name, use in view.spec.measures.items():
        if use.informant:
            yield ("measures", name, "informant"), (use.informant,)
