"""A key is made once, read again, destroyed for good; one that is lost is never taken for one that was destroyed."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from iptengine.store.keys import CourseKeys, FileKeys, KeyDestroyed, KeyLost, MemoryKeys
from iptengine.store.port import StoreError


@pytest.fixture(params=["memory", "files"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> CourseKeys:
    return MemoryKeys() if request.param == "memory" else FileKeys(tmp_path / "keys")


def test_a_key_is_made_once_and_read_again(keys: CourseKeys) -> None:
    made = keys.make("a")
    assert len(made) == 32
    assert (keys.key("a"), keys.make("a")) == (made, made)
    assert keys.make("b") != made


def test_a_destroyed_key_is_gone_and_none_is_made_anew(keys: CourseKeys) -> None:
    keys.make("a")
    other = keys.make("b")
    keys.destroy("a")
    keys.destroy("a")
    assert keys.key("a") is None
    told = "^the key of this course was destroyed on purpose, and none is made or taken in for it again$"
    with pytest.raises(KeyDestroyed, match=told):
        keys.make("a")
    assert keys.key("b") == other


def test_a_lost_key_is_not_taken_for_a_destroyed_one(keys: CourseKeys) -> None:
    told = (
        "^the key of this course is not there, and it was not destroyed on purpose: its patient text cannot be read; "
        "bring the keys back from where they are kept safe$"
    )
    with pytest.raises(KeyLost, match=told):
        keys.key("a")
    with pytest.raises(KeyLost, match=told):
        keys.destroy("a")


def test_no_repr_shows_a_key_or_a_course(keys: CourseKeys) -> None:
    key = keys.make("wilhelmina")
    assert repr(keys) in ("<MemoryKeys of 1 courses>", "<FileKeys>")
    assert key.hex() not in repr(keys)


def test_many_who_begin_a_course_at_once_get_one_key(keys: CourseKeys) -> None:
    with ThreadPoolExecutor(8) as many:
        assert len(set(many.map(lambda _: keys.make("a"), range(32)))) == 1


# -- files -------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def everything(folder: Path) -> bytes:
    return b"\n".join(file.name.encode() + b" " + file.read_bytes() for file in sorted(folder.iterdir()))


def test_a_key_file_is_for_its_owner_alone_and_does_not_name_the_course(folder: Path) -> None:
    FileKeys(folder).make("wilhelmina")
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "wilhelmina" not in file.name
    assert file.read_bytes() == FileKeys(folder).make("wilhelmina").hex().encode() + b"\n"


def test_of_a_destroyed_key_nothing_is_left_but_that_it_was(folder: Path) -> None:
    keys = FileKeys(folder)
    key = keys.make("a")
    (file,) = folder.iterdir()
    beside = folder / f"{file.name}.new-0123"  # left by a crash
    os.link(file, beside)
    kept = os.open(file, os.O_RDONLY)
    keys.destroy("a")
    assert [left.read_bytes() for left in folder.iterdir()] == [b"destroyed\n"]
    assert os.read(kept, 100) == b"0" * 65  # written over where it lay, not only unnamed
    os.close(kept)
    assert key.hex().encode() not in everything(folder)


def test_a_destruction_that_a_crash_cut_short_is_finished_when_it_is_said_again(folder: Path) -> None:
    keys = FileKeys(folder)
    key = keys.make("a")
    (file,) = folder.iterdir()
    (folder / f"{file.name}.destroyed").write_bytes(b"destroyed\n")
    assert keys.key("a") is None
    with pytest.raises(KeyDestroyed):
        keys.make("a")
    assert key.hex().encode() not in everything(folder)


@pytest.mark.parametrize("text", [b"", b"00", b"0" * 65, b"x" * 64, b"\xff" * 65, b"ab" * 33])
def test_a_damaged_key_is_said_to_be_damaged(folder: Path, text: bytes) -> None:
    keys = FileKeys(folder)
    keys.make("a")
    (file,) = folder.iterdir()
    file.write_bytes(text)
    told = (
        "^the key of this course is damaged: its file does not hold a key; bring the file back from where the keys are "
        "kept safe$"
    )
    for ask in (keys.key, keys.make):
        with pytest.raises(StoreError, match=told) as no:
            ask("a")
        assert not isinstance(no.value, KeyLost)
    assert file.read_bytes() == text  # nothing is put in its place: it may be mended
    keys.destroy("a")
    assert (keys.key("a"), [left.read_bytes() for left in folder.iterdir()]) == (None, [b"destroyed\n"])


def test_a_key_is_written_whole_although_the_system_takes_little_at_a_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    keys = FileKeys(folder)
    with monkeypatch.context() as slow:
        slow.setattr(os, "write", lambda handle, text: real(handle, text[:10]))
        key = keys.make("a")
    (file,) = folder.iterdir()
    assert file.read_bytes() == key.hex().encode() + b"\n"
    kept = os.open(file, os.O_RDONLY)
    with monkeypatch.context() as slow:
        slow.setattr(os, "write", lambda handle, text: real(handle, text[:10]))
        keys.destroy("a")
    assert os.read(kept, 100) == b"0" * 65
    os.close(kept)


def test_a_folder_that_was_taken_away_loses_no_key_and_makes_none(folder: Path, tmp_path: Path) -> None:
    keys = FileKeys(folder)
    key = keys.make("a")
    folder.rename(tmp_path / "elsewhere")
    for ask in (keys.key, keys.destroy):
        with pytest.raises(KeyLost):
            ask("a")
    with pytest.raises(StoreError, match=r"^the key of this course cannot be kept: No such file or directory$"):
        keys.make("b")
    (tmp_path / "elsewhere").rename(folder)
    assert keys.key("a") == key


# -- other processes, and other users ----------------------------------------------------------------------------

MANY = """
import hashlib, sys, iptengine as ipt
keys = ipt.FileKeys(sys.argv[1])
sys.stdin.readline()
made = [keys.make(f"course-{number}") for number in range(40)]
print(hashlib.sha256(b"".join(made)).hexdigest())
"""


def test_several_processes_on_one_folder_get_the_same_keys(folder: Path) -> None:
    run = [sys.executable, "-c", MANY, str(folder)]
    several = [subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for one in several:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    told = {one.communicate()[0] for one in several}
    made = [FileKeys(folder).make(f"course-{number}") for number in range(40)]
    assert told == {hashlib.sha256(b"".join(made)).hexdigest() + "\n"}
    assert len(list(folder.iterdir())) == 40


NOBODY = """
import os, sys, iptengine as ipt
folder, act, course = sys.argv[1:]
ipt.FileKeys, ipt.StoreError
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    keys = ipt.FileKeys(folder)
    found = getattr(keys, act)(course)
    print(found.hex() if found else found)
