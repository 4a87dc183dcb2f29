"""Short verbs for tests that read like clinical sentences: given what was said, when something is said, then.

    given(ipt, hold(1), score(phq9(18, self_harm=1))).then(...)

Everything is said to a course that began on `START`; a verb without a day speaks of the day of the one before it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from iptengine.authoring.document import read
from iptengine.authoring.guards import Compiler, compile_guards
from iptengine.authoring.loader import open_protocol
from iptengine.course import commands as c
from iptengine.course.agenda import SessionAgenda, session_agenda
from iptengine.course.commands import Command
from iptengine.course.course import Alert, Course
from iptengine.course.decide import decide
from iptengine.course.events import Event
from iptengine.course.evolve import fold
from iptengine.course.refusal import Refused
from iptengine.course.stamp import Actor, Stamp
from iptengine.course.warnings import warnings as course_warnings
from iptengine.course.ways import Way, ways
from iptengine.diagnostics import Span
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.protocol import Protocol
from iptengine.store.port import UnknownDigest
from stores import FreshStore

ROOT = Path(__file__).parents[1]
START = date(2026, 3, 3)
ANNA = Actor("u17", role="therapist")
PHQ9 = (
    "low_interest", "low_mood", "sleep", "energy", "appetite", "self_worth", "concentration", "movement", "self_harm",
)  # fmt: skip


# -- protocols ---------------------------------------------------------------------------------------------------


def _path(name: str) -> Path:
    if name == "small":
        return ROOT / "tests" / "protocols" / "small.protocol.yaml"
    return ROOT / "protocols" / f"{name}.protocol.yaml"


@cache
def _root(name: str) -> Any:
    return open_protocol(_path(name)).document.root


@cache
def measure(name: str) -> Measure:
    """A shipped measure."""
    path = ROOT / "protocols" / "measures" / f"{name}.measure.yaml"
    return Measure.model_validate(read(path.read_bytes(), path.name).require().root)


def built(root: Any) -> Protocol:
    """A protocol from plain values, as a file would hold them."""
    spec = Spec.model_validate(root)
    measures = {name: measure(use.use.partition("@")[0]) for name, use in spec.measures.items()}
    span = Span(f"{spec.protocol}.protocol.yaml", 1, 1)
    compiler = Compiler.of(spec, measures, lambda path: span)
    guards = compile_guards(spec, compiler)
    assert not compiler.wrong, compiler.wrong
    return Protocol(spec, measures, guards, {(): span})


@cache
def protocol(name: str) -> Protocol:
    """``ipt-adult`` and its kin as shipped, or ``small``."""
    return built(copy.deepcopy(_root(name)))


def variant(name: str, changes: Mapping[str, object]) -> Protocol:
    """A protocol with some values set, by their paths: ``{"focus.at_most": 1}``; ``...`` removes one."""
    root = copy.deepcopy(_root(name))
    change(root, changes)
    return built(root)


def change(root: Any, changes: Mapping[str, object]) -> None:
    """Set some values of a file, by their paths; ``...`` removes one."""
    for path, value in changes.items():
        at = root
        *way, last = path.split(".")
        for key in way:
            at = at.setdefault(key, {})
        if value is ...:
            del at[last]
        else:
            at[last] = value


class WithoutProtocols(FreshStore):
    """A store that has lost the texts of the protocols."""

    def protocol(self, digest: str) -> str:
        raise UnknownDigest(digest)


# -- days --------------------------------------------------------------------------------------------------------


def week(number: int, days: int = 0) -> date:
    """The day of the weekly session in a week, counted from 1; and some days after it."""
    return START + timedelta(days=7 * (number - 1) + days)


# -- verbs -------------------------------------------------------------------------------------------------------


def hold(number: int, *, days: int = 0, **more: Any) -> Command:
    """The session of a week was held."""
    return c.HoldSession(on=week(number, days), **more)


def miss(number: int, status: str = "no_show", **more: Any) -> Command:
    """The appointment of a week was not held."""
    return c.MissSession(status, on=week(number), **more)


def book(number: int, *, days: int = 0, **more: Any) -> Command:
    """An appointment in a week is wanted."""
    return c.Book(on=week(number, days), **more)


def phq9(total: int | None = None, on: date | None = None, **items: object) -> Command:
    """The PHQ-9 was taken: a total, with some items or without."""
    return c.Read("phq9", total=total, answers=items, on=on)


def answers(*given: object, on: date | None = None) -> Command:
    """The PHQ-9 was taken item by item, in the order of the form; ``None`` is left unanswered."""
    return c.Read("phq9", answers=dict(zip(PHQ9, given, strict=True)), on=on)


def done(*tasks: str, **more: Any) -> tuple[Command, ...]:
    """Tasks were done."""
    return tuple(c.DoTask(task, **more) for task in tasks)


def focus(area: str, person: str = "", **more: Any) -> Command:
    """A problem area is agreed as the focus."""
    return c.AgreeFocus(area, person=person, **more)


def staged(to: str, focus: str = "role_dispute", because: str = "as they told it", **more: Any) -> Command:
    """The clinician judges where a focus stands."""
    return c.Restage(focus, to=to, because=because, **more)


def enter(phase: str, on: date | None = None) -> Command:
    """The next phase is asked for."""
    return c.EnterPhase(phase, on=on)


def anyway(command: Command, because: str = "the family leaves on Friday", on: date | None = None) -> Command:
    """The clinician goes on all the same."""
    return c.Deviate(command, because=because, on=on)


def fact(name: str, value: object, on: date | None = None) -> Command:
    """A fact was asked for."""
    return c.RecordFact(name, value, on=on)


def contract(sessions: int | None = 14, **more: Any) -> Command:
    """The contract is agreed."""
    return c.AgreeContract(sessions=sessions, **more)


INITIAL: tuple[Command, ...] = (
    c.RecordDiagnosis("moderate depressive episode", criteria="ICD-11"),
    c.RecordPerson("Robin", role="spouse"),
    c.WriteFormulation("The quarrel at home and the low mood hang together", agreed=True),
)
"""What the initial phase of the adult protocol asks for, but focus and contract."""


def in_the_middle(*, sessions: int = 14, area: str = "grief", person: str = "") -> tuple[Command, ...]:
    """Three sessions held, everything agreed, the middle phase begun."""
    return (hold(1), hold(2), hold(3), *INITIAL, focus(area, person), contract(sessions), enter("middle"))


# -- given, when, then -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """An event as a test expects it: its kind, and those of its fields that matter."""

    kind: str
    fields: Mapping[str, object] = field(default_factory=dict)

    def of(self, event: Event) -> tuple[str, dict[str, object]]:
        return event.kind, {name: getattr(event, name, "no such field") for name in self.fields}


def event(kind: str, **fields: object) -> Wanted:
    """Any event of a kind."""
    return Wanted(kind, fields)


def entered(phase: str, way: str = "chart") -> Wanted:
    return event("phase_entered", phase=phase, way=way)


def alert(code: str, level: str = "risk", **fields: object) -> Wanted:
    return event("alert_raised", code=code, level=level, **fields)


def scored(total: float | None, **fields: object) -> Wanted:
    return event("reading_taken", total=total, **fields)


def logged(task: str, how: str = "done", **fields: object) -> Wanted:
    return event("task_logged", task=task, how=how, **fields)


@dataclass(frozen=True)
class Story:
    """What has been said to one course so far, and what came of the last thing said."""

    protocol: Protocol
    course: Course
    today: date = START
    count: int = 0
    events: tuple[Event, ...] = ()
    last: tuple[Event, ...] = ()
    refused: Refused | None = None
    by: Actor = ANNA

    def as_(self, role: str) -> Story:
        """The same course, in which somebody in another role speaks from now on."""
        return replace(self, by=ANNA if role == ANNA.role else Actor(f"the-{role}", role=role))

    def when(self, *said: Command | Iterable[Command]) -> Story:
        """Say something to the course; a refusal is kept for `then_refused`."""
        story = self
        for command in _flat(said):
            assert story.refused is None, f"refused before the end of the story: {story.refused}"
            story = story._say(command)
        return story

    def _say(self, command: Command) -> Story:
        today = command.on or self.today
        number = self.count + 1
        at = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(minutes=number)
        stamped = command.stamped(Stamp(f"k{number}", today, at, self.by))
        try:
            events = decide(self.protocol, self.course, stamped)
        except Refused as no:
            return replace(self, count=number, last=(), refused=no)
        return replace(
            self, course=fold(self.course, events), today=today, count=number, events=(*self.events, *events),
            last=events,
        )  # fmt: skip

    def then(self, *wanted: Wanted) -> Story:
        """Exactly these events came of the last thing said."""
        assert self.refused is None, f"refused: {self.refused}"
        got = [one.of(event) for one, event in zip(wanted, self.last, strict=False)]
        got += [(event.kind, {}) for event in self.last[len(wanted) :]]
        assert got == [(one.kind, dict(one.fields)) for one in wanted]
        return self

    def then_refused(self, *codes: str, overridable: bool | None = None) -> Story:
        """The last thing said was refused, for exactly these reasons; the story can go on."""
        assert self.refused is not None, f"not refused: {self.last}"
        assert [reason.code for reason in self.refused.reasons] == list(codes)
        if overridable is not None:
            assert self.refused.overridable is overridable
        return replace(self, refused=None)

    def warned(self, *codes: str) -> Story:
        """The last thing said was recorded with exactly these warnings."""
        assert [w.code for event in self.last for w in event.warnings] == list(codes)
        return self

    def way(self, kind: str, *, on: date | None = None, **fields: object) -> Way:
        """The one way of a kind whose command has these fields."""
        found = [
            way
            for way in ways(self.protocol, self.course, on=on or self.today)
            if way.command.kind == kind and all(getattr(way.command, name) == value for name, value in fields.items())
        ]
        assert len(found) == 1, found
        return found[0]

    def agenda(self, *, on: date | None = None, occasion: str = "session") -> SessionAgenda:
        """The agenda of the next session."""
        return session_agenda(self.protocol, self.course, on=on or self.today, occasion=occasion)

    def warnings(self, *, on: date | None = None) -> list[str]:
        """The codes of what the clinician should know now."""
        return [w.code for w in course_warnings(self.protocol, self.course, on=on or self.today)]

    def id_of(self, kind: str, nth: int = -1) -> str:
        """The id of an event of a kind: the last one, unless said otherwise."""
        return [event.id for event in self.events if event.kind == kind][nth]

    @property
    def raised(self) -> list[str]:
        """The codes of all alerts so far."""
        return [alert.code for alert in self.course.alerts]

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        return self.course.open_risk_alerts


def _flat(said: Iterable[Command | Iterable[Command]]) -> Iterable[Command]:
    for one in said:
        if isinstance(one, Command):
            yield one
        else:
            yield from one


def given(protocol: Protocol, *said: Command | Iterable[Command]) -> Story:
    """A course that has begun, and to which all of this was said and none of it refused."""
    story = Story(protocol, Course("c1"))
    first = next(iter(_flat(said)), None)
    if not isinstance(first, c.Start | c.Adopt):
        story = story.when(c.Start(on=START))
    story = story.when(*said)
    assert story.refused is None, f"refused: {story.refused}"
    return story
