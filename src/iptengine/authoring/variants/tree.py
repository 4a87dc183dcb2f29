"""A file as a tree whose branches can be exchanged: what is written, where it stands, and what changed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from iptengine.authoring.document import Document
from iptengine.authoring.reading import Style, Value
from iptengine.authoring.shapes import Shape, keys_of
from iptengine.diagnostics import Path, Span
from iptengine.protocol.variant_spec import Verb


@dataclass(frozen=True, slots=True)
class Step:
    """One change that made a part what it is.

    Attributes:
        protocol: The variant that made it, as ``NAME@VERSION``.
        group: The group it stands in.
        verb: What it did.
        path: The path it names, of that variant's base.
        because: Why, in the author's words.
        source: The names of what it rests on.
        span: Where it is written.
        before: What stood there before, for a person to read; ``""`` where nothing did.
        stood: Where that was written.
    """

    protocol: str
    group: str
    verb: Verb
    path: Path
    because: str
    source: tuple[str, ...]
    span: Span
    before: str = ""
    stood: Span | None = None


@dataclass(slots=True, eq=False)
class Node:
    """One value of a file: a map, a list, or a single value.

    Attributes:
        key: Where its key stands; of the top and of an element of a list, where it stands itself.
        place: Where it stands.
        entries: What a map holds.
        elements: What a list holds.
        single: A single value.
        style: How it is written, where that matters.
        word: How a word that stands for something else was written.
        lookalike: How to write the number that it looks like.
        flow: It is written in brackets.
        steps: The changes that made it what it is, oldest first.
    """

    key: Span
    place: Span
    entries: dict[str, Node] | None = None
    elements: list[Node] | None = None
    single: Any = None
    style: Style | None = None
    word: str | None = None
    lookalike: str | None = None
    flow: bool = False
    steps: tuple[Step, ...] = ()

    def __repr__(self) -> str:
        return f"<node at {self.place}>"

    @property
    def value(self) -> Value:
        """It and all below it as plain values."""
        if self.entries is not None:
            return {name: node.value for name, node in self.entries.items()}
        if self.elements is not None:
            return [node.value for node in self.elements]
        single: Value = self.single
        return single


def tree_of(document: Document) -> Node:
    """The tree of a file that was read."""
    return _grown(document, (), document.root)


def _grown(document: Document, path: Path, value: Value) -> Node:
    place = document.values.get(path) or document.span(path)
    node = Node(document.keys.get(path, place), place, flow=path in document.flow)
    if isinstance(value, dict):
        node.entries = {name: _grown(document, (*path, name), one) for name, one in value.items()}
    elif isinstance(value, list):
        node.elements = [_grown(document, (*path, number), one) for number, one in enumerate(value)]
    else:
        node.single = value
        node.style = document.style_written(path)
        node.word = document.word_written(path)
        node.lookalike = document.lookalikes.get(path)
    return node


def entry(node: Node, shape: Shape | None, name: str) -> Node | None:
    """What stands under `name`; a short form is written out where `name` is the key that it stands for."""
    if node.entries is None and shape is not None and shape.short == name and isinstance(node.single, str):
        write_out(node, name)
    return None if node.entries is None else node.entries.get(name)


def write_out(node: Node, key: str) -> None:
    """Makes ``name: text`` the same as ``name: {key: text}``."""
    inner = replace(node, key=node.key, steps=())
    node.entries, node.single, node.style, node.word, node.lookalike = {key: inner}, None, None, None, None


def below(shape: Shape | None, name: str) -> Shape | None:
    """What may stand under `name`, by the format."""
    if shape is None:
        return None
    if shape.kind == "part" and shape.model is not None:
        key = keys_of(shape.model).get(name)
        return key.shape if key else None
    return shape.entry if shape.kind in ("map", "list") else None


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node with its path, the outer ones first."""
    yield path, node
    for name, one in (node.entries or {}).items():
        yield from walk(one, (*path, name))
    for number, one in enumerate(node.elements or ()):
        yield from walk(one, (*path, number))


@dataclass(slots=True)
class _Flat:
    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)
    styles: dict[Path, Style] = field(default_factory=dict)
    words: dict[Path, str] = field(default_factory=dict)
    lookalikes: dict[Path, str] = field(default_factory=dict)
    flow: set[Path] = field(default_factory=set)


def _added_to(node: Node) -> bool:
    """Whether a change put something below it, so that not all of it stands in its brackets."""
    return any(one.steps for path, one in walk(node) if path)


def document_of(
    tree: Node, file: str, texts: Mapping[str, tuple[str, ...]], gone: Mapping[Path, Span] | None = None
) -> Document:
    """The tree as a document; every place is in the file that it came from.

    Args:
        tree: What was composed.
        file: What the document is called.
        texts: The lines of every file that places name.
        gone: Where each part that is missing was taken out.
    """
    flat = _Flat(keys=dict(gone or {}))
    for path, node in walk(tree):
        flat.values[path] = node.place
        if path and isinstance(path[-1], str):
            flat.keys[path] = node.key
        if node.flow and not _added_to(node):
            flat.flow.add(path)
        if node.style is not None:
            flat.styles[path] = node.style
        if node.word is not None:
            flat.words[path] = node.word
        if node.lookalike is not None:
            flat.lookalikes[path] = node.lookalike
    return Document(
        file=file,
        root=tree.value,
        diagnostics=(),
        keys=MappingProxyType(flat.keys),
        values=MappingProxyType(flat.values),
        lines=texts[file],
        lookalikes=MappingProxyType(flat.lookalikes),
        flow=frozenset(flat.flow),
        _styles=flat.styles,
        _words=flat.words,
        texts=MappingProxyType(dict(texts)),
    )
