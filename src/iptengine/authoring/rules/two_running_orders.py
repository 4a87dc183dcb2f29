"""Two running orders are written.

Where `sessions` says what each session holds, the `hour` of a phase, and what an area or stage changes in it,
is not used. Write one of the two.

Why it matters: nobody could tell which of them the session follows.

Wrong:

    sessions:
      first: {title: The first session, order: [welcome]}
    phases:
      skills:
        hour:
          open: {label: Open, minutes: 10, covers: welcome}

Right:

    sessions:
      first: {title: The first session, order: [welcome]}
    phases:
      skills:
        must:
          welcome: {do: Say welcome, label: Open, minutes: 10}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, Path


def check(view: View) -> Iterator[Finding]:
    """An hour beside sessions that are written."""
    if view.spec.sessions:
        for path in _hours(view):
            message = "sessions says what each session holds, and this hour would not be used"
            yield Finding(path, message, "leave one of the two out; labels and minutes may stand on the tasks")


def _hours(view: View) -> Iterator[Path]:
    for name, phase in view.spec.phases.items():
        if phase.hour:
            yield "phases", name, "hour"
    for path, changed in view.stepped():
        if changed:
            yield path
