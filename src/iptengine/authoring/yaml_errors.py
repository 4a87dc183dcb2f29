"""What the YAML parser could not read, told again in the author's words.

The parser's own sentences speak of tokens and nodes; none of them reaches an author. What bites most often is prose:
a colon, a brace, a star or a quote in a text that stands without quotes. Those get the corrected line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

QUOTE_IT = "put double quotes around the text"

LONGEST_SHOWN = 160
"""A line longer than this is not repeated in a hint."""

_LEAD = re.compile(r"""(?P<lead>\s*(?:-[ ]+)*(?:(?:[A-Za-z][^\s:#"'{}\[\],]*|"[^"]*"|'[^']*'):[ ]+)?)(?P<text>\S.*)""")
_COMMENT = re.compile(r"\s+#\s.*")
_SPECIAL = {
    "@": "a text cannot begin with '@'",
    "`": "a text cannot begin with '`'",
    "%": "a text cannot begin with '%'",
    "*": "a text that begins with '*' is read as a reference to another place",
    "&": "a text that begins with '&' is read as a name for this place",
    "!": "a text that begins with '!' is read as a type",
    ">": "a text that begins with '>' is read as the start of a folded text",
    "|": "a text that begins with '|' is read as the start of a text block",
    ",": "a text cannot begin with ','",
}


@dataclass(frozen=True, slots=True)
class Retold:
    """A mistake of grammar: where (both counted from 0), what, and what to do next."""

    line: int
    column: int
    message: str
    hint: str
    code: str = "yaml-syntax"


def in_quotes(text: str) -> str:
    """`text` in the simplest quotes that keep it as it is.

    Example:
        >>> print(in_quotes('IPT: brief'), in_quotes('"word" more'))
        "IPT: brief" '"word" more'
    """
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def quote_hint(line: str, otherwise: str = QUOTE_IT, begins: int | None = None) -> str:
    """The advice to put the text of `line` in quotes, with the corrected line if there is one that reads.

    Only a text that begins in column `begins` (from 0), if that is given.
    """
    found = _LEAD.fullmatch(line.rstrip()) if len(line) <= LONGEST_SHOWN else None
    if not found or begins not in (None, found.start("text")):
        return otherwise
    text = _COMMENT.sub("", found["text"]) if not found["text"].startswith("#") else found["text"]
    quoted = in_quotes(text)
    return _advice(quoted, (found["lead"] + quoted).strip(), otherwise)


def whole_line_hint(line: str, otherwise: str = QUOTE_IT) -> str:
    """As `quote_hint`, for a text that a `#` has cut: what looks like a comment belongs to the text."""
    found = _LEAD.fullmatch(line.rstrip()) if len(line) <= LONGEST_SHOWN else None
    if not found or found["text"].startswith(("{", "[")):
        return otherwise
    quoted = in_quotes(found["text"])
    return _advice(quoted, (found["lead"] + quoted).strip(), otherwise)


def _advice(quoted: str, corrected: str, otherwise: str) -> str:
    kind = "single" if quoted.startswith("'") else "double"
    return f"put {kind} quotes around this: {corrected}" if _reads(corrected) else otherwise


def _reads(line: str) -> bool:
    parser = yaml.CSafeLoader(line)
    try:
        while parser.get_event() is not None:
            pass
    except yaml.YAMLError:
        return False
    return True


def retell(error: yaml.YAMLError, lines: Sequence[str]) -> Retold:
    """The parser's `error` in the author's words; `lines` is the whole text."""
    problem = str(getattr(error, "problem", "") or "")
    context = str(getattr(error, "context", "") or "")
    line, column = _place(getattr(error, "problem_mark", None), lines)
    start = _place(getattr(error, "context_mark", None) or getattr(error, "problem_mark", None), lines)
    told = _Told(problem, context, line, column, start, lines)
    for look in _LOOKS:
        if retold := look(told):
            return retold
    return Retold(line, column, "this line cannot be read as YAML", quote_hint(lines[line], ""))


def _place(mark: Any, lines: Sequence[str]) -> tuple[int, int]:
    """Where `mark` is; a mark behind the last line moves to the end of the last line with text."""
    if mark is None:
        return 0, 0
    if mark.line < len(lines) and (lines[mark.line].strip() or mark.line + 1 < len(lines)):
        return mark.line, mark.column
    line = min(mark.line, len(lines) - 1)
    while line and not lines[line].strip():
        line -= 1
    return line, len(lines[line])


@dataclass(frozen=True, slots=True)
class _Told:
    """What the parser said: its problem and where, and what it was reading and since where."""

    problem: str
    context: str
    line: int
    column: int
    start: tuple[int, int]
    lines: Sequence[str]

    @property
    def here(self) -> str:
        return self.lines[self.line]

    @property
    def char(self) -> str:
        return self.here[self.column : self.column + 1]

    def at(self, message: str, hint: str = "") -> Retold:
        return Retold(self.line, self.column, message, hint)

    def at_start(self, message: str, hint: str = "") -> Retold:
        return Retold(*self.start, message, hint)


def _pasted_blank(told: _Told) -> Retold | None:
    """The blank a word processor writes is none to YAML, so the colon before it makes no key."""
    for line in (told.line, told.start[0], told.line - 1):
        column = told.lines[line].find(":\u00a0") if line >= 0 else -1
        if column >= 0:
            what = "the blank after this colon is not an ordinary one (U+00A0, from a word processor)"
            return Retold(line, column, what, "delete it and type a blank")
    return None


def _tab(told: _Told) -> Retold | None:
    indent = told.here[: len(told.here) - len(told.here.lstrip())]
    if "\t" not in indent or not ("tab character" in told.problem or told.char == "\t"):
        return None
    return told.at("this line begins with a tab", "indent with blanks: two for each step")


def _braces(told: _Told) -> Retold | None:
    line, column = told.start if "flow" in told.context else (told.line, told.column)
    for begin in (column, column - 1):
        if begin >= 0 and told.lines[line][begin : begin + 2] in ("{{", "{%", "{#"):
            sign = told.lines[line][begin : begin + 2]
            return Retold(
                line, begin, f"a text that begins with '{sign}' must stand in quotes", quote_hint(told.lines[line])
            )
    return None


def _open_quote(told: _Told) -> Retold | None:
    if "quoted scalar" not in told.context or "escape" in told.problem or "hexdecimal" in told.problem:
        return None
    sign = told.lines[told.start[0]][told.start[1] : told.start[1] + 1]
    return told.at_start(
        f"the quote {sign} opened here is never closed", f"write {sign} at the end of the text as well"
    )


def _escape(told: _Told) -> Retold | None:
    if "quoted scalar" not in told.context:
        return None
    begins = told.here.rfind("\\", 0, told.column + 1)
    written = told.here[begins : begins + 2] if begins >= 0 else told.here[told.column : told.column + 2]
    return Retold(
        told.line,
        max(begins, 0),
        f"inside double quotes '{written}' does not begin a sign that YAML knows",
        "write \\\\ for a backslash, or put the text in single quotes",
    )


def _begins_badly(told: _Told) -> Retold | None:
    scanned = any(word in told.context for word in ("alias", "anchor", "tag", "block scalar"))
    line, column = told.start if scanned or told.problem == "found undefined tag handle" else (told.line, told.column)
    char = told.lines[line][column : column + 1]
    starts_here = scanned or "cannot start any token" in told.problem or "node" in told.context
    if not starts_here or char not in _SPECIAL:
        return None
    return Retold(line, column, _SPECIAL[char], quote_hint(told.lines[line]))


def _directive(told: _Told) -> Retold | None:
    if "directive" not in told.context:
        return None
    return told.at_start("a line that begins with '%' is an instruction to a YAML program", "leave this line out")


def _colon(told: _Told) -> Retold | None:
    if not told.problem.startswith("mapping values"):
        return None
    found = _LEAD.fullmatch(told.here.rstrip())
    if found and told.column > found.start("text"):
        return told.at("a colon and a blank inside a text that has no quotes", quote_hint(told.here))
    key = told.here[: told.column].strip()
    above = _above(told)
    if above is None:
        return told.at("this colon has no name before it", quote_hint(told.here))
    indent, before = _indent(told.here), told.lines[above]
    if ":" not in before and indent <= _indent(before):
        return _no_colon(above, told.lines)
    return told.at(
        f"'{_short(key)}' cannot stand under line {above + 1}, which already has its text",
        f"indent this line like line {above + 1}; or, if it belongs to the text above, put that text in double quotes",
    )


def _missing_colon(told: _Told) -> Retold | None:
    if "could not find expected ':'" not in told.problem:
        return None
    return _no_colon(told.start[0], told.lines)


def _no_colon(line: int, lines: Sequence[str]) -> Retold:
    text = lines[line].strip()
    column = _indent(lines[line])
    if near := re.match(r"([A-Za-z][\w.-]*):(?=\S)(.*)", text):
        return Retold(line, column, f"after '{near[1]}:' a blank is missing", f"write {near[1]}: {_short(near[2])}")
    return Retold(
        line,
        column,
        f"'{_short(text)}' has no colon, so it is neither a key nor a text",
        "write a key, a colon, a blank and the text; if this line belongs to the text above, indent it further",
    )


def _list_item(told: _Told) -> Retold | None:
    if not told.problem.startswith("block sequence entries"):
        return None
    return told.at(
        "a list cannot begin on the line of its key",
        f"begin the list on the next line; if this is a text, {quote_hint(told.here)}",
    )


def _flow(told: _Told) -> Retold | None:
    if "flow" not in told.context or "expected ','" not in told.problem:
        return None
    line, column = told.start
    sign = told.lines[line][column : column + 1]
    kind, end = ("list", "]") if sign == "[" else ("map", "}")
    if told.line != line:
        return told.at_start(f"the {kind} that begins here with '{sign}' is not closed", f"write '{end}' where it ends")
    if told.char == ":":
        return told.at(
            f"a second colon inside the {kind} that begins with '{sign}'", "put double quotes around the text"
        )
    return told.at(f"a ',' or the closing '{end}' is missing", quote_hint(told.here) if sign == "[" else "")


def _after_the_end(told: _Told) -> Retold | None:
    """Text behind a closing quote or bracket: `"word" more`."""
    if "did not find expected key" not in told.problem or not told.here[: told.column].strip():
        return None
    found = _LEAD.fullmatch(told.here.rstrip())
    begins = found["text"][0] if found else ""
    if not found or told.column <= found.start("text") + 1 or begins not in "\"'[{*":
        return _behind_a_long_quote(told)
    what = "quote" if begins in "\"'" else "bracket"
    if begins == "*":
        return Retold(told.line, found.start("text"), _SPECIAL["*"], quote_hint(told.here))
    return told.at(f"the text goes on after its closing {what}", quote_hint(told.here))


def _behind_a_long_quote(told: _Told) -> Retold | None:
    before = told.here[: told.column].rstrip()
    if not before.endswith(('"', "'")):
        return None
    return told.at(
        f"a quote opened further up is closed here by {before[-1]}, and the line goes on",
        "close the quote on the line where its text ends",
    )


def _stray(told: _Told) -> Retold | None:
    if "did not find expected node content" not in told.problem or told.char not in tuple("]},"):
        return None
    if "flow" in told.context and told.char == ",":
        return told.at("there is nothing before this ','", "write the missing value, or leave the comma out")
    return told.at(f"'{told.char}' closes nothing that was opened", quote_hint(told.here, "leave it out"))


def _indentation(told: _Told) -> Retold | None:
    if not told.context.startswith("while parsing a block") or told.here[: told.column].strip():
        return None
    if told.char == ":":
        return told.at("there is a colon, but no key before it", "write a word before the colon")
    if not told.char:
        return None
    item = told.char == "-" and told.here[told.column + 1 : told.column + 2] in ("", " ")
    if item and "mapping" in told.context and _indent(told.here) == told.start[1]:
        return told.at("a list item stands where a key is expected", "write a key and a colon above the list")
    if not item and "collection" in told.context and _indent(told.here) == told.start[1]:
        return told.at(
            "this line stands among the items of a list but is none", "begin it with '- ', or indent it less"
        )
    columns = _open_columns(told)
    return told.at(
        "this line is not indented like any line it could belong to",
        f"begin it in column {' or '.join(map(str, columns))}" if columns else "",
    )


def _above(told: _Told) -> int | None:
    """The nearest line above that has text."""
    for line in range(told.line - 1, -1, -1):
        if told.lines[line].strip() and not told.lines[line].lstrip().startswith("#"):
            return line
    return None


def _open_columns(told: _Told) -> list[int]:
    """The columns, from 1, in which a line at this place could begin: inmost first, the three nearest."""
    columns: list[int] = []
    for line in range(told.line - 1, max(-1, told.line - 2000), -1):
        text = told.lines[line]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        indent = _indent(text) + 1
        if not columns or indent < columns[-1]:
            columns.append(indent)
        if indent == 1:
            break
    return columns[:3]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


_LOOKS = (
    _pasted_blank,
    _tab,
    _braces,
    _open_quote,
    _escape,
    _begins_badly,
    _directive,
    _colon,
    _missing_colon,
    _list_item,
    _flow,
    _after_the_end,
    _stray,
    _indentation,
)
