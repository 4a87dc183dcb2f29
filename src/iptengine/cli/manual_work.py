"""The work of a protocol as a person would read it: areas, phases, sessions, components, charts, and their tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iptengine.cli import screen
from iptengine.cli.manual_words import heading, joined, wrapped
from iptengine.course.due_tasks import task_label
from iptengine.protocol.model import AreaSpec, PhaseSpec, Spec, StageSpec
from iptengine.protocol.parts import Conditions
from iptengine.protocol.plan_spec import ComponentSpec, PlanSpec
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.running_order import placed
from iptengine.protocol.task_spec import IfLine, TaskSpec


def areas_told(spec: Spec) -> Iterator[str]:
    """What the course can work on, each with its tasks and stages."""
    if not spec.problem_areas:
        return
    most = f" (at most {spec.focus.at_most} at a time)" if spec.focus else ""
    yield from heading(f"What it can work on{most}")
    for name, area in spec.problem_areas.items():
        yield ""
        yield from _area(name, area)


def _area(name: str, area: AreaSpec) -> Iterator[str]:
    yield f"  {screen.strong(area.title)}  {screen.faint(name)}"
    if area.aliases:
        yield wrapped(f"Also called: {', '.join(area.aliases)}", 4, 6)
    yield wrapped(f"Choose it when: {area.choose_when}", 4, 6)
    for goal in area.goals.values():
        yield wrapped(f"Goal: {goal}", 4, 6)
    yield from _tasks("Must", area.must, 4)
    yield from _tasks("May", area.may, 4)
    yield from _ifs(area.if_, 4)
    for stage_name, stage in area.stages.items():
        yield from _stage(stage_name, stage)


def _stage(name: str, stage: StageSpec) -> Iterator[str]:
    yield f"    Stage: {stage.title}  {screen.faint(name)}"
    if stage.recognise:
        yield wrapped(f"Recognise it: {stage.recognise}", 6, 8)
    if stage.aim:
        yield wrapped(f"Aim: {stage.aim}", 6, 8)
    yield from _tasks("Must", stage.must, 6)
    yield from _ifs(stage.if_, 6)
    yield from _ways_out(stage.next, 6)
    if stage.final:
        yield "      The focus ends here."


def phase_told(protocol: Protocol, name: str, phase: PhaseSpec) -> Iterator[str]:
    """One phase: its aim, its tasks, its hour, and where it leads."""
    spec = protocol.spec
    first = "  (the course begins here)" if name == spec.start else ""
    yield from heading(phase.title)
    window = f"sessions {phase.window}; " if phase.window else ""
    window += f"{phase.dates}; " if phase.dates else ""
    yield f"  {screen.faint(f'{window}{name}{first}')}"
    yield wrapped(f"Aim: {phase.aim}", 2, 4)
    yield from _tasks("Every session", phase.each_session, 2)
    yield from _tasks("Must", phase.must, 2)
    yield from _tasks("May", phase.may, 2)
    yield from _hour(protocol, phase)
    yield from _ifs(phase.if_, 2)
    if phase.focus_work:
        yield "  The tasks of the focus are due in this phase."
    for topic, how in phase.topics.items():
        yield wrapped(f"{'Here' if how == 'asked for' else 'Not here'} ({how}): {spec.topics[topic].title}", 2, 4)
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
        yield wrapped(f"- {step.label}, {step.minutes} minutes: {'; '.join(words)}", 4, 6)


def _for_the_patient(phase: PhaseSpec) -> Iterator[str]:
    """What the page that goes home says."""
    if phase.patient or phase.bring:
        yield "  On the patient's page"
    for line in phase.patient.values():
        yield wrapped(f"- {line}", 4, 6)
    if phase.bring:
        yield wrapped(f"- To bring: {phase.bring}", 4, 6)


def sessions_told(protocol: Protocol) -> Iterator[str]:
    """What each session holds, where the protocol writes it."""
    places = placed(protocol.spec.sessions)
    if places:
        yield from heading("What each session holds")
    for place in places:
        number = str(place.first) if place.first == place.last else f"{place.first} to {place.last}"
        yield wrapped(f"{number}. {place.spec.title}{f': {place.spec.aim}' if place.spec.aim else ''}", 2, 4)
        for task in place.spec.order:
            yield wrapped(f"- {protocol.tasks[task].spec.do}", 4, 6)


def plan_told(plan: PlanSpec | None) -> Iterator[str]:
    """The components a plan is made of, and the orders it may have."""
    if plan is None:
        return
    where = f" (in {', '.join(plan.phases)})" if plan.phases else ""
    yield from heading(f"What a plan is made of{where}")
    for name, component in plan.components.items():
        yield from _component(name, component)
    for name, order in plan.orders.items():
        when = f", when {joined(order.when)}" if order.when else ""
        yield f"  Order: {order.title}  {screen.faint(name)}"
        yield wrapped(f"{', '.join(order.components)}{when}", 4, 6)


def _component(name: str, component: ComponentSpec) -> Iterator[str]:
    yield f"  Component: {component.title}  {screen.faint(name)}"
    rules = [
        f"dose {component.dose}",
        *(f"after {other}" for other in component.after),
        *(f"never before {other}" for other in component.never_before),
        *(("nothing comes after it",) if component.last else ()),
        *(("interrupts the plan for safety",) if component.interrupts else ()),
    ]
    yield wrapped("; ".join(rules), 4, 6)
    if component.aim:
        yield wrapped(f"Aim: {component.aim}", 4, 6)
    yield from _tasks("Every session", component.each_session, 4)
    yield from _tasks("Must", component.must, 4)
    yield from _tasks("May", component.may, 4)
    if component.done_when:
        yield wrapped(f"Finish it early, when {joined(component.done_when)}", 4, 6)


def charts_told(spec: Spec) -> Iterator[str]:
    """The further charts, state by state."""
    for name, chart in spec.charts.items():
        yield from heading(chart.title)
        yield f"  {screen.faint(name)}"
        for state, here in chart.states.items():
            first = "  (it begins here)" if state == chart.start else ""
            yield f"  State: {here.title}  {screen.faint(f'{state}{first}')}"
            if here.aim:
                yield wrapped(f"Aim: {here.aim}", 4, 6)
            yield from _ways_out(here.next, 4)


def techniques_told(spec: Spec) -> Iterator[str]:
    """How tasks are done, step by step."""
    if spec.techniques:
        yield from heading("How it is done")
    for technique in spec.techniques.values():
        yield wrapped(technique.title, 2, 4)
        for number, step in enumerate(technique.steps.values(), 1):
            yield wrapped(f"{number}. {step}", 4, 7)


def _ifs(ifs: Mapping[str, IfLine], indent: int) -> Iterator[str]:
    for line in ifs.values():
        yield wrapped(f"If: {line.when.rstrip('.')}: {line.then}", indent, indent + 2)


def _tasks(title: str, tasks: Mapping[str, TaskSpec], indent: int) -> Iterator[str]:
    if not tasks:
        return
    yield " " * indent + title
    for task in tasks.values():
        yield wrapped(f"- {task.do}{_when(task)}", indent + 2, indent + 4)


def _when(task: TaskSpec) -> str:
    times = [str(task.times)] if task.times else []
    since = [f"from {task.not_before} on"] if task.not_before else []
    until = [f"by {task.by}"] if task.by else []
    only = [f"only if {joined(task.only_if)}"] if task.only_if else []
    said = [*times, *since, *until, *only]
    return f" ({'; '.join(said)})" if said else ""


def _ways_out(ways: Mapping[str, Conditions], indent: int) -> Iterator[str]:
    for target, conditions in ways.items():
        when = f", when {joined(conditions)}" if conditions else ", at any time"
        yield wrapped(f"Leads to {target}{when}", indent, indent + 2)
