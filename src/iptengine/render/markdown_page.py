"""A page as Markdown: headings, lists and tables are ours, every word between them is escaped."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.render.alerts import alert_heading
from iptengine.render.escaping import escape_markdown
from iptengine.render.page import LONG, Block, Field, Folded, Form, Lines, Marked, Page, Pairs, Plan, ScoreTable

BLANK = "." * 24
BOX = "( )"


def markdown_page(page: Page) -> str:
    """The page as Markdown; its headings begin at the second level."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield f"## {_words(page.left)}"
    for line in (page.when, page.right):
        if line:
            yield from ("", _words(line))
    for line in page.under:
        yield from ("", _words(line))
    if page.alerts:
        yield from ("", f"### {_words(alert_heading(len(page.alerts)))}", "")
        for alert in page.alerts:
            yield f"- **{_words(alert)}**"
    for section in page.sections:
        if section.heading:
            yield from ("", f"### {_words(section.heading)}")
        for block in section.blocks:
            yield ""
            yield from _block(block)
    if page.footer:
        yield from ("", _words(page.footer))


def _words(text: str) -> str:
    return escape_markdown(text)


def _inside(text: str) -> str:
    """Words inside a line of ours, where a bare number or stroke can begin no list."""
    return text if text == "-" or (text.isascii() and text.isdigit()) else _words(text)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Lines():
            for entry in block.entries:
                yield f"- {_words(entry)}"
        case Marked():
            for place, entry in enumerate(block.entries):
                yield f"- {_words(entry)}"
                if place == 0:
                    yield from (f"    - {_words(part)}" for part in block.under)
        case Folded():
            yield f"- {_words(block.label)}:"
            for entry in block.entries:
                yield f"    - {_words(entry)}"
        case Plan():
            yield from _plan(block)
        case Pairs():
            for first, second in block.rows:
                yield f"- **{_words(first)}** {_words(second)}"
        case ScoreTable():
            yield from _scores(block)
        case Form():
            for row in block.rows:
                yield f"- {'; '.join(_field(field) for field in row)}"


def _plan(plan: Plan) -> Iterator[str]:
    for row in plan.rows:
        texts = "; ".join(_words(text) for text in row.texts)
        yield f"{row.number}. **{_words(row.label)}** {texts}{f' ({row.minutes} min)' if row.minutes else ''}"
        for more in row.more:
            yield f"    - {_words(more)}"


def _scores(table: ScoreTable) -> Iterator[str]:
    yield f"| session | {' | '.join(_inside(place) for place in table.places)} |"
    yield f"| --- |{' ---: |' * len(table.places)}"
    for label, cells in table.rows:
        yield f"| {_words(label)} | {' | '.join(_inside(cell) for cell in cells)} |"
    yield ""
    for text in table.below:
        yield f"- {_words(text)}"


def _field(field: Field) -> str:
    label = _words(field.label) if field.label else ""
    if field.boxes:
        return f"{label} {' '.join(f'{_inside(box)} {BOX}' for box in field.boxes)}"
    return f"{label} {BLANK if field.size == LONG else BLANK[:8]}"
