"""A protocol ready for use: the file's models, its measures, its compiled conditions and their places."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from iptengine.diagnostics import Path, Span
from iptengine.protocol.conditions import Condition, FactNames, Facts, MeasureNames, Names
from iptengine.protocol.conditions.names import Number
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import MISSES, STATUSES
from iptengine.protocol.plan_spec import ComponentSpec
from iptengine.protocol.task_spec import TaskSpec
from iptengine.protocol.truth import Truth, all_of, any_of


@dataclass(frozen=True, slots=True)
class Reason:
    """One unmet condition, in the author's own words.

    Attributes:
        code: The condition's name in the file; stable over wording.
        text: The author's words.
        answer: ``no`` or ``unknown``.
        saw: The values it was judged by, and under ``sentence`` the same read back as a sentence.
        path: Where it stands in the protocol.
        span: Its file and line.
    """

    code: str
    text: str
    answer: str
    saw: Mapping[str, object]
    path: str
    span: Span

    def __str__(self) -> str:
        seen = self.saw.get("sentence", "")
        return f"{self.text} ({seen})" if seen else self.text


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition: one sentence, or several under all, any or not."""

    name: str
    path: Path
    span: Span
    sentence: Condition | None = None
    how: str = ""
    parts: tuple[Guard, ...] = ()

    def answer(self, facts: Facts) -> Truth:
        """Yes, no or unknown for the course that `facts` speaks of."""
        if self.sentence is not None:
            return self.sentence.answer(facts)
        answers = [part.answer(facts) for part in self.parts]
        if self.how == "all":
            return all_of(answers)
        return any_of(answers) if self.how == "any" else ~any_of(answers)

    @property
    def text(self) -> str:
        """The author's words, joined where there are several."""
        if self.sentence is not None:
            return self.sentence.text
        return f"{_HOW[self.how]}: " + "; ".join(part.text for part in self.parts)

    def seen(self, facts: Facts) -> dict[str, object]:
        """The values it is judged by, with a sentence that says them."""
        if self.sentence is not None:
            told = self.sentence.explain(facts)
            return {**told.saw, "sentence": told.sentence}
        parts = [part.seen(facts) for part in self.parts]
        merged = {name: value for part in parts for name, value in part.items()}
        return {**merged, "sentence": "; ".join(str(part["sentence"]) for part in parts)}

    def reason(self, facts: Facts) -> Reason | None:
        """Why it does not hold; ``None`` when it does."""
        answer = self.answer(facts)
        if answer is Truth.YES:
            return None
        path = ".".join(str(part) for part in self.path)
        return Reason(self.name, self.text, answer.value, MappingProxyType(self.seen(facts)), path, self.span)

    def deciding(self, facts: Facts) -> Iterator[Condition]:
        """The sentences that its answer rests on: where one under `any` holds, those that hold and not the others."""
        if self.sentence is not None:
            yield self.sentence
        answer = ~self.answer(facts) if self.how == "not" else self.answer(facts)
        for part in self.parts:
            if part.answer(facts) is answer:
                yield from part.deciding(facts)

    @property
    def enough(self) -> tuple[Guard, ...]:
        """The conditions of which each alone makes it hold: those under `any`, else itself."""
        if self.how != "any":
            return (self,)
        return tuple(one for part in self.parts for one in part.enough)

    def conditions(self) -> Iterator[Condition]:
        """Every sentence in it."""
        if self.sentence is not None:
            yield self.sentence
        for part in self.parts:
            yield from part.conditions()


_HOW = {"all": "all of", "any": "any of", "not": "none of"}


def reasons(guards: Iterable[Guard], facts: Facts) -> tuple[Reason, ...]:
    """Why some of `guards` do not hold, in their order; empty when all do."""
    return tuple(reason for guard in guards if (reason := guard.reason(facts)) is not None)


def verdict(guards: Sequence[Guard], facts: Facts) -> Truth:
    """Whether all of `guards` hold; where there are none, nothing stands in the way."""
    return all_of(guard.answer(facts) for guard in guards) if guards else Truth.YES


@dataclass(frozen=True, slots=True)
class TaskHome:
    """A task and where it stands: its phase, its problem area and perhaps stage, or a further place of the file."""

    name: str
    spec: TaskSpec
    path: Path
    group: str
    phase: str = ""
    area: str = ""
    stage: str = ""
    component: str = ""
    contact: str = ""

    @property
    def where(self) -> str:
        """Where it stands, in one word: ``phases.initial.must.private_talk``."""
        return ".".join(map(str, self.path))


def task_homes(spec: Spec) -> Iterator[TaskHome]:
    """Every task with its place, in file order; a name used twice comes twice."""
    for g in spec.task_groups():
        for name, task in g.tasks.items():
            yield TaskHome(
                name, task, (*g.path, name), g.group, g.phase, g.area, g.stage, g.component, g.contact
            )  # fmt: skip


