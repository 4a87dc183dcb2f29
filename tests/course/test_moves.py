"""Phases, the ending, deviations, adoption: the chart drives, the clinician decides (law 4)."""

from __future__ import annotations

import pytest

from iptengine.course import commands as c
from iptengine.course import moves, timing
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.facts import CourseFacts
from iptengine.course.refusal import Refused
from iptengine.protocol.protocol import Protocol
from phrases import (
    INITIAL,
    START,
    Story,
    alert,
    anyway,
    contract,
    done,
    enter,
    entered,
    event,
    fact,
    focus,
    given,
    hold,
    in_the_middle,
    logged,
    phq9,
    scored,
    staged,
    variant,
    week,
)

EVERYTHING = ["diagnosis_or_waiver", "inventory_taken", "formulation_agreed", "focus_agreed", "contract_agreed"]


# -- entering a phase --------------------------------------------------------------------------------------------


def test_a_course_begins_in_the_first_phase_with_its_protocol_pinned(ipt: Protocol) -> None:
    story = given(ipt, c.Start("A.B.", on=START))
    story.then(
        event(
            "course_started", protocol="ipt-adult@1.0.0", digest=ipt.digest, phase="initial", called="A.B.",
            sessions=None, frequency="1 a week", minutes=50, missed="keep", uses_session=("attended",),
        )
    )  # fmt: skip
    assert (story.course.phase, story.course.protocol, story.course.started) == ("initial", "ipt-adult@1.0.0", START)


def test_without_anything_agreed_the_middle_phase_is_refused_for_every_reason_at_once(ipt: Protocol) -> None:
    given(ipt).when(enter("middle")).then_refused(*EVERYTHING, overridable=True)


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        (0, "diagnosis_or_waiver"),
        (1, "inventory_taken"),
        (2, "formulation_agreed"),
        (3, "focus_agreed"),
        (4, "contract_agreed"),
    ],
)
def test_each_open_condition_alone_keeps_the_patient_in_the_initial_phase(
    ipt: Protocol, left_out: int, code: str
) -> None:
    said = [*INITIAL, focus("grief"), contract()]
    del said[left_out]
    given(ipt, said).when(enter("middle")).then_refused(code)


def test_with_everything_agreed_the_middle_phase_begins(ipt: Protocol) -> None:
    story = given(ipt, INITIAL, focus("grief"), contract()).when(enter("middle"))
    story.then(event("phase_entered", phase="middle", was="initial", way="chart"))
    assert [(p.phase, p.way) for p in story.course.phases] == [("initial", "start"), ("middle", "chart")]


def test_a_waived_diagnosis_opens_the_same_way(ipt: Protocol) -> None:
    said = (c.WaiveDiagnosis(because="she asked for none"), *INITIAL[1:], focus("grief"), contract())
    given(ipt, said).when(enter("middle")).then(entered("middle"))


def test_a_formulation_that_was_not_agreed_opens_nothing(ipt: Protocol) -> None:
    said = (*INITIAL[:2], c.WriteFormulation("his quarrel"), focus("grief"), contract())
    given(ipt, said).when(enter("middle")).then_refused("formulation_agreed")


def test_a_late_entered_draft_does_not_undo_the_agreed_formulation(ipt: Protocol) -> None:
    story = given(ipt, hold(2), INITIAL, focus("grief"), contract())
    story = story.when(c.WriteFormulation("a first draft", on=week(1)))
    story.when(enter("middle", on=week(2))).then(entered("middle"))


def test_a_phase_that_does_not_exist_or_holds_the_course_makes_no_sense(ipt: Protocol) -> None:
    story = given(ipt)
    for said in (enter("midle"), anyway(enter("midle"))):
        story = story.when(said).then_refused("unknown_phase", overridable=False)
    for said in (enter("initial"), anyway(enter("initial"))):
        story = story.when(said).then_refused("already_there", overridable=False)


def test_a_phase_that_this_one_does_not_lead_to_has_no_way(ipt: Protocol) -> None:
    story = given(ipt).when(enter("ending")).then_refused("no_way", overridable=True)
    story.when(anyway(enter("ending"))).then(
        event("deviated", what="enter_phase", overridden=("no_way",)), entered("ending", way="deviation")
    )


