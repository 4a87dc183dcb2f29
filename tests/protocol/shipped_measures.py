"""The shipped measure files, and short ways to build and break one."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

from iptengine.authoring.document import read
from iptengine.protocol.measure import Measure
from iptengine.protocol.measure_rules import check_measure

FOLDER = Path(__file__).parents[2] / "protocols" / "measures"
SHIPPED = tuple(sorted(path.name.removesuffix(".measure.yaml") for path in FOLDER.glob("*.measure.yaml")))


@cache
def _plain(name: str) -> Any:
    return read((FOLDER / f"{name}.measure.yaml").read_bytes(), f"{name}.measure.yaml").require().root


def plain(name: str) -> Any:
    """The plain values of a shipped file, free to change."""
    return copy.deepcopy(_plain(name))


@cache
def measure(name: str) -> Measure:
    return Measure.model_validate(plain(name))


def changed(name: str, *path: str, to: object) -> Any:
    """A shipped file with one value set; ``to=...`` removes it."""
    root = plain(name)
    at = root
    for key in path[:-1]:
        at = at[key]
    if to is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return root


def told(values: Any) -> list[tuple[str, str, str, str]]:
    """Every finding of a file as code, path, message and hint."""
    found = check_measure(Measure.model_validate(values))
    return [(code, ".".join(map(str, f.path)), f.message, f.hint) for code, f in found]


def all_items(name: str, answer: int = 0) -> dict[str, object]:
    """The same answer to every item that counts."""
    return dict.fromkeys(measure(name).layout.counted, answer)
