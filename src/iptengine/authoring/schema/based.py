"""The schema of the variants of one base: every path of it completes, is explained and is typed.

A change names a path of the base, so the paths are the keys here: under `set` those that are written, each with what
stands there now, under `add` those that are not, and under `remove`, `rename`, `move` and `order` those that can be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from iptengine.authoring.schema.files import shipped_samples
from iptengine.authoring.schema.parts import DRAFT, Definitions, about, described, summary
from iptengine.authoring.schema.paths import Spot, pattern_of, spots
from iptengine.authoring.schema.samples import as_written
from iptengine.authoring.schema.sharing import shared
from iptengine.authoring.schema.values import Schema, key_of, schema_at
from iptengine.authoring.shapes import Shape, keys_of
from iptengine.protocol.conditions import forms
from iptengine.protocol.protocol import Protocol, names_of
from iptengine.protocol.variant_spec import ChangeGroup, VariantSpec

NAME = "[a-z][a-z0-9_]*"
SHOWN = 160
SENTENCES = 3


def schema_for(base: Protocol) -> Schema:
    """The JSON Schema of a variant of `base`.

    Example:
        >>> import iptengine
        >>> schema_for(iptengine.load("ipt-adult"))["properties"]["extends"]["const"]
        'ipt-adult@1.0.0'
    """
    every = tuple(spots(base))
    definitions = Definitions(shipped_samples(), sentences=_sentences(base), names=_names(every))
    top = definitions.part(VariantSpec)
    extends = {"const": base.ref, "errorMessage": f"this schema knows the paths of {base.ref}, and no other base's"}
    top["properties"]["extends"] |= {"examples": [base.ref], **extends}
    top["title"] = f"A variant of {base.ref}"
    taken = "|".join(definitions.names.get("source", ()))
    top["properties"]["sources"]["propertyNames"] |= {
        "pattern": f"^(?!(?:{taken})$){NAME}$",
        "patternErrorMessage": f"a name in small letters that {base.ref} has not given to a source of its own",
    }
    definitions.found["ChangeGroup"] = _group(base.ref, every, definitions)
    return shared({"$schema": DRAFT, **top, "definitions": definitions.found})


def _sentences(base: Protocol) -> dict[str, str]:
    """Conditions of the base to choose from, each with what it says."""
    names = names_of(base.spec, base.measures)
    return {said: form.about for form in forms(names) for said in form.examples(names, most=SENTENCES)}


def _names(every: Iterable[Spot]) -> dict[str, tuple[str, ...]]:
    """The names that the base gives, by their kind."""
    found: dict[str, dict[str, None]] = {}
    for spot in every:
        if spot.shape.gives:
            found.setdefault(spot.shape.gives, {}).update(dict.fromkeys(spot.value or ()))
    return {kind: tuple(names) for kind, names in found.items()}


def _group(ref: str, every: Iterable[Spot], definitions: Definitions) -> Schema:
    """One group of changes, with the paths of the base under each verb."""
    found = definitions.part(ChangeGroup)
    verbs = _Verbs(ref, definitions)
    for spot in every:
        verbs.take(spot)
    for verb, schema in verbs.told().items():
        name = f"{verb.title()}OfTheBase"
        definitions.found[name] = schema
        found["properties"][verb] = {
            "description": keys_of(ChangeGroup)[verb].about,
            "type": schema["type"],
            "allOf": [{"$ref": f"#/definitions/{name}"}],
        }
    return found


@dataclass(slots=True)
class _Verbs:
    """What each verb can name, gathered place by place."""

    ref: str
    definitions: Definitions
    set: dict[str, Schema] = field(default_factory=dict)
    add: dict[str, Schema] = field(default_factory=dict)
    rename: dict[str, Schema] = field(default_factory=dict)
    order: dict[str, Schema] = field(default_factory=dict)
    move: dict[str, str] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    maps: dict[str, list[str]] = field(default_factory=dict)
    entries: dict[str, Schema] = field(default_factory=dict)
    moves: dict[str, tuple[str, str]] = field(default_factory=dict)

    def take(self, spot: Spot) -> None:
        """Takes up one place of the base."""
        if spot.written:
            self.set[spot.path] = _now(spot, self._stands(spot))
        else:
            self.add[spot.path] = self._stands(spot)
        if spot.written and (spot.key is None or not spot.key.required):
            self.remove.append(spot.path)
        if spot.shape.kind == "map" and spot.shape.entry is not None:
            self._map(spot, spot.shape.entry)

    def _stands(self, spot: Spot) -> Schema:
        """What may stand at a place, as the part around it says it, or as an entry of its map."""
        if spot.key is None or spot.around is None:
            stands = schema_at(spot.shape, self.definitions)
            return {**stands, "description": summary(spot.shape.model) if spot.shape.model else spot.shape.words}
        found = self.definitions.stands(spot.around, spot.key)
        if spot.around.alternatives is not None and not spot.written and "$ref" not in found:
            found["doNotSuggest"] = spot.key.attribute in spot.around.alternatives.keys
        kept = {name: one for name, one in found.items() if name not in ("default", "examples", "markdownDescription")}
        return {**kept, **described(about(spot.around, spot.key))}

    def _map(self, spot: Spot, entry: Shape) -> None:
        stands = schema_at(entry, self.definitions)
        kind = key_of(stands)
        self.entries[kind] = stands
        self.maps.setdefault(kind, []).append(spot.path)
        names = list(spot.value or {})
        for name in names:
            path = f"{spot.path}.{name}"
            self.rename[path] = {
                **self._a_name(),
                "description": f"The new name of '{name}'; what refers to it follows",
            }
            self.moves[path] = (kind, name)
        if len(names) > 1:
            self.order[spot.path] = _order(spot.path, names)

    def _a_name(self) -> Schema:
        entry = keys_of(ChangeGroup)["rename"].shape.entry
        assert entry is not None
        return schema_at(entry, self.definitions)

    def told(self) -> dict[str, Schema]:
        """The schema of each verb."""
        known = pattern_of([*self.set])
        return {
            "set": _paths(self.set, f"{self.ref} writes no such path; what is new there goes under add"),
            "add": self._added(known),
            "remove": self._removed(),
            "rename": _paths(self.rename, f"{self.ref} has no such name at this path"),
            "move": self._moved(),
            "order": _paths(self.order, f"{self.ref} has no map of several names at this path"),
        }

    def _added(self, known: str) -> Schema:
        wrong = f"{self.ref} has no place for this path: its map, or the key, is not part of the format there"
        there = f"{self.ref} has this path already; use set to put something in its place"
        return {
            **_paths(self.add, wrong),
            "patternProperties": {
                **{f"^{pattern_of(maps)}[.]{NAME}$": self.entries[kind] for kind, maps in self.maps.items()},
                f"^{known}$": True,
            },
            "propertyNames": {"pattern": f"^(?!{known}$)", "patternErrorMessage": there},
            "defaultSnippets": [
                {"label": f"{path}.NAME", "bodyText": f"{path}.${{1:name}}: $2", "description": _entry_about(stands)}
                for kind, stands in self.entries.items()
                for path in self.maps[kind]
            ],
        }

    def _removed(self) -> Schema:
        wrong = f"{self.ref} has nothing at this path that a variant could do without"
        about_it = f"A path of {self.ref} that this variant does without"
        alone = {"pattern": f"^{pattern_of(self.remove)}$", "patternErrorMessage": wrong}
        to_choose = [{"bodyText": path} for path in self.remove]
        one = {"type": "string", "description": about_it, **alone, "defaultSnippets": to_choose}
        return {"type": ["array", "string"], **alone, "items": one, "uniqueItems": True}

    def _moved(self) -> Schema:
        fitting = {kind: f"MapsOf{number}" for number, kind in enumerate(self.maps, 1)}
        for kind, name in fitting.items():
            self.definitions.found[name] = {
                "enum": self.maps[kind],
                "errorMessage": f"name a map of {self.ref} that holds what moves, such as {self.maps[kind][0]}",
            }
        told = {
            path: {"$ref": f"#/definitions/{fitting[kind]}", "description": f"The map that '{name}' moves to"}
            for path, (kind, name) in self.moves.items()
        }
        return _paths(told, f"{self.ref} has no such name at this path")


def _paths(properties: dict[str, Schema], wrong: str) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, "errorMessage": wrong}


def _now(spot: Spot, stands: Schema) -> Schema:
    """What may stand at a place, with what stands there now."""
    if isinstance(spot.value, dict):
        names = ", ".join(spot.value)
        return {**stands, **described(f"{_full(stands)} Now: {_cut(names)}")}
    told = ", ".join(str(one) for one in spot.value) if isinstance(spot.value, list) else _word(spot.value)
    return {**stands, **described(f"{_full(stands)} Now: {_cut(told)}"), "default": _default(spot)}


def _default(spot: Spot) -> Any:
    """What stands there now, as an author writes it: numbers as numbers, one entry without a list around it."""
    if spot.shape.alone and isinstance(spot.value, list) and len(spot.value) == 1:
        return spot.value[0]
    return as_written(spot.value, spot.shape)


def _full(stands: Schema) -> str:
    about_it = str(stands.get("markdownDescription", stands["description"]))
    return about_it if about_it.endswith((".", "…")) else f"{about_it}."


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN].rpartition(" ")[0] + " …"


def _order(path: str, names: Iterable[str]) -> Schema:
    every = list(names)
    return {
        "type": "array",
        "items": {"enum": every},
        "uniqueItems": True,
        "minItems": len(every),
        "maxItems": len(every),
        "description": f"Every name in {path}, in the order that they have afterwards. Now: {_cut(', '.join(every))}",
        "default": every,
    }


def _entry_about(stands: Schema) -> str:
    return str(stands.get("$ref", "")).rpartition("/")[2].removesuffix("OrText") or "A text"
