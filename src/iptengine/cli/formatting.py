"""Files written anew in their usual layout, or only looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable

from iptengine.authoring.document import read_path
from iptengine.authoring.layout import usual_layout
from iptengine.authoring.source import MOST_BYTES
from iptengine.authoring.vignette import VignetteSpec
from iptengine.cli import screen
from iptengine.cli.checking import SORTS
from iptengine.cli.findings import Checked, advice, told
from iptengine.cli.names import ENDINGS, Sort, files_under
from iptengine.cli.writing import replace
from iptengine.course.wording import counted
from iptengine.diagnostics import Diagnostic, ProtocolError
from iptengine.protocol.fields import Model
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.variant_spec import VariantSpec


def format_files(words: Iterable[str], only_look: bool) -> int:
    """Writes every file that `words` name in its usual layout.

    Returns:
        0 when all is well; 1 when a file has mistakes, or when a file is not in its usual layout and is only
        looked at.

    Raises:
        Unclear: A word names no file of the author's own.
    """
    named = files_under(words, SORTS)
    for _, path in named:
        _own_file(path)
    changed, wrong = 0, 0
    for sort, path in named:
        try:
            changed += _format(sort, path, only_look)
        except ProtocolError as mistakes:
            wrong += 1
            _tell(path, mistakes.diagnostics)
    _sum_up(len(named), changed, wrong, only_look)
    return 1 if wrong or (only_look and changed) else 0


def _own_file(path: str) -> None:
    """Only what was named by its path is written to, and nothing that lies elsewhere."""
    if not path.endswith(tuple(ENDINGS.values())):
        raise screen.Unclear(f"'{path}' comes with the library; name a file of your own by its path")
    if os.path.islink(path):
        raise screen.Unclear(f"'{path}' is a link; name the file it leads to")


def _format(sort: Sort, path: str, only_look: bool) -> bool:
    """Whether the file is not in its usual layout (any more).

    Raises:
        ProtocolError: It has mistakes, and was left alone.
    """
    head = read_path(path).require().root
    with open(path, "rb") as stream:
        before = stream.read(MOST_BYTES + 1)
    after = usual_layout(before, path, _model(sort, head))
    if after == before:
        return False
    if not only_look:
        replace(path, after)
    screen.say(f"{'not in its usual layout' if only_look else 'formatted'}: {path}")
    return True


def _model(sort: Sort, head: object) -> type[Model]:
    if sort == "protocol":
        return VariantSpec if isinstance(head, dict) and "extends" in head else Spec
    return Measure if sort == "measure" else VignetteSpec


def _tell(path: str, found: tuple[Diagnostic, ...]) -> None:
    for line in told(Checked((path,), found), "text"):
        screen.complain(line)
    screen.complain(f"left alone: {path}; {advice(found)}")


def _sum_up(files: int, changed: int, wrong: int, only_look: bool) -> None:
    done = "not in their usual layout" if only_look else "formatted"
    mistakes = f", {wrong} left alone with mistakes" if wrong else ""
    line = f"{counted(files, 'file')} looked at, {changed} {done}{mistakes}"
    screen.say(screen.bad(line) if wrong or (only_look and changed) else screen.good(line))
