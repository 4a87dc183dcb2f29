"""What the tests of the command line share: typing a command, and reading what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from iptengine.cli.main import run_command


class Typed:
    """What came of one command line."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Typed]:
    """Types a command line and tells what came of it, 80 columns wide."""
    monkeypatch.setenv("COLUMNS", "80")

    def type_in(*words: str | Path) -> Typed:
        code = run_command([str(word) for word in words])
        told = capsys.readouterr()
        return Typed(code, told.out, told.err)

    return type_in
