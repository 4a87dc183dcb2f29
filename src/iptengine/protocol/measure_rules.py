"""The cross-references of a measure file: what the models alone cannot see.

Each finding comes with the code of its rule; `docs/reference/measures.md` has a line on each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from iptengine.diagnostics import Finding, Path, did_you_mean
from iptengine.protocol.measure import TEXT_MAY_SHIP, TOTAL, Item, Measure, Missing, Scoring, parts_of
from iptengine.protocol.quantities import Range
from iptengine.protocol.scoring import reach

Found = Iterator[tuple[str, Finding]]


def check_measure(measure: Measure) -> Iterator[tuple[str, Finding]]:
    """Everything that is wrong with a measure whose shape is right: rule codes and findings, in file order."""
    yield from _sources(measure)
    for name, item in measure.items.items():
        yield from _item(measure, name, item)
    yield from _numbers(measure)
    parts = [*_subscales(measure), *_scorings(measure)]
    yield from parts
    yield from _unused_items(measure)
    if not parts and all(item.range for item in measure.items.values() if item.scored):
        yield from _ranges(measure)
    yield from _needs_total(measure)
    yield from _bands(measure)
    yield from _cutoffs(measure)
    yield from _change_rules(measure)


def _finding(code: str, path: Path, message: str, hint: str = "") -> tuple[str, Finding]:
    return code, Finding(path, message, hint)


# Sources.


def _sources(measure: Measure) -> Found:
    for path, names in _stated(measure):
        for name in names:
            if name not in measure.sources:
                hint = did_you_mean(name, measure.sources)
                yield _finding("unknown-source", (*path, "source"), f"'{name}' is not one of the sources", hint)


def _stated(measure: Measure) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Every place that names sources."""
    yield (), measure.source
    for name, item in measure.items.items():
        if item.risk:
            yield ("items", name, "risk"), item.risk.source
        for key, special in item.special.items():
            yield ("items", name, "special", key), special.source
    for name, sub in measure.subscales.items():
        yield ("subscales", name), sub.source
        yield from _missing_source(("subscales", name), sub.missing)
    for path, scoring in _all_scorings(measure):
        yield path, scoring.source
        yield from _missing_source(path, scoring.missing)
    for section in ("bands", "cutoffs", "change_rules"):
        for name, part in getattr(measure, section).items():
            yield (section, name), part.source


def _missing_source(path: Path, missing: Missing | None) -> Iterator[tuple[Path, tuple[str, ...]]]:
    if missing:
        yield (*path, "missing"), missing.source


def _all_scorings(measure: Measure) -> Iterator[tuple[Path, Scoring]]:
    yield ("scoring",), measure.scoring
    for name, scoring in measure.other_scorings.items():
        yield ("other_scorings", name), scoring


# Items.


def _item(measure: Measure, name: str, item: Item) -> Found:
    at: Path = ("items", name)
    if name == TOTAL:
        yield _finding("reserved-name", at, "'total' is the total of the measure", "give the item another name")
    if item.range is None and (item.scored or item.risk):
        yield _finding("item-without-range", at, f"'{name}' is scored but has no range", "write range: 0..3")
    if item.range and item.range.fixed is not None:
        yield _finding("one-answer", (*at, "range"), f"'{name}' has only one possible answer")
    if item.text and measure.licence not in TEXT_MAY_SHIP:
        yield _finding(
            "text-not-licensed",
            (*at, "text"),
            f"the licence is '{measure.licence}', so no item text may ship",
            "remove it; the site supplies the text it is licensed for",
        )
    if item.text and item.text_from is not None:
        yield _finding(
            "worded-twice",
            (*at, "text_from"),
            f"'{name}' has its words here, and says that the {item.text_from} supplies them",
            "remove text, or text_from",
        )
    if item.reversed and measure.stored_as is None:
        yield _finding(
            "say-what-is-stored",
            (*at, "reversed"),
            f"'{name}' is reversed, but nothing says whether answers are recorded keyed or as printed",
            "add stored_as: keyed, or stored_as: printed",
        )
    if item.reversed and item.range is None:
        yield _finding("reversed-outside", (*at, "reversed"), f"'{name}' has no range to be reversed in")
    if item.range:
        yield from _risk(name, item, item.range)
        yield from _special(name, item, item.range)


