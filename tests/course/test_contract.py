"""The range binds the contract, the contract the count; a change is an amendment, and a wider one a deviation."""

from __future__ import annotations

from datetime import date

import pytest

from iptengine.course import commands as c
from iptengine.course import timing, visits
from iptengine.course.commands import Command
from iptengine.course.ways import due
from iptengine.protocol.protocol import Protocol
from phrases import START, Story, anyway, contract, event, given, hold, logged, miss, protocol, variant, week


def amend(because: str = "agreed on the phone", **more: object) -> Command:
    return c.AmendContract(because=because, **more)  # type: ignore[arg-type]


def terms(story: Story) -> tuple[object, ...]:
    agreed = story.course.contract
    assert agreed is not None
    return agreed.sessions, agreed.frequency, agreed.minutes, agreed.mode, agreed.missed


# -- agreeing ----------------------------------------------------------------------------------------------------


def test_a_contract_holds_what_was_agreed_and_the_protocols_terms_for_the_rest(ipt: Protocol) -> None:
    story = given(ipt).when(contract(14))
    story.then(
        event(
            "contract_agreed", sessions=14, frequency="1 a week", minutes=50, mode="in person", missed="keep",
            uses_session=("attended",), warnings=(),
        ),
        logged("agree_contract"),
    )  # fmt: skip
    given(ipt).when(contract(12, frequency="every 2 weeks", minutes=45, mode="online", missed="use")).then(
        event(
            "contract_agreed", sessions=12, frequency="every 2 weeks", minutes=45, mode="online", missed="use",
            uses_session=("attended", "late_cancel", "no_show"),
        ),
        logged("agree_contract"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        ({"sessions": 11}, ["sessions_range"]),
        ({"sessions": 17}, ["sessions_range"]),
        ({"sessions": None}, ["sessions_missing"]),
        ({"sessions": 12, "minutes": 44}, ["minutes_range"]),
        ({"sessions": 12, "minutes": 51}, ["minutes_range"]),
        ({"sessions": 12, "mode": "by pigeon"}, ["mode"]),
        ({"sessions": 30, "minutes": 90, "mode": "at sea"}, ["sessions_range", "minutes_range", "mode"]),
    ],
)
def test_what_lies_beyond_the_protocol_is_refused_with_every_reason(
    ipt: Protocol, terms: dict[str, object], codes: list[str]
) -> None:
    given(ipt).when(c.AgreeContract(**terms)).then_refused(*codes, overridable=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("sessions", [12, 16])
def test_both_ends_of_the_range_can_be_agreed(ipt: Protocol, sessions: int) -> None:
    assert terms(given(ipt, contract(sessions, minutes=45)))[0] == sessions


def test_a_deviation_agrees_beyond_the_range_and_records_what_it_overrode(ipt: Protocol) -> None:
    story = given(ipt).when(anyway(c.AgreeContract(sessions=18, minutes=60), because="a severe episode"))
    story.then(
        event(
            "deviated", what="agree_contract", because="a severe episode",
            overridden=("sessions_range", "minutes_range"),
        ),
        event("contract_agreed", sessions=18, minutes=60),
        logged("agree_contract"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"sessions": 0}, "sessions"),
        ({"sessions": -3}, "sessions"),
        ({"sessions": True}, "sessions"),
        ({"sessions": 12.5}, "sessions"),
        ({"sessions": 1001}, "sessions"),
        ({"sessions": 14, "minutes": 0}, "minutes"),
        ({"sessions": 14, "missed": "shrug"}, "unknown_policy"),
        ({"sessions": 14, "frequency": "now and then"}, "frequency"),
    ],
)
def test_terms_that_make_no_sense_cannot_be_overridden(ipt: Protocol, terms: dict[str, object], code: str) -> None:
    command = c.AgreeContract(**terms)  # type: ignore[arg-type]
    given(ipt).when(command).then_refused(code, overridable=False)
    given(ipt).when(anyway(command)).then_refused(code, overridable=False)


def test_a_second_contract_is_an_amendment(ipt: Protocol) -> None:
    given(ipt, contract()).when(contract(12)).then_refused("already_agreed", overridable=False)
    given(ipt).when(amend(sessions=12)).then_refused("no_contract", overridable=False)


# -- amending ----------------------------------------------------------------------------------------------------


