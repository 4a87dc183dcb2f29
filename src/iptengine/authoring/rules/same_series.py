"""One instrument stands there twice with nothing to tell its two series apart.

Each entry of `measures` is a series of its own. Two entries that use one instrument say who answers them:
`informant` is `patient`, or one of the `participants`. A measure taken before and after is one entry,
with `due: at start and end`.

Why it matters: two rows of scores under one label, and the clinician reads the father's as the mother's.

Wrong:

    participants:
      mother: {title: Mother}
    measures:
      own_view: {use: smfq@1, due: every session}
      her_view: {use: smfq@1, due: every session}

Right:

    participants:
      mother: {title: Mother}
    measures:
      own_view: {use: smfq@1, due: every session, informant: patient}
      her_view: {use: smfq@1, due: every session, informant: mother}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding

HINT = (
    "give each its informant: patient, or one of the participants; before and after in one entry is"
    " due: at start and end"
)


def check(view: View) -> Iterator[Finding]:
    """Measures that use an instrument as one above them does, with the same informant or with none."""
    first: dict[tuple[str, str | None], str] = {}
    for name, use in view.spec.measures.items():
        former = first.setdefault((use.use, use.informant), name)
        if former != name:
            who = f"answered by '{use.informant}'" if use.informant else "and neither says who answers it"
            message = f"'{former}' and '{name}' are both {use.use}, {who}"
            yield Finding(("measures", name), message, HINT)
