"""What may stand at a place, as a schema.

Where two forms may stand (a text or a map, one name or a list), the schema names both types side by side and says of
each what holds for it. Never "any of these": an editor that finds none of several schemas to fit can only say so.
``errorMessage`` and ``patternErrorMessage`` are what the YAML language server shows in place of its own sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from iptengine.authoring.shapes import Shape
from iptengine.course.wording import either
from iptengine.protocol.fields import ID_PATTERN, RESERVED, Model
from iptengine.protocol.references import KINDS, Refers

Schema = dict[str, Any]


class Around(Protocol):
    """What a place needs to know of the schema around it."""

    def refer(self, model: type[Model], short: str) -> Schema:
        """A reference to a part, where the key `short` is what a bare text stands for."""
        ...

    def offered(self, refers: Refers | None) -> Schema:
        """The names to choose from at a place that refers to something."""
        ...


MOST_KINDS = 3
CALLED = "$comment"
"""Under this a schema says what it is called, if it becomes a definition of its own."""
_TEXT = "a text is wanted here; put a number, true or false in double quotes"
_NAMES: Mapping[str, str] = {
    "a name": "a name is small letters, digits and _, and begins with a letter, as in first_talk",
    "an id": "an id is small letters and digits joined by - or _, and begins with a letter, as in ipt-adult; "
    "names that some systems keep for themselves, such as con, are none",
    "a version of three numbers": "write three numbers joined by points, such as 1.0.0",
    "a measure and its version": "write a measure and its version, such as phq9@1",
    "a path": "write names joined by points, such as phases.initial.window",
    "a protocol and its version": "write the two as ipt-adult@1.0.0",
    "a digest": "leave the key out; `iptengine pin` writes it",
}
_LIMITS = {"list": ("minItems", "maxItems"), "map": ("minProperties", "maxProperties")}


def schema_at(shape: Shape, around: Around, empty: bool = False) -> Schema:
    """The schema of what may stand at a place.

    Args:
        shape: What may stand there.
        around: Arounds to the parts of the format.
        empty: Where the key may be left out, nothing may stand after its colon.

    """
    found = _SCHEMAS[shape.kind](shape, around)
    if empty and shape.empty and shape.kind not in ("part", "map"):
        return {**_or_nothing(found), CALLED: f"{_called(shape)}, or nothing"}
    return found if "$ref" in found else {**found, CALLED: _called(shape)}


def _called(shape: Shape) -> str:
    """What a schema is called among the definitions."""
    if shape.kind == "written":
        return " ".join(shape.words.split(",")[0].split()[:6])
    if shape.refers is not None and len(shape.refers.kinds) < MOST_KINDS:
        return f"the name of {' or '.join(KINDS[kind].a for kind in shape.refers.kinds)}"
    if shape.kind == "list" and shape.entry is not None:
        return f"{'one or ' if shape.alone else ''}many: {_called(shape.entry)}"
    if shape.kind == "map" and shape.entry is not None:
        return f"by name: {_called(shape.entry)}"
    return shape.model.__name__.removesuffix("Spec") if shape.model is not None else shape.words


def _or_nothing(schema: Schema) -> Schema:
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    return {**schema, "type": _types(schema, "null")}


def _types(schema: Schema, *more: str) -> list[str]:
    types = schema["type"]
    return list(dict.fromkeys((*([types] if isinstance(types, str) else types), *more)))


def _part(shape: Shape, around: Around) -> Schema:
    assert shape.model is not None
    return around.refer(shape.model, shape.short)


def _map(shape: Shape, around: Around) -> Schema:
    assert shape.entry is not None
    entry = schema_at(shape.entry, around, empty=True)
    found: Schema = {"type": "object", "additionalProperties": entry, **_limits(shape)}
    names = schema_at(shape.names, around) if shape.names else {}
    if "pattern" in names:
        found["propertyNames"] = {"title": "name", **lone(names), "type": "string", **_own_names(shape)}
    if not shape.listed:
        return found
    if entry.get("type") == "string":
        found["additionalProperties"] = {**lone(entry), "type": ["string", "integer"]}
    return {**found, "type": ["object", "string", "array"], **lone(names), "items": names}


def _own_names(shape: Shape) -> Schema:
    """What the names in a map may not be: words that mean something else there."""
    taken = KINDS[shape.gives].taken if shape.gives else frozenset()
    if not taken or shape.names is None:
        return {}
    pattern = shape.names.limits["pattern"].removeprefix("^")
    words = sorted(taken)
    told = f"{KINDS[shape.gives].a} has a name of its own in small letters, and none of these: {', '.join(words)}"
    return {"pattern": f"^(?!(?:{'|'.join(words)})$){pattern}", "patternErrorMessage": told}


def _list(shape: Shape, around: Around) -> Schema:
    assert shape.entry is not None
    entry = schema_at(shape.entry, around)
    found: Schema = {"type": "array", "items": entry, **_limits(shape)}
    if not shape.alone or shape.limits.get("least", 0) > 1:
        return found
    inside = {name: one for name, one in entry.items() if name != "defaultSnippets"}  # offered once is enough
    return {**found, "items": inside, "type": [entry.get("type", "string"), "array"], **lone(entry)}


def lone(schema: Schema) -> Schema:
    """What a schema says of a single value, to stand beside what is said of a map or a list in its place."""
    if "enum" in schema:
        words = "|".join(_literally(str(choice)) for choice in schema["enum"])
        told = either(str(choice) for choice in schema["enum"])
        return {"pattern": f"^(?:{words})$", "patternErrorMessage": f"write {told}"}
    kept = {name: limit for name, limit in schema.items() if name not in ("type", "errorMessage", CALLED)}
    return {**kept, "patternErrorMessage": schema["errorMessage"]} if "pattern" in kept else kept


def _literally(text: str) -> str:
    """A text as a pattern that fits nothing else."""
    return "".join(sign if sign.isalnum() or sign in " _" else f"\\{sign}" for sign in text)


def _limits(shape: Shape) -> Schema:
    least, most = _LIMITS[shape.kind]
    given = {least: shape.limits.get("least"), most: shape.limits.get("most")}
    return {name: limit for name, limit in given.items() if limit is not None}


def _text(shape: Shape, around: Around) -> Schema:
    return {"type": "string", **shape.limits, "errorMessage": _TEXT, **around.offered(shape.refers)}


def _name(shape: Shape, around: Around) -> Schema:
    pattern = shape.limits["pattern"]
    if pattern == ID_PATTERN:
        pattern = f"^(?!(?:{'|'.join(sorted(RESERVED))})$){pattern.removeprefix('^')}"
    told = {**shape.limits, "pattern": pattern, "errorMessage": _NAMES[shape.words]}
    return {"type": "string", **told, **around.offered(shape.refers)}


def _written(shape: Shape, around: Around) -> Schema:
    limits = dict(shape.limits)
    if "pattern" not in limits:
        return limits
    examples = ", ".join(str(one) for one in shape.examples[:4])
    return {**limits, "errorMessage": f"wanted here: {shape.words}{f', such as {examples}' if examples else ''}"}


def _choice(shape: Shape, around: Around) -> Schema:
    if len(shape.choices) == 1:
        return {"const": shape.choices[0], "errorMessage": f"write {shape.choices[0]}"}
    return {"enum": [*shape.choices, *((True, False) if shape.truths else ())]}


def _whole(shape: Shape, around: Around) -> Schema:
    return {"type": "integer", **shape.limits, "errorMessage": "write a whole number in digits, such as 10"}


def _number(shape: Shape, around: Around) -> Schema:
    return {"type": "number", "errorMessage": "write a number in digits, such as 5 or 2.8"}


def _truth(shape: Shape, around: Around) -> Schema:
    return {"type": "boolean", "errorMessage": "write true or false"}


def _any(shape: Shape, around: Around) -> Schema:
    return {}


_SCHEMAS: Mapping[str, Callable[[Shape, Around], Schema]] = {
    "part": _part,
    "map": _map,
    "list": _list,
    "text": _text,
    "name": _name,
    "written": _written,
    "choice": _choice,
    "whole": _whole,
    "number": _number,
    "truth": _truth,
    "any": _any,
}


def key_of(schema: Schema) -> str:
    """The same for two schemas that say the same."""
    return json.dumps(schema, sort_keys=True)
