"""A protocol with one thing wrong in it is refused with its line, or is another protocol with another digest (law 7).

With ``CI=true`` at least 3,000 mutants of the adult protocol are tried; elsewhere about 1,000 of the small one.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hostile.shared import IN_CI, ROOT, corpus, run

ADULT = ROOT / "protocols" / "ipt-adult.protocol.yaml"
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"


def test_no_mutant_of_a_protocol_ends_in_anything_but_a_protocol_or_its_mistakes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = corpus(capsys)
    valid, count, least = (ADULT, 100, 3000) if IN_CI else (SMALL, 120, 900)
    done = run(
        hostile / "mutate.py", valid, "--call", "mutant:load", "--refusal", "mutant:ProtocolError",
        "--hash", "mutant:digest", "--n", str(count), "--seed", "1",
        most_seconds=1500,
    )  # fmt: skip
    assert done.stderr == ""
    last = done.stdout.splitlines()[-1]
    told = re.fullmatch(r"(\d+) mutants, slowest [\d.]+ s, peak \d+ MiB, wrong: (.*)", last)
    assert told is not None, done.stdout
    assert int(told[1]) >= least
    assert harmful(told[2], valid) == {}


def harmful(wrong: str, valid: Path) -> dict[str, int]:
    """What the mutator found, less what is no mistake of ours.

    A typo in a name that an author is free to choose gives another valid protocol. In place of repeating a key with a
    folded text the mutator repeats the first line of the file, which may be a comment. A busy machine is slow.
    """
    found = {what: int(count) for what, count in re.findall(r"'([^']+)': (\d+)", wrong)}
    text = valid.read_text(encoding="utf-8")
    folded = len(re.findall(r": [|>]-?$", text, re.MULTILINE)) if text.startswith("#") else 0
    if found.get("dupkey: taken") == folded:
        del found["dupkey: taken"]
    return {what: count for what, count in found.items() if what != "typo: taken" and not what.endswith(": slow")}
