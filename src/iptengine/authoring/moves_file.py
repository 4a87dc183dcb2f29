"""The rules by which courses move to another version of their protocol: ``NAME.moves.yaml``, read and checked.

Only what changed its name, or what takes the place of a removed part, is written; the rest moves by its name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError

from iptengine.authoring.document import Document, read_path
from iptengine.authoring.said import misfits, python_names, say
from iptengine.course.passage import Key, Part, Passage, by_kind, parts_by_path
from iptengine.diagnostics import Diagnostic, ProtocolError, did_you_mean
from iptengine.protocol.fields import Format, Model, ProtocolId, Text, Version, one_or_many
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.references import KINDS

ENDING = ".moves.yaml"
REPLACED = frozenset({"phase", "area", "stage", "state", "component", "pause", "approval", "alert", "policy"})
"""The kinds of parts in which a course can stand, or which it waits for."""

PartPath = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Versions = Annotated[tuple[Version, ...], BeforeValidator(one_or_many), Field(min_length=1)]


class MovesSpec(Model):
    """A file of rules."""

    iptengine: Format = Field(description="The version of this format")
    moves: ProtocolId = Field(description="The protocol the courses are under")
    from_: Versions = Field(alias="from", description="The version they are under, or several")
    to: Text = Field(description="The version they go to; NAME@VERSION when it is another protocol")
    because: Text | None = Field(None, description="Why they move, where the command does not say it")
    rename: Mapping[PartPath, Text] = Field(
        default={}, description="What is called otherwise: its path in the version before, and its name now"
    )
    replace: Mapping[PartPath, Text] = Field(
        default={},
        description="Removed parts by their path, and the part of the same kind in whose place a course goes on",
    )


@dataclass(frozen=True, slots=True, eq=False)
class MoveRules:
    """Rules that were read, with the places of what they say."""

    spec: MovesSpec
    document: Document

    def __repr__(self) -> str:
        return f"<MoveRules {self.document.file}: {len(self.spec.rename)} renamed, {len(self.spec.replace)} replaced>"

    @property
    def to(self) -> str:
        """Id and version of the protocol they lead to."""
        return self.spec.to if "@" in self.spec.to else f"{self.spec.moves}@{self.spec.to}"

    def are_for(self, old: Protocol) -> bool:
        """Whether they speak of courses under this protocol."""
        return old.id == self.spec.moves and old.version in self.spec.from_


def load_moves(path: str | os.PathLike[str]) -> MoveRules:
    """The rules in the file at `path`; whether they fit two protocols is seen when a course is to move.

    Raises:
        ProtocolError: They are not usable rules; `diagnostics` holds every mistake with its place.
    """
    document = read_path(path)
    if document.diagnostics:
        raise ProtocolError(document.diagnostics)
    if not isinstance(document.root, dict):
        wrong = "rules for moves begin with keys, and this is something else"
        raise ProtocolError([Diagnostic(document.span(()), "bad-value", wrong, "write iptengine: 1 on the first line")])
    odd = tuple(python_names(document, MovesSpec))
    try:
        spec = MovesSpec.model_validate(document.root)
    except ValidationError as error:
        told = [say(misfit, document, MovesSpec) for misfit in misfits(error, MovesSpec)]
        raise ProtocolError(dict.fromkeys((*odd, *told))) from None
    if odd:
        raise ProtocolError(odd)
    return MoveRules(spec, document)


def passage_by(rules: MoveRules, old: Protocol, new: Protocol) -> Passage:
    """From one protocol to the other by the rules.

    Raises:
        ProtocolError: The rules do not fit these two; `diagnostics` holds every mistake with its place.
    """
    checking = _Checking(rules, old, new)
    found = checking.passage()
    wrong = tuple(checking.mistakes(found))
    if wrong:
        raise ProtocolError(wrong)
    return found


@dataclass
class _Checking:
    rules: MoveRules
    old: Protocol
    new: Protocol

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """The parts of the one before, by where they stand."""
        return parts_by_path(self.old)

    def passage(self) -> Passage:
        """The passage as far as the rules can be followed."""
        said = self.rules.spec.rename, self.rules.spec.replace
        names, instead = (by_kind(self.parts, one.items()) for one in said)
        return Passage(self.old, self.new, names, instead)

    def mistakes(self, passage: Passage) -> Iterator[Diagnostic]:
        """Everything that does not fit."""
        yield from self._versions()
        for verb, said in (("rename", self.rules.spec.rename), ("replace", self.rules.spec.replace)):
            for path, new in said.items():
                part = self.parts.get(path)
                if part is None:
                    message = f"{self.old.ref} has no named part at '{path[:120]}'"
                    yield self._wrong(verb, path, "unknown-part", message, did_you_mean(path, self.parts))
                elif verb == "rename":
                    yield from self._renamed(passage, part, new)
                else:
                    yield from self._replaced(passage, part, new)

    def _versions(self) -> Iterator[Diagnostic]:
        if self.rules.to != self.new.ref:
            message = f"these rules lead to {self.rules.to}, and the courses are to go to {self.new.ref}"
            yield self._wrong("to", "", "other-version", message, f"write to: {self.new.version}")
        if not self.rules.are_for(self.old):
            said = f"{self.rules.spec.moves}@{', '.join(self.rules.spec.from_)}"
            message = f"these rules are for courses under {said}, not under {self.old.ref}"
            yield self._wrong("from", "", "other-version", message, f"write from: {self.old.version}")

    def _renamed(self, passage: Passage, part: Part, new: str) -> Iterator[Diagnostic]:
        now = self._there(passage, part, new)
        if now not in passage.after:
            yield self._missing("rename", part, new, self._named_like(passage, now))
        others = [one for one in passage.before.values() if one.key != part.key and self._is_now(passage, one) == now]
        if now in passage.after and others:
            message = f"'{part.name}' cannot go on as '{new}': so does {KINDS[part.kind].a}, {others[0].path}"
            hint = "rename that one, too; two things on record under one name could not be told apart"
            yield self._wrong("rename", part.path, "name-taken", message, hint)
        if now in passage.after and part.kind == "item" and self._loses_its_alerts(passage, part, new):
            message = f"the answers to '{part.name}' raise risk alerts, and those to '{new}' raise none"
            hint = "name the question that asks the same, or leave this out: then the dry run says what is lost"
            yield self._wrong("rename", part.path, "risk-lost", message, hint)

    def _loses_its_alerts(self, passage: Passage, part: Part, new: str) -> bool:
        now = self.new.measures[passage.called("measure", part.of)]
        return part.name in self.old.measures[part.of].risk_items and new not in now.risk_items

    def _is_now(self, passage: Passage, part: Part) -> Key | None:
        """Under which name a part is in the one after; none for a part whose name is not there at all."""
        found = self._there(passage, part, passage.called(part.kind, part.name, part.of))
        return found if found in passage.after else None

    def _replaced(self, passage: Passage, part: Part, new: str) -> Iterator[Diagnostic]:
        if part.kind not in REPLACED:
            message = f"'{part.name}' is {KINDS[part.kind].a}, and no course stands in one"
            hint = "leave this out; what is on record of it stays on record"
            yield self._wrong("replace", part.path, "nothing-to-replace", message, hint)
            return
        if passage.there(part.kind, part.name, part.of):
            message = f"'{part.name}' is in {self.new.ref}, too, so nothing takes its place"
            yield self._wrong("replace", part.path, "nothing-to-replace", message, "leave this out")
            return
        now = self._there(passage, part, new, replaced=True)
        if now not in passage.after:
            yield self._missing("replace", part, new, self._named_like(passage, now))

    def _there(self, passage: Passage, part: Part, new: str, *, replaced: bool = False) -> Key:
        """Where the part of a new name is in the one after; a stage or a state within what it belongs to there."""
        parent = KINDS[part.kind].of
        if not parent:
            return part.kind, new
        home = passage.place_for(parent, part.of) if replaced else ""
        return part.kind, f"{home or passage.called(parent, part.of)}.{new}"

    def _named_like(self, passage: Passage, now: Key) -> list[str]:
        kind, key = now
        home = key.rpartition(".")[0] if KINDS[kind].of else ""
        return [part.name for part in passage.after.values() if part.kind == kind and part.of == home]

    def _missing(self, verb: str, part: Part, new: str, known: list[str]) -> Diagnostic:
        kind = KINDS[part.kind].a
        message = f"{self.new.ref} has no such name: '{new[:80]}' would be {kind} there"
        return self._wrong(verb, part.path, "unknown-part", message, did_you_mean(new, known))

    def _wrong(self, verb: str, path: str, code: str, message: str, hint: str) -> Diagnostic:
        place = (verb, path) if path else (verb,)
        return Diagnostic(self.rules.document.span(place), code, message, hint)
