"""Scores, bands and rules of change: nothing is guessed, nothing is merged, unknown is never no."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped_measures import SHIPPED, all_items, changed, measure, plain

from iptengine.protocol import scoring
from iptengine.protocol.measure import Measure
from iptengine.protocol.scoring import (
    NothingUsable,
    RiskAnswer,
    band,
    change,
    cutoffs,
    display,
    score,
    severity_rule,
)
from iptengine.protocol.truth import Truth

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
PHQ9 = measure("phq9")
ITEMS = [name for name, item in PHQ9.items.items() if item.scored]


def phq9(**answers: object) -> dict[str, object]:
    """A PHQ-9 with every item at 1 but the ones named."""
    return {**all_items("phq9", 1), **answers}


def without(answers: dict[str, object], *items: str) -> dict[str, object]:
    return {item: answer for item, answer in answers.items() if item not in items}


def risk_of(scored: scoring.Scored) -> dict[str, tuple[int | None, str]]:
    return {risk.item: (risk.value, risk.state) for risk in scored.risk}


# Totals and missing answers.


def test_a_complete_phq9_has_the_sum_of_its_nine_items() -> None:
    read = score(PHQ9, phq9(sleep=3, self_harm=0))
    assert (read.total, read.total_given, read.missing, read.bad, read.why_no_total) == (10, False, (), (), "")
    assert read.risk == (RiskAnswer("self_harm", 0, "below"),)


def test_the_impairment_question_adds_nothing_to_the_total() -> None:
    assert score(PHQ9, phq9(impairment=3)).total == 9
    assert score(PHQ9, phq9(impairment=3)).answers["impairment"] == 3


def test_one_missing_phq9_item_takes_the_mean_of_the_others() -> None:
    read = score(PHQ9, without(phq9(low_mood=2), "sleep"))
    assert (read.total, read.missing) == (10.125, ("sleep",))
    assert display(10.125) == "10"


def test_two_missing_phq9_items_still_make_a_total_and_three_do_not() -> None:
    assert score(PHQ9, without(phq9(), "sleep", "energy")).total == 9
    read = score(PHQ9, without(phq9(), "sleep", "energy", "appetite"))
    assert read.total is None
    assert read.why_no_total == "no total: 3 of 9 answers are missing, and at most 2 may be"


def test_a_phq9_without_its_item_9_has_no_total_though_one_may_be_missing() -> None:
    read = score(PHQ9, without(phq9(), "self_harm"))
    assert read.total is None
    assert read.why_no_total == "no total: the risk item 'Thoughts of death or self-harm' was not answered"
    assert read.risk == (RiskAnswer("self_harm", None, "unanswered"),)
    assert len(read.answers) == 8


def test_item_9_above_zero_is_above_whatever_the_total() -> None:
    read = score(PHQ9, {**all_items("phq9", 0), "self_harm": 1})
    assert (read.total, read.risk) == (1, (RiskAnswer("self_harm", 1, "above"),))


def test_an_item_left_blank_is_the_same_as_an_item_not_named() -> None:
    assert score(PHQ9, phq9(sleep=None)) == score(PHQ9, without(phq9(), "sleep"))


# Totals that are given.


def test_a_total_alone_is_a_reading_with_its_risk_item_unanswered() -> None:
    read = score(PHQ9, {}, 18)
    assert (read.total, read.total_given, read.given) == (18, True, 18)
    assert read.risk == (RiskAnswer("self_harm", None, "unanswered"),)


def test_a_total_with_item_9_named_is_a_reading_with_its_risk_item() -> None:
    read = score(PHQ9, {"self_harm": 0}, 18)
    assert (read.total, read.total_given, read.risk) == (18, True, (RiskAnswer("self_harm", 0, "below"),))


def test_a_total_that_its_items_bear_out_is_their_sum() -> None:
    read = score(PHQ9, phq9(), 9)
    assert (read.total, read.total_given, read.given) == (9, False, 9)


@pytest.mark.parametrize("total", [28, -1, 18.0, 18.5, True, "18", float("nan"), 10**30, [18]])
def test_a_total_off_the_scale_or_not_whole_is_a_bad_answer(total: object) -> None:
    read = score(PHQ9, {"self_harm": 0}, total)
    assert (read.total, read.given, read.bad) == (None, None, ("total",))
    assert read.why_no_total == "not scored: total cannot be used"
    assert read.risk == (RiskAnswer("self_harm", 0, "below"),)


@pytest.mark.parametrize(("answers", "total"), [(phq9(), 10), ({"self_harm": 3}, 2), ({"self_harm": 0}, 25)])
def test_a_total_that_cannot_go_with_its_items_is_a_bad_answer(answers: dict[str, object], total: int) -> None:
    read = score(PHQ9, answers, total)
    assert (read.total, read.given, read.bad) == (None, total, ("total",))


# Bad answers.

BAD = [4, -1, 1.0, 3.5, True, False, "", "2", "three", float("nan"), float("inf"), [3], {}, 10**80]


@pytest.mark.parametrize("answer", BAD, ids=repr)
def test_a_bad_answer_leaves_the_reading_unscored_and_keeps_the_good_ones(answer: object) -> None:
    read = score(PHQ9, phq9(sleep=answer))
    assert read.answers == without(phq9(), "sleep")
    assert (read.bad, read.missing, read.total) == (("sleep",), ("sleep",), None)
    assert read.why_no_total == "not scored: sleep cannot be used"


@pytest.mark.parametrize("answer", BAD, ids=repr)
def test_a_bad_answer_to_the_risk_item_counts_as_unanswered(answer: object) -> None:
    assert score(PHQ9, phq9(self_harm=answer)).risk == (RiskAnswer("self_harm", None, "unanswered"),)


def test_an_unknown_item_is_bad_and_the_rest_is_kept() -> None:
    read = score(PHQ9, phq9(item_9=1))
    assert (read.bad, read.total, len(read.answers)) == (("item_9",), None, 9)


def test_what_is_bad_never_repeats_what_a_patient_may_have_written() -> None:
    read = score(PHQ9, {"sleep": "I want to die", "I want to die": 1, "energy": 1})
    assert read.bad == ("sleep", "?")
    assert "die" not in repr(read)


@pytest.mark.parametrize("answers", [{}, {"sleep": None}, {"sleep": 9}, {"nap": 1}])
def test_a_reading_with_nothing_usable_is_refused(answers: dict[str, object]) -> None:
    with pytest.raises(NothingUsable):
        score(PHQ9, answers)


def test_the_refusal_says_what_to_do_without_the_answer() -> None:
    with pytest.raises(NothingUsable) as refused:
        score(PHQ9, {"sleep": "I want to die"}, 99)
    assert str(refused.value) == (
        "this phq9 reading is not recorded: none of its answers can be used (sleep, total); "
        "enter at least one answer or the total"
    )
    with pytest.raises(NothingUsable, match="it has no answer; enter at least one answer or the total"):
        score(PHQ9, {})


def test_a_bad_answer_takes_the_given_total_and_the_subscales_with_it() -> None:
    read = score(measure("epds"), {**all_items("epds", 1), "crying": 7}, 12)
    assert (read.total, read.given, read.subscales) == (None, 12, {"anxiety": None})


# The other measures.


def test_the_gad7_fills_two_gaps_and_the_phq8_none() -> None:
    gad7 = measure("gad7")
    assert score(gad7, without(all_items("gad7", 2), "afraid", "restless")).total == 14
    read = score(measure("phq8"), without(all_items("phq8", 2), "sleep"))
    assert read.why_no_total == "no total: 1 of 8 answers are missing, and none may be"


def test_epds_answers_are_recorded_keyed_and_so_not_turned_round() -> None:
    read = score(measure("epds"), {**all_items("epds", 0), "self_harm": 1, "scared": 3})
    assert (read.total, read.subscales) == (4, {"anxiety": 3})
    assert risk_of(read) == {"self_harm": (1, "above")}


def test_an_epds_recorded_as_printed_is_turned_round_before_anything_looks_at_it() -> None:
    printed = Measure.model_validate(changed("epds", "stored_as", to="printed"))
    read = score(printed, {**all_items("epds", 0), "self_harm": 3})
    assert read.total == 6 * 3  # six of the seven reversed items stand at 0, printed for "worst"
    assert read.answers["self_harm"] == 3
    assert risk_of(read) == {"self_harm": (0, "below")}


def test_the_qids_takes_the_highest_of_each_group() -> None:
    qids = measure("qids_sr16")
    read = score(qids, {**all_items("qids_sr16", 0), "waking_early": 3, "falling_asleep": 1, "weight_gain": 2})
    assert read.subscales == {
        "sleep_domain": 3, "appetite_pair": 0, "weight_pair": 2, "appetite_domain": 2, "movement_domain": 0,
    }  # fmt: skip
    assert read.total == 5
    assert score(qids, all_items("qids_sr16", 3)).total == 27


def test_the_qids_lets_one_question_of_a_pair_be_left_out_but_not_both() -> None:
    qids, answers = measure("qids_sr16"), all_items("qids_sr16", 1)
    assert score(qids, without(answers, "more_appetite", "weight_loss")).total == 9
    read = score(qids, without(answers, "more_appetite", "less_appetite"))
    assert (read.total, read.subscales["appetite_domain"]) == (None, None)
    assert read.why_no_total == "no total: 1 of 9 scores are missing, and none may be"


def test_the_eating_disorder_global_score_is_the_mean_of_four_means() -> None:
    edeq = measure("edeq")
    answers = {**all_items("edeq", 0), "body_on_mind": 6, "restraint": 6}
    read = score(edeq, answers)
    assert read.subscales == {
        "restraint_scale": 1.2, "eating_concern": 0, "shape_concern": 0.75, "weight_concern": 1.2,
    }  # fmt: skip
    assert read.total == 0.7875
    assert display(0.7875, edeq.decimals) == "0.79"


def test_an_eating_disorder_subscale_stands_on_half_of_its_items() -> None:
    edeq, answers = measure("edeq"), all_items("edeq", 4)
    half = without(answers, "flat_stomach", "fear_of_gain", "feeling_fat", "shape_matters")
    assert score(edeq, half).total == 4
    fewer = score(edeq, without(half, "body_seen"))
    assert (fewer.total, fewer.subscales["shape_concern"], fewer.subscales["restraint_scale"]) == (None, None, 4)


def test_counts_of_days_may_be_any_number_and_are_not_scored() -> None:
    read = score(measure("edeq"), {**all_items("edeq", 1), "binge_days": 28, "vomiting_times": 140})
    assert (read.total, read.answers["vomiting_times"]) == (1, 140)
    assert score(measure("edeq"), {"binge_days": -1, "guilt": 1}).bad == ("binge_days",)


def test_a_weight_item_that_was_not_assessed_counts_as_zero() -> None:
    read = score(measure("hrsd17"), {**all_items("hrsd17", 1), "weight_loss": 3})
    assert (read.total, read.answers["weight_loss"], read.bad) == (16, 3, ())
    assert score(measure("hrsd17"), {"insight": 3, "guilt": 1}).bad == ("insight",)


def test_a_wsas_without_the_work_item_has_two_live_rules() -> None:
    wsas, answers = measure("wsas"), without(all_items("wsas", 6), "work")
    assert score(wsas, answers).total == 30
    assert score(wsas, answers, by="not_working").total == 24
    assert score(wsas, {}, 32, by="not_working").total == 32
    assert score(wsas, {"home": 1}, 33, by="not_working").bad == ("total",)
    with pytest.raises(ValueError, match="wsas@1 has no scoring 'retired'"):
        score(wsas, answers, by="retired")


def test_the_wish_to_change_something_lowers_the_session_feedback() -> None:
    feedback = measure("session_feedback")
    answers = {"heard": 10, "useful": 10, "right_focus": 10}
    assert score(feedback, {**answers, "wish_to_change": 0}).total == 40
    assert score(feedback, {**answers, "wish_to_change": 10}).total == 30


def test_a_measure_without_a_total_keeps_its_answers_and_takes_no_total() -> None:
    values = plain("session_feedback")
    values["scoring"] = {"total": "none", "source": "ours"}
    read = score(Measure.model_validate(values), {"heard": 3})
    assert (read.total, read.answers, read.why_no_total) == (None, {"heard": 3}, "this measure has no total")
    assert score(Measure.model_validate(values), {"heard": 3}, 3).bad == ("total",)


def test_the_ptsd_cluster_rule_needs_every_cluster_and_is_unknown_with_one_missing() -> None:
    pcl5 = measure("pcl5")
    pattern = {"memories": 2, "avoiding_thoughts": 2, "blame": 2, "lost_interest": 4, "sleep": 3, "startled": 2}

    def says(answers: dict[str, object]) -> dict[str, Truth]:
        return {line.cutoff: line.answer for line in cutoffs(pcl5, score(pcl5, answers))}

    met = {**all_items("pcl5", 0), **pattern}
    assert says(met) == {"cut_lower": NO, "cut_upper": NO, "cluster_rule": YES}
    assert says({**met, "lost_interest": 1})["cluster_rule"] is NO
    assert says(without(met, "nightmares")) == {"cut_lower": UNKNOWN, "cut_upper": UNKNOWN, "cluster_rule": UNKNOWN}
    assert says({**all_items("pcl5", 1), **dict.fromkeys(list(all_items("pcl5"))[:11], 2)}) == {
        "cut_lower": YES, "cut_upper": NO, "cluster_rule": NO,
    }  # fmt: skip


def test_a_subscale_is_not_filled_in_where_its_risk_item_is_missing_and_others_are() -> None:
    values = plain("phq9")
    gaps = {"rule": "mean of answered", "at_most": 1, "source": "nhs_phq"}
    values["subscales"] = {
        "dark": {"title": "Dark", "score": "mean", "of": ["low_mood", "self_worth", "self_harm"], "missing": gaps},
        "body": {"title": "Body", "score": "mean", "of": ["sleep", "energy", "appetite"], "missing": gaps},
    }
    own = Measure.model_validate(values)
    assert score(own, without(phq9(), "self_harm", "sleep")).subscales == {"dark": None, "body": 1}
    assert score(own, without(phq9(), "self_worth")).subscales == {"dark": 1, "body": 1}


# Bands.


@pytest.mark.parametrize(
    ("total", "title"),
    [
        (0, "none or minimal"), (4, "none or minimal"), (4.999, "none or minimal"), (5, "mild"), (9.5, "mild"),
        (10, "moderate"), (14, "moderate"), (15, "moderately severe"), (19, "moderately severe"),
        (20, "severe"), (27, "severe"),
    ],
)  # fmt: skip
def test_a_phq9_band_holds_its_first_total_and_not_the_first_of_the_next(total: float, title: str) -> None:
    found = band(PHQ9, total)
    assert found is not None
    assert (found.title, found.rule, found.rule_title, found.source) == (title, "nhs", "Severity", ("nhs_phq",))


def test_a_total_of_nine_and_a_half_is_shown_as_10_and_stands_in_the_band_below_10() -> None:
    found = band(PHQ9, 9.5)
    assert found is not None
    assert (display(9.5), found.name, found.low, found.high) == ("10", "mild", 5, 10)


def test_no_total_has_no_band() -> None:
    assert band(PHQ9, None) is None
    assert band(measure("phq8"), 12) is None
    assert band(PHQ9, 12, "no such rule") is None


def test_two_published_band_rules_stand_side_by_side() -> None:
    hrsd = measure("hrsd17")
    shown, other = band(hrsd, 15), band(hrsd, 15, "datan")
    assert shown is not None
    assert other is not None
    assert severity_rule(hrsd) == shown.rule == "camcops"
    assert (shown.title, other.title) == ("moderate", "mild")


# Change.


def facts(name: str, baseline: float | None, now: float | None) -> dict[str, Truth]:
    return {fact.rule: fact.answer for fact in change(measure(name), baseline, now)}


def test_a_fall_from_17_to_12_is_minimal_important_and_not_reliable() -> None:
    assert facts("phq9", 17, 12) == {
        "mcid": YES, "reliable": NO, "deterioration": NO, "response": NO,
        "remission": NO, "recovery": NO, "reliable_recovery": NO,
    }  # fmt: skip


def test_course_a_from_19_to_6_recovers_reliably_and_does_not_remit() -> None:
    assert facts("phq9", 19, 6) == {
        "mcid": YES, "reliable": YES, "deterioration": NO, "response": YES,
        "remission": NO, "recovery": YES, "reliable_recovery": YES,
    }  # fmt: skip
    mcid = change(PHQ9, 19, 6)[0]
    assert (mcid.title, mcid.points_better, mcid.source) == ("Minimal important difference", 13, ("lowe",))
    assert mcid.percent_better is not None
    assert display(mcid.percent_better) == "68"


def test_a_rise_of_4_is_no_reliable_deterioration_and_one_of_6_is() -> None:
    assert facts("phq9", 17, 21)["deterioration"] is NO
    assert facts("phq9", 15, 21)["deterioration"] is YES
    assert change(PHQ9, 15, 21)[0].points_better == -6


def test_response_is_met_at_half_of_the_baseline_score() -> None:
    assert [facts("phq9", 19, now)["response"] for now in (10, 9.5, 9)] == [NO, YES, YES]


def test_recovery_needs_a_start_at_caseness() -> None:
    assert facts("phq9", 9, 2)["recovery"] is NO
    assert facts("phq9", 10, 9)["recovery"] is YES
    assert facts("phq9", 10, 9)["reliable_recovery"] is NO


def test_a_percentage_of_nothing_is_unknown() -> None:
    assert facts("phq9", 0, 4)["response"] is UNKNOWN
    assert facts("phq9", 0, 6)["deterioration"] is YES


def test_remission_on_the_hamilton_scale_has_two_rules() -> None:
    assert facts("hrsd17", 20, 7) == {"response": YES, "remission": YES, "remission_in_trials": NO}


def test_the_epds_asks_less_of_a_change_for_worse_than_of_one_for_better() -> None:
    assert facts("epds", 10, 13)["mcid_worse"] is YES
    assert facts("epds", 13, 10)["mcid"] is NO
    assert facts("epds", 14, 10)["recovery"] is YES
    assert facts("epds", 13, 12)["recovery"] is NO


def test_on_a_scale_where_higher_is_better_a_rise_is_better() -> None:
    values: dict[str, Any] = plain("session_feedback")
    values["change_rules"] = {
        "gain": {"title": "Gain", "better_by_points": 5, "source": "ours"},
        "loss": {"title": "Loss", "worse_by_percent": 50, "source": "ours"},
        "reached": {"title": "Reached", "at_least": 36, "source": "ours"},
        "passed": {"title": "Passed", "above": 36, "source": "ours"},
        "crossed": {"title": "Crossed", "crosses": {"from_below": 36, "to_at_least": 36}, "source": "ours"},
    }
    feedback = Measure.model_validate(values)
    assert [f.answer for f in change(feedback, 20, 36)] == [YES, NO, YES, NO, YES]
    assert [f.answer for f in change(feedback, 37, 18)] == [NO, YES, NO, NO, NO]
    assert change(feedback, 20, 36)[0].points_better == 16


def test_a_fall_that_stands_exactly_on_the_line_is_on_it() -> None:
    values = plain("edeq")
    values["change_rules"] = {"fall": {"title": "Fall", "better_by_points": 0.7, "source": "bjo"}}
    assert change(Measure.model_validate(values), 4.1, 3.4)[0].answer is YES  # 4.1 - 3.4 is below 0.7 in binary


def test_a_mean_that_stands_exactly_on_the_line_is_on_it() -> None:
    edeq = measure("edeq")
    answers: dict[str, object] = {"restraint": 3, "long_without_food": 3, "excluded_foods": 3}  # 9 of 3
    answers |= {"food_on_mind": 6, "fear_of_losing_control": 6, "guilt": 4}  # 16 of 3
    answers |= {"flat_stomach": 6, "fear_of_gain": 0, "feeling_fat": 0, "shape_matters": 0, "body_seen": 0}  # 6 of 5
    answers |= {"wish_to_lose": 5, "weight_matters": 0, "weekly_weighing": 0}  # 5 of 3
    read = score(edeq, answers)
    assert read.total == 2.8  # these four means added up in binary come to a hair less
    assert {line.cutoff: line.answer for line in cutoffs(edeq, read)} == {
        "community": YES,
        "clinical": YES,
        "older": NO,
    }


# Display.


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(18, 0, "18"), (9.5, 0, "10"), (10.5, 0, "11"), (9.49, 0, "9"), (2.675, 2, "2.68"), (2.0, 2, "2"),
     (2.5, 2, "2.5"), (-0.2, 0, "0"), (10.0, 0, "10"), (0, 2, "0"), (-4.5, 0, "-5")],
)  # fmt: skip
def test_a_score_is_shown_rounded_half_up_without_empty_decimals(value: float, decimals: int, shown: str) -> None:
    assert display(value, decimals) == shown


def test_the_examples_in_the_module_run() -> None:
    assert doctest.testmod(scoring).failed == 0
    assert doctest.testmod(scoring).attempted > 0


# Laws.

names = st.sampled_from(SHIPPED)
anything = st.one_of(
    st.none(), st.integers(-2, 12), st.booleans(), st.floats(), st.text(max_size=3), st.just([1]), st.just(10**40)
)


@st.composite
def readings(draw: st.DrawFn, answer: st.SearchStrategy[Any] | None = None) -> tuple[Measure, dict[str, Any]]:
    """A measure with mostly good answers, some of them missing or bad."""
    m = measure(draw(names))
    answers: dict[str, Any] = {}
    for name, key in m.layout.keys.items():
        how = draw(st.integers(0, 11))
        if how < 10:
            answers[name] = draw(st.integers(key.low, min(key.high, 12)))
        elif how == 10 and answer is not None:
            answers[name] = draw(answer)
    return m, answers


def scored_or_none(m: Measure, answers: dict[str, Any], total: object = None) -> scoring.Scored | None:
    try:
        return score(m, answers, total)
    except NothingUsable:
        return None


@given(readings(anything), st.one_of(st.none(), anything, st.integers(0, 80)))
def test_no_total_is_ever_worked_out_without_its_risk_items(
    reading: tuple[Measure, dict[str, Any]], total: object
) -> None:
    read = scored_or_none(*reading, total)
    if read is not None and read.total is not None and not read.total_given:
        assert all(risk.value is not None for risk in read.risk)


@given(readings(anything), st.one_of(st.none(), anything, st.integers(0, 80)))
def test_a_total_is_on_the_scale_or_there_is_a_reason_and_nothing_bad_is_scored(
    reading: tuple[Measure, dict[str, Any]], total: object
) -> None:
    read = scored_or_none(*reading, total)
    if read is None:
        return
    scale = reading[0].scale
    assert scale is not None
    assert (read.total is None) == bool(read.why_no_total)
    assert read.total is None or scale.low <= read.total <= scale.high
    assert not (read.bad and read.total is not None)
    assert set(read.answers) <= set(reading[1])
    assert set(read.answers).isdisjoint(read.bad)


@given(readings(anything))
def test_a_risk_answer_is_the_one_given_or_unanswered(reading: tuple[Measure, dict[str, Any]]) -> None:
    m, answers = reading
    read = scored_or_none(m, answers)
    if read is None:
        return
    for risk in read.risk:
        assert risk.value == (answers.get(risk.item) if risk.item in read.answers else None)
        assert (risk.state == "unanswered") == (risk.item not in read.answers)


@given(readings(), st.data())
def test_one_more_answer_changes_no_risk_answer_but_its_own(
    reading: tuple[Measure, dict[str, Any]], data: st.DataObject
) -> None:
    m, answers = reading
    before = scored_or_none(m, answers)
    open_items = [name for name in m.items if name not in answers]
    if before is None or not open_items:
        return
    added = data.draw(st.sampled_from(open_items))
    after = score(m, {**answers, added: m.layout.keys[added].low})
    assert {r.item: r for r in before.risk if r.item != added} == {r.item: r for r in after.risk if r.item != added}


@given(names, st.data())
def test_a_worse_answer_never_makes_a_better_total(name: str, data: st.DataObject) -> None:
    m = measure(name)
    answers = {item: data.draw(st.integers(k.low, min(k.high, 12))) for item, k in m.layout.keys.items()}
    item = data.draw(st.sampled_from(m.layout.counted))
    key = m.layout.keys[item]
    if answers[item] == key.high:
        return
    more = score(m, {**answers, item: answers[item] + 1}).total
    less = score(m, answers).total
    assert more is not None
    assert less is not None
    assert more <= less if key.mirror is not None else more >= less


totals = st.one_of(st.integers(0, 27), st.floats(0, 27))


@given(totals, totals)
def test_bands_are_unique_and_rise_with_the_total(one: float, other: float) -> None:
    low, high = sorted((one, other))
    first, second = band(PHQ9, low), band(PHQ9, high)
    assert first is not None
    assert second is not None
    assert first.low <= low < (first.high or 28)
    assert first.low <= second.low


@given(names, st.one_of(st.none(), st.integers(0, 26)), st.one_of(st.none(), st.integers(0, 26)))
def test_a_missing_score_answers_unknown_to_every_rule_and_never_no(
    name: str, baseline: int | None, now: int | None
) -> None:
    found = change(measure(name), baseline, now)
    assert [fact.rule for fact in found] == list(measure(name).change_rules)
    if baseline is None or now is None:
        assert {(f.answer, f.points_better, f.percent_better) for f in found} <= {(UNKNOWN, None, None)}
    else:
        assert all(f.answer is not UNKNOWN for f in found) or baseline == 0


@given(st.integers(0, 27), st.integers(0, 27))
def test_nobody_gets_reliably_better_and_worse_at_once(baseline: int, now: int) -> None:
    found = facts("phq9", baseline, now)
    assert not (found["reliable"] is YES and found["deterioration"] is YES)
    assert found["mcid"] is YES or found["reliable"] is NO


@given(readings(anything))
def test_the_order_of_answers_changes_nothing_that_is_scored(reading: tuple[Measure, dict[str, Any]]) -> None:
    m, answers = reading
    forward = scored_or_none(m, answers)
    backward = scored_or_none(m, dict(reversed(answers.items())))
    if forward is None or backward is None:
        assert forward is backward
        return
    assert (forward.total, forward.risk, forward.missing, forward.subscales) == (
        backward.total, backward.risk, backward.missing, backward.subscales,
    )  # fmt: skip
    assert sorted(forward.bad) == sorted(backward.bad)
