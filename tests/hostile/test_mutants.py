"""A protocol with one thing wrong in it is refused with its line, or is another protocol with another digest (law 7).

Every shipped protocol is mutated. ``make hostile`` tries at least 3,000 mutants of each; with ``CI=true`` a sample of
at least 100 of each is tried; elsewhere about 1,000 mutants of the small protocol.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from hostile.shared import HERE, IN_CI, ROOT, corpus, run
from iptengine.authoring.loader import shipped

SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"
WHOLE = os.environ.get("IPTENGINE_HOSTILE") == "whole"
MOST_SECONDS = 3500 if WHOLE else 1500
KEY = re.compile(r"^\s*(?:- )*[A-Za-z_][A-Za-z0-9_-]*:(?:\s|$)", re.MULTILINE)
PARTS = 4
"""Runs beside each other in which all mutants of one protocol are tried."""


@dataclass(frozen=True)
class Trial:
    """Some mutants of one protocol: every so many-th, from one of the first on; and the fewest that are tried."""

    valid: Path
    count: int
    every: int
    first: int
    least: int

    def __str__(self) -> str:
        part = f"-{self.first + 1}-of-{self.every}" if WHOLE else ""
        return self.valid.name.partition(".")[0] + part


def trials() -> list[Trial]:
    """What is tried in this run."""
    protocols = [ROOT / "protocols" / f"{name}.protocol.yaml" for name in shipped()]
    if WHOLE:
        return [Trial(path, 500, PARTS, part, 3000 // PARTS) for path in protocols for part in range(PARTS)]
    if IN_CI:
        return [Trial(path, 20, max(1, keys_of(path) // 60), 0, 100) for path in protocols]
    return [Trial(SMALL, 120, 1, 0, 900)]


def keys_of(path: Path) -> int:
    """How many keys a file has; each is misspelt once and repeated once."""
    return len(KEY.findall(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("trial", trials(), ids=str)
def test_no_mutant_of_a_protocol_ends_in_anything_but_a_protocol_or_its_mistakes(
    trial: Trial, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = corpus(capsys)
    done = run(
        HERE / "sampled.py", hostile, str(trial.every), str(trial.first),
        trial.valid, "--call", "mutant:load", "--refusal", "mutant:ProtocolError",
        "--hash", "mutant:digest", "--n", str(trial.count), "--seed", "1",
        most_seconds=MOST_SECONDS,
    )  # fmt: skip
    assert done.stderr == ""
    last = done.stdout.splitlines()[-1]
    told = re.fullmatch(r"(\d+) mutants, slowest [\d.]+ s, peak \d+ MiB, wrong: (.*)", last)
    assert told is not None, done.stdout
    assert int(told[1]) >= trial.least
    assert harmful(told[2], trial.valid) == {}


def harmful(wrong: str, valid: Path) -> dict[str, int]:
    """What the mutator found, less what is no mistake of ours.

    A typo in a name that an author is free to choose gives another valid protocol. In place of repeating a key with a
    folded text the mutator repeats the first line of the file, which may be a comment. A busy machine is slow.
    """
    found = {what: int(count) for what, count in re.findall(r"'([^']+)': (\d+)", wrong)}
    text = valid.read_text(encoding="utf-8")
    folded = len(re.findall(r": [|>]-?$", text, re.MULTILINE)) if text.startswith("#") else 0
    if 0 < found.get("dupkey: taken", 0) <= folded:
        del found["dupkey: taken"]
    return {what: count for what, count in found.items() if what != "typo: taken" and not what.endswith(": slow")}
