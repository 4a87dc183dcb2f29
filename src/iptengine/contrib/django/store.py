"""The port of a store over Django's own connection: in the caller's transaction, and never ending it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import TypeVar

from django.db import Error, IntegrityError, connections, transaction
from django.db.models import Max, QuerySet
from django.views.decorators.debug import sensitive_variables

from iptengine.contrib.django.durability import make_durable, take_turn, turn_is_free
from iptengine.contrib.django.listing import strays, wanted
from iptengine.contrib.django.models import KeptProtocol, ListedCourse, StoredEvent
from iptengine.contrib.django.telling import ReadOnly, failed
from iptengine.store.paging import page_by_page
from iptengine.store.port import StaleVersion, StoreError, UnknownDigest, whole
from iptengine.store.rows import Asked, Row, check_row, columns, row_of
from iptengine.store.strays import Stray
from iptengine.store.taken import somebody_was_first
from iptengine.store.texts import as_text

T = TypeVar("T")

PAGE = 500
"""How many events of the feed are fetched at a time."""


class DjangoStore:
    """Events in a database of a Django project, on the connection and in the transaction of the caller.

    Inside the caller's ``transaction.atomic()`` nothing is kept before that block ends, and nothing if it is rolled
    back; a call that fails is undone alone, and the block can go on. Outside of one, every append is its own
    transaction.

    Args:
        using: The alias of the database, as in ``DATABASES``.

    Example:
        >>> from iptengine.contrib.django import DjangoStore  # doctest: +SKIP
        >>> with transaction.atomic():  # doctest: +SKIP
        ...     patient.course_id = ipt.Clinic(DjangoStore(), protocols).start("ipt-adult", by=anna, on=day).course.id
        ...     patient.save()
    """

    def __init__(self, using: str = "default") -> None:
        self._using = using

    def __repr__(self) -> str:
        return f"<DjangoStore using {self._using!r}>"

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        """The texts of a course after its first `after`; `DamagedCourse` when one of them is missing."""
        after = max(after, 0)
        mine = StoredEvent.objects.using(self._using).filter(course=course, version__gt=after).order_by("version")
        found = self._asked(lambda: list(mine.values_list("version", "text")))
        return whole(course, after, found)

    @sensitive_variables()
    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        """Keep `events` at the end of the course, if it has `expected` texts; otherwise `StaleVersion`."""
        self.append_listed(course, events, expected=expected, row=Row(course, expected + len(events)))

    @sensitive_variables()
    def append_listed(self, course: str, events: Sequence[str], *, expected: int, row: Row) -> None:
        """As `append`, and the row of the course with it."""
        events = tuple(events)
        check_row(row, course, expected + len(events))
        if events and not self._asked(lambda: self._appended(course, events, expected, row)):
            raise StaleVersion(course, expected)

    @sensitive_variables()
    def _appended(self, course: str, events: Sequence[str], expected: int, row: Row) -> bool:
        """Whether the course had `expected` texts. The unique key decides, whatever was seen before."""
        mine = StoredEvent.objects.using(self._using)
        rows = [StoredEvent(course=course, version=n, text=text) for n, text in enumerate(events, expected + 1)]
        try:
            with transaction.atomic(self._using):
                take_turn(connections[self._using])
                stands = mine.filter(course=course).aggregate(last=Max("version"))["last"] or 0
                if stands == expected:
                    mine.bulk_create(rows)
                    self._list(row)
        except IntegrityError as error:
            if not somebody_was_first(error.__cause__):
                raise
            return False
        return bool(stands == expected)

    def feed(self, after: int = 0) -> Iterator[tuple[int, str, str]]:
        """Everything appended after a position: position, course and text; read in pages, up to now."""
        mine = StoredEvent.objects.using(self._using).order_by("position")
        last = self._asked(lambda: mine.aggregate(last=Max("position"))["last"] or 0)

        def page(seen: int | None) -> list[tuple[int, str, str]]:
            if seen is not None and seen >= last:
                return []
            rest = mine.filter(position__gt=seen or 0, position__lte=last).values_list("position", "course", "text")
            found = self._asked(lambda: list(rest[:PAGE]))
            return [(position, as_text(course), as_text(text)) for position, course, text in found]

        return page_by_page(page, itemgetter(0), max(after, 0))

    def keep_protocol(self, digest: str, text: str) -> None:
        """Keep a protocol's text under its digest; `StoreError` when it has another one."""
        if self._asked(lambda: self._kept(digest, text)) != text:
            raise StoreError("another text is kept under that digest")

    def _kept(self, digest: str, text: str) -> str:
        with transaction.atomic(self._using):
            make_durable(connections[self._using])
            kept, _ = KeptProtocol.objects.using(self._using).get_or_create(digest=digest, defaults={"text": text})
        return str(kept.text)

    def protocol(self, digest: str) -> str:
        """The text kept under a digest; `UnknownDigest` when there is none."""
        found = KeptProtocol.objects.using(self._using).filter(digest=digest).values_list("text", flat=True)
        text = self._asked(found.first)
        if text is None:
            raise UnknownDigest(digest)
        return as_text(text)

    # Lists

    def rows(self, asked: Asked) -> Iterator[Row]:
        """The rows that are asked for, in the order of their courses' names; read in pages."""
        mine = ListedCourse.objects.using(self._using).filter(wanted(asked)).order_by("course")
        if asked.courses is None:
            yield from self._every_row(mine)
            return
        named = sorted(asked.courses)
        for first in range(0, len(named), PAGE):
            yield from self._page(mine.filter(course__in=named[first : first + PAGE]))

    def _every_row(self, mine: QuerySet[ListedCourse]) -> Iterator[Row]:
        return page_by_page(
            lambda after: self._page(mine if after is None else mine.filter(course__gt=after)), attrgetter("course")
        )

    def _page(self, mine: QuerySet[ListedCourse]) -> list[Row]:
        return self._asked(lambda: [row_of(kept) for kept in mine[:PAGE]])

    def strays(self, courses: frozenset[str] | None = None) -> Iterator[Stray]:
        """The courses whose row is gone or of another version, by one statement."""
        return iter(self._asked(lambda: strays(connections[self._using], courses)))

    @sensitive_variables()
    def keep_rows(self, rows: Iterable[Row]) -> int:
        """Put rows that are at the version of their course in the place of those there; none while somebody appends."""
        given = tuple(rows)
        try:
            return self._asked(lambda: self._filled(given)) if given else 0
        except ReadOnly:
            return 0

    @sensitive_variables()
    def _filled(self, rows: Sequence[Row]) -> int:
        with transaction.atomic(self._using):
            if not turn_is_free(connections[self._using]):
                return 0
            return sum(map(self._put, rows))

    @sensitive_variables()
    def _put(self, row: Row) -> int:
        """Write a row in the place of that of its course, or where none is, if the course is at its version."""
        mine = StoredEvent.objects.using(self._using).filter(course=row.course)
        if not row.version or mine.aggregate(last=Max("version"))["last"] != row.version:
            return 0
        self._list(row)
        return 1

    @sensitive_variables()
    def _list(self, row: Row) -> None:
        listed = ListedCourse.objects.using(self._using)
        if not listed.filter(course=row.course).update(**columns(row)):
            listed.create(course=row.course, **columns(row))

    @sensitive_variables()
    def _asked(self, ask: Callable[[], T]) -> T:
        """What the database answers. Its own errors, and the frames they came through, may show what is stored."""
        try:
            return ask()
        except (Error, UnicodeError) as error:
            told = failed(error, self._using)
        raise told
