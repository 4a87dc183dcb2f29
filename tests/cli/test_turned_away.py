"""A line that is turned away says first, and loudly, which risk answers it held: they are on record nowhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.typed_history import kinds
from iptengine.engine.clinic import Clinic
from iptengine.store.port import StoreError

Type = Callable[..., Any]
ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "protocols" / "small.protocol.yaml"
CIRCLE = ROOT / "examples" / "django_clinic" / "protocols" / "circle.protocol.yaml"
DAY = ("--on", "2026-03-03")
SESSION = ("course", "session", "clinic.db", "a", *DAY)
RISK = ("--score", "phq9=18", "--item", "phq9.self_harm=2")
LOUD = (
    "RISK ANSWER NOT RECORDED: PHQ-9 item 9 (thoughts of death or self-harm) is\n"
    "  answered 2 in this line; nothing of it is on record, and no list will show it.\n"
    "  This needs a clinician's assessment today.\n"
)


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Type) -> Type:
    """Types a line, where a course has begun."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPTENGINE_BY", "anna")
    monkeypatch.setenv("IPTENGINE_ROLE", "therapist")
    assert typed("course", "start", "clinic.db", SMALL, "--course", "a", *DAY).code == 0
    return typed


def test_where_the_session_is_on_record_the_line_that_adds_the_scores_is_given(begun: Type) -> None:
    assert begun(*SESSION).code == 0
    told = begun(*SESSION, *RISK)
    line = "iptengine course record clinic.db a read measure=phq9 total=18 answers.self_harm=2 --on 2026-03-03"
    assert (told.code, told.out) == (2, "")
    assert told.err == LOUD + (
        "error: a session of 2026-03-03 is on record (#2); nothing was recorded. If there were two that day, say "
        "--again: it counts as one more. To add the scores to that session, type:\n"
        f"  {line}\n"
    )
    assert kinds(begun) == ["course_started", "session_held"]
    told = begun(*line.split()[1:])
    assert (told.code, told.out.partition("\n")[0]) == (
        0,
        "RISK ALERT: PHQ-9 item 9 (thoughts of death or self-harm) was answered 2 on",
    )
    assert kinds(begun) == ["course_started", "session_held", "reading_taken", "alert_raised"]


def test_scores_without_a_risk_answer_are_given_back_quietly(begun: Type) -> None:
    begun(*SESSION)
    told = begun(*SESSION, "--score", "phq9=3", "--item", "phq9.self_harm=0", "--answers", "phq9=,,,,,,,,,")
    assert told.err.startswith("error: phq9.self_harm is given twice")
    told = begun(*SESSION, "--item", "phq9.self_harm=0")
    assert told.err.startswith("error: a session of 2026-03-03 is on record")
    assert told.err.endswith(
        "  iptengine course record clinic.db a read measure=phq9 answers.self_harm=0 --on 2026-03-03\n"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ("--done", "inventroy"),
        ("--score", "phq8=3"),
        ("--score", "phq9=99"),
        ("--minutes", "long"),
        ("--mintes", "50"),
        ("--why", "ill"),
        ("--on", "2026-02-31"),
        ("--by", ""),
        ("--key", "k" * 61),
    ],
)
def test_whatever_else_is_wrong_with_a_line_its_risk_answer_is_told_first(begun: Type, wrong: tuple[str, ...]) -> None:
    told = begun(*SESSION, "--item", "phq9.self_harm=2", *wrong)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(LOUD)
    assert kinds(begun) == ["course_started"]


@pytest.mark.parametrize(
    "item", ["phq9.item9=2", "phq9.self_ham=2", "phq8.self_harm=2", "mood.self_harm=2", "phq.q9=2"]
)
def test_a_risk_item_is_known_also_by_its_number_or_a_mistyped_name(begun: Type, item: str) -> None:
    told = begun(*SESSION, "--item", item)
    assert (told.code, told.err.startswith(LOUD)) == (2, True)


@pytest.mark.parametrize("answer", ["5", "two", "-1"])
def test_a_risk_answer_that_cannot_be_used_is_told_without_its_words(begun: Type, answer: str) -> None:
    told = begun(*SESSION, "--item", f"phq9.self_harm={answer}")
    assert " ".join(told.err.split()).startswith(
        "RISK ANSWER NOT RECORDED: PHQ-9 item 9 (thoughts of death or self-harm) is answered in a way that cannot be "
        "used in this line;"
    )
    assert "two" not in told.err


@pytest.mark.parametrize("answers", ["phq9=1,1,1,1,1,1,1,1,2", "phq8=1,1,1,1,1,1,1,1,2,"])
def test_the_answers_of_a_form_are_looked_through(begun: Type, answers: str) -> None:
    assert begun(*SESSION, "--answers", answers).err.startswith(LOUD)


