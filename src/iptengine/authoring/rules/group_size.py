"""A group of one is no group.

`group.size` begins at 2 or more. A treatment of one patient alone leaves `group` out.

Why it matters: a group that one member can form would be formed by mistake, and nobody would be told.

Wrong:

    group: {size: 1..9, facilitators: 1..2}

Right:

    group: {size: 6..9, facilitators: 1..2}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding

LEAST = 2


def check(view: View) -> Iterator[Finding]:
    """Sizes that begin below two."""
    group = view.spec.group
    if group is not None and group.size.low < LEAST:
        message = f"'{group.size}' allows a group of {group.size.low}"
        hint = f"write {LEAST}..{max(LEAST, group.size.high)}, or leave the group out for a treatment of one patient"
        yield Finding(("group", "size"), message, hint, on_key=False)
