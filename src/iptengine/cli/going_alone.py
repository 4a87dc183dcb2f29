"""A member of a group that was moved alone: said to one course, and the others stay where they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from iptengine.cli import screen
from iptengine.course.course import Course
from iptengine.course.events import ChartMoved, PhaseEntered
from iptengine.engine.answers import Done
from iptengine.engine.clinic import Clinic
from iptengine.engine.looking import group_now


def tell_alone(clinic: Clinic, done: Done, store: str, on: date | None) -> None:
    """Prints for each move of a member how many of its group stand elsewhere, and the line that takes all there."""
    group = group_now(done.course)
    for move in done.events if group else ():
        match move:
            case PhaseEntered():
                _tell(clinic, done, group, lambda one: one.phase, f"enter_phase phase={move.phase}", store, on)
            case ChartMoved():
                _tell(
                    clinic, done, group, _stands(move.chart), f"move_chart chart={move.chart} to={move.to}", store, on
                )
            case _:
                continue


def _stands(chart: str) -> Callable[[Course], str]:
    def stands(course: Course) -> str:
        entry = course.chart_moved(chart)
        return entry.state if entry else ""

    return stands


def _tell(
    clinic: Clinic, done: Done, group: str, stands: Callable[[Course], str], move: str, store: str, on: date | None
) -> None:  # fmt: skip
    others = (one for one in clinic.courses(clinic.group(group).courses) if one.id != done.course.id)
    elsewhere = sum(1 for one in others if stands(one) != stands(done.course))
    if elsewhere:
        stand = "other stands" if elsewhere == 1 else "others stand"
        told = f"The course is in the group {group}, and went there alone: {elsewhere} {stand} elsewhere."
        told += " To take all there:"
        screen.say(screen.wrapped(told, 0, 2))
        day = f" --on {on.isoformat()}" if on else ""
        screen.say(f"    iptengine group record {store} {group} {move}{day}")


__all__ = ["tell_alone"]