@pytest.mark.parametrize(
    "words",
    [
        ("--item", "phq9.self_harm:2"),
        ("--item", "self_harm=2"),
        ("--item", "Self-Harm=2"),
        ("--item", "phq9,self_harm=2"),
        ("--item", "phq9=self_harm=2"),
        ("--item", "self_harm", "2"),
        ("--item", "phq9.self_harm=", "2"),
        ("--item", "phq9.self_harm", "=", "2"),
        ("--item", "PHQ9.self_harm=2"),
        ("--score", "phq9=14,self_harm=2"),
        ("--score", "phq9=14;self_harm=2"),
        ("--answers", "phq9=1;1;1;1;1;1;1;1;2;0"),
        ("--answers", "phq9=1 1 1 1 1 1 1 1 2"),
        ("--answers=phq9:1,1,1,1,1,1,1,1,2,0",),
        ("--answers", "phq9=1,1,1,1,1,1,1,1,self_harm=2"),
        ("--item", "phq9.self_harm=2", "--item", "phq9.self_harm=2"),
    ],
)
def test_a_risk_answer_is_told_once_however_its_line_is_mistyped(begun: Type, words: tuple[str, ...]) -> None:
    told = begun(*SESSION, *words, "--done", "inventroy")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(LOUD)
    assert told.err.count("NOT RECORDED") == 1
    assert kinds(begun) == ["course_started"]


@pytest.mark.parametrize(
    "words",
    [
        "record_session scores.PHQ9.self_harm=2",
        "record_session scores.phq8.self_harm=2",
        "record_session scores.self_harm=2",
        "read measure=phq9 self_harm=2",
        "read measure=phq9 answers=self_harm=2",
        "read measure=phq9 answers=1,1,1,1,1,1,1,1,2,0",
        "read measure=phq9 q9=2",
        "read measure=gad7 self_harm=2",
        "read phq9 self_harm=2",
        "read phq9 self_harm 2",
        "red measure=phq9 answers.self_harm=2",
        "correct event=1 command=read command.measure=phq9 command.answers=self_harm=2",
    ],
)
def test_a_risk_answer_behind_mistyped_fields_is_told_once(begun: Type, words: str) -> None:
    told = begun("course", "record", "clinic.db", "a", *words.split(), *DAY)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(LOUD)
    assert told.err.count("NOT RECORDED") == 1
    assert kinds(begun) == ["course_started"]


def test_a_risk_answer_in_a_word_is_told_without_it_also_where_its_scores_have_parts(begun: Type) -> None:
    told = begun("course", "record", "clinic.db", "a", "record_session", "scores.phq9.self_harm=two", *DAY)
    assert (told.code, told.out) == (2, "")
    assert " ".join(told.err.split()).startswith(
        "RISK ANSWER NOT RECORDED: PHQ-9 item 9 (thoughts of death or self-harm) is answered in a way that cannot be "
        "used in this line; nothing of it is on record, and no list will show it. This needs a clinician's assessment "
        "today. error: "
    )
    assert "two" not in told.err


@pytest.mark.parametrize(
    "words",
    [
        ("--item", "self_harm=0"),
        ("--item", "self_harm", "0"),
        ("--item", "phq9.self_harm:0"),
        ("--answers", "phq9=3;3;3;3;3;3;3;3;0;3"),
        ("--score", "phq9=14,self_harm=0"),
        ("--note", "slept 2 nights: 3 hours, then 4=better", "--minutes", "long"),
    ],
)
def test_however_it_is_mistyped_a_line_without_a_risk_answer_raises_no_alarm(
    begun: Type, words: tuple[str, ...]
) -> None:
    told = begun(*SESSION, *words, "--done", "inventroy")
    assert told.code == 2
    assert "RISK" not in told.err


@pytest.mark.parametrize("item", ["phq9.self_harm=0", "phq9.low_mood=3"])
def test_a_line_without_a_risk_answer_is_refused_as_ever(begun: Type, item: str) -> None:
    told = begun(*SESSION, "--item", item, "--done", "inventroy")
    assert told.err == "error: this course has no task 'inventroy'; did you mean 'inventory'? Nothing was recorded\n"


@pytest.mark.parametrize(
    ("place", "wrong"),
    [(("clinic.db", "b"), "there is no course 'b' in this store\n"), (("clinc.db", "a"), "error: there is no file ")],
)
def test_it_is_told_also_where_the_course_is_not_found(begun: Type, place: tuple[str, ...], wrong: str) -> None:
    told = begun("course", "session", *place, *DAY, *RISK)
    assert told.err.startswith(LOUD + wrong)


