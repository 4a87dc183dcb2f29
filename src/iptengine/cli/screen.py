"""What a person sees in a terminal: sentences on one stream, mistakes on the other, colour only where it shows.

Whatever is printed passes here, and no control sign of a text does: what somebody recorded, typed or wrote into a
file could otherwise wipe an alert off the screen. The colours are put in last, by this module alone.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
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
    click.echo(_shown(text), color=coloured(sys.stdout.isatty()))


def say_all(lines: Iterable[str]) -> None:
    """Prints several lines at once."""
    say("\n".join(lines))


def complain(text: str) -> None:
    """Prints on standard error."""
    click.echo(_shown(text), err=True, color=coloured(sys.stderr.isatty()))


def complain_as_click_does(mistake: click.ClickException) -> None:
    """Prints a mistake that click found in a line, with the words that were typed."""
    told = io.StringIO()
    mistake.show(told)
    complain(told.getvalue().removesuffix("\n"))


def hand_over(text: str) -> None:
    """Prints a file on standard output: sign by sign for a program or a file, and for a person like any text."""
    if sys.stdout.isatty():
        say(text)
    else:
        click.echo(text, color=True)  # else click takes out what looks like a colour


def clean(text: str) -> str:
    """`text` without signs that steer a terminal or turn the writing direction: U+FFFD stands for each."""
    if all(line.isprintable() for line in text.split("\n")):
        return text
    from iptengine.render.escaping import escape_text  # its room loads much, and most texts need nothing of it

    return escape_text(text)


def json_text(record: object, indent: int | None = 2) -> str:
    """A record as JSON that a terminal shows as it is: a sign that steers one is written by its number."""
    text = json.dumps(record, ensure_ascii=False, indent=indent, default=str)
    return _STEERS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def html_text(text: str) -> str:
    """HTML that a terminal shows as it is: a browser reads the same text in it."""
    return clean(_TURNS.sub(lambda sign: f"&#x{ord(sign[0]):x};", text))


_STEERS = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What `clean` takes out and JSON may hold as it is."""
_TURNS = re.compile("[\u2028-\u202e\u2066-\u2069]")
"""What of it a text in a right-to-left script needs."""

# Colours. Until a text is printed a mark stands for each, which no text that was recorded or typed can hold: it is
# drawn anew by every program.

_MARK = "".join(chr(0xE000 + secrets.randbelow(6400)) for _ in range(3))
_MARKED = re.compile(f"{_MARK}(.)")
_COLOURS = {"h": "\x1b[1m", "f": "\x1b[2m", "g": "\x1b[32m", "b": "\x1b[31m\x1b[1m", "e": "\x1b[0m"}


def _shown(text: str) -> str:
    """The text as it is printed: clean, with the colours that stand in it."""
    words, *marked = _MARKED.split(text)
    pairs = zip(marked[::2], marked[1::2], strict=True)
    return "".join([clean(words), *(f"{_COLOURS[mark]}{clean(more)}" for mark, more in pairs)])


def _coloured(mark: str, text: str) -> str:
    return f"{_MARK}{mark}{text}{_MARK}e"


def strong(text: str) -> str:
    """A heading."""
    return _coloured("h", text)


def faint(text: str) -> str:
    """What may be skipped."""
    return _coloured("f", text)


def good(text: str) -> str:
    """What went as it should."""
    return _coloured("g", text)


def bad(text: str) -> str:
    """What did not."""
    return _coloured("b", text)


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
            self._rich.update(self._task, advance=1, description=clean(text))

        def __enter__(self) -> Progress:
            self._rich.start()
            return self

        def __exit__(self, *_: object) -> None:
            self._rich.stop()

    return Bar()
