"""What uses up a session, in which order sessions count, and what the contract says about booking more."""

from __future__ import annotations

from iptengine.course import commands as c
from iptengine.course.facts import CourseFacts
from iptengine.course.timing import sessions_held, sessions_left, sessions_used
from iptengine.protocol.protocol import Protocol
from phrases import (
    ANNA,
    START,
    Story,
    book,
    contract,
    event,
    given,
    hold,
    in_the_middle,
    miss,
    phq9,
    variant,
    week,
)


def numbers(story: Story) -> list[tuple[int | None, str]]:
    return [(a.number, a.status) for a in story.course.appointments]


# -- what uses up a session --------------------------------------------------------------------------------------


def test_a_held_session_takes_the_next_place_in_the_count(ipt: Protocol) -> None:
    story = given(ipt, hold(1)).when(hold(2, minutes=50, mode="online", present=("patient", "spouse_or_partner")))
    story.then(
        event(
            "session_held", number=2, minutes=50, mode="online", present=("patient", "spouse_or_partner"),
            phase="initial", appointment="", on=week(2), by=ANNA, warnings=(),
        )
    )  # fmt: skip
    assert numbers(story) == [(1, "attended"), (2, "attended")]


def test_under_the_policy_keep_a_no_show_uses_no_session(ipt: Protocol) -> None:
    story = given(ipt, contract(12), hold(1)).when(miss(2, why="was ill"))
    story.then(event("session_missed", status="no_show", used=False, number=None, why="was ill", phase="initial"))
    assert numbers(story) == [(1, "attended"), (None, "no_show")]
    assert (sessions_used(story.course), sessions_left(story.course)) == (1, 11)


def test_under_the_policy_use_a_no_show_and_a_late_cancellation_use_one(ipt: Protocol) -> None:
    story = given(ipt, contract(12, missed="use"), hold(1), miss(2), miss(3, "late_cancel"), miss(4, "rescheduled"))
    assert numbers(story) == [(1, "attended"), (2, "no_show"), (3, "late_cancel"), (None, "rescheduled")]
    assert (sessions_used(story.course), sessions_held(story.course), sessions_left(story.course)) == (3, 1, 9)


def test_before_a_contract_the_protocols_own_policy_holds_and_sessions_count_into_it_later(ipt: Protocol) -> None:
    story = given(ipt, hold(1), miss(2), hold(3))
    assert sessions_left(story.course) is None
    story = story.when(contract(12, missed="use"))
    assert sessions_left(story.course) == 10
    assert numbers(story) == [(1, "attended"), (None, "no_show"), (2, "attended")]


def test_a_changed_policy_leaves_what_was_missed_before_as_it_was(ipt: Protocol) -> None:
    story = given(ipt, contract(12), miss(1)).when(c.AmendContract(because="agreed anew", missed="use"), miss(2))
    assert numbers(story) == [(None, "no_show"), (1, "no_show")]


# -- late and out of order ---------------------------------------------------------------------------------------


def test_a_session_entered_late_takes_its_place_by_day_and_the_later_ones_move_up(ipt: Protocol) -> None:
    story = given(ipt, hold(1), hold(3)).when(hold(2)).then(event("session_held", number=2, warnings=()))
    assert [(a.on, a.number) for a in story.course.appointments] == [(week(n), n) for n in (1, 2, 3)]


def test_a_second_session_on_a_day_is_recorded_with_a_warning_and_its_own_number(ipt: Protocol) -> None:
    story = given(ipt, hold(1)).when(hold(1)).then(event("session_held", number=2)).warned("same_day")
    assert numbers(story) == [(1, "attended"), (2, "attended")]


def test_a_session_before_the_course_began_is_recorded_with_a_warning(ipt: Protocol) -> None:
    given(ipt).when(hold(0)).warned("before_start")


def test_a_session_entered_late_belongs_to_the_phase_of_its_day(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle(), hold(5)).when(hold(2, days=2))
    story.then(event("session_held", number=3, phase="initial"))
    story.when(hold(4)).then(event("session_held", number=5, phase="middle"))


# -- booking -----------------------------------------------------------------------------------------------------


def test_a_booking_becomes_the_session_and_is_no_second_appointment(ipt: Protocol) -> None:
    story = given(ipt, book(1, time="15:00", minutes=50, mode="online", present=("patient", "friend"))).when(hold(1))
    (only,) = story.course.appointments
    assert (only.status, only.time, only.minutes, only.mode, only.number) == ("attended", "15:00", 50, "online", 1)
    assert only.present == ("patient",), "who came, not who was expected"


def test_an_appointment_moved_to_another_day_takes_all_that_was_agreed_along(ipt: Protocol) -> None:
    story = given(ipt, book(1, time="15:00", minutes=45, mode="online", present=("patient", "friend")))
    story = story.when(miss(1, "rescheduled", moved_to=week(1, days=2)))
    story.then(
        event("session_missed", status="rescheduled", used=False, moved_to=week(1, days=2)),
        event(
            "appointment_booked", on=week(1, days=2), time="15:00", minutes=45, mode="online",
            present=("patient", "friend"),
        ),
    )  # fmt: skip
    assert [a.status for a in story.course.appointments] == ["rescheduled", "planned"]


