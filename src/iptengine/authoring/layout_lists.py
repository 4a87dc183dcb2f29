"""Lists of names on one line, where they fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iptengine.authoring.document import Document
from iptengine.authoring.shapes import shape_at
from iptengine.diagnostics import Path
from iptengine.protocol.fields import Model

_NAME = r"[a-z][a-z0-9_-]*"
_ENTRY = re.compile(rf" *- ({_NAME})")


def names_on_one_line(document: Document, text: str, model: type[Model], width: int) -> str:
    """The text with each list of names that fits written behind its key: ``phases: [initial, middle]``.

    Only what the format calls a list of names is: in brackets a sentence would be cut at its commas. A list with a
    comment in it, or with a single name of another form, stays as it is.
    """
    lines = text.split("\n")
    for path, count in reversed(list(_lists(document.root, ()))):
        if path in document.keys and _of_names(model, path):
            _write(lines, document.keys[path].line - 1, count, width)
    return "\n".join(lines)


def _of_names(model: type[Model], path: Path) -> bool:
    shape = shape_at(model, path)
    entry = shape.entry if shape is not None and shape.kind == "list" else None
    return entry is not None and entry.kind in ("name", "choice")


def _lists(value: object, path: Path) -> Iterator[tuple[Path, int]]:
    """Every list under the names of maps with how many it holds, in the order of the file."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield from _lists(held, (*path, name))
    elif isinstance(value, list) and value:
        yield path, len(value)


def _write(lines: list[str], at: int, count: int, width: int) -> None:
    """Writes a list whose key stands alone on its line and whose entries are all names, if it fits."""
    entries = [_ENTRY.fullmatch(line) for line in lines[at + 1 : at + 1 + count]]
    names = [entry[1] for entry in entries if entry]
    joined = f"{lines[at]} [{', '.join(names)}]"
    if len(names) == count and lines[at].endswith(":") and len(joined) <= width:
        lines[at : at + 1 + count] = [joined]