def test_a_reading_alone_is_turned_away_as_loudly(begun: Type) -> None:
    told = begun("course", "record", "clinic.db", "a", "read", "measure=phq9", "answers.self_harm=2", "totl=18", *DAY)
    assert (told.code, told.err) == (2, LOUD + "error: read has no field 'totl'; did you mean 'total'?\n")


def test_a_reading_alone_speaks_of_its_own_measure_also_where_no_course_is_found(begun: Type) -> None:
    told = begun("course", "record", "none.db", "a", "read", "measure=phq9", "answers.self_harm=2", *DAY)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(LOUD)
    assert told.err.count("NOT RECORDED") == 1


def test_where_the_store_fails_nobody_knows(begun: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Clinic, "do", full)
    told = begun(*SESSION, *RISK)
    assert (told.code, told.out) == (1, "")
    assert " ".join(told.err.split()) == (
        "RISK ANSWER PERHAPS NOT RECORDED: PHQ-9 item 9 (thoughts of death or self-harm) is answered 2 in this line; "
        "nobody knows whether it is on record: look in `iptengine course history`. This needs a clinician's "
        "assessment today. the disk is full"
    )


# -- of a group --------------------------------------------------------------------------------------------------


GROUP = ("group", "session", "clinic.db", "tuesday", "--on", "2026-01-12")
BOB = ("--score", "bob:phq9=18", "--item", "bob:phq9.self_harm=2")
OF_BOB = LOUD.replace("RECORDED:", "RECORDED (bob):")


@pytest.fixture
def formed(begun: Type) -> Type:
    """Types a line, where three courses are a group."""
    for course in ("ann", "bob", "cem"):
        assert begun("course", "start", "clinic.db", CIRCLE, "--course", course, "--on", "2026-01-05").code == 0
    form = ("group", "form", "clinic.db", "tuesday", "ann", "bob", "cem", "--led-by", "maria", "--on", "2026-01-06")
    assert begun(*form).code == 0
    return begun


@pytest.mark.parametrize("wrong", [("--done", "rulez"), ("--missed", "cem=away"), ("--score", "dee:phq9=3")])
def test_a_line_of_a_group_that_is_turned_away_names_the_course(formed: Type, wrong: tuple[str, ...]) -> None:
    told = formed(*GROUP, *BOB, *wrong)
    assert " ".join(told.err.split()).startswith(" ".join(OF_BOB.split()))
    assert kinds(formed, "bob") == ["course_started", "group_joined"]


@pytest.mark.parametrize(
    "words",
    [
        ("--item", "bob:phq9.self_harm:2"),
        ("--item", "bob:self_harm=2"),
        ("--score", "bob:phq9=18,self_harm=2"),
        ("--answers", "bob:phq9=1;1;1;1;1;1;1;1;2"),
    ],
)
def test_a_mistyped_line_of_a_group_names_the_course(formed: Type, words: tuple[str, ...]) -> None:
    told = formed(*GROUP, *words)
    assert (told.code, told.err.count("NOT RECORDED")) == (2, 1)
    assert " ".join(told.err.split()).startswith(" ".join(OF_BOB.split()))


def test_a_risk_answer_of_a_group_that_names_no_course_is_told_all_the_same(formed: Type) -> None:
    told = formed(*GROUP, "--item", "phq9.self_harm=2")
    assert (told.code, told.err.count("NOT RECORDED")) == (2, 1)
    assert told.err.startswith(LOUD)


def test_where_the_session_of_a_group_is_on_record_the_lines_that_add_the_scores_are_given(formed: Type) -> None:
    assert formed(*GROUP).code == 0
    told = formed(*GROUP, *BOB, "--score", "ann:phq9=4", "--item", "ann:phq9.self_harm=0")
    assert " ".join(told.err.split()).startswith(" ".join(OF_BOB.split()))
    assert told.err.endswith(
        "name this one with --key. To add the scores to that session, type:\n"
        "  iptengine course record clinic.db bob read measure=phq9 total=18 answers.self_harm=2 --on 2026-01-12\n"
        "  iptengine course record clinic.db ann read measure=phq9 total=4 answers.self_harm=0 --on 2026-01-12\n"
    )
    assert "reading_taken" not in kinds(formed, "bob")


# -- a fact ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("No", "fear_at_home takes one of no, yes; did you mean 'no'? Nothing was recorded"),
        ("noo", "fear_at_home takes one of no, yes; did you mean 'no'? Nothing was recorded"),
    ],
)
def test_a_mistyped_value_of_a_fact_is_refused_and_never_kept_as_unanswered(begun: Type, value: str, told: str) -> None:
    answer = begun("course", "record", "clinic.db", "a", "record_fact", "fact=fear_at_home", f"value={value}", *DAY)
    assert (answer.code, answer.out, answer.err) == (2, "", f"error: {told}\n")
    assert kinds(begun) == ["course_started"]


