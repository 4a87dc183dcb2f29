"""Whoever was booked stays in sight: on the page, on that of a missed week, and in what is due."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from iptengine.course import commands as c
from iptengine.course.ways import due
from iptengine.render import agenda
from phrases import Story, book, contract, given, hold, in_the_middle, miss, phq9, protocol, variant, week

IPT = protocol("ipt-adult")
BOOKED = "10 March, 09:00 was booked; nothing is on record of it: held or missed?"
TWO = "10 March and 17 March were booked; nothing is on record of them: held or\n   missed?"


RESTS = variant("ipt-adult", {"pauses.hospital": {"title": "A stay in hospital"}})


def page(story: Story, on: date, **asked: Any) -> str:
    made = agenda(IPT, story.course, on=on, **asked)
    assert made.problem == ""
    return made.text


def lines_due(story: Story, on: date) -> list[tuple[str, date | None, str]]:
    return [
        (line.kind, line.by, line.text)
        for line in due(story.protocol, story.course, on=on)
        if line.kind in ("session", "unrecorded")
    ]


def one_session() -> Story:
    return given(IPT, hold(1), phq9(12, self_harm=0))


# -- what was booked ---------------------------------------------------------------------------------------------


def test_on_its_day_an_appointment_is_the_next_session_and_nothing_is_asked_of_it() -> None:
    story = one_session().when(book(2, time="09:00"))
    assert "was booked" not in page(story, week(2))
    assert lines_due(story, week(2)) == [("session", week(2), "Session 2 on 10 March, booked")]


@pytest.mark.parametrize("days", [1, 7, 61])
def test_from_the_day_after_an_appointment_with_nothing_on_record_stays_due_with_its_old_day(days: int) -> None:
    story = one_session().when(book(2, time="09:00"))
    assert ("unrecorded", week(2), BOOKED) in lines_due(story, week(2, days))


def test_the_page_asks_whether_a_booked_appointment_was_held_and_has_a_box_for_it() -> None:
    text = page(one_session().when(book(2, time="09:00")), date(2026, 5, 10))
    assert f" ! {BOOKED}" in text.splitlines()
    assert "   10 March was  held[ ] missed[ ] moved[ ]" in text.splitlines()


@pytest.mark.parametrize("detail", ["brief", "usual", "trainee"])
def test_no_number_of_other_lines_folds_a_booked_appointment_away(detail: str) -> None:
    reminders = [c.RemindMe(f"ask about the letter, part {number}") for number in range(1, 7)]
    story = one_session().when(reminders, book(2, time="09:00"))
    assert f" ! {BOOKED}" in page(story, week(3), detail=detail).splitlines()


def test_several_booked_appointments_are_asked_for_in_one_line_and_are_each_due() -> None:
    story = one_session().when(book(2, time="09:00"), book(3))
    assert f" ! {TWO}" in page(story, date(2026, 4, 20))
    assert lines_due(story, date(2026, 4, 20)) == [
        ("unrecorded", week(2), BOOKED),
        ("unrecorded", week(3), "17 March was booked; nothing is on record of it: held or missed?"),
        ("session", week(4), "Session 2 was due on 24 March, not booked; the last was held on 3 March"),
    ]


@pytest.mark.parametrize("after", [hold(2), miss(2), miss(2, "rescheduled", moved_to=week(9))])
def test_once_it_is_recorded_nothing_is_asked_any_more(after: c.Command) -> None:
    story = one_session().when(book(2, time="09:00"), after)
    assert "was booked" not in page(story, week(3))
    assert "unrecorded" not in [kind for kind, _, _ in lines_due(story, week(3))]


def test_a_booking_that_was_withdrawn_is_asked_for_no_more() -> None:
    story = one_session().when(book(2, time="09:00"))
    story = story.when(c.Withdraw(story.id_of("appointment_booked"), because="booked for somebody else"))
    assert "was booked" not in page(story, week(3))


def test_a_session_on_another_day_leaves_the_booked_one_to_be_recorded() -> None:
    story = one_session().when(book(2, time="09:00"), hold(2, days=1))
    assert f" ! {BOOKED}" in page(story, week(3)).splitlines()


def test_an_appointment_booked_into_a_pause_is_asked_for_while_the_course_rests() -> None:
    story = given(RESTS, hold(1), book(2), c.Pause("hospital", on=week(1, 3)))
    told = "10 March was booked; nothing is on record of it: held or missed?"
    assert lines_due(story, week(4)) == [("unrecorded", week(2), told)]
    assert told in [line.text for line in story.agenda(on=week(4)).first]


def test_a_session_that_was_due_in_a_pause_was_due_on_the_day_the_course_went_on() -> None:
    story = given(RESTS, hold(1), c.Pause("hospital", on=week(1, 3)), c.EndPause(on=week(6)))
    told = "Session 2 was due on 7 April, not booked; the last was held on 3 March"
    assert lines_due(story, week(7)) == [("session", week(6), told)]


def test_an_ended_course_asks_for_no_appointment() -> None:
    story = one_session().when(book(2), c.EndCourse("lost_to_contact", reason="not reached", on=week(6)))
    assert lines_due(story, week(7)) == []
    assert "was booked" not in page(story, week(7))


# -- a session that was due and is not booked --------------------------------------------------------------------


def test_a_session_that_is_not_booked_keeps_the_day_it_was_due_on() -> None:
    told = "Session 2 was due on 10 March, not booked; the last was held on 3 March"
    assert lines_due(one_session(), week(2)) == [("session", week(2), "Session 2 on 10 March, not booked")]
    assert lines_due(one_session(), week(2, 1)) == [("session", week(2), told)]
    assert lines_due(one_session(), date(2026, 5, 10)) == [("session", week(2), told)]


def test_a_first_session_that_never_was_keeps_the_day_the_course_began() -> None:
    began = "Session 1 is not booked; none is on record since 3 March, when the course began"
    assert lines_due(given(IPT), week(1)) == [("session", week(1), "Session 1 on 3 March, not booked")]
    assert lines_due(given(IPT), week(3)) == [("session", week(1), began)]
    taken_over = "Session 5 is not booked; none is on record since 3 March, when the course was taken over"
    adopted = given(IPT, c.Adopt("initial", sessions_used=4, on=week(1)))
    assert lines_due(adopted, week(3)) == [("session", week(1), taken_over)]


def test_a_session_that_was_missed_before_any_was_held_is_due_one_rhythm_later() -> None:
    story = given(IPT, miss(1))
    assert lines_due(story, week(4)) == [("session", week(2), "Session 1 was due on 10 March, not booked")]


# -- the missed week ---------------------------------------------------------------------------------------------


def test_the_page_of_a_missed_week_speaks_of_the_last_day_that_was_booked() -> None:
    text = page(one_session().when(book(2), book(3)), date(2026, 4, 20), occasion="missed")
    assert text.splitlines()[0].startswith("Course c1   Tue 17 March ")
    assert "   Nothing is on record of Tue 17 March yet." in text.splitlines()
    assert f" ! {TWO}" in text
    assert "   Next: session 2, Mon 20 April (not booked yet)." in text.splitlines()


def test_where_nothing_was_booked_the_missed_week_is_that_of_the_day_it_was_due() -> None:
    text = page(one_session(), date(2026, 4, 20), occasion="missed")
    assert "   Nothing is on record of Tue 10 March yet." in text.splitlines()


def test_a_miss_on_record_is_told_though_an_earlier_booking_is_open() -> None:
    story = given(IPT, in_the_middle(), book(4), miss(5))
    text = page(story, week(5, 1), occasion="missed")
    assert "   No-show on Tue 31 March: it used no session." in text.splitlines()
    assert " ! 24 March was booked; nothing is on record of it: held or missed?" in text.splitlines()


def test_the_patients_page_of_a_missed_week_names_the_next_day_that_can_be_held() -> None:
    story = one_session().when(contract(12), book(2), book(8))
    text = agenda(IPT, story.course, on=date(2026, 4, 20), occasion="missed", audience="patient").text
    assert "Tuesday 21 April" in text
    assert "March" not in text
