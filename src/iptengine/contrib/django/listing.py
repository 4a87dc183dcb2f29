"""Questions to the rows of the lists: as a condition on their table, and which courses they leave out."""

from __future__ import annotations

import json
from typing import cast

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from iptengine.contrib.django.models import ListedCourse, StoredEvent
from iptengine.store.rows import Asked
from iptengine.store.strays import Dialect, Stray, stray_of, strays_sql


def wanted(asked: Asked) -> Q:
    """`Asked.wants` for the database, its courses aside: what stands in the list, and what cannot tell."""
    if not asked.shown:
        return Q()
    good = Q(made__in=sorted(asked.made))
    if asked.on is not None:
        good &= Q(since__lte=asked.on.toordinal(), until__gte=asked.on.toordinal())
    # Whatever is not plainly "no": SQLite keeps what somebody wrote there.
    return ~Q(**{f"{asked.shown}__in": (False,)}) | ~good


def strays(connection: BaseDatabaseWrapper, courses: frozenset[str] | None) -> list[Stray]:
    """The courses whose row is gone or of another version, of all or of those named."""
    dialect = cast("Dialect", connection.vendor)
    events, lists = (connection.ops.quote_name(model._meta.db_table) for model in (StoredEvent, ListedCourse))
    statement = strays_sql(dialect, events, lists, "" if courses is None else "%s")
    names = sorted(courses or ())
    named = () if courses is None else (json.dumps(names) if dialect == "sqlite" else names,)
    with connection.cursor() as cursor:
        cursor.execute(statement, named)
        return [stray_of(found) for found in cursor.fetchall()]
