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

_MARKDOWN_MARK = re.compile(r"[\\*_\[\]<>()|~&#^$@{}]|:(?=//)|(?i:(?<=www)\.)|!$")
_BLOCK_START = re.compile(r"\d*\.|[-+=:]")
_SHORT_NUMBER = re.compile(r"\d{1,9}")


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
    clean = _CONTROL.sub(REPLACEMENT, re.sub(r"[\r\n]", " ", _LINE_ENDS.sub("\n", text)))
    words = re.sub(r"[ \t]+", " ", clean)
    inner = words.strip()
    if not inner:
        return _entities(words)
    before = words[: len(words) - len(words.lstrip())]
    after = words[len(words.rstrip()) :]
    return _entities(before) + _escaped_words(inner) + _entities(after)


def escape_text(text: str) -> str:
    """`text` for a terminal or a plain file: line breaks stay, every other control sign becomes U+FFFD.

    Example:
        >>> escape_text("a\\x1b[2Jb")
        'a\ufffd[2Jb'
    """
    return _CONTROL.sub(REPLACEMENT, _LINE_ENDS.sub("\n", text))


def _open_directions(text: str) -> str:
    """The signs that close every writing direction `text` leaves open, innermost first."""
    ends: list[str] = []
    for sign in _BIDI.findall(text):
        if sign in _OPENS_EMBEDDING:
            ends.append(_END_EMBEDDING)
        elif sign in _OPENS_ISOLATE:
            ends.append(_END_ISOLATE)
        elif sign == _END_ISOLATE and _END_ISOLATE in ends:
            while ends.pop() != _END_ISOLATE:
                pass
        elif sign == _END_EMBEDDING and ends and ends[-1] == _END_EMBEDDING:
            ends.pop()
    return "".join(reversed(ends))


def _escaped_words(inner: str) -> str:
    """Backslashes where Markdown would see a mark; a number standing alone cannot become a list's."""
    if inner.isascii() and _SHORT_NUMBER.fullmatch(inner):
        return inner[:-1] + _entities(inner[-1])
    start = _BLOCK_START.match(inner)
    if start is None:
        return _marked(inner)
    mark = start.end() - 1
    return f"{inner[:mark]}\\{inner[mark]}{_marked(inner[mark + 1 :])}"


def _marked(words: str) -> str:
    # A backslash does not work inside an author's `code`; an entity is never structure anywhere.
    return _MARKDOWN_MARK.sub(r"\\\g<0>", words).replace("`", "&#96;")


def _entities(text: str) -> str:
    return "".join(f"&#{ord(sign)};" for sign in text)
