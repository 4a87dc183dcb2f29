"""Sentences that are conditions, sentences that are not, and what an author is told about those."""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from typing import get_origin, get_type_hints

import pytest
from condition_world import ADULT, DISPUTE, FakeCourse
from hypothesis import given, settings
from hypothesis import strategies as st

from iptengine.protocol.conditions import (
    LONGEST,
    Condition,
    FactNames,
    Facts,
    Mention,
    Names,
    Problem,
    compile_condition,
    forms,
)
from iptengine.protocol.truth import Truth


def condition(text: str, names: Names = ADULT) -> Condition:
    found = compile_condition(text, names)
    assert isinstance(found, Condition), found
    return found


def refused(text: str, names: Names = ADULT) -> Problem:
    found = compile_condition(text, names)
    assert isinstance(found, Problem), found
    return found


TOLD = (
    # A name that is not there
    (
        "phase is midle",
        "condition-unknown-name",
        "'midle' is not a phase of this protocol",
        "did you mean 'middle'?",
    ),
    (
        "phase is grief",
        "condition-unknown-name",
        "'grief' is a problem area, not a phase",
        "choose one of 'initial', 'middle', 'termination'",
    ),
    (
        "phq8 >= 10",
        "condition-unknown-name",
        "'phq8' is not a measure or a fact of this protocol",
        "did you mean 'phq9'?",
    ),
    (
        "phq9.selfharm >= 1",
        "condition-unknown-name",
        "'selfharm' is not an item of 'phq9'",
        "did you mean 'self_harm'?",
    ),
    (
        "room is not chiar",
        "condition-unknown-name",
        "'chiar' is not a value of 'room'",
        "did you mean 'chair'?",
    ),
    (
        "stage of grief is impasse",
        "condition-unknown-name",
        "'impasse' is not a stage of 'grief'",
        "'grief' has none",
    ),
    (
        "session >= 12",
        "condition-unknown-name",
        "'session' alone is not a count",
        "say which: 'sessions used', 'sessions held', 'sessions left' or 'next session'",
    ),
    # A comparison that makes no sense
    (
        "sessions left < 0",
        "condition-never",
        "'sessions left < 0' can never hold: sessions left is 0 to 20",
        "write a number from 1 to 20",
    ),
    (
        "sessions used > 20",
        "condition-never",
        "'sessions used > 20' can never hold: sessions used is 0 to 20",
        "write a number from 0 to 19",
    ),
    (
        "phq9 >= 28",
        "condition-never",
        "'phq9 >= 28' can never hold: phq9 is 0 to 27",
        "write a number from 1 to 27",
    ),
    (
        "phq9 = 28",
        "condition-never",
        "'phq9 = 28' can never hold: phq9 is 0 to 27",
        "write a number from 0 to 27",
    ),
    (
        "phq9.self_harm > 3",
        "condition-never",
        "'phq9.self_harm > 3' can never hold: phq9.self_harm is 0 to 3",
        "write a number from 0 to 2",
    ),
    (
        "phq9 < 0 in 2 readings in a row",
        "condition-never",
        "'phq9 < 0' can never hold: phq9 is 0 to 27",
        "write a number from 1 to 27",
    ),
    (
        "phq9 fell by 40 or more since the start",
        "condition-never",
        "phq9 can never have changed by 40: it runs from 0 to 27",
        "write a number from 1 to 27",
    ),
    (
        "phq9 fell by 101 % or more since the start",
        "condition-never",
        "phq9 can never have fallen by 101 %: no score falls by more than all of it",
        "write a number from 1 to 100",
    ),
    (
        "inventory was done by session 21",
        "condition-never",
        "the session cannot be 21",
        "write a whole number from 1 to 20",
    ),
    (
        "days since birth < 0",
        "condition-never",
        "'days since birth < 0' can never hold: days since birth is 0 or more",
        "write 1 or more",
    ),
    (
        "phq9 >= 0",
        "condition-always",
        "'phq9 >= 0' always holds: phq9 is 0 to 27",
        "write a number from 1 to 27; to ask whether there is a reading, write 'readings of phq9 >= 1'",
    ),
    (
        "sessions left <= 20",
        "condition-always",
        "'sessions left <= 20' always holds: sessions left is 0 to 20",
        "write a number from 0 to 19",
    ),
    (
        "phq9 >= 2.5",
        "condition-type",
        "phq9 is a whole number and cannot be compared with 2.5",
        "write a whole number, such as 2",
    ),
    ("phq9 >= ten", "condition-type", "'ten' is not a number", "write a plain number in digits, such as 10"),
    (
        "phq9 >= 10 in 1 readings in a row",
        "condition-never",
        "the number of readings in a row cannot be 1",
        "write a whole number from 2 to 20",
    ),
    (
        "room >= 2",
        "condition-type",
        "'room' is one of 'chair', 'private room', 'phone'; it cannot be compared with 2",
        "write 'room is chair'",
    ),
    (
        "remark is hello",
        "condition-type",
        "'remark' is free text; it cannot be one of a few values",
        "only 'remark is recorded' can be asked",
    ),
    # Another language
    (
        "phq9 >= 10 and room is chair",
        "condition-joined",
        "a line holds one condition, without 'and', 'or' or a leading 'not'",
        "write all: / any: / not: with one condition a line",
    ),
    (
        "not (phq9 >= 10)",
        "condition-joined",
        "a line holds one condition, without 'and', 'or' or a leading 'not'",
        "write all: / any: / not: with one condition a line",
    ),
    ("phq9 == 10", "condition-unknown", "'==' is not a comparison", "write ="),
    ("phq9 below 10", "condition-unknown", "'below' is not a comparison", "write less than"),
    ("", "condition-unknown", "the condition is empty", "write what must hold, or leave the line out"),
    (
        "grief is a focuss",
        "condition-unknown",
        "'grief is a focuss' is not a form of condition",
        "the nearest are 'grief is a focus', 'a focus is agreed', 'the course is in a group'",
    ),
    (
        "all tasks are done",
        "condition-unknown",
        "'all tasks are done' is not a form of condition",
        "the nearest are 'all must tasks are done', 'a risk alert is open', 'a focus is agreed'",
    ),
    (
        "stage is impasse",
        "condition-scope",
        "'stage is STAGE' speaks of the focus at hand and has a meaning only inside a problem area",
        "name the problem area: 'stage of AREA is STAGE'",
    ),
    # Letters
    ("phq9 ≥ 10", "condition-letter", "'≥' (U+2265) after 'phq9 ' cannot stand in a condition", "write >="),
    ("phq9 >= １０", "condition-letter", "'１' (U+FF11) after 'phq9 >= ' cannot stand in a condition", "write 1"),
    (
        "ph\u200bq9 >= 10",
        "condition-letter",
        "there is an invisible character (U+200B) after 'ph'",
        "delete it and type on",
    ),
    ("1\n2", "condition-letter", "a condition is one line; this one breaks after '1'", "write it on one line"),
    (
        "a" * 301,
        "condition-too-long",
        "a condition has at most 300 characters; this one has 301",
        "write several conditions, one a line, under 'all:' or 'any:'",
    ),
)


