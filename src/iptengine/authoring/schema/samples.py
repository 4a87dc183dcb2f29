"""Examples for every key, as they stand in files: what an author reads beside a key was written in earnest.

A key that no shipped file uses borrows from the same key elsewhere, or has the examples of its field in the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from iptengine.authoring.shapes import Key, Shape, keys_of, others_of
from iptengine.protocol.fields import Model

Place = tuple[type[Model], str]
"""A key of a part; ``key#`` are the names in a map that stands there, ``key[]`` the entries of a map or list.

Under `Model` itself, with its kind, stands what is written under such a key in whatever part.
"""
Samples = Mapping[Place, tuple[Any, ...]]
"""What files write at each place."""

SHOWN = 2
KEPT = 4
LONGEST = 120
_STAND_IN: Mapping[str, Any] = {"truth": True, "whole": 1, "number": 1}


def gather(files: Iterable[tuple[Any, type[Model]]]) -> Samples:
    """What some files write at each place.

    Args:
        files: The values of each, with its model.

    Example:
        >>> from iptengine.protocol.parts import Source
        >>> gather([({"cite": "Guide, 2018"}, Source)])[Source, "cite"]
        ('Guide, 2018',)
    """
    found: dict[Place, list[Any]] = {}
    for root, model in files:
        for place, kind, value in _of_part(model, "", root):
            for one in (place, _anywhere(place, kind)):
                kept = found.setdefault(one, [])
                if len(kept) < KEPT and value not in kept:
                    kept.append(value)
    return {place: tuple(values) for place, values in found.items()}


def _anywhere(place: Place, kind: str) -> Place:
    """The same key in whatever part: a `source` or a `note` looks much the same in all of them."""
    return Model, f"{place[1]}:{kind}"


Written = Iterator[tuple[Place, str, Any]]


def _of_part(model: type[Model], short: str, value: Any) -> Written:
    written = value if isinstance(value, dict) else {short: value}
    keys, others = keys_of(model), others_of(model)
    for name, one in written.items():
        if name in keys:
            yield from _at((model, name), keys[name].shape, one)
        elif others is not None and others.entry is not None:
            yield from _at((model, "*"), others.entry, one)


def _at(place: Place, shape: Shape, value: Any) -> Written:
    model, where = place
    if shape.kind == "part" and shape.model is not None:
        yield from _of_part(shape.model, shape.short, value)
    elif shape.entry is None:
        if value is not None:
            yield place, shape.kind, _short(value) if shape.kind == "text" else value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield (model, f"{where}#"), "name", name
            yield from _at((model, f"{where}[]"), shape.entry, one)
    else:
        for one in value if isinstance(value, list) else (value,):
            if shape.kind == "map":
                yield (model, f"{where}#"), "name", one
            else:
                yield from _at((model, f"{where}[]"), shape.entry, one)


def _short(text: Any) -> Any:
    told = str(text)
    return text if len(told) <= LONGEST else told[:LONGEST].rpartition(" ")[0].rstrip(",;:") + " …"


def examples_of(model: type[Model], key: Key, samples: Samples) -> tuple[Any, ...]:
    """Values that may stand under a key.

    Example:
        >>> from iptengine.protocol.model import PhaseSpec
        >>> examples_of(PhaseSpec, keys_of(PhaseSpec)["window"], {})
        ('first 3', 'last 3..4', '4..last 4')
    """
    return tuple(_of_key(model, key, samples, ()))


def _of_key(model: type[Model], key: Key, samples: Samples, around: tuple[type[Model], ...]) -> list[Any]:
    return _examples((model, key.name), key.shape, samples, around) or list(key.field.examples or ())


def _examples(place: Place, shape: Shape, samples: Samples, around: tuple[type[Model], ...]) -> list[Any]:
    model, where = place
    if shape.kind == "part" and shape.model is not None:
        return [] if shape.model in around else _of_model(shape.model, shape.short, samples, (*around, shape.model))
    if shape.entry is not None:
        entries = _examples((model, f"{where}[]"), shape.entry, samples, around)
        if shape.kind == "list":
            return [entries[:SHOWN]] if entries else []
        names = _sampled((model, f"{where}#"), "name", samples)
        return [{names[0]: entries[0]}] if entries and names else []
    if shape.examples:
        return [as_written(one, shape) for one in shape.examples]
    if shape.choices:
        return list(shape.choices[:SHOWN])
    found = list(_sampled(place, shape.kind, samples)[:SHOWN])
    return found or ([_STAND_IN[shape.kind]] if shape.kind in _STAND_IN else [])


def _sampled(place: Place, kind: str, samples: Samples) -> tuple[Any, ...]:
    return samples.get(place) or samples.get(_anywhere(place, kind), ())


def as_written(example: Any, shape: Shape) -> Any:
    """A value as an author writes it: a number as a number, where one may stand."""
    whole = "integer" in shape.limits.get("type", ()) and isinstance(example, str) and example.isdigit()
    return int(example) if whole else example


def _of_model(model: type[Model], short: str, samples: Samples, around: tuple[type[Model], ...]) -> list[Any]:
    """One part with no more than it needs; a text where that stands for it."""
    keys = keys_of(model)
    if short:
        return _of_key(model, keys[short], samples, around)[:SHOWN]
    wanted = [key for key in keys.values() if key.required]
    if model.alternatives is not None:
        wanted += [key for key in keys.values() if key.attribute in model.alternatives.keys][:1]
    found = {key.name: _of_key(model, key, samples, around)[:1] for key in wanted or keys.values()}
    if not wanted:
        found = dict([(name, values) for name, values in found.items() if values][:1])
    return [{name: values[0] for name, values in found.items()}] if found and all(found.values()) else []
