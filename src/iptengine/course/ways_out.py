"""What stands between here and each next phase, in the author's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from iptengine.course import commands as c
from iptengine.course import timing
from iptengine.course.approvals import needed
from iptengine.course.course import Course
from iptengine.course.facts import CourseFacts
from iptengine.course.named_dates import dates_state, entered_after
from iptengine.course.requested import roles
from iptengine.course.wording import listed
from iptengine.protocol.model import PhaseSpec
from iptengine.protocol.protocol import Protocol, Reason, reasons


@dataclass(frozen=True, slots=True)
class Gate:
    """A phase or outcome this phase leads to: open, or kept shut by reasons.

    `near` says that it is a phase, and that the time to leave this one has come: its window is in its last session
    or has closed. `asks` is who has to agree before the way is gone, in words; empty when nobody has.
    """

    target: str
    title: str
    reasons: tuple[Reason, ...]
    near: bool = False
    asks: str = ""

    @property
    def open(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.reasons


def gates(protocol: Protocol, course: Course, facts: CourseFacts) -> tuple[Gate, ...]:
    """Every way out of the phase the course is in, in the protocol's order."""
    phase = protocol.spec.phases.get(course.phase)
    if phase is None:
        return ()
    spec = protocol.spec
    late = _time_to_leave(phase, course) or _dates_over(phase, course, facts.on)
    return tuple(
        Gate(
            target,
            (spec.phases[target].title if target in spec.phases else spec.outcomes[target].title),
            reasons(protocol.at("phases", course.phase, "next", target), facts),
            late and target in spec.phases,
            _asks(protocol, course, target),
        )
        for target in phase.next
    )


def _asks(protocol: Protocol, course: Course, target: str) -> str:
    """Who has to approve that the course goes on to a phase or an outcome."""
    move = c.EnterPhase(target) if target in protocol.spec.phases else c.EndCourse(target)
    first = [one for one in needed(protocol, course, move) if not one.afterwards]
    return listed(roles(one.by) for one in first)


def _time_to_leave(phase: PhaseSpec, course: Course) -> bool:
    """Whether the next session is the last of the phase's window, or comes after it."""
    span = phase.window.positions(timing.contracted(course)) if phase.window else None
    return span is not None and timing.sessions_used(course) + 1 >= span[1]


def _dates_over(phase: PhaseSpec, course: Course, on: date) -> bool:
    """Whether the dates the phase is meant for have passed."""
    if phase.dates is None or entered_after(phase.dates, course, course.phase):
        return False
    return dates_state(phase.dates, course, on) == "closed"
