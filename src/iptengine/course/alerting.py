"""When an alert is raised: by a measure's risk item always, by the protocol's own conditions, and never withdrawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from iptengine.course.alert_words import NEEDED, unanswered_words
from iptengine.course.course import Course, changed
from iptengine.course.desk import Desk
from iptengine.course.events import AlertRaised, Event, FactRecorded, ReadingTaken, SessionHeld
from iptengine.course.evolve import fold
from iptengine.course.facts import CourseFacts
from iptengine.protocol.conditions import Condition
from iptengine.protocol.measure import Measure
from iptengine.protocol.parts import AlertSpec
from iptengine.protocol.protocol import Guard, Protocol
from iptengine.protocol.scoring import RiskAnswer, risks_of
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
        if desk.carried and risk.state != "above":
            continue
        if risk.state == "below" or (risk.state == "unanswered" and imported_total(desk.course, reading)):
            continue
        name = item_name(measure, risk.item)
        yield desk.event(
            AlertRaised,
            code=RISK_ITEM,
            level="risk",
            text=f"{name} {_answered(reading, risk)} {reading.on.isoformat()}.{NEEDED}",
            do=own_line(desk, reading.measure, risk.item),
            cause=reading.id,
            measure=reading.measure,
            item=risk.item,
            value=risk.value,
        )


def _answered(reading: ReadingTaken, risk: RiskAnswer) -> str:
    """What is known of an answer, up to its day; only of a blank is it said that somebody left it open."""
    if risk.state == "above":
        return f"was answered {risk.value} on"
    if risk.item in reading.bad:
        return "was answered in a way that cannot be used on"
    if reading.total_given:
        return "was not recorded with the total of"
    return "was left unanswered on"


def imported_total(course: Course, reading: ReadingTaken) -> bool:
    """Whether a reading is a bare total from before the course was taken over: one line asks for its items today."""
    taken_over = course.adopted or course.follows is not None
    return taken_over and course.started is not None and reading.on < course.started and not reading.answers


def own_line(desk: Desk, measure: str, item: str) -> str:
    """The `do` line that the protocol adds under the built-in alert, when it declares one on the same item."""
    for name, alert in desk.protocol.spec.alerts.items():
        guards = desk.protocol.at("alerts", name, "raise_if")
        if alert.kind == "risk" and any(_on_item(guard, measure, item) for guard in guards):
            return alert.do
    return ""


def _on_item(guard: Guard, measure: str, item: str) -> bool:
    return any((m.kind, m.of, m.name) == ("item", measure, item) for c in guard.conditions() for m in c.mentions)


_CHANGES: Mapping[str, frozenset[str]] = {
    "task_logged": frozenset({"task", "technique", "must", "talked", "everything"}),
    "task_deferred": frozenset(),
    "note_written": frozenset(),
    "reminder_set": frozenset(),
    "deviated": frozenset(),
    "focus_staged": frozenset({"stage", "stages"}),
    "phase_entered": frozenset({"phase", "must", "talked", "everything"}),
    "course_ended": frozenset({"outcome", "ended"}),
}
"""Words of a sentence, and sorts of names in it, whose answer an event can change; an event not here, any."""
_PASSING = frozenset({"days", "weeks", "months", "today", "expected", "window", "calendar"})
"""Words whose answer changes by itself from day to day, or hangs on conditions of its own."""


@lru_cache(maxsize=4096)
def _watched(protocol: Protocol, kinds: frozenset[str]) -> tuple[str, ...]:
    """The alerts that events of these kinds may raise."""
    if not kinds <= _CHANGES.keys():
        return tuple(protocol.spec.alerts)
    touched = _PASSING.union(*(_CHANGES[kind] for kind in kinds))
    return tuple(name for name in protocol.spec.alerts if touched & _vocabulary(protocol, name))


def _vocabulary(protocol: Protocol, alert: str) -> set[str]:
    """The words of an alert's condition, and the sorts of names in it."""
    sentences = [c for guard in protocol.at("alerts", alert, "raise_if") for c in guard.conditions()]
    return {word for c in sentences for word in (*c.text.split(), *(mention.kind for mention in c.mentions))}


def protocol_alerts(desk: Desk, events: Sequence[Event]) -> Iterator[AlertRaised]:
    """The protocol's own alerts that what was just recorded raises."""
    watched = _watched(desk.protocol, frozenset(event.kind for event in events))
    if not watched:
        return
    after = fold(desk.course, events)
    now = CourseFacts(desk.protocol, after, desk.on)
    for name in watched:
        alert = desk.protocol.spec.alerts[name]
        guards = desk.protocol.at("alerts", name, "raise_if")
        for guard, said_already in zip(guards, _built_in(desk.protocol, name), strict=True):
            old = desk.carried and (alert.kind != "risk" or guard.answer(now) is not Truth.YES)
            if old or said_already:
                continue
            raised = _raised_by(desk, name, guard, alert.kind, events, after, now)
            if raised is None:
                continue
            cause, by = raised
            words = _words(desk, alert, by, cause, after, now)
            yield desk.event(AlertRaised, code=name, level=alert.kind, text=words, do=alert.do, cause=cause.id)


