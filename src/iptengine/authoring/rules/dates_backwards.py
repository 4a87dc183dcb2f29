"""A stretch of the calendar ends before it begins.

Where both ends hang on the same day, their order can be told: `from 6 months after birth until birth` holds
no day. A phase whose dates begin only when the calendar has stopped has no session either.

Why it matters: no session could ever be held in such a stretch, and it would always be told to be over.

Wrong:

    phases:
      after:
        dates: from 6 months after birth until 6 weeks after birth

Right:

    phases:
      after:
        dates: from 6 weeks after birth until 6 months after birth
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding
from iptengine.protocol.anchored import Moment

SOME_DAY = date(2001, 1, 1)
"""Both days are counted from here: every month of the calendar is between 28 and 31 days long wherever it begins."""


def check(view: View) -> Iterator[Finding]:
    """Dates of phases that cannot hold a day."""
    stop = view.spec.calendar.stop if view.spec.calendar else None
    for name, phase in view.spec.phases.items():
        dates, path = phase.dates, ("phases", name, "dates")
        if dates is None or dates.since is None:
            continue
        if dates.until and _comes_first(dates.until, dates.since):
            message = f"'{dates}' ends before it begins"
            yield Finding(path, message, "write the earlier day after 'from'", on_key=False)
        elif stop and _comes_first(stop, dates.since):
            message = f"'{dates}' begins when the calendar has stopped ({stop})"
            yield Finding(path, message, "change calendar.stop, or the dates of this phase", on_key=False)


def _comes_first(one: Moment, other: Moment) -> bool:
    """Whether `one` is surely no later than `other`: both hang on the same day."""
    same = (one.anchor, one.fact) == (other.anchor, other.fact) and one.anchor in ("start", "date")
    return same and one.from_day(SOME_DAY) <= other.from_day(SOME_DAY)
