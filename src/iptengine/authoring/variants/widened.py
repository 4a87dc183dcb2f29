"""Whether a condition holds at least where another did, as far as its form shows it; names may have changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from iptengine.authoring.variants.beside import rests_on
from iptengine.authoring.variants.renames import called
from iptengine.protocol.conditions import Condition, Mention
from iptengine.protocol.protocol import Guard

Names = Mapping[Mention, str]


def widens(now: Guard, before: Guard, names: Names) -> bool:
    """Whether `now` is `before`, or is `any` of which `before`, or all that is in it, is part.

    Each part under `any` raises an alert for itself, so more parts take nothing from those that were there.
    """
    if same(now, before, names):
        return True
    kept = before.parts if before.how == "any" else (before,)
    return now.how == "any" and (
        any(same(part, before, names) for part in now.parts)
        or all(any(same(part, one, names) for part in now.parts) for one in kept)
    )


def same(now: Guard, before: Guard, names: Names) -> bool:
    """Whether two conditions say the same of the same things; the order of their parts says nothing."""
    if before.sentence is not None:
        return now.sentence is not None and _says(now.sentence, before.sentence, names)
    return now.how == before.how and _paired(now, before, lambda one, other: same(one, other, names))


def with_other_numbers(now: Guard, before: Guard, names: Names) -> bool:
    """Whether two conditions differ only in what they ask of a measure."""
    if before.sentence is None:
        return now.how == before.how and _paired(
            now, before, lambda one, other: with_other_numbers(one, other, names)
        )  # fmt: skip
    if now.sentence is None:
        return False
    return _says(now.sentence, before.sentence, names) or (_of_measures(now.sentence) and _of_measures(before.sentence))


def _says(now: Condition, before: Condition, names: Names) -> bool:
    mentions = frozenset(called(mention, names) for mention in before.mentions)
    return now.text == before.renamed(names) and now.mentions == mentions


def _of_measures(condition: Condition) -> bool:
    """Whether a sentence speaks of measures and of nothing else that has a name."""
    measures = rests_on(condition, "measure")
    return bool(measures) and all((mention.of or mention.name) in measures for mention in condition.mentions)


def _paired(now: Guard, before: Guard, alike: Callable[[Guard, Guard], bool]) -> bool:
    """Whether each part of one goes with a part of the other, and none is left."""
    left = list(now.parts)
    for one in before.parts:
        found = next((part for part in left if alike(part, one)), None)
        if found is None:
            return False
        left.remove(found)
    return not left
