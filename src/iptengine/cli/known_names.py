"""Whether a protocol knows what was typed: measures, items, numbers, tasks. Asked before anything is recorded.

A name that is typed wrong would record a session without its answers, and leave a risk item unanswered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from iptengine.cli.screen import Unclear
from iptengine.course.commands import Command, Correct, Defer, Deviate, DoTask, Read, RecordFact, RecordSession
from iptengine.course.reports import fact_value, fact_wanted
from iptengine.diagnostics import did_you_mean, nearest
from iptengine.protocol.ids import is_id
from iptengine.protocol.measure import TOTAL, Measure
from iptengine.protocol.parts import FactSpec
from iptengine.protocol.protocol import Protocol
from iptengine.protocol.scoring import NothingUsable, score

_NUMBERED = re.compile(r"(?:item|question|q)?[_-]?([0-9]{1,3})")


def names_any(commands: Iterable[Command]) -> bool:
    """Whether a protocol has to be asked at all."""
    return any(isinstance(_inner(command), Read | RecordSession | DoTask | Defer | RecordFact) for command in commands)


def check_known(protocol: Protocol, commands: Iterable[Command]) -> None:
    """Every measure, item, task and technique of the commands is the protocol's, and every number is on its scale.

    Raises:
        Unclear: One is not; nothing is to be recorded.
    """
    for command in commands:
        match _inner(command):
            case Read(measure=name, answers=answers, total=total):
                _check_reading(measure_of(protocol, name), name, answers or {}, total)
            case RecordSession(scores=scores, exceptions=exceptions):
                for name, answers in scores.items():
                    items = {item: answer for item, answer in answers.items() if item != TOTAL}
                    _check_reading(measure_of(protocol, name), name, items, answers.get(TOTAL))
                components = protocol.spec.plan.components if protocol.spec.plan else ()
                check_tasks(protocol, [task for task in exceptions if task not in components])
            case DoTask(task=task, techniques=techniques):
                check_tasks(protocol, [task])
                _check_techniques(protocol, techniques)
            case Defer(task=task):
                check_tasks(protocol, [task])
            case RecordFact(fact=fact, value=value):
                check_fact(protocol, fact, value)


def measure_of(protocol: Protocol, name: str) -> Measure:
    """The measure of that name in a protocol.

    Raises:
        Unclear: There is none.
    """
    if name not in protocol.measures:
        _unknown("this course has no measure", name, protocol.measures)
    return protocol.measures[name]


def item_meant(measure: Measure, word: str) -> str:
    """The item that somebody means: by its name, its number on the form, or a name that looks like it; else nothing."""
    if word in measure.items:
        return word
    if numbered := _NUMBERED.fullmatch(word):
        return next((name for name, item in measure.items.items() if item.number == int(numbered[1])), "")
    return next(iter(nearest(word, measure.items, 1)), "")


def check_tasks(protocol: Protocol, tasks: Iterable[str]) -> None:
    """Every task is one of the protocol's.

    Raises:
        Unclear: One is not.
    """
    known = (*protocol.tasks, *protocol.spec.topics)
    for task in tasks:
        if task not in known:
            _unknown("this course has no task", task, known)


def check_fact(protocol: Protocol, fact: str, value: object) -> None:
    """The value is one that the fact may have; nothing is one, too: asked, and left unanswered.

    Raises:
        Unclear: It is not. Recorded, it would stand there as asked and left unanswered.
    """
    spec = protocol.spec.facts.get(fact)  # the course itself refuses one that is not known
    if spec is None or value is None or fact_value(spec, value) is not None:
        return
    meant = fact_meant(spec, str(value))
    hint = f"; did you mean '{meant}'?" if meant else "."
    raise Unclear(f"{fact} takes {fact_wanted(spec)}{hint} Nothing was recorded")


def fact_meant(spec: FactSpec, value: str) -> str:
    """The one of the values of a fact that somebody means; nothing where none looks like it."""
    word = value.strip().lower()
    return word if word in spec.one_of else next(iter(nearest(word, spec.one_of, 1)), "")


def _check_techniques(protocol: Protocol, techniques: Sequence[str]) -> None:
    for technique in techniques:
        if technique not in protocol.spec.techniques:
            _unknown("this course has no technique", technique, protocol.spec.techniques)


def _check_reading(measure: Measure, name: str, answers: Mapping[str, object], total: object) -> None:
    for item in answers:
        if item not in measure.items:
            _no_item(measure, name, item)
    try:
        bad = score(measure, answers, total).bad
    except NothingUsable as nothing:
        if not nothing.bad:
            raise Unclear(f"nothing is said of {name}: give a total or an answer. Nothing was recorded") from None
        bad = nothing.bad
    for item in bad:
        if item != TOTAL:
            raise Unclear(f"{name}.{item} is answered with {_answers(measure, item)}. Nothing was recorded")
    if bad:
        raise Unclear(f"{_wrong_total(measure, name, total)}. Nothing was recorded")


def _no_item(measure: Measure, name: str, word: str) -> NoReturn:
    """Every item is told where it is not clear which was meant: a list cut short may leave out the risk item."""
    called = f"'{word}'" if is_id(word) else "of that name"
    meant = item_meant(measure, word)
    if not meant:
        every = ", ".join(f"'{item}'" for item in measure.items)
        raise Unclear(f"{name} has no item {called}; choose one of {every}. Nothing was recorded")
    number = f" (item {measure.items[meant].number})" if _NUMBERED.fullmatch(word) else ""
    raise Unclear(f"{name} has no item {called}; did you mean '{meant}'{number}? Nothing was recorded")


def _answers(measure: Measure, item: str) -> str:
    key = measure.layout.keys[item]
    beside = "".join(f", or {answer}" for answer in key.special)
    return f"a whole number from {key.low} to {key.high}{beside}"


def _wrong_total(measure: Measure, name: str, total: object) -> str:
    if measure.scale is None:
        return f"{name} has no total; give its answers"
    try:
        score(measure, {}, total)
    except NothingUsable:
        sort = "number" if measure.decimals else "whole number"
        return f"the total of {name} is a {sort} from {measure.scale.low} to {measure.scale.high}"
    return f"the total of {name} does not come of the answers beside it"


def _inner(command: Command) -> Command:
    return _inner(command.command) if isinstance(command, Deviate | Correct) else command


def _unknown(told: str, name: str, known: Iterable[str]) -> NoReturn:
    """What is no name at all may be the words of a patient, and is not repeated."""
    called = f"'{name}'" if is_id(name) else "of that name"
    hint = did_you_mean(name, known) or "it has none"
    raise Unclear(f"{told} {called}; {hint}{'' if hint.endswith('?') else '.'} Nothing was recorded")


__all__ = ["check_fact", "check_known", "check_tasks", "fact_meant", "item_meant", "measure_of", "names_any"]
