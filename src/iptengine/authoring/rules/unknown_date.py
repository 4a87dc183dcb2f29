"""A time hangs on a date that is not among the facts.

`2 weeks before birth`, `on birth`, `until birth` and their like name a date. It has to be described under
`facts`, with `type: date`.

Why it matters: a visit that hangs on a date nobody records is never due.

Wrong:

    facts:
      due_date: {title: Day of birth, type: date}
    contacts:
      home_visit: {title: A visit at home, due: 2 weeks before birth}

Right:

    facts:
      birth: {title: Day of birth, type: date, expected: true}
    contacts:
      home_visit: {title: A visit at home, due: 2 weeks before birth}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean
from iptengine.protocol.hanging import moments

PLACES = ("start", "end")


def check(view: View) -> Iterator[Finding]:
    """Moments that name no date fact."""
    facts = view.spec.facts
    dates = [name for name, fact in facts.items() if fact.type == "date"]
    for path, moment in moments(view.spec):
        if not moment.fact or moment.fact in dates:
            continue
        if moment.fact in facts:
            message = f"'{moment}' hangs on '{moment.fact}', and that fact is no date"
            hint = f"write type: date under facts.{moment.fact}, or name a date"
        else:
            message = f"'{moment}' hangs on '{moment.fact}', and no fact is called that"
            hint = _hint(moment.fact, dates)
        yield Finding(path, message, hint, on_key=False)


def _hint(name: str, dates: list[str]) -> str:
    if name in PLACES:
        return f"write 'the {name}' for the {name} of the course"
    close = did_you_mean(name, dates)
    return close or f"describe it under facts, as {name}: {{title: …, type: date}}"