@pytest.mark.parametrize(("text", "code", "message", "hint"), TOLD)
def test_an_author_is_told_what_is_wrong_and_what_to_write(text: str, code: str, message: str, hint: str) -> None:
    assert refused(text) == Problem(code, message, hint)


@pytest.mark.parametrize(
    "text", ["stage is set", "stage is not impasse", "sessions in this stage >= 2", "days in this stage >= 28"]
)
def test_the_focus_at_hand_can_be_spoken_of_only_inside_a_problem_area(text: str) -> None:
    assert condition(text, DISPUTE).text == text
    assert refused(text).code == "condition-scope"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("sessions left at most 4", "sessions left <= 4"),
        ("sessions left is at most 4", "sessions left <= 4"),
        ("sessions left less than 4", "sessions left < 4"),
        ("sessions left fewer than 4", "sessions left < 4"),
        ("sessions left at least 4", "sessions left >= 4"),
        ("sessions left more than 4", "sessions left > 4"),
        ("sessions left exactly 4", "sessions left = 4"),
        ("sessions left is 4", "sessions left = 4"),
        ("  sessions   left<=4 ", "sessions left <= 4"),
    ],
)
def test_a_comparison_in_words_answers_like_the_sign(written: str, canonical: str) -> None:
    for left in (None, 3, 4, 5):
        facts = FakeCourse(sessions_left=left)
        assert condition(written).explain(facts).sentence == condition(canonical).explain(facts).sentence
        assert condition(written).answer(facts) is condition(canonical).answer(facts)


def test_a_name_that_two_things_share_is_told_when_a_sentence_could_mean_either() -> None:
    shared = replace(ADULT, facts={"role_play": FactNames("one_of", values=("is", "done"))}, tasks=("role_play",))
    assert refused("role_play is done", shared) == Problem(
        "condition-ambiguous",
        "'role_play is done' can be read as 'TASK is done' and as 'FACT is VALUE'",
        "give one of the two things another name",
    )
    assert condition("role_play was used", shared).text == "role_play was used"


def test_a_value_that_reads_like_a_negation_is_not_guessed() -> None:
    names = Names(facts={"status": FactNames("one_of", values=("known", "not known"))})
    assert refused("status is not known", names).code == "condition-ambiguous"
    only = Names(facts={"status": FactNames("one_of", values=("seen", "not known"))})
    assert condition("status is not known", only).mentions == {
        Mention("fact", "status"),
        Mention("value", "not known", of="status"),
    }


