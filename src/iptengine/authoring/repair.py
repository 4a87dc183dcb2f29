"""A file whose shape is wrong, mended just enough to look for the mistakes beside those in its shape.

Only what cannot cause a false report is mended: a misspelt key is read as the key that was meant, a text that is
missing is filled in, an optional quantity is left out. Where more is amiss, nothing further is looked for.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from iptengine.authoring.document import Document
from iptengine.authoring.said import Misfit
from iptengine.authoring.shapes import Key, keys_of, shape_at
from iptengine.diagnostics import Path, Span, nearest
from iptengine.protocol.model import Spec
from iptengine.protocol.parts import Condition

_STANDS_IN: Mapping[str, object] = {"text": "x", "truth": False, "whole": 1}
_NEVER_GUESSED = frozenset({"sessions", "from", "start", "use", "task", "frequency", "one_of", "number", "type"})
_KNOWN = {"protocol": "x", "version": "1.0.0", "due": "when asked", "ask": "when asked"}


@dataclass(frozen=True, slots=True)
class Repaired:
    """A file as it was probably meant.

    Attributes:
        spec: Its models.
        document: The file, with the places of misspelt keys under the names that were meant.
    """

    spec: Spec
    document: Document


def repair(document: Document, found: tuple[Misfit, ...]) -> Repaired | None:
    """The file without these misfits, or none where that would need guessing."""
    root: Any = copy.deepcopy(document.root)
    renamed: dict[Path, Path] = {}
    for misfit in found:
        if not _mend(root, misfit, renamed):
            return None
    for new, old in renamed.items():
        around = _at(root, old[:-1])
        around[new[-1]] = around.pop(old[-1])
    try:
        spec = Spec.model_validate(root)
    except ValidationError:
        return None
    keys, values = _Renamed(document.keys, renamed), _Renamed(document.values, renamed)
    moved = replace(document, keys=keys, values=values)
    return Repaired(spec, moved)


def _at(root: Any, path: Path) -> Any:
    for part in path:
        root = root[part]
    return root


def _mend(root: Any, misfit: Misfit, renamed: dict[Path, Path]) -> bool:
    """Whether the misfit could be mended without guessing."""
    path = misfit.path
    if path and isinstance(path[-1], int):  # one entry of a list: without the whole list, less is named
        path = path[:-1]
    if not path or misfit.kind == "bad_key":
        return False
    around, name = _at(root, path[:-1]), str(path[-1])
    if not isinstance(around, dict):
        return False
    if misfit.kind == "extra_forbidden":
        return _rename(around, path, renamed)
    key = _key(path)
    if key is None:
        return _entry(around, path)
    if name in _NEVER_GUESSED:
        return False
    if not key.required:
        around.pop(name, None)
        return key.shape.kind not in ("part", "map")
    value = _stand_in(key)
    around[name] = value
    return value is not None


def _rename(around: dict[str, Any], path: Path, renamed: dict[Path, Path]) -> bool:
    name = str(path[-1])
    shape = shape_at(Spec, path[:-1])
    free = [key for key in keys_of(shape.model) if key not in around] if shape and shape.model else []
    meant = nearest(name, free, 1)
    if meant and (*path[:-1], meant[0]) not in renamed:
        renamed[(*path[:-1], meant[0])] = path
        return True
    return not isinstance(around.pop(name), (dict, list))


def _key(path: Path) -> Key | None:
    """The key of a part at `path`; none where the path ends in a name the author chose."""
    around = shape_at(Spec, path[:-1])
    return keys_of(around.model).get(str(path[-1])) if around and around.model else None


def _entry(around: dict[str, Any], path: Path) -> bool:
    """Something under a name the author chose: the name stays, since others may speak of it."""
    shape = shape_at(Spec, path)
    if shape is None or shape.model is Condition or not (shape.kind == "text" or shape.short):
        return False
    around[str(path[-1])] = "x"
    return True


def _stand_in(key: Key) -> object:
    if key.name in _KNOWN and key.shape.kind != "map":
        return _KNOWN[key.name]
    if key.shape.choices:
        return "draft" if "draft" in key.shape.choices else key.shape.choices[-1]
    return _STANDS_IN.get(key.shape.kind)


class _Renamed(Mapping[Path, Span]):
    """Places, with those under a misspelt key found under the key that was meant."""

    def __init__(self, places: Mapping[Path, Span], renamed: Mapping[Path, Path]) -> None:
        self._places = places
        self._renamed = renamed

    def __getitem__(self, path: Path) -> Span:
        return self._places[self._written(path)]

    def _written(self, path: Path) -> Path:
        written: Path = ()
        meant: Path = ()
        for part in path:
            meant = (*meant, part)
            written = (*written, self._renamed[meant][-1] if meant in self._renamed else part)
        return written

    def __iter__(self) -> Iterator[Path]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
