"""What each session holds, where a protocol writes it: named sessions in their order, each at its positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from iptengine.protocol.fields import Name, RangeText, Text
from iptengine.protocol.parts import Sourced
from iptengine.protocol.references import Gives, TaskNames


class SessionSpec(Sourced):
    """What a session holds: the tasks it names, in this order, and nothing else."""

    title: Text = Field(description="What the session is called; the page names it")
    aim: Text | None = Field(None, description="What the session is for, in place of the aim of the phase")
    at: RangeText | None = Field(
        None, description="Its number, or the numbers it stands for; the next one after the session above when left out"
    )
    order: TaskNames = Field(description="Tasks from anywhere in the file, in the order of the session")


Sessions = Mapping[Annotated[Name, Gives("session")], SessionSpec]


@dataclass(frozen=True, slots=True)
class Place:
    """A session of the running order with the numbers it stands for, both included."""

    name: str
    spec: SessionSpec
    first: int
    last: int

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and self.first <= number <= self.last


def placed(sessions: Sessions) -> tuple[Place, ...]:
    """The sessions of a running order with their numbers, in the order of the file.

    Example:
        >>> one, rest = SessionSpec(title="One", order=("a",)), SessionSpec(title="Rest", at="2..4", order=("b",))
        >>> [(place.name, place.first, place.last) for place in placed({"one": one, "rest": rest})]
        [('one', 1, 1), ('rest', 2, 4)]
    """
    found: list[Place] = []
    for name, spec in sessions.items():
        following = found[-1].last + 1 if found else 1
        span = (spec.at.low, spec.at.high) if spec.at else (following, following)
        found.append(Place(name, spec, *span))
    return tuple(found)
