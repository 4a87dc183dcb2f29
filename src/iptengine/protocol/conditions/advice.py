"""What an author is told about a sentence that is not a condition, and what to write instead.

Only called when something is wrong, so it may look at every form; what it looks at is capped all the same.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from iptengine.diagnostics import did_you_mean
from iptengine.protocol.conditions.closed_list import SHAPES
from iptengine.protocol.conditions.condition import Problem
from iptengine.protocol.conditions.examples import filled_examples
from iptengine.protocol.conditions.grammar import (
    NAME_SLOTS,
    Choice,
    Dotted,
    Filled,
    Name,
    Numeral,
    Operator,
    Rest,
    Sentence,
    Shape,
    Step,
)
from iptengine.protocol.conditions.names import Names
from iptengine.protocol.references import KINDS

_NAME_LIKE = re.compile(r"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*")
_JOINED = re.compile(r"(?:^| )(?:and|or(?! (?:more|less|fewer)(?: |$)))(?:[ (]|$)|^not[ (]|&&|\|\|", re.IGNORECASE)
_SAME_KEY = {"≥": ">=", "≤": "<=", "≠": "is not", "＝": "=", "＜": "<", "＞": ">", "％": "%"}
_OPERATORS = {
    "==": "=",
    "=<": "<=",
    "=>": ">=",
    "!=": "'is not' with a value, or 'not:' above the condition",
    "<>": "'is not' with a value, or 'not:' above the condition",
    "above": "more than",
    "over": "more than",
    "below": "less than",
    "under": "less than",
}


def too_long(length: int, longest: int) -> Problem:
    """The sentence is longer than a line can be."""
    return Problem(
        "condition-too-long",
        f"a condition has at most {longest} characters; this one has {length}",
        "write several conditions, one a line, under 'all:' or 'any:'",
    )


def odd_letter(text: str) -> Problem:
    """The sentence has a letter that is not on a plain keyboard, or that cannot be seen."""
    at, letter = next((i, c) for i, c in enumerate(text) if not (c.isascii() and c.isprintable()))
    where = f"after '{text[max(0, at - 20) : at]}'" if at else "at the start"
    if letter == "\n" or letter == "\r":
        return Problem("condition-letter", f"a condition is one line; this one breaks {where}", "write it on one line")
    code = f"U+{ord(letter):04X}"
    if not letter.isprintable():
        return Problem("condition-letter", f"there is an invisible character ({code}) {where}", "delete it and type on")
    plain = _SAME_KEY.get(letter) or unicodedata.normalize("NFKC", letter)
    hint = f"write {plain}" if plain.isascii() and plain.isprintable() else "write plain English letters and digits"
    return Problem("condition-letter", f"'{letter}' ({code}) {where} cannot stand in a condition", hint)


def ambiguous(sentence: Sentence, shapes: list[Shape]) -> Problem:
    """The protocol gave one name to two things, and the sentence can mean either."""
    ways = " and as ".join(f"'{shape.pattern}'" for shape in shapes)
    return Problem(
        "condition-ambiguous",
        f"'{sentence.text}' can be read as {ways}",
        "give one of the two things another name",
    )


def out_of_scope(shape: Shape) -> Problem:
    """The sentence speaks of the focus at hand where there is none."""
    return Problem(
        "condition-scope",
        f"'{shape.pattern}' speaks of the focus at hand and has a meaning only inside a problem area",
        "name the problem area: 'stage of AREA is STAGE'",
    )


def not_understood(sentence: Sentence, names: Names) -> Problem:
    """No form fits: joined conditions, one wrong word, or something else altogether."""
    if _JOINED.search(sentence.text):
        return Problem(
            "condition-joined",
            "a line holds one condition, without 'and', 'or' or a leading 'not'",
            "write all: / any: / not: with one condition a line",
        )
    outside = _outside_an_area(sentence, names)
    fault = outside or _one_wrong_word(sentence, names)
    if fault is not None:
        return fault
    if " not " in sentence.text:
        return Problem(
            "condition-unknown", f"'{sentence.text[:80]}' is not a form of condition", negated(sentence.text)
        )
    if not sentence.words:
        return Problem("condition-unknown", "the condition is empty", "write what must hold, or leave the line out")
    message = f"'{sentence.text[:80]}' is not a form of condition"
    near = nearest_forms(sentence, names)
    shown = ", ".join(f"'{each}'" for each in near)
    return Problem("condition-unknown", message, f"the nearest are {shown}" if near else "")


def negated(text: str) -> str:
    """What to write instead of a sentence with a *not* in it."""
    return f"write 'not:', and under it, with a name of its own, '{text[:80].replace(' not ', ' ', 1)}'"


def _outside_an_area(sentence: Sentence, names: Names) -> Problem | None:
    """The stage of the focus at hand, asked where there is no focus at hand."""
    if names.scope == "focus":
        return None
    for shape in SHAPES:
        if shape.scope == "focus" and _fits_loosely(shape, sentence, names, []):
            return out_of_scope(shape)
    return None


def nearest_forms(sentence: Sentence, names: Names, count: int = 3) -> tuple[str, ...]:
    """The forms that look most like the sentence, filled with the protocol's own names."""
    text = sentence.text[:120].lower()
    used = _names_in(sentence, names)
    candidates = [example for shape in SHAPES for example in filled_examples(shape, names, used, most=1)]
    return tuple(difflib.get_close_matches(text, dict.fromkeys(candidates), n=count, cutoff=0.0))


