"""The difference of two protocols as Markdown, for the supplement of a paper."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.comparison import Comparison, Difference, Run, Section
from iptengine.render.difference_lines import (
    BETWEEN,
    NO_DIFFERENCE,
    also_made_by,
    because_of,
    counts_of,
    heading_of,
    key_of,
    place_of,
    reasons_of,
    title_of,
)
from iptengine.render.escaping import escape_markdown


def markdown_difference(comparison: Comparison) -> str:
    """The comparison as a document; what is gone is struck through, what is new is bold."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"# {_words(title_of(comparison))}"
    yield ""
    for side in (comparison.before, comparison.after):
        yield f"- {_words(side.ref)}: {_words(side.title)}"
    yield from ("", _words(counts_of(comparison)))
    if not comparison.equal:
        yield from ("", "~~gone~~ **new**")
    for section in comparison.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {_words(heading_of(section))}", "")
    if section.because:
        yield from (f"*Because:* {_words(because_of(section))}", "")
    if section.because and not section.differences:
        yield NO_DIFFERENCE
    for one in section.differences:
        yield from _one(one)


def _one(one: Difference) -> Iterator[str]:
    where = BETWEEN.join(_words(title) for title in one.where)
    key = key_of(one)
    if one.leaves:
        yield f"- {_words(key)}: {where}"
    else:
        said = BETWEEN.join(part for part in (where, _words(key) if key else "") if part)
        yield f"- {said}: {' '.join(map(_run, one.runs))}"
    for leaf in one.leaves:
        label = BETWEEN.join(map(_words, leaf.where))
        keys = "; ".join(f"{_words(name)}: {_words(value)}" if name else _words(value) for name, value in leaf.keys)
        yield f"    - {label}{': ' if label else ''}{keys}"
    for touch, why in reasons_of(one):
        yield f"    - *{touch}:* {_words(why)}"
    more = also_made_by(one)
    yield f"    - {_words(place_of(one))}{f' ({_words(more)})' if more else ''}"


def _run(run: Run) -> str:
    match run.kind:
        case "gone":
            return f"~~{_words(run.text)}~~"
        case "new":
            return f"**{_words(run.text)}**"
        case "same":
            return _words(run.text)


def _words(text: str) -> str:
    return escape_markdown(text)
