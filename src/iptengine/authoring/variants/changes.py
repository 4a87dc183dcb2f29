"""The changes of a variant, one by one, and which of them cannot stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iptengine.authoring.document import Document
from iptengine.diagnostics import Diagnostic, Path, Span
from iptengine.protocol.variant_spec import HEAD, VERBS, ChangeGroup, VariantSpec, Verb, path_of, path_text

MOST_CHANGES = 5000
_COVER: frozenset[Verb] = frozenset({"set", "add", "remove", "move"})
"""What replaces or takes away everything below the path that it names."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        verb: What it does.
        target: The path of the base that it names.
        group: The group it stands in.
        at: Where it stands in the variant's file.
        span: Its line.
        to: The new name of a rename, or the path that something moves to.
        names: The order that is wanted.
    """

    verb: Verb
    target: Path
    group: str
    at: Path
    span: Span
    to: str = ""
    names: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """Its path as the author writes it."""
        return path_text(self.target)


def changes_of(spec: VariantSpec, document: Document) -> tuple[Change, ...]:
    """Every change, in the order of the file."""
    found = [change for name, group in spec.changes.items() for change in _of(name, group, document)]
    return tuple(sorted(found, key=lambda change: change.span))


def _of(name: str, group: ChangeGroup, document: Document) -> Iterator[Change]:
    for verb in VERBS:
        held = getattr(group, verb)
        for number, told in enumerate(held):
            at = _place(document, ("changes", name, verb), number if verb == "remove" else told)
            to = held[told] if verb in ("rename", "move") else ""
            names = held[told] if verb == "order" else ()
            yield Change(verb, path_of(told), name, at, document.span(at, verb != "remove"), to, names)


def _place(document: Document, around: Path, last: str | int) -> Path:
    at = (*around, last)
    return at if at in document.values else around


def idle_groups(spec: VariantSpec, document: Document) -> Iterator[Diagnostic]:
    """The groups that hold no change at all."""
    for name, group in spec.changes.items():
        if not any(getattr(group, verb) for verb in VERBS):
            span = document.span(("changes", name), on_key=True)
            hint = f"write what it changes ({', '.join(VERBS[:-1])} or {VERBS[-1]}), or take the group out"
            yield Diagnostic(span, "changes-nothing", f"the group '{name}' changes nothing", hint)


def conflicts(changes: Iterable[Change], document: Document) -> Iterator[tuple[Change, Diagnostic]]:
    """The changes that cannot be, whatever the base holds, each with its mistake."""
    kept: list[Change] = []
    named: dict[Path, Change] = {}
    for change in changes:
        told = change.told
        if change.target[0] in HEAD:
            message = f"'{told}' is no part of the base that a group may change"
            hint = f"write {change.target[0]}: at the top of the variant"
            yield change, Diagnostic(change.span, "change-of-the-head", message, hint)
        elif change.target in named:
            yield change, _twice(change, named[change.target])
        else:
            named[change.target] = change
            kept.append(change)
    covered = {change.target: change for change in kept if change.verb in _COVER}
    for change in kept:
        above = next((covered[p] for p in _above(change.target) if p in covered), None)
        if above is not None:
            yield change, _beneath(change, above)


def _above(path: Path) -> Iterator[Path]:
    return (path[:end] for end in range(1, len(path)))


def _twice(change: Change, other: Change) -> Diagnostic:
    message = f"'{change.told}' is changed twice: {_by(change, other)}"
    return Diagnostic(change.span, "changed-twice", message, "keep one of the two; all changes apply at once")


def _beneath(change: Change, other: Change) -> Diagnostic:
    message = f"'{change.told}' lies within '{other.told}', which is changed as a whole: {_by(change, other)}"
    hint = "write this into the other change, or change the smaller parts only"
    return Diagnostic(change.span, "changed-twice", message, hint)


def _by(change: Change, other: Change) -> str:
    group = "in the same group" if other.group == change.group else f"in group '{other.group}'"
    return f"also by {other.verb} {group}, line {other.span.line}"
