"""A pause says how long it may last, and nothing follows from it.

`longer_than` says after how long the tasks under `then` are due again. Without `then` it changes nothing.

Why it matters: the author expects the therapist to take something up again after a long pause, and the page
will not ask for it.

Wrong:

    pauses:
      hospital: {title: Hospital stay, longer_than: 4 weeks}

Right:

    pauses:
      hospital: {title: Hospital stay, longer_than: 4 weeks, then: review_contract}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Pauses with a length and no tasks."""
    for name, pause in view.spec.pauses.items():
        if pause.longer_than is not None and not pause.then:
            message = f"'{name}' says longer_than: {pause.longer_than}, and no task is due again after it"
            yield Finding(("pauses", name, "longer_than"), message, "name the tasks under then, or take it out")
