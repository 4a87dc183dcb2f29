"""Where a path of the base leads, and what to say when it leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iptengine.authoring.shapes import Shape, keys_of
from iptengine.authoring.variants.changes import Change
from iptengine.authoring.variants.tree import Node, below, entry
from iptengine.diagnostics import Diagnostic, Path, nearest
from iptengine.protocol.model import Spec
from iptengine.protocol.variant_spec import path_text

TOP = Shape("part", "a map", Spec)


@dataclass(frozen=True, slots=True)
class Missing:
    """A path that leads nowhere: how far it could be followed, and what is there."""

    known: Path
    name: str
    around: Node
    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a tree: the map it is in, its name there, and what may stand there by the format."""

    around: Node
    name: str
    shape: Shape | None
    around_shape: Shape | None

    @property
    def node(self) -> Node | None:
        """What stands there."""
        return entry(self.around, self.around_shape, self.name)

    def missing(self, path: Path) -> Missing:
        """The same place as one where nothing stands; `path` is how it was named."""
        return Missing(path[:-1], self.name, self.around, self.around_shape)


_NOWHERE = Shape("any", "a value")


def slot_at(tree: Node, path: Path, *, begin: bool = False) -> Slot | Missing:
    """The place that a path names; its last part need not be there.

    With `begin` it is the place of something new, and the way there is made where only keys of the format are missing
    on it.
    """
    node, shape = tree, TOP
    for depth, part in enumerate(path[:-1]):
        name, inner = str(part), below(shape, str(part))
        found = entry(node, shape, name)
        if found is None and begin and _may_begin(node, shape, inner):
            assert node.entries is not None
            found = node.entries[name] = Node(node.key, node.place, entries={})
        if found is None:
            return Missing(path[:depth], name, node, shape)
        if begin and inner is not None and inner.short:
            entry(found, inner, inner.short)
        node, shape = found, inner or _NOWHERE
    slot = Slot(node, str(path[-1]), below(shape, str(path[-1])), shape)
    return slot if slot.node is not None or node.entries is not None else slot.missing(path)


def node_at(tree: Node, path: Path) -> Node | None:
    """What stands at a path."""
    found = slot_at(tree, path)
    return None if isinstance(found, Missing) else found.node


def missing_at(tree: Node, path: Path) -> Missing:
    """Where a path that is not there leaves the tree."""
    found = slot_at(tree, path)
    return found if isinstance(found, Missing) else found.missing(path)


def _may_begin(node: Node, shape: Shape | None, inner: Shape | None) -> bool:
    """Whether a key of the format may be begun here; a name in a map may not, since it may be misspelt."""
    known = shape is not None and shape.kind == "part" and inner is not None and inner.kind in ("part", "map")
    return known and node.entries is not None


def nothing_there(change: Change, base: str, renamed: Mapping[Path, str], found: Missing) -> Diagnostic:
    """What to say of a path that the base does not have; `renamed` are its names that this variant exchanges."""
    rest = change.target[len(found.known) + 1 :]
    names = tuple(found.around.entries or ())
    keys = tuple(keys_of(found.shape.model)) if found.shape and found.shape.kind == "part" and found.shape.model else ()
    where = f"'{path_text(found.known)}' holds" if found.known else "it holds"
    message = f"'{change.told}' is not in {base}: {where} no '{found.name}'"
    old = next((path[-1] for path, new in renamed.items() if path[:-1] == found.known and new == found.name), None)
    if old is not None:
        hint = f"every path is the base's: write {path_text((*found.known, old, *rest))}"
        return Diagnostic(change.span, "nothing-there", message, hint)
    if found.around.entries is None:
        hint = f"'{path_text(found.known)}' holds nothing with a name of its own; set it as a whole"
        return Diagnostic(change.span, "nothing-there", message, hint)
    if found.name in keys and not rest:
        return Diagnostic(change.span, "nothing-there", message, f"use add: the base leaves {found.name} out")
    is_new = change.verb == "set" and not rest and found.shape is not None and found.shape.kind == "map"
    new = "to make it new, use add" if is_new else ""
    close = nearest(found.name, (*names, *(key for key in keys if key not in names)), 1)
    meant = f"did you mean '{path_text((*found.known, close[0], *rest))}'?" if close else _there_are(names)
    return Diagnostic(change.span, "nothing-there", message, "; ".join(part for part in (meant, new) if part))


def _there_are(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:8]) + (" …" if len(names) > 8 else "")
    return f"there are {shown}" if names else ""
