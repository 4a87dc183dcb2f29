"""Law 5 for variants: no alert of the base may come to be raised for less, later, or under another name for it."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.authoring.variants.beside import CODE, Beside, named, raised_if, sentences
from iptengine.authoring.variants.weaker_measures import as_often, instruments, lessened_measures
from iptengine.authoring.variants.widened import widens, with_other_numbers
from iptengine.course.alerting import said_by_a_measure
from iptengine.diagnostics import Diagnostic, Path
from iptengine.protocol.conditions import Mention
from iptengine.protocol.parts import AlertSpec, FactSpec

_OWN = "leave it as the base has it, and add an alert of your own beside it"
_WIDER = "to raise it for more, write any: with the base's condition as one of them"
_THERAPIST = "therapist"


def weaker_alerts(beside: Beside) -> Iterator[Diagnostic]:
    """Every way in which a variant weakens an alert of its base, at the change that does it."""
    for name, alert in beside.base.spec.alerts.items():
        yield from _alert(beside, name, alert)
    yield from _facts(beside)
    yield from lessened_measures(beside)


def _alert(beside: Beside, name: str, alert: AlertSpec) -> Iterator[Diagnostic]:
    path: Path = ("alerts", name)
    now = beside.variant.spec.alerts.get(beside.name("alerts", name))
    if now is None:
        yield beside.told(path, f"the alert '{name}' of the base is taken away", _OWN)
        return
    if alert.kind == "risk":
        yield from _words(beside, name, alert, now)
    if not _raised_as_often(beside, name, alert):
        what = f"the alert '{name}' of the base may be raised for less than there"
        yield beside.told((*path, "raise_if"), what, _WIDER)
    if said_by_a_measure(beside.base, name):
        yield from _line_below(beside, name)


def _line_below(beside: Beside, name: str) -> Iterator[Diagnostic]:
    """What an alert of the base asks for under the built-in one: of several alerts, the first says it."""
    called = beside.name("alerts", name)
    known = {beside.name("alerts", one) for one in beside.base.spec.alerts}
    alerts = list(beside.variant.spec.alerts)
    items = _items(beside, called)
    for other in alerts[: alerts.index(called)]:
        if other not in known and beside.variant.spec.alerts[other].kind == "risk" and items & _items(beside, other):
            what = f"what '{name}' of the base asks for under the alert of the measure gives way to '{other}'"
            place = beside.composition.document.span(("alerts", other))
            yield Diagnostic(place, CODE, what, f"let '{other}' stand after it")


def _items(beside: Beside, alert: str) -> frozenset[Mention]:
    return frozenset(one for said in sentences(beside.variant, alert) for one in said.mentions if one.kind == "item")


def _words(beside: Beside, name: str, alert: AlertSpec, now: AlertSpec) -> Iterator[Diagnostic]:
    """A risk alert keeps its kind, what it says, and what it asks the clinician to do."""
    path: Path = ("alerts", name)
    if now.kind != "risk":
        yield beside.told((*path, "kind"), f"the risk alert '{name}' of the base becomes a {now.kind} alert", _OWN)
    for key, before, after in (("title", alert.title, now.title), ("do", alert.do, now.do)):
        if before != after:
            yield beside.told((*path, key), f"the risk alert '{name}' of the base is worded anew", _OWN)


def _raised_as_often(beside: Beside, name: str, alert: AlertSpec) -> bool:
    """Whether the condition of an alert holds at least where the base's does, as far as its form shows."""
    called = beside.name("alerts", name)
    if said_by_a_measure(beside.variant, called) and not said_by_a_measure(beside.base, name):
        return False
    pairs = list(zip(raised_if(beside.variant, called), raised_if(beside.base, name), strict=True))
    names = beside.composition.names
    if all(widens(now, before, names) for now, before in pairs):
        return True
    alike = all(with_other_numbers(now, before, names) for now, before in pairs)
    return alert.kind == "review" and alike and _other_instrument(beside, name)


def _other_instrument(beside: Beside, alert: str) -> bool:
    """Whether an alert rests on instruments that no base has, due as often: their numbers must then be others."""
    before = [beside.base.spec.measures[name] for name in named(beside.base, alert, "measure")]
    after = named(beside.variant, beside.name("alerts", alert), "measure")
    known = {one for base in beside.bases for one in instruments(base, base.spec.measures)}
    return (
        bool(before)
        and bool(after)
        and not known & instruments(beside.variant, after)
        and all(as_often(one.due, beside.variant.spec.measures[name].due) for one in before for name in after)
    )


# What alerts rest on.


def _facts(beside: Beside) -> Iterator[Diagnostic]:
    """Facts that alerts rest on: asked for as there, with the same answers, hidden from nobody more."""
    told: set[tuple[str, str]] = set()
    for alert, spec in sorted(beside.base.spec.alerts.items(), key=lambda pair: pair[1].kind != "risk"):
        for name in sorted(named(beside.base, alert, "fact")):
            for key, what in _lessened(beside, name, spec.kind == "risk"):
                if (name, key) not in told:
                    told.add((name, key))
                    whole = f"the {spec.kind} alert '{alert}' of the base rests on '{name}', {what}"
                    yield beside.told(("facts", name, key) if key else ("facts", name), whole, _OWN)


def _lessened(beside: Beside, name: str, risk: bool) -> Iterator[tuple[str, str]]:
    before, now = beside.base.spec.facts[name], beside.variant.spec.facts.get(beside.name("facts", name))
    if now is None:
        yield "", "which is gone"
        return
    if _answers(before) != _answers(now):
        yield "one_of", "whose answers change"
    if before.ask is not None and (now.ask is None or not as_often(before.ask, now.ask)):
        yield "ask", "which is asked for less often or at another time"
    if risk and before.title != now.title:
        yield "title", "which is asked for in other words"
    if before.first and not now.first:
        yield "first", "which no longer stands among what must not be missed"
    hidden = set(now.hide_from) - set(before.hide_from)
    if hidden if risk else _THERAPIST in hidden:
        yield "hide_from", "which is hidden from somebody"


def _answers(fact: FactSpec) -> tuple[object, ...]:
    return fact.one_of, fact.number, fact.type, fact.expected
