"""A file that a line names is read within bounds: what has no end, or never begins, is told and not waited for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iptengine.cli import course_files, stores, verifying

if sys.platform == "win32":
    pytest.skip("devices and pipes of this kind are those of Unix", allow_module_level=True)

Type = Callable[..., Any]
SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"
LINES = [
    (("course", "import", "clinic.db"), "an exported course"),
    (("verify", "clinic.db", "--anchor"), "an anchor"),
    (("verify", "clinic.db", "--key-file"), "a file with a key"),
    (("course", "history", "clinic.db", "a", "--key-file"), "a file with a key"),
    (("course", "import", "clinic.db", "a.jsonl", "--key-file"), "a file with a key"),
]


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Type) -> Type:
    """Types a line, where a course has begun and was exported."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPTENGINE_BY", "anna")
    monkeypatch.setenv("IPTENGINE_ROLE", "therapist")
    assert typed("course", "start", "clinic.db", SMALL, "--course", "a", "--on", "2026-03-03").code == 0
    assert typed("course", "export", "clinic.db", "a", "--whole", "--out", "a.jsonl").code == 0
    os.mkfifo("pipe")
    os.mkdir("folder")
    return typed


@pytest.mark.parametrize("path", ["/dev/zero", "pipe", "folder"])
@pytest.mark.parametrize(("line", "what"), LINES)
def test_a_device_a_pipe_and_a_folder_are_told_and_not_waited_for(
    begun: Type, line: tuple[str, ...], what: str, path: str
) -> None:
    told = begun(*line, path)
    assert (told.code, told.out) == (2, "")
    assert told.err == f"error: '{path}' is a folder, a device or a pipe, and not {what}; name a file\n"


@pytest.mark.parametrize(
    ("line", "what", "place", "bound"),
    [
        (("course", "import", "clinic.db"), "an exported course", course_files, "MOST_OF_A_COURSE"),
        (("verify", "clinic.db", "--anchor"), "an anchor", verifying, "MOST_OF_AN_ANCHOR"),
        (("verify", "clinic.db", "--key-file"), "a file with a key", stores, "MOST_OF_A_KEY"),
    ],
)
def test_a_file_that_is_far_too_large_is_not_read(
    begun: Type, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...], what: str, place: object, bound: str
) -> None:
    monkeypatch.setattr(place, bound, 1)
    with open("large", "wb") as file:
        file.truncate(1_000_001)
    told = begun(*line, "large")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        f"error: 'large' is larger than 1 MB, which is more than is read as {what}; look whether it is the right file\n"
    )


def test_a_course_of_hundreds_of_megabytes_could_be_imported() -> None:
    assert course_files.MOST_OF_A_COURSE >= 300


@pytest.mark.parametrize(("line", "what"), LINES[:2])
def test_a_file_without_text_is_told(begun: Type, line: tuple[str, ...], what: str) -> None:
    Path("odd").write_bytes(b"\xff\xfe")
    told = begun(*line, "odd")
    assert (told.code, told.out, told.err) == (2, "", f"error: odd is not {what}\n")


def test_a_file_that_is_not_there_is_told_as_ever(begun: Type) -> None:
    told = begun("course", "import", "clinic.db", "none.jsonl")
    assert (told.code, told.out, told.err) == (1, "", "'none.jsonl': no such file or directory\n")
