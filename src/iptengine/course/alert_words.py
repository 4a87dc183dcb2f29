"""The built-in words of a risk alert that rests on what was asked and not answered; never those of an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from iptengine.course.course import Alert
from iptengine.course.facts import CourseFacts
from iptengine.course.wording import dated, first_lower
from iptengine.protocol.conditions import Condition, Mention
from iptengine.protocol.protocol import Protocol

NEEDED = " This needs a clinician's assessment today."


def unanswered_words(protocol: Protocol, facts: CourseFacts, open_ones: Sequence[Condition], on: date) -> str:
    """What was asked by the day `on` and not answered, as a whole text; empty when no gap can be named."""
    mentions = dict.fromkeys(m for sentence in open_ones for m in sentence.mentions)
    told = list(dict.fromkeys(words for m in mentions for words in _gap(protocol, facts, m, on)))
    return f"{'; '.join(told)}.{NEEDED}" if told else ""


def _gap(protocol: Protocol, facts: CourseFacts, mention: Mention, on: date) -> Iterator[str]:
    if mention.kind == "fact" and facts.asked(mention.name) and not facts.recorded(mention.name):
        title = protocol.spec.facts[mention.name].title.strip().rstrip(".:")
        between = " Asked" if title.endswith("?") else ": asked"
        yield f"{title}{between} on {dated(facts.asked_on(mention.name) or on, on)}, not answered"
    if mention.kind == "item" and facts.totals(mention.of) and facts.item(mention.of, mention.name) is None:
        measure = protocol.measures[mention.of]
        item = measure.items[mention.name]
        number = f"item {item.number}" if item.number else "item"
        yield f"{measure.label} {number} ({first_lower(item.title)}): asked, not answered"
    if mention.kind == "measure" and facts.totals(mention.name) and facts.total(mention.name) is None:
        yield f"{protocol.measures[mention.name].label}: asked, without a total"


def what_alone(text: str) -> tuple[str, bool]:
    """The words of an alert without what it needs, and whether they say their own day."""
    whole = text.strip()
    alone = whole.removesuffix(NEEDED.strip()).strip()
    return alone.rstrip("."), alone != whole


def where_it_stands(alert: Alert) -> str:
    """How far an alert has come, as a list says it: ``assessed 2026-01-12, not closed``."""
    if alert.needs_assessment:
        return "not assessed"
    if alert.state == "closed":
        return "closed"
    when = f"assessed {alert.assessed.isoformat()}" if alert.assessed else "assessed"
    return f"{when}, not closed{', being watched' if alert.state == 'monitoring' else ''}"


def as_it_stands(alert: Alert) -> str:
    """The words of an alert; once it is assessed without that it needs an assessment today."""
    return alert.text if alert.needs_assessment else f"{what_alone(alert.text)[0]}."


def number_among(alert: Alert, standing: Collection[Alert]) -> str:
    """The number of an alert, as `` (#6)``, to be added where several stand: two may read alike."""
    return f" (#{alert.number})" if len(standing) > 1 and alert.number else ""


__all__ = ["NEEDED", "as_it_stands", "number_among", "unanswered_words", "what_alone", "where_it_stands"]
