"""Both key stores keep the contract of the port, and the proof of it notices every key store that does not."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

import pytest

from iptengine.store.keys import KEY_BYTES, CourseKeys, FileKeys, KeyDestroyed, KeyLost, MemoryKeys
from iptengine.store.port import StoreError
from iptengine.testing import StoreContractBroken, check_keys


def test_keys_in_memory_keep_the_contract() -> None:
    check_keys(MemoryKeys)
    assert MemoryKeys().make("a") != MemoryKeys().make("a")


def test_keys_in_files_keep_the_contract(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    def fresh() -> FileKeys:
        shutil.rmtree(folder, ignore_errors=True)
        return FileKeys(folder)

    check_keys(fresh, again=lambda: FileKeys(folder))
    assert len(list(folder.iterdir())) == 1


# -- broken in one way each --------------------------------------------------------------------------------------


class Short(MemoryKeys):
    def make(self, course: str) -> bytes:
        return super().make(course)[:16]


class MadeAnew(MemoryKeys):
    def make(self, course: str) -> bytes:
        with self._lock:
            if self._keys.get(course, b"") is not None:
                self._keys[course] = os.urandom(KEY_BYTES)
        return super().make(course)


class GivenOutBeforeItIsKept(MemoryKeys):
    def make(self, course: str) -> bytes:
        made = super().make(course)
        return made if course in getattr(self, "known", ()) else self.first(course)

    def first(self, course: str) -> bytes:
        self.known = {*getattr(self, "known", ()), course}
        return os.urandom(KEY_BYTES)


class OneForAll(MemoryKeys):
    def make(self, course: str) -> bytes:
        key = super().make(course)
        with self._lock:
            first = next(key for key in self._keys.values() if key)
            self._keys[course] = first
        return first if key else key


class CutsNames(MemoryKeys):
    def key(self, course: str) -> bytes | None:
        return super().key(course[:32])

    def make(self, course: str) -> bytes:
        return super().make(course[:32])


class ReadsUnderscoresAsDashes(CutsNames):
    def key(self, course: str) -> bytes | None:
        return MemoryKeys.key(self, course.replace("_", "-"))

    def make(self, course: str) -> bytes:
        return MemoryKeys.make(self, course.replace("_", "-"))


class DestroysNothing(MemoryKeys):
    def destroy(self, course: str) -> None:
        self.key(course)


class ForgetsThatItDestroyed(MemoryKeys):
    def destroy(self, course: str) -> None:
        self.key(course)
        with self._lock:
            del self._keys[course]


class RisesAgain(MemoryKeys):
    """Makes a new key for a course whose key was destroyed: what is recorded with it would undo the erasure."""

    def make(self, course: str) -> bytes:
        with self._lock:
            if self._keys.get(course, b"") is None:
                del self._keys[course]
        return super().make(course)


class RisesAtTheSecondTime(MemoryKeys):
    """A destruction that is said again throws away what is known of the first."""

    def destroy(self, course: str) -> None:
        if self.key(course) is None:
            with self._lock:
                del self._keys[course]
        else:
            super().destroy(course)


class DestroysOthers(MemoryKeys):
    def destroy(self, course: str) -> None:
        super().destroy(course)
        with self._lock:
            self._keys = dict.fromkeys(self._keys)


class OnceOnly(MemoryKeys):
    def destroy(self, course: str) -> None:
        if self.key(course) is None:
            raise StoreError("destroyed already")
        super().destroy(course)


class LostIsDestroyed(MemoryKeys):
    def key(self, course: str) -> bytes | None:
        try:
            return super().key(course)
        except KeyLost:
            return None


class DestroysWhatIsNotThere(MemoryKeys):
    def destroy(self, course: str) -> None:
        with self._lock:
            self._keys[course] = None


class MarksWhatIsNotThere(MemoryKeys):
    def destroy(self, course: str) -> None:
        if course not in self._keys:
            with self._lock:
                self._keys[course] = None
            raise KeyLost(course)
        super().destroy(course)


class MadeByReading(MemoryKeys):
    def key(self, course: str) -> bytes | None:
        if course not in self._keys:
            self.make(course)
        return super().key(course)


class Derived(MemoryKeys):
    """Makes keys out of the names of courses: destroyed, they can be made again by anybody who knows how."""

    def make(self, course: str) -> bytes:
        with self._lock:
            self._keys.setdefault(course, hashlib.sha256(b"secret " + course.encode()).digest())
        return super().make(course)


class ShowsItself(MemoryKeys):
    def __repr__(self) -> str:
        return f"<ShowsItself {self._keys}>"


class NamesCourses(MemoryKeys):
    def __repr__(self) -> str:
        return f"<NamesCourses {list(self._keys)}>"


class TellsTheCourse(MemoryKeys):
    def make(self, course: str) -> bytes:
        if self._keys.get(course, b"") is None:
            raise KeyDestroyed(course, f"the key of {course} was destroyed")
        return super().make(course)


class KeepsTheOldKeyInItsError(MemoryKeys):
    def __init__(self) -> None:
        super().__init__()
        self.old: dict[str, bytes] = {}

    def destroy(self, course: str) -> None:
        self.old[course] = self.key(course) or b""
        super().destroy(course)

    def make(self, course: str) -> bytes:
        try:
            return super().make(course)
        except KeyDestroyed as error:
            error.add_note(f"it was {self.old[course].hex()}")
            raise


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (Short, "a key is 32 bytes"),
        (MadeAnew, "a course that has a key gets the same one again"),
        (GivenOutBeforeItIsKept, "the key that was made is the one that is read back"),
        (OneForAll, "every course has a key of its own"),
        (CutsNames, "every course has a key of its own"),
        (ReadsUnderscoresAsDashes, "every course has a key of its own"),
        (DestroysNothing, "a key that was destroyed is gone, and known to be"),
        (ForgetsThatItDestroyed, "a key that was destroyed is gone, and known to be"),
        (RisesAgain, "a course whose key was destroyed never gets one again"),
        (RisesAtTheSecondTime, "a key that was destroyed a second time is gone, and known to be"),
        (DestroysOthers, "the keys of other courses are not touched by a destruction"),
        (OnceOnly, "it refuses what the contract allows (StoreError: destroyed already)"),
        (LostIsDestroyed, "of a course that has no key, and had none, a key is lost, and not destroyed"),
        (DestroysWhatIsNotThere, "a key that is not there is not taken for destroyed"),
        (MarksWhatIsNotThere, "a destruction that found no key leaves nothing behind"),
        (MadeByReading, "of a course that has no key, and had none, a key is lost, and not destroyed"),
        (Derived, "a key is random: one made out of the name of its course could be made anew"),
        (ShowsItself, "its repr does not name a course"),
        (NamesCourses, "its repr does not name a course"),
        (TellsTheCourse, "an error does not name a course"),
        (KeepsTheOldKeyInItsError, "an error shows no key, and no part of one"),
    ],
)
def test_the_proof_notices_a_key_store_that_breaks_one_sentence(broken: type[MemoryKeys], sentence: str) -> None:
    with pytest.raises(StoreContractBroken) as no:
        check_keys(broken, threads=1)
    assert str(no.value).startswith(f"the key store breaks the contract: {sentence}")


# -- several at once, and another process ------------------------------------------------------------------------


class LooksThenMakes(MemoryKeys):
    """Looks whether there is a key, and makes one later: right for one, wrong for two."""

    def make(self, course: str) -> bytes:
        if course not in self._keys:
            made = os.urandom(KEY_BYTES)
            time.sleep(0.001)
            self._keys[course] = made
        found = self._keys[course]
        if found is None:
            raise KeyDestroyed(course)
        return found


class WritesOverTheTombstone(MemoryKeys):
    """Writes a key back that was destroyed while it was looked at."""

    def make(self, course: str) -> bytes:
        found = super().make(course)
        time.sleep(0.01)
        self._keys[course] = found
        return found


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (LooksThenMakes, "of several who make the key of a course at once all get the same one"),
        (WritesOverTheTombstone, "a key that is destroyed while others ask for it stays destroyed"),
    ],
)
def test_the_proof_notices_what_only_several_at_once_bring_about(broken: type[MemoryKeys], sentence: str) -> None:
    check_keys(broken, threads=1)
    with pytest.raises(StoreContractBroken) as no:
        check_keys(broken)
    assert str(no.value) == f"the key store breaks the contract: {sentence}"


class Remembers(FileKeys):
    """Keeps what it has read once, also when somebody else destroys it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._read: dict[str, bytes] = {}

    def key(self, course: str) -> bytes | None:
        return self._read.get(course) or super().key(course)

    def make(self, course: str) -> bytes:
        return self._read.setdefault(course, super().make(course))

    def destroy(self, course: str) -> None:
        self._read.pop(course, None)
        super().destroy(course)


def test_the_proof_notices_a_key_that_lives_on_in_the_memory_of_another_process(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    def fresh() -> CourseKeys:
        shutil.rmtree(folder, ignore_errors=True)
        return Remembers(folder)

    check_keys(fresh, threads=1)
    with pytest.raises(StoreContractBroken, match="a key that somebody else has destroyed is gone here, too"):
        check_keys(fresh, again=lambda: Remembers(folder), threads=1)


def test_the_proof_notices_keys_that_end_with_the_program() -> None:
    with pytest.raises(StoreContractBroken, match=r"it refuses what the contract allows \(KeyLost: "):
        check_keys(MemoryKeys, again=MemoryKeys, threads=1)
