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
    assert kinds(begun) == ["course_started"]


def test_a_fact_that_was_asked_and_left_unanswered_is_recorded_with_its_alert(begun: Type) -> None:
    told = begun("course", "record", "clinic.db", "a", "record_fact", "fact=fear_at_home", "value=", *DAY)
    assert (told.code, kinds(begun)) == (0, ["course_started", "fact_recorded", "alert_raised"])


def test_a_course_does_not_begin_with_a_mistyped_value_of_a_fact(begun: Type) -> None:
    told = begun("course", "start", "clinic.db", SMALL, "--course", "b", "--fact", "fear_at_home=No", *DAY)
    assert (told.code, told.out) == (2, "")
    assert told.err == "error: fear_at_home takes one of no, yes; did you mean 'no'? Nothing was recorded\n"
    assert begun("course", "history", "clinic.db", "b").code == 1
