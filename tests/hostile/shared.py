"""Where the hostile corpus lies, and what a test does where it is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HOSTILE = ROOT.parent / "shared" / "hostile"
IN_CI = os.environ.get("CI") == "true"


def corpus(capsys: pytest.CaptureFixture[str]) -> Path:
    """The folder of the corpus; without it the test is skipped loudly, and fails in CI."""
    if HOSTILE.is_dir():
        return HOSTILE
    loud = "THE HOSTILE CORPUS IS NOT BESIDE THIS CLONE (../shared/hostile): nothing hostile was tried"
    if IN_CI:
        pytest.fail(loud)
    with capsys.disabled():
        print(f"\n!!! {loud}\n", file=sys.stderr)
    pytest.skip(loud)


def run(*words: str | Path, folder: Path = HERE, most_seconds: int) -> subprocess.CompletedProcess[str]:
    """A command with this Python, run in `folder`."""
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=most_seconds, check=False)
