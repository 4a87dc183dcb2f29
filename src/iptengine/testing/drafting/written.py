"""A draft as the file of a vignette: what happens, and what the engine says of it now, marked as nobody's decision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from iptengine.authoring.scalars import WORDS
from iptengine.authoring.vignette import read_vignette_text
from iptengine.course.events import AlertRaised
from iptengine.protocol.model import UNSTAGED
from iptengine.testing.drafting.draft import CALLED, FIRST_DAY, Draft
from iptengine.testing.marks import Mark
from iptengine.testing.player import Played, Step, play

HEAD = """\
# Drafted by `iptengine vignettes --missing`: read it and decide whether this is right.
# What is expected here is what the engine says now. Nobody has judged it yet. When you have, and have put
# right what is wrong, take these lines out.
"""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def written(draft: Draft, named: str, reaches: Iterable[Mark]) -> str:
    """The text of a vignette that tells a draft, with what the engine now says of every happening.

    Args:
        draft: The course.
        named: How the vignette names its protocol.
        reaches: What it is for.
    """
    marks = list(reaches)
    bare = "\n".join(_lines(draft, named, marks, {}))
    vignette = read_vignette_text(bare.encode(), "draft.vignette.yaml")
    return "\n".join(_lines(draft, named, marks, _expected(play(vignette, draft.protocol)))) + "\n"


def _lines(draft: Draft, named: str, marks: list[Mark], expected: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    yield HEAD.rstrip("\n")
    yield "#"
    yield from (f"# {line}" for line in ("It reaches", *(f"- {mark.where}: {mark.how}" for mark in marks)))
    yield ""
    yield "iptengine: 1"
    yield f"vignette: {_value(_title(marks))}"
    yield f"protocol: {named}"
    yield f"patient: {{called: {CALLED}}}"
    yield f"start: {FIRST_DAY.isoformat()}"
    yield ""
    yield "happenings:"
    for name, keys in draft.told:
        yield f"  {name}:"
        yield from (f"    {key}: {_value(value)}" for key, value in keys.items())
        if expected.get(name):
            yield "    expect:"
            yield from (f"      {key}: {_value(value)}" for key, value in expected[name].items())


def _title(marks: list[Mark]) -> str:
    first, *more = marks
    others = f", and {len(more)} more" if more else ""
    return f"Drafted: {first.where} {first.how}{others}"


def _value(value: object) -> str:
    """A value in one line: words as they stand where YAML takes them for nothing else, other text in quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_value(name)}: {_value(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value not in WORDS
        return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


# -- what the engine says now ------------------------------------------------------------------------------------


def _expected(played: Played) -> Mapping[str, Mapping[str, object]]:
    phase, found = "", {}
    for step in played.steps:
        found[step.name] = dict(_of_step(step, phase, step is played.steps[-1]))
        phase = step.after.phase
    return found


def _of_step(step: Step, phase: str, last: bool) -> Iterator[tuple[str, object]]:
    alerts = [event.code for event in step.events if isinstance(event, AlertRaised)]
    warnings = [warning.code for event in step.events for warning in event.warnings]
    if alerts:
        yield "alerts", alerts
    if warnings:
        yield "warnings", warnings
    if step.refused:
        yield "refused", {key: {r.code: r.answer for r in no.reasons} for key, no in step.refused.items()}
    if step.after.phase != phase or last:
        yield "phase", step.after.phase
    stages = {focus.id: focus.stage for focus in step.after.open_focuses if focus.stage not in ("", UNSTAGED)}
    if last and stages:
        yield "stage", stages
    if last and step.after.ended is not None:
        yield "outcome", step.after.ended


__all__ = ["HEAD", "written"]
