"""The windows of the phases do not fit the contract.

A window says which sessions a phase is meant to take. It has to fit the smallest and the largest number of
sessions the contract may name; a phase must not be over before one that leads to it; and where every phase has
a window, every session is in one. Windows may overlap. A window that counts from the end needs a contract that
names a number.

Why it matters: a window beyond the last session can never be kept, and a session in no window belongs to no
part of the treatment.

Wrong:

    contract:
      sessions: 6..8
    phases:
      middle:
        window: 4..7

Right:

    contract:
      sessions: 6..8
    phases:
      middle:
        window: 4..last 1
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View, reached
from iptengine.diagnostics import Finding, Path
from iptengine.protocol.quantities import Window


def check(view: View) -> Iterator[Finding]:
    """Windows outside the contract, in the wrong order, or with holes between them."""
    windows = {name: phase.window for name, phase in view.spec.phases.items() if phase.window}
    outside = list(_outside(view, windows))
    yield from outside
    if outside or not view.counts:
        return
    crossed = list(_order(view, windows))
    yield from crossed
    if not crossed and len(windows) == len(view.spec.phases):
        yield from _holes(view, windows)


def _path(phase: str) -> Path:
    return "phases", phase, "window"


def _outside(view: View, windows: dict[str, Window]) -> Iterator[Finding]:
    for name, window in windows.items():
        if not view.counts and (window.start_from_end or window.end_from_end):
            message = f"'{window}' counts from the end, and the contract names no number of sessions"
            yield Finding(_path(name), message, "count from the start, or write contract.sessions", on_key=False)
        for count in view.counts:
            start, end = window.positions(count) or (1, 1)
            if not 1 <= start <= end <= count:
                message = f"'{window}' does not fit a course of {count} sessions"
                yield Finding(_path(name), message, _smaller(window), on_key=False)
                break


def _smaller(window: Window) -> str:
    if window.start_from_end or window.end_from_end:
        return "choose a smaller number"
    return f"choose a smaller number, or count from the end: {window.start}..last 1"


def _order(view: View, windows: dict[str, Window]) -> Iterator[Finding]:
    for name, phase in view.spec.phases.items():
        for target in phase.next:
            if name not in windows or target not in windows:
                continue
            for count in view.counts:
                before, after = windows[name].positions(count), windows[target].positions(count)
                crossed = before and after and (after[0] < before[0] or after[1] < before[1])
                if before and after and crossed and name not in reached(target, view.ways):
                    message = (
                        f"in a course of {count} sessions '{target}' takes sessions {after[0]} to {after[1]}, "
                        f"but comes after '{name}', which takes {before[0]} to {before[1]}"
                    )
                    yield Finding(_path(target), message, "change one of the two windows", on_key=False)
                    break


def _holes(view: View, windows: dict[str, Window]) -> Iterator[Finding]:
    for count in view.counts:
        held = [window.positions(count) or (1, count) for window in windows.values()]
        free = [n for n in range(1, count + 1) if not any(start <= n <= end for start, end in held)]
        if free:
            message = f"in a course of {count} sessions no phase has session {free[0]} in its window"
            hint = "widen the window before it or after it"
            yield Finding(("contract", "sessions"), message, hint, on_key=False)
            return
