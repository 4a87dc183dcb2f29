"""Drafts as files: each is read, checked and played as written before it is handed out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iptengine.authoring.vignette import ENDING, read_vignette_text
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.protocol import Protocol
from iptengine.testing.drafting.drafts import Undone, drafts
from iptengine.testing.drafting.written import written
from iptengine.testing.marks import Mark
from iptengine.testing.player import play

NOT_TOLD = "a course does it, and what it takes cannot be told in a vignette yet"


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A drafted vignette: the name of its file, its text, and what it reaches that no vignette did."""

    name: str
    text: str
    marks: tuple[Mark, ...]


def draft_files(protocol: Protocol, missing: Iterable[Mark], named: str) -> Iterator[DraftFile | Undone]:
    """A vignette for each thing that is `missing`, or why there is none; `named` is how they name the protocol."""
    number = 0
    for found in drafts(protocol, missing):
        if isinstance(found, Undone):
            yield found
            continue
        text = written(found.draft, named, found.marks)
        name = f"draft-{number + 1:02}-{_slug(found.marks[0])}{ENDING}"
        if not _stands(text, name, protocol):
            yield from (Undone(mark, NOT_TOLD) for mark in found.marks)
            continue
        number += 1
        yield DraftFile(name, text, found.marks)


def _stands(text: str, name: str, protocol: Protocol) -> bool:
    """Whether a draft can be read and played, and goes as it says."""
    try:
        return not play(read_vignette_text(text.encode(), name), protocol).differences
    except ProtocolError:
        return False


def _slug(mark: Mark) -> str:
    words = [str(part) for part in (*mark.path[-2:], mark.how)]
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")[:60].rstrip("-")


__all__ = ["DraftFile", "draft_files"]
