"""A protocol as a person would read it: who it is for, what it asks, how it moves, how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from iptengine.authoring.loader import load
from iptengine.cli import screen
from iptengine.cli.names import protocol_source
from iptengine.course.due_tasks import task_label
from iptengine.course.wording import counted
from iptengine.protocol.model import AreaSpec, PhaseSpec, Spec, StageSpec
from iptengine.protocol.parts import Condition, Conditions
from iptengine.protocol.plan_spec import ComponentSpec, PlanSpec
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.running_order import placed
from iptengine.protocol.task_spec import IfLine, TaskSpec

STATUS = {
    "draft": "Draft: no clinical reviewer has approved it yet.",
    "reviewed": "Reviewed by {by}.",
}


SPOKEN_OF = {"patient": "the patient", "other": "the other person", "stage": "the stage", "area": "the problem area"}
_BLANK = re.compile(r"\{\{\s*([a-z_.]+)[^}]*\}\}")


def show_manual(protocol: str) -> int:
    """Prints a readable overview of a protocol."""
    screen.say_all(manual(load(protocol_source(protocol))))
    return 0


def _wrapped(text: str, indent: int = 0, hanging: int | None = None) -> str:
    """A paragraph with words in place of what a course would fill in."""
    spoken = _BLANK.sub(lambda found: SPOKEN_OF.get(found[1], f"[{found[1]}]"), text)
    return screen.wrapped(spoken, indent, hanging)


def manual(protocol: Protocol) -> Iterator[str]:
    """The lines of the overview, in the order of the file."""
    spec = protocol.spec
    yield screen.strong(spec.title)
    yield f"{spec.ref}.  {STATUS[spec.status].format(by=spec.reviewed_by)}"
    yield _wrapped(f"For: {spec.population}")
    if spec.about:
        yield ""
        yield _wrapped(spec.about)
    yield from _contract(spec)
    yield from _measured(protocol)
    yield from _alerts(spec)
    yield from _areas(spec)
    for name, phase in spec.phases.items():
        yield from _phase(protocol, name, phase)
    yield from _sessions(protocol)
    yield from _plan(spec.plan)
    yield from _charts(spec)
    yield from _approvals(spec)
    yield from _techniques(spec)
    yield from _contacts(spec)
    yield from _pauses(protocol)
    yield from _endings(protocol)
    yield from _decisions(spec)
    yield from _sources(spec)


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield screen.strong(text.upper())


def _contract(spec: Spec) -> Iterator[str]:
    contract = spec.contract
    yield from _heading("What is agreed")
    count = f"{contract.sessions} sessions" if contract.sessions else "As many sessions as it takes"
    mode = " or ".join(contract.mode)
    yield f"  {count}, {contract.frequency}, {contract.minutes} minutes each, {mode}"
    if spec.group is not None:
        led = f", led by {spec.group.facilitators}" if spec.group.facilitators else ""
        yield f"  In groups of {spec.group.size} members{led}"
    for name, case in contract.frequency_when.items():
        yield _wrapped(f"{case.frequency} ({name}), when {_joined(case.only_if)}", 2, 4)
    if spec.calendar:
        stops = [str(spec.calendar.stop)] if spec.calendar.stop else []
        stops += [f"when {_joined(spec.calendar.stop_when)}"] if spec.calendar.stop_when else []
        yield _wrapped(f"The calendar stops {', or '.join(stops)}", 2, 4)
    for name, policy in contract.missed.items():
        default = " (unless agreed otherwise)" if name == contract.missed_unless_agreed else ""
        yield _wrapped(f"{policy.title}{default}", 2, 4)


def _measured(protocol: Protocol) -> Iterator[str]:
    spec = protocol.spec
    if spec.measures or spec.facts or spec.checklists:
        yield from _heading("What is measured and recorded")
    yield from screen.columns(
        [(protocol.measures[name].short or protocol.measures[name].title, str(use.due)) for name, use in
         spec.measures.items()]
    )  # fmt: skip
    for fact in spec.facts.values():
        asked = f", {fact.ask}" if fact.ask else ""
        kinds = ", ".join(fact.one_of) or (f"a number {fact.number}" if fact.number else f"a {fact.type}")
        yield _wrapped(f"{fact.title}: {kinds}{asked}", 2, 4)
    for checklist in spec.checklists.values():
        yield _wrapped(f"{checklist.title}: {len(checklist.items)} questions, {checklist.ask}", 2, 4)


def _alerts(spec: Spec) -> Iterator[str]:
    yield from _heading("What must reach the clinician")
    yield _wrapped("The risk questions of every measure raise an alert of their own.", 2)
    for alert in spec.alerts.values():
        yield _wrapped(f"{alert.kind.capitalize()}: {alert.title}", 2, 4)
        yield _wrapped(f"when {_said(alert.raise_if)}", 6, 8)
        yield _wrapped(f"do: {alert.do}", 6, 8)


def _areas(spec: Spec) -> Iterator[str]:
    if not spec.problem_areas:
        return
    most = f" (at most {spec.focus.at_most} at a time)" if spec.focus else ""
    yield from _heading(f"What it can work on{most}")
    for name, area in spec.problem_areas.items():
        yield ""
        yield from _area(name, area)


def _area(name: str, area: AreaSpec) -> Iterator[str]:
    yield f"  {screen.strong(area.title)}  {screen.faint(name)}"
    if area.aliases:
        yield _wrapped(f"Also called: {', '.join(area.aliases)}", 4, 6)
    yield _wrapped(f"Choose it when: {area.choose_when}", 4, 6)
    for goal in area.goals.values():
        yield _wrapped(f"Goal: {goal}", 4, 6)
    yield from _tasks("Must", area.must, 4)
    yield from _tasks("May", area.may, 4)
    yield from _ifs(area.if_, 4)
    for stage_name, stage in area.stages.items():
        yield from _stage(stage_name, stage)


def _stage(name: str, stage: StageSpec) -> Iterator[str]:
    yield f"    Stage: {stage.title}  {screen.faint(name)}"
    if stage.recognise:
        yield _wrapped(f"Recognise it: {stage.recognise}", 6, 8)
    if stage.aim:
        yield _wrapped(f"Aim: {stage.aim}", 6, 8)
    yield from _tasks("Must", stage.must, 6)
    yield from _ifs(stage.if_, 6)
    yield from _ways_out(stage.next, 6)
    if stage.final:
        yield "      The focus ends here."


def _phase(protocol: Protocol, name: str, phase: PhaseSpec) -> Iterator[str]:
    spec = protocol.spec
    first = "  (the course begins here)" if name == spec.start else ""
    yield from _heading(phase.title)
    window = f"sessions {phase.window}; " if phase.window else ""
    window += f"{phase.dates}; " if phase.dates else ""
    yield f"  {screen.faint(f'{window}{name}{first}')}"
    yield _wrapped(f"Aim: {phase.aim}", 2, 4)
    yield from _tasks("Every session", phase.each_session, 2)
    yield from _tasks("Must", phase.must, 2)
    yield from _tasks("May", phase.may, 2)
    yield from _hour(protocol, phase)
    yield from _ifs(phase.if_, 2)
    if phase.focus_work:
        yield "  The tasks of the focus are due in this phase."
    for topic, how in phase.topics.items():
        yield _wrapped(f"{'Here' if how == 'asked for' else 'Not here'} ({how}): {spec.topics[topic].title}", 2, 4)
    yield from _for_the_patient(phase)
    yield from _ways_out(phase.next, 2)


def _hour(protocol: Protocol, phase: PhaseSpec) -> Iterator[str]:
    """The running order of a session: each step with its share of the hour, its words, and the tasks it covers."""
    if phase.hour:
        yield "  The hour"
    for step in phase.hour.values():
        words = [step.text.rstrip(".")] if step.text else []
        covered = [task_label(protocol, task) for task in step.covers]
        words += [f"covers {', '.join(covered)}"] if covered else []
        words += ["the next task of the focus"] if step.focus_work else []
        yield _wrapped(f"- {step.label}, {step.minutes} minutes: {'; '.join(words)}", 4, 6)


def _for_the_patient(phase: PhaseSpec) -> Iterator[str]:
    """What the page that goes home says."""
    if phase.patient or phase.bring:
        yield "  On the patient's page"
    for line in phase.patient.values():
        yield _wrapped(f"- {line}", 4, 6)
    if phase.bring:
        yield _wrapped(f"- To bring: {phase.bring}", 4, 6)


def _sessions(protocol: Protocol) -> Iterator[str]:
    places = placed(protocol.spec.sessions)
    if places:
        yield from _heading("What each session holds")
    for place in places:
        number = str(place.first) if place.first == place.last else f"{place.first} to {place.last}"
        yield _wrapped(f"{number}. {place.spec.title}{f': {place.spec.aim}' if place.spec.aim else ''}", 2, 4)
        for task in place.spec.order:
            yield _wrapped(f"- {protocol.tasks[task].spec.do}", 4, 6)


def _plan(plan: PlanSpec | None) -> Iterator[str]:
    if plan is None:
        return
    where = f" (in {', '.join(plan.phases)})" if plan.phases else ""
    yield from _heading(f"What a plan is made of{where}")
    for name, component in plan.components.items():
        yield from _component(name, component)
    for name, order in plan.orders.items():
        when = f", when {_joined(order.when)}" if order.when else ""
        yield f"  Order: {order.title}  {screen.faint(name)}"
        yield _wrapped(f"{', '.join(order.components)}{when}", 4, 6)


def _component(name: str, component: ComponentSpec) -> Iterator[str]:
    yield f"  Component: {component.title}  {screen.faint(name)}"
    rules = [
        f"dose {component.dose}",
        *(f"after {other}" for other in component.after),
        *(f"never before {other}" for other in component.never_before),
        *(("nothing comes after it",) if component.last else ()),
        *(("interrupts the plan for safety",) if component.interrupts else ()),
    ]
    yield _wrapped("; ".join(rules), 4, 6)
    if component.aim:
        yield _wrapped(f"Aim: {component.aim}", 4, 6)
    yield from _tasks("Every session", component.each_session, 4)
    yield from _tasks("Must", component.must, 4)
    yield from _tasks("May", component.may, 4)
    if component.done_when:
        yield _wrapped(f"Finish it early, when {_joined(component.done_when)}", 4, 6)


def _charts(spec: Spec) -> Iterator[str]:
    for name, chart in spec.charts.items():
        yield from _heading(chart.title)
        yield f"  {screen.faint(name)}"
        for state, here in chart.states.items():
            first = "  (it begins here)" if state == chart.start else ""
            yield f"  State: {here.title}  {screen.faint(f'{state}{first}')}"
            if here.aim:
                yield _wrapped(f"Aim: {here.aim}", 4, 6)
            yield from _ways_out(here.next, 4)


def _approvals(spec: Spec) -> Iterator[str]:
    if spec.approvals:
        yield from _heading("What waits for somebody else")
    for approval in spec.approvals.values():
        only = f", only {', '.join(approval.only)}" if approval.only else ""
        does = "confirmed afterwards" if approval.afterwards else "approved"
        asked = f"{', '.join(approval.of)}{only}".replace("_", " ")
        yield _wrapped(f"{approval.title} ({asked}): {does} by {' or '.join(approval.by)}", 2, 4)


def _tasks(title: str, tasks: Mapping[str, TaskSpec], indent: int) -> Iterator[str]:
    if not tasks:
        return
    yield " " * indent + title
    for task in tasks.values():
        yield _wrapped(f"- {task.do}{_when(task)}", indent + 2, indent + 4)


def _when(task: TaskSpec) -> str:
    times = [str(task.times)] if task.times else []
    since = [f"from {task.not_before} on"] if task.not_before else []
    until = [f"by {task.by}"] if task.by else []
    only = [f"only if {_joined(task.only_if)}"] if task.only_if else []
    said = [*times, *since, *until, *only]
    return f" ({'; '.join(said)})" if said else ""


def _ways_out(ways: Mapping[str, Conditions], indent: int) -> Iterator[str]:
    for target, conditions in ways.items():
        when = f", when {_joined(conditions)}" if conditions else ", at any time"
        yield _wrapped(f"Leads to {target}{when}", indent, indent + 2)


def _joined(conditions: Conditions) -> str:
    return "; ".join(_said(condition) for condition in conditions.values())


def _said(condition: Condition) -> str:
    if condition.says is not None:
        return condition.says
    forms = (("all of", condition.all), ("any of", condition.any), ("none of", condition.not_))
    return next(f"{how} ({_joined(parts)})" for how, parts in forms if parts is not None)


def _techniques(spec: Spec) -> Iterator[str]:
    if spec.techniques:
        yield from _heading("How it is done")
    for technique in spec.techniques.values():
        yield _wrapped(technique.title, 2, 4)
        for number, step in enumerate(technique.steps.values(), 1):
            yield _wrapped(f"{number}. {step}", 4, 7)


def _ifs(ifs: Mapping[str, IfLine], indent: int) -> Iterator[str]:
    for line in ifs.values():
        yield _wrapped(f"If: {line.when.rstrip('.')}: {line.then}", indent, indent + 2)


def _contacts(spec: Spec) -> Iterator[str]:
    if spec.contacts:
        yield from _heading("Meetings outside the count")
    for contact in spec.contacts.values():
        due = f", {contact.due}" if contact.due else ""
        yield _wrapped(f"{contact.title}{due}", 2, 4)
        for text in contact.holds.values():
            yield _wrapped(f"- {text}", 4, 6)


def _pauses(protocol: Protocol) -> Iterator[str]:
    """The stretches in which the course rests, and what each does to the count, the stop and the tasks."""
    pauses = protocol.spec.pauses
    if pauses:
        yield from _heading("When the course rests")
    for name, pause in pauses.items():
        count = "missed sessions are used up as agreed" if pause.uses_session else "no session is used up"
        stop = ["the stop of the calendar moves with it"] if pause.moves_stop else []
        after = f"after more than {pause.longer_than}" if pause.longer_than else "afterwards"
        again = [f"{after}, due again: {', '.join(task_label(protocol, t) for t in pause.then)}"] if pause.then else []
        yield _wrapped(f"{pause.title} ({name}): {'; '.join([count, *stop, *again])}", 2, 4)


def _endings(protocol: Protocol) -> Iterator[str]:
    spec = protocol.spec
    yield from _heading("How it ends")
    if spec.termination.announce:
        yield f"  The ending is named by {spec.termination.announce.by}."
    if spec.termination.compressed:
        yield "  When it ends early"
    for task in spec.termination.compressed:
        yield _wrapped(f"- {protocol.tasks[task].spec.do}", 4, 6)
    for name, outcome in spec.outcomes.items():
        where = f"; from {', '.join(outcome.from_)}" if outcome.from_ else ""
        yield _wrapped(f"{outcome.title} ({name}{where})", 2, 4)


def _decisions(spec: Spec) -> Iterator[str]:
    if spec.decisions:
        yield from _heading("Where sources differ")
    for decision in spec.decisions.values():
        yield _wrapped(decision.reads, 2, 4)
        yield _wrapped(f"because: {decision.because}", 6, 8)


def _sources(spec: Spec) -> Iterator[str]:
    if not spec.sources:
        return
    yield from _heading("What it rests on")
    kinds = [source.kind for source in spec.sources.values()]
    counts = [("cite", "publication or page", "publications or pages"), ("decision", "decision", "decisions")]
    told = [counted(kinds.count(kind), one, many) for kind, one, many in counts if kind in kinds]
    told += [f"{kinds.count('unverified')} not verified"] if "unverified" in kinds else []
    yield f"  {', '.join(told)}"
    for source in spec.sources.values():
        mark = {"cite": "", "decision": "Decided: ", "unverified": "Not verified: "}[source.kind]
        yield _wrapped(f"{mark}{source.cite or source.decision or source.unverified}", 2, 4)
