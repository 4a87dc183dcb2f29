"""What may stand at a place of a content, read off the models of protocol and measure."""

from __future__ import annotations

from functools import lru_cache

from iptengine.authoring.comparison.difference import MEASURES, PROTOCOL, Steps
from iptengine.authoring.shapes import Key, Shape, keys_of, shape_at
from iptengine.protocol.measure import Measure
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import Condition

HOLDING = frozenset({"set", "add"})
"""Under these a group of changes holds what stands at a path of the base."""


@lru_cache(maxsize=8192)
def shape_of(path: Steps) -> Shape | None:
    """What may stand at a path of a content; none where nothing is known."""
    if path[:2] == (PROTOCOL, "changes") and path[3:4] and path[3] in HOLDING and len(path) > 4:
        return shape_at(Spec, (*path[4].split("."), *path[5:]))
    if path[:1] == (PROTOCOL,):
        return shape_at(Spec, path[1:])
    if path[:1] == (MEASURES,) and len(path) > 1:
        return shape_at(Measure, path[2:])
    return None


def key_of(path: Steps) -> Key | None:
    """The key that the last step of a path is; none for a name that an author has given."""
    around = shape_of(path[:-1])
    if around is None or around.kind != "part" or around.model is None:
        return None
    return keys_of(around.model).get(path[-1])


def is_condition(path: Steps) -> bool:
    """Whether a condition stands at a path: one sentence, or several under all, any or not."""
    shape = shape_of(path)
    return shape is not None and shape.model is Condition


def is_conditions(path: Steps) -> bool:
    """Whether a map of named conditions stands at a path."""
    shape = shape_of(path)
    return shape is not None and shape.kind == "map" and shape.entry is not None and shape.entry.model is Condition
