"""The small values a vignette writes: days, numbers, readings, answers, and the reasons of a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

from iptengine.authoring.vignette_refers import ReasonName


def _day(value: object) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("write a day as 2026-03-31")


_DAY = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
Day = Annotated[
    date,
    PlainValidator(_day),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({**_DAY, "description": "a day", "examples": ["2026-03-31"]}),
]


def _days(value: object) -> object:
    listed = value if isinstance(value, list) else [value]
    return tuple(_day(one) for one in listed)


Days = Annotated[
    tuple[date, ...],
    PlainValidator(_days),
    WithJsonSchema({**_DAY, "type": ["string", "array"], "items": _DAY, "description": "days"}),
]


def _numbers(value: object) -> object:
    return (value,) if isinstance(value, int) else tuple(value) if isinstance(value, list) else value


Numbers = Annotated[tuple[int, ...], BeforeValidator(_numbers)]


def each_with(value: object, answer: str) -> object:
    """A list of names, or one name, as a map of the names, each with `answer`; anything else as it is."""
    listed = [value] if isinstance(value, str) else value
    named = isinstance(listed, list) and all(isinstance(name, str) for name in listed)
    return dict.fromkeys(listed, answer) if isinstance(listed, list) and named else value


def _codes(value: object) -> object:
    """A list of names stands for the same names, each with any answer."""
    return each_with(value, "any")


Refusal = Annotated[Mapping[ReasonName, Literal["no", "unknown", "any"]], BeforeValidator(_codes)]


Answer = Literal["yes", "no", "unknown"]


def _yes_or_no(value: object) -> object:
    """`true` and `false` say the same."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


YesOrNo = Annotated[Literal["yes", "no"], BeforeValidator(_yes_or_no)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object) -> object:
    if not _is_number(value):
        raise ValueError("write a number in digits, such as 18")
    return value


def _total(value: object) -> object:
    if value != "none" and not _is_number(value):
        raise ValueError("write a number in digits, such as 18, or none")
    return value


def _taken(value: object) -> object:
    usable = isinstance(value, dict) and all(v is None or _is_number(v) for v in value.values())
    if not usable and not _is_number(value):
        raise ValueError("write a reading as {total: 18, ITEM: 0}, each a number, or left empty: unanswered")
    return value


def _fact(value: object) -> object:
    if not (value is None or isinstance(value, str) or type(value) is int):
        raise ValueError("write one of the fact's values, a whole number, a day or a text")
    return value


def _schema(*kinds: str) -> WithJsonSchema:
    return WithJsonSchema({"type": list(kinds) if len(kinds) > 1 else kinds[0]})


Number = Annotated[int | float, PlainValidator(_number), _schema("number")]


Total = Annotated[int | float | str, PlainValidator(_total), _schema("number", "string")]


Value = Annotated[str | int | None, PlainValidator(_fact), _schema("string", "integer", "null")]


Taken = Annotated[
    Mapping[str, int | float | None] | int | float,
    PlainValidator(_taken),
    WithJsonSchema(
        {
            "type": ["object", "number"],
            "additionalProperties": {"type": ["number", "null"]},
            "description": "a reading",
            "examples": [{"total": 18, "self_harm": 0}],
        }
    ),
]
"""A reading: a map of item answers and total, or a bare total."""
