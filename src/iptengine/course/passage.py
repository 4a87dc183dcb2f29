"""From one protocol to another: which parts are the same under which name, and which are there no more.

Made once for two protocols and used for every course that moves between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from iptengine.course.carrying import Names, called, key_after, key_of
from iptengine.course.same_meaning import scoring_of, sort_of
from iptengine.course.wording import spoken
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import UNSTAGED, Spec
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.references import KINDS

Key = tuple[str, str]
"""A kind, and a name as it stands among `Names`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a protocol that has a name which a course may hold.

    Attributes:
        path: Where it stands: ``phases.middle``; of a value of a fact, ``facts.room.one_of.chair``.
        kind: One of `KINDS`.
        name: Its name.
        of: The name it belongs to, such as the problem area of a stage.
        title: What a page calls it.
    """

    path: str
    kind: str
    name: str
    of: str = ""
    title: str = ""

    @property
    def key(self) -> Key:
        """Its kind, and its name as it stands among `Names`."""
        return self.kind, key_of(self.kind, self.name, self.of)


def parts_of(protocol: Protocol) -> Iterator[Part]:
    """Every part of a protocol whose name a course may hold."""
    spec = protocol.spec
    for name, phase in spec.phases.items():
        yield Part(f"phases.{name}", "phase", name, "", phase.title)
    for home in protocol.tasks.values():
        yield Part(home.where, "task", home.name, "", home.spec.label or home.spec.do)
    yield from _work(spec)
    for name, use in spec.measures.items():
        measure = protocol.measures.get(name)
        yield Part(f"measures.{name}", "measure", name, "", measure.label if measure else use.use.partition("@")[0])
        for item, one in measure.items.items() if measure else ():
            yield Part(f"measures.{name}.items.{item}", "item", item, name, one.title)
    yield from _asked(spec)
    yield from _people(spec)


def parts_by_path(protocol: Protocol) -> Mapping[str, Part]:
    """The same by where they stand."""
    return {part.path: part for part in parts_of(protocol)}


def by_kind(parts: Mapping[str, Part], said: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """What is said of parts by their paths, as `Names`; what is said of no part is left out."""
    found: dict[str, dict[str, str]] = {}
    for path, new in said:
        if path in parts:
            kind, key = parts[path].key
            found.setdefault(kind, {})[key] = new
    return found


def _work(spec: Spec) -> Iterator[Part]:
    for name, area in spec.problem_areas.items():
        yield Part(f"problem_areas.{name}", "area", name, "", area.title)
        for stage, one in area.stages.items():
            yield Part(f"problem_areas.{name}.stages.{stage}", "stage", stage, name, one.title)
    for name, chart in spec.charts.items():
        yield Part(f"charts.{name}", "chart", name, "", chart.title)
        for state, found in chart.states.items():
            yield Part(f"charts.{name}.states.{state}", "state", state, name, found.title)
    for name, technique in spec.techniques.items():
        yield Part(f"techniques.{name}", "technique", name, "", technique.title)
    if spec.plan is not None:
        for name, component in spec.plan.components.items():
            yield Part(f"plan.components.{name}", "component", name, "", component.title)
        for name, order in spec.plan.orders.items():
            yield Part(f"plan.orders.{name}", "order", name, "", order.title)


def _asked(spec: Spec) -> Iterator[Part]:
    for name, fact in spec.facts.items():
        yield Part(f"facts.{name}", "fact", name, "", fact.title)
        for value in fact.one_of:
            yield Part(f"facts.{name}.one_of.{value}", "value", value, name, value)
    for name, checklist in spec.checklists.items():
        yield Part(f"checklists.{name}", "checklist", name, "", checklist.title)
        for question, one in checklist.items.items():
            yield Part(f"checklists.{name}.items.{question}", "question", question, name, one.text)


def _people(spec: Spec) -> Iterator[Part]:
    for name, somebody in spec.participants.items():
        yield Part(f"participants.{name}", "participant", name, "", somebody.title)
    for name, contact in spec.contacts.items():
        yield Part(f"contacts.{name}", "contact", name, "", contact.title)
    for name, alert in spec.alerts.items():
        yield Part(f"alerts.{name}", "alert", name, "", alert.title)
    for name, approval in spec.approvals.items():
        yield Part(f"approvals.{name}", "approval", name, "", approval.title or name)
    for name, pause in spec.pauses.items():
        yield Part(f"pauses.{name}", "pause", name, "", pause.title)
    for name, outcome in spec.outcomes.items():
        yield Part(f"outcomes.{name}", "outcome", name, "", outcome.title)
    for name, policy in spec.contract.missed.items():
        yield Part(f"contract.missed.{name}", "policy", name, "", policy.title)


@dataclass(frozen=True, eq=False)
class Passage:
    """From one protocol to another.

    Attributes:
        old: The one before.
        new: The one after.
        names: What is called otherwise.
        instead: What takes the place of a removed part, by kind and its name before.
    """

    old: Protocol
    new: Protocol
    names: Names = field(default_factory=dict)
    instead: Names = field(default_factory=dict)

    @cached_property
    def before(self) -> Mapping[Key, Part]:
        """The parts of the one before."""
        return {part.key: part for part in parts_of(self.old)}

    @cached_property
    def after(self) -> Mapping[Key, Part]:
        """The parts of the one after."""
        return {part.key: part for part in parts_of(self.new)}

    @cached_property
    def taken(self) -> frozenset[Key]:
        """Parts of the one after whose names were given to other parts before."""
        return frozenset(
            self._renamed(kind, key, new) for kind, renamed in self.names.items() for key, new in renamed.items()
        )

    def _renamed(self, kind: str, key: str, new: str) -> Key:
        of = key.partition(".")[0] if KINDS[kind].of else ""
        return kind, key_after(self.names, kind, new, of)

    def called(self, kind: str, name: str, of: str = "") -> str:
        """What a part of the one before is called in the one after, if it is there."""
        return called(self.names, kind, name, of)

    def there(self, kind: str, name: str, of: str = "") -> bool:
        """Whether a part of the one before is in the one after, too."""
        if kind == "stage" and name in ("", UNSTAGED):
            return True
        now = kind, key_after(self.names, kind, self.called(kind, name, of), of)
        if now not in self.after:
            return False
        return now not in self.taken or self.called(kind, name, of) != name or self._kept(kind, name, of)

    def _kept(self, kind: str, name: str, of: str) -> bool:
        """Whether a name that something else is given is its own as well: by a rename to itself."""
        return key_of(kind, name, of) in self.names.get(kind, {})

    def gone(self, kind: str) -> tuple[Part, ...]:
        """The parts of a kind that are there no more, in the order of the file."""
        return tuple(p for p in self.before.values() if p.kind == kind and not self.there(kind, p.name, p.of))

    def place_for(self, kind: str, name: str, of: str = "") -> str:
        """Where what stands in a removed part goes on; empty where nothing says so."""
        return self.instead.get(kind, {}).get(key_of(kind, name, of), "")

    def title(self, kind: str, name: str, of: str = "") -> str:
        """What the pages call a part of the one before."""
        part = self.before.get((kind, key_of(kind, name, of)))
        return part.title if part and part.title else spoken(name)

    # What means something else under the same name

    @cached_property
    def misread(self) -> frozenset[Key]:
        """Names of removed parts that another part has in the one after: what is on record would be taken for it."""
        return frozenset(
            key
            for key, part in self.before.items()
            if key in self.after and not self.there(part.kind, part.name, part.of)
        )

    @cached_property
    def rescored(self) -> frozenset[str]:
        """Measures, by their names before, whose scores would not mean the same any more."""
        kept = (name for name in self.old.measures if self.there("measure", name))
        return frozenset(name for name in kept if self._scored_otherwise(name))

    def measure_now(self, name: str) -> Measure:
        """What a measure that stays has become; perhaps another instrument, which a variant has put in its place."""
        return self.new.measures[self.called("measure", name)]

    def _scored_otherwise(self, name: str) -> bool:
        before = scoring_of(self.old.measures[name], lambda item: self.called("item", item, name))
        return before != scoring_of(self.measure_now(name))

    @cached_property
    def unasked(self) -> Mapping[str, tuple[Part, ...]]:
        """The items that a measure asks no more, by the name of the measure before; only where it is the same one."""
        found: dict[str, tuple[Part, ...]] = {}
        for part in self.gone("item"):
            if self.there("measure", part.of) and self.measure_now(part.of).id == self.old.measures[part.of].id:
                found[part.of] = (*found.get(part.of, ()), part)
        return found

    @cached_property
    def retyped(self) -> frozenset[str]:
        """Facts, by their names before, that are of another sort now."""
        facts = self.old.spec.facts
        kept = (name for name in facts if self.there("fact", name))
        return frozenset(
            name for name in kept if sort_of(facts[name]) != sort_of(self.new.spec.facts[self.called("fact", name)])
        )

    @cached_property
    def new_risks(self) -> frozenset[Key]:
        """The items, each with its measure, that are risk items now and were none, or not from so low an answer."""
        found: set[Key] = set()
        for name, measure in self.old.measures.items():
            if self.there("measure", name):
                before = {self.called("item", item, name): least for item, least in measure.layout.risks}
                now = self.called("measure", name)
                risks = self.new.measures[now].layout.risks
                found |= {(now, item) for item, least in risks if least < before.get(item, least + 1)}
        return frozenset(found)

    @cached_property
    def fewer_alerts(self) -> tuple[str, ...]:
        """What raised a risk alert before and raises none now, in words; the clinician is told of it first."""
        lost = [
            f"the risk alert '{one.title}' is not raised any more"
            for name, one in self.old.spec.alerts.items()
            if one.kind == "risk" and not self._still_risk(name)
        ]
        weaker = [
            f"the answers of {measure.label} raise fewer risk alerts ({', '.join(less)})"
            for name, measure in self.old.measures.items()
            if (less := self._risks_lost(name, measure))
        ]
        return (*lost, *weaker)

    def _still_risk(self, name: str) -> bool:
        if not self.there("alert", name):
            return False
        return self.new.spec.alerts[self.called("alert", name)].kind == "risk"

    def _risks_lost(self, name: str, measure: Measure) -> list[str]:
        return [
            one.title.lower()
            for item, one in measure.items.items()
            if one.risk and not ((now := self._risk_now(name, item)) is not None and now <= one.risk.from_)
        ]

    def _risk_now(self, name: str, item: str) -> int | None:
        """From which answer on an item of a measure raises the built-in alert; none where it raises none."""
        if not self.there("measure", name) or not self.there("item", item, name):
            return None
        now = self.measure_now(name)
        return dict(now.layout.risks).get(self.called("item", item, name))
