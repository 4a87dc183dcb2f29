"""What a reading scores, and what the published rules say of a score and of its change.

Pure. Nothing is guessed: an answer that cannot be used leaves the reading unscored, a risk item is never filled
in, and a rule whose scores are missing answers unknown. Inside, numbers are exact (whole or fractions), so that
a mean of 2.8 stands on the line at 2.8 and not a hair below it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from iptengine.diagnostics import IptengineError
from iptengine.protocol.measure import TOTAL, BandRule, ChangeRule, Cutoff, Layout, Measure, Part
from iptengine.protocol.truth import Truth, all_of, of

Score = int | float
Exact = int | Fraction
UNNAMED = "?"
"""Stands for an unknown item whose name is not a name: it may be patient text."""


class NothingUsable(IptengineError):
    """A reading without one answer or total that can be used; the only reading that is refused."""

    def __init__(self, measure: str, bad: tuple[str, ...]) -> None:
        self.measure = measure
        self.bad = bad
        what = f"none of its answers can be used ({', '.join(bad)})" if bad else "it has no answer"
        super().__init__(f"this {measure} reading is not recorded: {what}; enter at least one answer or the total")


@dataclass(frozen=True, slots=True)
class RiskAnswer:
    """What a reading says of one risk item. An answer that cannot be used counts as unanswered."""

    item: str
    value: int | None
    """The keyed score."""
    state: Literal["above", "below", "unanswered"]
    """``above``: at or over the risk threshold."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One reading, scored: what is known, what is not, and why.

    Attributes:
        measure: The measure, as ``phq9@1``.
        by: The name of the scoring used; ``""`` is the measure's own.
        answers: Good answers only, as recorded.
        missing: Items that count and have no good answer.
        bad: Names of what could not be used, never the values; ``"total"`` for the total.
        total: Unrounded; ``None`` when there is none, and then `why_no_total` says why.
        total_given: `total` was given with the reading, not worked out from its items.
        given: The total as given, also when the reading is not scored.
        subscales: By name, unrounded; ``None`` for one that cannot be scored.
        why_no_total: A sentence, or ``""``.
        risk: One entry for each risk item of the measure.
    """

    measure: str
    by: str
    answers: Mapping[str, int]
    missing: tuple[str, ...]
    bad: tuple[str, ...]
    total: Score | None
    total_given: bool
    given: Score | None
    subscales: Mapping[str, Score | None]
    why_no_total: str
    risk: tuple[RiskAnswer, ...]


def score(measure: Measure, answers: Mapping[str, object], total: object | None = None, by: str = "") -> Scored:
    """One reading of `measure`, scored by its own scoring or by the other one named `by`.

    Args:
        measure: A measure without findings.
        answers: By item; ``None`` is an item left unanswered.
        total: The total as given by whoever took the reading; with no items, or some, or all.
        by: A name from `other_scorings`.

    Raises:
        NothingUsable: There is no usable answer and no usable total.
        ValueError: The measure has no scoring called `by`.
    """
    layout = measure.layout
    if by not in layout.totals:
        raise ValueError(f"{measure.ref} has no scoring '{by}'")
    part = layout.totals[by]
    good, keyed, bad = _read(layout, answers)
    given = _given(measure, total, by)
    if total is not None and (given is None or not _possible(measure, part, keyed, given)):
        bad = (*bad, TOTAL)
    if not good and given is None:
        raise NothingUsable(measure.id, bad)
    subscales = _subscales(layout, keyed, bad)
    risks = (item for item, _ in layout.risks)  # also one that adds nothing to the total
    worked_out = None if bad or part is None else _worth(part, keyed, subscales, risks)
    use_given = not bad and given is not None and (worked_out is None or _gaps(part, keyed))
    result = given if use_given else _plain(worked_out)
    return Scored(
        measure=measure.ref,
        by=by,
        answers=good,
        missing=tuple(name for name in layout.counted if name not in keyed),
        bad=bad,
        total=result,
        total_given=use_given,
        given=given,
        subscales={name: _plain(value) for name, value in subscales.items()},
        why_no_total="" if result is not None else _why(measure, layout, part, keyed, bad, subscales),
        risk=_risks(layout, keyed),
    )


def _read(layout: Layout, answers: Mapping[str, object]) -> tuple[dict[str, int], dict[str, int], tuple[str, ...]]:
    """Good answers as recorded, the same keyed, and the names of the bad ones."""
    good: dict[str, int] = {}
    keyed: dict[str, int] = {}
    bad: list[str] = []
    for name, answer in answers.items():
        key = layout.keys.get(name)
        if key is None:
            bad.append(_safe(name))
        elif answer is not None:
            value = key.scored(answer)
            if value is None:
                bad.append(name)
            elif type(answer) is int:
                good[name], keyed[name] = answer, value
    return good, keyed, tuple(bad)


def _safe(name: object) -> str:
    if isinstance(name, str) and len(name) <= 60 and name.isascii() and name.isidentifier():
        return name
    return UNNAMED


def _given(measure: Measure, total: object | None, by: str) -> Score | None:
    """The given total, when it is a number on the scale."""
    span = measure.other_scorings[by].range if by else measure.scoring.range
    if span is None:
        return None
    if type(total) is int:
        return total if span.low <= total <= span.high else None
    if type(total) is float and measure.decimals and math.isfinite(total):
        return total if span.low <= total <= span.high else None
    return None


def risks_of(measure: Measure, answers: Mapping[str, object]) -> tuple[RiskAnswer, ...]:
    """How the risk items of a measure were answered in a reading that was taken."""
    return _risks(measure.layout, _read(measure.layout, answers)[1])


def _risks(layout: Layout, keyed: Mapping[str, int]) -> tuple[RiskAnswer, ...]:
    return tuple(_risk(item, threshold, keyed.get(item)) for item, threshold in layout.risks)


def _risk(item: str, threshold: int, value: int | None) -> RiskAnswer:
    if value is None:
        return RiskAnswer(item, None, "unanswered")
    return RiskAnswer(item, value, "above" if value >= threshold else "below")


# Putting parts together.


def _subscales(layout: Layout, keyed: Mapping[str, int], bad: Sequence[str]) -> dict[str, Exact | None]:
    """Each subscale, in the order of the file, which lets a later one rest on an earlier one."""
    found: dict[str, Exact | None] = {}
    for part in layout.subscales:
        risks = (item for item, _ in layout.risks if item in part.leaves)
        found[part.name] = None if bad else _worth(part, keyed, found, risks)
    return found


def _worth(
    part: Part,
    keyed: Mapping[str, int],
    subscales: Mapping[str, Exact | None],
    risks: Iterable[str],
) -> Exact | None:
    """The score of `part`; ``None`` when one of `risks` has no answer, or too much else is missing."""
    if any(item not in keyed for item in risks):
        return None
    return _combined(part, [subscales[name] if name in subscales else keyed.get(name) for name in part.of])


def _combined(part: Part, values: Sequence[Exact | None]) -> Exact | None:
    known = [value for value in values if value is not None]
    absent = len(values) - len(known)
    if absent > part.allowed or not known:
        return None
    match part.operator:
        case "sum":
            whole = sum(known)
            return Fraction(whole * len(values), len(known)) if absent else whole
        case "mean":
            return Fraction(sum(known), len(known))
        case "max":
            return max(known)
        case _:
            return sum(value >= part.counts_from for value in known)


def _gaps(part: Part | None, keyed: Mapping[str, int]) -> bool:
    return part is None or not part.leaves <= keyed.keys()


def _possible(measure: Measure, part: Part | None, keyed: Mapping[str, int], given: Score) -> bool:
    """Whether the given total can go with the items given: every way to put parts together only ever rises."""
    if part is None:
        return False
    slack = Fraction(1, 2 * 10**measure.decimals) if measure.decimals else 0
    low, high = _reach(measure.layout, part, keyed)
    return low - slack <= exact(given) <= high + slack


def _reach(layout: Layout, part: Part, keyed: Mapping[str, int]) -> tuple[Exact, Exact]:
    """The least and the most `part` can score when the open items are anything their ranges allow."""
    ends: list[Exact] = []
    for take_high in (False, True):
        values: dict[str, Exact] = {}
        for name, key in layout.keys.items():
            values[name] = keyed.get(name, key.high if take_high else key.low)
        for sub in layout.subscales:
            values[sub.name] = _combined(sub, [values[name] for name in sub.of]) or 0
        ends.append(_combined(part, [values[name] for name in part.of]) or 0)
    return ends[0], ends[1]


def reach(measure: Measure, by: str = "") -> tuple[Score, Score] | None:
    """The least and the most total the items of the measure allow; ``None`` without a total.

    Example:
        ``reach(phq9)`` is ``(0, 27)``.
    """
    part = measure.layout.totals[by]
    if part is None:
        return None
    low, high = _reach(measure.layout, part, {})
    return number(low), number(high)


# Why there is no total.


def _why(
    measure: Measure,
    layout: Layout,
    part: Part | None,
    keyed: Mapping[str, int],
    bad: Sequence[str],
    subscales: Mapping[str, Exact | None],
) -> str:
    if part is None:
        return "this measure has no total"
    if bad:
        return f"not scored: {', '.join(bad)} cannot be used"
    risks = [measure.items[item].title for item, _ in layout.risks if item not in keyed]
    if risks:
        return f"no total: the risk item {_listed(risks)} was not answered"
    absent = [name for name in part.of if (subscales[name] if name in subscales else keyed.get(name)) is None]
    rule = f"at most {part.allowed} may be" if part.allowed else "none may be"
    parts = "scores" if any(name in subscales for name in part.of) else "answers"
    return f"no total: {len(absent)} of {len(part.of)} {parts} are missing, and {rule}"


def _listed(titles: Iterable[str]) -> str:
    return ", ".join(f"'{title}'" for title in titles)


# Bands and cut-offs.


@dataclass(frozen=True, slots=True)
class Band:
    """Where a total stands under one band rule: from `low` up to, but not including, `high`."""

    rule: str
    rule_title: str
    name: str
    title: str
    low: Score
    high: Score | None
    """``None`` for the highest band."""
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether a reading reaches one published cut-off."""

    cutoff: str
    title: str
    answer: Truth
    source: tuple[str, ...]


