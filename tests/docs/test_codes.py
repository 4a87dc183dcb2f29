"""The page of codes names every code that a line, a warning, a due entry or a refusal has in the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from iptengine.authoring.codes import SENSELESS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "codes.md").read_text(encoding="utf-8")
PLACES = {"Line": 0, "InTheWay": 0, "CourseWarning": 0, "warning": 0, "reason": 0, "Due": 1, "nonsense": 0, "no": 0}
"""What makes something that has a code, and which of its arguments the code is."""
CALLS = [
    call
    for path in sorted((ROOT / "src" / "iptengine" / "course").glob("*.py"))
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(call, ast.Call)
]


def _codes(made_by: str) -> Iterator[str]:
    for call in CALLS:
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        place = PLACES[made_by]
        if name == made_by and len(call.args) > place and isinstance(call.args[place], ast.Constant):
            yield str(call.args[place].value)  # type: ignore[attr-defined]


@pytest.mark.parametrize("made_by", PLACES)
def test_every_code_is_on_the_page(made_by: str) -> None:
    found = set(_codes(made_by))
    assert len(found) > 3
    assert sorted(found - set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))) == []


def test_every_refusal_that_makes_no_sense_is_one_of_the_source() -> None:
    of_groups = {"other_protocol"}
    assert set(SENSELESS.words) - of_groups == set(_codes("nonsense"))