def test_a_deviation_records_what_was_overridden_and_by_whom(ipt: Protocol) -> None:
    story = given(ipt, INITIAL, focus("grief")).when(anyway(enter("middle"), because="the contract waits a week"))
    story.then(
        event("deviated", what="enter_phase", overridden=("contract_agreed",), because="the contract waits a week"),
        event("phase_entered", phase="middle", was="initial", way="deviation"),
    )
    assert [(d.overridden, d.because) for d in story.course.deviations] == [
        (("contract_agreed",), "the contract waits a week")
    ]


def test_a_deviation_that_overrides_nothing_is_the_plain_move(ipt: Protocol) -> None:
    given(ipt, INITIAL, focus("grief"), contract()).when(anyway(enter("middle"))).then(entered("middle"))


def test_a_deviation_says_why_and_carries_out_one_request(ipt: Protocol) -> None:
    story = given(ipt)
    story = story.when(anyway(enter("middle"), because=" ")).then_refused("no_reason", overridable=False)
    for inner in (anyway(enter("middle")), hold(1), phq9(3), c.Start(), c.Correct("k1.1", hold(1), because="x")):
        story = story.when(anyway(inner)).then_refused("no_deviation", overridable=False)
    assert story.course.phase == "initial"


def test_an_overridden_move_happens_on_the_day_it_speaks_of(ipt: Protocol) -> None:
    story = given(ipt, hold(1), hold(2)).when(anyway(enter("middle", on=START)))
    assert [event.on for event in story.last] == [START, START]


def test_the_ending_is_entered_near_the_end_and_once_it_is_announced(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle(sessions=12), *(hold(n) for n in range(4, 9)))
    story = story.when(enter("ending")).then_refused("near_the_end", "announced")
    story = story.when(hold(9)).when(enter("ending")).then_refused("announced")
    story.when(c.AnnounceEnding()).then(
        event("ending_announced", sessions_left=3), logged("announce_ending")
    ).when(enter("ending")).then(entered("ending"))  # fmt: skip


def test_doing_the_task_that_names_the_end_names_it(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle(sessions=12)).when(done("announce_ending"))
    story.then(logged("announce_ending"), event("ending_announced", sessions_left=9))
    story.when(done("announce_ending")).then(logged("announce_ending"))
    story = given(ipt, in_the_middle()).when(c.DoTask("announce_ending", how="declined"))
    story.then(logged("announce_ending", "declined"))


def test_unknown_never_opens_a_way(ipt: Protocol) -> None:
    """The window of the ending hangs on a contract nobody agreed."""
    story = given(ipt, *(hold(n) for n in range(1, 16)), c.AnnounceEnding(), anyway(enter("middle")))
    refused = story.when(enter("ending")).refused
    assert refused is not None
    assert [(r.code, r.answer) for r in refused.reasons] == [("near_the_end", "unknown")]


# -- the end -----------------------------------------------------------------------------------------------------


def at_the_end(ipt: Protocol) -> Story:
    story = given(ipt, in_the_middle(sessions=12), *(hold(n) for n in range(4, 11)), c.AnnounceEnding())
    return story.when(enter("ending"), hold(11), hold(12))


def test_a_course_is_completed_when_all_is_done_and_only_then(ipt: Protocol) -> None:
    story = at_the_end(ipt)
    story = story.when(c.EndCourse("completed")).then_refused("tasks_done", overridable=True)
    story = story.when(done(*(t for t in ipt.spec.phases["ending"].must if t != "announce_ending")))
    story = story.when(c.EndCourse("completed", note="well and glad"))
    story.then(event("course_ended", outcome="completed", way="chart", note="well and glad", reason="", warnings=()))
    assert story.course.ended == "completed"


def test_a_course_that_ends_by_deviation_says_which_ending_tasks_are_open(ipt: Protocol) -> None:
    story = given(ipt).when(anyway(c.EndCourse("completed"), because="moved away")).warned("ending_tasks_open")
    assert story.last[-1].way == "deviation"  # type: ignore[attr-defined]


