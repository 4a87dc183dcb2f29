"""A file of a variant opened: its own shape, its base, and the two made one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from iptengine.authoring.comparison import compare
from iptengine.authoring.document import Document
from iptengine.authoring.said import misfits, python_names, say
from iptengine.authoring.variants.bases import find_base
from iptengine.authoring.variants.beside import Beside
from iptengine.authoring.variants.compose import Base, Composition, compose
from iptengine.authoring.variants.pinning import kept
from iptengine.authoring.variants.tree import Node, Step, tree_of
from iptengine.authoring.variants.weaker import weaker_alerts
from iptengine.diagnostics import Diagnostic, Path, ProtocolError, Span
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.variant_spec import VariantSpec

MOST_BASES = 8
"""Variants of variants of variants: more than anybody can follow."""


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """What became of a protocol file.

    Attributes:
        protocol: The protocol, when nothing is wrong.
        diagnostics: Every mistake.
        composition: Base and changes, when the file is a variant and its base could be used.
        base: The base, likewise.
        document: The file as it was read; of a variant, what it became.
        folders: Where its measures were looked up.
    """

    protocol: Protocol | None
    diagnostics: tuple[Diagnostic, ...]
    document: Document
    folders: tuple[str, ...]
    composition: Composition | None = None
    base: Opened | None = None

    @property
    def chain(self) -> Iterator[Opened]:
        """It and every base under it, the newest first."""
        at: Opened | None = self
        while at is not None:
            yield at
            at = at.base

    @property
    def tree(self) -> Node:
        """The file as a tree: of a variant, what it became."""
        return self.composition.tree if self.composition is not None else tree_of(self.document)

    @property
    def gone(self) -> Mapping[Path, Step]:
        """What was taken out on the way, and the change that did."""
        return self.composition.gone if self.composition is not None else {}

    def require(self) -> Protocol:
        """The protocol, if it has no mistakes.

        Raises:
            ProtocolError: It has; all of them are told.
        """
        if self.protocol is None:
            raise ProtocolError(self.diagnostics)
        return self.protocol

    def __repr__(self) -> str:
        return f"<Opened {self.document.file}: {len(self.diagnostics)} mistakes>"


Open = Callable[[Document, tuple[str, ...], tuple[str, ...]], Opened]
"""Opens a document: with the folders to look in, and the names of the variants that lead to it."""


def is_variant(document: Document) -> bool:
    """Whether a file says that it extends another."""
    return isinstance(document.root, dict) and ("extends" in document.root or "changes" in document.root)


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant whose own shape is right, and its base."""

    spec: VariantSpec
    base: Opened


def open_variant(
    document: Document, folders: tuple[str, ...], chain: tuple[str, ...], open_base: Open
) -> Variant | tuple[Diagnostic, ...]:
    """The variant in a file with its base, or everything that keeps it from being put together."""
    wrong = [*document.diagnostics, *python_names(document, VariantSpec)]
    nameless = _nameless(document)
    if nameless is not None:
        return (*wrong, nameless)
    try:
        spec = VariantSpec.model_validate(document.root)
    except ValidationError as error:
        return (*wrong, *(say(misfit, document, VariantSpec) for misfit in misfits(error, VariantSpec)))
    if wrong:
        return tuple(wrong)
    return _with_base(spec, document, folders, chain, open_base)


def _nameless(document: Document) -> Diagnostic | None:
    """A group that was written without its name."""
    changes = document.root.get("changes") if isinstance(document.root, dict) else None
    if not isinstance(changes, dict) or not isinstance(changes.get("because"), str):
        return None
    message = "a group of changes needs a name of its own, under which its because and its verbs stand"
    hint = "write a name such as 'shorter:' on a line of its own above because, and move the lines in by two blanks"
    return Diagnostic(document.span(("changes", "because")), "missing-key", message, hint)


def _with_base(
    spec: VariantSpec, document: Document, folders: tuple[str, ...], chain: tuple[str, ...], open_base: Open
) -> Variant | tuple[Diagnostic, ...]:
    place = document.values[("extends",)]
    ref = f"{spec.protocol}@{spec.version}"
    if spec.extends in (ref, *chain):
        return (_circle(place, (*chain, ref), spec.extends),)
    if len(chain) >= MOST_BASES:
        message = f"there are more than {MOST_BASES} variants one upon another"
        return (Diagnostic(place, "too-many-bases", message, "extend an earlier one of them"),)
    found = find_base(spec.extends, folders)
    if found.document is None:
        return (Diagnostic(place, *found.why),)
    home = os.path.dirname(found.path)
    base = open_base(found.document, (home, os.path.join(home, "measures"), *folders), (*chain, ref))
    if base.protocol is None:
        return (*base.diagnostics, _unusable(place, spec.extends, base.diagnostics))
    return Variant(spec, base)


def _circle(place: Span, chain: tuple[str, ...], back: str) -> Diagnostic:
    way = " extends ".join((*chain[chain.index(back) :], back))
    return Diagnostic(place, "circular-base", f"this goes round in a circle: {way}", "begin from a protocol of its own")


def _unusable(place: Span, base: str, wrong: tuple[Diagnostic, ...]) -> Diagnostic:
    many = len(wrong)
    message = f"the base {base} has {many} mistake{'s' if many != 1 else ''} of its own"
    return Diagnostic(place, "base-not-usable", message, "they are told with its lines, and come first")


def put_together(variant: Variant, document: Document) -> Composition:
    """The base with the variant's changes made to it."""
    base = variant.base
    assert base.protocol is not None
    texts = base.document.texts or {base.document.file: base.document.lines}
    return compose(variant.spec, document, Base(base.protocol, base.tree, texts, base.gone))


def against_base(
    variant: Variant, composition: Composition, protocol: Protocol, document: Document
) -> tuple[Diagnostic, ...]:
    """What a whole variant does that no variant may: weaken an alert, or rest on a base that is not the pinned one."""
    base = variant.base.protocol
    assert base is not None
    bases = tuple(one.protocol for one in variant.base.chain if one.protocol is not None)
    found = list(weaker_alerts(Beside(base, protocol, composition, bases)))
    pinned = variant.spec.pinned
    if pinned is not None and pinned != base.digest:
        found.append(_changed(document, base, pinned))
    return tuple(found)


def _changed(document: Document, base: Protocol, pinned: str) -> Diagnostic:
    was = kept(os.path.dirname(document.file) or os.curdir, base.ref, pinned)
    message = (
        f"{base.ref} is not what this variant was pinned to: its digest was {pinned[:12]}… and is {base.digest[:12]}…"
    )
    hint = _what_changed(was, base) if was is not None else _NOT_KEPT
    return Diagnostic(document.values[("pinned",)], "base-changed", message, hint)


_NOT_KEPT = (
    "what it was pinned to is not in the folder 'pinned' beside it, so the difference cannot be told; "
    "get that from where the variant came from, or read the base and pin anew"
)
MOST_SHOWN = 5


def _what_changed(was: str, base: Protocol) -> str:
    """The difference in a sentence; `iptengine pin` tells the whole of it."""
    found = compare(json.loads(was), json.loads(base.content)).differences
    told = [f"{one.path or one.file} ({', '.join(sorted(one.touches)) or one.kind})" for one in found[:MOST_SHOWN]]
    more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    return f"the base differs at {', '.join(told)}{more}; read `iptengine pin` on this file, which pins it anew"
