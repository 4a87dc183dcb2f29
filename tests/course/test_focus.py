"""Focuses, whom they are with, and where they stand: every legal move of a dispute, and who judged so."""

from __future__ import annotations

import pytest

from iptengine.course import commands as c
from iptengine.course import moves
from iptengine.course.commands import Command
from iptengine.protocol.protocol import Protocol
from phrases import START, Story, anyway, event, fact, focus, given, hold, logged, protocol, staged, variant, week

STAGES = ("unstaged", "renegotiation", "impasse", "dissolution", "resolved_agreement", "resolved_accepted",
          "resolved_ended")  # fmt: skip
LEGAL = {
    ("unstaged", "renegotiation"), ("unstaged", "impasse"), ("unstaged", "dissolution"),
    ("impasse", "renegotiation"), ("impasse", "dissolution"),
    ("renegotiation", "impasse"), ("renegotiation", "dissolution"),
    ("dissolution", "renegotiation"),
    ("renegotiation", "resolved_agreement"), ("dissolution", "resolved_ended"),
    *((stage, "resolved_accepted") for stage in ("unstaged", "renegotiation", "impasse", "dissolution")),
}  # fmt: skip


def dispute(protocol: Protocol, *said: Command) -> Story:
    return given(protocol, hold(1), focus("role_dispute", "spouse"), *said)


# -- agreeing a focus --------------------------------------------------------------------------------------------


def test_a_focus_is_agreed_and_counts_as_the_task(ipt: Protocol) -> None:
    story = given(ipt, hold(1)).when(focus("grief", because="her father died"))
    story.then(
        event(
            "focus_agreed", focus="grief", area="grief", person="", primary=True, stage="", replaces="",
            because="her father died",
        ),
        logged("agree_focus", session="k2.1", focus=""),
    )  # fmt: skip


def test_a_dispute_names_the_person_it_is_with(ipt: Protocol) -> None:
    story = given(ipt).when(focus("role_dispute")).then_refused("person", overridable=True)
    story.when(focus("role_dispute", "spouse")).then(
        event("focus_agreed", person="spouse", stage="unstaged"), logged("agree_focus")
    )


def test_at_most_two_focuses_and_a_third_only_by_deviation(ipt: Protocol) -> None:
    story = given(ipt, focus("grief"), focus("role_transition"))
    story = story.when(focus("interpersonal_deficits")).then_refused("too_many_focuses", overridable=True)
    story = story.when(anyway(focus("interpersonal_deficits")))
    story.then(
        event("deviated", what="agree_focus", overridden=("too_many_focuses",)),
        event("focus_agreed", area="interpersonal_deficits", primary=False),
    )
    assert [(f.area, f.primary) for f in story.course.open_focuses] == [
        ("grief", True), ("role_transition", False), ("interpersonal_deficits", False),
    ]  # fmt: skip


def test_two_disputes_stand_side_by_side_each_with_its_own_stage(ipt: Protocol) -> None:
    story = dispute(ipt, focus("role_dispute", "mother"), staged("impasse"))
    story = story.when(staged("dissolution", focus="role_dispute-2"))
    assert [(f.id, f.person, f.stage) for f in story.course.open_focuses] == [
        ("role_dispute", "spouse", "impasse"), ("role_dispute-2", "mother", "dissolution"),
    ]  # fmt: skip


def test_a_focus_id_is_used_once(ipt: Protocol) -> None:
    story = given(ipt, focus("grief", id="father"), focus("role_transition", id="retired"))
    story = story.when(focus("grief", id="father")).then_refused("focus_exists", overridable=False)
    again = c.ChangeFocus("retired", to="role_transition", id="father", because="x")
    story = story.when(again).then_refused("focus_exists", overridable=False)
    assert [f.id for f in story.course.focuses] == ["father", "retired"]


def test_an_area_or_a_focus_the_course_does_not_have_makes_no_sense(ipt: Protocol) -> None:
    story = given(ipt, focus("grief"))
    for said in (
        focus("anger"),
        c.ChangeFocus("grief", to="anger", because="x"),
    ):
        story = story.when(said).then_refused("unknown_area", overridable=False)
    for said in (
        c.CloseFocus("anger", because="x"),
        c.ChangeFocus("anger", to="grief", because="x"),
        staged("impasse", focus="anger"),
        c.SetGoal("to sleep", focus="anger"),
        c.DoTask("history", focus="anger"),
    ):
        story = story.when(said).then_refused("unknown_focus", overridable=False)


# -- closing and changing ----------------------------------------------------------------------------------------


def test_a_focus_is_closed_with_a_reason_and_what_was_recorded_for_it_stays(ipt: Protocol) -> None:
    story = dispute(ipt, staged("impasse"), c.SetGoal("to talk again", focus="role_dispute"))
    story = story.when(c.CloseFocus("role_dispute", because="he moved abroad", on=week(2)))
    story.then(event("focus_closed", focus="role_dispute", because="he moved abroad"))
    (kept,) = story.course.focuses
    assert (kept.closed, kept.because, kept.stage) == (week(2), "he moved abroad", "impasse")
    assert story.course.open_focuses == ()
    assert [g.focus for g in story.course.goals] == ["role_dispute"]
    story.when(c.CloseFocus("role_dispute", because="again")).then_refused("focus_closed", overridable=False)


