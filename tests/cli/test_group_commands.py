"""A group is kept from the shell: said once, told for each member, and nothing half recorded without being told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.typed_history import kinds
from iptengine.store.port import StoreError
from iptengine.store.sql.store import SqlStore

Type = Callable[..., Any]
CIRCLE = Path(__file__).parents[2] / "examples" / "django_clinic" / "protocols" / "circle.protocol.yaml"
FORMED = ("--on", "2026-01-06")
MET = ("--on", "2026-01-12")
FORM = ("group", "form", "clinic.db", "tuesday", "ann", "bob", "cem", "--led-by", "maria", "--led-by", "jon", *FORMED)
SESSION = ("group", "session", "clinic.db", "tuesday", *MET, "--missed", "cem=no_show", "--done", "rules")
ALERT = (
    "RISK ALERT: PHQ-9 item 9 (thoughts of death or self-harm) was answered 1 on\n"
    "  2026-01-12. This needs a clinician's assessment today.\n"
)


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: Type) -> Type:
    """Types a line, where three courses have begun."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPTENGINE_BY", "maria")
    monkeypatch.setenv("IPTENGINE_ROLE", "therapist")
    for course in ("ann", "bob", "cem"):
        assert typed("course", "start", "clinic.db", CIRCLE, "--course", course, "--on", "2026-01-05").code == 0
    return typed


@pytest.fixture
def formed(begun: Type) -> Type:
    """Types a line, where they have formed a group."""
    assert begun(*FORM).code == 0
    return begun


# -- who is in it ------------------------------------------------------------------------------------------------


def test_a_group_is_formed_of_all_or_of_none(begun: Type) -> None:
    told = begun("group", "form", "clinic.db", "tuesday", "ann", "bob", "--led-by", "maria", *FORMED)
    assert (told.code, told.err) == (1, "")
    assert told.out == (
        "refused: join_group\n"
        "  group_size: a group has 3..5 members here, and this one would have 2\n"
        '  To go on all the same, say why: the same line with --because "…"\n'
    )
    assert kinds(begun, "ann") == ["course_started"]
    missing = begun("group", "form", "clinic.db", "tuesday", "ann", "bob", "dee", "--led-by", "maria", *FORMED)
    assert (missing.code, missing.out, missing.err) == (1, "", "there is no course 'dee' in this store\n")
    told = begun(*FORM)
    assert told.code == 0
    assert told.out == "".join(
        f"recorded in course {course}, 1 event:\n"
        "  2  2026-01-06  group joined: group tuesday, size 3, facilitators maria, jon\n"
        for course in ("ann", "bob", "cem")
    )


def test_one_leaves_and_another_joins(formed: Type) -> None:
    left = formed("group", "leave", "clinic.db", "tuesday", "cem", "--on", "2026-01-14", "--because", "found work")
    assert left.out == (
        "recorded in course cem, 1 event:\n"
        "  3  2026-01-14  group left: group tuesday\n"
        "warning: the group is left with 2 members; the protocol has 3..5 [group_small]\n"
    )
    assert formed("course", "start", "clinic.db", CIRCLE, "--course", "dee", "--on", "2026-01-14").code == 0
    assert formed("group", "join", "clinic.db", "tuesday", "dee", "--on", "2026-01-15").code == 0
    again = formed("group", "join", "clinic.db", "tuesday", "dee", "--on", "2026-01-15")
    assert (again.code, again.out.splitlines()[0]) == (1, "refused: join_group")
    told = formed("group", "members", "clinic.db", "tuesday")
    assert told.out == (
        "Group tuesday, circle@1.0.0, led by maria and jon\n"
        "  ann  since 2026-01-06\n"
        "  bob  since 2026-01-06\n"
        "  cem  since 2026-01-06, left 2026-01-14\n"
        "  dee  since 2026-01-15\n"
    )


