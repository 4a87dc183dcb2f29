"""Tasks: when they are due and why, in which order, how often; techniques, reminders, homework and the rest."""

from __future__ import annotations

from typing import Any

import pytest

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.due_tasks import DueTask, due_tasks
from iptengine.course.facts import CourseFacts
from iptengine.protocol.protocol import Protocol
from iptengine.render import agenda
from phrases import Story, contract, done, event, focus, given, hold, in_the_middle, logged, staged, variant, week


def due(story: Story) -> dict[str, DueTask]:
    found = due_tasks(story.protocol, story.course, CourseFacts(story.protocol, story.course, story.today))
    return {task.task: task for task in found}


def with_task(**task: Any) -> Protocol:
    """The small protocol with one more must task in its first phase."""
    return variant("small", {"phases.opening.must.extra": {"do": "Do the extra thing", **task}})


# -- recording ---------------------------------------------------------------------------------------------------


def test_a_task_is_logged_with_its_session_phase_and_techniques(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle(), hold(4))
    said = c.DoTask("link", techniques=["affect", "clarification"], focus="grief", note="slow")  # type: ignore[arg-type]
    story.when(said).then(
        logged(
            "link", session=story.id_of("session_held"), phase="middle", techniques=("affect", "clarification"),
            focus="grief", note="slow", warnings=(),
        )
    )  # fmt: skip


@pytest.mark.parametrize("how", ["partly", "declined", "not_applicable", "not_done"])
def test_a_task_can_go_otherwise(ipt: Protocol, how: str) -> None:
    story = given(ipt, hold(1)).when(c.DoTask("history", how=how)).then(logged("history", how))
    assert CourseFacts(ipt, story.course, story.today).task_count("history") == 0


def test_a_task_out_of_order_is_recorded_with_a_warning(small: Protocol) -> None:
    story = given(small).when(done("formulate")).then(logged("formulate")).warned("out_of_order")
    assert story.last[0].warnings[0].text == "'inventory' comes before it and is not on record"
    assert story.last[0].warnings[0].path == "phases.opening.must.formulate.after"
    given(small, done("inventory")).when(done("formulate")).warned()
    given(small, c.DoTask("inventory", how="declined")).when(done("formulate")).warned()
    given(small, c.DoTask("inventory", how="partly")).when(done("formulate")).warned("out_of_order")


def test_a_task_of_another_phase_is_recorded_with_a_warning(ipt: Protocol) -> None:
    given(ipt).when(done("credit_gains")).then(logged("credit_gains")).warned("other_phase")
    given(ipt, in_the_middle()).when(done("history")).warned("other_phase")


def test_naming_the_end_and_a_task_the_hour_covers_belong_to_every_phase(ipt: Protocol) -> None:
    given(ipt, in_the_middle()).when(done("announce_ending")).warned()
    ending = given(ipt, in_the_middle(), c.Deviate(c.EnterPhase("ending"), because="a move"))
    ending.when(done("score_review")).warned()


