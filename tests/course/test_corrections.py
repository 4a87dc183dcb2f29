"""What was wrong is put right by a new record; the old one stays visible, and nothing beside it is lost."""

from __future__ import annotations

from datetime import date

import pytest

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.facts import CourseFacts
from iptengine.protocol.protocol import Protocol
from phrases import START, answers, book, event, focus, given, hold, in_the_middle, miss, phq9, scored, week


def right(event_id: str, command: Command, because: str = "a slip of the pen") -> Command:
    return c.Correct(event_id, command, because=because)


# -- readings ----------------------------------------------------------------------------------------------------


def test_a_corrected_score_replaces_the_wrong_one_which_stays_visible(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(18, self_harm=0))
    wrong = story.id_of("reading_taken")
    story = story.when(right(wrong, phq9(8, self_harm=0))).then(
        scored(8, corrects=wrong, because="a slip of the pen", session=story.id_of("session_held"))
    )
    assert [r.total for r in story.course.readings] == [8]
    (kept,) = story.course.corrections
    assert (kept.event, kept.by_event, kept.because) == (wrong, story.last[0].id, "a slip of the pen")
    assert kept.was == story.events[-2]


def test_a_score_corrected_weeks_later_keeps_the_day_it_was_taken(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(18, self_harm=0), hold(2), phq9(17, self_harm=0), hold(3))
    first = story.id_of("reading_taken", 0)
    story = story.when(right(first, phq9(8, self_harm=0)))
    assert [(r.on, r.total, r.session) for r in story.course.readings] == [
        (week(1), 8, story.id_of("session_held", 0)),
        (week(2), 17, story.id_of("session_held", 1)),
    ]


def test_a_correction_that_names_another_day_moves_the_record_there(ipt: Protocol) -> None:
    story = given(ipt, hold(1), hold(2), phq9(18, self_harm=0))
    story = story.when(right(story.id_of("reading_taken"), phq9(18, on=week(1), self_harm=0)))
    assert [(r.on, r.session) for r in story.course.readings] == [(week(1), story.id_of("session_held", 0))]


def test_a_correction_can_be_corrected_again(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(18, self_harm=0))
    story = story.when(right(story.id_of("reading_taken"), phq9(8, self_harm=0)))
    story = story.when(right(story.id_of("reading_taken"), phq9(9, self_harm=0)))
    assert [r.total for r in story.course.readings] == [9]
    assert [k.was.total for k in story.course.corrections] == [18, 8]  # type: ignore[union-attr]


# -- sessions ----------------------------------------------------------------------------------------------------


def test_a_corrected_session_keeps_its_scores_tasks_and_notes(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(18, self_harm=0), c.DoTask("history"), c.WriteNote("slow and tearful"))
    story = story.when(right(story.id_of("session_held"), c.HoldSession(minutes=45)))
    (session,) = story.course.appointments
    assert (session.minutes, session.number, session.on) == (45, 1, START)
    facts = CourseFacts(ipt, story.course, START)
    assert facts.taken_in_last_session("phq9") is True
    assert facts.task_sessions("history") == (1,)
    assert story.agenda().last_time is not None
    assert story.agenda().last_time.notes == ("slow and tearful",)  # type: ignore[union-attr]
    assert story.agenda().scores[0].places == ("1",)


def test_a_corrected_session_can_be_corrected_again_and_withdrawn(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(18, self_harm=0))
    story = story.when(right(story.id_of("session_held"), c.HoldSession(minutes=45)))
    story = story.when(right(story.id_of("session_held"), c.HoldSession(minutes=40)))
    assert [(a.minutes, a.number) for a in story.course.appointments] == [(40, 1)]
    story = story.when(c.Withdraw(story.id_of("session_held"), because="another patient"))
    assert story.course.appointments == ()
    assert len(story.course.corrections) == 3
    assert [r.total for r in story.course.readings] == [18]


def test_a_session_that_was_really_a_no_show_is_put_right_and_the_count_with_it(ipt: Protocol) -> None:
    story = given(ipt, hold(1), hold(2), hold(3))
    second = story.id_of("session_held", 1)
    story = story.when(right(second, c.MissSession("no_show")))
    assert [(a.on, a.number, a.status) for a in story.course.appointments] == [
        (week(1), 1, "attended"), (week(2), None, "no_show"), (week(3), 2, "attended"),
    ]  # fmt: skip


def test_a_booked_session_corrected_to_another_day_leaves_no_ghost_booking(ipt: Protocol) -> None:
    story = given(ipt, book(1, time="15:00"), hold(1))
    story = story.when(right(story.id_of("session_held"), c.HoldSession(on=week(1, days=1))))
    assert [(a.on, a.status, a.time) for a in story.course.appointments] == [(week(1, days=1), "attended", "15:00")]


def test_withdrawing_a_session_that_was_booked_leaves_the_booking(ipt: Protocol) -> None:
    story = given(ipt, book(1, time="15:00"), hold(1))
    story = story.when(c.Withdraw(story.id_of("session_held"), because="recorded for the wrong patient"))
    assert [(a.on, a.status, a.time, a.number) for a in story.course.appointments] == [
        (week(1), "planned", "15:00", None)
    ]


def test_withdrawing_a_session_moves_the_later_numbers_down(ipt: Protocol) -> None:
    story = given(ipt, hold(1), hold(2), hold(3))
    story = story.when(c.Withdraw(story.id_of("session_held", 0), because="it never was"))
    story.then(event("withdrawn", because="it never was"))
    assert [(a.on, a.number) for a in story.course.sessions] == [(week(2), 1), (week(3), 2)]
    assert [k.was.on for k in story.course.corrections] == [week(1)]


