"""A row of the lists as a row of the table, and a question to them as a condition on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from iptengine.contrib.django.models import ListedCourse
from iptengine.store.rows import LISTS, Asked, Row


def values_of(row: Row) -> dict[str, Any]:
    """What the table keeps of a row, beside its course."""
    days = {"since": row.since.toordinal(), "until": row.until.toordinal()}
    shown = {name: name in row.shown for name in LISTS}
    return {"version": row.version, "made": row.made, "text": row.text, **days, **shown}


def row_of(kept: ListedCourse) -> Row:
    """The row that was kept."""
    since, until = date.fromordinal(kept.since), date.fromordinal(kept.until)
    shown = frozenset(name for name in LISTS if getattr(kept, name))
    return Row(kept.course, kept.version, kept.made, since, until, shown, kept.text)


def wanted(asked: Asked) -> Q:
    """`Asked.wants` for the database, its courses aside: what stands in the list, and what cannot tell."""
    if not asked.shown:
        return Q()
    good = Q(made__in=sorted(asked.made))
    if asked.on is not None:
        good &= Q(since__lte=asked.on.toordinal(), until__gte=asked.on.toordinal())
    return Q(**{asked.shown: True}) | ~good
