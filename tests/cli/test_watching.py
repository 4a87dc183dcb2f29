"""`check --watch` as somebody uses it: started as a program, a file saved in an editor, the answer awaited."""

from __future__ import annotations

import builtins
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from iptengine.cli.watching import CHECKING, WAITING

ROOT = Path(__file__).parents[2]
ADULT = ROOT / "protocols" / "ipt-adult.protocol.yaml"
PATIENCE_S = 30
"""A round has to begin within this; how long the check itself takes is what the program says."""

pytest.importorskip("watchfiles")


class Watching:
    """A running `iptengine check --watch`."""

    def __init__(self, folder: Path, words: tuple[str, ...]) -> None:
        program = [sys.executable, "-c", "from iptengine.cli.main import main; main()", "check", *words, "--watch"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        self.process = subprocess.Popen(
            program, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def round(self) -> list[str]:
        """The lines of the next round, between its beginning and its end."""
        assert self.process.stdout is not None
        lines: list[str] = []
        until = monotonic() + PATIENCE_S
        for line in self.process.stdout:
            assert monotonic() < until
            lines.append(line.rstrip("\n"))
            if lines[-1] == WAITING:
                assert lines[0] == CHECKING
                return lines[1:-1]
        pytest.fail(f"ended after {lines}")

    def until(self, said: str) -> list[str]:
        """The lines of the next round that ends with `said` and its time: one save can come as two changes."""
        for _ in range(5):
            lines = self.round()
            if without_time(lines[-1]) == said:
                return lines
        pytest.fail(f"never said '{said}', but {lines}")

    def stopped(self) -> int:
        """The exit code after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    started: list[Watching] = []

    def start(*words: str) -> Watching:
        started.append(Watching(tmp_path, words))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()


def seconds(line: str) -> float:
    """How long the check took, as the program says: ``… (0.21 s)``."""
    return float(line.rpartition("(")[2].removesuffix(" s)"))


def without_time(line: str) -> str:
    return re.sub(r" \(\d+\.\d\d s\)$", "", line)


def save(path: Path, old: str, new: str) -> None:
    """Saves as editors do: a new file takes the place of the old one."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    beside = path.with_name("4913~")
    beside.write_text(text.replace(old, new, 1), encoding="utf-8")
    beside.replace(path)


def test_a_save_is_checked_and_told_within_a_second_also_in_a_file_of_1500_lines(watching, tmp_path: Path) -> None:
    shutil.copy(ADULT, tmp_path / "mine.protocol.yaml")
    assert len(ADULT.read_text(encoding="utf-8").splitlines()) > 1500
    program = watching("mine.protocol.yaml", "--format", "concise")
    assert [without_time(line) for line in program.round()] == ["1 file checked, nothing found"]
    save(tmp_path / "mine.protocol.yaml", "\npopulation: ", "\npopulaton: ")
    *findings, summary = program.until("1 file checked, 2 findings")
    assert findings == [
        "mine.protocol.yaml:5:1: missing-key the file needs a population: Who it is for",
        "mine.protocol.yaml:10:1: unknown-key 'populaton' is not a key of the file (did you mean 'population'?)",
    ]
    save(tmp_path / "mine.protocol.yaml", "\npopulaton: ", "\npopulation: ")
    again = program.until("1 file checked, nothing found")[-1]
    # The better of two, since other tests may keep the machine busy.
    assert min(seconds(summary), seconds(again)) < 1
    assert program.stopped() == 0


def test_a_changed_measure_checks_the_protocol_that_uses_it(watching, tmp_path: Path) -> None:
    (tmp_path / "measures").mkdir()
    shutil.copy(ROOT / "tests" / "protocols" / "small.protocol.yaml", tmp_path / "mine.protocol.yaml")
    shutil.copy(ROOT / "protocols" / "measures" / "phq9.measure.yaml", tmp_path / "measures")
    program = watching("mine.protocol.yaml", "--format", "concise")
    assert without_time(program.round()[0]) == "1 file checked, nothing found"
    save(tmp_path / "measures" / "phq9.measure.yaml", "\nversion: ", "\nversoin: ")
    findings = program.until("1 file checked, 2 findings")[:-1]
    assert [line.split()[1] for line in findings] == ["missing-key", "unknown-key"]


def test_a_file_that_goes_away_is_said_and_its_return_is_checked(watching, tmp_path: Path) -> None:
    path = tmp_path / "mine.protocol.yaml"
    shutil.copy(ROOT / "tests" / "protocols" / "small.protocol.yaml", path)
    program = watching("mine.protocol.yaml")
    program.round()
    path.rename(tmp_path / "elsewhere.txt")
    assert program.round() == ["error: there is no file 'mine.protocol.yaml'"]
    (tmp_path / "elsewhere.txt").rename(path)
    program.until("1 file checked, nothing found")


def test_a_file_in_a_new_folder_is_found(watching, tmp_path: Path) -> None:
    small = ROOT / "tests" / "protocols" / "small.protocol.yaml"
    shutil.copy(small, tmp_path / "mine.protocol.yaml")
    program = watching(".", "--format", "json")
    assert json.loads(program.round()[0])["files"] == ["./mine.protocol.yaml"]
    (tmp_path / "arm").mkdir()
    program.round()
    shutil.copy(small, tmp_path / "arm" / "theirs.protocol.yaml")
    until = monotonic() + PATIENCE_S
    while monotonic() < until:
        record = json.loads(program.round()[0])
        if "./arm/theirs.protocol.yaml" in record["files"]:
            return
    pytest.fail("the new file was never checked")


def test_a_folder_in_which_others_write_all_the_time_does_not_hold_up_the_first_check(watching, tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "protocols" / "small.protocol.yaml", tmp_path / "mine.protocol.yaml")
    noise = "import time\nwhile True:\n    open('log.txt', 'a').write('x')\n    time.sleep(0.02)\n"
    busy = subprocess.Popen([sys.executable, "-c", noise], cwd=tmp_path)
    try:
        assert without_time(watching("mine.protocol.yaml").round()[0]) == "1 file checked, nothing found"
    finally:
        busy.kill()
        busy.wait()


def test_what_names_nothing_ends_at_once(typed) -> None:
    told = typed("check", "nowhere.protocol.yaml", "--watch")
    assert (told.code, told.out, told.err) == (2, "", "error: there is no file 'nowhere.protocol.yaml'\n")


def test_without_watchfiles_it_is_said_what_to_install(typed, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "watchfiles":
            raise ImportError(name)
        return usual(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    told = typed("check", "ipt-adult", "--watch")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "error: --watch needs the package watchfiles: python -m pip install watchfiles; the extra [cli] of iptengine "
        "brings it\n"
    )
