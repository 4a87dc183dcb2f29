"""A page before it is text, Markdown or HTML: headed sections of plain words. Writers escape every word of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True, repr=False)
class Lines:
    """Sentences, one below the other.

    The plain text page cuts one that is longer than `cut` signs, and says so; with `flow` it puts short ones that
    follow each other on one line.
    """

    entries: tuple[str, ...]
    cut: int | None = None
    flow: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Marked:
    """Lines that must not be missed, each with its mark.

    Attributes:
        under: Sentences that go on from the first of them.
        paper: The same as the plain text page shows them: what is long is cut there.
    """

    entries: tuple[str, ...]
    under: tuple[str, ...] = ()
    paper: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Folded:
    """What is kept out of the way until somebody asks: one line on paper, unfolded by a tap on a screen."""

    label: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class PlanRow:
    """One step of the hour; `more` is what a trainee wants to know about it; 0 `minutes`: none of its own."""

    number: int
    label: str
    texts: tuple[str, ...]
    minutes: int
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """The hour, step by step."""

    rows: tuple[PlanRow, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Pairs:
    """When this, then that."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, repr=False)
class ScoreTable:
    """Readings in their places: a heading and its cells for each row, and what is told below them.

    `places` are the sessions of the columns; `caption` says the same in words, where that is short.
    """

    caption: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    places: tuple[str, ...]
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Field:
    """Something to fill in by hand: a short or long blank (`size`), or boxes to tick."""

    label: str
    boxes: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Form:
    """Lines to fill in; a long blank takes what is left of its line."""

    rows: tuple[tuple[Field, ...], ...]


Block: TypeAlias = Lines | Marked | Folded | Plan | Pairs | ScoreTable | Form
LONG = 0
SHORT = 3


@dataclass(frozen=True, slots=True, repr=False)
class Section:
    """A part of the page. `name` is its name in JSON and, after ``ipt-``, its class in HTML."""

    name: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A whole page.

    Attributes:
        audience: therapist or patient.
        title: The title of a standalone document; holds no name.
        left: The first line's left side: who, or what it is.
        when: What follows it: day, time, minutes.
        right: Its right side: which session.
        under: Lines below the first.
        sections: Its parts, in order.
        tight: The same with fewer lines, where plain text fits one side of paper only so; empty when there is none.
        footer: The last line.
    """

    audience: str
    language: str
    title: str
    left: str
    right: str
    when: str = ""
    under: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    tight: tuple[Section, ...] = ()
    footer: str = ""
    alerts: tuple[str, ...] = field(default=())
