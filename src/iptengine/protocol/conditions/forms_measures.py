"""Forms about how a measure is kept: items in the patient's own words, entries of a diary."""

from __future__ import annotations

from iptengine.protocol.conditions.comparing import Scale, comparison, holds
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import Names, Number


def _worded(names: Names, measure: str, item: str) -> Meaning | Problem:
    items = names.measures[measure].worded
    if item not in items:
        message = f"no patient puts {measure}.{item} into words: its words come with the form"
        hint = f"write one of {', '.join(items)}" if items else "write text_from: patient at the item it is about"
        return Problem("condition-never", message, hint)
    return holds(
        f"{measure}.{item} is worded",
        lambda facts: facts.worded(measure, item),
        yes=f"{measure}.{item} is put into the patient's words",
        no=f"{measure}.{item} is not put into the patient's words yet",
    )


def _entries(names: Names, measure: str, op: str, number: Number) -> Meaning | Problem:
    return comparison(
        f"entries of {measure} since the last session",
        lambda facts: facts.entries_since_last_session(measure),
        op,
        number,
        Scale(),
    )


MEASURES = (
    Shape(
        "MEASURE.ITEM is worded",
        "The patient has put the item into words. Only for items with `text_from: patient`.",
        _worded,
    ),
    Shape(
        "entries of MEASURE since the last session OP NUMBER",
        "Days with an entry, from the day of the last session that was held; before one, from the start.",
        _entries,
        ">= 4",
    ),
)
