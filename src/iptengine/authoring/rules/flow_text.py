"""A condition or a text is written inside brackets.

Conditions stand one on a line, each with its name, never inside `{ }` or `[ ]`. A text that holds a comma, a
bracket or a brace stands in double quotes or on a line of its own.

Why it matters: inside brackets a comma ends a text: `{title: Advice, teaching}` is read as a title and a key,
and one condition becomes two.

Wrong:

    next:
      middle: {tasks: all must tasks are done, focus: a focus is agreed}

Right:

    next:
      middle:
        tasks: all must tasks are done
        focus: a focus is agreed
"""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.document import Document
from iptengine.authoring.guards import condition_maps
from iptengine.diagnostics import Finding, Path
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import Condition, Conditions


def check_flow(spec: Spec, document: Document) -> Iterator[Finding]:
    """Conditions written inside brackets, each bracket once."""
    if not document.flow:
        return
    told: set[Path] = set()
    for path in _condition_paths(spec):
        outer = next((path[:end] for end in range(len(path)) if path[:end] in document.flow), None)
        if outer is None or outer in told:
            continue
        told.add(outer)
        yield Finding(outer, "a condition stands inside brackets here", "write each on its own line, with its name")


def _condition_paths(spec: Spec) -> Iterator[Path]:
    for path, conditions, _ in condition_maps(spec):
        yield from _of(conditions, path)
    for name, alert in spec.alerts.items():
        yield from _inside(alert.raise_if, ("alerts", name, "raise_if"))


def _of(conditions: Conditions, path: Path) -> Iterator[Path]:
    for name, condition in conditions.items():
        yield from _inside(condition, (*path, name))


def _inside(condition: Condition, path: Path) -> Iterator[Path]:
    yield (*path, "says") if condition.says is not None else path
    for how, parts in (("all", condition.all), ("any", condition.any), ("not", condition.not_)):
        if parts:
            yield from _of(parts, (*path, how))
