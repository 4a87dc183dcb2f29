"""What a person sees in a terminal: sentences on one stream, mistakes on the other, colour only where it shows."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

WIDEST = 96
NARROWEST = 40


class Unclear(click.UsageError):
    """A name, path or number that stands for nothing: said in one sentence, without the command's usage."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints the sentence."""
        complain(f"{bad('error')}: {self.message}")


def coloured(stream_is_terminal: bool) -> bool:
    """Whether colour is wanted: a terminal, and neither ``NO_COLOR`` nor a dumb one."""
    return stream_is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def is_terminal() -> bool:
    """Whether standard output is a terminal that can be cleared."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """How wide a line may be: that of the terminal within reason, 80 where there is none."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def say(text: str = "") -> None:
    """Prints on standard output."""
    click.echo(text, color=coloured(sys.stdout.isatty()))


def say_all(lines: Iterable[str]) -> None:
    """Prints several lines at once."""
    say("\n".join(lines))


def complain(text: str) -> None:
    """Prints on standard error."""
    click.echo(text, err=True, color=coloured(sys.stderr.isatty()))


def strong(text: str) -> str:
    """A heading."""
    return click.style(text, bold=True)


def faint(text: str) -> str:
    """What may be skipped."""
    return click.style(text, dim=True)


def good(text: str) -> str:
    """What went as it should."""
    return click.style(text, fg="green")


def bad(text: str) -> str:
    """What did not."""
    return click.style(text, fg="red", bold=True)


def wrapped(text: str, indent: int = 0, hanging: int | None = None) -> str:
    """A paragraph in lines of the terminal's width; later lines stand at `hanging`."""
    later = indent if hanging is None else hanging
    return textwrap.fill(
        " ".join(text.split()), width(), initial_indent=" " * indent, subsequent_indent=" " * later,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def columns(rows: Iterable[tuple[str, ...]], indent: int = 2, gap: int = 2) -> Iterator[str]:
    """Rows as aligned columns; the last one is wrapped under itself."""
    rows = list(rows)
    if not rows:
        return
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    start = indent + sum(wide + gap for wide in widths)
    for row in rows:
        head = " " * indent + "".join(cell.ljust(wide + gap) for cell, wide in zip(row, widths, strict=False))
        yield (head + wrapped(row[-1], start, start).lstrip()).rstrip()


@contextmanager
def progress(title: str, steps: int) -> Iterator[Progress]:
    """A bar on standard error while something runs: only on a terminal, and only with rich."""
    bar = _bar(title, steps) if coloured(sys.stderr.isatty()) else None
    if bar is None:
        yield Progress()
        return
    with bar as running:
        yield running


class Progress:
    """Counts steps; shows nothing."""

    def step(self, text: str) -> None:
        """One step is done."""

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def _bar(title: str, steps: int) -> Progress | None:
    try:
        from rich.console import Console
        from rich.progress import Progress as RichProgress
    except ImportError:
        return None

    class Bar(Progress):
        """The bar that rich draws; gone when all is done."""

        def __init__(self) -> None:
            self._rich = RichProgress(console=Console(stderr=True), transient=True)
            self._task = self._rich.add_task(title, total=steps)

        def step(self, text: str) -> None:
            self._rich.update(self._task, advance=1, description=text)

        def __enter__(self) -> Progress:
            self._rich.start()
            return self

        def __exit__(self, *_: object) -> None:
            self._rich.stop()

    return Bar()
