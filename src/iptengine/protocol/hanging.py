"""What hangs on what: every moment that a protocol tells, with the place it is told at."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.diagnostics import Path
from iptengine.protocol.anchored import Moment
from iptengine.protocol.model import Spec


def dates_named(spec: Spec) -> frozenset[str]:
    """The facts that something in the protocol hangs on."""
    return frozenset(moment.fact for _, moment in moments(spec) if moment.fact)


def moments(spec: Spec) -> Iterator[tuple[Path, Moment]]:
    """Every moment of a protocol that may hang on a date, with its path."""
    if spec.calendar and spec.calendar.stop:
        yield ("calendar", "stop"), spec.calendar.stop
    for name, phase in spec.phases.items():
        for moment in phase.dates.moments if phase.dates else ():
            yield ("phases", name, "dates"), moment
    for name, contact in spec.contacts.items():
        if contact.due:
            yield ("contacts", name, "due"), contact.due
