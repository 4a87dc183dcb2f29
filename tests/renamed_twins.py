"""A protocol with everything in it that a course can name called otherwise, so that a course can move to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from iptengine.protocol.measure import Measure
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
    held = {part.kind for part in parts_of(base)} - {"value", "item"}
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
    names["item"] = dict(_items(base))
    return Twins(base, _built(said, base, names), names)


def _items(base: Protocol) -> Iterator[tuple[str, str]]:
    """The new name of every item, but for those of which the file itself speaks: it is not written anew for them."""
    spoken = {m.name for guards in base.guards.values() for g in guards for c in g.conditions() for m in c.mentions}
    for measure, one in base.measures.items():
        for item in one.items:
            if item not in spoken:
                yield key_of("item", item, measure), f"{item}_zz"


def _renamed(measure: Measure, called: Mapping[str, str]) -> Measure:
    """A measure with other names for its items."""
    told = measure.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    told["items"] = {called.get(name, name): one for name, one in told["items"].items()}
    for part in (*told.get("subscales", {}).values(), told["scoring"], *told.get("other_scorings", {}).values()):
        if "of" in part:
            part["of"] = [called.get(name, name) for name in part["of"]]
    return Measure.model_validate(told)


def _last_name(path: tuple[Any, ...], renames: Mapping[tuple[Any, ...], str]) -> tuple[Any, ...]:
    return next(path[:end] for end in range(len(path), 0, -1) if path[:end] in renames)


def _built(root: Any, base: Protocol, names: Mapping[str, Mapping[str, str]]) -> Protocol:
    spec = Spec.model_validate(root)
    measures = {
        names.get("measure", {}).get(name, name): _renamed(
            one, {item: new for key, new in names["item"].items() for of, _, item in [key.partition(".")] if of == name}
        )
        for name, one in base.measures.items()
    }
    span = Span(f"{spec.protocol}.protocol.yaml", 1, 1)
    compiler = Compiler.of(spec, measures, lambda path: span)
    guards = compile_guards(spec, compiler)
    assert not compiler.wrong, compiler.wrong
    assert names_of(spec, measures) is not None
    return Protocol(spec, measures, guards, {(): span})