def severity_rule(measure: Measure) -> str:
    """The name of the band rule that is shown as the severity; ``""`` when there is none."""
    if measure.severity:
        return measure.severity
    return next(iter(measure.bands)) if len(measure.bands) == 1 else ""


def band(measure: Measure, total: Score | None, rule: str = "") -> Band | None:
    """The band an unrounded total stands in, by the severity rule or by the one named; ``None`` when unknown."""
    rule = rule or severity_rule(measure)
    if total is None or rule not in measure.bands:
        return None
    return _band(rule, measure.bands[rule], total)


def _band(name: str, rule: BandRule, total: Score) -> Band | None:
    starts = sorted(rule.bands.items(), key=lambda entry: entry[1].from_)
    found = [at for at, (_, start) in enumerate(starts) if start.from_ <= total]
    if not found:
        return None
    at = found[-1]
    key, start = starts[at]
    high = starts[at + 1][1].from_ if at + 1 < len(starts) else None
    return Band(name, rule.title, key, start.title, start.from_, high, rule.source)


def cutoffs(measure: Measure, scored: Scored) -> tuple[Reached, ...]:
    """What every published line says of a reading; unknown where its score is."""
    return tuple(
        Reached(name, line.title, _reached(line, scored), line.source) for name, line in measure.cutoffs.items()
    )


