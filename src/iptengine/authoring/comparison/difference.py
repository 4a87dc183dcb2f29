"""What a comparison finds: a difference, what it touches, and the whole of them under their headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal, NamedTuple

Kind = Literal["added", "removed", "changed", "reordered", "renamed", "moved"]
Touch = Literal["safety", "fidelity"]
By = Literal["part", "change"]
Steps = tuple[str, ...]
"""A path in the content of a protocol: ``("protocol", "phases", …)``, or ``("measures", "phq9", …)`` in a measure."""
PROTOCOL, MEASURES = "protocol", "measures"


class Absent(Enum):
    """Stands where one side has nothing: a content can hold ``null``."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class Mark(NamedTuple):
    """That a difference touches safety or fidelity, and why, in words."""

    touch: Touch
    why: str


class Found(NamedTuple):
    """A bare difference of two contents.

    Attributes:
        kind: What happened between them.
        path: Where it stands in the one before; where it would, if it is not there.
        became: Where it stands in the one after.
        before: What stands there before: a value, a whole part, or names in their order; `ABSENT` if nothing does.
        after: The same for after.
    """

    kind: Kind
    path: Steps
    became: Steps
    before: object
    after: object


class Run(NamedTuple):
    """A stretch of words that both sides have, or only one of them."""

    kind: Literal["same", "gone", "new"]
    text: str


class Leaf(NamedTuple):
    """One line of a whole part: the titles of what it stands in below that part, and each key with its value."""

    where: Steps
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, in an author's words.

    Attributes:
        found: The bare difference: its kind, both paths, both values.
        group: The part of the protocol it belongs to, a key of `GROUPS`.
        where: The titles on the way to it: ``("Phase Initial sessions",)``.
        what: The key in words: ``"which sessions it is meant to take"``; for an added part what it stands before.
        runs: Both values as one text, with what is gone and what is new.
        leaves: The lines of a whole part that is only on one side.
        marks: What it touches, and why.
        changes: The named groups of changes that made it, where a variant is compared with its base.
    """

    found: Found
    group: str
    where: Steps
    what: str
    runs: tuple[Run, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    marks: tuple[Mark, ...] = ()
    changes: Steps = ()

    @property
    def kind(self) -> Kind:
        """``added``, ``removed``, ``changed``, ``reordered``, ``renamed`` or ``moved``."""
        return self.found.kind

    @property
    def touches(self) -> frozenset[Touch]:
        """Whether it touches safety, fidelity, both or neither."""
        return frozenset(mark.touch for mark in self.marks)

    @property
    def file(self) -> str:
        """``protocol``, or ``measure phq9``."""
        return file_of(self.found.path)

    @property
    def path(self) -> str:
        """Where it stands, as an author writes it: ``phases.initial.window``."""
        return dotted(self.found.path)

    @property
    def became(self) -> str:
        """Where it stands afterwards; mostly the same."""
        return dotted(self.found.became)


def file_of(path: Steps) -> str:
    """The file a path of a content leads into."""
    return f"measure {path[1]}" if path[:1] == (MEASURES,) and len(path) > 1 else PROTOCOL


def dotted(path: Steps) -> str:
    """A path of a content as it is written in its file; empty for a measure as a whole.

    Example:
        >>> dotted(("protocol", "phases", "initial", "window")), dotted(("measures", "phq9", "title"))
        ('phases.initial.window', 'title')
    """
    return ".".join(path[2:] if path[:1] == (MEASURES,) else path[1:])


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two protocols.

    Attributes:
        ref: Id and version.
        title: Its title.
        digest: SHA-256 over its content.
    """

    ref: str
    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class Section:
    """Differences under one heading.

    Attributes:
        name: The group of the protocol, or the name of the group of changes.
        title: The heading.
        because: Why, where it is a group of changes.
        source: What that rests on.
        told: The group of changes itself, as a difference of what the files say of themselves: the heading tells it.
        differences: Those under it, in the order of the file.
    """

    name: str
    title: str
    because: str = ""
    source: Steps = ()
    told: tuple[Difference, ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The clinical difference of two protocols; empty if and only if their contents are equal."""

    before: Side
    after: Side
    by: By
    sections: tuple[Section, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All of them, in the order of the sections; each once."""
        return tuple(one for section in self.sections for one in (*section.told, *section.differences))

    @property
    def equal(self) -> bool:
        """Whether the contents are equal."""
        return not self.differences

    def counted(self) -> Mapping[str, int]:
        """How many differences stand under the headings, and how many of them touch what."""
        found = [one for section in self.sections for one in section.differences]
        return {
            "differences": len(found),
            "safety": sum("safety" in one.touches for one in found),
            "fidelity": sum("fidelity" in one.touches for one in found),
        }