@pytest.mark.parametrize("because", ["", " "])
def test_closing_and_changing_a_focus_say_why(ipt: Protocol, because: str) -> None:
    story = given(ipt, focus("grief"))
    story = story.when(c.CloseFocus("grief", because=because)).then_refused("no_reason", overridable=False)
    change = c.ChangeFocus("grief", to="role_transition", because=because)
    story.when(change).then_refused("no_reason", overridable=False)


def test_the_work_changes_from_one_focus_to_another_which_takes_its_rank(ipt: Protocol) -> None:
    story = given(ipt, focus("grief"), focus("role_transition"))
    story = story.when(c.ChangeFocus("grief", to="role_dispute", person="brother", because="the will"))
    story.then(
        event("focus_closed", focus="grief", because="the will"),
        event(
            "focus_agreed", focus="role_dispute", person="brother", primary=True, replaces="grief", stage="unstaged",
            because="the will",
        ),
    )  # fmt: skip
    assert [f.id for f in story.course.open_focuses] == ["role_dispute", "role_transition"]


def test_a_change_to_a_dispute_names_the_person_too(ipt: Protocol) -> None:
    story = given(ipt, focus("grief"))
    story = story.when(c.ChangeFocus("grief", to="role_dispute", because="the will")).then_refused("person")
    assert [f.closed for f in story.course.focuses] == [None]


# -- stages: the chart -------------------------------------------------------------------------------------------


def standing(ipt: Protocol, stage: str) -> Story:
    """A dispute that stands in a stage, and has done so for three sessions."""
    story = dispute(ipt)
    if stage != "unstaged":
        story = story.when(c.Restage("role_dispute", to=stage, because="as found", new_information=True))
    return story.when(hold(2), hold(3), hold(4))


@pytest.mark.parametrize("here", STAGES)
@pytest.mark.parametrize("there", STAGES[1:])
def test_a_dispute_moves_along_the_chart_and_no_other_way(ipt: Protocol, here: str, there: str) -> None:
    story = standing(ipt, here).when(staged(there))
    if here == there:
        story.then_refused("already_there", overridable=False)
    elif (here, there) in LEGAL:
        moved = event("focus_staged", was=here, stage=there, way="chart", because="as they told it", session="k7.1")
        assert [moved.of(story.last[0])] == [(moved.kind, dict(moved.fields))] or here == "unstaged"
        assert story.course.focuses[0].stage == there
    else:
        story.then_refused("no_way", overridable=True)


@pytest.mark.parametrize("here", STAGES)
@pytest.mark.parametrize("there", STAGES[1:])
def test_new_information_may_place_a_dispute_in_any_stage(ipt: Protocol, here: str, there: str) -> None:
    if here == there:
        return
    story = standing(ipt, here).when(staged(there, new_information=True))
    assert (story.course.focuses[0].stage, story.course.focuses[0].history[-1].way) == (there, "new information")


def test_the_chart_of_the_file_is_the_chart_of_the_machine(ipt: Protocol) -> None:
    found = {(m.source, m.target) for m in moves.stage_chart(ipt, "role_dispute").moves() if m.trigger[:5] == "stage"}
    assert found == LEGAL


def test_a_way_that_is_not_in_the_chart_is_a_deviation(ipt: Protocol) -> None:
    story = standing(ipt, "impasse").when(anyway(staged("resolved_agreement"), because="they settled at dinner"))
    story.then(
        event("deviated", what="restage", overridden=("no_way",), because="they settled at dinner"),
        event("focus_staged", was="impasse", stage="resolved_agreement", way="deviation", final=True),
    )
    assert story.course.focuses[0].finished


def test_an_agreement_is_reached_after_it_held_for_two_sessions(ipt: Protocol) -> None:
    story = dispute(ipt, staged("renegotiation"))
    story = story.when(hold(2)).when(staged("resolved_agreement")).then_refused("held_two_sessions", overridable=True)
    story = story.when(hold(3)).when(staged("resolved_agreement"))
    story.then(event("focus_staged", stage="resolved_agreement", way="chart", final=True))


def test_the_refusal_quotes_the_file_and_the_sessions_it_saw(ipt: Protocol) -> None:
    refused = dispute(ipt, staged("renegotiation"), hold(2)).when(staged("resolved_agreement")).refused
    assert refused is not None
    (reason,) = refused.reasons
    assert (reason.code, reason.text, reason.answer) == ("held_two_sessions", "sessions in this stage >= 2", "no")
    assert reason.path == "problem_areas.role_dispute.stages.renegotiation.next.resolved_agreement.held_two_sessions"
    assert reason.saw["sentence"] == "sessions in this stage is 1; needs at least 2"


