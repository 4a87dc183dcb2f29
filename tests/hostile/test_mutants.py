"""A protocol with one thing wrong in it is refused with its line, or is another protocol with another digest (law 7).

With ``CI=true`` at least 3,000 mutants of the adult protocol are tried; elsewhere about 1,000 of the small one.
"""

from __future__ import annotations

import re

import pytest

from hostile.shared import IN_CI, ROOT, corpus, run

ADULT = ROOT / "protocols" / "ipt-adult.protocol.yaml"
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"


def test_no_mutant_of_a_protocol_ends_in_anything_but_a_protocol_or_its_mistakes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = corpus(capsys)
    valid, count, least = (ADULT, 200, 3000) if IN_CI else (SMALL, 120, 900)
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
    assert harmful(told[2]) == []


def harmful(wrong: str) -> list[str]:
    """What the mutator found, less the names an author is free to choose and what a busy machine makes slow."""
    if wrong == "none":
        return []
    found = re.findall(r"'([^']+)': \d+", wrong)
    return [one for one in found if one != "typo: taken" and not one.endswith(": slow")]
