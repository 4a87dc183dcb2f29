"""The page of the command line names every command with all its options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from iptengine.cli.main import iptengine

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
TABLE, *SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)
USAGES = [one.strip() for row in re.findall(r"^\| `(\w[^`]*)` \|.*\|$", TABLE, re.MULTILINE) for one in row.split(";")]


def every_command(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by what is typed for it: those of a group have two words."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, f"{before}{name} ")
        else:
            yield before + name, command


def typed(usage: str) -> str:
    """The words of a usage that name the command."""
    first, *rest = usage.split()
    return f"{first} {rest[0]}" if isinstance(iptengine.commands.get(first), click.Group) else first


COMMANDS = dict(every_command(iptengine))
ROWS = {typed(usage): usage for usage in USAGES}


def told_of(command: str) -> str:
    """The row of a command in the table, and every section of the page that names it."""
    named = [part for part in SECTIONS if re.search(rf"`{command}\b|iptengine {command}\b", part)]
    return "\n".join((ROWS[command], *named))


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_on_the_page_with_its_options(command: str) -> None:
    assert command in ROWS
    text = told_of(command)
    options = [p for p in COMMANDS[command].params if isinstance(p, click.Option)]
    longs = [word for option in options for word in option.opts if word.startswith("--")]
    assert [word for word in longs if not re.search(rf"{word}(?![\w-])", text)] == []


def test_the_page_tells_of_no_command_that_is_not_there() -> None:
    assert sorted(ROWS) == sorted(COMMANDS)
