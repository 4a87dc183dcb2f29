"""The shape of a form: fixed words and places to fill, matched word by word from left to right.

A shape is matched in one pass without going back, so the time is linear in the words of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from iptengine.protocol.conditions.comparing import SPELLED, SYNONYMS, Build
from iptengine.protocol.conditions.condition import WORDS, Written
from iptengine.protocol.conditions.names import Mention, Names, Number
from iptengine.protocol.references import KINDS

_PARTS = re.compile(r"[1-9][0-9]{0,2}/[1-9][0-9]?")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,4})?")


class Sentence(NamedTuple):
    """A text in words; `starts` says where in `text` each word begins."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]


def read_sentence(text: str) -> Sentence:
    """The words, names, numbers and operators of a text that was already checked for length and letters."""
    folded = " ".join(text.split())
    found = tuple(WORDS.finditer(folded))
    return Sentence(folded, tuple(m.group() for m in found), tuple(m.start() for m in found))


def read_number(word: str) -> Number | None:
    """A plain decimal number in ASCII digits, or parts of one as in ``1/2``, or none."""
    if _PARTS.fullmatch(word) is not None:
        of, _, parts = word.partition("/")
        return float(Fraction(int(of), int(parts)))
    if _NUMBER.fullmatch(word) is None:
        return None
    value = float(word)
    return int(value) if value.is_integer() else value


class Filled(NamedTuple):
    """What a sentence put into the places of a shape."""

    args: list[str | Number]
    written: list[Written]


class Operator:
    """``OP``: a sign, or the same in words, with or without a leading *is*."""

    spelling = "OP"

    def take(self, sentence: Sentence, at: int, names: Names, filled: Filled) -> int:
        """The place after the operator that begins at word `at`, or -1."""
        words = sentence.words
        led = at < len(words) and words[at] == "is"
        at += led
        if at < len(words) and words[at] in SPELLED:
            op, after = words[at], at + 1
        elif at + 1 < len(words) and (f"{words[at]} {words[at + 1]}") in SYNONYMS:
            op, after = SYNONYMS[f"{words[at]} {words[at + 1]}"], at + 2
        elif at < len(words) and words[at] == "exactly":
            op, after = "=", at + 1
        elif led and at < len(words) and read_number(words[at]) is not None:
            op, after = "=", at
        else:
            return -1
        filled.args.append(op)
        return after


class Numeral:
    """``NUMBER``: digits."""

    spelling = "NUMBER"

    def take(self, sentence: Sentence, at: int, names: Names, filled: Filled) -> int:
        """The place after the number at word `at`, or -1."""
        number = read_number(sentence.words[at]) if at < len(sentence.words) else None
        if number is None:
            return -1
        filled.args.append(number)
        return at + 1


class Choice(NamedTuple):
    """``rose|fell``: one of a few fixed words, handed on."""

    spelling: str
    words: tuple[str, ...]

    def take(self, sentence: Sentence, at: int, names: Names, filled: Filled) -> int:
        """The place after the word chosen, or -1."""
        if at >= len(sentence.words) or sentence.words[at] not in self.words:
            return -1
        filled.args.append(sentence.words[at])
        return at + 1


class Name(NamedTuple):
    """``PHASE``: one name of a kind; `known` may depend on the name before it (the states of a chart)."""

    spelling: str
    kind: str
    known: Callable[[Names, list[str | Number]], Collection[str]]
    owner: Callable[[Names, list[str | Number]], str] = lambda names, args: ""

    @property
    def a(self) -> str:
        """What is wanted, with its article: ``"a phase"``."""
        return KINDS[self.kind].a

    def take(self, sentence: Sentence, at: int, names: Names, filled: Filled) -> int:
        """The place after the name at word `at`, or -1."""
        if at >= len(sentence.words) or sentence.words[at] not in self.known(names, filled.args):
            return -1
        return self.fill(sentence.words[at], at, names, filled)

    def fill(self, word: str, at: int, names: Names, filled: Filled) -> int:
        """Note the name at word `at`; the place after it."""
        mention = Mention(self.kind, word, self.owner(names, filled.args))
        filled.args.append(word)
        filled.written.append(Written(at, at + 1, (mention,)))
        return at + 1


class Dotted(NamedTuple):
    """``MEASURE.ITEM``: two names in one word."""

    spelling: str
    whole: Name
    part: Name

    def take(self, sentence: Sentence, at: int, names: Names, filled: Filled) -> int:
        """The place after the two names at word `at`, or -1."""
        if at >= len(sentence.words):
            return -1
        first, dot, second = sentence.words[at].partition(".")
        if not dot or first not in self.whole.known(names, filled.args):
            return -1
        return self.fill(first, second, at, filled) if second in self.part.known(names, [first]) else -1

    def fill(self, first: str, second: str, at: int, filled: Filled) -> int:
        """Note both names; the place after them."""
        mentions = (Mention(self.whole.kind, first), Mention(self.part.kind, second, first))
        filled.args.extend((first, second))
        filled.written.append(Written(at, at + 1, mentions))
        return at + 1


