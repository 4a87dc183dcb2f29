"""Pauses: what rests with the course, what never does, and what is due again when it goes on."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.course import commands as c
from iptengine.course.rests import rests
from iptengine.course.ways import due
from iptengine.protocol.protocol import Protocol
from phrases import Story, alert, contract, done, event, given, hold, miss, phq9, variant, week

PAUSES = {
    "hospital": {"title": "Hospital stay", "longer_than": "4 weeks", "then": ["inventory"]},
    "journey": {"title": "Journey", "uses_session": True},
}


@pytest.fixture(scope="module")
def resting() -> Protocol:
    """The adult protocol with two kinds of pauses."""
    return variant("ipt-adult", {"pauses": PAUSES})


def rest(number: int, pause: str = "hospital", *, days: int = 0) -> c.Pause:
    """From a day in a week the course rests."""
    return c.Pause(pause, because="as told on the telephone", on=week(number, days))


def goes_on(number: int, *, days: int = 0) -> c.EndPause:
    """From a day in a week the course goes on."""
    return c.EndPause(on=week(number, days))


def kinds_due(story: Story, on: date) -> list[str]:
    return [one.kind for one in due(story.protocol, story.course, on=on)]


def first_codes(story: Story, on: date) -> list[str]:
    return [line.code for line in story.agenda(on=on).first]


# -- while the course rests --------------------------------------------------------------------------------------


def test_while_the_course_rests_no_session_and_no_measure_is_due(resting: Protocol) -> None:
    story = given(resting, hold(1), contract())
    assert kinds_due(story, week(2)) == ["session", "measure"]
    paused = story.when(rest(2)).then(event("pause_began", pause="hospital", because="as told on the telephone"))
    assert kinds_due(paused, week(3)) == []
    page = paused.agenda(on=week(3))
    assert page.measures_due == ()
    (line,) = [line for line in page.first if line.code == "paused"]
    assert line.text == "Paused since 10 March (hospital stay): nothing is due of sessions and measures."
    assert kinds_due(paused.when(goes_on(4)), week(4)) == ["session", "measure"]


def test_before_the_pause_began_and_from_the_day_it_ended_the_course_does_not_rest(resting: Protocol) -> None:
    story = given(resting, hold(1), contract(), rest(2), goes_on(4))
    assert kinds_due(story, week(2, -1)) == ["session", "measure"]
    assert kinds_due(story, week(4, -1)) == []
    assert kinds_due(story, week(4)) == ["session", "measure"]


def test_a_miss_in_a_pause_is_no_miss_and_calls_for_no_contact(resting: Protocol) -> None:
    awake = given(resting, hold(1), contract(missed="use"), miss(2))
    assert kinds_due(awake, week(2)) == ["session", "measure", "outreach"]
    story = given(resting, hold(1), contract(missed="use"), rest(1, days=2), miss(2), miss(3))
    assert kinds_due(story, week(3)) == []
    assert "missed" not in first_codes(story, week(3))
    assert story.agenda(on=week(3)).missed_since is False
    assert [a.used for a in story.course.appointments] == [True, False, False]


def test_a_pause_that_says_so_uses_the_sessions_the_contract_lets_a_miss_use(resting: Protocol) -> None:
    away = given(resting, hold(1), contract(missed="use"), rest(2, "journey"), miss(2))
    awake = given(resting, hold(1), contract(missed="use"), miss(2))
    assert away.course.appointments[-1].used is awake.course.appointments[-1].used is True


def test_a_session_held_all_the_same_is_recorded_with_a_warning(resting: Protocol) -> None:
    story = given(resting, contract(), rest(2)).when(hold(3)).warned("in_pause")
    told = "the course rests since 2026-03-10 (hospital stay); end the pause"
    assert story.last[0].warnings[0].text == told
    assert story.course.appointments[-1].number == 1


def test_a_miss_recorded_before_the_pause_was_known_is_told_until_it_is_corrected(resting: Protocol) -> None:
    story = given(resting, hold(1), contract(missed="use"), miss(2), rest(2))
    assert "miss_in_pause" in story.warnings(on=week(3))
    right = story.when(c.Correct(story.id_of("session_missed"), c.MissSession("no_show"), because="in hospital"))
    assert "miss_in_pause" not in right.warnings(on=week(3))
    assert right.course.appointments[-1].used is False


# -- when it goes on ---------------------------------------------------------------------------------------------


def test_after_a_long_pause_its_tasks_are_due_again_and_stand_first_until_they_are_done(resting: Protocol) -> None:
    story = given(resting, hold(1), done("inventory"), contract(), rest(2), goes_on(7))
    page = story.agenda(on=week(7))
    assert "inventory" in {task.task for step in page.steps for task in step.tasks}
    assert [line.text for line in page.standing] == ["Back after a pause of 35 days (hospital stay), begun 10 March."]
    back = story.when(hold(7), done("inventory"))
    assert back.agenda(on=week(8)).standing == ()
    assert "inventory" not in {task.task for step in back.agenda(on=week(8)).steps for task in step.tasks}


@pytest.mark.parametrize(("days", "again"), [(28, False), (29, True)])
def test_a_pause_of_just_the_length_named_is_not_longer(resting: Protocol, days: int, again: bool) -> None:
    story = given(resting, hold(1), done("inventory"), rest(2), c.EndPause(on=week(2, days)))
    page = story.agenda(on=week(2, days))
    assert ("inventory" in {task.task for step in page.steps for task in step.tasks}) is again


def test_what_will_be_due_again_is_said_while_a_long_pause_lasts(resting: Protocol) -> None:
    story = given(resting, hold(1), rest(2))
    told = [line.text for line in story.agenda(on=week(8)).first if line.code == "paused"]
    assert told[0].endswith("nothing is due of sessions and measures. When it goes on, due again: People.")


def test_correcting_the_day_a_pause_began_moves_what_follows_from_it(resting: Protocol) -> None:
    story = given(resting, hold(1), done("inventory"), rest(2), goes_on(7))
    later = story.when(c.Correct(story.id_of("pause_began"), rest(5), because="the wrong week"))
    assert [(one.began, one.ended) for one in rests(later.course)] == [(week(5), week(7))]
    assert "inventory" not in {task.task for step in later.agenda(on=week(7)).steps for task in step.tasks}


def test_a_pause_that_never_was_is_withdrawn(resting: Protocol) -> None:
    story = given(resting, hold(1), contract(), rest(2))
    gone = story.when(c.Withdraw(story.id_of("pause_began"), because="another patient"))
    assert kinds_due(gone, week(3)) == ["session", "measure"]


# -- what is said that does not fit ------------------------------------------------------------------------------


def test_a_pause_the_protocol_does_not_know_is_refused_with_those_it_does(resting: Protocol, ipt: Protocol) -> None:
    story = given(resting).when(rest(2, "prison")).then_refused("unknown_pause", overridable=False)
    again = story.when(rest(2, "prison"))
    assert again.refused is not None
    assert str(again.refused.reasons[0]) == "this protocol knows the pauses hospital, journey"
    given(ipt).when(rest(2)).then_refused("unknown_pause")


def test_ending_a_pause_that_does_not_last_is_told(resting: Protocol) -> None:
    story = given(resting).when(goes_on(2))
    assert story.refused is not None
    assert str(story.refused.reasons[0]) == "the course does not rest on 2026-03-10"
    given(resting, rest(2), goes_on(4)).when(goes_on(5)).then_refused("not_paused")
    given(resting, rest(2)).when(goes_on(1)).then_refused("not_paused")


def test_a_second_pause_ends_the_first_and_says_so(resting: Protocol) -> None:
    story = given(resting, rest(2)).when(rest(3, "journey")).warned("already_paused")
    assert [(one.pause, one.began, one.ended) for one in rests(story.course)] == [
        ("hospital", week(2), week(3)),
        ("journey", week(3), None),
    ]


def test_an_ended_course_still_takes_the_report_of_a_pause(resting: Protocol) -> None:
    story = given(resting, hold(1), c.EndCourse("lost_to_contact")).when(rest(2)).warned("after_end")
    assert [one.pause for one in rests(story.course)] == ["hospital"]


# -- what never rests --------------------------------------------------------------------------------------------


def test_a_risk_alert_is_raised_and_heads_the_page_while_the_course_rests(resting: Protocol) -> None:
    story = (
        given(resting, hold(1), rest(2))
        .when(phq9(14, self_harm=2, on=week(3)))
        .then(event("reading_taken"), alert("risk_item", value=2))
    )
    page = story.agenda(on=week(3))
    assert [one.code for one in page.alerts] == ["risk_item"]
    assert page.first[0].code == "risk_open"
    assert kinds_due(story, week(3)) == ["alert"]


@settings(max_examples=60, deadline=None)
@forall(
    st.lists(
        st.tuples(st.sampled_from(["pause", "end", "hold", "miss"]), st.integers(0, 60), st.sampled_from(list(PAUSES))),
        max_size=12,
    ),
    st.integers(0, 70),
)
def test_whatever_is_told_of_pauses_nothing_is_lost_and_the_alert_stays(
    told: list[tuple[str, int, str]], day: int
) -> None:
    """Pauses in any order: every one begun is there, they never overlap, and the alert heads the page on any day."""
    protocol = variant("ipt-adult", {"pauses": PAUSES})
    story = given(protocol, phq9(9, self_harm=1, on=week(1)))
    begun = 0
    for what, after, pause in told:
        on = week(1) + timedelta(days=after)
        said: c.Command = {
            "pause": c.Pause(pause, on=on),
            "end": c.EndPause(on=on),
            "hold": c.HoldSession(on=on),
            "miss": c.MissSession("no_show", on=on),
        }[what]
        after_it = story.when(said)
        if after_it.refused is not None:
            assert what == "end"
            continue
        begun += what == "pause"
        story = after_it
    found = rests(story.course)
    assert len(found) == begun
    assert all(one.ended is not None and one.ended <= after.began for one, after in pairwise(found))
    page = story.agenda(on=week(1) + timedelta(days=day))
    assert page.first[0].code == "risk_open"
    assert len(page.alerts) == 1


def test_a_miss_in_a_pause_makes_no_contact_due_and_one_before_it_still_does() -> None:
    called = {"call": {"title": "A call after a missed session", "due": "after a missed session"}}
    protocol = variant("ipt-adult", {"pauses": PAUSES, "contacts": called})
    before = given(protocol, hold(1), miss(2))
    assert kinds_due(before, week(2)) == ["outreach", "session", "measure"]
    within = given(protocol, hold(1), rest(2), miss(2))
    assert kinds_due(within, week(2)) == []
    assert kinds_due(within.when(goes_on(3)), week(3)) == ["session", "measure"]
