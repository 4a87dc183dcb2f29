"""Law 9. The engine never diagnoses, picks focus, stage or discharge, or fills in a missing reading."""

from __future__ import annotations

from iptengine.course import commands as c
from iptengine.protocol.protocol import Protocol
from phrases import answers, given, hold, in_the_middle, phq9, week


def test_scores_alone_move_neither_phase_nor_focus_nor_stage_nor_end(ipt: Protocol) -> None:
    story = given(ipt, in_the_middle(area="role_dispute", person="spouse"))
    before = (story.course.phase, story.course.focuses, story.course.outcome, story.course.diagnosis)
    for number, total in enumerate((27, 0, 14, 3, 27), start=4):
        story = story.when(hold(number), phq9(total, self_harm=0))
    assert (story.course.phase, story.course.focuses, story.course.outcome, story.course.diagnosis) == before


def test_a_session_without_a_reading_is_a_gap(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(18, self_harm=0), hold(2), hold(3), phq9(12, self_harm=0))
    (series,) = story.agenda().scores
    assert (series.places, series.totals) == (("1", "2", "3"), ("18", "-", "12"))


def test_a_blank_risk_item_is_never_filled_in(ipt: Protocol) -> None:
    story = given(ipt, hold(1), answers(1, 1, 1, 1, 1, 1, 1, 1, None))
    (reading,) = story.course.readings
    assert (reading.total, "self_harm" in reading.answers) == (None, False)
    assert reading.why_no_total == "no total: the risk item 'Thoughts of death or self-harm' was not answered"
    assert story.agenda().scores[0].risk == (("item 9", ("?",)),)


def test_a_no_show_is_not_made_a_dropout(ipt: Protocol) -> None:
    story = given(ipt, hold(1), *(c.MissSession("no_show", on=week(n)) for n in range(2, 7)))
    assert story.course.ended is None


def test_what_was_not_logged_is_not_said_to_be_not_done(ipt: Protocol) -> None:
    story = given(ipt, hold(1), phq9(18, self_harm=0), hold(2))
    last = story.agenda().last_time
    assert last is not None
    assert (last.logged, last.done) == (False, ())
