"""Drafts of vignettes for what none of them reached: boundary cases first, and the reason where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from iptengine.diagnostics import Path
from iptengine.protocol.conditions import Condition
from iptengine.protocol.protocol import Protocol
from iptengine.testing.drafting import search
from iptengine.testing.drafting.draft import DRAFTED, Draft, begun, with_risk, with_total
from iptengine.testing.drafting.offers import guards_of
from iptengine.testing.marks import ALONE, KINDS, Kind, Mark, agreed_for, band_edges

FIRST: tuple[Kind, ...] = ("cut-offs", "risk items", "bands", "conditions", "moves", "outcomes")
"""What is drafted first; the rest follows in the order of the report."""
NO_PLACE = "no course was found that comes to this place"
NO_WAY = "a course comes to this place, and none was found that does this there"


@dataclass(frozen=True, slots=True)
class Undone:
    """A mark no draft reaches, and why."""

    mark: Mark
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """A draft, and the marks it was drafted for or reaches beside them."""

    draft: Draft
    marks: tuple[Mark, ...]


def drafts(protocol: Protocol, missing: Iterable[Mark]) -> Iterator[Found | Undone]:
    """Drafts that reach what is `missing`, one after the other; at the end every mark that none of them reaches.

    What one draft reaches on its way no other is made for. The same protocol and the same marks give the same drafts.
    """
    return _Drafting(protocol, list(missing)).found()


@dataclass(slots=True)
class _Drafting:
    protocol: Protocol
    missing: list[Mark]
    _bases: dict[Path, Draft | None] = field(default_factory=dict)

    def found(self) -> Iterator[Found | Undone]:
        undone: dict[Mark, str] = {}
        for topic in _topics(self.protocol, self.missing):
            wanted = [mark for mark in topic if mark in self.missing]
            while wanted:
                draft, why = self._drafted(wanted)
                undone |= why
                gained = self._gained(draft, wanted) if draft is not None else ()
                if draft is not None and gained:
                    self.missing = [mark for mark in self.missing if mark not in gained]
                    yield Found(draft, gained)
                wanted = [mark for mark in wanted[1:] if mark in self.missing and mark not in why]
        yield from (Undone(mark, undone.get(mark, NO_WAY)) for mark in self.missing)

    def _drafted(self, wanted: Sequence[Mark]) -> tuple[Draft | None, dict[Mark, str]]:
        """One course for several marks of one place, each on from where the last was reached.

        Beside it the marks that cannot be reached from the place itself, each with why; what is in neither was only
        not to be reached in the same course.
        """
        why: dict[Mark, str] = {}
        draft: Draft | None = None
        for mark in wanted:
            if draft is not None:
                draft = self._step(draft, mark) or draft
                continue
            base = self._base(_place(mark.path))
            draft = self._step(base, mark) if base is not None else None
            if draft is None:
                why[mark] = NO_PLACE if base is None else NO_WAY
        return draft, why

    def _gained(self, draft: Draft, wanted: Sequence[Mark]) -> tuple[Mark, ...]:
        """What of the missing a whole draft reaches: first what it was made for."""
        seen = {mark for one in draft.happenings() for mark in one.reached()}
        return tuple(mark for mark in dict.fromkeys((*wanted, *self.missing)) if mark in seen)

    # -- where a mark can be reached -------------------------------------------------------------

    def _base(self, place: Path) -> Draft | None:
        if place not in self._bases:
            self._bases[place] = _at(self.protocol, place)
        return self._bases[place]

    def _step(self, draft: Draft, mark: Mark) -> Draft | None:
        """On from `draft` to a mark."""
        if mark.kind in ("moves", "moves of stages", "moves of charts") or mark.how == ALONE:
            return self._move(draft, mark)
        match mark.path:
            case ("contract", "sessions"):
                told = draft.session()
                agreed = told.tell({"contract": {"sessions": agreed_for(mark)}}) if told is not None else None
                return search.to_the_end(agreed) if agreed is not None else None
            case ("outcomes", outcome):
                return self._ended(str(outcome))
            case ("measures", name, *_):
                return self._reading(draft, mark, str(name))
            case ("contacts", contact) if mark.kind == "contacts":
                return draft.tell({"contact": {str(contact): {}}})
            case ("alerts", alert) if mark.kind == "alerts":
                return search.seek(draft, mark, self._sentences(("alerts", alert, "raise_if")))
            case _ if mark.kind in ("phases", "stages", "states of charts"):
                return draft
            case _ if mark.kind == "tasks done":
                return draft.tell({"done": [str(mark.path[-1])]})
            case _ if mark.kind == "tasks due":
                asked = self._sentences((*mark.path, "only_if"))
                return search.seek(draft, mark, asked) if asked else search.waited(draft, mark)
        return search.seek(draft, mark, self._sentences(mark.path))

    def _sentences(self, path: Path) -> tuple[Condition, ...]:
        whole = ".".join(str(part) for part in path)
        known = guards_of(self.protocol)
        near = [guard for at, guard in known.items() if at == whole or at.startswith(f"{whole}.")]
        return tuple(dict.fromkeys(sentence for guard in near for sentence in guard.conditions()))

    def _move(self, draft: Draft, mark: Mark) -> Draft | None:
        """Along a way, or up to it with one condition unmet, and then asked for in vain."""
        leave = str(mark.path[-1]) if mark.how == ALONE else ""
        way = mark.path[:-1] if leave else mark.path
        want = _want(self.protocol, way)
        found = search.toward(draft, want, leave=leave)
        return _asked(found, want) if found is not None and leave else found

    def _ended(self, outcome: str) -> Draft | None:
        """A course that ends so, from the first phase in which that is possible."""
        for phase in self.protocol.spec.phases:
            here = self._base(("phases", phase))
            most = search.MOST_SESSIONS if outcome in self.protocol.spec.phases[phase].next else 1
            found = search.toward(here, f"end.{outcome}", most=most) if here is not None else None
            if found is not None:
                return found
        return None

    def _reading(self, draft: Draft, mark: Mark, name: str) -> Draft | None:
        measure = self.protocol.measures[name]
        if mark.kind == "risk items":
            reading = with_risk(measure, str(mark.path[-1]), mark.how)
            return draft.session({name: reading}) if reading is not None else None
        edge = next((edge for other, edge in band_edges(name, measure) if other == mark), None)
        if edge is None or measure.scale is None:
            return None
        return draft.session({name: with_total(measure, edge.number if mark.how == edge.at else edge.number - 1)})


def _want(protocol: Protocol, way: Path) -> str:
    """What a vignette calls the request along a way of the file."""
    match way:
        case ("problem_areas", area, "stages", _, "next", target):
            return f"stage.{area}.{target}"
        case ("charts", chart, "states", _, "next", target):
            return f"chart.{chart}.{target}"
    target = way[-1]
    return f"end.{target}" if target in protocol.spec.outcomes else f"enter.{target}"


def _asked(draft: Draft, want: str) -> Draft:
    """A request that is refused."""
    key, name, *rest = want.split(".")
    if rest:
        return draft.tell({key: {name: {"to": rest[0], "because": DRAFTED}}}, refused=True) or draft
    return draft.tell({key: {"outcome": name} if key == "end" else name}, refused=True) or draft


def _place(path: Path) -> Path:
    """The part of a path that says where a course has to be."""
    match path:
        case ("problem_areas", area, "stages", stage, *_):
            return ("problem_areas", area, "stages", stage)
        case ("problem_areas", area, *_) | ("phases", area, *_):
            return (path[0], area)
        case ("charts", chart, "states", state, *_):
            return ("charts", chart, "states", state)
        case ("plan", "components", component, *_):
            return ("plan", "components", component)
    return ()


def _at(protocol: Protocol, place: Path) -> Draft | None:
    """A course that has come to a place."""
    match place:
        case ("problem_areas", area, "stages", stage):
            return search.to_stage(protocol, str(area), str(stage))
        case ("problem_areas", area):
            return search.to_area(protocol, str(area))
        case ("phases", phase):
            return search.to_phase(protocol, str(phase))
        case ("charts", chart, "states", state):
            return search.to_state(protocol, str(chart), str(state))
        case ("plan", "components", component):
            return search.to_component(protocol, str(component))
    return begun(protocol)


def _topics(protocol: Protocol, missing: Sequence[Mark]) -> list[list[Mark]]:
    """The marks that are reached by one course: those of one map of conditions, one measure, one task."""
    order = (*FIRST, *(kind for kind in KINDS if kind not in FIRST))
    found: dict[Path, list[Mark]] = {}
    for mark in sorted(missing, key=lambda mark: (mark.how != ALONE, order.index(mark.kind))):
        found.setdefault(_topic(protocol, mark), []).append(mark)
    return list(found.values())


def _topic(protocol: Protocol, mark: Mark) -> Path:
    if mark.kind in ("bands", "risk items"):
        return (mark.kind, *mark.path[:2])
    if mark.kind in ("tasks due", "tasks done"):
        return ("tasks", *_place(mark.path))
    maps = [mark.path[:end] for end in range(len(mark.path), 0, -1) if mark.path[:end] in protocol.guards]
    return (*(maps[0] if maps else mark.path), *((mark.path[-1],) if mark.how == ALONE else ()))


__all__ = ["Found", "Undone", "drafts"]
