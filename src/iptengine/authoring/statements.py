"""What each statement of a protocol rests on: a publication, a decision, something unverified, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from iptengine.authoring.variants.opening import Opened
from iptengine.authoring.variants.tree import walk
from iptengine.authoring.view import View
from iptengine.diagnostics import Path, ProtocolError, Span
from iptengine.protocol.fields import Model
from iptengine.protocol.parts import Source, Sourced
from iptengine.protocol.task_spec import IfLine

Ground = Literal["cited", "decided", "unverified", "nothing"]
GROUNDS: tuple[Ground, ...] = ("cited", "decided", "unverified", "nothing")
_GROUND_OF: Mapping[str, Ground] = {"cite": "cited", "decision": "decided", "unverified": "unverified"}
_TITLES = ("title", "do", "reads", "text", "because", "use")


@dataclass(frozen=True, slots=True)
class Statement:
    """One part of a protocol that can say what it rests on.

    Attributes:
        path: Where it stands in the protocol.
        title: Its own words, or ``""`` for a part that has none (the contract).
        span: File and line.
        sources: The names of what it rests on; of a variant also those of the groups that set or added it.
        ground: The best of them: a publication before a decision before something unverified.
    """

    path: Path
    title: str
    span: Span
    sources: tuple[str, ...]
    ground: Ground


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a protocol rests on.

    Attributes:
        statements: Every statement, in the order of the format.
        sources: Every source by its name.
    """

    statements: tuple[Statement, ...]
    sources: Mapping[str, Source]

    def on(self, ground: Ground) -> tuple[Statement, ...]:
        """The statements whose best source is of this kind."""
        return tuple(one for one in self.statements if one.ground == ground)

    def resting_on(self, source: str) -> int:
        """How many statements name this source."""
        return sum(source in one.sources for one in self.statements)

    @property
    def unused(self) -> tuple[str, ...]:
        """The sources on which nothing rests."""
        return tuple(name for name in self.sources if not self.resting_on(name))


def grounds_of(opened: Opened) -> Grounds:
    """What the statements of a protocol rest on.

    Raises:
        ProtocolError: The file is no usable protocol.

    Example:
        >>> from iptengine.authoring.loader import open_protocol
        >>> grounds = grounds_of(open_protocol("ipt-adult"))
        >>> len(grounds.on("nothing")), grounds.unused
        (0, ())
    """
    protocol = opened.protocol
    if protocol is None:
        raise ProtocolError(opened.diagnostics)
    view = View(protocol.spec, protocol.measures, protocol.guards)
    written = opened.document.values
    parts = {path: part for path, part in view.parts if isinstance(part, Sourced) and path in written}
    changed = _of_groups(opened, frozenset(parts))
    statements = []
    for path, part in parts.items():
        names = tuple(dict.fromkeys((*part.source, *changed.get(path, ()))))
        ground = _ground(names, protocol.spec.sources)
        statements.append(Statement(path, _title(part), protocol.span(path), names, ground))
    return Grounds(tuple(statements), protocol.spec.sources)


def _ground(names: tuple[str, ...], sources: Mapping[str, Source]) -> Ground:
    found = {_GROUND_OF[sources[name].kind] for name in names}
    return next((ground for ground in GROUNDS if ground in found), "nothing")


def _title(part: Model) -> str:
    if isinstance(part, IfLine):
        return f"{part.when}: {part.then}"
    return next((str(told) for key in _TITLES if (told := getattr(part, key, None))), "")


# -- a variant ---------------------------------------------------------------------------------------------------


def _of_groups(opened: Opened, parts: frozenset[Path]) -> dict[Path, tuple[str, ...]]:
    """For each statement that a group of changes set or added, or set something in: what that group rests on."""
    if opened.composition is None:
        return {}
    found: dict[Path, tuple[str, ...]] = {}
    around = {path[:end] for path in parts for end in range(len(path) + 1)}
    for path, node in walk(opened.composition.tree):
        names = tuple(name for step in node.steps if step.verb in ("set", "add") for name in step.source)
        for part in _touched(path, parts, around) if names else ():
            found[part] = (*found.get(part, ()), *names)
    return found


def _touched(path: Path, parts: frozenset[Path], around: set[Path]) -> Iterator[Path]:
    """The statements in what was changed; where it is smaller than a statement, the one that it is in."""
    if path in around:
        yield from (part for part in parts if part[: len(path)] == path)
        return
    enclosing = (path[:end] for end in range(len(path), -1, -1))
    yield from [part for part in enclosing if part in parts][:1]
