"""Which conditions that were passed over may be named to a role: those that cannot change with what is kept from it.

A deviation names the conditions that did not hold. The name of one that rests on a kept answer would tell that answer:
it is there for one arm of a trial and not for the other. So a name is told only where it is known to rest on none.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iptengine.protocol.conditions import Condition
from iptengine.protocol.protocol import Guard, Protocol

_RECKONED = frozenset(
    {
        "must", "everything", "window", "calendar", "expected", "next", "half", "left", "used", "plan", "dose",
        "current", "finished", "paused", "pause", "lasts", "start", "end", "days", "weeks", "months",
    }
)  # fmt: skip
"""Words of sentences whose answer is reckoned from other conditions, or from dates, which may rest on what is kept."""
_ON_RECORD = frozenset(
    {
        "contract_full", "sessions_range", "sessions_missing", "sessions_used", "minutes_range", "mode", "no_way",
        "person", "too_many_focuses", "focus_closed", "below_least_dose", "interrupts", "group_size",
        "group_facilitators",
    }
)  # fmt: skip
"""What may be passed over without being a condition of a protocol, and follows from what was recorded alone."""


@lru_cache(maxsize=256)
def told_codes(protocol: Protocol, kept: frozenset[str]) -> frozenset[str]:
    """The names that may be told of conditions that were passed over, where some facts are `kept` from who reads.

    One name may stand in several places of a protocol; it is told only where none of them rests on a kept answer.
    What was overridden before a course moved may be no name of this protocol, and is then not among them.
    """
    named = {guard.name for guards in protocol.guards.values() for guard in guards}
    resting = {guard.name for guards in protocol.guards.values() for guard in guards if _rests(protocol, guard, kept)}
    return frozenset((named | _ON_RECORD) - resting)


def _rests(protocol: Protocol, guard: Guard, kept: frozenset[str]) -> bool:
    return any(
        name in kept for one in _sentences(protocol, guard) for kind, name, _ in one.mentions if kind == "fact"
    ) or any(_RECKONED & set(one.text.split()) for one in guard.conditions())


def _sentences(protocol: Protocol, guard: Guard) -> Iterator[Condition]:
    """The sentences of a condition, and those of the alerts it asks for."""
    for one in guard.conditions():
        yield one
        for kind, name, _ in one.mentions:
            if kind == "alert":
                yield from (c for raised in protocol.at("alerts", name, "raise_if") for c in raised.conditions())


__all__ = ["told_codes"]