def test_a_group_that_everybody_left_is_formed_anew_by_the_same_line(formed: Type) -> None:
    for course in ("ann", "bob", "cem"):
        leave = ("group", "leave", "clinic.db", "tuesday", course, *FORMED, "--because", "formed of the wrong courses")
        assert formed(*leave).code == 0
    told = formed(*FORM)
    assert (told.code, recorded(told)) == (
        0, [f"recorded in course {course}, 1 event:" for course in ("ann", "bob", "cem")],
    )  # fmt: skip
    assert [kinds(formed, "ann").count(kind) for kind in ("group_joined", "group_left")] == [2, 1]
    again = formed(*FORM)
    assert (again.code, [line[:15] for line in recorded(again)]) == (0, ["recorded before"] * 3)


def test_who_left_is_not_told_as_joined_by_the_line_that_formed_the_group(formed: Type) -> None:
    leave = ("group", "leave", "clinic.db", "tuesday", "cem", *FORMED, "--because", "found work")
    assert formed(*leave).code == 0
    told = formed(*FORM)
    assert (told.code, told.err) == (1, "")
    assert " ".join(told.out.split()).endswith(
        "recorded before in course cem, 1 event: 2 2026-01-06 group joined: group tuesday, size 3, facilitators maria, "
        "jon taken back since in course cem, by #3: this does not count there, and was not recorded again. If it was "
        "right after all, say it to that course alone."
    )


def test_ways_and_record_send_who_joins_or_leaves_to_the_group(formed: Type) -> None:
    ways = formed("course", "ways", "clinic.db", "ann", "--on", "2026-01-07").out
    assert '  iptengine group leave clinic.db tuesday ann --on 2026-01-07 --because "…"\n' in ways
    told = formed("course", "record", "clinic.db", "ann", "join_group", "group=tuesday", "size=4")
    assert (told.code, told.out) == (2, "")
    assert told.err == (
        "error: 'join_group' is not said to one course alone; use iptengine group join, which counts its members\n"
    )


# -- what it does ------------------------------------------------------------------------------------------------


def test_a_whole_session_is_one_line_and_typed_again_it_is_recorded_once(formed: Type) -> None:
    told = formed(*SESSION)
    assert (told.code, told.err) == (0, "")
    here = "".join(
        f"recorded in course {course}, 2 events:\n"
        "  3  2026-01-12  session held: number 1, phase beginning, group tuesday,\n"
        "                 together 2, facilitators maria, jon\n"
        "  4  2026-01-12  task logged: task rules, session #3, phase beginning\n"
        "warning: 2 members met; the protocol has 3..5 [group_small]\n"
        for course in ("ann", "bob")
    )
    away = (
        "recorded in course cem, 1 event:\n"
        "  3  2026-01-12  session missed: status no_show, phase beginning, group tuesday\n"
    )
    assert told.out == here + away
    again = formed(*SESSION)
    once = "Nothing was recorded twice. If it happened once more, name the line with --key.\n"
    assert (again.code, again.out) == (0, told.out.replace("recorded in", "recorded before in") + once)
    assert kinds(formed, "ann") == ["course_started", "group_joined", "session_held", "task_logged"]


def taken_back(typed: Type, **events: int) -> None:
    """Void the event of that number in each of these courses: it was typed for the wrong evening."""
    for course, number in events.items():
        void = ("course", "record", "clinic.db", course, "void", f"event={number}", "because=the wrong evening")
        assert typed(*void, "--on", "2026-01-13").code == 0


def recorded(told: Any) -> list[str]:
    """The lines that say where something was recorded, now or before."""
    return [line for line in told.out.splitlines() if line.startswith("recorded")]


def test_a_session_that_every_course_took_back_is_recorded_anew_by_the_same_line(formed: Type) -> None:
    first = formed(*SESSION)
    taken_back(formed, ann=3, bob=3, cem=3)
    assert formed("group", "members", "clinic.db", "tuesday").out.endswith("  cem  since 2026-01-06\n")
    told = formed(*SESSION)
    assert (told.code, recorded(told)) == (0, recorded(first))
    assert kinds(formed, "ann") == [
        "course_started", "group_joined", "session_held", "task_logged", "voided", "session_held", "task_logged",
    ]  # fmt: skip
    members = formed("group", "members", "clinic.db", "tuesday").out
    assert members.endswith("sessions:\n  2026-01-12  number 1; there: ann and bob; cem: no_show\n")
    again = formed(*SESSION)
    assert recorded(again) == [line.replace("recorded in", "recorded before in") for line in recorded(first)]
    assert kinds(formed, "cem") == ["course_started", "group_joined", "session_missed", "voided", "session_missed"]


