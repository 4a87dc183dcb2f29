"""A vignette: a course told in YAML, with what is expected of the engine. Example, demo and test in one.

The model of ``NAME.vignette.yaml``, reading with places, and the names held against a protocol. What may happen
is in `vignette_told`, what may be expected in `vignette_expected`. Playing one is `iptengine.testing`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from iptengine.authoring import shelves
from iptengine.authoring.document import Document, read, read_path
from iptengine.authoring.loader import load, open_named
from iptengine.authoring.said import Misfit, misfits, say
from iptengine.authoring.vignette_expected import ExpectSummary
from iptengine.authoring.vignette_group import MemberTold, by_member
from iptengine.authoring.vignette_refers import FactName
from iptengine.authoring.vignette_told import Adopted, Happening, Patient, Who
from iptengine.authoring.vignette_values import Day, Value
from iptengine.diagnostics import Diagnostic, Path, ProtocolError, Span, did_you_mean, nearest
from iptengine.protocol.fields import Format, Model, Name, Text, short_form
from iptengine.protocol.ids import why_not_id
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.units import add

ENDING = ".vignette.yaml"


class VignetteSpec(Model):
    """A vignette file."""

    iptengine: Format = Field(description="The version of this format")
    vignette: Text = Field(description="What it shows, in a sentence")
    protocol: Text = Field(description="The protocol: ipt-adult@1.0.0, or a path from this file to one")
    about: Text | None = Field(None, description="What a reader should know first")
    patient: Patient | None = Field(None, description="Who it is about; nobody real")
    by: Who = Field(default_factory=lambda: Who(id="therapist", role="therapist"), description="Who records")
    start: Day = Field(description="The day the course begins")
    facts: Mapping[FactName, Value] = Field(default={}, description="Facts recorded at the start")
    members: Mapping[Name, Annotated[MemberTold, BeforeValidator(short_form("called"))]] = Field(
        default={}, description="The members of a group, each with a course of its own, in place of one patient"
    )
    follows: Text | None = Field(
        None,
        description="The vignette beside this one whose course it follows, by its file's name",
        examples=["early-birth"],
    )
    adopted: Adopted | None = Field(None, description="Where it stood, when it is taken over under way")
    happenings: Mapping[Name, Happening] = Field(description="What happened, in the order it is told")
    expect_summary: ExpectSummary | None = Field(None, description="The figures expected at the end")

    def day(self, name: str) -> date:
        """The day of a happening: its own, or the day the course began so many weeks later."""
        happening = self.happenings[name]
        return happening.on or add(self.start, (happening.week or 1) - 1, "week")


@dataclass(frozen=True, slots=True, eq=False)
class Vignette:
    """A vignette that was read, with the places of what it says."""

    spec: VignetteSpec
    document: Document
    member: str = ""
    """The member whose course it tells, when it is one of several."""

    def __repr__(self) -> str:
        return f"<Vignette {self.document.file}: {len(self.spec.happenings)} happenings>"

    @property
    def title(self) -> str:
        """What it shows."""
        return self.spec.vignette

    @property
    def course_id(self) -> str:
        """The id of the course it tells: the name of its file, and of the member where it has several."""
        name = os.path.basename(self.document.file).removesuffix(ENDING)
        return f"{name}-{self.member}" if self.member else name

    def by_member(self) -> dict[str, Vignette]:
        """The course of each member as a vignette of its own; empty for a vignette of one course."""
        found = {}
        for member, happenings in by_member(self.spec).items():
            told = self.spec.members[member]
            own = {
                "members": {}, "patient": Patient(called=told.called), "facts": told.facts, "happenings": happenings,
                "start": told.start or self.spec.start,
            }  # fmt: skip
            weeks = {name: one.model_copy(update={"on": self.spec.day(name)}) for name, one in happenings.items()}
            found[member] = Vignette(self.spec.model_copy(update={**own, "happenings": weeks}), self.document, member)
        return found

    def span(self, path: Path) -> Span:
        """The nearest place of a path in the file."""
        return self.document.span(path)


# -- reading -----------------------------------------------------------------------------------------------------


def read_vignette(path: str | os.PathLike[str]) -> Vignette:
    """The vignette in the file at `path`.

    Raises:
        ProtocolError: It is not a usable vignette; `diagnostics` holds every mistake with its place.
    """
    return _vignette(read_path(path))


def read_vignette_text(text: bytes, file: str) -> Vignette:
    """The vignette that `text` holds; `file` is what places call it.

    Raises:
        ProtocolError: It is not a usable vignette.

    Example:
        >>> read_vignette_text(b"iptengine: 1", "a.vignette.yaml")
        Traceback (most recent call last):
        ...
        iptengine.diagnostics.ProtocolError: a.vignette.yaml:1:1: error: the file needs happenings: ...
    """
    return _vignette(read(text, file))


def _vignette(document: Document) -> Vignette:
    if document.diagnostics:
        raise ProtocolError(document.diagnostics)
    if not isinstance(document.root, dict):
        wrong = "a vignette begins with keys, and this is something else"
        raise ProtocolError([Diagnostic(document.span(()), "bad-value", wrong, "write iptengine: 1 on the first line")])
    found: list[Diagnostic] = []
    try:
        spec = VignetteSpec.model_validate(document.root)
    except ValidationError as error:
        found += [_told(misfit, document) for misfit in misfits(error, VignetteSpec)]
        raise ProtocolError(dict.fromkeys(found)) from None
    vignette = Vignette(spec, document)
    found += [Diagnostic(document.span(path), code, *said) for path, code, *said in _shape(spec)]
    if found:
        raise ProtocolError(found)
    return vignette


def _told(misfit: Misfit, document: Document) -> Diagnostic:
    """The mistake; what is no key of a happening could also be a measure, and the nearer of the two is said."""
    place = _reading_place(misfit.path)
    if place is None:
        return say(misfit, document, VignetteSpec)
    name, known = str(misfit.path[place]), list(Happening.model_fields)
    where = document.span(misfit.path[: place + 1])
    if nearest(name, known, 1) or not isinstance(misfit.value, dict):
        wrong = f"'{name}' is not a key of a happening, and what stands there is no reading"
        close = did_you_mean(name, known) if nearest(name, known, 1) else ""
        return Diagnostic(where, "unknown-key", wrong, close or "a reading is written NAME: {total: 18, ITEM: 0}")
    return Diagnostic(where, "bad-value", f"the reading '{name}' cannot be understood", str(misfit.limits["error"]))


def _reading_place(path: Path) -> int | None:
    """Where in a path the name of a measure stands, or what was taken for one."""
    for place in range(2, len(path)):
        inside = path[:place]
        in_happening = (len(inside) == 2 and inside[0] == "happenings") or inside[-1] in ("now", "request")
        if in_happening and path[place] not in Happening.model_fields:
            return place
    return None


_Wrong = tuple[Path, str, str, str]


def _shape(spec: VignetteSpec) -> list[_Wrong]:
    """What the models cannot see: days, and happenings that are spoken of before they are told."""
    found: list[_Wrong] = []
    told: list[str] = []
    for name, happening in spec.happenings.items():
        path: Path = ("happenings", name)
        if happening.on is None and happening.week is None:
            found.append((path, "missing-key", f"'{name}' has no day", "write on: 2026-03-31, or week: 3"))
        for key, part in (("correct", happening.correct), ("withdraw", happening.withdraw), ("void", happening.void)):
            if part is not None and part.happening not in told:
                wrong = f"no happening before '{name}' is called '{part.happening}'"
                found.append(((*path, key, "happening"), "unknown-name", wrong, did_you_mean(part.happening, told)))
        told.append(name)
    return found


# -- the protocol it speaks of -----------------------------------------------------------------------------------


def protocol_of(vignette: Vignette, *, folders: tuple[str | os.PathLike[str], ...] = ()) -> Protocol:
    """The protocol that a vignette names: at a path from its own file, or by name.

    A name is looked up in the vignette's own folder, in `folders`, and among the shipped ones; the first of the
    version that the vignette was written for is taken.

    Raises:
        ProtocolError: There is none, it has mistakes, or it is of another version.
    """
    named = vignette.spec.protocol
    home = os.path.dirname(vignette.document.file)
    if named.endswith(shelves.PROTOCOL):
        return load(os.path.join(home, named), folders=folders)
    name, _, version = named.partition("@")
    places = (home, *(os.fspath(folder) for folder in folders), shelves.shipped_folder())
    first: Protocol | None = None
    for path in _files_of(vignette, name, places):
        protocol = open_named(name, path, folders=folders).require()
        if version in ("", protocol.version):
            return protocol
        first = first or protocol
    assert first is not None
    wrong = f"this vignette was written for version {version} of {name}, and there is {first.version}"
    raise _misnamed(vignette, "other-version", wrong, f"play it anew and write protocol: {first.ref}")


def _files_of(vignette: Vignette, name: str, places: tuple[str, ...]) -> list[str]:
    """Every file in `places` that could hold the protocol of this name; at least one."""
    why = why_not_id(name)
    if why:
        hint = f"give a name such as ipt-adult, or the path of a file that ends in {shelves.PROTOCOL}"
        raise _misnamed(vignette, "bad-name", f"this cannot be the name of a protocol: {why}", hint)
    found = [path for place in places if (path := shelves.find(name, shelves.PROTOCOL, (place,)))]
    if not found:
        near = shelves.names_in((places[0] or os.curdir, *places[1:]), shelves.PROTOCOL)
        raise _misnamed(vignette, "unknown-protocol", f"there is no protocol '{name}'", did_you_mean(name, near))
    return found


def _misnamed(vignette: Vignette, code: str, wrong: str, hint: str) -> ProtocolError:
    return ProtocolError([Diagnostic(vignette.span(("protocol",)), code, wrong, hint)])


def check_vignette(vignette: Vignette, protocol: Protocol) -> tuple[Diagnostic, ...]:
    """Every name in a vignette that its protocol does not know, and every bare total that would raise an alert."""
    from iptengine.authoring.vignette_names import unknown_names

    found = unknown_names(vignette.spec, protocol)
    wrong = [Diagnostic(vignette.document.span(path, on_key), code, *said) for path, on_key, code, *said in found]
    return tuple(sorted(wrong, key=lambda d: (d.span, d.code, d.message)))
