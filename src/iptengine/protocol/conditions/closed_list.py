"""The closed list: every form there is, by family, in the order a reader meets them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from iptengine.protocol.conditions.forms_approvals import APPROVALS
from iptengine.protocol.conditions.forms_calendar import CALENDAR
from iptengine.protocol.conditions.forms_facts import CHECKLISTS, DIAGNOSIS, FACTS
from iptengine.protocol.conditions.forms_focus import FOCUS, STAGE, TASKS, TECHNIQUES
from iptengine.protocol.conditions.forms_groups import GROUPS
from iptengine.protocol.conditions.forms_measures import MEASURES
from iptengine.protocol.conditions.forms_order import ORDER
from iptengine.protocol.conditions.forms_pauses import PAUSES
from iptengine.protocol.conditions.forms_people import ALERTS, APPOINTMENTS, CONTACTS, PARTICIPANTS
from iptengine.protocol.conditions.forms_plan import PLAN
from iptengine.protocol.conditions.forms_position import CONTRACT, DATES, PHASE, POSITION
from iptengine.protocol.conditions.forms_readings import READINGS
from iptengine.protocol.conditions.grammar import Choice, Shape, Slot

FAMILIES: Mapping[str, tuple[Shape, ...]] = {
    "Sessions and windows": POSITION,
    "Phase and charts": PHASE,
    "Focus": FOCUS,
    "Stage": STAGE,
    "Tasks": TASKS,
    "Techniques": TECHNIQUES,
    "Running order and topics": ORDER,
    "Plan of components": PLAN,
    "Measures": READINGS,
    "Words and diaries": MEASURES,
    "Checklists": CHECKLISTS,
    "Diagnosis": DIAGNOSIS,
    "Facts": FACTS,
    "Appointments": APPOINTMENTS,
    "Contacts": CONTACTS,
    "Participants": PARTICIPANTS,
    "Alerts": ALERTS,
    "Approvals": APPROVALS,
    "Groups": GROUPS,
    "Contract and ending": CONTRACT,
    "Dates": DATES,
    "Calendar": CALENDAR,
    "Pauses": PAUSES,
}

SHAPES: tuple[Shape, ...] = tuple(shape for family in FAMILIES.values() for shape in family)


@cache
def by_first_word() -> Mapping[str, tuple[Shape, ...]]:
    """The shapes that begin with a fixed word, by that word."""
    found: dict[str, list[Shape]] = {}
    for shape in SHAPES:
        first = shape.steps[0]
        for word in (first,) if isinstance(first, str) else first.words if isinstance(first, Choice) else ():
            found.setdefault(word, []).append(shape)
    return {word: tuple(shapes) for word, shapes in found.items()}


@cache
def by_first_slot() -> tuple[tuple[Slot, tuple[Shape, ...]], ...]:
    """The shapes that begin with a name, by the place it fills."""
    found: dict[str, tuple[Slot, list[Shape]]] = {}
    for shape in SHAPES:
        first = shape.steps[0]
        if not isinstance(first, str | Choice):
            found.setdefault(first.spelling, (first, []))[1].append(shape)
    return tuple((slot, tuple(shapes)) for slot, shapes in found.values())
