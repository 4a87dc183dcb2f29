"""What can be told of a course now: its open ways as the keys of happenings, filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from iptengine.course import commands as c
from iptengine.course.course import Course
from iptengine.course.ways import Way, ways
from iptengine.protocol.conditions import Condition
from iptengine.protocol.measure import Measure
from iptengine.protocol.protocol import Guard, Protocol
from iptengine.testing.drafting.draft import DRAFTED, Draft, Keys, with_total
from iptengine.testing.marks import Edge, edge_of


def offers(draft: Draft, sentences: Iterable[Condition]) -> Iterator[Keys]:
    """What could change the answer of `sentences`: first what they name, then what no sentence calls by a name."""
    asked = tuple(sentences)
    named = {name for sentence in asked for mention in sentence.mentions for name in (mention.name, mention.of)}
    edges = [edge for sentence in asked if (edge := edge_of(sentence)) is not None]
    found = [
        (way, keys)
        for way in ways(draft.protocol, draft.course, on=draft.on, role=None)
        if way.open
        for keys in as_told(way, draft, edges)
        if _concerns(way, keys, named)
    ]
    yield from (keys for way, keys in found if isinstance(way.command, _NAMED))
    yield from ({"done": [task]} for task in draft.protocol.tasks if task in named)
    yield {"status": "no_show"}
    yield from (keys for way, keys in found if not isinstance(way.command, _NAMED))


_NAMED = (
    c.RecordFact, c.Read, c.FillChecklist, c.RecordContact, c.Restage, c.MoveChart, c.DeliverComponent,
    c.FinishComponent, c.Interrupt,
)  # fmt: skip
"""Worth saying only where a sentence names what they are about; everything else is said once to see what it does."""
_LAST = (c.EndCourse, c.EnterPhase, c.CloseFocus, c.ChangeFocus, c.PrepareMessage, c.LeaveGroup)
"""Never a means: they leave the place where something is to be seen."""


def _concerns(way: Way, keys: Keys, named: set[str]) -> bool:
    if isinstance(way.command, _LAST):
        return False
    return not isinstance(way.command, _NAMED) or bool(_names_in(keys) & named)


def _names_in(value: object) -> set[str]:
    if isinstance(value, Mapping):
        return {str(key) for key in value} | {name for part in value.values() for name in _names_in(part)}
    if isinstance(value, list):
        return {name for part in value for name in _names_in(part)}
    return {str(value)}


# -- a way as keys -----------------------------------------------------------------------------------------------


def as_told(way: Way, draft: Draft, edges: Iterable[Edge] = ()) -> list[Keys]:
    """A way as happenings that say it, one for each choice worth trying; none for what needs a person's own words."""
    told = [*_moves(way), *_records(way, draft, tuple(edges)), *_answers(way, draft)]
    return [{**keys, "by": {"id": way.by[0], "role": way.by[0]}} if way.by else keys for keys in told]


def _moves(way: Way) -> Iterator[Keys]:
    match way.command:
        case c.EnterPhase(phase=name):
            yield {"enter": name}
        case c.EndCourse(outcome=name):
            reason = next(iter(way.fields.get("reason", ())), "")
            yield {"end": {"outcome": name, **({"reason": reason} if reason else {})}}
        case c.AgreeFocus(area=area, person=person):
            yield {"focus": {area: {"area": area, **({"person": "K."} if person else {})}}}
        case c.Restage(focus=focus, to=stage, new_information=new):
            told = {"to": stage, "because": DRAFTED, **({"new_information": True} if new else {})}
            yield {"stage": {focus: told}}
        case c.MoveChart(chart=chart, to=state):
            yield {"chart": {chart: {"to": state, "because": DRAFTED}}}
        case c.ChoosePlan(order=order, components=components):
            yield {"plan": {**({"order": order} if order else {"components": list(components)}), "because": DRAFTED}}
        case c.Interrupt(component=name):
            yield {"interrupt": {name: DRAFTED}}
        case c.Resume():
            yield {"resume": DRAFTED}
        case c.FinishComponent(component=name):
            yield {"finish": {name: DRAFTED}}
        case c.DeliverComponent(component=name):
            yield {"deliver": [name]}
        case c.AnnounceEnding():
            yield {"announce": True}
        case c.EndPause():
            yield {"end_pause": True}
        case c.Pause():
            yield from ({"pause": {"name": name, "because": DRAFTED}} for name in way.fields["pause"])
        case c.JoinGroup(size=size, facilitators=leaders):
            names = [f"F. {number}" for number in range(1, len(leaders) + 1)]
            yield {"join": {"group": "group", "size": size, **({"facilitators": names} if names else {})}}


