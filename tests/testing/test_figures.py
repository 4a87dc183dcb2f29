"""Summary and adherence where a course is short, unlogged, unended or otherwise."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import phrases
from iptengine.authoring.vignette import read_vignette_text
from iptengine.course.adherence import Adherence, adherence, routine_tasks
from iptengine.course.course import Course
from iptengine.course.shares import Share, percent
from iptengine.course.summary import Summary, summary
from iptengine.protocol.protocol import Protocol
from iptengine.testing import play

HEAD = "iptengine: 1\nvignette: A test\nprotocol: ipt-adult@1.0.0\nstart: 2026-03-03\n"


def course_of(text: str, protocol: Protocol | None = None) -> Course:
    vignette = read_vignette_text((HEAD + text).encode(), "a.vignette.yaml")
    return play(vignette, protocol or phrases.protocol("ipt-adult")).course


def figures(text: str) -> Summary:
    return summary(phrases.protocol("ipt-adult"), course_of(text))


def logged(text: str, protocol: Protocol | None = None) -> Adherence:
    protocol = protocol or phrases.protocol("ipt-adult")
    return adherence(protocol, course_of(text, protocol))


MIDDLE = "adopted: {phase: middle, sessions_used: 3, focus: role_dispute}\nhappenings:\n"


def session(number: int, rest: str = "") -> str:
    return f"  s{number}: {{week: {number}, status: attended{rest}}}\n"


# -- shares ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "of", "decimals", "shown"),
    [
        (14, 15, 1, "93.3 %"),
        (13, 19, 0, "68 %"),
        (5, 17, 0, "29 %"),
        (1, 8, 0, "13 %"),
        (1, 8, 1, "12.5 %"),
        (0, 3, 1, "0 %"),
    ],
)
def test_a_share_is_shown_rounded_half_up(count: int, of: int, decimals: int, shown: str) -> None:
    assert Share(count, of).percent(decimals) == shown


def test_a_change_for_the_worse_is_rounded_away_from_0() -> None:
    assert (percent(Fraction(-1, 8)), percent(Fraction(-4, 17))) == ("-13 %", "-24 %")


@given(st.integers(0, 40), st.integers(1, 40))
def test_a_share_keeps_its_numerator_and_denominator_in_sight(count: int, of: int) -> None:
    share = Share(count, of)
    assert str(share) == f"{count}/{of}"
    assert share.value == Fraction(count, of)
    shown = Fraction(share.percent(1).removesuffix(" %"))
    assert abs(shown - Fraction(100 * count, of)) <= Fraction(1, 20)


def test_what_cannot_be_rated_has_no_value() -> None:
    share = Share(0, 2, "2 sessions held")
    assert (share.value, share.percent(), str(share)) == (None, "-", "not rateable: 2 sessions held")
    assert str(Share(0, 0)) == "not rateable: nothing to rate"


# -- summary -----------------------------------------------------------------------------------------------------


def test_a_cancellation_by_the_therapist_is_not_counted_against_the_patient() -> None:
    text = "happenings:\n" + session(1) + "  a: {week: 2, status: cancelled_by_therapist}\n"
    text += "  b: {week: 3, status: rescheduled}\n  c: {week: 4, status: cancelled_by_patient}\n"
    found = figures(text)
    assert found.attendance == Share(1, 2)
    assert found.missed == (("cancelled_by_patient", 1), ("cancelled_by_therapist", 1), ("rescheduled", 1))
    assert (found.appointments, found.attended, found.used) == (4, 1, 1)


def test_a_course_nobody_came_to_has_no_attendance() -> None:
    assert str(figures("happenings:\n  s1: {week: 1}\n").attendance) == "not rateable: nothing to rate"


def test_a_planned_appointment_is_no_appointment_yet() -> None:
    assert figures("happenings:\n" + session(1, ", book: 2026-03-10")).appointments == 1


def test_a_last_reading_without_a_total_leaves_every_rule_unknown() -> None:
    text = "happenings:\n" + session(1, ", phq9: {total: 18, self_harm: 0}") + session(2, ", phq9: {low_mood: 1}")
    (phq9,) = figures(text).measures
    assert (phq9.first, phq9.last, phq9.change, phq9.better, phq9.worst) == (18, None, None, None, 18)
    assert {rule.answer.value for rule in phq9.rules} == {"unknown"}
    assert phq9.readings == 2


def test_the_worst_of_a_measure_that_goes_up_for_the_better_is_its_lowest() -> None:
    changed = phrases.variant("ipt-adult", {"measures.feedback": {"use": "session_feedback@1", "due": "every session"}})
    name = "feedback"
    items = list(changed.measures[name].items)
    readings = [", ".join(f"{item}: {value}" for item in items) for value in (5, 3, 6)]
    text = "happenings:\n" + "".join(session(n + 1, f", {name}: {{{r}}}") for n, r in enumerate(readings))
    (found,) = summary(changed, course_of(text, changed)).measures
    assert (found.worst_in, found.better is not None and found.better > 0) == (2, True)


def test_a_reading_between_sessions_counts_and_stands_in_no_session() -> None:
    text = "happenings:\n" + session(1, ", phq9: {total: 18, self_harm: 0}")
    text += "  between: {on: 2026-03-06, phq9: {total: 9, self_harm: 0}}\n"
    (phq9,) = figures(text).measures
    assert (phq9.readings, phq9.last) == (2, 9)
    assert {rule.rule: rule.held_in for rule in phq9.rules}["response"] == ()


def test_an_alert_assessed_the_day_after_is_not_assessed_the_same_day() -> None:
    text = "happenings:\n" + session(1, ", phq9: {total: 18, self_harm: 1}")
    text += "  next_day: {on: 2026-03-04, assess: {all: {found: a, plan: b}}}\n"
    found = figures(text).risk
    assert (found.raised, found.assessed, found.same_day) == (1, 1, 0)


def test_a_course_that_goes_on_has_no_outcome() -> None:
    assert figures("happenings:\n" + session(1)).outcome is None


# -- adherence ---------------------------------------------------------------------------------------------------


def test_two_working_sessions_are_too_few_to_rate() -> None:
    found = logged(MIDDLE + session(1, ", done: [score_review, link]") + session(2, ", done: [score_review, link]"))
    assert str(found.routine) == "not rateable: 2 working sessions held; 3 are needed"
    assert str(found.focus) == "not rateable: 2 working sessions held; 3 are needed"


def test_sessions_without_any_log_are_not_rated_as_not_done() -> None:
    found = logged(MIDDLE + session(1) + session(2) + session(3))
    assert str(found.routine) == "not rateable: none of 3 working sessions was logged"
    assert found.unlogged == (4, 5, 6)


def test_the_routine_needs_both_the_score_and_the_link() -> None:
    text = session(1, ", done: [score_review, link]") + session(2, ", done: link") + session(3, ", done: open_session")
    found = logged(MIDDLE + text)
    assert (found.routine, found.routine_tasks) == (Share(1, 3), ("score_review", "link"))


def test_a_protocol_whose_later_phases_keep_nothing_has_every_session_task_as_routine() -> None:
    changed = phrases.variant("ipt-adult", {"phases.ending.hour": {}})
    assert routine_tasks(changed) == (
        "open_session", "score_review", "link", "recent_event", "feelings", "rehearse", "close_session",
    )  # fmt: skip


def test_work_on_an_area_that_is_no_focus_is_no_focus_work() -> None:
    found = logged(
        MIDDLE + session(1, ", done: dispute_try") + session(2, ", done: old_role") + session(3, ", done: link")
    )  # fmt: skip
    assert found.focus == Share(1, 3)


def test_a_task_that_does_not_apply_leaves_the_denominator_and_a_declined_one_stays() -> None:
    whole = logged("happenings:\n" + session(1)).coverage[0].share
    text = "happenings:\n" + session(1, ", tasks: {medication_need: not_applicable, supports: declined}")
    (found,) = logged(text).coverage
    assert (found.share.of, found.not_applicable) == (whole.of - 1, ("medication_need",))
    assert "supports" in found.open


def test_a_task_asked_for_twice_is_covered_when_it_is_done_twice() -> None:
    twice = phrases.variant("ipt-adult", {"phases.initial.must.history.times": "at least 2 times"})
    once = "happenings:\n" + session(1, ", done: history")
    assert "history" in logged(once, twice).coverage[0].open
    assert "history" not in logged(once + session(2, ", done: history"), twice).coverage[0].open


def test_a_dispute_that_is_never_staged_is_not_staged_in_time() -> None:
    text = MIDDLE + session(1) + session(2)
    assert logged(text).staging == Share(0, 1)
    late = text + session(3, ", stage: {role_dispute: {to: impasse, because: x}}")
    assert logged(late).staging == Share(0, 1)
    assert logged(late).stage_reasons == Share(1, 1)


def test_a_topic_the_phase_keeps_out_is_counted() -> None:
    found = logged(MIDDLE + session(1, ", done: [transference, link]") + session(2, ", done: transference"))
    assert found.proscribed == 2


def test_a_formulation_before_the_inventory_is_out_of_order() -> None:
    text = "happenings:\n" + session(1, ", done: [diagnose, formulate]") + session(2, ", done: inventory")
    assert logged(text).order == Share(1, 2)


def test_a_task_of_the_first_sessions_done_in_the_fifth_is_out_of_its_time() -> None:
    text = "happenings:\n" + "".join(session(n) for n in range(1, 5)) + session(5, ", done: [history, midpoint_review]")
    assert logged(text).timing == Share(0, 1)


def test_announcing_has_its_deadline_as_its_time() -> None:
    start = "happenings:\n" + session(1) + session(2) + session(3, ", contract: {sessions: 12}")
    early = start + "".join(session(n) for n in range(4, 10)) + session(10, ", announce: true")
    late = start + "".join(session(n) for n in range(4, 12)) + session(12, ", announce: true")
    inside, outside = logged(early), logged(late)
    assert (inside.timing, inside.ending.announced_ahead) == (Share(2, 2), 2)
    assert (outside.timing, outside.ending.announced_ahead) == (Share(1, 2), 0)


def test_the_ending_is_not_rated_before_the_end() -> None:
    found = logged(MIDDLE + session(1)).ending
    assert (found.asked, str(found.share)) == ("full", "not rateable: the course has not ended")


def test_a_lost_patient_is_asked_for_no_ending() -> None:
    found = logged("happenings:\n" + session(1) + "  gone: {week: 9, end: lost_to_contact}\n").ending
    assert (found.asked, str(found.share), found.open) == ("nothing", "not rateable: no task is asked for", ())


def test_an_early_end_is_asked_for_the_compressed_set() -> None:
    found = logged(
        MIDDLE + session(1, ", done: [warning_signs, next_steps], end: {outcome: patient_decision, reason: other}")
    )
    assert (found.ending.asked, found.ending.share) == ("compressed", Share(2, 6))


def test_the_dose_is_what_was_agreed_at_the_outset() -> None:
    text = (
        "happenings:\n" + session(1, ", contract: {sessions: 12}") + session(2, ", amend: {because: x, sessions: 16}")
    )
    found = figures(text)
    assert (logged(text).dose, found.agreed, found.agreed_now) == (Share(2, 12), 12, 16)


def test_without_a_contract_there_is_no_dose() -> None:
    assert str(logged("happenings:\n" + session(1)).dose) == "not rateable: no number of sessions is agreed"


def test_techniques_are_counted_by_session() -> None:
    both = ", tasks: {dispute_rehearse: {techniques: role_play}, rehearse: {techniques: role_play}}"
    (found,) = logged(MIDDLE + session(1, both) + session(2) + session(3)).techniques
    assert (found.technique, found.share) == ("role_play", Share(1, 3))


def test_work_on_an_area_before_it_was_agreed_is_no_focus_work() -> None:
    agreed = ", deviate: {because: x, request: {enter: middle}}"
    text = "happenings:\n" + session(1, agreed) + session(2, ", done: dispute_try")
    text += session(3, ", focus: {d: {area: role_dispute, person: S.}}, done: dispute_try") + session(4, ", done: link")
    assert logged(text).focus == Share(1, 3)


def test_the_words_of_a_task_narrow_the_window_of_its_phase() -> None:
    early = logged("happenings:\n" + session(1, ", done: [inventory, history]"))
    in_time = logged("happenings:\n" + session(1, ", done: history") + session(2, ", done: inventory"))
    assert (early.timing, in_time.timing) == (Share(1, 2), Share(2, 2))


def test_staging_is_asked_for_only_when_a_dispute_is_the_focus() -> None:
    grief = logged("happenings:\n" + session(1, ", focus: {g: {area: grief}}")).coverage[0].share
    dispute = logged("happenings:\n" + session(1, ", focus: {d: {area: role_dispute, person: S.}}")).coverage[0].share
    assert (grief, dispute) == (Share(1, 16), Share(1, 17))
