"""The names in a vignette held against its protocol: what it does not know, and what it may have been meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from iptengine.authoring.vignette import VignetteSpec
from iptengine.authoring.vignette_expected import Expect, ExpectAgenda, ExpectSummary
from iptengine.authoring.vignette_group import not_told, scenes, unknown_members
from iptengine.authoring.vignette_told import Happening
from iptengine.authoring.vignette_values import Taken
from iptengine.authoring.vignette_words import words_of_one
from iptengine.diagnostics import Path, did_you_mean
from iptengine.protocol.model import UNSTAGED
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.references import NO_ROLE

Found = tuple[Path, bool, str, str, str]
"""Path, whether its key is meant, code, message, hint."""

RISK_ITEM = "risk_item"
ALL = "all"
NONE = "none"


@dataclass(frozen=True, slots=True)
class _Known:
    """What a vignette may name."""

    protocol: Protocol
    focuses: Mapping[str, str]
    """The focuses the vignette agrees, each with its area."""

    def tasks(self) -> list[str]:
        return [*self.protocol.tasks, *self.protocol.spec.topics]

    def components(self) -> list[str]:
        return list(self.protocol.spec.plan.components) if self.protocol.spec.plan else []

    def planned(self) -> list[str]:
        return [*self.tasks(), *self.components()]

    def stages(self, focus: str) -> list[str]:
        area = self.protocol.spec.problem_areas.get(self.focuses.get(focus, ""))
        return list(area.stages) if area else []

    def alerts(self) -> list[str]:
        return [RISK_ITEM, *self.protocol.spec.alerts]

    def people(self) -> list[str]:
        return ["patient", *self.protocol.spec.participants]

    def bands(self, measure: str) -> list[str]:
        found = self.protocol.measures.get(measure)
        return [name for scale in found.bands.values() for name in scale.bands] if found else []

    def rules(self, measure: str) -> list[str]:
        found = self.protocol.measures.get(measure)
        return list(found.change_rules) if found else []


def unknown_names(spec: VignetteSpec, protocol: Protocol) -> Iterator[Found]:
    """Every name in `spec` that `protocol` does not know."""
    known = _Known(protocol, _focuses(spec))
    yield from _keys(("facts",), spec.facts, protocol.spec.facts, "a fact", protocol)
    if spec.adopted:
        yield from _one(("adopted", "phase"), spec.adopted.phase, protocol.spec.phases, "a phase", protocol)
        yield from _each(
            ("adopted", "focus"), spec.adopted.focus, protocol.spec.problem_areas, "a problem area", protocol
        )
    for name, happening in spec.happenings.items():
        yield from _happening(("happenings", name), happening, known)
    yield from unknown_members(spec)
    yield from not_told(spec)
    for scene in scenes(spec):
        yield from words_of_one(("happenings", scene.name), scene.told, len(scene.of), protocol)
    for member, told in spec.members.items():
        yield from _keys(("members", member, "facts"), told.facts, protocol.spec.facts, "a fact", protocol)
    if spec.expect_summary:
        yield from _summary(("expect_summary",), spec.expect_summary, known)


def _focuses(spec: VignetteSpec) -> dict[str, str]:
    found = {area: area for area in (spec.adopted.focus if spec.adopted else ())}
    for happening in spec.happenings.values():
        for part in (happening, happening.deviate.request if happening.deviate else None):
            if part is None:
                continue
            found |= {id: focus.area for id, focus in part.focus.items()}
            found |= {change.id or change.to: change.to for change in part.change_focus.values()}
    return found


# -- small rules -------------------------------------------------------------------------------------------------


def _unknown(
    path: Path, on_key: bool, name: str, known: Iterable[str], what: str, protocol: Protocol
) -> Iterator[Found]:
    names = list(known)
    if name not in names:
        whole = what if " of " in what else f"{what} of {protocol.id}"
        yield path, on_key, "unknown-name", f"'{name}' is not {whole}", did_you_mean(name, names)


def _one(path: Path, name: str | None, known: Iterable[str], what: str, protocol: Protocol) -> Iterator[Found]:
    if name is not None:
        yield from _unknown(path, False, name, known, what, protocol)


def _each(path: Path, names: Iterable[str], known: Iterable[str], what: str, protocol: Protocol) -> Iterator[Found]:
    listed = list(known)
    for place, name in enumerate(names):
        yield from _unknown((*path, place), False, name, listed, what, protocol)


def _keys(path: Path, names: Iterable[str], known: Iterable[str], what: str, protocol: Protocol) -> Iterator[Found]:
    listed = list(known)
    for name in names:
        yield from _unknown((*path, name), True, name, listed, what, protocol)


# -- a happening -------------------------------------------------------------------------------------------------


def _happening(path: Path, told: Happening, known: _Known) -> Iterator[Found]:
    protocol, spec = known.protocol, known.protocol.spec
    for measure, taken in told.readings.items():
        yield from _reading((*path, measure), measure, taken, known)
    if told.record:
        for measure, taken in told.record.scores.items():
            yield from _reading((*path, "record", "scores", measure), measure, taken, known)
        yield from _keys((*path, "record", "exceptions"), told.record.exceptions, known.planned(), "a task", protocol)
    yield from _each((*path, "present"), told.present, known.people(), "a participant", protocol)
    yield from _each((*path, "prepare"), told.prepare, spec.contacts, "a contact", protocol)
    yield from _keys((*path, "contact"), told.contact, spec.contacts, "a contact", protocol)
    for name, contact in told.contact.items():
        for key in ("present", "to"):
            where = (*path, "contact", name, key)
            yield from _each(where, getattr(contact, key), known.people(), "a participant", protocol)
    yield from _words(path, told, known)
    yield from _facts(path, told, known)
    yield from _alert_names(path, told, known)
    yield from _approval_names(path, told, known)
    yield from _tasks(path, told, known)
    yield from _moves(path, told, known)
    yield from _plan(path, told, known)
    for key, inner in (
        ("correct", told.correct and told.correct.now),
        ("deviate", told.deviate and told.deviate.request),
    ):
        if inner:
            yield from _happening((*path, key, "now" if key == "correct" else "request"), inner, known)
    if told.expect:
        yield from _expect((*path, "expect"), told.expect, known)
    for member, expect in told.expect_of.items():
        yield from _expect((*path, "expect_of", member), expect, known)


def _reading(path: Path, name: str, taken: Taken, known: _Known) -> Iterator[Found]:
    measure = known.protocol.measures.get(name)
    if measure is None:
        names = [*known.protocol.measures, *Happening.model_fields]
        wrong = f"'{name}' is neither a measure of {known.protocol.id} nor a key of a happening"
        yield path, True, "unknown-name", wrong, did_you_mean(name, names)
    elif isinstance(taken, Mapping):
        yield from _keys(path, (n for n in taken if n != "total"), measure.items, f"an item of {name}", known.protocol)
    elif measure.risk_items:
        items = ", ".join(f"{item}: 0" for item in measure.risk_items)
        wrong = f"a bare total leaves {' and '.join(measure.risk_items)} unanswered, which raises a risk alert"
        yield path, True, "bare-total", wrong, f"write {name}: {{total: {taken}, {items}}}"


def _words(path: Path, told: Happening, known: _Known) -> Iterator[Found]:
    yield from _keys((*path, "words"), told.words, known.protocol.measures, "a measure", known.protocol)
    for name, items in told.words.items():
        if name in known.protocol.measures:
            own = known.protocol.measures[name].patient_items
            yield from _keys(
                (*path, "words", name), items, own, f"an item of {name} that a patient words", known.protocol
            )


def _facts(path: Path, told: Happening, known: _Known) -> Iterator[Found]:
    protocol, spec = known.protocol, known.protocol.spec
    yield from _keys((*path, "facts"), told.facts, spec.facts, "a fact", protocol)
    dates = [name for name, fact in spec.facts.items() if fact.type == "date"]
    yield from _keys((*path, "expected"), told.expected, dates, "a date", protocol)
    for name, value in told.facts.items():
        choices = spec.facts[name].one_of if name in spec.facts else ()
        if choices and isinstance(value, str):
            yield from _one((*path, "facts", name), value, choices, f"a value of {name}", protocol)
    yield from _keys((*path, "checklist"), told.checklist, spec.checklists, "a checklist", protocol)
    for name, filled in told.checklist.items():
        if name in spec.checklists:
            where = (*path, "checklist", name, "answers")
            yield from _keys(where, filled.answers, spec.checklists[name].items, f"a question of {name}", protocol)


def _alert_names(path: Path, told: Happening, known: _Known) -> Iterator[Found]:
    alerts = [*known.alerts(), ALL]
    for key in ("acknowledge", "monitor"):
        yield from _each((*path, key), getattr(told, key), alerts, "an alert", known.protocol)
    for key in ("assess", "close"):
        yield from _keys((*path, key), getattr(told, key), alerts, "an alert", known.protocol)


def _approval_names(path: Path, told: Happening, known: _Known) -> Iterator[Found]:
    approvals = known.protocol.spec.approvals
    for key in ("approve", "confirm"):
        yield from _each((*path, key), getattr(told, key), approvals, "an approval", known.protocol)
    yield from _keys((*path, "decline"), told.decline, approvals, "an approval", known.protocol)


def _tasks(path: Path, told: Happening, known: _Known) -> Iterator[Found]:
    protocol, tasks = known.protocol, known.tasks()
    yield from _each((*path, "done"), told.done, tasks, "a task", protocol)
    yield from _each((*path, "defer"), told.defer, protocol.tasks, "a task", protocol)
    yield from _keys((*path, "tasks"), told.tasks, tasks, "a task", protocol)
    for name, task in told.tasks.items():
        where = (*path, "tasks", name)
        yield from _each((*where, "techniques"), task.techniques, protocol.spec.techniques, "a technique", protocol)
        yield from _one((*where, "focus"), task.focus, known.focuses, "a focus of this vignette", protocol)


def _moves(path: Path, told: Happening, known: _Known) -> Iterator[Found]:
    protocol, spec = known.protocol, known.protocol.spec
    areas = spec.problem_areas
    for id, focus in told.focus.items():
        yield from _one((*path, "focus", id, "area"), focus.area, areas, "a problem area", protocol)
    for id, change in told.change_focus.items():
        yield from _one((*path, "change_focus", id, "to"), change.to, areas, "a problem area", protocol)
    for key in ("stage", "close_focus", "change_focus"):
        yield from _focus_ids((*path, key), getattr(told, key), known)
    for id, stage in told.stage.items():
        if id in known.focuses:
            yield from _one((*path, "stage", id, "to"), stage.to, known.stages(id), f"a stage of {id}", protocol)
    for name, moved in told.chart.items():
        yield from _state((*path, "chart", name), name, moved.to, known, "to")
    for key in ("contract", "amend"):
        terms = getattr(told, key)
        yield from _one((*path, key, "missed"), terms and terms.missed, spec.contract.missed, "a policy", protocol)
    pauses = spec.pauses
    yield from _one((*path, "pause", "name"), told.pause.name if told.pause else None, pauses, "a pause", protocol)
    yield from _one((*path, "enter"), told.enter, spec.phases, "a phase", protocol)
    yield from _one((*path, "end"), told.end.outcome if told.end else None, spec.outcomes, "an outcome", protocol)


def _plan(path: Path, told: Happening, known: _Known) -> Iterator[Found]:
    protocol, components = known.protocol, known.components()
    orders = protocol.spec.plan.orders if protocol.spec.plan else ()
    for key, plan in (("plan", told.plan), ("change_plan", told.change_plan)):
        if plan is not None:
            yield from _each((*path, key, "components"), plan.components, components, "a component", protocol)
    yield from _one((*path, "plan", "order"), told.plan.order if told.plan else None, orders, "an order", protocol)
    for key in ("interrupt", "deliver", "finish"):
        yield from _keys((*path, key), getattr(told, key), components, "a component", protocol)


def _focus_ids(path: Path, ids: Iterable[str], known: _Known) -> Iterator[Found]:
    for id in ids:
        if id not in known.focuses:
            hint = did_you_mean(id, known.focuses)
            yield (*path, id), True, "unknown-name", f"no focus of this vignette is called '{id}'", hint


def _state(path: Path, chart: str, state: str, known: _Known, *below: str) -> Iterator[Found]:
    """A further chart, and one of its states."""
    charts = known.protocol.spec.charts
    yield from _keys(path[:-1], [chart], charts, "a chart", known.protocol)
    if chart in charts:
        yield from _one((*path, *below), state, charts[chart].states, f"a state of {chart}", known.protocol)


# -- what is expected --------------------------------------------------------------------------------------------


def _expect(path: Path, expect: Expect, known: _Known) -> Iterator[Found]:
    protocol, spec = known.protocol, known.protocol.spec
    yield from _one((*path, "phase"), expect.phase, spec.phases, "a phase", protocol)
    yield from _one((*path, "outcome"), expect.outcome, spec.outcomes, "an outcome", protocol)
    yield from _one((*path, "paused"), expect.paused, ["no", *spec.pauses], "a pause", protocol)
    yield from _each((*path, "alerts"), expect.alerts, known.alerts(), "an alert", protocol)
    yield from _each((*path, "open_alerts"), expect.open_alerts or (), known.alerts(), "an alert", protocol)
    yield from _focus_ids((*path, "stage"), expect.stage, known)
    for id, stage in expect.stage.items():
        if id in known.focuses:
            yield from _one((*path, "stage", id), stage, [UNSTAGED, *known.stages(id)], f"a stage of {id}", protocol)
    for chart, state in expect.chart.items():
        yield from _state((*path, "chart", chart), chart, state, known)
    yield from _keys((*path, "approvals"), expect.approvals, spec.approvals, "an approval", protocol)
    for key in ("total", "band", "change", "since_last", "series"):
        yield from _keys((*path, key), getattr(expect, key), protocol.measures, "a measure", protocol)
    for measure, band in expect.band.items():
        if measure in protocol.measures:
            yield from _one((*path, "band", measure), band, known.bands(measure), f"a band of {measure}", protocol)
    for measure, rules in expect.change.items():
        if measure in protocol.measures:
            yield from _keys((*path, "change", measure), rules, known.rules(measure), f"a rule of {measure}", protocol)
    if expect.plan:
        where, components = (*path, "plan"), known.components()
        for key in ("components", "finished"):
            yield from _each((*where, key), getattr(expect.plan, key) or (), components, "a component", protocol)
        for key in ("doses", "next"):
            yield from _keys((*where, key), getattr(expect.plan, key) or (), components, "a component", protocol)
        yield from _one((*where, "current"), expect.plan.current, [*components, NONE], "a component", protocol)
    for place, way in enumerate(expect.ways.none if expect.ways else ()):
        if way in NO_ROLE:
            wrong = f"'{way}' is read as the name of a way here, and there is never one called so"
            yield (*path, "ways", "none", place), False, "unknown-name", wrong, "name each way, such as enter.middle"
    yield from _keys((*path, "contacts"), expect.contacts, spec.contacts, "a contact", protocol)
    for contact, there in expect.contacts.items():
        yield from _each((*path, "contacts", contact, "to"), there.to or (), known.people(), "a participant", protocol)
    for key in ("agenda_before", "agenda"):
        agenda: ExpectAgenda | None = getattr(expect, key)
        for part in ("order", "due", "not_due") if agenda else ():
            yield from _each((*path, key, part), getattr(agenda, part) or (), protocol.tasks, "a task", protocol)
        if agenda and agenda.also_due:
            yield from _each((*path, key, "also_due"), agenda.also_due, known.tasks(), "a task or topic", protocol)


def _summary(path: Path, expect: ExpectSummary, known: _Known) -> Iterator[Found]:
    protocol, spec = known.protocol, known.protocol.spec
    yield from _keys((*path, "measures"), expect.measures, protocol.measures, "a measure", protocol)
    for name, measure in expect.measures.items():
        if name not in protocol.measures:
            continue
        where = (*path, "measures", name)
        for key in ("rules", "first_met", "held_in"):
            yield from _keys((*where, key), getattr(measure, key), known.rules(name), f"a rule of {name}", protocol)
        for key in ("first_band", "last_band"):
            yield from _one((*where, key), getattr(measure, key), known.bands(name), f"a band of {name}", protocol)
    yield from _keys((*path, "phases"), expect.phases, spec.phases, "a phase", protocol)
    yield from _keys((*path, "charts"), expect.charts, spec.charts, "a chart", protocol)
    for chart, states in expect.charts.items():
        if chart in spec.charts:
            known_states = spec.charts[chart].states
            yield from _each((*path, "charts", chart), states, known_states, f"a state of {chart}", protocol)
    yield from _keys((*path, "approvals"), expect.approvals, spec.approvals, "an approval", protocol)
    for key in ("stages", "stage_sessions"):
        yield from _focus_ids((*path, key), getattr(expect, key), known)
    for id, stages in expect.stages.items():
        if id in known.focuses:
            yield from _each((*path, "stages", id), stages, known.stages(id), f"a stage of {id}", protocol)
    if expect.outcome:
        yield from _one((*path, "outcome", "name"), expect.outcome.name, spec.outcomes, "an outcome", protocol)
    if expect.adherence:
        where = (*path, "adherence")
        yield from _keys((*where, "coverage"), expect.adherence.coverage, spec.phases, "a phase", protocol)
        yield from _keys((*where, "techniques"), expect.adherence.techniques, spec.techniques, "a technique", protocol)
        names = expect.adherence.routine_tasks or ()
        yield from _each((*where, "routine_tasks"), names, protocol.tasks, "a task", protocol)