def _names_in(sentence: Sentence, names: Names) -> frozenset[str]:
    return frozenset(part for word in sentence.words for part in (word, *word.split(".")) if kinds_of(part, names))


def kinds_of(word: str, names: Names) -> tuple[str, ...]:
    """What the protocol calls by this name: ``("a task",)``."""
    return tuple(slot.a for slot in NAME_SLOTS if not _nested(slot) and word in slot.known(names, []))


def _nested(slot: Name) -> bool:
    return bool(KINDS[slot.kind].of)


class Fault(NamedTuple):
    """One word that keeps a sentence from being of a form, and what could stand there."""

    at: int
    slot: Step
    word: str
    owner: str
    known: tuple[str, ...]


def _one_wrong_word(sentence: Sentence, names: Names) -> Problem | None:
    """The problem with the forms that fit but for one or two words, the fewest faults and most fixed words first."""
    found = []
    for shape in SHAPES:
        faults: list[Fault] = []
        if _fits_loosely(shape, sentence, names, faults) and 1 <= len(faults) <= 2:
            found.append((len(faults), -shape.fixed, faults))
    if not found:
        return None
    fewest = min(found, key=lambda each: each[:2])[:2]
    first = [faults[0] for *rank, faults in found if tuple(rank) == fewest]
    return _told([fault for fault in first if fault.at == first[0].at], names)


def _told(faults: list[Fault], names: Names) -> Problem:
    fault = faults[0]
    word = fault.word[:60]
    if isinstance(fault.slot, Operator):
        return Problem("condition-unknown", f"'{word}' is not a comparison", f"write {_OPERATORS[fault.word]}")
    if isinstance(fault.slot, Numeral):
        return Problem("condition-type", f"'{word}' is not a number", "write a plain number in digits, such as 10")
    if fault.at == 0 and word in ("session", "sessions"):
        return Problem("condition-unknown-name", f"'{word}' alone is not a count", _WHICH_SESSIONS)
    known = tuple(dict.fromkeys(name for each in faults for name in each.known))
    kinds = " or ".join(dict.fromkeys(_a(each.slot) for each in faults))
    owner = f"'{fault.owner}'" if fault.owner else "this protocol"
    is_a = kinds_of(fault.word, names)
    message = f"'{word}' is {is_a[0]}, not {kinds}" if is_a else f"'{word}' is not {kinds} of {owner}"
    hint = did_you_mean(word, known) or f"{owner} has none"
    return Problem("condition-unknown-name", message, hint)


_WHICH_SESSIONS = "say which: 'sessions used', 'sessions held', 'sessions left' or 'next session'"


def _a(slot: Step) -> str:
    name = slot.part if isinstance(slot, Dotted) else slot
    return name.a if isinstance(name, Name) else "a name"


def _fits_loosely(shape: Shape, sentence: Sentence, names: Names, faults: list[Fault]) -> bool:
    filled = Filled([], [])
    at = 0
    for step in shape.steps:
        at = _take_loosely(step, sentence, at, names, filled, faults)
        if at < 0 or len(faults) > 2:
            return False
    return at == len(sentence.words)


def _take_loosely(step: Step, sentence: Sentence, at: int, names: Names, filled: Filled, faults: list[Fault]) -> int:
    """The place after a step when one wrong name, number or comparison is let pass and noted; else -1."""
    if at >= len(sentence.words):
        return -1
    word = sentence.words[at]
    if isinstance(step, str):
        return at + 1 if word == step else -1
    after = step.take(sentence, at, names, filled)
    if after > 0 or isinstance(step, Choice | Rest):
        return after
    if isinstance(step, Operator):
        after = _wrong_operator(sentence, at, faults, step)
        filled.args.append("=")
        return after
    if isinstance(step, Numeral):
        filled.args.append(1)
        return _note(Fault(at, step, word, "", ()), faults) if _NAME_LIKE.fullmatch(word) else -1
    if isinstance(step, Dotted):
        return _wrong_part(step, word, at, names, filled, faults)
    return _wrong_name(step, word, at, names, filled, faults)


def _note(fault: Fault, faults: list[Fault]) -> int:
    faults.append(fault)
    return fault.at + 1


def _wrong_operator(sentence: Sentence, at: int, faults: list[Fault], step: Operator) -> int:
    led = sentence.words[at] == "is" and at + 1 < len(sentence.words)
    word = sentence.words[at + led]
    return _note(Fault(at + led, step, word, "", ()), faults) if word in _OPERATORS else -1


def _wrong_part(step: Dotted, word: str, at: int, names: Names, filled: Filled, faults: list[Fault]) -> int:
    first, dot, second = word.partition(".")
    if not dot or not _NAME_LIKE.fullmatch(first) or not _NAME_LIKE.fullmatch(second):
        return -1
    wholes = tuple(step.whole.known(names, []))
    step.fill(first, second, at, filled)
    if first not in wholes:
        return _note(Fault(at, step.whole, first, "", wholes), faults)
    return _note(Fault(at, step, second, first, tuple(step.part.known(names, [first]))), faults)


def _wrong_name(step: Name, word: str, at: int, names: Names, filled: Filled, faults: list[Fault]) -> int:
    # A sentence that begins with a name of another kind is more likely another form than a misspelling.
    if not _NAME_LIKE.fullmatch(word) or word.isdigit() or (at == 0 and kinds_of(word, names)):
        return -1
    known: Iterable[str] = step.known(names, filled.args)
    owner = step.owner(names, filled.args) if _nested(step) else ""
    step.fill(word, at, names, filled)
    return _note(Fault(at, step, word, owner, tuple(known)), faults)
