"""The calendar stops at something that is no day of the calendar.

`calendar.stop` is a day: so long after the start, or before, on or after a date among the facts. The end of the
course follows from the stop, and a session has a place in the count and no day of its own.

Why it matters: without a day nobody can plan the visits up to it.

Wrong:

    calendar:
      stop: after session 12

Right:

    calendar:
      stop: 12 months after the start
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """A stop that hangs on a session or on the end."""
    stop = view.spec.calendar.stop if view.spec.calendar else None
    if stop is None or stop.anchor in ("start", "date"):
        return
    if stop.anchor == "end":
        message = f"'{stop}' hangs on the end of the course, and the end follows from the stop"
        hint = "write a day such as 12 months after the start"
    else:
        message = f"'{stop}' is a place among the sessions, and the calendar stops on a day"
        hint = "write a day such as 12 months after the start; for a number of sessions write contract.sessions"
    yield Finding(("calendar", "stop"), message, hint, on_key=False)