def _risk(name: str, item: Item, span: Range) -> Found:
    if item.risk and not span.low < item.risk.from_ <= span.high:
        yield _finding(
            "risk-outside-range",
            ("items", name, "risk", "from"),
            f"a risk from {item.risk.from_} cannot be told apart in answers from {span}",
            f"choose a number from {span.low + 1} to {span.high}",
        )


def _special(name: str, item: Item, span: Range) -> Found:
    for key, special in item.special.items():
        at: Path = ("items", name, "special", key)
        if special.answer in span:
            yield _finding("special-answer", (*at, "answer"), f"{special.answer} is already an answer of {span}")
        if special.score not in span:
            yield _finding("special-answer", (*at, "score"), f"a score of {special.score} is outside {span}")
        if item.risk:
            yield _finding("special-answer", at, f"'{name}' is a risk item, so every answer counts as it stands")


def _numbers(measure: Measure) -> Found:
    seen: dict[int, str] = {}
    for name, item in measure.items.items():
        if item.number is None:
            continue
        first = seen.setdefault(item.number, name)
        if first != name:
            yield _finding("number-twice", ("items", name, "number"), f"'{first}' has number {item.number} too")


# Parts.


def _subscales(measure: Measure) -> Found:
    above: list[str] = []
    for name, sub in measure.subscales.items():
        at: Path = ("subscales", name)
        if name in measure.items or name == TOTAL:
            yield _finding("name-used-twice", at, f"'{name}' is also the name of {_what(measure, name)}")
        yield from _parts(measure, (*at, "of"), sub.of, above)
        yield from _allowed((*at, "missing"), sub.missing, sub.score, len(sub.of))
        above.append(name)


def _what(measure: Measure, name: str) -> str:
    return "an item" if name in measure.items else "the total"


def _scorings(measure: Measure) -> Found:
    for path, scoring in _all_scorings(measure):
        parts = parts_of(measure, scoring)
        yield from _parts(measure, (*path, "of"), scoring.of, list(measure.subscales))
        yield from _allowed((*path, "missing"), scoring.missing, scoring.total, len(parts))
        if scoring.total != "none" and not parts:
            yield _finding("nothing-scored", path, "no item is scored, so there is nothing to make a total of")


def _parts(measure: Measure, path: Path, names: Iterable[str], subscales: list[str]) -> Found:
    for name, times in Counter(names).items():
        if times > 1:
            yield _finding("repeated-part", path, f"'{name}' is named {times} times", "name each part once")
        if name in subscales:
            continue
        item = measure.items.get(name)
        if item is None:
            yield _unknown_part(measure, path, name, subscales)
        elif not item.scored:
            yield _finding("unscored-part", path, f"'{name}' says scored: false, but is scored here")


def _unknown_part(measure: Measure, path: Path, name: str, subscales: list[str]) -> tuple[str, Finding]:
    if name in measure.subscales:
        message = f"'{name}' is not written above, and a subscale can only use subscales above it"
        return _finding("unknown-part", path, message, f"move '{name}' up")
    known = [*measure.items, *subscales]
    return _finding("unknown-part", path, f"'{name}' is not an item or subscale", did_you_mean(name, known))


def _allowed(path: Path, missing: Missing | None, operator: str, parts: int) -> Found:
    if missing is None or missing.at_most is None:
        return
    if not 1 <= missing.at_most < parts:
        message = f"at most {missing.at_most} of {parts} missing is no rule"
        choice = f"choose a number from 1 to {parts - 1}, or " if parts > 1 else ""
        yield _finding("missing-rule", (*path, "at_most"), message, f"{choice}write rule: require all")
    fits = {"sum": "mean of answered", "mean": "mean of answered", "max": "answered only"}.get(operator)
    if missing.rule != fits:
        hint = f"write rule: {fits}" if fits else "write rule: require all"
        yield _finding("missing-rule", (*path, "rule"), f"'{missing.rule}' does not go with {operator}", hint)


