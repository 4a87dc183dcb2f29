"""Law 5 for the measures of a variant: what asks about risk, and what alerts rest on, stays, as often, of the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iptengine.authoring.measure_files import OTHER
from iptengine.authoring.variants.beside import Beside, named
from iptengine.course.diaries import days_apart
from iptengine.diagnostics import Diagnostic, Path
from iptengine.protocol.measure import Item, Measure
from iptengine.protocol.parts import MeasureUse
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.quantities import Rhythm

_AS_OFTEN = "keep it, or use another measure with a risk item as often"


def lessened_measures(beside: Beside) -> Iterator[Diagnostic]:
    """Every measure of the base that asks about risk, or on which an alert rests, and is asked less or otherwise."""
    taken = {beside.name("measures", name) for name in beside.base.spec.measures}
    spare = [name for name in beside.variant.spec.measures if name not in taken]
    rest = {one for alert in beside.base.spec.alerts for one in named(beside.base, alert, "measure")}
    for name, use in beside.base.spec.measures.items():
        found = list(_file(beside, name, use))
        if not found and beside.base.measures[name].risk_items:
            found = list(_risk(beside, name, use, spare))
        if not found and name in rest:
            found = list(_due(beside, name, use))
        yield from found


def _risk(beside: Beside, name: str, use: MeasureUse, spare: list[str]) -> Iterator[Diagnostic]:
    """A measure that asks about risk does so still, or a new one of the variant does in its place."""
    path: Path = ("measures", name)
    before, called = beside.base.measures[name], beside.name("measures", name)
    now, there = beside.variant.measures.get(called), beside.variant.spec.measures.get(called)
    revised = now is not None and there is not None and there.use != use.use and now.id == before.id
    if now is not None and revised and not _asks_the_same(before, now):
        what = f"'{name}' of the base no longer asks about risk as it does there, or from a higher answer on"
        yield beside.told((*path, "use"), what, OTHER)
        return
    for one in (called, *spare):
        if _takes_its_place(beside, one, before, use):
            if one in spare:
                spare.remove(one)
            return
    what = f"'{name}' of the base asks about risk {use.due}, and no measure of this variant does so as often"
    answerer = _answered_by(before, use)
    if now is not None and there is not None and _answered_by(now, there) != answerer:
        what = f"'{name}' of the base asks the {answerer} about risk, and this variant asks somebody else"
        yield beside.told((*path, "informant"), what, "add a measure of your own for somebody else")
        return
    yield beside.told((*path, "due") if there is not None else path, what, _AS_OFTEN)


def _takes_its_place(beside: Beside, name: str, before: Measure, use: MeasureUse) -> bool:
    """Whether a measure of the variant asks the same person about risk, from no higher answer on, as often."""
    now, there = beside.variant.measures.get(name), beside.variant.spec.measures.get(name)
    if now is None or there is None:
        return False
    lowest = min(item.risk.from_ for item in before.items.values() if item.risk)
    asked = any(item.risk and item.risk.from_ <= lowest and item.text_from != "patient" for item in now.items.values())
    same_person = _answered_by(now, there) == _answered_by(before, use)
    return asked and same_person and as_often(use.due, there.due)


def _asks_the_same(before: Measure, now: Measure) -> bool:
    """Whether the risk items of an instrument are all in it still, in the same words and from the same answer on."""
    return all(
        name in now.items and _risk_of(item) == _risk_of(now.items[name])
        for name, item in before.items.items() if item.risk
    ) and before.stored_as == now.stored_as  # fmt: skip


def _risk_of(item: Item) -> tuple[object, ...]:
    return (
        item.title, item.number, item.range, item.reversed, dict(item.special), item.text_from,
        item.risk.from_ if item.risk else None,
    )  # fmt: skip


def _due(beside: Beside, name: str, use: MeasureUse) -> Iterator[Diagnostic]:
    """A measure on which alerts rest is due as often; what takes its place is looked at with the alert."""
    there = beside.variant.spec.measures.get(beside.name("measures", name))
    if there is not None and not as_often(use.due, there.due):
        what = f"an alert of the base rests on '{name}', which is due {there.due} here and {use.due} there"
        yield beside.told(("measures", name, "due"), what, "keep it due as often")


def _file(beside: Beside, name: str, use: MeasureUse) -> Iterator[Diagnostic]:
    """A measure of one name and version is one instrument: a risk item cannot be lost by a file of that name."""
    called = beside.name("measures", name)
    now = beside.variant.spec.measures.get(called)
    if now is None or (now.use, now.informant) != (use.use, use.informant):
        return
    if beside.variant.measures[called] != beside.base.measures[name]:
        place = beside.composition.document.span(("measures", called, "use"), on_key=False)
        yield Diagnostic(place, "other-measure", f"'{use.use}' is another file here than for the base", OTHER)


def as_often(before: Rhythm, now: Rhythm) -> bool:
    """Whether what was due by one rhythm is due at least as often by another.

    Every session is as often as anything but a reading at the end, which stays open when the course is over, and
    a diary, which has entries between the sessions.

    Example:
        >>> as_often(Rhythm.parse("every 4 sessions"), Rhythm.parse("every session"))
        True
        >>> as_often(Rhythm.parse("at start and end"), Rhythm.parse("every session"))
        False
    """
    if before == now:
        return True
    return now.every == 1 and not before.end and days_apart(before) is None


def instruments(protocol: Protocol, names: Iterable[str]) -> frozenset[str]:
    """The ids of measures by the names that a protocol gives them."""
    return frozenset(protocol.measures[name].id for name in names)


def _answered_by(measure: Measure, use: MeasureUse) -> str:
    return use.informant or measure.answered_by