def test_booking_goes_as_far_as_the_contract_and_further_once_it_is_amended(ipt: Protocol) -> None:
    story = given(ipt, contract(12), *(hold(n) for n in range(1, 12)), book(12))
    story = story.when(book(13)).then_refused("contract_full", overridable=True)
    story = story.when(c.AmendContract(because="one more to part", sessions=13), book(13))
    story.then(event("appointment_booked", on=week(13)))


def test_the_refusal_of_a_booking_names_the_numbers(ipt: Protocol) -> None:
    story = given(ipt, contract(12), *(hold(n) for n in range(1, 13))).when(book(13))
    assert story.refused is not None
    assert str(story.refused) == (
        "book is not possible now: booking goes as far as the contract (12 of 12 sessions are used or booked)"
    )


def test_a_session_beyond_the_contract_that_was_held_all_the_same_is_recorded_with_a_warning(ipt: Protocol) -> None:
    story = given(ipt, contract(12), *(hold(n) for n in range(1, 13))).when(hold(13)).warned("beyond_contract")
    assert sessions_used(story.course) == 13
    assert sessions_left(story.course) == 0


def test_a_miss_that_uses_a_session_beyond_the_contract_warns_too(ipt: Protocol) -> None:
    story = given(ipt, contract(12, missed="use"), *(hold(n) for n in range(1, 13)))
    story.when(miss(13)).warned("beyond_contract")
    story.when(miss(13, "rescheduled")).warned()


def test_what_makes_no_sense_as_an_appointment_is_refused(ipt: Protocol) -> None:
    story = given(ipt)
    story = story.when(miss(1, "attended")).then_refused("unknown_status", overridable=False)
    story = story.when(miss(1, "asleep")).then_refused("unknown_status", overridable=False)
    story = story.when(hold(1, present=("patient", "the cat"))).then_refused("unknown_participant", overridable=False)
    for minutes in (0, -50, True, 1001):
        story = story.when(hold(1, minutes=minutes)).then_refused("minutes", overridable=False)


def test_who_was_present_is_kept_the_same_from_a_list(ipt: Protocol) -> None:
    story = given(ipt).when(c.HoldSession(on=START, present=["patient", "friend"]))  # type: ignore[arg-type]
    story.then(event("session_held", present=("patient", "friend")))


# -- misses in a row ---------------------------------------------------------------------------------------------


def test_misses_in_a_row_count_what_the_patient_missed_up_to_the_last_session(ipt: Protocol) -> None:
    story = given(ipt, miss(1), hold(2), miss(3), miss(4, "cancelled_by_therapist"), miss(5, "late_cancel"))
    facts = CourseFacts(ipt, story.course, week(6))
    assert (facts.misses_in_a_row, facts.appointments_missed, facts.last_appointment) == (2, 3, "late_cancel")
    assert story.raised == ["missed_in_a_row"]
    assert CourseFacts(ipt, story.when(hold(6)).course, week(6)).misses_in_a_row == 0


def test_the_score_taken_in_the_waiting_room_belongs_to_the_session_of_the_day(ipt: Protocol) -> None:
    story = given(ipt, phq9(12, on=week(1), self_harm=0), hold(1))
    assert CourseFacts(ipt, story.course, week(1)).taken_in_last_session("phq9") is True
    (phq,) = story.agenda().scores
    assert (phq.places, phq.totals) == (("1",), ("12",))


# -- contacts ----------------------------------------------------------------------------------------------------


def test_a_contact_stays_outside_the_count(ipt: Protocol) -> None:
    story = given(ipt, contract(12), hold(1)).when(c.RecordContact("outreach", on=week(2), mode="phone", note="rang"))
    story.then(event("contact_held", contact="outreach", mode="phone", note="rang", present=(), warnings=()))
    assert sessions_left(story.course) == 11
    story.when(c.RecordContact("seance")).then_refused("unknown_contact", overridable=False)


def test_a_booster_is_due_three_months_after_the_end_when_one_was_agreed(ipt: Protocol) -> None:
    from iptengine.course.ways import due

    story = given(ipt, hold(1), c.RecordFact("aftercare", "booster"), c.EndCourse("admitted", on=week(1)))
    assert [(d.kind, d.by, d.text) for d in due(ipt, story.course, on=week(2))] == [
        ("outreach", START.replace(month=6), "Booster session")
    ]
    held = story.when(c.RecordContact("booster", on=START.replace(month=6)))
    assert due(ipt, held.course, on=week(20)) == ()


def test_after_a_no_show_a_contact_is_due_until_one_is_on_record(ipt: Protocol) -> None:
    from iptengine.course.ways import due

    story = given(ipt, hold(1), miss(2))
    assert [d.text for d in due(ipt, story.course, on=week(2)) if d.kind == "outreach"] == [
        "No contact on record since the missed 10 March"
    ]
    called = story.when(c.RecordContact("outreach", on=week(2, days=1)))
    assert [d for d in due(ipt, called.course, on=week(3)) if d.kind == "outreach"] == []


# -- one fixed number --------------------------------------------------------------------------------------------


def test_a_protocol_with_one_number_needs_no_contract_step() -> None:
    eight = variant("small", {"contract.sessions": 8})
    story = given(eight, hold(1))
    assert sessions_left(story.course) == 7
    assert CourseFacts(eight, story.course, START).contract_agreed
