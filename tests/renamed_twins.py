"""A protocol with everything in it that a course can name called otherwise, so that a course can move to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from iptengine.authoring.guards import Compiler, compile_guards
from iptengine.authoring.loader import open_protocol
from iptengine.authoring.references import definitions
from iptengine.authoring.variants.renames import applied, carry
from iptengine.course.carrying import key_of
from iptengine.course.passage import parts_of
from iptengine.diagnostics import Span
from iptengine.protocol.model import UNSTAGED, Spec
from iptengine.protocol.protocol import Protocol, names_of

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Twins:
    """A protocol, the same one with other names, and what each is called there."""

    one: Protocol
    other: Protocol
    names: Mapping[str, Mapping[str, str]]


@cache
def twins(path: Path) -> Twins:
    """A protocol and its renamed twin."""
    opened = open_protocol(path, folders=(ROOT / "protocols",))
    base = opened.require()
    root: Any = opened.document.root
    held = {part.kind for part in parts_of(base)} - {"value"}
    renames = {
        one.path: f"{one.name}_zz" for one in definitions(root).found if one.kind in held and one.name != UNSTAGED
    }
    carried = carry(base, root, renames)
    while carried.left:
        stuck = {_last_name(left.path, renames) for left in carried.left}
        renames = {path: new for path, new in renames.items() if not any(path[: len(s)] == s for s in stuck)}
        carried = carry(base, root, renames)
    assert not carried.mistakes
    said = applied(root, carried)
    said.pop("extends", None)
    said.pop("changes", None)
    names: dict[str, dict[str, str]] = {}
    for one in definitions(root).found:
        if one.path in renames:
            names.setdefault(one.kind, {})[key_of(one.kind, one.name, one.of)] = renames[one.path]
    return Twins(base, _built(said, base, names), names)


def _last_name(path: tuple[Any, ...], renames: Mapping[tuple[Any, ...], str]) -> tuple[Any, ...]:
    return next(path[:end] for end in range(len(path), 0, -1) if path[:end] in renames)


def _built(root: Any, base: Protocol, names: Mapping[str, Mapping[str, str]]) -> Protocol:
    spec = Spec.model_validate(root)
    measures = {names.get("measure", {}).get(name, name): one for name, one in base.measures.items()}
    span = Span(f"{spec.protocol}.protocol.yaml", 1, 1)
    compiler = Compiler.of(spec, measures, lambda path: span)
    guards = compile_guards(spec, compiler)
    assert not compiler.wrong, compiler.wrong
    assert names_of(spec, measures) is not None
    return Protocol(spec, measures, guards, {(): span})
