"""A group is led by nobody.

`group.facilitators` begins at 1 or more. Left out, nobody is asked who leads the group.

Why it matters: with a range that begins at zero, a group can meet unled, and no warning is given.

Wrong:

    group: {size: 6..9, facilitators: 0..2}

Right:

    group: {size: 6..9, facilitators: 1..2}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding


def check(view: View) -> Iterator[Finding]:
    """Ranges of facilitators that begin at zero."""
    known = view.spec.group.facilitators if view.spec.group is not None else None
    if known is not None and known.low < 1:
        message = f"'{known}' allows a group that nobody leads"
        hint = f"write 1..{max(1, known.high)}, or leave the key out when nobody should be asked"
        yield Finding(("group", "facilitators"), message, hint, on_key=False)
