"""Comparisons: what each operator means, which ones can never or always hold, and how they are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from iptengine.protocol.conditions.condition import Answer, Meaning, Problem
from iptengine.protocol.conditions.names import Names, Number
from iptengine.protocol.conditions.port import Facts
from iptengine.protocol.truth import Truth

Read = Callable[[Facts], Number | None]
Build = Callable[..., Meaning | Problem]

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN

SPELLED: Mapping[str, str] = {
    "<": "less than",
    "<=": "at most",
    "=": "exactly",
    ">=": "at least",
    ">": "more than",
}
"""Every operator and how it is read aloud. Both spellings may be written."""

SYNONYMS: Mapping[str, str] = {spelled: op for op, spelled in SPELLED.items()} | {"fewer than": "<"}

HOLDS: Mapping[str, Callable[[Number, Number], bool]] = {
    "<": lambda value, number: value < number,
    "<=": lambda value, number: value <= number,
    "=": lambda value, number: value == number,
    ">=": lambda value, number: value >= number,
    ">": lambda value, number: value > number,
}


def _fewer_than(read: Read, number: Number) -> Answer:
    def answer(facts: Facts) -> Truth:
        value = read(facts)
        return UNKNOWN if value is None else YES if value < number else NO

    return answer


def _at_most(read: Read, number: Number) -> Answer:
    def answer(facts: Facts) -> Truth:
        value = read(facts)
        return UNKNOWN if value is None else YES if value <= number else NO

    return answer


def _exactly(read: Read, number: Number) -> Answer:
    def answer(facts: Facts) -> Truth:
        value = read(facts)
        return UNKNOWN if value is None else YES if value == number else NO

    return answer


def _at_least(read: Read, number: Number) -> Answer:
    def answer(facts: Facts) -> Truth:
        value = read(facts)
        return UNKNOWN if value is None else YES if value >= number else NO

    return answer


def _more_than(read: Read, number: Number) -> Answer:
    def answer(facts: Facts) -> Truth:
        value = read(facts)
        return UNKNOWN if value is None else YES if value > number else NO

    return answer


# One closure an operator: a comparison looked up at run time would cost half as much again.
_COMPILED: Mapping[str, Callable[[Read, Number], Answer]] = {
    "<": _fewer_than,
    "<=": _at_most,
    "=": _exactly,
    ">=": _at_least,
    ">": _more_than,
}


@dataclass(frozen=True, slots=True)
class Scale:
    """The values a subject can take; ``None`` is no limit on that side."""

    low: Number | None = 0
    high: Number | None = None
    whole: bool = True

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "any number"
        if self.high is None:
            return f"{self.low} or more"
        return f"{self.low} to {self.high}" if self.low is not None else f"{self.high} or fewer"


def shown(value: Number) -> str:
    """A number as people write it: no trailing zeros, no exponent."""
    return str(value) if isinstance(value, int) else f"{value:.4f}".rstrip("0").rstrip(".")


def misfit(subject: str, op: str, number: Number, scale: Scale) -> Problem | None:
    """Why a comparison makes no sense on that scale: a fraction of a whole thing, never, or always."""
    if scale.whole and not isinstance(number, int):
        return Problem(
            "condition-type",
            f"{subject} is a whole number and cannot be compared with {number}",
            f"write a whole number, such as {int(number)}",
        )
    written = f"{subject} {op} {number}"
    if _never(op, number, scale):
        return Problem("condition-never", f"'{written}' can never hold: {subject} is {scale}", _hint(op, scale))
    if _always(op, number, scale):
        return Problem("condition-always", f"'{written}' always holds: {subject} is {scale}", _hint(op, scale))
    return None


def _never(op: str, number: Number, scale: Scale) -> bool:
    below = scale.low is not None and _below_all(op, number, scale.low)
    return below or (scale.high is not None and _above_all(op, number, scale.high))


def _below_all(op: str, number: Number, low: Number) -> bool:
    return number <= low if op == "<" else op in ("<=", "=") and number < low


def _above_all(op: str, number: Number, high: Number) -> bool:
    return number >= high if op == ">" else op in (">=", "=") and number > high


def _always(op: str, number: Number, scale: Scale) -> bool:
    if op in (">=", ">"):
        return scale.low is not None and (number <= scale.low if op == ">=" else number < scale.low)
    if op in ("<=", "<"):
        return scale.high is not None and (number >= scale.high if op == "<=" else number > scale.high)
    return scale.low == scale.high == number


def _hint(op: str, scale: Scale) -> str:
    """The numbers that make a difference with that operator."""
    step = 1 if scale.whole else 0
    low = None if scale.low is None else scale.low + (step if op in ("<", ">=") else 0)
    high = None if scale.high is None else scale.high - (step if op in (">", "<=") else 0)
    if low is None:
        return f"write a number up to {high}"
    if high is None:
        return f"write {low} or more"
    return f"write a number from {low} to {high}" if low < high else f"only {low} makes a difference here"


def comparison(
    subject: str, read: Read, op: str, number: Number, scale: Scale, why_unknown: str = ""
) -> Meaning | Problem:
    """The meaning of ``subject op number``; `why_unknown` is empty when the value is always known."""
    problem = misfit(subject, op, number, scale)
    if problem is not None:
        return problem
    return Meaning(
        answer=_COMPILED[op](read, number),
        subjects=(subject,),
        see=lambda facts: (read(facts),),
        found=partial(_value_found, subject, why_unknown),
        needs=f"{SPELLED[op]} {number}",
        can_be_unknown=bool(why_unknown),
    )


def _value_found(subject: str, why_unknown: str, value: Number | None) -> str:
    if value is not None:
        return f"{subject} is {shown(value)}"
    return f"{subject} is not known ({why_unknown})" if why_unknown else f"{subject} is not known"


def counted(subject: str, read: Read, why_unknown: str = "", scale: Callable[[Names], Scale] | None = None) -> Build:
    """How to build a form without names in it: ``sessions left OP NUMBER``."""

    def build(names: Names, op: str, number: Number) -> Meaning | Problem:
        return comparison(subject, read, op, number, scale(names) if scale else Scale(), why_unknown)

    return build


_OF: Mapping[bool | None, Truth] = {True: YES, False: NO, None: UNKNOWN}


def holds(
    subject: str, read: Callable[[Facts], bool | None], yes: str, no: str, unknown: str = "", needs: str = ""
) -> Meaning:
    """The meaning of a plain statement; `unknown` is empty when it is always known."""
    told = {True: yes, False: no, None: unknown or f"it is not known whether {yes}"}
    of = _OF
    return Meaning(
        answer=lambda facts: of[read(facts)],
        subjects=(subject,),
        see=lambda facts: (read(facts),),
        found=told.__getitem__,
        needs=needs,
        can_be_unknown=bool(unknown),
    )


def stated(subject: str, read: Callable[[Facts], bool | None], no: str, unknown: str = "") -> Build:
    """How to build a statement without names in it: ``a focus is agreed``."""

    def build(names: Names) -> Meaning:
        return holds(subject, read, yes=subject, no=no, unknown=unknown)

    return build


def named(
    subject: str,
    read: Callable[[Facts], str | None],
    name: str,
    *,
    wanted: bool = True,
    why_unknown: str = "",
    verb: str = "is",
) -> Meaning:
    """The meaning of ``subject is name``, or with `wanted` False of ``subject is not name``."""
    same, other = (YES, NO) if wanted else (NO, YES)

    def answer(facts: Facts) -> Truth:
        value = read(facts)
        return UNKNOWN if value is None else same if value == name else other

    return Meaning(
        answer=answer,
        subjects=(subject,),
        see=lambda facts: (read(facts),),
        found=partial(_name_found, subject, why_unknown, verb),
        needs=name if wanted else f"anything but {name}",
        can_be_unknown=bool(why_unknown),
    )


def _name_found(subject: str, why_unknown: str, verb: str, value: str | None) -> str:
    if value is not None:
        return f"{subject} {verb} {value}"
    return f"{subject} is not known ({why_unknown})" if why_unknown else f"{subject} is not known"


def not_between(what: str, number: Number, low: int, high: int | None) -> Problem | None:
    """Why a number that only counts or places something (``by session 2``) does not fit."""
    if isinstance(number, int) and low <= number and (high is None or number <= high):
        return None
    span = f"from {low} to {high}" if high is not None else f"of {low} or more"
    code = "condition-never" if isinstance(number, int) else "condition-type"
    return Problem(code, f"{what} cannot be {number}", f"write a whole number {span}")
