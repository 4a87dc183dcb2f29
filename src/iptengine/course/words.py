"""The words that stand beside the plan: the aim, what to ask, what may come up, remarks, stages and outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iptengine.course.course import Course, Focus
from iptengine.course.due_tasks import task_label
from iptengine.course.facts import CourseFacts
from iptengine.course.further_charts import notes_of_charts, words_of_charts
from iptengine.course.hour import Step, tasks_in_order
from iptengine.course.lines import Line
from iptengine.course.running_order import RunningOrder
from iptengine.course.topics import ASKED_FOR, said
from iptengine.protocol.model import AreaSpec, PhaseSpec, StageSpec
from iptengine.protocol.plan_spec import ComponentSpec
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.task_spec import IfLine
from iptengine.protocol.truth import Truth

MOST_ASK = 4
MOST_EXITS = 1
"""Ways out of the stage that stay on the page where another phase has the word."""


def aim_of_session(protocol: Protocol, course: Course) -> str | None:
    """What the running order says the session is for."""
    here = RunningOrder(protocol, course).here if protocol.spec.sessions else None
    return here.spec.aim if here else None


def kept_out(protocol: Protocol, phase: PhaseSpec) -> tuple[tuple[str, str], ...]:
    """The topics that a phase does not ask for or leave free: how it meets each, and its title."""
    return tuple(
        (how, protocol.spec.topics[topic].title) for topic, how in phase.topics.items() if how != ASKED_FOR
    )  # fmt: skip


def aim(phase: PhaseSpec, area: AreaSpec | None, stage: StageSpec | None, in_hand: Iterable[ComponentSpec] = ()) -> str:
    """What the session is for: the components in hand say it, or the focus worked on, or else the phase."""
    of_plan = [component.aim for component in in_hand if component.aim]
    if of_plan:
        return ". ".join(aim.rstrip(".") for aim in of_plan)
    if not phase.focus_work:
        return phase.aim
    return (stage and stage.aim) or (area and area.aim) or phase.aim


def ask(protocol: Protocol, course: Course, planned: Iterable[str], phase: PhaseSpec) -> tuple[str, ...]:
    """Words of the plan, and of the state each further chart stands in: one each, and more where there is room."""
    of_charts = words_of_charts(protocol, course)
    first = tuple(words[0] for words in of_charts)
    of_plan = _ask_of_plan(protocol, course, planned, phase, MOST_ASK - len(first))
    found = (*of_plan, *first, *(more for words in of_charts for more in words[1:]))
    return tuple(dict.fromkeys(found))[: max(MOST_ASK, len(first))]


def _ask_of_plan(
    protocol: Protocol, course: Course, planned: Iterable[str], phase: PhaseSpec, most: int
) -> tuple[str, ...]:
    """Words that go with the planned tasks, then those of each focus, or of the phase; the second has one line."""
    tasks = (protocol.tasks[name].spec.ask.values() for name in planned)
    of_tasks = [words for phrases in tasks for words in said(protocol, course.phase, phrases)]
    of_phase = said(protocol, course.phase, phase.ask.values())
    if not phase.focus_work or not course.open_focuses:
        return tuple(dict.fromkeys((*of_tasks, *of_phase)))[: max(most, 0)]
    first, *others = (_ask_of_focus(protocol, course, focus) for focus in course.open_focuses)
    led = tuple(dict.fromkeys((*of_tasks, *(first or of_phase))))
    second = [words[0] for words in others if words][:1]
    return (*led[: max(most - len(second), 0)], *second)


def _ask_of_focus(protocol: Protocol, course: Course, focus: Focus) -> tuple[str, ...]:
    area = protocol.spec.problem_areas[focus.area]
    stage = area.stages.get(focus.stage)
    return said(protocol, course.phase, ((stage and stage.ask) or area.ask).values())


def if_lines(
    phase: PhaseSpec, focus: Focus | None, area: AreaSpec | None, stage: StageSpec | None
) -> tuple[tuple[str, str], ...]:
    """What may come up. Where the phase has the word, the first ways out of an unfinished stage stay beside it."""
    lines: Mapping[str, IfLine] = phase.if_
    if phase.focus_work:
        lines = (stage and stage.if_) or (area and area.if_) or phase.if_
    elif stage and focus and not focus.finished:
        exits = [name for name in stage.if_ if name not in phase.if_][:MOST_EXITS]
        lines = {**{name: stage.if_[name] for name in exits}, **phase.if_}
    return tuple((line.when, line.then) for line in lines.values())


def note(phase: PhaseSpec, focus: Focus | None, area: AreaSpec | None, stage: StageSpec | None) -> str:
    """What the stage remarks, or else the area; beside other work than the focus's also what the phase does."""
    of_focus = (stage and stage.note) or (area and area.note) or ""
    if phase.focus_work:
        return of_focus or phase.note or ""
    unfinished = focus is not None and not focus.finished
    return " ".join(note for note in (phase.note, of_focus if unfinished else "") if note)


