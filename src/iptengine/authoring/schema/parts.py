"""The parts of a format as definitions: each key with its description, its examples and what may stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from iptengine.authoring.reference import about_of, name_of
from iptengine.authoring.schema.local_rules import limited, one_of_these, whole
from iptengine.authoring.schema.samples import Samples, examples_of
from iptengine.authoring.schema.values import Schema, lone, schema_at
from iptengine.authoring.shapes import Key, keys_of, others_of
from iptengine.authoring.texts import TEMPLATES
from iptengine.protocol.fields import Model
from iptengine.protocol.parts import Condition
from iptengine.protocol.references import Refers

DRAFT = "http://json-schema.org/draft-07/schema#"
WIDEST = 100
FILLED_IN = " It may hold names in double braces, such as {{ patient }}."


@dataclass(slots=True)
class Definitions:
    """Definitions that grow as parts refer to each other.

    Attributes:
        samples: What files write under each key.
        empty: Whether nothing may stand after the colon of a key that may be left out.
        sentences: Conditions to choose from, each with what it says.
        names: Names to choose from, by their kind.
        found: The definitions, by their names.
    """

    samples: Samples
    empty: bool = False
    sentences: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    found: dict[str, Schema] = field(default_factory=dict)

    def refer(self, model: type[Model], short: str = "") -> Schema:
        """A reference to a part, which is defined when it is first referred to."""
        name = model.__name__.removesuffix("Spec") + ("OrText" if short else "")
        if name not in self.found:
            self.found[name] = {}
            self.found[name] |= self.part(model, short)
        return {"$ref": f"#/definitions/{name}"}

    def offered(self, refers: Refers | None) -> Schema:
        """The names to choose from at a place that refers to something; it may also name what is yet to be written."""
        kinds = refers.kinds if refers else ()
        every = [*(refers.always if refers else ()), *(name for kind in kinds for name in self.names.get(kind, ()))]
        return {"defaultSnippets": [{"bodyText": name} for name in dict.fromkeys(every)]} if every else {}

    def part(self, model: type[Model], short: str = "", without: frozenset[str] = frozenset()) -> Schema:
        """The schema of a part.

        Args:
            model: Its model.
            short: The key that a bare text stands for.
            without: Keys that may not stand here.
        """
        keys = {name: key for name, key in keys_of(model).items() if name not in without}
        others = others_of(model)
        found: Schema = {"title": name_of(model), "description": summary(model), "type": "object"}
        if short:
            alone = schema_at(keys[short].shape, self)
            found |= {"type": [alone.get("type", "string"), "object"], **lone(alone)}
        found |= {
            "properties": {name: self.key(model, key) for name, key in keys.items()},
            "required": [name for name, key in keys.items() if key.required],
            "additionalProperties": schema_at(others.entry, self) if others and others.entry else False,
        }
        if model is Condition and self.sentences:
            found |= self._to_choose()
        return {**found, **_exactly_one(model), **whole(model)}

    def stands(self, model: type[Model], key: Key) -> Schema:
        """The schema of what stands under a key, with what the key is for and without an example of it."""
        stands = limited(model, key.name, schema_at(key.shape, self, self.empty))
        chosen = self._to_choose() if model is Condition and key.name == "says" and self.sentences else {}
        return {**stands, **described(about(model, key)), **chosen}

    def key(self, model: type[Model], key: Key) -> Schema:
        """The schema of what stands under a key, with what the key is for and examples of it."""
        found = self.stands(model, key)
        default = key.field.get_default()
        if not key.required and isinstance(default, str | int) and default != "":
            found["default"] = default
        examples = tuple(found.get("examples", ())) or examples_of(model, key, self.samples)
        return {**found, **_shown(examples, key, found)}

    def _to_choose(self) -> Schema:
        """The conditions that an editor offers; as snippets, since examples would all be shown over every condition."""
        told = self.sentences.items()
        return {"defaultSnippets": [{"label": said, "bodyText": said, "description": about} for said, about in told]}


def _shown(examples: tuple[Any, ...], key: Key, schema: Schema) -> Schema:
    """Examples, where an editor that offers them is of use.

    A lone example, and one of a whole map, it would write into the file by itself; these stand in the description.
    """
    if key.shape.kind in ("written", "choice") or (len(examples) > 1 and key.shape.kind not in ("part", "map")):
        return {"examples": list(examples)}
    if not examples:
        return {}
    written = yaml.safe_dump({key.name: examples[0]}, sort_keys=False, allow_unicode=True, width=WIDEST)
    about_it = schema.get("markdownDescription", schema["description"])
    return {"markdownDescription": f"{about_it}\n\n```yaml\n{written}```"}


def described(text: str) -> Schema:
    """A description; for editors that show Markdown, one with its code marked as such."""
    return (
        {"description": text.replace("`", "'"), "markdownDescription": text} if "`" in text else {"description": text}
    )


def about(model: type[Model], key: Key) -> str:
    """What a key is for, and whether its text is filled in."""
    return about_of(key) + ("." + FILLED_IN if key.name in TEMPLATES.get(model, ()) else "")


def summary(model: type[Model]) -> str:
    """What a part is, in a sentence."""
    return " ".join((model.__doc__ or "").strip().split("\n\n")[0].split())


def _exactly_one(model: type[Model]) -> Schema:
    """Keeps the alternatives of a part apart, each mistake at its key and in the words that the model has for it."""
    if model.alternatives is None:
        return {}
    names = {key.attribute: name for name, key in keys_of(model).items()}
    keys = [names[attribute] for attribute in model.alternatives.keys]
    wanted = {"errorMessage": model.alternatives.wanted}
    apart = {
        key: {"properties": {other: False for other in keys if other != key}, **wanted} for key in keys
    }  # fmt: skip
    return {"dependencies": apart, **one_of_these(keys, model.alternatives.wanted)}
