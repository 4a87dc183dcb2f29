"""A variant as its file says it: the head, the base it extends, and named groups of changes to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from iptengine.diagnostics import Path
from iptengine.protocol.fields import (
    ID_PATTERN,
    VERSION_PATTERN,
    Format,
    Model,
    Name,
    Names,
    ProtocolId,
    Text,
    Version,
    one_or_many,
)
from iptengine.protocol.parts import Sourced, SourceEntry
from iptengine.protocol.references import Gives

PATH_PATTERN = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
REF_PATTERN = ID_PATTERN.removesuffix("$") + "@" + VERSION_PATTERN.removeprefix("^")
DIGEST_PATTERN = r"^[0-9a-f]{64}$"

PathText = Annotated[str, StringConstraints(pattern=PATH_PATTERN, max_length=400)]
ProtocolRef = Annotated[str, StringConstraints(pattern=REF_PATTERN, max_length=80)]
Digest = Annotated[str, StringConstraints(pattern=DIGEST_PATTERN)]


Paths = Annotated[tuple[PathText, ...], BeforeValidator(one_or_many)]

Verb = Literal["set", "add", "remove", "rename", "move", "order"]
VERBS: tuple[Verb, ...] = ("set", "add", "remove", "rename", "move", "order")


def path_of(text: str) -> Path:
    """The path that dotted text stands for.

    Example:
        >>> path_of("phases.initial.window")
        ('phases', 'initial', 'window')
    """
    return tuple(text.split("."))


def path_text(path: Path) -> str:
    """A path as dotted text."""
    return ".".join(str(part) for part in path)


class ChangeGroup(Sourced):
    """One decision about the base, with everything it changes."""

    because: Text = Field(description="Why; it heads the comparison with the base")
    set: Mapping[PathText, Any] = Field(
        default={},
        description="Paths of the base and what stands there instead",
        examples=[{"phases.initial.window": "first 2"}],
    )
    add: Mapping[PathText, Any] = Field(
        default={},
        description="Paths that the base does not have, and what they hold",
        examples=[{"phases.initial.must.private_talk": "Ask about fear at home, alone"}],
    )
    remove: Paths = Field(
        (),
        description="Paths of the base that this variant does without",
        examples=["problem_areas.deficits", ["problem_areas.deficits", "alerts.worse"]],
    )
    rename: Mapping[PathText, Name] = Field(
        default={},
        description="Paths of the base and their new names; whatever refers to one follows",
        examples=[{"phases.initial.must.inventory": "circle_of_people"}],
    )
    move: Mapping[PathText, PathText] = Field(
        default={},
        description="Paths of the base and the map that each of them moves to, under its own name",
        examples=[{"phases.initial.may.medication": "phases.initial.must"}],
    )
    order: Mapping[PathText, Names] = Field(
        default={},
        description="Maps of the base and every name in them, in the order that they have afterwards",
        examples=[{"phases.ending.must": ["name_gains", "name_warnings", "say_goodbye"]}],
    )


class VariantSpec(Model):
    """A protocol that is written as changes to another."""

    iptengine: Format = Field(description="The version of this format")
    protocol: ProtocolId = Field(description="The variant's id")
    version: Version = Field(description="Its version")
    status: Literal["draft", "reviewed"] = Field(description="draft until a clinical reviewer is named")
    reviewed_by: Text | None = Field(
        None,
        description="Who reviewed it; a base's review does not pass on",
        examples=["Dr A. Reader, clinical psychologist"],
    )
    title: Text = Field(description="The treatment's name")
    population: Text | None = Field(None, description="Who it is for, where that differs from the base")
    about: Text | None = Field(None, description="What a reader should know first, where that differs from the base")
    extends: ProtocolRef = Field(description="The base and its version", examples=["ipt-adult@1.0.0"])
    pinned: Digest | None = Field(
        None, description="The base's digest, as `iptengine pin` writes it", examples=["0" * 64]
    )
    sources: Mapping[Annotated[Name, Gives("source")], SourceEntry] = Field(
        default={}, description="What it rests on beside the base's sources"
    )
    changes: Mapping[Annotated[Name, Gives("change group")], ChangeGroup] = Field(
        description="Named groups of changes; all of them apply at once",
        examples=[{"shorter": {"because": "The clinic offers ten sessions", "set": {"contract.sessions": 10}}}],
    )


HEAD: tuple[str, ...] = tuple(name for name in VariantSpec.model_fields if name != "sources")
"""The keys that stand at the top of a variant and are no business of its changes."""

__all__ = [
    "DIGEST_PATTERN", "HEAD", "PATH_PATTERN", "REF_PATTERN", "VERBS", "ChangeGroup", "Digest", "PathText",
    "ProtocolRef", "VariantSpec", "Verb", "path_of", "path_text",
]  # fmt: skip
