"""A plan of components: chosen and changed with a reason, worked through by dose, interrupted and resumed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.authoring.loader import check_text, load
from iptengine.cli.manual import manual
from iptengine.course import commands as c
from iptengine.course.adherence import adherence
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.decide import decide
from iptengine.course.evolve import fold
from iptengine.course.facts import CourseFacts
from iptengine.course.plan_state import in_all, plan_state, planned_doses
from iptengine.course.stamp import Actor, Stamp
from iptengine.course.summary import summary
from iptengine.course.warnings import budget, warnings
from iptengine.course.ways import due
from iptengine.protocol.doses import Dose, amount
from iptengine.protocol.plan_spec import broken, lawful
from iptengine.protocol.protocol import Protocol
from iptengine.render.agenda import agenda
from phrases import ROOT, START, Story, anyway, entered, event, given, logged, phq9, week

KEYS = Path(__file__).parents[1] / "keys"
NAMES = ("engage", "activity", "thoughts", "ending", "safety")


@cache
def modular() -> Protocol:
    return load(KEYS / "plan.protocol.yaml")


def changed(*pairs: str) -> Protocol:
    """The protocol with some of its text put otherwise: what it was, and what it is."""
    text = (KEYS / "plan.protocol.yaml").read_text(encoding="utf-8")
    for was, now in zip(pairs[::2], pairs[1::2], strict=True):
        assert text.count(was) == 1
        text = text.replace(was, now)
    protocol, diagnostics = check_text(text.encode(), "plan.protocol.yaml")
    assert protocol is not None, [str(one) for one in diagnostics]
    return protocol


def chosen(*components: str, because: str = "low mood leads") -> Command:
    return c.ChoosePlan(components=components or ("engage", "activity", "ending"), because=because)


def delivered(component: str, dose: str = "1") -> Command:
    return c.DeliverComponent(component, dose=dose)


def course(*said: Command, sessions: int = 8) -> Story:
    """A course with the plan engage, activity, ending, in the phase in which it is worked through."""
    contract = c.AgreeContract(sessions=sessions, on=START)
    return given(modular(), contract, chosen(), c.EnterPhase("treat"), *said)


def doses(story: Story) -> dict[str, str]:
    state = plan_state(story.protocol, story.course)
    return {one.name: str(one.reached) for one in state.counted if one.reached}


def current(story: Story) -> str:
    here = plan_state(story.protocol, story.course).current
    return here.name if here else ""


def standing(story: Story) -> list[str]:
    return [line.text for line in story.agenda().standing]


# -- doses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "least", "most", "again"),
    [("1..3", "1", "3", "1..3"), ("1/2..2", "1/2", "2", "1/2..2"), ("2/4", "1/2", "1/2", "1/2"), (3, "3", "3", "3")],
)
def test_a_dose_is_a_least_and_a_most_amount(written: object, least: str, most: str, again: str) -> None:
    dose = Dose.parse(written)
    assert (dose.least, dose.most, str(dose)) == (Fraction(least), Fraction(most), again)


@pytest.mark.parametrize(
    "written", ["", "0", "1/0", "-1", "1.5", "half", "3..1", "1/13", "201", "1..", "²", None, True]
)
def test_what_is_no_dose_is_told(written: object) -> None:
    with pytest.raises(ValueError, match="write"):
        Dose.parse(written)


@for_any(st.integers(1, 12), st.integers(1, 12))
def test_parts_of_a_session_are_exact(count: int, parts: int) -> None:
    assert amount(f"{count}/{parts}") == Fraction(count, parts)
    assert amount(str(Fraction(count, parts))) == Fraction(count, parts)


# -- choosing ----------------------------------------------------------------------------------------------------


def test_a_plan_is_chosen_with_who_in_which_role_and_why() -> None:
    story = given(modular()).when(chosen())
    story.then(event("plan_chosen", components=("engage", "activity", "ending"), order="", because="low mood leads"))
    assert [(step.what, step.by, step.role, step.because) for step in plan_of(story).decisions] == [
        ("chosen", "u17", "therapist", "low mood leads")
    ]


def plan_of(story: Story):  # type: ignore[no-untyped-def]
    found = summary(story.protocol, story.course).plan
    assert found is not None
    return found


def test_a_usual_order_is_taken_by_its_name_and_told_when_another_is_recommended() -> None:
    story = given(modular(), c.RecordFact("main_problem", "worry")).when(
        c.ChoosePlan(order="low_mood", because="all the same")
    )
    story.then(event("plan_chosen", components=("engage", "activity", "ending"), order="low_mood", way="chart"))
    (told,) = story.last[0].warnings
    assert told.text == "its conditions do not hold; recommended: Worry"


def test_before_a_plan_is_chosen_the_page_says_so_and_what_cannot_be_told() -> None:
    story = given(modular())
    assert standing(story) == [
        "No plan is chosen yet. Cannot tell yet whether Low mood or Worry fits: The main problem is not recorded."
    ]
    assert story.when(c.EnterPhase("treat")).then_refused("chosen").course.phase == "assess"


@pytest.mark.parametrize(
    ("plan", "code", "told"),
    [
        (
            ("activity", "ending"), "after",
            "choose_plan is not possible now: 'Activity' comes after 'Engagement' ('Engagement' is not in this plan)",
        ),
        (
            ("engage", "thoughts", "activity"), "never_before",
            "choose_plan is not possible now: 'Thoughts' never comes before 'Activity'"
            " ('Activity' comes later in this plan)",
        ),
        (
            ("engage", "ending", "activity"), "last",
            "choose_plan is not possible now: nothing comes after 'Ending' ('Activity' comes later in this plan)",
        ),
    ],
)  # fmt: skip
def test_a_plan_that_breaks_a_constraint_is_refused_in_the_authors_words(
    plan: tuple[str, ...], code: str, told: str
) -> None:
    story = given(modular()).when(chosen(*plan))
    assert str(story.refused) == told
    story = story.then_refused(code, overridable=True).when(anyway(chosen(*plan)))
    story.then(
        event("deviated", what="choose_plan", overridden=(code,)),
        event("plan_chosen", components=plan, way="deviation"),
    )


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (
            chosen("engage", "exposure"),
            "unknown_component",
            "the components are engage, activity, thoughts, ending, safety",
        ),
        (
            chosen("engage", "engage"),
            "component_twice",
            "a component stands in a plan once; 'Engagement' is named twice",
        ),
        (c.ChoosePlan(because="x"), "which_plan", "name the components of the plan, or one of the orders"),
        (c.ChoosePlan(order="grief", because="x"), "unknown_order", "the orders are low_mood, worry"),
        (chosen(because=" "), "no_reason", "say why this plan"),
        (c.ChangePlan(("engage",), because="x"), "no_plan", "no plan is chosen yet; choose one"),
        (c.Interrupt("safety", because=""), "no_reason", "say why the plan is interrupted"),
        (c.Resume(because="x"), "not_interrupted", "the plan is not interrupted"),
        (c.FinishComponent("engage", because="x"), "not_in_plan", "'Engagement' is not in the plan of this course"),
        (delivered("engage", "much"), "dose", "write sessions or parts of one, such as 1, 1/2 or 3/4"),
    ],
)
def test_what_makes_no_sense_is_told_and_cannot_be_overridden(command: Command, code: str, told: str) -> None:
    story = given(modular()).when(command)
    assert story.refused is not None
    assert [(reason.code, reason.text) for reason in story.refused.reasons] == [(code, told)]
    assert not story.refused.overridable


def test_a_plan_is_chosen_once_and_then_changed() -> None:
    story = course().when(chosen("engage")).then_refused("already_chosen", overridable=False)
    story = story.when(delivered("engage", "1/2"), c.ChangePlan(("thoughts", "ending"), because="worry came back"))
    story.then(
        event(
            "plan_changed", components=("engage", "thoughts", "ending"), was=("engage", "activity", "ending"),
            because="worry came back",
        )
    )  # fmt: skip


def test_what_is_finished_counts_as_earlier_in_a_changed_plan() -> None:
    story = course(delivered("engage", "1/2")).when(c.ChangePlan(("activity",), because="shorter"))
    assert plan_state(modular(), story.course).names == ("engage", "activity")


def test_a_protocol_without_a_plan_has_no_such_commands_to_offer(ipt: Protocol) -> None:
    story = given(ipt).when(chosen())
    story.then_refused("no_components", overridable=False)
    assert not [way for way in ways_of(given(ipt)) if "plan" in way or "component" in way]


def ways_of(story: Story) -> list[str]:
    from iptengine.course.ways import ways

    return [way.command.kind for way in ways(story.protocol, story.course, on=story.today)]


# -- working through it ------------------------------------------------------------------------------------------


def test_two_components_in_one_session_and_one_over_three() -> None:
    story = course().when(c.RecordSession(on=week(1)))
    story.then(
        event("session_held"), logged("say_why"), logged("plan_week"), logged("look_at_week"),
        event("component_delivered", component="engage", dose="1/2", session="k5.1"),
        event("component_delivered", component="activity", dose="1/2", session="k5.1"),
    )  # fmt: skip
    story = story.when(c.RecordSession(on=week(2)), c.RecordSession(on=week(3)))
    assert doses(story) == {"engage": "1/2", "activity": "5/2"}
    assert planned_doses(modular(), story.course, plan_state(modular(), story.course)) == (
        ("activity", Fraction(1, 2)), ("ending", Fraction(1, 2)),
    )  # fmt: skip


def test_a_component_left_out_of_a_session_keeps_its_dose_and_its_tasks() -> None:
    story = course().when(c.RecordSession(on=week(1), exceptions={"activity": "not_done", "engage": "1/4"}))
    story.then(event("session_held"), logged("say_why"), event("component_delivered", component="engage", dose="1/4"))
    assert current(story) == "engage"


def test_a_dose_nobody_can_read_loses_nothing_else_of_the_session() -> None:
    story = course().when(c.RecordSession(on=week(1), exceptions={"engage": "a bit"}, note="she came late"))
    assert [event.kind for event in story.last] == [
        "session_held", "task_logged", "task_logged", "task_logged", "component_delivered", "note_written",
    ]  # fmt: skip
    assert [w.code for w in story.last[0].warnings] == ["not_recorded"]


def test_a_component_left_out_of_a_session_that_did_not_hold_it_is_told() -> None:
    story = course().when(c.RecordSession(on=week(2), exceptions={"ending": "not_done"}))
    (told,) = [one for one in story.last[0].warnings if one.code == "not_planned"]
    assert told.text == "'Ending' was not planned for this session, so that nothing of it was left out"


def test_a_missed_session_delivers_nothing() -> None:
    story = course().when(c.RecordSession(on=week(1), status="no_show"))
    assert doses(story) == {}


def test_a_dose_beyond_the_most_is_recorded_and_told() -> None:
    story = course().when(delivered("engage", "3/2")).warned("beyond_most_dose")
    assert story.last[0].warnings[0].text == "'Engagement' takes at most 1/2 session; this makes 1 1/2"
    assert doses(story) == {"engage": "3/2"}


def test_what_is_not_in_the_plan_or_not_its_turn_is_recorded_and_told() -> None:
    course().when(delivered("thoughts")).warned("not_in_plan")
    course().when(delivered("activity")).warned("out_of_turn")
    given(modular()).when(delivered("engage", "1/2")).warned("not_in_plan")
    course().when(c.DoTask("name_thoughts")).warned("not_in_plan")
    course().when(c.DoTask("plan_week")).warned()


def test_a_dose_recorded_wrongly_is_put_right_and_stays_visible() -> None:
    story = course(delivered("engage", "1/2"), delivered("activity", "3"))
    wrong = story.id_of("component_delivered")
    story = story.when(c.Correct(wrong, delivered("activity", "1"), because="it was one session"))
    assert doses(story) == {"engage": "1/2", "activity": "1"}
    assert [(kept.event, kept.because) for kept in story.course.corrections] == [(wrong, "it was one session")]


# -- finishing ---------------------------------------------------------------------------------------------------


def test_a_component_is_not_finished_below_its_least_dose_but_by_deviation() -> None:
    finish = c.FinishComponent("engage", because="she wants to begin")
    story = course().when(finish)
    assert str(story.refused) == (
        "finish_component is not possible now: 'Engagement' takes at least 1/2 session (0 of 1/2 on record)"
    )
    story = story.then_refused("below_least_dose", overridable=True).when(anyway(finish))
    story.then(event("deviated"), event("component_finished", component="engage", reached="0", way="deviation"))
    assert current(story) == "activity"


def test_finishing_early_is_recommended_from_the_least_dose_on_and_confirmed_by_a_clinician() -> None:
    story = course(c.RecordFact("main_problem", "low mood"), delivered("engage", "1/2"), delivered("activity", "3/4"))
    assert [line.code for line in story.agenda().first] == ["risk_none_open"]
    story = story.when(delivered("activity", "1/4"))
    told = "Activity: its rule for finishing holds (low mood leads), at 1 of 1..3. Finish it, or go on."
    assert [line.text for line in story.agenda().first][1:] == [told]
    assert [one.text for one in due(story.protocol, story.course, on=START) if one.kind == "plan"] == [told]
    assert current(story) == "activity"
    assert current(story.when(c.FinishComponent("activity", because="well enough"))) == "ending"


def test_an_unknown_rule_recommends_nothing() -> None:
    story = course(delivered("engage", "1/2"), delivered("activity", "2"))
    assert [line.code for line in story.agenda().first] == ["risk_none_open"]


def test_what_was_decided_by_mistake_is_withdrawn_and_stays_visible() -> None:
    story = course(delivered("engage", "1/2"), delivered("activity"), c.FinishComponent("activity", because="enough"))
    wrong = story.id_of("component_finished")
    story = story.when(c.Withdraw(wrong, because="meant for another patient"))
    assert current(story) == "activity"
    assert [(kept.event, kept.because) for kept in story.course.corrections] == [(wrong, "meant for another patient")]
    story = story.when(c.Withdraw(story.id_of("plan_chosen"), because="another patient"))
    assert not plan_state(modular(), story.course).chosen


def test_when_every_component_is_finished_the_plan_is_done_and_the_phase_can_be_left() -> None:
    story = course(delivered("engage", "1/2"), delivered("activity", "3"))
    story = story.when(c.EnterPhase("wind_up")).then_refused("done")
    story.when(delivered("ending"), c.EnterPhase("wind_up")).then(entered("wind_up"))


def test_a_task_that_waits_for_one_of_a_component_outside_the_plan_waits_no_longer() -> None:
    story = course(delivered("engage", "1/2"), delivered("activity", "3"), delivered("ending"), c.EnterPhase("wind_up"))
    assert [task.task for step in story.agenda().steps for task in step.tasks] == ["look_back"]


# -- interruption ------------------------------------------------------------------------------------------------


def test_safety_interrupts_the_plan_and_the_component_goes_on_at_the_dose_it_had() -> None:
    story = course(delivered("engage", "1/2"), delivered("activity", "3/2"))
    story = story.when(c.Interrupt("safety", because="afraid of what may happen"))
    story.then(event("plan_interrupted", component="safety", former="activity", because="afraid of what may happen"))
    assert standing(story) == [
        "Plan: Engagement finished (1/2 of 1/2); waiting: Activity (1 1/2 of 1..3); Ending (0 of 1/2..1).",
        "Interrupted since 3 March by Safety planning (0 of 1/2..2). Activity goes on afterwards at 1 1/2 of 1..3."
        " Said by the therapist: afraid of what may happen.",
    ]
    assert [task.task for step in story.agenda().steps for task in step.tasks] == ["write_safety_plan"]
    story = story.when(c.RecordSession(on=week(2)))
    assert doses(story) == {"engage": "1/2", "activity": "3/2", "safety": "1"}
    story = story.when(c.Resume(because="a safety plan is written"))
    story.then(event("plan_resumed", component="safety", goes_on="activity"))
    assert current(story) == "activity"
    assert standing(story)[-1] == (
        "The plan goes on, so decided on 10 March by the therapist: a safety plan is written."
        " Safety planning came in on 3 March by the therapist: afraid of what may happen."
    )


def test_a_changed_plan_says_since_when_by_whom_and_why() -> None:
    story = course(c.ChangePlan(("engage", "activity", "thoughts"), because="Worry came up beside the low mood."))
    assert standing(story)[1] == "Changed on 3 March by the therapist: Worry came up beside the low mood."


def test_a_component_whose_tasks_are_done_is_still_named_in_the_plan_of_the_hour() -> None:
    story = course(delivered("engage", "1/2"), c.ChangePlan(("thoughts", "ending"), because="worry leads"))
    story = story.when(c.DoTask("name_thoughts"))
    assert [step.texts for step in story.agenda().steps] == [("Go on with: Thoughts",)]


HOUR = "aim: Work through the plan\n    hour:\n"


def test_the_hour_names_the_work_that_goes_on_where_its_step_stands() -> None:
    hour = HOUR + "      think: {label: Think, minutes: 40, covers: name_thoughts}\n"
    hour += "      close: {label: Close, minutes: 20, text: Say goodbye}"
    protocol = changed(HOUR.split("\n")[0], hour)
    said = [chosen("thoughts"), c.EnterPhase("treat"), c.DoTask("name_thoughts")]
    steps = given(protocol, *said).agenda().steps
    assert [(step.label, step.texts) for step in steps] == [
        ("Think", ("Go on with: Thoughts",)), ("Close", ("Say goodbye",)),
    ]  # fmt: skip


def test_in_an_hour_a_follow_up_does_not_stand_above_the_task_it_waits_for() -> None:
    hour = HOUR + "      look: {label: Look, minutes: 20, covers: look_at_week}\n"
    hour += "      plan: {label: Plan, minutes: 40, covers: plan_week}"
    waits = ("do: Look at what was done", "do: Look at what was done\n          after: plan_week")
    protocol = changed(*waits, HOUR.split("\n")[0], hour)
    said = [chosen(), c.EnterPhase("treat"), delivered("engage", "1/2")]
    story = given(protocol, *said)
    assert [step.label for step in story.agenda().steps] == ["Plan"]
    assert "Look at what was done" in {line.template for line in story.agenda().also_due}
    story = story.when(c.DoTask("plan_week"))
    assert [step.label for step in story.agenda().steps] == ["Look"]


def test_where_nothing_is_due_the_page_says_what_opens_the_plan() -> None:
    story = given(modular(), c.DoTask("ask_problem"))
    assert "No task is due: no plan is chosen yet. Choose one." in page(story)
    story = story.when(chosen())
    assert "No task is due here. The plan is worked through in 'Treatment': go on to it." in page(story)


def test_a_component_that_may_be_finished_has_a_box() -> None:
    fact_known = c.RecordFact("main_problem", "low mood")
    story = course(fact_known, delivered("engage", "1/2"), delivered("activity", "1"))
    assert "Finish Activity  yes[ ] go on[ ]  because: " in page(story)


def test_what_a_rule_for_finishing_rests_on_has_a_blank() -> None:
    story = course(c.RecordFact("main_problem", "worry"), delivered("engage", "1/2"))
    assert "The main problem  low mood[ ] worry[ ]" in page(story)


def page(story: Story) -> str:
    """The page for the therapist, as one line."""
    found = agenda(story.protocol, story.course, audience="therapist", on=story.today).text
    return re.sub(r" *\n *", " ", found)


def test_aims_of_two_components_are_two_sentences() -> None:
    story = given(changed("title: Activity", "title: Activity\n      aim: Do more"), chosen(), c.EnterPhase("treat"))
    assert story.agenda().aim == "Want to begin. Do more"


def test_safety_is_never_refused_not_even_before_a_plan_or_in_another_phase() -> None:
    story = given(modular()).when(c.Interrupt("safety", because="afraid"))
    story.then(event("plan_interrupted", component="safety", former=""))
    assert current(story) == "safety"


def test_a_component_that_is_not_for_safety_does_not_interrupt() -> None:
    story = course().when(c.Interrupt("thoughts", because="they worry me"))
    assert str(story.refused) == (
        "interrupt is not possible now: 'Thoughts' is no component that interrupts (those that may: Safety planning)"
    )
    story.then_refused("interrupts", overridable=True)


def second_crisis(*between: Command) -> Story:
    """Safety came in, had its most dose and its plan, and comes in again."""
    first = (c.Interrupt("safety", because="afraid"), c.RecordSession(on=week(1)), c.RecordSession(on=week(2)))
    return course(*first, *between, c.Interrupt("safety", on=week(3), because="afraid again"))


def test_a_second_crisis_begins_afresh_with_its_tasks_and_its_dose() -> None:
    story = second_crisis(c.Resume(because="it holds", on=week(2)))
    assert doses(story) == {}
    assert [task.task for step in story.agenda().steps for task in step.tasks] == ["write_safety_plan"]
    story = story.when(c.RecordSession(on=week(3)), c.FinishComponent("safety", because="the plan holds"))
    story.then(event("component_finished", component="safety", reached="1"))
    assert [(one.component, one.reached) for one in plan_of(story).components if one.component == "safety"] == [
        ("safety", "3")
    ]


def test_safety_that_had_its_most_dose_may_come_in_anew_while_the_plan_still_waits() -> None:
    assert doses(second_crisis()) == {}
    story = course(c.Interrupt("safety", because="afraid"))
    assert story.when(c.Interrupt("safety", because="more so")).refused is not None


def test_what_was_done_for_safety_earlier_on_the_day_belongs_to_the_interruption() -> None:
    story = course(c.RecordSession(on=week(1))).when(c.DoTask("write_safety_plan", on=week(2))).warned()
    story = story.when(c.Interrupt("safety", on=week(2), because="afraid"))
    assert "write_safety_plan" not in {task.task for step in story.agenda().steps for task in step.tasks}


def test_a_second_crisis_of_the_same_day_still_begins_afresh() -> None:
    story = course(
        c.Interrupt("safety", because="afraid"), c.DoTask("write_safety_plan"), delivered("safety", "2"),
        c.Resume(because="it holds"), c.Interrupt("safety", because="afraid again"),
    )  # fmt: skip
    assert doses(story) == {}
    assert [task.task for step in story.agenda().steps for task in step.tasks] == ["write_safety_plan"]


# -- what counts -------------------------------------------------------------------------------------------------


def test_the_plan_that_does_not_fit_into_the_sessions_left_is_told() -> None:
    said = [c.HoldSession(on=week(n)) for n in (1, 2)]
    story = course(*said, sessions=3)
    facts = CourseFacts(modular(), story.course, week(2))
    assert (budget(modular(), story.course, facts).doses, budget(modular(), story.course, facts).doses_fit) == (
        "2",
        False,
    )
    (told,) = warnings(modular(), story.course, on=week(2))
    assert (told.code, told.text) == (
        "plan_short",
        "1 session left; the plan needs at least 2: Engagement (1/2), Activity (1) and Ending (1/2)",
    )


def test_budget_and_adherence_count_the_chosen_plan_and_nothing_else() -> None:
    story = course(c.DoTask("say_why"), delivered("engage", "1/2"))
    facts = CourseFacts(modular(), story.course, START)
    assert budget(modular(), story.course, facts).open == ("look_back",)
    found = adherence(modular(), story.course)
    assert [(one.component, str(one.share), one.dose, one.enough) for one in found.components] == [
        ("engage", "1/1", "1/2 of 1/2", True), ("activity", "0/2", "0 of 1..3", False),
        ("ending", "0/1", "0 of 1/2..1", False),
    ]  # fmt: skip
    assert str(found.plan) == "1/3"


def test_the_patients_page_says_nothing_of_the_plan() -> None:
    story = course(delivered("engage", "1/2"), c.Interrupt("safety", because="afraid of him"))
    page = agenda(modular(), story.course, audience="patient", on=START).text
    assert not [word for word in ("Activity", "Safety", "Engagement", "Plan", "afraid") if word in page]


# -- laws --------------------------------------------------------------------------------------------------------

COMPONENT = st.sampled_from([*NAMES, "nothing"])
DOSE = st.sampled_from(["1", "1/2", "3/4", "5", "much", "0"])
SAID = st.one_of(
    st.builds(lambda names: c.ChoosePlan(components=names, because="x"), st.lists(COMPONENT, max_size=4)),
    st.builds(lambda names: c.ChangePlan(names, because="x"), st.lists(COMPONENT, max_size=4)),
    st.builds(lambda name: c.Interrupt(name, because="x"), COMPONENT),
    st.just(c.Resume(because="x")),
    st.builds(lambda name: c.FinishComponent(name, because="x"), COMPONENT),
    st.builds(lambda name, dose: c.DeliverComponent(name, dose=dose), COMPONENT, DOSE),
    st.builds(lambda name: c.Deviate(c.FinishComponent(name, because="x"), because="y"), COMPONENT),
    st.builds(lambda n: c.RecordSession(on=START + timedelta(days=n)), st.integers(0, 60)),
)


@settings(max_examples=60, deadline=None)
@for_any(st.lists(SAID, max_size=12))
def test_whatever_is_said_nothing_is_lost_and_the_plan_is_the_one_on_record(said: Sequence[Command]) -> None:
    story = course()
    for command in said:
        before = story.course
        story = replace(story.when(command), refused=None)
        for kept in ("plans", "doses", "finished_components", "interruptions"):
            assert {one.id for one in getattr(before, kept)} <= {one.id for one in getattr(story.course, kept)}
    assert fold(Course("c1"), story.events) == story.course
    state = plan_state(modular(), story.course)
    for one in (in_all(modular(), story.course, name) for name in NAMES):
        given_doses = [Fraction(d.dose) for d in story.course.doses if d.component == one.name]
        assert one.reached == sum(given_doses, Fraction(0))
    assert sum((part for _, part in planned_doses(modular(), story.course, state)), Fraction(0)) <= 1
    assert state.done == (state.next is None and state.chosen)
    story.agenda()


@for_any(st.permutations(NAMES))
def test_components_can_always_be_put_in_a_lawful_order(names: list[str]) -> None:
    plan = modular().spec.plan
    assert plan is not None
    assert list(broken(plan, lawful(plan, tuple(names)))) == []


def test_events_of_a_plan_mean_nothing_to_a_protocol_that_has_none_and_break_nothing(ipt: Protocol) -> None:
    story = course(c.Interrupt("safety", because="afraid"), delivered("engage", "1/2"))
    assert plan_state(ipt, story.course).current is None
    assert story.course.anomalies == ()


def test_a_risk_alert_still_heads_the_page_while_the_plan_is_interrupted() -> None:
    with_phq9 = copy_with_measure()
    story = given(with_phq9, chosen(), c.EnterPhase("treat"), c.Interrupt("safety", because="afraid"))
    story = story.when(phq9(18, self_harm=1))
    page = agenda(with_phq9, story.course, on=START).text
    assert len(story.open_alerts) == 1
    assert page.index("RISK") < page.index("Interrupted since")


def copy_with_measure() -> Protocol:
    text = (KEYS / "plan.protocol.yaml").read_text(encoding="utf-8")
    measured = text.replace("facts:\n", "measures:\n  phq9: {use: phq9@1, due: every session}\n\nfacts:\n", 1)
    found, wrong = check_text(measured.encode(), "plan.protocol.yaml", (ROOT / "protocols",))
    assert found is not None, wrong
    return found


def test_a_plan_may_need_the_supervisor_and_safety_waits_for_nobody() -> None:
    text = (KEYS / "plan.protocol.yaml").read_text(encoding="utf-8")
    approved = text.replace("outcomes:\n", f"{APPROVALS}outcomes:\n", 1)
    found, wrong = check_text(approved.encode(), "plan.protocol.yaml")
    assert found is not None, wrong
    story = given(found).when(chosen())
    assert [one.kind for one in story.last] == ["approval_requested"]
    assert plan_state(found, story.course).chosen is False
    story = story.when(c.Interrupt("safety", because="afraid"))
    story.then(event("plan_interrupted", component="safety"))
    stamp = Stamp("s1", START, datetime(2026, 3, 4, tzinfo=UTC), Actor("u2", role="supervisor"))
    events = decide(found, story.course, c.Approve(story.id_of("approval_requested")).stamped(stamp))
    assert "plan_chosen" in [one.kind for one in events]
    assert plan_state(found, fold(story.course, events)).names == ("engage", "activity", "ending")


APPROVALS = """approvals:
  plan_choice:
    title: The supervisor agrees to the plan
    of: [choose_plan, change_plan]
    by: supervisor

