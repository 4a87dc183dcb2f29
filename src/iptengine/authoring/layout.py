"""An author's file in its usual layout: the same words, the same comments, two blanks a level.

Only what stands *between* the words is written anew: blanks, empty lines, how far a line stands in. So a comment
keeps its place among the lines, and no quote, order or line of a sentence changes. Two things go a little further:
a list of names that fits on one line is written there, and a folded text (``>-``) with a line that is too long is
folded again. Whatever comes out is read and held against what went in before anybody gets to see it.

A round trip through a YAML library (ruamel.yaml) was tried on the shipped files: it broke long lines at places of its
own, and changed what two of them say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from iptengine.authoring.document import Document, read
from iptengine.authoring.layout_lists import names_on_one_line
from iptengine.authoring.layout_pieces import STEP, Level, Piece, pieces
from iptengine.protocol.fields import Model

WIDTH = 120
"""How wide a folded text may be, in signs."""

LIST_WIDTH = 100
"""How wide a line with a list of names may be; a longer one is easier to read below one another."""

_OPENS, _CLOSES = frozenset("[{"), frozenset("]}")


def usual_layout(source: bytes, file: str, model: type[Model]) -> bytes:
    """The file in its usual layout; `source` itself where that cannot be had without touching what it says.

    Args:
        source: The file.
        file: What places call it.
        model: What stands in such a file, to know lists of names.

    Raises:
        ProtocolError: The file has mistakes; it is not touched before they are put right.

    Example:
        >>> from iptengine.protocol.model import Spec
        >>> print(usual_layout(b"title:   Grief # why\\nphases: { a: 1 }", "a.yaml", Spec).decode(), end="")
        title: Grief  # why
        phases: {a: 1}
    """
    before = read(source, file).require()
    text = source.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    laid = Layout(text).text()
    laid = names_on_one_line(read(laid.encode(), file), laid, model, LIST_WIDTH)
    return laid.encode() if same(before, text, laid) else source


def same(before: Document, text: str, laid: str) -> bool:
    """Whether a text laid out anew says what it said before, has the same comments, and would not change again."""
    after = read(laid.encode(), before.file)
    return (
        not after.diagnostics
        and _exactly(before.root) == _exactly(after.root)
        and comments(text) == comments(laid)
        and Layout(laid).text() == laid
    )


def _exactly(value: object) -> str:
    """Values as text, in their order and of their kind: ``1`` is neither ``1.0`` nor ``true`` nor ``"1"``."""
    return repr(value)


def comments(text: str) -> Counter[str]:
    """Every comment of a file, and how often it stands there."""
    found: list[str] = []
    end = 0
    for piece in pieces(text):
        found += text[end : piece.start].split("\n")
        end = piece.end
        found += [piece.text.partition("\n")[0].removeprefix(piece.header)] if piece.block else []
    found += text[end:].split("\n")
    return Counter(comment.strip() for comment in found if comment.strip())


@dataclass
class Layout:
    """One file on its way.

    Attributes:
        source: The file as it was.
        lines: The lines that are finished.
        line: The line that is being written.
        moved: How much further in the current line stands than it did.
        gap: An empty line is due before what comes next.
    """

    source: str
    lines: list[str] = field(default_factory=list)
    line: str = ""
    moved: int = 0
    gap: bool = False

    def text(self) -> str:
        """The whole file."""
        previous: Piece | None = None
        for piece in pieces(self.source):
            self._between(previous, piece)
            self._write(piece)
            previous = piece
        self._between(previous, None)
        ends_in_text = previous is not None and previous.end == len(self.source)
        if ends_in_text and previous is not None and previous.block and "-" not in previous.header:
            return "\n".join(self.lines)  # with a line end the text would have one more
        return "".join(f"{line}\n" for line in self.lines)

    # -- between two pieces --------------------------------------------------------------------------------------

    def _between(self, previous: Piece | None, piece: Piece | None) -> None:
        gap = self.source[previous.end if previous else 0 : piece.start if piece else len(self.source)]
        if previous is not None and piece is not None and "\n" not in gap:
            self.line += _blanks(previous, piece, gap)
            return
        lines = gap.split("\n")
        if previous is not None:
            self._end(lines.pop(0))
        if piece is not None:
            lines.pop()
        for line in lines:
            self._own_line(line, previous, piece)
        if piece is not None:
            self._due_gap()
            self.line = " " * self._column(piece)

    def _end(self, rest: str) -> None:
        """Ends the line, with the comment behind it."""
        comment = rest.strip()
        if comment:
            self.line += " " * max(2, len(rest) - len(rest.lstrip())) + comment
        self.lines.append(self.line)

    def _own_line(self, line: str, previous: Piece | None, piece: Piece | None) -> None:
        comment = line.strip()
        if not comment:
            self.gap = bool(self.lines)
            return
        self._due_gap()
        column = self._comment_column(len(line) - len(line.lstrip()), previous, piece)
        self.lines.append(" " * column + comment)

    def _due_gap(self) -> None:
        if self.gap:
            self.lines.append("")
        self.gap = False

    def _column(self, piece: Piece) -> int:
        """How far in a line stands that begins with this piece."""
        if piece.target is None:
            return max(piece.column + self.moved, piece.floor)
        self.moved = piece.target - piece.column
        return piece.target

    def _comment_column(self, column: int, previous: Piece | None, piece: Piece | None) -> int:
        """A comment stands in as far as what it was in line with: what comes next, or what it is a part of."""
        if piece is not None and piece.target is None:
            return max(column + self.moved, piece.floor)
        around = previous.levels if previous else ()
        following = (Level(piece.column, piece.target),) if piece is not None and piece.target is not None else ()
        in_line = [level.new for level in (*around, *following) if level.old == column]
        before = [level.new for level in following if level.old > column]
        inside = [level.new for level in around if level.old < column]
        return (in_line or before or inside or [0])[-1]

    # -- a piece -------------------------------------------------------------------------------------------------

    def _write(self, piece: Piece) -> None:
        first, *rest = piece.text.split("\n")
        self.line += first.rstrip() if piece.block else first
        further = _block(piece, rest) if piece.block else [self._moved(piece, line) for line in rest]
        for line in further:
            self.lines.append(self.line)
            self.line = line

    def _moved(self, piece: Piece, line: str) -> str:
        """A further line of a text; how far in it stands is no part of what it says."""
        words = line.lstrip(" \t")
        return " " * max(len(line) - len(words) + self.moved, piece.floor) + words if words else ""


def _blanks(previous: Piece, piece: Piece, gap: str) -> str:
    """What stands between two pieces of one line."""
    if previous.text == ":" or previous.text == "-":
        return " " if piece.text not in ("]", "}", ",") else gap
    if previous.text in _OPENS or piece.text in _CLOSES or piece.text in (",", ":"):
        return ""
    return " " if previous.text == "," else gap


def _block(piece: Piece, content: Sequence[str]) -> list[str]:
    """The lines of a text in block form, moved as a whole."""
    digit = re.search(r"[1-9]", piece.header)
    old = piece.parent.old + int(digit[0]) if digit else _indent(content)
    new = piece.parent.new + (int(digit[0]) if digit else STEP)
    if piece.header.startswith(">") and not digit:
        content = list(_refolded([line[old:] for line in content], WIDTH - new))
        old = 0
    return [" " * new + line[old:] if line[old:] else "" for line in content]


def _indent(content: Sequence[str]) -> int:
    return next((len(line) - len(line.lstrip(" ")) for line in content if line.strip(" ")), 0)


def _refolded(lines: Sequence[str], width: int) -> Iterator[str]:
    """Folded lines, with each paragraph that has a line beyond the width folded again."""
    for plain, paragraph in groupby(lines, key=lambda line: bool(line) and not line.startswith((" ", "\t"))):
        told = list(paragraph)
        yield from _folded(told, width) if plain and max(map(len, told)) > width else told


def _folded(lines: Sequence[str], width: int) -> Iterator[str]:
    """A paragraph broken at single blanks only, since two in a row are a part of the text."""
    line = ""
    for word in re.split(r"(?<=[^ ]) (?=[^ ])", " ".join(lines)):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
