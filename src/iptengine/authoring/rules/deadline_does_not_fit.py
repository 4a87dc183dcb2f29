"""A deadline lies outside the course.

`by`, `not_before`, the announcement of the ending and a contact `after session n` name a session. It has to
exist in the shortest course the contract allows as well as in the longest, and a task cannot be due later than
it should be done.

Why it matters: a task that is first due after the last session is never asked for, and an ending that is
announced too late is no announcement.

Wrong:

    contract:
      sessions: 6..8
    phases:
      middle:
        must:
          review: {do: Review the gains, by: session 9}

Right:

    contract:
      sessions: 6..8
    phases:
      middle:
        must:
          review: {do: Review the gains, by: 1 session before the end}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, Path
from iptengine.protocol.quantities import Position


def check(view: View) -> Iterator[Finding]:
    """Positions that some contract does not have, or that contradict each other."""
    for path, position in _positions(view):
        yield from _outside(view, path, position)
    for name, contact in view.spec.contacts.items():
        session = contact.due.session if contact.due else None
        if session and view.counts and session > max(view.counts):
            message = f"'{contact.due}' lies beyond the last session, which is {max(view.counts)} at most"
            yield Finding(("contacts", name, "due"), message, "name an earlier session", on_key=False)
    for home in view.homes:
        yield from _crossed(view, home.path, home.spec.not_before, home.spec.by)


def _positions(view: View) -> Iterator[tuple[Path, Position]]:
    for home in view.homes:
        if home.spec.by:
            yield (*home.path, "by"), home.spec.by
        if home.spec.not_before:
            yield (*home.path, "not_before"), home.spec.not_before
    announce = view.spec.termination.announce
    if announce:
        yield ("termination", "announce", "by"), announce.by


def _outside(view: View, path: Path, position: Position) -> Iterator[Finding]:
    if not view.counts and position.session is None:
        message = f"'{position}' hangs on the end, and the contract names no number of sessions"
        yield Finding(path, message, "write 'session 3', or write contract.sessions", on_key=False)
    for count in view.counts:
        if not 1 <= (position.number(count) or 0) <= count:
            message = f"'{position}' does not exist in a course of {count} sessions"
            yield Finding(path, message, f"name a place from session 1 to session {count}", on_key=False)
            return


def _crossed(view: View, path: Path, begins: Position | None, by: Position | None) -> Iterator[Finding]:
    if begins is None or by is None:
        return
    for count in view.counts:
        first, last = begins.number(count), by.number(count)
        if first is not None and last is not None and first > last:
            message = (
                f"in a course of {count} sessions it is due from session {first}, and should be done by session {last}"
            )
            yield Finding((*path, "not_before"), message, "change one of the two", on_key=False)
            return