def _unused_items(measure: Measure) -> Found:
    used = {name for _, scoring in _all_scorings(measure) for name in parts_of(measure, scoring)}
    used.update(name for sub in measure.subscales.values() for name in sub.of)
    if measure.scoring.total == "none" and not measure.subscales:
        return
    for name, item in measure.items.items():
        if item.scored and name not in used:
            message = f"'{name}' is part of no score"
            yield _finding("item-not-scored", ("items", name), message, "add it to 'of', or say scored: false")


def _ranges(measure: Measure) -> Found:
    scorings: dict[str, Scoring] = {"": measure.scoring, **measure.other_scorings}
    for name, scoring in scorings.items():
        can = reach(measure, name)
        if scoring.range is None or can is None:
            continue
        if can != (scoring.range.low, scoring.range.high):
            path: Path = ("other_scorings", name, "range") if name else ("scoring", "range")
            message = f"the total is said to be {scoring.range}, but its parts allow {can[0]}..{can[1]}"
            yield _finding("total-range", path, message, "one of the two is wrong")


# Bands and cut-offs.


def _needs_total(measure: Measure) -> Found:
    if measure.scale is not None:
        return
    for section in ("bands", "change_rules", "other_scorings"):
        if getattr(measure, section):
            yield _finding("no-total", (section,), f"the measure has no total, so it has no {section}")


def _bands(measure: Measure) -> Found:
    if measure.severity and measure.severity not in measure.bands:
        hint = did_you_mean(measure.severity, measure.bands)
        yield _finding("severity", ("severity",), f"'{measure.severity}' is not one of the bands", hint)
    if len(measure.bands) > 1 and not measure.severity:
        names = " or ".join(f"severity: {name}" for name in measure.bands)
        yield _finding("severity", ("bands",), "there are several band rules, and none is said to be shown", names)
    if measure.scale is None:
        return
    for name, rule in measure.bands.items():
        starts = {key: start.from_ for key, start in rule.bands.items()}
        yield from _band_starts(("bands", name, "bands"), starts, measure.scale)


def _band_starts(path: Path, starts: Mapping[str, float], scale: Range) -> Found:
    owner: dict[float, str] = {}
    for key, start in starts.items():
        at: Path = (*path, key, "from")
        if not scale.low <= start <= scale.high:
            yield _finding("band-outside-range", at, f"'{key}' begins at {start}, outside {scale}")
        if start in owner:
            yield _finding("band-twice", at, f"'{key}' begins at {start}, and so does '{owner[start]}'")
        owner.setdefault(start, key)
    first = min(starts.values())
    if first > scale.low:
        message = f"no band holds the totals from {scale.low} up to {first}"
        yield _finding("band-hole", path, message, f"let a band begin at {scale.low}")


def _cutoffs(measure: Measure) -> Found:
    for name, line in measure.cutoffs.items():
        at: Path = ("cutoffs", name)
        if line.from_ is not None and measure.scale is None:
            yield _finding("no-total", (*at, "from"), "the measure has no total to reach a cut-off")
        elif line.from_ is not None and measure.scale is not None:
            yield from _inside("cutoff-outside-range", (*at, "from"), line.from_, measure.scale)
        for part in line.parts or {}:
            if part not in measure.subscales:
                hint = did_you_mean(part, measure.subscales)
                yield _finding("unknown-part", (*at, "parts", part), f"'{part}' is not a subscale", hint)


def _inside(code: str, path: Path, value: float, scale: Range) -> Found:
    """A line that can be on both sides of: above the least total, up to the most."""
    if not scale.low < value <= scale.high:
        yield _finding(
            code,
            path,
            f"{value} divides no totals of {scale}",
            f"choose more than {scale.low}, at most {scale.high}",
        )


