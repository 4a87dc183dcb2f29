"""The one piece between the clinic and its store: texts are read, opened and decoded here, and sealed and appended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iptengine.answers import UnknownCourse
from iptengine.course.codec import decode
from iptengine.course.course import Course
from iptengine.course.events import Event
from iptengine.course.evolve import fold
from iptengine.protocol.protocol import Protocol
from iptengine.store.chain import chained, checked_key, opened
from iptengine.store.port import Store


@dataclass(frozen=True, slots=True, repr=False)
class History:
    """A course as a store has it.

    Attributes:
        course: The course.
        events: Everything recorded in it, in order.
        seal: The seal of its last event; ``""`` when it has none.
    """

    course: Course
    events: tuple[Event, ...] = ()
    seal: str = ""

    def __repr__(self) -> str:
        return f"<History {self.course.id}: {len(self.events)} events>"


class Records:
    """Courses in a store.

    Args:
        store: Where their texts are.
        seal_key: What events are sealed with (`iptengine.store.chain`).
    """

    def __init__(self, store: Store, *, seal_key: bytes | None = None) -> None:
        self._store = store
        self._key = checked_key(seal_key)

    def there(self, course: str) -> bool:
        """Whether anything is recorded of a course."""
        return bool(self._store.read(course))

    def history(self, course: str) -> History:
        """A course and everything recorded in it.

        Raises:
            UnknownCourse: Nothing is.
        """
        texts = self._store.read(course)
        if not texts:
            raise UnknownCourse(course)
        return _history(course, texts)

    def courses(self, courses: Iterable[str] | None) -> Iterator[Course]:
        """The courses named, each once; without names, every course of the store."""
        if courses is not None:
            yield from (self.history(course).course for course in dict.fromkeys(courses))
            return
        texts: dict[str, list[str]] = {}
        for _, course, text in self._store.feed():
            texts.setdefault(course, []).append(text)
        yield from (_history(course, found).course for course, found in texts.items())

    def naming(self, *words: str) -> Iterator[str]:
        """The courses that have a stored text with all these words in it, each once."""
        named = (course for _, course, text in self._store.feed() if all(word in text for word in words))
        yield from dict.fromkeys(named)

    def keep_protocol(self, protocol: Protocol) -> None:
        """Keep the whole of a protocol, so that a course under it can be read when the file is gone."""
        self._store.keep_protocol(protocol.digest, protocol.content)

    def protocol(self, digest: str) -> str:
        """The text that was kept of a protocol.

        Raises:
            UnknownDigest: None was kept under that digest.
        """
        return self._store.protocol(digest)

    def append(self, history: History, texts: tuple[str, ...]) -> None:
        """Keep texts at the end of a course as it was read: all of them, or none.

        Raises:
            StaleVersion: Others have written to the course since it was read; nothing was kept.
            StoreError: The store failed; nothing was kept.
        """
        course, version = history.course.id, history.course.version
        texts = chained(texts, course=course, after=version, before=history.seal, key=self._key)
        self._store.append(course, texts, expected=version)


def _history(course: str, texts: Iterable[str]) -> History:
    texts = tuple(texts)
    events = tuple(decode(text) for text in texts)
    return History(fold(Course(course), events), events, opened(texts[-1])[1])
