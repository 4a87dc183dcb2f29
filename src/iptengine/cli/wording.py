"""Every condition a protocol understands, with its own names in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from iptengine.authoring.loader import load
from iptengine.cli import screen
from iptengine.cli.names import protocol_source
from iptengine.diagnostics import ProtocolError
from iptengine.protocol.conditions import Form, Names, forms
from iptengine.protocol.protocol import names_of

SHOWN = 3
"""Examples of a form that are written out; of further names only how many there are."""
MOST_COUNTED = 12


def show_words(protocol: str, word: str) -> int:
    """Prints the forms of condition that a protocol has names for; with `word`, those that hold it."""
    try:
        loaded = load(protocol_source(protocol))
    except ProtocolError as wrong:
        screen.complain(str(wrong))
        screen.complain(f"the words of {protocol} are known once these mistakes are mended")
        return 1
    names = names_of(loaded.spec, loaded.measures)
    found = list(_holding(forms(names), names, word))
    staged = next((name for name, area in loaded.spec.problem_areas.items() if area.stages), "")
    inside = names_of(loaded.spec, loaded.measures, staged)
    more = list(_holding((form for form in forms(inside) if staged and form not in forms(names)), inside, word))
    if not found and not more:
        screen.complain(f"no condition of {loaded.id} has the word '{word}'; leave it out to see them all")
        return 1
    screen.say(f"What a condition of {loaded.id} can say. Words in capitals stand for a name or a number.")
    for family, group in groupby(found, key=lambda pair: pair[0].family):
        screen.say()
        screen.say(screen.strong(family))
        for form, examples in group:
            _show(form, examples)
    if more:
        screen.say()
        screen.say(screen.strong("Only inside a problem area, of the focus at hand"))
        for form, examples in more:
            _show(form, examples)
    return 0


def _holding(every: Iterable[Form], names: Names, word: str) -> Iterator[tuple[Form, tuple[str, ...]]]:
    """The forms that hold a word, each with examples: with those names that hold it, unless its own words do."""
    for form in every:
        examples = form.examples(names, MOST_COUNTED, names.holding(word) if word else ())
        if word.lower() not in form.pattern.lower():
            examples = tuple(example for example in examples if word.lower() in example.lower())
        if examples:
            yield form, examples


def _show(form: Form, examples: tuple[str, ...]) -> None:
    screen.say()
    screen.say(f"  {form.pattern}")
    screen.say(screen.faint(screen.wrapped(form.about, 4)))
    for example in examples[:SHOWN]:
        screen.say(f"      {example}")
    if len(examples) > SHOWN:
        more = " or more" if len(examples) == MOST_COUNTED else " more"
        screen.say(screen.faint(f"      and {len(examples) - SHOWN}{more}"))