def _words(desk: Desk, alert: AlertSpec, guard: Guard, cause: Event, after: Course, now: CourseFacts) -> str:
    """The title of the alert; where a risk only could not be ruled out, what was asked and not answered."""
    if alert.kind != "risk" or not _reports(desk, guard, cause, after, now):
        return alert.title
    then = _as_of(desk, cause, after, now)
    unknown = [c for c in guard.conditions() if c.answer(then) is Truth.UNKNOWN]
    if guard.answer(then) is not Truth.UNKNOWN:
        return alert.title
    return unanswered_words(desk.protocol, then, unknown, cause.on) or alert.title


@lru_cache(maxsize=4096)
def _built_in(protocol: Protocol, name: str) -> tuple[bool, ...]:
    """For each guard of an alert: whether it rests on risk items alone, so that the built-in alert already says it."""
    risky = {(of, item) for of, measure in protocol.measures.items() for item in measure.risk_items}
    return tuple(
        protocol.spec.alerts[name].kind == "risk" and all(items and items <= risky for items in _items(guard))
        for guard in protocol.at("alerts", name, "raise_if")
    )


def said_by_a_measure(protocol: Protocol, name: str) -> bool:
    """Whether an alert only adds its line under the built-in one of a measure, and is not raised itself."""
    return all(_built_in(protocol, name))


def _items(guard: Guard) -> Iterator[set[tuple[str, str]]]:
    """The items that each sentence of a condition speaks of."""
    for sentence in guard.conditions():
        yield {(mention.of, mention.name) for mention in sentence.mentions if mention.kind == "item"}


def _raised_by(
    desk: Desk, name: str, guard: Guard, kind: str, events: Sequence[Event], after: Course, now: CourseFacts
) -> tuple[Event, Guard] | None:
    """The event that raises the alert and the condition that it bears out, or ``None``.

    Each of several conditions under `any` raises it for itself, as if it stood alone: one that holds already, or
    cannot be told, keeps none of the others from being seen (law 5).
    """
    for part in guard.enough:
        cause = _cause(desk, name, part, kind, events, after, now)
        if cause is not None:
            return cause, part
    return None


def _cause(
    desk: Desk, name: str, guard: Guard, kind: str, events: Sequence[Event], after: Course, now: CourseFacts
) -> Event | None:
    """The event that raises the alert, or ``None``.

    A review is raised when its condition begins to hold; a risk also by every report that bears it out, and by
    one that leaves it open.
    """
    if kind == "risk":
        reported = next((one for one in events if _reports(desk, guard, one, after, now)), None)
        if reported is not None:
            return reported
    if guard.answer(now) is not Truth.YES:
        return None
    before = guard.answer(desk.facts)
    if before is Truth.YES and desk.facts.alert_raised(name):
        return None
    if kind == "review" and before is not Truth.YES and _reading_to_come(guard, events, after):
        return None
    return next((event for event in events if _speaks_of(event) & _mentioned(guard)), events[-1])


def _reading_to_come(guard: Guard, events: Sequence[Event], after: Course) -> bool:
    """Whether a session was only just recorded and its reading, of which the condition speaks, is not yet.

    The reading of the day then decides; when none comes, the next thing recorded raises what still holds.
    """
    held = [event for event in events if isinstance(event, SessionHeld)]
    measures = {name for sort, name in _mentioned(guard) if sort == "measure"}
    taken = {reading.measure for reading in after.readings if held and reading.on == held[-1].on}
    return bool(held) and bool(measures - taken)


def _reports(desk: Desk, guard: Guard, event: Event, after: Course, now: CourseFacts) -> bool:
    """Whether an event reports what a risk alert speaks of, as things stood on its day, or leaves it open."""
    if not _speaks_of(event) & _mentioned(guard):
        return False
    then = _as_of(desk, event, after, now)
    answer = guard.answer(then)
    if answer is not Truth.UNKNOWN:
        return answer is Truth.YES
    unknown = [c for c in guard.conditions() if c.answer(then) is Truth.UNKNOWN]
    if any(_left_open(c, event) for c in unknown):
        return True
    return guard.answer(desk.facts) is Truth.NO and any(_gap(c, then) for c in unknown)


