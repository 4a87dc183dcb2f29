"""The plan of the hour: the running order of the next session, timed so that its minutes add up to the agreed ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice

from iptengine.course.course import Course
from iptengine.course.due_tasks import DueTask, due_tasks, is_extra, task_label
from iptengine.course.facts import CourseFacts
from iptengine.course.first_lines import (
    Line,
    naming,
    seen_to,
    waits_for_guests,
)
from iptengine.course.group_stays import present_stay
from iptengine.course.grouping import left_its_group, shared_tasks
from iptengine.course.plan_state import plan_state, planned_doses
from iptengine.course.warnings import USUAL_MINUTES
from iptengine.course.wording import first_upper, spoken
from iptengine.protocol.model import PhaseSpec
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.task_spec import StepChange

MOST_STEPS = 6
"""Steps of a plan made from tasks; further ones are also due. What an author wrote as the hour stands whole."""
FIVE = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the hour. `texts` are its sentence and its tasks; minutes add up to the agreed hour.

    `work` says that the work on the focus stands here, `shared` that it holds work of one member's own for which a
    group has no minutes but those its members share; where nothing in the step is common to all, `minutes` is 0.
    """

    label: str
    minutes: int
    texts: tuple[str, ...]
    tasks: tuple[DueTask, ...]
    work: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class _Raw:
    """A step before it is timed: `share` of the hour, or minutes of its own when `fixed`."""

    label: str
    share: int
    texts: tuple[str, ...]
    tasks: tuple[DueTask, ...]
    work: bool = False
    fixed: bool = False


def minutes_as_written(protocol: Protocol, course: Course, steps: Iterable[Step]) -> int:
    """The minutes that the tasks of a plan would take as the protocol has them, or ten each.

    0 where a phase writes the `hour`: its steps are shares of it, whatever was agreed. Without one member's own work
    in the minutes that a group shares.
    """
    if protocol.spec.phases[course.phase].hour and not protocol.spec.sessions:
        return 0
    return sum(
        task.minutes or USUAL_MINUTES for step in steps if step.minutes or not step.shared for task in step.tasks
    )


def planned_tasks(protocol: Protocol, course: Course, on: date) -> tuple[str, ...]:
    """The tasks in the plan of the session on a day, in the order of the page."""
    due = due_today(protocol, course, due_tasks(protocol, course, CourseFacts(protocol, course, on)))
    steps = hour_steps(protocol, course, due, agreed_minutes(protocol, course))
    return tuple(dict.fromkeys(task.task for step in steps for task in step.tasks))


def agreed_minutes(protocol: Protocol, course: Course) -> int:
    """How long a session lasts: as agreed, or as long as may be agreed."""
    agreed = course.contract.minutes if course.contract else None
    return agreed or protocol.spec.contract.minutes.high


def due_today(protocol: Protocol, course: Course, due: Iterable[DueTask]) -> tuple[DueTask, ...]:
    """The due tasks without what was done already, before the session, because somebody joins it.

    A course that left its group has no part in what the group does.
    """
    of_group = shared_tasks(protocol) if left_its_group(protocol, course) else frozenset()
    return tuple(
        task for task in due
        if task.task not in of_group and not (waits_for_guests(protocol, task) and seen_to(course, task))
    )  # fmt: skip


