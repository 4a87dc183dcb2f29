"""What made a part of a protocol what it is: each file, line, group and reason, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iptengine.authoring.shapes import Shape
from iptengine.authoring.variants.finding import TOP, Missing, slot_at
from iptengine.authoring.variants.opening import Opened
from iptengine.authoring.variants.shown import shown
from iptengine.authoring.variants.tree import Node, Step, below, entry, tree_of, walk
from iptengine.diagnostics import Path, Span, did_you_mean
from iptengine.protocol.variant_spec import HEAD, path_text


@dataclass(frozen=True, slots=True)
class Lineage:
    """The account of one path.

    Attributes:
        path: The path.
        now: What stands there; ``""`` when it was taken away.
        at: Where that is written.
        steps: The changes that reached it, newest first.
        origin: Where it was first written, and in which protocol; none when a change added it.
        below: Changes to smaller parts of it, by their paths.
        source: The names of what the part rests on.
    """

    path: Path
    now: str
    at: Span
    steps: tuple[Step, ...]
    origin: tuple[str, Span] | None
    below: Mapping[Path, tuple[Step, ...]]
    source: tuple[str, ...] = ()


def lineage(opened: Opened, path: Path) -> Lineage:
    """How the part at `path` came about.

    Raises:
        LookupError: There is no such path, and was none; says which one is nearest.
    """
    tree = _tree(opened)
    path = called_now(opened, path)
    slot = slot_at(tree, path)
    node = None if isinstance(slot, Missing) else slot.node
    if node is None:
        return _gone(opened, path, tree)
    steps = _in_order(opened, (step for one in (*_around(tree, path), node) for step in one.steps))
    inner = {found: one.steps for found, one in walk(node, path) if found != path and one.steps}
    origin = _origin(opened, steps, node)
    return Lineage(path, shown(node.value), node.key, steps, origin, inner, tuple(_sources(tree, path)))


def called_now(opened: Opened, path: Path) -> Path:
    """A path under the names that it has in a variant, where it is told under those of its base."""
    if opened.composition is None or not path:
        return path
    there = slot_at(opened.composition.tree, path)
    if not isinstance(there, Missing) and there.node is not None:
        return path
    renamed = opened.composition.renamed
    return tuple(renamed.get(path[: end + 1], part) for end, part in enumerate(path))


def _tree(opened: Opened) -> Node:
    return opened.composition.tree if opened.composition is not None else tree_of(opened.document)


def _around(tree: Node, path: Path) -> Iterator[Node]:
    """What a path lies in."""
    node: Node | None = tree
    shape: Shape | None = TOP
    for part in path[:-1]:
        node = entry(node, shape, str(part)) if node is not None else None
        shape = below(shape, str(part))
        if node is not None:
            yield node


def _gone(opened: Opened, path: Path, tree: Node) -> Lineage:
    gone = opened.composition.gone if opened.composition is not None else {}
    for end in range(len(path), 0, -1):
        step = gone.get(path[:end])
        if step is not None:
            origin = (_protocol_of(opened, step), step.stood) if step.stood is not None else None
            return Lineage(path, "", step.span, (step,), origin, {})
    raise LookupError(_not_there(tree, path))


def _not_there(tree: Node, path: Path) -> str:
    for end in range(1, len(path) + 1):
        found = slot_at(tree, path[:end])
        if isinstance(found, Missing) or found.node is None:
            names = tuple(found.around.entries or ())
            start = path_text(path[: end - 1])
            there = f"'{start}' holds" if start else "a protocol holds"
            return f"{there} no '{path[end - 1]}'; {did_you_mean(str(path[end - 1]), names)}"
    raise AssertionError("the path is there")


def _in_order(opened: Opened, steps: Iterator[Step]) -> tuple[Step, ...]:
    """The steps of the newest variant first."""
    order = {ref: number for number, (ref, _) in enumerate(chain(opened))}
    return tuple(sorted(dict.fromkeys(steps), key=lambda step: order.get(step.protocol, 0)))


def chain(opened: Opened) -> Iterator[tuple[str, str]]:
    """The protocol and every base under it, each with its file, newest first."""
    at: Opened | None = opened
    while at is not None:
        if at.protocol is not None:
            yield at.protocol.ref, at.document.file
        at = at.base


def _protocol_of(opened: Opened, step: Step) -> str:
    """The protocol whose words a step replaced."""
    refs = [ref for ref, _ in chain(opened)]
    file = step.stood.file if step.stood is not None else ""
    known = {held: ref for ref, held in chain(opened)}
    return known.get(file, refs[-1] if refs else "")


def _origin(opened: Opened, steps: tuple[Step, ...], node: Node) -> tuple[str, Span] | None:
    """Where the part was first written: before every change, or where it still stands."""
    files = {file: ref for ref, file in chain(opened)}
    making = [step for step in steps if step.verb in ("set", "add", "remove")]
    if not making:
        return files.get(node.place.file, ""), _written(steps, node)
    oldest = making[-1]
    return None if oldest.stood is None else (files.get(oldest.stood.file, ""), oldest.stood)


def _written(steps: tuple[Step, ...], node: Node) -> Span:
    """Its own line; of what was renamed or moved, the line of its words."""
    return node.place if steps else node.key


def _sources(tree: Node, path: Path) -> Iterator[str]:
    """What a part rests on: what it says itself, or the group that made it so, whichever is nearer to the part."""
    for end in range(len(path), 0, -1):
        own = slot_at(tree, (*path[:end], "source"))
        found = None if isinstance(own, Missing) else own.node
        if found is not None:
            value = found.value
            yield from (str(one) for one in (value if isinstance(value, list) else [value]))
            return
        slot = slot_at(tree, path[:end])
        node = None if isinstance(slot, Missing) else slot.node
        made = [step for step in node.steps if step.verb in ("set", "add")] if node is not None else []
        if made:
            yield from made[-1].source
            return


@dataclass(frozen=True, slots=True)
class Changeable:
    """A path that a variant may change: what stands there, and what that rests on."""

    path: Path
    value: str
    source: tuple[str, ...]
    at: Span


def changeable(opened: Opened, under: Path = ()) -> Iterator[Changeable]:
    """Every single value of a protocol that a variant may change, in the order of the file.

    Names are paths too, and so is what holds several values; those are not listed on their own.
    """
    tree, under = _tree(opened), called_now(opened, under)
    for path, node in walk(tree):
        single = node.entries is None and not any(isinstance(part, int) for part in path)
        if single and path[: len(under)] == under and path[0] not in HEAD:
            yield Changeable(path, shown(node.value), tuple(_sources(tree, path)), node.key)
