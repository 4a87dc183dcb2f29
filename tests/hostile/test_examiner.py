"""Every hostile case gives its expected outcome: taken, or refused with the library's own error (law 7).

With ``CI=true`` the whole corpus is tried; elsewhere every tenth case of a kind, so that the tests stay quick. A case
has two seconds, or on a busy machine four times what an honest input takes there; one that runs out of them is tried
once more by itself.
"""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hostile.shared import HERE, IN_CI, corpus, run

KINDS = {"yaml": 4, "template": 3, "expression": 2, "text": 4, "path": 1, "answer": 1, "time": 1}
"""In how many tests the cases of a kind are tried, so that processors share them: some forty cases each."""
EVERY = 1 if IN_CI else 10
HALF_CHARACTERS = {"text-control-12", "text-control-14"}
"""Half a character cannot be written in UTF-8: it is kept as it came, and shown as U+FFFD on every page."""

Case = dict[str, Any]


@cache
def honest_seconds(hostile: Path) -> float:
    """How long an honest input takes here and now, starting Python and loading the library included."""
    taken = []
    for _ in range(2):
        began = time.perf_counter()
        done = run(HERE / "adapter.py", "text", hostile / "corpus" / "text" / "honest" / "01.txt", most_seconds=120)
        taken.append(time.perf_counter() - began)
        assert done.returncode == 0, done.stderr
    return max(taken)


def examined(
    hostile: Path, cases: list[Case], folder: Path, *, adapter: Path = HERE / "adapter.py", wall: float
) -> list[Case]:
    """The examiner's verdict on `cases`, each of which has so many seconds."""
    folder.mkdir()
    manifest = [{**case, "file": str(hostile / "corpus" / case["file"])} for case in cases]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    verdicts = folder / "verdicts.json"
    done = run(
        HERE / "forked.py", hostile, adapter, folder, str(wall), verdicts, most_seconds=int(60 + wall * len(cases))
    )
    assert verdicts.exists(), done.stderr
    found: list[Case] = json.loads(verdicts.read_text())
    assert len(found) == len(cases)
    return found


@pytest.mark.parametrize(("kind", "part"), [(kind, part) for kind, parts in KINDS.items() for part in range(parts)])
def test_every_hostile_case_is_taken_or_refused_as_it_should_be(
    kind: str, part: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = corpus(capsys)
    every: list[Case] = json.loads((hostile / "corpus" / "manifest.json").read_text())
    cases = [case for case in every if case["kind"] == kind][::EVERY][part :: KINDS[kind]]
    assert cases
    wall = max(2.0, 4 * honest_seconds(hostile))
    verdicts = examined(hostile, cases, tmp_path / "first", wall=wall)
    late = {verdict["id"] for verdict in verdicts if verdict["why"] == "time-out"}
    if late:
        again = [case for case in cases if case["id"] in late]
        verdicts = [v for v in verdicts if v["id"] not in late] + examined(
            hostile, again, tmp_path / "again", wall=wall
        )
    wrong = {verdict["id"]: verdict["why"] for verdict in verdicts if not verdict["ok"]}
    half = HALF_CHARACTERS & {case["id"] for case in cases}
    assert wrong == dict.fromkeys(half, "html text lost")


BROKEN = """
def warm():
    pass

def main(kind, path):
    said = open(path).read()
    if said == "benign":
        print("{}")
        return 0
    names = {}
    exec(said, names)
    return names.get("code", 0)
"""
BREAKS = {
    "hangs": ("import time; time.sleep(60)", "time-out"),
    "raises": ("raise KeyError('x')", "exit 1; traceback: KeyError: 'x'"),
    "dies": ("import os; os.kill(os.getpid(), 11)", "signal 11"),
    "takes": ("print('{}')", "TAKEN"),
    "leaves": ("open('left', 'w').close(); print('refused'); code = 2", "left files"),
    "swells": ("print(len(bytearray(3 << 30)))", "exit 1; traceback: MemoryError"),
    "silent": ("code = 2", "refused without a reason"),
}


def test_an_adapter_that_breaks_in_a_fork_is_found_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = corpus(capsys)
    (tmp_path / "adapter.py").write_text(BROKEN)
    cases = []
    for name, (does, _) in BREAKS.items():
        (tmp_path / name).write_text(does)
        cases.append({"id": name, "kind": "yaml", "family": "ours", "file": str(tmp_path / name), "expect": "refuse"})
    found = examined(hostile, cases, tmp_path / "examined", adapter=tmp_path / "adapter.py", wall=1)
    assert {verdict["id"]: verdict["why"] for verdict in found} == {name: why for name, (_, why) in BREAKS.items()}
