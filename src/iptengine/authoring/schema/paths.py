"""Every path of a base: what is written there, what could be added, and which maps there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from iptengine.authoring.shapes import Key, Shape, keys_of
from iptengine.protocol.fields import Model
from iptengine.protocol.model import Spec
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.variant_spec import HEAD


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a base that a change can name.

    Attributes:
        path: Its path, as dotted text.
        shape: What may stand there.
        value: What stands there now, short forms written out; nothing where nothing does.
        written: Whether something stands there.
        key: The key of the format that it is; none for a name that the author chose.
        around: The model of the part that the key belongs to.
    """

    path: str
    shape: Shape
    value: Any
    written: bool
    key: Key | None = None
    around: type[Model] | None = None


def spots(protocol: Protocol) -> Iterator[Spot]:
    """Every place of a protocol that a variant of it may name, in the order of the format.

    What is not written is told as far as keys of the format lead: names are the author's.
    """
    root = protocol.spec.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for name, key in keys_of(Spec).items():
        if name not in HEAD:
            yield from _from(name, key.shape, root.get(name), name in root, key, Spec)


def _from(
    path: str, shape: Shape, value: Any, written: bool, key: Key | None = None, around: type[Model] | None = None
) -> Iterator[Spot]:
    yield Spot(path, shape, value, written, key, around)
    if shape.kind == "map" and shape.entry is not None:
        for name, one in (value or {}).items():
            yield from _from(f"{path}.{name}", shape.entry, one, True)
    elif shape.kind == "part" and shape.model is not None:
        held = value if isinstance(value, dict) else {}
        for name, inner in keys_of(shape.model).items():
            yield from _from(f"{path}.{name}", inner.shape, held.get(name), name in held, inner, shape.model)


def pattern_of(paths: Iterable[str]) -> str:
    """A pattern that takes exactly these paths, what they have in common written once.

    Example:
        >>> pattern_of(["phases.initial", "phases.initial.title", "start"])
        '(?:phases[.]initial(?:[.]title)?|start)'
    """
    tree: dict[str, Any] = {}
    for path in paths:
        branch = tree
        for part in path.split("."):
            branch = branch.setdefault(part, {})
        branch[""] = {}
    return _pattern(tree, "")


def _pattern(tree: dict[str, Any], before: str) -> str:
    ends = "" in tree
    branches = [before + part + _pattern(inner, "[.]") for part, inner in tree.items() if part]
    if not branches:
        return ""
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"
