"""A contact says how often it is due in a way that does not go with when it is.

`times` needs `due`. After a session a contact comes again by sessions (`every 4 sessions`), on a day of
the calendar by days (`every 3 months`); either may be `2 times` or `at most 3 times`. What lies before
something comes once, and what hangs on a missed session comes with each miss.

Why it matters: a contact that cannot come again would be due once, and the page would never say so.

Wrong:

    contacts:
      visit: {title: A visit, due: 2 weeks before birth, times: 3 times}

Right:

    contacts:
      visit: {title: A visit, due: 2 weeks after birth, times: 3 times}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding
from iptengine.protocol.anchored import Moment
from iptengine.protocol.quantities import Times


def check(view: View) -> Iterator[Finding]:
    """Contacts whose `times` cannot follow from their `due`."""
    for name, contact in view.spec.contacts.items():
        if contact.times is None:
            continue
        path = ("contacts", name, "times")
        if contact.due is None:
            message = f"'{name}' says how often it is due, and not when"
            yield Finding(path, message, "write due: as well, such as due: after session 3", on_key=False)
            continue
        found = _misfit(contact.due, contact.times)
        if found:
            message = f"'{name}' is due {contact.due}, which does not go with '{_written(contact.times)}'"
            yield Finding(path, message, found, on_key=False)


def _written(times: Times) -> str:
    return f"{times.least} times" if times.least == times.most and times.most != 1 else str(times)


def _misfit(due: Moment, times: Times) -> str:
    """What to write instead; empty when it goes together."""
    again = times.recurs or times.most != 1
    if due.anchor == "missed session":
        return "write 'at most 3 times', or leave times out: it comes with each miss" if times.recurs else ""
    if again and due.side == "before":
        return "what lies before something comes once; leave times out"
    if due.anchor == "session":
        return "after a session write 'every 4 sessions' or 'at most 3 times'" if times.interval else ""
    if times.every:
        return "on a day of the calendar write 'every 3 months' or 'at most 3 times'"
    if times.interval is None:
        return "on the day itself it comes once; write 'every 4 weeks' to come again" if again and not due.count else ""
    return "" if due.goes_with(times.interval) else "count both in days or weeks, or both in months or years"
