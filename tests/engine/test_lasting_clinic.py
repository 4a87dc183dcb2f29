"""What was recorded on the wrong course, through the clinic: kept in both histories, shown in the right one alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import iptengine as ipt
from iptengine import commands as c
from iptengine.course.codec import BadInput
from iptengine.course.events import Event
from iptengine.engine.lasting import VoidDone
from iptengine.store.port import StoreError
from stores import FreshStore, fresh_store

KEYS = Path(__file__).parents[1] / "keys"

ANNA = ipt.Actor("u17", role="therapist")
BEN = ipt.Actor("u9", role="supervisor")
DAY, NEXT = date(2026, 3, 10), date(2026, 3, 11)


class BreaksOnce(FreshStore):
    """A store that fails at the second append after it is armed."""

    def __init__(self) -> None:
        super().__init__()
        self.appends_left: int | None = None

    def append(self, course, events, *, expected):  # type: ignore[no-untyped-def]
        if self.appends_left == 0:
            self.appends_left = None
            raise StoreError("the disk is full")
        if self.appends_left is not None:
            self.appends_left -= 1
        return super().append(course, events, expected=expected)


def clinic(store: ipt.Store | None = None) -> ipt.Clinic:
    """Two courses under the adult protocol, begun on the same day."""
    made = ipt.Clinic(store or fresh_store(), [ipt.load("ipt-adult")])
    for course in ("wrong", "right"):
        made.start("ipt-adult", by=ANNA, on=date(2026, 3, 3), course=course)
    return made


def mixed_up(made: ipt.Clinic) -> str:
    """A whole session told on the wrong course; the id of the first event."""
    scores = {"phq9": {"total": 21, "self_harm": 2}}
    done = made.do("wrong", c.RecordSession(scores=scores, note="He cried about his brother"), by=ANNA, on=DAY)
    return done.events[0].id


def put_right(made: ipt.Clinic, event: str, to: str = "right") -> VoidDone:
    return made.void("wrong", event, to=to, because="the same initials", by=ANNA, on=NEXT)


def broken_off() -> tuple[ipt.Clinic, str]:
    """A record that is being put right, with a crash between the two courses."""
    store = BreaksOnce()
    made = clinic(store)
    event = mixed_up(made)
    store.appends_left = 1
    with pytest.raises(StoreError):
        put_right(made, event)
    return made, event


def of_kind(events: tuple[Event, ...], kind: str) -> list[Event]:
    return [event for event in events if event.kind == kind]


def test_a_session_on_the_wrong_course_is_voided_there_and_recorded_in_the_right_one_on_its_own_day() -> None:
    made = clinic()
    done = put_right(made, mixed_up(made))
    wrong, right = made.course("wrong"), made.course("right")
    assert (wrong.sessions, wrong.readings, wrong.notes, wrong.tasks) == ((), (), (), ())
    assert [(s.on, s.number) for s in right.sessions] == [(DAY, 1)]
    assert [(r.total, r.answers) for r in right.readings] == [(21, {"self_harm": 2})]
    assert [n.text for n in right.notes] == ["He cried about his brother"]
    assert done.right is not None
    assert {event.taken_from for event in done.right.events if event.kind != "alert_raised"} == {"wrong"}


def test_both_histories_keep_it() -> None:
    made = clinic()
    put_right(made, mixed_up(made))
    assert [n.text for n in of_kind(made.events("wrong"), "note_written")] == ["He cried about his brother"]  # type: ignore[attr-defined]
    (voided,) = of_kind(made.events("wrong"), "voided")
    assert (voided.meant_for, voided.because) == ("right", "the same initials")  # type: ignore[attr-defined]


def test_a_risk_alert_stays_where_it_was_raised_and_is_raised_anew_where_it_belongs() -> None:
    made = clinic()
    put_right(made, mixed_up(made))
    assert [(a.course, a.value) for a in made.alerts()] == [("right", 2), ("wrong", 2)]
    page = " ".join(made.agenda("wrong", on=NEXT).text.split())
    assert "answered 2, on Tue 10 March" in page
    assert "A record of 10 March was voided: it belongs to another course." in page
    assert "He cried" not in page
    (alert,) = made.course("wrong").open_risk_alerts
    made.do("wrong", c.AssessAlert(alert.id, found="not this patient", plan="see the other"), by=ANNA, on=NEXT)
    page = " ".join(made.agenda("wrong", on=NEXT).text.split())
    assert "was voided" not in page
    assert "Risk alerts: none open; 1 assessed on a voided record. Ask again today." in page
    assert "see the other" not in page


def test_of_a_record_that_was_voided_in_favour_of_no_course_none_is_spoken_of() -> None:
    made = clinic()
    put_right(made, mixed_up(made), to="")
    page = " ".join(made.agenda("wrong", on=NEXT).text.split())
    assert "A record of 10 March was voided: it is recorded in no other course. Its risk alert stays until" in page
    assert "belongs to another" not in page


def test_said_again_it_records_nothing_twice() -> None:
    made = clinic()
    event = mixed_up(made)
    put_right(made, event)
    before = (made.events("wrong"), made.events("right"))
    put_right(made, event)
    assert (made.events("wrong"), made.events("right")) == before


def test_after_a_crash_between_the_two_courses_it_goes_on_where_it_stopped() -> None:
    made, event = broken_off()
    assert made.course("right").open_risk_alerts  # the right course comes first, so that nobody waits for its alert
    assert made.course("wrong").readings
    put_right(made, event)
    assert made.course("wrong").readings == ()
    assert len(made.course("right").readings) == 1


def test_after_a_crash_somebody_else_goes_on_in_other_words_and_on_another_day() -> None:
    made, event = broken_off()
    made.void("wrong", event, to="right", because="as she said", by=BEN, on=NEXT)
    assert made.course("wrong").readings == ()
    assert len(made.course("right").readings) == 1
    assert made.events("wrong")[-1].by == BEN


def test_under_a_key_of_ones_own_another_void_is_not_told_as_done() -> None:
    made = clinic()
    event = mixed_up(made)
    for because in ("the same initials", "the same initials"):
        made.void("wrong", event, to="right", because=because, by=ANNA, on=NEXT, key="form-1")
    before = (made.events("wrong"), made.events("right"))
    with pytest.raises(BadInput, match="something else was recorded"):
        made.void("wrong", event, to="right", because="another reason", by=ANNA, on=NEXT, key="form-1")
    assert (made.events("wrong"), made.events("right")) == before


def test_a_person_told_on_the_wrong_course_goes_with_the_task_it_counted_as() -> None:
    made = clinic()
    done = made.do("wrong", c.RecordPerson("Robin", role="brother"), by=ANNA, on=DAY)
    assert [event.kind for event in done.events] == ["person_recorded", "task_logged"]
    put_right(made, done.events[0].id)
    assert (made.course("wrong").people, made.course("wrong").tasks) == ((), ())
    assert [p.name for p in made.course("right").people] == ["Robin"]
    assert [t.task for t in made.course("right").tasks] == ["inventory"]


def test_a_focus_and_an_ending_are_voided_and_asked_for_anew_where_they_belong() -> None:
    made = clinic()
    agreed = made.do("wrong", c.AgreeFocus("role_dispute", person="Robin"), by=ANNA, on=DAY)
    done = put_right(made, agreed.events[0].id)
    assert made.course("wrong").focuses == made.course("right").focuses == ()
    assert done.ask_anew == (agreed.events[0].id,)
    ended = made.do("wrong", c.EndCourse("lost_to_contact"), by=ANNA, on=DAY).events[0]
    assert made.course("wrong").ended == "lost_to_contact"
    put_right(made, ended.id, to="")
    assert made.course("wrong").ended is None


def test_one_reading_of_a_session_can_go_alone() -> None:
    made = clinic()
    mixed_up(made)
    (reading,) = made.course("wrong").readings
    put_right(made, reading.id)
    assert made.course("wrong").readings == ()
    assert len(made.course("wrong").sessions) == len(made.course("wrong").notes) == 1
    assert made.course("right").sessions == ()


def test_a_reading_said_again_keeps_what_was_blank_and_who_made_the_total() -> None:
    made = clinic()
    blank = c.Read("phq9", answers={"low_mood": 2, "self_harm": None}, on=DAY)
    put_right(made, made.do("wrong", blank, by=ANNA).events[0].id)
    (before,), (after,) = (of_kind(made.events(one), "reading_taken") for one in ("wrong", "right"))
    assert (after.answers, after.missing, after.total_given) == (before.answers, before.missing, before.total_given)  # type: ignore[attr-defined]
    assert [alert.value for alert in made.course("right").open_risk_alerts] == [None]


def planned(course: str = "wrong", *more: str) -> ipt.Clinic:
    """Courses under a protocol with a plan, each at work on the same one."""
    made = ipt.Clinic(fresh_store(), [ipt.load(KEYS / "plan.protocol.yaml")])
    for one in (course, *more):
        made.start("plan", by=ANNA, on=DAY, course=one)
        work = c.Deviate(c.EnterPhase("treat"), because="he knows it from before")
        made.do(one, c.ChoosePlan(order="low_mood", because="low mood leads"), work, by=ANNA, on=DAY)
    return made


def test_the_doses_of_a_session_on_the_wrong_course_go_with_it() -> None:
    made = planned("wrong", "right")
    held = made.do("wrong", c.RecordSession(), by=ANNA, on=DAY).events[0]
    assert [(d.component, d.dose) for d in made.course("wrong").doses] == [("engage", "1/2"), ("activity", "1/2")]
    put_right(made, held.id)
    assert made.course("wrong").doses == ()
    assert [(d.component, d.dose) for d in made.course("right").doses] == [("engage", "1/2"), ("activity", "1/2")]


@pytest.mark.parametrize(
    "move",
    [
        c.ChangePlan(("engage", "thoughts"), because="worry leads"),
        c.Interrupt("safety", because="he spoke of harm"),
        c.FinishComponent("activity", because="he does it by himself"),
    ],
)
def test_what_was_decided_of_the_plan_on_the_wrong_course_is_voided_and_asked_for_anew(move: c.Command) -> None:
    made = planned("wrong", "right")
    made.do("wrong", c.DeliverComponent("activity"), by=ANNA, on=DAY)
    before = made.course("wrong")
    (moved,) = made.do("wrong", move, by=ANNA, on=DAY).events
    done = put_right(made, moved.id)
    after = made.course("wrong")
    assert (after.plans, after.interruptions, after.finished_components) == (
        before.plans, before.interruptions, before.finished_components
    )  # fmt: skip
    assert done.ask_anew == (moved.id,)


def test_words_for_an_item_told_on_the_wrong_course_go_to_the_right_one() -> None:
    made = ipt.Clinic(fresh_store(), [ipt.load(KEYS / "measures.protocol.yaml")])
    for one in ("wrong", "right"):
        made.start("measured", by=ANNA, on=DAY, course=one)
    worded = made.do("wrong", c.WordItem("problems", "first", "I lie awake"), by=ANNA, on=DAY).events[0]
    put_right(made, worded.id)
    assert made.course("wrong").wordings == ()
    assert [(w.item, w.text, w.on) for w in made.course("right").wordings] == [("first", "I lie awake", DAY)]
    assert "lie awake" not in made.agenda("wrong", on=NEXT).text


def test_where_a_group_stands_judged_on_the_wrong_course_is_voided_there() -> None:
    made = ipt.Clinic(fresh_store(), [ipt.load(KEYS / "approvals.protocol.yaml")])
    made.start("approvals", by=ANNA, on=DAY, course="wrong")
    quarrel = c.RecordFact("quarrel", "yes")
    moved = made.do("wrong", quarrel, c.MoveChart("group_stage", to="differentiation", because="x"), by=ANNA, on=DAY)
    done = put_right(made, moved.events[1].id, to="")
    assert made.course("wrong").chart_moved("group_stage") is None
    assert done.ask_anew == (moved.events[1].id,)


@pytest.mark.parametrize(
    ("event", "to", "because", "told"),
    [
        ("k9.1", "right", "mixed up", "this course has no record by that event that can be voided"),
        ("", "wrong", "mixed up", "it was meant for this very course; correct it here"),
        ("", "right", " ", "say why it does not belong here"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(
    event: str, to: str, because: str, told: str
) -> None:
    made = clinic()
    first = mixed_up(made)
    before = (made.events("wrong"), made.events("right"))
    with pytest.raises(ipt.Refused) as no:
        made.void("wrong", event or first, to=to, because=because, by=ANNA, on=NEXT)
    assert str(no.value.reasons[0]) == told
    assert (made.events("wrong"), made.events("right")) == before


def test_a_course_that_is_not_there_is_told_before_anything_is_written() -> None:
    made = clinic()
    event = mixed_up(made)
    with pytest.raises(ipt.UnknownCourse):
        put_right(made, event, to="nobody")
    assert made.course("wrong").readings


# -- courses that follow -----------------------------------------------------------------------------------------


def brief() -> ipt.Protocol:
    """A miniature that begins anew after a relapse, and takes over people, goals and readings."""
    return ipt.load(KEYS / "lasting.protocol.yaml")


def first_episode(outcome: str = "relapsed", store: ipt.Store | None = None) -> ipt.Clinic:
    """A course with an old score and a last one, a person and a goal, that has ended."""
    made = ipt.Clinic(store or fresh_store(), [brief()])
    made.start("lasting", by=ANNA, on=date(2026, 1, 5), course="first", called="A. B.")
    made.do("first", c.Read("phq9", total=18, answers={"self_harm": 0}), by=ANNA, on=date(2026, 1, 5))
    made.do("first", c.RecordPerson("Robin"), c.SetGoal("Sleep"), by=ANNA, on=date(2026, 1, 5))
    made.do("first", c.Read("phq9", total=21, answers={"self_harm": 1}), by=ANNA, on=date(2026, 2, 2))
    if outcome:
        made.do("first", c.EndCourse(outcome), by=ANNA, on=date(2026, 2, 2))
    return made


def again(made: ipt.Clinic, because: str = "") -> ipt.Done:
    return made.follow("first", "lasting", by=ANNA, on=date(2026, 2, 16), new="second", because=because)


def test_after_a_relapse_a_course_of_its_own_follows_and_takes_over_what_its_protocol_carries() -> None:
    made = first_episode()
    assert [line.text for line in made.due(on=date(2026, 2, 9)) if line.kind == "follow_on"] == [
        "May be followed by lasting"
    ]
    course = again(made).course
    assert course.follows is not None
    assert (course.follows.course, course.follows.outcome_kind, course.started) == (
        "first", "relapse", date(2026, 2, 16),
    )  # fmt: skip
    assert (course.called, course.sessions, course.tasks) == ("A. B.", (), ())
    assert [p.name for p in course.people] == ["Robin"]
    assert [(r.total, r.on, r.taken_from) for r in course.readings] == [(21, date(2026, 2, 2), "first")]
    assert [one.course for one in made.course("first").followed_by] == ["second"]
    assert not [line for line in made.due(on=date(2026, 2, 20)) if line.kind == "follow_on"]


def test_a_known_risk_item_above_zero_is_raised_anew_and_nothing_older() -> None:
    course = again(first_episode()).course
    assert [(a.code, a.value) for a in course.alerts] == [("risk_item", 1)]


def test_an_old_total_without_its_items_raises_nothing_and_is_asked_for() -> None:
    made = ipt.Clinic(fresh_store(), [brief()])
    made.start("lasting", by=ANNA, on=date(2026, 1, 5), course="first")
    made.do("first", c.Read("phq9", total=9), by=ANNA, on=date(2026, 1, 5))
    (alert,) = made.course("first").open_risk_alerts
    made.do("first", c.AssessAlert(alert.id, found="asked: none", plan="go on"), by=ANNA, on=date(2026, 1, 5))
    made.do("first", c.EndCourse("relapsed"), by=ANNA, on=date(2026, 2, 2))
    assert again(made).course.alerts == ()
    assert "item 9 is not known from before: ask today" in made.agenda("second", on=date(2026, 2, 16)).text


def test_the_page_says_what_the_course_follows_and_the_former_what_follows_it() -> None:
    made = first_episode()
    again(made)
    page = " ".join(made.agenda("second", on=date(2026, 2, 16)).text.split())
    assert "Restart after a relapse: follows the course first (lasting@1.0.0), ended on Monday 2 February" in page
    assert "Carried over: people, goals and readings." in page
    assert "Followed by the course second" in " ".join(made.agenda("first", on=date(2026, 2, 16)).text.split())


@pytest.mark.parametrize(
    ("outcome", "code", "told"),
    [
        ("", "not_ended", "the course it is to follow has not ended"),
        ("lost", "not_followed_by", "the outcome 'lost' is followed by nothing, not by lasting"),
    ],
)
def test_without_a_relapse_a_restart_is_refused_and_a_clinician_may_go_on_saying_why(
    outcome: str, code: str, told: str
) -> None:
    made = first_episode(outcome)
    with pytest.raises(ipt.Refused) as no:
        again(made)
    assert [(reason.code, str(reason)) for reason in no.value.reasons] == [(code, told)]
    with pytest.raises(ipt.UnknownCourse):
        made.course("second")
    course = again(made, because="he came back after a year").course
    (deviation,) = course.deviations
    assert (deviation.what, deviation.overridden, deviation.because) == (
        "follow", (code,), "he came back after a year",
    )  # fmt: skip


def test_the_measure_of_the_start_is_due_although_an_old_reading_was_carried_over() -> None:
    made = first_episode()
    again(made)
    assert [line.kind for line in made.due(on=date(2026, 2, 16), courses=["second"])] == [
        "alert", "session", "measure",
    ]  # fmt: skip


def test_after_a_crash_the_former_course_learns_of_the_one_that_follows_when_it_is_said_again() -> None:
    store = BreaksOnce()
    made = first_episode(store=store)
    store.appends_left = 1
    with pytest.raises(StoreError):
        again(made)
    before = made.events("second")
    assert made.course("first").followed_by == ()
    for _ in range(2):
        assert again(made).course.follows is not None
    assert [one.course for one in made.course("first").followed_by] == ["second"]
    assert made.events("second") == before


def test_a_course_that_follows_no_other_is_not_taken_for_the_one_that_does() -> None:
    made = first_episode()
    made.start("lasting", by=ANNA, on=date(2026, 2, 16), course="second")
    with pytest.raises(ipt.CourseExists):
        again(made)
    assert made.course("first").followed_by == ()
