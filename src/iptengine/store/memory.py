"""A store that lives as long as the program: for trying out, for tests, for simulation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from threading import RLock

from iptengine.store.port import StaleVersion, StoreError, UnknownDigest
from iptengine.store.rows import Asked, Row, check_row
from iptengine.store.strays import Stray


class MemoryStore:
    """Events in memory, safe to share between threads; gone with the program.

    Example:
        >>> store = MemoryStore()
        >>> store.append("a", ['{"v":1}'], expected=0)
        >>> store.read("a")
        ('{"v":1}',)
        >>> list(store.feed())
        [(1, 'a', '{"v":1}')]
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._courses: defaultdict[str, list[str]] = defaultdict(list)
        self._feed: list[tuple[int, str, str]] = []
        self._protocols: dict[str, str] = {}
        self._rows: dict[str, Row] = {}

    def __repr__(self) -> str:
        return f"<MemoryStore of {len(self._courses)} courses>"

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        """The texts of a course after its first `after`."""
        with self._lock:
            return tuple(self._courses.get(course, ())[max(after, 0) :])

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        """Keep `events` at the end of the course, if it has `expected` texts; otherwise `StaleVersion`."""
        events = tuple(events)
        if not events:
            return
        with self._lock:
            if expected != len(self._courses.get(course, ())):
                raise StaleVersion(course, expected)
            self._courses[course].extend(events)
            first = len(self._feed) + 1
            self._feed.extend((position, course, text) for position, text in enumerate(events, first))
            self._rows[course] = Row(course, expected + len(events))

    def feed(self, after: int = 0) -> Iterator[tuple[int, str, str]]:
        """Everything appended after a position: position, course and text."""
        with self._lock:
            found = self._feed[max(after, 0) :]
        return iter(found)

    def keep_protocol(self, digest: str, text: str) -> None:
        """Keep a protocol's text under its digest; `StoreError` when it has another one."""
        with self._lock:
            if self._protocols.setdefault(digest, text) != text:
                raise StoreError("another text is kept under that digest")

    def protocol(self, digest: str) -> str:
        """The text kept under a digest; `UnknownDigest` when there is none."""
        with self._lock:
            if digest not in self._protocols:
                raise UnknownDigest(digest)
            return self._protocols[digest]

    # Lists

    def append_listed(self, course: str, events: Sequence[str], *, expected: int, row: Row) -> None:
        """As `append`, and the row of the course with it."""
        events = tuple(events)
        check_row(row, course, expected + len(events))
        if not events:
            return
        with self._lock:
            self.append(course, events, expected=expected)
            self._rows[course] = row

    def rows(self, asked: Asked) -> Iterator[Row]:
        """The rows that are asked for, in the order of their courses' names."""
        with self._lock:
            found = [row for row in self._rows.values() if asked.wants(row)]
        return iter(sorted(found, key=lambda row: row.course))

    def strays(self, courses: frozenset[str] | None = None) -> Iterator[Stray]:
        """The courses whose row is gone or of another version."""
        with self._lock:
            stand = {course: (len(texts), self._rows.get(course)) for course, texts in self._courses.items() if texts}
        found = (Stray(course, version, row.version if row else 0) for course, (version, row) in stand.items())
        return (one for one in found if one.row != one.version and (courses is None or one.course in courses))

    def keep_rows(self, rows: Iterable[Row]) -> int:
        """Put rows that are at the version of their course in the place of those that are there; how many were."""
        with self._lock:
            fitting = {row.course: row for row in rows if 0 < row.version == len(self._courses.get(row.course, ()))}
            self._rows.update(fitting)
        return len(fitting)
