"""What a course offers, filled in as a person would fill it in; by whatever decides, be it Hypothesis or dice."""

from __future__ import annotations

import random
import typing
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from iptengine.authoring.loader import load
from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.unsaid import with_words
from iptengine.course.ways import Way
from iptengine.protocol.protocol import Protocol

ROOT = Path(__file__).parents[1]
PROTOCOLS = sorted(
    [*(ROOT / "examples").rglob("*.protocol.yaml"), *(ROOT / "tests" / "keys").glob("*.protocol.yaml"),
     ROOT / "protocols" / "ipt-adult.protocol.yaml"]
)  # fmt: skip
START = date(2026, 3, 3)
TEXT = "told in the room"
TEXTS = (
    TEXT,
    "",
    "İstanbul'da ılık su; Straße, 東京, naïve 😀",
    "I ı İ i",
    "{{ 7*7 }} <b>x</b>",
    "  a line\nand another ",
)
SAID_BY = ("therapist", "supervisor", "clinician")
LEFT_TO_OTHER_TESTS = frozenset({"correct", "withdraw", "void", "start", "adopt", "end_course"})
"""Ways that need an event to speak of, or that begin or end a course: a walk would be over before it goes anywhere."""


@cache
def protocol_at(path: Path) -> Protocol:
    """The protocol in a file of this project."""
    return load(path, folders=(ROOT / "protocols",))


class Chance(typing.Protocol):
    """What decides where a person would."""

    def one(self, choices: Sequence[Any]) -> Any:
        """One of the choices."""
        ...

    def some(self, choices: Sequence[Any], most: int) -> Sequence[Any]:
        """Some of the choices, each once; perhaps none."""
        ...

    def number(self, low: int, high: int) -> int:
        """A whole number between the two, either included."""
        ...

    def text(self) -> str:
        """What somebody said."""
        ...


class Dice:
    """Chance that is always the same for the same seed, and costs next to nothing."""

    def __init__(self, seed: str) -> None:
        self._rng = random.Random(seed)

    def one(self, choices: Sequence[Any]) -> Any:
        return self._rng.choice(choices)

    def some(self, choices: Sequence[Any], most: int) -> Sequence[Any]:
        return self._rng.sample(choices, self._rng.randint(0, min(most, len(choices))))

    def number(self, low: int, high: int) -> int:
        return self._rng.randint(low, high)

    def text(self) -> str:
        return self._rng.choice(TEXTS)

    def once_in(self, times: int) -> bool:
        """Yes once in so many times."""
        return self._rng.randrange(times) == 0


def with_reasons(command: Command) -> Command:
    """A request as it is offered, with words where it wants some, and a reason where it takes one."""
    said = with_words(command, TEXT)
    return replace(said, because=TEXT) if getattr(said, "because", None) == "" else said


def filled(way: Way, chance: Chance, protocol: Protocol) -> Command:
    """The command of a way with what a person would fill in, from the choices it offers."""
    hints = _hints(type(way.command))
    given = {}
    for name, choices in way.fields.items():
        if name in hints and name != "on":
            given[name] = _value(way.command, name, hints[name], choices, chance, protocol)
    return with_words(replace(way.command, **given), TEXT)


@cache
def _hints(kind: type[Command]) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _value(command: Command, name: str, hint: Any, choices: Sequence[str], chance: Chance, protocol: Protocol) -> Any:
    if isinstance(command, c.Read):
        return answers(protocol, command.measure, chance) if name == "answers" else None
    if isinstance(command, c.RecordFact) and name == "value":
        return _fact(protocol, command.fact, chance)
    if isinstance(command, c.FillChecklist) and name == "answers":
        return {choice: chance.one([True, False, None]) for choice in choices}
    if isinstance(command, c.RecordSession) and name in ("scores", "exceptions"):
        return {}
    return _plain(hint, choices, getattr(command, name), chance)


def _plain(hint: Any, choices: Sequence[str], now: Any, chance: Chance) -> Any:
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if NoneType in kinds and not choices:
        return now
    if str in kinds:
        return chance.one(choices) if choices else now or chance.text()
    if any(get_origin(kind) is Sequence or kind is tuple or get_origin(kind) is tuple for kind in kinds):
        return tuple(chance.some(choices, 3)) if choices else tuple(now)
    if bool in kinds:
        return chance.one([False, True])
    return now


def answers(protocol: Protocol, measure: str, chance: Chance) -> dict[str, int | None]:
    """Answers inside the range of each item; some are left out."""
    items = protocol.measures[measure].items
    ranges = {name: item.range for name, item in items.items() if item.range is not None}
    found: dict[str, int | None] = {
        name: chance.number(int(span.low), int(span.high)) if n == 0 or chance.one([False, True]) else None
        for n, (name, span) in enumerate(ranges.items())
    }
    return found


def _fact(protocol: Protocol, fact: str, chance: Chance) -> object:
    spec = protocol.spec.facts[fact]
    if spec.one_of:
        return chance.one([*spec.one_of, None])
    if spec.number is not None:
        return chance.number(spec.number.low, spec.number.high)
    return (START + timedelta(days=chance.number(0, 300))).isoformat() if spec.type == "date" else chance.text()
