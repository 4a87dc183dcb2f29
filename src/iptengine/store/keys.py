"""The keys of courses: one for each, kept apart from the store, so that destroying a key erases what it hid.

A key that was destroyed and one that is merely not there are two things: the first says that the patient text was
erased on purpose, the second that the clinic has lost it, and that is an error.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Protocol

from iptengine.store.folders import synced
from iptengine.store.port import StoreError, UnopenedCourse

KEY_BYTES = 32
"""How long a key is: AES-256."""

_DESTROYED = b"destroyed\n"
_NOT_TAKEN_IN = (
    "the key of this course was destroyed here on purpose, and is not taken in again: its patient text stays erased. "
    "Nothing was changed; whoever brought the key still has it, and with it can read every copy of the course"
)


class KeyLost(UnopenedCourse):
    """There is no key for a course, and none was destroyed: what is enciphered cannot be read.

    Attributes:
        course: The course.
    """

    def __init__(self, course: str) -> None:
        super().__init__(
            course,
            "the key of this course is not there, and it was not destroyed on purpose: its patient text cannot be "
            "read; bring the keys back from where they are kept safe",
        )


class KeyDestroyed(UnopenedCourse):
    """The key of a course was destroyed: none is ever made for it again. The text says what follows where it is met.

    Attributes:
        course: The course.
    """

    def __init__(self, course: str, text: str = "") -> None:
        super().__init__(
            course,
            text or "the key of this course was destroyed on purpose, and none is made or taken in for it again",
        )


class CourseKeys(Protocol):
    """Where the keys of courses live. Safe to be used from several threads and processes at once.

    `iptengine.testing.check_keys` proves that an implementation keeps this contract.
    """

    def key(self, course: str) -> bytes | None:
        """The key of a course, 32 bytes; ``None`` when it was destroyed.

        Raises:
            KeyLost: There is none, and none was destroyed.
            StoreError: It cannot be read.
        """
        ...

    def make(self, course: str) -> bytes:
        """The key of a course, made now if it has none, and kept for good before it is given out.

        Raises:
            KeyDestroyed: It had one.
            StoreError: It cannot be kept.
        """
        ...

    def destroy(self, course: str) -> None:
        """Destroy the key of a course, and remember that it was; again changes nothing.

        Raises:
            KeyLost: There is none; nothing is remembered.
            StoreError: It could not be destroyed. Say it again.
        """
        ...


class MemoryKeys:
    """Keys that live as long as the program: for tests.

    Example:
        >>> keys = MemoryKeys()
        >>> len(keys.make("a")), keys.make("a") == keys.key("a")
        (32, True)
        >>> keys.destroy("a")
        >>> keys.key("a") is None
        True
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._keys: dict[str, bytes | None] = {}

    def __repr__(self) -> str:
        return f"<MemoryKeys of {len(self._keys)} courses>"

    def key(self, course: str) -> bytes | None:
        """See `CourseKeys.key`."""
        with self._lock:
            if course not in self._keys:
                raise KeyLost(course)
            return self._keys[course]

    def make(self, course: str) -> bytes:
        """See `CourseKeys.make`."""
        with self._lock:
            found = self._keys.setdefault(course, os.urandom(KEY_BYTES))
        if found is None:
            raise KeyDestroyed(course)
        return found

    def destroy(self, course: str) -> None:
        """See `CourseKeys.destroy`."""
        with self._lock:
            if course not in self._keys:
                raise KeyLost(course)
            self._keys[course] = None


