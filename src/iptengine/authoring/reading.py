"""One pass over the events of the parser: values are built, places kept, mistakes noted.

Limits on size, depth and number hold while reading, so that no file costs more than a moment. After a mistake of
meaning (a key twice, a tag) reading goes on; a mistake of grammar ends it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn, Protocol

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from iptengine.authoring.characters import name_of, odd_characters
from iptengine.authoring.mistakes import MOST_MISTAKES, Mistakes, Stopped
from iptengine.authoring.scalars import NUMBER_BEGINS, WORDS, Odd, plain
from iptengine.authoring.source import source
from iptengine.authoring.yaml_errors import QUOTE_IT, Retold, quote_hint, retell, whole_line_hint
from iptengine.diagnostics import Path

Style = Literal["plain", "quoted", "block"]
Value = dict[str, Any] | list[Any] | str | int | float | bool | None
Event = Any
"""An event of the parser. Its published types make every mark optional; the C parser always sets them."""

MOST_DEPTH = 24
MOST_VALUES = 50_000
LONGEST_TEXT = 20_000
LONGEST_KEY = 120

_KEY = re.compile(r"[A-Za-z](?:[ -~]*[!-~])?").fullmatch
_CUT = re.compile(r"[ \t]+#(\w?)")
_SPELLED_TAG = re.compile(r"![^\s%]*%")
_STYLES: dict[str, Style] = {'"': "quoted", "'": "quoted", "|": "block", ">": "block"}
_TOLD_BY_QUOTES = frozenset({"yaml-alias", "yaml-anchor", "yaml-tag", "yaml-braces"})


class Mark(Protocol):
    """A place in the text, counted from 0."""

    line: int
    column: int


@dataclass(slots=True)
class Kept:
    """What is kept beside the values while a file is read."""

    keys: dict[Path, Mark] = field(default_factory=dict)
    values: dict[Path, Mark] = field(default_factory=dict)
    styles: dict[Path, Style] = field(default_factory=dict)
    words: dict[Path, str] = field(default_factory=dict)
    hints: dict[Path, str] = field(default_factory=dict)
    flow: set[Path] = field(default_factory=set)


class Reading:
    """One pass over a file. Reads on after a mistake where it can."""

    __slots__ = ("depth", "escapes", "hashed", "kept", "lines", "mistakes", "next", "nodes")

    next: Callable[[], Event]

    def __init__(self, file: str) -> None:
        self.mistakes = Mistakes(file)
        self.lines: Sequence[str] = ()
        self.kept = Kept()
        self.hashed: frozenset[int] = frozenset()
        self.escapes = False
        self.depth = 0
        self.nodes = 0

    def read(self, content: bytes) -> Value:
        """The values in `content`, or nothing if reading had to stop; mistakes and places are kept."""
        try:
            read = source(content, self.mistakes)
            self.lines, self.hashed, self.escapes = read.lines, read.hashed, "\\" in read.text
            self.next = yaml.CSafeLoader(read.text).get_event
            return self.document()
        except Stopped:
            return None
        except yaml.YAMLError as error:
            self.grammar(retell(error, self.lines))
        except UnicodeDecodeError:  # from the parser: a tag whose %XX are no UTF-8, without a place
            self.grammar(self.unreadable_tag())
        return None

    # -- the parser's answers -----------------------------------------------------------------------

    def grammar(self, told: Retold) -> None:
        """Notes where the parser gave up, unless a mistake just told is the reason."""
        here = told.line + 1
        for known in self.mistakes.found:
            cut = known.code == "yaml-cut-by-hash" and known.span.line == here - 1
            if cut or (known.span.line == here and known.code in _TOLD_BY_QUOTES):
                return
        if len(self.mistakes.found) < MOST_MISTAKES:
            self.mistakes.add(told.line, told.column, told.code, told.message, told.hint)

    def unreadable_tag(self) -> Retold:
        line, column = 0, 0
        for number, text in enumerate(self.lines):
            if found := _SPELLED_TAG.search(text):
                line, column = number, found.start()
                break
        what = "a word that begins with '!' holds letters that cannot be read"
        return Retold(line, column, what, "leave it out", "yaml-tag")

    def document(self) -> Value:
        self.next()
        if isinstance(self.next(), StreamEndEvent):
            self.empty()
        root: Value = self.value(self.next(), ())
        end = self.next()
        if isinstance(end, DocumentEndEvent):
            self.nothing_after(end)
        if root is None and not self.mistakes.found:
            self.empty()
        return root

    def empty(self) -> NoReturn:
        if self.mistakes.found:
            raise Stopped
        self.mistakes.stop(0, 0, "yaml-empty", "there is nothing in this file", "begin with a key, a colon and a text")

    def nothing_after(self, end: Event) -> None:
        """The parser is not asked on: what comes after a document costs it more than it is worth."""
        begin = end.end_mark.column
        for number in range(end.end_mark.line, len(self.lines)):
            rest = self.lines[number][begin:]
            column, begin = begin + len(rest) - len(rest.lstrip()), 0
            if not rest.strip() or rest.lstrip().startswith("#"):
                continue
            if rest.startswith(("---", "%")):
                self.mistakes.add(
                    number,
                    column,
                    "yaml-several-documents",
                    "a second document begins here",
                    "keep one document in a file: leave out this line, or move what follows to its own file",
                )
            elif end.explicit:
                self.mistakes.add(
                    number,
                    column,
                    "yaml-several-documents",
                    "there is text after '...', which ends the document",
                    "leave out the '...', or what follows it",
                )
            else:
                self.grammar(
                    Retold(
                        number,
                        column,
                        "what stands here belongs to nothing before it",
                        quote_hint(self.lines[number], ""),
                    )
                )
            return

    # -- building -----------------------------------------------------------------------------------

    def value(self, event: Event, path: Path) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            return self.scalar(event, path)
        self.kept.values[path] = event.start_mark
        if kind is MappingStartEvent:
            self.enter(event, path)
            found: Any = self.mapping(path)
        elif kind is SequenceStartEvent:
            self.enter(event, path)
            found = self.sequence(path)
        else:
            self.alias(event)
            return None
        self.depth -= 1
        return found

    def enter(self, event: Event, path: Path) -> None:
        mark = event.start_mark
        self.depth += 1
        if self.depth > MOST_DEPTH:
            self.mistakes.stop(
                mark.line,
                mark.column,
                "yaml-too-deep",
                f"this is nested more than {MOST_DEPTH} deep",
                "write it flatter; a text that begins with brackets needs double quotes",
            )
        self.count(event)
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
        if event.flow_style:
            self.kept.flow.add(path)

    def count(self, event: Event) -> None:
        self.nodes += 1
        if self.nodes > MOST_VALUES:
            mark = event.start_mark
            self.mistakes.stop(
                mark.line,
                mark.column,
                "yaml-too-many-values",
                f"there are more than {MOST_VALUES} keys and values in this file",
                "split it",
            )

    def mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        following, keys = self.next, self.kept.keys
        while type(event := following()) is not MappingEndEvent:
            key = self.key(event, path, found)
            if key is None:
                self.discard(following())
                continue
            inner = (*path, key)
            keys[inner] = event.start_mark
            found[key] = self.value(following(), inner)
        return found

    def sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        following, value = self.next, self.value
        while type(event := following()) is not SequenceEndEvent:
            found.append(value(event, (*path, len(found))))
        return found

    def scalar(self, event: Event, path: Path) -> Any:
        kept, text = self.kept, event.value
        kept.values[path] = event.start_mark
        self.nodes += 1
        if self.nodes > MOST_VALUES:
            self.count(event)
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
        if len(text) > LONGEST_TEXT:
            self.too_long(event, f"a text of {len(text)} characters: at most {LONGEST_TEXT} are read", "shorten it")
        if event.style:
            kept.styles[path] = _STYLES[event.style]
            if self.escapes and event.style == '"':
                self.escaped(event)
            return text
        if self.hashed and event.end_mark.line in self.hashed:
            self.cut(event)
        if text and text[0] not in NUMBER_BEGINS and text not in WORDS:
            return text
        return self.odd_word(event, path)

    def odd_word(self, event: Event, path: Path) -> Any:
        """A word that may be a number, true, false or nothing."""
        found = plain(event.value[: LONGEST_TEXT + 1])
        self.kept.words[path] = event.value
        if not isinstance(found, Odd):
            return found
        if found.code:
            self.mistakes.add(event.start_mark.line, event.start_mark.column, found.code, found.message, found.hint)
        else:
            self.kept.hints[path] = found.hint
        return event.value

    def discard(self, event: Event) -> None:
        """Reads a value that has no place to go, for the mistakes in it."""
        kept, self.kept = self.kept, Kept()
        try:
            self.value(event, ())
        finally:
            self.kept = kept

    # -- keys ---------------------------------------------------------------------------------------

    def key(self, event: Event, path: Path, found: dict[str, Any]) -> str | None:
        """The key at `event`, or nothing if its value has to be discarded."""
        if type(event) is not ScalarEvent:
            self.no_key(event)
            return None
        self.nodes += 1
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
        key = event.value
        if not _KEY(key) or len(key) > LONGEST_KEY or (not event.style and key in WORDS):
            usable = self.odd_key(event)
            if usable is None:
                return None
            key = usable
        if key not in found:
            return key
        self.repeated(key, self.kept.keys[(*path, key)], event)
        return None

    def repeated(self, key: str, first: Mark, event: Event) -> None:
        mark = event.start_mark
        what = f"'{key}' stands here twice: first on line {first.line + 1}"
        advice = "keep one of the two, or give one another name"
        self.mistakes.add(mark.line, mark.column, "yaml-repeated-key", what, advice)

    def no_key(self, event: Event) -> None:
        mark = event.start_mark
        if type(event) is AliasEvent:
            self.alias(event)
            return
        line, column = mark.line, mark.column - 1
        if column >= 0 and self.lines[line][column : column + 2] == "{{":
            self.mistakes.add(
                line,
                column,
                "yaml-braces",
                "a text that begins with '{{' must stand in quotes",
                quote_hint(self.lines[line]),
            )
        else:
            self.mistakes.add(
                mark.line,
                mark.column,
                "yaml-key-not-a-word",
                "a key must be a word, not a list or a map",
                "write a word before the colon",
            )
        self.discard(event)

    def odd_key(self, event: Event) -> str | None:
        key, line, column = event.value, event.start_mark.line, event.start_mark.column
        if len(key) > LONGEST_KEY:
            self.too_long(event, f"a key of {len(key)} characters: at most {LONGEST_KEY} are read", "shorten it")
        elif key == "<<":
            self.mistakes.add(
                line, column, "yaml-merge-key", "'<<' would merge another map into this one", "write the keys out here"
            )
        elif not key.isascii():
            self.mistakes.add(
                line,
                column,
                "yaml-key-look-alike",
                f"the key '{key}' has {name_of(key)}, which can be mistaken for another letter",
                "write keys with the letters a to z",
            )
            return unicodedata.normalize("NFC", key)
        elif not key.strip():
            self.mistakes.add(
                line,
                column,
                "yaml-key-not-a-word",
                "there is a colon, but no key before it",
                "write a word before the colon",
            )
        else:
            self.mistakes.add(
                line,
                column,
                "yaml-key-not-a-word",
                f"'{_short(key)}' cannot be a key",
                "begin the key with a letter a to z, and leave out blanks at its ends",
            )
        return None

    # -- what has no place in a protocol ------------------------------------------------------------

    def alias(self, event: Event) -> None:
        line, column = event.start_mark.line, event.start_mark.column
        what = f"'*{_short(event.anchor)}' points to another place in the file"
        self.mistakes.add(line, column, "yaml-alias", what, f"write the value out here; {self.as_text(line, column)}")

    def properties(self, event: Event) -> None:
        line, column = event.start_mark.line, event.start_mark.column
        text = f"; {self.as_text(line, column)}" if type(event) is ScalarEvent else ""
        if event.anchor is not None:
            what = f"'&{_short(event.anchor)}' gives this place a name, so that it can be repeated elsewhere"
            advice = f"leave it out, and write each value where it belongs{text}"
            self.mistakes.add(line, column, "yaml-anchor", what, advice)
        if event.tag is not None:
            written = self.lines[line][column:].split(" ")[0]
            what = f"'{_short(written)}' gives this value a type"
            self.mistakes.add(line, column, "yaml-tag", what, f"leave it out{text}")

    def as_text(self, line: int, column: int) -> str:
        return f"if this is a text, {quote_hint(self.lines[line], begins=column)}"

    def escaped(self, event: Event) -> None:
        """A text in double quotes can spell characters that the file itself must not hold."""
        mark = event.start_mark
        for odd in odd_characters(event.value):
            self.mistakes.add(mark.line, mark.column, odd.code, f"this text spells {odd.message}", "take it out")

    def too_long(self, event: Event, message: str, hint: str) -> None:
        self.mistakes.add(event.start_mark.line, event.start_mark.column, "yaml-too-long", message, hint)

    def cut(self, event: Event) -> None:
        """A text without quotes that ends in a comment which may be its second half."""
        end = event.end_mark
        line = self.lines[end.line]
        found = _CUT.match(line, end.column)
        if not found or not (found[1] or len(event.value.split()) > 1):
            return
        left = f"only '{_short(event.value)}' is left" if event.value else "nothing is left"
        quote = whole_line_hint(line) if event.start_mark.line == end.line else QUOTE_IT
        own = "move the comment to a line of its own"
        self.mistakes.add(
            end.line,
            found.start() + found[0].index("#"),
            "yaml-cut-by-hash",
            f"cut here: everything from '#' on is a comment, so {left}",
            f"{quote}; or {own}",
        )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