def hour_steps(
    protocol: Protocol, course: Course, due: Iterable[DueTask], minutes: int, *, own_work: str = ""
) -> tuple[Step, ...]:
    """The running order that is written for the session or the phase, or the due tasks in their own order.

    Above the order of a phase stands what is due again or ends the course, and what guests make due; above that of a
    session nothing does.
    """
    phase = protocol.spec.phases[course.phase]
    waiting = [task for task in due if not is_extra(task)]
    if left_its_group(protocol, course):
        return _timed(list(islice(_from_tasks(waiting), MOST_STEPS)), minutes)
    of_group = present_stay(course) is not None and not own_work
    timed = partial(_timed_for_a_member, of_all=shared_tasks(protocol)) if of_group else _timed
    if protocol.spec.sessions:
        return timed(list(_from_tasks(_in_order(waiting))), minutes)
    head = [task for task in waiting if task.head and phase.hour]
    rest = [task for task in waiting if task not in head]
    top = head + [task for task in rest if phase.hour and task.first and waits_for_guests(protocol, task)]
    above = [_Raw(_named(t), t.minutes or USUAL_MINUTES, _at_head(t), (t,), fixed=True) for t in top]
    written = _from_hour(protocol, course, phase, rest, own_work)
    raw = list(written if phase.hour else islice(_from_tasks(rest), MOST_STEPS))
    return timed([*above, *_with_work_gone_on(protocol, course, raw, waiting)], minutes)


def _timed_for_a_member(raw: list[_Raw], minutes: int, of_all: frozenset[str]) -> tuple[Step, ...]:
    """The plan of one member of a group, timed as that of the group: no minutes of it are one member's own."""
    own = [bool(step.tasks) and not step.fixed and of_all.isdisjoint(t.task for t in step.tasks) for step in raw]
    timed = iter(_timed([one for one, alone in zip(raw, own, strict=True) if not alone or one.work], minutes))
    return tuple(
        replace(next(timed), shared=alone or one.work)
        if not alone or one.work
        else Step(one.label, 0, one.texts, one.tasks, shared=True)
        for one, alone in zip(raw, own, strict=True)
    )


def _with_work_gone_on(
    protocol: Protocol, course: Course, raw: list[_Raw], due: Iterable[DueTask]
) -> Iterator[_Raw]:  # fmt: skip
    """The steps, and one for each component in hand of which no task is due any more: its work goes on.

    It stands where the hour has a step for the component, or else before the last step.
    """
    said = {text for step in raw for text in step.texts}
    missing = [text for text in _gone_on(protocol, course, due).values() if text not in said]
    extra = [_Raw("Go on", USUAL_MINUTES, (text,), ()) for text in missing]
    yield from (*raw[:-1], *extra, *raw[-1:]) if len(raw) > 1 else (*raw, *extra)


def _gone_on(protocol: Protocol, course: Course, due: Iterable[DueTask]) -> dict[str, str]:
    """What is said of the components in hand that have no task due: by the name of each."""
    has_tasks = {protocol.tasks[task.task].component for task in due if not task.waiting}
    in_hand = planned_doses(protocol, course, plan_state(protocol, course))
    return {name: f"Go on with: {protocol.component(name).title}" for name, _ in in_hand if name not in has_tasks}


def _at_head(task: DueTask) -> tuple[str, ...]:
    """Its words, and why it stands at the head of the plan."""
    return (task.do, f"{first_upper(task.why)}.") if task.head else (task.do,)


def _named(task: DueTask) -> str:
    return task.label or "Do"


def _from_hour(
    protocol: Protocol, course: Course, phase: PhaseSpec, due: list[DueTask], own_work: str
) -> Iterator[_Raw]:  # fmt: skip
    changes = _changes(protocol, course)
    by_name = {task.task: task for task in due}
    covered = {name for step in phase.hour.values() for name in step.covers}
    instead = _without_a_step(phase, due, covered)
    of_plan = [t for t in due if protocol.tasks[t.task].component and t.task not in covered and not t.waiting]
    going_on = _gone_on(protocol, course, due)
    stood: set[str] = set()
    for name, step in phase.hour.items():
        change = changes.get(name)
        tasks = _not_before_what_it_waits_for(protocol, (by_name[t] for t in step.covers if t in by_name), stood)
        goes_on = [going_on.pop(one) for one in _components(protocol, step.covers) if one in going_on]
        if step.focus_work and instead is not None and not of_plan:
            yield _Raw(_named(instead), instead.minutes or step.minutes, (instead.do,), (instead, *tasks))
            continue
        if step.focus_work:
            if instead is not None:
                yield _Raw(_named(instead), instead.minutes or USUAL_MINUTES, (instead.do,), (instead,))
            tasks += [*of_plan, *_next_of_each_focus(due, covered)]
        text = (change.text if change else None) or step.text or (own_work if step.focus_work else None) or None
        if text is None and not tasks and not goes_on:
            continue
        label = (change.label if change else None) or step.label
        own = (text,) if text else ()
        shown = () if text and not step.focus_work else tuple(t.do for t in tasks)
        yield _Raw(label, step.minutes, (*own, *shown, *goes_on), tuple(tasks), work=step.focus_work)


