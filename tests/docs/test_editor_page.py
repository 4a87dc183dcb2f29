"""The tasks for VS Code, held against what the commands really print."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from iptengine.cli.main import iptengine, run_command
from iptengine.cli.watching import CHECKING, WAITING

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "write-in-vs-code.md").read_text(encoding="utf-8")
TASKS: dict[str, Any] = {
    task["label"]: task
    for task in json.loads(PAGE.split("```json\n")[1].split("```")[0])["tasks"]
}  # fmt: skip


@pytest.mark.parametrize("label", TASKS)
def test_the_problem_matcher_reads_every_part_of_every_line(
    label: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "tests" / "protocols" / "small.protocol.yaml").read_text(encoding="utf-8")
    (tmp_path / "my trial").mkdir()
    (tmp_path / "my trial" / "arm.protocol.yaml").write_text(text.replace("population:", "populaton:"))
    monkeypatch.chdir(tmp_path)
    words = [word for word in shlex.split(TASKS[label]["command"]) if word != "--watch"]
    assert words[0] == "iptengine"
    assert run_command(words[1:]) == 1
    pattern = TASKS[label]["problemMatcher"]["pattern"]
    lines = capsys.readouterr().out.splitlines()
    read = [re.fullmatch(pattern["regexp"], line) for line in lines]
    parts = [
        tuple(found[pattern[part]] for part in ("file", "line", "column", "code", "message")) for found in read if found
    ]
    assert parts == [
        ("./my trial/arm.protocol.yaml", "1", "1", "missing-key", "the file needs a population: Who it is for"),
        (
            "./my trial/arm.protocol.yaml", "6", "1", "unknown-key",
            "'populaton' is not a key of the file (did you mean 'population'?)",
        ),
    ]  # fmt: skip
    assert len(lines) == len(parts)


def test_every_expected_mistake_of_the_bad_protocols_is_read_too(capsys: pytest.CaptureFixture[str]) -> None:
    pattern = TASKS["Check protocols"]["problemMatcher"]["pattern"]["regexp"]
    assert run_command(["check", str(ROOT / "tests" / "bad_protocols"), "--format", "concise"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 100
    assert [line for line in lines if not re.fullmatch(pattern, line)] == []


def test_the_task_on_save_knows_when_a_round_begins_and_ends() -> None:
    task = TASKS["Check protocols on save"]
    background = task["problemMatcher"]["background"]
    assert (task["isBackground"], background["activeOnStart"]) == (True, True)
    assert re.search(background["beginsPattern"], CHECKING)
    assert re.search(background["endsPattern"], WAITING)
    assert not re.search(background["endsPattern"], CHECKING)


def test_the_commands_of_the_tasks_have_the_options_they_use() -> None:
    options = {name for option in iptengine.commands["check"].params for name in option.opts}
    for task in TASKS.values():
        used = {word for word in task["command"].split() if word.startswith("--")}
        assert used <= options
