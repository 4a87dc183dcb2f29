"""A page as HTML: semantic tags and documented class names, every word escaped, no script and no style of its own."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from iptengine.render.alerts import alert_heading
from iptengine.render.escaping import escape_html
from iptengine.render.page import LONG, Block, Field, Folded, Form, Lines, Marked, Page, Pairs, Plan, ScoreTable
from iptengine.render.sections import page_style


def html_page(page: Page) -> Markup:
    """The page as a fragment to put into a page of one's own; its headings begin at ``h2``."""
    return Markup("".join(f"{line}\n" for line in _fragment(page)))


def html_document(page: Page) -> str:
    """The page as a document that stands alone, for a browser, a telephone or a printer."""
    return (
        f'<!doctype html>\n<html lang="{escape_html(page.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape_html(page.title)}</title>\n<style>\n{page_style()}</style>\n</head>\n"
        f'<body class="ipt-page">\n<main>\n{html_page(page)}</main>\n</body>\n</html>\n'
    )


def _fragment(page: Page) -> Iterator[str]:
    language = escape_html(page.language)
    yield f'<article class="ipt-agenda ipt-{escape_html(page.audience)}" lang="{language}">'
    yield '<header class="ipt-head">'
    yield f'<h2 class="ipt-who">{_words(page.left)}</h2>'
    yield f'<p class="ipt-when">{_words(page.when)}</p>' if page.when else ""
    yield f'<p class="ipt-where">{_words(page.right)}</p>' if page.right else ""
    for line in page.under:
        yield f'<p class="ipt-under">{_words(line)}</p>'
    yield "</header>"
    if page.alerts:
        yield '<section class="ipt-section ipt-alerts">'
        yield f"<h3>{_words(alert_heading(len(page.alerts)))}</h3>"
        yield _list("ul", "ipt-alert-list", page.alerts)
        yield "</section>"
    for section in page.sections:
        yield f'<section class="ipt-section ipt-{section.name}">'
        if section.heading:
            yield f"<h3>{_words(section.heading)}</h3>"
        for block in section.blocks:
            yield from _block(block)
        yield "</section>"
    if page.footer:
        yield f'<footer class="ipt-foot"><p>{_words(page.footer)}</p></footer>'
    yield "</article>"


def _words(text: str) -> str:
    return escape_html(text)


def _list(tag: str, name: str, entries: tuple[str, ...]) -> str:
    return f'<{tag} class="{name}">' + "".join(f"<li>{_words(entry)}</li>" for entry in entries) + f"</{tag}>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Lines():
            for entry in block.entries:
                yield f'<p class="ipt-line">{_words(entry)}</p>'
        case Marked():
            yield from _marked(block)
        case Folded():
            label = f"{_words(block.label)} ({len(block.entries)})"
            entries = _list("ul", "ipt-plain", block.entries)
            yield f'<details class="ipt-more"><summary>{label}</summary>{entries}</details>'
        case Plan():
            yield from _plan(block)
        case Pairs():
            rows = "".join(f"<dt>{_words(first)}</dt><dd>{_words(second)}</dd>" for first, second in block.rows)
            yield f'<dl class="ipt-pairs">{rows}</dl>'
        case ScoreTable():
            yield from _scores(block)
        case Form():
            for row in block.rows:
                yield f'<p class="ipt-form">{"".join(_field(field) for field in row)}</p>'


def _marked(block: Marked) -> Iterator[str]:
    under = "".join(f'<p class="ipt-line">{_words(part)}</p>' for part in block.under)
    entries = (f"<li>{_words(entry)}{'' if place else under}</li>" for place, entry in enumerate(block.entries))
    yield f'<ul class="ipt-marked">{"".join(entries)}</ul>'


def _plan(plan: Plan) -> Iterator[str]:
    yield '<table class="ipt-steps"><tbody>'
    for row in plan.rows:
        texts = "<br>".join(_words(text) for text in row.texts)
        more = _list("ul", "ipt-more", row.more) if row.more else ""
        minutes = f"{row.minutes} min" if row.minutes else ""
        yield (
            f'<tr><th scope="row">{row.number} {_words(row.label)}</th><td>{texts}{more}</td><td>{minutes}</td></tr>'
        )
    yield "</tbody></table>"


def _scores(table: ScoreTable) -> Iterator[str]:
    caption = f"<caption>{_words(table.caption)}</caption>" if table.caption else ""
    places = "".join(f'<th scope="col">{_words(place)}</th>' for place in table.places)
    yield f'<table class="ipt-scores">{caption}<thead><tr><th scope="row">session</th>{places}</tr></thead><tbody>'
    for label, cells in table.rows:
        yield f'<tr><th scope="row">{_words(label)}</th>{"".join(f"<td>{_words(cell)}</td>" for cell in cells)}</tr>'
    yield "</tbody></table>"
    for text in table.below:
        yield f'<p class="ipt-line">{_words(text)}</p>'


def _field(field: Field) -> str:
    label = _words(field.label)
    if field.boxes:
        boxes = " ".join(f'{_words(box)}<span class="ipt-box"></span>' for box in field.boxes)
        return f'<span class="ipt-field">{label}</span> <span class="ipt-choices">{boxes}</span>'
    name = "ipt-fill" if field.size == LONG else "ipt-field"
    return f'<span class="{name}">{label} <span class="ipt-blank"></span></span>'
