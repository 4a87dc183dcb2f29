"""The difference of two protocols as plain text, for a terminal or a file."""

from __future__ import annotations

import re
import textwrap
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
from iptengine.render.escaping import escape_text

_OURS = re.compile(r"\[-|-\]|\{\+|\+\}")
_MARGIN = 4


def text_difference(comparison: Comparison, width: int) -> str:
    """The comparison as lines of at most `width` columns; empty when the contents are equal."""
    if comparison.equal:
        return ""
    return "\n".join(_lines(comparison, width)) + "\n"


def _lines(comparison: Comparison, width: int) -> Iterator[str]:
    yield from wrapped(title_of(comparison), width)
    for side in (comparison.before, comparison.after):
        yield from wrapped(f"{side.ref}: {_words(side.title)}", width, 2)
    yield from wrapped(counts_of(comparison), width)
    yield from wrapped("[-gone-] {+new+}; S in the margin: touches safety, F: touches fidelity.", width)
    for section in comparison.sections:
        yield from _section(section, width)


def _section(section: Section, width: int) -> Iterator[str]:
    yield ""
    yield from wrapped(_words(heading_of(section)).upper(), width)
    if section.because:
        yield from wrapped(f"because: {_words(because_of(section))}", width, 2)
    if section.because and not section.differences:
        yield from wrapped(NO_DIFFERENCE, width, 2)
    for one in section.differences:
        yield ""
        yield from one_difference(one, width)


def one_difference(one: Difference, width: int, *, whole: bool = True) -> Iterator[str]:
    """The lines of one difference; S in the margin says that it touches safety, F fidelity.

    With `whole`, all that stands in a part which only one side has.
    """
    margin = f"{'S' if 'safety' in one.touches else ' '}{'F' if 'fidelity' in one.touches else ' '}"
    where = BETWEEN.join(_words(title) for title in one.where)
    key = _words(key_of(one))
    if one.leaves:
        said = f"{key}: {where}"
    else:
        runs = " ".join(map(_run, one.runs))
        said = f"{where}{BETWEEN if where and key else ''}{key}: {runs}"
    first, *rest = wrapped(said, width, _MARGIN, _MARGIN + 2)
    yield (margin + first[len(margin) :]).rstrip()
    yield from rest
    for leaf in one.leaves if whole else ():
        label = BETWEEN.join(map(_words, leaf.where))
        keys = "; ".join(f"{_words(name)}: {_words(value)}" if name else _words(value) for name, value in leaf.keys)
        yield from wrapped(f"{label}{': ' if label else ''}{keys}", width, _MARGIN + 4, _MARGIN + 6)
    for touch, why in reasons_of(one):
        yield from wrapped(f"{touch}: {_words(why)}", width, _MARGIN + 2, _MARGIN + 4)
    more = also_made_by(one)
    yield from wrapped(f"{_words(place_of(one))}{f' ({more})' if more else ''}", width, _MARGIN + 2, _MARGIN + 4)


def _run(run: Run) -> str:
    match run.kind:
        case "gone":
            return f"[-{_words(run.text)}-]"
        case "new":
            return f"{{+{_words(run.text)}+}}"
        case "same":
            return _words(run.text)


def _words(text: str) -> str:
    """Words of a file, which cannot be taken for our marks."""
    return _OURS.sub(lambda mark: f"\\{mark[0]}", escape_text(" ".join(text.split())))


def wrapped(text: str, width: int, indent: int = 0, hanging: int | None = None) -> list[str]:
    """A text in lines of a width: the first behind `indent`, the others behind `hanging`; an empty one is one line."""
    later = indent if hanging is None else hanging
    return textwrap.wrap(
        text, width, initial_indent=" " * indent, subsequent_indent=" " * later,
        break_long_words=False, break_on_hyphens=False,
    ) or [""]  # fmt: skip
