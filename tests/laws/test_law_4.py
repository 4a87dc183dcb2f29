"""Law 4. The clinician decides: reports are recorded, requests can be overridden, nonsense cannot."""

from __future__ import annotations

import pytest

from iptengine.course import commands as c
from iptengine.course.commands import Command
from iptengine.course.unsaid import with_words
from iptengine.course.ways import ways
from iptengine.protocol.protocol import Protocol
from phrases import INITIAL, START, anyway, contract, enter, focus, given, hold, in_the_middle, miss, phq9, week

REPORTS: tuple[Command, ...] = (
    hold(9), miss(9), phq9(27, self_harm=3), c.DoTask("goodbye"), c.DoTask("transference"), c.Defer("goodbye"),
    c.RecordContact("booster"), c.RecordFact("aftercare", "referral"), c.AnnounceEnding(), c.RemindMe("x"),
    c.WriteNote("x"), c.RecordDiagnosis("x"), c.WaiveDiagnosis(because="x"), c.RecordPerson("x"),
    c.RecordLifeEvent("x"), c.WriteFormulation("x"), c.SetGoal("x"), c.AssignHomework("x"),
    c.FillChecklist("suitability", {"danger": True}), c.RecordSession(on=week(9)),
)  # fmt: skip


@pytest.mark.parametrize("said", REPORTS, ids=lambda said: said.kind)
def test_a_report_is_recorded_in_every_phase_before_and_after_the_end(ipt: Protocol, said: Command) -> None:
    for before in ((), in_the_middle(), (anyway(enter("ending")),), (c.EndCourse("lost_to_contact"),)):
        story = given(ipt, *before).when(said)
        assert story.refused is None
        assert story.last


@pytest.mark.parametrize("before", [(), (*INITIAL,), in_the_middle()], ids=["begun", "half done", "in the middle"])
def test_every_way_that_is_shut_can_be_gone_by_a_deviation_that_names_what_it_overrode(
    ipt: Protocol, before: tuple[Command, ...]
) -> None:
    story = given(ipt, *before)
    shut = [way for way in ways(ipt, story.course, on=START) if not way.open]
    assert shut
    for way in shut:
        asked = with_words(way.command, "said")
        refused = story.when(asked).refused
        assert refused is not None
        assert refused.reasons == way.reasons
        gone = story.when(anyway(asked))
        if refused.overridable:
            assert gone.course.deviations[-1].overridden == tuple(r.code for r in way.reasons)
            assert gone.course.deviations[-1].because == "the family leaves on Friday"
        else:
            gone.then_refused(*(r.code for r in way.reasons), overridable=False)


def test_what_is_open_is_carried_out_and_what_is_shut_is_refused(ipt: Protocol) -> None:
    for before in ((), INITIAL, in_the_middle(), (focus("role_dispute", "spouse"), contract())):
        story = given(ipt, *before)
        for way in ways(ipt, story.course, on=START):
            if way.command.request:
                assert (story.when(with_words(way.command, "said")).refused is None) is way.open, way.command.kind


def test_a_recommendation_moves_nothing(ipt: Protocol) -> None:
    """All conditions hold, and the course stays where the clinician left it."""
    story = given(ipt, INITIAL, focus("grief"), contract())
    assert story.way("enter_phase", phase="middle").open
    assert story.course.phase == "initial"
    assert story.when(hold(4), hold(5)).course.phase == "initial"