@pytest.mark.parametrize("value", ["Yes", "perhaps"])
def test_a_mistyped_value_of_a_fact_that_may_be_a_risk_is_told_first(begun: Type, value: str) -> None:
    told = begun("course", "record", "clinic.db", "a", "record_fact", "fact=fear_at_home", f"value={value}", *DAY)
    risk, _, error = told.err.partition("error: ")
    assert " ".join(risk.split()).startswith("RISK ANSWER NOT RECORDED: ")
    assert "is answered in a way that cannot be used in this line" in " ".join(risk.split())
    assert error.startswith("fear_at_home takes one of no, yes")
    assert value not in told.err
    assert risk.count("NOT RECORDED") == 1
    assert kinds(begun) == ["course_started"]


FEAR = (
    "RISK ANSWER NOT RECORDED: 'Afraid of someone at home' is answered yes in this line; "
    "nothing of it is on record, and no list will show it. This needs a clinician's assessment today. "
)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("fear_at_home=yes", "error: record_fact has no field 'fear_at_home'"),
        ("fear_at_home value=yes", "error: after record_fact come fields"),
        ("fact=fear_at_home value=yes value=no", "error: 'value' is given twice"),
        ("fact=fear_at_home value=yes --on 2026-02-31", "Usage: "),
        ("fact=fear_at_home valeu=yes", "error: record_fact has no field 'valeu'"),
        ("fct=fear_at_home value=yes", "error: record_fact has no field 'fct'"),
    ],
)
def test_a_risk_fact_in_a_line_that_is_turned_away_is_told_first(begun: Type, words: str, error: str) -> None:
    told = begun("course", "record", "clinic.db", "a", "record_fact", *DAY, *words.split())
    assert told.code == 2
    assert " ".join(told.err.split()).startswith(FEAR + error)
    assert kinds(begun) == ["course_started"]


def test_a_risk_fact_that_the_course_refuses_is_told_first(begun: Type) -> None:
    told = begun("course", "record", "clinic.db", "a", "record_fact", "fact=fear_at_hom", "value=yes", *DAY)
    assert (told.code, " ".join(told.err.split())) == (1, FEAR.strip())
    assert told.out == (
        "nothing was recorded in course a\nrefused: record_fact\n"
        "  unknown_fact: this protocol asks for the facts fear_at_home\n"
    )
    assert kinds(begun) == ["course_started"]


@pytest.mark.parametrize("words", ["fact=fear_at_hom value=no", "fear_at_home=no", "fear_at_home="])
def test_a_fact_that_is_no_risk_is_turned_away_without_an_alarm(begun: Type, words: str) -> None:
    told = begun("course", "record", "clinic.db", "a", "record_fact", *words.split(), *DAY)
    assert "RISK" not in told.err + told.out


def test_a_risk_fact_is_told_also_where_the_course_is_not_found(begun: Type) -> None:
    told = begun("course", "record", "none.db", "a", "record_fact", "fact=fear_at_home", "value=yes", *DAY)
    assert (told.code, told.err.count("NOT RECORDED")) == (2, 1)
    assert " is answered yes in this line; " in " ".join(told.err.split())


def test_a_course_that_does_not_begin_tells_the_risk_fact_it_was_to_begin_with(begun: Type) -> None:
    start = ("course", "start", "clinic.db", SMALL, "--course", "b")
    for fact in ("fear_at_home=Yes", "fear_at_hom=yes"):
        told = begun(*start, "--fact", fact, *DAY)
        assert (told.err + told.out).count("NOT RECORDED") == 1
    told = begun(*start, "--fact", "fear_at_home=yes", "--on", "2026-02-31")
    assert " ".join(told.err.split()).startswith(FEAR)


def test_a_fact_that_was_asked_and_left_unanswered_is_recorded_with_its_alert(begun: Type) -> None:
    told = begun("course", "record", "clinic.db", "a", "record_fact", "fact=fear_at_home", "value=", *DAY)
    assert (told.code, kinds(begun)) == (0, ["course_started", "fact_recorded", "alert_raised"])


def test_a_course_does_not_begin_with_a_mistyped_value_of_a_fact(begun: Type) -> None:
    told = begun("course", "start", "clinic.db", SMALL, "--course", "b", "--fact", "fear_at_home=No", *DAY)
    assert (told.code, told.out) == (2, "")
    assert told.err == "error: fear_at_home takes one of no, yes; did you mean 'no'? Nothing was recorded\n"
    assert begun("course", "history", "clinic.db", "b").code == 1
