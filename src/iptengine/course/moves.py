"""The charts of a protocol as machines: phases and outcomes, the stages of each area, further charts, alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from weakref import WeakKeyDictionary

from iptengine.course.charts import Chart, ChartSpec, Move, chart
from iptengine.protocol.model import UNSTAGED, AreaSpec, Spec
from iptengine.protocol.protocol import Protocol

ENTER, END, STAGE, RESTAGE, MOVE = "enter", "end", "stage", "restage", "move"

ALERTS = ChartSpec(
    "alerts",
    ("open", "acknowledged", "assessed", "monitoring", "closed"),
    "open",
    frozenset({"closed"}),
    (
        Move("acknowledge", "open", "acknowledged"),
        Move("assess", "open", "assessed"),
        Move("assess", "acknowledged", "assessed"),
        Move("assess", "assessed", "assessed"),
        Move("assess", "monitoring", "assessed"),
        Move("monitor", "assessed", "monitoring"),
        Move("close", "assessed", "closed"),
        Move("close", "monitoring", "closed"),
    ),
)

_BUILT: WeakKeyDictionary[Protocol, dict[str, Chart]] = WeakKeyDictionary()


def _cached(protocol: Protocol, name: str, spec: Callable[[Spec], ChartSpec]) -> Chart:
    built = _BUILT.setdefault(protocol, {})
    if name not in built:
        built[name] = chart(spec(protocol.spec))
    return built[name]


def phase_chart(protocol: Protocol) -> Chart:
    """Phases and outcomes; the triggers are ``enter:PHASE`` and ``end:OUTCOME``."""
    return _cached(protocol, "", phase_spec)


def stage_chart(protocol: Protocol, area: str) -> Chart:
    """The stages of a problem area; the triggers are ``stage:STAGE`` and, for new information, ``restage:STAGE``."""
    return _cached(protocol, f"stages of {area}", partial(stage_spec, area))


def further_chart(protocol: Protocol, name: str) -> Chart:
    """A further chart of the protocol; the triggers are ``move:STATE``."""
    return _cached(protocol, f"chart {name}", partial(further_spec, name))


def alert_chart() -> Chart:
    """What happens to an alert."""
    return chart(ALERTS)


def phase_spec(spec: Spec) -> ChartSpec:
    """The chart of the phases: every way in the file, and nothing else."""
    return ChartSpec(
        "phases",
        (*spec.phases, *spec.outcomes),
        spec.start,
        frozenset(spec.outcomes),
        tuple(dict.fromkeys(_phase_moves(spec))),
    )


def _phase_moves(spec: Spec) -> Iterator[Move]:
    for name, phase in spec.phases.items():
        for target in phase.next:
            yield Move(f"{END if target in spec.outcomes else ENTER}:{target}", name, target)
    for name in spec.outcomes:
        for phase_name in reachable_from(spec, name):
            yield Move(f"{END}:{name}", phase_name, name)


def reachable_from(spec: Spec, outcome: str) -> tuple[str, ...]:
    """The phases an outcome can be reached from without conditions of its own.

    The phases it names; every phase when it names none and no phase leads to it.
    """
    named = spec.outcomes[outcome].from_
    if named or any(outcome in phase.next for phase in spec.phases.values()):
        return tuple(phase for phase in named if outcome not in spec.phases[phase].next)
    return tuple(spec.phases)


def stages_of(area: AreaSpec) -> tuple[str, ...]:
    """Every stage of an area, the unstaged beginning included; empty for an area without stages."""
    return tuple(dict.fromkeys((UNSTAGED, *area.stages))) if area.stages else ()


def stage_spec(name: str, spec: Spec) -> ChartSpec:
    """The chart of one area's stages: every way in the file, and restaging where the area allows it."""
    area = spec.problem_areas[name]
    states = stages_of(area)
    moves = [Move(f"{STAGE}:{target}", source, target) for source, s in area.stages.items() for target in s.next]
    if UNSTAGED not in area.stages:
        moves += [
            Move(f"{STAGE}:{target}", UNSTAGED, target) for target, stage in area.stages.items() if not stage.final
        ]
    if area.restage:
        moves += [
            Move(f"{RESTAGE}:{target}", source, target) for source in states for target in states if source != target
        ]
    return ChartSpec(f"stages of {name}", states, UNSTAGED, frozenset(), tuple(moves))


def further_spec(name: str, spec: Spec) -> ChartSpec:
    """A further chart: every way in the file, and nothing else."""
    further = spec.charts[name]
    moves = [Move(f"{MOVE}:{target}", source, target) for source, s in further.states.items() for target in s.next]
    return ChartSpec(f"chart {name}", tuple(further.states), further.start, frozenset(), tuple(moves))
