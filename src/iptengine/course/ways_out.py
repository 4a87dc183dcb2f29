"""What stands between here and each next phase, in the author's words."""

from __future__ import annotations

from dataclasses import dataclass

from iptengine.course.course import Course
from iptengine.course.facts import CourseFacts
from iptengine.protocol.protocol import Protocol, Reason, reasons


@dataclass(frozen=True, slots=True)
class Gate:
    """A phase or outcome this phase leads to: open, or kept shut by reasons."""

    target: str
    title: str
    reasons: tuple[Reason, ...]

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
    return tuple(
        Gate(
            target,
            (spec.phases[target].title if target in spec.phases else spec.outcomes[target].title),
            reasons(protocol.at("phases", course.phase, "next", target), facts),
        )
        for target in phase.next
    )
