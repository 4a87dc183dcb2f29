"""What is wrong with a store after its work was interrupted: lost, corrupt, half, doubled, or without its alert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from iptengine.course.codec import decode
from iptengine.course.events import AlertRaised, Event, ReadingTaken
from iptengine.store.port import Store, StoreError
from iptengine.store.verification import verify
from torture.workload import KEY, commands_of, course_of, key_of

LOST, CORRUPT, WRONG = 3, 4, 5
"""The exit codes that the power-cut examiner asks for."""


class Fault(NamedTuple):
    """Something that must not be."""

    code: int
    text: str


def faults(store: Store, acknowledged: Iterable[int]) -> list[Fault]:
    """Everything wrong with a store in which these acts had been told as saved."""
    try:
        verdict = verify(store, key=KEY)
        told = [(course, decode(text)) for _, course, text in store.feed()]
    except StoreError as error:
        return [Fault(CORRUPT, str(error))]
    if verdict.problems:
        return [Fault(CORRUPT, str(verdict.problems[0]))]
    return list(_faults(told, set(acknowledged)))


def _faults(told: list[tuple[str, Event]], acknowledged: set[int]) -> Iterator[Fault]:
    found = {act_of(event) for _, event in told if event.command.startswith("act-")}
    yield from (Fault(LOST, f"act {act} was told as saved and is not there") for act in sorted(acknowledged - found))
    commands = Counter((course, event.command) for course, event in told if not isinstance(event, AlertRaised))
    for act in sorted(found):
        wanted = [f"{key_of(act)}.{number}" for number in range(1, len(commands_of(act)) + 1)]
        counts = [commands[course_of(act), command] for command in wanted]
        if 0 in counts:
            yield Fault(WRONG, f"act {act} is there in part")
        if max(counts) > 1:
            yield Fault(WRONG, f"act {act} is there twice")
    raised = {event.command for _, event in told if isinstance(event, AlertRaised)}
    for course, event in told:
        if isinstance(event, ReadingTaken) and event.command not in raised:
            yield Fault(WRONG, f"a reading of {course} with a risk item above zero is there without its alert")


def act_of(event: Event) -> int:
    """The act that an event came of."""
    return int(event.command.partition(".")[0].removeprefix("act-"))
