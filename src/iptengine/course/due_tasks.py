"""Which tasks are due next session, and why each is: from phase, focus, stage, position and the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from iptengine.course import timing
from iptengine.course import topics as topic_rules
from iptengine.course.calendar import stopped_by_event
from iptengine.course.course import Course, Focus
from iptengine.course.facts import CourseFacts
from iptengine.course.pauses import due_after_pause, why_again
from iptengine.course.plan_state import planned_doses
from iptengine.course.rhythms import due_again
from iptengine.course.running_order import BY_CALENDAR, RETURNS, STAYED, Asked, RunningOrder, repeats
from iptengine.course.seen_words import seen_words
from iptengine.course.visits import next_visit
from iptengine.course.wording import day as day_told
from iptengine.course.wording import first_lower, listed
from iptengine.protocol.anchored import Interval
from iptengine.protocol.protocol import Guard, Protocol, TaskHome, verdict
from iptengine.protocol.task_spec import TaskSpec
from iptengine.protocol.topics import KEPT_OUT
from iptengine.protocol.truth import Truth

ON_RECORD = "on record"
"""How the reason of a task begins that was done as often as asked and only stays possible."""
NOT_YET = "not on record yet"
"""Why a task is due of which nothing else is to be said."""
CANNOT_TELL = "cannot tell whether it applies"
"""How the reason of a task begins whose condition cannot be answered."""


@dataclass(frozen=True, slots=True)
class DueTask:
    """A task that is due.

    Attributes:
        task: Its name.
        do: The instruction; may hold template names.
        why: Why it is due, in a few words.
        late: It should have been done by now.
        required: It is a must task, or one of every session.
        waiting: What has to come before it, when that is not on record; it is then not for today.
        path: Where it stands in the protocol.
        order: Whether the running order puts it in the plan of the session (``plan``), or only holds it open,
            because nothing is known of the session that held it (``open``); empty for a task it does not name.
        left_over: Why it is left over from an earlier session of the running order, in words; empty when it is not.
        head: It stands at the head of the plan, with minutes of its own: due again after a pause, or because an
            event has stopped the calendar.
    """

    task: str
    do: str
    label: str
    why: str
    late: bool
    required: bool
    first: bool
    path: str
    focus: str = ""
    minutes: int | None = None
    waiting: tuple[str, ...] = ()
    order: str = ""
    left_over: str = ""
    head: bool = False

    @property
    def uncertain(self) -> bool:
        """Whether it is due only because its condition cannot be answered yet."""
        return self.why.startswith(CANNOT_TELL)


def due_tasks(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[DueTask, ...]:
    """Every task due next session: what is due again after a pause stands first."""
    again = tuple(_again(protocol, course, facts))
    ending = tuple(_ending(protocol, course, facts))
    named = {task.task for task in (*ending, *again)}
    again = tuple(task for task in again if task.task not in {one.task for one in ending})
    return (*ending, *again, *(task for task in _usually_due(protocol, course, facts) if task.task not in named))


def _usually_due(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[DueTask, ...]:
    """By the running order, then of the phase, of the components in hand, of each focus; in file order."""
    if not protocol.spec.sessions:
        return tuple(_due(protocol, course, facts))
    order = RunningOrder(protocol, course)
    free = (task for task in _due(protocol, course, facts) if task.task not in order.named)
    return (*_ordered(protocol, course, facts, order), *free)


def _ordered(
    protocol: Protocol, course: Course, facts: CourseFacts, order: RunningOrder
) -> tuple[DueTask, ...]:  # fmt: skip
    """The tasks the running order asks for: what returns, what stayed due, and the session itself."""
    found: list[tuple[int, DueTask]] = []
    for home, focus, asked in _asked_by(protocol, course, facts, order):
        seen, at_hand = (facts.for_focus(focus), focus.id) if focus else (facts, "")
        by_calendar = asked.why == BY_CALENDAR
        why = _why(protocol, course, seen, home, at_hand) if by_calendar else asked.why
        task = _made(protocol, course, seen, home, why, at_hand, named=True) if why is not None else None
        if task is not None:
            left_over = asked.why if asked.part == STAYED else ""
            placed = replace(task, order="open" if asked.unknown else "plan", left_over=left_over)
            found.append((asked.part, placed))
    return tuple(task for _, task in sorted(found, key=lambda pair: pair[0]))


def held_back(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[tuple[TaskHome, tuple[str, ...]]]:
    """The tasks that the next session would hold if their own conditions did, each with the names of those unmet."""
    for home, focus, asked in _asked_by(protocol, course, facts, RunningOrder(protocol, course)):
        seen = facts.for_focus(focus) if focus else facts
        unmet = tuple(guard.name for guard in protocol.only_if(home) if guard.answer(seen) is Truth.NO)
        if asked.part != RETURNS and unmet:
            yield home, unmet


def _asked_by(
    protocol: Protocol, course: Course, facts: CourseFacts, order: RunningOrder
) -> Iterator[tuple[TaskHome, Focus | None, Asked]]:
    """What the running order asks for by now: each task with whom it is for; of the plan, what this course has."""
    in_plan = {component.name for component in facts.plan.counted} if protocol.spec.plan else set()
    for name in order.begun:
        home = protocol.tasks[name]
        if home.component and home.component not in in_plan:
            continue
        for focus in _for_whom(course, home):
            asked = order.asked(home, focus.id if focus else "")
            if asked is not None:
                yield home, focus, asked


def _for_whom(course: Course, home: TaskHome) -> tuple[Focus | None, ...]:
    """The focuses a task is due for, or none in particular; nothing for one whose area or stage is not at hand."""
    if not home.area:
        return (None,)
    return tuple(f for f in course.open_focuses if f.area == home.area and home.stage in ("", f.stage))


def _again(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[DueTask]:
    """What is due again because the course rested, wherever it stands in the file; a task of an area, for its focus."""
    for name, rest in due_after_pause(protocol, course, facts.on).items():
        home = protocol.tasks[name]
        focus = next((f for f in course.open_focuses if f.area == home.area), None)
        asked = verdict(protocol.only_if(home), facts.for_focus(focus) if focus else facts)
        kept_out = topic_rules.kept_out(protocol, course.phase, home.spec.topic)
        if (home.area and focus is None) or asked is Truth.NO or kept_out:
            continue
        yield DueTask(
            name, home.spec.do, home.spec.label or "", why_again(protocol, rest), False, home.group != "may", True,
            home.where, focus.id if focus else "", home.spec.minutes,
            order="plan" if protocol.spec.sessions else "", head=True,
        )  # fmt: skip


def _ending(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[DueTask]:
    """The ending tasks of a course that an event has stopped, as far as they are not on record."""
    if course.ended or not stopped_by_event(protocol, facts):
        return
    for name in protocol.spec.termination.compressed:
        home = protocol.tasks[name]
        if facts.task_count(name) or facts.left_out(name):
            continue
        yield DueTask(
            name, home.spec.do, home.spec.label or "", "the course ends early", False, True, True,
            home.where, "", home.spec.minutes,
            order="plan" if protocol.spec.sessions else "", head=True,
        )  # fmt: skip


def _due(protocol: Protocol, course: Course, facts: CourseFacts) -> Iterator[DueTask]:
    phase = protocol.spec.phases.get(course.phase)
    if phase is None:
        return
    covered = {task for step in phase.hour.values() for task in step.covers}
    for home in protocol.tasks.values():
        here = home.phase == course.phase or home.name in covered
        if here and not home.area and not home.component and (found := _task(protocol, course, facts, home)):
            yield found
    for component in dict(planned_doses(protocol, course, facts.plan)):
        for home in protocol.tasks.values():
            if home.component == component and (found := _task(protocol, course, facts, home)):
                yield found
    for focus in course.open_focuses:
        yield from _of_focus(protocol, course, facts.for_focus(focus), focus, covered, phase.focus_work)


def _of_focus(
    protocol: Protocol, course: Course, facts: CourseFacts, focus: Focus, covered: set[str], all_of_it: bool
) -> Iterator[DueTask]:
    homes = [h for h in protocol.tasks.values() if h.area == focus.area]
    for home in sorted(homes, key=lambda h: not h.stage):  # the stage's own work stands first
        if home.stage and home.stage != focus.stage:
            continue
        if (all_of_it or home.name in covered) and (found := _task(protocol, course, facts, home, focus.id)):
            yield found


def _task(
    protocol: Protocol, course: Course, facts: CourseFacts, home: TaskHome, focus: str = ""
) -> DueTask | None:  # fmt: skip
    why = _why(protocol, course, facts, home, focus)
    return None if why is None else _made(protocol, course, facts, home, why, focus)


def _made(
    protocol: Protocol, course: Course, facts: CourseFacts, home: TaskHome, why: str, focus: str = "",
    *, named: bool = False,
) -> DueTask | None:  # fmt: skip
    """A task that the log leaves due, unless something else keeps it; optional ones when `named` or for a reason.

    Such a reason are its conditions, or a guest it needs who is expected: nobody books one for nothing.
    """
    spec = home.spec
    if not _reached(course, spec) or (spec.present and not _people(facts, spec)):
        return None
    topic = topic_rules.meeting(protocol, course.phase, spec.topic) if spec.topic else ""
    if topic in KEPT_OUT:
        return None
    guards = protocol.only_if(home)
    answer = verdict(guards, facts)
    guests = "" if guards or home.group != "may" else _guests(protocol, spec)
    if answer is Truth.NO or (home.group == "may" and not guards and not guests and not named):
        return None
    if guards and answer is not Truth.YES:
        why = _cannot_tell(protocol, guards, facts)
    elif guards and (home.group == "may" or not why.startswith(ON_RECORD)):
        why = _applies(guards)
    elif guests and why == NOT_YET:
        why = f"{guests} expected"
    waiting = tuple(t for t in spec.after if _holds_up(protocol, facts, t)) if spec.after else ()
    do = f"link only: {first_lower(spec.do)}" if topic == topic_rules.LINK_ONLY else spec.do
    return DueTask(
        home.name, do, spec.label or "", why, _late(course, facts, home), home.group != "may", spec.first,
        home.where, focus, spec.minutes, waiting,
    )  # fmt: skip


def _holds_up(protocol: Protocol, facts: CourseFacts, task: str) -> bool:
    """Whether a task that comes before is still open; one of a component that the plan does not hold is not."""
    component = protocol.tasks[task].component
    if component and component not in (one.name for one in facts.plan.counted):
        return False
    return facts.task_count(task) == 0 and not facts.left_out(task)


def _applies(guards: Iterable[Guard]) -> str:
    """Why a conditional task is due: the names its author gave the conditions."""
    return ", ".join(guard.name.replace("_", " ") for guard in guards)


def _cannot_tell(protocol: Protocol, guards: Iterable[Guard], facts: CourseFacts) -> str:
    """What is missing to know whether a task applies, with the values seen."""
    unknown = [guard for guard in guards if guard.answer(facts) is Truth.UNKNOWN]
    return f"{CANNOT_TELL}: {seen_words(protocol, facts, unknown)}"


def _why(protocol: Protocol, course: Course, facts: CourseFacts, home: TaskHome, focus: str) -> str | None:
    """Why the log leaves it due; ``None`` when it does not."""
    spec = home.spec
    done = _done(course, facts, home, focus)
    if spec.times and spec.times.interval:
        return _by_calendar(protocol, course, facts, home, focus, spec.times.interval)
    every = repeats(home)
    if every:
        return _recurring(facts, home.name, every, done)
    if facts.left_out(home.name):
        return None
    least, most = (spec.times.least, spec.times.most) if spec.times else (1, 1)
    if most is not None and done >= most:
        return None
    if not done and _put_off(course, home.name):
        return "put off last time"
    if done < least:
        return NOT_YET if least == 1 else f"{done} of at least {least} on record"
    if not done:
        return f"not on record; at most {most} times"
    return f"{ON_RECORD} {done} times" if done > 1 else f"{ON_RECORD} once"


def _put_off(course: Course, task: str) -> bool:
    """Whether a task was put off in the last session."""
    days = [entry.on for entry in course.deferred if entry.task == task]
    last = course.last_held if days else None
    return last is not None and days[-1] == last.on


def _by_calendar(
    protocol: Protocol, course: Course, facts: CourseFacts, home: TaskHome, focus: str, interval: Interval
) -> str | None:
    """Why it is due again by the day of the next session; ``None`` when it is not.

    It is counted from the day it was last done; one never done, from when its phase or its focus began.
    """
    done = [t.on for t in course.tasks if t.task == home.name and t.how == "done" and t.focus in ("", focus)]
    day = due_again(interval, done, _began(course, home, focus))
    if day is None or day > next_visit(protocol, course, facts.on)[0]:
        return None
    return f"{interval}; last on {day_told(max(done))}" if done else f"{interval}; not on record yet"


def _began(course: Course, home: TaskHome, focus: str) -> date | None:
    """The day from which a task could be done: its focus was agreed, or its phase was entered."""
    agreed = course.focus(focus) if focus else None
    if agreed is not None:
        return agreed.agreed
    entered = [entry.on for entry in course.phases if entry.phase == home.phase]
    return entered[-1] if entered else course.started


def _recurring(facts: CourseFacts, task: str, every: int, done: int) -> str | None:
    if every == 1:
        return "every session"
    last = facts.task_sessions(task)
    since = facts.sessions_used - last[-1] if last else None
    if since is None or since >= every - 1 or not done:
        return f"every {every} sessions"
    return None


def _done(course: Course, facts: CourseFacts, home: TaskHome, focus: str) -> int:
    """How often it is on record; beside another focus of its area, open or closed, for the focus at hand.

    A log that names no focus counts for those that were agreed by then.
    """
    at_hand = course.focus(focus) if focus and len(course.focuses) > 1 else None
    if at_hand is None or sum(f.area == home.area for f in course.focuses) < 2:
        return facts.task_count(home.name)
    done = [t for t in course.tasks if t.task == home.name and t.how == "done"]
    return sum(t.focus == focus or (not t.focus and t.on >= at_hand.agreed) for t in done)


def _reached(course: Course, spec: TaskSpec) -> bool:
    if spec.not_before is None:
        return True
    place = spec.not_before.number(timing.contracted(course))
    return place is None or timing.sessions_used(course) + 1 >= place


def _people(facts: CourseFacts, spec: TaskSpec) -> bool:
    return all(name == "patient" or facts.expected(name) for name in spec.present)


def _guests(protocol: Protocol, spec: TaskSpec) -> str:
    """Who beside the patient has to be there for a task, by title, with the verb: ``mother is``."""
    known = protocol.spec.participants
    titles = [first_lower(known[name].title) for name in spec.present if name in known]
    return f"{listed(titles)} {'is' if len(titles) == 1 else 'are'}" if titles else ""


def _late(course: Course, facts: CourseFacts, home: TaskHome) -> bool:
    if home.spec.by is None or facts.task_count(home.name):
        return False
    place = home.spec.by.number(timing.contracted(course))
    return place is not None and timing.sessions_used(course) + 1 > place


def is_extra(task: DueTask) -> bool:
    """Whether it was done as often as asked and only stays possible."""
    return task.why.startswith(ON_RECORD)


def task_label(protocol: Protocol, task: str) -> str:
    """The word a page calls a task by."""
    return protocol.tasks[task].spec.label or task.replace("_", " ")
