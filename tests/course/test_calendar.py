"""Courses by the calendar: how often, until when, and what hangs on a date that is expected, moves, and comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.authoring.document import read
from iptengine.course import commands as c
from iptengine.course.calendar import stop_day
from iptengine.course.codec import decode, encode
from iptengine.course.due_contacts import due_contacts
from iptengine.course.evolve import fold
from iptengine.course.facts import CourseFacts
from iptengine.course.named_dates import NamedDate, named_date
from iptengine.course.visits import frequency, planned, visits
from iptengine.course.ways import due
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda
from phrases import ROOT, START, Story, anyway, built, event, given, hold, variant, week

PATH = ROOT / "tests" / "keys" / "calendar.protocol.yaml"
BIRTH = date(2026, 6, 1)


@cache
def birth_course() -> Protocol:
    """The miniature around a birth: it stops 6 months after it, or when somebody moves away."""
    return built(read(PATH.read_bytes(), PATH.name).require().root)


def changed(**changes: Any) -> Protocol:
    """The miniature with some of its upper keys written otherwise; ``None`` leaves one out."""
    root = {**read(PATH.read_bytes(), PATH.name).require().root, **changes}
    return built({key: value for key, value in root.items() if value is not None})


def expected(day: date, on: date | None = None) -> c.Command:
    return c.RecordFact("birth", day.isoformat(), expected=True, on=on)


def born(day: date, on: date | None = None) -> c.Command:
    return c.RecordFact("birth", day.isoformat(), on=on)


def contact(name: str, on: date) -> c.Command:
    return c.RecordContact(name, on=on)


def session(on: date) -> c.Command:
    return c.HoldSession(on=on)


def days_of(story: Story, on: date, most: int = 3) -> list[date]:
    return [visit.on for visit in visits(story.protocol, story.course, on, most=most)]


def waiting(story: Story, on: date) -> dict[str, tuple[bool | None, date | None]]:
    found = due_contacts(story.protocol, story.course, CourseFacts(story.protocol, story.course, on))
    return {one.contact: (one.now, one.by) for one in found}


def standing(story: Story, on: date) -> list[str]:
    return [line.text for line in story.agenda(on=on).standing]


# -- how often ---------------------------------------------------------------------------------------------------


def contract(**more: Any) -> dict[str, Any]:
    return {"frequency": "1 a month", "minutes": "30..50", **more}


TAPER = {"taper": {"frequency": "every 3 months", "only_if": {"late": "phase is postpartum"}}}


def test_twice_a_month_is_not_every_two_weeks() -> None:
    protocol = changed(contract=contract(frequency="2 a month"))
    story = given(protocol, c.Start(on=date(2026, 1, 5)), session(date(2026, 1, 5)), session(date(2026, 1, 20)))
    assert days_of(story, date(2026, 1, 20)) == [date(2026, 2, 5), date(2026, 2, 20), date(2026, 3, 5)]


def test_a_phase_sets_its_own_frequency_and_the_next_one_another() -> None:
    story = given(changed(contract=contract(frequency_when=TAPER)), hold(1))
    assert str(frequency(story.protocol, story.course, week(1))) == "1 a month"
    story = story.when(born(week(2), on=week(2)), c.EnterPhase("postpartum", on=week(2)))
    assert str(frequency(story.protocol, story.course, week(3))) == "every 3 months"
    assert days_of(story, week(3), most=2) == [date(2026, 6, 3), date(2026, 9, 3)]


def test_a_condition_that_cannot_be_told_sets_no_frequency() -> None:
    story = given(birth_course(), hold(1))
    assert str(frequency(story.protocol, story.course, week(1))) == "1 a month"
    story = story.when(c.RecordFact("arm", "weekly"))
    assert str(frequency(story.protocol, story.course, week(1))) == "1 a week"
    assert "Sessions now: 1 a week (weekly arm)." in standing(story, week(1))


@pytest.mark.parametrize("agreed", ["every 3 weeks", "1 a month"])
def test_what_the_contract_agrees_wins_over_every_phase(agreed: str) -> None:
    story = given(birth_course(), c.AgreeContract(frequency=agreed), c.RecordFact("arm", "weekly"))
    story = story.when(c.AmendContract(minutes=30, because="the child sleeps little"))
    assert str(frequency(story.protocol, story.course, week(1))) == agreed
    assert f"Sessions now: {agreed} (as agreed)." in standing(story, week(1))


def test_a_contract_that_names_no_frequency_leaves_it_to_the_protocol() -> None:
    story = given(birth_course(), c.AgreeContract(minutes=40), c.RecordFact("arm", "weekly"))
    assert str(frequency(story.protocol, story.course, week(1))) == "1 a week"


def test_after_a_frequency_agreed_for_a_while_the_protocols_own_returns() -> None:
    story = given(birth_course(), c.AgreeContract(minutes=40))
    for_a_while = c.AmendContract(frequency="2 a week", frequency_until=week(3), because="a hard time")
    story = story.when(for_a_while, c.RecordFact("arm", "weekly"))
    found = [str(frequency(story.protocol, story.course, day)) for day in (week(3), week(3, days=1))]
    assert found == ["2 a week", "1 a week"]


# -- the stop ----------------------------------------------------------------------------------------------------

YEARLY = changed(calendar={"stop": "12 months after the start"}, contract=contract())


def test_visits_are_planned_up_to_the_stop_and_a_late_one_does_not_move_it() -> None:
    story = given(YEARLY, hold(1))
    assert [(v.on, v.number) for v in visits(YEARLY, story.course, week(1))][::10] == [
        (date(2026, 4, 3), 2), (date(2027, 2, 3), 12),
    ]  # fmt: skip
    assert planned(YEARLY, story.course, week(1)).end == date(2027, 3, 3)
    late = story.when(session(date(2026, 5, 20)))
    assert stop_day(YEARLY, late.course) == date(2027, 3, 3)
    assert planned(YEARLY, late.course, date(2026, 5, 20)).end == date(2027, 2, 20)
    assert standing(late, date(2026, 5, 20))[0] == (
        "The calendar stops on 3 March 2027 (12 months after the start). "
        "Planned: 20 June, 20 July, 20 August and 6 more."
    )


def test_before_a_number_is_agreed_no_more_is_planned_than_can_be_and_no_end_is_named() -> None:
    story = given(variant("ipt-adult", {"calendar": {"stop": "12 months after the start"}}), hold(1))
    ahead = visits(story.protocol, story.course, week(2))
    assert (len(ahead), planned(story.protocol, story.course, week(2)).end) == (15, None)
    assert standing(story, week(2))[0].endswith("Planned: 10 March, 17 March, 24 March and up to 12 more.")
    agreed = story.when(c.AgreeContract(sessions=12, on=START))
    assert len(visits(agreed.protocol, agreed.course, week(2))) == 11
    assert planned(agreed.protocol, agreed.course, week(2)).end == week(12)
    last = date(2027, 3, 1)
    assert planned(story.protocol, story.course, last).end == last


def test_the_last_meeting_before_the_stop_proposes_no_other_to_the_therapist_and_none_to_the_patient() -> None:
    story = given(YEARLY, hold(1), session(date(2027, 2, 10)))
    booked = story.when(c.Book(on=date(2027, 2, 24)))
    assert booked.agenda(on=date(2027, 2, 24)).next_day is None
    assert "Planned: 24 February, the last one before the stop." in standing(booked, date(2027, 2, 24))[0]
    pages = [agenda(YEARLY, booked.course, on=date(2027, 2, 24), audience=who).text for who in ("therapist", "patient")]
    assert not [page for page in pages if "March (not" in page or "Next meeting" in page or "The end is now" in page]


def test_a_visit_proposed_never_lies_after_the_stop_and_a_miss_that_leaves_none_is_told() -> None:
    story = given(YEARLY, hold(1), session(date(2027, 2, 10)))
    on = date(2027, 2, 11)
    assert story.agenda(on=on).day == date(2027, 3, 3)
    text = (
        "No session is planned any more before the calendar stops on 3 March: "
        "book one by then, or bring the course to its end"
    )
    assert [one.text for one in due(YEARLY, story.course, on=on) if one.kind in ("calendar", "session")] == [text]
    assert "no_visit_left" in story.warnings(on=on)
    assert "no_visit_left" not in story.when(c.Book(on=date(2027, 2, 24))).warnings(on=on)


def test_the_next_meeting_and_the_end_bear_their_year_where_it_is_another() -> None:
    counted = changed(calendar={"stop_when": {"moved": "moved_away is yes"}}, contract=contract(sessions=4))
    story = given(counted, c.Start(on=date(2026, 11, 3)), c.AgreeContract(sessions=4, on=date(2026, 11, 3)))
    page = " ".join(agenda(counted, story.course, on=date(2026, 12, 8), audience="therapist").text.split())
    assert "Session 2, Fri 8 January 2027 (not booked yet). The end is now 8 March 2027." in page


def test_visits_whose_rhythm_may_change_are_not_counted_to_the_stop() -> None:
    protocol = changed(calendar={"stop": "12 months after the start"}, contract=contract(frequency_when=TAPER))
    told = standing(given(protocol, hold(1)), week(1))[1]
    assert told.endswith("Planned: 3 April, 3 May, 3 June, then in the rhythm of that time.")


def test_while_a_course_rests_no_visit_is_planned_but_what_is_booked() -> None:
    pauses = {"journey": {"title": "Journey"}}
    protocol = changed(calendar={"stop": "12 months after the start"}, contract=contract(), pauses=pauses)
    story = given(protocol, hold(1), c.Pause("journey", because="away", on=week(2)))
    assert days_of(story, week(2)) == []
    assert story.agenda(on=week(2)).next_day is None
    assert days_of(story.when(c.Book(on=week(6))), week(2)) == [week(6)]
    assert days_of(story.when(c.EndPause(on=week(5))), week(5)) != []


def test_while_a_course_rests_no_page_makes_up_a_meeting() -> None:
    pauses = {"journey": {"title": "Journey"}}
    protocol = changed(contract=contract(), pauses=pauses)
    story = given(protocol, hold(1), c.Pause("journey", because="away", on=week(2)))

    def heads(story: Story, on: date) -> tuple[str, str]:
        pages = (agenda(story.protocol, story.course, on=on, audience=who).text for who in ("therapist", "patient"))
        therapist, patient = (page.split("TO KEEP")[0].splitlines() for page in pages)
        return therapist[0], " ".join(" ".join(patient).split())

    therapist, patient = heads(story, week(2))
    assert therapist.split()[:6] == ["Course", "c1", "No", "session", "is", "planned"]
    assert patient == "FOR OUR MEETING No meeting is planned."
    for again, on in ((story.when(c.Book(on=week(6))), week(2)), (story.when(c.EndPause(on=week(5))), week(5))):
        therapist, patient = heads(again, on)
        assert "No session is planned" not in therapist
        assert "No meeting is planned" not in patient
        assert "minutes" in patient


def test_a_count_ends_the_planned_visits_before_the_stop_does() -> None:
    protocol = changed(calendar={"stop": "12 months after the start"}, contract=contract(sessions=4))
    story = given(protocol, hold(1))
    assert days_of(story, week(1), most=60) == [date(2026, 4, 3), date(2026, 5, 3), date(2026, 6, 3)]


def test_booking_after_the_stop_is_refused_in_whole_words_and_can_be_overridden() -> None:
    late = c.Book(on=date(2027, 3, 4))
    story = given(YEARLY, hold(1)).when(late).then_refused("calendar_stop", overridable=True)
    refused = given(YEARLY, hold(1)).when(late).refused
    assert refused is not None
    assert str(refused.reasons[0]) == (
        "sessions are planned until the calendar stops: 12 months after the start "
        "(the calendar stops on 2027-03-03: 12 months after the start)"
    )
    story.when(anyway(late)).then(
        event("deviated", what="book", overridden=("calendar_stop",)), event("appointment_booked", on=late.on)
    )
    story.when(c.Book(on=date(2027, 3, 3))).then(event("appointment_booked"))


def test_a_session_held_after_the_stop_is_recorded_with_a_warning() -> None:
    given(YEARLY, hold(1)).when(session(date(2027, 3, 9))).then(event("session_held")).warned("after_stop")


def test_on_the_day_of_the_stop_the_page_the_list_and_the_way_out_know_it() -> None:
    story = given(YEARLY, hold(1), born(week(2), on=week(2)), c.EnterPhase("postpartum", on=week(2)))
    the_day_before, the_day = date(2027, 3, 2), date(2027, 3, 3)
    assert story.way("end_course", on=the_day_before, outcome="completed").open is False
    assert story.way("end_course", on=the_day, outcome="completed").open is True
    assert "calendar_stopped" not in story.warnings(on=the_day_before)
    assert "calendar_stopped" in story.warnings(on=the_day)
    told = [(one.kind, one.by, one.text) for one in due(YEARLY, story.course, on=the_day) if one.kind != "outreach"]
    text = "The calendar stops today: plan no session after it, and bring the course to its end"
    assert told == [("calendar", the_day, text)]
    assert f"{text}." in [line.text for line in story.agenda(on=the_day).first]


def test_a_pause_moves_the_stop_by_its_days_where_the_protocol_says_so() -> None:
    pauses = {"hospital": {"title": "Hospital stay", "moves_stop": True}, "journey": {"title": "Journey"}}
    protocol = changed(calendar={"stop": "12 months after the start"}, contract=contract(), pauses=pauses)
    story = given(protocol, hold(1), c.Pause("hospital", because="an operation", on=date(2027, 2, 20)))
    assert CourseFacts(protocol, story.course, date(2027, 3, 10)).calendar_stopped is False
    story = story.when(c.EndPause(on=date(2027, 3, 12)))
    assert standing(story, date(2027, 3, 12))[1].startswith(
        "The calendar stops on 23 March (12 months after the start, moved by 20 days for a pause)."
    )
    assert stop_day(protocol, story.course) == date(2027, 3, 23)
    assert CourseFacts(protocol, story.course, date(2027, 3, 22)).calendar_stopped is False
    assert CourseFacts(protocol, story.course, date(2027, 3, 23)).calendar_stopped is True
    other = given(protocol, hold(1), c.Pause("journey", because="away", on=week(3)), c.EndPause(on=week(5)))
    assert stop_day(protocol, other.course) == date(2027, 3, 3)


def test_an_event_stops_the_calendar_before_its_day() -> None:
    story = given(birth_course(), hold(1), expected(BIRTH), c.RecordFact("moved_away", "yes", on=week(2)))
    assert "calendar_stopped" in story.warnings(on=week(2))
    assert days_of(story, week(2)) == []
    assert planned(story.protocol, story.course, week(2)).end is None
    assert "No session is planned." in standing(story, week(2))
    page = agenda(story.protocol, story.course, on=week(2), audience="therapist").text
    assert page.count("The calendar has stopped") == 1
    refused = story.when(c.Book(on=week(3))).refused
    assert refused is not None
    assert str(refused.reasons[0]) == (
        "sessions are planned until the calendar stops: moved_away is yes (the calendar has stopped)"
    )


def test_a_risk_alert_heads_the_page_of_a_course_that_has_stopped_and_of_one_that_has_ended() -> None:
    story = given(YEARLY, hold(1), born(week(2), on=week(2)), c.EnterPhase("postpartum", on=week(2)))
    after = date(2027, 3, 9)
    story = story.when(c.Read("phq9", total=12, answers={"self_harm": 1}, on=after))
    assert [alert.item for alert in story.agenda(on=after).alerts] == ["self_harm"]
    assert due(YEARLY, story.course, on=after)[0].kind == "alert"
    ended = story.when(c.EndCourse("completed", on=after), expected(date(2027, 4, 1), on=after + timedelta(days=1)))
    assert [alert.item for alert in ended.agenda(on=after).alerts] == ["self_harm"]


# -- named dates -------------------------------------------------------------------------------------------------


def test_a_date_told_at_the_start_that_lies_ahead_is_the_expected_one() -> None:
    ahead = given(birth_course(), c.Start(facts={"birth": BIRTH.isoformat()}, on=week(1)))
    assert named_date(ahead.course, "birth") == NamedDate(BIRTH, None)
    behind = given(birth_course(), c.Start(facts={"birth": "2026-02-20"}, on=week(1))).warned("date_before_start")
    assert named_date(behind.course, "birth") == NamedDate(None, date(2026, 2, 20))


def test_expected_and_real_are_kept_apart_and_conditions_tell_them_apart() -> None:
    story = given(birth_course(), hold(1), expected(BIRTH))
    before = CourseFacts(story.protocol, story.course, week(2))
    assert (before.recorded("birth"), before.days_since_fact("birth")) == (False, None)
    assert before.days_until_fact("birth") == (BIRTH - week(2)).days
    story.when(c.EnterPhase("postpartum", on=week(2))).then_refused("born")
    story = story.when(born(date(2026, 5, 30), on=BIRTH))
    assert named_date(story.course, "birth") == NamedDate(BIRTH, date(2026, 5, 30))
    after = CourseFacts(story.protocol, story.course, BIRTH)
    assert (after.recorded("birth"), after.days_since_fact("birth")) == (True, 2)
    story.when(c.EnterPhase("postpartum")).then(event("phase_entered"))


def test_what_lies_before_an_expected_date_goes_by_it_and_what_lies_after_waits_for_the_real_one() -> None:
    story = given(birth_course(), hold(1), contact("welcome", week(1)), expected(BIRTH))
    assert waiting(story, date(2026, 5, 18)) == {
        "home_visit": (True, date(2026, 5, 18)),
        "card": (False, BIRTH),
        "baby_visit": (False, date(2026, 7, 13)),
        "half_year": (False, date(2026, 9, 3)),
        "farewell": (False, None),
    }
    assert waiting(story, date(2026, 7, 20))["baby_visit"] == (None, date(2026, 7, 13))
    asked = "Day of birth was expected 1 June: record the day it was, or the new one."
    assert asked in [line.text for line in story.agenda(on=BIRTH).first]
    story = story.when(born(date(2026, 6, 8), on=date(2026, 7, 20)))
    found = waiting(story, date(2026, 7, 20))
    assert "home_visit" not in found  # it would have come before a day that has come
    assert (found["card"], found["baby_visit"]) == ((True, date(2026, 6, 8)), (True, date(2026, 7, 20)))


def test_a_moved_date_moves_what_is_unfinished_and_nothing_that_is_finished() -> None:
    story = given(birth_course(), hold(1), contact("welcome", week(1)), expected(BIRTH))
    story = story.when(contact("home_visit", date(2026, 5, 18)), c.Book(on=date(2026, 11, 28)))
    record = (story.course.contacts, story.course.appointments)
    story = story.when(expected(date(2026, 5, 20), on=date(2026, 5, 19)))
    assert [w.text for e in story.last for w in e.warnings] == [
        "the session booked for 28 November lies after the stop of the calendar (20 November)"
    ]
    assert (story.course.contacts, story.course.appointments) == record
    assert waiting(story, date(2026, 5, 19))["baby_visit"] == (False, date(2026, 7, 1))
    assert story.warnings(on=date(2026, 5, 19)) == ["booking_after_stop"]


def test_a_contact_held_before_its_new_day_stays_held_and_is_told() -> None:
    story = given(birth_course(), hold(1), expected(BIRTH), contact("home_visit", date(2026, 5, 18)))
    story = story.when(expected(date(2026, 6, 10), on=date(2026, 5, 20)))
    assert [w.text for e in story.last for w in e.warnings] == [
        "'A visit before the birth' was held on 18 May, before 27 May (2 weeks before birth, expected 10 June); "
        "it stays held"
    ]
    assert "home_visit" not in waiting(story, date(2026, 5, 28))


@pytest.mark.parametrize(
    ("said", "code", "text"),
    [
        (born(date(2026, 2, 1)), "date_before_start",
         "'Day of birth' (1 February) lies before the course began (3 March)"),
        (born(BIRTH), "date_ahead", "'Day of birth' lies ahead; say that it is the expected day"),
    ],
)  # fmt: skip
def test_an_odd_date_is_recorded_as_it_was_said_with_a_warning(said: c.RecordFact, code: str, text: str) -> None:
    story = given(birth_course(), hold(1)).when(said).warned(code)
    assert story.last[0].warnings[0].text == text
    assert named_date(story.course, "birth").actual == date.fromisoformat(str(said.value))


def test_only_a_date_can_be_expected() -> None:
    story = given(birth_course(), hold(1)).when(c.RecordFact("moved_away", "yes", expected=True))
    story.then_refused("no_date", overridable=False)
    protocol = changed(
        calendar={"stop": "12 months after the start"}, contacts=None,
        facts={"birth": {"title": "Day of birth", "type": "date"}, "moved_away": {"title": "Moved", "type": "text"}},
        phases={"pregnancy": {"title": "P", "aim": "A", "must": {"plan": "Plan"}, "next": {"completed": {}}}},
        outcomes={"completed": {"title": "Ended", "kind": "completed"}}, contract=contract(), checklists=None,
    )  # fmt: skip
    given(protocol, hold(1)).when(expected(BIRTH)).warned("not_expected")


def test_asked_for_the_expected_day_and_left_unanswered_nothing_is_lost_and_nothing_opens() -> None:
    story = given(birth_course(), hold(1), c.RecordFact("birth", None, expected=True))
    assert named_date(story.course, "birth") == NamedDate(None, None)
    assert stop_day(story.protocol, story.course) is None
    assert "The calendar stops 6 months after birth, no day on record. Planned: " in standing(story, week(1))[1]


def test_the_dates_of_a_phase_are_its_window() -> None:
    story = given(birth_course(), hold(1), expected(BIRTH))

    def states(on: date) -> tuple[str | None, str | None]:
        facts = CourseFacts(story.protocol, story.course, on)
        return facts.window("pregnancy"), facts.window("postpartum")

    assert states(BIRTH) == ("open", None)
    assert states(BIRTH - timedelta(days=1)) == ("open", "before")
    assert states(BIRTH + timedelta(days=1)) == (None, None)
    story = story.when(born(BIRTH, on=BIRTH))
    assert states(BIRTH) == ("open", "open")
    assert states(BIRTH + timedelta(days=1)) == ("closed", "open")
    assert states(date(2026, 12, 1)) == ("closed", "open")
    assert states(date(2026, 12, 2)) == ("closed", "closed")


# -- what comes again by the calendar ----------------------------------------------------------------------------


def test_a_measure_every_four_weeks_is_due_by_the_day_and_not_by_the_session() -> None:
    story = given(birth_course(), c.RecordFact("arm", "weekly", on=week(1)), hold(1))
    assert _measure_by(story, week(1)) == week(1)
    story = story.when(c.Read("phq9", total=9, answers={"self_harm": 0}, on=week(1)))
    assert _measure_by(story, week(3)) is None
    assert _measure_by(story.when(hold(2), hold(3), hold(4)), week(4)) == week(5)


def _measure_by(story: Story, on: date) -> date | None:
    return next((one.by for one in due(story.protocol, story.course, on=on) if one.kind == "measure"), None)


def test_a_task_every_two_months_counts_from_when_its_phase_began_and_then_from_when_it_was_done() -> None:
    story = given(birth_course(), c.RecordFact("arm", "weekly", on=week(1)), hold(1))

    def why(on: date) -> str | None:
        return next(
            (task.why for step in story.agenda(on=on).steps for task in step.tasks if task.task == "review"), None
        )

    story = story.when(c.DoTask("plan", on=week(1)))
    assert why(week(7)) is None
    assert why(date(2026, 5, 3)) == "every 2 months; not on record yet"
    story = story.when(c.DoTask("review", on=date(2026, 5, 4)))
    assert why(date(2026, 6, 20)) is None
    assert why(date(2026, 7, 4)) == "every 2 months; last on 4 May"


# -- laws --------------------------------------------------------------------------------------------------------

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
SAID = st.lists(st.tuples(DAYS, st.booleans()), max_size=6)


@settings(max_examples=40, deadline=None)
@any_of(SAID, DAYS)
def test_whatever_days_are_told_nothing_is_lost_and_every_page_can_be_made(
    said: list[tuple[date, bool]], on: date
) -> None:
    protocol = birth_course()
    story = given(protocol, hold(1), contact("home_visit", week(1)))
    for day, ahead in said:
        story = story.when(expected(day) if ahead else born(day))
    assert [(f.value, f.expected) for f in story.course.facts] == [(day.isoformat(), ahead) for day, ahead in said]
    assert len(story.course.contacts) == 1
    page = story.agenda(on=on)
    stop = stop_day(protocol, story.course)
    ahead_days = [visit.on for visit in page.visits]
    assert ahead_days == sorted(set(ahead_days))
    assert stop is None or all(day <= stop for day in ahead_days)


@settings(max_examples=40, deadline=None)
@any_of(DAYS, DAYS)
def test_a_day_that_is_only_expected_opens_no_way_on_any_day(day: date, on: date) -> None:
    story = given(birth_course(), hold(1), expected(day))
    assert story.way("enter_phase", on=on, phase="postpartum").open is False
    assert CourseFacts(story.protocol, story.course, on).calendar_stopped is not True


@any_of(st.text(max_size=12), st.booleans())
def test_a_record_of_a_date_is_read_back_as_it_was_and_an_odd_one_stops_nothing(value: str, ahead: bool) -> None:
    story = given(birth_course(), hold(1), expected(BIRTH))
    record = replace(story.last[0], id="odd", value=value, expected=ahead)
    assert decode(encode(record)) == record
    odd = replace(story, course=fold(story.course, (record,)))
    assert odd.agenda(on=week(2)).number == 2


def test_a_session_with_a_mistyped_year_takes_no_page_away() -> None:
    story = given(birth_course(), expected(date.max), session(date.max))
    assert planned(story.protocol, story.course, week(2)).next_session == date.max
    assert story.agenda(on=week(2)).number == 2
    assert due(story.protocol, story.course, on=date.max)


# -- on the very day ---------------------------------------------------------------------------------------------

STOP = date(2026, 12, 1)


def test_the_calendar_has_stopped_on_its_day_although_nobody_knows_whether_the_event_came() -> None:
    story = given(birth_course(), born(BIRTH, on=BIRTH))
    told = [CourseFacts(story.protocol, story.course, day).calendar_stopped for day in (STOP - timedelta(1), STOP)]
    assert told == [None, True]


def test_a_visit_on_the_day_of_the_stop_is_planned_and_one_booked_after_it_is_not_forgotten() -> None:
    story = given(birth_course(), born(BIRTH, on=BIRTH), session(date(2026, 11, 1)))
    assert days_of(story, date(2026, 11, 2)) == [STOP]
    later = story.when(anyway(c.Book(on=STOP + timedelta(7))))
    assert days_of(later, date(2026, 11, 2)) == [STOP + timedelta(7)]


def test_a_booking_whose_day_has_passed_is_no_visit_to_come_and_an_ended_course_has_none() -> None:
    story = given(birth_course(), born(BIRTH, on=BIRTH), c.Book(on=date(2026, 7, 1)))
    assert days_of(story, date(2026, 7, 2), most=1) == [date(2026, 8, 1)], "the rhythm goes on from the booked day"
    ended = story.when(anyway(c.EndCourse("completed", on=date(2026, 7, 2))))
    assert days_of(ended, date(2026, 7, 2)) == []


def test_a_date_told_on_its_own_day_is_neither_ahead_nor_before_the_start() -> None:
    story = given(birth_course()).when(born(week(1), on=week(1)))
    assert {w.code for w in story.last[0].warnings} & {"date_ahead", "date_before_start"} == set()


def test_what_was_to_come_before_a_date_is_over_on_the_day_it_comes() -> None:
    story = given(birth_course(), expected(BIRTH))
    assert waiting(story, BIRTH)["home_visit"] == (True, date(2026, 5, 18))
    assert "home_visit" not in waiting(story.when(born(BIRTH, on=BIRTH)), BIRTH)


def test_a_call_before_the_first_session_is_due_before_it() -> None:
    assert waiting(given(birth_course()), week(1))["welcome"] == (True, None)


def test_a_calendar_that_two_events_stop_together_takes_bookings_until_both_came() -> None:
    both = {"stop_when": {"moved": "moved_away is yes", "monthly": "arm is monthly"}}
    story = given(changed(calendar=both), c.RecordFact("moved_away", "yes"))
    booked = story.when(c.Book(on=week(3)))
    assert booked.refused is None
    booked.when(c.RecordFact("arm", "monthly"), c.Book(on=week(4))).then_refused("calendar_stop", overridable=True)


def test_a_birth_some_days_late_says_nothing_of_what_was_held_in_time() -> None:
    story = given(birth_course(), expected(BIRTH), contact("home_visit", date(2026, 5, 18)))
    late = BIRTH + timedelta(days=2)
    assert [w.code for w in story.when(born(late, on=late)).last[0].warnings] == []
    assert [w.code for w in story.when(expected(late)).last[0].warnings] == ["contact_before_day"]


def test_a_contact_held_on_its_very_day_fits() -> None:
    due_on = BIRTH + timedelta(weeks=6)
    story = given(birth_course(), expected(BIRTH), contact("baby_visit", due_on)).when(born(BIRTH, on=BIRTH))
    assert [w.code for w in story.last[0].warnings] == []


# -- what a stranger found ---------------------------------------------------------------------------------------

MONTHS = read((ROOT / "examples" / "steady-months.protocol.yaml").read_bytes(), "steady-months.protocol.yaml")
STEADY = built(MONTHS.require().root)


def steady(*said: Any) -> Story:
    return given(STEADY, c.Start(on=week(1)), session(week(1)), *said)


def test_a_refused_end_says_the_day_of_the_stop_and_what_is_not_on_record() -> None:
    story = given(birth_course(), hold(1), born(week(2), on=week(2)), c.EnterPhase("postpartum", on=week(2)))
    refused = story.when(c.EndCourse("completed", on=week(3))).refused
    assert refused is not None
    assert [str(r) for r in refused.reasons] == [
        "the calendar has stopped (whether the calendar has stopped is not known "
        "(its day is 10 September; not recorded: moved away))"
    ]


def test_a_measure_that_was_not_due_leaves_no_gap() -> None:
    known = c.Read("phq9", total=4, answers={"self_harm": 0}, on=week(1))
    codes = [line.code for line in steady(known, session(week(3))).agenda(on=week(6)).first]
    assert "cannot_tell" not in codes
    late = steady(known, session(week(8))).agenda(on=week(9))
    assert "cannot_tell" in [line.code for line in (*late.first, *late.also_due)]


def test_a_risk_item_left_blank_makes_its_measure_due_until_it_is_answered_or_assessed() -> None:
    blank = steady(c.Read("phq9", total=12, on=week(1)))
    due_now = [name for name, _, _ in blank.agenda(on=week(2)).measures_due]
    assert "phq9" in due_now
    answered = blank.when(c.Read("phq9", total=12, answers={"self_harm": 0}, on=week(2)))
    assert "phq9" not in [name for name, _, _ in answered.agenda(on=week(3)).measures_due]
    assessed = blank.when(c.AssessAlert(blank.open_alerts[0].id, found="none", plan="none", on=week(2)))
    assert "phq9" not in [name for name, _, _ in assessed.agenda(on=week(2)).measures_due]


def test_after_the_event_stop_the_ending_tasks_head_the_plan_and_are_no_tasks_of_another_phase() -> None:
    story = steady(c.RecordFact("moved_away", "yes", on=week(2)))
    steps = story.agenda(on=week(3)).steps
    assert [step.tasks[0].task for step in steps[:2]] == ["card", "farewell"]
    assert sum(step.minutes for step in steps) == 50
    logged = story.when(c.DoTask("farewell", on=week(3)))
    assert "other_phase" not in [w.code for e in logged.events for w in e.warnings]
    steady().when(c.DoTask("farewell", on=week(3))).warned("other_phase")


def test_what_is_due_again_after_a_pause_heads_the_plan_with_minutes_of_its_own() -> None:
    story = steady(c.DoTask("first_signs", on=week(1)), c.DoTask("card", on=week(1)))
    story = story.when(c.Pause("abroad", on=week(2)), c.EndPause(on=week(12)))
    steps = story.agenda(on=week(12)).steps
    assert [(step.label, step.minutes) for step in steps[:2]] == [("Signs", 10), ("Card", 20)]
    assert sum(step.minutes for step in steps) == 50


def test_a_phase_entered_again_after_its_dates_counts_as_one_without_and_that_is_said_once() -> None:
    late = date(2026, 9, 10)
    story = steady(anyway(c.EnterPhase("monthly", on=week(4))), anyway(c.EnterPhase("settling", on=late)))
    story = story.when(c.Book(on=date(2026, 9, 24)))
    assert not {"window_closed", "booking_outside_phase"} & set(story.warnings(on=late))
    told = "'Settling' was meant until 3 months after the start; entered again on 10 September, it has no dates."
    assert standing(story, late).count(told) == 1
