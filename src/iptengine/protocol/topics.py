"""What may be talked about: topics, how a phase meets each, and words that belong to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from iptengine.protocol.fields import Model, Name, Text, short_form
from iptengine.protocol.parts import Sourced
from iptengine.protocol.references import Gives, TopicName

Meeting = Literal["asked for", "link only", "redirect", "forbidden"]
KEPT_OUT: frozenset[str] = frozenset({"redirect", "forbidden"})
"""The ways of meeting a topic under which its tasks are not due and its words are not shown."""


class TopicSpec(Sourced):
    """Something that may be talked about. Each phase says how to meet it; a phase that says nothing leaves it free."""

    title: Text = Field(description="The topic, as the page names it")


TopicEntry = Annotated[TopicSpec, BeforeValidator(short_form("title"))]


class PhraseSpec(Model):
    """Words a therapist may say."""

    says: Text = Field(description="The words")
    topic: TopicName | None = Field(
        None,
        description="The topic they belong to; they are not shown in a phase that forbids or redirects it",
        examples=["eating"],
    )


PhraseEntry = Annotated[PhraseSpec, BeforeValidator(short_form("says"))]
Phrases = Mapping[Annotated[Name, Gives("phrase")], PhraseEntry]
