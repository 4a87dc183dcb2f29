"""What was found in a composed protocol, told to the author of the variant who caused it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from iptengine.authoring.variants.compose import Composition
from iptengine.authoring.variants.finding import node_at
from iptengine.authoring.variants.tree import Step
from iptengine.diagnostics import Diagnostic, Path, Span
from iptengine.protocol.variant_spec import path_text


def consequences(composition: Composition, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Where some changes cannot be made: what was found in the variant's own lines and does not follow from that."""
    own = composition.document.file
    for one in found:
        if one.span.file == own and not any(f"'{name}'" in one.message for name in composition.doubted if name):
            yield one


def explained(composition: Composition, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """What was found, at the change that caused it where that is known; else with the base's path beside it."""
    own = composition.document.file
    for one in found:
        if one.span.file == own:
            yield _in_part(composition, one)
            continue
        step = _cause(composition, one)
        path = _path_at(composition, one.span)
        yield _in_base(one, path) if step is None else _because_of(step, one, path)


def _cause(composition: Composition, one: Diagnostic) -> Step | None:
    """The removal of what a line of the base still names."""
    for path, step in composition.gone.items():
        if step.span.file == composition.document.file and f"'{path[-1]}'" in one.message:
            return step
    return None


def _because_of(step: Step, one: Diagnostic, path: Path | None) -> Diagnostic:
    where = f"'{path_text(path)}' ({one.span})" if path else str(one.span)
    message = f"without '{path_text(step.path)}' something does not fit at {where}: {one.message}"
    return Diagnostic(step.span, one.code, message, _MEASURE if step.path[0] == "measures" else _THAT_PART)


_THAT_PART = "set that part, or remove it too"
_MEASURE = "to use another questionnaire in its place, rename the measure and set its use; or set that part too"


def _in_part(composition: Composition, one: Diagnostic) -> Diagnostic:
    """What is missing in a part that was set as a whole, where a value of it may have been meant."""
    if one.code != "missing-key":
        return one
    keys = composition.document.keys
    path = next((path for path, place in keys.items() if place == one.span and path[:1] != ("changes",)), None)
    node = node_at(composition.tree, path) if path else None
    if not path or node is None or not node.entries:
        return one
    hint = f"set replaces the whole of '{path_text(path)}'; to change one value, name its path: "
    return replace(one, hint=f"{hint}{path_text((*path, next(iter(node.entries))))}")


def _in_base(one: Diagnostic, path: Path | None) -> Diagnostic:
    where = f"this line is the base's; a group may change it under '{path_text(path)}'" if path else ""
    return replace(one, hint=_joined(one.hint, where))


def _path_at(composition: Composition, span: Span) -> Path | None:
    document = composition.document
    for places in (document.values, document.keys):
        for path, place in places.items():
            if place == span:
                return path
    return None


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
