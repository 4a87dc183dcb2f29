"""Law 5 for variants: no alert of the base may come to be raised for less, later, or under another name for it."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.variants.compose import Composition
from iptengine.authoring.variants.finding import Missing, slot_at
from iptengine.authoring.variants.tree import Node, Step, walk
from iptengine.diagnostics import Diagnostic, Path, Span
from iptengine.protocol.parts import AlertSpec, Condition, FactSpec
from iptengine.protocol.protocol import Protocol

CODE = "weaker-alert"
_OWN = "leave it as the base has it, and add an alert of your own beside it"
_WIDER = "to raise it for more, write any: with the base's condition as one of them"

_OF = {"item": "measure"}
"""What a mention of this kind belongs to."""


def weaker_alerts(base: Protocol, variant: Protocol, composition: Composition) -> Iterator[Diagnostic]:
    """Every way in which a variant weakens an alert of its base, at the change that does it."""
    look = _Look(base, variant, composition)
    for name, alert in base.spec.alerts.items():
        yield from look.alert(name, alert)
    yield from look.risk_measures()
    yield from look.measure_files()


class _Look:
    """One variant beside its base."""

    def __init__(self, base: Protocol, variant: Protocol, composition: Composition) -> None:
        self.base, self.variant, self.composition = base, variant, composition
        self.ref = variant.ref

    def alert(self, name: str, alert: AlertSpec) -> Iterator[Diagnostic]:
        path: Path = ("alerts", name)
        now = self.variant.spec.alerts.get(self.composition.renamed.get(path, name))
        if now is None:
            yield self.told(path, f"the alert '{name}' of the base is taken away", _OWN)
            return
        if alert.kind == "risk" and now.kind != "risk":
            yield self.told((*path, "kind"), f"the risk alert '{name}' of the base becomes a {now.kind} alert", _OWN)
        if alert.kind == "risk" and now.title != alert.title:
            yield self.told((*path, "title"), f"the risk alert '{name}' of the base is worded anew", _OWN)
        if self.touched((*path, "raise_if")) and not self.allowed(name, alert, now):
            what = f"the alert '{name}' of the base may be raised for less than there"
            yield self.told((*path, "raise_if"), what, _WIDER)
        if alert.kind == "risk":
            yield from self.facts(name)

    def allowed(self, name: str, alert: AlertSpec, now: AlertSpec) -> bool:
        """Whether the changed condition holds at least where the base's does, as far as its form shows."""
        return _widens(now.raise_if, alert.raise_if) or (alert.kind == "review" and self.other_measure(name))

    def other_measure(self, name: str) -> bool:
        """Whether the measures it rested on are all gone, and it rests on another: its numbers must then differ."""
        before, after = self.measures_in(self.base, name), self.measures_in(self.variant, name)
        return bool(before) and bool(after) and not before & frozenset(self.variant.measures)

    def measures_in(self, protocol: Protocol, name: str) -> frozenset[str]:
        return self.named(protocol, name, "measure")

    def named(self, protocol: Protocol, name: str, kind: str) -> frozenset[str]:
        guards = protocol.guards.get(("alerts", name, "raise_if"), ())
        return frozenset(
            mention.of if mention.kind == "item" else mention.name
            for guard in guards
            for condition in guard.conditions()
            for mention in condition.mentions
            if kind in (mention.kind, _OF.get(mention.kind, ""))
        )

    def facts(self, alert: str) -> Iterator[Diagnostic]:
        """Facts that a risk alert rests on: asked for as there, with the same answers, hidden from nobody more."""
        for name in sorted(self.named(self.base, alert, "fact")):
            path: Path = ("facts", name)
            now = self.variant.spec.facts.get(self.composition.renamed.get(path, name))
            if now is None:
                yield self.told(path, f"the risk alert '{alert}' of the base rests on '{name}', which is gone", _OWN)
                continue
            for key, what in _lessened(self.base.spec.facts[name], now):
                yield self.told((*path, key), f"the risk alert '{alert}' of the base rests on '{name}', {what}", _OWN)

    def risk_measures(self) -> Iterator[Diagnostic]:
        """Every measure with a risk item stays, or another with one is due as often."""
        dues = {
            str(use.due) for name, use in self.variant.spec.measures.items() if self.variant.measures[name].risk_items
        }
        for name, use in self.base.spec.measures.items():
            if not self.base.measures[name].risk_items or {str(use.due), "every session"} & dues:
                continue
            what = f"'{name}' of the base asks about risk {use.due}, and no measure of this variant does so as often"
            place: Path = ("measures", name, "due") if name in self.variant.spec.measures else ("measures", name)
            yield self.told(place, what, "keep it, or use another measure with a risk item as often")

    def measure_files(self) -> Iterator[Diagnostic]:
        """A measure of one name and version is one instrument: a risk item cannot be lost by a file of that name."""
        for name, use in self.base.spec.measures.items():
            path: Path = ("measures", name)
            called = self.composition.renamed.get(path, name)
            now = self.variant.spec.measures.get(called)
            if now is None or (now.use, now.informant) != (use.use, use.informant):
                continue
            if self.variant.measures[called] != self.base.measures[name]:
                what = f"'{use.use}' is another file here than for the base"
                place = self.composition.document.span((*self.now(path), "use"), on_key=False)
                yield Diagnostic(place, "other-measure", what, "give a changed instrument another id or version")

    # Which change did it.

    def touched(self, path: Path) -> bool:
        """Whether this variant changed anything at or below a path, renaming aside."""
        return next(self.steps(path), None) is not None

    def steps(self, path: Path) -> Iterator[Step]:
        found = slot_at(self.composition.tree, self.now(path))
        node = None if isinstance(found, Missing) else found.node
        nodes: list[Node] = [one for _, one in walk(node)] if node is not None else []
        yield from (step for one in (*self.around(path), *nodes) for step in one.steps if self.own(step))
        yield from (s for gone, s in self.composition.gone.items() if gone[: len(path)] == path and self.own(s))

    def around(self, path: Path) -> Iterator[Node]:
        """What a path lies in: replacing that replaces it."""
        for end in range(len(path) - 1, 0, -1):
            found = slot_at(self.composition.tree, self.now(path)[:end])
            if not isinstance(found, Missing) and found.node is not None:
                yield found.node

    def own(self, step: Step) -> bool:
        return step.protocol == self.ref and step.verb not in ("rename", "order")

    def now(self, path: Path) -> Path:
        """Where the base's path has come to lie, names that were exchanged included."""
        renamed = self.composition.renamed
        return tuple(renamed.get(path[: end + 1], part) for end, part in enumerate(path))

    def told(self, path: Path, what: str, hint: str) -> Diagnostic:
        return Diagnostic(self.cause(path), CODE, what, hint)

    def cause(self, path: Path) -> Span:
        """The line of the change nearest to a path."""
        for end in range(len(path), 0, -1):
            step = next(self.steps(path[:end]), None)
            if step is not None:
                return step.span
        return self.composition.document.span(self.now(path))


def _widens(now: Condition, before: Condition) -> bool:
    return now == before or (now.any is not None and before in now.any.values())


def _lessened(before: FactSpec, now: FactSpec) -> Iterator[tuple[str, str]]:
    if (before.one_of, before.number, before.type, before.expected) != (now.one_of, now.number, now.type, now.expected):
        yield "one_of", "whose answers change"
    if before.ask is not None and before.ask != now.ask and str(now.ask) != "every session":
        yield "ask", "which is asked for less often or at another time"
    if before.first and not now.first:
        yield "first", "which no longer stands among what must not be missed"
    if not set(now.hide_from) <= set(before.hide_from):
        yield "hide_from", "which is hidden from somebody"
