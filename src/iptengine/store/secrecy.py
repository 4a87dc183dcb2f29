"""The texts of courses between a clinic and its store: enciphered on the way in, opened on the way out.

A course is enciphered from its first event on, or not at all: what was begun in the clear stays in the clear, because
nothing can make that undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from iptengine.store.ciphers import Choices, enciphered, hidden, is_enciphered, is_hidden, opened, shown
from iptengine.store.keys import CourseKeys, KeyDestroyed
from iptengine.store.port import Store, StoreError, UnopenedCourse
from iptengine.store.rows import Row

_DESTROYED = (
    "the key of this course was destroyed, and no erasure of it is on record: its patient text cannot be read, and "
    "nothing more can be recorded in it; begin a new course for what has to be recorded now"
)
_NOT_AGAIN = (
    "the key of a course of this id was destroyed, and none is made for it again, so no course can begin under this "
    "id; choose another"
)
BESIDE_ENCIPHERED = (
    "the patient text of courses in this store is enciphered, and that of a course begun without keys could never be"
)
_ERASED = '"kind":"course_erased"'
"""What the text of that event holds; inside a text of JSON the quotes would be escaped."""


class CannotErase(StoreError):
    """The patient text of a course cannot be erased; the text says why. Nothing was recorded."""


def others_have_keys(store: Store, among: int | None = None) -> bool:
    """Whether an event of the store is enciphered; looked for among so many of the first ones, or among all."""
    return any(is_enciphered(text) for _, _, text in islice(store.feed(), among))


class Secrecy:
    """Enciphers and opens the texts of courses, with the keys of the clinic, or with none.

    Args:
        keys: Where the keys of courses live; left out, no course is enciphered.
    """

    def __init__(self, keys: CourseKeys | None = None) -> None:
        self._keys = keys

    @property
    def given(self) -> bool:
        """Whether the clinic has keys."""
        return self._keys is not None

    def opened(self, course: str, texts: Sequence[str]) -> tuple[str, ...]:
        """Texts as they were before they were enciphered; of an erased course, what is left of them.

        Once the erasure is on record the key is not asked for any more, whether it is gone yet or not.

        Raises:
            UnopenedCourse: The clinic has no keys, that of the course is lost, or a text does not open with it.
            StoreError: The key cannot be read.
        """
        texts = tuple(texts)
        if not any(map(is_enciphered, texts)):
            return texts
        erased = any(_ERASED in text for text in texts)
        key = None if erased else self._there(course).key(course)
        return tuple(opened(text, key, course=course, number=n) for n, text in enumerate(texts, 1))

    def check_known(self, course: str, texts: Sequence[str]) -> None:
        """Refuse to take for whole a course whose key was destroyed with no erasure on record.

        Raises:
            UnopenedCourse: It was; or there are no keys, or that of the course is lost.
        """
        if not any(map(is_enciphered, texts)) or any(_ERASED in text for text in texts):
            return
        if self.destroyed(course):
            raise KeyDestroyed(course, _DESTROYED)

    def left(self, course: str, texts: Sequence[str]) -> tuple[str, ...]:
        """What is left of texts without a key: markers for the words, as of an erased course."""
        return tuple(opened(text, None, course=course, number=n) for n, text in enumerate(texts, 1))

    def enciphered(
        self, course: str, texts: Sequence[str], *, after: int, secret: bool, choices: Choices
    ) -> tuple[str, ...]:
        """New texts of a course as they are to be kept, to stand after its first `after`.

        Args:
            course: The course, and `texts` as they were encoded.
            after: How many texts it has.
            secret: Whether those are enciphered.
            choices: The facts whose values the protocol lists.

        Raises:
            UnopenedCourse: The key of the course is lost or destroyed.
            StoreError: It cannot be kept.
        """
        if self._keys is None or (after and not secret):
            return tuple(texts)
        key = self._keys.key(course) if after else self._made(course)
        if key is None:
            if all(_ERASED in text for text in texts):  # holds no patient text: an erasure is put on record late
                return tuple(texts)
            raise KeyDestroyed(course, _DESTROYED)
        return tuple(
            enciphered(text, key, course=course, number=n, choices=choices, always=n == 1)
            for n, text in enumerate(texts, after + 1)
        )

    def _made(self, course: str) -> bytes:
        """The key of a course that begins."""
        try:
            return self._there(course).make(course)
        except KeyDestroyed:
            raise KeyDestroyed(course, _NOT_AGAIN) from None

    def hidden_row(self, row: Row, *, secret: bool) -> Row:
        """A row of the lists as it is to be kept; `secret` says whether the patient text of its course is enciphered.

        The whole text is: what the lists show is not taken apart into words and structure. Without its key there is
        nothing to keep, and the row is an empty one.
        """
        if not secret or not row.text:
            return row
        key = self._keys.key(row.course) if self._keys else None
        if key is None:
            return Row(row.course, row.version)
        return replace(row, text=hidden(row.text, key, bound=_bound(row)))

    def row_text(self, row: Row) -> str | None:
        """The text of a row as it was before `hidden_row`; ``None`` when it does not open here.

        A row says nothing that its course does not say, and can be made again: why it does not open is told there.
        """
        if not is_hidden(row.text):
            return row.text
        try:
            key = self._keys.key(row.course) if self._keys else None
            return None if key is None else shown(row.text, key, bound=_bound(row))
        except StoreError:
            return None

    def check_erasable(self, secret: bool) -> None:
        """Refuse to erase a course whose patient text nobody enciphered.

        Raises:
            CannotErase: It stands in the store in the clear, or the clinic has no keys.
        """
        if self._keys is None:
            raise CannotErase(
                "this clinic was given no keys, so it has no patient text that it could erase; "
                "give it the keys that the course was begun with: Clinic(store, protocols, keys=...)"
            )
        if not secret:
            raise CannotErase(
                "this course was begun before the clinic had keys: its patient text stands in the store in the clear, "
                "where nothing is ever changed or taken away, and destroying a key would erase none of it"
            )

    def destroyed(self, course: str) -> bool:
        """Whether the key of a course was destroyed.

        Raises:
            UnopenedCourse: There are no keys, or that of the course is lost.
        """
        return self._there(course).key(course) is None

    def destroy(self, course: str) -> None:
        """Destroy the key of a course.

        Raises:
            StoreError: It could not be destroyed; say it again.
        """
        self._there(course).destroy(course)

    def _there(self, course: str) -> CourseKeys:
        if self._keys is None:
            raise UnopenedCourse(
                course,
                "the patient text of this course is enciphered; give the clinic its keys: "
                "Clinic(store, protocols, keys=...), or --keys in the shell",
            )
        return self._keys


def _bound(row: Row) -> str:
    """What the text of a row is bound to, so that it cannot stand for another course, version, day or form."""
    return "\n".join(("row", row.course, str(row.version), row.made, row.since.isoformat(), row.until.isoformat()))
