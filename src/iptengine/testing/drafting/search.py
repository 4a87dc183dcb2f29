"""Ways through a protocol, found by asking: what keeps a move shut is mended, or waited out session by session."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from iptengine.course import commands as c
from iptengine.course.decide import decide
from iptengine.course.refusal import Refused
from iptengine.course.unsaid import with_words
from iptengine.course.ways import Way, ways
from iptengine.protocol.conditions import Condition
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Protocol
from iptengine.testing.drafting.draft import DRAFTED, THERAPIST, Draft, begun
from iptengine.testing.drafting.offers import as_told, guards_of, offers
from iptengine.testing.marks import Mark
from iptengine.testing.named_ways import seen_ways
from iptengine.testing.player import stamp_of

MOST_SESSIONS = 26
"""Sessions that are held while a way stays shut, before it is given up."""
MOST_TRIES = 120
"""Happenings that are tried for one mark."""


# -- toward a move -----------------------------------------------------------------------------------------------


def toward(draft: Draft | None, want: str, leave: str = "", most: int = MOST_SESSIONS) -> Draft | None:
    """The draft with what a vignette calls `want` carried out, as early as can be; nothing when it stays shut.

    With `leave`, the draft in which the condition of that name is the only reason against it.
    """
    for _ in range(most):
        if draft is None or draft.course.ended is not None:
            return None
        way = seen_ways(draft.protocol, draft.course, draft.on).get(want)
        if leave and way is not None and [reason.code for reason in way.reasons] == [leave]:
            return draft
        if not leave and way is not None and way.open:
            return _carried_out(draft, way)
        draft = _mended(draft, way, leave) or draft.session()
    return None


def _carried_out(draft: Draft, way: Way) -> Draft | None:
    """A request that is open, and the approvals it waits for."""
    told = as_told(way, draft)
    done = draft.tell(told[0]) if told else None
    for _ in range(3):
        answer = _approval(done) if done is not None and way.needs else None
        if done is None or answer is None:
            break
        done = done.tell(answer) or done
    return done


def _approval(draft: Draft) -> Mapping[str, object] | None:
    for way in ways(draft.protocol, draft.course, on=draft.on, role=None):
        if way.open and way.command.kind in ("approve", "confirm"):
            return next(iter(as_told(way, draft)), None)
    return None


def _against(draft: Draft, command: c.Command, leave: str) -> float:
    """How many reasons stand against a request; as many as can be where what was to stay is gone."""
    stamp = stamp_of("asked", command.kind, draft.on, draft.on, THERAPIST)
    try:
        decide(draft.protocol, draft.course, with_words(command, DRAFTED).stamped(stamp))
    except Refused as no:
        codes = [reason.code for reason in no.reasons]
        return float("inf") if leave and leave not in codes else len(codes)
    return float("inf") if leave else 0


def _mended(draft: Draft, way: Way | None, leave: str) -> Draft | None:
    """The draft with one reason less against a move; nothing when no single happening takes one away."""
    if way is None:
        return None
    known = guards_of(draft.protocol)
    found = [known[reason.path] for reason in way.reasons if reason.path in known and reason.code != leave]
    for keys in offers(draft, [sentence for guard in found for sentence in guard.conditions()]):
        after = draft.tell(keys)
        if after is None or after.course.ended is not None:
            continue
        if _against(after, way.command, leave) < len(way.reasons):
            return after
    return None


# -- to a place --------------------------------------------------------------------------------------------------


def to_phase(protocol: Protocol, phase: str, area: str = "") -> Draft | None:
    """A course that has just come into a phase, by the shortest way; with `area`, working on it."""
    spec = protocol.spec
    route = _route(spec.start, phase, {name: tuple(p.next) for name, p in spec.phases.items()})
    draft = begun(protocol).session()
    if route is None or draft is None:
        return None
    if area:
        draft = toward(draft, f"focus.{area}", most=4) or draft
    for hop in route:
        draft = toward(draft, f"enter.{hop}")
    if draft is not None and area and not any(focus.area == area for focus in draft.course.open_focuses):
        return toward(draft, f"focus.{area}", most=4)
    return draft


def to_area(protocol: Protocol, area: str) -> Draft | None:
    """A course that works on a problem area."""
    phases = protocol.spec.phases
    wanted = [name for name, phase in phases.items() if phase.focus_work] or [protocol.spec.start]
    return _first(partial(to_phase, protocol, phase, area) for phase in wanted)


def to_stage(protocol: Protocol, area: str, stage: str) -> Draft | None:
    """A course with a focus of an area in a stage."""
    stages = protocol.spec.problem_areas[area].stages
    ahead = {name: tuple(about.next) for name, about in stages.items()}
    if UNSTAGED not in ahead:
        ahead[UNSTAGED] = tuple(name for name, about in stages.items() if not about.final)
    route = _route(UNSTAGED, stage, ahead)
    draft = to_area(protocol, area) if route is not None else None
    for hop in route or ():
        draft = toward(draft, f"stage.{area}.{hop}")
    return draft


def to_state(protocol: Protocol, chart: str, state: str) -> Draft | None:
    """A course in which a further chart stands in a state."""
    further = protocol.spec.charts[chart]
    route = _route(further.start, state, {name: tuple(about.next) for name, about in further.states.items()})
    draft = begun(protocol).session() if route is not None else None
    for hop in route or ():
        draft = toward(draft, f"chart.{chart}.{hop}")
    return draft


def to_component(protocol: Protocol, component: str) -> Draft | None:
    """A course with a plan that holds a component, or is interrupted by it, in the first phase that allows it."""
    plan = protocol.spec.plan
    if plan is None:
        return None
    orders = [f"plan.{name}" for name, order in plan.orders.items() if component in order.components]
    wants = [f"interrupt.{component}"] if plan.components[component].interrupts else [*orders, "plan"]
    makers = (partial(to_phase, protocol, phase) for phase in protocol.spec.phases)
    return next((found for make in makers for want in wants if (found := toward(make(), want, most=3))), None)


def _first(makers: Iterable[partial[Draft | None]]) -> Draft | None:
    return next((draft for make in makers if (draft := make()) is not None), None)


def _route(start: str, end: str, ahead: Mapping[str, Sequence[str]]) -> list[str] | None:
    """The shortest way from one name to another, the first left out; nothing when there is none."""
    waiting: deque[tuple[str, list[str]]] = deque([(start, [])])
    seen = {start}
    while waiting:
        here, way = waiting.popleft()
        if here == end:
            return way
        for name in ahead.get(here, ()):
            if name not in seen:
                seen.add(name)
                waiting.append((name, [*way, name]))
    return None


# -- to a mark ---------------------------------------------------------------------------------------------------


def seek(draft: Draft, mark: Mark, sentences: Sequence[Condition] = ()) -> Draft | None:
    """The draft with what is needed to reach a mark: at once, by two happenings, or some sessions later."""
    tries = iter(range(MOST_TRIES))
    for turn in range(MOST_SESSIONS):
        found = _at_once(draft, mark, sentences, tries)
        if found is None and turn in (0, 1):
            found = _by_two(draft, mark, sentences, tries)
        if found is not None:
            return found
        later = draft.session()
        if later is None or later.hits(mark):
            return later
        draft = later
    return None


def _at_once(draft: Draft, mark: Mark, sentences: Sequence[Condition], tries: Iterator[int]) -> Draft | None:
    return next((after for after in _tried(draft, sentences, tries) if after.hits(mark)), None)


def _by_two(draft: Draft, mark: Mark, sentences: Sequence[Condition], tries: Iterator[int]) -> Draft | None:
    firsts = list(_tried(draft, sentences, tries))
    return next((found for one in firsts if (found := _at_once(one, mark, sentences, tries)) is not None), None)


def _tried(draft: Draft, sentences: Sequence[Condition], tries: Iterator[int]) -> Iterator[Draft]:
    for keys in offers(draft, sentences):
        if next(tries, None) is None:
            return
        after = draft.tell(keys)
        if after is not None:
            yield after


def to_the_end(draft: Draft) -> Draft:
    """The draft as far as it goes: on to each next phase as soon as that is open, and to an end."""
    spec = draft.protocol.spec
    for _ in spec.phases:
        ahead = spec.phases[draft.course.phase].next
        wants = [f"end.{name}" if name in spec.outcomes else f"enter.{name}" for name in ahead]
        onwards = next((found for want in wants if (found := toward(draft, want))), None)
        if onwards is None or onwards.course.ended is not None:
            return onwards or draft
        draft = onwards
    return draft


def waited(draft: Draft, mark: Mark) -> Draft | None:
    """The draft some sessions later, going on to each next phase as soon as that is open."""
    phases = draft.protocol.spec.phases
    for _ in range(MOST_SESSIONS):
        later = draft.session()
        if later is None or later.hits(mark):
            return later
        ahead = (name for name in phases[later.course.phase].next if name in phases)
        onwards = next((found for name in ahead if (found := toward(later, f"enter.{name}", most=1))), None)
        if onwards is not None and onwards.hits(mark):
            return onwards
        draft = onwards or later
    return None


__all__ = ["seek", "to_area", "to_component", "to_phase", "to_stage", "to_state", "to_the_end", "toward", "waited"]
