"""The port of a store: five methods over text, and the errors they may raise.

A store knows nothing of therapy. It keeps, for every course, a line of texts in the order they were appended, and
all of them once more in one order of its own, the feed. Nothing is ever changed or taken away.
It joins the transaction of its caller where there is one: it begins, commits and rolls back nothing of the caller's.

`iptengine.testing.check_store` tries every sentence of this contract on an implementation; that it joins the caller's
transaction only where it is told how to open one (`transaction=`), and that what it keeps is the same for whoever opens
the store again only where it is told how (`again=`). What cannot be tried from outside is the implementation's to
answer for: that a commit has reached the disk, and that a program stopped in the middle of an append leaves none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from iptengine.diagnostics import IptengineError
from iptengine.store.texts import as_text

if TYPE_CHECKING:
    from iptengine.course.course import Alert


class StoreError(IptengineError):
    """The store cannot do what it was asked. Its text names courses and digests, never what is stored.

    Attributes:
        alerts: Where a course is there and does not open, its risk alerts that no clinician has assessed: they stand in
            the structure, which needs no key. The clinic puts them here; a store leaves them empty.
    """

    alerts: tuple[Alert, ...] = ()


class StaleVersion(StoreError):
    """Somebody else has appended to the course since it was read. Read again, decide again, append again.

    Attributes:
        course: The course.
        expected: How many events the caller had seen.
    """

    def __init__(self, course: str, expected: int) -> None:
        self.course = course
        self.expected = expected
        super().__init__(f"the course does not stand at version {expected}: others have written to it")


class UnopenedCourse(StoreError):
    """One course cannot be read or written to as it stands; what it is about is this course, and no other.

    Attributes:
        course: The course.
    """

    def __init__(self, course: str, text: str) -> None:
        self.course = course
        super().__init__(text)


class _Unshown(tuple[str, ...]):
    """Stored texts that whoever shows an error with all it carries does not show (law 10)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} texts>"


class DamagedCourse(UnopenedCourse):
    """An event of a course is missing in the store, so what is there cannot be trusted.

    Attributes:
        course: The course.
        event: The number of the first event that is missing.
        left: The texts that are there, in their order: alerts among them can still be told.
    """

    def __init__(self, course: str, event: int, left: Sequence[str] = ()) -> None:
        self.event = event
        self.left: tuple[str, ...] = _Unshown(left)
        super().__init__(
            course, f"the course '{course}' is damaged in this store: its event {event} is missing; restore a backup"
        )


def whole(course: str, after: int, found: Iterable[tuple[int, object]]) -> tuple[str, ...]:
    """The texts of a course, read with their versions after its first `after`.

    Raises:
        DamagedCourse: A version between them is missing.
    """
    rows = [(version, as_text(text)) for version, text in found]
    texts = tuple([text for _, text in rows])
    missing = [n for n, (version, _) in enumerate(rows, after + 1) if version != n]
    if missing:
        raise DamagedCourse(course, missing[0], texts)
    return texts


class UnknownDigest(StoreError):
    """The store keeps no protocol of that digest."""

    def __init__(self, digest: str) -> None:
        self.digest = digest
        super().__init__("no protocol of that digest is kept in this store")


class Store(Protocol):
    """Where events live. Safe to be used from several threads and processes at once."""

    def read(self, course: str, after: int = 0) -> Sequence[str]:
        """The texts of a course after its first `after`, in the order they were appended.

        A course nobody has written to has none.
        """
        ...

    def append(self, course: str, events: Sequence[str], *, expected: int) -> None:
        """Keep `events` at the end of the course: all of them, or none.

        Args:
            course: The course.
            events: Texts in ASCII, one line each. With none, nothing happens.
            expected: How many texts the course has; the store decides by it alone who of several was first.

        Raises:
            StaleVersion: The course has another number of texts. Nothing was kept.
            StoreError: The store failed. Nothing was kept.
        """
        ...

    def feed(self, after: int = 0) -> Iterator[tuple[int, str, str]]:
        """Everything appended after the position `after`: position, course and text.

        Positions begin at 1 or above and grow; some may be left out. One that was seen never changes, and no text
        ever appears behind it: who remembers the last position misses nothing. Texts of one course come in their
        order.
        """
        ...

    def keep_protocol(self, digest: str, text: str) -> None:
        """Keep the whole text of a protocol under its digest; again with the same text changes nothing.

        Raises:
            StoreError: Another text is kept under that digest.
        """
        ...

    def protocol(self, digest: str) -> str:
        """The text kept under a digest.

        Raises:
            UnknownDigest: None is.
        """
        ...
