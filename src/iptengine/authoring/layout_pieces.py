"""The words and signs of an author's file, each with the column it should have if it begins a line.

A file is read as tokens of the same parser that reads it into values; what lies between two of them is blanks,
line ends and comments, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml
from yaml.tokens import (
    BlockEndToken,
    BlockEntryToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    KeyToken,
    ScalarToken,
    ValueToken,
)

STEP = 2
"""How much further in each level stands."""


class Level(NamedTuple):
    """How far in a map or list stands: as it was written, and as it should."""

    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or sign of a file.

    Attributes:
        text: As it was written, over several lines perhaps.
        start: Where it begins in the file, in signs.
        end: Where it ends; a text in block form ends with its last line, without the line end.
        column: How far in it begins.
        target: How far in it should begin, if it begins a line; none inside brackets.
        parent: The map or list it stands in.
        levels: Every map and list around it, outermost first.
        block: It is a text in block form (``|`` or ``>``).
        flow: It stands inside brackets.
    """

    text: str
    start: int
    end: int
    column: int
    target: int | None
    parent: Level
    levels: tuple[Level, ...]
    block: bool = False
    flow: bool = False

    @property
    def floor(self) -> int:
        """How far in its further lines stand at least."""
        return self.parent.new + (0 if self.flow else STEP)

    @property
    def header(self) -> str:
        """Of a text in block form what stands before its first line: ``>-``; its comment aside."""
        return self.text.partition("\n")[0].partition("#")[0] if self.block else ""


_BEGINS_FLOW = (FlowMappingStartToken, FlowSequenceStartToken)
_ENDS_FLOW = (FlowMappingEndToken, FlowSequenceEndToken)


def pieces(text: str) -> list[Piece]:
    """Every word and sign of a file without mistakes, in order.

    Example:
        >>> [(piece.text, piece.target) for piece in pieces("a:\\n    - b\\n")]
        [('a', 0), (':', 0), ('-', 2), ('b', 4)]
    """
    return list(_Walk(text).pieces())


def _tokens(text: str) -> Iterator[Any]:
    loader = yaml.CSafeLoader(text)
    try:
        while loader.check_token():
            yield loader.get_token()
    finally:
        loader.dispose()


@dataclass
class _Walk:
    """One way through the tokens of a file, with the maps and lists that are open."""

    text: str
    stack: list[Level] = field(default_factory=list)
    lists: list[bool] = field(default_factory=list)
    """Of each map and list that is open: whether it is a list."""
    dash: Level | None = None
    """The last ``-``, while what it holds has not begun."""
    after: type | None = None
    """What came last, signs that take no room among them."""
    depth: int = 0

    def pieces(self) -> Iterator[Piece]:
        for token in _tokens(self.text):
            start, end = token.start_mark.index, token.end_mark.index
            column = token.start_mark.column
            if isinstance(token, BlockMappingStartToken | BlockSequenceStartToken):
                self.stack.append(Level(column, self._inside()))
                self.lists.append(isinstance(token, BlockSequenceStartToken))
            elif isinstance(token, BlockEndToken):
                self.stack.pop()
                self.lists.pop()
            elif end > start:
                yield self._piece(token, start, end, column)
            if end > start or isinstance(token, KeyToken):
                self.after = type(token)

    def _inside(self) -> int:
        """How far in something stands that is held by what came last."""
        if self.dash is not None:
            return self.dash.new + STEP
        return self.stack[-1].new + STEP if self.stack and self.after is ValueToken else 0

    def _piece(self, token: Any, start: int, end: int, column: int) -> Piece:
        block = isinstance(token, ScalarToken) and token.style in ("|", ">")
        parent = self.dash or (self.stack[-1] if self.stack else Level(0, 0))
        levels = (*self.stack, self.dash) if self.dash else tuple(self.stack)
        flow = self.depth > 0
        target = None if flow else self._target(token)
        if target is not None and isinstance(token, BlockEntryToken):
            parent = Level(column, target)
            levels = (*self.stack, parent)
        if not flow:
            self.dash = parent if isinstance(token, BlockEntryToken) else None
        self.depth += isinstance(token, _BEGINS_FLOW) - isinstance(token, _ENDS_FLOW)
        if block:
            end = start + len(_without_what_follows(self.text[start:end]))
        return Piece(self.text[start:end], start, end, column, target, parent, levels, block, flow)

    def _target(self, token: Any) -> int:
        if isinstance(token, BlockEntryToken):
            # A dash in line with the key above it has no list of its own among the tokens.
            return self.stack[-1].new + (0 if self.lists[-1] else STEP)
        if self.after is KeyToken and self.stack:
            return self.stack[-1].new
        return self._inside()


def _without_what_follows(block: str) -> str:
    """A text in block form up to its last line; the empty lines after it belong to it only where ``+`` says so."""
    header, _, _ = block.partition("\n")
    if "+" in header.partition("#")[0]:
        return re.sub(r"\n *\Z", "", block)
    return re.sub(r"(?:\n *)+\Z", "", block)
