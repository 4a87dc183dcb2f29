"""A rule for finishing a component early that can never be told.

The page recommends to finish a component from its least dose on, and only while it is not finished: at its
most dose it is finished anyway. A `done_when` that asks whether the component itself is finished, or for its
most dose, or for less than its least, holds at no time at which it would be told.

Why it matters: the recommendation you wrote would never reach a clinician.

Wrong:

    plan:
      components:
        activity:
          title: Activity
          dose: 1..3
          done_when:
            enough: dose of activity >= 3

Right:

    plan:
      components:
        activity:
          title: Activity
          dose: 1..3
          done_when:
            enough: dose of activity >= 2
            better: phq9 < 10
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from operator import eq, ge, gt, le, lt

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding
from iptengine.protocol.doses import Dose
from iptengine.protocol.protocol import Guard

HOLDS = {"<": lt, "<=": le, "=": eq, ">=": ge, ">": gt}


def check(view: View) -> Iterator[Finding]:
    """The conditions under `done_when` that ask for their own component."""
    for name, component in view.spec.plan.components.items() if view.spec.plan else ():
        path = ("plan", "components", name, "done_when")
        for guard in view.guards.get(path, ()):
            told = _never(guard, name, component.dose)
            if told:
                hint = "ask for what shows that it is enough, such as a score or a fact"
                yield Finding((*path, guard.name), told, hint, on_key=False)


def _never(guard: Guard, name: str, dose: Dose) -> str:
    """Why a condition never holds while the component may be finished early; empty when it can."""
    if guard.sentence is None:
        return ""
    text = " ".join(guard.sentence.text.split())
    if text == f"{name} is finished":
        return f"'{text}' is asked in order to know whether '{name}' may be finished"
    words = text.removeprefix(f"dose of {name} ").split()
    if not text.startswith(f"dose of {name} ") or len(words) != 2 or words[0] not in HOLDS:
        return ""
    if _can_hold(words[0], Fraction(words[1]), dose):
        return ""
    reach = f"its dose is then {dose.least} or more, and less than {dose.most}"
    return f"'{text}' never holds while '{name}' may be finished early: {reach}"


def _can_hold(op: str, number: Fraction, dose: Dose) -> bool:
    """Whether some dose from the least on, and below the most, answers the comparison."""
    if op in ("<", "<="):
        return HOLDS[op](dose.least, number) and dose.least < dose.most
    if op == "=":
        return dose.least <= number < dose.most
    return number < dose.most
