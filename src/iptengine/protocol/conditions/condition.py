"""A condition that was understood, what it answers with and why; or what is wrong with the sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from iptengine.protocol.conditions.names import Mention
from iptengine.protocol.conditions.port import Facts
from iptengine.protocol.truth import Truth

Answer = Callable[[Facts], Truth]

WORDS = re.compile(r"[<>=!]+|%|[^\s<>=!%]+")
"""The words of a sentence: names, numbers, fixed words and operators."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a sentence is not a condition of this protocol, and what to write instead."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one sentence asks: a form of the closed list filled with names and numbers.

    Attributes:
        answer: The question itself, compiled.
        subjects: What the values seen are called.
        see: The values, one a subject.
        found: Those values as a clause: ``"sessions left is 6"``.
        needs: What would make it hold: ``"at most 4"``; empty when `found` says it all.
        can_be_unknown: Some course can leave it unknown.
    """

    answer: Answer
    subjects: tuple[str, ...]
    see: Callable[[Facts], tuple[object, ...]]
    found: Callable[..., str]
    needs: str = ""
    can_be_unknown: bool = True


class Written(NamedTuple):
    """The words `first` up to `end` of a sentence are names; joined by a point when there are several."""

    first: int
    end: int
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A sentence of the closed list, understood against one protocol's names, compiled once.

    Attributes:
        text: The sentence as written, with single spaces.
        answer: ``condition.answer(facts)`` is yes, no or unknown.
        can_be_unknown: Some course can leave it unknown.
        mentions: Every name it refers to.
    """

    text: str
    answer: Answer = field(compare=False, repr=False)
    can_be_unknown: bool = field(compare=False, repr=False)
    mentions: frozenset[Mention] = field(repr=False)
    meaning: Meaning = field(compare=False, repr=False)
    words: tuple[str, ...] = field(compare=False, repr=False)
    written: tuple[Written, ...] = field(compare=False, repr=False)

    def explain(self, facts: Facts) -> Explanation:
        """The answer with the values it rests on; they become a sentence only when one is asked for."""
        meaning = self.meaning
        # Past the generated constructor, which would double the cost of a reason that is not read.
        return tuple.__new__(Explanation, (meaning.answer(facts), meaning, meaning.see(facts)))

    def renamed(self, names: Mapping[Mention, str], written: str = "") -> str:
        """The sentence with names replaced where they stand, and nothing else changed.

        Args:
            names: What each name is called from now on.
            written: The sentence as its file has it, to keep its own spaces; `text` when left out.
        """
        text = written or self.text
        places = [word.span() for word in WORDS.finditer(text)]
        pieces: list[str] = []
        at = 0
        for first, end, mentions in self.written:
            if any(mention in names for mention in mentions):
                name = ".".join(names.get(mention, mention.name) for mention in mentions)
                pieces += (text[at : places[first][0]], name)
                at = places[end - 1][1]
        return "".join([*pieces, text[at:]])


class Explanation(NamedTuple):
    """Why a condition answered as it did.

    Attributes:
        answer: Yes, no or unknown.
        meaning: The form that was asked.
        seen: The values it rests on.
    """

    answer: Truth
    meaning: Meaning
    seen: tuple[object, ...]

    @property
    def found(self) -> str:
        """What was found, as a clause: ``"sessions left is 6"``."""
        return self.meaning.found(*self.seen)

    @property
    def needs(self) -> str:
        """What the condition needs: ``"at most 4"``; empty when `found` says it all."""
        return self.meaning.needs

    @property
    def sentence(self) -> str:
        """Both: ``"sessions left is 6; needs at most 4"``."""
        return f"{self.found}; needs {self.needs}" if self.needs else self.found

    @property
    def saw(self) -> Mapping[str, object]:
        """The values by what they are called: ``{"sessions left": 6}``. Never free text of a patient."""
        return dict(zip(self.meaning.subjects, self.seen, strict=True))
