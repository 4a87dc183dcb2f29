"""A protocol laid out for its rules: every part with its path, tasks by name, charts as plain maps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from iptengine.authoring.shapes import Shape, keys_of
from iptengine.diagnostics import Path
from iptengine.protocol.fields import Model
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import Condition
from iptengine.protocol.protocol import Guard, TaskHome, task_homes


class Placed(NamedTuple):
    """One part of a protocol and its path."""

    path: Path
    part: Model


class _Child(NamedTuple):
    name: str
    attribute: str
    many: bool


@cache
def _children(model: type[Model]) -> tuple[_Child, ...]:
    """The keys under which a part has parts of its own, conditions aside."""
    return tuple(
        _Child(key.name, key.attribute, key.shape.kind == "map")
        for key in keys_of(model).values()
        if _holds_parts(key.shape)
    )


def _holds_parts(shape: Shape) -> bool:
    inner = shape.entry if shape.kind == "map" and shape.entry else shape
    return inner.kind == "part" and inner.model is not Condition


def _parts(part: Model, path: Path) -> Iterator[Placed]:
    yield Placed(path, part)
    for name, attribute, many in _children(type(part)):
        held = getattr(part, attribute)
        if many:
            for key, one in held.items():
                yield from _parts(one, (*path, name, key))
        elif held is not None:
            yield from _parts(held, (*path, name))


@dataclass(frozen=True)
class View:
    """What the rules look at; each rule reads it and changes nothing.

    Attributes:
        spec: The file's models.
        measures: The measures that were found.
        guards: The conditions that could be compiled.
    """

    spec: Spec
    measures: Mapping[str, Measure]
    guards: Mapping[Path, tuple[Guard, ...]]

    @cached_property
    def parts(self) -> tuple[Placed, ...]:
        """Every part, in the order of the format."""
        return tuple(_parts(self.spec, ()))

    @cached_property
    def homes(self) -> tuple[TaskHome, ...]:
        """Every task with its place, in file order; a name used twice comes twice."""
        return tuple(task_homes(self.spec))

    @cached_property
    def tasks(self) -> Mapping[str, TaskHome]:
        """The first task of each name."""
        found: dict[str, TaskHome] = {}
        for home in self.homes:
            found.setdefault(home.name, home)
        return found

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """The fewest and the most sessions a contract may name; empty for a course without a number."""
        sessions = self.spec.contract.sessions
        return () if sessions is None else tuple(dict.fromkeys((sessions.low, sessions.high)))

    @cached_property
    def ways(self) -> Mapping[str, tuple[str, ...]]:
        """Where each phase leads: phases, and outcomes that it names or that name it."""
        found = {name: list(phase.next) for name, phase in self.spec.phases.items()}
        for outcome, o in self.spec.outcomes.items():
            for phase_name in o.from_:
                found.get(phase_name, []).append(outcome)
        return {name: tuple(targets) for name, targets in found.items()}

    def phase_names(self) -> Iterator[tuple[Path, str]]:
        """Every place that names a phase."""
        yield ("start",), self.spec.start
        for name, outcome in self.spec.outcomes.items():
            for phase in outcome.from_:
                yield ("outcomes", name, "from"), phase
        for phase in self.spec.plan.phases if self.spec.plan else ():
            yield ("plan", "phases"), phase

    def stepped(self) -> Iterator[tuple[Path, Mapping[str, object]]]:
        """Every part that changes steps of the hour, with what it changes."""
        for area, a in self.spec.problem_areas.items():
            yield ("problem_areas", area, "hour"), a.hour
            for stage, s in a.stages.items():
                yield ("problem_areas", area, "stages", stage, "hour"), s.hour


def reached(start: str, ways: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Everything that can be reached from `start`, itself included."""
    seen = {start}
    waiting = [start]
    while waiting:
        for target in ways.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return frozenset(seen)
