"""What is on record and does not hold any more, told to who types the same line again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iptengine.cli import screen
from iptengine.cli.came_of_it import tell_rest
from iptengine.cli.typed_lines import Lines
from iptengine.course.events import Event, GroupJoined, GroupLeft, Voided, Withdrawn
from iptengine.course.wording import listed
from iptengine.engine.answers import Done
from iptengine.engine.clinic import Clinic


def taken_back(events: Iterable[Event]) -> Mapping[str, str]:
    """The events of a course that do not hold any more, each with what ended them.

    A record that was voided or withdrawn, also once it was put right; a joining, once the course has left.
    """
    gone: dict[str, str] = {}
    put_right: dict[str, str] = {}
    joined: dict[str, str] = {}
    for event in events:
        match event:
            case Voided():
                gone |= dict.fromkeys(event.events, event.id)
            case Withdrawn():
                gone[event.corrects] = event.id
            case GroupJoined():
                joined[event.group] = event.id
            case GroupLeft() if event.group in joined:
                gone[joined[event.group]] = event.id
        if event.corrects:
            put_right[event.id] = event.corrects
    for id, was in reversed(put_right.items()):
        if id in gone:
            gone[was] = gone[id]
    return gone


def tell_standing(clinic: Clinic, done: Done, lines: Lines, *, again: bool, if_right: str) -> int:
    """Prints what came of a batch beside its alerts, and what of it does not stand any more.

    Args:
        again: It was recorded before, under the same key, and nothing was recorded now.
        if_right: How it is recorded all the same where it was taken back since.

    Returns:
        1 when something in it was refused, or was taken back since.
    """
    code = tell_rest(done, lines, again=again)
    return (again and _tell_taken_back(clinic, done, lines, if_right)) or code


def _tell_taken_back(clinic: Clinic, done: Done, lines: Lines, if_right: str) -> int:
    gone = taken_back(clinic.events(done.course.id))
    by = dict.fromkeys(lines.numbers[gone[event.id]] for event in done.events if event.id in gone)
    if not by:
        return 0
    told = (
        f"taken back since in course {done.course.id}, by {listed(f'#{number}' for number in by)}: this does not "
        f"count there, and was not recorded again. If it was right after all, {if_right}."
    )
    screen.say(screen.wrapped(told, 0, 2))
    return 1


__all__ = ["taken_back", "tell_standing"]
