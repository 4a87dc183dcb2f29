"""The difference of two protocols as an HTML document, for a browser, and for a word processor that keeps the marks."""

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
from iptengine.render.escaping import escape_html

_STYLE = """\
body { font-family: Georgia, "Times New Roman", serif; line-height: 1.4; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem; color: #111; background: #fff; }
h1, h2 { font-family: Arial, Helvetica, sans-serif; line-height: 1.2; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid #888; }
p { margin: 0.2rem 0; }
ul { margin: 0.2rem 0; padding-left: 1.5rem; }
.difference { margin: 0.9rem 0; padding-left: 0.7rem; border-left: 0.3rem solid #ccc; break-inside: avoid; }
.fidelity { border-left-color: #8a5a00; }
.safety { border-left-color: #b00020; }
del { color: #8c1d18; }
ins { color: #0b5d1e; font-weight: bold; }
.touches, .path { font-size: 0.9rem; }
.path { color: #555; overflow-wrap: anywhere; }
@media print { body { max-width: none; margin: 0; } h2 { break-after: avoid; } }
"""


def html_difference(comparison: Comparison) -> str:
    """The comparison as a whole document, without any script."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    title = _words(title_of(comparison))
    yield from ("<!doctype html>", '<html lang="en">', "<head>", '<meta charset="utf-8">')
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield from (f"<title>{title}</title>", f"<style>\n{_STYLE}</style>", "</head>", "<body>", f"<h1>{title}</h1>")
    for side in (comparison.before, comparison.after):
        yield f"<p><strong>{_words(side.ref)}</strong>: {_words(side.title)}</p>"
    yield f"<p>{_words(counts_of(comparison))}</p>"
    if not comparison.equal:
        yield f"<p>{_run(Run('gone', 'gone'))} {_run(Run('new', 'new'))}</p>"
    for section in comparison.sections:
        yield from _section(section)
    yield from ("</body>", "</html>")


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{_words(heading_of(section))}</h2>"
    if section.because:
        yield f'<p class="because"><em>Because:</em> {_words(because_of(section))}</p>'
    if section.because and not section.differences:
        yield f"<p>{NO_DIFFERENCE}</p>"
    for one in section.differences:
        yield from _one(one)


def _one(one: Difference) -> Iterator[str]:
    touches = "".join(f" {touch}" for touch in ("safety", "fidelity") if touch in one.touches)
    yield f'<div class="difference{touches}">'
    where = BETWEEN.join(_words(title) for title in one.where)
    key = _words(key_of(one))
    if one.leaves:
        yield f"<p>{key}: <strong>{where}</strong></p>"
        yield from _leaves(one)
    else:
        said = BETWEEN.join(part for part in (f"<strong>{where}</strong>" if where else "", key) if part)
        yield f"<p>{said}: {' '.join(map(_run, one.runs))}</p>"
    for touch, why in reasons_of(one):
        yield f'<p class="touches"><strong>{touch}:</strong> {_words(why)}</p>'
    more = also_made_by(one)
    yield f'<p class="path"><code>{_words(place_of(one))}</code>{f" ({_words(more)})" if more else ""}</p>'
    yield "</div>"


def _leaves(one: Difference) -> Iterator[str]:
    yield "<ul>"
    for leaf in one.leaves:
        label = BETWEEN.join(map(_words, leaf.where))
        keys = "; ".join(_key(one, name, value) for name, value in leaf.keys)
        yield f"<li>{label}{': ' if label else ''}{keys}</li>"
    yield "</ul>"


def _key(one: Difference, name: str, value: str) -> str:
    run = _run(Run("gone" if one.kind == "removed" else "new", value))
    return f"{_words(name)}: {run}" if name else run


def _run(run: Run) -> str:
    """Words with their mark: word processors know `del` and `ins` as names only, and keep what `s` and `u` draw."""
    match run.kind:
        case "gone":
            return f"<del><s>{_words(run.text)}</s></del>"
        case "new":
            return f"<ins><u>{_words(run.text)}</u></ins>"
        case "same":
            return _words(run.text)


def _words(text: str) -> str:
    return escape_html(text)
