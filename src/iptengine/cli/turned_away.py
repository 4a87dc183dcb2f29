"""A line that is turned away says first which risk answers it held: they stand nowhere else, and no list has them.

It looks at the words as they were typed, so that a mistake anywhere in the line hides none of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import click

from iptengine.authoring import shelves
from iptengine.authoring.measure_files import read_measure
from iptengine.cli.came_of_it import complain_of_risk
from iptengine.cli.known_names import item_meant
from iptengine.cli.names import ENDINGS, shipped
from iptengine.cli.stores import store_at
from iptengine.cli.telling_risks import TYPED
from iptengine.course.alerting import item_name
from iptengine.diagnostics import IptengineError, nearest
from iptengine.protocol.measure import Measure
from iptengine.protocol.scoring import risks_of

Measures = Mapping[str, Measure]

_ITEM = re.compile(r"(?:(?P<course>[^:=]*):)?(?P<measure>[^.=:]*)\.(?P<item>[^.=:]*)=(?P<answer>.*)")
_LIST = re.compile(r"(?:(?P<course>[^:=]*):)?(?P<measure>[^.=:]*)=(?P<answers>[^=]*,[^=]*)")
_MEASURE = "measure="
_BEHIND_AN_OPTION = re.compile(r"--[a-z-]+=")


def tell_turned_away(*, recorded_in: Collection[str] = (), perhaps: bool = False) -> None:
    """Prints the risk answers in the line at hand, none of which was recorded.

    Args:
        recorded_in: The courses of a group in which the line was recorded all the same.
        perhaps: The store failed, and nobody knows whether they are on record.
    """
    ctx = click.get_current_context(silent=True)
    typed: Sequence[str] = ctx.meta.get(TYPED, ()) if ctx else ()
    answers = [_of_its_measure(one, typed) for one in map(_answered, typed) if one is not None]
    if ctx is None or not answers:
        return
    said = [str(ctx.params[name]) for name in ("store", "course", "group") if ctx.params.get(name)]
    places = said if len(said) == 2 else [word for word in typed if not word.startswith("-")][:2]
    measures = cache(lambda course: _measures(places, course))  # opened once, however many answers a line holds
    for one in answers:
        if one.course in recorded_in:
            continue
        for told in _risks(one, measures(one.course)):
            complain_of_risk(told, one.course, perhaps=perhaps)


@dataclass(frozen=True, slots=True, repr=False)
class _Answered:
    """Answers as they were typed: of one item, or all of a measure in their order."""

    course: str
    measure: str
    item: str
    answers: tuple[str, ...]


def _answered(word: str) -> _Answered | None:
    word = _BEHIND_AN_OPTION.sub("", word, count=1) if word.startswith("--") else word
    if found := _ITEM.fullmatch(word):
        return _Answered(found["course"] or "", found["measure"], found["item"], (found["answer"],))
    if found := _LIST.fullmatch(word):
        return _Answered(found["course"] or "", found["measure"], "", tuple(found["answers"].split(",")))
    return None


def _of_its_measure(one: _Answered, typed: Sequence[str]) -> _Answered:
    """The same with its measure, where that is a word of its own: ``read measure=phq9 answers.self_harm=2``."""
    measure = next((word.removeprefix(_MEASURE) for word in typed if word.startswith(_MEASURE)), "")
    return replace(one, measure=measure) if measure and one.measure == "answers" else one


def _risks(typed: _Answered, measures: Measures) -> Iterator[str]:
    """What the risk items among the answers say; of a measure that is not known, of any that has such an item."""
    named = typed.measure if typed.measure in measures else next(iter(nearest(typed.measure, measures, 1)), "")
    meant = measures.get(named) or next((m for m in measures.values() if typed.item in m.risk_items), None)
    if meant is None:
        return
    for item, answer in _by_items(typed, meant):
        found = _risk(meant, item, answer.strip())
        if found:
            yield found


def _by_items(typed: _Answered, measure: Measure) -> Iterator[tuple[str, str]]:
    if not typed.item:
        # One too many or too few may have shifted the others: the risk item is looked for where it should stand.
        yield from zip(measure.items, typed.answers, strict=False)
        return
    item = item_meant(measure, typed.item)
    if item:
        yield item, typed.answers[0]


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


# -- the measures of a course, or those there are --------------------------------------------------------------------


def _measures(places: Sequence[str], course: str) -> Measures:
    """Those of the course; where it cannot be found or opened, those that come with the library."""
    if len(places) == 2:
        found = _of_course(places[0], course or places[1])
        if found is not None:
            return found
    return _shipped()


def _of_course(address: str, course: str) -> Measures | None:
    from iptengine.cli.course_work import protocol_kept
    from iptengine.engine.clinic import Clinic

    try:
        with store_at(address, read_only=True) as store:
            return protocol_kept(Clinic(store, []), store, course).measures
    except (click.UsageError, IptengineError, OSError):  # what is wrong with it is told by the command itself
        return None


def _shipped() -> Measures:
    home = os.path.join(shelves.shipped_folder(), "measures")
    read = ((name, read_measure(os.path.join(home, name + ENDINGS["measure"]))[0]) for name in shipped("measure"))
    return {name: measure for name, measure in read if measure is not None}


__all__ = ["tell_turned_away"]
