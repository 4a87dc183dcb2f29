"""What is kept from a role is not in anything made for it, and changes nothing in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest
from hypothesis import given as when_given
from hypothesis import settings
from hypothesis import strategies as st

from iptengine.authoring.codes import REFUSALS
from iptengine.course import commands as c
from iptengine.course.codec import as_told
from iptengine.course.commands import Command
from iptengine.course.course import Course
from iptengine.course.due_tasks import due_tasks
from iptengine.course.facts import CourseFacts
from iptengine.course.hiding import KEPT_REVIEW, KEPT_RISK, KEPT_WARNING, Sight, seen_by
from iptengine.course.kept_codes import told_codes
from iptengine.course.overview import overview
from iptengine.course.refused_to import refused_to
from iptengine.course.stuck import stuck
from iptengine.course.warnings import warnings
from iptengine.course.ways import due, ways
from iptengine.protocol.protocol import Protocol
from iptengine.render import agenda
from phrases import Story, given, hold, phq9, protocol, variant, week

HIDDEN = ["assessor", "therapist"]


@cache
def trial(*, hide_from: tuple[str, ...] = ("assessor", "therapist")) -> Protocol:
    """A trial in which nearly everything rests on the arm, the unblinding and the side effects."""
    hide = {"hide_from": list(hide_from)}
    arm = {"title": "Arm of the trial", "one_of": ["drug", "placebo"], "ask": "at the start", "first": True, **hide}
    return variant(
        "ipt-adult",
        {
            "facts.arm": {**arm, "fixed": True},
            "facts.doses": {"title": "Tablets a day", "number": "0..9", "ask": "every session", **hide},
            "facts.unblinded": {"title": "Day of unblinding", "type": "date", "expected": True, **hide},
            "facts.harm": {"title": "Harm by the tablets", "one_of": ["no", "yes"], **hide},
            "alerts.on_drug": {
                "title": "Takes many tablets of the drug",
                "kind": "review",
                "raise_if": {"all": {"arm": "arm is drug", "many": "doses >= 5"}},
                "do": "Look at the tablets",
                "source": "tradition",
            },
            "alerts.harmed": {
                "title": "The tablets did harm",
                "kind": "risk",
                "raise_if": "harm is yes",
                "do": "Stop the tablets",
                "source": "tradition",
            },
            "phases.initial.must.count_tablets": {
                "do": "Count the tablets",
                "label": "Tablets",
                "only_if": {"on_drug": "arm is drug"},
            },
            "phases.initial.next.middle.enough": "doses >= 3",
            "phases.initial.next.middle.open": "days since unblinded >= 1",
            "participants.spouse_or_partner.excluded_if": {"told_the_arm": "arm is placebo"},
        },
    )


def story(
    arm: str, doses: int, day: date, *, protocol: Protocol | None = None, alone: tuple[Command, ...] = ()
) -> Story:
    return given(
        protocol or trial(),
        c.RecordFact("arm", arm, on=week(1)),
        c.RecordFact("doses", doses, on=week(1)),
        c.RecordFact("unblinded", day.isoformat(), on=week(1), expected=day > week(1)),
        hold(1),
        phq9(14, self_harm=0, on=week(1)),
        *alone,
    )


A = story("drug", 3, week(1, -20))
B = story("placebo", 1, week(1, -2))


# -- one course --------------------------------------------------------------------------------------------------


def test_of_an_answer_that_is_kept_only_that_there_is_one_is_left() -> None:
    record = seen_by(trial(), A.course, "assessor").facts[0]
    assert (record.fact, record.value, record.hidden, record.on, record.by.id) == ("arm", None, True, week(1), "u17")
    assert A.course.facts[0].value == "drug"


def test_a_role_from_which_nothing_is_kept_sees_the_very_course() -> None:
    assert seen_by(trial(), A.course, "pharmacist") is A.course


def test_a_question_asked_and_left_unanswered_stays_that() -> None:
    told = given(trial(), c.RecordFact("arm", None, on=week(1)))
    record = seen_by(trial(), told.course, "assessor").facts[0]
    assert (record.value, record.hidden) == (None, False)


def test_what_an_answer_was_before_it_was_put_right_is_kept_too_with_the_reason() -> None:
    wrong = A.id_of("fact_recorded", 0)
    told = A.when(c.Correct(wrong, c.RecordFact("arm", "placebo"), because="it was never the drug", on=week(2)))
    seen = seen_by(trial(), told.course, "assessor").json()
    assert told.course.json().count("never the drug") == 2
    assert not any(word in seen for word in ("drug", "placebo"))


@pytest.mark.parametrize(
    "say",
    [
        lambda id: c.Correct(id, c.RecordFact("arm", None), because="it was never the drug", on=week(2)),
        lambda id: c.Withdraw(id, because="it was never the drug", on=week(2)),
        lambda id: c.Void(id, because="it was never the drug", on=week(2)),
    ],
    ids=["corrected to unanswered", "withdrawn", "voided"],
)
def test_why_an_answer_that_is_kept_was_put_right_is_kept_in_the_course_and_in_its_events(
    say: Callable[[str], Command],
) -> None:
    told = A.when(say(A.id_of("fact_recorded", 0)))
    assert "never the drug" in told.course.json()
    sight = Sight(trial(), told.course, "assessor")
    seen = [sight.course().json(), *(repr(as_told(event)) for event in sight.events(told.events))]
    assert [text for text in seen if "drug" in text] == []
    last = Sight(trial(), told.course, "pharmacist").events(told.last)[-1]
    assert last.because == "it was never the drug"


def test_an_answer_to_a_fact_that_the_protocol_no_longer_has_is_kept_from_everybody() -> None:
    without = variant("ipt-adult", {})
    assert all(record.hidden for record in seen_by(without, A.course, "therapist").facts)


def test_where_the_protocol_is_not_here_every_answer_is_kept_and_a_risk_item_is_not() -> None:
    told = A.when(phq9(14, self_harm=2, on=week(2)), c.RecordFact("harm", "yes", on=week(2)))
    course = Sight(None, told.course, "assessor").course()
    assert all(record.hidden for record in course.facts)
    assert [alert.text == KEPT_RISK for alert in course.alerts] == [False, True]


# -- read back ---------------------------------------------------------------------------------------------------


def test_a_condition_on_an_answer_that_is_kept_cannot_be_told_and_says_why() -> None:
    (way,) = [one for one in ways(trial(), A.course, on=week(2)) if one.command.kind == "enter_phase" and
              getattr(one.command, "phase", "") == "middle"]  # fmt: skip
    told = {reason.code: (reason.answer, dict(reason.saw)) for reason in way.reasons}
    assert told["enough"] == (
        "unknown", {"doses": "not shown", "sentence": "doses is not shown to you; needs at least 3"},
    )  # fmt: skip
    assert told["open"][1]["sentence"] == "unblinded is not shown to you; needs at least 1"


def test_a_stuck_course_is_told_without_the_answer_it_is_stuck_by() -> None:
    told = []
    for one in (A, B):
        held = one.when(hold(number) for number in range(2, 7))
        found = stuck(trial(), held.course, on=week(7))
        told.append([(line.to, [str(reason) for reason in line.reasons]) for line in found])
        assert "doses is" in str(stuck(trial(), B.when(hold(n) for n in range(2, 7)).course, on=week(7), role=None)[0])
    assert told[0] == told[1]
    assert "doses >= 3 (doses is not shown to you; needs at least 3)" in dict(told[0])["middle"]


def test_a_role_that_may_see_the_answer_finds_it_in_the_lists_although_the_therapist_may_not() -> None:
    kept = trial(hide_from=("therapist",))
    held = story("placebo", 1, week(1, -2), protocol=kept).when(hold(n) for n in range(2, 7)).course
    seen = overview(kept, seen_by(kept, held, "assessor"), on=week(7), role=None)
    assert seen.stuck == stuck(kept, held, on=week(7), role="assessor")
    assert "doses is 1" in str(seen.stuck[0])


def test_a_task_of_one_arm_stands_on_the_page_as_one_that_cannot_be_told() -> None:
    for one in (A, B):
        seen = seen_by(trial(), one.course, "therapist")
        (task,) = [
            t for t in due_tasks(trial(), seen, CourseFacts(trial(), seen, week(2))) if t.task == "count_tablets"
        ]
        assert task.why == "cannot tell whether it applies: 'Arm of the trial' is not shown to you; needs drug"
        assert "Count the tablets" in agenda(trial(), one.course, on=week(2)).text


def test_the_whole_session_records_the_plan_of_the_page_that_was_filled_in() -> None:
    logs = [
        [e.task for e in one.when(c.RecordSession(on=week(2))).last if e.kind == "task_logged"]  # type: ignore[attr-defined]
        for one in (A, B)
    ]
    assert logs[0] == logs[1]


def test_a_refusal_is_told_as_if_the_answer_were_not_there() -> None:
    refusals = []
    for one in (A, B):
        command = c.EnterPhase("middle", on=week(2))
        no = one.when(command).refused
        assert no is not None
        told = refused_to(trial(), one.course, no.command, no, "therapist")
        assert told.overridable
        refusals.append(str(told))
    assert refusals[0] == refusals[1]
    assert "enough" not in refusals[0]
    assert "(doses is not shown to you; needs at least 3)" in refusals[0]


def test_a_warning_on_record_that_rests_on_what_is_kept_says_only_that_it_is_there() -> None:
    told = B.when(hold(2, present=("patient", "spouse_or_partner")))
    (whole,) = [w for w in told.course.warnings if w.code == "kept_out"]
    assert "placebo" in whole.text
    (kept,) = [w for w in seen_by(trial(), told.course, "therapist").warnings if w.code == "kept_out"]
    assert kept.text == KEPT_WARNING


# -- alerts ------------------------------------------------------------------------------------------------------

HARM = (c.RecordFact("harm", "yes", on=week(1)), c.RecordFact("doses", 6, on=week(1)))


def test_a_risk_alert_is_whole_for_the_therapist_and_never_hidden_from_another_role() -> None:
    course = story("drug", 3, week(1, -20), alone=HARM).course
    texts = {
        role: {a.level: (a.text, a.do) for a in seen_by(trial(), course, role).alerts}
        for role in ("therapist", "assessor", "pharmacist")
    }
    whole = {
        "risk": ("The tablets did harm", "Stop the tablets"),
        "review": (course.alerts[-1].text, "Look at the tablets"),
    }
    assert texts["pharmacist"] == whole
    assert texts["therapist"] == {"risk": whole["risk"], "review": (KEPT_REVIEW, "")}
    assert texts["assessor"] == {"risk": (KEPT_RISK, ""), "review": (KEPT_REVIEW, "")}


def test_a_risk_item_is_whole_for_every_role() -> None:
    course = given(trial(), hold(1), phq9(14, self_harm=2, on=week(1))).course
    assert seen_by(trial(), course, "assessor").alerts == course.alerts


def test_the_therapists_page_says_a_risk_alert_that_rests_on_what_is_kept_from_the_therapist() -> None:
    course = story("drug", 3, week(1, -20), alone=HARM).course
    assert "The tablets did harm" in agenda(trial(), course, on=week(2)).text
    assert "The tablets did harm" not in agenda(trial(), course, on=week(2), role="assessor").text
    assert "A risk alert was raised" in agenda(trial(), course, on=week(2), role="assessor").text


# -- two courses that differ in nothing else ---------------------------------------------------------------------


def pages(protocol: Protocol, course: Course, role: str) -> list[str]:
    """Everything that is made of a course for a role."""
    on = week(2)
    seen = Sight(protocol, course, role)
    told = [
        str((way.command.kind, way.open, [(str(r), r.answer, dict(r.saw)) for r in way.reasons], way.fields))
        for way in ways(protocol, course, on=on, role=role)
    ]
    for audience in ("therapist", "patient"):
        for occasion in ("session", "missed", "last"):
            page = agenda(protocol, course, on=on, audience=audience, occasion=occasion, role=role)  # type: ignore[arg-type]
            told += [page.text, str(page.html), page.markdown, page.json(), page.problem]
    told += [str(line) for line in due(protocol, course, on=on, role=role)]
    told += [str(one) for one in warnings(protocol, seen.course(), on=on)]
    told.append(seen.course().json())
    return told


@settings(max_examples=8, deadline=None)
@when_given(
    arms=st.tuples(*[st.sampled_from(["drug", "placebo"])] * 2),
    doses=st.tuples(*[st.integers(0, 4)] * 2),
    days=st.tuples(*[st.integers(-400, -1)] * 2),
    role=st.sampled_from(HIDDEN),
)
def test_two_courses_that_differ_in_what_is_kept_alone_are_the_same_to_the_role(
    arms: tuple[str, str], doses: tuple[int, int], days: tuple[int, int], role: str
) -> None:
    one, other = (
        pages(trial(), story(arm, dose, week(1, day)).course, role)
        for arm, dose, day in zip(arms, doses, days, strict=True)
    )
    assert one == other


@pytest.mark.parametrize("role", HIDDEN)
def test_no_answer_that_is_kept_stands_anywhere_in_what_is_made_for_the_role(role: str) -> None:
    course = story("placebo", 2, date(2025, 11, 23), alone=(c.RecordFact("harm", "no", on=week(1)),)).course
    whole = "\n".join(pages(trial(hide_from=()), course, role))
    kept = "\n".join(pages(trial(), course, role))
    for shown in ('"value":"placebo"', "is placebo", "23 November", '"value":"2025-11-23"', '"value":2', "doses is 2"):
        assert shown in whole
        assert shown not in kept


# -- what was passed over ----------------------------------------------------------------------------------------


def test_what_may_be_passed_over_and_is_no_condition_is_on_record_or_is_not_told() -> None:
    follows_from_conditions = {"calendar_stop", "waits_for_approval"}
    told = told_codes(protocol("small"), frozenset())
    assert told & REFUSALS.words.keys() == REFUSALS.words.keys() - follows_from_conditions


def test_a_condition_is_named_where_it_rests_on_records_and_not_where_it_is_reckoned_from_others() -> None:
    conditions = {
        "focus": "a focus is agreed",
        "arm": "arm is drug",
        "not_harmed": {"not": {"harm": "harm is yes"}},
        "no_alert": {"not": {"raised": "harmed was raised"}},
        "tasks": "all must tasks are done",
        "late_enough": "sessions left <= 14",
    }
    changed = variant(
        "ipt-adult",
        {
            "facts.arm": {"title": "Arm", "one_of": ["drug", "placebo"], "hide_from": "assessor"},
            "facts.harm": {"title": "Harm", "one_of": ["no", "yes"], "hide_from": "assessor"},
            "alerts.harmed": {
                "title": "Harm", "kind": "risk", "raise_if": "harm is yes", "do": "Stop", "source": "tradition",
            },
            "phases.initial.next.middle": conditions,
        },
    )  # fmt: skip
    told = told_codes(changed, frozenset({"arm", "harm"}))
    assert told & conditions.keys() == {"focus"}
    assert "a_name_it_had_before" not in told
