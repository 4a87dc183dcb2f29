"""The field types of a protocol file: names, texts, references and the small written quantities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

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

from iptengine.protocol.anchored import Dates, Moment
from iptengine.protocol.doses import Dose
from iptengine.protocol.durations import Duration
from iptengine.protocol.quantities import Frequency, Position, Range, Rhythm, Times, Window

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
ID_PATTERN = r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"
VERSION_PATTERN = r"^(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})$"
MEASURE_PATTERN = r"^[a-z][a-z0-9_]*@[0-9]+$"
RESERVED = frozenset(["con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))])


class Model(BaseModel):
    """The base of every part of a protocol: frozen, strict, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _written(kind: type[Any], description: str, examples: list[str], *, number: bool = False) -> Any:
    schema: dict[str, Any] = {"type": ["string", "integer"] if number else "string"}
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

_range = _written(Range, "a whole number, or a least and a most number", ["12..16", "14"], number=True)
RangeText = Annotated[Range, *_range]
_window = _written(Window, "positions of sessions from the start or the end", ["first 3", "last 3..4", "4..last 4"])
WindowText = Annotated[Window, *_window]
_frequency = _written(Frequency, "how often, in the agreed unit", ["1 a week", "2 a month", "every 2 weeks"])
FrequencyText = Annotated[Frequency, *_frequency]
_times = _written(
    Times,
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
_position = _written(Position, "a place in the course", ["session 3", "2 sessions before the end", "half way"])
PositionText = Annotated[Position, *_position]
_rhythm = _written(
    Rhythm,
    "when it is due",
    [
        "every session", "every 4 sessions", "every day", "every 4 weeks", "every month", "at the start", "at the end",
        "at start and end", "when asked",
    ],
)  # fmt: skip
RhythmText = Annotated[Rhythm, *_rhythm]
_moment = _written(
    Moment,
    "when, told by what it hangs on",
    [
        "before session 1", "after session 3", "after a missed session", "on birth", "2 weeks before birth",
        "12 months after the start", "3 months after the end",
    ],
)  # fmt: skip
MomentText = Annotated[Moment, *_moment]
_dates = _written(Dates, "a stretch between dates", ["until birth", "from birth until 6 months after birth"])
DatesText = Annotated[Dates, *_dates]
_dose = _written(Dose, "a least and a most amount, in sessions or parts of one", ["1..3", "1/2..2", "1"], number=True)
DoseText = Annotated[Dose, *_dose]
_duration = _written(Duration, "how long", ["4 weeks", "10 days", "2 months"])
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