def test_an_amendment_changes_what_it_names_and_nothing_else(ipt: Protocol) -> None:
    story = given(ipt, contract(14, minutes=45, mode="online", missed="use"))
    story = story.when(amend("two more to part", sessions=16)).then(
        event("contract_amended", number=1, sessions=16, minutes=45, mode="online", because="two more to part")
    )
    assert terms(story) == (16, "1 a week", 45, "online", "use")
    story = story.when(amend(minutes=50)).then(event("contract_amended", number=2, sessions=16, minutes=50))
    assert [a.because for a in story.course.amendments] == ["two more to part", "agreed on the phone"]


def test_an_amendment_beyond_the_range_needs_a_deviation(ipt: Protocol) -> None:
    story = given(ipt, contract(14)).when(amend(sessions=20)).then_refused("sessions_range", overridable=True)
    story = story.when(anyway(amend(sessions=20)))
    story.then(
        event("deviated", what="amend_contract", overridden=("sessions_range",)),
        event("contract_amended", sessions=20),
    )
    assert timing.sessions_left(story.course) == 20


def test_an_amendment_below_what_is_used_is_refused_with_the_number(ipt: Protocol) -> None:
    story = given(ipt, contract(14), *(hold(n) for n in range(1, 14)))
    refused = story.when(amend(sessions=12)).refused
    assert refused is not None
    assert str(refused) == (
        "amend_contract is not possible now: the contract holds the sessions that are used already (13 are used)"
    )
    assert terms(story.when(amend(sessions=13)))[0] == 13


@pytest.mark.parametrize("because", ["", "  "])
def test_an_amendment_says_why(ipt: Protocol, because: str) -> None:
    given(ipt, contract()).when(amend(because, sessions=15)).then_refused("no_reason", overridable=False)


# -- frequency ---------------------------------------------------------------------------------------------------


def how_often(story: Story, on: date) -> str:
    return str(visits.frequency(story.protocol, story.course, on))


def test_a_changed_frequency_ends_on_its_day_and_the_former_one_holds_again(ipt: Protocol) -> None:
    story = given(ipt, contract()).when(amend(frequency="2 a week", frequency_until=week(3)))
    assert [how_often(story, day) for day in (START, week(3), week(3, 1))] == ["2 a week", "2 a week", "1 a week"]


def test_a_second_temporary_frequency_gives_way_to_the_standing_one_not_to_the_first(ipt: Protocol) -> None:
    story = given(ipt, contract(), amend(frequency="2 a week", frequency_until=week(3)), hold(5))
    story = story.when(amend(frequency="every 2 weeks", frequency_until=week(9)))
    assert [how_often(story, day) for day in (week(6), week(9, 1))] == ["every 2 weeks", "1 a week"]


def test_a_frequency_changed_for_good_stays(ipt: Protocol) -> None:
    story = given(ipt, contract(), amend(frequency="2 a week", frequency_until=week(3)), amend(frequency="2 a month"))
    assert [how_often(story, day) for day in (START, week(20))] == ["2 a month", "2 a month"]


def test_another_amendment_leaves_a_temporary_frequency_as_it_is(ipt: Protocol) -> None:
    story = given(ipt, contract(), amend(frequency="2 a week", frequency_until=week(3)), amend(sessions=16))
    assert [how_often(story, day) for day in (START, week(3, 1))] == ["2 a week", "1 a week"]


def test_an_end_without_a_changed_frequency_moves_the_end_there_is_or_is_refused(ipt: Protocol) -> None:
    story = given(ipt, contract())
    story = story.when(amend(frequency_until=week(5))).then_refused("frequency_until", overridable=False)
    story = story.when(amend(frequency="2 a week", frequency_until=week(3)), amend(frequency_until=week(5)))
    assert [how_often(story, day) for day in (week(5), week(5, 1))] == ["2 a week", "1 a week"]


# -- planned dates -----------------------------------------------------------------------------------------------


def plan(story: Story, on: date) -> tuple[date, date, date | None]:
    found = visits.planned(story.protocol, story.course, on)
    return found.next_session, found.after_next, found.end


def test_weekly_sessions_end_on_the_day_of_the_last_one(ipt: Protocol) -> None:
    story = given(ipt, contract(14), hold(1))
    assert plan(story, START) == (week(2), week(3), week(14))


