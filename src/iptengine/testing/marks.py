"""What the vignettes of a protocol can reach: its phases, moves, tasks, both ways of each condition, cut-offs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from iptengine.diagnostics import Path
from iptengine.protocol.conditions import Condition
from iptengine.protocol.conditions.comparing import SPELLED
from iptengine.protocol.conditions.port import Facts
from iptengine.protocol.measure import Measure
from iptengine.protocol.protocol import Guard, Protocol
from iptengine.protocol.scoring import severity_rule
from iptengine.protocol.truth import Truth

Kind = Literal[
    "phases", "moves", "outcomes", "stages", "moves of stages", "states of charts", "moves of charts",
    "tasks due", "tasks done", "contacts", "alerts", "conditions", "cut-offs", "bands", "risk items",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

HOW_TRUE = {Truth.YES: "met", Truth.NO: "unmet", Truth.UNKNOWN: "unknown"}
"""A condition is seen in each of these ways."""
ALONE = "the only one unmet"
"""And one of several on a way is seen to be enough to keep it shut."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing a vignette can reach.

    Attributes:
        kind: What sort of thing it is.
        path: Where it stands in the protocol; of a measure's own parts, below the place that uses the measure.
        how: What happens there: ``entered``, ``done``, ``unmet``, ``at 20``, ``just under 20``.
    """

    kind: Kind
    path: Path
    how: str

    @property
    def where(self) -> str:
        """Its path as text."""
        return ".".join(str(part) for part in self.path)

    def __str__(self) -> str:
        return f"{self.where}: never {self.how}"


def marks(protocol: Protocol) -> tuple[Mark, ...]:
    """Everything the vignettes of `protocol` can reach, kind by kind, each in the order of the file."""
    found = dict.fromkeys((*_places(protocol), *_moves(protocol), *_work(protocol), *_answers(protocol)))
    return tuple(sorted(found, key=lambda mark: KINDS.index(mark.kind)))


# -- where a course can be, and how it gets there ----------------------------------------------------------------


def _places(protocol: Protocol) -> Iterator[Mark]:
    spec = protocol.spec
    yield from (Mark("phases", ("phases", name), "entered") for name in spec.phases)
    yield from (Mark("outcomes", ("outcomes", name), "reached") for name in spec.outcomes)
    for area, about in spec.problem_areas.items():
        yield from (stage_mark(area, stage) for stage in about.stages)
    for chart, further in spec.charts.items():
        yield from (state_mark(chart, state) for state in further.states)


def stage_mark(area: str, stage: str) -> Mark:
    """A focus stood in a stage."""
    return Mark("stages", ("problem_areas", area, "stages", stage), "stood in")


def state_mark(chart: str, state: str) -> Mark:
    """A further chart stood in a state."""
    return Mark("states of charts", ("charts", chart, "states", state), "stood in")


def _moves(protocol: Protocol) -> Iterator[Mark]:
    spec = protocol.spec
    for name, phase in spec.phases.items():
        yield from (Mark("moves", ("phases", name, "next", target), "taken") for target in phase.next)
    for area, about in spec.problem_areas.items():
        for stage, here in about.stages.items():
            where = ("problem_areas", area, "stages", stage, "next")
            yield from (Mark("moves of stages", (*where, target), "taken") for target in here.next)
    for chart, further in spec.charts.items():
        for state, at in further.states.items():
            where = ("charts", chart, "states", state, "next")
            yield from (Mark("moves of charts", (*where, target), "taken") for target in at.next)


def _work(protocol: Protocol) -> Iterator[Mark]:
    for home in protocol.tasks.values():
        if home.group != "may" or home.spec.only_if:  # an optional task without a condition is never due
            yield Mark("tasks due", home.path, "due")
        yield Mark("tasks done", home.path, "done")
    yield from (Mark("contacts", ("contacts", name), "held") for name in protocol.spec.contacts)
    yield from (Mark("alerts", ("alerts", name), "raised") for name in protocol.spec.alerts)


# -- conditions, cut-offs, answers -------------------------------------------------------------------------------


def _answers(protocol: Protocol) -> Iterator[Mark]:
    for path, guards in protocol.guards.items():
        for guard in guards:
            yield from _both_ways(guard)
            if stands_alone(path, guards):
                yield Mark("conditions", guard.path, ALONE)
    yield from contract_ends(protocol)
    for name, measure in protocol.measures.items():
        yield from (mark for mark, _ in band_edges(name, measure))
        yield from risk_answers(name, measure)


def contract_ends(protocol: Protocol) -> Iterator[Mark]:
    """The least and the most sessions a contract may agree, where there is a choice."""
    allowed = protocol.spec.contract.sessions
    if allowed is not None and allowed.low != allowed.high:
        yield from (Mark("cut-offs", ("contract", "sessions"), f"agreed for {n}") for n in (allowed.low, allowed.high))


def agreed_for(mark: Mark) -> int:
    """The number of sessions that a mark of the contract speaks of."""
    return int(mark.how.rpartition(" ")[2])


def stands_alone(path: Path, guards: Sequence[Guard]) -> bool:
    """Whether each of some conditions should be seen to keep a way shut by itself: those of a move, where several."""
    return len(path) > 1 and path[-2] == "next" and len(guards) > 1


def _both_ways(guard: Guard) -> Iterator[Mark]:
    unknown = any(sentence.can_be_unknown for sentence in guard.conditions())
    for truth, how in HOW_TRUE.items():
        if truth is not Truth.UNKNOWN or unknown:
            yield Mark("conditions", guard.path, how)
    edge = edge_of(guard.sentence) if guard.sentence else None
    if edge is not None:
        yield from (Mark("cut-offs", guard.path, how) for how in (edge.at, edge.beside))
    for part in guard.parts:
        yield from _both_ways(part)


@dataclass(frozen=True, slots=True)
class Edge:
    """The line of a condition with a number in it, and the nearest value on the other side of it."""

    op: str
    number: int | float

    @property
    def at(self) -> str:
        """On the line."""
        return f"at {self.number}"

    @property
    def beside(self) -> str:
        """As near as can be on the side where the answer is another one."""
        return f"just {_SIDE[self.op]} {self.number}"

    def seen(self, value: object) -> str:
        """Which of the two `value` is; empty when it is neither."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return ""
        if value == self.number:
            return self.at
        off = value - self.number
        near = {"under": -1 <= off < 0, "over": 0 < off <= 1, "beside": abs(off) <= 1}
        return self.beside if near[_SIDE[self.op]] else ""


