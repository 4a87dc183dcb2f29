"""The sessions of the running order do not fit.

Each session under `sessions` has a number: that of `at`, or the one after the session above it. Numbers go up,
no two sessions have the same, none is left out, and the contract can hold the last of them.

Why it matters: a session with the number of another, or beyond the last, could never be held as it is written.

Wrong:

    contract:
      sessions: 3
    sessions:
      notice: {title: Noticing, order: [welcome]}
      try: {title: Trying, at: 3..4, order: [plan]}

Right:

    contract:
      sessions: 3
    sessions:
      notice: {title: Noticing, order: [welcome]}
      try: {title: Trying, at: 2..3, order: [plan]}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, Path
from iptengine.protocol.running_order import Place, placed


def check(view: View) -> Iterator[Finding]:
    """Sessions in the wrong order, with one number twice, with a hole between them, or beyond the contract."""
    places = placed(view.spec.sessions)
    wrong = list(_between(places))
    yield from wrong
    if places and not wrong:
        yield from _within(view, places)


def _between(places: tuple[Place, ...]) -> Iterator[Finding]:
    reached = 0
    for place in places:
        if place.first < 1:
            yield Finding(_at(place), "sessions are counted from 1", "write at: 1, or leave it out", on_key=False)
        elif place.first <= reached:
            message = f"session {place.first} is written above already; '{place.name}' comes after session {reached}"
            yield Finding(_at(place), message, f"write at: {reached + 1}, or leave it out", on_key=False)
        elif place.first > reached + 1:
            message = f"nothing is written for {_told(reached + 1, place.first - 1)}, before '{place.name}'"
            yield Finding(_at(place), message, f"write at: {reached + 1}, or a session before it", on_key=False)
        reached = max(reached, place.last, 1)


def _within(view: View, places: tuple[Place, ...]) -> Iterator[Finding]:
    count, last = view.spec.contract.sessions, places[-1]
    if count is None:
        return
    if last.last > count.high:
        message = f"'{last.name}' is {_told(last.first, last.last)}, and the contract holds at most {count.high}"
        yield Finding(
            _path(last), message, "leave out a session, or allow more in contract.sessions", on_key=last.spec.at is None
        )
    elif last.last < count.low:
        message = (
            f"nothing is written for {_told(last.last + 1, count.low)}, and the contract holds at least {count.low}"
        )
        hint = f"write more sessions, or at: {last.first}..{count.low} here"
        yield Finding(("sessions", last.name), message, hint)


def _told(first: int, last: int) -> str:
    return f"session {first}" if first == last else f"sessions {first} to {last}"


def _at(place: Place) -> Path:
    return _path(place)


def _path(place: Place) -> Path:
    return ("sessions", place.name, "at") if place.spec.at else ("sessions", place.name)
