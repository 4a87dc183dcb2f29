"""A line that is turned away says first which risk answers it held: they stand nowhere else, and no list has them.

It looks at the words as they were typed, so that a mistake anywhere in the line hides none of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import click

from iptengine.authoring import shelves
from iptengine.authoring.loader import load
from iptengine.authoring.measure_files import read_measure
from iptengine.cli.came_of_it import complain_of_risk
from iptengine.cli.known_names import fact_meant, item_meant
from iptengine.cli.names import ENDINGS, protocol_source, shipped
from iptengine.cli.stores import store_at
from iptengine.cli.telling_risks import TYPED
from iptengine.course.alerting import item_name
from iptengine.course.commands import COMMANDS, inputs
from iptengine.course.reports import fact_value
from iptengine.diagnostics import IptengineError, nearest
from iptengine.protocol.measure import Measure
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.scoring import risks_of

Measures = Mapping[str, Measure]

_NAME = re.compile(r"[^.=:,;]+")
_BETWEEN = re.compile(r"\s*[,;]\s*|\s+")
_APART = re.compile(r"^([^-=:\s][^=:\s]*)(?:\n?[=:]\n?|\n)([0-9]{1,9})$", re.MULTILINE)
"""A name and a number that are words of their own, as in ``self_harm 2`` and ``self_harm= 2``."""
_OF_A_COURSE = re.compile(r"(?P<course>[^.=:,;]*):(?P<rest>.*[=:].*)", re.DOTALL)
_BEHIND_AN_OPTION = re.compile(r"--[a-z-]+=")
_HOLD_ANSWERS = frozenset({"answers", "scores", "command"})
"""Fields that stand before the name of a measure or an item: ``scores.phq9.self_harm``."""


def tell_turned_away(*, recorded_in: Collection[str] = (), perhaps: bool = False) -> None:
    """Prints the risk answers in the line at hand, none of which was recorded.

    Args:
        recorded_in: The courses of a group in which the line was recorded all the same.
        perhaps: The store failed, and nobody knows whether they are on record.
    """
    ctx = click.get_current_context(silent=True)
    if ctx is None:
        return
    line = _Line(ctx)
    told: dict[tuple[str, str], None] = {}
    for one in line.named():
        if one.course not in recorded_in:
            told |= dict.fromkeys((one.course, risk) for risk in _risks(one, line))
    told |= dict.fromkeys(("", risk) for risk in _risk_facts(line))
    for course, risk in told:
        complain_of_risk(risk, course, perhaps=perhaps)


@dataclass(frozen=True, slots=True, repr=False)
class _Named:
    """A name in a word with what stands behind it: ``phq9`` and ``self_harm`` with ``2`` in ``phq9.self_harm=2``.

    Attributes:
        course: The course of a group that the word begins with.
        before: The names before it in the word.
        name: The name, which may be that of an item or, before a list, of a measure.
        value: What stands behind it, up to a comma.
        listed: The parts of a list behind it; empty where there is none.
    """

    course: str
    before: tuple[str, ...]
    name: str
    value: str
    listed: tuple[str, ...]


class _Line:
    """The words of the line at hand, and what the names in them may mean."""

    def __init__(self, ctx: click.Context) -> None:
        self.words: tuple[str, ...] = ctx.meta.get(TYPED, ())
        known = {one.name for one in ctx.command.params}
        self.of_group = "group" in known and "course" not in known
        self.has_facts = bool(known & {"fields", "facts"})
        plain = [word for word in self.words if not word.startswith("-")]
        self._protocol = str(ctx.params.get("protocol") or "".join(plain[1:2])) if "facts" in known else ""
        said = [str(ctx.params[name]) for name in ("store", "course", "group") if ctx.params.get(name)]
        self._places = said if len(said) == 2 else plain[:2]
        self._kept = cache(self._find)  # opened once, however many answers a line holds

    def named(self) -> Iterator[_Named]:
        """Every name that has something behind it, in every word."""
        apart = ("=".join(found) for found in _APART.findall("\n".join(self.words)))
        for word in dict.fromkeys((*self.words, *apart)):
            rest = _BEHIND_AN_OPTION.sub("", word, count=1) if word.startswith("--") else word
            course = ""
            if self.of_group and (found := _OF_A_COURSE.fullmatch(rest)):
                course, rest = found["course"], found["rest"]
            yield from _names_in(rest, course)

    def value_of(self, field: str) -> str:
        """What stands behind a field anywhere in the line; nothing where it is not named."""
        return next((one.value for one in self.named() if one.name == field), "")

    def measures(self, course: str) -> Measures:
        """Those of the course; where it cannot be found or opened, those that come with the library."""
        kept = self._kept(course)
        return kept.measures if kept is not None else _shipped_measures()

    def protocols(self) -> Iterator[Protocol]:
        """That of the course; where it cannot be found or opened, those that come with the library."""
        kept = self._kept("")
        yield from [kept] if kept is not None else map(load, shipped("protocol"))

    def _find(self, course: str) -> Protocol | None:
        if self._protocol:
            return _named_protocol(self._protocol)
        if len(self._places) < 2:
            return None
        address, name = self._places
        return _kept_protocol(address, course or name, of_group=self.of_group and not course)


def _names_in(word: str, course: str) -> Iterator[_Named]:
    for found in _NAME.finditer(word):
        if word[found.end() : found.end() + 1] not in ("=", ":"):
            continue
        before = tuple(name.strip().lower() for name in _NAME.findall(word[: found.start()]))
        behind = word[found.end() + 1 :]
        parts = _BETWEEN.split(behind)
        # What has a sign of its own in a list is no answer at its place, but one with a name.
        listed = tuple("" if re.search("[=:]", part) else part for part in parts) if len(parts) > 1 else ()
        yield _Named(course, before, found[0].strip().lower(), re.split("[,;]", behind, maxsplit=1)[0], listed)


# -- the items of a measure --------------------------------------------------------------------------------------


def _risks(one: _Named, line: _Line) -> Iterator[str]:
    """What the risk items say that a name stands for, or that stand in a list behind it."""
    measures = line.measures(one.course)
    for measure, item, answer in (*_by_name(one, line, measures), *_by_place(one, line, measures)):
        if found := _risk(measure, item, answer.strip()):
            yield found


def _by_name(one: _Named, line: _Line, measures: Measures) -> Iterator[tuple[Measure, str, str]]:
    """The item that is meant; of a measure that is not known, any with such a risk item."""
    if one.name in _FIELDS and not any(one.name in measure.risk_items for measure in measures.values()):
        return
    measure = _measure_of(one.before, line, measures)
    item = item_meant(measure, one.name) if measure is not None else ""
    if measure is None or not item:
        risks = {item: measure for measure in measures.values() for item in measure.risk_items}
        item = next(iter(nearest(one.name, risks, 1)), "")
        measure = risks.get(item)
    if measure is not None:
        yield measure, item, one.value


def _by_place(one: _Named, line: _Line, measures: Measures) -> Iterator[tuple[Measure, str, str]]:
    """The items of a list. One too many or too few may have shifted the others: each is looked for where it belongs."""
    if not one.listed:
        return
    held = one.name in _HOLD_ANSWERS
    measure = _measure_of(one.before, line, measures) if held else _like(one.name, measures)
    if measure is not None:
        yield from ((measure, item, answer) for item, answer in zip(measure.items, one.listed, strict=False))


def _measure_of(names: Sequence[str], line: _Line, measures: Measures) -> Measure | None:
    """The measure that stands before a name; or in a word of its own: ``read measure=phq9 answers.self_harm=2``."""
    own = [name for name in names if name not in _HOLD_ANSWERS]
    if own:
        return next((measures[name] for name in own if name in measures), None) or _like(own[-1], measures)
    word = line.value_of("measure").lower() or next((word for word in line.words if word.lower() in measures), "")
    return _like(word.lower(), measures)


def _like(name: str, measures: Measures) -> Measure | None:
    return measures.get(name if name in measures else next(iter(nearest(name, measures, 1)), ""))


def _risk(measure: Measure, item: str, answer: str) -> str:
    if item not in measure.risk_items or not answer:
        return ""
    given = int(answer) if re.fullmatch(r"-?[0-9]{1,9}", answer) else answer
    state = next(risk for risk in risks_of(measure, {item: given}) if risk.item == item)
    match state.state:
        case "above":
            return f"{item_name(measure, item)} is answered {state.value}"
        case "unanswered":
            return f"{item_name(measure, item)} is answered in a way that cannot be used"
        case _:
            return ""


# -- facts -------------------------------------------------------------------------------------------------------


def _risk_facts(line: _Line) -> Iterator[str]:
    """What the facts say on which a risk alert rests: named as a field, ``fact=NAME value=YES``, or as ``NAME=YES``."""
    if not line.has_facts or not any("fact" in word for word in line.words):
        return
    every = list(line.named())
    values = [one.value for one in every if _stands_for(one.name, "value")]
    facts = [one.value.lower() for one in every if _stands_for(one.name, "fact")]
    named = [(fact, value) for fact in facts for value in values]
    alone = [(word.lower(), value) for word in line.words[2:] if not _NAME.sub("", word) for value in values]
    pairs = [*named, *alone, *((one.name, one.value) for one in every if one.name not in _FIELDS)]
    for protocol in line.protocols() if pairs else ():
        told = [found for name, value in pairs if (found := _risk_fact(protocol, name, value.strip()))]
        if told:  # several that come with the library may ask for the same
            yield from told
            return


def _stands_for(name: str, field: str) -> bool:
    """Whether a name is that of a field, or one like it that is no other field's."""
    return name == field or (name not in _FIELDS and bool(nearest(name, [field], 1)))