def test_a_session_that_was_withdrawn_and_one_put_right_and_then_voided_are_recorded_anew(formed: Type) -> None:
    assert formed(*SESSION).code == 0
    put_right = ("correct", "event=3", "command=hold_session", "command.group=tuesday", "because=he came late")
    assert formed("course", "record", "clinic.db", "cem", *put_right, *MET).code == 0
    taken_back(formed, bob=3, cem=4)
    withdraw = ("course", "record", "clinic.db", "ann", "withdraw", "event=3", "because=it was another evening")
    assert formed(*withdraw, *MET).code == 0
    told = formed(*SESSION)
    assert (told.code, [line.partition(",")[0] for line in recorded(told)]) == (
        0, ["recorded in course ann", "recorded in course bob", "recorded in course cem"],
    )  # fmt: skip


def test_a_session_that_one_course_took_back_stays_taken_back_and_is_not_told_as_recorded(formed: Type) -> None:
    assert formed(*SESSION).code == 0
    taken_back(formed, cem=3)
    told = formed(*SESSION)
    assert (told.code, told.err) == (1, "")
    assert told.out.endswith(
        "recorded before in course cem, 1 event:\n"
        "  3  2026-01-12  session missed: status no_show, phase beginning, group tuesday\n"
        "taken back since in course cem, by #4: this does not count there, and was not\n"
        "  recorded again. If it was right after all, say it to that course alone.\n"
        "Nothing was recorded twice. If it happened once more, name the line with --key.\n"
    )
    assert kinds(formed, "cem")[-1] == "voided"


def test_under_a_name_a_session_that_was_taken_back_is_told_so_and_another_name_records_it(formed: Type) -> None:
    assert formed(*SESSION, "--key", "evening").code == 0
    taken_back(formed, ann=3, bob=3, cem=3)
    told = formed(*SESSION, "--key", "evening")
    assert (told.code, told.out.count("taken back since in course")) == (1, 3)
    assert kinds(formed, "ann")[-1] == "voided"
    assert formed(*SESSION, "--key", "second").code == 0
    assert kinds(formed, "ann")[-2:] == ["session_held", "task_logged"]


def test_what_was_said_to_all_and_taken_back_by_all_is_said_anew_by_the_same_line(formed: Type) -> None:
    said = ("group", "record", "clinic.db", "tuesday", "do_task", "task=rules", *MET)
    for _ in range(3):
        assert formed(*said).code == 0
    assert kinds(formed, "ann") == ["course_started", "group_joined", "task_logged"]
    taken_back(formed, ann=3, bob=3, cem=3)
    assert formed(*said).code == 0
    assert [kinds(formed, course)[3:] for course in ("ann", "bob", "cem")] == [["voided", "task_logged"]] * 3


def test_a_session_that_was_told_is_not_told_otherwise_by_a_second_line(formed: Type) -> None:
    assert formed(*SESSION).code == 0
    told = formed("group", "session", "clinic.db", "tuesday", *MET)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("error: the session of 2026-01-12 was recorded already, and told otherwise;")
    assert kinds(formed, "cem") == ["course_started", "group_joined", "session_missed"]
    assert formed("group", "session", "clinic.db", "tuesday", *MET, "--key", "evening").code == 0
    assert kinds(formed, "cem")[-1] == "session_held"


def test_a_task_that_the_protocol_does_not_know_is_told_and_nothing_is_recorded(formed: Type) -> None:
    told = formed("group", "session", "clinic.db", "tuesday", *MET, "--done", "ruls")
    assert (told.code, told.out) == (2, "")
    assert told.err == "error: this course has no task 'ruls'; did you mean 'rules'? Nothing was recorded\n"
    assert kinds(formed, "ann") == ["course_started", "group_joined"]