def _as_of(desk: Desk, event: Event, after: Course, now: CourseFacts) -> CourseFacts:
    """The course as it stood with the event: what was entered late is not outdone by what came later."""
    facts = tuple(f for f in after.facts if f.on <= event.on)
    readings = tuple(r for r in after.readings if r.on <= event.on)
    if (len(facts), len(readings)) == (len(after.facts), len(after.readings)):
        return now
    return CourseFacts(desk.protocol, changed(after, {"facts": facts, "readings": readings}), desk.on)


def _mentioned(guard: Guard) -> set[tuple[str, str]]:
    """The facts and measures the condition speaks of."""
    found = {(m.kind, m.name) for c in guard.conditions() for m in c.mentions if m.kind in ("fact", "measure")}
    return found | {("measure", m.of) for c in guard.conditions() for m in c.mentions if m.kind == "item"}


def _speaks_of(event: Event) -> set[tuple[str, str]]:
    if isinstance(event, FactRecorded):
        return {("fact", event.fact)}
    return {("measure", event.measure)} if isinstance(event, ReadingTaken) else set()


def _left_open(sentence: Condition, event: Event) -> bool:
    """Whether the event asked for something the sentence needs and got no answer."""
    if isinstance(event, FactRecorded):
        return event.value is None and any((m.kind, m.name) == ("fact", event.fact) for m in sentence.mentions)
    if isinstance(event, ReadingTaken):
        items = {m.name for m in sentence.mentions if m.kind == "item" and m.of == event.measure}
        if items:
            return not items <= event.answers.keys()
        return event.total is None and any((m.kind, m.name) == ("measure", event.measure) for m in sentence.mentions)
    return False


def _gap(sentence: Condition, facts: CourseFacts) -> bool:
    """Whether something the sentence needs was asked before and not answered; what was never asked is no gap."""
    items = [m for m in sentence.mentions if m.kind == "item"]
    if any(facts.totals(m.of) and facts.item(m.of, m.name) is None for m in items):
        return True
    if any(m.kind == "fact" and facts.asked(m.name) and not facts.recorded(m.name) for m in sentence.mentions):
        return True
    return not items and any(m.kind == "measure" and None in facts.totals(m.name) for m in sentence.mentions)


# -- a course that goes on under another protocol ----------------------------------------------------------------


def alerts_of_a_move(
    desk: Desk, to: Protocol, after: Course, moved: Event, new_risks: frozenset[tuple[str, str]]
) -> Iterator[AlertRaised]:
    """What is on record and raises an alert under the protocol the course goes on under, but raised none before.

    `new_risks` are the items, each with its measure, that are risk items there and were none, or not so soon.
    """
    with desk.meanwhile(protocol=to, course=after):
        yield from tuple(_built_in_of_a_move(desk, new_risks))
        for name in to.spec.alerts:
            yield from tuple(_alert_of_a_move(desk, name, moved))


def _built_in_of_a_move(desk: Desk, new_risks: frozenset[tuple[str, str]]) -> Iterator[AlertRaised]:
    raised = {(alert.cause, alert.item) for alert in desk.course.alerts}
    last = {reading.measure: reading for reading in desk.course.readings}
    for name in sorted({measure for measure, _ in new_risks} & last.keys()):
        reading = last[name]
        risks = risks_of(desk.protocol.measures[name], reading.answers)
        new = [one for one in risks if (name, one.item) in new_risks and (reading.id, one.item) not in raised]
        yield from risk_alerts(desk, reading, new)


def _alert_of_a_move(desk: Desk, name: str, moved: Event) -> Iterator[AlertRaised]:
    """An alert of the protocol whose condition holds, or which asked and was not answered, and was never raised."""
    alert = desk.protocol.spec.alerts[name]
    if desk.facts.alert_raised(name):
        return
    for guard, said_already in zip(
        desk.protocol.at("alerts", name, "raise_if"), _built_in(desk.protocol, name), strict=True
    ):
        if said_already:
            continue
        answers = [(part, part.answer(desk.facts)) for part in guard.enough]
        holds = any(answer is Truth.YES for _, answer in answers)
        unknown = [c for part, answer in answers if answer is Truth.UNKNOWN for c in part.conditions()]
        gaps = [c for c in unknown if c.answer(desk.facts) is Truth.UNKNOWN and _gap(c, desk.facts)]
        if holds or (alert.kind == "risk" and gaps):
            words = "" if holds else unanswered_words(desk.protocol, desk.facts, gaps, desk.on)
            yield desk.event(
                AlertRaised, code=name, level=alert.kind, text=words or alert.title, do=alert.do, cause=moved.id
            )
            return
