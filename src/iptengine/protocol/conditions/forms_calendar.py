"""Forms about the calendar of a course that stops on a day or on an event."""

from __future__ import annotations

from dataclasses import replace

from iptengine.protocol.conditions.comparing import holds
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names
from iptengine.protocol.conditions.port import Facts

STOPPED = "the calendar has stopped"
UNKNOWN = "whether the calendar has stopped is not known"


def _stopped(facts: Facts) -> bool | None:
    return facts.calendar_stopped


def _has_stopped(names: Names) -> Meaning | Problem:
    if not names.calendar:
        return Problem("condition-never", "this protocol has no calendar that stops", "write calendar: with a stop")
    plain = holds(STOPPED, _stopped, yes=STOPPED, no="the calendar has not stopped", unknown=UNKNOWN)
    seen = (STOPPED, "what it hangs on")
    return replace(plain, subjects=seen, found=_found, see=lambda facts: (_stopped(facts), facts.calendar_gap))


def _found(seen: object, gap: object = "") -> str:
    """What was found, with the day and what is not on record where it cannot be told."""
    if seen is None:
        return f"{UNKNOWN} ({gap or 'what it hangs on is not recorded'})"
    return STOPPED if seen else "the calendar has not stopped"


CALENDAR = (
    Shape(
        STOPPED,
        "The day under calendar.stop has come, or the conditions under calendar.stop_when hold. Unknown while the day "
        "hangs on a date that is not recorded.",
        _has_stopped,
    ),
)
