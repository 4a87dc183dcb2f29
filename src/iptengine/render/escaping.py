"""Patient text is data (law 10): how a value goes into HTML, Markdown and plain text without becoming structure."""

from __future__ import annotations

import re

from markupsafe import escape

REPLACEMENT = "\ufffd"
"""Stands visibly where a sign could not be shown."""

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OPENS_EMBEDDING = frozenset("\u202a\u202b\u202d\u202e")
_OPENS_ISOLATE = frozenset("\u2066\u2067\u2068")
_END_EMBEDDING = "\u202c"
_END_ISOLATE = "\u2069"

_UNENCODABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]|" + _BIDI.pattern)

_MARKDOWN_MARKS = str.maketrans({mark: f"\\{mark}" for mark in r"\`*_[]<>()|~&#^$@{}"})
_LINK_OR_IMAGE = re.compile(r":(?=//)|\.(?<=[wW]{3}\.)|!$")
_BLOCK_START = re.compile(r"\d*\.|[-+=:]|[A-Za-z][A-Za-z0-9.+-]{1,31}:(?=\S)")
_DIGITS = re.compile(r"\d+")
_PLAIN_WORDS = re.compile(r"[A-Za-z][A-Za-z',;]*(?: [A-Za-z0-9',;]+)*[.?]?")
"""Words that mean nothing else in Markdown: most of what a page says, let through at once."""
_LINE_BREAKS = re.compile(r"[\r\n]")
_BLANKS = re.compile(r"[ \t]{2,}|\t")
_JOINER = "\u2060"
"""Takes no room and is no blank: keeps the author's marks around a text apart where the text itself cannot."""


def escape_html(text: str) -> str:
    """`text` for HTML, between tags or inside a quoted attribute.

    Every sign that HTML can carry stays; NUL and half characters become U+FFFD. Signs that turn the writing
    direction are closed again, so that they cannot reach the words after the text.

    Example:
        >>> escape_html("<b> & 'x'")
        '&lt;b&gt; &amp; &#39;x&#39;'
    """
    clean = _UNENCODABLE.sub(REPLACEMENT, text)
    return str(escape(clean + _open_directions(clean)))


def escape_markdown(text: str) -> str:
    """`text` for Markdown: one line of words that opens no block, link, emphasis, table or HTML.

    Line breaks and runs of blanks become one blank; control and direction signs become U+FFFD.

    Example:
        >>> escape_markdown("# *not* a heading")
        '\\\\# \\\\*not\\\\* a heading'
    """
    if _PLAIN_WORDS.fullmatch(text):
        return text
    return _one_line(text)


def _one_line(text: str) -> str:
    """`escape_markdown` for any text."""
    clean = text
    if not text.isprintable():  # what the three look for is never printable, and most texts are
        clean = _CONTROL.sub(REPLACEMENT, _LINE_BREAKS.sub(" ", _LINE_ENDS.sub("\n", text)))
    words = _BLANKS.sub(" ", clean).strip()
    # Nothing between two marks, as in `**{{ name }}**`, would make a rule; a bare number could number a list.
    if not words or _DIGITS.fullmatch(words):
        return _JOINER + words
    start = _BLOCK_START.match(words)
    if start is None:
        return _marked(words)
    mark = start.end() - 1
    return f"{_marked(words[:mark])}\\{words[mark]}{_marked(words[mark + 1 :])}"


def escape_text(text: str) -> str:
    """`text` for a terminal or a plain file: line breaks stay, every other control sign becomes U+FFFD.

    Example:
        >>> escape_text("a\\x1b[2Jb")
        'a\ufffd[2Jb'
    """
    if text.isprintable():  # what the two look for is never printable
        return text
    return _CONTROL.sub(REPLACEMENT, _LINE_ENDS.sub("\n", text))


def _open_directions(text: str) -> str:
    """The signs that close every writing direction `text` leaves open, innermost first."""
    ends: list[str] = []
    isolates = 0
    for sign in _BIDI.findall(text):
        if sign in _OPENS_EMBEDDING:
            ends.append(_END_EMBEDDING)
        elif sign in _OPENS_ISOLATE:
            ends.append(_END_ISOLATE)
            isolates += 1
        elif sign == _END_ISOLATE and isolates:
            isolates -= 1
            while ends.pop() != _END_ISOLATE:
                pass
        elif sign == _END_EMBEDDING and ends and ends[-1] == _END_EMBEDDING:
            ends.pop()
    return "".join(reversed(ends))


def _marked(words: str) -> str:
    return _LINK_OR_IMAGE.sub(r"\\\g<0>", words.translate(_MARKDOWN_MARKS))
