"""Where everything stands: the places of a file as a protocol keeps them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from iptengine.authoring.document import Document
from iptengine.diagnostics import Path, Span


class ProtocolPlaces(Mapping[Path, Span]):
    """File and line of every path; the file by its name alone, so that it is the same on every machine."""

    __slots__ = ("_document", "_file")

    def __init__(self, document: Document, file: str) -> None:
        self._document = document
        self._file = file

    def __getitem__(self, path: Path) -> Span:
        keys = self._document.keys
        span = keys[path] if path in keys else self._document.values[path]
        file = self._file if span.file == self._document.file else os.path.basename(span.file)
        return Span(file, span.line, span.column)

    def __contains__(self, path: object) -> bool:
        return path in self._document.values

    def __iter__(self) -> Iterator[Path]:
        return iter(self._document.values)

    def __len__(self) -> int:
        return len(self._document.values)

    def __repr__(self) -> str:
        return f"<{len(self)} places in {self._file}>"
