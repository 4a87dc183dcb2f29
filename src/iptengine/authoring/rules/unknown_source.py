"""A source is named that is not there.

`source` names entries under `sources`: a publication, a decision, or something nobody has checked yet.

Why it matters: a reader who wants to know what a statement rests on must find it.

Wrong:

    sources:
      guide: A guide to interpersonal psychotherapy
    focus: {at_most: 1, source: guid}

Right:

    sources:
      guide: A guide to interpersonal psychotherapy
    focus: {at_most: 1, source: guide}
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.view import View
from iptengine.diagnostics import Finding, did_you_mean
from iptengine.protocol.parts import Sourced


def check(view: View) -> Iterator[Finding]:
    """Sources that the file does not list."""
    known = view.spec.sources
    for path, part in view.parts:
        for name in part.source if isinstance(part, Sourced) else ():
            if name not in known:
                message = f"'{name}' is not one of the sources"
                hint = did_you_mean(name, known) or "list it under sources"
                yield Finding((*path, "source"), message, hint, on_key=False)
