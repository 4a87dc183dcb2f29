"""A variant beside its base: where each part of the base has come to lie, what it rests on, which change did it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iptengine.authoring.variants.compose import Composition
from iptengine.authoring.variants.finding import node_at
from iptengine.authoring.variants.tree import Step, walk
from iptengine.diagnostics import Diagnostic, Path, Span
from iptengine.protocol.conditions import Condition
from iptengine.protocol.protocol import Guard, Protocol

CODE = "weaker-alert"

_OF = {"item": "measure", "rule": "measure", "band": "measure"}
"""What a mention of this kind belongs to."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One variant, its base, and every protocol that the base rests on.

    Attributes:
        base: What it extends.
        variant: What came out.
        composition: How.
        bases: The base and all of its bases.
    """

    base: Protocol
    variant: Protocol
    composition: Composition
    bases: tuple[Protocol, ...]

    def name(self, part: str, name: str) -> str:
        """What something at the top of the base, such as an alert, is called in the variant."""
        return str(self.composition.now((part, name))[-1])

    def told(self, path: Path, what: str, hint: str) -> Diagnostic:
        """A mistake at the change nearest to a path of the base."""
        return Diagnostic(self.cause(path), CODE, what, hint)

    def cause(self, path: Path) -> Span:
        """The line of the change nearest to a path; where none is near, the line that names the base."""
        for end in range(len(path), 0, -1):
            step = next(self._steps(path[:end]), None)
            if step is not None:
                return step.span
        return self.composition.document.span(("extends",))

    def _steps(self, path: Path) -> Iterator[Step]:
        """What was done to a path, to what it lies in, since replacing that replaces it, and to what lies in it."""
        now = self.composition.now(path)
        around = (node_at(self.composition.tree, now[:end]) for end in range(len(path) - 1, 0, -1))
        node = node_at(self.composition.tree, now)
        within = (one for _, one in walk(node)) if node is not None else ()
        nodes = (*(one for one in around if one is not None), *within)
        yield from (step for one in nodes for step in one.steps if self._own(step))
        yield from (s for gone, s in self.composition.gone.items() if gone[: len(path)] == path and self._own(s))

    def _own(self, step: Step) -> bool:
        return step.protocol == self.variant.ref and step.verb not in ("rename", "order")


def sentences(protocol: Protocol, alert: str) -> Iterator[Condition]:
    """Every sentence in the condition of an alert."""
    return (condition for guard in raised_if(protocol, alert) for condition in guard.conditions())


def raised_if(protocol: Protocol, alert: str) -> tuple[Guard, ...]:
    """When an alert is raised."""
    return protocol.guards.get(("alerts", alert, "raise_if"), ())


def rests_on(condition: Condition, kind: str) -> frozenset[str]:
    """The facts or measures that a sentence speaks of, an item standing for its measure."""
    return frozenset(
        mention.name if mention.kind == kind else mention.of
        for mention in condition.mentions
        if kind in (mention.kind, _OF.get(mention.kind, ""))
    )


def named(protocol: Protocol, alert: str, kind: str) -> frozenset[str]:
    """The facts or measures that an alert rests on."""
    return frozenset(name for one in sentences(protocol, alert) for name in rests_on(one, kind))
