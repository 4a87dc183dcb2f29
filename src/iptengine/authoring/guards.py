"""The conditions of a protocol, compiled: every sentence once, every problem at its own line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from iptengine.diagnostics import Path, Span
from iptengine.protocol.conditions import Condition as Sentence
from iptengine.protocol.conditions import Names, Problem, compile_condition
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import Condition, Conditions
from iptengine.protocol.plan_spec import PlanSpec
from iptengine.protocol.protocol import Guard, names_of

MOST_WRONG = 50
"""After so many problems the rest of the sentences are not looked at: no file is usable with even one."""
MOST_SENTENCES = 2000
"""Different sentences that are compiled; a treatment has a few dozen."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A sentence that is no condition of this protocol, and where it stands."""

    path: Path
    sentence: str
    problem: Problem


@dataclass(slots=True)
class Compiler:
    """Compiles the sentences of one protocol against its own names; each sentence of an area once.

    Attributes:
        names: What a condition outside every problem area may name.
        span: The place of a path.
        wrong: Every problem, in the order of compiling.
    """

    names: Names
    span: Callable[[Path], Span]
    wrong: list[Wrong] = field(default_factory=list)
    _enough: bool = False
    _scopes: dict[str, Names] = field(default_factory=dict)
    _done: dict[tuple[str, str], Sentence | Problem] = field(default_factory=dict)

    @classmethod
    def of(cls, spec: Spec, measures: Mapping[str, Measure], span: Callable[[Path], Span]) -> Compiler:
        """The compiler of a protocol's conditions."""
        return cls(names_of(spec, measures), span)

    def sentence(self, text: str, area: str = "") -> Sentence | Problem:
        """One sentence; inside `area`, a stage is that of the focus at hand."""
        known = self._done.get((text, area))
        if known is None:
            known = self._done[text, area] = compile_condition(text, self._scope(area))
        return known

    def _scope(self, area: str) -> Names:
        if not area:
            return self.names
        if area not in self._scopes:
            self._scopes[area] = replace(self.names, scope="focus", scope_area=area)
        return self._scopes[area]

    def guard(self, name: str, condition: Condition, path: Path, area: str = "") -> Guard | None:
        """A named condition; none when something in it is wrong, which is then in `wrong`."""
        if self._stopped(path):
            return None
        if condition.says is not None:
            compiled = self.sentence(condition.says, area)
            if isinstance(compiled, Problem):
                self.wrong.append(Wrong((*path, "says"), condition.says, compiled))
                return None
            return Guard(name, path, self.span(path), compiled)
        how, inner = _parts(condition)
        parts = self.guards(inner, (*path, how), area)
        return Guard(name, path, self.span(path), how=how, parts=parts) if len(parts) == len(inner) else None

    def _stopped(self, path: Path) -> bool:
        """Whether no more sentences are looked at; why is told once."""
        if not self._enough and len(self.wrong) >= MOST_WRONG:
            message = f"there are more than {MOST_WRONG} conditions with mistakes; the rest are not looked at yet"
            self._enough = True
            self.wrong.append(Wrong(path, "", Problem("too-many-mistakes", message, "correct those above first")))
        if not self._enough and len(self._done) >= MOST_SENTENCES:
            message = f"there are more than {MOST_SENTENCES} different conditions"
            self._enough = True
            self.wrong.append(Wrong(path, "", Problem("too-many-parts", message, "divide the protocol")))
        return self._enough

    def guards(self, conditions: Conditions, path: Path, area: str = "") -> tuple[Guard, ...]:
        """The conditions of one map, in its order, without those that are wrong."""
        made = (self.guard(name, one, (*path, name), area) for name, one in conditions.items())
        return tuple(guard for guard in made if guard is not None)


def _parts(condition: Condition) -> tuple[str, Conditions]:
    forms = (("all", condition.all), ("any", condition.any), ("not", condition.not_))
    return next((how, parts) for how, parts in forms if parts is not None)


def compile_guards(spec: Spec, compiler: Compiler) -> dict[Path, tuple[Guard, ...]]:
    """Every condition of a protocol by the path of its map; of an alert by the path of its `raise_if`."""
    found: dict[Path, tuple[Guard, ...]] = {}
    for path, conditions, area in condition_maps(spec):
        found[path] = compiler.guards(conditions, path, area)
    for name, alert in spec.alerts.items():
        path = ("alerts", name, "raise_if")
        guard = compiler.guard(name, alert.raise_if, path)
        if guard is not None:
            found[path] = (guard,)
    return found


def condition_maps(spec: Spec) -> Iterator[tuple[Path, Conditions, str]]:
    """Every map of conditions with its path and the problem area around it, or ``""``."""
    for group in spec.task_groups():
        for name, task in group.tasks.items():
            if task.only_if:
                yield (*group.path, name, "only_if"), task.only_if, group.area
    for phase, p in spec.phases.items():
        for target, conditions in p.next.items():
            yield ("phases", phase, "next", target), conditions, ""
    for area, a in spec.problem_areas.items():
        for stage, s in a.stages.items():
            for target, conditions in s.next.items():
                yield ("problem_areas", area, "stages", stage, "next", target), conditions, area
    for case, f in spec.contract.frequency_when.items():
        yield ("contract", "frequency_when", case, "only_if"), f.only_if, ""
    if spec.calendar and spec.calendar.stop_when:
        yield ("calendar", "stop_when"), spec.calendar.stop_when, ""
    for chart, further in spec.charts.items():
        for state, here in further.states.items():
            for target, conditions in here.next.items():
                yield ("charts", chart, "states", state, "next", target), conditions, ""
    for name, participant in spec.participants.items():
        for key in ("required_if", "invited_if", "excluded_if"):
            if conditions := getattr(participant, key):
                yield ("participants", name, key), conditions, ""
    if spec.plan:
        yield from _of_plan(spec.plan)
    for contact, c in spec.contacts.items():
        if c.only_if:
            yield ("contacts", contact, "only_if"), c.only_if, ""


def _of_plan(plan: PlanSpec) -> Iterator[tuple[Path, Conditions, str]]:
    for name, component in plan.components.items():
        if component.done_when:
            yield ("plan", "components", name, "done_when"), component.done_when, ""
    for name, order in plan.orders.items():
        if order.when:
            yield ("plan", "orders", name, "when"), order.when, ""
