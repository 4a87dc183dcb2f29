"""What may stand at each place of a file, read off the models: for messages, repairs and the reference page."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, PlainValidator, StringConstraints, WithJsonSchema
from pydantic.fields import FieldInfo

from iptengine.diagnostics import Path
from iptengine.protocol.fields import ID_PATTERN, MEASURE_PATTERN, NAME_PATTERN, VERSION_PATTERN, Model
from iptengine.protocol.references import Gives, Refers
from iptengine.protocol.variant_spec import DIGEST_PATTERN, PATH_PATTERN, REF_PATTERN

Kind = Literal["part", "map", "list", "text", "name", "written", "whole", "number", "truth", "choice", "any"]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What may stand at a place.

    Attributes:
        kind: A part with keys of its own, a map by names, a list, one of the single values, or any of these.
        words: What is wanted, with its article: ``"a whole number"``.
        model: The part's model.
        entry: What each entry of a map or list is.
        choices: The words of a choice.
        short: The key that a bare text stands for, or ``""``.
        examples: How a written quantity may look.
        alone: A single value may stand for a list of one.
        refers: What a name here stands for; of a written quantity, what the names in it stand for.
        key_refers: What the keys of a map stand for.
        gives: The kind of name that each key of a map gives to what stands under it, or ``""``.
    """

    kind: Kind
    words: str
    model: type[Model] | None = None
    entry: Shape | None = None
    choices: tuple[str | int, ...] = ()
    short: str = ""
    examples: tuple[str, ...] = ()
    alone: bool = False
    refers: Refers | None = None
    key_refers: Refers | None = None
    gives: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One key of a part: as the file writes it, as the model calls it, and what may stand there."""

    name: str
    attribute: str
    about: str
    required: bool
    shape: Shape
    field: FieldInfo


@cache
def keys_of(model: type[Model]) -> Mapping[str, Key]:
    """The keys of a part as the file writes them, in the order of the model."""
    found = {}
    for attribute, field in model.model_fields.items():
        name = field.alias or attribute
        shape = _shape(field.annotation, tuple(field.metadata))
        found[name] = Key(name, attribute, field.description or "", field.is_required(), shape, field)
    return found


@cache
def others_of(model: type[Model]) -> Refers | None:
    """What a key stands for that is none of the part's own, where the part takes such keys."""
    if model.model_config.get("extra") != "allow":
        return None
    key = get_args(get_type_hints(model, include_extras=True)["__pydantic_extra__"])[0]
    return _mark(_marks(key))


def shape_at(model: type[Model], path: Path) -> Shape | None:
    """What may stand at `path` of a file of this model; none where nothing is known."""
    shape: Shape | None = Shape("part", "a map", model)
    for part in path:
        if shape is None:
            return None
        if shape.kind == "part" and shape.model is not None:
            key = keys_of(shape.model).get(str(part))
            shape = key.shape if key else None
        else:
            shape = shape.entry if shape.kind in ("map", "list") else None
    return shape


def _shape(annotation: Any, metadata: tuple[Any, ...]) -> Shape:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _shape(inner, (*more, *metadata))
    if any(isinstance(one, PlainValidator) for one in metadata):
        return _written(metadata)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        shapes = [_shape(one, metadata) for one in get_args(annotation) if one is not type(None)]
        choices = tuple(choice for shape in shapes for choice in shape.choices)
        return replace(shapes[0], choices=choices) if choices else shapes[0]
    if origin is tuple:
        alone = any(isinstance(one, BeforeValidator) for one in metadata)
        return Shape("list", "a list", entry=_shape(get_args(annotation)[0], ()), alone=alone)
    if origin is Literal:
        return Shape("choice", "one of a few words", choices=get_args(annotation))
    if origin is not None and issubclass(origin, Mapping):
        key, entry = get_args(annotation)
        return Shape("map", "a map", entry=_shape(entry, ()), key_refers=_mark(_marks(key)), gives=_gives(key))
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return Shape("part", "a map", annotation, short=_short(metadata))
    if annotation is Any:
        return Shape("any", "a value")
    if annotation is bool:
        return Shape("truth", "true or false")
    return Shape("whole", "a whole number") if annotation is int else _text(metadata)


def _mark(metadata: tuple[Any, ...]) -> Refers | None:
    return next((one for one in metadata if isinstance(one, Refers)), None)


def _gives(key: Any) -> str:
    return next((one.kind for one in _marks(key) if isinstance(one, Gives)), "")


def _marks(key: Any) -> tuple[Any, ...]:
    """What the type of a key is annotated with."""
    return get_args(key)[1:] if get_origin(key) is Annotated else ()


def _written(metadata: tuple[Any, ...]) -> Shape:
    schema = next((one.json_schema or {} for one in metadata if isinstance(one, WithJsonSchema)), {})
    if schema.get("type") == "number":
        return Shape("number", "a number")
    examples = tuple(schema.get("examples", ()))
    return Shape("written", str(schema.get("description", "a text")), examples=examples, refers=_mark(metadata))


def _short(metadata: tuple[Any, ...]) -> str:
    for one in metadata:
        if isinstance(one, BeforeValidator):
            expand: Callable[[object], Any] = one.func  # type: ignore[assignment]
            return str(next(iter(expand("text"))))
    return ""


_NAMED = {
    NAME_PATTERN: "a name",
    ID_PATTERN: "an id",
    VERSION_PATTERN: "a version of three numbers",
    MEASURE_PATTERN: "a measure and its version",
    PATH_PATTERN: "a path",
    REF_PATTERN: "a protocol and its version",
    DIGEST_PATTERN: "a digest",
}


def _text(metadata: tuple[Any, ...]) -> Shape:
    refers = _mark(metadata)
    constraints = next((one for one in metadata if isinstance(one, StringConstraints)), None)
    pattern = str(constraints.pattern) if constraints and constraints.pattern else ""
    if pattern in _NAMED:
        return Shape("name", _NAMED[pattern], refers=refers)
    return Shape("text", "a text", refers=refers)
