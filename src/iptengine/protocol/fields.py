"""The field types of a protocol file: names, texts, references and the small written quantities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from iptengine.protocol import patterns
from iptengine.protocol.anchored import Dates, Moment
from iptengine.protocol.doses import MOST_SESSIONS, Dose
from iptengine.protocol.durations import Duration
from iptengine.protocol.quantities import Frequency, Position, Range, Rhythm, Times, Window
from iptengine.protocol.units import MOST

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
ID_PATTERN = r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"
VERSION_PATTERN = r"^(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})$"
MEASURE_PATTERN = r"^[a-z][a-z0-9_]*@[0-9]+$"
RESERVED = frozenset(["con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))])


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Keys of a part of which exactly one is written, as the models call them, and how an author is told so."""

    keys: tuple[str, ...]
    wanted: str


class Model(BaseModel):
    """The base of every part of a protocol: frozen, strict, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    alternatives: ClassVar[Alternatives | None] = None


def given(part: Model) -> tuple[str, ...]:
    """Which of the keys that stand in for each other are written in a part."""
    keys = part.alternatives.keys if part.alternatives else ()
    return tuple(key for key in keys if not _is_left_out(getattr(part, key)))


def _is_left_out(value: object) -> bool:
    return value is None or (not value and isinstance(value, (tuple, Mapping)))


def only_one(part: Model) -> None:
    """Holds a part to its alternatives.

    Raises:
        ValueError: Not exactly one of them is written.
    """
    if part.alternatives and len(given(part)) != 1:
        raise ValueError(part.alternatives.wanted)


def _written(
    kind: type[Any], pattern: str, description: str, examples: list[str], number: tuple[int, int] | None = None
) -> Any:
    """A quantity as its author writes it; `number` is the least and the most that may stand there as a bare number."""
    schema: dict[str, Any] = {"type": ["string", "integer"] if number else "string", "pattern": pattern}
    if number:
        schema |= {"minimum": number[0], "maximum": number[1]}
    return (
        PlainValidator(kind.parse),
        PlainSerializer(str, return_type=str),
        WithJsonSchema({**schema, "description": description, "examples": examples}),
    )


def _not_reserved(value: object) -> object:
    if isinstance(value, str) and value in RESERVED:
        raise ValueError(f"'{value}' is a name some systems keep for themselves; choose another")
    return value


def _whole_one(value: object) -> object:
    """Only the whole number: yes, no and 1.0 equal it in Python, and are something else in a file."""
    if type(value) in (bool, float):
        raise PydanticCustomError("literal_error", "the number 1 is wanted", {"expected": "1"})
    return value


Format = Annotated[Literal[1], BeforeValidator(_whole_one)]
"""The version of the format a file is written in."""
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=60)]
ProtocolId = Annotated[str, BeforeValidator(_not_reserved), StringConstraints(pattern=ID_PATTERN, max_length=60)]
Version = Annotated[str, StringConstraints(pattern=VERSION_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=12, pattern=r"\S")]
MeasureRef = Annotated[str, StringConstraints(pattern=MEASURE_PATTERN, max_length=70)]

_range = _written(Range, patterns.RANGE, "a whole number, or a least and a most number", ["12..16", "14"], (0, MOST))
RangeText = Annotated[Range, *_range]
_window = _written(
    Window, patterns.WINDOW, "positions of sessions from the start or the end", ["first 3", "last 3..4", "4..last 4"]
)
WindowText = Annotated[Window, *_window]
_frequency = _written(
    Frequency, patterns.FREQUENCY, "how often, in the agreed unit", ["1 a week", "2 a month", "every 2 weeks"]
)
FrequencyText = Annotated[Frequency, *_frequency]
_times = _written(
    Times,
    patterns.TIMES,
    "how often a task is asked for",
    [
        "once",
        "every session",
        "every 4 sessions",
        "every 3 months",
        "at least 2 times",
        "at most 3 times",
        "2..4 times",
    ],
)
TimesText = Annotated[Times, *_times]
_position = _written(
    Position, patterns.POSITION, "a place in the course", ["session 3", "2 sessions before the end", "half way"]
)
PositionText = Annotated[Position, *_position]
_rhythm = _written(
    Rhythm,
    patterns.RHYTHM,
    "when it is due",
    [
        "every session", "every 4 sessions", "every day", "every 4 weeks", "every month", "at the start", "at the end",
        "at start and end", "when asked",
    ],
)  # fmt: skip
RhythmText = Annotated[Rhythm, *_rhythm]
_moment = _written(
    Moment,
    patterns.MOMENT,
    "when, told by what it hangs on",
    [
        "before session 1", "after session 3", "after a missed session", "on birth", "2 weeks before birth",
        "12 months after the start", "3 months after the end",
    ],
)  # fmt: skip
MomentText = Annotated[Moment, *_moment]
_dates = _written(
    Dates, patterns.DATES, "a stretch between dates", ["until birth", "from birth until 6 months after birth"]
)
DatesText = Annotated[Dates, *_dates]
_dose = _written(
    Dose,
    patterns.DOSE,
    "a least and a most amount, in sessions or parts of one",
    ["1..3", "1/2..2", "1"],
    (1, MOST_SESSIONS),
)
DoseText = Annotated[Dose, *_dose]
_duration = _written(Duration, patterns.DURATION, "how long", ["4 weeks", "10 days", "2 months"])
DurationText = Annotated[Duration, *_duration]


def one_or_many(value: object) -> object:
    """A list of one may be written without brackets."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(one_or_many)]
ProtocolIds = Annotated[tuple[ProtocolId, ...], BeforeValidator(one_or_many)]
CarriedPart = Literal[
    "people", "life_events", "diagnosis", "formulation", "focus", "goals", "facts", "readings"
]  # fmt: skip
CarriedParts = Annotated[tuple[CarriedPart, ...], BeforeValidator(one_or_many)]
Words = Annotated[tuple[Text, ...], BeforeValidator(one_or_many)]

M = TypeVar("M", bound=Model)


def short_form(key: str) -> Callable[[object], object]:
    """A validator that lets ``name: text`` stand for ``name: {key: text}``; the path of `key` exists in both."""

    def expand(value: object) -> object:
        return {key: value} if isinstance(value, str) else value

    return expand


NO_MAP: Mapping[str, Any] = {}
