"""A measure as a structure: the frozen models of a ``NAME.measure.yaml`` file.

Items are addressed by concept, never by number; every clinical figure names its source; and what is easily
confused stays apart: severity bands, cut-offs, and the rules of change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, StringConstraints, WithJsonSchema, model_validator

from iptengine.protocol.fields import Alternatives, Format, Model, Name, Names, RangeText, Text, given, only_one
from iptengine.protocol.parts import SourceEntry
from iptengine.protocol.quantities import Range
from iptengine.protocol.units import MOST

TOTAL = "total"
"""The name a total has among the answers of a reading; no item may take it."""

Direction = Literal["higher is worse", "higher is better"]
Licence = Literal["public domain", "free, unmodified", "structure only", "proprietary", "project"]
Operator = Literal["sum", "mean", "max"]
TEXT_MAY_SHIP: frozenset[str] = frozenset({"public domain", "free, unmodified", "project"})


def _number(value: object) -> object:
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return value
    raise ValueError("write a number, such as 5 or 2.8")


Number = Annotated[int | float, PlainValidator(_number), WithJsonSchema({"type": "number"})]
WholeNumber = Annotated[int, Field(ge=0, le=MOST)]


class Stated(Model):
    """A part that states a clinical figure, and so must say what it rests on."""

    source: Names = Field(min_length=1, description="Names from sources: what this rests on")


class Risk(Stated):
    """From which score on an item must be seen by a clinician, whatever the total."""

    from_: WholeNumber = Field(alias="from", description="The lowest score that raises the risk alert")


class Special(Stated):
    """An answer outside the range that has a score of its own, such as "not assessed"."""

    answer: WholeNumber = Field(description="The answer as it is recorded")
    score: WholeNumber = Field(description="What it counts as")


class Item(Model):
    """One question, named by what it asks about."""

    title: Text = Field(description="Our short label of the concept; never the instrument's wording")
    number: WholeNumber | None = Field(None, description="Its number on the printed form, for provenance")
    range: RangeText | None = Field(
        None, description="Least and most answer; left out only for an unscored count without a stated top"
    )
    text: Text | None = Field(None, description="The instrument's own wording, only where the licence lets it ship")
    text_from: Literal["site", "patient"] | None = Field(
        None,
        description="Who supplies the wording where the file does not; the site when nothing is said. An item worded "
        "by the patient is not due to be scored before it is worded, and its scores are compared within one wording",
    )
    scored: bool = Field(True, description="Whether it counts towards a total or subscale")
    reversed: bool = Field(False, description="Whether the printed form scores it from high to low")
    special: Mapping[Name, Special] = Field({}, description="Answers outside the range, by name")
    risk: Risk | None = Field(None, description="Makes this a risk item")
    note: Text | None = Field(None, description="Anything a reader should know")


class Missing(Stated):
    """What happens when an answer is missing. A missing risk item always means no total."""

    rule: Literal["require all", "mean of answered", "answered only"] = Field(
        description="Whether a gap stops the score, takes the mean of the answered, or (highest of a group) is left out"
    )
    at_most: WholeNumber | None = Field(None, description="How many may be missing, where a gap stops nothing")

    @model_validator(mode="after")
    def _whole(self) -> Missing:
        if (self.rule == "require all") != (self.at_most is None):
            raise ValueError("'require all' has no at_most, and the other rules need it: how many may be missing")
        return self

    @property
    def allowed(self) -> int:
        """How many parts may be missing."""
        return self.at_most or 0


class Subscale(Model):
    """A score made of some items, or of subscales written above it."""

    title: Text = Field(description="Its name")
    score: Literal["sum", "mean", "max", "count"] = Field(description="How its parts are put together")
    of: Names = Field(min_length=1, description="Items, or subscales written above this one")
    counts_from: WholeNumber | None = Field(None, description="For count: the lowest score that is counted")
    missing: Missing | None = Field(None, description="Left out, every part is required")
    source: Names = Field((), description="Names from sources: what this rests on")

    @model_validator(mode="after")
    def _counting(self) -> Subscale:
        if (self.score == "count") != (self.counts_from is not None):
            raise ValueError("'score: count' needs counts_from, and only count has it")
        return self


class Scoring(Stated):
    """How the total comes about, or that there is none."""

    total: Operator | Literal["none"] = Field(description="How the parts are put together")
    of: Names = Field((), description="Items and subscales that make the total; left out, every scored item")
    range: RangeText | None = Field(None, description="Least and most total")
    missing: Missing | None = Field(None, description="What happens when an answer is missing")

    @model_validator(mode="after")
    def _complete(self) -> Scoring:
        if self.total == "none" and (self.range or self.missing or self.of):
            raise ValueError("a measure without a total has no 'of', 'range' or 'missing' here")
        if self.total != "none" and not (self.range and self.missing):
            raise ValueError("a total needs its 'range' and its 'missing' rule")
        return self


class OtherScoring(Scoring):
    """A second live way to score the same answers, asked for by its name."""

    title: Text = Field(description="The name of the rule, shown with every score")


class BandStart(Model):
    """One band: from this total up to where the next begins."""

    title: Text = Field(description="Its name, as a page says it")
    from_: Number = Field(alias="from", description="The lowest total in the band")


class BandRule(Stated):
    """One published way to cut the totals into bands of severity."""

    title: Text = Field(description="The name of the rule, shown with every band")
    bands: Mapping[Name, BandStart] = Field(min_length=1, description="The bands by name")


class Cutoff(Stated):
    """A published line that a reading reaches or not; no diagnosis and no band."""

    alternatives = Alternatives(("from_", "parts"), "a cut-off has either 'from' or 'parts'")

    title: Text = Field(description="What reaching it is called")
    from_: Number | None = Field(None, alias="from", description="The lowest total that reaches it")
    parts: Mapping[Name, Number] | None = Field(
        None, description="Instead of a total: the least score of each of these subscales"
    )

    @model_validator(mode="after")
    def _one_form(self) -> Cutoff:
        only_one(self)
        return self


RULE_KINDS = (
    "better_by_points", "worse_by_points", "better_by_percent", "worse_by_percent",
    "below", "at_most", "above", "at_least", "crosses", "all",
)  # fmt: skip


class Crossing(Model):
    """From which side of which line to the other."""

    from_at_least: Number | None = Field(None, description="The baseline was this or more; with to_below")
    to_below: Number | None = Field(None, description="The score is now below this; with from_at_least")
    from_below: Number | None = Field(None, description="The baseline was below this; with to_at_least")
    to_at_least: Number | None = Field(None, description="The score is now this or more; with from_below")

    @model_validator(mode="after")
    def _one_way(self) -> Crossing:
        given = {name for name in type(self).model_fields if getattr(self, name) is not None}
        if given not in ({"from_at_least", "to_below"}, {"from_below", "to_at_least"}):
            raise ValueError("write from_at_least with to_below, or from_below with to_at_least")
        return self


class ChangeRule(Stated):
    """One published rule about the change from a baseline score; rules are never merged."""

    alternatives = Alternatives(RULE_KINDS, f"a change rule says exactly one of {', '.join(RULE_KINDS)}")

    title: Text = Field(description="The name of the rule, shown with every answer")
    better_by_points: Number | None = Field(None, description="Better than baseline by at least so many points")
    worse_by_points: Number | None = Field(None, description="Worse than baseline by at least so many points")
    better_by_percent: Number | None = Field(None, description="Better by at least so much of the baseline score")
    worse_by_percent: Number | None = Field(None, description="Worse by at least so much of the baseline score")
    below: Number | None = Field(None, description="The score is now below this")
    at_most: Number | None = Field(None, description="The score is now this or less")
    above: Number | None = Field(None, description="The score is now above this")
    at_least: Number | None = Field(None, description="The score is now this or more")
    crosses: Crossing | None = Field(None, description="The score was on one side of a line and is now on the other")
    all: Names | None = Field(None, min_length=2, description="All of these rules hold")

    @model_validator(mode="after")
    def _one_kind(self) -> ChangeRule:
        only_one(self)
        return self

    @property
    def kind(self) -> str:
        """Which of the keys the rule uses, such as ``better_by_points``."""
        return given(self)[0]


class Measure(Model):
    """An instrument: what it asks, how it is scored, and what the published rules say of its scores."""

    iptengine: Format = Field(description="The version of the file format")
    measure: Name = Field(description="The name of the measure")
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")] = Field(
        description="In quotes; a protocol uses the measure as NAME@VERSION"
    )
    title: Text = Field(description="Its name")
    short: Annotated[str, StringConstraints(min_length=1, max_length=16)] | None = Field(
        None, description="What a page calls it, such as PHQ-9; the title when left out"
    )
    licence: Licence = Field(description="What may ship: item text, or structure only")
    licence_note: Text | None = Field(None, description="Owner, terms, and when to check again")
    recall: Text | None = Field(None, description="The time the questions ask about")
    answered_by: Literal["patient", "parent", "clinician"] = Field(
        "patient", description="Forms answered by different people are different measures"
    )
    direction: Direction = Field(description="Which way a higher total points")
    stored_as: Literal["keyed", "printed"] | None = Field(
        None,
        description="With reversed items: whether answers are recorded as keyed scores or as printed on the form",
    )
    decimals: Annotated[int, Field(ge=0, le=3)] = Field(
        0, description="Decimals a total is shown with; 0 also means a given total is a whole number"
    )
    note: Text | None = Field(None, description="Anything a reader should know")
    source: Names = Field((), description="What the structure rests on")
    sources: Mapping[Name, SourceEntry] = Field(description="Every citation, decision and unverified statement once")
    items: Mapping[Name, Item] = Field(
        min_length=1, max_length=300, description="The questions, by what they ask about"
    )
    subscales: Mapping[Name, Subscale] = Field({}, description="Scores of parts, by name")
    scoring: Scoring = Field(description="How the total comes about, or that there is none")
    other_scorings: Mapping[Name, OtherScoring] = Field({}, description="Further live rules, by name")
    severity: Name | None = Field(None, description="With several band rules: the one shown as the severity")
    bands: Mapping[Name, BandRule] = Field({}, description="Published ways to cut the totals into bands, by name")
    cutoffs: Mapping[Name, Cutoff] = Field({}, description="Published lines, by name")
    change_rules: Mapping[Name, ChangeRule] = Field({}, description="Published rules of change, by name")

    @property
    def id(self) -> str:
        """The name of the measure: ``phq9``."""
        return self.measure

    @property
    def ref(self) -> str:
        """How a protocol uses it: ``phq9@1``."""
        return f"{self.measure}@{self.version}"

    @property
    def label(self) -> str:
        """What a page calls the measure: ``PHQ-9``."""
        return self.short or self.title

    @property
    def scale(self) -> Range | None:
        """Least and most total; ``None`` for a measure without a total."""
        return self.scoring.range

    @cached_property
    def risk_items(self) -> tuple[str, ...]:
        """The items a clinician must see from a score on, in the order of the file."""
        return tuple(name for name, item in self.items.items() if item.risk)

    def item_label(self, name: str) -> str:
        """What a page calls an item: by its number on the form, or else by its name."""
        number = self.items[name].number
        return f"item {number}" if number else name.replace("_", " ")

    @cached_property
    def patient_items(self) -> tuple[str, ...]:
        """The items that a patient puts into words, in the order of the file."""
        return tuple(name for name, item in self.items.items() if item.text_from == "patient")

    @property
    def licence_warning(self) -> str:
        """A sentence to show when the measure is loaded, or ``""``."""
        if self.licence != "proprietary":
            return ""
        return f"{self.title} is proprietary: only its structure is here; use it under your own licence"

    @cached_property
    def layout(self) -> Layout:
        """The measure laid out for scoring; only for a measure without findings."""
        return _layout(self)


def answered_by(measure: Measure, informant: str) -> Measure:
    """The measure as one informant answers it: the same in all but its label, ``SDQ (mother)``.

    Two informants of one instrument are two series, and nothing on a page may leave open whose a score is.
    """
    return measure.model_copy(update={"short": f"{measure.label} ({informant.replace('_', ' ')})"})


# The measure laid out for scoring, so that a reading needs no look at the models.


@dataclass(frozen=True, slots=True)
class Key:
    """What answers an item takes and what they score."""

    low: int
    high: int
    mirror: int | None
    """Low plus high for an item whose printed answers are turned round, else ``None``."""
    special: Mapping[int, int]

    def scored(self, answer: object) -> int | None:
        """The keyed score of an answer; ``None`` for one that cannot be used."""
        if type(answer) is not int:  # a bool is no answer, and 3.0 and "3" are not whole numbers someone ticked
            return None
        if self.low <= answer <= self.high:
            return answer if self.mirror is None else self.mirror - answer
        return self.special.get(answer)


@dataclass(frozen=True, slots=True)
class Part:
    """A total or a subscale: what it is made of, and how."""

    name: str
    operator: str
    of: tuple[str, ...]
    allowed: int
    """How many of its parts may be missing."""
    counts_from: int
    leaves: frozenset[str]
    """The items it rests on in the end."""


@dataclass(frozen=True, slots=True)
class Layout:
    """All of a measure that scoring needs."""

    keys: Mapping[str, Key]
    subscales: tuple[Part, ...]
    totals: Mapping[str, Part | None]
    """By the name of the scoring; the measure's own is ``""``."""
    risks: tuple[tuple[str, int], ...]
    counted: tuple[str, ...]
    """Items that count towards a score or are risk items, in the order of the file."""


