"""What was recorded on the wrong course, through the clinic: kept in both histories, shown in the right one alone."""

from __future__ import annotations

from datetime import date

import pytest

import iptengine as ipt
from iptengine import commands as c
from iptengine.course.events import Event
from iptengine.lasting_clinic import VoidDone
from iptengine.store.port import StoreError

ANNA = ipt.Actor("u17", role="therapist")
DAY, NEXT = date(2026, 3, 10), date(2026, 3, 11)


class BreaksOnce(ipt.MemoryStore):
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


def clinic(store: ipt.MemoryStore | None = None) -> ipt.Clinic:
    """Two courses under the adult protocol, begun on the same day."""
    made = ipt.Clinic(store or ipt.MemoryStore(), [ipt.load("ipt-adult")])
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
    assert [(a.course, a.value) for a in made.alerts()] == [("wrong", 2), ("right", 2)]
    page = " ".join(made.agenda("wrong", on=NEXT).text.split())
    assert "answered 2, on Tue 10 March" in page
    assert "A record of 10 March was voided: it belongs to another course." in page
    assert "He cried" not in page
    (alert,) = made.course("wrong").open_risk_alerts
    made.do("wrong", c.AssessAlert(alert.id, found="not this patient", plan="see the other"), by=ANNA, on=NEXT)
    assert "voided" not in made.agenda("wrong", on=NEXT).text


def test_said_again_it_records_nothing_twice() -> None:
    made = clinic()
    event = mixed_up(made)
    put_right(made, event)
    before = (made.events("wrong"), made.events("right"))
    put_right(made, event)
    assert (made.events("wrong"), made.events("right")) == before


def test_after_a_crash_between_the_two_courses_it_goes_on_where_it_stopped() -> None:
    store = BreaksOnce()
    made = clinic(store)
    event = mixed_up(made)
    store.appends_left = 1
    with pytest.raises(StoreError):
        put_right(made, event)
    assert made.course("right").open_risk_alerts  # the right course comes first, so that nobody waits for its alert
    assert made.course("wrong").readings
    put_right(made, event)
    assert made.course("wrong").readings == ()
    assert len(made.course("right").readings) == 1


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
