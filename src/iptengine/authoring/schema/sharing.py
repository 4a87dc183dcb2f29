"""What many places of a schema say alike, said once: a definition that they refer to."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from iptengine.authoring.schema.values import CALLED, Schema

_BESIDE_A_REFERENCE = ("description", "markdownDescription", "examples", "default")
"""What a place may say on its own; to other programs these are remarks, and hold beside a reference, too."""
_SHORTEST = 100


def shared(schema: Schema) -> Schema:
    """The same schema with a definition for whatever is said more than once and has a name.

    Example:
        >>> text = {"type": "string", "errorMessage": "x" * 100, CALLED: "a text"}
        >>> told = shared({"properties": {"a": {**text, "description": "A"}, "b": text}, "definitions": {}})
        >>> told["properties"]["a"], sorted(told["definitions"])
        ({'$ref': '#/definitions/a-text', 'description': 'A'}, ['a-text'])
    """
    seen = Counter(_nameable(schema))
    definitions: dict[str, Schema] = {}
    names: dict[str, str] = {}
    told = _told(schema, {said for said, count in seen.items() if count > 1}, names, definitions)
    return {**told, "definitions": {**told["definitions"], **definitions}}


def _nameable(value: Any) -> Iterator[str]:
    """All that each schema with a name says, where it says enough to be worth a definition."""
    if isinstance(value, dict):
        if CALLED in value and len(said := _said(value)) > _SHORTEST:
            yield said
        for one in value.values():
            yield from _nameable(one)
    elif isinstance(value, list):
        for one in value:
            yield from _nameable(one)


def _said(schema: Schema) -> str:
    """All that a schema says, save for its place."""
    return json.dumps({name: one for name, one in schema.items() if name not in _BESIDE_A_REFERENCE}, sort_keys=True)


def _told(value: Any, often: set[str], names: dict[str, str], definitions: dict[str, Schema]) -> Any:
    if isinstance(value, list):
        return [_told(one, often, names, definitions) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _told(one, often, names, definitions) for key, one in value.items() if key != CALLED}
    said = _said(value) if CALLED in value else ""
    if said not in often:
        return inner
    remarks = {key: one for key, one in inner.items() if key in _BESIDE_A_REFERENCE}
    if said not in names:
        names[said] = _free(_slug(value[CALLED]), definitions)
        definitions[names[said]] = {key: one for key, one in inner.items() if key not in remarks}
    return {"$ref": f"#/definitions/{names[said]}", **remarks}


def _slug(called: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", called.lower()).strip("-")


def _free(name: str, taken: dict[str, Schema]) -> str:
    again = sum(1 for one in taken if one == name or one.startswith(f"{name}-then-"))
    return name if not again else f"{name}-then-{again + 1}"
