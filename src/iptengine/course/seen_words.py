"""What a condition was judged by, in the words of a page: a fact and an alert by their titles, not their names."""

from __future__ import annotations

from collections.abc import Iterable

from iptengine.course.alert_words import what_alone
from iptengine.course.facts import CourseFacts
from iptengine.course.wording import dated
from iptengine.protocol.conditions import Condition
from iptengine.protocol.conditions.forms_facts import NOT_RECORDED
from iptengine.protocol.protocol import Guard, Protocol


def seen_words(protocol: Protocol, facts: CourseFacts, guards: Iterable[Guard]) -> str:
    """The values that conditions rest on, as clauses: ``'Where the baby is' is on the ward; needs at home``."""
    parts = (part for guard in guards for part in guard.conditions())
    return "; ".join(_clause(protocol, facts, part, needs=True) for part in parts)


def deciding_words(protocol: Protocol, facts: CourseFacts, guards: Iterable[Guard]) -> str:
    """What was found by the sentences that decide, each once, without what they need.

    For conditions that keep somebody or something away while they hold. Where a value is told, that it is recorded
    is not.
    """
    parts = (part for guard in guards for part in guard.deciding(facts))
    told = dict.fromkeys(_clause(protocol, facts, part, needs=False) for part in parts)
    return "; ".join(one for one in told if not any(_says_more(other, one) for other in told))


def _says_more(one: str, other: str) -> bool:
    """Whether a clause tells the value of a fact of which the other only says that it has one."""
    return one != other and other.endswith(" is recorded") and one.startswith(other.removesuffix("recorded"))


def _clause(protocol: Protocol, facts: CourseFacts, condition: Condition, *, needs: bool) -> str:
    told = condition.explain(facts)
    found = told.found
    for mention in condition.mentions:
        if mention.kind == "fact":
            title = f"'{protocol.spec.facts[mention.name].title.rstrip('.: ')}'"
            found = _with(title, mention.name, found)
            missing = _missing(facts, mention.name)
            found = found.replace(f" is not known ({NOT_RECORDED})", f" {missing}")
            found = found.replace(f"{title} is not recorded", f"{title} {missing}")
        if mention.kind == "alert":
            title = f"the alert '{_alert(protocol, facts, mention.name)}'"
            found = _with(title, mention.name, found)
            found = found.replace(f"{title} is open", f"{title} is not assessed yet")
    return f"{found}; needs {told.needs}" if needs and told.needs else found


def _missing(facts: CourseFacts, fact: str) -> str:
    """Why a fact has no value: nobody asked for it, or it was asked and not answered."""
    asked = facts.asked_on(fact)
    return f"was asked on {dated(asked, facts.on)} and not answered" if asked else "is not on record"


def _alert(protocol: Protocol, facts: CourseFacts, code: str) -> str:
    """The words of the alert as the head of the page has them, or its title while none was raised."""
    text = facts.alert_text(code)
    return what_alone(text)[0] if text else protocol.spec.alerts[code].title.rstrip(".")


def _with(title: str, name: str, sentence: str) -> str:
    """The sentence with a title where the name first stands as a word."""
    words = sentence.split(" ")
    at = next((number for number, word in enumerate(words) if word.strip("'(),;:") == name), None)
    if at is not None:
        words[at] = words[at].replace(name, title, 1)
    return " ".join(words)