except ipt.StoreError as error:
    print(f"{type(error).__name__}: {error}")
"""


def as_nobody(folder: Path, act: str, course: str) -> str:
    """What a program prints that may read the folder and not write to it; root could."""
    asked = [sys.executable, "-c", NOBODY, str(folder), act, course]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def locked() -> Iterator[Path]:
    """A folder with the key of course 'a', which nobody may write to, and which everybody may look at."""
    above = Path(tempfile.mkdtemp(prefix="iptengine-keys-"))
    folder = above / "keys"
    FileKeys(folder).make("a")
    above.chmod(0o555)
    folder.chmod(0o555)
    yield folder
    above.chmod(0o755)
    folder.chmod(0o755)
    shutil.rmtree(above)


def test_a_folder_that_cannot_be_written_to_is_told_and_its_keys_can_still_be_read(locked: Path) -> None:
    (file,) = locked.iterdir()
    key = FileKeys(locked).make("a")
    file.chmod(0o444)
    assert as_nobody(locked, "key", "a") == as_nobody(locked, "make", "a") == key.hex()
    assert as_nobody(locked, "make", "b") == "StoreError: the key of this course cannot be kept: Permission denied"
    told = "StoreError: the key of this course could not be destroyed; say it again: Permission denied"
    assert as_nobody(locked, "destroy", "a") == told
    assert as_nobody(locked.parent / "other", "key", "a") == (
        "StoreError: the folder of the keys cannot be made: Permission denied"
    )
    assert FileKeys(locked).key("a") == key


def test_a_key_file_of_somebody_else_is_not_taken_for_a_lost_one(locked: Path) -> None:
    (file,) = locked.iterdir()
    file.chmod(0o000)
    assert as_nobody(locked, "key", "a") == "StoreError: the key of this course cannot be read: Permission denied"


def failing(name: str, times: int) -> Callable[..., Any]:
    real, left = getattr(os, name), [times]

    def fail(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device", "/secret/place")
        return real(*given, **named)

    return fail


MOMENTS = [("open", 1), ("open", 2), ("write", 1), ("fsync", 1), ("fsync", 2), ("fsync", 3), ("link", 1)]


@pytest.mark.parametrize(("name", "times"), MOMENTS)
def test_a_key_that_could_not_be_kept_is_not_given_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, times: int
) -> None:
    keys = FileKeys(folder)
    with monkeypatch.context() as broken:
        broken.setattr(os, name, failing(name, times))
        with pytest.raises(StoreError, match=r"^the key of this course cannot be kept: No space left on device$") as no:
            keys.make("a")
    assert no.value.__cause__ is None
    key = keys.make("a")
    keys.destroy("a")
    assert key.hex().encode() not in everything(folder)


@pytest.mark.parametrize(("name", "times"), [*MOMENTS, ("write", 2), ("open", 3), ("fsync", 4)])
def test_a_destruction_that_failed_says_so_and_is_finished_when_it_is_said_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, times: int
) -> None:
    keys = FileKeys(folder)
    key = keys.make("a")
    with monkeypatch.context() as broken:
        broken.setattr(os, name, failing(name, times))
        told = r"^the key of this course could not be destroyed; say it again: No space left on device$"
        with pytest.raises(StoreError, match=told):
            keys.destroy("a")
    assert keys.key("a") in (key, None)
    keys.destroy("a")
    assert keys.key("a") is None
    assert key.hex().encode() not in everything(folder)


def test_a_folder_that_cannot_be_made_is_an_error_of_the_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"^the folder of the keys cannot be made: No such file or directory$"):
        FileKeys(tmp_path / "not" / "there")
