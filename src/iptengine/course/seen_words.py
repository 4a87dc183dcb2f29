"""What a condition was judged by, in the words of a page: a fact by its title, not by its name in the file."""

from __future__ import annotations

from collections.abc import Iterable

from iptengine.course.facts import CourseFacts
from iptengine.protocol.conditions import Condition
from iptengine.protocol.conditions.forms_facts import NOT_RECORDED
from iptengine.protocol.protocol import Guard, Protocol


def seen_words(protocol: Protocol, facts: CourseFacts, guards: Iterable[Guard], *, needs: bool = True) -> str:
    """The values that conditions rest on, as clauses: ``'Where the baby is' is on the ward; needs at home``.

    Without `needs` only what was found, for a condition that keeps something away while it holds.
    """
    parts = (part for guard in guards for part in guard.conditions())
    return "; ".join(_clause(protocol, facts, part, needs=needs) for part in parts)


def _clause(protocol: Protocol, facts: CourseFacts, condition: Condition, *, needs: bool) -> str:
    told = condition.explain(facts)
    found = told.found
    for mention in condition.mentions:
        if mention.kind == "fact":
            title = f"'{protocol.spec.facts[mention.name].title.rstrip('.: ')}'"
            found = _with(title, mention.name, found)
            found = found.replace(f" is not known ({NOT_RECORDED})", " is not on record")
    return f"{found}; needs {told.needs}" if needs and told.needs else found


def _with(title: str, name: str, sentence: str) -> str:
    """The sentence with a title where the name first stands as a word."""
    words = sentence.split(" ")
    at = next((number for number, word in enumerate(words) if word.strip("'(),;:") == name), None)
    if at is not None:
        words[at] = words[at].replace(name, title, 1)
    return " ".join(words)
