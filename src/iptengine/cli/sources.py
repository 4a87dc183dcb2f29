"""What a protocol rests on, statement by statement and source by source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from iptengine.authoring.loader import open_protocol
from iptengine.authoring.statements import GROUNDS, Ground, Grounds, Statement, grounds_of
from iptengine.cli import screen
from iptengine.cli.names import protocol_source
from iptengine.course.wording import counted, first_upper
from iptengine.protocol.parts import Source
from iptengine.protocol.protocol import Protocol

SCHEMA = "iptengine.sources/1"
Form = Literal["text", "json", "markdown"]

_SAID: dict[Ground, str] = {
    "cited": "cited: a publication or a page",
    "decided": "decided: somebody chose, and the file says who",
    "unverified": "unverified: nobody has checked it against a source",
    "nothing": "on nothing: no source is named",
}
_MARKS = {"cite": "", "decision": "Decided: ", "unverified": "Not verified: "}


def show_sources(word: str, form: Form) -> int:
    """Prints what a protocol rests on."""
    opened = open_protocol(protocol_source(word))
    grounds = grounds_of(opened)
    assert opened.protocol is not None
    if form == "json":
        screen.say(screen.json_text(_record(opened.protocol, grounds)))
    else:
        screen.say_all((_page if form == "text" else _markdown)(opened.protocol, grounds))
    return 0


def _place(one: Statement) -> str:
    return ".".join(map(str, one.path))


def _line(one: Statement) -> str:
    return f"{one.span.file}:{one.span.line}"


def told_of(source: Source) -> str:
    """A source with what kind it is."""
    return f"{_MARKS[source.kind]}{source.told}"


def _used(grounds: Grounds) -> Iterator[tuple[str, int, str]]:
    """Every source with the number of statements that name it, the most used first."""
    rows = [(name, grounds.resting_on(name), told_of(source)) for name, source in grounds.sources.items()]
    return iter(sorted(rows, key=lambda row: -row[1]))


def _page(protocol: Protocol, grounds: Grounds) -> Iterator[str]:
    yield screen.strong(protocol.spec.title)
    yield f"{protocol.ref}.  {counted(len(grounds.statements), 'statement')} that can name a source"
    yield ""
    yield from screen.columns((str(len(grounds.on(ground))), _SAID[ground]) for ground in GROUNDS)
    for ground in reversed(GROUNDS):
        found = grounds.on(ground)
        if found:
            yield ""
            yield screen.strong(first_upper(_SAID[ground]))
            for one in found:
                yield from _statement(one)
    yield ""
    yield screen.strong("Sources, and how many statements name them")
    yield from screen.columns((name, str(count), told) for name, count, told in _used(grounds) if count)
    if grounds.unused:
        yield ""
        yield screen.strong("Sources that nothing rests on")
        yield from screen.columns((name, told) for name, count, told in _used(grounds) if not count)


def _statement(one: Statement) -> Iterator[str]:
    names = f" [{', '.join(one.sources)}]" if one.sources else ""
    yield f"  {_place(one)}  {screen.faint(_line(one))}"
    if one.title or names:
        yield screen.wrapped(f"{one.title}{names}".strip(), 6)


def _markdown(protocol: Protocol, grounds: Grounds) -> Iterator[str]:
    yield f"# What {_cell(protocol.spec.title)} rests on"
    yield ""
    yield f"{protocol.ref}, {counted(len(grounds.statements), 'statement')} that can name a source."
    yield ""
    yield from _table(("statements", "rest on"), [(len(grounds.on(ground)), _SAID[ground]) for ground in GROUNDS])
    for ground in GROUNDS:
        found = grounds.on(ground)
        if found:
            yield from ("", f"## {first_upper(_SAID[ground])}", "")
            rows = [(f"`{_place(one)}`", one.title, ", ".join(one.sources), _line(one)) for one in found]
            yield from _table(("path", "statement", "sources", "line"), rows)
    yield from ("", "## Sources", "")
    yield from _table(("source", "statements", "what it is"), _used(grounds))


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(_cell(str(cell)) for cell in row)} |" for row in rows)


def _cell(text: str) -> str:
    """A text in one cell of a table, none of its signs read as Markdown but those around a path."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return plain.replace("*", "\\*").replace("[", "\\[")


def _record(protocol: Protocol, grounds: Grounds) -> dict[str, object]:
    statements = [
        {
            "path": _place(one), "title": one.title, "file": one.span.file, "line": one.span.line,
            "ground": one.ground, "sources": list(one.sources),
        }
        for one in grounds.statements
    ]  # fmt: skip
    sources = {
        name: {"kind": source.kind, "text": source.told,
               "statements": grounds.resting_on(name)}
        for name, source in grounds.sources.items()
    }  # fmt: skip
    counts = {ground: len(grounds.on(ground)) for ground in GROUNDS}
    return {
        "schema": SCHEMA, "protocol": protocol.ref, "counts": counts, "statements": statements, "sources": sources,
        "unused": list(grounds.unused),
    }  # fmt: skip