@pytest.mark.parametrize("answer", ["yes", None])
def test_no_talks_are_reopened_where_there_is_fear_or_no_answer_about_it(ipt: Protocol, answer: object) -> None:
    story = dispute(ipt, staged("impasse"), fact("fear_at_home", answer))
    story = story.when(staged("renegotiation")).then_refused("no_fear_on_record", overridable=True)
    story.when(staged("dissolution")).then(event("focus_staged", stage="dissolution"))


def test_talks_may_be_reopened_where_fear_was_denied(ipt: Protocol) -> None:
    story = dispute(ipt, staged("impasse"), fact("fear_at_home", "no")).when(staged("renegotiation"))
    story.then(event("focus_staged", stage="renegotiation", was="impasse"))


# -- stages: judgement -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("new", [True, False])
def test_a_judgement_of_the_stage_says_what_it_rests_on(ipt: Protocol, new: bool) -> None:
    story = dispute(ipt).when(staged("impasse", because=" ", new_information=new))
    story.then_refused("no_reason", overridable=False)


@pytest.mark.parametrize("to", ["unstaged", "war", ""])
def test_a_stage_that_does_not_exist_cannot_be_set(ipt: Protocol, to: str) -> None:
    dispute(ipt).when(staged(to)).then_refused("unknown_stage", overridable=False)
    dispute(ipt).when(anyway(staged(to))).then_refused("unknown_stage", overridable=False)
    dispute(ipt).when(staged(to, new_information=True)).then_refused("unknown_stage", overridable=False)


def test_an_area_without_stages_has_none_to_set(ipt: Protocol) -> None:
    given(ipt, focus("grief")).when(staged("impasse", focus="grief")).then_refused("unknown_stage", overridable=False)


def test_every_stage_a_dispute_stood_in_is_kept_with_its_reason(ipt: Protocol) -> None:
    story = dispute(ipt, staged("impasse", because="silence"), staged("dissolution", because="he left", on=week(2)))
    story = story.when(staged("renegotiation", because="he is back", on=week(3)))
    assert [(s.stage, s.on, s.because, s.way, s.session) for s in story.course.focuses[0].history] == [
        ("impasse", week(1), "silence", "chart", "k2.1"),
        ("dissolution", week(2), "he left", "chart", ""),
        ("renegotiation", week(3), "he is back", "chart", ""),
    ]


def test_an_area_can_keep_new_information_from_moving_its_stages() -> None:
    strict = variant("small", {"problem_areas.role_dispute.restage": False})
    story = given(strict, focus("role_dispute", "spouse")).when(staged("settled", new_information=True))
    story.then_refused("no_way", overridable=True)


def test_a_closed_focus_stays_where_it_stood_unless_the_clinician_goes_on(ipt: Protocol) -> None:
    story = dispute(ipt, c.CloseFocus("role_dispute", because="over", on=week(2)))
    story = story.when(staged("impasse", on=week(3))).then_refused("focus_closed", overridable=True)
    story.when(staged("impasse", on=START)).then(event("focus_staged", stage="impasse"), logged("stage_dispute"))


# -- the task that a record counts as ----------------------------------------------------------------------------


def test_staging_each_dispute_counts_as_the_task_for_that_dispute(ipt: Protocol) -> None:
    story = dispute(ipt, focus("role_dispute", "mother"))
    story = story.when(staged("impasse"))
    story.then(event("focus_staged"), logged("stage_dispute", focus="role_dispute"))
    story = story.when(staged("impasse", focus="role_dispute-2"))
    story.then(event("focus_staged"), logged("stage_dispute", focus="role_dispute-2"))
    story.when(staged("dissolution")).then(event("focus_staged"))


def test_staging_one_area_does_not_count_as_the_task_of_another() -> None:
    other = {
        "title": "Role transition", "choose_when": "A change of life",
        "must": {"stage_change": {"do": "Agree where the change stands", "recorded_by": "stage"}},
        "stages": {"begun": {"title": "Begun"}},
    }  # fmt: skip
    two = variant("small", {"focus.at_most": 2, "problem_areas.role_transition": other})
    story = given(two, focus("role_dispute", "spouse"), focus("role_transition"))
    story.when(staged("impasse")).then(event("focus_staged"))
    story.when(staged("begun", focus="role_transition")).then(
        event("focus_staged"), logged("stage_change", focus="role_transition")
    )


def test_a_file_that_says_nothing_of_the_beginning_lets_a_dispute_be_placed_in_any_stage_but_a_final_one() -> None:
    plain = variant("small", {"problem_areas.role_dispute.stages.unstaged": ...})
    story = given(plain, focus("role_dispute", "spouse"))
    for stage in ("renegotiation", "impasse"):
        assert story.when(staged(stage)).course.focuses[0].stage == stage
    story.when(staged("settled")).then_refused("no_way")


def test_the_small_dispute_is_staged_as_talking_once_someone_looked(small: Protocol) -> None:
    story = given(small, focus("role_dispute", "spouse")).when(staged("renegotiation")).then_refused("looked")
    story.when(c.DoTask("find_stage")).when(staged("renegotiation")).then(event("focus_staged", way="chart"))
    assert protocol("small") is small
