"""From a sentence to a condition, or to the problem with it. Total: no text makes it raise."""

from __future__ import annotations

from collections.abc import Iterator

from iptengine.protocol.conditions import advice
from iptengine.protocol.conditions.closed_list import by_first_slot, by_first_word
from iptengine.protocol.conditions.condition import Condition, Meaning, Problem
from iptengine.protocol.conditions.grammar import Filled, Sentence, Shape, match, read_sentence
from iptengine.protocol.conditions.names import Names

LONGEST = 300
"""Characters a sentence may have; checked before anything else looks at it (law 7)."""


def compile_condition(text: str, names: Names) -> Condition | Problem:
    """The condition a sentence states about courses of the protocol with these names.

    Returns:
        The condition, or a problem with one of these codes: ``condition-too-long``, ``condition-letter``,
        ``condition-unknown``, ``condition-unknown-name``, ``condition-type``, ``condition-never``,
        ``condition-always``, ``condition-joined``, ``condition-scope``, ``condition-ambiguous``.

    Example:
        >>> compile_condition("sessions left <= 4", Names(sessions_max=16))
        Condition(text='sessions left <= 4')
        >>> compile_condition("phase is midle", Names(phases=("initial", "middle"))).hint
        "did you mean 'middle'?"
    """
    if len(text) > LONGEST:
        return advice.too_long(len(text), LONGEST)
    stripped = text.strip(" \t\r\n")
    if not (stripped.isascii() and stripped.isprintable()):
        return advice.odd_letter(stripped)
    sentence = read_sentence(stripped)
    understood: list[tuple[Shape, Filled, Meaning]] = []
    problems: list[tuple[int, Problem]] = []
    for shape, filled in _readings(sentence, names):
        meaning = _meaning(shape, filled, names)
        if isinstance(meaning, Problem):
            problems.append((shape.fixed, meaning))
        else:
            understood.append((shape, filled, meaning))
    if len(understood) > 1:
        return advice.ambiguous(sentence, [shape for shape, _, _ in understood])
    if understood:
        _, filled, meaning = understood[0]
        return _condition(sentence, filled, meaning)
    if problems:
        return max(problems, key=lambda each: each[0])[1]
    return advice.not_understood(sentence, names)


def _readings(sentence: Sentence, names: Names) -> Iterator[tuple[Shape, Filled]]:
    """Every form of the closed list the sentence can be read as; one, unless names collide."""
    for shape in _candidates(sentence, names):
        filled = match(shape, sentence, names)
        if filled is not None:
            yield shape, filled


def _candidates(sentence: Sentence, names: Names) -> list[Shape]:
    if not sentence.words:
        return []
    found = list(by_first_word().get(sentence.words[0], ()))
    for slot, shapes in by_first_slot():
        if slot.take(sentence, 0, names, Filled([], [])) > 0:
            found += shapes
    return found


def _meaning(shape: Shape, filled: Filled, names: Names) -> Meaning | Problem:
    if shape.scope == "focus" and names.scope != "focus":
        return advice.out_of_scope(shape)
    return shape.build(names, *filled.args)


def _condition(sentence: Sentence, filled: Filled, meaning: Meaning) -> Condition:
    return Condition(
        text=sentence.text,
        answer=meaning.answer,
        can_be_unknown=meaning.can_be_unknown,
        mentions=frozenset(mention for each in filled.written for mention in each.mentions),
        meaning=meaning,
        words=sentence.words,
        written=tuple(filled.written),
    )