"""


def test_the_plan_is_read_in_the_overview_of_the_protocol() -> None:
    told = " ".join(" ".join(manual(modular())).split())
    assert "dose 1..3; after engage" in told
    assert "Finish it early, when main_problem is low mood" in told
    assert "engage, thoughts, ending, when main_problem is worry" in told


def test_an_ended_course_still_takes_a_dose_and_no_move() -> None:
    story = course(c.EndCourse("stopped")).when(delivered("engage", "1/2"))
    assert doses(story) == {"engage": "1/2"}
    story.when(c.Resume(because="x")).then_refused("ended", overridable=False)


# -- at the edges of a plan --------------------------------------------------------------------------------------


def state_now(story: Story):  # type: ignore[no-untyped-def]
    return plan_state(story.protocol, story.course)


def test_a_component_finished_below_its_least_dose_needs_nothing_more() -> None:
    story = course(anyway(c.FinishComponent("activity", because="he moved away")))
    activity = next(one for one in state_now(story).components if one.name == "activity")
    assert (activity.finished, activity.short) == (True, 0)


def test_a_plan_that_is_not_chosen_is_not_done() -> None:
    assert state_now(given(modular())).done is False
    assert CourseFacts(modular(), given(modular()).course, START).plan_done is False


def test_a_safety_component_that_stands_in_the_plan_is_counted_once() -> None:
    story = given(modular(), chosen("engage", "safety", "ending"), c.Interrupt("safety", because="he spoke of harm"))
    assert [one.name for one in state_now(story).counted] == ["engage", "safety", "ending"]


def test_in_a_phase_without_plan_work_the_next_session_holds_nothing_of_the_plan_and_records_nothing_of_it() -> None:
    story = given(modular(), chosen())
    assert planned_doses(modular(), story.course, state_now(story)) == ()
    assert story.when(c.RecordSession()).course.doses == ()


def test_an_interruption_takes_no_more_than_its_most_dose() -> None:
    text = (KEYS / "plan.protocol.yaml").read_text().replace("dose: 1/2..2", "dose: 1/4..1/2")
    short, wrong = check_text(text.encode(), "plan.protocol.yaml")
    assert short is not None, wrong
    story = given(short, c.Interrupt("safety", because="he spoke of harm"))
    assert planned_doses(short, story.course, state_now(story)) == (("safety", Fraction(1, 2)),)


def test_a_component_worked_on_after_it_was_finished_is_recorded_and_told() -> None:
    story = course(delivered("activity"), c.FinishComponent("activity", because="he does it by himself"))
    told = story.when(delivered("activity"))
    assert [w.code for w in told.last[-1].warnings][:1] == ["component_finished"]
    assert doses(told) == {"activity": "2"}


def test_a_plan_is_named_by_its_components_or_by_an_order_and_not_by_both() -> None:
    both = c.ChoosePlan(components=("engage",), order="low_mood", because="low mood leads")
    given(modular()).when(both).then_refused("which_plan", overridable=False)


def test_components_of_ones_own_are_no_order_that_could_be_recommended() -> None:
    assert given(modular()).when(chosen()).last[-1].warnings == ()


def test_what_was_finished_before_the_plan_was_chosen_counts_as_earlier() -> None:
    story = given(modular(), delivered("engage", "1/2")).when(chosen("activity", "ending"))
    assert state_now(story).names == ("activity", "ending")


def test_a_changed_plan_is_no_order_of_the_protocol_any_more() -> None:
    story = given(modular(), c.ChoosePlan(order="low_mood", because="low mood leads"))
    assert state_now(story).order == "low_mood"
    assert state_now(story.when(c.ChangePlan(("engage", "ending"), because="shorter"))).order == ""
