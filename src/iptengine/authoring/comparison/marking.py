"""Two texts, or two lists, as one: what both have, what is gone and what is new, word by word."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from iptengine.authoring.comparison.difference import Run

Matches = list[tuple[int, int]]
_DEEPEST = 24
"""How often a stretch is divided again; deeper, what is left counts as replaced (law 7)."""
_LEAST_KEPT = 3
"""If less than one word in so many is kept, the whole is told as replaced: a reader could not follow the pieces."""
_PARTS = re.compile(r"\S+|\s+")
_SHOWN_BLANKS = {" ": "␣", "\n": "⏎", "\t": "⇥"}


def marked(before: str, after: str) -> tuple[Run, ...]:
    """Two texts as one, with the words that are gone and the words that are new.

    Blanks that are more than one space between two words are shown as signs, so that no difference is invisible.

    Example:
        >>> [(run.kind, run.text) for run in marked("The last three sessions", "The last five sessions")]
        [('same', 'The last'), ('gone', 'three'), ('new', 'five'), ('same', 'sessions')]
    """
    return merged(words_of(before), words_of(after), " ")


def merged(before: Sequence[str], after: Sequence[str], between: str) -> tuple[Run, ...]:
    """Two sequences of words or entries as one; `between` joins those of a run."""
    runs = []
    for kind, group in groupby(_told(before, after), key=lambda run: run.kind):
        runs.append(Run(kind, between.join(run.text for run in group)))
    return tuple(runs)


def words_of(text: str) -> list[str]:
    """The words of a text, and its unusual blanks as words of their own."""
    if text and text.isprintable() and text == text.strip() and "  " not in text:
        return text.split(" ")
    parts: list[str] = _PARTS.findall(text)
    found = []
    for place, part in enumerate(parts):
        if not part.isspace():
            found.append("".join(map(_visible, part)))
        elif part != " " or place in (0, len(parts) - 1):
            found.append("".join(_SHOWN_BLANKS.get(sign, _visible(sign)) for sign in part))
    return found


def _visible(sign: str) -> str:
    """A sign as it is, or its number where a reader would see nothing."""
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"):
        return f"‹U+{ord(sign):04X}›"
    return sign


def _told(before: Sequence[str], after: Sequence[str]) -> Iterator[Run]:
    one = other = 0
    kept = matches(before, after)
    if len(kept) * _LEAST_KEPT < max(len(before), len(after)):
        kept = []
    for here, there in [*kept, (len(before), len(after))]:
        yield from (Run("gone", word) for word in before[one:here])
        yield from (Run("new", word) for word in after[other:there])
        if here < len(before):
            yield Run("same", before[here])
        one, other = here + 1, there + 1


def matches(before: Sequence[str], after: Sequence[str]) -> Matches:
    """Places that stand for each other, in order: between the words that are unique on both sides, and at both ends.

    Unlike the longest common sequence this keeps together what a reader sees as one, and its time grows with the
    length of the texts, whatever they hold.

    Example:
        >>> matches("a b c".split(), "a c d".split())
        [(0, 0), (2, 1)]
    """
    found: Matches = []
    todo = [(0, len(before), 0, len(after), 0)]
    while todo:
        one, end, other, stop, depth = todo.pop()
        while one < end and other < stop and before[one] == after[other]:
            found.append((one, other))
            one, other = one + 1, other + 1
        while one < end and other < stop and before[end - 1] == after[stop - 1]:
            end, stop = end - 1, stop - 1
            found.append((end, stop))
        fixed = _unique(before, after, range(one, end), range(other, stop)) if depth < _DEEPEST else []
        found += fixed
        if fixed:
            starts = [(one, other), *((here + 1, there + 1) for here, there in fixed)]
            ends = [*fixed, (end, stop)]
            todo += [(a, c, b, d, depth + 1) for (a, b), (c, d) in zip(starts, ends, strict=True)]
    return sorted(found)


def _unique(before: Sequence[str], after: Sequence[str], here: range, there: range) -> Matches:
    """Words that stand once on either side, as many of them as keep their order."""
    once = {word for word, count in Counter(after[place] for place in there).items() if count == 1}
    place_of = {after[place]: place for place in there if after[place] in once}
    counts = Counter(before[place] for place in here)
    pairs = [(place, place_of[before[place]]) for place in here if counts[before[place]] == 1 and before[place] in once]
    return [pairs[index] for index in rising([pair[1] for pair in pairs])]


def rising(numbers: Sequence[int]) -> list[int]:
    """The places of a longest rising run in different numbers.

    Example:
        >>> rising([3, 1, 2, 5, 4])
        [1, 2, 4]
    """
    tails: list[int] = []
    tops: list[int] = []
    under: list[int] = []
    for place, number in enumerate(numbers):
        slot = bisect_left(tops, number)
        under.append(tails[slot - 1] if slot else -1)
        tails[slot : slot + 1] = [place]
        tops[slot : slot + 1] = [number]
    found: list[int] = []
    place = tails[-1] if tails else -1
    while place >= 0:
        found.append(place)
        place = under[place]
    return found[::-1]
