"""A course while it is drafted: every happening is told as a vignette tells it, and played at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from iptengine.authoring.vignette_told import Happening, Who
from iptengine.course import commands as c
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.due_tasks import due_tasks
from iptengine.course.events import Event
from iptengine.course.evolve import fold
from iptengine.course.facts import CourseFacts
from iptengine.course.refusal import Refused
from iptengine.course.rests import resting
from iptengine.course.rhythms import due_measures
from iptengine.course.visits import planned
from iptengine.course.worded import unworded
from iptengine.protocol.measure import Measure
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.units import add
from iptengine.testing.marks import Mark
from iptengine.testing.player import START, stamp_of
from iptengine.testing.reaching import reached
from iptengine.testing.script import NoSuchAlert, script

FIRST_DAY = date(2026, 1, 12)
CALLED = "D."
DRAFTED = "drafted"
"""Stands wherever a person would write words of their own."""
THERAPIST = Who(id="therapist", role="therapist")
Keys = Mapping[str, object]


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A course so far, and how a vignette tells it.

    Attributes:
        protocol: The protocol it is drafted under.
        course: Where it stands.
        on: The day of the last happening.
        told: Every happening by its name, with its keys.
        former: The draft that the last happening was added to; none at the beginning.
        events: What the last happening recorded.
    """

    protocol: Protocol
    course: Course
    on: date
    told: tuple[tuple[str, Keys], ...] = ()
    former: Draft | None = None
    events: tuple[Event, ...] = ()

    def __repr__(self) -> str:
        return f"<Draft under {self.protocol.ref}: {len(self.told)} happenings>"

    def tell(self, keys: Keys, on: date | None = None, *, refused: bool = False) -> Draft | None:
        """The draft with one more happening; nothing when something in it is refused, unless that is wanted."""
        name = self._name(keys)
        day = on or (self._next_day() if "status" in keys else self.on)
        told = Happening.model_validate({**keys, "on": day})
        courses: list[Course] = [self.course]
        events: tuple[Event, ...] = ()
        for line in script(told, lambda: courses[-1]):
            if isinstance(line, NoSuchAlert):
                return None
            key, command = line
            stamp = stamp_of(name, key, day, day, told.by or THERAPIST)
            try:
                new = decide(self.protocol, courses[-1], command.stamped(stamp))
            except Refused:
                if refused:
                    continue
                return None
            courses.append(fold(courses[-1], new))
            events = (*events, *new)
        return Draft(self.protocol, courses[-1], day, (*self.told, (name, {"on": day, **keys})), self, events)

    def _name(self, keys: Keys) -> str:
        first = next(key for key in keys if key != "by")
        what = "session" if keys.get("status") == "attended" else "missed" if first == "status" else first
        return f"{what}_{sum(name.startswith(f'{what}_') for name, _ in self.told) + 1}"

    def session(self, readings: Keys | None = None) -> Draft | None:
        """The draft with its next session held as the protocol asks: what is due is measured and done."""
        if self.course.ended is not None or resting(self.course, self.on) is not None:
            return None
        day = self._next_day()
        facts = CourseFacts(self.protocol, self.course, day)
        tasks = [t.task for t in due_tasks(self.protocol, self.course, facts) if t.required and not t.waiting]
        known = {name: calm(self.protocol.measures[name]) for name in due_measures(self.protocol, self.course, day)}
        keys: dict[str, object] = {"status": "attended", **self._words(known), **known, **(readings or {})}
        return self.tell({**keys, **({"done": list(dict.fromkeys(tasks))} if tasks else {})}, day)

    def _next_day(self) -> date:
        if not self.course.appointments:
            return self.on
        day = planned(self.protocol, self.course, self.on).next_session
        return day if day is not None and day > self.on else add(self.on, 1, "week")

    def _words(self, readings: Keys) -> dict[str, object]:
        """The words of the patient for the items that need some, the first time a measure is taken."""
        open_items = {name: unworded(self.protocol.measures[name], self.course, name) for name in readings}
        wanted = {name: dict.fromkeys(items, DRAFTED) for name, items in open_items.items() if items}
        return {"words": wanted} if wanted else {}

    def hits(self, mark: Mark) -> bool:
        """Whether the last happening reached a mark."""
        return mark in self.reached()

    def reached(self) -> Iterator[Mark]:
        """What its last happening reached."""
        before = self.former.course if self.former is not None else self.course
        return reached(self.protocol, before, self.events, self.on)

    def happenings(self) -> Iterator[Draft]:
        """It as it stood after each happening, the last first."""
        now = self
        while now.former is not None:
            yield now
            now = now.former


def begun(protocol: Protocol) -> Draft:
    """A course that has just begun."""
    course = Course("draft")
    command = c.Start(CALLED).stamped(stamp_of(START, START, FIRST_DAY, FIRST_DAY, THERAPIST))
    return Draft(protocol, fold(course, decide(protocol, course, command)), FIRST_DAY)


# -- readings ----------------------------------------------------------------------------------------------------


def calm(measure: Measure) -> Keys:
    """A reading that alarms nobody: the best total but one, and nothing in its risk items."""
    scale = measure.scale
    if scale is None or measure.patient_items:
        return {name: int(item.range.low) for name, item in measure.items.items() if item.range is not None}
    best, step = (scale.high, -1) if measure.direction == "higher is better" else (scale.low, 1)
    return with_total(measure, best + step)


def with_total(measure: Measure, total: float) -> Keys:
    """A reading of this total with nothing in its risk items."""
    return {"total": total, **{item: _below(measure, item) for item in measure.risk_items}}


def with_risk(measure: Measure, item: str, how: str) -> Keys | None:
    """A reading that answers a risk item as a mark says; nothing when the measure has too few items for it."""
    risk = measure.items[item].risk
    others = [name for name in measure.items if name not in measure.risk_items and measure.items[name].range]
    if risk is None or not others:
        return None
    first = measure.items[others[0]].range
    reading: dict[str, object] = {others[0]: int(first.low) if first else 0}
    reading |= {one: _below(measure, one) for one in measure.risk_items if one != item}
    if how == "left blank":
        return reading
    return {**reading, item: risk.from_ if how.endswith("or more") else _below(measure, item)}


def _below(measure: Measure, item: str) -> int:
    allowed = measure.items[item].range
    return int(allowed.low) if allowed else 0


__all__ = ["CALLED", "DRAFTED", "FIRST_DAY", "THERAPIST", "Draft", "Keys", "begun", "calm", "with_risk", "with_total"]
