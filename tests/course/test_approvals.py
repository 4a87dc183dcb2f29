"""Further charts move beside the phases; some requests wait for the supervisor, and nothing ever hides an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given as when_given
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.course import commands as c
from iptengine.course import events as e
from iptengine.course.codec import decode, encode
from iptengine.course.course import Course
from iptengine.course.evolve import evolve, fold
from iptengine.course.further_charts import state_of
from iptengine.course.requested import told
from iptengine.course.stamp import Actor
from iptengine.course.ways import Way, due, ways
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda
from phrases import (
    START,
    Story,
    anyway,
    done,
    enter,
    entered,
    event,
    fact,
    focus,
    given,
    hold,
    phq9,
    staged,
    variant,
    week,
)

SUPERVISOR = "supervisor"
STAGES = {
    "title": "Stage of the group",
    "start": "engagement",
    "states": {
        "engagement": {"title": "Engagement", "next": {"work": {"safe": "fear_at_home is no"}}},
        "work": {"title": "Work", "aim": "Let {{ patient }} try it out", "next": {}},
        "parting": {"title": "Parting"},
    },
}
APPROVALS = {
    "to_working": {"title": "The start of the work", "of": "enter_phase", "only": "working", "by": SUPERVISOR},
    "staging": {"title": "A stage", "of": ["restage", "move_chart"], "only": ["impasse", "work"], "by": SUPERVISOR},
    "the_end": {"title": "An end", "of": "end_course", "by": SUPERVISOR, "afterwards": True},
}


@cache
def supervised() -> Protocol:
    """The small protocol with a chart of its own and a supervisor."""
    return variant("small", {"charts": {"group_stage": STAGES}, "approvals": APPROVALS})


def ready() -> Story:
    """Everything the working phase asks for is on record."""
    return given(supervised(), hold(1), done("inventory", "formulate"), focus("grief"))


def asked() -> Story:
    """The therapist asked for the working phase."""
    return ready().when(enter("working"))


def approve(story: Story) -> c.Command:
    return c.Approve(story.id_of("approval_requested"))


def decline(story: Story, because: str = "two members are new") -> c.Command:
    return c.Decline(story.id_of("approval_requested"), because=because)


def confirm(story: Story) -> c.Command:
    return c.Confirm(story.id_of("approval_requested"))


def state(story: Story, nth: int = -1) -> str:
    return story.course.approvals[nth].state


def moved(to: str, because: str = "as they sat together") -> c.Command:
    return c.MoveChart("group_stage", to=to, because=because)


# -- further charts ----------------------------------------------------------------------------------------------


def test_a_chart_begins_in_its_start_and_moves_when_its_conditions_hold() -> None:
    story = given(supervised(), hold(1)).as_(SUPERVISOR)
    assert state_of(story.protocol, story.course, "group_stage") == "engagement"
    story.when(moved("work")).then_refused("safe", overridable=True)
    story = story.when(fact("fear_at_home", "no"), moved("work"))
    assert state_of(story.protocol, story.course, "group_stage") == "work"
    assert story.course.phase == "opening"


def test_a_condition_nobody_answered_opens_no_way() -> None:
    way = given(supervised(), hold(1)).way("move_chart", to="work")
    assert (way.open, [(reason.code, reason.answer) for reason in way.reasons]) == (False, [("safe", "unknown")])


def test_a_chart_is_moved_where_no_way_leads_by_a_deviation_alone() -> None:
    story = given(supervised(), hold(1))
    story.when(moved("parting")).then_refused("no_way", overridable=True)
    story.when(anyway(moved("parting"))).then(
        event("deviated", what="move_chart", overridden=("no_way",)),
        event("chart_moved", chart="group_stage", was="engagement", to="parting", way="deviation"),
    )


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (c.MoveChart("mood", to="work", because="x"), "move_chart is not possible now: the charts are group_stage"),
        (moved("wrok"), "move_chart is not possible now: its states are engagement, work, parting"),
        (moved("engagement"), "move_chart is not possible now: 'Stage of the group' stands in 'engagement' already"),
        (moved("work", because=" "), "move_chart is not possible now: say what the judgement rests on"),
    ],
)
def test_a_move_that_makes_no_sense_is_told_and_no_deviation_helps(said: c.Command, text: str) -> None:
    story = given(supervised(), hold(1)).when(said)
    assert story.refused is not None
    assert (str(story.refused), story.refused.overridable) == (text, False)
    given(supervised(), hold(1)).when(anyway(said)).then_refused(story.refused.reasons[0].code, overridable=False)


def test_the_page_says_where_the_chart_stands_since_when_and_what_is_open() -> None:
    story = given(supervised(), c.Start("A.B.", on=START), hold(1), fact("fear_at_home", "no"))
    page = agenda(story.protocol, story.course, on=week(2)).text
    assert "Stage of the group: Engagement. Open now: Work." in page
    story = story.as_(SUPERVISOR).when(moved("work"))
    page = agenda(story.protocol, story.course, on=week(2)).text
    assert "Stage of the group: Work, since session 1. Let A.B. try it out." in page
    assert "Engagement" not in page


def test_the_words_of_a_state_have_one_place_and_more_where_there_is_room() -> None:
    states = {"start": {"title": "Start", "ask": {"one": "One?", "two": "Two?"}, "note": "Be slow"}}
    charts = {"mood": {"title": "Mood", "start": "start", "states": states}}
    empty = given(variant("small", {"charts": charts}), hold(1)).agenda()
    assert (empty.ask, empty.note) == (("One?", "Two?"), "Be slow.")
    of_phase = {"a": "A?", "b": "B?", "c": "C?", "d": "D?"}
    full = given(variant("small", {"charts": charts, "phases.opening.ask": of_phase}), hold(1)).agenda()
    assert full.ask == ("A?", "B?", "C?", "One?")


def test_the_patients_page_names_no_chart_and_no_approval() -> None:
    story = asked()
    page = agenda(story.protocol, story.course, on=week(2), audience="patient").text
    assert not any(word in page for word in ("Stage", "Engagement", SUPERVISOR, "waits", "Working"))


# -- a request that waits ----------------------------------------------------------------------------------------


def test_a_request_that_needs_the_supervisor_waits_and_nothing_moves() -> None:
    story = asked()
    story.then(
        event(
            "approval_requested", approval="to_working", what="enter 'Working'", roles=(SUPERVISOR,), afterwards=False
        )
    )
    assert (story.course.phase, state(story)) == ("opening", "waiting")


def test_a_request_whose_own_conditions_do_not_hold_is_refused_and_asks_nobody() -> None:
    story = given(supervised(), hold(1)).when(enter("working"))
    story = story.then_refused("tasks", "focus")
    assert story.course.approvals == ()


def test_a_request_the_approval_does_not_name_is_carried_out_at_once() -> None:
    story = given(supervised(), focus("role_dispute", "Robin"), done("find_stage"))
    story.when(staged("renegotiation")).then(event("focus_staged", stage="renegotiation"))
    story.when(staged("impasse")).then(event("approval_requested", what="place 'Role dispute' in 'Impasse'"))


def test_when_the_supervisor_approves_the_move_is_made_that_day() -> None:
    story = asked()
    story = story.as_(SUPERVISOR).when(c.Approve(story.id_of("approval_requested"), on=week(2)))
    story.then(event("approval_given", asked=story.course.approvals[0].id, on=week(2)), entered("working"))
    assert (story.course.phase, story.course.phases[-1].on, state(story)) == ("working", week(2), "approved")


def test_the_conditions_are_read_anew_when_it_is_approved() -> None:
    story = asked().when(c.CloseFocus("grief", because="it was another loss")).as_(SUPERVISOR)
    story = story.when(approve(story))
    assert story.refused is not None
    assert isinstance(story.refused.command, c.Approve)
    story = story.then_refused("focus", overridable=True)
    assert (story.course.phase, state(story)) == ("opening", "waiting")
    assert not story.way("approve").open
    story = story.when(anyway(approve(story)))
    assert (story.course.phase, state(story)) == ("working", "approved")


def test_a_supervisor_who_asks_needs_nobody_else_and_the_approval_is_on_record() -> None:
    story = ready().as_(SUPERVISOR).when(enter("working"))
    story.then(event("approval_given", asked="", approval="to_working"), entered("working"))
    assert [(one.approval, one.state) for one in story.course.approvals] == [("to_working", "approved")]


def test_a_supervisor_who_asks_for_what_waits_already_has_approved_it() -> None:
    story = asked().as_(SUPERVISOR)
    story = story.when(enter("working")).then(
        event("approval_given", asked=story.course.approvals[0].id), entered("working")
    )
    assert [one.state for one in story.course.approvals] == ["approved"]


def test_what_waits_is_not_asked_for_twice() -> None:
    story = asked().when(enter("working"))
    assert story.refused is not None
    assert str(story.refused) == (
        "enter_phase is not possible now: the supervisor has to approve it first (asked on 3 March, no answer yet)"
    )
    assert story.refused.overridable


def test_a_clinician_can_go_on_without_the_approval_and_both_are_on_record() -> None:
    story = asked().when(anyway(enter("working")))
    story.then(
        event("deviated", what="enter_phase", overridden=("to_working",)),
        event("approval_passed_over", asked=story.course.approvals[0].id),
        entered("working"),
    )
    assert state(story) == "passed_over"


def test_the_wrong_role_is_told_who_waits_for_whom() -> None:
    story = asked().when(approve(asked()))
    assert story.refused is not None
    assert str(story.refused) == (
        "approve is not possible now: the supervisor approves this, and you are here as therapist; "
        "a clinician can go on without it by a deviation"
    )
    assert (story.refused.overridable, state(story)) == (False, "waiting")
    story = replace_refused(story).as_("receptionist")
    story.when(decline(story)).then_refused("wrong_role", overridable=False)
    story.when(anyway(approve(story))).then_refused("wrong_role", overridable=False)


def replace_refused(story: Story) -> Story:
    """The story goes on after a refusal."""
    assert story.refused is not None
    return story.then_refused(*(reason.code for reason in story.refused.reasons))


def test_a_declined_request_is_told_on_the_next_page_and_can_be_asked_for_anew() -> None:
    story = asked().as_(SUPERVISOR)
    story = story.when(decline(story)).then(event("approval_declined", because="two members are new", taken_back=False))
    assert (story.course.phase, state(story)) == ("opening", "declined")
    told_now = (
        "The start of the work was not approved by the supervisor on 3 March: enter 'Working'. Two members are new."
    )
    assert told_now in [line.text for line in story.agenda().first]
    story = story.as_("therapist").when(hold(2))
    assert told_now not in [line.text for line in story.agenda().first]
    story.when(enter("working")).then(event("approval_requested", approval="to_working"))


def test_who_asked_may_take_it_back() -> None:
    story = asked()
    story = story.when(decline(story, "we wait for the partner")).then(event("approval_declined", taken_back=True))
    assert state(story) == "taken_back"
    assert [line.code for line in story.agenda().first] == ["risk_none_open", "measure_due", "question"]


def test_a_decision_without_a_reason_is_no_decision() -> None:
    story = asked().as_(SUPERVISOR)
    story.when(decline(story, " ")).then_refused("no_reason", overridable=False)


def test_what_is_answered_is_answered() -> None:
    story = asked().as_(SUPERVISOR)
    story = story.when(approve(story))
    for answer in (approve(story), decline(story), confirm(story)):
        no = story.when(answer)
        assert no.refused is not None
        assert no.refused.reasons[0].text == "it was answered before: it is approved"
    story.when(c.Approve("nothing")).then_refused("unknown_approval", overridable=False)


def test_an_approval_is_no_confirmation_and_the_other_way_round() -> None:
    story = asked().as_(SUPERVISOR)
    no = story.when(confirm(story)).refused
    assert no is not None
    assert no.reasons[0].text == "it still waits to be approved; approve it"
    ended = given(supervised(), c.EndCourse("lost")).as_(SUPERVISOR)
    ended.when(approve(ended)).then_refused("ended", overridable=False)


def test_a_request_with_two_approvals_waits_for_both() -> None:
    twice = {**APPROVALS, "team": {"title": "The team", "of": "enter_phase", "by": "team"}}
    protocol = variant("small", {"approvals": twice})
    story = given(protocol, hold(1), done("inventory", "formulate"), focus("grief"), enter("working"))
    first, second = (one.id for one in story.course.approvals)
    story = story.as_("team").when(c.Approve(second)).then(event("approval_given", asked=second))
    assert story.course.phase == "opening"
    agreed = story.as_(SUPERVISOR).when(c.Approve(first)).then(event("approval_given", asked=first), entered("working"))
    assert agreed.course.phase == "working"
    no = story.as_(SUPERVISOR).when(c.Decline(first, because="not now"))
    assert [one.state for one in no.course.approvals] == ["declined", "approved"]
    assert no.course.phase == "opening"


def test_one_no_of_two_settles_it() -> None:
    twice = {**APPROVALS, "team": {"title": "The team", "of": "enter_phase", "by": "team"}}
    protocol = variant("small", {"approvals": twice})
    story = given(protocol, hold(1), done("inventory", "formulate"), focus("grief"), enter("working"))
    story = story.as_("team").when(c.Decline(story.course.approvals[1].id, because="not now"))
    assert [one.state for one in story.course.approvals] == ["declined", "declined"]


def test_an_appointment_is_booked_for_the_day_that_was_asked_for() -> None:
    protocol = variant("small", {"approvals": {"visits": {"title": "A visit", "of": "book", "by": SUPERVISOR}}})
    story = given(protocol, c.Book(on=week(3), time="15:00"))
    assert story.course.approvals[0].what == "book an appointment on 17 March"
    story = story.as_(SUPERVISOR).when(c.Approve(story.course.approvals[0].id, on=week(2)))
    assert [(one.on, one.time) for one in story.course.appointments] == [(week(3), "15:00")]


# -- plans and messages ------------------------------------------------------------------------------------------

PLAN = {
    "components": {
        "engage": {"title": "Engagement", "dose": "1"},
        "activity": {"title": "Activity", "dose": "1..2"},
        "safety": {"title": "Safety", "dose": "1", "interrupts": True},
    },
    "orders": {"usual": {"title": "The usual order", "components": ["engage", "activity"]}},
}


def with_plan(**more: object) -> Protocol:
    """The small protocol with a plan that a supervisor approves."""
    plan = {"title": "The plan", "of": ["choose_plan", "change_plan"], "by": SUPERVISOR, **more}
    later = {"title": "A safety component", "of": "interrupt", "by": SUPERVISOR, "afterwards": True}
    return variant("small", {"plan": PLAN, "approvals": {"plan": plan, "safety": later}})


def test_a_plan_waits_for_the_supervisor_and_is_chosen_when_she_agrees() -> None:
    story = given(with_plan(), hold(1), c.ChoosePlan(components=("activity", "engage"), because="they want to act"))
    assert story.course.approvals[0].what == "choose the plan 'Activity' and 'Engagement'"
    story = story.as_(SUPERVISOR)
    story = story.when(approve(story))
    assert [one.kind for one in story.last] == ["approval_given", "plan_chosen"]
    story = story.as_("therapist").when(c.ChangePlan(("activity",), because="short of time"))
    assert story.course.approvals[-1].what == "change the plan to 'Activity'"


def test_the_newest_plan_is_meant_and_the_one_that_waited_before_is_passed_over() -> None:
    story = given(with_plan(), hold(1), c.ChoosePlan(components=("activity", "engage"), because="they want to act"))
    story = story.when(c.ChoosePlan(order="usual", because="she slept badly"))
    story.then(event("approval_passed_over"), event("approval_requested"))
    assert [one.state for one in story.course.approvals] == ["passed_over", "waiting"]
    assert story.course.approvals[0].because == "A newer request took its place"
    story = story.as_(SUPERVISOR)
    story = story.when(c.Approve(story.course.approvals[-1].id))
    assert story.course.plans[-1].order == "usual"


def test_a_supervisor_who_chooses_another_plan_passes_over_the_one_that_waits() -> None:
    story = given(with_plan(), hold(1), c.ChoosePlan(components=("activity", "engage"), because="they want to act"))
    story = story.as_(SUPERVISOR).when(c.ChoosePlan(order="usual", because="as usual"))
    assert [one.state for one in story.course.approvals] == ["passed_over", "approved"]
    assert story.course.plans[-1].order == "usual"


def test_the_page_says_why_a_plan_was_asked_for_and_who_is_to_confirm_an_interruption() -> None:
    story = given(with_plan(), hold(1), c.ChoosePlan(order="usual", because="Worry comes by day."))
    story = story.when(c.Interrupt("safety", because="a crisis"))
    told = [line.text for line in (*story.agenda().first, *story.agenda().also_due) if line.code.startswith("approval")]
    assert told == [
        "The plan waits for the supervisor: choose the plan 'The usual order' (asked on 3 March by the therapist)."
        " Because: Worry comes by day.",
        "To be confirmed by the supervisor: A safety component: interrupt the plan for 'Safety' (done on 3 March by"
        " the therapist). Because: a crisis.",
    ]


def test_an_order_that_is_not_recommended_is_told_when_it_is_asked_for() -> None:
    worry = {"title": "Worry", "when": {"w": "fear_at_home is yes"}, "components": ["engage", "activity"]}
    plan = {**PLAN, "orders": {**PLAN["orders"], "worry": worry}}  # type: ignore[dict-item]
    approval = {"title": "The plan", "of": "choose_plan", "by": SUPERVISOR}
    story = given(variant("small", {"plan": plan, "approvals": {"plan": approval}}), hold(1))
    story.when(c.ChoosePlan(order="worry", because="she asks for it")).warned("order_not_recommended")


def test_only_a_plan_with_the_component_that_is_named_waits() -> None:
    protocol = with_plan(only="activity")
    story = given(protocol, hold(1)).when(c.ChoosePlan(components=("engage",), because="to begin"))
    assert [one.kind for one in story.last] == ["plan_chosen"]
    story = given(protocol, hold(1)).when(c.ChoosePlan(order="usual", because="as usual"))
    assert story.course.approvals[0].what == "choose the plan 'The usual order'"


def test_a_safety_component_interrupts_at_once_and_is_confirmed_afterwards() -> None:
    story = given(with_plan(), hold(1)).as_(SUPERVISOR).when(c.ChoosePlan(order="usual", because="as usual"))
    story = story.as_("therapist").when(c.Interrupt("safety", because="a crisis"))
    assert [one.kind for one in story.last][-1] == "approval_requested"
    assert (story.course.approvals[-1].what, state(story)) == ("interrupt the plan for 'Safety'", "to_confirm")


def test_a_message_can_be_approved_after_the_end_too() -> None:
    letter = {"title": "A letter", "due": "3 months after the end", "to": ["partner"], "text": "Thank you"}
    approved = {"title": "A letter that goes out", "of": "prepare_message", "only": "letter", "by": SUPERVISOR}
    protocol = variant("small", {"contacts": {"letter": letter}, "approvals": {"letters": approved}})
    story = given(protocol, hold(1), c.EndCourse("lost"), c.PrepareMessage("letter"))
    assert [line.text for line in due(protocol, story.course, on=START) if line.kind == "review"] == [
        "A letter that goes out waits for the supervisor: prepare the message of 'A letter' "
        "(asked on 3 March by the therapist)."
    ]
    story = story.as_(SUPERVISOR)
    story = story.when(approve(story))
    assert [one.kind for one in story.last] == ["approval_given", "message_prepared"]


# -- what is confirmed afterwards --------------------------------------------------------------------------------


def test_what_is_confirmed_afterwards_is_done_at_once_and_stays_to_be_confirmed_when_the_course_has_ended() -> None:
    story = given(supervised(), hold(1), c.EndCourse("lost"))
    story.then(event("course_ended"), event("approval_requested", approval="the_end", afterwards=True))
    assert [(line.kind, line.text) for line in due(story.protocol, story.course, on=week(2))] == [
        (
            "review",
            "To be confirmed by the supervisor: An end: end the course as 'The patient could not be reached' "
            "(done on 3 March by the therapist).",
        )
    ]
    story = story.as_(SUPERVISOR).when(confirm(story)).then(event("approval_confirmed"))
    assert (state(story), due(story.protocol, story.course, on=week(2))) == ("confirmed", ())


def test_what_is_not_confirmed_stands_and_is_told() -> None:
    after = {"title": "A move", "of": "enter_phase", "by": SUPERVISOR, "afterwards": True}
    protocol = variant("small", {"approvals": {"moves": after}})
    story = given(protocol, hold(1), done("inventory", "formulate"), focus("grief"), enter("working"))
    assert (story.course.phase, state(story)) == ("working", "to_confirm")
    story.when(confirm(story)).then_refused("wrong_role", overridable=False)
    story = story.as_(SUPERVISOR).when(decline(story, "too soon."))
    assert (story.course.phase, state(story)) == ("working", "not_confirmed")
    assert (
        "A move was not confirmed by the supervisor on 3 March: enter 'Working'. Too soon. It stands as it was done; "
        "say what is to be now."
    ) in [line.text for line in story.agenda().first]


def test_a_deviation_is_confirmed_afterwards_like_the_request_itself() -> None:
    story = given(supervised(), hold(1)).when(anyway(c.EndCourse("completed")))
    story.then(
        event("deviated", overridden=("no_way",)),
        event("course_ended", way="deviation"),
        event("approval_requested", approval="the_end", afterwards=True),
    )


# -- what the others see -----------------------------------------------------------------------------------------


def test_ways_say_what_needs_whom_and_who_may_answer() -> None:
    story = ready()
    needs = story.way("enter_phase", phase="working").needs
    assert [(one.approval, one.title, one.by, one.afterwards) for one in needs] == [
        ("to_working", "The start of the work", (SUPERVISOR,), False)
    ]
    assert story.way("agree_focus", area="grief").needs == ()
    story = story.when(enter("working"))
    way = story.way("approve")
    assert (way.open, way.by) == (True, (SUPERVISOR,))
    assert story.way("decline").by == (SUPERVISOR,)
    assert [reason.code for reason in story.way("enter_phase", phase="working").reasons] == ["waits_for_approval"]


def test_the_page_says_what_waits_for_whom() -> None:
    page = agenda(asked().protocol, asked().course, on=week(2)).text
    words = " ".join(page.split())
    assert (
        "The start of the work waits for the supervisor: enter 'Working' (asked on 3 March by the therapist)." in words
    )


def test_the_page_says_that_going_on_asks_the_supervisor() -> None:
    story = ready()
    assert [(gate.target, gate.open, gate.asks) for gate in story.agenda().gates] == [
        ("working", True, "the supervisor")
    ]
    assert "Working (asks the supervisor)" in agenda(story.protocol, story.course, on=week(2)).text
    later = given(variant("small", {"approvals": APPROVALS, "phases.opening.window": "first 1"}), hold(1))
    words = " ".join(agenda(later.protocol, later.course, on=week(2)).text.split())
    assert "Before the working: tasks, focus, the supervisor agrees." in words


def test_what_waits_is_dropped_from_what_is_due_once_the_course_has_ended() -> None:
    story = asked().as_(SUPERVISOR).when(c.EndCourse("lost"))
    assert state(story, 0) == "waiting"
    assert due(story.protocol, story.course, on=week(2)) == ()
    assert [way.command.kind for way in _ways(story) if way.command.kind in ("approve", "decline")] == []


def _ways(story: Story) -> tuple[Way, ...]:
    return ways(story.protocol, story.course, on=story.today)


def test_a_request_in_words_names_nobody() -> None:
    story = given(supervised(), c.RecordPerson("Robin"), focus("role_dispute", "Robin"))
    said = (
        c.AgreeFocus("role_dispute", person="Robin", because="Robin shouts"),
        c.CloseFocus("role_dispute", because="Robin left"),
        c.ChangeFocus("role_dispute", to="grief", because="Robin died"),
        c.Restage("role_dispute", to="impasse", because="Robin is silent"),
        c.EndCourse("lost", reason="Robin", note="Robin"),
        c.AmendContract(because="Robin", sessions=8),
        c.AgreeContract(sessions=7),
        moved("work", because="Robin"),
        c.Book(on=week(2), time="Robin"),
    )
    assert [told(story.protocol, story.course, one) for one in said] == [
        "agree the focus 'Role dispute'",
        "close the focus 'Role dispute'",
        "change the focus from 'Role dispute' to 'Grief'",
        "place 'Role dispute' in 'Impasse'",
        "end the course as 'The patient could not be reached'",
        "amend the contract to 8 sessions",
        "agree a contract of 7 sessions",
        "move 'Stage of the group' to 'Work'",
        "book an appointment on 10 March",
    ]
    waiting = story.when(said[3]).course.approvals[0]
    assert "Robin" not in repr(waiting)
    assert "Robin" not in repr(story.when(said[3]).last[0])


# -- laws --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["therapist", SUPERVISOR])
def test_no_approval_stands_between_an_alert_and_its_assessment(role: str) -> None:
    story = asked().when(phq9(3, self_harm=2)).as_(role)
    assert story.agenda().first[0].code == "risk_open"
    assert [line.kind for line in due(story.protocol, story.course, on=START)][:2] == ["alert", "review"]
    story = story.when(c.AssessAlert(story.open_alerts[0].id, found="none acute", plan="call"))
    assert story.open_alerts == ()


ANSWERS = st.lists(
    st.tuples(st.sampled_from(["therapist", SUPERVISOR, "team"]), st.sampled_from(["ask", "yes", "no", "sure", "go"])),
    max_size=8,
)


@settings(max_examples=60)
@when_given(ANSWERS)
def test_whoever_answers_what_nothing_moves_without_a_supervisor_or_a_deviation(said: list[tuple[str, str]]) -> None:
    story = ready().when(phq9(3, self_harm=1))
    for role, answer in said:
        story = story.as_(role)
        waiting = [one.id for one in story.course.approvals] or ["none"]
        after = story.when(
            {
                "ask": enter("working"),
                "yes": c.Approve(waiting[-1]),
                "no": c.Decline(waiting[-1], because="not yet"),
                "sure": c.Confirm(waiting[-1]),
                "go": anyway(enter("working")),
            }[answer]
        )
        story = story if after.refused else after
    before = len(ready().when(phq9(3, self_harm=1)).events)
    for happened in story.events[before:]:
        if happened.kind == "phase_entered":
            beside = {one.kind for one in story.events if one.command == happened.command}
            assert beside & {"approval_given", "deviated"}
            assert happened.by.role == SUPERVISOR or "deviated" in beside
    assert [alert.id for alert in story.agenda().alerts] == [alert.id for alert in story.open_alerts]
    assert story.agenda().first[0].code == "risk_open"
    assert story.course.anomalies == ()
    assert fold(Course("c1"), [decode(encode(one)) for one in story.events]) == story.course


@pytest.mark.parametrize("kind", ["approval_given", "approval_declined", "approval_confirmed", "approval_passed_over"])
def test_an_answer_to_nothing_is_kept_and_shown_as_odd(kind: str) -> None:
    at, by = ready().events[0].at, Actor("u1", role=SUPERVISOR)
    answer = e.EVENTS[kind]
    more = {"approval": "x", "what": "x", "request": "{", "roles": ()} if kind == "approval_given" else {}
    odd = answer(id="z.1", on=date(2026, 3, 4), at=at, by=by, asked="nothing", **more)
    course = evolve(ready().course, odd)
    assert [one.text for one in course.anomalies] == ["it answers an approval that is not waited for in this course"]
    assert course.version == ready().course.version + 1


def test_what_waits_and_can_no_longer_be_read_is_told_and_stays() -> None:
    story = asked()
    by = Actor("u1", role="therapist")
    odd = e.ApprovalRequested(
        id="z.1", on=START, at=story.events[0].at, by=by, command="z", approval="staging", what="stir", request="{",
        roles=(SUPERVISOR,),
    )  # fmt: skip
    story = replace(story, course=evolve(story.course, odd)).as_(SUPERVISOR)
    no = story.when(c.Approve("z.1")).refused
    assert no is not None
    assert no.reasons[0].text == "what was asked cannot be read any more; decline it and ask anew"
    assert story.when(enter("working")).course.phase == "working"
    assert story.when(c.Decline("z.1", because="asked anew")).course.approvals[-1].state == "declined"


# -- what is told apart ------------------------------------------------------------------------------------------

TWO = APPROVALS["to_working"]
BOTH = {
    "to_working": TWO,
    "head_too": {**TWO, "title": "The head agrees", "by": "head"},
    "told_later": {**TWO, "title": "The team is told", "by": "team", "afterwards": True},
}


def by_both(**only: object) -> Story:
    watched = variant("small", {"approvals": BOTH | only})
    return given(watched, hold(1), done("inventory", "formulate"), focus("grief"))


def test_of_two_approvals_who_asks_gives_the_own_one_in_asking_and_the_other_waits() -> None:
    story = by_both().as_(SUPERVISOR).when(enter("working"))
    assert [(one.approval, one.state) for one in story.course.approvals] == [
        ("to_working", "approved"), ("head_too", "waiting"),
    ]  # fmt: skip
    assert story.course.phase == "opening"


def test_what_was_approved_before_is_still_to_be_confirmed_afterwards() -> None:
    story = by_both().as_(SUPERVISOR).when(enter("working")).as_("head")
    story = story.when(c.Approve(story.course.approvals[1].id))
    assert story.course.phase == "working"
    assert [(one.approval, one.state) for one in story.course.approvals][2:] == [("told_later", "to_confirm")]


def test_who_takes_back_a_request_that_waits_for_two_takes_it_back_from_both() -> None:
    story = by_both().when(enter("working"))
    story = story.when(c.Decline(story.course.approvals[0].id, because="too early"))
    assert [one.state for one in story.course.approvals] == ["taken_back", "taken_back"]


def test_what_is_done_already_cannot_be_taken_back_by_who_did_it() -> None:
    story = given(supervised(), hold(1)).when(anyway(c.EndCourse("completed")))
    story.when(c.Decline(story.course.approvals[-1].id, because="a mistake")).then_refused(
        "wrong_role", overridable=False
    )


def test_another_request_under_the_same_approval_waits_beside_the_first() -> None:
    contract = {"number": {"title": "The contract", "of": ["agree_contract", "agree_focus"], "by": SUPERVISOR}}
    story = given(variant("small", {"approvals": contract}), hold(1))
    story = story.when(c.AgreeFocus("grief", person="Robin")).when(c.AgreeContract(sessions=8))
    assert [one.what for one in story.course.approvals] == ["agree the focus 'Grief'", "agree a contract of 8 sessions"]


def test_the_same_request_with_another_reason_is_the_same_request() -> None:
    story = given(supervised(), hold(1), fact("fear_at_home", "no")).when(moved("work"))
    story.when(moved("work", because="they speak to each other")).then_refused("waits_for_approval")
