"""Forms about what was recorded: facts, checklists, diagnosis."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from iptengine.diagnostics import did_you_mean
from iptengine.protocol.conditions.comparing import (
    NO,
    YES,
    Scale,
    comparison,
    holds,
    named,
    stated,
)
from iptengine.protocol.conditions.condition import Meaning, Problem
from iptengine.protocol.conditions.grammar import Shape
from iptengine.protocol.conditions.names import FactNames, Names, Number
from iptengine.protocol.conditions.port import Facts
from iptengine.protocol.truth import Truth

NOT_RECORDED = "it is not recorded"
NOT_SHOWN = "is not shown to you"


class Hidden(str):
    """Stands where a value would that is kept from the reader; told apart from an answer by its class."""

    __slots__ = ()


def _unless_hidden(name: str, meaning: Meaning | Problem) -> Meaning | Problem:
    """The same meaning, read back without the value where that is kept from the reader; the answer is then unknown."""
    if isinstance(meaning, Problem):
        return meaning
    see, told = meaning.see, meaning.found
    kept = tuple(Hidden("not shown") for _ in meaning.subjects)

    def seen(facts: Facts) -> tuple[object, ...]:
        return kept if facts.hidden(name) else see(facts)

    def found(*values: object) -> str:
        return f"{name} {NOT_SHOWN}" if isinstance(values[0], Hidden) else told(*values)

    return replace(meaning, see=seen, found=found)


def _wrong_kind(name: str, fact: FactNames, asked: str) -> Problem:
    """Why the fact cannot be asked about in this form, and the forms that fit its kind."""
    choices = ", ".join(f"'{value}'" for value in fact.values[:8])
    is_a, instead = {
        "one_of": (f"is one of {choices}", f"write '{name} is {(*fact.values, 'VALUE')[0]}'"),
        "number": ("is a number", f"write '{name} >= 1'"),
        "date": ("is a date", f"write 'days since {name} >= 1', or '{name} is recorded'"),
        "text": ("is free text", f"only '{name} is recorded' can be asked"),
    }[fact.kind]
    return Problem("condition-type", f"'{name}' {is_a}; {asked}", instead)


_NOBODY_SAID = frozenset({"recorded", "unrecorded", "missing", "unknown", "known", "answered", "asked"})


def _is(wanted: bool, names: Names, name: str, value: str) -> Meaning | Problem:
    fact = names.facts[name]
    if fact.kind != "one_of":
        return _wrong_kind(name, fact, "it cannot be one of a few values")
    if value not in fact.values:
        message = f"'{value[:60]}' is not a value of '{name}'"
        if value in _NOBODY_SAID:
            return Problem(
                "condition-unknown-name", message, f"for 'nobody recorded it' write 'not:' above '{name} is recorded'"
            )
        return Problem("condition-unknown-name", message, did_you_mean(value, fact.values))

    def read(facts: Facts) -> str | None:
        recorded = facts.fact(name)
        return None if recorded is None else str(recorded)

    return _unless_hidden(name, named(name, read, value, wanted=wanted, why_unknown=NOT_RECORDED))


def _number(names: Names, name: str, op: str, number: Number) -> Meaning | Problem:
    fact = names.facts[name]
    if fact.kind != "number":
        return _wrong_kind(name, fact, f"it cannot be compared with {number}")

    def read(facts: Facts) -> Number | None:
        recorded = facts.fact(name)
        return recorded if isinstance(recorded, int | float) else None

    scale = Scale(fact.low, fact.high, fact.whole)
    return _unless_hidden(name, comparison(name, read, op, number, scale, NOT_RECORDED))


def _recorded(names: Names, name: str) -> Meaning:
    return holds(
        f"{name} is recorded",
        lambda facts: facts.recorded(name),
        yes=f"{name} is recorded",
        no=f"{name} is not recorded",
    )


def _days_since(names: Names, name: str, op: str, number: Number) -> Meaning | Problem:
    fact = names.facts[name]
    if fact.kind != "date":
        return _wrong_kind(name, fact, "no days can be counted from it")
    # 'days since birth >= 0' is worth asking: on a day that still lies ahead the answer is no.
    scale = Scale(-1) if op in (">=", ">") and number >= 0 else Scale(0)
    counted = comparison(
        f"days since {name}", lambda facts: facts.days_since_fact(name), op, number, scale, NOT_RECORDED
    )
    if isinstance(counted, Problem):
        return counted
    compared = counted.answer

    def answer(facts: Facts) -> Truth:
        days = facts.days_since_fact(name)
        return NO if days is not None and days < 0 else compared(facts)

    def found(days: int | None) -> str:
        if days is None:
            return f"days since {name} is not known ({NOT_RECORDED})"
        return f"{name} lies {-days} days ahead" if days < 0 else f"days since {name} is {days}"

    return _unless_hidden(name, replace(counted, answer=answer, found=found))


def _days_until(names: Names, name: str, op: str, number: Number) -> Meaning | Problem:
    fact = names.facts[name]
    if fact.kind != "date":
        return _wrong_kind(name, fact, "no days can be counted to it")
    counted = comparison(
        f"days until {name}", lambda facts: facts.days_until_fact(name), op, number, Scale(None), NOT_RECORDED
    )
    if isinstance(counted, Problem):
        return counted
    compared = counted.answer

    def come(facts: Facts) -> bool:
        since = facts.days_since_fact(name)
        return since is not None and since > 0

    def answer(facts: Facts) -> Truth:
        return NO if come(facts) else compared(facts)

    def found(has_come: bool, days: int | None) -> str:
        if has_come:
            return f"{name} has come"
        if days is None:
            return f"days until {name} is not known ({NOT_RECORDED})"
        return f"days until {name} is {days}"

    seen = replace(
        counted,
        answer=answer,
        subjects=(f"{name} has come", f"days until {name}"),
        see=lambda facts: (come(facts), facts.days_until_fact(name)),
        found=found,
    )
    return _unless_hidden(name, seen)


FACTS = (
    Shape(
        "FACT is VALUE",
        "The value last recorded of a fact with a few values. Unknown while nothing is recorded.",
        partial(_is, True),
    ),
    Shape(
        "FACT is not VALUE",
        "Another value is recorded. Unknown while nothing is recorded.",
        partial(_is, False),
    ),
    Shape("FACT OP NUMBER", "The number last recorded. Unknown while nothing is recorded.", _number),
    Shape(
        "FACT is recorded",
        "Something is recorded; of a date that is expected first, the day it really was.",
        _recorded,
    ),
    Shape(
        "days since FACT OP NUMBER",
        "Days since a date. No while the date lies ahead, unknown while it is not recorded or only expected.",
        _days_since,
        ">= 14",
    ),
    Shape(
        "days until FACT OP NUMBER",
        "Days to a date, also one that is only expected; below 0 when it is overdue. No once the date has come, "
        "unknown while no date is recorded.",
        _days_until,
        "<= 28",
    ),
)


def _checked(names: Names, checklist: str, question: str, wanted: str) -> Meaning:
    subject = f"{checklist}.{question}"
    answers = {True: "yes", False: "no"}

    def read(facts: Facts) -> str | None:
        checked = facts.checked(checklist, question)
        return None if checked is None else answers[checked]

    return named(subject, read, wanted, why_unknown="it is not answered")


def _complete(names: Names, checklist: str) -> Meaning:
    questions = names.checklists[checklist]

    def unanswered(facts: Facts) -> tuple[str, ...]:
        return tuple(each for each in questions if facts.checked(checklist, each) is None)

    def found(waiting: tuple[str, ...]) -> str:
        return f"not answered in {checklist}: {', '.join(waiting)}" if waiting else f"{checklist} is complete"

    return Meaning(
        answer=lambda facts: NO if unanswered(facts) else YES,
        subjects=(f"unanswered in {checklist}",),
        see=lambda facts: (unanswered(facts),),
        found=found,
        can_be_unknown=False,
    )


CHECKLISTS = (
    Shape(
        "CHECKLIST.QUESTION is yes|no",
        "The answer to a question of a checklist. Unknown while it is not answered.",
        _checked,
    ),
    Shape("CHECKLIST is complete", "Every question of the checklist is answered.", _complete),
)

DIAGNOSIS = (
    Shape(
        "a diagnosis is recorded",
        "A diagnosis is on record.",
        stated("a diagnosis is recorded", lambda facts: facts.diagnosis_recorded, "no diagnosis is recorded"),
    ),
    Shape(
        "the diagnosis is waived",
        "Someone recorded that this course goes without a diagnosis.",
        stated("the diagnosis is waived", lambda facts: facts.diagnosis_waived, "the diagnosis is not waived"),
    ),
)