def test_a_miss_moves_the_end_where_it_uses_no_session_and_does_not_where_it_does(ipt: Protocol) -> None:
    kept = given(ipt, contract(14), hold(1), miss(2))
    used = given(ipt, contract(14, missed="use"), hold(1), miss(2))
    assert plan(kept, week(2))[2] == week(15)
    assert plan(used, week(2))[2] == week(14)


def test_every_two_weeks(ipt: Protocol) -> None:
    story = given(ipt, contract(12, frequency="every 2 weeks"), hold(1))
    assert plan(story, START) == (week(3), week(5), week(23))


def test_once_a_month_from_the_31st_ends_on_the_last_day_of_short_months(ipt: Protocol) -> None:
    story = given(ipt, c.Start(on=date(2026, 1, 31)), contract(12, frequency="1 a month"))
    assert plan(story, date(2026, 1, 31)) == (date(2026, 1, 31), date(2026, 2, 28), date(2026, 12, 31))


def test_twice_a_week_keeps_its_two_days(ipt: Protocol) -> None:
    story = given(ipt, contract(12, frequency="2 a week"), hold(1), hold(1, days=3))
    assert plan(story, week(1, 3)) == (week(2), week(2, 3), week(6, 3))


def test_the_first_visit_after_a_change_to_twice_a_week_is_some_days_after_the_last(ipt: Protocol) -> None:
    story = given(ipt, contract(12), hold(1), hold(2), amend(frequency="2 a week", on=week(2)))
    assert plan(story, week(2))[0] == week(2, 3)


def test_twice_a_week_until_a_date_and_weekly_after_it(ipt: Protocol) -> None:
    story = given(ipt, contract(12), amend(frequency="2 a week", frequency_until=week(3)))
    # 1st and 4th day of weeks 1 and 2, the 1st of week 3: five; the sixth is still counted from there; six weekly.
    assert plan(story, START) == (START, week(1, 3), week(9, 3))


def test_dates_move_by_themselves_when_nothing_was_recorded_for_weeks(ipt: Protocol) -> None:
    story = given(ipt, contract(12), hold(1))
    assert plan(story, week(6)) == (week(6), week(7), week(16))


def test_a_booked_day_goes_before_the_computed_one(ipt: Protocol) -> None:
    story = given(ipt, contract(12), hold(1), c.Book(on=week(2, 2)), c.Book(on=week(4)))
    assert plan(story, week(1)) == (week(2, 2), week(4), week(12, 2))


def test_without_a_contract_the_end_is_not_known_and_with_none_left_there_is_none(ipt: Protocol) -> None:
    assert plan(given(ipt, hold(1)), START)[2] is None
    over = given(ipt, contract(12), *(hold(n) for n in range(1, 13)))
    assert plan(over, week(12))[2] is None


# -- windows and budget ------------------------------------------------------------------------------------------


def test_the_window_of_a_phase_is_where_the_next_session_falls(ipt: Protocol) -> None:
    window = ipt.spec.phases["ending"].window
    story = given(ipt, contract(12))
    found = [timing.window_state(window, story.course)]
    for number in range(1, 13):
        story = story.when(hold(number))
        found.append(timing.window_state(window, story.course))
    assert found == ["before"] * 9 + ["open"] * 3 + ["closed"]
    assert timing.window_state(window, given(ipt).course) is None
    assert timing.window_state(None, story.course) is None


def test_a_window_that_closes_on_open_conditions_warns_with_each_of_them(ipt: Protocol) -> None:
    from iptengine.course.warnings import warnings

    story = given(ipt, hold(1), hold(2), *(c.RecordPerson("Robin"),))
    assert "window_closed" not in story.warnings()
    story = story.when(hold(3))
    told = {w.code: w.text for w in warnings(ipt, story.course, on=week(3))}["window_closed"]
    assert told == (
        "'Initial phase' was meant to last until session 3; still open: diagnosis or waiver, "
        "formulation agreed, focus agreed and contract agreed"
    )


def test_a_window_that_closes_with_all_conditions_met_warns_of_nothing(small: Protocol) -> None:
    ready = (*(c.DoTask(task) for task in ("inventory", "formulate")), c.AgreeFocus("grief"))
    story = given(small, hold(1), *ready, hold(2), hold(3))
    assert story.warnings() == []


