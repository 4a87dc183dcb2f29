"""The one piece between the clinic and its store: texts are read, opened and decoded here, and sealed and appended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from iptengine.course.codec import decode
from iptengine.course.course import Course
from iptengine.course.events import Event
from iptengine.course.evolve import fold
from iptengine.course.unread_alerts import of_a_missing_event
from iptengine.diagnostics import BadInput
from iptengine.engine.answers import UnknownCourse
from iptengine.protocol.protocol import Protocol
from iptengine.store.chain import chained, checked_key, opened, sealed_otherwise
from iptengine.store.ciphers import Choices, is_enciphered
from iptengine.store.keys import CourseKeys, KeyDestroyed
from iptengine.store.port import DamagedCourse, StaleVersion, Store, StoreError, UnopenedCourse
from iptengine.store.rows import Asked, Row, keeps_lists
from iptengine.store.secrecy import BESIDE_ENCIPHERED, Secrecy, others_have_keys
from iptengine.store.strays import Stray


@dataclass(frozen=True, slots=True, repr=False)
class History:
    """A course as a store has it.

    Attributes:
        course: The course.
        events: Everything recorded in it, in order.
        texts: What is stored of it.
        secret: Whether its patient text is enciphered.
    """

    course: Course
    events: tuple[Event, ...] = ()
    texts: Sequence[str] = ()
    secret: bool = False

    def __repr__(self) -> str:
        return f"<History {self.course.id}: {len(self.events)} events>"

    def at(self, version: int | None) -> Course:
        """The course as it stood after its first `version` events; with ``None``, as it stands.

        Raises:
            UnknownCourse: It has not come to that version.
            BadInput: It is no version.
        """
        course = self.course
        if version is None or version == course.version:
            return course
        if type(version) is not int:
            raise BadInput("version", "'version' must be a version of the course: a whole number")
        if not 0 < version < course.version:
            raise UnknownCourse(
                course.id, f"there is no version {version} of that course; it stands at {course.version}"
            )
        return fold(Course(course.id), self.events[:version])


FIRST = 100
"""Events of a store that are looked at before a course begins without a key."""
_SEALED_OTHERWISE = (
    "give the clinic the key of the store, and no other: Clinic(store, protocols, seal_key=...); or hand the course "
    "over to another store by export and import, which seals it anew; or look with ipt.verify. Nothing was recorded"
)


def said_under(key: str, events: Iterable[Event]) -> tuple[Event, ...]:
    """What was recorded under a key."""
    return tuple(event for event in events if event.command.startswith(f"{key}."))


class Records:
    """Courses in a store.

    Args:
        store: Where their texts are.
        seal_key: What events are sealed with (`iptengine.store.chain`).
        keys: What patient text is enciphered with (`iptengine.store.keys`); left out, it is not.
    """

    def __init__(self, store: Store, *, seal_key: bytes | None = None, keys: CourseKeys | None = None) -> None:
        self._store = store
        self._key = checked_key(seal_key)
        self._secrecy = Secrecy(keys)

    def there(self, course: str) -> bool:
        """Whether anything is recorded of a course."""
        return bool(self._store.read(course))

    def history(self, course: str) -> History:
        """A course and everything recorded in it.

        Raises:
            UnknownCourse: Nothing is.
            StoreError: It cannot be read whole, or the store failed; `StoreError.alerts` are those of what is left.
        """
        texts: Sequence[str] = ()
        try:
            texts = self._read(course)
            return self._history(course, texts, self._secrecy.opened(course, texts))
        except DamagedCourse as damaged:
            damaged.alerts = self._damaged(course, damaged).course.open_risk_alerts
            raise
        except StoreError as shut:
            shut.alerts = self._left(course, texts, str(shut)).course.open_risk_alerts if texts else ()
            raise

    def courses(self, courses: Iterable[str] | None) -> Iterator[Course]:
        """The courses named, each once, for a list; without names, every course of the store.

        Of one whose patient text does not open, or that lacks an event, what is left (`Course.unopened`): alerts stand
        in the structure, and one course that cannot be read holds back none of the others. Each is read by itself,
        since the feed does not show that an event is missing.
        """
        yield from (self.listed(course).course for course in self.ids(courses))

    def ids(self, courses: Iterable[str] | None) -> tuple[str, ...]:
        """The ids of the courses named, each once; without names, of every course of the store."""
        named = (course for _, course, _ in self._store.feed()) if courses is None else courses
        return tuple(dict.fromkeys(named))

    def listed(self, course: str, *, least: int = 0) -> History:
        """As `history`, for a list: of a course that cannot be read whole, what is left of it.

        Args:
            course: The course.
            least: How many events something else says it had; with fewer, its last ones are missing.

        Raises:
            UnknownCourse: Nothing is recorded of it.
        """
        try:
            texts = self._read(course)
            if len(texts) < least:
                raise DamagedCourse(course, len(texts) + 1, texts)
            return self._listed(course, texts)
        except DamagedCourse as damaged:
            return self._damaged(course, damaged)

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

    def check_begins(self) -> None:
        """Refuse to begin a course in the clear where others are enciphered, as the first events of the store show.

        All of them are not read for it: a program may make a clinic for each course that it begins.

        Raises:
            StoreError: The clinic has no keys, and others have worked with keys in this store.
        """
        if not self._secrecy.given and others_have_keys(self._store, FIRST):
            next_step = "give the clinic its keys: Clinic(store, protocols, keys=...); nothing was recorded"
            raise StoreError(f"{BESIDE_ENCIPHERED}: {next_step}")

    def check_goes_on(self, history: History) -> None:
        """Refuse to write to a course that is sealed otherwise than this clinic seals.

        Raises:
            UnopenedCourse: It is; says how.
        """
        course = history.course.id
        otherwise = sealed_otherwise(history.texts, course=course, key=self._key)
        if otherwise:
            shut = UnopenedCourse(course, f"{otherwise}: {_SEALED_OTHERWISE}")
            shut.alerts = history.course.open_risk_alerts
            raise shut

    def append(
        self, protocol: Protocol, history: History, texts: tuple[str, ...], *, row: Row | None = None
    ) -> None:  # fmt: skip
        """Keep texts at the end of a course as it was read: all of them, or none.

        Patient text is enciphered first, then everything sealed: a seal is checked without a key of the course.

        Args:
            protocol: The protocol of the course.
            history: The course as it was read.
            texts: Its new events.
            row: What the lists show of the course with them; kept where the store keeps such rows.

        Raises:
            StaleVersion: Others have written to the course since it was read; nothing was kept.
            UnopenedCourse: The course is sealed with another key; nothing was kept.
            StoreError: The store failed; nothing was kept.
        """
        self.check_goes_on(history)
        course, version = history.course.id, history.course.version
        try:
            texts = self._secrecy.enciphered(
                course, texts, after=version, secret=history.secret, choices=_choices(protocol)
            )
        except KeyDestroyed:
            if len(self._store.read(course)) != version:  # somebody has erased it since: that is on record by now
                raise StaleVersion(course, version) from None
            raise
        before = opened(history.texts[-1])[1] if history.texts else ""
        texts = chained(texts, course=course, after=version, before=before, key=self._key)
        if row is not None and keeps_lists(self._store):
            row = self._secrecy.hidden_row(row, secret=is_enciphered(texts[0]) if version == 0 else history.secret)
            self._store.append_listed(course, texts, expected=version, row=row)
        else:
            self._store.append(course, texts, expected=version)

    # Handing over

    def take_over(self, keep: Callable[[Store, bytes | None], None]) -> None:
        """Let a whole course be kept in the store, sealed with the key of this clinic."""
        keep(self._store, self._key)

    def read_of(self, course: str, texts: Sequence[str]) -> History:
        """A course from its texts, which may not be in the store; of one that does not open here, what is left."""
        return self._listed(course, texts)

    # Lists

    @property
    def keeps_lists(self) -> bool:
        """Whether the store keeps a row of what the lists show of each course."""
        return keeps_lists(self._store)

    def rows(self, asked: Asked) -> Iterator[Row]:
        """The rows that answer a question, and those that cannot tell; none where the store keeps none."""
        return self._store.rows(asked) if keeps_lists(self._store) else iter(())

    def strays(self, courses: frozenset[str] | None) -> tuple[Stray, ...]:
        """The courses whose row is gone or of another version; none where the store keeps no rows."""
        return tuple(self._store.strays(courses)) if keeps_lists(self._store) else ()

    def keep_rows(self, rows: Sequence[Row]) -> int:
        """Keep rows that were made again, each unless its course has moved on; how many were kept."""
        return self._store.keep_rows(rows) if rows and keeps_lists(self._store) else 0

    def hidden_row(self, history: History, row: Row) -> Row:
        """A row as it is to be kept: enciphered, where the patient text of its course is and was not erased."""
        return self._secrecy.hidden_row(row, secret=history.secret and history.course.erased is None)

    def row_text(self, row: Row) -> str | None:
        """The text of a row as it was before it was enciphered; ``None`` when it does not open here."""
        return self._secrecy.row_text(row)

    # Erasing

    def check_erasable(self, history: History) -> None:
        """Refuse to erase what cannot be erased.

        Raises:
            CannotErase: Says why.
        """
        self._secrecy.check_erasable(history.secret)

    def key_destroyed(self, course: str) -> bool:
        """Whether the key of a course is destroyed already.

        Raises:
            UnopenedCourse: There are no keys, or that of the course is lost.
        """
        return self._secrecy.destroyed(course)

    def destroy_key(self, course: str) -> None:
        """Destroy the key of a course; again changes nothing.

        Raises:
            StoreError: It could not be destroyed; say it again.
        """
        self._secrecy.destroy(course)

    def _read(self, course: str) -> Sequence[str]:
        texts = self._store.read(course)
        if not texts:
            raise UnknownCourse(course)
        return texts

    def _listed(self, course: str, texts: Sequence[str]) -> History:
        try:
            self._secrecy.check_known(course, texts)
            return self._history(course, texts, self._secrecy.opened(course, texts))
        except StoreError as error:
            return self._left(course, texts, str(error))

    def _damaged(self, course: str, damaged: DamagedCourse) -> History:
        left = self._left(course, damaged.left, str(damaged))
        missing = of_a_missing_event(left.course, left.events[-1].on)
        return replace(left, course=replace(left.course, alerts=(*left.course.alerts, missing)))

    def _left(self, course: str, texts: Sequence[str], unopened: str) -> History:
        left = self._history(course, texts, self._secrecy.left(course, texts))
        return replace(left, course=replace(left.course, unopened=unopened))

    def _history(self, course: str, texts: Sequence[str], clear: Iterable[str]) -> History:
        events = tuple(map(decode, clear))
        return History(fold(Course(course), events), events, texts, any(map(is_enciphered, texts)))


def _choices(protocol: Protocol) -> Choices:
    """The facts whose values the protocol lists."""
    return {name: fact.one_of for name, fact in protocol.spec.facts.items() if fact.one_of}
