"""What a condition may name: the protocol's own words, and the ranges their values can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Literal, NamedTuple, TypeVar

Number = int | float
T = TypeVar("T")


class Mention(NamedTuple):
    """One name that a condition refers to; `of` is the name it belongs to, or ``""``.

    Example:
        >>> Mention("item", "self_harm", of="phq9")
        Mention(kind='item', name='self_harm', of='phq9')
    """

    kind: str
    name: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class MeasureNames:
    """A measure: the range of its total, its items with theirs, its change rules and its bands.

    Attributes:
        low: Lowest total, in points.
        high: Highest total, in points.
        items: Name to lowest and highest answer.
        rules: Names of its change rules, such as ``response``.
        bands: Names of its bands, such as ``moderate``.
        whole: The total is a whole number (a sum of items is, a mean is not).
        worded: The items that a patient puts into words.
    """

    low: Number
    high: Number
    items: Mapping[str, tuple[Number, Number]] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    whole: bool = True
    worded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactNames:
    """A fact: its kind, the values of a `one_of`, the range of a `number` where it has one."""

    kind: Literal["one_of", "number", "date", "text"]
    values: tuple[str, ...] = ()
    low: Number | None = None
    high: Number | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """Everything the conditions of one protocol may name.

    Attributes:
        phases: In the protocol's order.
        areas: Problem area to the names of its stages (none when it has no stages).
        charts: A further chart to its states.
        checklists: A checklist to its questions.
        components: What a plan can hold.
        doses: The most dose of a component, of those that come but once.
        sessions: Those of the running order.
        statuses: What an appointment can have become.
        sessions_max: The top of the contract's range; ``None`` for an open-ended course.
        calendar: Whether the course stops by the calendar.
        scope: ``"focus"`` inside a problem area, where *stage* is the stage of the focus at hand.
        scope_area: That problem area, or ``""``.
    """

    phases: tuple[str, ...] = ()
    areas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    charts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tasks: tuple[str, ...] = ()
    measures: Mapping[str, MeasureNames] = field(default_factory=dict)
    facts: Mapping[str, FactNames] = field(default_factory=dict)
    checklists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contacts: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    doses: Mapping[str, Number] = field(default_factory=dict)
    sessions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    sessions_max: int | None = None
    calendar: bool = False
    scope: Literal["course", "focus"] = "course"
    scope_area: str = ""

    def holding(self, word: str) -> frozenset[str]:
        """The names of every kind that hold `word`, in any case of letters; all of them for ``""``.

        Example:
            >>> sorted(Names(phases=("initial", "middle"), tasks=("end_initial",)).holding("Initial"))
            ['end_initial', 'initial']
        """
        return frozenset(name for name in self._every() if word.lower() in name.lower())

    def _every(self) -> Iterator[str]:
        for kept in (getattr(self, one.name) for one in fields(self)):
            if isinstance(kept, tuple | Mapping):
                yield from kept
        for parts in (*self.areas.values(), *self.charts.values(), *self.checklists.values()):
            yield from parts
        for measure in self.measures.values():
            yield from (*measure.items, *measure.rules, *measure.bands)
        for fact in self.facts.values():
            yield from fact.values

    def renamed(self, to: Mapping[Mention, str]) -> Names:
        """The same names after some are called otherwise, each known by what a condition would mention."""

        def each(kind: str, names: Iterable[str], of: str = "") -> tuple[str, ...]:
            return tuple(to.get(Mention(kind, name, of), name) for name in names)

        def keys(kind: str, names: Mapping[str, T]) -> dict[str, T]:
            return dict(zip(each(kind, names), names.values(), strict=True))

        stages = {area: each("stage", names, area) for area, names in self.areas.items()}
        states = {chart: each("state", names, chart) for chart, names in self.charts.items()}
        questions = {checklist: each("question", names, checklist) for checklist, names in self.checklists.items()}
        return replace(
            self,
            phases=each("phase", self.phases),
            areas=keys("area", stages),
            charts=keys("chart", states),
            tasks=each("task", self.tasks),
            measures=keys("measure", self.measures),
            facts=keys("fact", self.facts),
            checklists=keys("checklist", questions),
            contacts=each("contact", self.contacts),
            participants=each("participant", self.participants),
            alerts=each("alert", self.alerts),
            approvals=each("approval", self.approvals),
            outcomes=each("outcome", self.outcomes),
            techniques=each("technique", self.techniques),
            components=each("component", self.components),
            doses=keys("component", self.doses),
            sessions=each("session", self.sessions),
            topics=each("topic", self.topics),
            pauses=each("pause", self.pauses),
            scope_area=to.get(Mention("area", self.scope_area), self.scope_area),
        )
