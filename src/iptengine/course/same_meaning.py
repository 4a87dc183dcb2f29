"""Whether what is recorded of a measure or a fact means the same in another version of a protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iptengine.protocol.measure import Measure
from iptengine.protocol.parts import FactSpec


def _as_it_is(name: str) -> str:
    return name


def scoring_of(measure: Measure, called: Callable[[str], str] = _as_it_is) -> object:
    """Everything that the meaning of a score rests on; titles, wordings, bands and rules of change aside.

    Args:
        measure: The measure.
        called: What an item is called from now on; left out, every item keeps its name.
    """
    told = measure.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def parts(names: Any) -> list[str]:
        return [name if name in measure.subscales else called(name) for name in names]

    items = {
        called(name): _without(one, "title", "number", "text", "note", "risk") for name, one in told["items"].items()
    }
    subscales = {
        name: {**_without(one, "title", "source"), "of": parts(one["of"])}
        for name, one in told.get("subscales", {}).items()
    }
    scoring = _unsourced(told["scoring"])
    if "of" in scoring:
        scoring["of"] = parts(scoring["of"])
    rest = {key: told.get(key) for key in ("direction", "stored_as", "answered_by", "measure")}
    return {**rest, "items": items, "subscales": subscales, "scoring": scoring}


def _without(value: Mapping[str, object], *keys: str) -> dict[str, object]:
    return {key: one for key, one in value.items() if key not in keys}


def _unsourced(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _unsourced(one) for key, one in value.items() if key != "source"}
    return value


def sort_of(fact: FactSpec) -> str:
    """What values a fact takes, but for which of several: one of some, a number, a date or a text."""
    if fact.one_of:
        return "one of"
    return "number" if fact.number else str(fact.type)
