"""Files checked again after every save, until somebody stops it.

What was named is checked as a whole each time, since a protocol also changes with its measures and its base.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter
from typing import Any

import click

from iptengine.authoring import shelves
from iptengine.authoring.document import read_path
from iptengine.cli import screen
from iptengine.cli.checking import SORTS, look_at
from iptengine.cli.extras import missing
from iptengine.cli.findings import Form, told
from iptengine.cli.names import ENDINGS, files_under

CHECKING = "checking"
WAITING = "waiting for a save; Ctrl-C ends"
"""With these each round begins and ends, on standard error; an editor waits for them."""

LOOKS_MS = 200
"""How soon the first round comes: only when the files are watched already, so that no save is missed."""

Watch = Callable[..., Iterator[set[tuple[Any, str]]]]


def watch_files(words: Sequence[str], form: Form) -> int:
    """Checks what `words` name at once and after each save; 0 when it is stopped with Ctrl-C.

    Raises:
        Unclear: A word names nothing, or watchfiles is not installed.
    """
    watch = _watch()
    folders = watched(words)
    try:
        while True:
            for _ in _saves(watch, folders):
                _round(words, form)
                if watched_still(words, folders) != folders:
                    break
            folders = watched_still(words, folders)
    except KeyboardInterrupt:
        return 0


def _watch() -> Watch:
    try:
        from watchfiles import watch
    except ImportError:
        raise missing("--watch", "watchfiles", "cli") from None
    return watch


def _saves(watch: Watch, folders: Iterable[str]) -> Iterator[None]:
    """Once when watching has begun, and then after each change in `folders` that may matter."""
    begun = False
    # Not filtered there: in a folder where something else is always being written, nothing would come at all.
    waited = watch(*folders, recursive=False, watch_filter=None, rust_timeout=LOOKS_MS, yield_on_timeout=True)
    for changes in waited:
        if not begun or any(map(_matters, changes)):
            begun = True
            yield


def _matters(change: tuple[Any, str]) -> bool:
    path = change[1]
    return path.endswith(tuple(ENDINGS.values())) or os.path.isdir(path)


def _round(words: Sequence[str], form: Form) -> None:
    if form == "text" and screen.is_terminal():
        click.clear()
    screen.complain(CHECKING)
    begun = perf_counter()
    try:
        checked = look_at(words)
    except screen.Unclear as gone:
        gone.show()
    else:
        for line in told(checked, form, one_line=True):
            screen.say(line)
        said = f"{checked.counted()} ({perf_counter() - begun:.2f} s)"
        screen.complain(screen.bad(said) if checked.found else screen.good(said))
    screen.complain(WAITING)


# -- where to look -----------------------------------------------------------------------------------------------


def watched(words: Sequence[str]) -> tuple[str, ...]:
    """The folders whose changes matter: those that are named, and of each file its own and those it draws on.

    Raises:
        Unclear: A word names nothing.
    """
    found = dict.fromkeys(folder for word in words if os.path.isdir(word) for folder in _folders(word))
    for _, path in files_under(words, SORTS):
        found |= dict.fromkeys(_beside(path))
    return tuple(folder for folder in found if os.path.isdir(folder))


def watched_still(words: Sequence[str], before: tuple[str, ...]) -> tuple[str, ...]:
    """The folders to watch by now; those of `before` that are left while something named is not there."""
    try:
        return watched(words)
    except screen.Unclear:
        return tuple(folder for folder in before if os.path.isdir(folder)) or (os.curdir,)


def _folders(top: str) -> Iterator[str]:
    for here, inside, _ in os.walk(top):
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        yield here


def _beside(path: str) -> Iterator[str]:
    """The folder of a file and its measures; of a vignette also those of its protocol."""
    home = (os.path.dirname(path) or os.curdir) if path.endswith(tuple(ENDINGS.values())) else shelves.shipped_folder()
    yield home
    yield os.path.join(home, "measures")
    if path.endswith(ENDINGS["vignette"]):
        head = read_path(path).root
        named = head.get("protocol") if isinstance(head, dict) else None
        if isinstance(named, str) and named.endswith(ENDINGS["protocol"]):
            yield from _beside(os.path.normpath(os.path.join(home, named)))