def note_beside(note: str, protocol: Protocol, course: Course) -> str:
    """What phase and focus remark, and after it what the state of each further chart does."""
    beside = notes_of_charts(protocol, course)
    said = [words.rstrip() for words in (note, *beside) if words] if beside else []
    return " ".join(words if words.endswith((".", "!", "?")) else f"{words}." for words in said) or note


def remarks(protocol: Protocol, steps: Iterable[Step], told: Iterable[Line] = ()) -> tuple[tuple[str, str], ...]:
    """What the protocol remarks about the planned tasks and those in other lines, each with the label of its task."""
    in_lines = (str(line.values.get("task", "")) for line in told)
    names = dict.fromkeys((*tasks_in_order(steps), *(name for name in in_lines if name in protocol.tasks)))
    notes = ((name, protocol.tasks[name].spec.note) for name in names)
    return tuple((task_label(protocol, name), note) for name, note in notes if note)


def techniques(protocol: Protocol, steps: Iterable[Step]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """How the planned tasks are done: each technique with its steps."""
    names = dict.fromkeys(
        technique for step in steps for task in step.tasks for technique in protocol.tasks[task.task].spec.techniques
    )
    found = [protocol.spec.techniques[name] for name in names]
    return tuple((technique.title, tuple(technique.steps.values())) for technique in found)


def stage_choices(protocol: Protocol, facts: CourseFacts, focus: Focus | None) -> tuple[tuple[str, str], ...]:
    """The stages the foot of the page offers: the one it stands in, and where the chart leads from there.

    Without those that what is on record keeps shut; a count of sessions may still be reached in the one to come.
    """
    area = protocol.spec.problem_areas[focus.area] if focus else None
    if area is None or focus is None or not area.stages:
        return ()
    ahead = _stages_ahead(area, focus)
    return tuple((name, area.stages[name].title) for name in ahead if not _kept_shut(protocol, facts, focus, name))


def _kept_shut(protocol: Protocol, facts: CourseFacts, focus: Focus, stage: str) -> bool:
    """Whether a recorded fact or an alert keeps a focus from a stage; what cannot be told opens no way, either."""
    guards = protocol.at("problem_areas", focus.area, "stages", focus.stage, "next", stage)
    seen = facts.for_focus(focus)
    return any(
        guard.answer(seen) is not Truth.YES
        and any(mention.kind in _ON_RECORD for sentence in guard.conditions() for mention in sentence.mentions)
        for guard in guards
    )


_ON_RECORD = frozenset({"fact", "alert"})
"""What a condition may speak of that no session brings about by being held."""


def _stages_ahead(area: AreaSpec, focus: Focus) -> tuple[str, ...]:
    here = area.stages.get(focus.stage)
    names = (focus.stage, *here.next) if here else tuple(area.stages)
    return tuple(name for name in names if name in area.stages)


def recognise(area: AreaSpec | None, focus: Focus | None) -> tuple[tuple[str, str], ...]:
    """How to recognise the stage the focus stands in, and those it may go to."""
    if area is None or focus is None:
        return ()
    stages = [area.stages[name] for name in _stages_ahead(area, focus)]
    return tuple((stage.title, stage.recognise) for stage in stages if stage.recognise)


def outcome_choices(protocol: Protocol, course: Course) -> tuple[tuple[str, str], ...]:
    """The outcomes that can be reached from here."""
    return tuple(
        (name, outcome.title)
        for name, outcome in protocol.spec.outcomes.items()
        if not outcome.from_ or course.phase in outcome.from_
    )
