"""Forms about the calendar of a course that stops on a day or on an event."""

from __future__ import annotations

from iptengine.protocol.conditions.comparing import holds
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names
from iptengine.protocol.conditions.port import Facts

STOPPED = "the calendar has stopped"
UNKNOWN = "whether the calendar has stopped is not known (what it hangs on is not recorded)"


def _stopped(facts: Facts) -> bool | None:
    return facts.calendar_stopped


def _has_stopped(names: Names) -> Meaning | Problem:
    if not names.calendar:
        return Problem("condition-never", "this protocol has no calendar that stops", "write calendar: with a stop")
    return holds(STOPPED, _stopped, yes=STOPPED, no="the calendar has not stopped", unknown=UNKNOWN)


CALENDAR = (
    Shape(
        STOPPED,
        "The day under calendar.stop has come, or the conditions under calendar.stop_when hold. Unknown while the day "
        "hangs on a date that is not recorded.",
        _has_stopped,
    ),
)