# Change.


def _change_rules(measure: Measure) -> Found:
    for name, rule in measure.change_rules.items():
        at: Path = ("change_rules", name, rule.kind)
        if rule.all is not None:
            yield from _rules_of(measure, at, name, rule.all)
        if measure.scale is None:
            continue
        span = measure.scale.high - measure.scale.low
        for key, points in (("better", rule.better_by_points), ("worse", rule.worse_by_points)):
            if points is not None and not 0 < points <= span:
                message = f"no total of {measure.scale} can get {key} by {points} points"
                yield _finding("unreachable-change", at, message, f"choose a number from 1 to {span}")
        yield from _percent(measure, at, rule.better_by_percent, rises=measure.direction == "higher is better")
        yield from _percent(measure, at, rule.worse_by_percent, rises=measure.direction == "higher is worse")
        yield from _levels(measure, name)
        yield from _direction(measure, name)


def _rules_of(measure: Measure, path: Path, own: str, names: Iterable[str]) -> Found:
    plain = [name for name, rule in measure.change_rules.items() if rule.all is None]
    for name in names:
        if name not in plain:
            message = f"'{name}' is not a change rule that stands by itself"
            yield _finding("unknown-rule", path, message, did_you_mean(name, [p for p in plain if p != own]))


def _percent(measure: Measure, path: Path, percent: float | None, *, rises: bool) -> Found:
    if percent is None or measure.scale is None:
        return
    if measure.scale.low != 0:
        message = f"a percentage of a score means little on a scale that begins at {measure.scale.low}"
        yield _finding("percent-without-zero", path, message, "use points")
    if percent <= 0 or (percent > 100 and not rises):
        yield _finding("unreachable-change", path, f"no score can change by {percent} percent", "choose 1 to 100")


def _levels(measure: Measure, name: str) -> Found:
    rule, at = measure.change_rules[name], ("change_rules", name)
    scale = measure.scale
    if scale is None:
        return
    for key in ("below", "at_least"):
        if (value := getattr(rule, key)) is not None:
            yield from _inside("unreachable-change", (*at, key), value, scale)
    for key in ("at_most", "above"):
        value = getattr(rule, key)
        if value is not None and not scale.low <= value < scale.high:
            message = f"{value} divides no totals of {scale}"
            yield _finding("unreachable-change", (*at, key), message, f"choose less than {scale.high}")
    if rule.crosses is None:
        return
    for key in type(rule.crosses).model_fields:
        if (value := getattr(rule.crosses, key)) is not None:
            yield from _inside("unreachable-change", (*at, "crosses", key), value, scale)
    yield from _crossing(measure, name)


def _crossing(measure: Measure, name: str) -> Found:
    line = measure.change_rules[name].crosses
    if line is None:
        return
    gaps = ((line.from_at_least, line.to_below), (line.to_at_least, line.from_below))
    for upper, lower in gaps:
        if upper is not None and lower is not None and upper < lower:
            message = f"a score between {upper} and {lower} would be on both sides at once"
            yield _finding("unreachable-change", ("change_rules", name, "crosses"), message)


_FALLING = frozenset({"below", "at_most"})
_RISING = frozenset({"above", "at_least"})


def _direction(measure: Measure, name: str) -> Found:
    """Levels and crossings are rules of getting better, so they point the way the measure does."""
    rule = measure.change_rules[name]
    falls = rule.kind in _FALLING or (rule.crosses is not None and rule.crosses.to_below is not None)
    rises = rule.kind in _RISING or (rule.crosses is not None and rule.crosses.to_at_least is not None)
    wrong = falls if measure.direction == "higher is better" else rises
    if wrong:
        message = f"'{name}' asks for a {'lower' if falls else 'higher'} score, but {measure.direction}"
        yield _finding("wrong-direction", ("change_rules", name, rule.kind), message)
