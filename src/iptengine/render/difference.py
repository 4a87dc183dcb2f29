"""The difference of two protocols on paper: as text, Markdown, HTML, or plain values for a program."""

from __future__ import annotations

import json
from typing import Any, Literal

from iptengine.authoring.comparison import ABSENT, Comparison, Difference, Section, Side
from iptengine.render.difference_html import html_difference
from iptengine.render.difference_markdown import markdown_difference
from iptengine.render.difference_text import text_difference

SCHEMA = "iptengine.diff/1"
Form = Literal["text", "markdown", "html", "json"]


def difference(comparison: Comparison, form: Form, *, width: int = 80) -> str:
    """A comparison as a document; as text it is empty when the contents are equal.

    Args:
        comparison: What was found.
        form: ``text`` for a terminal, ``markdown`` for a paper, ``html`` for a browser or a word processor, ``json``.
        width: Columns of the text.
    """
    match form:
        case "text":
            return text_difference(comparison, width)
        case "markdown":
            return markdown_difference(comparison)
        case "html":
            return html_difference(comparison)
        case "json":
            return json.dumps(difference_json(comparison), ensure_ascii=False, indent=2) + "\n"


def difference_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison as JSON has it, under stable keys."""
    return {
        "schema": SCHEMA,
        "equal": comparison.equal,
        "by": comparison.by,
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "counts": dict(comparison.counted()),
        "sections": [_section(section) for section in comparison.sections],
    }


def _side(side: Side) -> dict[str, Any]:
    return {"ref": side.ref, "title": side.title, "digest": side.digest}


def _section(section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {"name": section.name, "title": section.title}
    if section.because:
        found |= {"because": section.because, "source": list(section.source)}
    if section.told:
        found["told"] = [_one(one) for one in section.told]
    return found | {"differences": [_one(one) for one in section.differences]}


def _one(one: Difference) -> dict[str, Any]:
    """One difference; a side that has nothing there has no key."""
    found: dict[str, Any] = {"kind": one.kind, "file": one.file, "path": one.path}
    if one.became != one.path:
        found["became"] = one.became
    found |= {"group": one.group, "where": list(one.where), "what": one.what}
    sides = (("before", one.found.before), ("after", one.found.after))
    found |= {side: value for side, value in sides if value is not ABSENT}
    found |= {"touches": sorted(one.touches), "why": [{"touches": mark.touch, "why": mark.why} for mark in one.marks]}
    return found | ({"changes": list(one.changes)} if one.changes else {})