def test_a_condition_knows_every_name_it_refers_to() -> None:
    assert condition("phq9.self_harm >= 1").mentions == {
        Mention("measure", "phq9"),
        Mention("item", "self_harm", of="phq9"),
    }
    assert condition("stage is impasse", DISPUTE).mentions == {Mention("stage", "impasse", of="role_dispute")}
    assert condition("a focus is agreed").mentions == frozenset()


def test_a_renamed_name_is_replaced_where_it_stands_and_nowhere_else() -> None:
    names = {
        Mention("measure", "phq9"): "phq",
        Mention("item", "self_harm", of="phq9"): "item_9",
        Mention("value", "private room", of="room"): "side room",
        Mention("area", "grief"): "loss",
    }
    assert condition("phq9.self_harm>=1").renamed(names) == "phq.item_9>=1"
    assert condition("room is private room").renamed(names) == "room is side room"
    assert condition("grief is a focus").renamed(names) == "loss is a focus"
    assert condition("a focus is agreed").renamed(names) == "a focus is agreed"


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.pattern)
def test_every_form_gives_examples_in_the_protocols_own_names_that_compile(form) -> None:  # type: ignore[no-untyped-def]
    examples = form.examples(DISPUTE)
    assert examples
    for example in examples:
        assert condition(example, DISPUTE).text == example
        assert condition(example, DISPUTE).renamed({}) == example


def test_a_protocol_is_offered_only_forms_it_has_names_for() -> None:
    tiny = {form.pattern for form in forms(Names(phases=("only",), tasks=("talk",)))}
    assert "TASK is done" in tiny
    assert "phase is PHASE" in tiny
    assert not [pattern for pattern in tiny if "MEASURE" in pattern or "AREA" in pattern]
    assert "stage is STAGE" not in {form.pattern for form in forms(ADULT)}


class NothingKnown:
    """A course about which nothing is recorded and nothing is known: no count above 0, no answer."""

    open_must_tasks = ("diagnose", "inventory")

    def __getattr__(self, name: str) -> object:
        asked = vars(Facts)[name]
        if isinstance(asked, property):
            return self._nothing(get_type_hints(asked.fget)["return"])
        return lambda *names: self._nothing(get_type_hints(asked)["return"])

    @staticmethod
    def _nothing(answer: object) -> object:
        if answer is int:
            return 0
        return () if get_origin(answer) is tuple else None


ASK_FOR_WHAT_IS_NOT_THERE = {
    "MEASURE is missing",
    "MEASURE.ITEM is missing",
}


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.pattern)
def test_what_nobody_knows_opens_no_way(form) -> None:  # type: ignore[no-untyped-def]
    """Law 2; but for the two forms that ask whether something is missing."""
    facts = NothingKnown()
    answers = set()
    for example in form.examples(DISPUTE):
        answers.add(condition(example, DISPUTE).answer(facts))  # type: ignore[arg-type]
    assert (Truth.YES in answers) == (form.pattern in ASK_FOR_WHAT_IS_NOT_THERE)


TOTALS = st.none() | st.integers(0, 27)


@given(seen=st.lists(TOTALS, max_size=6), limit=st.integers(1, 27), run=st.integers(2, 4))
def test_a_run_of_readings_is_broken_only_by_a_total_that_is_known(
    seen: list[int | None], limit: int, run: int
) -> None:
    facts = FakeCourse(readings={"phq9": tuple(seen)})
    answer = condition(f"phq9 < {limit} in {run} readings in a row").answer(facts)
    last = seen[-run:]
    broken = any(total is not None and total >= limit for total in last)
    complete = len(last) == run and None not in last
    assert answer is (Truth.NO if broken else Truth.YES if complete else Truth.UNKNOWN)


@given(
    op=st.sampled_from(["<", "<=", "=", ">=", ">"]),
    number=st.integers(-3, 31),
    low=st.integers(0, 5),
    span=st.integers(1, 24),
)
def test_a_comparison_is_refused_exactly_when_no_value_or_every_value_fits(
    op: str, number: int, low: int, span: int
) -> None:
    high = low + span
    names = Names(facts={"n": FactNames("number", low=low, high=high)})
    found = compile_condition(f"n {op} {number}", names)
    fits = {fits_the_operator(op, value, number) for value in range(low, high + 1)}
    expected = {frozenset({True}): "condition-always", frozenset({False}): "condition-never"}.get(frozenset(fits))
    assert (found.code if isinstance(found, Problem) else None) == expected


def fits_the_operator(op: str, value: int, number: int) -> bool:
    return {
        "<": value < number,
        "<=": value <= number,
        "=": value == number,
        ">=": value >= number,
        ">": value > number,
    }[op]


