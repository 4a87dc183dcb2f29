"""A base and the changes to it, made one: every part with its place, and with what made it what it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from iptengine.authoring.document import Document
from iptengine.authoring.reading import Value
from iptengine.authoring.variants.changes import MOST_CHANGES, Change, changes_of, conflicts, idle_groups
from iptengine.authoring.variants.finding import Missing, Slot, nothing_there, slot_at
from iptengine.authoring.variants.renames import carry
from iptengine.authoring.variants.shown import shown
from iptengine.authoring.variants.tree import Node, Step, document_of, tree_of
from iptengine.diagnostics import Diagnostic, Path, Span
from iptengine.protocol.conditions import Mention
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.variant_spec import VariantSpec, Verb, path_of, path_text

_REPLACED = ("protocol", "version", "status", "title", "extends", "changes")
_REPLACED_IF_WRITTEN = ("population", "about")


@dataclass(frozen=True, slots=True)
class Base:
    """What a variant changes: the base as a protocol, as a tree of its own, and the lines of its files."""

    protocol: Protocol
    tree: Node
    texts: Mapping[str, tuple[str, ...]]
    gone: Mapping[Path, Step]


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """A base with the changes made to it.

    Attributes:
        tree: The whole of it.
        document: The same as a file that was read; each place in the file it came from.
        wrong: The changes that cannot be made.
        doubted: Names that those speak of; what is said of them elsewhere may be a mere consequence.
        gone: What is no longer there, and the change that took it out.
        renamed: Paths of the base and their new names.
        names: What each name in a sentence of the base is called from now on.
        pinned: The digest of the base that the variant was written for; ``""`` where it names none.
    """

    tree: Node
    document: Document
    wrong: tuple[Diagnostic, ...]
    doubted: frozenset[str]
    gone: Mapping[Path, Step]
    renamed: Mapping[Path, str]
    names: Mapping[Mention, str]
    pinned: str = ""

    def now(self, path: Path) -> Path:
        """Where a path of the base has come to lie, names that were exchanged included."""
        return tuple(self.renamed.get(path[: end + 1], part) for end, part in enumerate(path))

    def __repr__(self) -> str:
        return f"<Composition {self.document.file}: {len(self.wrong)} mistakes>"


def compose(spec: VariantSpec, document: Document, base: Base) -> Composition:
    """The base with every change of a variant made to it, all at once; the tree of the base is used up."""
    work = _Work(spec, document, base)
    changes = changes_of(spec, document)
    if len(changes) > MOST_CHANGES:
        message = f"a variant has at most {MOST_CHANGES} changes; this one has more"
        work.wrong.append(Diagnostic(document.span(("changes",)), "too-many-parts", message, "divide it in two"))
        changes = ()
    work.wrong += idle_groups(spec, document)
    refused = dict(conflicts(changes, document))
    for change, mistake in refused.items():
        work.refuse(change, mistake)
    work.make([change for change in changes if change not in refused])
    work.head()
    texts = {**base.texts, document.file: document.lines}
    gone = {path: step.span for path, step in work.gone.items()}
    composed = document_of(work.tree, document.file, texts, gone)
    wrong = tuple(work.wrong)
    gone_now = {**base.gone, **work.gone}
    return Composition(
        work.tree, composed, wrong, frozenset(work.doubted), gone_now, work.renamed, work.names, spec.pinned or ""
    )


@dataclass(frozen=True, slots=True)
class _Respelt:
    """One place that a rename reaches: a key with what it holds, or a value."""

    around: Node
    node: Node
    name: str
    new: str
    on_key: bool
    change: Change


@dataclass(slots=True)
class _Work:
    spec: VariantSpec
    document: Document
    base: Base
    wrong: list[Diagnostic] = field(default_factory=list)
    doubted: set[str] = field(default_factory=set)
    gone: dict[Path, Step] = field(default_factory=dict)
    renamed: dict[Path, str] = field(default_factory=dict)
    names: Mapping[Mention, str] = field(default_factory=dict)
    new_names: dict[Path, str] = field(default_factory=dict)
    written: Node = field(init=False)
    tree: Node = field(init=False)

    def __post_init__(self) -> None:
        self.written = tree_of(self.document)
        self.tree = self.base.tree

    def refuse(self, change: Change, mistake: Diagnostic) -> None:
        self.wrong.append(mistake)
        self.doubted.update(str(part) for part in change.target)
        self.doubted.update((change.to, *change.names))

    def make(self, changes: list[Change]) -> None:
        """Makes every change; all places are looked up before anything is moved."""
        self.new_names = {change.target: change.to for change in changes if change.verb == "rename"}
        found = {change: slot for change in changes if (slot := self._slot(change)) is not None}
        homes = {change: home for change in found if change.verb == "move" and (home := self._home(change))}
        respelt = self._respelt([change for change in found if change.verb == "rename"], tuple(found))
        for verb in ("remove", "set", "add"):
            for change, slot in found.items():
                if change.verb == verb:
                    _MAKE[verb](self, change, slot)
        self._respell(respelt)
        for change, home in homes.items():
            self._move(change, found[change], home)
        for change, slot in found.items():
            if change.verb == "order":
                self._order(change, slot)

    # Looking up.

    def _slot(self, change: Change) -> Slot | None:
        if change.verb == "add":
            return self._room(change)
        slot = slot_at(self.tree, change.target)
        if isinstance(slot, Missing) or slot.node is None:
            self._nothing(change, slot if isinstance(slot, Missing) else slot.missing(change.target))
            return None
        if change.verb in ("rename", "move") and (slot.around_shape is None or slot.around_shape.kind != "map"):
            message = f"'{change.told}' is a key of the format, which has to keep its name and place"
            self.refuse(change, Diagnostic(change.span, "not-a-name", message, "rename or move what carries a name"))
            return None
        if self._idle(change, slot):
            message = f"'{change.told}' is so in {self.base.protocol.ref} already, at {slot.node.key}"
            self.refuse(change, Diagnostic(change.span, "changes-nothing", message, "leave this line out"))
            return None
        return slot

    def _nothing(self, change: Change, missing: Missing) -> None:
        """Refuses a change whose path the base does not have."""
        self.refuse(change, nothing_there(change, self.base.protocol.ref, self.new_names, missing))

    def _idle(self, change: Change, slot: Slot) -> bool:
        """Whether a change leaves everything as it is."""
        node = slot.node
        if node is None:
            return False
        if change.verb == "set":
            new = self._new(change).value
            return _same(new, node.value) or (node.entries is not None and _same(_long(new, slot), node.value))
        return (change.verb == "rename" and change.to == slot.name) or (
            change.verb == "order" and change.names == tuple(node.entries or ())
        )

    def _room(self, change: Change) -> Slot | None:
        room = slot_at(self.tree, change.target, begin=True)
        if isinstance(room, Missing):
            self._nothing(change, room)
            return None
        there = room.node
        if there is None:
            return room
        message = f"'{change.told}' is in {self.base.protocol.ref} already, at {there.key}"
        self.refuse(change, Diagnostic(change.span, "there-already", message, self._instead(change, there)))
        return None

    def _instead(self, change: Change, there: Node) -> str:
        """What to do where something stands already: a map takes one more by its name, and set would empty it."""
        new = self._new(change).entries
        if there.entries is None or not new:
            return "use set to put this in its place"
        return f"to add to what it holds, write the path down to the new name: {change.told}.{next(iter(new))}"

    def _home(self, change: Change) -> Slot | None:
        """The map that something moves to, as the place it will have there."""
        target = path_of(change.to)
        if target[: len(change.target)] == change.target:
            message = f"'{change.told}' cannot move into itself"
            self.refuse(change, Diagnostic(change.span, "cannot-move", message, "name the map that it moves to"))
            return None
        room = slot_at(self.tree, (*target, change.target[-1]), begin=True)
        if isinstance(room, Missing) and target[-1] == change.target[-1]:
            message = f"'{change.told}' keeps its name, and '{change.to}' is not in {self.base.protocol.ref}"
            hint = f"name only the map that it moves to: {path_text(target[:-1])}"
            self.refuse(change, Diagnostic(change.span, "cannot-move", message, hint))
            return None
        if isinstance(room, Missing):
            there = replace(change, target=target)
            self.refuse(change, nothing_there(there, self.base.protocol.ref, self.new_names, room))
            return None
        if room.around_shape is None or room.around_shape.kind != "map":
            message = f"'{change.to}' is not a map of names, so nothing can move there"
            self.refuse(change, Diagnostic(change.span, "cannot-move", message, "name the map that it moves to"))
            return None
        return room

    def _respelt(self, renames: list[Change], changes: tuple[Change, ...]) -> list[_Respelt]:
        """What is renamed and whatever refers to it: where it stands, and how it is spelt from now on."""
        if not renames:
            return []
        by_target = {change.target: change for change in renames}
        carried = carry(self.base.protocol, self.tree.value, {change.target: change.to for change in renames})
        for finding in carried.mistakes:
            change = by_target[finding.path]
            self.refuse(change, Diagnostic(change.span, "name-taken", finding.message, finding.hint))
        anew = {change.target for change in changes if change.verb in ("set", "remove")}
        for left in carried.left:
            if any(left.path[:end] in anew for end in range(1, len(left.path) + 1)):
                continue
            change = next((one for one in renames if f"'{one.target[-1]}'" in left.why), renames[0])
            message = f"renaming '{change.told}' leaves '{path_text(left.path)}' behind: {left.why}"
            self.refuse(change, Diagnostic(change.span, "lost-reference", message, "set that part too"))
        if carried.mistakes:
            return []
        self.renamed.update({change.target: change.to for change in renames})
        self.names = carried.names
        both = [(path, new, True) for path, new in carried.keys.items()]
        both += [(path, new, False) for path, new in carried.values.items()]
        return [one for path, new, on_key in both if (one := self._place_of(path, new, on_key, renames)) is not None]

    def _place_of(self, path: Path, new: str, on_key: bool, renames: list[Change]) -> _Respelt | None:
        *around, last = path
        slot = slot_at(self.tree, tuple(around)) if isinstance(last, int) else slot_at(self.tree, path)
        if isinstance(slot, Missing) or slot.node is None:
            return None
        node = (slot.node.elements or [])[last] if isinstance(last, int) else slot.node
        old = str(last) if on_key else str(node.single)
        change = next((one for one in renames if str(one.target[-1]) in old), renames[0])
        return _Respelt(slot.around, node, str(last), new, on_key, change)

    # Changing.

    def _step(self, change: Change, before: Node | None = None) -> Step:
        group = self.spec.changes[change.group]
        told, stood = (shown(before.value), before.key) if before is not None else ("", None)
        ref = f"{self.spec.protocol}@{self.spec.version}"
        return Step(
            ref, change.group, change.verb, change.target, group.because, tuple(group.source), change.span, told, stood
        )

    def _new(self, change: Change) -> Node:
        node = self.written
        for part in change.at:
            assert node.entries is not None
            node = node.entries[str(part)]
        return node

    def _remove(self, change: Change, slot: Slot) -> None:
        assert slot.around.entries is not None
        self.gone[change.target] = self._step(change, slot.around.entries.pop(slot.name))

    def _set(self, change: Change, slot: Slot) -> None:
        assert slot.around.entries is not None
        before, after = slot.around.entries[slot.name], self._new(change)
        after.steps = (*before.steps, self._step(change, before))
        slot.around.entries[slot.name] = after

    def _add(self, change: Change, slot: Slot) -> None:
        assert slot.around.entries is not None
        node = self._new(change)
        node.steps = (self._step(change),)
        slot.around.entries[slot.name] = node

    def _move(self, change: Change, slot: Slot, home: Slot) -> None:
        if self._taken(change, home.around.entries or {}, slot.name):
            return
        assert slot.around.entries is not None
        assert home.around.entries is not None
        node = slot.around.entries.pop(slot.name)
        node.key, node.steps = change.span, (*node.steps, self._step(change))
        home.around.entries[slot.name] = node

    def _respell(self, respelt: list[_Respelt]) -> None:
        for one in respelt:
            if not one.on_key:
                one.node.single = one.new
                one.node.steps = (*one.node.steps, self._step(one.change))
        keys = [one for one in respelt if one.on_key]
        for around in {id(one.around): one.around for one in keys}.values():
            self._rekey(around, [one for one in keys if one.around is around])

    def _rekey(self, around: Node, keys: list[_Respelt]) -> None:
        """Gives the keys of one map their new names, all at once: one may take the name that another lays down."""
        own = around.entries or {}
        anew = {one.name: one for one in keys if own.get(one.name) is one.node}
        entries = {name: node for name, node in own.items() if name not in anew}
        for one in anew.values():
            if self._taken(one.change, entries, one.new):
                return
            entries[one.new] = one.node
        for one in anew.values():
            if one.change.target[-1] == one.name and one.new == one.change.to:
                one.node.key = one.change.span
            one.node.steps = (*one.node.steps, self._step(one.change))
        around.entries = {anew[name].new if name in anew else name: held for name, held in own.items()}

    def _taken(self, change: Change, entries: Mapping[str, Node], name: str) -> bool:
        there = entries.get(name)
        if there is None:
            return False
        message = f"'{change.told}' cannot be called '{name}' there: that name is taken, at {there.key}"
        self.refuse(change, Diagnostic(change.span, "name-taken", message, "choose another name"))
        return True

    def _order(self, change: Change, slot: Slot) -> None:
        node = slot.node
        ordered = slot.shape is not None and slot.shape.kind == "map"
        names = tuple(node.entries or ()) if node is not None and ordered else ()
        mistake = _misordered(change, names)
        if node is None or node.entries is None or mistake:
            message, hint = mistake or _NOTHING_TO_ORDER
            self.refuse(change, Diagnostic(change.span, "order-incomplete", message, hint))
            return
        node.entries = {name: node.entries[name] for name in change.names}
        node.steps = (*node.steps, self._step(change))

    # The head.

    def head(self) -> None:
        """The variant's own head in place of the base's; its sources beside those of the base."""
        top, own = self.tree.entries, self.written.entries
        assert top is not None
        assert own is not None
        top.pop("reviewed_by", None)
        for name in (*_REPLACED, *_REPLACED_IF_WRITTEN, "reviewed_by"):
            if name in own:
                top[name] = own[name]
        sources = own.get("sources")
        if sources is None or not sources.entries:
            return
        known = top.setdefault("sources", Node(sources.key, sources.place, entries={}))
        assert known.entries is not None
        for name, source in sources.entries.items():
            if name in known.entries:
                self.wrong.append(_source_taken(name, source.key, known.entries[name].key))
            else:
                known.entries[name] = source


_MAKE: Mapping[Verb, Callable[[_Work, Change, Slot], None]] = {
    "remove": _Work._remove,
    "set": _Work._set,
    "add": _Work._add,
}


def _same(one: Value, other: Value) -> bool:
    """Whether two values are written alike; ``1`` is not ``true``."""
    return json.dumps(one) == json.dumps(other)


def _long(value: Value, slot: Slot) -> Value:
    """A short form written out."""
    short = slot.shape.short if slot.shape is not None else ""
    return {short: value} if short and isinstance(value, str) else value


_NOTHING_TO_ORDER = ("there is no map of names here, so nothing has an order", "name the map whose order changes")


def _misordered(change: Change, names: tuple[str, ...]) -> tuple[str, str] | None:
    wanted = change.names
    if not names:
        return _NOTHING_TO_ORDER
    left = [name for name in names if name not in wanted]
    if left:
        return f"the order of '{change.told}' leaves out {_quoted(left)}", "name everything that it holds afterwards"
    more = [name for name in wanted if name not in names]
    if more:
        return f"'{change.told}' does not hold {_quoted(more)}", "name only what it holds afterwards"
    if len(set(wanted)) < len(wanted):
        return f"the order of '{change.told}' names something twice", "name each once"
    return None


def _quoted(names: list[str]) -> str:
    shown_names = ", ".join(f"'{name}'" for name in names[:5])
    return shown_names + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _source_taken(name: str, span: Span, other: Span) -> Diagnostic:
    message = f"the base has a source '{name}' already, at {other}"
    return Diagnostic(span, "there-already", message, f"choose another name, or set sources.{name} in a group")