def test_an_early_end_is_open_from_where_the_protocol_says(ipt: Protocol) -> None:
    well = c.EndCourse("ended_early_well", reason="goals are reached")
    story = given(ipt).when(well).then_refused("no_way", overridable=True)
    story = story.when(INITIAL, focus("grief"), contract(), enter("middle")).when(well)
    story.then(event("course_ended", outcome="ended_early_well", way="chart", reason="goals are reached"))
    (told,) = story.last[0].warnings
    assert (told.code, told.path) == ("ending_tasks_open", "outcomes.ended_early_well")
    assert told.text == (
        "ending tasks not on record: announce_ending, ending_feelings, credit_gains, review_change, warning_signs, "
        "next_steps"
    )


def test_a_reason_the_protocol_does_not_list_is_kept_with_a_warning(ipt: Protocol) -> None:
    story = given(ipt).when(c.EndCourse("patient_decision", reason="it rained"))
    story.warned("ending_tasks_open", "other_reason")
    assert story.course.outcome is not None
    assert story.course.outcome.reason == "it rained"


def test_an_outcome_that_does_not_exist_makes_no_sense(ipt: Protocol) -> None:
    given(ipt).when(c.EndCourse("cured")).then_refused("unknown_outcome", overridable=False)
    given(ipt).when(anyway(c.EndCourse("cured"))).then_refused("unknown_outcome", overridable=False)


def test_a_lost_patient_leaves_no_ending_tasks_open(ipt: Protocol) -> None:
    given(ipt, hold(1)).when(c.EndCourse("lost_to_contact")).warned()


# -- an ended course ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        enter("middle"), c.EndCourse("died"), c.Book(on=week(9)), focus("grief"), contract(),
        c.AmendContract(because="x", sessions=12), staged("impasse"), anyway(enter("middle")),
        c.CloseFocus("role_dispute", because="x"), c.ChangeFocus("role_dispute", to="grief", because="x"),
    ],
    ids=lambda said: said.kind,
)  # fmt: skip
def test_an_ended_course_is_closed_to_moves(ipt: Protocol, said: Command) -> None:
    story = given(ipt, focus("role_dispute", "spouse"), c.EndCourse("lost_to_contact"))
    story.when(said).then_refused("ended", overridable=False)


def test_an_ended_course_still_takes_readings_alerts_corrections_and_contacts(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(10, self_harm=0), c.EndCourse("lost_to_contact"))
    story = story.when(phq9(14, on=week(5), self_harm=1)).then(scored(14), alert("risk_item"))
    story = story.when(c.AssessAlert(story.open_alerts[0].id, found="none acute", plan="see the doctor"))
    assert story.open_alerts == ()
    story = story.when(c.RecordContact("booster", on=week(9))).then(event("contact_held"))
    story = story.when(c.Correct(story.id_of("reading_taken", 0), phq9(11, self_harm=0), because="a slip"))
    assert [r.total for r in story.course.readings] == [11, 14]
    story.when(fact("fear_at_home", "yes")).then(event("fact_recorded"), alert("fear_or_violence"))
    story.when(hold(6)).warned("after_end")


# -- beginning ---------------------------------------------------------------------------------------------------


def test_a_course_begins_once(ipt: Protocol) -> None:
    story = given(ipt).when(c.Start()).then_refused("already_started", overridable=False)
    story.when(c.Adopt("middle", 3)).then_refused("already_started", overridable=False)


@pytest.mark.parametrize(
    "said", [hold(1), phq9(9), enter("middle"), anyway(enter("middle")), c.Withdraw("x", because="x")],
    ids=lambda said: said.kind,
)  # fmt: skip
def test_nothing_is_said_to_a_course_that_has_not_begun(ipt: Protocol, said: Command) -> None:
    Story(ipt, Course("c1")).when(said).then_refused("not_started", overridable=False)


