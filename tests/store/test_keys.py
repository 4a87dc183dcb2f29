"""A key is made once, read again, destroyed for good; one that is lost is never taken for one that was destroyed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
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
    told = (
        "^the key of a course of this id was destroyed, and none is made for it again: no course can begin under this "
        "id; choose another$"
    )
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
    with pytest.raises(StoreError, match=r"^the key of this course is (damaged|not there)"):
        keys.key("a")


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
