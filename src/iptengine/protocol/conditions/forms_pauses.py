"""Forms about pauses: whether the course rests, how long it did, and how long ago."""

from __future__ import annotations

from iptengine.protocol.conditions.comparing import Scale, comparison, counted, holds, stated
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names, Number


def _lasts(names: Names, pause: str) -> Meaning:
    return holds(
        f"the pause {pause} lasts",
        lambda facts: facts.pause_lasts(pause),
        yes=f"the pause {pause} lasts",
        no=f"the pause {pause} does not last",
    )


def _days_since(names: Names, op: str, number: Number) -> Meaning | Problem:
    return comparison(
        "days since the last pause", lambda facts: facts.days_since_pause, op, number, Scale(), "no pause has ended yet"
    )


PAUSES = (
    Shape(
        "the course is paused",
        "The course rests today.",
        stated("the course is paused", lambda facts: facts.paused, "the course is not paused"),
    ),
    Shape("the pause PAUSE lasts", "The course rests today, and this is the pause.", _lasts),
    Shape(
        "days paused OP NUMBER",
        "Days of all pauses together, until today.",
        counted("days paused", lambda facts: facts.days_paused),
        ">= 28",
    ),
    Shape(
        "days since the last pause OP NUMBER",
        "Days since the course went on after its last pause. Unknown while no pause has ended.",
        _days_since,
        "<= 7",
    ),
)
