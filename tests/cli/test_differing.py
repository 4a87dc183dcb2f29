"""`iptengine diff` as people use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iptengine.cli.main import run_command

SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The small protocol with another title."""
    path = tmp_path / "other.protocol.yaml"
    text = SMALL.read_text(encoding="utf-8")
    assert "\ntitle: A small Interpersonal Psychotherapy\n" in text
    path.write_text(text.replace("\ntitle: A small ", "\ntitle: A shorter "), encoding="utf-8")
    return path


def typed(*words: object) -> int:
    return run_command(["diff", *map(str, words)])


def test_equal_contents_print_nothing_and_end_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied = tmp_path / "copied.protocol.yaml"
    copied.write_text("# a remark\n" + SMALL.read_text(encoding="utf-8"), encoding="utf-8")
    assert typed(SMALL, copied) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "the contents of ipt-small@1.0.0 and ipt-small@1.0.0 are equal\n")


def test_a_difference_is_told_and_ends_with_1(other: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(SMALL, other) == 1
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "WHAT THE FILE SAYS OF ITSELF",
        "",
        "    its title: A [-small-] {+shorter+} Interpersonal Psychotherapy",
        "      title",
    ]


@pytest.mark.parametrize(("form", "first"), [("markdown", "# What differs"), ("html", "<!doctype html>")])
def test_a_document_is_printed_for_people(
    form: str, first: str, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(SMALL, other, "--format", form) == 1
    assert capsys.readouterr().out.startswith(first)


def test_json_is_printed_for_programs_also_when_nothing_differs(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(SMALL, SMALL, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["equal"] is True


def test_a_protocol_with_a_mistake_is_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wrong.protocol.yaml"
    path.write_text("iptengine: 1\n", encoding="utf-8")
    assert typed(SMALL, path) == 2
    assert f"{path}:1:1: error: the file needs a contract" in capsys.readouterr().err


def test_a_name_that_stands_for_nothing_is_not_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(SMALL, "ipt-adlt") == 2
    assert "did you mean" in capsys.readouterr().err


def test_two_that_do_not_extend_each_other_cannot_be_told_by_changes(
    other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(SMALL, other, "--by", "change") == 2
    assert capsys.readouterr().err == (
        "error: neither of the two extends the other, so no group of changes stands between them; "
        "leave out --by change\n"
    )
