"""The agenda as plain values, under stable keys: for the therapist everything, for the patient what the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from iptengine.course.agenda import SessionAgenda
from iptengine.diagnostics import Span
from iptengine.protocol.protocol import Protocol
from iptengine.render.page import Block, Field, Folded, Form, Lines, Marked, Page, Pairs, Plan, ScoreTable
from iptengine.render.sections import override_digests

SCHEMA = "iptengine.agenda/1"


def agenda_json(
    page: Page,
    value: SessionAgenda | None,
    protocol: Protocol,
    *,
    on: date,
    overrides: Mapping[str, str],
    asked: Mapping[str, str],
    course_version: int,
    problem: str,
) -> dict[str, Any]:
    """The page and, for the therapist, the value behind it."""
    found: dict[str, Any] = {"schema": SCHEMA, "audience": page.audience, "language": asked["language"]}
    if page.audience == "therapist":
        found |= {
            "on": on.isoformat(),
            "detail": asked["detail"],
            "occasion": asked["occasion"],
            "problem": problem,
            "alerts": list(page.alerts),
            "course_version": course_version,
            "protocol": {"ref": protocol.ref, "digest": protocol.digest, "status": protocol.status},
            "rendered_with": {"iptengine": library_version(), "overrides": override_digests(overrides)},
        }
    found["page"] = page_json(page)
    if page.audience == "therapist" and value is not None:
        found["agenda"] = plain(value)
        found["rests_on"] = _rests_on(protocol, value)
    return found


@lru_cache(maxsize=1)
def library_version() -> str:
    """The version of this library, or ``unknown`` when it is not installed."""
    try:
        return version("iptengine")
    except PackageNotFoundError:
        return "unknown"


def plain(value: object) -> Any:
    """A value as JSON has it: frozen parts become dictionaries, dates ISO texts; lines of files are left out.

    A line is no part of what a protocol says: two files of one protocol, or its kept text, would give other bytes
    (law 1). Where a condition stands is told by its path.
    """
    if is_dataclass(value) and not isinstance(value, type):
        parts = ((part.name, getattr(value, part.name)) for part in fields(value))
        return {name: plain(one) for name, one in parts if not isinstance(one, Span)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def _rests_on(protocol: Protocol, value: SessionAgenda) -> dict[str, dict[str, str]]:
    """The sources of the tasks of the plan, by name, with what kind of source each is."""
    names = (
        name for step in value.steps for task in step.tasks for name in protocol.tasks[task.task].spec.source
    )  # fmt: skip
    sources = protocol.spec.sources
    return {
        name: {"kind": sources[name].kind, "text": str(getattr(sources[name], sources[name].kind))}
        for name in dict.fromkeys(names)
        if name in sources
    }


def page_json(page: Page) -> dict[str, Any]:
    """A page as plain values: its head, its sections with their blocks, its foot."""
    return {
        "title": page.left,
        "when": page.when,
        "place": page.right,
        "under": list(page.under),
        "sections": [
            {"name": s.name, "heading": s.heading, "blocks": [_block(block) for block in s.blocks]}
            for s in page.sections
        ],
        "footer": page.footer,
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Lines():
            return {"kind": "lines", "lines": list(block.entries)}
        case Marked():
            return {"kind": "marked", "lines": list(block.entries), "under": list(block.under)}
        case Folded():
            return {"kind": "folded", "label": block.label, "lines": list(block.entries)}
        case Plan():
            return {"kind": "plan", "steps": [plain(row) for row in block.rows]}
        case Pairs():
            return {"kind": "pairs", "pairs": [list(row) for row in block.rows]}
        case ScoreTable():
            rows = [{"label": label, "cells": list(cells)} for label, cells in block.rows]
            return {
                "kind": "scores", "caption": block.caption, "places": list(block.places), "rows": rows,
                "lines": list(block.below),
            }  # fmt: skip
        case Form():
            return {"kind": "form", "rows": [[_field(field) for field in row] for row in block.rows]}


def _field(field: Field) -> dict[str, Any]:
    return {"label": field.label, "boxes": list(field.boxes)}
