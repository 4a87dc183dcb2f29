"""A question to the rows of the lists as a condition on their table."""

from __future__ import annotations

from django.db.models import Q

from iptengine.store.rows import Asked


def wanted(asked: Asked) -> Q:
    """`Asked.wants` for the database, its courses aside: what stands in the list, and what cannot tell."""
    if not asked.shown:
        return Q()
    good = Q(made__in=sorted(asked.made))
    if asked.on is not None:
        good &= Q(since__lte=asked.on.toordinal(), until__gte=asked.on.toordinal())
    return Q(**{asked.shown: True}) | ~good