def canonical(value: object) -> str:
    """A value as the text that digests are made of."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, eq=False)
class Protocol:
    """A treatment, as one file and its measures say it. Made by `load`; frozen.

    Attributes:
        spec: The file's models.
        measures: The measures it uses, under the names it gives them.
        guards: Compiled conditions by the path of the map (or single condition) they stand under.
        places: File and line of every path, for findings and reasons.
    """

    spec: Spec
    measures: Mapping[str, Measure]
    guards: Mapping[Path, tuple[Guard, ...]] = field(repr=False)
    places: Mapping[Path, Span] = field(repr=False)

    @property
    def id(self) -> str:
        """The protocol's id."""
        return self.spec.protocol

    @property
    def version(self) -> str:
        """Its version."""
        return self.spec.version

    @property
    def ref(self) -> str:
        """Id and version: ``ipt-adult@1.0.0``."""
        return self.spec.ref

    @property
    def title(self) -> str:
        """The treatment's name."""
        return self.spec.title

    @property
    def status(self) -> str:
        """``draft`` or ``reviewed``."""
        return self.spec.status

    @cached_property
    def content(self) -> str:
        """Everything it says, the file and every measure, as one canonical JSON text; places and layout aside.

        What is left out and what is written as it would be anyway are the same, so that a key which a later
        version of the library adds leaves the digest of every protocol that does not use it alone.
        """
        content = {
            "protocol": self.spec.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "measures": {
                name: m.model_dump(mode="json", by_alias=True, exclude_defaults=True)
                for name, m in self.measures.items()
            },
        }
        return canonical(content)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over its content."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    @cached_property
    def tasks(self) -> Mapping[str, TaskHome]:
        """Every task by name, in file order."""
        return {home.name: home for home in task_homes(self.spec)}

    def component(self, name: str) -> ComponentSpec:
        """A component that a plan can hold.

        Raises:
            KeyError: There is none of that name.
        """
        return (self.spec.plan.components if self.spec.plan else {})[name]

    def span(self, path: Path) -> Span:
        """The place of a path, or of the nearest part above it that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return Span(self.ref, 1, 1)

    def at(self, *path: str) -> tuple[Guard, ...]:
        """The conditions under a path; empty when it has none."""
        return self.guards.get(path, ())

    def only_if(self, home: TaskHome) -> tuple[Guard, ...]:
        """The conditions of a task; empty when it has none."""
        return self.guards.get((*home.path, "only_if"), ())


def names_of(spec: Spec, measures: Mapping[str, Measure], area: str = "") -> Names:
    """Everything a condition of this protocol may name; inside `area`, a stage is that of the focus at hand."""
    groups = list(spec.task_groups())
    return Names(
        phases=tuple(spec.phases),
        areas={name: tuple(a.stages) for name, a in spec.problem_areas.items()},
        charts={name: tuple(chart.states) for name, chart in spec.charts.items()},
        tasks=tuple(dict.fromkeys(name for group in groups for name in group.tasks)),
        measures={name: _measure_names(measure) for name, measure in measures.items()},
        facts={name: _fact_names(spec, name) for name in spec.facts},
        checklists={name: tuple(c.items) for name, c in spec.checklists.items()},
        contacts=tuple(spec.contacts),
        participants=("patient", *spec.participants),
        alerts=tuple(spec.alerts),
        approvals=tuple(spec.approvals),
        outcomes=tuple(spec.outcomes),
        statuses=STATUSES,
        techniques=tuple(spec.techniques),
        components=tuple(spec.plan.components if spec.plan else ()),
        doses=_most_doses(spec),
        sessions=tuple(spec.sessions),
        topics=tuple(spec.topics),
        pauses=tuple(spec.pauses),
        sessions_max=spec.contract.sessions.high if spec.contract.sessions else None,
        calendar=spec.calendar is not None,
        scope="focus" if area else "course",
        scope_area=area,
    )


def _most_doses(spec: Spec) -> dict[str, Number]:
    """The most dose of each component; one that interrupts may come again and again."""
    components = spec.plan.components if spec.plan else {}
    most = {name: one.dose.most for name, one in components.items() if not one.interrupts}
    return {name: int(dose) if dose.denominator == 1 else float(dose) for name, dose in most.items()}


def _fact_names(spec: Spec, name: str) -> FactNames:
    fact = spec.facts[name]
    if fact.one_of:
        return FactNames("one_of", fact.one_of)
    if fact.number:
        return FactNames("number", (), fact.number.low, fact.number.high)
    return FactNames("date" if fact.type == "date" else "text")


def _measure_names(measure: Measure) -> MeasureNames:
    scale = measure.scale
    ranges = {name: item.range for name, item in measure.items.items() if item.range is not None}
    severity = measure.severity or next(iter(measure.bands), "")
    return MeasureNames(
        low=scale.low if scale else 0,
        high=scale.high if scale else 0,
        items={name: (span.low, span.high) for name, span in ranges.items()},
        rules=tuple(measure.change_rules),
        bands=tuple(measure.bands[severity].bands) if severity else (),
        whole=measure.decimals == 0,
        worded=tuple(name for name in measure.patient_items if name in ranges),
    )


__all__ = [
    "MISSES", "Guard", "Protocol", "Reason", "TaskHome", "canonical", "names_of", "reasons", "task_homes", "verdict",
]  # fmt: skip