def _reached(line: Cutoff, scored: Scored) -> Truth:
    if line.from_ is not None:
        return of(None if scored.total is None else scored.total >= line.from_)
    return all_of(
        of(None if value is None else value >= least)
        for value, least in ((scored.subscales[name], least) for name, least in (line.parts or {}).items())
    )


# Change.


@dataclass(frozen=True, slots=True)
class ChangeFact:
    """What one published rule says of the change from a baseline score.

    Attributes:
        rule: Its name in the file.
        title: Its name for people.
        answer: Unknown whenever the baseline score or the score now is.
        points_better: How many points better than baseline; minus for worse, ``None`` when unknown.
        percent_better: The same as a percentage of the baseline score; ``None`` also for a baseline of 0.
        source: What the rule rests on.
    """

    rule: str
    title: str
    answer: Truth
    points_better: Score | None
    percent_better: Score | None
    source: tuple[str, ...]


def change(measure: Measure, baseline: Score | None, now: Score | None) -> tuple[ChangeFact, ...]:
    """What every rule of change of the measure says, each for itself; totals of the measure's own scoring."""
    better, percent = improvement(measure, baseline, now)
    answers: dict[str, Truth] = {}
    for combined in (False, True):  # rules that rest on other rules come after these
        for name, rule in measure.change_rules.items():
            if (rule.all is not None) is combined:
                answers[name] = _says(rule, baseline, now, better, percent, answers)
    points, share = _plain(better), _plain(percent)
    return tuple(
        ChangeFact(name, rule.title, answers[name], points, share, rule.source)
        for name, rule in measure.change_rules.items()
    )