def test_the_ending_that_was_not_named_in_time_warns(ipt: Protocol) -> None:
    story = given(ipt, contract(12), *(hold(n) for n in range(1, 10)))
    assert "ending_not_announced" not in story.warnings()
    story = story.when(hold(10))
    assert "ending_not_announced" in story.warnings()
    assert "ending_not_announced" not in story.when(c.AnnounceEnding()).warnings()


def test_the_session_budget_fits_or_does_not(small: Protocol) -> None:
    from iptengine.course.facts import CourseFacts
    from iptengine.course.warnings import budget

    def now(story: Story) -> tuple[int | None, tuple[str, ...], int, bool | None]:
        found = budget(small, story.course, CourseFacts(small, story.course, story.today))
        return found.left, found.open, found.minutes, found.fits

    must = ("inventory", "formulate", "say_goodbye")
    assert now(given(small)) == (None, must, 30, None)
    story = given(small, contract(6), *(hold(n) for n in range(1, 5)))
    assert now(story) == (2, must, 30, True)
    story = story.when(hold(5))
    assert now(story) == (1, must, 30, False)
    assert now(story.when(c.DoTask("inventory"))) == (1, ("formulate", "say_goodbye"), 20, True)


def test_a_task_takes_the_minutes_the_protocol_gives_it() -> None:
    from iptengine.course.facts import CourseFacts
    from iptengine.course.warnings import budget

    longer = variant("small", {"phases.opening.must.inventory": {"do": "Take the inventory", "minutes": 40}})
    story = given(longer, contract(6))
    assert budget(longer, story.course, CourseFacts(longer, story.course, START)).minutes == 60
    assert protocol("small").tasks["inventory"].spec.minutes is None


def test_open_tasks_that_take_just_half_of_what_is_left_fit() -> None:
    from iptengine.course.facts import CourseFacts
    from iptengine.course.warnings import budget

    short = variant("small", {"phases.opening.must.inventory": {"do": "Take the inventory", "minutes": 5}})
    story = given(short, contract(6), *(hold(n) for n in range(1, 6)))
    found = budget(short, story.course, CourseFacts(short, story.course, story.today))
    assert (found.left, found.minutes, found.fits) == (1, 25, True)


def test_a_dispute_without_a_stage_warns_from_the_first_session_of_the_phase_that_works_on_it(small: Protocol) -> None:
    ready = (*(c.DoTask(task) for task in ("inventory", "formulate")), c.AgreeFocus("role_dispute", person="spouse"))
    story = given(small, hold(1), *ready, c.EnterPhase("working"))
    assert "unstaged" not in story.warnings()
    story = story.when(hold(2))
    assert "unstaged" in story.warnings()
    staged = c.Restage("role_dispute", to="impasse", because="silence")
    assert "unstaged" not in story.when(staged).warnings()


# -- used up -----------------------------------------------------------------------------------------------------


def counted_out(ipt: Protocol, story: Story, on: date) -> list[tuple[date | None, str]]:
    return [(one.by, one.text) for one in due(ipt, story.course, on=on) if one.kind == "count"]


def test_a_course_that_has_used_its_sessions_with_the_ending_not_named_is_due(ipt: Protocol) -> None:
    story = given(ipt, contract(12), *(hold(n) for n in range(1, 13)))
    ((by, text),) = counted_out(ipt, story, week(13))
    assert by == week(12)
    assert text.startswith(
        "All 12 agreed sessions are used, none is booked, and the course has not ended. The ending is not named yet, "
        "with 0 sessions left. No session is left; required and not on record: "
    )
    assert text.endswith(". For more sessions: up to 16 can be agreed.")
    assert counted_out(ipt, story.when(amend(sessions=14)), week(13)) == []
    assert counted_out(ipt, story.when(anyway(c.EndCourse("completed"))), week(13)) == []
    assert counted_out(ipt, given(ipt, contract(12), *(hold(n) for n in range(1, 12))), week(12)) == []


def test_out_of_a_count_that_is_used_up_leads_a_deviation_or_a_longer_contract(ipt: Protocol) -> None:
    story = given(ipt, contract(12), *(hold(n) for n in range(1, 13)), anyway(c.EnterPhase("middle")))
    story = story.when(c.AnnounceEnding())
    story.when(c.EnterPhase("ending", on=week(13))).then_refused("near_the_end")
    assert story.when(anyway(c.EnterPhase("ending"))).course.phase == "ending"
    assert story.when(amend(sessions=14), c.EnterPhase("ending")).course.phase == "ending"
