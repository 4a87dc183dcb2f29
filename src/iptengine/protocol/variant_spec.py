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
    set: Mapping[PathText, Any] = Field(default={}, description="Paths of the base and what stands there instead")
    add: Mapping[PathText, Any] = Field(default={}, description="Paths that the base does not have, and what they hold")
    remove: Paths = Field((), description="Paths of the base that this variant does without")
    rename: Mapping[PathText, Name] = Field(
        default={}, description="Paths of the base and their new names; whatever refers to one follows"
    )
    move: Mapping[PathText, PathText] = Field(
        default={}, description="Paths of the base and the map that each of them moves to, under its own name"
    )
    order: Mapping[PathText, Names] = Field(
        default={}, description="Maps of the base and every name in them, in the order that they have afterwards"
    )


class VariantSpec(Model):
    """A protocol that is written as changes to another."""

    iptengine: Format = Field(description="The version of this format")
    protocol: ProtocolId = Field(description="The variant's id")
    version: Version = Field(description="Its version")
    status: Literal["draft", "reviewed"] = Field(description="draft until a clinical reviewer is named")
    reviewed_by: Text | None = Field(None, description="Who reviewed it; a base's review does not pass on")
    title: Text = Field(description="The treatment's name")
    population: Text | None = Field(None, description="Who it is for, where that differs from the base")
    about: Text | None = Field(None, description="What a reader should know first, where that differs from the base")
    extends: ProtocolRef = Field(description="The base and its version")
    pinned: Digest | None = Field(None, description="The base's digest, as `iptengine pin` writes it")
    sources: Mapping[Annotated[Name, Gives("source")], SourceEntry] = Field(
        default={}, description="What it rests on beside the base's sources"
    )
    changes: Mapping[Annotated[Name, Gives("change group")], ChangeGroup] = Field(
        description="Named groups of changes; all of them apply at once"
    )


HEAD: tuple[str, ...] = tuple(name for name in VariantSpec.model_fields if name != "sources")
"""The keys that stand at the top of a variant and are no business of its changes."""

__all__ = [
    "DIGEST_PATTERN", "HEAD", "PATH_PATTERN", "REF_PATTERN", "VERBS", "ChangeGroup", "Digest", "PathText",
    "ProtocolRef", "VariantSpec", "Verb", "path_of", "path_text",
]  # fmt: skip