def _records(way: Way, draft: Draft, edges: tuple[Edge, ...]) -> Iterator[Keys]:
    protocol = draft.protocol
    match way.command:
        case c.AgreeContract():
            allowed = protocol.spec.contract.sessions
            many = dict.fromkeys((allowed.high, allowed.low)) if allowed else {}
            yield from ({"contract": {"sessions": number}} for number in many)
            if not many:
                yield {"contract": {}}
        case c.RecordDiagnosis():
            yield {"diagnosis": DRAFTED}
        case c.WaiveDiagnosis():
            yield {"waive_diagnosis": DRAFTED}
        case c.WriteFormulation():
            yield {"formulation": DRAFTED}
        case c.RecordPerson():
            yield {"people": {"K.": DRAFTED}}
        case c.SetGoal():
            yield {"goals": [DRAFTED]}
        case c.AssignHomework():
            yield {"homework": [DRAFTED]}
        case c.ReviewHomework():
            yield {"review_homework": "done"}
        case c.FillChecklist(checklist=name):
            for answer in ("yes", "no"):
                yield {"checklist": {name: {"answers": dict.fromkeys(way.fields["answers"], answer)}}}
        case c.RecordFact(fact=name):
            yield from ({"facts": {name: value}} for value in _values(protocol, name, draft, edges))
        case c.Read(measure=name):
            yield from ({name: reading} for reading in _readings(protocol.measures[name], name, draft.course, edges))
        case c.RecordContact(contact=name):
            yield {"contact": {name: {}}}
        case c.PrepareMessage(contact=name):
            yield {"prepare": [name]}


def _answers(way: Way, draft: Draft) -> Iterator[Keys]:
    course = draft.course
    match way.command:
        case c.AssessAlert(alert=id):
            found = course.alert(id)
            if found is not None:
                yield {"assess": {found.code: {"found": DRAFTED, "plan": DRAFTED}}}
        case c.Approve(approval=id) | c.Confirm(approval=id):
            waiting = course.approval(id)
            if waiting is not None:
                yield {way.command.kind: [waiting.approval]}
        case c.Decline(approval=id):
            waiting = course.approval(id)
            if waiting is not None:
                yield {"decline": {waiting.approval: DRAFTED}}


def _values(protocol: Protocol, name: str, draft: Draft, edges: tuple[Edge, ...]) -> Iterator[object]:
    fact = protocol.spec.facts[name]
    if fact.one_of:
        yield from fact.one_of
    elif fact.number is not None:
        near = {int(edge.number) + step for edge in edges for step in (-1, 0, 1)}
        wanted = {fact.number.low, fact.number.high} | near
        yield from sorted(one for one in wanted if fact.number.low <= one <= fact.number.high)
    else:
        yield draft.on.isoformat() if fact.type == "date" else DRAFTED
    yield None


def _readings(measure: Measure, name: str, course: Course, edges: tuple[Edge, ...]) -> Iterator[Keys]:
    """Totals on the lines and beside them, and as far from the first and the last reading; risk items at their line."""
    scale = measure.scale
    if scale is None or measure.patient_items:
        return
    known = [one.total for one in course.readings if one.measure == name and one.total is not None]
    wanted: set[float] = {scale.low, scale.high}
    for edge in edges:
        wanted |= {edge.number + step for step in (-1, 0, 1)}
        from_known = {known[0], known[-1]} if known else set()
        wanted |= {at + sign * (edge.number + step) for at in from_known for sign in (-1, 1) for step in (-1, 0)}
    for total in sorted(one for one in wanted if scale.low <= one <= scale.high):
        yield with_total(measure, total)


# -- conditions by their paths -----------------------------------------------------------------------------------


@cache
def guards_of(protocol: Protocol) -> Mapping[str, Guard]:
    """Every named condition, and each part of one, by its path as a reason tells it."""
    found: dict[str, Guard] = {}
    waiting = [guard for guards in protocol.guards.values() for guard in guards]
    while waiting:
        guard = waiting.pop()
        found[".".join(str(part) for part in guard.path)] = guard
        waiting += guard.parts
    return found


__all__ = ["as_told", "guards_of", "offers"]
