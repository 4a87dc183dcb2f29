"""`iptengine format` as people use it, and what it never writes to."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from iptengine.cli import writing

SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"


@pytest.fixture
def spoilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A protocol whose title stands too far to the right, in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.protocol.yaml"
    path.write_text(SMALL.read_text(encoding="utf-8").replace("\ntitle: ", "\ntitle:    ", 1), encoding="utf-8")
    return path


def test_a_file_is_written_in_its_usual_layout_and_keeps_its_mode(typed, spoilt: Path) -> None:
    spoilt.chmod(0o640)
    told = typed("format", "mine.protocol.yaml")
    assert (told.code, told.err) == (0, "")
    assert told.out == "formatted: mine.protocol.yaml\n1 file looked at, 1 formatted\n"
    assert spoilt.read_bytes() == SMALL.read_bytes()
    assert stat.S_IMODE(spoilt.stat().st_mode) == 0o640
    assert os.listdir(spoilt.parent) == ["mine.protocol.yaml"]


def test_a_file_in_its_usual_layout_is_not_written(typed, spoilt: Path) -> None:
    typed("format", spoilt)
    before = spoilt.stat()
    told = typed("format", "mine.protocol.yaml")
    assert (told.code, told.out) == (0, "1 file looked at, 0 formatted\n")
    assert (spoilt.stat().st_ino, spoilt.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_looking_only_changes_nothing_and_ends_with_1(typed, spoilt: Path) -> None:
    before = spoilt.read_bytes()
    told = typed("format", "--check", ".")
    assert (told.code, told.err) == (1, "")
    assert told.out == (
        f"not in its usual layout: .{os.sep}mine.protocol.yaml\n1 file looked at, 1 not in their usual layout\n"
    )
    assert spoilt.read_bytes() == before


def test_a_file_with_mistakes_is_left_alone_and_the_others_are_formatted(typed, spoilt: Path) -> None:
    wrong = spoilt.parent / "wrong.vignette.yaml"
    wrong.write_text("vignette:  one\nvignette:  two\n")
    told = typed("format", ".")
    assert told.code == 1
    assert (
        told.out
        == f"formatted: .{os.sep}mine.protocol.yaml\n2 files looked at, 1 formatted, 1 left alone with mistakes\n"
    )
    assert told.err.splitlines()[0].startswith(f".{os.sep}wrong.vignette.yaml:2:1: error: ")
    assert told.err.splitlines()[-1] == (
        f"left alone: .{os.sep}wrong.vignette.yaml; `iptengine explain yaml-repeated-key` tells more about that rule"
    )
    assert wrong.read_text() == "vignette:  one\nvignette:  two\n"


def test_what_comes_with_the_library_is_not_written_to(typed) -> None:
    told = typed("format", "ipt-adult")
    assert (told.code, told.out) == (2, "")
    assert told.err == "error: 'ipt-adult' comes with the library; name a file of your own by its path\n"


def test_a_link_is_not_followed(typed, spoilt: Path) -> None:
    link = spoilt.parent / "linked.protocol.yaml"
    link.symlink_to(spoilt)
    before = spoilt.read_bytes()
    told = typed("format", "linked.protocol.yaml")
    assert (told.code, told.out) == (2, "")
    assert told.err == "error: 'linked.protocol.yaml' is a link; name the file it leads to\n"
    assert (spoilt.read_bytes(), link.is_symlink()) == (before, True)


def test_where_writing_fails_the_old_file_stays_whole(
    typed, spoilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    before = spoilt.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device", "mine.protocol.yaml")

    monkeypatch.setattr(writing.os, "replace", refuse)
    told = typed("format", "mine.protocol.yaml")
    assert (told.code, told.err) == (1, "'mine.protocol.yaml': no space left on device\n")
    assert spoilt.read_bytes() == before
    assert os.listdir(spoilt.parent) == ["mine.protocol.yaml"]