class FileKeys:
    """Keys in a folder: one file for each course, readable by its owner alone.

    The folder must lie outside the store and outside what is backed up with it: a key in a backup is not destroyed.
    A file is named by a digest of the course's id. A key that was destroyed leaves a file that says so, and no key.

    Args:
        folder: Made when it is not there; the folder above it must be.

    Raises:
        StoreError: The folder cannot be made.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)
        with _told("the folder of the keys cannot be made"):
            self._folder.mkdir(mode=0o700, exist_ok=True)

    def __repr__(self) -> str:
        return "<FileKeys>"

    def key(self, course: str) -> bytes | None:
        """See `CourseKeys.key`."""
        with _told("the key of this course cannot be read"):
            try:
                text = self._file(course).read_bytes()
            except FileNotFoundError:
                text = None
            if self._tombstone(course).exists():  # looked for last: it is there before the key is written over
                return None
        if text is None:
            raise KeyLost(course)
        return _key_in(course, text)

    def make(self, course: str) -> bytes:
        """See `CourseKeys.make`."""
        return self._kept(course, os.urandom(KEY_BYTES))

    def take_in(self, course: str, key: bytes) -> None:
        """Keep a key that was made elsewhere: of a course that was handed over, or that came out of a backup.

        Args:
            course: The course.
            key: As `key` of the other key store gives it.

        Raises:
            KeyDestroyed: The key of this course was destroyed here, on purpose.
            StoreError: It is no key, another one is kept for this course, or it cannot be kept.

        Example:
            >>> import tempfile
            >>> here, there = MemoryKeys(), FileKeys(tempfile.mkdtemp())
            >>> there.take_in("a", here.make("a"))
            >>> there.key("a") == here.key("a")
            True
        """
        if len(key) != KEY_BYTES:
            raise StoreError(f"this is no key of a course: it has {len(key)} bytes, and a key has {KEY_BYTES}")
        try:
            kept = self._kept(course, key)
        except KeyDestroyed:
            raise KeyDestroyed(course, _NOT_TAKEN_IN) from None
        if kept != key:
            raise StoreError("another key is kept for this course; nothing was changed")

    def _kept(self, course: str, new: bytes) -> bytes:
        """The key that is kept for a course, which is this one if there was none."""
        made = self._file(course)
        with _told("the key of this course cannot be kept"):
            if not made.exists() and not self._tombstone(course).exists():
                self._written(made, new.hex().encode() + b"\n")
            synced(self._folder)  # also what another has made just now
            found = self.key(course)
        if found is None:
            self.destroy(course)  # somebody destroyed it while this one was made
            raise KeyDestroyed(course)
        return found

    def destroy(self, course: str) -> None:
        """See `CourseKeys.destroy`."""
        made, tombstone = self._file(course), self._tombstone(course)
        with _told("the key of this course could not be destroyed; say it again"):
            if not tombstone.exists():
                if not made.exists():
                    raise KeyLost(course)
                self._written(tombstone, _DESTROYED)
            for file in (made, *self._folder.glob(f"{made.name}.new-*")):
                _overwritten(file)
            synced(self._folder)

    def _file(self, course: str) -> Path:
        return self._folder / hashlib.sha256(b"iptengine key of " + course.encode("utf-8", "surrogatepass")).hexdigest()

    def _tombstone(self, course: str) -> Path:
        return self._file(course).with_suffix(".destroyed")

    def _written(self, file: Path, text: bytes) -> None:
        """Write a file whole or not at all, unless it is there already; it is on the disk when this returns."""
        new = file.with_name(f"{file.name}.new-{os.urandom(8).hex()}")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            try:
                _write_all(handle, text)
                os.fsync(handle)
            finally:
                os.close(handle)
            with suppress(FileExistsError):  # what another has just written is the one that counts
                os.link(new, file)  # unlike a rename, this never takes its place
        finally:
            new.unlink()
        synced(self._folder)


def _write_all(handle: int, text: bytes) -> None:
    """Write all of it: one call may write less than it was given, and say nothing."""
    while text:
        text = text[os.write(handle, text) :]


def _key_in(course: str, text: bytes) -> bytes:
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UnopenedCourse(
            course,
            "the key of this course is damaged: its file does not hold a key; "
            "bring the file back from where the keys are kept safe",
        )
    return key


def _overwritten(file: Path) -> None:
    """Write over what a file held, in its place, and take the file away."""
    try:
        handle = os.open(file, os.O_WRONLY)
    except FileNotFoundError:
        return
    try:
        _write_all(handle, b"0" * os.fstat(handle).st_size)
        os.fsync(handle)
    finally:
        os.close(handle)
    file.unlink(missing_ok=True)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say what could not be done with the files; where they lie is for the caller to know."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{what}: {error.strerror or 'the file system failed'}") from None
