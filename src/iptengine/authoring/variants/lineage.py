"""What made a part of a protocol what it is: each file, line, group and reason, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iptengine.authoring.variants.finding import Missing, missing_at, node_at
from iptengine.authoring.variants.opening import Opened
from iptengine.authoring.variants.shown import shown
from iptengine.authoring.variants.tree import Node, Step, walk
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
    tree = opened.tree
    path = called_now(opened, tree, path)
    node = node_at(tree, path)
    if node is None:
        return _gone(opened, path, tree)
    around = (node_at(tree, path[:end]) for end in range(1, len(path)))
    steps = _in_order(opened, (step for one in (*around, node) if one is not None for step in one.steps))
    inner = {found: one.steps for found, one in walk(node, path) if found != path and one.steps}
    origin = _origin(opened, steps, node)
    return Lineage(path, shown(node.value), node.key, steps, origin, inner, tuple(_sources(tree, path)))


def called_now(opened: Opened, tree: Node, path: Path) -> Path:
    """A path under the names that it has in a variant, where it is told under those of its base."""
    if opened.composition is None or not path or node_at(tree, path) is not None:
        return path
    return opened.composition.now(path)


def _gone(opened: Opened, path: Path, tree: Node) -> Lineage:
    for end in range(len(path), 0, -1):
        step = opened.gone.get(path[:end])
        if step is not None:
            origin = (_ref_at(opened, step.stood), step.stood) if step.stood is not None else None
            return Lineage(path, "", step.span, (step,), origin, {})
    raise LookupError(_not_there(missing_at(tree, path)))


def _not_there(missing: Missing) -> str:
    there = f"'{path_text(missing.known)}' holds" if missing.known else "a protocol holds"
    return f"{there} no '{missing.name}'; {did_you_mean(missing.name, tuple(missing.around.entries or ()))}"


def _in_order(opened: Opened, steps: Iterator[Step]) -> tuple[Step, ...]:
    """The steps of the newest variant first."""
    order = {one.protocol.ref: number for number, one in enumerate(opened.chain) if one.protocol is not None}
    return tuple(sorted(dict.fromkeys(steps), key=lambda step: order.get(step.protocol, 0)))


def _ref_at(opened: Opened, span: Span) -> str:
    """The protocol in whose file a place is."""
    found = (one.protocol for one in opened.chain if one.document.file == span.file)
    return next((one.ref for one in found if one is not None), "")


def _origin(opened: Opened, steps: tuple[Step, ...], node: Node) -> tuple[str, Span] | None:
    """Where the part was first written: before every change, or where it still stands."""
    making = [step for step in steps if step.verb in ("set", "add", "remove")]
    stood = making[-1].stood if making else _written(steps, node)
    return None if stood is None else (_ref_at(opened, stood), stood)


def _written(steps: tuple[Step, ...], node: Node) -> Span:
    """Its own line; of what was renamed or moved, the line of its words."""
    return node.place if steps else node.key


def _sources(tree: Node, path: Path) -> Iterator[str]:
    """What a part rests on: what it says itself, or the group that made it so, whichever is nearer to the part."""
    for end in range(len(path), 0, -1):
        own = node_at(tree, (*path[:end], "source"))
        if own is not None:
            value = own.value
            yield from (str(one) for one in (value if isinstance(value, list) else [value]))
            return
        node = node_at(tree, path[:end])
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
    tree = opened.tree
    under = called_now(opened, tree, under)
    for path, node in walk(tree):
        single = node.entries is None and not any(isinstance(part, int) for part in path)
        if single and path[: len(under)] == under and path[0] not in HEAD:
            yield Changeable(path, shown(node.value), tuple(_sources(tree, path)), node.key)
