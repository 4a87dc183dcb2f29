"""The summary keeps what was recorded of facts and of the risk item, with its gaps."""

from __future__ import annotations

from iptengine.course import commands as c
from iptengine.course.summary import FactSummary, RiskItemSummary, summary
from iptengine.protocol.protocol import Protocol
from phrases import given, hold, phq9, variant, week


def test_every_fact_stands_with_its_last_answer_and_its_day(ipt: Protocol) -> None:
    story = given(
        ipt,
        c.RecordFact("aftercare", "nothing", on=week(1)),
        c.RecordFact("fear_at_home", None, on=week(2)),
        c.RecordFact("aftercare", "booster", on=week(3)),
    )
    assert summary(ipt, story.course).facts == (
        FactSummary("fear_at_home", "Fear or violence at home, asked alone", None, week(2)),
        FactSummary("aftercare", "What follows the course", "booster", week(3)),
    )


def test_a_fact_hidden_from_a_role_is_not_in_the_summary() -> None:
    hiding = variant("ipt-adult", {"facts.aftercare.hide_from": ["assessor"]})
    story = given(hiding, c.RecordFact("aftercare", "booster", on=week(1)))
    assert summary(hiding, story.course).facts == ()


def test_the_risk_item_stands_with_every_answer_and_its_session(ipt: Protocol) -> None:
    story = given(
        ipt, hold(1), phq9(19, self_harm=1), hold(2), phq9(18), c.Read("phq9", total=17, answers={"self_harm": 0},
        on=week(2, 3)),
    )  # fmt: skip
    (measure,) = summary(ipt, story.course).measures
    assert measure.risk == (RiskItemSummary("self_harm", "item 9", ((1, 1), (2, None), (None, 0))),)
