"""A condition of a protocol beside the lambda somebody would write by hand, and beside expression engines.

Four sentences of the adult protocol's kind, asked of a course whose values are at hand, so that what is measured is
the condition and not the adding up of sessions. Everybody reads the same values and says unknown for the same ones;
the engines get theirs in a form they need not convert, parsed or compiled beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from benchmarks.frame import Bench, Contender, Goal, Round, Unfair, timed
from iptengine.protocol.conditions import Condition, Facts, MeasureNames, Names, compile_condition
from iptengine.protocol.truth import Truth

NAMES = Names(
    phases=("initial", "middle", "ending"),
    tasks=("inventory",),
    measures={"phq9": MeasureNames(low=0, high=27)},
    sessions_max=16,
)
SENTENCES = ("sessions left <= 4", "phase is middle", "inventory is done", "phq9 < 10")
REPEATS = 1000


@dataclass
class AtHand:
    """What a course knows, already worked out; no reading was taken yet."""

    sessions_left: int | None = 3
    phase: str = "middle"
    totals: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=lambda: {"inventory": 1})

    def total(self, measure: str) -> int | None:
        return self.totals.get(measure)

    def task_count(self, task: str) -> int:
        return self.counts.get(task, 0)


COURSE = AtHand()
ANSWERS = (True, True, True, None)
LAMBDAS: tuple[Callable[[AtHand], bool | None], ...] = (
    lambda course: None if (left := course.sessions_left) is None else left <= 4,
    lambda course: course.phase == "middle",
    lambda course: course.task_count("inventory") > 0,
    lambda course: None if (total := course.total("phq9")) is None else total < 10,
)
EXPRESSIONS = ("sessions_left <= 4", "phase == 'middle'", "done_inventory > 0", "phq9 < 10")
"""The same for engines without an unknown: the last one is asked of a score of 12, as they cannot compare nothing."""
VALUES: Mapping[str, object] = {"sessions_left": 3, "phase": "middle", "done_inventory": 1, "phq9": 12}
ANSWERS_WITHOUT_UNKNOWN = (True, True, True, False)


def _asked(ask: tuple[Callable[[Any], object], ...], of: object, repeats: int = REPEATS) -> Round:
    def work() -> None:
        for _ in range(repeats):
            for each in ask:
                each(of)

    return timed(work, repeats * len(ask))


def _same(found: tuple[object, ...], wanted: tuple[bool | None, ...] = ANSWERS) -> None:
    if tuple(found) != wanted:
        raise Unfair(f"it answers {found} instead of {wanted}")


def _conditions() -> tuple[Condition, ...]:
    found = tuple(compile_condition(text, NAMES) for text in SENTENCES)
    return tuple(each for each in found if isinstance(each, Condition))


_PLAIN = {Truth.YES: True, Truth.NO: False, Truth.UNKNOWN: None}


def _answer() -> Round:
    facts = cast(Facts, COURSE)
    conditions = _conditions()
    _same(tuple(_PLAIN[each.answer(facts)] for each in conditions))
    return _asked(tuple(each.answer for each in conditions), facts)


def _explained() -> Round:
    facts = cast(Facts, COURSE)
    conditions = _conditions()
    _same(tuple(_PLAIN[each.explain(facts).answer] for each in conditions))
    return _asked(tuple(each.explain for each in conditions), facts)


def _read_aloud() -> Round:
    facts = cast(Facts, COURSE)
    asked = tuple(_sentence(each) for each in _conditions())
    if "sessions left is 3" not in asked[0](facts):
        raise Unfair("it does not say what it saw")
    return _asked(asked, facts, REPEATS // 10)


def _sentence(condition: Condition) -> Callable[[Facts], str]:
    return lambda facts: condition.explain(facts).sentence


def _by_hand() -> Round:
    _same(tuple(each(COURSE) for each in LAMBDAS))
    return _asked(LAMBDAS, COURSE)


def _simpleeval() -> Round:
    from simpleeval import SimpleEval  # type: ignore[import-untyped,unused-ignore]

    evaluator = SimpleEval(names=dict(VALUES))
    asked = tuple(_parsed(evaluator, text) for text in EXPRESSIONS)
    _same(tuple(each(VALUES) for each in asked), ANSWERS_WITHOUT_UNKNOWN)
    return _asked(asked, VALUES, REPEATS // 20)


def _parsed(evaluator: Any, text: str) -> Callable[[Any], object]:
    parsed = evaluator.parse(text)
    return lambda _: evaluator.eval(text, previously_parsed=parsed)


def _jinja() -> Round:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment()
    asked = tuple(environment.compile_expression(text) for text in EXPRESSIONS)
    _same(tuple(each(VALUES) for each in asked), ANSWERS_WITHOUT_UNKNOWN)
    return _asked(asked, VALUES, REPEATS // 20)


def _cel() -> Round:
    import celpy
    from celpy.adapter import json_to_cel

    environment = celpy.Environment()
    programs = tuple(environment.program(environment.compile(text)) for text in EXPRESSIONS)
    values: Any = json_to_cel(dict(VALUES))
    _same(tuple(bool(each.evaluate(values)) for each in programs), ANSWERS_WITHOUT_UNKNOWN)
    return _asked(tuple(each.evaluate for each in programs), values, REPEATS // 100)


PEERS = (
    Contender("simpleeval", _simpleeval, needs="simpleeval"),
    Contender("compile_expression", _jinja, needs="Jinja2"),
    Contender("CEL", _cel, needs="cel-python"),
)
BASE = Contender("hand-written lambda", _by_hand)

BENCHES = (
    Bench(
        what="condition: the answer",
        goal=Goal(1.5),
        ours=Contender("iptengine answer", _answer),
        base=BASE,
        peers=PEERS,
    ),
    Bench(
        what="condition: the answer with its reasons",
        goal=Goal(4.0),
        ours=Contender("iptengine explain", _explained),
        base=BASE,
        peers=(Contender("iptengine explain, read as a sentence", _read_aloud),),
    ),
)