# -- what is said of the patient ---------------------------------------------------------------------------------


def test_a_diagnosis_can_turn_out_to_be_a_waiver(ipt: Protocol) -> None:
    story = given(ipt, c.RecordDiagnosis("moderate episode"))
    wrong = story.id_of("diagnosis_recorded")
    story = story.when(right(wrong, c.WaiveDiagnosis(because="she asked for none")))
    facts = CourseFacts(ipt, story.course, START)
    assert (facts.diagnosis_recorded, facts.diagnosis_waived) == (False, True)
    (kept,) = story.course.corrections
    assert kept.because == "she asked for none (corrected: a slip of the pen)"


def test_homework_put_right_keeps_how_it_went(ipt: Protocol) -> None:
    story = given(ipt, c.AssignHomework("rign your sister"), c.ReviewHomework(how="done", note="went well"))
    story = story.when(right(story.id_of("homework_assigned"), c.AssignHomework("ring your sister")))
    assert [(h.text, h.how, h.note) for h in story.course.homework] == [("ring your sister", "done", "went well")]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (c.DoTask("history"), "tasks"),
        (c.Defer("history"), "deferred"),
        (c.RecordFact("medication", "taken"), "facts"),
        (c.WriteNote("slow"), "notes"),
        (c.RecordContact("outreach"), "contacts"),
        (c.RecordPerson("Robin"), "people"),
        (c.RecordLifeEvent("moved house"), "life_events"),
        (c.SetGoal("to sleep"), "goals"),
        (c.FillChecklist("suitability", {"mania": False}), "checklists"),
        (c.RemindMe("ask about sleep"), "reminders"),
        (c.AssignHomework("ring"), "homework"),
    ],
)
def test_every_list_record_can_be_withdrawn_and_stays_visible(ipt: Protocol, said: Command, field: str) -> None:
    story = given(ipt, hold(1)).when(said)
    wrong = story.last[0].id
    story = story.when(c.Withdraw(wrong, because="the wrong course"))
    assert getattr(story.course, field) == ()
    assert [(k.event, k.because) for k in story.course.corrections] == [(wrong, "the wrong course")]
    assert getattr(story.course.corrections[0].was, "id", None) == wrong


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (c.RecordDiagnosis("moderate"), "diagnosis"),
        (c.WriteFormulation("it hangs together", agreed=True), "formulation"),
        (c.AnnounceEnding(), "announced"),
    ],
)
def test_every_single_record_can_be_withdrawn_and_stays_visible(ipt: Protocol, said: Command, field: str) -> None:
    story = given(ipt, hold(1)).when(said)
    story = story.when(c.Withdraw(story.last[0].id, because="the wrong course"))
    assert getattr(story.course, field) is None
    assert len(story.course.corrections) == 1


# -- what is no correction ---------------------------------------------------------------------------------------


def test_a_correction_says_why_and_speaks_of_something_on_record(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(18, self_harm=0))
    reading = story.id_of("reading_taken")
    story = story.when(right(reading, phq9(8), because="  ")).then_refused("no_reason", overridable=False)
    story = story.when(c.Withdraw(reading, because="")).then_refused("no_reason", overridable=False)
    story = story.when(right("k99.1", phq9(8))).then_refused("unknown_event", overridable=False)
    story = story.when(c.Withdraw("k99.1", because="x")).then_refused("unknown_event", overridable=False)
    story = story.when(right(reading, hold(1))).then_refused("other_kind", overridable=False)
    story = story.when(right(reading, focus("grief"))).then_refused("no_correction", overridable=False)
    assert [r.total for r in story.course.readings] == [18]


def test_what_began_moved_or_alerted_the_course_cannot_be_withdrawn(ipt: Protocol) -> None:
    story = given(ipt, phq9(20, self_harm=2), in_the_middle())
    for kind in ("course_started", "alert_raised", "phase_entered", "contract_agreed"):
        story = story.when(c.Withdraw(story.id_of(kind), because="away with it"))
        story = story.then_refused("unknown_event", overridable=False)
    assert len(story.open_alerts) == 1


def test_a_corrected_answer_on_the_risk_item_raises_the_alert_anew_and_withdraws_none(ipt: Protocol) -> None:
    story = given(ipt, hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, 1))
    first = story.open_alerts[0]
    story = story.when(right(story.id_of("reading_taken"), answers(1, 1, 1, 1, 1, 1, 1, 1, 0)))
    assert story.open_alerts == (first,)
    story = story.when(right(story.id_of("reading_taken"), answers(1, 1, 1, 1, 1, 1, 1, 1, 2)))
    assert [a.value for a in story.open_alerts] == [1, 2]
    story = story.when(c.Withdraw(story.id_of("reading_taken"), because="it was her sister's form"))
    assert [a.value for a in story.open_alerts] == [1, 2]


def test_the_reminder_that_a_withdrawn_session_had_used_up_returns(ipt: Protocol) -> None:
    story = given(ipt, hold(1), c.RemindMe("ask about the sister"), hold(2))
    assert reminders(story) == []
    story = story.when(c.Withdraw(story.id_of("session_held"), because="it never was"))
    assert reminders(story) == ["You asked to be reminded: ask about the sister"]


def reminders(story: object) -> list[str]:
    agenda = story.agenda(on=date(2026, 3, 11))  # type: ignore[attr-defined]
    return [line.text for line in (*agenda.first, *agenda.also_due) if line.code == "reminder"]


def test_a_miss_can_be_put_right_to_a_session(ipt: Protocol) -> None:
    story = given(ipt, hold(1), miss(2), hold(3))
    story = story.when(right(story.id_of("session_missed"), c.HoldSession()))
    assert [a.number for a in story.course.sessions] == [1, 2, 3]
