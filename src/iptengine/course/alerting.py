"""When an alert is raised: by a measure's risk item always, by the protocol's own conditions, and never withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from iptengine.course.course import Course
from iptengine.course.desk import Desk
from iptengine.course.events import AlertRaised, Event, FactRecorded, ReadingTaken
from iptengine.course.evolve import fold
from iptengine.course.facts import CourseFacts
from iptengine.protocol.measure import Measure
from iptengine.protocol.protocol import Guard, Protocol
from iptengine.protocol.scoring import RiskAnswer
from iptengine.protocol.truth import Truth

RISK_ITEM = "risk_item"


def item_name(measure: Measure, item: str) -> str:
    """An item as a clinician names it: by its number on the form and its concept."""
    found = measure.items[item]
    number = f"item {found.number}" if found.number else "item"
    return f"{measure.label} {number} ({found.title.lower()})"


def risk_alerts(desk: Desk, reading: ReadingTaken, risks: Sequence[RiskAnswer]) -> Iterator[AlertRaised]:
    """The built-in alerts of a reading: one for every risk item at or above its threshold, or unanswered."""
    measure = desk.protocol.measures[reading.measure]
    for risk in risks:
        if risk.state == "below":
            continue
        name = item_name(measure, risk.item)
        what = f"was answered {risk.value}" if risk.state == "above" else "was left unanswered"
        yield desk.event(
            AlertRaised,
            code=RISK_ITEM,
            level="risk",
            text=f"{name} {what} on {reading.on.isoformat()}. This needs a clinician's assessment today.",
            do=own_line(desk, reading.measure, risk.item),
            cause=reading.id,
            measure=reading.measure,
            item=risk.item,
            value=risk.value,
        )


def own_line(desk: Desk, measure: str, item: str) -> str:
    """The `do` line that the protocol adds under the built-in alert, when it declares one on the same item."""
    for name, alert in desk.protocol.spec.alerts.items():
        guards = desk.protocol.at("alerts", name, "raise_if")
        if alert.kind == "risk" and any(_on_item(guard, measure, item) for guard in guards):
            return alert.do
    return ""


def _on_item(guard: Guard, measure: str, item: str) -> bool:
    return any((m.kind, m.of, m.name) == ("item", measure, item) for c in guard.conditions() for m in c.mentions)


_QUIET = frozenset({"task_logged", "task_deferred", "note_written", "reminder_set", "deviated", "course_ended"})
"""Events that change no reading, fact, appointment, contract, focus or alert."""
_MINDS_QUIET = frozenset({"days", "weeks", "months", "today", "ended"})


@lru_cache(maxsize=4096)
def _minds(protocol: Protocol, alert: str) -> bool:
    """Whether a quiet event can change the alert's answer: it speaks of tasks, of days, or of the end."""
    sentences = [c for guard in protocol.at("alerts", alert, "raise_if") for c in guard.conditions()]
    return any(
        bool(_MINDS_QUIET & set(sentence.text.split()))
        or any(m.kind in ("task", "technique", "outcome") for m in sentence.mentions)
        for sentence in sentences
    )


def protocol_alerts(desk: Desk, events: Sequence[Event]) -> Iterator[AlertRaised]:
    """The protocol's own alerts that what was just recorded raises."""
    quiet = all(event.kind in _QUIET for event in events)
    watched = [name for name in desk.protocol.spec.alerts if not quiet or _minds(desk.protocol, name)]
    if not watched:
        return
    after = fold(desk.course, events)
    now = CourseFacts(desk.protocol, after, desk.on)
    for name in watched:
        alert = desk.protocol.spec.alerts[name]
        for guard in desk.protocol.at("alerts", name, "raise_if"):
            cause = _raised_by(desk, guard, alert.kind, events, after, now)
            if cause is None or _built_in(desk, guard):
                continue
            yield desk.event(AlertRaised, code=name, level=alert.kind, text=alert.title, do=alert.do, cause=cause.id)


def _built_in(desk: Desk, guard: Guard) -> bool:
    """Whether the alert rests on a risk item alone, so that the built-in alert already says it."""
    mentions = {m for c in guard.conditions() for m in c.mentions if m.kind == "item"}
    others = {m for c in guard.conditions() for m in c.mentions if m.kind not in ("item", "measure")}
    risky = {
        (name, item) for name, measure in desk.protocol.measures.items() for item in measure.risk_items
    }  # fmt: skip
    return bool(mentions) and not others and all((m.of, m.name) in risky for m in mentions)


def _raised_by(
    desk: Desk, guard: Guard, kind: str, events: Sequence[Event], after: Course, now: CourseFacts
) -> Event | None:
    """The event that raises the alert, or ``None``."""
    answer = guard.answer(now)
    if answer is Truth.YES:
        if guard.answer(desk.facts) is not Truth.YES:
            return _cause(guard, events) or events[-1]
        return _cause(guard, events) if kind == "risk" else None
    if answer is Truth.UNKNOWN and kind == "risk":
        return next((event for event in events if _left_unanswered(guard, event)), None)
    return None


def _cause(guard: Guard, events: Iterable[Event]) -> Event | None:
    """The event that recorded something the condition speaks of."""
    mentions = {(m.kind, m.of or m.name) for c in guard.conditions() for m in c.mentions}
    return next((event for event in events if _speaks_of(event) & mentions), None)


def _speaks_of(event: Event) -> set[tuple[str, str]]:
    if isinstance(event, FactRecorded):
        return {("fact", event.fact)}
    if isinstance(event, ReadingTaken):
        return {("item", event.measure), ("measure", event.measure)}
    return set()


def _left_unanswered(guard: Guard, event: Event) -> bool:
    """Whether the event asked for something the condition needs and got no answer."""
    mentions = {(m.kind, m.name, m.of) for c in guard.conditions() for m in c.mentions}
    if isinstance(event, FactRecorded):
        return event.value is None and ("fact", event.fact, "") in mentions
    if isinstance(event, ReadingTaken):
        gone = {*event.missing, *event.bad}
        return any(kind == "item" and of == event.measure and name in gone for kind, name, of in mentions)
    return False