def test_a_topic_the_phase_keeps_out_is_recorded_with_a_warning(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle()).when(done("transference")).then(logged("transference")).warned("kept_out")
    assert story.last[0].warnings[0].path == "phases.middle.topics.transference"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (c.DoTask("juggling"), "unknown_task"),
        (c.Defer("juggling"), "unknown_task"),
        (c.DoTask("history", how="well"), "unknown_how"),
        (c.DoTask("history", techniques=("hypnosis",)), "unknown_technique"),
        (c.ReviewHomework(), "unknown_homework"),
        (c.ReviewHomework("k9.9"), "unknown_homework"),
        (c.FillChecklist("tarot", {}), "unknown_checklist"),
        (c.FillChecklist("suitability", {"moon": True}), "unknown_question"),
        (c.RecordFact("star_sign", "lion"), "unknown_fact"),
        (c.Read("tarot", total=3), "unknown_measure"),
        (c.Read("phq9"), "nothing_usable"),
        (c.Read("phq9", answers={"sleep": None}), "nothing_usable"),
        (c.Read("phq9", answers={"sleep": 7}, total=99), "nothing_usable"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_recorded(ipt: Protocol, said: Command, code: str) -> None:
    story = given(ipt).when(said)
    assert story.course.version == 1
    story.then_refused(code, overridable=False)


# -- due ---------------------------------------------------------------------------------------------------------


def test_a_task_is_due_until_it_is_done_or_left_out(small: Protocol) -> None:
    story = given(small)
    assert {name: task.why for name, task in due(story).items()} == {
        "inventory": "not on record yet", "formulate": "not on record yet",
    }  # fmt: skip
    assert list(due(story.when(done("inventory")))) == ["formulate"]
    for how in ("declined", "not_applicable"):
        assert list(due(story.when(c.DoTask("inventory", how=how)))) == ["formulate"]
    for how in ("partly", "not_done"):
        assert list(due(story.when(c.DoTask("inventory", how=how)))) == ["inventory", "formulate"]


def test_a_task_waits_for_what_comes_before_it(small: Protocol) -> None:
    assert due(given(small))["formulate"].waiting == ("inventory",)
    assert due(given(small, done("inventory")))["formulate"].waiting == ()
    assert due(given(small, c.DoTask("inventory", how="not_applicable")))["formulate"].waiting == ()


def test_a_deferred_task_is_no_deviation_and_returns_next_time(small: Protocol) -> None:
    story = given(small, hold(1)).when(c.Defer("inventory")).then(event("task_deferred", session="k2.1", warnings=()))
    assert story.course.deviations == ()
    assert due(story)["inventory"].why == "put off last time"
    assert due(story.when(hold(2)))["inventory"].why == "not on record yet"
    assert "inventory" not in due(story.when(hold(2), done("inventory")))


def test_a_task_is_due_from_its_session_on_and_late_after_its_deadline() -> None:
    late = with_task(not_before="session 2", by="session 3")
    story = given(late)
    found: list[bool | None] = []
    for number in range(1, 5):
        task = due(story).get("extra")
        found.append(task.late if task else None)
        story = story.when(hold(number))
    assert found == [None, False, False, True]


def test_a_place_that_hangs_on_the_contract_is_due_at_once_without_one(ipt: Protocol) -> None:
    anyway = c.Deviate(c.EnterPhase("middle"), because="in a hurry")
    assert "midpoint_review" in due(given(ipt, anyway))
    story = given(ipt, contract(12), anyway, *(hold(n) for n in range(1, 5)))
    assert "midpoint_review" not in due(story)
    assert not due(story.when(hold(5)))["midpoint_review"].late
    assert due(story.when(hold(5), hold(6)))["midpoint_review"].late


def test_a_task_of_every_session_returns_although_it_was_done_or_left_out(ipt: Protocol) -> None:
    story = given(ipt, hold(1), done("safety_enquiry"), c.DoTask("symptom_review", how="declined"))
    assert {name: due(story)[name].why for name in ("safety_enquiry", "symptom_review")} == dict.fromkeys(
        ("safety_enquiry", "symptom_review"), "every session"
    )


def test_a_task_of_every_third_session_returns_in_the_third() -> None:
    third = with_task(times="every 3 sessions")
    story = given(third, hold(1), done("extra"))
    found = ["extra" in due(story)]
    for number in range(2, 5):
        story = story.when(hold(number))
        found.append("extra" in due(story))
    assert found == [False, False, True, True]


def test_a_task_asked_for_at_least_twice_counts_up_and_then_stays_possible() -> None:
    twice = with_task(times="at least 2 times")
    story = given(twice, hold(1))
    assert due(story)["extra"].why == "0 of at least 2 on record"
    assert due(story.when(done("extra")))["extra"].why == "1 of at least 2 on record"
    assert due(story.when(done("extra", "extra")))["extra"].why == "on record 2 times"


def test_a_task_asked_for_at_most_twice_may_be_done_twice_and_is_not_said_to_be_on_record_before() -> None:
    twice = with_task(times="at most 2 times")
    story = given(twice, hold(1))
    assert due(story)["extra"].why == "not on record; at most 2 times"
    assert due(story.when(done("extra")))["extra"].why == "on record once"
    assert "extra" not in due(story.when(done("extra", "extra")))


def test_a_conditional_task_is_due_while_its_condition_holds_and_says_so_when_nobody_can_tell(ipt: Protocol) -> None:
    story = given(ipt, contract(12), c.Deviate(c.EnterPhase("ending"), because="a move"), *map(hold, range(1, 12)))
    asked = due(story)["not_improved"]
    assert asked.why.startswith("cannot tell whether it applies: ")
    start, end = (c.Read("phq9", total=n, answers={"self_harm": 0}) for n in (20, 18))
    assert not due(story.when(start, end))["not_improved"].why.startswith("cannot tell")
    better = c.Read("phq9", total=10, answers={"self_harm": 0})
    assert "not_improved" not in due(story.when(start, better))


def test_an_optional_task_is_due_only_while_its_condition_holds(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle())
    assert "private_violence_screen" not in due(story.when(c.Book(on=week(4), present=("patient", "friend"))))
    joined = story.when(c.Book(on=week(4), present=("patient", "spouse_or_partner")))
    assert due(joined)["private_violence_screen"].required is False


def test_a_task_that_needs_somebody_is_due_when_they_are_expected() -> None:
    both = with_task(present=["patient", "partner"])
    assert "extra" not in due(given(both))
    assert "extra" not in due(given(both, c.Book(on=week(1))))
    assert "extra" in due(given(both, c.Book(on=week(1), present=("patient", "partner"))))


def test_an_optional_task_that_needs_a_guest_is_offered_when_the_guest_is_booked() -> None:
    may = variant(
        "small",
        {"participants.partner": {"title": "Partner"},
         "phases.opening.may": {"talk": {"do": "Ask the partner", "present": "partner"}}},
    )  # fmt: skip
    assert "talk" not in due(given(may))
    assert "talk" not in due(given(may, c.Book(on=week(1))))
    story = given(may, c.Book(on=week(1), present=("patient", "partner")))
    assert (due(story)["talk"].why, due(story)["talk"].required) == ("partner is expected", False)
    assert "Ask the partner" in agenda(may, story.course, on=story.today).text
    again = story.when(hold(1), done("talk"), c.Book(on=week(2), present=("patient", "partner")))
    assert "talk" not in due(again)


def test_a_condition_of_an_optional_task_holds_it_back_although_the_guest_is_booked() -> None:
    late = {"do": "Ask the partner", "present": "partner", "only_if": {"late": "sessions used >= 2"}}
    may = variant("small", {"participants.partner": {"title": "Partner"}, "phases.opening.may": {"talk": late}})
    assert "talk" not in due(given(may, c.Book(on=week(1), present=("patient", "partner"))))


def test_an_optional_task_that_needs_the_patient_alone_is_only_logged() -> None:
    may = variant("small", {"phases.opening.may": {"alone": {"do": "Ask alone", "present": "patient"}}})
    assert "alone" not in due(given(may, c.Book(on=week(1))))


def test_the_tasks_of_a_focus_are_due_in_the_phase_that_works_on_it_and_those_of_its_stage_first(
    small: Protocol,
) -> None:
    opening = given(small, done("inventory", "formulate"), focus("role_dispute", "spouse"))
    assert "find_stage" not in due(opening)
    working = opening.when(c.EnterPhase("working"), done("find_stage"), staged("renegotiation"))
    assert [t.task for t in due(working).values() if t.focus] == ["rehearse"]
    assert [t.task for t in due(working.when(staged("impasse", new_information=True))).values() if t.focus] == []


def test_a_second_dispute_starts_its_own_strategies_again(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle(area="role_dispute", person="spouse"), hold(4))
    story = story.when(done("dispute_onset"), c.CloseFocus("role_dispute", because="he left", on=week(5)))
    story = story.when(focus("role_dispute", "mother", on=week(6)))
    assert "dispute_onset" in due(story)
    assert "dispute_onset" not in due(story.when(hold(6), done("dispute_onset")))


# -- techniques, goals, homework, the rest -----------------------------------------------------------------------


def test_techniques_are_counted_over_tasks(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle(), done("link", "feelings", techniques=("affect",)))
    assert CourseFacts(ipt, story.course, story.today).technique_count("affect") == 2


def test_homework_is_open_until_it_is_reviewed(ipt: Protocol) -> None:
    story = given(ipt, hold(1), c.AssignHomework("ring your sister"), c.AssignHomework("one walk"))
    first, second = (h.id for h in story.course.homework)
    assert story.agenda().homework == ("ring your sister", "one walk")
    story = story.when(c.ReviewHomework(how="partly", note="left a message"))
    story.then(event("homework_reviewed", homework=second, how="partly", note="left a message"))
    story = story.when(c.ReviewHomework(first))
    assert [(h.text, h.how) for h in story.course.homework] == [("ring your sister", "done"), ("one walk", "partly")]
    assert not CourseFacts(ipt, story.course, story.today).homework_open


def test_a_reminder_returns_at_the_top_of_next_time_and_once(ipt: Protocol) -> None:
    def reminders(story: Story) -> list[str]:
        return [line.text for line in story.agenda().first if line.code == "reminder"]

    story = given(ipt, hold(1), c.RemindMe("ask about the sister"))
    assert reminders(story) == ["You asked to be reminded: ask about the sister"]
    assert reminders(story.when(hold(2))) == []


def test_a_goal_is_kept_with_its_focus(ipt: Protocol) -> None:
    story = given(ipt, focus("grief")).when(c.SetGoal("to see her friends", focus="grief"))
    story.then(event("goal_set", text="to see her friends", focus="grief"), logged("set_goals"))


def test_the_inventory_keeps_every_field_of_a_person(ipt: Protocol) -> None:
    said = c.RecordPerson(
        "Robin", role="spouse", time="present", contact="daily", closeness="close", expects="help",
        expected="quiet", satisfying="walks", unsatisfying="money", change_wanted="a talk", confiding=True,
        conflict=True, change_near_onset=False, supportive=None,
    )  # fmt: skip
    story = given(ipt).when(said)
    wanted = {name: getattr(said, name) for name in c.inputs(c.RecordPerson)}
    story.then(event("person_recorded", **wanted), logged("inventory"))
    story = story.when(c.RecordPerson("Robin", role="former spouse"), c.RecordPerson("Kim"))
    assert [(p.name, p.role) for p in story.course.people] == [("Robin", "former spouse"), ("Kim", "")]


def test_an_event_of_life_stands_on_the_timeline(ipt: Protocol) -> None:
    given(ipt).when(c.RecordLifeEvent("lost the job", when="spring 2025", symptoms="sleepless")).then(
        event("life_event_recorded", what="lost the job", when="spring 2025", symptoms="sleepless"), logged("timeline")
    )


def test_a_diagnosis_counts_as_the_task_and_so_does_its_waiver(ipt: Protocol) -> None:
    given(ipt).when(c.RecordDiagnosis("moderate episode", criteria="ICD-11")).then(
        event("diagnosis_recorded", diagnosis="moderate episode", criteria="ICD-11"), logged("diagnose")
    )
    given(ipt).when(c.WaiveDiagnosis(because="none wanted")).then(
        event("diagnosis_waived", because="none wanted"), logged("diagnose")
    )


def test_a_task_that_is_on_record_is_not_logged_twice_by_a_record(ipt: Protocol) -> None:
    story = given(ipt, done("inventory"))
    story.when(c.RecordPerson("Robin")).then(event("person_recorded"))


def test_a_checklist_keeps_answers_and_the_clinicians_decision_and_decides_nothing(ipt: Protocol) -> None:
    story = given(ipt).when(
        c.FillChecklist("suitability", {"mania": False, "psychosis": None, "danger": True}, decision="go on, with care")
    )
    story.then(
        event(
            "checklist_filled", answers={"mania": False, "psychosis": None, "danger": True},
            decision="go on, with care", warnings=(),
        )
    )  # fmt: skip
    assert story.course.ended is None
    facts = CourseFacts(ipt, story.course, story.today)
    assert [facts.checked("suitability", q) for q in ("mania", "psychosis", "danger", "substances")] == [
        False, None, True, None,
    ]  # fmt: skip


def test_bad_answers_in_a_checklist_are_left_out_with_a_warning(ipt: Protocol) -> None:
    story = given(ipt).when(c.FillChecklist("suitability", {"mania": "no", "danger": False, "moon": True}))  # type: ignore[dict-item]
    story.then(event("checklist_filled", answers={"danger": False})).warned("bad_answers")


def test_a_fixed_fact_that_changes_is_recorded_with_a_warning() -> None:
    arm = variant("small", {"facts.arm": {"title": "Trial arm", "one_of": ["a", "b"], "fixed": True}})
    story = given(arm).when(c.RecordFact("arm", "a")).warned()
    story.when(c.RecordFact("arm", "a")).warned()
    story.when(c.RecordFact("arm", "b")).then(event("fact_recorded", value="b")).warned("fixed_fact")


@pytest.mark.parametrize(
    ("spec", "good", "bad"),
    [
        ({"number": "0..10"}, [0, 10], [-1, 11, True, 1.0, "3"]),
        ({"type": "date"}, ["2026-03-31"], ["2026-02-30", "31.3.2026", "20260331", 7]),
        ({"type": "text"}, ["at home"], ["", "  ", 7]),
        ({"one_of": ["no", "yes"]}, ["no", "yes"], ["No", False, 0]),
    ],
)
def test_a_fact_takes_what_its_type_says_and_anything_else_is_unanswered(
    spec: dict[str, object], good: list[object], bad: list[object]
) -> None:
    typed = variant("small", {"facts.thing": {"title": "The thing", **spec}})
    for value in good:
        given(typed).when(c.RecordFact("thing", value)).then(event("fact_recorded", value=value)).warned()
    for value in bad:
        given(typed).when(c.RecordFact("thing", value)).then(event("fact_recorded", value=None)).warned("bad_value")


def test_a_task_of_every_session_that_a_record_counts_as_is_logged_once_a_day() -> None:
    rated = variant(
        "small", {"phases.opening.each_session": {"rate": {"do": "Fill in the form", "recorded_by": "reading"}}}
    )
    reading = c.Read("phq9", total=9, answers={"self_harm": 0})
    story = given(rated, hold(1)).when(reading).then(event("reading_taken"), logged("rate"))
    story = story.when(reading).then(event("reading_taken"))
    story.when(hold(2), reading).then(event("reading_taken"), logged("rate"))


def test_of_two_formulations_of_one_day_the_later_said_one_holds(ipt: Protocol) -> None:
    story = given(ipt, c.WriteFormulation("a draft"), c.WriteFormulation("as agreed", agreed=True))
    assert story.course.formulation is not None
    assert story.course.formulation.text == "as agreed"