def _risk_fact(protocol: Protocol, name: str, value: str) -> str:
    fact = next(iter(nearest(name, protocol.spec.facts, 1)), "")
    if not fact or not value:
        return ""
    spec = protocol.spec.facts[fact]
    given = int(value) if spec.number is not None and re.fullmatch(r"-?[0-9]{1,9}", value) else value
    fits = fact_value(spec, given) is not None
    if not _may_be_a_risk(protocol, fact, fact_meant(spec, value)):
        return ""
    if not fits:
        return f"'{spec.title.strip()}' is answered in a way that cannot be used"
    # Words of the protocol and numbers are repeated; what somebody wrote is not.
    return f"'{spec.title.strip()}' is answered{f' {value}' if spec.one_of or spec.number is not None else ''}"


def _may_be_a_risk(protocol: Protocol, fact: str, meant: str) -> bool:
    """Whether a risk alert rests on the fact, and the answer that was meant is not known to be another."""
    for name, alert in protocol.spec.alerts.items():
        guards = protocol.at("alerts", name, "raise_if") if alert.kind == "risk" else ()
        for sentence in (one for guard in guards for one in guard.conditions()):
            named = any((mention.kind, mention.name) == ("fact", fact) for mention in sentence.mentions)
            if named and (not meant or meant in sentence.text.split()):
                return True
    return False


# -- the protocol of a course, or what comes with the library ----------------------------------------------------


_FIELDS = frozenset({"on", *(name for command in COMMANDS.values() for name in inputs(command))})


def _named_protocol(word: str) -> Protocol | None:
    try:
        return load(protocol_source(word))
    except (click.UsageError, IptengineError, OSError):  # what is wrong with it is told by the command itself
        return None


def _kept_protocol(address: str, name: str, *, of_group: bool) -> Protocol | None:
    from iptengine.cli.course_work import protocol_kept
    from iptengine.engine.clinic import Clinic

    try:
        with store_at(address, read_only=True) as store:
            clinic = Clinic(store, [])
            course = clinic.group(name).courses[0] if of_group else name
            return protocol_kept(clinic, store, course)
    except (click.UsageError, IptengineError, OSError):  # what is wrong with it is told by the command itself
        return None


def _shipped_measures() -> Measures:
    home = os.path.join(shelves.shipped_folder(), "measures")
    read = ((name, read_measure(os.path.join(home, name + ENDINGS["measure"]))[0]) for name in shipped("measure"))
    return {name: measure for name, measure in read if measure is not None}


__all__ = ["tell_turned_away"]
