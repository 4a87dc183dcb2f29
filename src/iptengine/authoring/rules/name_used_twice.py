"""One name stands for two things.

A phase and an outcome cannot have the same name, and no participant is called `patient`, who is always there.
A further chart or an approval cannot have the name of a fact, and is not called `phase` or `stage`, because
`NAME is VALUE` asks about one thing.
In a measure, a subscale cannot have the name of an item or of the total.

Why it matters: a way that leads to `ending` must lead to one thing only.

Wrong:

    phases:
      ending:
        aim: Say goodbye
    outcomes:
      ending: {title: The course ended, kind: completed}

Right:

    phases:
      ending:
        aim: Say goodbye
    outcomes:
      completed: {title: The course ended, kind: completed}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Outcomes named like a phase, participants like the patient, and what `NAME is VALUE` could ask about too."""
    for name in view.spec.outcomes:
        if name in view.spec.phases:
            message = f"'{name}' is the name of a phase as well"
            yield Finding(("outcomes", name), message, "give the outcome another name")
    if "patient" in view.spec.participants:
        message = "the patient is always there and is not listed"
        yield Finding(("participants", "patient"), message, "leave it out; present: patient works as it is")
    for part, what in (("charts", "chart"), ("approvals", "approval")):
        for name in getattr(view.spec, part):
            if name in view.spec.facts or name in ("phase", "stage"):
                other = "a fact" if name in view.spec.facts else f"the {name} itself"
                message = f"'{name}' is the name of {other} as well, so '{name} is ...' could ask about either"
                yield Finding((part, name), message, f"give the {what} another name")
