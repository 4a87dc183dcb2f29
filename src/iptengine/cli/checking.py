"""Checking files: every mistake at its line, once or after every save."""

from __future__ import annotations

from collections.abc import Iterable

from iptengine.authoring.loader import check
from iptengine.authoring.measure_files import read_measure
from iptengine.authoring.vignette import check_vignette, protocol_of, read_vignette
from iptengine.cli import screen
from iptengine.cli.findings import Checked, Form, advice, told
from iptengine.cli.names import Sort, files_under
from iptengine.diagnostics import Diagnostic, ProtocolError

SORTS: tuple[Sort, ...] = ("protocol", "measure", "vignette")


def check_files(words: Iterable[str], form: Form) -> int:
    """Checks every file that `words` name; 1 when something was found."""
    checked = look_at(words)
    for line in told(checked, form):
        screen.say(line)
    if form == "text":
        _sum_up(checked)
    return 1 if checked.found else 0


def look_at(words: Iterable[str]) -> Checked:
    """Every file that `words` name, and what is wrong with it.

    Raises:
        Unclear: A word names nothing, or a folder holds nothing to check.
    """
    named = files_under(words, SORTS)
    # A mistake in a protocol keeps each of its vignettes from being checked, and is told once.
    found = dict.fromkeys(diagnostic for sort, path in named for diagnostic in _check(sort, path))
    return Checked(tuple(path for _, path in named), tuple(found))


def _check(sort: Sort, path: str) -> tuple[Diagnostic, ...]:
    if sort == "measure":
        return read_measure(path)[1]
    return _check_vignette(path) if sort == "vignette" else check(path)


def _check_vignette(path: str) -> tuple[Diagnostic, ...]:
    try:
        vignette = read_vignette(path)
        return check_vignette(vignette, protocol_of(vignette))
    except ProtocolError as wrong:
        return wrong.diagnostics


def _sum_up(checked: Checked) -> None:
    if not checked.found:
        screen.say(screen.good(checked.counted()))
        return
    screen.complain(screen.bad(checked.counted()))
    screen.complain(advice(checked.found))
