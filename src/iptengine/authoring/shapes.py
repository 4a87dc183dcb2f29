"""What may stand at each place of a file, read off the models: for messages, repairs, the reference and editors."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as with_default
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le, MaxLen, MinLen
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
        truths: True and false may stand for two of the choices.
        listed: A list of names, or one, may stand for a map in which each has the same.
        empty: Nothing may stand there.
        limits: What JSON Schema would call the limits of the value: pattern, minLength, maximum, minProperties.
        names: What the names in a map may be.
        refers: What a name here stands for; of a written quantity, what the names in it stand for.
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
    truths: bool = False
    listed: bool = False
    empty: bool = False
    limits: Mapping[str, Any] = with_default(default_factory=dict)
    names: Shape | None = None
    refers: Refers | None = None
    gives: str = ""

    @property
    def key_refers(self) -> Refers | None:
        """What the keys of a map stand for."""
        return self.names.refers if self.names is not None else None


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
def others_of(model: type[Model]) -> Shape | None:
    """The map by names that a part is beside its own keys; none where it takes no other keys."""
    if model.model_config.get("extra") != "allow":
        return None
    return _shape(get_type_hints(model, include_extras=True)["__pydantic_extra__"], ())


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
        return _shape(inner, (*_flat(more), *metadata))
    if any(isinstance(one, PlainValidator) for one in metadata):
        return _written(metadata)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _union(get_args(annotation), metadata)
    limits = _limits(metadata)
    if origin is tuple:
        alone = any(isinstance(one, BeforeValidator) for one in metadata)
        return Shape("list", "a list", entry=_shape(get_args(annotation)[0], ()), alone=alone, limits=limits)
    if origin is Literal:
        before = [one.func for one in metadata if isinstance(one, BeforeValidator)]
        truths = any(_is_told_by_truth(expand) for expand in before)
        return Shape("choice", "one of a few words", choices=get_args(annotation), truths=truths)
    if origin is not None and issubclass(origin, Mapping):
        return _map(get_args(annotation), metadata, limits)
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return Shape("part", "a map", annotation, short=_short(metadata))
    if annotation is Any:
        return Shape("any", "a value")
    if annotation is bool:
        return Shape("truth", "true or false")
    return Shape("whole", "a whole number", limits=limits) if annotation is int else _text(metadata, limits)


def _flat(metadata: Iterable[Any]) -> Iterator[Any]:
    """What is said beside a type, with what its `Field` says taken out of it."""
    for one in metadata:
        yield from one.metadata if isinstance(one, FieldInfo) else (one,)


def _union(kinds: tuple[Any, ...], metadata: tuple[Any, ...]) -> Shape:
    shapes = [_shape(one, metadata) for one in kinds if one is not type(None)]
    choices = tuple(choice for shape in shapes for choice in shape.choices)
    return replace(shapes[0], choices=choices, empty=type(None) in kinds)


def _map(kinds: tuple[Any, ...], metadata: tuple[Any, ...], limits: Mapping[str, Any]) -> Shape:
    key, entry = kinds
    before = [one.func for one in metadata if isinstance(one, BeforeValidator)]
    return Shape(
        "map",
        "a map",
        entry=_shape(entry, ()),
        listed=any(_lists(expand) for expand in before),
        limits=limits,
        names=_shape(key, ()),
        gives=_gives(key),
    )


def _is_told_by_truth(expand: Any) -> bool:
    """Whether true stands for one of some words."""
    try:
        return isinstance(expand(True), str)
    except ValueError:
        return False


def _lists(expand: Any) -> bool:
    """Whether a list of names stands for a map."""
    return isinstance(expand(["name"]), Mapping)


def _limits(metadata: Iterable[Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for one in _flat(metadata):
        if isinstance(one, StringConstraints):
            given = {"pattern": one.pattern, "minLength": one.min_length, "maxLength": one.max_length}
            found |= {name: limit for name, limit in given.items() if limit is not None}
        elif isinstance(one, Ge):
            found["minimum"] = one.ge
        elif isinstance(one, Le):
            found["maximum"] = one.le
        elif isinstance(one, MinLen):
            found["least"] = one.min_length
        elif isinstance(one, MaxLen):
            found["most"] = one.max_length
    return found


def _mark(metadata: tuple[Any, ...]) -> Refers | None:
    return next((one for one in metadata if isinstance(one, Refers)), None)


def _gives(key: Any) -> str:
    return next((one.kind for one in _marks(key) if isinstance(one, Gives)), "")


def _marks(key: Any) -> tuple[Any, ...]:
    """What the type of a key is annotated with."""
    return get_args(key)[1:] if get_origin(key) is Annotated else ()


def _written(metadata: tuple[Any, ...]) -> Shape:
    schema = dict(next((one.json_schema or {} for one in metadata if isinstance(one, WithJsonSchema)), {}))
    words, examples = schema.pop("description", None), tuple(schema.pop("examples", ()))
    if schema.get("type") == "number":
        return Shape("number", "a number", limits=schema)
    return Shape("written", str(words or "a text"), examples=examples, limits=schema, refers=_mark(metadata))


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


def _text(metadata: tuple[Any, ...], limits: Mapping[str, Any]) -> Shape:
    pattern, refers = limits.get("pattern", ""), _mark(metadata)
    if pattern in _NAMED:
        return Shape("name", _NAMED[pattern], limits=limits, refers=refers)
    return Shape("text", "a text", limits=limits, refers=refers)