_SIDE = {"<": "under", ">=": "under", "<=": "over", ">": "over", "=": "beside"}
_OPS = {spelled: op for op, spelled in SPELLED.items()}
_COMPARED = re.compile(r"(?P<op>[a-z]+ [a-z]+|exactly) (?P<number>-?\d+(?:\.\d+)?)(?: in \d+ readings in a row)?")
_CHANGED = re.compile(r"a (?P<way>fall|rise) of (?P<number>\d+(?:\.\d+)?) or more")


def edge_of(sentence: Condition) -> Edge | None:
    """The line of a sentence that compares a number; none for any other."""
    needs = sentence.meaning.needs
    compared = _COMPARED.fullmatch(needs)
    if compared and compared["op"] in _OPS:
        return Edge(_OPS[compared["op"]], _number(compared["number"]))
    changed = _CHANGED.fullmatch(needs)
    return Edge(">=", _number(changed["number"])) if changed else None


def compared_with_edge(sentence: Condition, facts: Facts) -> object:
    """The value that a sentence with a line looks at: of several readings the last, of a change how large it is."""
    seen = sentence.meaning.see(facts)
    changed = _CHANGED.fullmatch(sentence.meaning.needs)
    if changed:
        before, now = seen
        if not isinstance(before, int | float) or not isinstance(now, int | float):
            return None
        return before - now if changed["way"] == "fall" else now - before
    last = seen[-1] if seen else None
    if isinstance(last, tuple):
        return last[-1] if last else None
    return last


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def band_edges(name: str, measure: Measure) -> Iterator[tuple[Mark, Edge]]:
    """Where each band of severity begins and the one below it ends; the lowest has no such line."""
    rule = severity_rule(measure)
    if not rule or measure.scale is None:
        return
    for band, start in measure.bands[rule].bands.items():
        if start.from_ > measure.scale.low:
            edge = Edge(">=", start.from_)
            path = ("measures", name, "bands", rule, band)
            yield from ((Mark("bands", path, how), edge) for how in (edge.at, edge.beside))


def risk_answers(name: str, measure: Measure) -> Iterator[Mark]:
    """What a risk item can be answered, as far as it matters: below its line, from it on, or not at all."""
    for item, line in measure.layout.risks:
        yield from (risk_answer(name, item, line, value) for value in (line - 1, line, None))


def risk_answer(name: str, item: str, line: float, value: float | None) -> Mark:
    """Which of these an answer to a risk item is."""
    if value is None:
        how = "left blank"
    elif value >= line:
        how = f"answered {line} or more"
    else:
        how = "answered 0" if line == 1 else f"answered below {line}"
    return Mark("risk items", ("measures", name, "items", item), how)


__all__ = [
    "ALONE", "HOW_TRUE", "KINDS", "Edge", "Kind", "Mark", "agreed_for", "band_edges", "compared_with_edge", "edge_of",
    "marks", "risk_answers", "stage_mark", "stands_alone", "state_mark",
]  # fmt: skip