def _components(protocol: Protocol, tasks: Iterable[str]) -> tuple[str, ...]:
    """The components that the tasks of a step belong to."""
    homes = (protocol.tasks[task].component for task in tasks if task in protocol.tasks)
    return tuple(dict.fromkeys(name for name in homes if name))


def _not_before_what_it_waits_for(protocol: Protocol, tasks: Iterable[DueTask], stood: set[str]) -> list[DueTask]:
    """Without a component's task that waits for one which is not on record and does not stand above it."""
    found: list[DueTask] = []
    for task in tasks:
        if protocol.tasks[task.task].component and not stood.issuperset(task.waiting):
            continue
        found.append(task)
        stood.add(task.task)
    return found


def _without_a_step(phase: PhaseSpec, due: Iterable[DueTask], covered: set[str]) -> DueTask | None:
    """The first due must task of the phase that no step covers: it takes the place of the focus work that day."""
    return next((t for t in due if t.task in phase.must and t.task not in covered and not t.waiting), None)


def _next_of_each_focus(due: Iterable[DueTask], covered: set[str]) -> list[DueTask]:
    """The next task of every focus, so that a second focus does not wait until the first has nothing left."""
    found: dict[str, DueTask] = {}
    for task in due:
        if task.focus and task.task not in covered and not task.waiting:
            found.setdefault(task.focus, task)
    return list(found.values())


def _in_order(due: Iterable[DueTask]) -> list[DueTask]:
    """What the running order puts in the plan; a task may wait for one that stands before it there."""
    found: list[DueTask] = []
    for task in due:
        before = {one.task for one in found}
        if task.order == "plan" and before.issuperset(task.waiting):
            found.append(replace(task, waiting=()))
    return found


def _from_tasks(due: Iterable[DueTask]) -> Iterator[_Raw]:
    for task in due:
        if not task.waiting:
            yield _Raw(_named(task), task.minutes or USUAL_MINUTES, (task.do,), (task,))


def _changes(protocol: Protocol, course: Course) -> Mapping[str, StepChange]:
    """What the primary focus and its stage say differently in the hour; the stage speaks last."""
    focus = course.open_focuses[0] if course.open_focuses else None
    if focus is None:
        return {}
    area = protocol.spec.problem_areas[focus.area]
    stage = area.stages.get(focus.stage)
    return {**area.hour, **(stage.hour if stage else {})}


def _timed(raw: list[_Raw], minutes: int) -> tuple[Step, ...]:
    """Steps whose minutes add up to the agreed ones; what has minutes of its own keeps them as long as that fits."""
    own = sum(step.share for step in raw if step.fixed)
    fits = own < minutes and any(not step.fixed for step in raw)
    shared = [step for step in raw if not (fits and step.fixed)]
    parts = iter(_shared_out([step.share for step in shared], minutes - own if fits else minutes))
    return tuple(
        Step(step.label, step.share if fits and step.fixed else next(parts), step.texts, step.tasks, step.work)
        for step in raw
    )