WORDS = st.sampled_from(
    [
        *sorted({word for form in forms() for example in form.examples(DISPUTE) for word in example.split()}),
        *("and", "or", "not", "(", ")", "==", "{{", "%", "-1", "1e9", "phq9.x", ".", "x.", "\u200b", "１", "\n"),
    ]
)


@given(st.text(max_size=320) | st.lists(WORDS, max_size=14).map(" ".join))
@settings(max_examples=150)
def test_no_text_makes_the_compiler_raise(text: str) -> None:
    for names in (ADULT, DISPUTE, Names()):
        found = compile_condition(text, names)
        assert isinstance(found, Condition) or (found.code.startswith("condition-") and found.message)


@given(st.lists(WORDS, max_size=14).map(" ".join))
@settings(max_examples=150)
def test_a_condition_that_is_said_to_be_always_known_is(text: str) -> None:
    found = compile_condition(text, DISPUTE)
    if isinstance(found, Condition) and not found.can_be_unknown:
        assert found.answer(FakeCourse()) is not Truth.UNKNOWN
    else:
        assert isinstance(found, Problem) or found.can_be_unknown


@pytest.mark.parametrize("piece", ["not ", "(", "a ", "1", "phq9 >= 1 ", "\u0301", "<", "is is "])
def test_eighty_thousand_characters_are_refused_at_once(piece: str) -> None:
    text = piece * (80_000 // len(piece))
    began = process_time()
    assert refused(text).code == "condition-too-long"
    assert process_time() - began < 0.5


@pytest.mark.parametrize("piece", ["not ", "( ", "a ", "1 ", "phq9 >= 1 ", "< ", "is is ", "a.b.c."])
def test_the_longest_line_that_is_read_at_all_is_answered_soon(piece: str) -> None:
    began = process_time()
    assert refused((piece * LONGEST)[:LONGEST]).code.startswith("condition-")
    assert process_time() - began < 1


ESCAPES = (
    "total.real",
    "(await 1)",
    "True + True >= 2",
    "breakpoint()",
    "().__class__.__bases__[0].__subclasses__()",
    "{x: 1 for x in (1,2)}",
    "phq9 / 0",
    "__builtins__",
    "eval('1')",
    "phq9 >= float('nan')",
    "phq9 >= nan",
    "phq9 >= inf",
    "phq9 >= None",
    "phq9 >= 0x10",
    "phq9 >= 1_0",
    "phq9 >= 1e1",
    "phq9 >= 010",
    "phq9 >= 10²",
    "phq9 >= 10.",
    "phq9 in (1, 2)",
    "phq9 is not None",
    "items['__class__']",
    "'{0.__class__}'.format(1)",
    'f"{1:1000000000d}"',
    "__import__('os').system('true')",
    "[0] * 10**9",
    "{{ 7*7 }}",
    "(x := 1)",
    "phq9 >= 10\u202e",
    "phq9 \\\n >= 10",
    "phq9 >=",
    "phq9 10",
    "item_99 >= 1",
)


@pytest.mark.parametrize("text", ESCAPES)
def test_code_is_not_a_condition(text: str) -> None:
    assert refused(text).code.startswith("condition-")


def test_compiling_stays_quick_in_a_protocol_with_hundreds_of_names() -> None:
    many = replace(
        ADULT,
        tasks=tuple(f"task_{n}" for n in range(200)),
        measures={**ADULT.measures, **{f"measure_{n}": ADULT.measures["phq9"] for n in range(200)}},
    )
    for text in ("sessions left <= 4", "measure_199 >= 10", "task_199 is done", "room is private room"):
        quickest = min(_seconds(text, many) for _ in range(30))
        assert quickest < 0.000_5, text


def _seconds(text: str, names: Names) -> float:
    began = process_time()
    condition(text, names)
    return process_time() - began


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("inventory is not done", "write 'not:', and under it, with a name of its own, 'inventory is done'"),
        ("inventory was not done", "write 'not:', and under it, with a name of its own, 'inventory was done'"),
    ],
)
def test_a_sentence_with_a_not_in_it_is_shown_where_the_not_goes(text: str, hint: str) -> None:
    found = compile_condition(text, ADULT)
    assert isinstance(found, Problem)
    assert (found.message, found.hint) == (f"'{text}' is not a form of condition", hint)


def test_not_recorded_points_at_the_not_and_never_at_the_value_none() -> None:
    fact = next(name for name, names in ADULT.facts.items() if names.kind == "one_of")
    found = compile_condition(f"{fact} is not recorded", ADULT)
    assert isinstance(found, Problem)
    assert found.hint == f"for 'nobody recorded it' write 'not:' above '{fact} is recorded'"