class Rest:
    """``VALUE``: a value of the fact before it, of one or several words, up to the end of the sentence.

    Whether the fact has such a value is for the form to say, which knows the fact's kind.
    """

    spelling = "VALUE"

    def take(self, sentence: Sentence, at: int, names: Names, filled: Filled) -> int:
        """The end of the sentence, or -1 when nothing is left."""
        if at >= len(sentence.words):
            return -1
        value = sentence.text[sentence.starts[at] :]
        end = len(sentence.words)
        filled.written.append(Written(at, end, (Mention("value", value, str(filled.args[-1])),)))
        filled.args.append(value)
        return end


Slot = Operator | Numeral | Choice | Name | Dotted | Rest
Step = str | Slot


def _parent(names: Names, args: list[str | Number]) -> str:
    return str(args[-1])


def _stage_owner(names: Names, args: list[str | Number]) -> str:
    return str(args[-1]) if args else names.scope_area


def _stages(names: Names, args: list[str | Number]) -> Collection[str]:
    return names.areas.get(_stage_owner(names, args), ())


def _items(names: Names, args: list[str | Number]) -> Collection[str]:
    measure = names.measures.get(str(args[-1]))
    return measure.items if measure else ()


def _rules(names: Names, args: list[str | Number]) -> Collection[str]:
    measure = names.measures.get(str(args[-1]))
    return measure.rules if measure else ()


def _bands(names: Names, args: list[str | Number]) -> Collection[str]:
    measure = names.measures.get(str(args[-1]))
    return measure.bands if measure else ()


MEASURE = Name("MEASURE", "measure", lambda names, args: names.measures)
CHECKLIST = Name("CHECKLIST", "checklist", lambda names, args: names.checklists)
ITEM = Name("ITEM", "item", _items, _parent)
QUESTION = Name(
    "QUESTION",
    "question",
    lambda names, args: names.checklists.get(str(args[-1]), ()),
    _parent,
)

NAME_SLOTS: tuple[Name, ...] = (
    Name("PHASE", "phase", lambda names, args: names.phases),
    Name("AREA", "area", lambda names, args: names.areas),
    Name("STAGE", "stage", _stages, _stage_owner),
    Name("CHART", "chart", lambda names, args: names.charts),
    Name("STATE", "state", lambda names, args: names.charts.get(str(args[-1]), ()), _parent),
    Name("TASK", "task", lambda names, args: names.tasks),
    Name("TECHNIQUE", "technique", lambda names, args: names.techniques),
    MEASURE,
    Name("RULE", "rule", _rules, _parent),
    Name("BAND", "band", _bands, _parent),
    CHECKLIST,
    Name("FACT", "fact", lambda names, args: names.facts),
    Name("CONTACT", "contact", lambda names, args: names.contacts),
    Name("PARTICIPANT", "participant", lambda names, args: names.participants),
    Name("ALERT", "alert", lambda names, args: names.alerts),
    Name("APPROVAL", "approval", lambda names, args: names.approvals),
    Name("PAUSE", "pause", lambda names, args: names.pauses),
    Name("STATUS", "status", lambda names, args: names.statuses),
    Name("COMPONENT", "component", lambda names, args: names.components),
    Name("SESSION", "session", lambda names, args: names.sessions),
    Name("TOPIC", "topic", lambda names, args: names.topics),
    Name("OUTCOME", "outcome", lambda names, args: names.outcomes),
)

SLOTS: dict[str, Slot] = {
    **{slot.spelling: slot for slot in NAME_SLOTS},
    "OP": Operator(),
    "NUMBER": Numeral(),
    "VALUE": Rest(),
    "MEASURE.ITEM": Dotted("MEASURE.ITEM", MEASURE, ITEM),
    "CHECKLIST.QUESTION": Dotted("CHECKLIST.QUESTION", CHECKLIST, QUESTION),
}


def _step(word: str) -> Step:
    if word in SLOTS:
        return SLOTS[word]
    return Choice(word, tuple(word.split("|"))) if "|" in word else word


@dataclass(frozen=True, slots=True)
class Shape:
    """One form of the closed list.

    Attributes:
        pattern: Fixed words in lower case, places to fill in capitals, ``a|b`` for one of two words.
        about: What it says, for a person who writes a protocol.
        build: The meaning, given the protocol's names and what stands in each place.
        sample: What stands for ``OP NUMBER`` in the example: ``"<= 4"``.
        scope: ``"focus"`` for a form that speaks of the focus at hand.
    """

    pattern: str
    about: str
    build: Build
    sample: str = ">= 2"
    scope: str = "course"
    steps: tuple[Step, ...] = field(init=False)
    fixed: int = field(init=False)

    def __post_init__(self) -> None:
        steps = tuple(_step(word) for word in self.pattern.replace("%", " % ").split())
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "fixed", sum(isinstance(step, str | Choice) for step in steps))


def match(shape: Shape, sentence: Sentence, names: Names) -> Filled | None:
    """What the sentence puts into the places of the shape; none when it is of another shape."""
    filled = Filled([], [])
    words = sentence.words
    at = 0
    for step in shape.steps:
        if isinstance(step, str):
            at = at + 1 if at < len(words) and words[at] == step else -1
        else:
            at = step.take(sentence, at, names, filled)
        if at < 0:
            return None
    return filled if at == len(words) else None