def parts_of(measure: Measure, scoring: Scoring) -> tuple[str, ...]:
    """The items and subscales that make the total, in order."""
    if scoring.total == "none":
        return ()
    return scoring.of or tuple(name for name, item in measure.items.items() if item.scored)


def _key(item: Item, printed: bool) -> Key:
    span = item.range or Range(0, MOST)
    special = {special.answer: special.score for special in item.special.values()}
    return Key(span.low, span.high, span.low + span.high if item.reversed and printed else None, special)


def _leaves(names: Iterable[str], parts: Mapping[str, Part]) -> frozenset[str]:
    found: set[str] = set()
    for name in names:
        found |= parts[name].leaves if name in parts else {name}
    return frozenset(found)


def _layout(measure: Measure) -> Layout:
    subscales: dict[str, Part] = {}
    for name, sub in measure.subscales.items():
        allowed = sub.missing.allowed if sub.missing else 0
        leaves = _leaves(sub.of, subscales)
        subscales[name] = Part(name, sub.score, sub.of, allowed, sub.counts_from or 0, leaves)

    def total(name: str, scoring: Scoring) -> Part | None:
        if scoring.missing is None:
            return None
        of = parts_of(measure, scoring)
        return Part(name, scoring.total, of, scoring.missing.allowed, 0, _leaves(of, subscales))

    scorings: dict[str, Scoring] = {"": measure.scoring, **measure.other_scorings}
    risks = tuple((name, item.risk.from_) for name, item in measure.items.items() if item.risk)
    return Layout(
        keys={name: _key(item, measure.stored_as == "printed") for name, item in measure.items.items()},
        subscales=tuple(subscales.values()),
        totals={name: total(name, scoring) for name, scoring in scorings.items()},
        risks=risks,
        counted=tuple(name for name, item in measure.items.items() if item.scored or item.risk),
    )
