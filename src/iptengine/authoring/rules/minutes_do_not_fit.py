"""The minutes do not fit the session.

The steps of an hour are scaled to the minutes that were agreed, so a session has at least one minute for each
step; and a task takes no longer than a session.

Why it matters: a plan for the hour that cannot be kept is a plan nobody follows.

Wrong:

    contract:
      minutes: 45..50
    phases:
      middle:
        must:
          diary: {do: Read the diary, minutes: 90}

Right:

    contract:
      minutes: 45..50
    phases:
      middle:
        must:
          diary: {do: Read the diary, minutes: 15}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Sessions of no length, tasks longer than a session, and hours with more steps than minutes."""
    minutes = view.spec.contract.minutes
    if minutes.low < 1:
        path = ("contract", "minutes")
        yield Finding(path, f"a session of {minutes.low} minutes is none", "write minutes: 45..50", on_key=False)
        return
    for home in view.homes:
        if home.spec.minutes is not None and home.spec.minutes > minutes.high:
            message = f"'{home.name}' takes {home.spec.minutes} minutes, and a session at most {minutes.high}"
            yield Finding((*home.path, "minutes"), message, "shorten it, or divide the task", on_key=False)
    for name, phase in view.spec.phases.items():
        if len(phase.hour) > minutes.low:
            message = f"the hour has {len(phase.hour)} steps, and a session may have only {minutes.low} minutes"
            yield Finding(("phases", name, "hour"), message, "leave out some steps")
