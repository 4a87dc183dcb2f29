"""A phase asks for nothing and leads nowhere.

A phase has at least one of `must`, `may`, `each_session`, `hour`, `focus_work` or `next`.

Why it matters: the agenda of such a session would be a blank page.

Wrong:

    phases:
      middle:
        title: Middle
        aim: Work on the focus

Right:

    phases:
      middle:
        title: Middle
        aim: Work on the focus
        each_session:
          link: Link mood to what happened between people
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Phases with neither tasks nor a way out."""
    for name, phase in view.spec.phases.items():
        asks = phase.must or phase.may or phase.each_session or phase.hour or phase.focus_work
        if not asks and not phase.next:
            hint = "write its tasks under must, may or each_session"
            yield Finding(("phases", name), f"'{name}' asks for nothing and leads nowhere", hint)