def test_a_command_without_a_stamp_is_a_programming_error(ipt: Protocol) -> None:
    with pytest.raises(ValueError, match="the command hold_session is not stamped"):
        decide(ipt, given(ipt).course, hold(1))


def test_a_command_that_was_answered_already_gives_no_event(ipt: Protocol) -> None:
    story = given(ipt).when(hold(1))
    again = c.HoldSession(on=START).stamped(_stamp_of(story))
    assert decide(ipt, story.course, again) == ()


def _stamp_of(story: Story) -> object:
    from iptengine.course.stamp import Stamp

    first = story.last[0]
    return Stamp(first.command, first.on, first.at, first.by)


# -- adoption ----------------------------------------------------------------------------------------------------


def test_a_course_under_way_is_adopted_without_inventing_its_past(ipt: Protocol) -> None:
    story = given(ipt, c.Adopt("middle", 6, ("role_dispute", "grief"), called="A.B.", on=week(8)))
    story.then(
        event("course_adopted", phase="middle", sessions_used=6, called="A.B.", digest=ipt.digest, warnings=()),
        event("focus_agreed", focus="role_dispute", person="not named yet", primary=True, stage="unstaged"),
        event("focus_agreed", focus="grief", person="", primary=False, stage=""),
        logged("agree_focus"),
    )
    assert story.course.appointments == ()
    assert [p.way for p in story.course.phases] == ["adopted"]
    assert story.when(hold(8)).last[0].number == 7  # type: ignore[attr-defined]
    assert timing.sessions_held(story.when(hold(8)).course) == 7
    assert story.agenda().number == 7


def test_more_focuses_than_the_protocol_allows_are_adopted_with_a_warning(ipt: Protocol) -> None:
    story = given(ipt, c.Adopt("middle", 6, ("grief", "role_transition", "interpersonal_deficits"), on=week(8)))
    assert len(story.course.open_focuses) == 3
    story.warned("too_many_focuses")
    assert story.course.deviations == ()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (c.Adopt("midle", 3), "unknown_phase"),
        (c.Adopt("middle", -1), "sessions_used"),
        (c.Adopt("middle", True), "sessions_used"),
        (c.Adopt("middle", 1001), "sessions_used"),
        (c.Adopt("middle", 3, ("anger",)), "unknown_area"),
    ],
)
def test_an_adoption_that_makes_no_sense_is_refused(ipt: Protocol, said: Command, code: str) -> None:
    Story(ipt, Course("c1")).when(said).then_refused(code, overridable=False)


# -- the chart is the file ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ipt-adult", "ipt-adult-long", "small"])
def test_every_way_in_the_file_is_a_transition_of_the_chart_and_the_chart_has_no_other(name: str) -> None:
    spec = variant(name, {}).spec
    written = {(phase, target) for phase, p in spec.phases.items() for target in p.next}
    for outcome, o in spec.outcomes.items():
        conditional = [phase for phase, p in spec.phases.items() if outcome in p.next]
        anywhere = [] if conditional and not o.from_ else list(o.from_ or spec.phases)
        written |= {(phase, outcome) for phase in anywhere}
    assert {(m.source, m.target) for m in moves.phase_chart(variant(name, {})).moves()} == written
    assert moves.phase_chart(variant(name, {})).initial == spec.start


def test_a_refusal_is_one_sentence_for_people(ipt: Protocol) -> None:
    refused = given(ipt).when(enter("ending")).refused
    assert isinstance(refused, Refused)
    assert str(refused) == "enter_phase is not possible now: 'initial' does not lead to 'ending'"


def test_a_session_on_the_day_a_phase_began_belongs_to_it_and_sessions_in_it_count_from_there(ipt: Protocol) -> None:
    story = given(ipt, hold(1), hold(2), anyway(enter("middle")), hold(2), hold(3))
    assert [a.phase for a in story.course.sessions] == ["initial", "initial", "middle", "middle"]
    assert CourseFacts(ipt, story.course, week(3)).sessions_in_phase == 2
    back = story.when(anyway(enter("initial", on=week(4))), hold(5))
    assert CourseFacts(ipt, back.course, week(5)).sessions_in_phase == 1
