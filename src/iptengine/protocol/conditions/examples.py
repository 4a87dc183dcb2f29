"""Forms filled with a protocol's own names, so that an author can copy a line that works."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from iptengine.protocol.conditions.condition import Problem
from iptengine.protocol.conditions.grammar import (
    Choice,
    Dotted,
    Name,
    Numeral,
    Operator,
    Rest,
    Shape,
    Step,
)
from iptengine.protocol.conditions.names import Names, Number

_TRIED = (1, 2, 3, 5, 8, 13, 21, 50, 0, 100, 1000)
_NAMES_TRIED = 12


def filled_examples(shape: Shape, names: Names, used: Collection[str] = (), most: int = 3) -> tuple[str, ...]:
    """Sentences of this form about this protocol, at most `most`; none when it has no names for it.

    Args:
        shape: The form.
        names: The protocol's names.
        used: Names to take rather than the first ones.
        most: How many to give.
    """
    if shape.scope == "focus" and names.scope != "focus":
        return ()
    found = []
    for words, filled in _fill(shape.steps, names, used):
        sentence = _with_numbers(shape, words, filled, names)
        if sentence:
            found.append(sentence)
        if len(found) == most:
            break
    return tuple(found)


def _fill(
    steps: tuple[Step, ...], names: Names, used: Collection[str]
) -> Iterator[tuple[list[str], list[str | Number]]]:
    """The words of the form with each name that could stand in its first place for one, in turn."""
    places = [at for at, step in enumerate(steps) if isinstance(step, Name | Dotted)]
    leading = places[0] if places else -1
    first = steps[leading]
    choices: list[str] = _choices(first, names, [], used) if isinstance(first, Name | Dotted) else [""]
    for choice in choices[:_NAMES_TRIED]:
        words: list[str] = []
        args: list[str | Number] = []
        if all(_put(step, names, used, words, args, choice if at == leading else "") for at, step in enumerate(steps)):
            yield words, args


def _put(
    step: Step, names: Names, used: Collection[str], words: list[str], args: list[str | Number], choice: str
) -> bool:
    """Write one step; false when the protocol has no name for it."""
    if isinstance(step, str):
        words.append(step)
    elif isinstance(step, Operator | Numeral):
        words.append(step.spelling)
        args.append(step.spelling)
    elif isinstance(step, Choice):
        chosen = next((word for word in step.words if word in used), step.words[0])
        words.append(chosen)
        args.append(chosen)
    else:
        chosen = choice or next(iter(_choices(step, names, args, used)), "")
        words.append(chosen)
        args += chosen.split(".") if isinstance(step, Dotted) else [chosen]
        return bool(chosen)
    return True


def _choices(step: Name | Dotted | Rest, names: Names, args: list[str | Number], used: Collection[str]) -> list[str]:
    if isinstance(step, Rest):
        fact = names.facts.get(str(args[-1]))
        return list(fact.values) if fact else []
    if isinstance(step, Dotted):
        pairs = [(whole, part) for whole in step.whole.known(names, []) for part in step.part.known(names, [whole])]
        wanted = frozenset(used)
        return [f"{whole}.{part}" for whole, part in sorted(pairs, key=lambda pair: -len(wanted.intersection(pair)))]
    return _first_used(step.known(names, args), used)


def _first_used(known: Collection[str], used: Collection[str]) -> list[str]:
    return sorted(known, key=lambda name: name not in used)


def _with_numbers(shape: Shape, words: list[str], args: list[str | Number], names: Names) -> str:
    """The sentence with an operator and numbers that make sense on the scale of its subject."""
    op, _, sample = shape.sample.rpartition(" ")
    for number in _numbers(sample, args, names):
        numbers = _places(words, number)
        tried = [op if arg == "OP" else next(numbers) if arg == "NUMBER" else arg for arg in args]
        if not isinstance(shape.build(names, *tried), Problem):
            shown = _places(words, number)
            return " ".join(op if w == "OP" else str(next(shown)) if w == "NUMBER" else w for w in words)
    return ""


def _places(words: list[str], number: Number) -> Iterator[Number]:
    """The first number of a form is the one that depends on a scale; a second counts readings in a row."""
    yield number
    while True:
        yield 2


def _numbers(sample: str, args: list[str | Number], names: Names) -> Iterator[Number]:
    yield int(sample)
    for arg in args:
        scales = [(m.low, m.high) for name, m in names.measures.items() if name == arg]
        scales += [m.items[str(arg)] for m in names.measures.values() if arg in m.items]
        scales += [(f.low or 0, f.high or 0) for name, f in names.facts.items() if name == arg]
        for low, high in scales:
            yield int((low + high) // 2)
            yield high
    yield from _TRIED
