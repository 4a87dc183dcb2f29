"""Every condition a protocol understands, with its own names in it."""

from __future__ import annotations

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
    found = [form for form in forms(names) if _holds(form, names, word)]
    staged = next((name for name, area in loaded.spec.problem_areas.items() if area.stages), "")
    inside = names_of(loaded.spec, loaded.measures, staged)
    more = [form for form in forms(inside) if staged and form not in forms(names) and _holds(form, inside, word)]
    if not found and not more:
        screen.complain(f"no condition of {loaded.id} has the word '{word}'; leave it out to see them all")
        return 1
    screen.say(f"What a condition of {loaded.id} can say. Words in capitals stand for a name or a number.")
    for family, group in groupby(found, key=lambda form: form.family):
        screen.say()
        screen.say(screen.strong(family))
        for form in group:
            _show(form, names)
    if more:
        screen.say()
        screen.say(screen.strong("Only inside a problem area, of the focus at hand"))
        for form in more:
            _show(form, inside)
    return 0


def _holds(form: Form, names: Names, word: str) -> bool:
    wanted = word.lower()
    return not wanted or any(wanted in text.lower() for text in (form.pattern, *form.examples(names)))


def _show(form: Form, names: Names) -> None:
    screen.say()
    screen.say(f"  {form.pattern}")
    screen.say(screen.faint(screen.wrapped(form.about, 4)))
    every = form.examples(names, most=MOST_COUNTED)
    for example in every[:SHOWN]:
        screen.say(f"      {example}")
    if len(every) > SHOWN:
        screen.say(
            screen.faint(f"      and {len(every) - SHOWN}{' or more' if len(every) == MOST_COUNTED else ' more'}")
        )
