"""One author file as plain values, with the place of every key and every value.

The parser's events are built into values here, under limits on size, depth and number, and with no surprises:
no anchors, tags or merged keys, no key twice, and `no`, `on` and dates stay words.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from iptengine.authoring.reading import Mark, Reading, Style, Value
from iptengine.authoring.regular_files import NotRegular, TooLarge, bytes_of
from iptengine.authoring.source import MOST_BYTES, too_large
from iptengine.diagnostics import Diagnostic, Path, ProtocolError, Span


class Places(Mapping[Path, Span]):
    """The place of each key, or of each value, by its path; made into spans only when asked."""

    __slots__ = ("_file", "_marks")

    def __init__(self, file: str, marks: Mapping[Path, Mark]) -> None:
        self._file = file
        self._marks = marks

    def __getitem__(self, path: Path) -> Span:
        mark = self._marks[path]
        return Span(self._file, mark.line + 1, mark.column + 1)

    def __iter__(self) -> Iterator[Path]:
        return iter(self._marks)

    def __len__(self) -> int:
        return len(self._marks)

    def __repr__(self) -> str:
        return f"<{len(self)} places in {self._file}>"


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One file that was read: its values, where they stand, and every mistake found on the way.

    Attributes:
        file: The name that places carry.
        root: The values: maps, lists, text, numbers, true, false, nothing. `None` when reading had to stop.
        diagnostics: Every mistake, in the order of the file.
        keys: The place of each key.
        values: The place of each value.
        lines: The text, line by line, to quote from.
        lookalikes: For an unquoted text that looks like a number: how to write that number.
        flow: The paths of the maps and lists that are written in brackets.
        texts: The lines of every file, where several were composed to this one.
    """

    file: str
    root: Value
    diagnostics: tuple[Diagnostic, ...]
    keys: Mapping[Path, Span] = field(repr=False)
    values: Mapping[Path, Span] = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    lookalikes: Mapping[Path, str] = field(repr=False)
    flow: frozenset[Path] = field(repr=False)
    _styles: Mapping[Path, Style] = field(repr=False)
    _words: Mapping[Path, str] = field(repr=False)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"<Document {self.file}: {len(self.values)} values, {len(self.diagnostics)} mistakes>"

    def require(self) -> Document:
        """This document, if it has no mistakes.

        Raises:
            ProtocolError: It has; all of them are told.
        """
        if self.diagnostics:
            raise ProtocolError(self.diagnostics)
        return self

    def span(self, path: Path, on_key: bool = True) -> Span:
        """The nearest place there is: of `path` itself, else of the map or list around it."""
        if not on_key and path in self.values:
            return self.values[path]
        for length in range(len(path), 0, -1):
            part = path[:length]
            if part in self.keys:
                return self.keys[part]
            if part in self.values:
                return self.values[part]
        return self.values.get((), Span(self.file, 1, 1))

    def lines_at(self, span: Span) -> tuple[str, ...]:
        """The lines of the file that a place is in."""
        return self.texts.get(span.file, self.lines)

    def style_written(self, path: Path) -> Style | None:
        """How the text at `path` is written, where it is not plain."""
        return self._styles.get(path)

    def word_written(self, path: Path) -> str | None:
        """The word at `path` as the author wrote it, where it stands for something else."""
        return self._words.get(path)

    def style(self, path: Path) -> Style | None:
        """How the text or number at `path` is written; `None` for a map, a list, or no such path."""
        if path in self._styles:
            return self._styles[path]
        return None if self.written(path) is None else "plain"

    def written(self, path: Path) -> str | None:
        """The word as the author wrote it (``1.50``, ``~``), or the text; `None` for a map, a list or no such path."""
        if path in self._words:
            return self._words[path]
        found: Any = self.root
        for part in path:
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list) and isinstance(part, int) and 0 <= part < len(found):
                found = found[part]
            else:
                return None
        return found if isinstance(found, str) else None


def read(source: bytes, file: str) -> Document:
    """The document that `source` holds; what is wrong with it is in its `diagnostics`.

    Example:
        >>> document = read(b"title: Grief\\nsessions: 12\\n", "ipt.yaml")
        >>> document.root, str(document.span(("sessions",)))
        ({'title': 'Grief', 'sessions': 12}, 'ipt.yaml:2:1')
    """
    reading = Reading(file)
    root = reading.read(source)
    kept = reading.kept
    return Document(
        file=file,
        root=root,
        diagnostics=reading.mistakes.in_order(),
        keys=Places(file, kept.keys),
        values=Places(file, kept.values),
        lines=tuple(reading.lines),
        lookalikes=MappingProxyType(kept.hints),
        flow=frozenset(kept.flow),
        _styles=kept.styles,
        _words=kept.words,
    )


def read_path(path: str | os.PathLike[str], file: str | None = None, most_bytes: int = MOST_BYTES) -> Document:
    """The document in the file at `path`; only a regular file of at most `most_bytes` is opened and read."""
    name = os.fspath(path) if file is None else file
    try:
        return read(bytes_of(path, most_bytes), name)
    except NotRegular:
        return _unread(name, "file-not-regular", "this is not a file with text in it", "name a YAML file")
    except TooLarge:
        return _unread(name, "yaml-too-large", *too_large(most_bytes))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return _unread(name, "file-not-found", "there is no such file", "look at the folder and the spelling")
    except OSError:
        return _unread(name, "file-not-readable", "this file cannot be opened", "look at who may read it")


def _unread(file: str, code: str, message: str, hint: str) -> Document:
    mistake = Diagnostic(Span(file, 1, 1), code, message, hint)
    nowhere = Places(file, {})
    return Document(file, None, (mistake,), nowhere, nowhere, (), MappingProxyType({}), frozenset(), {}, {})
