"""The page of the command line names every command with all its options."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from iptengine.cli.main import iptengine

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
TABLE, *SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)
ROWS = {name: usage for usage, name in re.findall(r"^\| `((\w+)\b[^`]*)` \|.*\|$", TABLE, re.MULTILINE)}


def told_of(command: str) -> str:
    """The row of a command in the table, and every section of the page that names it."""
    named = [part for part in SECTIONS if re.search(rf"`{command}\b|iptengine {command}\b", part)]
    return "\n".join((ROWS[command], *named))


@pytest.mark.parametrize("command", sorted(iptengine.commands))
def test_every_command_is_on_the_page_with_its_options(command: str) -> None:
    assert command in ROWS
    text = told_of(command)
    options = [p for p in iptengine.commands[command].params if isinstance(p, click.Option)]
    longs = [word for option in options for word in option.opts if word.startswith("--")]
    assert [word for word in longs if not re.search(rf"{word}(?![\w-])", text)] == []


def test_the_page_tells_of_no_command_that_is_not_there() -> None:
    assert sorted(ROWS) == sorted(iptengine.commands)