def test_another_line_under_the_same_key_is_recorded_for_every_member(formed: Type) -> None:
    record = ("group", "record", "clinic.db", "tuesday", "do_task", *MET, "--key", "evening")
    assert formed(*record, "task=rules").code == 0
    told = formed(*record, "task=rules", "how=declined")
    assert (told.code, told.out.splitlines()[0]) == (0, "recorded in course ann, 1 event:")
    again = formed(*record, "task=rules")
    assert (again.code, again.out.splitlines()[0]) == (0, "recorded before in course ann, 1 event:")
    assert kinds(formed, "cem") == ["course_started", "group_joined", "task_logged", "task_logged"]


def test_a_store_that_fails_half_way_is_told_and_the_same_line_records_what_is_missing(
    formed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, done = SqlStore.append_listed, []

    def fails_in_the_third(self: SqlStore, *words: Any, **more: Any) -> Any:
        if len(done) == 2:
            raise StoreError("the disk is full")
        done.append(1)
        return append(self, *words, **more)

    with monkeypatch.context() as broken:
        broken.setattr(SqlStore, "append_listed", fails_in_the_third)
        told = formed(*SESSION)
    assert (told.code, recorded(told)) == (
        1,
        ["recorded in course ann, 2 events:", "recorded in course bob, 2 events:"],
    )
    assert " ".join(told.err.split()) == (
        "this was said to 2 courses of the group, and not in 'cem', because the disk is full. What is recorded stays; "
        "say it again under its key when this is mended, and it is recorded where it is missing: type the same line "
        "again"
    )
    again = formed(*SESSION)
    assert again.code == 0
    assert [line for line in again.out.splitlines() if line.startswith("recorded")] == [
        "recorded before in course ann, 2 events:",
        "recorded before in course bob, 2 events:",
        "recorded in course cem, 1 event:",
    ]


def test_a_move_that_one_course_refuses_is_made_in_the_others_and_told(formed: Type) -> None:
    assert formed(*SESSION).code == 0
    told = formed("group", "record", "clinic.db", "tuesday", "enter_phase", "phase=working", "--on", "2026-01-13")
    assert (told.code, told.err) == (1, "")
    assert told.out == (
        "recorded in course ann, 1 event:\n"
        "  5  2026-01-13  phase entered: phase working, was beginning\n"
        "recorded in course bob, 1 event:\n"
        "  5  2026-01-13  phase entered: phase working, was beginning\n"
        "nothing was recorded in course cem\n"
        "refused: enter_phase\n"
        "  rules: rules is done (rules is not on record as done)\n"
        "  To go on all the same, say why:\n"
        "    iptengine course record clinic.db cem enter_phase phase=working --on 2026-01-13 "
        '--because "…"\n'
    )


def test_a_task_of_an_evening_is_recorded_for_who_was_there_and_told_for_who_was_not(formed: Type) -> None:
    assert formed(*SESSION).code == 0
    told = formed("group", "record", "clinic.db", "tuesday", "do_task", "task=round", *MET)
    assert (told.code, told.err) == (0, "")
    assert told.out == (
        "recorded in course ann, 1 event:\n"
        "  5  2026-01-12  task logged: task round, session #3, phase beginning\n"
        "recorded in course bob, 1 event:\n"
        "  5  2026-01-12  task logged: task round, session #3, phase beginning\n"
        "nothing was recorded in course cem\n"
        "warning: not recorded in this course: the group met on 12 January, and this\n"
        "  member was not there; if it was done with this member too, say it to this\n"
        "  course alone [group_absent]\n"
    )


def test_the_words_of_one_are_never_said_to_all(formed: Type) -> None:
    told = formed("group", "record", "clinic.db", "tuesday", "write_note", "text=Wilhelmina")
    assert (told.code, told.out) == (2, "")
    assert told.err == "error: 'write_note' speaks of one patient; say it to that course alone\n"


def test_who_was_no_member_cannot_have_missed_it(formed: Type) -> None:
    told = formed("group", "session", "clinic.db", "tuesday", *MET, "--missed", "dee=no_show")
    assert (told.code, told.err) == (2, "error: somebody is absent who was no member on that day\n")
    twice = formed("group", "session", "clinic.db", "tuesday", "--missed", "cem=no_show", "--missed", "cem=late_cancel")
    assert (twice.code, twice.err) == (2, "error: a course is named twice behind --missed\n")
    assert kinds(formed, "ann") == ["course_started", "group_joined"]


def test_a_group_that_is_not_there_is_told(begun: Type) -> None:
    for verb in (("session",), ("book",), ("record",), ("agenda",), ("members",)):
        words = ("enter_phase", "phase=working") if verb == ("record",) else ()
        told = begun("group", *verb, "clinic.db", "monday", *words)
        assert (told.code, told.out, told.err) == (1, "", "there is no group 'monday' in this store\n")


def test_who_moves_one_member_alone_hears_that_the_others_stay_and_the_line_for_all(formed: Type) -> None:
    assert formed("group", "record", "clinic.db", "tuesday", "do_task", "task=rules", *MET).code == 0
    alone = ("course", "record", "clinic.db", "ann", "enter_phase", "phase=working", "--on", "2026-01-13")
    told = formed(*alone)
    assert (told.code, told.err) == (0, "")
    assert told.out == (
        "recorded in course ann, 1 event:\n"
        "  4  2026-01-13  phase entered: phase working, was beginning\n"
        "The course is in the group tuesday, and went there alone: 2 others stand\n"
        "  elsewhere. To take all there:\n"
        "    iptengine group record clinic.db tuesday enter_phase phase=working --on 2026-01-13\n"
    )
    assert formed("group", "record", "clinic.db", "tuesday", "enter_phase", "phase=working", *MET).code == 1
    stage = ("move_chart", "chart=stages", "to=work", "because=she helps", "--because", "she came early")
    told = formed("course", "record", "clinic.db", "bob", *stage, "--on", "2026-01-13")
    assert told.out.endswith(
        "    iptengine group record clinic.db tuesday move_chart chart=stages to=work --on 2026-01-13\n"
    )
    for_all = formed(*told.out.splitlines()[-1].split()[1:])
    assert (for_all.code, for_all.err, for_all.out.count("refused: move_chart")) == (1, "", 3)


def test_who_follows_the_others_hears_nothing_of_it(formed: Type) -> None:
    assert formed(*SESSION).code == 0
    phase = ("enter_phase", "phase=working", "--on", "2026-01-13")
    assert formed("group", "record", "clinic.db", "tuesday", *phase).code == 1
    told = formed("course", "record", "clinic.db", "cem", *phase, "--because", "he was told of the rules alone")
    assert (told.code, "group" in told.out) == (0, False)


# -- what is one member's own, in the same line ------------------------------------------------------------------

SCORED = (
    *SESSION, "--score", "bob:phq9=17", "--item", "bob:phq9.self_harm=1", "--answers", "ann:phq9=2,1,3,2,2,2,1,1,0,2",
)  # fmt: skip


def test_the_scores_of_each_member_are_said_in_the_line_of_the_session_and_reach_that_course_alone(
    formed: Type,
) -> None:
    told = formed(*SCORED)
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(ALERT)
    assert recorded(told) == [
        "recorded in course ann, 3 events:", "recorded in course bob, 4 events:", "recorded in course cem, 1 event:",
    ]  # fmt: skip
    assert kinds(formed, "ann")[2:] == ["session_held", "task_logged", "reading_taken"]
    assert kinds(formed, "bob")[2:] == ["session_held", "task_logged", "reading_taken", "alert_raised"]
    assert kinds(formed, "cem")[2:] == ["session_missed"]
    again = formed(*SCORED)
    assert again.out.startswith(ALERT)
    assert recorded(again) == [line.replace("recorded in", "recorded before in") for line in recorded(told)]
    assert kinds(formed, "bob")[2:] == ["session_held", "task_logged", "reading_taken", "alert_raised"]


def test_who_was_not_there_may_have_sent_a_score_all_the_same(formed: Type) -> None:
    assert formed(*SESSION, "--score", "cem:phq9=3", "--item", "cem:phq9.self_harm=0").code == 0
    assert kinds(formed, "cem")[2:] == ["session_missed", "reading_taken"]


@pytest.mark.parametrize(
    ("option", "error"),
    [
        (("--score", "phq9=17"), "behind --score stands COURSE:MEASURE=TOTAL, as in bob:phq9=17"),
        (("--item", "bob:phq9=1"), "behind --item stands MEASURE.ITEM=N"),
        (("--item", "bob:phq9.selfharm=1"), "phq9 has no item 'selfharm'; did you mean 'self_harm'? Nothing was"),
        (("--score", "bob:phq8=1"), "this course has no measure 'phq8'; did you mean 'phq9'? Nothing was recorded"),
        (("--score", "bob:phq9=99"), "the total of phq9 is a whole number from 0 to 27. Nothing was recorded"),
        (("--answers", "bob:phq9=1,2"), "phq9 has 10 items: low_interest,"),
        (("--score", "dee:phq9=3"), "'dee' was not in the group on that day, and has no score of it; nothing was"),
    ],
)
def test_a_score_that_is_typed_wrong_is_told_and_nothing_is_recorded_of_anybody(
    formed: Type, option: tuple[str, str], error: str
) -> None:
    told = formed(*SESSION, *option)
    assert (told.code, told.out) == (2, "")
    assert f"error: {error}" in told.err
    assert [kinds(formed, course)[2:] for course in ("ann", "bob", "cem")] == [[], [], []]


# -- who needs somebody ------------------------------------------------------------------------------------------


def test_a_risk_alert_of_a_member_stands_first_and_says_only_whose(formed: Type) -> None:
    told = formed("course", "record", "clinic.db", "bob", "read", "measure=phq9", "answers.self_harm=1", *MET)
    assert told.out.startswith(ALERT)
    assert formed("group", "book", "clinic.db", "tuesday", *MET, "--time", "18:00").code == 0
    members = formed("group", "members", "clinic.db", "tuesday").out
    assert members.startswith("RISK ALERT: bob needs your assessment today\nGroup tuesday,")
    assert members.endswith("sessions:\n  2026-01-12  planned 18:00\n")
    page = formed("group", "agenda", "clinic.db", "tuesday", *MET).out
    assert page.index("bob needs your assessment today.") < page.index("WHERE WE ARE")
    assert "self-harm" not in members + page
    record = json.loads(formed("group", "members", "clinic.db", "tuesday", "--format", "json").out)
    assert (record["alerts"], record["facilitators"]) == (["bob"], ["maria", "jon"])


def test_a_clinic_with_a_key_writes_no_member_under_another(formed: Type, tmp_path: Path) -> None:
    (tmp_path / "other.key").write_bytes(b"0123456789abcdef0123456789abcdef")
    told = formed(*SESSION, "--key-file", "other.key")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("error: the last event of this course was sealed without a key, and a key was given: ")
    assert kinds(formed, "ann") == ["course_started", "group_joined"]


def test_a_course_that_does_not_open_holds_back_no_other_and_is_named(begun: Type, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    under = ("--keys", "keys")
    others: set[Path] = set()
    for course in ("ann", "bob", "cem"):
        others = set(keys.iterdir())
        begun("course", "start", "secret.db", CIRCLE, "--course", course, "--on", "2026-01-05", *under)
    words = [word.replace("clinic.db", "secret.db") for word in FORM]
    assert begun(*words, *under).code == 0
    taken = {path: path.read_bytes() for path in set(keys.iterdir()) - others}
    for path in taken:
        path.unlink()
    session = [word.replace("clinic.db", "secret.db") for word in SESSION]
    told = begun(*session, *under)
    assert told.code == 1
    assert [line for line in told.out.splitlines() if line.startswith("recorded")] == [
        "recorded in course ann, 2 events:",
        "recorded in course bob, 2 events:",
    ]
    said = " ".join(told.err.split())
    assert said.startswith("this was said to 2 courses of the group, and not in 'cem', because the key of this course")
    assert said.endswith("type the same line again")
    for path, held in taken.items():
        path.write_bytes(held)
        path.chmod(0o600)
    again = begun(*session, *under)
    assert (again.code, again.out.splitlines()[-2]) == (0, "recorded in course cem, 1 event:")