def _shared_out(shares: list[int], minutes: int) -> list[int]:
    """Minutes in the proportion of `shares`: as they are where they add up, in fives where the hour allows it."""
    if sum(shares) == minutes:
        return shares
    if minutes % FIVE == 0 and len(shares) * FIVE <= minutes:
        return [FIVE * part for part in _largest_remainder(shares, minutes // FIVE, least=1)]
    return _largest_remainder(shares, minutes, least=0)


def _largest_remainder(shares: list[int], units: int, *, least: int) -> list[int]:
    """Whole units in the proportion of `shares`, at least `least` each; what is left over goes to the largest rest."""
    whole = sum(shares)
    if not whole:
        return []
    parts = [max(least, share * units // whole) for share in shares]
    while sum(parts) != units:
        step = 1 if sum(parts) < units else -1
        free = [n for n in range(len(parts)) if step > 0 or parts[n] > least]
        pick = max(free, key=lambda n: (step * (shares[n] * units - parts[n] * whole), -n))
        parts[pick] += step
    return parts


def with_naming(protocol: Protocol, course: Course, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The plan with a line for naming the ending, where it is time: in its task's own step, or in the first.

    Only a line: recording the session as planned must not say that the ending was named.
    """
    announce = protocol.spec.termination.announce
    home = protocol.tasks.get(announce.task) if announce else None
    if home is None or not steps or not naming(protocol, course):
        return steps
    holders = (n for n, step in enumerate(steps) if any(task.task == home.name for task in step.tasks))
    place = next(holders, 0)
    step = steps[place]
    if home.spec.do in step.texts:
        return steps
    return (*steps[:place], replace(step, texts=(*step.texts, home.spec.do)), *steps[place + 1 :])


def ending_steps(protocol: Protocol, course: Course, minutes: int) -> tuple[Step, ...]:
    """The plan of a last meeting that nobody planned: the compressed ending tasks that are not on record."""
    done = {t.task for t in course.tasks if t.how == "done"}
    homes = [protocol.tasks[name] for name in protocol.spec.termination.compressed if name not in done]
    raw = [
        _Raw(
            h.spec.label or "Do", h.spec.minutes or USUAL_MINUTES, (h.spec.do,),
            (DueTask(h.name, h.spec.do, h.spec.label or "", "the course ends early", False, True, False, ""),),
        )
        for h in homes
    ]  # fmt: skip
    return _timed(raw, minutes)


def steps_tasks(steps: Iterable[Step]) -> frozenset[str]:
    """The tasks that stand in the plan."""
    return frozenset(tasks_in_order(steps))


def tasks_in_order(steps: Iterable[Step]) -> tuple[str, ...]:
    """The tasks that stand in the plan, in its order."""
    return tuple(dict.fromkeys(task.task for step in steps for task in step.tasks))


def also_due(
    protocol: Protocol, due: Iterable[DueTask], steps: tuple[Step, ...], told: Iterable[Line]
) -> Iterator[Line]:
    """What is due and found no place in the plan: folded, never dropped. What names the ending may stand there."""
    shown = steps_tasks(steps) | {line.values.get("task") for line in told}
    announce = protocol.spec.termination.announce
    if announce and any(protocol.tasks[announce.task].spec.do in step.texts for step in steps):
        shown = shown | {announce.task}
    for task in due:
        if task.task in shown or is_extra(task) or task.focus:
            continue
        before = [task_label(protocol, name) for name in task.waiting]
        wait = f" (after {', '.join(before)})" if before else f" ({task.why})" if task.order == "open" else ""
        yield Line("also_due", "", task.path, {"task": task.task, "why": task.why}, task.do, f"{wait}.")


def ending_phase(protocol: Protocol, course: Course) -> PhaseSpec:
    """The phase that the compressed ending tasks belong to; its words go with a last meeting nobody planned."""
    homes = (protocol.tasks[name].phase for name in protocol.spec.termination.compressed if name in protocol.tasks)
    return protocol.spec.phases[next((phase for phase in homes if phase), course.phase)]


def open_in_focus(due: Iterable[DueTask], steps: Iterable[Step]) -> tuple[str, ...]:
    """Labels of what is still to come in the work on the focus, beside what is planned for today."""
    planned = {(task.task, task.focus) for step in steps for task in step.tasks}
    return tuple(
        t.label or spoken(t.task) for t in due if t.focus and not is_extra(t) and (t.task, t.focus) not in planned
    )  # fmt: skip
