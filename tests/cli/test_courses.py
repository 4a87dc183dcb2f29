"""A course is kept from the shell: what is typed, what came of it, and how it ends."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.typed_history import kinds
from iptengine.store.sql.opening import open_store

Type = Callable[..., Any]
"""Types a command line; what came of it has `code`, `out` and `err`."""
SMALL = Path(__file__).parents[1] / "protocols" / "small.protocol.yaml"
FIRST = ("--on", "2026-03-03")
SECOND = ("--on", "2026-03-10")
ALERT = (
    "RISK ALERT: PHQ-9 item 9 (thoughts of death or self-harm) was answered 1 on\n"
    "  2026-03-10. This needs a clinician's assessment today.\n"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, and a therapist who says once who she is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPTENGINE_BY", "anna")
    monkeypatch.setenv("IPTENGINE_ROLE", "therapist")
    return tmp_path


@pytest.fixture
def begun(here: Path, typed: Type) -> Type:
    """Types a line, where a course has begun."""
    assert typed("course", "start", "clinic.db", SMALL, "--course", "a", "--called", "A. R.", *FIRST).code == 0
    return typed


def last(typed: Type) -> dict[str, object]:
    found = json.loads(typed("course", "history", "clinic.db", "a", "--format", "json").out)[-1]
    assert isinstance(found, dict)
    return found


# -- beginning ---------------------------------------------------------------------------------------------------


def test_a_course_begins_and_what_was_recorded_is_said(here: Path, typed: Type) -> None:
    start = ("course", "start", "clinic.db", SMALL, "--course", "a", "--called", "A. R.")
    told = typed(*start, "--fact", "fear_at_home=no", *FIRST)
    assert (told.code, told.err) == (0, "")
    assert told.out == (
        "recorded in course a, 2 events:\n"
        "  1  2026-03-03  course started: protocol ipt-small@1.0.0, phase opening,\n"
        "                 frequency 1 a week, minutes 50, missed keep\n"
        "  2  2026-03-03  fact recorded: fact fear_at_home\n"
    )


def test_a_course_of_the_same_id_is_not_begun_twice(begun: Type) -> None:
    told = begun("course", "start", "clinic.db", SMALL, "--course", "a", *FIRST)
    assert (told.code, told.out) == (1, "")
    assert told.err == "a course of that id has begun already; choose another id, or leave it out\n"


def test_nobody_records_without_saying_who(here: Path, typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IPTENGINE_ROLE")
    told = typed("course", "start", "clinic.db", SMALL, "--course", "a")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "error: say who records this: --by ID --role ROLE, or IPTENGINE_BY and IPTENGINE_ROLE in the environment\n"
    )
    assert not (here / "clinic.db").exists()


def test_a_mistyped_store_is_never_made_by_what_is_recorded_in_it(begun: Type, here: Path) -> None:
    told = begun("course", "session", "clinc.db", "a")
    assert (told.code, told.err) == (2, f"error: there is no file {here / 'clinc.db'}\n")
    assert not (here / "clinc.db").exists()


def test_a_mistyped_course_is_told(begun: Type) -> None:
    told = begun("course", "session", "clinic.db", "b", *SECOND)
    assert (told.code, told.out, told.err) == (1, "", "there is no course 'b' in this store\n")


def test_what_is_no_id_is_not_repeated(begun: Type) -> None:
    told = begun("course", "session", "clinic.db", "Ada R.", *SECOND)
    assert (told.code, told.err) == (1, "there is no course of that id in this store\n")
    told = begun("group", "members", "clinic.db", "Ada R.", *SECOND)
    assert (told.code, told.err) == (1, "there is no group of that name in this store\n")


def test_a_course_under_way_is_taken_over_without_an_invented_past(here: Path, typed: Type) -> None:
    told = typed(
        "course", "adopt", "clinic.db", "ipt-adult", "--phase", "middle", "--used", "6", "--focus", "grief",
        "--course", "a", *FIRST,
    )  # fmt: skip
    assert (told.code, told.err) == (0, "")
    assert told.out == (
        "recorded in course a, 3 events:\n"
        "  1  2026-03-03  course adopted: protocol ipt-adult@1.0.0, phase middle,\n"
        "                 sessions used 6, frequency 1 a week, minutes 50, missed keep\n"
        "  2  2026-03-03  focus agreed: focus grief, area grief, primary yes\n"
        "  3  2026-03-03  task logged: task agree_focus, phase middle\n"
    )
    wrong = typed("course", "adopt", "clinic.db", "ipt-adult", "--phase", "midle", "--used", "6", *FIRST)
    assert (wrong.code, wrong.out.splitlines()[0]) == (1, "refused: adopt")


def test_a_course_follows_another_and_typed_again_nothing_is_recorded_twice(begun: Type) -> None:
    follow = ("course", "follow", "clinic.db", "a", SMALL, "--new", "b", *SECOND)
    told = begun(*follow)
    assert (told.code, told.err) == (1, "")
    assert told.out == (
        "refused: follow\n"
        "  not_ended: the course it is to follow has not ended\n"
        '  To go on all the same, say why: the same line with --because "…"\n'
    )
    told = begun(*follow, "--because", "she moves")
    assert told.code == 0
    assert "follows course a, protocol ipt-small@1.0.0" in " ".join(told.out.split())
    assert kinds(begun)[-1] == "course_followed"
    before = kinds(begun, "b")
    again = begun(*follow, "--because", "she moves")
    assert (again.code, again.out) == (0, "course b follows course a already; nothing was recorded twice\n")
    assert kinds(begun, "b") == before


# -- a session ---------------------------------------------------------------------------------------------------


def test_a_whole_session_is_one_line_and_its_alert_is_told_first(begun: Type) -> None:
    told = begun(
        "course", "session", "clinic.db", "a", *SECOND, "--minutes", "50", "--score", "phq9=18",
        "--item", "phq9.self_harm=1", "--done", "inventory=role_play", "--deferred", "formulate",
        "--note", "words of the patient", "--try", "call S.",
    )  # fmt: skip
    assert (told.code, told.err) == (0, "")
    assert told.out == ALERT + (
        "  When it was assessed, record it:\n"
        "    iptengine course record clinic.db a assess_alert alert=4 found=… plan=… --on …\n"
        "\n"
        "recorded in course a, 7 events:\n"
        "  2  2026-03-10  session held: number 1, minutes 50, phase opening\n"
        "  3  2026-03-10  reading taken: measure phq9, answers self_harm 1, total 18,\n"
        "                 session #2\n"
        "  5  2026-03-10  task logged: task inventory, techniques role_play, session #2,\n"
        "                 phase opening\n"
        "  6  2026-03-10  task deferred: task formulate, session #2\n"
        "  7  2026-03-10  homework assigned\n"
        "  8  2026-03-10  note written: session #2\n"
    )


def test_a_total_alone_raises_the_alert_as_the_item_was_not_answered(begun: Type) -> None:
    told = begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=3")
    assert (told.code, told.out.partition(":")[0]) == (0, "RISK ALERT")


def test_answers_are_given_in_the_order_of_the_measure(begun: Type) -> None:
    begun("course", "session", "clinic.db", "a", *SECOND, "--answers", "phq9=2,1,,0,0,0,0,0,0,1")
    reading = next(
        event
        for event in json.loads(begun("course", "history", "clinic.db", "a", "--format", "json").out)
        if event["kind"] == "reading_taken"
    )
    assert (reading["answers"]["low_interest"], reading["answers"]["self_harm"]) == (2, 0)
    assert reading["missing"] == ["sleep"]


def test_too_few_answers_record_nothing(begun: Type) -> None:
    told = begun("course", "session", "clinic.db", "a", *SECOND, "--answers", "phq9=2,1")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "error: phq9 has 10 items: low_interest, low_mood, sleep, energy, appetite, self_worth, concentration, "
        "movement, self_harm, impairment; --answers has 2. Leave nothing between two commas for one left out\n"
    )
    assert kinds(begun) == ["course_started"]


def test_a_missed_session_is_recorded_with_the_day_it_moved_to(begun: Type) -> None:
    told = begun(
        "course", "session", "clinic.db", "a", *SECOND, "--missed", "rescheduled", "--moved-to", "2026-03-12",
        "--why", "ill",
    )  # fmt: skip
    assert told.code == 0
    assert "  2  2026-03-10  session missed: status rescheduled, moved to 2026-03-12," in told.out
    assert "ill" not in told.out
    assert kinds(begun) == ["course_started", "session_missed", "appointment_booked"]


ITEMS = (
    "'low_interest', 'low_mood', 'sleep', 'energy', 'appetite', 'self_worth', 'concentration', 'movement', "
    "'self_harm', 'impairment'"
)


def without_risks(err: str) -> str:
    """What is told behind the risk answers of a line, which stand first: tests/cli/test_turned_away.py has them."""
    risks, error, told = err.partition("error: ")
    assert not risks or risks.startswith("RISK ANSWER NOT RECORDED")
    return error + told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--item", "pqh9.self_harm=2"), "this course has no measure 'pqh9'; did you mean 'phq9'?"),
        (("--answers", "pqh9=2,1"), "this course has no measure 'pqh9'; did you mean 'phq9'?"),
        (("--item", "phq9.selfharm=2"), "phq9 has no item 'selfharm'; did you mean 'self_harm'?"),
        (("--item", "phq9.Wilhelmina W.=2"), f"phq9 has no item of that name; choose one of {ITEMS}."),
        (("--item", "phq9.self_harm=7"), "phq9.self_harm is answered with a whole number from 0 to 3."),
        (("--item", "phq9.self_harm=often"), "phq9.self_harm is answered with a whole number from 0 to 3."),
        (("--score", "phq9=99"), "the total of phq9 is a whole number from 0 to 27."),
        (("--score", "phq9=seventeen"), "the total of phq9 is a whole number from 0 to 27."),
        (("--score", "phq9=99", "--item", "phq9.self_harm=1"), "the total of phq9 is a whole number from 0 to 27."),
        (("--score", "phq9="), "nothing is said of phq9: give a total or an answer."),
        (("--answers", "phq9=2,1,1,0,0,0,0,0,1,1", "--score", "phq9=20"),
         "the total of phq9 does not come of the answers beside it."),
        (("--done", "inventry"), "this course has no task 'inventry'; did you mean 'inventory'?"),
        (("--deferred", "formulat"), "this course has no task 'formulat'; did you mean 'formulate'?"),
        (("--done", "inventory=rol_play"), "this course has no technique 'rol_play'; did you mean 'role_play'?"),
    ],
)  # fmt: skip
def test_what_the_protocol_does_not_know_is_told_and_nothing_of_the_session_is_recorded(
    begun: Type, words: tuple[str, ...], sentence: str
) -> None:
    told = begun("course", "session", "clinic.db", "a", *SECOND, "--done", "inventory", *words)
    assert (told.code, told.out, without_risks(told.err)) == (2, "", f"error: {sentence} Nothing was recorded\n")
    assert kinds(begun) == ["course_started"]


@pytest.mark.parametrize("because", [(), ("--because", "she asked")])
def test_a_reading_alone_is_asked_of_the_protocol_as_well(begun: Type, because: tuple[str, ...]) -> None:
    words = ("read", "measure=phq9", "answers.selfharm=2", *SECOND, *because)
    told = begun("course", "record", "clinic.db", "a", *words)
    assert (told.code, told.out) == (2, "")
    assert (
        without_risks(told.err)
        == "error: phq9 has no item 'selfharm'; did you mean 'self_harm'? Nothing was recorded\n"
    )
    assert kinds(begun) == ["course_started"]


def test_every_item_of_a_measure_is_named_where_none_of_them_is_like_what_was_typed(begun: Type) -> None:
    told = begun("course", "session", "clinic.db", "a", *SECOND, "--item", "phq9.xyz=1")
    assert told.err == (f"error: phq9 has no item 'xyz'; choose one of {ITEMS}. Nothing was recorded\n")
    told = begun("course", "session", "clinic.db", "a", *SECOND, "--item", "phq9.item9=1")
    assert told.err.splitlines()[-1] == (
        "error: phq9 has no item 'item9'; did you mean 'self_harm' (item 9)? Nothing was recorded"
    )


def test_nine_answers_of_a_form_with_a_tenth_say_that_it_may_stay_empty(begun: Type) -> None:
    told = begun("course", "session", "clinic.db", "a", *SECOND, "--answers", "phq9=1,1,1,1,1,1,1,1,0")
    assert told.err.endswith(
        "impairment; --answers has 9. If it is the last one, impairment, that was left out, add a comma at the end\n"
    )


@pytest.mark.parametrize("more", [(), ("--missed", "no_show")])
def test_a_second_session_of_a_day_is_recorded_only_where_there_were_two(begun: Type, more: tuple[str, ...]) -> None:
    begun("course", "book", "clinic.db", "a", *SECOND)
    line = ("course", "session", "clinic.db", "a", *SECOND, *more)
    assert begun(*line).code == 0
    told = begun(*line)
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "error: a session of 2026-03-10 is on record (#3); nothing was recorded. If there were two that day, say "
        "--again: it counts as one more\n"
    )
    assert len(kinds(begun)) == 3
    assert begun(*line, "--again").code == 0
    assert len(kinds(begun)) == 4


def test_a_session_that_was_withdrawn_is_not_on_record(begun: Type) -> None:
    begun("course", "session", "clinic.db", "a", *SECOND)
    begun("course", "record", "clinic.db", "a", "withdraw", "event=2", "because=wrong course", *SECOND)
    assert begun("course", "session", "clinic.db", "a", *SECOND).code == 0


def test_a_line_given_again_under_its_key_records_nothing_twice(begun: Type) -> None:
    line = ("course", "session", "clinic.db", "a", *SECOND, "--key", "form-1", "--score", "phq9=18")
    first = begun(*line)
    again = begun(*line)
    assert (again.code, again.out) == (0, first.out.replace("recorded in course a", "recorded before in course a"))
    assert kinds(begun) == ["course_started", "session_held", "reading_taken", "alert_raised"]


def test_another_line_under_the_same_key_is_recorded_with_its_alert(begun: Type) -> None:
    line = ("course", "session", "clinic.db", "a", *SECOND, "--key", "form-1", "--score", "phq9=18", "--item")
    assert "RISK ALERT" not in begun(*line, "phq9.self_harm=0").out
    told = begun(*line, "phq9.self_harm=3")
    assert told.out.startswith(ALERT.replace("answered 1", "answered 3"))
    assert "\nrecorded in course a, 3 events:\n" in told.out
    assert kinds(begun)[-3:] == ["session_held", "reading_taken", "alert_raised"]


def test_a_line_given_again_under_its_key_after_it_was_taken_back_is_told_so_and_another_key_records_it(
    begun: Type,
) -> None:
    line = ("course", "record", "clinic.db", "a", "read", "measure=phq9", "total=18", *SECOND, "--key")
    first = begun(*line, "form-1")
    begun("course", "record", "clinic.db", "a", "void", "event=2", "because=wrong course", *SECOND)
    told = begun(*line, "form-1")
    assert (told.code, told.err) == (1, "")
    assert told.out == first.out.replace("recorded in course a", "recorded before in course a") + (
        "taken back since in course a, by #4: this does not count there, and was not\n"
        "  recorded again. If it was right after all, type the line under another --key.\n"
    )
    assert kinds(begun)[-1] == "voided"
    assert begun(*line, "form-2").code == 0
    assert kinds(begun)[-2:] == ["reading_taken", "alert_raised"]


def test_a_name_of_a_line_that_is_too_long_is_told(begun: Type) -> None:
    told = begun("course", "session", "clinic.db", "a", *SECOND, "--key", "k" * 61)
    assert (told.code, told.out) == (2, "")
    assert told.err == "error: the name behind --key has at most 60 signs; nothing was recorded\n"
    assert kinds(begun) == ["course_started"]


def test_a_day_that_is_none_records_nothing(begun: Type) -> None:
    told = begun("course", "session", "clinic.db", "a", "--on", "10.3.2026")
    assert (told.code, told.out) == (2, "")
    assert "a day is written as 2026-03-03" in told.err
    told = begun("course", "session", "clinic.db", "a", "--on", "2026-02-31")
    assert (told.code, told.out) == (2, "")
    assert "there is no day 2026-02-31 in the calendar" in told.err


# -- everything else ---------------------------------------------------------------------------------------------


def test_what_is_refused_is_told_with_the_line_that_goes_on(begun: Type) -> None:
    told = begun("course", "record", "clinic.db", "a", "enter_phase", "phase=working", *SECOND)
    assert (told.code, told.err) == (1, "")
    assert told.out == (
        "nothing was recorded in course a\n"
        "refused: enter_phase\n"
        "  tasks: all must tasks are done (not on record as done: inventory, formulate)\n"
        "  focus: a focus is agreed (no focus is agreed yet)\n"
        "  To go on all the same, say why:\n"
        '    iptengine course record clinic.db a enter_phase phase=working --on 2026-03-10 --because "…"\n'
    )


def test_with_a_reason_it_is_a_deviation(begun: Type) -> None:
    words = ("enter_phase", "phase=working", *SECOND, "--because", "the trial asks for it")
    assert begun("course", "record", "clinic.db", "a", *words).code == 0
    assert kinds(begun) == ["course_started", "deviated", "phase_entered"]


def test_the_line_that_goes_on_repeats_nothing_that_was_typed(begun: Type) -> None:
    told = begun("course", "end", "clinic.db", "a", "completed", "--note", "canary", *SECOND)
    assert told.code == 1
    assert "canary" not in told.out + told.err
    assert 'iptengine course end clinic.db a completed --on 2026-03-10 --note … --because "…"' in told.out


def test_a_line_with_a_gap_left_in_it_records_nothing(begun: Type) -> None:
    told = begun("course", "record", "clinic.db", "a", "write_note", "text=…")
    assert (told.code, told.err) == (2, "error: 'text' still has to be filled in: write a value in place of …\n")
    assert kinds(begun) == ["course_started"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("agree_focuss",), "there is no command 'agree_focuss'; did you mean 'agree_focus'?"),
        (("agree_focus", "aera=grief"), "agree_focus has no field 'aera'; did you mean 'area'?"),
        (("enter_phase", "working"), "after enter_phase come fields, each as FIELD=VALUE; its fields are phase"),
        (("enter_phase",), "the command cannot be used: 'phase' is missing"),
        (("agree_contract", "sessions=many"), "'sessions' must be a whole number"),
        (("record_person", "name=S.", "confiding=perhaps"), "'confiding' is yes or no"),
        (("read", "measure=phq9", "answers=3"), "'answers' has parts: write answers.PART=VALUE"),
        (("read", "measure=phq9", "measure=phq9"), "'measure' is given twice"),
        (("withdraw", "event=9", "because=x"), "course a has no event 9; it has 1, see `iptengine course history`"),
        (("start",), "'start' is not said to one course alone; use iptengine course start"),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_recorded(
    begun: Type, words: tuple[str, ...], sentence: str
) -> None:  # fmt: skip
    told = begun("course", "record", "clinic.db", "a", *words)
    assert (told.code, told.out, told.err) == (2, "", f"error: {sentence}\n")
    assert kinds(begun) == ["course_started"]


def test_a_fact_left_empty_was_asked_and_not_answered_and_raises_its_alert(begun: Type) -> None:
    told = begun("course", "record", "clinic.db", "a", "record_fact", "fact=fear_at_home", "value=", *SECOND)
    assert (told.code, told.out.partition(":")[0]) == (0, "RISK ALERT")


def test_fields_take_lists_parts_and_numbers(begun: Type) -> None:
    record = ("course", "record", "clinic.db", "a")
    assert begun(*record, "read", "measure=phq9", "answers.self_harm=0", "total=12", *SECOND).code == 0
    assert (last(begun)["answers"], last(begun)["total"]) == ({"self_harm": 0}, 12)
    assert begun(*record, "hold_session", "present=patient,partner", "minutes=45", *SECOND).code == 0
    assert (last(begun)["present"], last(begun)["minutes"]) == (["patient", "partner"], 45)


def test_an_event_is_named_by_its_number_to_put_it_right(begun: Type) -> None:
    record = ("course", "record", "clinic.db", "a")
    begun(*record, "read", "measure=phq9", "total=18", "answers.self_harm=0", *SECOND)
    told = begun(
        *record, "correct", "event=2", "command=read", "command.measure=phq9", "command.total=17",
        "command.answers.self_harm=0", "because=typed wrong", *SECOND,
    )  # fmt: skip
    assert told.out == (
        "recorded in course a, 1 event:\n"
        "  3  2026-03-10  reading taken (puts right #2): measure phq9, answers self_harm\n"
        "                 0, total 17\n"
    )


def test_what_belongs_to_another_course_is_recorded_there(begun: Type) -> None:
    begun("course", "start", "clinic.db", SMALL, "--course", "b", *FIRST)
    begun("course", "record", "clinic.db", "a", "write_note", "text=of b", *SECOND)
    words = ("void", "event=2", "meant_for=b", "because=wrong page")
    assert begun("course", "record", "clinic.db", "a", *words, *SECOND).code == 0
    assert (kinds(begun), kinds(begun, "b")) == (
        ["course_started", "note_written", "voided"],
        ["course_started", "note_written"],
    )


@pytest.mark.parametrize(
    ("meant_for", "told"),
    [((), "VOIDED by #3"), (("meant_for=b",), "VOIDED by #3: it belongs to another course")],
)
def test_what_is_voided_belongs_to_another_course_only_where_one_was_named(
    begun: Type, meant_for: tuple[str, ...], told: str
) -> None:
    begun("course", "start", "clinic.db", SMALL, "--course", "b", *FIRST)
    begun("course", "record", "clinic.db", "a", "write_note", "text=of b", *SECOND)
    begun("course", "record", "clinic.db", "a", "void", "event=2", *meant_for, "because=wrong page", *SECOND)
    history = begun("course", "history", "clinic.db", "a").out.splitlines()
    assert [line.strip() for line in history if "VOIDED" in line] == [told]


def test_a_course_ends_in_an_outcome(begun: Type) -> None:
    told = begun("course", "end", "clinic.db", "a", "lost", *SECOND)
    assert (told.code, last(begun)["outcome"]) == (0, "lost")


def test_history_shows_the_reasons_that_were_typed_each_at_its_event(begun: Type) -> None:
    steady = Path(__file__).parents[2] / "examples" / "steady-months.protocol.yaml"
    begun("course", "start", "clinic.db", steady, "--course", "s", *FIRST)
    begun("course", "session", "clinic.db", "s", *SECOND, "--missed", "late_cancel", "--why", "Ill")
    begun("course", "record", "clinic.db", "s", "pause", "pause=hospital", "because=Overdose", *SECOND)
    begun("course", "end", "clinic.db", "s", "moved", "--reason", "another town", "--on", "2026-03-17")
    told = [line.strip() for line in begun("course", "history", "clinic.db", "s").out.splitlines()]
    assert any("status late_cancel, why Ill" in line for line in told)
    assert "because: Overdose" in told
    assert any("outcome moved, reason “another town”" in line for line in told)


def test_an_appointment_is_booked_for_its_day(begun: Type) -> None:
    told = begun("course", "book", "clinic.db", "a", "--on", "2026-03-17", "--time", "15:00")
    assert told.out == "recorded in course a, 1 event:\n  2  2026-03-17  appointment booked\n"
    assert last(begun)["time"] == "15:00"


# -- reading -----------------------------------------------------------------------------------------------------


def test_ways_lists_what_is_open_and_what_is_blocked_with_a_line_to_type(begun: Type) -> None:
    told = begun("course", "ways", "clinic.db", "a", *SECOND)
    assert told.code == 0
    moves, blocked, to_record = (told.out.index(head) for head in ("MOVES THAT ARE OPEN", "BLOCKED", "TO RECORD"))
    assert moves < told.out.index("agree_focus area=role_dispute person=…") < blocked
    working = told.out.index("  iptengine course record clinic.db a enter_phase phase=working --on 2026-03-10\n")
    assert blocked < working < told.out.index("    focus: a focus is agreed (no focus is agreed yet)\n") < to_record
    assert to_record < told.out.index(
        "  iptengine course record clinic.db a read measure=phq9 total=… --on 2026-03-10\n"
    )


def test_every_line_that_ways_prints_can_be_typed(begun: Type) -> None:
    """With something in each gap, every line is understood: it is recorded or refused, and never misread."""
    import shlex

    fill = {"value": "no", "status": "no_show", "event": "1", "command": "announce_ending", "task": "inventory"}
    begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=18", "--try", "walk")
    for way in json.loads(begun("course", "ways", "clinic.db", "a", *SECOND, "--format", "json").out):
        words = []
        for word in shlex.split(way["type"])[1:]:
            name, gap, _ = word.rpartition("…")
            field = name.rstrip("=").partition(".")[0]
            usual = "yes" if way["kind"] == "fill_checklist" else "12"
            words.append(f"{name}{fill.get(field, usual)}" if gap else word)
        told = begun(*words, "--key", f"k{len(words)}-{way['kind']}")
        assert told.code in (0, 1), f"{way['type']}: {told.err}"
        assert told.out, way["type"]


def test_the_agenda_of_a_course_in_a_store_is_the_page_for_its_reader(begun: Type) -> None:
    begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=18")
    therapist = begun("course", "agenda", "clinic.db", "a", "--on", "2026-03-17")
    patient = begun("course", "agenda", "clinic.db", "a", "--on", "2026-03-17", "--audience", "patient")
    assert (therapist.code, patient.code) == (0, 0)
    assert "RISK ALERT" in therapist.out
    assert "18" not in patient.out
    assert "ALERT" not in patient.out
    assert begun("course", "agenda", "clinic.db", "a", "--format", "html").out.startswith("<!doctype html>")


def test_history_tells_every_event_and_what_became_of_it(begun: Type) -> None:
    begun("course", "record", "clinic.db", "a", "write_note", "text=of another", *SECOND)
    begun("course", "record", "clinic.db", "a", "withdraw", "event=2", "because=wrong course", *SECOND)
    told = begun("course", "history", "clinic.db", "a")
    lines = [line for line in told.out.splitlines() if "recorded 20" not in line]
    assert lines == [
        "Course a, 3 events",
        "1  2026-03-03  course started: protocol ipt-small@1.0.0, phase opening, called",
        "               “A. R.”, frequency 1 a week, minutes 50, missed keep",
        "2  2026-03-10  note written: “of another”",
        "               WITHDRAWN by #3",
        "3  2026-03-10  withdrawn (puts right #2)",
        "               because: wrong course",
    ]
    assert told.out.count(" by anna (therapist)") == 3


def test_where_the_protocol_of_a_course_is_gone_its_alert_is_told_all_the_same(begun: Type) -> None:
    begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=18", "--item", "phq9.self_harm=1")
    with sqlite3.connect("clinic.db") as database:
        database.execute("delete from iptengine_protocols")
    told = begun("course", "agenda", "clinic.db", "a", *SECOND)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(ALERT + "this course keeps the protocol ipt-small@1.0.0 it began with, and neither")


# -- keys --------------------------------------------------------------------------------------------------------


def test_a_sealed_course_is_not_written_without_its_key(here: Path, typed: Type) -> None:
    Path("key").write_bytes(b"a key of the clinic, kept elsewhere")
    sealed = ("--key-file", "key")
    typed("course", "start", "clinic.db", SMALL, "--course", "a", *FIRST, *sealed)
    told = typed("course", "session", "clinic.db", "a", *SECOND)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(
        "error: the last event of this course was sealed with a key that was not given, or was changed since: "
    )
    assert typed("course", "session", "clinic.db", "a", *SECOND, *sealed).code == 0
    assert typed("verify", "clinic.db", *sealed).code == 0


def test_with_keys_of_courses_no_text_stands_in_the_store(here: Path, typed: Type) -> None:
    Path("keys").mkdir(mode=0o700)
    keys = ("--keys", "keys")
    typed("course", "start", "clinic.db", SMALL, "--course", "a", *FIRST, *keys)
    typed("course", "record", "clinic.db", "a", "write_note", "text=canary", *SECOND, *keys)
    with open_store("sqlite:///clinic.db") as store:
        assert not any("canary" in text for text in store.read("a"))
    assert "canary" in typed("course", "history", "clinic.db", "a", *keys).out


# -- the clinic --------------------------------------------------------------------------------------------------


def test_what_is_due_begins_with_risk_alerts(begun: Type) -> None:
    begun("course", "start", "clinic.db", SMALL, "--course", "b", *FIRST)
    begun("course", "session", "clinic.db", "b", *SECOND, "--score", "phq9=18", "--item", "phq9.self_harm=1")
    told = begun("clinic", "due", "clinic.db", *SECOND)
    assert (told.code, told.out.splitlines()[0].split(":")[0]) == (0, "b  RISK ALERT, 2026-03-10, not assessed")
    assert begun("clinic", "due", "clinic.db", *SECOND, "--course", "a").out == (
        "a  2026-03-03 session: Session 1 is not booked; none is on record since 3 March,\n"
        "   when the course began\n"
        "a  2026-03-10 measure: PHQ-9 at session 1\n"
    )  # fmt: skip


def test_alerts_are_listed_until_they_are_closed(begun: Type) -> None:
    assert begun("clinic", "alerts", "clinic.db").out == "No alert is open.\n"
    begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=18", "--item", "phq9.self_harm=1")
    assert begun("clinic", "alerts", "clinic.db").out == (
        "a  RISK ALERT #4, 2026-03-10, not assessed: PHQ-9 item 9 (thoughts of death or\n"
        "   self-harm) was answered 1 on 2026-03-10. This needs a clinician's assessment\n"
        "   today.\n"
    )
    record = ("course", "record", "clinic.db", "a")
    begun(*record, "assess_alert", "alert=4", "found=x", "plan=y", *SECOND)
    no = begun(*record, "close_alert", "alert=4", *SECOND)
    assert (no.code, no.out) == (
        1,
        "nothing was recorded in course a\n"
        "refused: close_alert\n"
        "  no_reason: an alert is closed with a reason: say it in 'because'\n",
    )
    begun(*record, "close_alert", "alert=4", "because=eased", *SECOND)
    assert begun("clinic", "alerts", "clinic.db").out == "No alert is open.\n"
    found = json.loads(begun("clinic", "alerts", "clinic.db", "--closed", "--format", "json").out)
    assert [(one["code"], one["state"]) for one in found] == [("risk_item", "closed")]


def test_an_assessment_on_the_wrong_course_is_taken_back_and_the_alert_stands_in_capitals_again(begun: Type) -> None:
    begun("course", "start", "clinic.db", SMALL, "--course", "b", *FIRST)
    begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=18", "--item", "phq9.self_harm=1")
    before = [begun("clinic", look, "clinic.db").out for look in ("alerts", "due", "stuck")]
    record = ("course", "record", "clinic.db", "a")
    assess = (*record, "assess_alert", "alert=4", "found=x", "plan=y", *SECOND)
    begun(*assess, "--key", "form-1")
    told = begun(*record, "withdraw", "event=5", "because=meant for b", *SECOND)
    assert told.code == 0
    assert told.out.startswith("RISK ALERT: PHQ-9 item 9 (thoughts of death or self-harm) was answered 1 on\n")
    assert [begun("clinic", look, "clinic.db").out for look in ("alerts", "due", "stuck")] == before
    history = begun("course", "history", "clinic.db", "a").out
    assert history.startswith("a  RISK ALERT #4, 2026-03-10, not assessed: ")
    assert "WITHDRAWN by #6" in history
    again = begun(*assess, "--key", "form-1")
    assert again.code == 1
    assert "taken back since in course a, by #6" in again.out
    begun(*assess)
    told = begun(*record, "void", "event=7", "meant_for=b", "because=the same initials", *SECOND)
    assert told.out.endswith("#7 in course a spoke of an alert: assess the alert of course b there\n")
    assert begun("clinic", "alerts", "clinic.db").out == before[0]


def test_of_two_alerts_in_the_same_words_the_number_says_which_one_is_assessed(begun: Type) -> None:
    read = ("course", "record", "clinic.db", "a", "read", "measure=phq9", "answers.self_harm=1", *SECOND)
    begun(*read, "total=18")
    begun(*read, "total=12")
    told = begun("clinic", "alerts", "clinic.db").out
    assert [line.partition(",")[0] for line in told.splitlines() if "ALERT" in line] == [
        "a  RISK ALERT #3",
        "a  RISK ALERT #5",
    ]
    due = [line for line in begun("clinic", "due", "clinic.db", *SECOND).out.splitlines() if "(#" in line]
    assert begun("clinic", "due", "clinic.db", *SECOND).out.startswith("a  RISK ALERT, 2026-03-10, not assessed: ")
    assert [line[-4:] for line in due] == ["(#3)", "(#5)"]
    begun("course", "record", "clinic.db", "a", "assess_alert", "alert=5", "found=x", "plan=y", *SECOND)
    states = [line.partition(":")[0] for line in begun("clinic", "alerts", "clinic.db").out.splitlines()]
    assert [line for line in states if "alert" in line.lower()] == [
        "a  RISK ALERT #3, 2026-03-10, not assessed",
        "a  risk alert #5, 2026-03-10, assessed 2026-03-10, not closed",
    ]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("look", ["alerts", "due", "stuck"])
def test_a_mistyped_course_is_told_below_the_lists_of_the_others(begun: Type, look: str, form: str) -> None:
    begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=18", "--item", "phq9.self_harm=1")
    told = begun("clinic", look, "clinic.db", "--course", "a", "--course", "b", "--format", form, *SECOND)
    assert (told.code, told.err) == (1, "there is no course 'b' in this store\n")
    if form == "text":
        assert [line[:3] for line in told.out.splitlines() if "RISK ALERT" in line] == ["a  ", "b  "]
        assert "Nothing of this course is in the store, and with it perhaps an alert is" in " ".join(told.out.split())
    else:
        assert "b" in {one["course"] for one in json.loads(told.out)}
    wrong = begun("clinic", look, "clinic.db", "--course", "Ada R.", "--course", "c", *SECOND)
    assert wrong.err == "there is no course of that id in this store\nthere is no course 'c' in this store\n"


def test_a_stuck_course_is_listed_with_what_shuts_each_way(begun: Type) -> None:
    assert begun("clinic", "stuck", "clinic.db", *SECOND).out == "No course is stuck.\n"
    for day in ("03", "10", "17"):
        begun("course", "session", "clinic.db", "a", "--on", f"2026-03-{day}")
    told = begun("clinic", "stuck", "clinic.db", "--on", "2026-03-18")
    assert told.code == 0
    assert told.out == (
        "a, in opening: 'Opening' was meant to last until session 3\n"
        "  to working (Working):\n"
        "    tasks: all must tasks are done (not on record as done: inventory, formulate)\n"
        "    focus: a focus is agreed (no focus is agreed yet)\n"
    )
    found = json.loads(begun("clinic", "stuck", "clinic.db", "--on", "2026-03-18", "--format", "json").out)
    assert [(one["course"], one["to"]) for one in found] == [("a", "working")]


def test_an_alert_that_was_assessed_and_not_closed_says_so_quietly_wherever_somebody_looks(begun: Type) -> None:
    begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=18", "--item", "phq9.self_harm=1")
    begun("course", "record", "clinic.db", "a", "assess_alert", "alert=4", "found=x", "plan=y", *SECOND)
    told = (
        f"a  risk alert #4, {SECOND[1]}, assessed {SECOND[1]}, not closed: PHQ-9 item 9 "
        f"(thoughts of death or self-harm) was answered 1 on {SECOND[1]}."
    )
    looks = (("clinic", "alerts"), ("clinic", "stuck", *SECOND), ("course", "ways"), ("course", "history"))
    for group, look, *more in looks:
        out = begun(group, look, "clinic.db", *(("a",) if group == "course" else ()), *more).out
        assert " ".join(out.split()).startswith(" ".join(told.split()))
        assert "RISK ALERT" not in out


@pytest.mark.parametrize(
    ("look", "then"),
    [
        (("course", "ways", "clinic.db", "a"), "MOVES THAT ARE OPEN\n"),
        (("course", "history", "clinic.db", "a"), "Course a, 4 events\n"),
        (("clinic", "stuck", "clinic.db"), "No course is stuck.\n"),
        (("clinic", "stuck", "clinic.db", "--course", "a"), "No course is stuck.\n"),
    ],
)
def test_an_open_risk_alert_stands_first_wherever_somebody_looks(
    begun: Type, look: tuple[str, ...], then: str
) -> None:  # fmt: skip
    begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=18", "--item", "phq9.self_harm=1")
    first = begun("clinic", "alerts", "clinic.db", "--course", "a").out
    assert first.startswith("a  RISK ALERT #4, 2026-03-10, not assessed: ")
    assert begun(*look, *SECOND).out.startswith(f"{first}\n{then}")


def test_the_history_of_a_course_is_told_with_its_alert_where_its_protocol_is_gone(begun: Type) -> None:
    begun("course", "session", "clinic.db", "a", *SECOND, "--score", "phq9=18", "--item", "phq9.self_harm=1")
    with sqlite3.connect("clinic.db") as database:
        database.execute("delete from iptengine_protocols")
    told = begun("course", "history", "clinic.db", "a")
    assert (told.code, told.out[:13]) == (0, "a  RISK ALERT")
    line = ("course", "session", "clinic.db", "a", "--on", "2026-03-17", "--score", "phq9=18")
    assert begun(*line).err.startswith("this course keeps the protocol ipt-small@1.0.0 it began with, and neither")


# -- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["5_0", "５０", "+50", "50.0", "fifty", " 50", ""])
@pytest.mark.parametrize(
    ("line", "option"),
    [
        (("course", "session", "clinic.db", "a", *SECOND), "--minutes"),
        (("course", "book", "clinic.db", "a", *SECOND), "--minutes"),
        (("course", "adopt", "clinic.db", SMALL, "--phase", "opening", "--course", "b", *FIRST), "--used"),
        (("agenda", "impasse-reopened"), "--session"),
    ],
)
def test_a_number_is_written_in_digits(begun: Type, line: tuple[str, ...], option: str, number: str) -> None:
    told = begun(*line, option, number)
    assert (told.code, told.out) == (2, "")
    assert told.err.endswith(f"\n\nError: Invalid value for '{option}': a whole number is written in digits, as 50\n")
    assert kinds(begun) == ["course_started"]


def test_a_number_in_digits_is_taken_as_it_stands(begun: Type) -> None:
    assert begun("course", "session", "clinic.db", "a", "--minutes", "050", *SECOND).code == 0
    assert last(begun)["minutes"] == 50
