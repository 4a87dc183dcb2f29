"""Findings for editors and for CI: one line each, nothing in them that the reader would misread."""

from __future__ import annotations

import doctest
import json
import shutil
from pathlib import Path

import pytest

from iptengine.cli import extras, findings
from iptengine.cli.findings import concise, github
from iptengine.diagnostics import Diagnostic, Span

SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"


@pytest.fixture
def two_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A protocol with two mistakes, in the current folder."""
    text = SMALL.read_text(encoding="utf-8").replace("population:", "populaton:")
    (tmp_path / "mine.protocol.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return "mine.protocol.yaml"


def test_for_an_editor_each_finding_is_one_line_with_its_place_and_code(typed, two_mistakes: str) -> None:
    told = typed("check", two_mistakes, "--format", "concise")
    assert (told.code, told.err) == (1, "")
    assert told.out.splitlines() == [
        "mine.protocol.yaml:1:1: missing-key the file needs a population: Who it is for",
        "mine.protocol.yaml:6:1: unknown-key 'populaton' is not a key of the file (did you mean 'population'?)",
    ]


def test_for_github_each_finding_is_a_command_that_points_at_the_line(typed, two_mistakes: str) -> None:
    told = typed("check", two_mistakes, "--format", "github")
    assert (told.code, told.err) == (1, "")
    assert told.out.splitlines() == [
        "::error file=mine.protocol.yaml,line=1,col=1,title=missing-key::the file needs a population: Who it is for",
        "::error file=mine.protocol.yaml,line=6,col=1,title=unknown-key::"
        "'populaton' is not a key of the file%0Ahint: did you mean 'population'?",
    ]


@pytest.mark.parametrize("form", ["concise", "github"])
def test_where_nothing_is_found_an_editor_is_told_nothing(typed, tmp_path: Path, form: str) -> None:
    shutil.copy(SMALL, tmp_path)
    told = typed("check", tmp_path, "--format", form)
    assert (told.code, told.out, told.err) == (0, "", "")


def test_signs_that_mean_something_to_github_are_written_so_that_they_do_not() -> None:
    odd = Diagnostic(Span("50%,\r\n: of a.yaml", 3, 7), "bad-value", "50%, or\r\n: more", "say: 0.5, or\nless")
    assert github(odd) == (
        "::error file=50%25%2C%0D%0A%3A of a.yaml,line=3,col=7,title=bad-value::"
        "50%25, or%0D%0A: more%0Ahint: say: 0.5, or%0Aless"
    )


def test_a_finding_of_several_lines_stays_one_line_for_an_editor() -> None:
    odd = Diagnostic(Span("a.yaml", 3, 7), "bad-value", "write one of\n  a\n  b", "as in\n  a")
    assert concise(odd) == "a.yaml:3:7: bad-value write one of a b (as in a)"


def test_json_stays_as_programs_know_it(typed, two_mistakes: str) -> None:
    record = json.loads(typed("check", two_mistakes, "--format", "json").out)
    assert (record["schema"], record["files"], len(record["findings"])) == (
        "iptengine.check/1", ["mine.protocol.yaml"], 2,
    )  # fmt: skip


def test_the_examples_in_the_docstrings_show_what_happens() -> None:
    assert [doctest.testmod(module).failed for module in (findings, extras)] == [0, 0]
