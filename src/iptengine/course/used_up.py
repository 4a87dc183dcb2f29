"""A count that is used up while the course goes on: that it is, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iptengine.course import timing
from iptengine.course.course import Course
from iptengine.course.lines import Line
from iptengine.course.ways_out import gates
from iptengine.course.wording import counted, listed, spoken
from iptengine.protocol.protocol import Protocol

if TYPE_CHECKING:
    from iptengine.course.standing import Standing

IN_A_SESSION = frozenset(
    {
        "word_items", "question", "task_first", "task_first_done", "task_late", "task_by_now", "announce_now",
        "announce_soon", "checklist", "fact_due",
    }
)  # fmt: skip
"""First lines that ask for something in a session; where none is to come they are not said."""


def can_agree_more(protocol: Protocol, course: Course) -> int | None:
    """The most sessions the contract can be amended to; ``None`` where it holds as many as it may already."""
    agreed, number = timing.contracted(course), protocol.spec.contract.sessions
    return number.high if number is not None and agreed is not None and agreed < number.high else None


def used_up_lines(scene: Standing) -> Iterator[Line]:
    """That the count is used up, what stands between here and an end of the course, and whether more can be agreed."""
    course, protocol = scene.course, scene.protocol
    if not timing.used_up(course, scene.on):
        return
    agreed = counted(timing.contracted(course) or 0, "agreed session")
    yield Line("count_used_up", f"All {agreed} are used, none is booked, and the course has not ended.", "contract")
    for gate in gates(protocol, course, scene.facts):
        path = f"phases.{course.phase}.next.{gate.target}"
        needs = [spoken(reason.code) for reason in gate.reasons] + ([f"{gate.asks} agrees"] if gate.asks else [])
        if gate.target in protocol.spec.outcomes:
            told = (
                f"To end it as '{gate.title}' still needs: {listed(needs)}." if needs else f"Can end as '{gate.title}'."
            )
            yield Line("end_possible", told, path)
    most = can_agree_more(protocol, course)
    told = f"up to {most} can be agreed" if most else "the protocol holds no more; one more takes a deviation"
    yield Line("more_sessions", f"For more sessions: {told}.", "contract.sessions")
