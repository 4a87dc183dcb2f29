"""Where a course stands with its plan: computed from the doses on record and what a clinician closed.

Nothing of it is stored. So a component that was interrupted goes on at the dose it had, and a component that
interrupts begins afresh each time: its doses, its end and its tasks count from the latest interruption on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from iptengine.course.course import Course
from iptengine.course.events import Event, PlanChosen, PlanInterrupted
from iptengine.protocol.doses import Dose, spoken_amount, total
from iptengine.protocol.protocol import Protocol

A_SESSION = Fraction(1)


@dataclass(frozen=True, slots=True)
class ComponentState:
    """A component of a course: the dose it is meant to have and the dose it had.

    Attributes:
        closed: Whether a clinician finished it.
    """

    name: str
    title: str
    dose: Dose
    reached: Fraction
    closed: bool

    @property
    def finished(self) -> bool:
        """Whether nothing more of it is planned."""
        return self.closed or self.reached >= self.dose.most

    @property
    def short(self) -> Fraction:
        """What it still needs at the least."""
        return Fraction(0) if self.finished else max(Fraction(0), self.dose.least - self.reached)

    def told(self) -> str:
        """How much of it was given, as a page says it: ``1 1/2 of 1..4``."""
        return f"{spoken_amount(self.reached)} of {self.dose.spoken()}"


@dataclass(frozen=True, slots=True)
class PlanState:
    """The plan of a course as it stands.

    Attributes:
        components: Those of the plan, in its order; empty while none is chosen.
        interrupted_by: The component for safety that interrupts the plan, until it is resumed.
    """

    chosen: bool = False
    order: str = ""
    components: tuple[ComponentState, ...] = ()
    interrupted_by: ComponentState | None = None

    @property
    def next(self) -> ComponentState | None:
        """The first component of the plan that is not finished; an interruption aside."""
        return next((one for one in self.components if not one.finished), None)

    @property
    def current(self) -> ComponentState | None:
        """The component that is worked on now."""
        return self.interrupted_by or self.next

    @property
    def done(self) -> bool:
        """Whether every component of the plan is finished."""
        return self.chosen and all(one.finished for one in self.components)

    @property
    def names(self) -> tuple[str, ...]:
        """The components of the plan, by name."""
        return tuple(one.name for one in self.components)

    @property
    def counted(self) -> tuple[ComponentState, ...]:
        """What due tasks, budget and adherence count: the plan, and what interrupts it."""
        here = self.interrupted_by
        return self.components if here is None or here.name in self.names else (*self.components, here)


NO_PLAN = PlanState()


def plan_state(protocol: Protocol, course: Course) -> PlanState:
    """Where `course` stands with its plan; `NO_PLAN` for a protocol that has none."""
    plan = protocol.spec.plan
    if plan is None:
        return NO_PLAN
    last = course.plans[-1] if course.plans else None
    names = [name for name in last.components if name in plan.components] if last else []
    return PlanState(
        last is not None,
        _order(course),
        tuple(in_all(protocol, course, name) for name in names),
        _interrupting(protocol, course),
    )


def _order(course: Course) -> str:
    """The order of the protocol that the plan is; empty once it was changed."""
    last = course.plans[-1] if course.plans else None
    return last.order if isinstance(last, PlanChosen) else ""


def _interrupting(protocol: Protocol, course: Course) -> ComponentState | None:
    plan = protocol.spec.plan
    last = course.interruptions[-1] if course.interruptions else None
    if not isinstance(last, PlanInterrupted) or plan is None or last.component not in plan.components:
        return None
    return component_state(protocol, course, last.component)


def component_state(protocol: Protocol, course: Course, name: str) -> ComponentState:
    """How far a component is, in the plan or not; one that interrupts, since it did so last.

    Raises:
        KeyError: The protocol has no such component.
    """
    return _counted(protocol, course, name, of_interruption(protocol, course, name))


def in_all(protocol: Protocol, course: Course, name: str) -> ComponentState:
    """How far a component is by everything on record of it."""
    return _counted(protocol, course, name, lambda event: True)


def _counted(protocol: Protocol, course: Course, name: str, counts: Callable[[Event], bool]) -> ComponentState:
    spec = protocol.component(name)
    given = (one for one in course.doses if one.component == name and counts(one))
    closed = any(one.component == name and counts(one) for one in course.finished_components)
    return ComponentState(name, spec.title, spec.dose, total(one.dose for one in given), closed)


def of_interruption(protocol: Protocol, course: Course, name: str) -> Callable[[Event], bool]:
    """Whether a record of a component counts where it interrupts: all of its latest interruption does.

    What was recorded on the day of an interruption belongs to it, also when it was recorded first; unless an
    earlier one by the same component had not ended before that day. A component of the plan counts whole, but
    while it interrupts.
    """
    own = [event for event in course.interruptions if event.component == name]
    begun = [event for event in own if isinstance(event, PlanInterrupted)]
    in_plan = bool(course.plans) and name in course.plans[-1].components
    if not begun or (in_plan and course.interruptions[-1] is not begun[-1]):
        return lambda event: True
    start = begun[-1]
    before = own[own.index(start) - 1] if own[0] is not start else None
    at_work = before is not None and (isinstance(before, PlanInterrupted) or before.on >= start.on)
    return lambda event: event.at > start.at if at_work and event.on == start.on else event.on >= start.on


def planned_doses(protocol: Protocol, course: Course, state: PlanState) -> tuple[tuple[str, Fraction], ...]:
    """The components of the next session, each with how much of it: what the plan comes to until the hour is full.

    What interrupts the plan has the session to itself. In a phase without plan work there are none.
    """
    if state.interrupted_by is not None:
        return ((state.interrupted_by.name, min(A_SESSION, state.interrupted_by.dose.most)),)
    plan = protocol.spec.plan
    if plan is None or (plan.phases and course.phase not in plan.phases):
        return ()
    return tuple(_until_full(state))


def _until_full(state: PlanState) -> Iterator[tuple[str, Fraction]]:
    room = A_SESSION
    for one in state.components:
        if one.finished:
            continue
        part = min(room, one.dose.most - one.reached)
        yield one.name, part
        room -= part
        if not room:
            return