def improvement(measure: Measure, baseline: Score | None, now: Score | None) -> tuple[Exact | None, Exact | None]:
    """Points better than baseline, and percent of the baseline score; exact, minus for worse."""
    if baseline is None or now is None:
        return None, None
    start, end = exact(baseline), exact(now)
    better = start - end if measure.direction == "higher is worse" else end - start
    return better, Fraction(100 * better, start) if start > 0 else None


def _says(
    rule: ChangeRule,
    baseline: Score | None,
    now: Score | None,
    better: Exact | None,
    percent: Exact | None,
    answers: Mapping[str, Truth],
) -> Truth:
    if baseline is None or now is None or better is None:
        return Truth.UNKNOWN
    if rule.all is not None:
        return all_of(answers[name] for name in rule.all)
    if rule.crosses is not None:
        return of(_crossed(rule, baseline, now))
    for least, moved, way in (
        (rule.better_by_points, better, 1),
        (rule.worse_by_points, better, -1),
        (rule.better_by_percent, percent, 1),
        (rule.worse_by_percent, percent, -1),
    ):
        if least is not None:
            return of(None if moved is None else way * moved >= exact(least))
    return of(_stands(rule, now))


def _stands(rule: ChangeRule, now: Score) -> bool:
    if rule.below is not None:
        return now < rule.below
    if rule.at_most is not None:
        return now <= rule.at_most
    if rule.above is not None:
        return now > rule.above
    return rule.at_least is not None and now >= rule.at_least


def _crossed(rule: ChangeRule, baseline: Score, now: Score) -> bool:
    line = rule.crosses
    if line is None:
        return False
    if line.from_at_least is not None and line.to_below is not None:
        return baseline >= line.from_at_least and now < line.to_below
    if line.from_below is not None and line.to_at_least is not None:
        return baseline < line.from_below and now >= line.to_at_least
    return False


# Numbers.


def exact(value: Score) -> Exact:
    """The whole number or fraction a score stands for; scores have small denominators, so this is no guess."""
    return value if isinstance(value, int) else Fraction(value).limit_denominator(10_000)


def number(value: Exact) -> Score:
    """A plain number: whole where it is whole."""
    if isinstance(value, int):
        return value
    return value.numerator if value.denominator == 1 else float(value)


def _plain(value: Exact | None) -> Score | None:
    return None if value is None else number(value)


def display(value: Score, decimals: int = 0) -> str:
    """A score for people: rounded half up (away from 0), whole numbers without decimals.

    Example:
        >>> display(9.5), display(12.857142857142858), display(18)
        ('10', '13', '18')
        >>> display(2.35, 1), display(2.0, 1), display(-4.5)
        ('2.4', '2', '-5')
    """
    if isinstance(value, int):
        return str(value)
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = format(rounded, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
