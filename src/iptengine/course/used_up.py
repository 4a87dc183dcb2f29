"""A count that is used up while the course goes on: that it is, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from iptengine.course import timing
from iptengine.course.course import Course
from iptengine.course.lines import Line
from iptengine.course.warnings import warnings
from iptengine.course.ways_out import gates
from iptengine.course.wording import counted, first_upper, listed, spoken
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

WAITING_AT_THE_END = ("ending_not_announced", "budget_short")
"""Warnings that still want something done of a course whose count is used up."""


def can_agree_more(protocol: Protocol, course: Course) -> int | None:
    """The most sessions the contract can be amended to; ``None`` where it holds as many as it may already."""
    agreed, number = timing.contracted(course), protocol.spec.contract.sessions
    return number.high if number is not None and agreed is not None and agreed < number.high else None


def count_told(course: Course) -> str:
    """That the count is used up."""
    agreed = counted(timing.contracted(course) or 0, "agreed session")
    return f"All {agreed} are used, none is booked, and the course has not ended."


def more_told(protocol: Protocol, course: Course) -> str:
    """Whether more sessions can be agreed."""
    most = can_agree_more(protocol, course)
    told = f"up to {most} can be agreed" if most else "the protocol holds no more; one more takes a deviation"
    return f"For more sessions: {told}."


def used_up_due(protocol: Protocol, course: Course, on: date) -> str:
    """What waits where the count is used up and the course goes on: in the words of its page; empty where it is not."""
    if not timing.used_up(course, on):
        return ""
    waiting = [one.text for one in warnings(protocol, course, on=on) if one.code in WAITING_AT_THE_END]
    told = [count_told(course), *(f"{first_upper(text)}." for text in waiting), more_told(protocol, course)]
    return " ".join(told)


def used_up_lines(scene: Standing) -> Iterator[Line]:
    """That the count is used up, what stands between here and an end of the course, and whether more can be agreed."""
    course, protocol = scene.course, scene.protocol
    if not timing.used_up(course, scene.on):
        return
    yield Line("count_used_up", count_told(course), "contract")
    for gate in gates(protocol, course, scene.facts):
        path = f"phases.{course.phase}.next.{gate.target}"
        needs = [spoken(reason.code) for reason in gate.reasons] + ([f"{gate.asks} agrees"] if gate.asks else [])
        if gate.target in protocol.spec.outcomes:
            told = (
                f"To end it as '{gate.title}' still needs: {listed(needs)}." if needs else f"Can end as '{gate.title}'."
            )
            yield Line("end_possible", told, path)
    yield Line("more_sessions", more_told(protocol, course), "contract.sessions")
