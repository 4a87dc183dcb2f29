"""The names in one file: which keys give a name to something, and every place that refers to one.

The values of a file are walked beside the models, whose annotations say what each place holds
(`iptengine.protocol.references`). Sentences and texts that hold names of their own are not looked into here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from iptengine.authoring.shapes import Shape, keys_of, others_of
from iptengine.diagnostics import Path
from iptengine.protocol.anchored import dates_in
from iptengine.protocol.fields import Model
from iptengine.protocol.model import Spec
from iptengine.protocol.references import KINDS, SPOKEN_OF, Refers

Within = Mapping[str, str]
"""What a place stands in, by kind: ``{"area": "disputes", "stage": "impasse"}``."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A key that gives a name to what stands under it.

    Attributes:
        path: The path of the key.
        kind: One of `KINDS`.
        name: The key.
        of: The name that it belongs to, such as the area of a stage; ``""`` when it belongs to none.
    """

    path: Path
    kind: str
    name: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that refers to something by its name.

    Attributes:
        path: The place.
        kinds: What it can refer to there.
        name: The name that is written.
        on_key: It is the key of `path`, not its value.
        within: What the place stands in.
        part: Where in the text the name is written, when it is not the whole: ``2 weeks before birth``.
        to: What has that name in the file; empty when nothing has.
    """

    path: Path
    kinds: tuple[str, ...]
    name: str
    on_key: bool
    within: Within
    part: slice | None = None
    to: tuple[Definition, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of what it refers to; of what it could refer to, the first."""
        return self.to[0].kind if self.to else self.kinds[0]


@dataclass(frozen=True)
class Definitions:
    """What a file gives names to."""

    found: tuple[Definition, ...]

    @cached_property
    def _named(self) -> Mapping[tuple[str, str], list[Definition]]:
        found: dict[tuple[str, str], list[Definition]] = {}
        for one in self.found:
            found.setdefault((one.kind, one.name), []).append(one)
        return found

    def meant(self, reference: Reference) -> tuple[Definition, ...]:
        """What a reference can mean: several when the name is given more than once."""
        found = (one for kind in reference.kinds for one in self._named.get((kind, reference.name), ()))
        return tuple(one for one in found if one.of in ("", reference.within.get(KINDS[one.kind].of, one.of)))


def named(root: object, model: type[Model] = Spec) -> tuple[Definitions, tuple[Reference, ...]]:
    """Everything that a file gives a name to, and every place of it that refers to something by its name."""
    found = tuple(names_in(root, model))
    known = Definitions(tuple(one for one in found if isinstance(one, Definition)))
    return known, tuple(replace(one, to=known.meant(one)) for one in found if isinstance(one, Reference))


def definitions(root: object, model: type[Model] = Spec) -> Definitions:
    """Everything that a file of this model gives a name to."""
    return Definitions(tuple(one for one in names_in(root, model) if isinstance(one, Definition)))


def references(root: object, model: type[Model] = Spec, known: Definitions | None = None) -> Iterator[Reference]:
    """Every place of a file that refers to something by its name, conditions and templates aside.

    Args:
        root: The values of the file; short forms stay as they are written.
        model: What the file is.
        known: What has names; what the file itself names when left out.

    Example:
        >>> root = {"start": "first", "phases": {"first": {"next": {"completed": {}}}}, "outcomes": {"completed": {}}}
        >>> [(".".join(map(str, one.path)), one.kind, one.on_key) for one in references(root)]
        [('start', 'phase', False), ('phases.first.next.completed', 'outcome', True)]
    """
    found = tuple(names_in(root, model))
    known = Definitions(tuple(one for one in found if isinstance(one, Definition))) if known is None else known
    return (replace(one, to=known.meant(one)) for one in found if isinstance(one, Reference))


def names_in(root: object, model: type[Model] = Spec) -> Iterator[Definition | Reference]:
    """Every place of a file that gives a name or refers to one; what it refers to is not looked up."""
    return _inside(Shape("part", "a map", model), root, (), {}, {})


def _inside(
    shape: Shape | None, value: Any, path: Path, within: Within, beside: Mapping[str, Any]
) -> Iterator[Definition | Reference]:
    """The names in `value`; `beside` is the part it belongs to."""
    if shape is None:
        return
    if shape.kind == "part" and shape.model is not None:
        yield from _in_part(shape, shape.model, value, path, within)
    elif shape.kind == "map":
        yield from _in_map(shape, value, path, within)
    elif shape.kind == "list":
        for place, one in enumerate(value) if isinstance(value, list) else [(None, value)]:
            where = path if place is None else (*path, place)
            yield from _inside(shape.entry, one, where, within, beside)
    elif shape.refers is not None and isinstance(value, str):
        kinds = _asked(shape.refers, beside)
        if shape.kind == "written":
            for part in dates_in(value):
                yield Reference(path, kinds, value[part], False, within, part)
        else:
            yield Reference(path, kinds, value, False, within)


def _in_part(
    shape: Shape, model: type[Model], value: Any, path: Path, within: Within
) -> Iterator[Definition | Reference]:
    keys = keys_of(model)
    if isinstance(value, dict):
        others = others_of(model)
        refers = others.key_refers if others else None
        for name, one in value.items():
            if name in keys:
                yield from _inside(keys[name].shape, one, (*path, name), within, value)
            elif refers is not None:
                yield Reference((*path, name), refers.kinds, name, True, within)
    elif shape.short:
        yield from _inside(keys[shape.short].shape, value, path, within, {})


def _in_map(shape: Shape, value: Any, path: Path, within: Within) -> Iterator[Definition | Reference]:
    refers = shape.key_refers
    if isinstance(value, dict):
        for name, one in value.items():
            here = (*path, name)
            if shape.gives:
                yield Definition(here, shape.gives, name, within.get(KINDS[shape.gives].of, ""))
                inner = {**within, shape.gives: name}
            elif refers is not None:
                yield Reference(here, refers.kinds, name, True, within)
                inner = {**within, **dict.fromkeys(refers.kinds, name)}
            else:
                inner = {**within}
            yield from _inside(shape.entry, one, here, inner, {})
    elif refers is not None:
        for place, one in enumerate(value) if isinstance(value, list) else [(None, value)]:
            where = path if place is None else (*path, place)
            if isinstance(one, str):
                yield Reference(where, refers.kinds, one, False, within)


def _asked(refers: Refers, beside: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds that can be meant, narrowed by the requests that stand beside the place."""
    if not refers.asked_by:
        return refers.kinds
    written = beside.get(refers.asked_by)
    requests = written if isinstance(written, list) else [written]
    kinds = [kind for one in requests if isinstance(one, str) for kind in SPOKEN_OF.get(one, ())]
    return tuple(dict.fromkeys(kinds)) or refers.kinds
