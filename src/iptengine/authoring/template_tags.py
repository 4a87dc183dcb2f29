"""The tags of a template, read once from left to right: what is too large or foreign is told before anything is parsed.

Jinja's parser calls itself for every bracket, ``not`` and block, so nothing reaches it that has not been counted here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from jinja2 import Environment, TemplateSyntaxError

MAX_LENGTH = 20_000
"""Characters of one template."""
MAX_WORDS = 80
"""Words and signs inside one ``{{ }}`` or ``{% %}``."""
MAX_BRACKETS = 6
MAX_NOTS = 6
MAX_DOTS = 8
MAX_NESTED = 8
"""Blocks inside blocks."""
MAX_BRANCHES = 40
MAX_DIGITS = 9
MAX_TEXT = 500
"""Characters of one text in quotes, and of one name."""
MAX_TOLD = 100
"""Mistakes told about one template; after so many the rest is not news."""

SYNTAX = "template-syntax"
FORBIDDEN = "template-forbidden"
TOO_LARGE = "template-too-large"

ALLOWED = "a template shows `{{ name }}`, asks `{% if … %}` and repeats with `{% for one in list %}`"

_BLOCKS = ("if", "elif", "else", "endif", "for", "endfor")
_OPERATORS = frozenset({".", "|", "(", ")", ",", "==", "!=", "<", "<=", ">", ">="})
_BIDI = frozenset(range(0x202A, 0x202F)) | frozenset(range(0x2066, 0x206A))
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}


@dataclass(frozen=True, slots=True)
class TemplateFinding:
    """One mistake in a template.

    Attributes:
        line: The line in the template's own text, from 1.
        message: What is wrong, in the words of the template.
        hint: What to do next, or ``""``.
        code: Stable rule name: ``template-syntax``, ``template-forbidden``, ``template-too-large``,
            ``template-loop``, ``template-unknown-name``, ``template-unknown-filter``, ``template-type``,
            ``template-condition``, ``template-unknown-branch``.
    """

    line: int
    message: str
    hint: str
    code: str


@dataclass(frozen=True, slots=True)
class Word:
    """One name, number, text or sign inside a tag, as the author wrote it."""

    kind: str
    text: str


@dataclass(slots=True)
class Tag:
    """One ``{{ … }}`` or ``{% … %}``."""

    line: int
    opening: str
    words: list[Word] = field(default_factory=list)
    text: str = ""
    refused: bool = False

    @property
    def block(self) -> str:
        """The word that names the block (``"if"``), or ``""`` for ``{{ … }}``."""
        return self.words[0].text if self.opening == "{%" and self.words else ""

    @property
    def shown(self) -> str:
        """The tag as a message quotes it: one line, not long."""
        text = " ".join(self.text.split())
        return text if len(text) <= 60 else f"{text[:57]}…"


@dataclass(frozen=True, slots=True)
class Scan:
    """A template's tags and what is wrong with them.

    Attributes:
        tags: In the order of the text.
        findings: Every mistake that needs no parsing.
        readable: The template without the tags that were refused, each line in its place; ``None`` when
            too little would be left to go on.
    """

    tags: tuple[Tag, ...]
    findings: tuple[TemplateFinding, ...]
    readable: str | None


def scan(source: str, environment: Environment) -> Scan:
    """The tags of `source`, with every mistake that shows without parsing; linear in the length of the text."""
    findings = list(_text_findings(source))
    if findings:
        return Scan((), tuple(findings), None)
    tags, pieces, broken = _read(source, environment)
    findings += broken
    stop = bool(broken)
    for tag in tags:
        if len(findings) >= MAX_TOLD:
            return Scan(tuple(tags), tuple(findings[:MAX_TOLD]), None)
        found = tuple(_tag_findings(tag))
        tag.refused = bool(found)
        findings += found
        # A refused `{{ … }}` or a foreign block can be left out; a refused `{% if %}` takes its block along.
        stop = stop or any(one.code == TOO_LARGE for one in found) or (tag.refused and tag.block in _BLOCKS)
    structure = tuple(_structure_findings(tags))
    findings += structure
    stop = stop or bool(structure)
    return Scan(tuple(tags), tuple(findings), None if stop else _without_refused(pieces))


def _text_findings(source: str) -> Iterator[TemplateFinding]:
    if len(source) > MAX_LENGTH:
        yield TemplateFinding(
            1,
            f"this template has {len(source)} characters; a template has at most {MAX_LENGTH}",
            "split it into several prompts",
            TOO_LARGE,
        )
        return
    if source.replace("\n", "").isprintable():
        return
    line = 1
    told: set[str] = set()
    for sign in source:
        line += sign == "\n"
        if _is_invisible(sign) and sign not in told:
            told.add(sign)
            yield TemplateFinding(
                line,
                f"an invisible sign stands in this text (U+{ord(sign):04X})",
                "delete it, or type the line again",
                FORBIDDEN,
            )


def _is_invisible(sign: str) -> bool:
    return (unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t") or ord(sign) in _BIDI


_Piece: TypeAlias = tuple[int, Tag | None, str]


def _read(source: str, environment: Environment) -> tuple[list[Tag], list[_Piece], list[TemplateFinding]]:
    tags: list[Tag] = []
    pieces: list[_Piece] = []
    open_tag: Tag | None = None
    comment: int | None = None
    raw: Tag | None = None
    try:
        for line, kind, text in environment.lex(source):
            if kind in ("variable_begin", "block_begin"):
                open_tag = Tag(line, text[:2])
                tags.append(open_tag)
            elif kind == "raw_begin":
                raw = Tag(line, "{%", [Word("name", "raw")], text)
                tags.append(raw)
            elif kind == "comment_begin":
                comment = line
            pieces.append((line, raw or open_tag, text))
            if open_tag is not None:
                open_tag.text += text
                if kind not in ("variable_begin", "block_begin", "whitespace", "variable_end", "block_end"):
                    open_tag.words.append(Word(kind, text))
            if kind in ("variable_end", "block_end"):
                open_tag = None
            elif kind == "comment_end":
                comment = None
            elif kind == "raw_end":
                raw = None
    except TemplateSyntaxError as error:
        return tags, pieces, [_unreadable(error.lineno, open_tag, comment, raw)]
    if open_tag is not None:
        return tags, pieces, [_never_closed(open_tag.line, open_tag.opening, open_tag.shown)]
    return tags, pieces, []


def _unreadable(line: int, tag: Tag | None, comment: int | None, raw: Tag | None) -> TemplateFinding:
    if tag is not None:
        end = _ENDS[tag.opening]
        return TemplateFinding(
            line,
            f"what follows `{tag.shown}` cannot be read",
            f"close brackets and quotes, and end with `{end}`",
            SYNTAX,
        )
    if raw is not None:
        return _never_closed(raw.line, "{%", "{% raw %}")
    return _never_closed(comment or line, "{#", "{#")


def _never_closed(line: int, opening: str, shown: str) -> TemplateFinding:
    end = _ENDS[opening]
    return TemplateFinding(line, f"`{shown}` is never closed", f"end it with `{end}`", SYNTAX)


def _tag_findings(tag: Tag) -> Iterator[TemplateFinding]:
    if tag.opening == "{%" and tag.block not in _BLOCKS:
        yield _foreign_block(tag)
        return
    large = next(_too_large(tag), None)
    if large is not None:
        yield TemplateFinding(tag.line, f"`{tag.shown}`: {large}", "say it in smaller steps", TOO_LARGE)
        return
    rest = tag.words[1:] if tag.block else tag.words
    if not rest and tag.block not in ("else", "endif", "endfor"):
        yield TemplateFinding(tag.line, f"`{tag.shown}` is empty", _example(tag), SYNTAX)
    if rest and tag.block in ("else", "endif", "endfor"):
        hint = f"write `{{% {tag.block} %}}`"
        yield TemplateFinding(tag.line, f"nothing may follow `{tag.block}` in `{tag.shown}`", hint, SYNTAX)
        return
    for message, hint in dict(_foreign_words(tag, rest)).items():
        yield TemplateFinding(tag.line, f"{message}, in `{tag.shown}`", hint, FORBIDDEN)


def _example(tag: Tag) -> str:
    if tag.block == "for":
        return "name a list: `{% for one in list %}`"
    return f"write a name: `{tag.opening} {tag.block + ' ' if tag.block else ''}name {_ENDS[tag.opening]}`"


def _foreign_block(tag: Tag) -> TemplateFinding:
    if not tag.block:
        return TemplateFinding(tag.line, "`{% %}` is empty", ALLOWED, SYNTAX)
    name = tag.block if len(tag.block) <= 40 else f"{tag.block[:37]}…"
    return TemplateFinding(tag.line, f"`{{% {name} %}}` is not part of the template language", ALLOWED, FORBIDDEN)


def _too_large(tag: Tag) -> Iterator[str]:
    if len(tag.words) > MAX_WORDS:
        yield f"more than {MAX_WORDS} words in one tag"
    if _deepest(word.text for word in tag.words if word.kind == "operator") > MAX_BRACKETS:
        yield f"more than {MAX_BRACKETS} brackets inside each other"
    if sum(word.text == "not" for word in tag.words) > MAX_NOTS:
        yield f"more than {MAX_NOTS} times 'not'"
    if _longest_path(tag.words) > MAX_DOTS:
        yield f"more than {MAX_DOTS} dots in one name"
    for word in tag.words:
        if word.kind in ("integer", "float") and len(word.text) > MAX_DIGITS:
            yield f"a number of more than {MAX_DIGITS} digits"
        if len(word.text) > MAX_TEXT:
            yield f"a word of more than {MAX_TEXT} characters"


def _deepest(signs: Iterable[str]) -> int:
    depth = deepest = 0
    for sign in signs:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _longest_path(words: list[Word]) -> int:
    longest = run = 0
    before = ""
    for word in words:
        run = run + 1 if word.text == "." else run if before == "." else 0
        longest = max(longest, run)
        before = word.text
    return longest


def _foreign_words(tag: Tag, words: list[Word]) -> Iterator[tuple[str, str]]:
    before = ""
    for position, word in enumerate(words):
        yield from _foreign_word(tag, word, position, before)
        before = word.text


def _foreign_word(tag: Tag, word: Word, position: int, before: str) -> Iterator[tuple[str, str]]:
    text = word.text
    if word.kind == "operator" and text not in _OPERATORS:
        yield f"`{text}` is not part of the template language", _SIGN_HINTS.get(text, ALLOWED)
    elif word.kind == "float" or (word.kind == "integer" and not text.isdecimal()):
        yield f"the number {text} is not a plain whole number", "write it with digits only"
    elif word.kind == "integer" and before == ".":
        yield "a place in a list cannot be picked by number", "repeat over the list with `{% for %}`"
    elif word.kind == "string" and "\\" in text:
        yield "a backslash cannot stand inside quotes", "write the sign itself"
    elif word.kind == "name" and before != ".":
        yield from _foreign_keyword(tag, text, position)


def _foreign_keyword(tag: Tag, text: str, position: int) -> Iterator[tuple[str, str]]:
    if text in ("if", "else"):
        yield "`… if … else` inside a tag is not part of the template language", "use `{% if … %} … {% endif %}`"
    elif text == "in" and not (tag.block == "for" and position == 1):
        yield "`in` is not part of the template language here", "`in` stands only in `{% for one in list %}`"
    elif unicodedata.normalize("NFKC", text) != text:
        yield f"'{text}' is written with look-alike letters", "type the name again with plain letters"


_ARITHMETIC = "a template does not calculate; show a fact that is already counted"
_SIGN_HINTS = {
    **dict.fromkeys(("+", "-", "*", "/", "//", "%", "**"), _ARITHMETIC),
    "~": "write the two one after the other: `{{ one }}{{ other }}`",
    "[": "repeat over a list with `{% for one in list %}`",
    "]": "repeat over a list with `{% for one in list %}`",
    "=": "compare with `==`",
}


def _structure_findings(tags: list[Tag]) -> Iterator[TemplateFinding]:
    opened: list[tuple[Tag, list[str]]] = []
    for tag in tags:
        block = tag.block
        if block in ("if", "for"):
            opened.append((tag, []))
            if len(opened) == MAX_NESTED + 1:
                message = f"`{tag.shown}` stands inside {MAX_NESTED} other blocks"
                yield TemplateFinding(tag.line, message, "say it in fewer levels", TOO_LARGE)
        elif block in ("elif", "else"):
            yield from _branch_findings(tag, opened)
        elif block in ("endif", "endfor"):
            if opened and opened[-1][0].block == block[3:]:
                opened.pop()
            else:
                yield _out_of_place(tag, f"{{% {block[3:]} … %}}")
    for tag, _ in opened:
        yield TemplateFinding(
            tag.line, f"`{tag.shown}` is never closed", f"end it with `{{% end{tag.block} %}}`", SYNTAX
        )


def _branch_findings(tag: Tag, opened: list[tuple[Tag, list[str]]]) -> Iterator[TemplateFinding]:
    if not opened:
        yield _out_of_place(tag, "{% if … %}")
        return
    owner, branches = opened[-1]
    if owner.block == "for":
        message = f"`{tag.shown}` in a `{{% for %}}` is not part of the template language"
        yield TemplateFinding(tag.line, message, "ask `{% if list %}` around the loop", FORBIDDEN)
    elif "else" in branches:
        yield TemplateFinding(
            tag.line, f"`{tag.shown}` comes after `{{% else %}}`", "`{% else %}` comes last, and once", SYNTAX
        )
    branches.append(tag.block)
    if len(branches) == MAX_BRANCHES + 1:
        message = f"`{owner.shown}` has more than {MAX_BRANCHES} branches"
        yield TemplateFinding(owner.line, message, "say it in smaller steps", TOO_LARGE)


def _out_of_place(tag: Tag, opener: str) -> TemplateFinding:
    return TemplateFinding(
        tag.line, f"`{tag.shown}` has no `{opener}` of its own", "check which blocks are open here", SYNTAX
    )


def _without_refused(pieces: list[_Piece]) -> str:
    """The text without refused tags; line breaks that a tag swallowed are put back so that lines still count."""
    kept: list[str] = []
    at = 1
    for line, tag, text in pieces:
        kept.append("\n" * max(0, line - at))
        at = max(at, line)
        if tag is None or not tag.refused:
            kept.append(text)
            at += text.count("\n")
    return "".join(kept)
